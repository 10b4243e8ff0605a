package dev.atoll.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.NetworkAccess;
import dev.atoll.protocol.modal.NetworkAccess.NetworkAccessType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkAccessRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/8", "203.0.113.7/32", "128.0.0.0/1", "198.51.100.9/24"})
  void rangesAreTaken(String cidr) {
    assertThat(checked(allow(List.of(cidr), List.of())).getAllowedCidrsList())
        .containsExactly(cidr);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not-a-cidr",
        "10.0.0.0",
        "10.0.0/8",
        "10.0.0.0.0/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.256/8",
        "10.0.0.00/8",
        "10.0.0.0/8 ",
        "10.0.0.0/8\n",
        "10.0.0.0/8, 1.1.1.1 }; flush ruleset"
      })
  void whatIsNoRangeIsRefused(String cidr) {
    assertRefused(
        allow(List.of(cidr), List.of()), ErrorCode.INVALID_ARGUMENT, "Invalid CIDR: " + cidr);
  }

  @ParameterizedTest
  @ValueSource(strings = {"::/0", "2001:db8::/32", "::ffff:10.0.0.0/104"})
  void rangesOfIpv6AreRefusedInWords(String cidr) {
    assertRefused(
        allow(List.of(cidr), List.of()),
        ErrorCode.INVALID_ARGUMENT,
        "Invalid CIDR: " + cidr + ": sandboxes have no IPv6 here");
  }

  @Test
  void domainsAreCheckedAndThenRefused() {
    assertRefused(
        allow(List.of(), List.of("not a valid domain!")),
        ErrorCode.INVALID_ARGUMENT,
        "Invalid domain: not a valid domain!");
    assertRefused(
        allow(List.of("10.0.0.0/8"), List.of("*.example.com")),
        ErrorCode.UNIMPLEMENTED,
        "network_access.allowed_domains");
  }

  @Test
  void whatClientsSendForEverythingIsEverything() {
    assertThat(checked(allow(List.of("0.0.0.0/0"), List.of("*"))))
        .isEqualTo(of(NetworkAccessType.OPEN).build());
  }

  @Test
  void listsBesideAnotherTypeAreRefused() {
    for (NetworkAccessType type : List.of(NetworkAccessType.OPEN, NetworkAccessType.BLOCKED)) {
      assertRefused(
          of(type).addAllowedCidrs("10.0.0.0/8").build(),
          ErrorCode.INVALID_ARGUMENT,
          "its type is " + type);
    }
    assertRefused(
        of(NetworkAccessType.UNSPECIFIED).build(),
        ErrorCode.INVALID_ARGUMENT,
        "network_access.network_access_type");
  }

  @Test
  void aListHasAnEnd() {
    assertRefused(
        allow(Collections.nCopies(1001, "10.0.0.0/8"), List.of()),
        ErrorCode.INVALID_ARGUMENT,
        "1001");
  }

  private static NetworkAccess checked(NetworkAccess access) {
    return NetworkAccessRules.checked("network_access", access);
  }

  private static void assertRefused(NetworkAccess access, ErrorCode code, String words) {
    assertThatThrownBy(() -> checked(access))
        .isInstanceOfSatisfying(
            AtollException.class, refusal -> assertThat(refusal.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  private static NetworkAccess allow(List<String> cidrs, List<String> domains) {
    return of(NetworkAccessType.ALLOWLIST)
        .addAllAllowedCidrs(cidrs)
        .addAllAllowedDomains(domains)
        .build();
  }

  private static NetworkAccess.Builder of(NetworkAccessType type) {
    return NetworkAccess.newBuilder().setNetworkAccessType(type);
  }
}
