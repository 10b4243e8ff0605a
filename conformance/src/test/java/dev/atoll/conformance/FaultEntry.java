package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.atoll.conformance.FaultServer.Door;
import dev.atoll.protocol.admin.CreateProxyRequest;
import dev.atoll.protocol.admin.CreateTokenRequest;
import dev.atoll.protocol.admin.ListProxiesRequest;
import dev.atoll.protocol.admin.RemoveProxyRequest;
import dev.atoll.protocol.admin.RevokeTokenRequest;
import dev.atoll.protocol.admin.TagImageRequest;
import dev.atoll.protocol.admin.Token;
import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.protocol.modal.SandboxTag;
import dev.atoll.protocol.modal.SandboxTagsSetRequest;
import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.protocol.modal.SecretListRequest;
import dev.atoll.sdk.Sandbox;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What is one entry of the store: it is there or not, and told when it is there. */
enum FaultEntry {
  /** A named secret that must not exist before, with an idempotency key. */
  SECRET {
    @Override
    void make(FaultServer server, String name) {
      secretId(server, name);
    }

    @Override
    void check(FaultServer server, String name) {
      String id = secretId(server, name);
      assertThat(
              server
                  .wire()
                  .control()
                  .secretList(SecretListRequest.getDefaultInstance())
                  .getItemsList())
          .filteredOn(secret -> secret.getLabel().equals(name))
          .singleElement()
          .satisfies(secret -> assertThat(secret.getSecretId()).isEqualTo(id));
      var _ =
          server
              .wire()
              .control()
              .secretDelete(SecretDeleteRequest.newBuilder().setSecretId(id).build());
    }

    private String secretId(FaultServer server, String name) {
      return server
          .wire()
          .once(name)
          .secretGetOrCreate(
              SecretGetOrCreateRequest.newBuilder()
                  .setDeploymentName(name)
                  .setObjectCreationType(
                      ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS)
                  .putEnvDict("KEY", name)
                  .build())
          .getSecretId();
    }
  },

  /** A proxy: a repetition is told that it is there. */
  PROXY {
    @Override
    void make(FaultServer server, String name) {
      var _ =
          server.wire().admin().createProxy(CreateProxyRequest.newBuilder().setName(name).build());
    }

    @Override
    void check(FaultServer server, String name) {
      isThere(() -> make(server, name));
      assertThat(
              server
                  .wire()
                  .admin()
                  .listProxies(ListProxiesRequest.getDefaultInstance())
                  .getProxiesList())
          .filteredOn(proxy -> proxy.getName().equals(name))
          .hasSize(1);
      var _ =
          server.wire().admin().removeProxy(RemoveProxyRequest.newBuilder().setName(name).build());
    }
  },

  /** A token: nobody has its secret, but it is listed, and can be revoked. */
  TOKEN {
    @Override
    void make(FaultServer server, String name) {
      var _ =
          server
              .wire()
              .admin()
              .createToken(
                  CreateTokenRequest.newBuilder().setName(name).setAllEnvironments(true).build());
    }

    @Override
    void check(FaultServer server, String name) {
      List<Token> made = named(server, name);
      assertThat(made).hasSize(1);
      var _ =
          server
              .wire()
              .admin()
              .revokeToken(
                  RevokeTokenRequest.newBuilder().setTokenId(made.getFirst().getTokenId()).build());
      assertThat(named(server, name)).isEmpty();
    }

    private List<Token> named(FaultServer server, String name) {
      return server.wire().admin().listTokens(Empty.getDefaultInstance()).getTokensList().stream()
          .filter(token -> token.getName().equals(name))
          .toList();
    }
  },

  /** A tag more of an image. */
  IMAGE_TAG {
    @Override
    void make(FaultServer server, String name) {
      var _ =
          server
              .wire()
              .admin()
              .tagImage(
                  TagImageRequest.newBuilder().setName(FaultServer.IMAGE).setTag(name).build());
    }

    @Override
    void check(FaultServer server, String name) {
      make(server, name);
      var admin = server.wire().admin();
      assertThat(admin.inspectImage(FaultServer.name(name)).getImageId())
          .isEqualTo(admin.inspectImage(FaultServer.name(FaultServer.IMAGE)).getImageId());
      var _ = admin.removeImage(FaultServer.name(name));
    }
  },

  /** The tags of a sandbox. */
  SANDBOX_TAGS {
    @Override
    void make(FaultServer server, String name) {
      Door door = server.door(server.sharedId());
      assertThat(door.taskId()).isNotEmpty();
      var _ =
          server
              .wire()
              .control()
              .sandboxTagsSet(
                  SandboxTagsSetRequest.newBuilder()
                      .setSandboxId(server.sharedId())
                      .addTags(SandboxTag.newBuilder().setTagName("made").setTagValue(name))
                      .build());
    }

    @Override
    void check(FaultServer server, String name) {
      try (Sandbox shared = server.atoll().sandboxes().fromId(server.sharedId())) {
        assertThat(shared.tags()).isEqualTo(Map.of("made", name));
      }
      make(server, name);
    }
  };

  abstract void make(FaultServer server, String name);

  /** It was committed: it is there once, whoever repeats the call; then it goes. */
  abstract void check(FaultServer server, String name);

  /** A scenario in which one is made. */
  FaultScenario made() {
    String name = "entry-" + UUID.randomUUID();
    return new FaultScenario() {
      @Override
      public void act(FaultServer server) {
        make(server, name);
      }

      @Override
      public void check(FaultServer server) {
        FaultEntry.this.check(server, name);
      }
    };
  }

  private static void isThere(Runnable repetition) {
    try {
      repetition.run();
    } catch (StatusRuntimeException refused) {
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
      return;
    }
    throw new AssertionError("what is there was made a second time");
  }
}
