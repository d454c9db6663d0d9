/* text.c - UTF-8 and UTF-16.
 *
 * ASCII goes through in words of 16, 8 and 4 bytes (fixed-length loops that the compiler turns into
 * vector code); what is left of a run is done by one more word that overlaps the last.  Other
 * characters are decoded one by one. Source: Unicode 15 table 3-7 (well-formed UTF-8), proven
 * exhaustively in tests/unit/base/check_text.c. */
#include "base/text.h"

#include <string.h>

#define REPLACEMENT 0xFFFDu

static inline uint64_t load64(const unsigned char *s)
{
    uint64_t w;
    memcpy(&w, s, sizeof w);
    return w;
}

static inline uint32_t load32(const unsigned char *s)
{
    uint32_t w;
    memcpy(&w, s, sizeof w);
    return w;
}

#define HIGH64 UINT64_C(0x8080808080808080)
#define HIGH32 UINT32_C(0x80808080)

static inline bool cont(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

static inline size_t decode3(const unsigned char *s, size_t n, uint32_t *cp)
{
    if (n < 3 || !cont(s[1]) || !cont(s[2])) {
        return 0;
    }
    uint32_t v = (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    *cp = v;
    return v < 0x800 || (v >= 0xD800 && v <= 0xDFFF) ? 0 : 3;
}

static inline size_t decode4(const unsigned char *s, size_t n, uint32_t *cp)
{
    if (n < 4 || !cont(s[1]) || !cont(s[2]) || !cont(s[3])) {
        return 0;
    }
    uint32_t v = (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    *cp = v;
    return v < 0x10000 || v > 0x10FFFF ? 0 : 4;
}

/* The character at s: its length, 0 if the first byte is bad.  n >= 1. */
static inline size_t decode(const unsigned char *s, size_t n, uint32_t *cp)
{
    unsigned c = s[0];
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    if (c >= 0xE0) {
        return c < 0xF0 ? decode3(s, n, cp) : c < 0xF5 ? decode4(s, n, cp) : 0;
    }
    if (c < 0xC2 || n < 2 || !cont(s[1])) {
        return 0;
    }
    *cp = (c & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    return 2;
}

/* Number of ASCII bytes at the start of s, possibly rounded down by up to 7: callers go on byte by
 * byte. */
static inline size_t ascii_run(const unsigned char *s, size_t n)
{
    size_t i = 0;
    while (n - i >= 16 && !((load64(s + i) | load64(s + i + 8)) & HIGH64)) {
        i += 16;
    }
    if (n - i >= 8 && !(load64(s + i) & HIGH64)) {
        i += 8;
    }
    if (n - i >= 4 && !(load32(s + i) & HIGH32)) {
        i += 4;
    }
    return i;
}

size_t text_step(const char *s, size_t n)
{
    uint32_t cp;
    return decode((const unsigned char *)s, n, &cp);
}

/* Where the next byte is that is not ASCII, from i on; n: none. */
static inline size_t skip_ascii(const unsigned char *u, size_t i, size_t n)
{
    while (n - i >= 8 && !(load64(u + i) & HIGH64)) {
        i += 8;
    }
    if (n - i < 8 && n >= 8 && !(load64(u + n - 8) & HIGH64)) {
        return n;
    }
    while (i < n && u[i] < 0x80) {
        i++;
    }
    return i;
}

bool text_valid(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    for (size_t i = skip_ascii(u, 0, n); i < n; i = skip_ascii(u, i, n)) {
        uint32_t cp;
        do {
            size_t k = decode(u + i, n - i, &cp);
            if (!k) {
                return false;
            }
            i += k;
        } while (i < n && u[i] >= 0x80);
    }
    return true;
}

#define EACH_BYTE(c) (~UINT64_C(0) / 255 * (c))

/* Eight bytes on their way: what they hold is gathered in the highest bit of each byte. */
static inline void copy_word(unsigned char *to, const unsigned char *s, uint64_t *high,
                             uint64_t *control)
{
    uint64_t w = load64(s);
    memcpy(to, &w, sizeof w);
    *high |= w;
    *control |= (w - EACH_BYTE(0x20)) & ~w;
}

static inline bool copy_few(unsigned char *to, const unsigned char *s, size_t n, uint64_t *high)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < 0x20) {
            return false;
        }
        *high |= s[i];
        to[i] = s[i];
    }
    return true;
}

bool text_copy_plain(void *to, const char *s, size_t n)
{
    const unsigned char *from = (const unsigned char *)s;
    unsigned char *out = to;
    uint64_t high = 0, control = 0;
    if (n < 8) {
        if (!copy_few(out, from, n, &high)) {
            return false;
        }
    } else {
        for (size_t i = 0; i + 8 < n; i += 8) {
            copy_word(out + i, from + i, &high, &control);
        }
        copy_word(out + n - 8, from + n - 8, &high, &control);
    }
    return !(control & HIGH64) && (!(high & HIGH64) || text_valid(s, n));
}

size_t text_floor(const char *s, size_t n, size_t at)
{
    const unsigned char *u = (const unsigned char *)s;
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        unsigned c = u[at - back];
        if (cont((unsigned char)c)) {
            continue;
        }
        size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        (void)n; /* at <= n is the caller's promise */
        return need > back ? at - back : at;
    }
    return at;
}

/* Bytes at s that begin a character and do not end it; 0: none. */
static size_t torn(const char *s, size_t n)
{
    unsigned char c = (unsigned char)s[0];
    size_t need = c >= 0xF0 && c < 0xF5 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 ? 2 : 0;
    size_t k = 1;
    while (k < need && k < n && cont((unsigned char)s[k]))
        k++;
    return c < 0xF5 && k < need ? k : 0;
}

size_t text_mend(char *s, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        size_t k = text_step(s + i, n - i), lost = k ? 0 : torn(s + i, n - i);
        if (k)
            memmove(s + to, s + i, k);
        else if (!lost)
            s[to] = '?';
        to += k ? k : !lost;
        i += k ? k : lost ? lost : 1;
    }
    return to;
}

size_t text_chars(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t chars = 0;
    for (size_t i = 0; i < n; chars++) {
        uint32_t cp;
        size_t k = decode(u + i, n - i, &cp);
        i += k ? k : 1;
    }
    return chars;
}

size_t text_utf16_len(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t units = ascii_run(u, n);
    for (size_t i = units; i < n;) {
        uint32_t cp;
        size_t k = decode(u + i, n - i, &cp);
        units += k == 4 ? 2 : 1;
        i += k ? k : 1;
        if (i < n && k <= 1 && u[i] < 0x80) {
            size_t run = ascii_run(u + i, n - i);
            i += run;
            units += run;
        }
    }
    return units;
}

/* Vector extensions of gcc and clang: one or two instructions where the machine has vectors, plain
 * code elsewhere. */
typedef unsigned char bytes8 __attribute__((vector_size(8)));
typedef unsigned char bytes16 __attribute__((vector_size(16)));
typedef uint16_t units8 __attribute__((vector_size(16)));
typedef uint16_t units16 __attribute__((vector_size(32)));

static inline void widen16(const unsigned char *s, uint16_t *out)
{
    bytes16 narrow;
    memcpy(&narrow, s, sizeof narrow);
    units16 wide = __builtin_convertvector(narrow, units16);
    memcpy(out, &wide, sizeof wide);
}

static inline void widen8(const unsigned char *s, uint16_t *out)
{
    bytes8 narrow;
    memcpy(&narrow, s, sizeof narrow);
    units8 wide = __builtin_convertvector(narrow, units8);
    memcpy(out, &wide, sizeof wide);
}

/* Four bytes b3 b2 b1 b0 spread to 0b3 0b2 0b1 0b0; the order in memory stays, on either kind of
 * machine. */
static inline void widen4(uint32_t four, uint16_t *out)
{
    uint64_t w = four;
    w = (w | w << 16) & UINT64_C(0x0000FFFF0000FFFF);
    w = (w | w << 8) & UINT64_C(0x00FF00FF00FF00FF);
    memcpy(out, &w, sizeof w);
}

/* Up to 7 bytes. */
static inline size_t widen_short(const unsigned char *s, size_t n, uint16_t *out)
{
    if (n >= 4) {
        uint32_t a = load32(s), z = load32(s + n - 4);
        if (!((a | z) & HIGH32)) {
            widen4(a, out);
            widen4(z, out + n - 4);
            return n;
        }
    }
    size_t i = 0;
    while (i < n && s[i] < 0x80) {
        out[i] = s[i];
        i++;
    }
    return i;
}

/* Widen the ASCII bytes at the start of s, at most n.  The last, incomplete word of an all-ASCII
 * run overlaps the one before it, so that no value needs a loop over bytes.  Returns how many were
 * done; that may be less than the run when the word in which it ends holds other bytes too, but is
 * 0 only if the first byte is not ASCII. */
static inline size_t widen_run(const unsigned char *s, size_t n, uint16_t *out)
{
    if (n < 8) {
        return widen_short(s, n, out);
    }
    size_t i = 0;
    while (n - i >= 16 && !((load64(s + i) | load64(s + i + 8)) & HIGH64)) {
        widen16(s + i, out + i);
        i += 16;
    }
    if (n - i >= 8 && !(load64(s + i) & HIGH64)) {
        widen8(s + i, out + i);
        i += 8;
    }
    if (n - i < 8 && !(load64(s + n - 8) & HIGH64)) {
        widen8(s + n - 8, out + n - 8);
        return n;
    }
    while (i < n && s[i] < 0x80) {
        out[i] = s[i];
        i++;
    }
    return i;
}

/* Write one character that is not ASCII (or is bad).  Returns the units written, 0 when there is no
 * room. */
static inline size_t put_unit(uint32_t cp, uint16_t *out, size_t room)
{
    if (cp < 0x10000) {
        out[0] = (uint16_t)cp;
        return 1;
    }
    if (room < 2) {
        return 0;
    }
    out[0] = (uint16_t)(0xD7C0u + (cp >> 10));
    out[1] = (uint16_t)(0xDC00u | (cp & 0x3FFu));
    return 2;
}

/* The rest of a text whose first *used bytes were ASCII and are done. */
static __attribute__((noinline)) size_t
to_utf16_mixed(const unsigned char *u, size_t n, uint16_t *out, size_t cap, size_t *used, bool *bad)
{
    size_t i = *used, units = *used;
    while (i < n && units < cap) {
        if (u[i] < 0x80) {
            size_t room = cap - units;
            size_t run = widen_run(u + i, n - i < room ? n - i : room, out + units);
            i += run;
            units += run;
            continue;
        }
        uint32_t cp = REPLACEMENT;
        size_t k = decode(u + i, n - i, &cp);
        size_t put = put_unit(k ? cp : REPLACEMENT, out + units, cap - units);
        if (!put) {
            break;
        }
        if (!k && bad) {
            *bad = true;
        }
        units += put;
        i += k ? k : 1;
    }
    *used = i;
    return units;
}

size_t text_to_utf16(const char *s, size_t n, uint16_t *out, size_t cap, size_t *used, bool *bad)
{
    size_t most = n < cap ? n : cap;
    size_t run = widen_run((const unsigned char *)s, most, out);
    *used = run;
    if (run == most) {
        return run;
    }
    return to_utf16_mixed((const unsigned char *)s, n, out, cap, used, bad);
}

/* To a place that is not aligned for 16-bit units: through a small one that is. */
static size_t put_odd(const char *s, size_t n, char *to, size_t cap, size_t *used)
{
    uint16_t part[128];
    size_t done = 0, k, took;
    *used = 0;
    do {
        size_t room = cap - done < 128 ? cap - done : 128;
        k = text_to_utf16(s + *used, n - *used, part, room, &took, NULL);
        memcpy(to + 2 * done, part, 2 * k);
        done += k;
        *used += took;
    } while (took);
    return done;
}

size_t text_put_utf16(const char *s, size_t n, void *out, size_t cap, size_t *used)
{
    if ((uintptr_t)out % _Alignof(uint16_t) != 0)
        return put_odd(s, n, out, cap, used);
    return text_to_utf16(s, n, out, cap, used, NULL);
}

static inline size_t put_utf8(unsigned char *to, uint32_t cp)
{
    if (cp < 0x80) {
        to[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        to[0] = (unsigned char)(0xC0 | cp >> 6);
        to[1] = (unsigned char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        to[0] = (unsigned char)(0xE0 | cp >> 12);
        to[1] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
        to[2] = (unsigned char)(0x80 | (cp & 0x3F));
        return 3;
    }
    to[0] = (unsigned char)(0xF0 | cp >> 18);
    to[1] = (unsigned char)(0x80 | (cp >> 12 & 0x3F));
    to[2] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
    to[3] = (unsigned char)(0x80 | (cp & 0x3F));
    return 4;
}

/* The code point at s, and whether it took two units; false on a lone surrogate.  n >= 1. */
static inline bool pair(const uint16_t *s, size_t n, uint32_t *cp)
{
    *cp = s[0];
    if (s[0] < 0xD800 || s[0] > 0xDFFF) {
        return true;
    }
    if (s[0] > 0xDBFF || n < 2 || s[1] < 0xDC00 || s[1] > 0xDFFF) {
        return false;
    }
    *cp = 0x10000u + ((s[0] & 0x3FFu) << 10) + (s[1] & 0x3FFu);
    return true;
}

static inline uint16_t unit_at(const unsigned char *s, size_t i)
{
    uint16_t u;
    memcpy(&u, s + 2 * i, sizeof u);
    return u;
}

/* Eight units that are ASCII without control characters, as bytes.  False: they are not. */
static inline bool narrow8(const unsigned char *s, unsigned char *to)
{
    uint64_t a = load64(s), b = load64(s + 8);
    const uint64_t wide = UINT64_C(0xFF80FF80FF80FF80), space = UINT64_C(0x0020002000200020);
    if (((a | b) & wide) || (((a - space) | (b - space)) & wide)) {
        return false;
    }
    units8 units;
    memcpy(&units, s, sizeof units);
    bytes8 narrow = __builtin_convertvector(units, bytes8);
    memcpy(to, &narrow, sizeof narrow);
    return true;
}

size_t text_plain_from_utf16(void *to, const void *s, size_t n)
{
    const unsigned char *from = s;
    unsigned char *out = to;
    for (size_t i = 0; i < n;) {
        if (n - i >= 8 && narrow8(from + 2 * i, out)) {
            i += 8;
            out += 8;
            continue;
        }
        uint16_t unit[2] = {unit_at(from, i), i + 1 < n ? unit_at(from, i + 1) : 0};
        uint32_t cp;
        if (unit[0] < 0x20 || !pair(unit, n - i, &cp)) {
            return TEXT_BAD;
        }
        out += put_utf8(out, cp);
        i += cp > 0xFFFF ? 2 : 1;
    }
    return (size_t)(out - (unsigned char *)to);
}

#define UNITS_AT_ONCE 4096u /* keeps the worst-case reservation (3 bytes a unit) small */

bool text_from_utf16(struct buf *b, const uint16_t *s, size_t n, size_t *at)
{
    size_t start = b->len;
    size_t i = 0;
    while (i < n) {
        size_t end = n - i < UNITS_AT_ONCE ? n : i + UNITS_AT_ONCE;
        size_t most = 3 * (end - i) + 3; /* a pair that begins on the last unit makes 4 bytes */
        size_t before = b->len;
        unsigned char *to = buf_grow(b, most);
        if (!to) {
            return true;
        }
        size_t len = 0;
        while (i < end) {
            uint32_t cp;
            if (!pair(s + i, n - i, &cp)) {
                b->len = start;
                *at = i;
                return false;
            }
            len += put_utf8(to + len, cp);
            i += cp > 0xFFFF ? 2 : 1;
        }
        b->len = before + len;
    }
    return true;
}

static inline unsigned lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32u : c;
}

bool text_eqn(const char *a, size_t n, const char *b)
{
    for (size_t i = 0; i < n; i++) {
        if (lower((unsigned char)a[i]) != lower((unsigned char)b[i]) || !b[i]) {
            return false;
        }
    }
    return b[n] == 0;
}

bool text_eq(const char *a, const char *b)
{
    return text_eqn(a, strlen(a), b);
}

bool text_has(const char *s, size_t n, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= n; i++) {
        if ((s[i] | 0x20) == word[0] && text_eqn(s + i, len, word)) {
            return true;
        }
    }
    return false;
}
