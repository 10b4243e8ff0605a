package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Users see types of the JDK and of the SDK, and no others: neither gRPC's nor the wire's. */
class PublicFaceTest {
  @Test
  void onlyTypesOfTheJdkAndTheSdkAreInSight() throws Exception {
    List<String> foreign = new ArrayList<>();
    int members = 0;
    for (Class<?> type : publicTypes()) {
      for (Executable member : members(type)) {
        members++;
        List<Class<?>> used = new ArrayList<>(Arrays.asList(member.getParameterTypes()));
        if (member instanceof Method method) {
          used.add(method.getReturnType());
        }
        used.stream()
            .map(PublicFaceTest::element)
            .filter(t -> !t.isPrimitive() && !isAllowed(t.getName()))
            .forEach(t -> foreign.add(member + " uses " + t.getName()));
      }
    }
    assertThat(members).isGreaterThan(100);
    assertThat(foreign).isEmpty();
  }

  private static boolean isAllowed(String name) {
    return name.startsWith("java.")
        || name.startsWith("javax.")
        || name.matches("dev\\.atoll\\.sdk\\.[A-Z].*");
  }

  private static Class<?> element(Class<?> type) {
    return type.isArray() ? element(type.getComponentType()) : type;
  }

  private static List<Executable> members(Class<?> type) {
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
        .filter(m -> Modifier.isPublic(m.getModifiers()) || Modifier.isProtected(m.getModifiers()))
        .toList();
  }

  private static List<Class<?>> publicTypes()
      throws IOException, URISyntaxException, ClassNotFoundException {
    URI root = Atoll.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(root).resolve("dev/atoll/sdk"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        if (!name.equals("package-info")) {
          Class<?> type = Class.forName("dev.atoll.sdk." + name);
          if (Modifier.isPublic(type.getModifiers())) {
            types.add(type);
          }
        }
      }
    }
    return types;
  }
}
