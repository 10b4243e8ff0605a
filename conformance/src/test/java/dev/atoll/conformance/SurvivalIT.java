package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.sdk.Atoll;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sandboxes, and clients that stay, outlive their server, however it ends. */
@Tag("alone")
class SurvivalIT {
  @ParameterizedTest
  @ValueSource(strings = {"runc", "gvisor"})
  void sandboxesOutliveTheirServer(String tier, @TempDir Path folder)
      throws IOException, InterruptedException, GeneralSecurityException, SQLException {
    // On a slow machine a start takes longer than the 10 s after which clients give streams up.
    try (KeptSocket socket = KeptSocket.open()) {
      outliveTheirServer(tier, RunningServer.start(tier, folder, socket), folder);
    }
  }

  private static void outliveTheirServer(String tier, RunningServer first, Path folder)
      throws IOException, InterruptedException, GeneralSecurityException, SQLException {
    RunningServer server = first;
    List<StayingClient> clients = new ArrayList<>();
    try (Atoll atoll = server.client()) {
      try (Wire wire = Wire.to(server)) {
        wire.importImage(TinyRoot.folder(folder.resolve("root")), "tiny:1");
      }
      Map<String, String> environment = new HashMap<>(server.clientEnvironment());
      for (String version : OfficialClient.VERSIONS) {
        OfficialClient client = OfficialClient.install(version, "survival-" + tier);
        clients.add(StayingClient.start(client, environment));
      }
      SurvivingSandboxes sandboxes = new SurvivingSandboxes(atoll, server.trusted());
      for (StayingClient client : clients) {
        client.await("ready");
      }

      OrphanedImage image = new OrphanedImage(server, atoll);

      server.kill();
      image.losesItsId();
      server = server.next();
      image.isGone();
      sandboxes.areAsBefore();
      for (StayingClient client : clients) {
        client.next();
        client.await("resumed");
      }

      MeanwhileEnding ending = new MeanwhileEnding(atoll);
      server.signal("TERM");
      assertThat(server.awaitEnd()).as(server.log()).isZero();
      assertThat(server.log()).contains("run on without a server", "atoll drain");
      ending.awaitEnds();
      server = server.next();
      clients.forEach(StayingClient::next);
      ending.areTold();
      sandboxes.areAsBefore();
      for (StayingClient client : clients) {
        client.awaitEnd();
      }

      UnderWay underWay;
      try (Wire wire = Wire.to(server)) {
        underWay = new UnderWay(wire, atoll);
        server.kill();
      }
      server = server.next();
      try (Wire wire = Wire.to(server)) {
        underWay.isDoneOnce(wire);
      }
      sandboxes.areAsBefore();
      sandboxes.end();
    } finally {
      for (StayingClient client : clients) {
        client.close();
      }
      server.close();
    }
  }
}
