package dev.atoll.sdk;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.ProxyGetRequest;
import dev.atoll.sdk.transport.ControlPlane;

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
    return new Proxy(
        controlPlane
            .call(
                ModalClientGrpc.getProxyGetMethod(),
                ProxyGetRequest.newBuilder()
                    .setName(name)
                    .setEnvironmentName(controlPlane.environment())
                    .build())
            .getProxy()
            .getProxyId());
  }
}
