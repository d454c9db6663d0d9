/* sockfd.h - what sock.c and sockconn.c share: descriptors before they are streams.  Not for
 * others. */
#ifndef MYWIRE_NET_SOCKFD_H
#define MYWIRE_NET_SOCKFD_H

#include <sys/socket.h>

#include "net/sock.h"

/* sockfd_tune - no delay, keep-alive; for TCP descriptors. */
void sockfd_tune(int fd);

/* sockfd_wrap - make a stream of a connected descriptor (taken over, closed also on failure). peer:
 * words for messages. */
int sockfd_wrap(int fd, const char *peer, struct stream **out, struct fault *f) MUST_USE;

/* sock_addrs_new, _add, _order - an address list piece by piece; those past 32 are left out. order:
 * the resolver's order stays, but families take turns (RFC 8305 4): if IPv6 goes nowhere, the
 * second try is IPv4. */
int sock_addrs_new(const char *host, unsigned port, struct sock_addrs **out,
                   struct fault *f) MUST_USE;
void sock_addrs_add(struct sock_addrs *a, const struct sockaddr *addr, socklen_t len);
void sock_addrs_order(struct sock_addrs *a);

/* sock_addrs_family - AF_INET or AF_INET6 of the i-th; for tests. */
int sock_addrs_family(const struct sock_addrs *a, size_t i);

#endif
