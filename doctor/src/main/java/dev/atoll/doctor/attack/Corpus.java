package dev.atoll.doctor.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Every probe, in the order in which they are run. */
public final class Corpus {
  private Corpus() {}

  static List<Probe> probes() {
    List<Probe> probes = new ArrayList<>();
    probes.addAll(ProgramProbes.all());
    probes.addAll(NetworkProbes.all());
    probes.addAll(FileProbes.all());
    probes.addAll(EscapeProbes.all());
    probes.addAll(AccessProbes.all());
    // Last: they are the loudest.
    probes.addAll(BombProbes.all());
    return List.copyOf(probes);
  }

  /** The ids of all probes; SECURITY.md says which threat each is about. */
  public static Set<String> ids() {
    Set<String> ids = new TreeSet<>();
    probes().forEach(probe -> ids.add(probe.id()));
    return ids;
  }

  /** What a probe is about, such as {@code mounts}. */
  public static Optional<String> group(String id) {
    return probes().stream().filter(probe -> probe.id().equals(id)).map(Probe::group).findFirst();
  }
}
