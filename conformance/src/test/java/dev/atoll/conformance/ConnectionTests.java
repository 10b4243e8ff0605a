package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.UnavailableException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The Java SDK when the way to the server breaks. */
abstract class ConnectionTests extends LookupTests {
  ConnectionTests(String tier) {
    super(tier);
  }

  @Test
  void callsAreRepeatedAndDoNothingTwice() throws IOException {
    try (Relay relay = Relay.to(server);
        Atoll far = server.client(settings -> settings.serverUrl(relay.url()))) {
      relay.breakFor(1);
      App app = far.apps().fromName("far", options -> options.createIfMissing(true));
      relay.breakFor(1);
      try (Sandbox box = far.sandboxes().create(app, far.images().fromRegistry("tiny:1"))) {
        assertThat(relay.left()).isZero();
        assertThat(client.sandboxes().list(only -> only.app(app)).map(Sandbox::id))
            .containsExactly(box.id());
        relay.breakFor(1_000);
        assertThat(catchThrowableOfType(UnavailableException.class, box::poll))
            .hasMessageContaining(relay.url().substring("http://".length()));
        relay.breakFor(0);
        assertThat(box.poll()).isEmpty();
      }
      assertThat(client.sandboxes().list(only -> only.app(app))).isEmpty();
    }
  }

  @Test
  void streamsGoOnWhereTheyBroke() throws IOException {
    String echo = "while read line; do echo got $line; done";
    try (Relay relay = Relay.to(server);
        Atoll far = server.client(settings -> settings.serverUrl(relay.url()));
        Sandbox box = client.sandboxes().create(app, tiny, it -> it.command("sh", "-c", echo))) {
      Sandbox seen = far.sandboxes().fromId(box.id());
      BufferedReader output = seen.stdoutReader();
      BufferedWriter input = seen.stdinWriter();
      for (String word : new String[] {"grüße", "漢字 😀"}) {
        input.write(word + "\n");
        input.flush();
        assertThat(output.readLine()).isEqualTo("got " + word);
        relay.breakFor(1);
      }
      input.close();
      assertThat(output.readLine()).isNull();
      assertThat(seen.waitFor()).isZero();
    }
  }
}
