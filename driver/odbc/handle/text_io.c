/* text_io.c - the only place where the application's text is decoded, written, cut and counted. */
#include "odbc/handle/text_io.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "odbc/handle/app.h"
#include "odbc/handle/desc.h"

/* Room is made for short texts at once, so that growing leaves no copies of a password behind. */
#define SHORT_TEXT 16384

/* Units up to a terminator, or all of most. */
static size_t units_of(const SQLWCHAR *s, size_t most)
{
    size_t n = 0;
    while (n < most && s[n])
        n++;
    return n;
}

static size_t bytes_of(const char *s, size_t most)
{
    const char *end = memchr(s, '\0', most);
    return end ? (size_t)(end - s) : most;
}

static SQLRETURN in_wide(struct handle *h, struct buf *b, struct text_arg a, bool ends_at_nul,
                         const char *what)
{
    size_t at = 0;
    size_t n = a.n == SQL_NTS ? units_of(a.p, SIZE_MAX) : (size_t)a.n;
    n = ends_at_nul ? units_of(a.p, n) : n;
    if (n <= SHORT_TEXT)
        (void)buf_reserve(b, 3 * n + 1); /* a unit is three bytes of UTF-8 at most */
    if (text_from_utf16(b, a.p, n, &at))
        return SQL_SUCCESS;
    return diag(h, ST_22018, "%s is not UTF-16: lone surrogate at character %zu", what, at + 1);
}

static SQLRETURN in_narrow(struct handle *h, struct buf *b, struct text_arg a, bool ends_at_nul,
                           const char *what)
{
    const char *s = a.p;
    size_t n = a.n == SQL_NTS ? strlen(s) : (size_t)a.n;
    n = ends_at_nul ? bytes_of(s, n) : n;
    size_t good = 0;
    if (!text_valid(s, n)) {
        for (size_t step = 1; step && good < n; good += step)
            step = text_step(s + good, n - good);
        return diag(h, ST_22018,
                    "%s is not UTF-8 near byte %zu; ANSI functions of this driver take UTF-8, use "
                    "a UTF-8 locale or the W functions",
                    what, good + 1);
    }
    (void)buf_reserve(b, n + 1);
    buf_put(b, s, n);
    return SQL_SUCCESS;
}

static SQLRETURN take(struct handle *h, struct buf *b, struct text_arg a, bool ends_at_nul,
                      const char *what)
{
    if (a.n < 0 && a.n != SQL_NTS)
        return diag(h, ST_HY090, "length %ld of %s is neither SQL_NTS nor positive", (long)a.n,
                    what);
    SQLRETURN rc = SQL_SUCCESS;
    if (a.p)
        rc = a.wide ? in_wide(h, b, a, ends_at_nul, what) : in_narrow(h, b, a, ends_at_nul, what);
    (void)buf_str(b);
    if (rc == SQL_SUCCESS && !buf_ok(b))
        return diag(h, ST_HY001, "out of memory for %s", what);
    return rc;
}

SQLRETURN text_in(struct handle *h, struct buf *b, struct text_arg a, const char *what)
{
    return take(h, b, a, true, what);
}

SQLRETURN text_in_sql(struct handle *h, struct buf *b, struct text_arg a, const char *what)
{
    return take(h, b, a, false, what);
}

static void store_length(const struct text_out *o, size_t n)
{
    size_t even = o->wide && o->unit == UNIT_BYTES ? 1 : 0; /* a saturated length stays whole */
    app_put16(o->len16, (SQLSMALLINT)(n > SHRT_MAX ? SHRT_MAX - even : n));
    app_put32(o->len32, (SQLINTEGER)(n > INT_MAX ? INT_MAX - even : n));
}

static void put_wide(const struct text_out *o, const char *s, size_t n, bool *cut)
{
    size_t width = o->unit == UNIT_BYTES ? sizeof(SQLWCHAR) : 1;
    size_t cap = o->p ? (size_t)o->cap / width : 0;
    size_t units = 0, used = 0;
    char *out = o->p;
    if (cap > 0) {
        units = text_put_utf16(s, n, out, cap - 1, &used);
        memset(out + units * sizeof(SQLWCHAR), 0, sizeof(SQLWCHAR));
    }
    if (cap == 0 || used < n)
        units = text_utf16_len(s, n);
    *cut = o->p && (cap == 0 || used < n);
    store_length(o, units * width);
}

static void put_narrow(const struct text_out *o, const char *s, size_t n, bool *cut)
{
    size_t cap = o->p ? (size_t)o->cap : 0;
    char *out = o->p;
    size_t room = n;
    if (cap > 0) {
        room = n < cap ? n : text_floor(s, n, cap - 1);
        memcpy(out, s, room);
        out[room] = '\0';
    }
    *cut = o->p && (cap == 0 || room < n);
    store_length(o, n);
}

void text_put(const struct text_out *o, const char *s, size_t n, bool *cut)
{
    if (o->wide)
        put_wide(o, s, n, cut);
    else
        put_narrow(o, s, n, cut);
}

SQLRETURN text_write(struct handle *h, const struct text_out *o, const char *s, size_t n)
{
    bool cut = false;
    if (o->p && o->cap < 0)
        return diag(h, ST_HY090, "buffer length %ld is negative", (long)o->cap);
    text_put(o, s, n, &cut);
    if (cut)
        return diag(h, ST_01004, "text of %zu bytes does not fit into the buffer of %ld %s", n,
                    (long)o->cap, o->unit == UNIT_CHARS ? "characters" : "bytes");
    return SQL_SUCCESS;
}
