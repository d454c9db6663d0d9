/* packet.c - frames in and out.  Knows no commands; bytes come and go through struct stream.
 * Source: MySQL source documentation, "MySQL Packets".  Inside a compressed stream the numbers of
 * the inner frames follow no rule that both MySQL and MariaDB keep (net_flush sets them to the
 * outer ones), so there compress.c checks the outer ones. */
#include "wire/packet.h"

#include <stdlib.h>

#include "wire/compress.h"

#define HEADER      4u
#define SHRINK_WHEN (4 * PACKET_BUFFER) /* larger buffers go back to PACKET_BUFFER ... */
#define QUIET_MAX   16u                 /* ... after so many refills that did not need them */
#define COPY_MAX    (32u << 10)         /* a tail up to this is copied, to save a write */
#define OUT_KEEP    (256u << 10)

int packet_init(struct packet_io *k, struct stream *io, struct fault *f)
{
    *k = (struct packet_io){.max = PACKET_MAX_LOGIN,
                            .deadline = DEADLINE_NEVER,
                            .peer = "server",
                            .doing = "connecting"};
    buf_init(&k->out, (size_t)PACKET_MAX + (16u << 20));
    k->buf = malloc(PACKET_BUFFER);
    if (!k->buf) {
        return fault(f, RC_MEMORY, "no memory for the read buffer of a connection");
    }
    k->cap = PACKET_BUFFER;
    k->io = io;
    return RC_OK;
}

void packet_clear(struct packet_io *k)
{
    stream_close(k->io);
    k->io = NULL;
    k->compressed = NULL;
    if (k->buf) {
        mem_wipe(k->buf, k->high < k->cap ? k->high : k->cap);
        free(k->buf);
    }
    k->buf = NULL;
    k->cap = k->from = k->to = k->high = 0;
    buf_wipe(&k->out);
}

int packet_compress(struct packet_io *k, bool zstd, int level, struct fault *f)
{
    int rc = zstd ? compress_wrap_zstd(&k->io, level, f) : compress_wrap_zlib(&k->io, f);
    if (rc == RC_OK) {
        k->compressed = k->io;
    }
    return rc;
}

void packet_reset(struct packet_io *k)
{
    k->seq = 0;
    k->is_first = true;
    k->is_farewell = false;
    if (k->compressed) {
        compress_reset(k->compressed);
    }
}

void packet_blame(const struct packet_io *k, struct fault *f)
{
    (void)fault_prefix(f, "%s, while %s: ", k->peer, k->doing);
}

/* The one line that raises an error of this module. */
static int blamed(const struct packet_io *k, struct fault *f, int rc)
{
    packet_blame(k, f);
    return rc;
}

/* ---- reading ---- */

static int64_t read_deadline(const struct packet_io *k)
{
    return k->deadline != DEADLINE_NEVER ? k->deadline : deadline_in(k->read_timeout_ms);
}

static void to_front(struct packet_io *k)
{
    memmove(k->buf, k->buf + k->from, k->to - k->from);
    k->to -= k->from;
    k->from = 0;
}

/* A large buffer that has not been needed for a while goes back. */
static void shrink(struct packet_io *k, size_t need)
{
    if (k->cap <= SHRINK_WHEN || need > PACKET_BUFFER || packet_unread(k) >= PACKET_BUFFER ||
        ++k->quiet < QUIET_MAX) {
        return;
    }
    to_front(k);
    unsigned char *p = realloc(k->buf, PACKET_BUFFER);
    if (p) {
        k->buf = p;
        k->cap = PACKET_BUFFER;
    }
    k->quiet = 0;
}

/* Room to read into, for a packet that needs `need` bytes from k->from on: what is unread moves to
 * the front when it must; a buffer full of one packet grows. */
static int make_room(struct packet_io *k, size_t need, struct fault *f)
{
    shrink(k, need);
    if (k->from == k->to) {
        k->from = k->to = 0;
    } else if (k->from && k->cap - k->from < need) {
        to_front(k);
    }
    if (k->to < k->cap) {
        return RC_OK;
    }
    size_t cap = k->cap > need / 2 ? need + PACKET_BUFFER : 2 * k->cap;
    cap = cap > PACKET_BUFFER ? cap : PACKET_BUFFER;
    unsigned char *p = realloc(k->buf, cap);
    if (!p) {
        return blamed(k, f, fault(f, RC_MEMORY, "no memory for a packet of %zu bytes", need));
    }
    k->buf = p;
    k->cap = cap;
    return RC_OK;
}

static int read_once(struct packet_io *k, struct fault *f)
{
    size_t got = 0;
    int rc = stream_read(k->io, k->buf + k->to, k->cap - k->to, &got, read_deadline(k), f);
    k->to += got;
    k->high = k->to > k->high ? k->to : k->high;
    return rc;
}

/* At least `need` unread bytes. */
static int fill(struct packet_io *k, size_t need, struct fault *f)
{
    if (need > PACKET_BUFFER) {
        k->quiet = 0;
    }
    while (k->to - k->from < need) {
        int rc = make_room(k, need, f);
        if (rc != RC_OK) {
            return rc;
        }
        rc = read_once(k, f);
        if (rc != RC_OK) {
            packet_blame(k, f);
            return rc;
        }
    }
    return RC_OK;
}

/* The unsolicited ERR that servers send before they hang up (idle too long, shutting down) carries
 * number 0; it is found where the first answer to our next command is due. */
static bool may_be_farewell(const struct packet_io *k, const unsigned char *h)
{
    return k->is_first && k->seq == 1 && h[3] == 0 &&
           (!k->compressed || compress_is_farewell(k->compressed));
}

/* Header of the next frame, which begins `at` bytes after k->from; `before` bytes of the packet
 * came in earlier frames. */
static int read_header(struct packet_io *k, size_t at, size_t before, size_t *n, struct fault *f)
{
    int rc = fill(k, at + HEADER, f);
    if (rc != RC_OK) {
        return rc;
    }
    const unsigned char *h = k->buf + k->from + at;
    *n = (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16;
    if (may_be_farewell(k, h)) {
        k->is_farewell = true;
    } else if (h[3] != k->seq && !k->compressed) {
        return blamed(k, f,
                      fault(f, RC_PROTOCOL, "sequence number %u where %u was due", h[3], k->seq));
    }
    if (*n > k->max || before > k->max - *n) {
        return blamed(k, f,
                      fault(f, RC_PROTOCOL,
                            "a packet of %zu bytes or more, where at most %zu are due", before + *n,
                            k->max));
    }
    k->seq++;
    return RC_OK;
}

/* Frames that follow a full one: the payload grows in place, each further header is cut out. */
static int join(struct packet_io *k, size_t *total, struct fault *f)
{
    size_t n = PACKET_FRAME;
    while (n == PACKET_FRAME) {
        size_t at = HEADER + *total;
        int rc = read_header(k, at, *total, &n, f);
        if (rc != RC_OK) {
            return rc;
        }
        unsigned char *gap = k->buf + k->from + at;
        memmove(gap, gap + HEADER, k->to - k->from - at - HEADER);
        k->to -= HEADER;
        *total += n;
        rc = fill(k, HEADER + *total, f);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

int packet_read_slow(struct packet_io *k, struct rd_range *out, struct fault *f)
{
    size_t n = 0;
    int rc = read_header(k, 0, 0, &n, f);
    if (rc == RC_OK) {
        rc = fill(k, HEADER + n, f);
    }
    if (rc == RC_OK && n == PACKET_FRAME) {
        rc = join(k, &n, f);
    }
    if (rc != RC_OK) {
        return rc;
    }
    *out = (struct rd_range){k->buf + k->from + HEADER, n};
    k->from += HEADER + n;
    k->is_first = false;
    if (k->is_farewell && (n == 0 || out->p[0] != 0xFF)) {
        return blamed(k, f, fault(f, RC_PROTOCOL, "sequence number 0 where 1 was due"));
    }
    return RC_OK;
}

static size_t frame_length(const unsigned char *h)
{
    return (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16;
}

int packet_ready(struct packet_io *k, struct fault *f)
{
    int rc = RC_OK;
    for (;;) {
        size_t have = packet_unread(k);
        size_t n = have >= HEADER ? frame_length(k->buf + k->from) : 0;
        if (rc != RC_OK || have >= HEADER + n || n > k->max) {
            return rc; /* one that is too long is for the reader */
        }
        rc = make_room(k, HEADER + n, f);
        rc = rc ? rc : read_once(k, f);
        if (rc != RC_OK) {
            packet_blame(k, f);
        }
    }
}

/* ---- writing ---- */

struct buf *packet_start(struct packet_io *k)
{
    buf_put_u32(&k->out, 0); /* the header, filled in when the length is known */
    k->mark = k->out.len;
    return &k->out;
}

static void put_header(unsigned char *h, size_t n, uint8_t seq)
{
    h[0] = (unsigned char)n;
    h[1] = (unsigned char)(n >> 8);
    h[2] = (unsigned char)(n >> 16);
    h[3] = seq;
}

void packet_end(struct packet_io *k)
{
    if (buf_ok(&k->out)) {
        put_header(k->out.p + k->mark - HEADER, k->out.len - k->mark, k->seq++);
    }
}

/* The server hung up while we wrote: it may have said why.  What has arrived is looked at without
 * waiting. */
static void read_last_words(struct packet_io *k, struct fault *f)
{
    struct rd_range p;
    int64_t deadline = k->deadline;
    k->deadline = clock_ms();
    k->is_first = true;
    k->seq = 1;
    int rc = packet_read(k, &p, NULL);
    k->deadline = deadline;
    if (rc == RC_OK && p.n > 3 && p.p[0] == 0xFF) {
        size_t skip = p.n > 9 && p.p[3] == '#' ? 9 : 3;
        fault_server(f, RC_LOST, (uint32_t)(p.p[1] | p.p[2] << 8),
                     skip == 9 ? (const char *)p.p + 4 : NULL, p.p + skip, p.n - skip);
    }
}

static int write_all(struct packet_io *k, const void *p, size_t n, struct fault *f)
{
    int64_t deadline =
        k->deadline != DEADLINE_NEVER ? k->deadline : deadline_in(k->write_timeout_ms);
    int rc = n ? stream_write(k->io, p, n, deadline, f) : RC_OK;
    if (rc == RC_LOST) {
        read_last_words(k, f);
    }
    if (rc != RC_OK) {
        packet_blame(k, f);
    }
    return rc;
}

/* Write the n bytes that begin `at` bytes into head followed by tail. */
static int write_piece(struct packet_io *k, struct rd_range head, struct rd_range tail, size_t at,
                       size_t n, struct fault *f)
{
    size_t h = at < head.n ? head.n - at : 0;
    h = h < n ? h : n;
    int rc = h ? write_all(k, head.p + at, h, f) : RC_OK;
    if (rc == RC_OK && n > h) {
        rc = write_all(k, tail.p + (at + h - head.n), n - h, f);
    }
    return rc;
}

/* A payload of head and tail that needs several frames, or has a tail too long to copy. */
static int write_frames(struct packet_io *k, const unsigned char *tail, size_t ntail,
                        struct fault *f)
{
    struct rd_range head = {k->out.p + k->mark, k->out.len - k->mark};
    struct rd_range rest = {tail, ntail};
    size_t total = head.n + ntail, at = 0;
    int rc = write_all(k, k->out.p, k->mark - HEADER, f);
    bool is_last = false;
    while (rc == RC_OK && !is_last) {
        size_t n = total - at < PACKET_FRAME ? total - at : PACKET_FRAME;
        is_last = n < PACKET_FRAME;
        unsigned char h[HEADER];
        put_header(h, n, k->seq++);
        rc = write_all(k, h, sizeof h, f);
        if (rc == RC_OK) {
            rc = write_piece(k, head, rest, at, n, f);
        }
        at += n;
    }
    return rc;
}

static void forget_out(struct packet_io *k)
{
    if (k->out.cap > OUT_KEEP) {
        buf_clear(&k->out);
    }
    buf_reset(&k->out);
}

int packet_send(struct packet_io *k, const void *tail, size_t n, struct fault *f)
{
    if (n <= COPY_MAX) {
        buf_put(&k->out, tail, n);
        n = 0;
    }
    int rc;
    if (!buf_ok(&k->out)) {
        rc = fault(f, RC_MEMORY, "no memory for a request of %zu bytes", k->out.len + n);
    } else if (n == 0 && k->out.len - k->mark < PACKET_FRAME) {
        packet_end(k);
        rc = write_all(k, k->out.p, k->out.len, f);
    } else {
        rc = write_frames(k, tail, n, f);
    }
    forget_out(k);
    return rc;
}

int packet_flush(struct packet_io *k, struct fault *f)
{
    int rc = buf_ok(&k->out) ? write_all(k, k->out.p, k->out.len, f)
                             : fault(f, RC_MEMORY, "no memory for requests");
    forget_out(k);
    return rc;
}

void packet_expect(struct packet_io *k)
{
    packet_reset(k);
    k->seq = 1;
}
