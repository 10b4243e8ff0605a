package dev.atoll.control.apps;

import dev.atoll.control.auth.Caller;
import dev.atoll.control.store.AppTable;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.Ids;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.AppGetOrCreateRequest;
import dev.atoll.protocol.modal.AppGetOrCreateResponse;
import dev.atoll.protocol.modal.AppHandleMetadata;
import dev.atoll.protocol.modal.ObjectCreationType;
import org.jdbi.v3.core.Handle;

/** Apps. */
public final class Apps {
  private final Database database;

  /** Creates it. */
  public Apps(Database database) {
    this.database = database;
  }

  /** The app of that id; NOT_FOUND when there is none that the caller sees. */
  public static AppTable.Row require(Handle handle, String appId) {
    return AppTable.byId(handle, appId)
        .filter(row -> Caller.current().sees(row.environmentId()))
        .orElseThrow(() -> AtollException.notFound("App '%s' not found", Names.shortened(appId)));
  }

  /** Whether the caller sees the app of that id, and what belongs to it. */
  public static boolean isSeen(Handle handle, String appId) {
    Caller caller = Caller.current();
    return caller.environmentId().isEmpty()
        || AppTable.byId(handle, appId).filter(app -> caller.sees(app.environmentId())).isPresent();
  }

  /** The app of that name in an environment; NOT_FOUND when either is missing. */
  public static AppTable.Row requireByName(Handle handle, String environment, String name) {
    String environmentId = Environments.require(handle, environment).environmentId();
    return AppTable.byName(handle, environmentId, name)
        .orElseThrow(() -> AtollException.notFound("App '%s' not found", Names.shortened(name)));
  }

  /** Finds an app, or makes it when the call asks for that. Repeating it changes nothing. */
  public AppGetOrCreateResponse getOrCreate(AppGetOrCreateRequest request) {
    String name = Names.check("app_name", request.getAppName());
    String environment = request.getEnvironmentName();
    ObjectCreationType type = request.getObjectCreationType();
    return switch (type) {
      case OBJECT_CREATION_TYPE_UNSPECIFIED ->
          database.read(h -> answer(h, requireByName(h, environment, name)));
      case OBJECT_CREATION_TYPE_CREATE_IF_MISSING ->
          database.write(h -> answer(h, findOrCreate(h, environment, name)));
      default ->
          throw AtollException.invalid("object_creation_type %s is not one that apps have", type);
    };
  }

  private static AppTable.Row findOrCreate(Handle handle, String environment, String name) {
    String environmentId = Environments.require(handle, environment).environmentId();
    return AppTable.byName(handle, environmentId, name)
        .orElseGet(
            () -> {
              AppTable.Row row = new AppTable.Row(Ids.mint("ap"), environmentId, name, Clock.now());
              AppTable.insert(handle, row);
              return row;
            });
  }

  private static AppGetOrCreateResponse answer(Handle handle, AppTable.Row app) {
    AppHandleMetadata.Builder metadata =
        AppHandleMetadata.newBuilder().setAppId(app.appId()).setDescription(app.name());
    EnvironmentTable.byId(handle, app.environmentId())
        .ifPresent(environment -> metadata.setEnvironmentName(environment.name()));
    return AppGetOrCreateResponse.newBuilder()
        .setAppId(app.appId())
        .setHandleMetadata(metadata)
        .build();
  }
}
