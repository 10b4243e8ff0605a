#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ipv6.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "network.h"
#include "outcome.h"
#include "probes.h"

#define PATIENCE_MS 1500
#define MOST_ADDRESSES 512

/* The address of loopback's second name, in a namespace of the control's own. */
static void serve(struct endpoint *endpoint) {
  endpoint_assign(endpoint);
  int fd = socket(endpoint->address.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int result = -1;
  /* A new address of IPv6 can't be used at once. */
  for (int i = 0; result != 0 && i < 40; i++) {
    result = bind(fd, &endpoint->address.any, endpoint->length);
    (void)usleep(result == 0 ? 0 : 25000);
  }
  if (result != 0 || listen(fd, 64) != 0) {
    refused("nobody to connect to: %s", strerror(errno));
  }
}

/* Begins to connect; -1 if that was refused at once. */
static int begin(const struct endpoint *endpoint) {
  int fd = socket(endpoint->address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connect(fd, &endpoint->address.any, endpoint->length) == 0 || errno == EINPROGRESS) {
    return fd;
  }
  (void)close(fd);
  return -1;
}

/* Whether somebody answered in time; errno says why not. Who is cut off after that has been answered. */
static bool answered(int fd, int patience) {
  struct pollfd waiting = {.fd = fd, .events = POLLOUT};
  int error = ETIMEDOUT;
  socklen_t size = sizeof error;
  if (poll(&waiting, 1, patience) == 1) {
    (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  errno = error;
  return error == 0 || error == ECONNRESET;
}

/* connect ADDRESS PORT [serve] */
static void tcp_connect(char **arguments) {
  struct endpoint endpoint = endpoint_of(arguments[0], arguments[1]);
  if (arguments[2] != NULL) {
    serve(&endpoint);
  }
  for (int tries = arguments[2] != NULL ? 20 : 1; tries > 0; tries--) {
    int fd = begin(&endpoint);
    if (fd >= 0 && answered(fd, PATIENCE_MS)) {
      succeeded("%s port %s answers", arguments[0], arguments[1]);
    }
    (void)usleep(tries > 1 ? 25000 : 0);
  }
  refused("%s: %s", arguments[0], strerror(errno));
}

/* connect-any PORT ADDRESS...: to all at once. */
static void connect_any(char **arguments) {
  int connections[MOST_ADDRESSES];
  int patience = PATIENCE_MS;
  int count = 0;
  int error = 0;
  for (; arguments[count + 1] != NULL && count < MOST_ADDRESSES; count++) {
    struct endpoint endpoint = endpoint_of(arguments[count + 1], arguments[0]);
    connections[count] = begin(&endpoint);
    error = connections[count] < 0 ? errno : error;
  }
  for (int i = 0; i < count; i++) {
    if (connections[i] >= 0 && answered(connections[i], patience)) {
      succeeded("%s port %s answers", arguments[i + 1], arguments[0]);
    }
    error = connections[i] >= 0 ? errno : error;
    /* The others have had that time, too. */
    patience = error == ETIMEDOUT ? 10 : patience;
  }
  refused("none of %d addresses answers on port %s: %s", count, arguments[0], strerror(error));
}

/* unrefused PORT ADDRESS...: whether packets get out to addresses that may have nobody to answer: a refusal is told. */
static void unrefused(char **arguments) {
  int count = 0;
  int error = 0;
  for (; arguments[count + 1] != NULL; count++) {
    struct endpoint endpoint = endpoint_of(arguments[count + 1], arguments[0]);
    int fd = begin(&endpoint);
    if (fd >= 0 && answered(fd, PATIENCE_MS)) {
      succeeded("%s port %s answers", arguments[count + 1], arguments[0]);
    }
    if (errno == ETIMEDOUT) {
      succeeded("%s was not refused: packets to it got out, or something else than Atoll drops them", arguments[count + 1]);
    }
    error = errno;
  }
  refused("none of %d addresses can be sent to; of the last: %s", count, strerror(error));
}

/* connect-name NAME PORT: to whatever address the name has. */
static void connect_name(char **arguments) {
  struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found;
  char address[64];
  int result = getaddrinfo(arguments[0], NULL, &wanted, &found);
  if (result != 0) {
    refused("%s has no address: %s", arguments[0], gai_strerror(result));
  }
  (void)inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)found->ai_addr)->sin_addr, address, sizeof address);
  char *words[] = {address, arguments[1], NULL};
  tcp_connect(words);
}

/* datagram ADDRESS PORT: whether there is an answer. */
static void datagram(char **arguments) {
  struct endpoint endpoint = endpoint_of(arguments[0], arguments[1]);
  int fd = socket(endpoint.address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int on = 1;
  (void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
  char answer[64];
  if (sendto(fd, "atoll", 5, 0, &endpoint.address.any, endpoint.length) < 0) {
    refused("sending: %s", strerror(errno));
  }
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  if (poll(&waiting, 1, 500) == 1 && recv(fd, answer, sizeof answer, 0) >= 0) {
    succeeded("%s port %s answers", arguments[0], arguments[1]);
  }
  refused("%s port %s does not answer", arguments[0], arguments[1]);
}

static void ping(char **arguments) {
  struct endpoint endpoint = endpoint_of(arguments[0], "0");
  int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (fd < 0) {
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);
  }
  struct icmphdr request = {.type = ICMP_ECHO};
  unsigned char answer[256];
  /* The checksum of all zeros but the type. */
  request.checksum = htons((uint16_t)~0x0800);
  if (fd < 0 || sendto(fd, &request, sizeof request, 0, &endpoint.address.any, endpoint.length) < 0) {
    refused("pinging: %s", strerror(errno));
  }
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  while (poll(&waiting, 1, 400) == 1) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t length = recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&from, &size);
    if (length > 20 && (answer[20] == ICMP_ECHOREPLY || answer[0] == ICMP_ECHOREPLY) &&
        from.sin_addr.s_addr == endpoint.address.v4.sin_addr.s_addr) {
      succeeded("%s answers a ping", arguments[0]);
    }
  }
  refused("%s does not answer a ping", arguments[0]);
}

static void wake(int number) { (void)number; }

/* Tells who has started this that nothing is missed from now on, and has SIGTERM end the wait for it. */
static void listening(void) {
  struct sigaction action = {.sa_handler = wake};
  (void)sigaction(SIGTERM, &action, NULL);
  (void)printf("listening\n");
  (void)fflush(stdout);
}

/* echo-datagrams PORT MILLISECONDS: a server for the neighbour. */
static void echo_datagrams(char **arguments) {
  struct endpoint endpoint = endpoint_of("0.0.0.0", arguments[0]);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  char text[64];
  if (bind(fd, &endpoint.address.any, endpoint.length) != 0) {
    refused("bind: %s", strerror(errno));
  }
  listening();
  while (poll(&waiting, 1, atoi(arguments[1])) == 1) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t length = recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&from, &size);
    if (length >= 0) {
      (void)sendto(fd, text, (size_t)length, 0, (struct sockaddr *)&from, size);
    }
  }
  refused("nobody asked");
}

/* await-datagram PORT MILLISECONDS [SERVER]: whether a name server's answer arrives; SERVER is asked first. */
static void await_datagram(char **arguments) {
  struct endpoint own = endpoint_of("0.0.0.0", arguments[0]);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  char answer[512];
  if (bind(fd, &own.address.any, own.length) != 0) {
    refused("bind: %s", strerror(errno));
  }
  if (arguments[2] != NULL) {
    struct endpoint server = endpoint_of(arguments[2], "53");
    (void)sendto(fd, name_query, NAME_QUERY_LENGTH, 0, &server.address.any, server.length);
  }
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  listening();
  if (poll(&waiting, 1, atoi(arguments[1])) == 1 && recv(fd, answer, sizeof answer, 0) >= 0) {
    succeeded("an answer came to port %s", arguments[0]);
  }
  refused("no answer came to port %s", arguments[0]);
}

/* spoof SOURCE PORT SERVER: a query to a name server with somebody else's address as its sender. */
static void spoof(char **arguments) {
  struct endpoint source = endpoint_of(arguments[0], arguments[1]);
  struct endpoint server = endpoint_of(arguments[2], "53");
  struct {
    struct iphdr ip;
    struct udphdr udp;
    char query[NAME_QUERY_LENGTH];
  } packet = {0};
  int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
  if (fd < 0) {
    refused("a raw socket: %s", strerror(errno));
  }
  packet.ip.version = 4;
  packet.ip.ihl = 5;
  packet.ip.ttl = 64;
  packet.ip.protocol = IPPROTO_UDP;
  packet.ip.tot_len = htons(sizeof packet);
  packet.ip.saddr = source.address.v4.sin_addr.s_addr;
  packet.ip.daddr = server.address.v4.sin_addr.s_addr;
  packet.udp.uh_sport = source.address.v4.sin_port;
  packet.udp.uh_dport = htons(53);
  packet.udp.uh_ulen = htons(sizeof packet.udp + sizeof packet.query);
  (void)memcpy(packet.query, name_query, sizeof packet.query);
  for (int i = 0; i < 3; i++) {
    if (sendto(fd, &packet, sizeof packet, 0, &server.address.any, server.length) < 0) {
      refused("sending with another's address: %s", strerror(errno));
    }
  }
  succeeded("packets with another's address were sent");
}

static long milliseconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* sniff ADDRESS MILLISECONDS: whether a frame from or to an address passes by. */
static void sniff(char **arguments) {
  struct endpoint other = endpoint_of(arguments[0], "0");
  int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ALL));
  if (fd < 0) {
    refused("a packet socket: %s", strerror(errno));
  }
  unsigned char frame[2048];
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  long end = milliseconds() + atol(arguments[1]);
  int seen = 0;
  listening();
  for (long left = end - milliseconds(); left > 0 && poll(&waiting, 1, (int)left) > 0; left = end - milliseconds()) {
    ssize_t length = recv(fd, frame, sizeof frame, MSG_DONTWAIT);
    seen += length > 0;
    if (length >= 20 && (memcmp(frame + 12, &other.address.v4.sin_addr, 4) == 0 ||
                         memcmp(frame + 16, &other.address.v4.sin_addr, 4) == 0)) {
      succeeded("a packet of %s passed by", arguments[0]);
    }
  }
  refused("none of %d frames was of %s", seen, arguments[0]);
}

/* claim ADDRESS: says on the own link, by ARP, that the address is here. */
static void claim(char **arguments) {
  struct endpoint other = endpoint_of(arguments[0], "0");
  struct ifreq link = first_link();
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ARP));
  if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &link) != 0) {
    refused("a packet socket: %s", strerror(errno));
  }
  unsigned char frame[42] = {255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
  (void)memcpy(frame + 6, link.ifr_hwaddr.sa_data, 6);
  (void)memcpy(frame + 22, link.ifr_hwaddr.sa_data, 6);
  (void)memcpy(frame + 28, &other.address.v4.sin_addr, 4);
  (void)memset(frame + 32, 255, 6);
  (void)memcpy(frame + 38, &other.address.v4.sin_addr, 4);
  send_frame(fd, &link, frame, sizeof frame);
  succeeded("the address %s was claimed", arguments[0]);
}

/* A router's advertisement (RFC 4861, section 4.2) for whoever listens on the own link. */
static void advertise(char **arguments) {
  (void)arguments;
  struct ifreq link = first_link();
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IPV6));
  if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &link) != 0) {
    refused("a packet socket: %s", strerror(errno));
  }
  unsigned char frame[70] = {0x33, 0x33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 16, 58, 255};
  (void)memcpy(frame + 6, link.ifr_hwaddr.sa_data, 6);
  static const unsigned char source[16] = {0xfe, 0x80, [15] = 0x66};
  static const unsigned char all_nodes[16] = {0xff, 2, [15] = 1};
  (void)memcpy(frame + 22, source, 16);
  (void)memcpy(frame + 38, all_nodes, 16);
  frame[54] = 134;
  frame[58] = 64;
  frame[60] = 7;
  uint16_t sum = icmp6_checksum(frame + 22, frame + 54, 16);
  (void)memcpy(frame + 56, &sum, 2);
  send_frame(fd, &link, frame, sizeof frame);
  succeeded("a router was advertised");
}

static void network_address(char **arguments) {
  (void)arguments;
  struct ifreq link = first_link();
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  (void)ioctl(fd, SIOCGIFADDR, &link);
  if (ioctl(fd, SIOCSIFADDR, &link) == 0) {
    succeeded("the link's address can be changed");
  }
  refused("changing the link's address: %s", strerror(errno));
}

static void network_hardware(char **arguments) {
  (void)arguments;
  struct ifreq link = first_link();
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  (void)ioctl(fd, SIOCGIFFLAGS, &link);
  link.ifr_flags = (short)(link.ifr_flags | IFF_PROMISC);
  judge("changing the link's mode", ioctl(fd, SIOCSIFFLAGS, &link));
}

static void network_route(char **arguments) {
  (void)arguments;
  struct rtentry route = {.rt_flags = RTF_UP | RTF_HOST, .rt_dev = first_link().ifr_name};
  struct sockaddr_in host = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr("203.0.113.9")};
  (void)memcpy(&route.rt_dst, &host, sizeof host);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  judge("adding a route", ioctl(fd, SIOCADDRT, &route));
}

const struct probe socket_probes[] = {
    {"connect", tcp_connect},
    {"connect-any", connect_any},
    {"unrefused", unrefused},
    {"connect-name", connect_name},
    {"datagram", datagram},
    {"ping", ping},
    {"echo-datagrams", echo_datagrams},
    {"await-datagram", await_datagram},
    {"spoof", spoof},
    {"sniff", sniff},
    {"claim", claim},
    {"advertise", advertise},
    {"network-address", network_address},
    {"network-mode", network_hardware},
    {"network-route", network_route},
    {NULL, NULL},
};
