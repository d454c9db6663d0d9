/* buf.h - growable bytes with a ceiling.
 *
 * A zeroed struct buf is a valid empty buffer without ceiling.  A buffer that could not grow (no
 * memory, or past max) is broken: later appends do nothing, and the one test stands at the end
 * (buf_ok).  A text for people (buf_init_text) is not broken by its ceiling: it keeps its
 * beginning, cut between characters, and what comes later is dropped.  Integers are little-endian,
 * as on the MySQL wire.  buf_clear may be called any number of times. */
#ifndef MYWIRE_BASE_BUF_H
#define MYWIRE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct buf {
    unsigned char *p; /* owned; len bytes are valid; NOT NUL-terminated unless buf_str was called */
    size_t len;
    size_t cap;
    size_t max;   /* ceiling in bytes; 0: none */
    bool broken;  /* an append failed; the content is not to be used */
    bool is_text; /* made by buf_init_text; */
    bool is_full; /* something was dropped from it */
};

void buf_init(struct buf *b, size_t max);
void buf_init_text(struct buf *b, size_t max); /* max > 0 */
void buf_clear(struct buf *b);                 /* free the memory; keeps max */
void buf_wipe(struct buf *b);                  /* overwrite with zeros, then free: for secrets */
void buf_reset(struct buf *b);                 /* len = 0, not broken; keeps the memory */
bool buf_ok(const struct buf *b);              /* nothing failed so far */
unsigned char *buf_grow(struct buf *b,
                        size_t n); /* make room for n bytes and count them in; NULL if broken */
bool buf_reserve(struct buf *b, size_t n); /* room for n more bytes without counting them in */
/* buf_room - where the next n bytes go, which the caller writes and then counts in (buf_wrote with
 * the place behind the last of them); NULL if broken. */
static inline unsigned char *buf_room(struct buf *b, size_t n)
{
    bool has = b->p && !b->broken && n <= b->cap - b->len;
    return has || buf_reserve(b, n) ? b->p + b->len : NULL;
}
static inline void buf_wrote(struct buf *b, const unsigned char *end)
{
    b->len = (size_t)(end - b->p);
}
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s); /* without the NUL */
void buf_putc(struct buf *b, unsigned c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_put_u16(struct buf *b, uint16_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_put_lenenc(struct buf *b, uint64_t v);              /* length-encoded integer */
void buf_put_lenstr(struct buf *b, const void *p, size_t n); /* length-encoded string */
const char *
buf_str(struct buf *b); /* NUL-terminate without counting; "" if broken; until next append */
unsigned char *
buf_take(struct buf *b,
         size_t *n); /* hand the memory over; b is empty afterwards; NULL if broken */

/* mem_wipe - zero n bytes so that the compiler keeps it. */
void mem_wipe(void *p, size_t n);

#endif
