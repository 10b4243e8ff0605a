package dev.atoll.control.secrets;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.apps.Names;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.IdempotencyTable;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.SecretTable;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.CreationInfo;
import dev.atoll.protocol.modal.SecretDeleteRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateRequest;
import dev.atoll.protocol.modal.SecretGetOrCreateResponse;
import dev.atoll.protocol.modal.SecretListItem;
import dev.atoll.protocol.modal.SecretListRequest;
import dev.atoll.protocol.modal.SecretListResponse;
import dev.atoll.protocol.modal.SecretMetadata;
import dev.atoll.protocol.modal.SecretUpdateRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Secrets. Thread-safe. */
public final class Secrets {
  private static final String METHOD = "SecretGetOrCreate";
  private static final int PAGE = 100;

  private final Database database;

  /** Creates it. */
  public Secrets(Database database) {
    this.database = database;
  }

  /**
   * Finds a secret or makes one, as the call's creation type says.
   *
   * @param idempotencyKey a repetition with the same key makes no second secret
   */
  public SecretGetOrCreateResponse getOrCreate(
      SecretGetOrCreateRequest request, Optional<String> idempotencyKey) {
    SecretRules.check("env_dict", request.getEnvDictMap());
    return switch (request.getObjectCreationType()) {
      case OBJECT_CREATION_TYPE_UNSPECIFIED -> database.read(h -> lookUp(h, request));
      case OBJECT_CREATION_TYPE_EPHEMERAL, OBJECT_CREATION_TYPE_ANONYMOUS_OWNED_BY_APP ->
          database.write(h -> createEphemeral(h, request, idempotencyKey));
      case OBJECT_CREATION_TYPE_CREATE_IF_MISSING,
          OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS,
          OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS ->
          database.write(h -> createNamed(h, request, idempotencyKey));
      case UNRECOGNIZED ->
          throw AtollException.invalid(
              "object_creation_type %d is unknown", request.getObjectCreationTypeValue());
    };
  }

  /** Removes a secret; NOT_FOUND when there is none. Sandboxes that have it keep its values. */
  public void delete(SecretDeleteRequest request) {
    String id = request.getSecretId();
    database.write(h -> SecretTable.delete(h, require(h, id).secretId()));
  }

  /**
   * The secrets of an environment that have a name, the newest first, without their values.
   *
   * @param request its page: at most 100 secrets, made before a time
   */
  public SecretListResponse list(SecretListRequest request) {
    int most = request.getPagination().getMaxObjects();
    if (most < 0) {
      throw AtollException.invalid("pagination.max_objects %d: must not be negative", most);
    }
    double before = request.getPagination().getCreatedBefore();
    return database.read(
        handle -> {
          EnvironmentTable.Row environment =
              Environments.require(handle, request.getEnvironmentName());
          SecretListResponse.Builder response =
              SecretListResponse.newBuilder().setEnvironmentName(environment.name());
          for (SecretTable.Row row :
              SecretTable.named(
                  handle,
                  environment.environmentId(),
                  before > 0 ? Clock.micros(before) : Long.MAX_VALUE,
                  most == 0 ? PAGE : Math.min(most, PAGE))) {
            response.addItems(item(handle, row, environment.name()));
          }
          return response.build();
        });
  }

  private static SecretListItem item(Handle handle, SecretTable.Row row, String environment) {
    SecretMetadata.Builder metadata =
        SecretMetadata.newBuilder()
            .setName(row.name().orElse(""))
            .setCreationInfo(CreationInfo.newBuilder().setCreatedAt(Clock.seconds(row.createdAt())))
            .addAllKeys(SecretTable.keys(handle, row.secretId()))
            .setEnvironmentName(environment);
    return SecretListItem.newBuilder()
        .setLabel(row.name().orElse(""))
        .setSecretId(row.secretId())
        .setCreatedAt(Clock.seconds(row.createdAt()))
        .setLastUsedAt(Clock.seconds(row.lastUsedAt()))
        .setEnvironmentName(environment)
        .setMetadata(metadata)
        .build();
  }

  /** Sets and removes some of a secret's variables; NOT_FOUND when there is no such secret. */
  public void update(SecretUpdateRequest request) {
    String id = request.getSecretId();
    database.write(
        handle -> {
          require(handle, id);
          Map<String, String> entries = SecretTable.entries(handle, id);
          for (SecretUpdateRequest.Update update : request.getUpdatesList()) {
            if (update.hasValue()) {
              entries.put(update.getKey(), update.getValue());
            } else {
              entries.remove(update.getKey());
            }
          }
          SecretRules.check("updates", entries);
          SecretTable.replaceEntries(handle, id, entries);
          return true;
        });
  }

  /** The variables of secrets in order; later ones override. NOT_FOUND names a missing one. */
  public Map<String, String> values(List<String> secretIds) {
    return secretIds.isEmpty() ? Map.of() : database.write(h -> values(h, secretIds));
  }

  /** {@link #values(List)} in a piece of work that writes. */
  public static Map<String, String> values(Handle handle, List<String> secretIds) {
    Map<String, String> values = new LinkedHashMap<>();
    long now = Clock.now();
    for (String id : secretIds) {
      require(handle, id);
      values.putAll(SecretTable.entries(handle, id));
      SecretTable.touch(handle, id, now);
    }
    return values;
  }

  private static SecretGetOrCreateResponse lookUp(Handle handle, SecretGetOrCreateRequest request) {
    SecretTable.Row row =
        SecretTable.byName(
                handle,
                Environments.require(handle, request.getEnvironmentName()).environmentId(),
                request.getDeploymentName())
            .orElseThrow(() -> missing(request.getDeploymentName()));
    return answer(handle, row, request);
  }

  private static SecretGetOrCreateResponse createEphemeral(
      Handle handle, SecretGetOrCreateRequest request, Optional<String> key) {
    Optional<SecretTable.Row> repeated = repeated(handle, key);
    if (repeated.isPresent()) {
      return answer(handle, repeated.get(), request);
    }
    String environment =
        request.getAppId().isEmpty()
            ? Environments.require(handle, request.getEnvironmentName()).environmentId()
            : Apps.require(handle, request.getAppId()).environmentId();
    return answer(handle, insert(handle, environment, Optional.empty(), request, key), request);
  }

  private static SecretGetOrCreateResponse createNamed(
      Handle handle, SecretGetOrCreateRequest request, Optional<String> key) {
    String name = Names.check("deployment_name", request.getDeploymentName());
    String environment = Environments.require(handle, request.getEnvironmentName()).environmentId();
    Optional<SecretTable.Row> existing =
        repeated(handle, key).or(() -> SecretTable.byName(handle, environment, name));
    if (existing.isEmpty()) {
      return answer(handle, insert(handle, environment, Optional.of(name), request, key), request);
    }
    SecretTable.Row row = existing.get();
    switch (request.getObjectCreationType()) {
      case OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS -> {
        if (repeated(handle, key).isEmpty()) {
          throw new AtollException(
              ErrorCode.ALREADY_EXISTS, "Secret '%s' already exists".formatted(name));
        }
      }
      case OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS ->
          SecretTable.replaceEntries(handle, row.secretId(), request.getEnvDictMap());
      default -> {
        // CREATE_IF_MISSING leaves what is there as it is.
      }
    }
    return answer(handle, row, request);
  }

  private static Optional<SecretTable.Row> repeated(Handle handle, Optional<String> key) {
    return key.flatMap(k -> IdempotencyTable.find(handle, k, METHOD))
        .flatMap(id -> SecretTable.byId(handle, id))
        .filter(row -> Caller.current().sees(row.environmentId()));
  }

  /** The secret of that id; NOT_FOUND when there is none that the caller sees. */
  private static SecretTable.Row require(Handle handle, String secretId) {
    return SecretTable.byId(handle, secretId)
        .filter(row -> Caller.current().sees(row.environmentId()))
        .orElseThrow(() -> missing(secretId));
  }

  private static SecretTable.Row insert(
      Handle handle,
      String environmentId,
      Optional<String> name,
      SecretGetOrCreateRequest request,
      Optional<String> key) {
    long now = Clock.now();
    SecretTable.Row row = new SecretTable.Row(Ids.mint("st"), environmentId, name, now, now);
    SecretTable.insert(handle, row);
    SecretTable.replaceEntries(handle, row.secretId(), request.getEnvDictMap());
    key.ifPresent(k -> IdempotencyTable.insert(handle, k, METHOD, row.secretId(), now));
    return row;
  }

  private static SecretGetOrCreateResponse answer(
      Handle handle, SecretTable.Row row, SecretGetOrCreateRequest request) {
    List<String> keys = SecretTable.keys(handle, row.secretId());
    List<String> absent =
        request.getRequiredKeysList().stream().filter(k -> !keys.contains(k)).toList();
    if (!absent.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "Secret is missing key(s): " + Names.shortened(String.join(", ", absent)));
    }
    return SecretGetOrCreateResponse.newBuilder()
        .setSecretId(row.secretId())
        .setMetadata(
            SecretMetadata.newBuilder()
                .setName(row.name().orElse(""))
                .setCreationInfo(
                    CreationInfo.newBuilder().setCreatedAt(Clock.seconds(row.createdAt())))
                .addAllKeys(keys)
                .setEnvironmentName(request.getEnvironmentName()))
        .build();
  }

  private static AtollException missing(String name) {
    return AtollException.notFound("Secret '%s' not found", Names.shortened(name));
  }
}
