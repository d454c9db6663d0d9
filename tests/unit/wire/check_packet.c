/* check_packet.c - frames: split and joined at 16 MiB - 1, numbers, ceilings, the buffer's growing
 * and shrinking, interrupted waits. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "unit/torture.h"
#include "wire/packet.h"

/* A server that sends frames of given sizes, made as they are read, and keeps what it is sent. */
struct source {
    struct stream base;
    const size_t *frames;
    size_t nframes;
    size_t at, off; /* frame, byte of it with its header */
    size_t step;
    uint8_t seq; /* of the first */
    struct buf sent;
    int timeouts; /* reads that time out before the first byte */
    int write_rc;
};

static struct source *source_of(struct stream *s)
{
    return (struct source *)(void *)s;
}

static unsigned char byte_of(const struct source *x)
{
    size_t n = x->frames[x->at];
    switch (x->off) {
    case 0:
        return (unsigned char)n;
    case 1:
        return (unsigned char)(n >> 8);
    case 2:
        return (unsigned char)(n >> 16);
    case 3:
        return (unsigned char)(x->seq + x->at);
    default:
        return (unsigned char)(x->off * 7 + x->at);
    }
}

static int source_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                       struct fault *f)
{
    struct source *x = source_of(s);
    unsigned char *out = p;
    (void)deadline;
    *got = 0;
    if (x->timeouts) {
        x->timeouts--;
        return fault(f, RC_TIMEOUT, "late");
    }
    n = x->step && x->step < n ? x->step : n;
    while (*got < n && x->at < x->nframes) {
        out[(*got)++] = byte_of(x);
        if (++x->off == x->frames[x->at] + 4) {
            x->at++;
            x->off = 0;
        }
    }
    return *got ? RC_OK : fault(f, RC_LOST, "closed");
}

static int source_write(struct stream *s, const void *p, size_t n, int64_t deadline,
                        struct fault *f)
{
    struct source *x = source_of(s);
    (void)deadline;
    buf_put(&x->sent, p, n);
    return x->write_rc ? fault(f, x->write_rc, "closed") : RC_OK;
}

static bool source_alive(struct stream *s)
{
    (void)s;
    return true;
}

static void source_none(struct stream *s)
{
    (void)s;
}

static const struct stream_ops source_ops = {source_read, source_write, source_alive, source_none,
                                             source_none};

static void setup(struct packet_io *k, struct source *x)
{
    struct fault f;
    x->base.ops = &source_ops;
    ck_assert_int_eq(packet_init(k, &x->base, &f), RC_OK);
    k->max = PACKET_MAX;
}

#define FULL ((size_t)PACKET_FRAME)

static const struct {
    size_t frames[4], nframes, step;
} joins[] = {
    {{0}, 1, 0},
    {{1}, 1, 1},
    {{FULL - 1}, 1, 0},
    {{FULL, 0}, 2, 0},
    {{FULL, 1}, 2, 0},
    {{FULL, 100000}, 2, 1460},
    {{FULL, FULL, 5}, 3, 0},
    {{FULL, FULL, 0}, 3, 65536},
};

START_TEST(join)
{
    struct source x = {
        .frames = joins[_i].frames, .nframes = joins[_i].nframes, .step = joins[_i].step};
    struct packet_io k;
    struct fault f = {0};
    struct rd_range p;
    setup(&k, &x);
    ck_assert_msg(packet_read(&k, &p, &f) == RC_OK, "row %d: %s", _i, f.text);
    size_t total = 0;
    for (size_t i = 0; i < joins[_i].nframes; i++) {
        for (size_t off = 0; off < joins[_i].frames[i]; off += 1 + off / 3) {
            ck_assert_msg(p.p[total + off] == (unsigned char)((off + 4) * 7 + i),
                          "frame %zu, byte %zu", i, off);
        }
        total += joins[_i].frames[i];
    }
    ck_assert_uint_eq(p.n, total);
    ck_assert_uint_eq(k.seq, joins[_i].nframes);
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_LOST);
    ck_assert(strstr(f.text, "while connecting") != NULL);
    packet_clear(&k);
}
END_TEST

/* What is written and read back is the same, and framed as the rule says. */
static const struct {
    size_t head, tail;
} splits[] = {
    {1, 0},        {1, 10},       {1, 32 << 10}, {1, (32 << 10) + 1},
    {1, FULL - 2}, {1, FULL - 1}, {1, FULL},     {1, 2 * FULL - 1},
    {FULL, 0},     {FULL - 1, 0}, {FULL + 5, 0}, {FULL + 5, 40000},
};

START_TEST(split)
{
    struct source x = {.step = 0};
    struct packet_io k;
    struct fault f = {0};
    setup(&k, &x);
    unsigned char *tail = calloc(1, splits[_i].tail + 1);
    struct buf *b = packet_start(&k);
    unsigned char *head = buf_grow(b, splits[_i].head);
    ck_assert(tail && head);
    memset(head, 'h', splits[_i].head);
    memset(tail, 't', splits[_i].tail);
    ck_assert_int_eq(packet_send(&k, tail, splits[_i].tail, &f), RC_OK);
    size_t total = splits[_i].head + splits[_i].tail, at = 0, off = 0;
    unsigned seq = 0;
    for (size_t n = FULL; n == FULL; seq++) {
        unsigned char *h = x.sent.p + off;
        n = total - at < FULL ? total - at : FULL;
        ck_assert_uint_eq((size_t)(h[0] | h[1] << 8 | h[2] << 16), n);
        ck_assert_uint_eq(h[3], seq);
        for (size_t i = 0; i < n; i += 1 + i / 5) {
            ck_assert(h[4 + i] == (at + i < splits[_i].head ? 'h' : 't'));
        }
        at += n;
        off += 4 + n;
    }
    ck_assert_uint_eq(off, x.sent.len);
    ck_assert_uint_eq(k.seq, seq);
    ck_assert(k.out.len == 0 && k.out.cap <= 256 << 10);
    free(tail);
    packet_clear(&k);
    buf_clear(&x.sent);
}
END_TEST

/* A length that is announced and does not come costs nothing. */
START_TEST(announced_only)
{
    static const size_t frames[] = {FULL - 1};
    struct source x = {.frames = frames, .nframes = 1};
    struct packet_io k;
    struct fault f;
    struct rd_range p;
    setup(&k, &x);
    k.max = PACKET_MAX;
    x.step = 1000;
    x.nframes = 0;
    unsigned char head[] = {0xFE, 0xFF, 0xFF, 0};
    memcpy(k.buf, head, 4);
    k.to = 4;
    bool is_on = torture_begin(0);
    int rc = packet_read(&k, &p, &f);
    (void)torture_end();
    size_t largest = torture_largest();
    ck_assert(is_on && rc == RC_LOST);
    ck_assert_uint_lt(largest, 4096);
    packet_clear(&k);
}
END_TEST

START_TEST(ceiling)
{
    static const size_t frames[] = {70000}, two[] = {FULL, 10};
    struct packet_io k;
    struct fault f;
    struct rd_range p;
    struct source x = {.frames = frames, .nframes = 1};
    setup(&k, &x);
    k.max = PACKET_MAX_LOGIN;
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_PROTOCOL);
    ck_assert(strstr(f.text, "70000 bytes") != NULL);
    packet_clear(&k);
    struct source y = {.frames = two, .nframes = 2};
    setup(&k, &y);
    k.max = FULL + 9;
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_PROTOCOL);
    packet_clear(&k);
}
END_TEST

/* After a large packet the buffer goes back; rows that are merely larger than it keep what they
 * need. */
START_TEST(shrinks)
{
    enum { N = 60 };
    size_t frames[N];
    struct packet_io k;
    struct fault f;
    struct rd_range p;
    for (size_t i = 0; i < N; i++) {
        frames[i] = i == 0 ? 3000000 : 60000;
    }
    struct source x = {.frames = frames, .nframes = N, .step = 60004};
    setup(&k, &x);
    k.max = PACKET_MAX;
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_OK);
    ck_assert(k.cap >= 3000000 && k.cap < 2 * 3000000 + PACKET_BUFFER);
    for (size_t i = 1; i < N; i++) {
        ck_assert_int_eq(packet_read(&k, &p, &f), RC_OK);
        ck_assert_uint_eq(p.n, 60000);
    }
    ck_assert_uint_eq(k.cap, PACKET_BUFFER);
    packet_clear(&k);
}
END_TEST

START_TEST(sequence)
{
    static const size_t frames[] = {3};
    struct source x = {.frames = frames, .nframes = 1, .seq = 9};
    struct packet_io k;
    struct fault f;
    struct rd_range p;
    setup(&k, &x);
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_PROTOCOL);
    ck_assert(strstr(f.text, "sequence number 9 where 0 was due") != NULL);
    packet_clear(&k);
}
END_TEST

/* Waiting for a packet changes nothing when its time is over, wherever in the packet that is. */
START_TEST(ready)
{
    static const size_t frames[] = {3};
    struct source x = {.frames = frames, .nframes = 1, .timeouts = _i};
    struct packet_io k;
    struct fault f;
    struct rd_range p;
    setup(&k, &x);
    for (int i = 0; i < _i; i++) {
        ck_assert_int_eq(packet_ready(&k, &f), RC_TIMEOUT);
    }
    ck_assert_int_eq(packet_ready(&k, &f), RC_OK);
    ck_assert_int_eq(packet_ready(&k, &f), RC_OK);
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_OK);
    ck_assert_uint_eq(p.n, 3);
    packet_clear(&k);
}
END_TEST

/* What is too long is not waited for: the reader refuses it. */
START_TEST(ready_though_too_long)
{
    struct source x = {.nframes = 0};
    struct packet_io k;
    struct fault f;
    struct rd_range p;
    setup(&k, &x);
    k.max = 1000;
    static const unsigned char header[] = {0xe9, 3, 0, 0}; /* 1001 bytes follow */
    memcpy(k.buf, header, sizeof header);
    k.to = sizeof header;
    ck_assert_int_eq(packet_ready(&k, &f), RC_OK);
    ck_assert_int_eq(packet_read(&k, &p, &f), RC_PROTOCOL);
    packet_clear(&k);
}
END_TEST

/* A write that meets a closed connection tells what the server said before it hung up. */
START_TEST(last_words)
{
    struct source x = {.write_rc = RC_LOST};
    struct packet_io k;
    struct fault f;
    setup(&k, &x);
    static const unsigned char words[] = "\x0f\0\0\0\xff\x25\x04#08S01too big";
    memcpy(k.buf, words, sizeof words);
    k.buf[0] = sizeof words - 1 - 4;
    k.to = sizeof words - 1;
    buf_putc(packet_start(&k), 3);
    ck_assert_int_eq(packet_send(&k, "x", 1, &f), RC_LOST);
    ck_assert(f.number == 1061 && strstr(f.text, "too big") != NULL &&
              strcmp(f.state, "08S01") == 0);
    packet_clear(&k);
    buf_clear(&x.sent);
}
END_TEST

Suite *check_packet(void);
Suite *check_packet(void)
{
    Suite *s = suite_create("packet");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, join, 0, (int)(sizeof joins / sizeof joins[0]));
    tcase_add_loop_test(c, split, 0, (int)(sizeof splits / sizeof splits[0]));
    tcase_add_test(c, announced_only);
    tcase_add_test(c, ceiling);
    tcase_add_test(c, shrinks);
    tcase_add_test(c, sequence);
    tcase_add_loop_test(c, ready, 0, 3);
    tcase_add_test(c, ready_though_too_long);
    tcase_add_test(c, last_words);
    suite_add_tcase(s, c);
    return s;
}
