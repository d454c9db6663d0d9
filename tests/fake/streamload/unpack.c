/* unpack.c - zlib and zstd behind one door. */
#include "unpack.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { BLOCK = 65536 };

struct fk_unpack {
    enum fk_packing how;
    fk_bytes_fn *out;
    void *to;
    z_stream z;
    ZSTD_DStream *d;
    bool between, any; /* between two members or frames; any byte seen */
    char block[BLOCK];
};

struct fk_unpack *fk_unpack_new(enum fk_packing how, fk_bytes_fn *out, void *to)
{
    struct fk_unpack *u = fk_alloc(sizeof *u);
    u->how = how;
    u->out = out;
    u->to = to;
    if (how == FK_GZIP && inflateInit2(&u->z, 15 + 32) != Z_OK)
        abort();
    if (how == FK_ZSTD)
        u->d = ZSTD_createDStream();
    return u;
}

static bool feed_gzip(struct fk_unpack *u, const char *p, size_t n)
{
    u->z.next_in = (Bytef *)(uintptr_t)p;
    u->z.avail_in = (uInt)n;
    do {
        if (u->between && inflateReset(&u->z) != Z_OK)
            return false;
        u->between = false;
        u->z.next_out = (Bytef *)u->block;
        u->z.avail_out = BLOCK;
        int k = inflate(&u->z, Z_NO_FLUSH);
        if (k != Z_OK && k != Z_STREAM_END && k != Z_BUF_ERROR)
            return false;
        u->out(u->to, u->block, BLOCK - u->z.avail_out);
        u->between = k == Z_STREAM_END;
        if (k == Z_BUF_ERROR)
            break;
    } while (u->z.avail_in > 0 || (u->z.avail_out == 0 && !u->between));
    return true;
}

static bool feed_zstd(struct fk_unpack *u, const char *p, size_t n)
{
    ZSTD_inBuffer in = {.src = p, .size = n};
    bool full = false;
    while (in.pos < in.size || full) {
        ZSTD_outBuffer out = {.dst = u->block, .size = BLOCK};
        size_t from = in.pos;
        size_t k = ZSTD_decompressStream(u->d, &out, &in);
        if (ZSTD_isError(k))
            return false;
        if (in.pos > from || out.pos > 0)
            u->between = k == 0;
        full = out.pos == out.size;
        u->out(u->to, u->block, out.pos);
    }
    return true;
}

bool fk_unpack_feed(struct fk_unpack *u, const char *p, size_t n)
{
    u->any |= n > 0;
    if (n == 0)
        return true;
    if (u->how == FK_GZIP)
        return feed_gzip(u, p, n);
    if (u->how == FK_ZSTD)
        return feed_zstd(u, p, n);
    u->out(u->to, p, n);
    return true;
}

bool fk_unpack_end(struct fk_unpack *u)
{
    return u->how == FK_PLAIN || !u->any || u->between;
}

void fk_unpack_free(struct fk_unpack *u)
{
    if (!u)
        return;
    if (u->how == FK_GZIP)
        (void)inflateEnd(&u->z);
    ZSTD_freeDStream(u->d);
    free(u);
}
