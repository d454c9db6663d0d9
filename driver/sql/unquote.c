/* unquote.c - names and strings without their quotes. */
#include "sql/unquote.h"

static bool is_quote(char c)
{
    return c == '`' || c == '"' || c == '\'';
}

void sql_unquote_name(struct buf *out, const char *s, size_t n)
{
    char quote = n ? s[0] : '\0';
    if (n < 2 || !is_quote(quote)) {
        buf_put(out, s, n);
        return;
    }
    for (size_t i = 1; i + 1 < n; i++) {
        buf_putc(out, (unsigned char)s[i]);
        i += s[i] == quote;
    }
}

/* What a backslash and c stand for; -1: both as they are. */
static int unescaped(char c)
{
    static const struct {
        char c, to;
    } escapes[] = {{'0', '\0'}, {'b', '\b'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'Z', 0x1a}};
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].c == c)
            return escapes[i].to;
    return c == '%' || c == '_' ? -1 : (unsigned char)c;
}

void sql_unquote_string(struct buf *out, const char *s, size_t n, struct sql_mode mode)
{
    if (n < 2 || !is_quote(s[0]))
        return;
    for (size_t i = 1; i + 1 < n; i++) {
        bool has_next = i + 2 < n;
        int c = (unsigned char)s[i];
        if (s[i] == s[0] && has_next)
            i++;
        else if (s[i] == '\\' && has_next && !mode.no_backslash_escapes && unescaped(s[i + 1]) >= 0)
            c = unescaped(s[++i]);
        buf_putc(out, (unsigned)c);
    }
}
