package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Credentials;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryMirror;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.RegistrySettings;
import dev.atoll.images.content.Digests;
import dev.atoll.images.store.ImageStores;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that have mirrors. Needs root: what is pulled is unpacked. */
class MirrorsIT {
  @TempDir Path temporary;
  private LyingRegistry origin;
  private LyingRegistry mirror;
  private TestImage image;
  private ImageStore store;

  @BeforeEach
  void open() throws Exception {
    origin = new LyingRegistry();
    mirror = new LyingRegistry();
    image = TestImage.ofThisHost();
    store = store();
  }

  @AfterEach
  void close() {
    store.close();
    origin.close();
    mirror.close();
  }

  private void use(RegistryMirror... mirrors) throws Exception {
    store.close();
    store = store(mirrors);
  }

  private ImageStore store(RegistryMirror... mirrors) throws Exception {
    return ImageStores.open(
        ImageStoreConfig.of(temporary.resolve("store"))
            .withCache(temporary.resolve("cache"))
            .withRegistries(
                RegistrySettings.none().withMirrors(Map.of(origin.host(), List.of(mirrors)))));
  }

  private RegistryMirror at(String host, String path, boolean seesCredentials) {
    return new RegistryMirror(
        RegistryMirror.parse("http://" + host + path), Optional.empty(), seesCredentials);
  }

  @Test
  void aMirrorIsAskedInTheRegistrysPlace() throws Exception {
    image.serve(origin);
    image.serve(mirror);
    use(at(mirror.host(), "", false));
    pull("team/app:1", Optional.empty());
    assertThat(mirror.count(image.layerPath())).isOne();
    assertThat(origin.count("/v2/team/app/manifests/1")).isZero();
    assertThat(origin.count(image.layerPath())).isZero();
  }

  @Test
  void repositoriesAreBelowAMirrorsPath() throws Exception {
    image.serve(mirror);
    use(at(mirror.host(), "/team/", false));
    store.pull(
        RegistryReference.parse(origin.host() + "/app:1"), Optional.empty(), Progress.silent());
    assertThat(mirror.count(image.layerPath())).isOne();
  }

  @Test
  void whatAMirrorLacksTheNextOneOrTheRegistryHas() throws Exception {
    image.serve(origin);
    image.serve(mirror).on(image.layerPath(), (x, n) -> LyingRegistry.send(x, 404, new byte[0]));
    try (LyingRegistry empty = new LyingRegistry()) {
      String gone = new LyingRegistry().gone();
      use(at(gone, "", false), at(empty.host(), "", false), at(mirror.host(), "", false));
      pull("team/app:1", Optional.empty());
      assertThat(empty.count("/v2/team/app/manifests/1")).isOne();
      assertThat(mirror.count("/v2/team/app/manifests/1")).isOne();
      assertThat(origin.count("/v2/team/app/manifests/1")).isZero();
      assertThat(origin.count(image.layerPath())).isOne();
      assertThatThrownBy(() -> pull("team/none:1", Optional.empty()))
          .isInstanceOfSatisfying(
              AtollException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
          .hasMessageContaining("team/none:1")
          .hasMessageContaining("mirror " + gone)
          .hasMessageContaining("mirror " + empty.host());
    }
  }

  @Test
  void aMirrorThatLiesIsNotBelieved() throws Exception {
    image.serve(origin);
    byte[] other = image.layer().clone();
    other[other.length - 1] ^= 1;
    image.serve(mirror).bytes(image.layerPath(), other);
    use(at(mirror.host(), "", false));
    pull("team/app:1", Optional.empty());
    assertThat(mirror.count(image.layerPath())).isOne();
    assertThat(origin.count(image.layerPath())).isOne();

    String digest = Digests.sha256(image.manifest());
    mirror.bytes("/v2/team/app/manifests/" + digest, "{}".getBytes());
    pull("team/app@" + digest, Optional.empty());
    assertThat(origin.count("/v2/team/app/manifests/" + digest)).isOne();
  }

  @Test
  void aTransferThatBreaksOffGoesOnElsewhere() throws Exception {
    image.serve(origin);
    image
        .serve(mirror)
        .on(
            image.layerPath(),
            (exchange, count) -> {
              exchange.sendResponseHeaders(200, image.layer().length);
              exchange.getResponseBody().write(image.layer(), 0, 20);
              exchange.getResponseBody().flush();
              throw new java.io.IOException("cut");
            });
    use(at(mirror.host(), "", false));
    pull("team/app:1", Optional.empty());
    assertThat(mirror.count(image.layerPath())).isOne();
  }

  /** What one may open with credentials, a mirror would give to all. */
  @Test
  void aRequestsOwnCredentialsGoToTheRegistryAloneUnlessAMirrorMaySeeThem() throws Exception {
    Optional<Credentials> own = Optional.of(new Credentials("u", "p"));
    behindPassword(origin);
    behindPassword(mirror);
    use(at(mirror.host(), "", false));
    pull("team/app:1", own);
    assertThat(mirror.count("/v2/team/app/manifests/1")).isZero();
    use(at(mirror.host(), "", true));
    pull("team/app:1", own);
    assertThat(mirror.count("/v2/team/app/manifests/1")).isEqualTo(2);
    assertThatThrownBy(() -> pull("team/app:1", Optional.of(new Credentials("u", "wrong"))))
        .isInstanceOfSatisfying(
            AtollException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
        .hasMessageNotContaining("wrong,");
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    refused(() -> at(mirror.host(), "/Upper Case", false));
    refused(() -> new RegistryMirror(RegistryMirror.parse("mirror:5"), Optional.empty(), false));
    refused(() -> at("user:secret@" + mirror.host(), "", false));
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(AtollException.class)
        .hasMessageContaining("address of a mirror")
        .hasMessageNotContaining("secret");
  }

  /** A layer that took credentials is given to nobody who only knows its digest. */
  @Test
  void aPrivateLayerIsNotGivenToWhoOnlyNamesIt() throws Exception {
    behindPassword(origin);
    use();
    Optional<Credentials> own = Optional.of(new Credentials("u", "p"));
    pull("team/app:1", own);
    assertThat(origin.count(image.layerPath())).isEqualTo(1);

    // Another registry names the layer, but doesn't have it: nor by its digest, nor what it unpacks
    // to.
    byte[] junk = TestImage.gzip("junk".getBytes());
    for (byte[] manifest :
        List.of(image.manifest(), TestImage.manifest(image.config(), junk, junk.length))) {
      mirror
          .bytes("/v2/thief/app/manifests/1", manifest)
          .bytes("/v2/thief/app/blobs/" + Digests.sha256(image.config()), image.config())
          .bytes("/v2/thief/app/blobs/" + Digests.sha256(junk), junk);
      assertThatThrownBy(
              () ->
                  store.pull(
                      RegistryReference.parse(mirror.host() + "/thief/app:1"),
                      Optional.empty(),
                      Progress.silent()))
          .isInstanceOf(AtollException.class);
    }
    // The same repository's credentials open it again without a transfer, also after a restart.
    use();
    pull("team/app@" + Digests.sha256(image.manifest()), own);
    assertThat(origin.count(image.layerPath())).isEqualTo(1);
    // Who has its content may have it, and makes it everybody's when he asks nobody's permission.
    image.serve(mirror);
    RegistryReference open = RegistryReference.parse(mirror.host() + "/team/app:1");
    store.pull(open, Optional.empty(), Progress.silent());
    store.pull(open, Optional.empty(), Progress.silent());
    assertThat(mirror.count(image.layerPath())).isEqualTo(1);
    for (Image left : store.list()) {
      store.remove(left.digest());
    }
    assertThat(temporary.resolve("store/guards")).isEmptyDirectory();
  }

  private void behindPassword(LyingRegistry registry) {
    Stream.of(
            Map.entry("/v2/team/app/manifests/1", image.manifest()),
            Map.entry(
                "/v2/team/app/manifests/" + Digests.sha256(image.manifest()), image.manifest()),
            Map.entry(image.configPath(), image.config()),
            Map.entry(image.layerPath(), image.layer()))
        .forEach(
            page ->
                registry.on(
                    page.getKey(),
                    (exchange, count) -> {
                      String sent = exchange.getRequestHeaders().getFirst("Authorization");
                      if (!Set.of("Basic dTpw").contains(String.valueOf(sent))) {
                        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
                        LyingRegistry.send(exchange, 401, new byte[0]);
                        return;
                      }
                      LyingRegistry.send(exchange, 200, page.getValue());
                    }));
  }

  private Image pull(String name, Optional<Credentials> credentials) throws Exception {
    return store.pull(
        RegistryReference.parse(origin.host() + "/" + name), credentials, Progress.silent());
  }
}
