/* connstr.c - connection strings: taken apart, and written.
 * Source: ODBC reference, "SQLDriverConnect" (syntax, first of repeated keys) and
 * "SQLBrowseConnect" (browse result string). */
#include "conf/row.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"

/* One pair, as next_pair finds it. */
struct pair {
    struct dsn_span name; /* borrowed from the string */
    enum dsn_key key;
};

/* The string being read. */
struct reader {
    const char *s;
    size_t n, at;
    struct buf
        value; /* of the current pair, without braces; wiped, never grows (no copies of secrets) */
    struct pair before; /* the last pair; key DSN_KEYS and no name at the start */
};

static void skip(struct reader *r, const char *set)
{
    while (r->at < r->n && strchr(set, r->s[r->at]))
        r->at++;
}

/* Names the place in the string by the key that was read last; never shows what cannot be read,
 * which may be part of a password. */
static int broken(struct reader *r, struct fault *f, const char *what)
{
    if (!r->before.name.n)
        return fault(f, RC_CONFIG, "the connection string begins with %s", what);
    return fault(f, RC_CONFIG,
                 "the connection string has %s after the value of %.*s; a value that contains ';' "
                 "must stand in braces: %.*s={...}, and '}' in it must be doubled",
                 what, (int)r->before.name.n, r->before.name.s, (int)r->before.name.n,
                 r->before.name.s);
}

static int braced_value(struct reader *r, const struct pair *p, struct fault *f)
{
    r->at++;
    for (; r->at < r->n; r->at++) {
        if (r->s[r->at] == '}') {
            r->at++;
            if (r->at == r->n || r->s[r->at] != '}')
                goto closed;
        }
        buf_putc(&r->value, (unsigned char)r->s[r->at]);
    }
    return fault(f, RC_CONFIG,
                 "the value of %.*s begins with '{' and has no closing '}'; a '}' inside braces "
                 "must be doubled",
                 (int)p->name.n, p->name.s);
closed:
    skip(r, " \t\r\n");
    if (r->at == r->n || r->s[r->at] == ';')
        return RC_OK;
    return fault(f, RC_CONFIG,
                 "the value of %.*s goes on after its closing '}'; a '}' inside braces must be "
                 "doubled",
                 (int)p->name.n, p->name.s);
}

static int plain_value(struct reader *r)
{
    const char *end = memchr(r->s + r->at, ';', r->n - r->at);
    size_t len = end ? (size_t)(end - (r->s + r->at)) : r->n - r->at;
    struct dsn_span v = dsn_trim(r->s + r->at, len);
    buf_put(&r->value, v.s, v.n);
    r->at += len;
    return RC_OK;
}

/* next_pair - 1 with *p and r->value, 0 at the end, or RC_CONFIG. */
static int next_pair(struct reader *r, struct pair *p, struct fault *f)
{
    skip(r, " \t\r\n;");
    if (r->at == r->n)
        return 0;
    const char *from = r->s + r->at;
    size_t left = r->n - r->at;
    const char *equals = memchr(from, '=', left);
    const char *semicolon = memchr(from, ';', left);
    if (!equals || (semicolon && semicolon < equals))
        return broken(r, f, "text without '='");
    p->name = dsn_trim(from, (size_t)(equals - from));
    if (!p->name.n)
        return broken(r, f, "'=' without a key");
    p->key = dsn_find(p->name.s, p->name.n);
    r->at += (size_t)(equals - from) + 1;
    skip(r, " \t\r\n");
    buf_reset(&r->value);
    bool is_braced = r->at < r->n && r->s[r->at] == '{';
    int rc = is_braced ? braced_value(r, p, f) : plain_value(r);
    return rc ? rc : 1;
}

/* Of DSN and DRIVER in one string the first counts. */
static bool is_second_choice(const struct dsn *d, enum dsn_key key, enum dsn_source from)
{
    return (key == DSN_KEY_dsn && d->from[DSN_KEY_driver] == from) ||
           (key == DSN_KEY_driver && d->from[DSN_KEY_dsn] == from);
}

static int take(struct dsn *d, struct reader *r, const struct pair *p, enum dsn_source from,
                struct fault *f)
{
    enum dsn_key last = r->before.name.n ? r->before.key : DSN_KEYS;
    bool may_be_secret = last != DSN_KEYS && dsn_row(last)->kind == DSN_SECRET;
    if (is_second_choice(d, p->key, from))
        return RC_OK;
    bool is_hidden =
        p->key == DSN_KEYS && may_be_secret && dsn_like(p->name.s, p->name.n) == DSN_KEYS;
    if (is_hidden && dsn_is_about_tls(p->name.s, p->name.n))
        return fault(f, RC_CONFIG,
                     "what follows %s begins with %.3s and is not a key of this driver; it is not "
                     "shown, because it may be the rest of a value with ';' that must stand in "
                     "braces",
                     dsn_row(last)->key, p->name.s);
    if (is_hidden) {
        dsn_note(d, DSN_NOTE_UNKNOWN,
                 "what follows %s is not a key of this driver and was ignored; it is not shown, "
                 "because it may be the rest of a value with ';' that must stand in braces",
                 dsn_row(last)->key);
        return RC_OK;
    }
    return dsn_take_pair(d, p->name.s, p->name.n, (const char *)r->value.p, r->value.len, from, f);
}

int dsn_parse(struct dsn *d, const char *s, size_t n, enum dsn_source from, struct fault *f)
{
    struct reader r = {.s = s, .n = n, .before.key = DSN_KEYS};
    struct pair p = {.key = DSN_KEYS};
    int rc = RC_OK;
    if (!n)
        return RC_OK;
    if (memchr(s, '\0', n))
        return fault(f, RC_CONFIG, "the connection string has a NUL character in it");
    if (!text_valid(s, n))
        return fault(f, RC_CONFIG, "the connection string is not valid UTF-8");
    buf_init(&r.value, 0);
    if (!buf_reserve(&r.value, n + 1))
        return fault(f, RC_MEMORY, "no memory for a connection string of %zu bytes", n);
    for (;;) {
        rc = next_pair(&r, &p, f);
        if (rc <= 0)
            break;
        rc = take(d, &r, &p, from, f);
        if (rc)
            break;
        /* An unknown key after a secret may be its rest, and so may what follows. */
        bool is_rest = p.key == DSN_KEYS && r.before.key != DSN_KEYS &&
                       dsn_row(r.before.key)->kind == DSN_SECRET;
        if (!is_rest)
            r.before = p;
    }
    buf_wipe(&r.value);
    return rc;
}

/* Writing */

static void put_braced(struct buf *out, const char *s, size_t n)
{
    buf_putc(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '}')
            buf_putc(out, '}');
        buf_putc(out, (unsigned char)s[i]);
    }
    buf_putc(out, '}');
}

static void put_value(struct buf *out, const char *s)
{
    size_t n = strlen(s);
    bool is_plain = strcspn(s, "[]{}(),;?*=!@\t\r\n") == n && dsn_trim(s, n).n == n;
    if (is_plain)
        buf_put(out, s, n);
    else
        put_braced(out, s, n);
}

static bool is_written(const struct dsn *d, enum dsn_key key, enum dsn_write_how how)
{
    if (how == DSN_WRITE_MASKED)
        return d->from[key] != DSN_FROM_DEFAULT;
    return d->from[key] >= DSN_FROM_STRING && key != DSN_KEY_filedsn && key != DSN_KEY_savefile;
}

/* Text that may be SQL or headers with a secret in it. */
static bool is_masked(const struct dsn *d, enum dsn_key key)
{
    const char *s = dsn_text(d, key);
    bool is_wordy = key == DSN_KEY_initstmt || key == DSN_KEY_attr || key == DSN_KEY_load_headers;
    return is_wordy && s && log_is_secret(s, strlen(s));
}

static size_t longest_text(const struct dsn *d)
{
    size_t longest = 0;
    for (int i = 0; i < DSN_KEYS; i++) {
        const char *s = dsn_text(d, (enum dsn_key)i);
        size_t n = s ? strlen(s) : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

void dsn_write(const struct dsn *d, enum dsn_write_how how, struct buf *out)
{
    struct buf
        value; /* has room for everything, so that it never moves and leaves copies of secrets */
    const char *semicolon = "";
    buf_init(&value, 0);
    (void)buf_reserve(&value, longest_text(d) + 1); /* without memory, value is broken */
    for (int i = 0; i < DSN_KEYS; i++) {
        enum dsn_key key = (enum dsn_key)i;
        if (!is_written(d, key, how))
            continue;
        buf_reset(&value);
        if (how == DSN_WRITE_MASKED && is_masked(d, key))
            buf_puts(&value, "***");
        else
            dsn_get(d, key, how == DSN_WRITE_COMPLETED, &value);
        buf_printf(out, "%s%s=", semicolon, dsn_row(key)->key);
        put_value(out, buf_str(&value));
        semicolon = ";";
    }
    if (!buf_ok(&value))
        out->broken = true;
    buf_wipe(&value);
}

/* Browsing */

static const struct {
    enum dsn_key key;
    const char *label;
    bool is_required;
} browse[] = {
    {DSN_KEY_server, "Server", false},     {DSN_KEY_port, "Port", false},
    {DSN_KEY_uid, "User", true},           {DSN_KEY_pwd, "Password", false},
    {DSN_KEY_database, "Database", false}, {DSN_KEY_ssl_mode, "TLS mode", false},
};

enum dsn_key dsn_missing(const struct dsn *d)
{
    return d->uid ? DSN_KEYS : DSN_KEY_uid;
}

static void put_browse_values(const struct dsn_row *r, struct buf *out)
{
    if (!r->words) {
        buf_putc(out, '?');
        return;
    }
    buf_putc(out, '{');
    for (const struct dsn_word *w = r->words; w->word; w++)
        buf_printf(out, "%s%s", w == r->words ? "" : ",", w->word);
    buf_putc(out, '}');
}

size_t dsn_browse(const struct dsn *d, struct buf *out)
{
    size_t nrequired = 0;
    const char *semicolon = "";
    if (dsn_missing(d) == DSN_KEYS)
        return 0;
    for (size_t i = 0; i < sizeof browse / sizeof *browse; i++) {
        const struct dsn_row *r = dsn_row(browse[i].key);
        bool is_missing = browse[i].is_required || !dsn_is_set(d, browse[i].key);
        if (!is_missing)
            continue;
        buf_printf(out, "%s%s%s:%s=", semicolon, browse[i].is_required ? "" : "*", r->key,
                   browse[i].label);
        put_browse_values(r, out);
        semicolon = ";";
        nrequired += browse[i].is_required;
    }
    return nrequired;
}
