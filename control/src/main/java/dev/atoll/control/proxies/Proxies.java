package dev.atoll.control.proxies;

import dev.atoll.control.apps.Environments;
import dev.atoll.control.apps.Names;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.ProxyTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.admin.CreateProxyRequest;
import dev.atoll.protocol.admin.ListProxiesRequest;
import dev.atoll.protocol.admin.RemoveProxyRequest;
import dev.atoll.protocol.modal.Proxy;
import dev.atoll.protocol.modal.ProxyGetRequest;
import dev.atoll.protocol.modal.ProxyIp;
import dev.atoll.protocol.modal.ProxyIpStatus;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Makes, finds and removes proxies. Thread-safe. */
public final class Proxies {
  private final Database database;
  private final WorkerClient worker;

  /** Creates it. */
  public Proxies(Database database, WorkerClient worker) {
    this.database = database;
    this.worker = worker;
  }

  /** The proxy of that id; NOT_FOUND when there is none that the caller sees. */
  public static ProxyTable.Row require(Handle handle, String proxyId) {
    return ProxyTable.byId(handle, proxyId)
        .filter(row -> Caller.current().sees(row.environmentId()))
        .orElseThrow(
            () -> AtollException.notFound("Proxy '%s' not found", Names.shortened(proxyId)));
  }

  /** The proxy that a call names; NOT_FOUND in the words that official clients look for. */
  public Proxy get(ProxyGetRequest request) {
    return database.read(
        handle -> {
          EnvironmentTable.Row environment =
              Environments.require(handle, request.getEnvironmentName());
          return show(environment, require(handle, environment, request.getName()));
        });
  }

  /**
   * Makes a proxy; ALREADY_EXISTS when the environment has one of that name, INVALID_ARGUMENT when
   * the address is none that connections can leave from.
   */
  public Proxy create(CreateProxyRequest request) {
    Names.check("name", request.getName());
    if (!request.getAddress().isEmpty()) {
      List<String> possible = worker.describe().getSourceAddressesList();
      if (!possible.contains(request.getAddress())) {
        throw AtollException.invalid(
            "address '%s' is none that this host can send from; those are %s",
            Names.shortened(request.getAddress()), String.join(", ", possible));
      }
    }
    return database.write(
        handle -> {
          EnvironmentTable.Row environment =
              Environments.require(handle, request.getEnvironmentName());
          if (ProxyTable.byName(handle, environment.environmentId(), request.getName())
              .isPresent()) {
            throw new AtollException(
                ErrorCode.ALREADY_EXISTS, "Proxy '%s' already exists".formatted(request.getName()));
          }
          ProxyTable.Row row =
              new ProxyTable.Row(
                  Ids.mint("pr"),
                  environment.environmentId(),
                  request.getName(),
                  request.getAddress(),
                  Clock.now());
          ProxyTable.insert(handle, row);
          return show(environment, row);
        });
  }

  /** An environment's proxies by name. */
  public List<Proxy> list(ListProxiesRequest request) {
    return database.read(
        handle -> {
          EnvironmentTable.Row environment =
              Environments.require(handle, request.getEnvironmentName());
          return ProxyTable.list(handle, environment.environmentId()).stream()
              .map(row -> show(environment, row))
              .toList();
        });
  }

  /** Removes a proxy. Sandboxes that were created with it go on as they are. */
  public void remove(RemoveProxyRequest request) {
    database.write(
        handle -> {
          EnvironmentTable.Row environment =
              Environments.require(handle, request.getEnvironmentName());
          ProxyTable.delete(handle, require(handle, environment, request.getName()).proxyId());
          return true;
        });
  }

  private static ProxyTable.Row require(
      Handle handle, EnvironmentTable.Row environment, String name) {
    return ProxyTable.byName(handle, environment.environmentId(), name)
        .orElseThrow(() -> AtollException.notFound("Proxy '%s' not found", Names.shortened(name)));
  }

  private static Proxy show(EnvironmentTable.Row environment, ProxyTable.Row row) {
    Proxy.Builder proxy =
        Proxy.newBuilder()
            .setProxyId(row.proxyId())
            .setName(row.name())
            .setEnvironmentName(environment.name())
            .setCreatedAt(Clock.seconds(row.createdAt()));
    if (!row.address().isEmpty()) {
      proxy.addProxyIps(
          ProxyIp.newBuilder()
              .setProxyIp(row.address())
              .setStatus(ProxyIpStatus.PROXY_IP_STATUS_ONLINE)
              .setCreatedAt(Clock.seconds(row.createdAt()))
              .setEnvironmentName(environment.name()));
    }
    return proxy.build();
  }
}
