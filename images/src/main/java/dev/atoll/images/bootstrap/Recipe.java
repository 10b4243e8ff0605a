package dev.atoll.images.bootstrap;

import dev.atoll.images.ImageConfig;
import java.util.List;

/**
 * What a root is made of.
 *
 * @param name what users call it
 * @param suite Debian's release
 * @param packages on top of the minimal base
 * @param hook a shell script that runs on the host when the packages are in; its first argument is
 *     the root, and {@code NAME=value} lines that it writes to {@code $ATOLL_FACTS} join the
 *     image's environment
 * @param config of the image
 */
record Recipe(String name, String suite, List<String> packages, String hook, ImageConfig config) {
  Recipe {
    packages = List.copyOf(packages);
  }
}
