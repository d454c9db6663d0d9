/* sockfd.h - what sock.c and sockconn.c share: descriptors before they are streams.  Not for
 * others. */
#ifndef MYWIRE_NET_SOCKFD_H
#define MYWIRE_NET_SOCKFD_H

#include "net/stream.h"

/* sockfd_prepare - make fd non-blocking and close-on-exec; -1 with errno if that fails. */
int sockfd_prepare(int fd);

/* sockfd_tune - no delay, keep-alive; for TCP descriptors. */
void sockfd_tune(int fd);

/* sockfd_wrap - make a stream of a connected descriptor (taken over, closed also on failure). peer:
 * words for messages. */
int sockfd_wrap(int fd, const char *peer, struct stream **out, struct fault *f) MUST_USE;

#endif
