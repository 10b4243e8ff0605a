package dev.atoll.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The arrows between modules, in the order of the root pom: a module uses what its line names,
 * nothing else.
 */
class HouseTest {
  private static final Map<String, List<String>> HOUSE = new LinkedHashMap<>();

  static {
    module("errors");
    module("linux", "errors");
    module("protocol", "errors");
    module("guest");
    module("cells", "errors", "linux", "guest");
    module("images", "errors", "linux");
    module("worker", "errors", "linux", "protocol", "cells", "images");
    module("control", "errors", "protocol");
    module("server", "errors", "linux", "protocol", "cells", "images", "worker", "control");
    module("sdk", "protocol");
    module("doctor", "errors", "protocol", "cells", "server", "sdk");
    module("cli", "errors", "protocol", "images", "server", "sdk", "doctor");
    module("bench", "protocol", "control", "server", "sdk", "cli");
  }

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.atoll");

  private static void module(String name, String... uses) {
    HOUSE.put(name, List.of(uses));
  }

  @Test
  void everyClassBelongsToAModule() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.atoll..")
            .should()
            .resideInAnyPackage(packagesOf(List.copyOf(HOUSE.keySet()))));
  }

  @TestFactory
  Stream<DynamicTest> arrows() {
    return HOUSE.entrySet().stream()
        .map(line -> DynamicTest.dynamicTest(line.toString(), () -> check(arrow(line))));
  }

  private static ArchRule arrow(Map.Entry<String, List<String>> line) {
    List<String> allowed = new ArrayList<>(line.getValue());
    allowed.add(line.getKey());
    DescribedPredicate<JavaClass> elsewhereInTheHouse =
        resideInAnyPackage("dev.atoll..")
            .and(DescribedPredicate.not(resideInAnyPackage(packagesOf(allowed))))
            .as("other modules than " + allowed);
    return noClasses()
        .that()
        .resideInAnyPackage(packagesOf(List.of(line.getKey())))
        .should()
        .dependOnClassesThat(elsewhereInTheHouse)
        .allowEmptyShould(true);
  }

  /** A module that is missing in the list above would be free to use anything. */
  @Test
  void theListIsTheRootPoms() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    List<String> modules =
        Pattern.compile("<module>(.*?)</module>")
            .matcher(pom)
            .results()
            .map(m -> m.group(1))
            .toList();
    List<String> checked = new ArrayList<>(HOUSE.keySet());
    checked.add("conformance");
    assertThat(checked).isEqualTo(modules);
  }

  @Test
  void noCyclesBetweenPackages() {
    check(slices().matching("dev.atoll.(**)").should().beFreeOfCycles());
  }

  @Test
  void oneWayToLog() {
    check(GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
  }

  /** The command line speaks to a terminal, and so do the benchmarks and the soak. */
  @Test
  void onlyCommandsPrint() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.atoll.cli..", "dev.atoll.bench..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS));
  }

  /** Protocol's generated stubs are what they are; all else is @NullMarked by its package. */
  @Test
  void packagesSayThatNothingIsNull() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.atoll..")
            .and()
            .resideOutsideOfPackage("dev.atoll.protocol..")
            .should(Packages.BE_NULL_MARKED));
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  private static String[] packagesOf(List<String> modules) {
    return modules.stream().map(module -> "dev.atoll." + module + "..").toArray(String[]::new);
  }
}
