package dev.atoll.sdk;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ProxyGetRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.function.Consumer;

/** Finds proxies, which {@code atoll proxy create} makes. */
public final class Proxies {
  private final ControlPlane controlPlane;

  Proxies(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /**
   * The proxy of that name in the client's environment.
   *
   * @throws NotFoundException if there is none
   */
  public Proxy fromName(String name) {
    return fromName(name, options -> {});
  }

  /**
   * As {@link #fromName(String)}, in another environment.
   *
   * @throws NotFoundException if there is no such environment, or no proxy of that name in it
   */
  public Proxy fromName(String name, Consumer<EnvironmentOptions.Builder> options) {
    EnvironmentOptions.Builder builder = EnvironmentOptions.builder();
    options.accept(builder);
    String environment = builder.build().environment().orElseGet(controlPlane::environment);
    return new Proxy(
        controlPlane
            .call(
                ModalClientGrpc.getProxyGetMethod(),
                ProxyGetRequest.newBuilder().setName(name).setEnvironmentName(environment).build())
            .getProxy()
            .getProxyId());
  }
}
