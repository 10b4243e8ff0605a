package dev.atoll.bench.soak;

import java.util.List;
import java.util.Map;

/**
 * What a soak has seen.
 *
 * @param seconds how long the load lasted, without the first round
 * @param done how often each thing was done
 * @param calls how many succeeded, by kind
 * @param repeated calls that failed while the server was away and were made again
 * @param server what the server's process had at the end and after the first round
 * @param host how much of each kind an idle server had on the host at the end
 * @param rows of the store, by table, at the end
 */
record Report(
    String tier,
    long seed,
    long seconds,
    Map<String, Long> done,
    Map<String, Long> calls,
    Map<String, Long> repeated,
    String server,
    Map<String, Integer> host,
    Map<String, Long> rows,
    List<Tally.Found> violations) {}
