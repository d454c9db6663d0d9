/* stream.h - a connected byte stream, whatever carries it: socket, TLS over any stream, or a
 * transcript in a test.
 *
 * A stream is owned by whoever holds the pointer and ends with stream_close.  After any error the
 * stream is only good for closing, but for one: a read that gave RC_TIMEOUT has lost nothing and
 * may be tried again.  A socket that was inherited by fork can only be closed, which the parent's
 * does not notice.  Deadlines are absolute (base/clock.h).  Reads and writes never raise
 * SIGPIPE. */
#ifndef MYWIRE_NET_STREAM_H
#define MYWIRE_NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/fault.h"

struct stream;

struct stream_ops {
    /* Up to n > 0 bytes into p; stores how many (at least 1) in *got.  RC_LOST at the end of the
     * stream.  A deadline that has already passed takes what is there. */
    int (*read)(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                struct fault *f);
    /* All n bytes, or an error. */
    int (*write)(struct stream *s, const void *p, size_t n, int64_t deadline, struct fault *f);
    /* Is the peer still there?  No round trip, no waiting: false when it closed, reset, or sent
     * something unasked. */
    bool (*alive)(struct stream *s);
    /* From any thread: make the read or write that waits now, and all later ones, fail with
     * RC_LOST. */
    void (*abort)(struct stream *s);
    /* Say goodbye if the carrier has a way to, and free everything. */
    void (*close)(struct stream *s);
};

struct stream {
    const struct stream_ops *ops;
};

static inline int stream_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                              struct fault *f)
{
    return s->ops->read(s, p, n, got, deadline, f);
}

static inline int stream_write(struct stream *s, const void *p, size_t n, int64_t deadline,
                               struct fault *f)
{
    return s->ops->write(s, p, n, deadline, f);
}

static inline bool stream_alive(struct stream *s)
{
    return s->ops->alive(s);
}

static inline void stream_abort(struct stream *s)
{
    s->ops->abort(s);
}

static inline void stream_close(struct stream *s)
{
    if (s)
        s->ops->close(s);
}

#endif
