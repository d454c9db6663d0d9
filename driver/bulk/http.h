/* http.h - one HTTP request at a time over libcurl, in steps, without threads.
 *
 * libcurl is opened (dlopen) by the first http_new of the process and never closed.  Redirects are
 * not followed: the caller sees them.  A body is either read from a callback or pushed; with
 * wait_for_100 no byte of it is asked for before "100 Continue" came.  HTTP/1.1 only; proxies,
 * .netrc, cookies and SSLKEYLOGFILE of the environment are not used.  Connections are kept and
 * reused; children do not inherit them.  No SIGPIPE comes out of it (net/sock_foreign.h).
 *
 * TLS is that of net/tls.h: our contexts, our verdict, our words.  Requests carry a password in
 * clear, so https must prove who it is: what proves nothing (DISABLED, PREFERRED, REQUIRED without
 * a pin, VERIFY_CA by the system's authorities) means VERIFY_IDENTITY here, unless allow_unproved;
 * then PREFERRED and DISABLED mean REQUIRED.
 * A libcurl that is not built on the OpenSSL of this process is refused for https. */
#ifndef MYWIRE_BULK_HTTP_H
#define MYWIRE_BULK_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/log.h"
#include "bulk/url.h"
#include "net/tls.h"

typedef int http_read_fn(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f);
typedef bool http_whole_fn(const struct buf *answer);

/* A request and its answer.  Zero it, fill in the first part, http_call_clear at the end. */
struct http_call {
    /* borrowed until the call has ended */
    const char *method; /* "PUT", "POST", "GET" */
    const struct url *url;
    const char *const *headers; /* lines "Name: value", NULL-terminated */
    bool has_body;
    bool wait_for_100;
    http_read_fn *read; /* of the body; NULL: http_push brings it */
    void *ctx;
    int64_t size;               /* of the body in bytes; -1: not known */
    int64_t connect_timeout_ms; /* > 0 */
    int64_t deadline;           /* base/clock.h */
    int64_t begin_deadline;     /* with wait_for_100: 100 must have come by then; 0: by deadline */
    size_t max_answer;          /* bytes; more is an error (RC_PROTOCOL), or, */
    bool may_cut;               /* cut off there */
    http_whole_fn *whole;       /* is this a whole answer?  For servers that answer early */

    /* what came of it; also after an error */
    unsigned status; /* of the final answer; 0: none came */
    struct buf answer;
    struct buf location;
    bool asked;      /* the request may have reached a server */
    bool is_foreign; /* what answers there speaks no HTTP */
    bool continued;  /* 100 came */
    bool body_ended; /* the last byte of the body was handed over for sending */
    int64_t sent;    /* bytes of the body handed over for sending, not fewer than were sent */
    int body_rc;     /* the error of read, which is then the error of the call */
};

struct http;

/* http_new - RC_UNSUPPORTED when libcurl is missing or too old, with the package's name.  While
 * *stop is set, every wait fails with RC_CANCELLED; who sets it calls http_wake.  All pointers are
 * borrowed. */
int http_new(const struct tls_opts *tls, bool allow_unproved, struct log *log,
             const atomic_bool *stop, struct http **out, struct fault *f) MUST_USE;
void http_free(struct http *h);

/* http_start - begin a call; http_wait - go on until the answer is there, or, with to_body, until
 * the server asks for the body (continued; without wait_for_100 at once).  http_push - bytes of the
 * body; the call may end meanwhile, which is no error (http_wait tells).  http_end_body - that was
 * the last byte.  http_stop - forget the call, closing its connection unless it is done.
 * Without a call that runs http_push and http_end_body do nothing, and http_wait is RC_CONFIG.
 * http_wait: RC_OK when status is set; RC_CONNECT, RC_TIMEOUT, RC_LOST, RC_PROTOCOL, RC_TLS,
 * RC_CANCELLED, RC_MEMORY, or body_rc. */
int http_start(struct http *h, struct http_call *c, struct fault *f) MUST_USE;
int http_wait(struct http *h, bool to_body, struct fault *f) MUST_USE;
int http_push(struct http *h, const void *p, size_t n, struct fault *f) MUST_USE;
void http_end_body(struct http *h);
void http_stop(struct http *h);

/* http_sleep - wait; RC_CANCELLED by *stop. */
int http_sleep(struct http *h, int64_t ms, struct fault *f) MUST_USE;

/* http_wake - from any thread: the wait that runs now looks at *stop. */
void http_wake(struct http *h);

void http_call_clear(struct http_call *c); /* the answer's memory */

#endif
