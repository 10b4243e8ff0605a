package dev.atoll.sdk;

import dev.atoll.protocol.modal.AppGetOrCreateRequest;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ObjectCreationType;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.function.Consumer;

/** Finds and makes apps. */
public final class Apps {
  private final ControlPlane controlPlane;

  Apps(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /**
   * The app of that name in the client's environment.
   *
   * @throws NotFoundException if there is none
   */
  public App fromName(String name) {
    return fromName(name, AppOptions.builder().build());
  }

  /**
   * The app of that name: {@code fromName("my-app", app -> app.createIfMissing(true))}.
   *
   * @param name 1-64 characters of letters, digits, {@code -}, {@code _} and {@code .}
   * @throws NotFoundException if there is none and it is not to be made
   */
  public App fromName(String name, Consumer<AppOptions.Builder> options) {
    AppOptions.Builder builder = AppOptions.builder();
    options.accept(builder);
    return fromName(name, builder.build());
  }

  /** As {@link #fromName(String, Consumer)}. */
  public App fromName(String name, AppOptions options) {
    AppGetOrCreateRequest.Builder request =
        AppGetOrCreateRequest.newBuilder()
            .setAppName(name)
            .setEnvironmentName(options.environment().orElseGet(controlPlane::environment));
    if (options.createIfMissing()) {
      request.setObjectCreationType(ObjectCreationType.OBJECT_CREATION_TYPE_CREATE_IF_MISSING);
    }
    String id =
        controlPlane.call(ModalClientGrpc.getAppGetOrCreateMethod(), request.build()).getAppId();
    return new App(id, name);
  }
}
