package dev.atoll.images.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileParserTest {
  @Test
  void readsWhatTheClientsSend() {
    List<Instruction> instructions =
        DockerfileParser.parse(
            List.of(
                "FROM base", "RUN apk add --no-cache \\\n  # tools\n  git \\\n  curl", "env A=1"));
    assertThat(instructions.get(0))
        .isEqualTo(new Instruction.From(1, "base", Optional.empty(), Optional.empty()));
    assertThat(instructions.get(1))
        .isEqualTo(
            new Instruction.Run(2, new Command.ShellForm("apk add --no-cache   git   curl")));
    assertThat(instructions.get(2)).isInstanceOf(Instruction.Env.class);
    assertThat(instructions.get(2).line()).isEqualTo(6);
  }

  @Test
  void aBackslashThatIsEscapedContinuesNothing() {
    assertThat(DockerfileParser.parse(List.of("FROM x", "RUN a \\\\", "RUN b \\ ", "  c")))
        .containsExactly(
            new Instruction.From(1, "x", Optional.empty(), Optional.empty()),
            new Instruction.Run(2, new Command.ShellForm("a \\\\")),
            new Instruction.Run(3, new Command.ShellForm("b   c")));
  }

  @Test
  void execFormIsJsonAndEverythingElseIsForTheShell() {
    assertThat(second("RUN [\"a\", \"b c\"]"))
        .isEqualTo(new Instruction.Run(2, new Command.ExecForm(List.of("a", "b c"))));
    assertThat(second("RUN [ -f x ] && y"))
        .isEqualTo(new Instruction.Run(2, new Command.ShellForm("[ -f x ] && y")));
    assertThat(second("CMD []")).isEqualTo(new Instruction.Cmd(2, new Command.ExecForm(List.of())));
    assertThat(second("SHELL [\"/bin/bash\",\"-c\"]"))
        .isEqualTo(new Instruction.Shell(2, List.of("/bin/bash", "-c")));
  }

  @Test
  void shellTextIsLeftToTheShell() {
    assertThat(second("RUN echo \"$A\" '${B}' \\$C <<< x $((1<<3))"))
        .isEqualTo(
            new Instruction.Run(
                2, new Command.ShellForm("echo \"$A\" '${B}' \\$C <<< x $((1<<3))")));
  }

  @Test
  void copiesFromImages() {
    assertThat(second("COPY --from=tools:1 --chown=app:app --chmod=0755 /a /b* \"/c d/\""))
        .isEqualTo(
            new Instruction.CopyFrom(
                2,
                "tools:1",
                List.of("/a", "/b*"),
                "\"/c d/\"",
                Optional.of("app:app"),
                OptionalInt.of(0755)));
    assertThat(second("COPY --from=x [\"/a b\", \"/it's\"]").expand(name -> Optional.empty()))
        .isEqualTo(
            new Instruction.CopyFrom(
                2, "x", List.of("/a b"), "/it's", Optional.empty(), OptionalInt.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "RUM x | line 2: unknown instruction 'RUM'",
        "RUN | line 2: RUN needs an argument",
        "RUN --mount=type=cache,target=/x y | line 2: RUN: the flag '--mount' is not supported",
        "RUN cat <<EOF | line 2: RUN: here-documents are not supported",
        "ADD a b | line 2: ADD is not supported",
        "COPY a b | line 2: COPY works with --from=IMAGE only",
        "COPY --from=x a | line 2: COPY needs at least one source and a destination",
        "COPY --from=x --chmod=u+x a b | line 2: COPY: --chmod=u+x is no mode",
        "COPY --from=x --parents a b | line 2: COPY: the flag '--parents' is not supported",
        "ENV A | line 2: ENV A needs a value",
        "ENV A=1 B | line 2: ENV: 'B' must have the form NAME=value",
        "ENV =1 | line 2: ENV: '=1' has no name",
        "LABEL a b | line 2: LABEL: 'a' must have the form NAME=value",
        "ARG 1a=2 | line 2: ARG: '1a' is no name",
        "SHELL /bin/bash -c | line 2: SHELL needs a JSON array",
        "FROM a b | line 2: FROM takes an image",
        "FROM a AS B! | line 2: FROM: 'b!' is no stage name",
        "VOLUME /x | line 2: VOLUME is not supported",
        "HEALTHCHECK NONE | line 2: HEALTHCHECK is not supported",
        "ONBUILD RUN x | line 2: ONBUILD is not supported",
        "MAINTAINER me | line 2: MAINTAINER is not supported",
        "# escape=` | ",
      })
  void refusesWithTheLineAndTheRule(String command, String message) {
    if (message == null) {
      assertThatThrownBy(() -> DockerfileParser.parse(List.of(command, "FROM x")))
          .hasMessage("line 1: the escape directive is not supported: use the backslash");
      return;
    }
    assertThatThrownBy(() -> second(command))
        .hasMessageStartingWith(message)
        .isInstanceOfSatisfying(
            AtollException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void beginsWithFrom() {
    assertThatThrownBy(() -> DockerfileParser.parse(List.of("RUN x", "FROM y")))
        .hasMessage("line 1: RUN stands before the first FROM: begin with FROM");
    assertThatThrownBy(() -> DockerfileParser.parse(List.of("ARG x=1")))
        .hasMessageContaining("no FROM");
    assertThat(DockerfileParser.parse(List.of("ARG x=1\nFROM a:$x"))).hasSize(2);
  }

  @Test
  void boundsWhatItReads() {
    assertThatThrownBy(() -> DockerfileParser.parse(List.of("FROM x", "#".repeat(1 << 20))))
        .hasMessageContaining("at most 1048576");
    assertThatThrownBy(() -> second("RUN a\0b")).hasMessageContaining("line 2: a NUL byte");
  }

  private static Instruction second(String command) {
    return DockerfileParser.parse(List.of("FROM x", command)).get(1);
  }
}
