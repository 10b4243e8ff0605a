package dev.atoll.images.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.images.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StageStateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "$A | one",
        "${A}x | onex",
        "$A$NO-$E. | one-.",
        "'$A' | $A",
        "\"$A 'b'\" | one 'b'",
        "\\$A | $A",
        "\"\\$A \\n\" | $A \\n",
        "a\\ b | a b",
        "${NO:-d} | d",
        "${E:-d} | d",
        "${E-d}. | .",
        "${A:-d} | one",
        "${A:+d} | d",
        "${NO:+d}. | .",
        "${E+d} | d",
        "${NO:-${A:-x}-$A} | one-one",
        "${NO:-'}'} | }",
        "$ $1 | $ $1",
      })
  void expandsVariables(String word, String expected) {
    StageState state = state("ENV A=one", "ENV E=");
    assertThat(state.expand(new Instruction.User(1, word)))
        .isEqualTo(new Instruction.User(1, expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "${A | '${A' is not closed",
        "${A:-x | '${A' is not closed",
        "${} | '${' needs a variable's name",
        "${A%x} | may only go on with",
        "'a | single quote is not closed",
        "\"a | double quote is not closed",
        "$NO | expands to nothing",
      })
  void refusesMalformedWordsWithTheLine(String word, String message) {
    assertThatThrownBy(() -> state().expand(new Instruction.User(7, word)))
        .hasMessageStartingWith("line 7: ")
        .hasMessageContaining(message);
  }

  @Test
  void valuesCannotGrowWithoutEnd() {
    List<String> lines = new ArrayList<>(List.of("ENV A=0123456789"));
    for (int i = 0; i < 40; i++) {
      lines.add("ENV A=$A$A");
    }
    assertThatThrownBy(() -> state(lines.toArray(String[]::new)))
        .hasMessageContaining("grows beyond");
    assertThatThrownBy(() -> state("USER " + "${X:-".repeat(10_000)))
        .hasMessageContaining("nested");
  }

  @Test
  void variablesOfOneEnvHaveTheirValuesOfBefore() {
    assertThat(state("ENV A=1", "ENV A=2 B=$A", "ENV OLD style  $B").config().environment())
        .containsExactly("PATH=/bin", "A=2", "B=1", "OLD=style  1");
  }

  @Test
  void argumentsAreDeclaredAndHiddenByEnv() {
    StageState state =
        new StageState(base(), Map.of("GLOBAL", "g"), Map.of("GIVEN", "given", "OTHER", "x"));
    run(state, "ARG GIVEN=default", "ARG GLOBAL", "ARG PATH=/no", "ARG D=${GIVEN}!", "ARG NONE");
    assertThat(state.visibleArguments())
        .isEqualTo(Map.of("GIVEN", "given", "GLOBAL", "g", "D", "given!"));
    assertThat(state.expand(new Instruction.User(1, "$D$PATH")))
        .isEqualTo(new Instruction.User(1, "given!/bin"));
  }

  @Test
  void configFollowsTheInstructions() {
    ImageConfig config =
        state(
                "WORKDIR app",
                "WORKDIR ../srv/./x",
                "USER 1000:staff",
                "SHELL [\"/bin/bash\", \"-c\"]",
                "CMD run it",
                "ENTRYPOINT [\"/e\"]",
                "LABEL a=\"b c\" d=e",
                "EXPOSE 80 53/udp")
            .config();
    assertThat(config)
        .isEqualTo(
            new ImageConfig(
                List.of("PATH=/bin"),
                "/srv/x",
                "1000:staff",
                List.of("/e"),
                List.of("/bin/bash", "-c", "run it"),
                List.of("/bin/bash", "-c"),
                Map.of("a", "b c", "d", "e"),
                List.of("80/tcp", "53/udp")));
  }

  @Test
  void portsAreChecked() {
    assertThat(state("EXPOSE 8000-8010/TCP 65535").config().exposedPorts()).hasSize(2);
    for (String wrong : List.of("65536", "1-70000/udp", "http", "80/icmp")) {
      assertThatThrownBy(() -> state("EXPOSE " + wrong))
          .hasMessageStartingWith("line 2: EXPOSE: '" + wrong + "' is no port");
    }
  }

  @Test
  void anEntrypointClearsTheCommandOfTheBaseOnly() {
    assertThat(state("ENTRYPOINT [\"/e\"]").config().command()).isEmpty();
    assertThat(state("CMD [\"x\"]", "ENTRYPOINT [\"/e\"]").config().command()).containsExactly("x");
  }

  private static StageState state(String... lines) {
    StageState state = new StageState(base(), Map.of(), Map.of());
    run(state, lines);
    return state;
  }

  private static void run(StageState state, String... lines) {
    List<String> all = new ArrayList<>(List.of("FROM x"));
    all.addAll(List.of(lines));
    for (Instruction instruction : DockerfileParser.parse(all)) {
      state.apply(state.expand(instruction));
    }
  }

  private static ImageConfig base() {
    return ImageConfig.empty()
        .withEnvironment(List.of("PATH=/bin"))
        .withCommand(List.of("base-command"));
  }
}
