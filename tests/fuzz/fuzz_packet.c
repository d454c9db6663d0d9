/* fuzz_packet.c - any bytes as frames, plain or compressed: the packets are those of a slow and
 * simple reader, and what is written is read back, also over 16 MiB. */
#include "wire/packet.h"

#include "wire_stream.h"

/* The packet that begins at in, joined, or false where it is not all there or the numbers are
 * wrong. */
static bool simple_read(struct fuzz_in *in, unsigned *seq, struct buf *out)
{
    size_t n = PACKET_FRAME;
    while (n == PACKET_FRAME) {
        if (in->n < 4) {
            return false;
        }
        n = (size_t)in->p[0] | (size_t)in->p[1] << 8 | (size_t)in->p[2] << 16;
        if (in->p[3] != (*seq)++ % 256 || in->n - 4 < n) {
            return false;
        }
        buf_put(out, in->p + 4, n);
        in->p += 4 + n;
        in->n -= 4 + n;
    }
    return true;
}

/* Packets of the server until one is not good. */
static void check_read(struct fuzz_in in, size_t step, unsigned compress)
{
    struct wire_stream w;
    struct packet_io k;
    struct fault f;
    struct rd_range got;
    struct buf due = {0};
    unsigned seq = 0;
    wire_stream_init(&w, in);
    w.step = step;
    MUST(packet_init(&k, &w.base, &f) == RC_OK);
    MUST(!compress || packet_compress(&k, compress == 2, 3, &f) == RC_OK);
    int rc = packet_read(&k, &got, &f);
    for (; rc == RC_OK; rc = packet_read(&k, &got, &f)) {
        MUST(got.p >= k.buf && got.p + got.n <= k.buf + k.cap);
        buf_reset(&due);
        MUST(compress || (simple_read(&in, &seq, &due) && due.len == got.n &&
                          (got.n == 0 || memcmp(due.p, got.p, got.n) == 0)));
    }
    MUST(rc == RC_LOST || rc == RC_PROTOCOL);
    MUST(compress || !simple_read(&in, &seq, &due));
    MUST(f.rc == rc && f.text[0]);
    packet_clear(&k);
    MUST(w.is_closed);
    wire_stream_clear(&w);
    buf_clear(&due);
}

/* A stream with a payload of n bytes that repeats the input, written from head and tail. */
static void write_one(struct wire_stream *to, const unsigned char *all, size_t n, size_t head,
                      unsigned compress)
{
    struct packet_io k;
    struct fault f;
    wire_stream_init(to, (struct fuzz_in){0});
    MUST(packet_init(&k, &to->base, &f) == RC_OK);
    MUST(!compress || packet_compress(&k, compress == 2, 3, &f) == RC_OK);
    packet_reset(&k);
    buf_put(packet_start(&k), all, head);
    MUST(packet_send(&k, all + head, n - head, &f) == RC_OK);
    packet_clear(&k);
}

static unsigned char *repeat(struct fuzz_in in, size_t n)
{
    unsigned char *all = calloc(n + 1, 1);
    for (size_t i = 0; i < n; i++) {
        all[i] = in.n ? in.p[i % in.n] : (unsigned char)i;
    }
    return all;
}

/* There and back. */
static void check_write(struct fuzz_in in, size_t n, size_t head, size_t step, unsigned compress)
{
    struct wire_stream to, from;
    struct packet_io back;
    struct fault f;
    struct rd_range got = {0};
    unsigned char *all = repeat(in, n);
    write_one(&to, all, n, head, compress);
    wire_stream_init(&from, (struct fuzz_in){to.written.p, to.written.len});
    from.step = step;
    MUST(packet_init(&back, &from.base, &f) == RC_OK);
    MUST(!compress || packet_compress(&back, compress == 2, 3, &f) == RC_OK);
    back.max = PACKET_MAX;
    MUST(packet_read(&back, &got, &f) == RC_OK);
    MUST(got.n == n && (n == 0 || memcmp(got.p, all, n) == 0));
    MUST(from.in.n == 0 && packet_unread(&back) == 0);
    packet_clear(&back);
    wire_stream_clear(&to);
    wire_stream_clear(&from);
    free(all);
}

/* Written well, then damaged where the input says. */
static void check_damaged(struct fuzz_in in, size_t n, size_t step, unsigned compress)
{
    struct wire_stream to;
    size_t ndamages = fuzz_byte(&in) % 8;
    struct fuzz_in damages = in;
    unsigned char *all = repeat(in, n);
    write_one(&to, all, n, n / 2, compress);
    for (size_t i = 0; i < ndamages; i++) {
        size_t at = fuzz_u16(&damages) % to.written.len;
        to.written.p[at] ^= (unsigned char)fuzz_byte(&damages);
    }
    check_read((struct fuzz_in){to.written.p, to.written.len}, step, compress);
    wire_stream_clear(&to);
    free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned what = fuzz_byte(&in), compress = what % 3;
    size_t step = fuzz_byte(&in);
    if (what < 128) {
        check_read(in, step, compress);
    } else if (what < 192) {
        size_t len = fuzz_u16(&in);
        check_damaged(in, len, step, compress);
    } else {
        size_t head = fuzz_u16(&in) % 2000, tail = fuzz_u16(&in);
        bool is_large = step + head + tail == 10 && in.n == 3 && memcmp(in.p, "16M", 3) == 0;
        /* slow, so this very input and no other */
        tail = is_large ? 2 * PACKET_FRAME - head : tail;
        check_write(in, head + tail, head, step, compress);
    }
    return 0;
}
