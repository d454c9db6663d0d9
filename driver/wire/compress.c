/* compress.c - the compressed protocol: frames of zlib or zstd around the stream of packets. */
#define ZLIB_CONST
#include "wire/compress.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"

#define HEADER      7u
#define IN_BYTES    (64u << 10)
#define CHUNK       (256u << 10) /* plain bytes a frame at most */
#define STORE_BELOW 50u          /* MySQL's MIN_COMPRESS_LENGTH: shorter bodies go as they are */
#define ZSTD_WINDOW_LOG                                                                            \
    24 /* a frame has less than 16 MiB of plain bytes, so no honest window is larger */

struct compress;

/* One compression format.  expand: from *in (nin bytes) to out (nout bytes), storing what was used
 * of each; false: malformed.  *ended: the body is complete.  pack: n bytes to out (cap bytes); 0:
 * failed or no gain. */
struct codec {
    const char *name;
    size_t (*bound)(size_t n);
    size_t (*pack)(struct compress *c, const void *p, size_t n, void *out, size_t cap);
    bool (*expand)(struct compress *c, const unsigned char *in, size_t *nin, void *out,
                   size_t *nout, bool *ended);
    bool (*rewind)(struct compress *c);
};

struct compress {
    struct stream base;
    struct stream *below; /* owned */
    const struct codec *codec;
    int level;
    uint8_t seq;
    bool is_first;                /* no frame has been read since compress_reset */
    bool is_farewell;             /* that first one had number 0 where 1 was due */
    bool is_stored, is_ended;     /* of the frame being read */
    size_t body_left, plain_left; /* of the frame being read */
    size_t from, to;              /* unread bytes of in */
    unsigned char *in;            /* IN_BYTES */
    struct buf out;
    z_stream inflate, deflate;
    bool has_inflate, has_deflate;
    ZSTD_DCtx *zd;
    ZSTD_CCtx *zc;
};

/* ---- zlib ---- */

static size_t zlib_bound(size_t n)
{
    return compressBound(n);
}

static bool zlib_rewind(struct compress *c)
{
    if (c->has_inflate) {
        return inflateReset(&c->inflate) == Z_OK;
    }
    c->has_inflate = inflateInit(&c->inflate) == Z_OK;
    return c->has_inflate;
}

static bool zlib_expand(struct compress *c, const unsigned char *in, size_t *nin, void *out,
                        size_t *nout, bool *ended)
{
    z_stream *z = &c->inflate;
    z->next_in = in;
    z->avail_in = (uInt)*nin;
    z->next_out = out;
    z->avail_out = (uInt)*nout;
    int rc = inflate(z, Z_NO_FLUSH);
    *nin -= z->avail_in;
    *nout -= z->avail_out;
    *ended = rc == Z_STREAM_END;
    return rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR;
}

static size_t zlib_pack(struct compress *c, const void *p, size_t n, void *out, size_t cap)
{
    z_stream *z = &c->deflate;
    bool ready =
        c->has_deflate ? deflateReset(z) == Z_OK : deflateInit(z, Z_DEFAULT_COMPRESSION) == Z_OK;
    c->has_deflate = c->has_deflate || ready;
    if (!ready) {
        return 0;
    }
    z->next_in = p;
    z->avail_in = (uInt)n;
    z->next_out = out;
    z->avail_out = (uInt)cap;
    return deflate(z, Z_FINISH) == Z_STREAM_END ? cap - z->avail_out : 0;
}

static const struct codec zlib_codec = {"zlib", zlib_bound, zlib_pack, zlib_expand, zlib_rewind};

/* ---- zstd ---- */

static size_t zstd_bound(size_t n)
{
    return ZSTD_compressBound(n);
}

static bool zstd_rewind(struct compress *c)
{
    if (!c->zd) {
        c->zd = ZSTD_createDCtx();
        if (!c->zd ||
            ZSTD_isError(ZSTD_DCtx_setParameter(c->zd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
            return false;
        }
    }
    return !ZSTD_isError(ZSTD_DCtx_reset(c->zd, ZSTD_reset_session_only));
}

static bool zstd_expand(struct compress *c, const unsigned char *in, size_t *nin, void *out,
                        size_t *nout, bool *ended)
{
    ZSTD_inBuffer from = {in, *nin, 0};
    ZSTD_outBuffer to = {out, *nout, 0};
    size_t rc = ZSTD_decompressStream(c->zd, &to, &from);
    *nin = from.pos;
    *nout = to.pos;
    *ended = rc == 0;
    return !ZSTD_isError(rc);
}

static size_t zstd_pack(struct compress *c, const void *p, size_t n, void *out, size_t cap)
{
    if (!c->zc) {
        c->zc = ZSTD_createCCtx();
    }
    size_t rc = c->zc ? ZSTD_compressCCtx(c->zc, out, cap, p, n, c->level) : 0;
    return ZSTD_isError(rc) ? 0 : rc;
}

static const struct codec zstd_codec = {"zstd", zstd_bound, zstd_pack, zstd_expand, zstd_rewind};

/* ---- the stream ---- */

static struct compress *compress_of(struct stream *s)
{
    return (struct compress *)(void *)s; /* base is the first member */
}

/* At least `need` bytes of the stream below in c->in; need <= HEADER or 1. */
static int fill(struct compress *c, size_t need, int64_t deadline, struct fault *f)
{
    if (c->to - c->from >= need) {
        return RC_OK;
    }
    memmove(c->in, c->in + c->from, c->to - c->from);
    c->to -= c->from;
    c->from = 0;
    while (c->to < need) {
        size_t got = 0;
        int rc = stream_read(c->below, c->in + c->to, IN_BYTES - c->to, &got, deadline, f);
        if (rc != RC_OK) {
            return rc;
        }
        c->to += got;
    }
    return RC_OK;
}

static int bad_body(const struct compress *c, struct fault *f)
{
    return fault(f, RC_PROTOCOL, "a compressed frame that is not well-formed %s", c->codec->name);
}

static int next_frame(struct compress *c, int64_t deadline, struct fault *f)
{
    int rc = fill(c, HEADER, deadline, f);
    if (rc != RC_OK) {
        return rc;
    }
    const unsigned char *h = c->in + c->from;
    c->from += HEADER;
    c->body_left = (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16;
    c->plain_left = (size_t)h[4] | (size_t)h[5] << 8 | (size_t)h[6] << 16;
    if (c->is_first && c->seq == 1 && h[3] == 0) { /* sent before our command: see packet.c */
        c->is_farewell = true;
        c->seq = 0;
    }
    c->is_first = false;
    if (h[3] != c->seq) {
        return fault(f, RC_PROTOCOL, "sequence number %u of a compressed frame where %u was due",
                     h[3], c->seq);
    }
    c->seq++;
    c->is_stored = c->plain_left == 0;
    c->is_ended = c->is_stored;
    if (c->body_left == 0) {
        return fault(f, RC_PROTOCOL, "an empty compressed frame");
    }
    if (c->is_stored) {
        c->plain_left = c->body_left;
        return RC_OK;
    }
    return c->codec->rewind(c) ? RC_OK : fault(f, RC_MEMORY, "no memory for %s", c->codec->name);
}

/* Expand once: up to *n plain bytes to p; 0 is possible. */
static int step(struct compress *c, void *p, size_t *n, int64_t deadline, struct fault *f)
{
    int rc = c->body_left ? fill(c, 1, deadline, f) : RC_OK;
    if (rc != RC_OK) {
        return rc;
    }
    size_t nin = c->to - c->from < c->body_left ? c->to - c->from : c->body_left;
    size_t nout = *n < c->plain_left ? *n : c->plain_left;
    if (c->is_stored) {
        nin = nout = nin < nout ? nin : nout;
        memcpy(p, c->in + c->from, nout);
    } else if (!c->codec->expand(c, c->in + c->from, &nin, p, &nout, &c->is_ended) ||
               (nin == 0 && nout == 0 && !c->is_ended)) {
        return bad_body(c, f);
    }
    c->from += nin;
    c->body_left -= nin;
    c->plain_left -= nout;
    *n = nout;
    return RC_OK;
}

/* All plain bytes are out: the body must end here too (a checksum may still be due). */
static int end_frame(struct compress *c, int64_t deadline, struct fault *f)
{
    while (!c->is_ended) {
        unsigned char none[1];
        size_t n = 0;
        int rc = step(c, none, &n, deadline, f);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return c->body_left ? bad_body(c, f) : RC_OK;
}

static int compress_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                         struct fault *f)
{
    struct compress *c = compress_of(s);
    *got = 0;
    while (*got == 0) {
        int rc = c->plain_left ? RC_OK : next_frame(c, deadline, f);
        if (rc != RC_OK) {
            return rc;
        }
        size_t part = n;
        rc = step(c, p, &part, deadline, f);
        if (rc == RC_OK && c->is_ended && c->plain_left && !c->is_stored) {
            rc = bad_body(c, f);
        }
        if (rc == RC_OK && c->plain_left == 0) {
            rc = end_frame(c, deadline, f);
        }
        if (rc != RC_OK) {
            return rc;
        }
        *got = part;
    }
    return RC_OK;
}

static int write_frame(struct compress *c, const unsigned char *p, size_t n, int64_t deadline,
                       struct fault *f)
{
    size_t cap = c->codec->bound(n);
    buf_reset(&c->out);
    unsigned char *h = buf_grow(&c->out, HEADER + cap);
    if (!h) {
        return fault(f, RC_MEMORY, "no memory to compress %zu bytes", n);
    }
    size_t packed = n < STORE_BELOW ? 0 : c->codec->pack(c, p, n, h + HEADER, cap);
    size_t plain = n;
    if (packed == 0 || packed >= n) {
        memcpy(h + HEADER, p, n);
        packed = n;
        plain = 0;
    }
    for (size_t i = 0; i < 3; i++) {
        h[i] = (unsigned char)(packed >> (8 * i));
        h[4 + i] = (unsigned char)(plain >> (8 * i));
    }
    h[3] = c->seq++;
    return stream_write(c->below, h, HEADER + packed, deadline, f);
}

static int compress_write(struct stream *s, const void *p, size_t n, int64_t deadline,
                          struct fault *f)
{
    struct compress *c = compress_of(s);
    const unsigned char *from = p;
    int rc = RC_OK;
    while (rc == RC_OK && n) {
        size_t part = n < CHUNK ? n : CHUNK;
        rc = write_frame(c, from, part, deadline, f);
        from += part;
        n -= part;
    }
    return rc;
}

static bool compress_alive(struct stream *s)
{
    return stream_alive(compress_of(s)->below);
}

static void compress_abort(struct stream *s)
{
    stream_abort(compress_of(s)->below);
}

static void compress_close(struct stream *s)
{
    struct compress *c = compress_of(s);
    stream_close(c->below);
    if (c->has_inflate) {
        (void)inflateEnd(&c->inflate); /* frees in any state */
    }
    if (c->has_deflate) {
        (void)deflateEnd(&c->deflate);
    }
    (void)ZSTD_freeDCtx(c->zd); /* NULL is fine */
    (void)ZSTD_freeCCtx(c->zc);
    buf_clear(&c->out);
    free(c->in);
    free(c);
}

static const struct stream_ops compress_ops = {
    .read = compress_read,
    .write = compress_write,
    .alive = compress_alive,
    .abort = compress_abort,
    .close = compress_close,
};

static int wrap(struct stream **io, const struct codec *codec, int level, struct fault *f)
{
    struct compress *c = calloc(1, sizeof *c);
    unsigned char *in = malloc(IN_BYTES);
    if (!c || !in) {
        free(c);
        free(in);
        return fault(f, RC_MEMORY, "no memory for compression");
    }
    c->base.ops = &compress_ops;
    c->below = *io;
    c->codec = codec;
    c->level = level;
    c->in = in;
    *io = &c->base;
    return RC_OK;
}

int compress_wrap_zlib(struct stream **io, struct fault *f)
{
    return wrap(io, &zlib_codec, 0, f);
}

int compress_wrap_zstd(struct stream **io, int level, struct fault *f)
{
    return wrap(io, &zstd_codec, level, f);
}

void compress_reset(struct stream *io)
{
    struct compress *c = compress_of(io);
    c->seq = 0;
    c->is_first = true;
    c->is_farewell = false;
}

bool compress_is_farewell(struct stream *io)
{
    return compress_of(io)->is_farewell;
}
