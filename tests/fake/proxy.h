/* proxy.h - a man in the middle for tests: passes bytes between a client and a real server, and
 * misbehaves on request.
 *
 * What the server sends is counted from 0 for each connection, and so is what the client sends, so
 * that a fault can be put at every byte of a conversation. One thread, made by proxy_start and
 * joined by proxy_stop.  Only loopback.
 */
#ifndef MYWIRE_FAKE_PROXY_H
#define MYWIRE_FAKE_PROXY_H

#include <stdbool.h>
#include <stddef.h>

enum proxy_fault {
    PROXY_PASS = 0,
    PROXY_CLOSE,   /* at byte `at`: close in order (FIN) */
    PROXY_RESET,   /* at byte `at`: reset (RST) */
    PROXY_STALL,   /* from byte `at` on: the server falls silent, the connection stays */
    PROXY_FLIP,    /* byte `at` is changed: xor with mask; closed when both sides then wait for each
                      other */
    PROXY_SWALLOW, /* byte `at` is left out; the same */
    PROXY_DRIP     /* every byte comes alone */
};

struct proxy_plan {
    enum proxy_fault fault;
    size_t at;
    unsigned char mask;
    int is_of_client; /* `at` counts what the client sends; for PROXY_CLOSE and PROXY_RESET only */
};

struct proxy;

/* proxy_start - listen on a free port of 127.0.0.1 for connections to host:port.  NULL on failure.
 */
struct proxy *proxy_start(const char *host, unsigned port);
void proxy_stop(struct proxy *p);
unsigned proxy_port(const struct proxy *p);

/* proxy_set - what happens to connections accepted from now on. */
void proxy_set(struct proxy *p, struct proxy_plan plan);

/* proxy_also - connections take turns between the server and another port of the same host, as
 * behind a load balancer: the next one goes there. */
void proxy_also(struct proxy *p, unsigned port);

/* proxy_freeze - what the server sends on the connections that there are is dropped from now on;
 * is_for_all: and on those to come; is_deaf: nothing is read of the client either. proxy_thaw -
 * those to come are sound again. */
void proxy_freeze(struct proxy *p, bool is_for_all, bool is_deaf);
void proxy_thaw(struct proxy *p);

/* proxy_bytes - how many bytes the server sent in the newest connection; proxy_client_bytes - and
 * the client. */
size_t proxy_bytes(struct proxy *p);
size_t proxy_client_bytes(struct proxy *p);

#endif
