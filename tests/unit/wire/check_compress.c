/* check_compress.c - the compressed protocol over a pipe in memory: round trips, and every byte of
 * a frame damaged. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/compress.h"

/* A stream whose written bytes can be read again; lives on the test's stack. */
struct pipe {
    struct stream base;
    struct buf b;
    size_t at, step;
};

static struct pipe *pipe_of(struct stream *s)
{
    return (struct pipe *)(void *)s;
}

static int pipe_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                     struct fault *f)
{
    struct pipe *x = pipe_of(s);
    size_t left = x->b.len - x->at;
    (void)deadline;
    n = n < left ? n : left;
    n = x->step && x->step < n ? x->step : n;
    if (n == 0) {
        return fault(f, RC_LOST, "empty");
    }
    memcpy(p, x->b.p + x->at, n);
    x->at += n;
    *got = n;
    return RC_OK;
}

static int pipe_write(struct stream *s, const void *p, size_t n, int64_t deadline, struct fault *f)
{
    (void)deadline;
    (void)f;
    buf_put(&pipe_of(s)->b, p, n);
    return RC_OK;
}

static bool pipe_alive(struct stream *s)
{
    (void)s;
    return true;
}

static void pipe_none(struct stream *s)
{
    (void)s;
}

static const struct stream_ops pipe_ops = {pipe_read, pipe_write, pipe_alive, pipe_none, pipe_none};

static struct stream *wrap(struct pipe *x, bool zstd)
{
    struct fault f;
    struct stream *io = &x->base;
    x->base.ops = &pipe_ops;
    int rc = zstd ? compress_wrap_zstd(&io, 3, &f) : compress_wrap_zlib(&io, &f);
    ck_assert_int_eq(rc, RC_OK);
    return io;
}

/* Text that packs well in its first half and not at all in its second. */
static void make(unsigned char *p, size_t n)
{
    uint32_t r = 12345;
    for (size_t i = 0; i < n; i++) {
        r = r * 1664525u + 1013904223u;
        p[i] = i < n / 2 ? (unsigned char)('a' + i / 50 % 20) : (unsigned char)(r >> 24);
    }
}

static const struct {
    size_t n, step, read;
} trips[] = {
    {1, 0, 100},         {49, 0, 100},           {50, 1, 7},
    {51, 3, 1},          {1000, 1, 1000},        {65536, 0, 4096},
    {262143, 0, 70000},  {262144, 7, 65536},     {262145, 0, 1 << 20},
    {3000000, 0, 50000}, {3000000, 1460, 65536},
};

static void round_trip(size_t n, size_t step, size_t most, bool zstd)
{
    struct pipe x = {.step = step};
    struct stream *io = wrap(&x, zstd);
    struct fault f = {0};
    unsigned char *in = malloc(n), *out = malloc(n);
    ck_assert(in && out);
    make(in, n);
    ck_assert_int_eq(stream_write(io, in, n, DEADLINE_NEVER, &f), RC_OK);
    ck_assert(n < 10000 || x.b.len < n * 3 / 4);
    compress_reset(io); /* the reader counts from 0, too */
    for (size_t at = 0; at < n;) {
        size_t got = 0;
        int rc = stream_read(io, out + at, most < n - at ? most : n - at, &got, DEADLINE_NEVER, &f);
        ck_assert_msg(rc == RC_OK && got > 0, "at %zu: %s", at, f.text);
        at += got;
    }
    ck_assert_int_eq(memcmp(in, out, n), 0);
    size_t got;
    ck_assert_int_eq(stream_read(io, out, 1, &got, DEADLINE_NEVER, &f), RC_LOST);
    free(in);
    free(out);
    stream_close(io);
    buf_clear(&x.b);
}

START_TEST(trip)
{
    round_trip(trips[_i].n, trips[_i].step, trips[_i].read, false);
    round_trip(trips[_i].n, trips[_i].step, trips[_i].read, true);
}
END_TEST

/* Read all that comes; the code that ends it.  More plain bytes than were put in must never come.
 */
static int drain(struct pipe *x, bool zstd, size_t most)
{
    struct stream *io = wrap(x, zstd);
    struct fault f = {0};
    size_t total = 0;
    int rc = RC_OK;
    while (rc == RC_OK) {
        unsigned char b[100];
        size_t got = 0;
        rc = stream_read(io, b, sizeof b, &got, DEADLINE_NEVER, &f);
        total += got;
    }
    ck_assert_msg(total <= most, "%zu bytes where %zu were packed", total, most);
    stream_close(io);
    return rc;
}

static void damage(bool zstd)
{
    struct pipe x = {.step = 0};
    struct stream *io = wrap(&x, zstd);
    struct fault f;
    unsigned char in[300];
    make(in, sizeof in);
    ck_assert_int_eq(stream_write(io, in, 200, DEADLINE_NEVER, &f), RC_OK);
    ck_assert_int_eq(stream_write(io, in, 20, DEADLINE_NEVER, &f), RC_OK);
    stream_close(io);
    for (size_t i = 0; i < x.b.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            x.at = 0;
            x.b.p[i] ^= (unsigned char)(1u << bit);
            int rc = drain(&x, zstd, 70000);
            ck_assert(rc == RC_LOST || rc == RC_PROTOCOL || rc == RC_MEMORY);
            x.b.p[i] ^= (unsigned char)(1u << bit);
        }
    }
    size_t whole = x.b.len;
    for (x.b.len = 0; x.b.len < whole; x.b.len++) {
        x.at = 0;
        ck_assert_int_eq(drain(&x, zstd, 220), RC_LOST);
    }
    buf_clear(&x.b);
}

START_TEST(damaged)
{
    damage(_i != 0);
}
END_TEST

static const struct {
    const char *what, *bytes;
    size_t n;
    const char *words;
} bad[] = {
    {"empty frame", "\0\0\0\0\0\0\0", 7, "empty"},
    {"sequence", "\1\0\0\5\0\0\0x", 8, "sequence number 5 of a compressed frame where 0 was due"},
    {"garbage", "\4\0\0\0\4\0\0abcd", 11, "not well-formed"},
};

START_TEST(refused)
{
    for (int zstd = 0; zstd < 2; zstd++) {
        struct pipe x = {.step = 0};
        struct stream *io = wrap(&x, zstd != 0);
        struct fault f = {0};
        unsigned char b[10];
        size_t got;
        buf_put(&x.b, bad[_i].bytes, bad[_i].n);
        ck_assert_int_eq(stream_read(io, b, sizeof b, &got, DEADLINE_NEVER, &f), RC_PROTOCOL);
        ck_assert_msg(strstr(f.text, bad[_i].words) != NULL, "%s: %s", bad[_i].what, f.text);
        stream_close(io);
        buf_clear(&x.b);
    }
}
END_TEST

/* A frame that was sent before our command is let through, marked; the packets tell what it is. */
START_TEST(farewell)
{
    for (int zstd = 0; zstd < 2; zstd++) {
        struct pipe x = {.step = 0};
        struct stream *io = wrap(&x, zstd != 0);
        struct fault f = {0};
        unsigned char b[10];
        size_t got;
        compress_reset(io);
        ck_assert_int_eq(stream_write(io, "q", 1, DEADLINE_NEVER, &f), RC_OK);
        buf_reset(&x.b);
        buf_put(&x.b, "\1\0\0\0\0\0\0x\1\0\0\0\0\0\0y", 16);
        ck_assert(!compress_is_farewell(io));
        ck_assert_int_eq(stream_read(io, b, sizeof b, &got, DEADLINE_NEVER, &f), RC_OK);
        ck_assert(got == 1 && b[0] == 'x' && compress_is_farewell(io));
        ck_assert_int_eq(stream_read(io, b, sizeof b, &got, DEADLINE_NEVER, &f), RC_PROTOCOL);
        compress_reset(io);
        ck_assert(!compress_is_farewell(io));
        stream_close(io);
        buf_clear(&x.b);
    }
}
END_TEST

Suite *check_compress(void);
Suite *check_compress(void)
{
    Suite *s = suite_create("compress");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, trip, 0, (int)(sizeof trips / sizeof trips[0]));
    tcase_add_loop_test(c, damaged, 0, 2);
    tcase_add_loop_test(c, refused, 0, (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(c, farewell);
    suite_add_tcase(s, c);
    return s;
}
