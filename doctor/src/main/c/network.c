#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "outcome.h"

/* linux/ipv6.h, which can't be included beside netinet/in.h. */
struct in6_request {
  struct in6_addr address;
  uint32_t prefix;
  int link;
};

const char name_query[NAME_QUERY_LENGTH] = "\x41\x54\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06rebind\x04test\x00\x00\x01\x00";

struct endpoint endpoint_of(const char *address, const char *port) {
  struct endpoint endpoint = {0};
  uint16_t number = htons((uint16_t)atoi(port));
  if (address == NULL) {
    refused("no address was given");
  }
  if (inet_pton(AF_INET6, address, &endpoint.address.v6.sin6_addr) == 1) {
    endpoint.address.v6.sin6_family = AF_INET6;
    endpoint.address.v6.sin6_port = number;
    endpoint.length = sizeof endpoint.address.v6;
  } else if (inet_pton(AF_INET, address, &endpoint.address.v4.sin_addr) == 1) {
    endpoint.address.v4.sin_family = AF_INET;
    endpoint.address.v4.sin_port = number;
    endpoint.length = sizeof endpoint.address.v4;
  } else {
    refused("%s is no address", address);
  }
  return endpoint;
}

void endpoint_assign(const struct endpoint *endpoint) {
  if (endpoint->address.family == AF_INET6) {
    struct in6_request request = {.address = endpoint->address.v6.sin6_addr, .prefix = 128, .link = 1};
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)ioctl(fd, SIOCSIFADDR, &request);
    (void)close(fd);
  } else {
    struct ifreq request = {.ifr_name = "lo:1"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)memcpy(&request.ifr_addr, &endpoint->address.v4, sizeof endpoint->address.v4);
    (void)ioctl(fd, SIOCSIFADDR, &request);
    (void)close(fd);
  }
}

struct ifreq first_link(void) {
  struct ifreq link = {.ifr_name = "lo"};
  struct if_nameindex *all = if_nameindex();
  for (struct if_nameindex *one = all; one != NULL && one->if_index != 0; one++) {
    if (strcmp(one->if_name, "lo") != 0 && strlen(one->if_name) < sizeof link.ifr_name) {
      (void)strcpy(link.ifr_name, one->if_name);
      break;
    }
  }
  if (all != NULL) {
    if_freenameindex(all);
  }
  return link;
}

void send_frame(int fd, const struct ifreq *link, const void *frame, size_t length) {
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(link->ifr_name), .sll_halen = 6};
  (void)memcpy(to.sll_addr, frame, 6);
  if (sendto(fd, frame, length, 0, (const struct sockaddr *)&to, sizeof to) < 0) {
    refused("sending a frame: %s", strerror(errno));
  }
}

static uint32_t sum_of(const unsigned char *bytes, size_t length) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < length; i += 2) {
    sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
  }
  return sum;
}

uint16_t icmp6_checksum(const unsigned char *addresses, const unsigned char *message, size_t length) {
  uint32_t sum = sum_of(addresses, 32) + sum_of(message, length) + (uint32_t)length + 58;
  while (sum > 0xffff) {
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return htons((uint16_t)~sum);
}
