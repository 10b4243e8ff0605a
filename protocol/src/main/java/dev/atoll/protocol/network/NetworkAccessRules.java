package dev.atoll.protocol.network;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.NetworkAccess;
import dev.atoll.protocol.modal.NetworkAccess.NetworkAccessType;
import java.util.regex.Pattern;

/** What may be asked of a sandbox's network, when it is created and while it runs. */
public final class NetworkAccessRules {
  private static final int MOST_RANGES = 1000;
  private static final int MOST_SHOWN = 100;

  private static final Pattern CIDR =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!/|$)|(?=/))){4}/(?:3[0-2]|[12]?\\d)");
  private static final Pattern IPV6_CIDR =
      Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/\\d{1,3}");
  private static final Pattern DOMAIN =
      Pattern.compile(
          "\\*|(?:\\*\\.)?(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z][a-zA-Z0-9-]*");

  private NetworkAccessRules() {}

  /**
   * Checks a policy and gives one that means the same in the fewest words: a list with every
   * address is OPEN.
   *
   * @param field the message's name, for the sentences
   * @throws AtollException INVALID_ARGUMENT for ranges and domains that are none, and for lists
   *     beside another type; UNIMPLEMENTED for domains
   */
  public static NetworkAccess checked(String field, NetworkAccess access) {
    access.getAllowedCidrsList().forEach(NetworkAccessRules::checkCidr);
    access.getAllowedDomainsList().forEach(NetworkAccessRules::checkDomain);
    if (access.getAllowedCidrsCount() > MOST_RANGES) {
      throw AtollException.invalid(
          "%s.allowed_cidrs has %d ranges: at most %d are allowed",
          field, access.getAllowedCidrsCount(), MOST_RANGES);
    }
    return switch (access.getNetworkAccessType()) {
      case OPEN, BLOCKED -> withoutLists(field, access);
      case ALLOWLIST -> allowlist(field, access);
      case UNSPECIFIED, UNRECOGNIZED ->
          throw AtollException.invalid(
              "%s.network_access_type must be OPEN, BLOCKED or ALLOWLIST", field);
    };
  }

  private static NetworkAccess withoutLists(String field, NetworkAccess access) {
    if (access.getAllowedCidrsCount() > 0 || access.getAllowedDomainsCount() > 0) {
      throw AtollException.invalid(
          "%s has an allow-list, but its type is %s: lists go with the type ALLOWLIST",
          field, access.getNetworkAccessType());
    }
    return access;
  }

  private static NetworkAccess allowlist(String field, NetworkAccess access) {
    if (access.getAllowedCidrsList().stream().anyMatch(cidr -> cidr.endsWith("/0"))) {
      return NetworkAccess.newBuilder().setNetworkAccessType(NetworkAccessType.OPEN).build();
    }
    if (access.getAllowedDomainsCount() > 0) {
      throw new AtollException(
          ErrorCode.UNIMPLEMENTED,
          ("%s.allowed_domains (allow-lists of domains): this server does not serve them yet;"
                  + " give address ranges in allowed_cidrs")
              .formatted(field));
    }
    return access;
  }

  private static void checkCidr(String cidr) {
    if (IPV6_CIDR.matcher(cidr).matches()) {
      throw AtollException.invalid(
          "Invalid CIDR: %s: sandboxes have no IPv6 here; give IPv4 ranges, such as 203.0.113.0/24",
          shown(cidr));
    }
    if (!CIDR.matcher(cidr).matches()) {
      throw AtollException.invalid("Invalid CIDR: %s", shown(cidr));
    }
  }

  private static void checkDomain(String domain) {
    if (!DOMAIN.matcher(domain).matches()) {
      throw AtollException.invalid(
          "Invalid domain: %s (expected example.com, *.example.com or *)", shown(domain));
    }
  }

  private static String shown(String value) {
    return value.length() <= MOST_SHOWN ? value : value.substring(0, MOST_SHOWN) + "…";
  }
}
