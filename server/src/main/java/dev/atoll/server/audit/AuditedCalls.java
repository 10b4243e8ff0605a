package dev.atoll.server.audit;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which calls the audit log has, and what it says of their messages: ids and names, by the names of
 * the fields that are known to hold such. What is in any other field is never looked at.
 */
public final class AuditedCalls {
  /** Calls that only look, wait, or carry the bytes of what was begun by a call that is written. */
  private static final Pattern UNWRITTEN =
      Pattern.compile(
          "(?!.*(?:GetOrCreate|GetCommandRouterAccess)$)"
              + "(?:.*(?:Get|List|Wait|Poll|Read|Inspect|Describe|Hello|Stdin|Join|Fetch|Count).*"
              + "|.*From(?:Id|Name)(?:V2)?|AwaitReady)");

  private static final Set<String> NAMES =
      Set.of(
          "app_id",
          "app_name",
          "container_name",
          "current_name",
          "deployment_name",
          "environment_id",
          "environment_name",
          "exec_id",
          "image_id",
          "name",
          "proxy_id",
          "sandbox_id",
          "secret_id",
          "secret_ids",
          "snapshot_id",
          "tag",
          "task_id",
          "token_id",
          "volume_id");

  /** Messages in messages that hold such fields. */
  private static final Set<String> PARTS = Set.of("definition", "token");

  private static final int LONGEST = 128;
  private static final int MOST_OF_A_LIST = 32;

  private AuditedCalls() {}

  /** Whether calls of that method, such as {@code SandboxCreate}, are written. */
  public static boolean isWritten(String method) {
    return !UNWRITTEN.matcher(method).matches();
  }

  /** Adds the ids and names that a message holds; those that are known already stay. */
  public static void describe(Object message, Map<String, Object> subjects) {
    if (message instanceof Message known) {
      known.getAllFields().forEach((field, value) -> describe(field, value, subjects));
    }
  }

  private static void describe(FieldDescriptor field, Object value, Map<String, Object> subjects) {
    if (field.getJavaType() == JavaType.STRING && NAMES.contains(field.getName())) {
      Object shown =
          value instanceof List<?> list
              ? list.stream().limit(MOST_OF_A_LIST).map(AuditedCalls::bounded).toList()
              : bounded(value);
      subjects.putIfAbsent(field.getName(), shown);
    } else if (value instanceof Message part && PARTS.contains(field.getName())) {
      describe(part, subjects);
    }
  }

  private static String bounded(Object value) {
    String text = String.valueOf(value);
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
