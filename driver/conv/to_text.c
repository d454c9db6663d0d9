/* to_text.c - values to SQL_C_CHAR, SQL_C_WCHAR and SQL_C_BINARY of text and bytes.
 *
 * What does not fit is cut at a character (01004), but not before the point of a number or inside a
 * date: there the rest would be another value, and it is 22003. Source: ODBC reference, appendix D,
 * "SQL to C: Character", "Numeric", "Binary", "Date". */
#include "conv/value.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/num.h"
#include "base/text.h"

/* ---- endings and cutting ---- */

/* Writers of text and bytes, ending, cutting and counting as conv_fn says (to_text.c). */
static enum conv_status emit_char(const char *s, size_t n, void *dst, size_t cap, SQLLEN *len)
{
    *len = (SQLLEN)n;
    if (!dst) {
        return CONV_OK;
    }
    char *to = dst;
    if (n < cap) {
        memcpy(to, s, n);
        to[n] = 0;
        return CONV_OK;
    }
    if (cap) {
        size_t k = text_floor(s, n, cap - 1);
        memcpy(to, s, k);
        to[k] = 0;
    }
    return CONV_TRUNCATED;
}

void wide_end(void *dst, size_t units)
{
    memset((char *)dst + 2 * units, 0, 2);
}

static enum conv_status emit_wide(const char *s, size_t n, void *dst, size_t cap, SQLLEN *len)
{
    size_t used = 0, units = 0;
    if (!dst || cap < 2) {
        *len = (SQLLEN)(2 * text_utf16_len(s, n));
        return dst ? CONV_TRUNCATED : CONV_OK;
    }
    units = text_put_utf16(s, n, dst, cap / 2 - 1, &used);
    wide_end(dst, units);
    if (used == n) {
        *len = (SQLLEN)(2 * units);
        return CONV_OK;
    }
    *len = (SQLLEN)(2 * (units + text_utf16_len(s + used, n - used)));
    return CONV_TRUNCATED;
}

enum conv_status emit_bytes(const void *s, size_t n, void *dst, size_t cap, SQLLEN *len)
{
    *len = (SQLLEN)n;
    if (!dst) {
        return CONV_OK;
    }
    memcpy(dst, s, n < cap ? n : cap);
    return n <= cap ? CONV_OK : CONV_TRUNCATED;
}

/* ---- values as text ---- */

/* ZEROFILL, of the n characters in out. */
static size_t pad(const struct conv_plan *p, char *out, size_t n)
{
    if (n >= p->pad) {
        return n;
    }
    size_t zeros = p->pad - n;
    memmove(out + zeros, out, n);
    memset(out, '0', zeros);
    return p->pad;
}

static size_t text_signed(const struct conv_plan *p, const struct value *v, char *out)
{
    (void)p;
    return num_put_i64(out, v->i);
}

static size_t text_unsigned(const struct conv_plan *p, const struct value *v, char *out)
{
    return pad(p, out, num_put_u64(out, v->u));
}

#define FIXED_LIMIT                                                                                \
    1e15 /* past this the fixed form would show digits that the value does not have */

/* A column with fixed decimals, FLOAT(7,2) or ROUND(x, 2), shows them all, as the server does in
 * its text form.  Only the digits of printf are used, so that the host's decimal point has no say.
 */
static size_t text_fixed(const struct conv_plan *p, double d, char *out)
{
    char printed[64];
    size_t digits = 0, at = 0, places = p->decimals;
    int n = snprintf(printed, sizeof printed, "%.*f", (int)places, d);
    for (int i = 0; i < n; i++) {
        digits += printed[i] >= '0' && printed[i] <= '9';
    }
    for (int i = 0; i < n; i++) {
        if (printed[i] == '-') {
            out[at++] = '-';
        }
        if (printed[i] < '0' || printed[i] > '9') {
            continue;
        }
        if (digits-- == places) {
            out[at++] = '.';
        }
        out[at++] = printed[i];
    }
    return at;
}

static bool is_fixed(const struct conv_plan *p, double d)
{
    return p->decimals && d < FIXED_LIMIT && d > -FIXED_LIMIT;
}

static size_t text_float(const struct conv_plan *p, const struct value *v, char *out)
{
    bool fixed = is_fixed(p, v->d);
    return pad(p, out, fixed ? text_fixed(p, v->d, out) : num_put_float(out, (float)v->d));
}

static size_t text_double(const struct conv_plan *p, const struct value *v, char *out)
{
    return pad(p, out, is_fixed(p, v->d) ? text_fixed(p, v->d, out) : num_put_double(out, v->d));
}

/* Some servers send a fraction though they declared none: then it is shown whole. */
static int places(const struct conv_plan *p, const struct value *v)
{
    return p->decimals || v->cal.nano == 0 ? p->decimals : 6;
}

static size_t text_date(const struct conv_plan *p, const struct value *v, char *out)
{
    (void)p;
    return cal_put_date(out, &v->cal);
}

static size_t text_time(const struct conv_plan *p, const struct value *v, char *out)
{
    return cal_put_time(out, &v->cal, places(p, v));
}

static size_t text_timestamp(const struct conv_plan *p, const struct value *v, char *out)
{
    return cal_put_timestamp(out, &v->cal, places(p, v));
}

value_text_fn *const value_text[V_KINDS] = {
    [V_SIGNED] = text_signed, [V_UNSIGNED] = text_unsigned,   [V_FLOAT] = text_float,
    [V_DOUBLE] = text_double, [V_BIT] = text_unsigned,        [V_DATE] = text_date,
    [V_TIME] = text_time,     [V_TIMESTAMP] = text_timestamp,
};

size_t value_whole(enum value_kind kind, const char *s, size_t n)
{
    if (kind == V_TEXT) {
        return 0;
    }
    size_t point = n;
    for (size_t i = n; i-- > 0;) {
        if (s[i] == 'e' || s[i] == 'E') {
            return n;
        }
        point = s[i] == '.' ? i : point;
    }
    return point;
}

static enum conv_status no_room(const struct conv_plan *p, const char *s, size_t n, size_t room)
{
    return room && value_whole((enum value_kind)p->kind, s, n) >= room ? CONV_RANGE
                                                                       : CONV_TRUNCATED;
}

enum conv_status copy_char(const struct conv_plan *p, const char *s, size_t n, void *dst,
                           size_t cap, SQLLEN *len)
{
    enum conv_status st = emit_char(s, n, dst, cap, len);
    return st == CONV_OK ? st : no_room(p, s, n, cap);
}

enum conv_status copy_wide(const struct conv_plan *p, const char *s, size_t n, void *dst,
                           size_t cap, SQLLEN *len)
{
    enum conv_status st = emit_wide(s, n, dst, cap, len);
    return st == CONV_OK ? st : no_room(p, s, n, cap / 2);
}

static struct value as_text(const struct conv_plan *p, const struct value *v, char *scratch)
{
    value_text_fn *render = value_text[p->kind];
    return render ? (struct value){.p = scratch, .n = render(p, v, scratch)} : *v;
}

enum conv_status put_text_char(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    char scratch[VALUE_CHARS];
    struct value t = as_text(p, v, scratch);
    return copy_char(p, t.p, t.n, dst, cap, len);
}

enum conv_status put_text_wide(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    char scratch[VALUE_CHARS];
    struct value t = as_text(p, v, scratch);
    return copy_wide(p, t.p, t.n, dst, cap, len);
}

/* ---- bytes ---- */

enum conv_status put_bytes_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)p;
    return emit_bytes(v->p, v->n, dst, cap, len);
}

/* Bytes as pairs of hexadecimal digits; a pair is never cut. */
enum conv_status put_bytes_char(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)p;
    *len = (SQLLEN)(2 * v->n);
    if (!dst || !cap) {
        return dst ? CONV_TRUNCATED : CONV_OK;
    }
    size_t k = (cap - 1) / 2 < v->n ? (cap - 1) / 2 : v->n;
    char *to = dst;
    for (size_t i = 0; i < k; i++) {
        unsigned char b = (unsigned char)v->p[i];
        to[2 * i] = hex_upper(b >> 4U);
        to[2 * i + 1] = hex_upper(b);
    }
    to[2 * k] = 0;
    return k == v->n ? CONV_OK : CONV_TRUNCATED;
}

enum conv_status put_bytes_wide(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)p;
    *len = (SQLLEN)(4 * v->n);
    if (!dst || cap < 2) {
        return dst ? CONV_TRUNCATED : CONV_OK;
    }
    size_t room = (cap / 2 - 1) / 2, k = room < v->n ? room : v->n;
    char *to = dst;
    for (size_t i = 0; i < k; i++) {
        unsigned char b = (unsigned char)v->p[i];
        uint16_t pair[2] = {(uint16_t)hex_upper(b >> 4U), (uint16_t)hex_upper(b)};
        memcpy(to + 4 * i, pair, sizeof pair);
    }
    wide_end(dst, 2 * k);
    return k == v->n ? CONV_OK : CONV_TRUNCATED;
}
