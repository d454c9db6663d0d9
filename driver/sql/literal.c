/* literal.c - values and names as SQL text. */
#include "sql/literal.h"

#include <string.h>

#include "base/hex.h"

static void put_hex(struct buf *b, const unsigned char *p, size_t n)
{
    unsigned char *to = n <= SIZE_MAX / 2 ? buf_grow(b, 2 * n) : NULL;
    if (!to) {
        b->broken = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = (unsigned char)hex_upper(p[i] >> 4U);
        to[2 * i + 1] = (unsigned char)hex_upper(p[i]);
    }
}

void sql_put_binary(struct buf *b, const void *p, size_t n)
{
    buf_puts(b, "x'");
    put_hex(b, p, n);
    buf_putc(b, '\'');
}

/* What stands for the byte inside quotes; NULL: itself. */
static const char *escaped(unsigned char c, bool backslashes)
{
    switch (c) {
    case '\'':
        return "''";
    case '\\':
        return backslashes ? "\\\\" : NULL;
    case 0:
        return backslashes ? "\\0" : NULL;
    case 0x1A:
        return backslashes ? "\\Z" : NULL;
    default:
        return NULL;
    }
}

/* Runs of ordinary bytes are copied whole. */
static void put_quoted(struct buf *b, const char *s, size_t n, bool backslashes)
{
    size_t run = 0;
    buf_putc(b, '\'');
    for (size_t i = 0; i < n; i++) {
        const char *to = escaped((unsigned char)s[i], backslashes);
        if (to) {
            buf_put(b, s + run, i - run);
            buf_puts(b, to);
            run = i + 1;
        }
    }
    if (n > run) {
        buf_put(b, s + run, n - run);
    }
    buf_putc(b, '\'');
}

void sql_put_string(struct buf *b, const char *s, size_t n, struct sql_mode mode)
{
    if (mode.no_backslash_escapes && n && memchr(s, 0, n)) {
        buf_puts(b, "_utf8mb4 ");
        sql_put_binary(b, s, n);
        return;
    }
    put_quoted(b, s, n, !mode.no_backslash_escapes);
}

void sql_put_name(struct buf *b, const char *s, size_t n)
{
    size_t run = 0;
    buf_putc(b, '`');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '`') {
            buf_put(b, s + run, i + 1 - run);
            run = i;
        }
    }
    buf_put(b, s + run, n - run);
    buf_putc(b, '`');
}

void sql_put_like(struct buf *b, const char *s, size_t n, struct sql_mode mode)
{
    sql_put_string(b, s, n, mode);
    if (mode.no_backslash_escapes) {
        buf_puts(b, " ESCAPE '\\'");
    }
}

bool sql_pattern_is_exact(struct buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '%' || s[i] == '_') {
            return false;
        }
        if (s[i] == '\\' && i + 1 < n) {
            i++;
        }
        buf_putc(out, (unsigned char)s[i]);
    }
    return true;
}
