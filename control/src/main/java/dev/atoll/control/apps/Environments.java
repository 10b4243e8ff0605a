package dev.atoll.control.apps;

import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.Ids;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.EnvironmentGetOrCreateRequest;
import dev.atoll.protocol.modal.EnvironmentGetOrCreateResponse;
import dev.atoll.protocol.modal.EnvironmentListItem;
import dev.atoll.protocol.modal.EnvironmentListResponse;
import dev.atoll.protocol.modal.EnvironmentMetadata;
import dev.atoll.protocol.modal.EnvironmentSettings;
import dev.atoll.protocol.modal.ObjectCreationType;
import org.jdbi.v3.core.Handle;

/** Environments. One named {@code main} always exists and is meant when a call names none. */
public final class Environments {
  /** The image builder version that clients are told; with it they add nothing to images. */
  public static final String IMAGE_BUILDER_VERSION = "2025.06";

  private static final String DEFAULT_NAME = "main";

  private final Database database;

  /** Creates it, and the default environment when it is missing. */
  public Environments(Database database) {
    this.database = database;
    database.write(
        handle -> {
          if (EnvironmentTable.find(handle, "").isEmpty()) {
            EnvironmentTable.insert(
                handle, new EnvironmentTable.Row(Ids.mint("en"), DEFAULT_NAME, true, Clock.now()));
          }
          return true;
        });
  }

  /** The environment that a call names, or the default one; NOT_FOUND when there is none. */
  public static EnvironmentTable.Row require(Handle handle, String name) {
    return EnvironmentTable.find(handle, name)
        .orElseThrow(
            () -> AtollException.notFound("Environment '%s' not found", Names.shortened(name)));
  }

  /** Finds an environment, or makes it when the call asks for that. */
  public EnvironmentGetOrCreateResponse getOrCreate(EnvironmentGetOrCreateRequest request) {
    String name = request.getDeploymentName();
    EnvironmentTable.Row row =
        switch (request.getObjectCreationType()) {
          case OBJECT_CREATION_TYPE_UNSPECIFIED -> database.read(h -> require(h, name));
          case OBJECT_CREATION_TYPE_CREATE_IF_MISSING ->
              database.write(h -> EnvironmentTable.find(h, name).orElseGet(() -> create(h, name)));
          default -> throw unserved(request.getObjectCreationType());
        };
    return EnvironmentGetOrCreateResponse.newBuilder()
        .setEnvironmentId(row.environmentId())
        .setMetadata(
            EnvironmentMetadata.newBuilder()
                .setName(row.name())
                .setSettings(
                    EnvironmentSettings.newBuilder().setImageBuilderVersion(IMAGE_BUILDER_VERSION)))
        .build();
  }

  /** All environments. */
  public EnvironmentListResponse list() {
    EnvironmentListResponse.Builder response = EnvironmentListResponse.newBuilder();
    for (EnvironmentTable.Row row : database.read(EnvironmentTable::list)) {
      response.addItems(
          EnvironmentListItem.newBuilder()
              .setEnvironmentId(row.environmentId())
              .setName(row.name())
              .setDefault(row.isDefault())
              .setCreatedAt(Clock.seconds(row.createdAt())));
    }
    return response.build();
  }

  private static EnvironmentTable.Row create(Handle handle, String name) {
    Names.check("environment name", name);
    if (name.startsWith("en-")) {
      throw AtollException.invalid("environment name '%s' must not start with 'en-'", name);
    }
    EnvironmentTable.Row row = new EnvironmentTable.Row(Ids.mint("en"), name, false, Clock.now());
    EnvironmentTable.insert(handle, row);
    return row;
  }

  private static AtollException unserved(ObjectCreationType type) {
    return AtollException.invalid(
        "object_creation_type %s is not one that environments have", type);
  }
}
