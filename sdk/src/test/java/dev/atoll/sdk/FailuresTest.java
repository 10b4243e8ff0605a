package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.modal.ModalClientGrpc;
import io.grpc.Status;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What users see of each status that a server may answer with. */
class FailuresTest {
  private final FakeServer server = new FakeServer().withSandbox();
  private final Atoll client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void eachStatusHasAnExceptionWithTheServersWords() {
    Map<Status.Code, Class<? extends AtollException>> kinds = new EnumMap<>(Status.Code.class);
    kinds.put(Status.Code.INVALID_ARGUMENT, InvalidArgumentException.class);
    kinds.put(Status.Code.OUT_OF_RANGE, InvalidArgumentException.class);
    kinds.put(Status.Code.NOT_FOUND, NotFoundException.class);
    kinds.put(Status.Code.ALREADY_EXISTS, AlreadyExistsException.class);
    kinds.put(Status.Code.FAILED_PRECONDITION, FailedPreconditionException.class);
    kinds.put(Status.Code.ABORTED, FailedPreconditionException.class);
    kinds.put(Status.Code.UNAUTHENTICATED, AccessException.class);
    kinds.put(Status.Code.PERMISSION_DENIED, AccessException.class);
    kinds.put(Status.Code.RESOURCE_EXHAUSTED, ResourceExhaustedException.class);
    kinds.put(Status.Code.UNIMPLEMENTED, UnimplementedException.class);
    kinds.put(Status.Code.DATA_LOSS, ServerException.class);
    kinds.forEach(
        (code, kind) -> {
          server.unary(
              ModalClientGrpc.getAppGetOrCreateMethod(),
              q -> {
                throw FakeServer.failure(code, "the words");
              });
          AtollException failure = catchThrowableOfType(kind, () -> client.apps().fromName("any"));
          assertThat(failure).as(code.name()).isNotNull().hasMessage("the words");
        });
  }

  /** Those that know the original protocol alone. */
  @Test
  void whatAServerDoesNotOfferIsSaid() {
    Sandbox sandbox = server.sandbox(client);
    assertThat(
            catchThrowableOfType(
                UnimplementedException.class, () -> sandbox.setCidrAllowlist(List.of())))
        .isNotNull();
    SandboxProcess process = sandbox.exec("sleep", "1");
    assertThat(catchThrowableOfType(UnsupportedOperationException.class, process::destroy))
        .hasMessageContaining("can't signal");
  }
}
