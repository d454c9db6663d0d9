/* packet.h - MySQL frames over a stream: 3-byte length, sequence number, payload; joined and split
 * at 16 MiB - 1.
 *
 * Ceilings: a packet is at most PACKET_MAX bytes (the protocol's own limit of max_allowed_packet),
 * and where no rows are due less (packet_io.max; session.c: 64 KiB at login, 16 MiB for replies and
 * metadata, 64 MiB for all of the latter).  The read buffer begins with PACKET_BUFFER bytes and
 * grows only when it is full of bytes that have really arrived, at most to the double, so no length
 * that a server announces costs memory by itself; after a quiet while it shrinks back.
 *
 * A packet that lies whole in the buffer is given out where it lies.  Sequence numbers are checked
 * on every frame. */
#ifndef MYWIRE_WIRE_PACKET_H
#define MYWIRE_WIRE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "net/stream.h"
#include "wire/rd.h"

#define PACKET_FRAME     0xFFFFFFu /* after a frame of this length the packet goes on */
#define PACKET_MAX       (1024u << 20)
#define PACKET_MAX_LOGIN (64u << 10)
#define PACKET_MAX_REPLY (16u << 20)
#define PACKET_BUFFER    (64u << 10)

struct packet_io {
    struct stream *io;         /* owned */
    struct stream *compressed; /* == io when compression is on, else NULL */
    unsigned char *buf;        /* owned; cap bytes; unread ones are from..to */
    size_t cap, from, to;
    size_t high;      /* so many bytes of buf were ever filled: what there is to wipe */
    unsigned quiet;   /* refills since the buffer was last needed at its size */
    uint8_t seq;      /* number of the next frame in either direction */
    bool is_first;    /* the next packet read is the first answer to a command */
    bool is_farewell; /* it was an ERR that the server had sent unasked (it numbers those 0) */
    struct buf out;   /* packets being built */
    size_t mark;      /* where the payload of the newest begins in out */
    size_t max;       /* longest packet accepted now; PACKET_MAX or less */
    int64_t deadline; /* for all that is read and written; DEADLINE_NEVER: use the timeouts */
    int64_t read_timeout_ms, write_timeout_ms; /* for each wait; 0: none */
    const char *peer;                          /* for messages: "db1 (10.0.0.3:3306)"; borrowed */
    const char *doing; /* for messages: "reading the reply to a query"; static text */
};

/* packet_init - take over io.  RC_MEMORY: io stays with the caller. */
int packet_init(struct packet_io *k, struct stream *io, struct fault *f) MUST_USE;

/* packet_clear - close the stream, wipe and free the buffers. */
void packet_clear(struct packet_io *k);

/* packet_compress - from now on everything is compressed.  level: of zstd, else ignored. */
int packet_compress(struct packet_io *k, bool zstd, int level, struct fault *f) MUST_USE;

/* packet_reset - a new exchange begins: sequence numbers start at 0. */
void packet_reset(struct packet_io *k);

/* packet_start - a new packet; append its payload to the buffer returned (k->out).
 * packet_end - the packet is complete and travels with the next one; its payload must be below
 * PACKET_FRAME. packet_send - the packet is complete after n bytes of tail (borrowed, not copied
 * when long): write all that is waiting. A write that fails because the server has hung up gives
 * the server's last words, if it left any. */
struct buf *packet_start(struct packet_io *k);
void packet_end(struct packet_io *k);
int packet_send(struct packet_io *k, const void *tail, size_t n, struct fault *f) MUST_USE;

/* Commands that do not wait for each other: packet_flush - write all packets that are complete.
 * packet_expect - the answer to the next of them is due. */
int packet_flush(struct packet_io *k, struct fault *f) MUST_USE;
void packet_expect(struct packet_io *k);

/* packet_unread - bytes that have arrived but were not asked for yet. */
static inline size_t packet_unread(const struct packet_io *k)
{
    return k->to - k->from;
}

/* packet_ready - wait until the next packet (its first frame) has arrived whole.  RC_TIMEOUT leaves
 * everything as it was; else as packet_read. */
int packet_ready(struct packet_io *k, struct fault *f) MUST_USE;

/* packet_blame - put "PEER, while DOING: " in front of f's words. */
void packet_blame(const struct packet_io *k, struct fault *f);

/* packet_read - the next packet, valid until the next read.  RC_LOST, RC_TIMEOUT, RC_PROTOCOL,
 * RC_MEMORY (and what the stream gives). */
int packet_read_slow(struct packet_io *k, struct rd_range *out, struct fault *f) MUST_USE;
static inline int packet_read(struct packet_io *k, struct rd_range *out, struct fault *f)
{
    const unsigned char *h = k->buf + k->from;
    size_t have = k->to - k->from;
    if (have >= 4 && h[3] == k->seq) {
        size_t n = (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16;
        if (n < PACKET_FRAME && n <= have - 4) {
            k->seq++;
            k->is_first = false;
            k->from += 4 + n;
            *out = (struct rd_range){h + 4, n};
            return RC_OK;
        }
    }
    return packet_read_slow(k, out, f);
}

#endif
