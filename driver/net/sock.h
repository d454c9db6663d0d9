/* sock.h - TCP and unix sockets as streams: every address of a host is tried within one deadline.
 */
#ifndef MYWIRE_NET_SOCK_H
#define MYWIRE_NET_SOCK_H

#include "net/stream.h"

#define SOCK_PEER_CHARS 128

/* The addresses a host name stands for, to be tried one after the other. */
struct sock_addrs;

/* sock_resolve - look up host (name, IPv4, IPv6 without brackets) and port.  RC_CONNECT names host
 * and the resolver's words.  *out is owned by the caller: sock_addrs_free. */
int sock_resolve(const char *host, unsigned port, struct sock_addrs **out,
                 struct fault *f) MUST_USE;
void sock_addrs_free(struct sock_addrs *a);

/* sock_connect - connect to the first address that answers, starting with the `first`-th.  A silent
 * address does not eat the time of the others: after 250 ms the next is started beside it (RFC
 * 8305).  *used: index of the address taken, so that the caller can go on with the one after it if
 * that server turns out to be unusable.  peer: SOCK_PEER_CHARS bytes, receives "address:port" in
 * words for messages.  RC_CONNECT tells every address tried and why it failed; RC_TIMEOUT when the
 * deadline passed first. */
int sock_connect(const struct sock_addrs *a, size_t first, int64_t deadline, struct stream **out,
                 size_t *used, char *peer, struct fault *f) MUST_USE;
size_t sock_addrs_count(const struct sock_addrs *a);

/* sock_connect_unix - the same for a unix socket path. */
int sock_connect_unix(const char *path, int64_t deadline, struct stream **out, char *peer,
                      struct fault *f) MUST_USE;

/* Who is asked while a read or write waits; all of it happens in the waiting thread.  fn returns
 * when to be asked next (base/clock.h), or SOCK_STOP: the wait ends with RC_TIMEOUT.  It is asked
 * when a wait begins (what there was has been read or written), when it goes on, and when its
 * deadline has passed: what is returned then is the new one.  A deadline that had passed when the
 * wait began is not asked about. */
#define SOCK_STOP 0
enum sock_moment { SOCK_BEGINS, SOCK_GOES_ON, SOCK_OVER };
struct sock_watch {
    int64_t (*fn)(void *ctx, bool is_write, enum sock_moment moment);
    void *ctx;
};

/* sock_watch - have w asked (borrowed until the stream is closed; fn NULL: nobody) by a stream that
 * is a socket itself; others are left alone. */
void sock_watch(struct stream *s, const struct sock_watch *w);

/* sock_local_port - the port on this machine of a stream that is a TCP socket itself; 0: it is
 * none, or it cannot be told. */
unsigned sock_local_port(const struct stream *s);

/* sock_from_fd - wrap a connected descriptor (taken over); for tests. */
int sock_from_fd(int fd, struct stream **out, struct fault *f) MUST_USE;

#endif
