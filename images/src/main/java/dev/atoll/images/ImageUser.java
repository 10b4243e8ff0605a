package dev.atoll.images;

import java.util.List;

/**
 * A user as an image's passwd and group files know it.
 *
 * @param name the user's name, or its number when passwd doesn't name it
 * @param uid user id
 * @param gid primary group id
 * @param groups supplementary group ids
 * @param home home folder; {@code /} when passwd doesn't say
 */
public record ImageUser(String name, int uid, int gid, List<Integer> groups, String home) {
  public ImageUser {
    groups = List.copyOf(groups);
  }
}
