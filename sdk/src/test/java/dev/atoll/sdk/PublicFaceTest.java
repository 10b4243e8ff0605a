package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Users see types of the JDK and of the SDK, and no others: neither gRPC's nor the wire's. */
class PublicFaceTest {
  @Test
  void onlyTypesOfTheJdkAndTheSdkAreInSight() throws Exception {
    List<String> foreign = new ArrayList<>();
    int members = 0;
    for (Class<?> type : publicTypes()) {
      Map<String, List<Type>> inSight = new LinkedHashMap<>();
      inSight.put(type.toString(), above(type));
      for (Field field : type.getDeclaredFields()) {
        if (isVisible(field)) {
          inSight.put(field.toString(), List.of(field.getGenericType()));
        }
      }
      for (Executable member : members(type)) {
        inSight.put(member.toString(), types(member));
      }
      members += inSight.size();
      inSight.forEach(
          (where, types) ->
              types.stream()
                  .flatMap(PublicFaceTest::classes)
                  .filter(used -> !used.isPrimitive() && !isAllowed(used.getName()))
                  .forEach(used -> foreign.add(where + " uses " + used.getName())));
    }
    assertThat(members).isGreaterThan(100);
    assertThat(foreign).isEmpty();
  }

  private static List<Type> above(Class<?> type) {
    List<Type> above = new ArrayList<>(List.of(type.getGenericInterfaces()));
    Type superclass = type.getGenericSuperclass();
    if (superclass != null) {
      above.add(superclass);
    }
    return above;
  }

  private static List<Type> types(Executable member) {
    List<Type> used = new ArrayList<>(List.of(member.getGenericParameterTypes()));
    used.addAll(List.of(member.getGenericExceptionTypes()));
    if (member instanceof Method method) {
      used.add(method.getGenericReturnType());
    }
    return used;
  }

  /** The classes that a type names, those of its parameters included. */
  private static Stream<Class<?>> classes(Type type) {
    return switch (type) {
      case Class<?> plain -> Stream.of(element(plain));
      case ParameterizedType generic ->
          Stream.concat(
              classes(generic.getRawType()),
              Arrays.stream(generic.getActualTypeArguments()).flatMap(PublicFaceTest::classes));
      case WildcardType wildcard ->
          Stream.of(wildcard.getUpperBounds(), wildcard.getLowerBounds())
              .flatMap(Arrays::stream)
              .flatMap(PublicFaceTest::classes);
      case GenericArrayType array -> classes(array.getGenericComponentType());
      default -> Stream.of();
    };
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
        .filter(PublicFaceTest::isVisible)
        .toList();
  }

  private static boolean isVisible(Member member) {
    return Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers());
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
