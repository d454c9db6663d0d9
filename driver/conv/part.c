/* part.c - SQLGetData in pieces.
 *
 * Where the value is given stands in the caller's struct conv_part; what the pieces are made of is
 * the cell itself, or, for numbers and dates in binary form, their text, made anew for each piece
 * (it is short). */
#include "conv/part.h"

#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "conv/value.h"

enum part_how {
    PART_ONCE,     /* fixed size: once, whole */
    PART_CHAR,     /* the cell is UTF-8, so is the target */
    PART_WIDE,     /* the cell is UTF-8, the target UTF-16 */
    PART_BYTES,    /* bytes as they are */
    PART_HEX_CHAR, /* bytes as hexadecimal digits */
    PART_HEX_WIDE,
    PART_RENDER_CHAR, /* as PART_CHAR and PART_WIDE, of the value's text */
    PART_RENDER_WIDE,
};

static enum part_how how_char(enum value_kind kind, bool is_text)
{
    if (kind == V_BYTES || kind == V_BITS) {
        return PART_HEX_CHAR;
    }
    return is_text ? PART_CHAR : PART_RENDER_CHAR;
}

static enum part_how how_wide(enum value_kind kind, bool is_text)
{
    if (kind == V_BYTES || kind == V_BITS) {
        return PART_HEX_WIDE;
    }
    return is_text ? PART_WIDE : PART_RENDER_WIDE;
}

void part_bind(struct conv_plan *p, bool is_text)
{
    enum value_kind kind = (enum value_kind)p->kind;
    enum part_how how = PART_ONCE;
    if (p->ctype->family == FAMILY_CHAR) {
        how = how_char(kind, is_text);
    } else if (p->ctype->family == FAMILY_WCHAR) {
        how = how_wide(kind, is_text);
    } else if (p->ctype->family == FAMILY_BINARY &&
               (kind == V_TEXT || kind == V_BYTES || kind == V_DECIMAL || kind == V_BITS)) {
        how = PART_BYTES;
    }
    p->part = (uint8_t)how;
    p->is_parted = how != PART_ONCE;
}

static enum conv_status whole(const struct conv_plan *p, const struct cell *c,
                              struct conv_part *state, void *dst, size_t cap, SQLLEN *len)
{
    enum conv_status st = p->fn(p, c, dst, cap, len);
    state->done = dst && CONV_HAS_DATA(st);
    return st;
}

/* Say how much was given. */
static enum conv_status advance(struct conv_part *state, size_t bytes)
{
    state->given += bytes;
    state->done = state->given == state->total;
    return state->done ? CONV_OK : CONV_TRUNCATED;
}

static enum conv_status piece_bytes(const char *s, size_t n, struct conv_part *state, char *dst,
                                    size_t cap)
{
    size_t left = n - state->given, k = left < cap ? left : cap;
    memcpy(dst, s + state->given, k);
    return advance(state, k);
}

/* Buffers from here on are filled to their end (conv_part). */
#define FULL_BYTES 128

static enum conv_status piece_char(const char *s, size_t n, struct conv_part *state, char *dst,
                                   size_t cap)
{
    size_t left = n - state->given, k = left < cap - 1 ? left : cap - 1;
    if (k < left && cap < FULL_BYTES) {
        size_t whole = text_floor(s + state->given, left, k);
        k = whole ? whole : k;
    }
    memcpy(dst, s + state->given, k);
    dst[k] = 0;
    return advance(state, k);
}

/* Unit i (0 or 1) of the character at s, which needs a surrogate pair. */
static void put_half(const char *s, size_t n, size_t i, char *dst)
{
    uint16_t pair[2] = {0};
    size_t used;
    (void)text_to_utf16(s, n, pair, 2, &used, NULL);
    memcpy(dst, &pair[i], sizeof pair[i]);
}

static enum conv_status piece_wide(const char *s, size_t n, struct conv_part *state, char *dst,
                                   size_t cap)
{
    size_t room = cap / 2 - 1, units = 0, used = 0;
    if (state->skip && room) {
        put_half(s + state->used, n - state->used, 1, dst);
        state->used += 4;
        state->skip = 0;
        units = 1;
    }
    if (!state->skip) {
        units +=
            text_put_utf16(s + state->used, n - state->used, dst + 2 * units, room - units, &used);
        state->used += used;
    }
    bool is_half = units < room && state->used < n; /* room for half a pair only */
    if (is_half && (cap >= FULL_BYTES || !units)) {
        put_half(s + state->used, n - state->used, 0, dst + 2 * units);
        state->skip = 1;
        units++;
    }
    wide_end(dst, units);
    return advance(state, 2 * units);
}

static unsigned char hex_at(const char *s, size_t i)
{
    unsigned char b = (unsigned char)s[i / 2];
    return (unsigned char)hex_upper(i % 2 ? b : b >> 4U);
}

/* unit: bytes of one digit in the target. */
static enum conv_status piece_hex(const char *s, size_t n, struct conv_part *state, char *dst,
                                  size_t cap, size_t unit)
{
    size_t at = state->given / unit, end = at + (cap / unit - 1);
    end = end < 2 * n ? end : 2 * n;
    if (cap < FULL_BYTES && end % 2 && end - at > 1) {
        end--; /* both digits of a byte */
    }
    for (size_t i = at; i < end; i++) {
        uint16_t wide = hex_at(s, i);
        if (unit == 2) {
            memcpy(dst + 2 * (i - at), &wide, 2);
        } else {
            dst[i - at] = (char)wide;
        }
    }
    memset(dst + unit * (end - at), 0, unit);
    return advance(state, unit * (end - at));
}

static size_t total_bytes(enum part_how how, const char *s, size_t n)
{
    switch (how) {
    case PART_WIDE:
    case PART_RENDER_WIDE:
        return 2 * text_utf16_len(s, n);
    case PART_HEX_CHAR:
        return 2 * n;
    case PART_HEX_WIDE:
        return 4 * n;
    default:
        return n;
    }
}

static bool is_text_how(enum part_how how)
{
    return how == PART_CHAR || how == PART_WIDE || how == PART_RENDER_CHAR ||
           how == PART_RENDER_WIDE;
}

/* Bytes that the terminator takes. */
static size_t end_bytes(enum part_how how)
{
    bool is_wide = how == PART_WIDE || how == PART_RENDER_WIDE || how == PART_HEX_WIDE;
    return how == PART_BYTES ? 0 : is_wide ? 2 : 1;
}

/* Would the first piece cut off what the value cannot do without? */
static bool is_too_short(const struct conv_plan *p, const struct conv_part *state, const char *s,
                         size_t n, size_t cap)
{
    if (state->given || state->total + end_bytes((enum part_how)p->part) <= cap) {
        return false;
    }
    size_t room = p->ctype->family == FAMILY_WCHAR ? cap / 2 : cap;
    return value_whole((enum value_kind)p->kind, s, n) >= room;
}

static enum conv_status piece(enum part_how how, const char *s, size_t n, struct conv_part *state,
                              char *dst, size_t cap)
{
    switch (how) {
    case PART_BYTES:
        return piece_bytes(s, n, state, dst, cap);
    case PART_WIDE:
    case PART_RENDER_WIDE:
        return piece_wide(s, n, state, dst, cap);
    case PART_HEX_CHAR:
        return piece_hex(s, n, state, dst, cap, 1);
    case PART_HEX_WIDE:
        return piece_hex(s, n, state, dst, cap, 2);
    default:
        return piece_char(s, n, state, dst, cap);
    }
}

enum conv_status conv_part(const struct conv_plan *p, const struct cell *c, struct conv_part *state,
                           void *dst, size_t cap, SQLLEN *len)
{
    enum part_how how = (enum part_how)p->part;
    char scratch[VALUE_CHARS];
    const char *s = (const char *)c->p;
    size_t n = c->len;
    if (state->done) {
        return CONV_END;
    }
    if (how == PART_ONCE) {
        return whole(p, c, state, dst, cap, len);
    }
    if (how == PART_RENDER_CHAR || how == PART_RENDER_WIDE) {
        struct value v;
        enum conv_status st = p->decode(p, c, &v);
        if (st != CONV_OK) {
            return st;
        }
        n = value_text[p->kind](p, &v, scratch);
        s = scratch;
    }
    if (!state->begun) {
        state->total = total_bytes(how, s, n);
        state->begun = true;
    }
    *len = (SQLLEN)(state->total - state->given);
    if (!dst || cap < end_bytes(how)) {
        return CONV_TRUNCATED;
    }
    if (is_text_how(how) && is_too_short(p, state, s, n, cap)) {
        return CONV_RANGE;
    }
    return piece(how, s, n, state, dst, cap);
}
