/* encode.c - rows to bytes.
 *
 * Room for a row is made once; then bytes are written without further tests.
 * Source: CSV parsers 1 and 2 of StarRocks: in enclosed fields only " and \ are escaped, with \;
 * NULL is \N, which an escape of \ makes \\N; the last row ends with the delimiter too. */
#include "bulk/encode.h"

#include <jansson.h>
#include <string.h>

#include "base/hex.h"

#define EACH(byte) (~UINT64_C(0) / 255 * (byte))

static uint64_t word_at(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

unsigned encode_look(const unsigned char *p, size_t n)
{
    uint64_t high = 0, low = 0;
    if (n < 8) {
        for (size_t i = 0; i < n; i++) {
            high |= p[i];
            low |= p[i] < 0x20 ? 0x80 : 0;
        }
    } else {
        for (size_t i = 0;; i = i + 16 <= n ? i + 8 : n - 8) {
            uint64_t w = word_at(p + i);
            high |= w;
            low |= (w - EACH(0x20)) & ~w;
            if (i + 8 >= n)
                break;
        }
    }
    return (low & EACH(0x80) ? LOOK_CONTROL : 0U) | (high & EACH(0x80) ? LOOK_HIGH : 0U);
}

/* ---- pieces; each returns where the next goes ---- */

static unsigned char *put(unsigned char *to, const void *p, size_t n)
{
    if (n)
        memcpy(to, p, n);
    return to + n;
}

static unsigned char *put_hex(unsigned char *to, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        *to++ = (unsigned char)hex_lower(p[i] >> 4U);
        *to++ = (unsigned char)hex_lower(p[i]);
    }
    return to;
}

static unsigned char *put_escaped(unsigned char *to, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"' || p[i] == '\\')
            *to++ = '\\';
        *to++ = p[i];
    }
    return to;
}

static unsigned char *put_json(unsigned char *to, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] >= 0x20 && p[i] != '"' && p[i] != '\\') {
            *to++ = p[i];
        } else if (p[i] >= 0x20) {
            *to++ = '\\';
            *to++ = p[i];
        } else {
            to = put(to, "\\u00", 4);
            to = put_hex(to, p + i, 1);
        }
    }
    return to;
}

/* A document as it is.  Between its tokens there may be line breaks, which would end the line. */
static unsigned char *put_document(unsigned char *to, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *to++ = p[i] < 0x20 ? ' ' : p[i];
    return to;
}

int encode_check_document(const unsigned char *p, size_t n)
{
    json_error_t why;
    json_t *doc = json_loadb((const char *)p, n,
                             JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &why);
    json_decref(doc);
    if (doc)
        return RC_OK;
    return json_error_code(&why) == json_error_out_of_memory ? RC_MEMORY : RC_CONFIG;
}

static unsigned char *put_number(unsigned char *to, size_t v)
{
    unsigned char digits[24];
    size_t n = 0;
    do {
        digits[n++] = (unsigned char)('0' + v % 10);
        v /= 10;
    } while (v);
    while (n)
        *to++ = digits[--n];
    return to;
}

/* ---- room ---- */

/* Bytes that a value may become: a bound for short ones, counted for long ones. */
static size_t grown(enum encoding e, const unsigned char *p, size_t n)
{
    if (e == ENC_SPLIT)
        return n;
    if (n <= 4096)
        return n * 6;
    size_t more = 0;
    for (size_t i = 0; i < n; i++)
        more += p[i] == '"' || p[i] == '\\' ? 1U : p[i] < 0x20 ? 5U : 0U;
    return n + more;
}

static size_t room_for(const struct format *fmt, const struct batch_field *fields,
                       const bool *is_bytes, size_t ncols)
{
    size_t room = 64;
    for (size_t i = 0; i < ncols; i++) {
        const struct batch_field *v = &fields[i];
        room += 32; /* separator, quotes, a key of JSON, NULL */
        if (v->form != BATCH_NULL)
            room += is_bytes[i] ? v->len * 2 : grown(fmt->encoding, v->p, v->len);
    }
    return room;
}

/* ---- rows ---- */

static unsigned char *put_split(unsigned char *to, const struct batch_field *v, bool bytes)
{
    if (v->form == BATCH_NULL)
        return put(to, "\\N", 2);
    return bytes ? put_hex(to, v->p, v->len) : put(to, v->p, v->len);
}

static unsigned char *put_enclosed(unsigned char *to, const struct batch_field *v, bool bytes)
{
    if (v->form == BATCH_NULL)
        return put(to, "\\\\N", 3);
    *to++ = '"';
    to = bytes ? put_hex(to, v->p, v->len) : put_escaped(to, v->p, v->len);
    *to++ = '"';
    return to;
}

static unsigned char *csv_row(unsigned char *to, const struct format *fmt,
                              const struct batch_field *fields, const bool *is_bytes, size_t ncols)
{
    for (size_t i = 0; i < ncols; i++) {
        if (i)
            to = put(to, fmt->marks.sep, fmt->marks.nsep);
        to = fmt->encoding == ENC_SPLIT ? put_split(to, &fields[i], is_bytes[i])
                                        : put_enclosed(to, &fields[i], is_bytes[i]);
    }
    return put(to, fmt->marks.delim, fmt->marks.ndelim);
}

static unsigned char *json_row(unsigned char *to, const struct format *fmt,
                               const struct batch_field *fields, const bool *is_bytes, size_t ncols,
                               bool first)
{
    if (!fmt->by_line)
        *to++ = first ? '[' : ',';
    for (size_t i = 0; i < ncols; i++) {
        const struct batch_field *v = &fields[i];
        to = put(to, i ? ",\"k" : "{\"k", 3);
        to = put_number(to, i);
        to = put(to, "\":", 2);
        if (v->form == BATCH_NULL) {
            to = put(to, "null", 4);
            continue;
        }
        if (fmt->is_document && fmt->is_document[i]) {
            to = put_document(to, v->p, v->len);
            continue;
        }
        *to++ = '"';
        to = is_bytes[i] ? put_hex(to, v->p, v->len) : put_json(to, v->p, v->len);
        *to++ = '"';
    }
    return put(to, "}\n", 2);
}

void encode_row(struct buf *out, const struct format *fmt, const struct batch_field *fields,
                const bool *is_bytes, size_t ncols, bool first)
{
    if (!buf_reserve(out, room_for(fmt, fields, is_bytes, ncols)))
        return;
    unsigned char *from = out->p + out->len;
    unsigned char *to = fmt->encoding == ENC_JSON
                            ? json_row(from, fmt, fields, is_bytes, ncols, first)
                            : csv_row(from, fmt, fields, is_bytes, ncols);
    out->len += (size_t)(to - from);
}

void encode_end(struct buf *out, const struct format *fmt)
{
    if (fmt->encoding == ENC_JSON && !fmt->by_line)
        buf_puts(out, "]\n");
}
