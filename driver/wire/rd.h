/* rd.h - sticky read cursor over the bytes of one packet.
 *
 * After a read that is too short or malformed every later read gives zero or an empty range, and
 * the one test stands at the end (rd_end, rd_ok).  Nothing is copied: ranges point into the packet.
 * A count or length must be tested (rd_ok) before it drives a loop or an allocation.  Source of the
 * encodings: MySQL source documentation, "Protocol Data Types". */
#ifndef MYWIRE_WIRE_RD_H
#define MYWIRE_WIRE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
    const unsigned char *p, *end;
    bool bad;
};

/* A borrowed range of the packet; never NULL, also when empty. */
struct rd_range {
    const unsigned char *p;
    size_t n;
};

static inline struct rd rd_init(const void *p, size_t n)
{
    const unsigned char *from = p;
    return (struct rd){.p = from, .end = from + n};
}

static inline bool rd_ok(const struct rd *r)
{
    return !r->bad;
}

static inline size_t rd_left(const struct rd *r)
{
    return (size_t)(r->end - r->p);
}

/* rd_end - everything read, nothing left over? */
static inline bool rd_end(const struct rd *r)
{
    return !r->bad && r->p == r->end;
}

/* rd_take - the next n bytes, or NULL after marking the cursor bad.  The door all other reads go
 * through. */
static inline const unsigned char *rd_take(struct rd *r, uint64_t n)
{
    if (n > rd_left(r)) {
        r->bad = true;
        r->p = r->end;
        return NULL;
    }
    const unsigned char *p = r->p;
    r->p += n;
    return p;
}

static inline uint8_t rd_u8(struct rd *r)
{
    const unsigned char *p = rd_take(r, 1);
    return p ? p[0] : 0;
}

static inline uint16_t rd_u16(struct rd *r)
{
    const unsigned char *p = rd_take(r, 2);
    return p ? (uint16_t)((unsigned)p[0] | (unsigned)p[1] << 8) : (uint16_t)0;
}

static inline uint32_t rd_u24(struct rd *r)
{
    const unsigned char *p = rd_take(r, 3);
    return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 : 0;
}

static inline uint32_t rd_u32(struct rd *r)
{
    const unsigned char *p = rd_take(r, 4);
    return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
             : 0;
}

static inline uint64_t rd_u64(struct rd *r)
{
    uint64_t low = rd_u32(r);
    return low | (uint64_t)rd_u32(r) << 32;
}

/* rd_lenenc - length-encoded integer.  0xFB (NULL in rows) and 0xFF (ERR) are not integers: bad. */
uint64_t rd_lenenc_long(struct rd *r, unsigned first);
static inline uint64_t rd_lenenc(struct rd *r)
{
    unsigned first = rd_u8(r);
    return first < 0xFB ? first : rd_lenenc_long(r, first);
}

/* rd_bytes - exactly n bytes.  rd_lenstr - length-encoded string.  rd_nulstr - up to a NUL, which
 * must be there. rd_rest - all that is left. */
struct rd_range rd_bytes(struct rd *r, uint64_t n);
struct rd_range rd_lenstr(struct rd *r);
struct rd_range rd_nulstr(struct rd *r);
struct rd_range rd_rest(struct rd *r);

/* rd_range_eq - is the range exactly the NUL-terminated text? */
bool rd_range_eq(struct rd_range a, const char *text);

#endif
