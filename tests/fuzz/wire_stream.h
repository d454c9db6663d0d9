/* wire_stream.h - a stream that gives bytes from memory, a few at a time, and keeps or checks what
 * is written.
 *
 * Framed, the bytes are not packets but their payloads, each behind its length (one byte; 255: two
 * more), and the stream writes the headers, with the sequence numbers that are due; so the fuzzer
 * need not learn them. */
#ifndef TESTS_FUZZ_WIRE_STREAM_H
#define TESTS_FUZZ_WIRE_STREAM_H

#include "base/buf.h"
#include "net/stream.h"

#include "fuzz.h"

struct wire_stream {
    struct stream base;
    struct fuzz_in in; /* what is left to give */
    size_t step;       /* bytes given at a read, at most; 0: as many as asked for */
    bool is_framed;
    struct buf frame;  /* framed: header and payload being given */
    size_t off;        /* in it */
    unsigned seq;      /* framed: of the next frame */
    size_t head, skip; /* of what is written: bytes of the header seen, of the payload to come */
    unsigned char h[4];
    struct buf written;   /* all of it */
    size_t nreads_at_end; /* reads after the end: must not go on for ever */
    bool is_closed;
};

static inline struct wire_stream *wire_stream_of(struct stream *s)
{
    return (struct wire_stream *)(void *)s;
}

static inline void wire_stream_frame(struct wire_stream *w)
{
    size_t n = fuzz_byte(&w->in);
    n = n == 255 ? fuzz_u16(&w->in) : n;
    n = n < w->in.n ? n : w->in.n;
    buf_reset(&w->frame);
    buf_put_u16(&w->frame, (uint16_t)n);
    buf_putc(&w->frame, (unsigned)(n >> 16));
    buf_putc(&w->frame, w->seq++ & 255);
    buf_put(&w->frame, w->in.p, n);
    w->in.p += n;
    w->in.n -= n;
    w->off = 0;
}

static inline int wire_stream_read(struct stream *s, void *to, size_t n, size_t *got,
                                   int64_t deadline, struct fault *f)
{
    struct wire_stream *w = wire_stream_of(s);
    (void)deadline;
    MUST(n > 0 && !w->is_closed);
    if (w->is_framed && w->off == w->frame.len && w->in.n) {
        wire_stream_frame(w);
    }
    size_t have = w->is_framed ? w->frame.len - w->off : w->in.n;
    size_t k = w->step && w->step < n ? w->step : n;
    *got = k < have ? k : have;
    if (*got == 0) {
        MUST(w->nreads_at_end++ < 100);
        return fault(f, RC_LOST, "the input ended");
    }
    memcpy(to, w->is_framed ? w->frame.p + w->off : w->in.p, *got);
    if (w->is_framed) {
        w->off += *got;
    } else {
        w->in.p += *got;
        w->in.n -= *got;
    }
    return RC_OK;
}

/* Follow the frames that are written, for the number of the next answer. */
static inline int wire_stream_write(struct stream *s, const void *from, size_t n, int64_t deadline,
                                    struct fault *f)
{
    struct wire_stream *w = wire_stream_of(s);
    const unsigned char *p = from;
    (void)deadline;
    (void)f;
    MUST(!w->is_closed);
    buf_put(&w->written, from, n);
    while (n) {
        size_t k = w->skip < n ? w->skip : n;
        w->skip -= k;
        p += k;
        n -= k;
        if (n && w->skip == 0) {
            w->h[w->head++] = *p++;
            n--;
        }
        if (w->head == 4) {
            w->skip = (size_t)w->h[0] | (size_t)w->h[1] << 8 | (size_t)w->h[2] << 16;
            w->seq = w->h[3] + 1u;
            w->head = 0;
        }
    }
    return RC_OK;
}

static inline bool wire_stream_alive(struct stream *s)
{
    return wire_stream_of(s)->in.n > 0;
}

static inline void wire_stream_abort(struct stream *s)
{
    wire_stream_of(s)->in.n = 0;
}

static inline void wire_stream_close(struct stream *s)
{
    struct wire_stream *w = wire_stream_of(s);
    MUST(!w->is_closed);
    w->is_closed = true;
}

/* wire_stream_init - w is the caller's, also after the stream is closed. */
static inline void wire_stream_init(struct wire_stream *w, struct fuzz_in in)
{
    static const struct stream_ops ops = {wire_stream_read, wire_stream_write, wire_stream_alive,
                                          wire_stream_abort, wire_stream_close};
    *w = (struct wire_stream){.base = {&ops}, .in = in};
}

static inline void wire_stream_clear(struct wire_stream *w)
{
    buf_clear(&w->frame);
    buf_clear(&w->written);
}

#endif
