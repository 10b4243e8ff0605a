package dev.atoll.sdk;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxInfo;
import dev.atoll.protocol.modal.SandboxListRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** A listing of sandboxes, asked for page by page: each holds what is older than the one before. */
final class SandboxPages implements Iterator<Sandbox> {
  private final ControlPlane controlPlane;
  private SandboxListRequest request;
  private Iterator<SandboxInfo> page = List.<SandboxInfo>of().iterator();
  private boolean finished;

  SandboxPages(ControlPlane controlPlane, SandboxFilter filter) {
    this.controlPlane = controlPlane;
    this.request = request(filter, controlPlane.environment());
  }

  @Override
  public boolean hasNext() {
    if (!page.hasNext() && !finished) {
      List<SandboxInfo> infos =
          controlPlane.call(ModalClientGrpc.getSandboxListMethod(), request).getSandboxesList();
      finished = infos.isEmpty();
      if (!finished) {
        request = request.toBuilder().setBeforeTimestamp(infos.getLast().getCreatedAt()).build();
      }
      page = infos.iterator();
    }
    return page.hasNext();
  }

  @Override
  public Sandbox next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the listing is at its end");
    }
    return new Sandbox(controlPlane, page.next().getId(), false);
  }

  private static SandboxListRequest request(SandboxFilter filter, String environment) {
    SandboxListRequest.Builder request =
        SandboxListRequest.newBuilder().addAllTags(Requests.tags(filter.tags()));
    Optional<App> app = filter.app();
    if (app.isPresent()) {
      request.setAppId(app.get().id());
    } else {
      request.setEnvironmentName(filter.environment().orElse(environment));
    }
    return request.build();
  }
}
