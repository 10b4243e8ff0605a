package dev.atoll.doctor.attack;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.doctor.attack.ServerApi.Access;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Every call of the command router, with a token that is not the task's. */
final class TaskTokenProbes {
  /** UNIMPLEMENTED is what everybody is told of a call that the server does not have. */
  private static final Set<Status.Code> TURNED_AWAY =
      Set.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED, Status.Code.UNIMPLEMENTED);

  private TaskTokenProbes() {}

  static Trial.Result ofAnotherTask(Scene scene) {
    return withToken(scene, scene.api().access(scene.attacker().sandbox()).token());
  }

  /** Other claims under the old signature, and a token that says it needs none (RFC 8725, 2.1). */
  static Trial.Result forged(Scene scene) {
    Access own = scene.api().access(scene.attacker().sandbox());
    Access other = scene.api().access(scene.neighbour().sandbox());
    String[] parts = own.token().split("\\.", -1);
    String claims =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replace(own.taskId(), other.taskId());
    if (!claims.contains(other.taskId())) {
      throw new IllegalStateException(
          "the token doesn't name its task, so there is nothing to forge");
    }
    String forged = encode(claims);
    Trial.Result signed = withToken(scene, parts[0] + "." + forged + "." + parts[2]);
    return signed.outcome().succeeded()
        ? signed
        : withToken(scene, encode("{\"alg\":\"none\"}") + "." + forged + ".");
  }

  static Trial.Result missing(Scene scene) {
    return withToken(scene, "");
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Trial.Result withToken(Scene scene, String token) {
    Access neighbour = scene.api().access(scene.neighbour().sandbox());
    List<String> answered = new ArrayList<>();
    int asked = 0;
    int own = 0;
    for (MethodDescriptor<?, ?> method :
        TaskCommandRouterGrpc.getServiceDescriptor().getMethods()) {
      if (method.getType().clientSendsOneMessage() && namesTask(method)) {
        asked++;
        Status.Code code = call(scene, method, token, neighbour.taskId());
        if (!TURNED_AWAY.contains(code)) {
          answered.add(method.getBareMethodName() + " " + code);
        }
        Status.Code withOwn =
            isHarmless(method)
                ? call(scene, method, neighbour.token(), neighbour.taskId())
                : Status.Code.UNAUTHENTICATED;
        own += TURNED_AWAY.contains(withOwn) ? 0 : 1;
      }
    }
    return new Trial.Result(
        answered.isEmpty()
            ? Outcome.refused("none of " + asked + " calls was answered")
            : Outcome.succeeded("calls were answered: " + String.join(", ", answered)),
        Control.of(
            "with the task's own token",
            own > 0
                ? Outcome.succeeded(own + " such calls were let in")
                : Outcome.refused("no call was let in")));
  }

  /** With the right token only questions are asked: the neighbour lives on. */
  private static boolean isHarmless(MethodDescriptor<?, ?> method) {
    return Set.of("TaskExecPoll", "TaskExecStdinStatus", "TaskExecWait")
        .contains(String.valueOf(method.getBareMethodName()));
  }

  private static FieldDescriptor taskField(MethodDescriptor<?, ?> method) {
    return input(method).findFieldByName("task_id");
  }

  private static Descriptor input(MethodDescriptor<?, ?> method) {
    if (method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema) {
      return schema.getMethodDescriptor().getInputType();
    }
    throw new IllegalStateException(method + " has no schema");
  }

  private static boolean namesTask(MethodDescriptor<?, ?> method) {
    return input(method).getFields().stream().anyMatch(field -> field.getName().equals("task_id"));
  }

  private static Status.Code call(
      Scene scene, MethodDescriptor<?, ?> method, String token, String task) {
    byte[] request =
        DynamicMessage.newBuilder(input(method))
            .setField(taskField(method), task)
            .build()
            .toByteArray();
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setFullMethodName(method.getFullMethodName())
            .setType(method.getType())
            .build();
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(ServerApi.key("authorization"), "Bearer " + token);
    }
    Channel channel =
        ClientInterceptors.intercept(
            scene.api().channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(3, TimeUnit.SECONDS);
    try {
      // A stream's first answer tells as much as all of them.
      var unused =
          ClientCalls.blockingServerStreamingCall(channel, raw, options, request).hasNext();
      return Status.Code.OK;
    } catch (StatusRuntimeException refused) {
      return refused.getStatus().getCode();
    }
  }

  /** Messages as they are. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
