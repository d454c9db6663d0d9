/* buf.c - growable bytes.  The allocation is always one byte larger than cap, so that buf_str never
 * has to grow. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define CAP_FIRST 64u

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_init_text(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max, .is_text = true};
}

static void forget(struct buf *b)
{
    *b = (struct buf){.max = b->max, .is_text = b->is_text};
}

void buf_clear(struct buf *b)
{
    if (b) {
        free(b->p);
        forget(b);
    }
}

void mem_wipe(void *p, size_t n)
{
    if (n) {
        memset(p, 0, n);
    }
    __asm__ volatile(""
                     :
                     : "r"(p)
                     : "memory"); /* the compiler must assume that the zeros are read */
}

void buf_wipe(struct buf *b)
{
    if (b && b->p) {
        mem_wipe(b->p, b->cap + 1);
    }
    buf_clear(b);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->broken = b->is_full = false;
}

bool buf_ok(const struct buf *b)
{
    return !b->broken;
}

/* Capacity for at least `need` bytes, at most limit: 1.5 times the old one, so that appends cost
 * constant time. */
static size_t grown_cap(const struct buf *b, size_t need, size_t limit)
{
    size_t cap = b->cap < CAP_FIRST ? CAP_FIRST : b->cap;
    cap = cap > limit - cap / 2 ? limit : cap + cap / 2;
    cap = cap < need ? need : cap;
    return cap > limit ? limit : cap;
}

bool buf_reserve(struct buf *b, size_t n)
{
    if (b->broken) {
        return false;
    }
    if (b->p && n <= b->cap - b->len) {
        return true;
    }
    size_t limit = b->max ? b->max : (size_t)PTRDIFF_MAX - 1;
    if (b->is_full || b->len > limit || n > limit - b->len) {
        b->broken = !b->is_text;
        return false;
    }
    size_t cap = grown_cap(b, b->len + n, limit);
    unsigned char *p = realloc(b->p, cap + 1);
    if (!p) {
        b->broken = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

unsigned char *buf_grow(struct buf *b, size_t n)
{
    if (!buf_reserve(b, n)) {
        return NULL;
    }
    unsigned char *p = b->p + b->len;
    b->len += n;
    return p;
}

/* A text is at its ceiling: the bytes after len are its last, nothing follows. */
static void close_text(struct buf *b, size_t n)
{
    b->len += n;
    b->len = text_floor((const char *)b->p, b->len, b->len);
    b->cap = b->len; /* the rest of the memory is out of use */
    b->is_full = true;
}

/* Room that a text has where an append did not fit. */
static size_t text_room(const struct buf *b)
{
    return b->is_text && !b->broken && !b->is_full ? b->max - b->len : 0;
}

/* What still fits of n bytes that do not. */
static void put_beginning(struct buf *b, const void *p)
{
    size_t room = text_room(b);
    if (buf_reserve(b, room) && b->is_text && !b->is_full) {
        memcpy(b->p + b->len, p, room);
        close_text(b, room);
    }
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    unsigned char *to = buf_grow(b, n);
    if (to && n) {
        memcpy(to, p, n);
    } else if (!to) {
        put_beginning(b, p);
    }
}

void buf_puts(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_putc(struct buf *b, unsigned c)
{
    unsigned char *to = buf_grow(b, 1);
    if (to) {
        *to = (unsigned char)c;
    } else if (b->is_text && !b->broken && !b->is_full) {
        close_text(b, 0); /* the character before may not be whole */
    }
}

static void put_vf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* Into the room that is left, if that is enough; otherwise the first pass tells the length. */
static void put_vf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    size_t room = b->p ? b->cap - b->len : 0; /* the spare byte takes the NUL */
    int n = vsnprintf(room ? (char *)b->p + b->len : NULL, room ? room + 1 : 0, fmt, ap);
    if (n < 0) {
        b->broken = true;
    } else if (room && (size_t)n <= room) {
        b->len += (size_t)n;
    } else {
        unsigned char *to = buf_grow(b, (size_t)n);
        size_t left = to ? 0 : text_room(b);
        bool is_last = !to && b->is_text && !b->is_full && buf_reserve(b, left);
        if (to) {
            (void)vsnprintf((char *)to, (size_t)n + 1, fmt,
                            again); /* length known from the first pass */
        } else if (is_last) {
            (void)vsnprintf((char *)b->p + b->len, left + 1, fmt, again);
            close_text(b, left);
        }
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!b->broken) {
        put_vf(b, fmt, ap);
    }
    va_end(ap);
}

static void put_le(struct buf *b, uint64_t v, size_t nbytes)
{
    unsigned char *to = buf_grow(b, nbytes);
    if (!to) {
        return;
    }
    for (size_t i = 0; i < nbytes; i++) {
        to[i] = (unsigned char)(v >> (8 * i));
    }
}

void buf_put_u16(struct buf *b, uint16_t v)
{
    put_le(b, v, 2);
}

void buf_put_u32(struct buf *b, uint32_t v)
{
    put_le(b, v, 4);
}

void buf_put_u64(struct buf *b, uint64_t v)
{
    put_le(b, v, 8);
}

/* Source: MySQL manual, "Protocol::LengthEncodedInteger". */
void buf_put_lenenc(struct buf *b, uint64_t v)
{
    if (v < 0xFB) {
        buf_putc(b, (unsigned)v);
    } else if (v <= 0xFFFF) {
        buf_putc(b, 0xFC);
        put_le(b, v, 2);
    } else if (v <= 0xFFFFFF) {
        buf_putc(b, 0xFD);
        put_le(b, v, 3);
    } else {
        buf_putc(b, 0xFE);
        put_le(b, v, 8);
    }
}

void buf_put_lenstr(struct buf *b, const void *p, size_t n)
{
    buf_put_lenenc(b, n);
    buf_put(b, p, n);
}

const char *buf_str(struct buf *b)
{
    if (b->broken || !b->p) {
        return "";
    }
    b->p[b->len] = 0;
    return (const char *)b->p;
}

unsigned char *buf_take(struct buf *b, size_t *n)
{
    *n = 0;
    if (!buf_reserve(b, 0)) {
        return NULL;
    }
    unsigned char *p = b->p;
    p[b->len] = 0;
    *n = b->len;
    forget(b);
    return p;
}
