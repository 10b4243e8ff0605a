/* Addresses, links and packets. */
#ifndef ATOLL_NETWORK_H
#define ATOLL_NETWORK_H

#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
  union {
    sa_family_t family;
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address;
  socklen_t length;
};

/* A query for the address of "rebind.test" (RFC 1035, section 4.1). */
#define NAME_QUERY_LENGTH 29
extern const char name_query[NAME_QUERY_LENGTH];

struct endpoint endpoint_of(const char *address, const char *port);

/* Gives loopback the address, in a network namespace of one's own. */
void endpoint_assign(const struct endpoint *endpoint);

/* The name of the first link that isn't loopback; of loopback when there is no other. */
struct ifreq first_link(void);

/* Sends a whole frame, or ends as refused. */
void send_frame(int fd, const struct ifreq *link, const void *frame, size_t length);

/* The checksum of RFC 4443, section 2.3, over two addresses and the message. */
uint16_t icmp6_checksum(const unsigned char *addresses, const unsigned char *message, size_t length);

#endif
