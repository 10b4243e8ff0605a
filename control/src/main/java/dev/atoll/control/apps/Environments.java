package dev.atoll.control.apps;

import dev.atoll.control.auth.Caller;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.EnvironmentCreateRequest;
import dev.atoll.protocol.modal.EnvironmentDeleteRequest;
import dev.atoll.protocol.modal.EnvironmentGetOrCreateRequest;
import dev.atoll.protocol.modal.EnvironmentGetOrCreateResponse;
import dev.atoll.protocol.modal.EnvironmentListItem;
import dev.atoll.protocol.modal.EnvironmentListResponse;
import dev.atoll.protocol.modal.EnvironmentMetadata;
import dev.atoll.protocol.modal.EnvironmentSettings;
import dev.atoll.protocol.modal.EnvironmentUpdateRequest;
import dev.atoll.protocol.modal.ObjectCreationType;
import java.util.List;
import java.util.Optional;
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

  /**
   * The environment that a call names. Without a name: the one that its caller sees, or the default
   * one for who sees all. NOT_FOUND when there is none, or none that the caller sees.
   */
  public static EnvironmentTable.Row require(Handle handle, String name) {
    Caller caller = Caller.current();
    Optional<EnvironmentTable.Row> found =
        name.isEmpty() && caller.environmentId().isPresent()
            ? EnvironmentTable.byId(handle, caller.environmentId().get())
            : EnvironmentTable.find(handle, name);
    return found
        .filter(row -> caller.sees(row.environmentId()))
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
              database.write(h -> seenOrCreated(h, name));
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

  private static EnvironmentTable.Row seenOrCreated(Handle handle, String name) {
    return EnvironmentTable.find(handle, name)
        .filter(row -> Caller.current().sees(row.environmentId()))
        .orElseGet(() -> create(handle, name));
  }

  /** All environments that the caller sees. */
  public EnvironmentListResponse list() {
    EnvironmentListResponse.Builder response = EnvironmentListResponse.newBuilder();
    for (EnvironmentTable.Row row : database.read(EnvironmentTable::list)) {
      if (Caller.current().sees(row.environmentId())) {
        response.addItems(item(row));
      }
    }
    return response.build();
  }

  /** Makes an environment; ALREADY_EXISTS when there is one of that name. */
  public void create(EnvironmentCreateRequest request) {
    Caller.current().requireAllEnvironments("making an environment");
    database.write(
        handle -> {
          requireFree(handle, checked("name", request.getName()));
          return create(handle, request.getName());
        });
  }

  /** Renames an environment, when the call names a new name. It has no other settings. */
  public EnvironmentListItem update(EnvironmentUpdateRequest request) {
    Caller.current().requireAllEnvironments("renaming an environment");
    return database.write(
        handle -> {
          EnvironmentTable.Row row = require(handle, request.getCurrentName());
          if (!request.hasName() || request.getName().getValue().equals(row.name())) {
            return item(row);
          }
          String name = checked("name", request.getName().getValue());
          requireFree(handle, name);
          EnvironmentTable.rename(handle, row.environmentId(), name);
          return item(require(handle, name));
        });
  }

  /**
   * Removes an environment with its apps, its secrets, its tokens, and what is known of their ended
   * sandboxes. FAILED_PRECONDITION for the default one, and while a sandbox of it runs.
   *
   * @return the tasks whose output nobody can ask for any more: the worker shall forget them. After
   *     a crash it has forgotten all that had ended
   */
  public List<String> delete(EnvironmentDeleteRequest request) {
    Caller.current().requireAllEnvironments("removing an environment");
    String name = Names.check("name", request.getName());
    return database.write(
        handle -> {
          EnvironmentTable.Row row = require(handle, name);
          if (row.isDefault()) {
            throw new AtollException(
                ErrorCode.FAILED_PRECONDITION,
                "Environment '%s' is the default one: it can't be removed".formatted(name));
          }
          if (EnvironmentTable.hasLiveSandbox(handle, row.environmentId())) {
            throw new AtollException(
                ErrorCode.FAILED_PRECONDITION,
                "Environment '%s' has running sandboxes: terminate them first".formatted(name));
          }
          List<String> tasks = SandboxTable.outputKeptOf(handle, row.environmentId());
          EnvironmentTable.delete(handle, row.environmentId());
          return tasks;
        });
  }

  private static EnvironmentListItem item(EnvironmentTable.Row row) {
    return EnvironmentListItem.newBuilder()
        .setEnvironmentId(row.environmentId())
        .setName(row.name())
        .setDefault(row.isDefault())
        .setCreatedAt(Clock.seconds(row.createdAt()))
        .build();
  }

  private static String checked(String field, String name) {
    Names.check(field, name);
    if (name.startsWith("en-")) {
      throw AtollException.invalid("%s '%s' must not start with 'en-'", field, name);
    }
    return name;
  }

  private static void requireFree(Handle handle, String name) {
    if (EnvironmentTable.find(handle, name).isPresent()) {
      throw new AtollException(
          ErrorCode.ALREADY_EXISTS, "Environment '%s' already exists".formatted(name));
    }
  }

  private static EnvironmentTable.Row create(Handle handle, String name) {
    Caller.current().requireAllEnvironments("making an environment");
    checked("environment name", name);
    EnvironmentTable.Row row = new EnvironmentTable.Row(Ids.mint("en"), name, false, Clock.now());
    EnvironmentTable.insert(handle, row);
    return row;
  }

  private static AtollException unserved(ObjectCreationType type) {
    return AtollException.invalid(
        "object_creation_type %s is not one that environments have", type);
  }
}
