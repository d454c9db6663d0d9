/* url.c - parsing, redirecting and rewriting URLs.  Pure; source: RFC 3986 3. */
#include "bulk/url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "base/text.h"

#define PATH_MAX_BYTES 16384

struct authority {
    const char *host;
    size_t nhost;
    unsigned port; /* 0: not given */
};

/* A colon and digits, or nothing. */
static bool parse_port(const char *s, size_t n, unsigned *port)
{
    *port = 0;
    if (n == 0)
        return true;
    if (s[0] != ':' || n > 6)
        return false;
    for (size_t i = 1; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        *port = *port * 10 + (unsigned)(s[i] - '0');
    }
    return n == 1 || (*port > 0 && *port <= 65535);
}

static bool host_char(char c)
{
    unsigned char u = (unsigned char)c;
    return u > 0x20 && u < 0x7f && !strchr("/?#@[]\\\"<>^`{|}%", c);
}

/* "host", "host:port", "[v6]", "[v6]:port" */
static bool parse_authority(const char *s, size_t n, struct authority *a)
{
    bool v6 = n && s[0] == '[';
    const char *end = v6 ? memchr(s, ']', n) : memchr(s, ':', n);
    if (v6 && (!end || !memchr(s, ':', (size_t)(end - s))))
        return false;
    a->host = s + v6;
    a->nhost = end ? (size_t)(end - a->host) : n;
    for (size_t i = 0; i < a->nhost; i++)
        if (!host_char(a->host[i]) || (v6 && !strchr("0123456789abcdefABCDEF:.", a->host[i])))
            return false;
    const char *rest = a->host + a->nhost + v6;
    return a->nhost > 0 && a->nhost < URL_HOST_CHARS &&
           parse_port(rest, n - (size_t)(rest - s), &a->port);
}

static void set_origin(struct url *u, const struct authority *a)
{
    u->port = a->port ? a->port : u->tls ? 443 : 80;
    char host[URL_HOST_CHARS];
    memcpy(host, a->host, a->nhost);
    host[a->nhost] = 0;
    memcpy(u->host, host, a->nhost + 1);
    bool v6 = strchr(host, ':') != NULL;
    (void)snprintf(u->origin, sizeof u->origin, "http%s://%s%s%s:%u", u->tls ? "s" : "",
                   v6 ? "[" : "", host, v6 ? "]" : "", u->port); /* fits: host is bounded */
}

static bool path_clean(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] <= 0x20 || s[i] == 0x7f)
            return false;
    return n < PATH_MAX_BYTES;
}

static void set_path(struct url *u, const char *s, size_t n)
{
    const char *fragment = memchr(s, '#', n);
    if (fragment)
        n = (size_t)(fragment - s);
    if (n && s[n - 1] == '?')
        n--;
    buf_clear(&u->path);
    if (n && s[0] != '/')
        buf_putc(&u->path, '/');
    buf_put(&u->path, s, n);
}

/* "http://" or "https://": its length, or 0. */
static size_t parse_scheme(const char *s, size_t n, bool *tls)
{
    *tls = n > 8 && strncasecmp(s, "https://", 8) == 0;
    if (*tls)
        return 8;
    return n > 7 && strncasecmp(s, "http://", 7) == 0 ? 7 : 0;
}

bool url_parse(struct url *u, const char *s, size_t n)
{
    struct authority a;
    url_clear(u);
    size_t at = parse_scheme(s, n, &u->tls);
    if (!at || !path_clean(s, n))
        return false;
    size_t end = at;
    while (end < n && s[end] != '/' && s[end] != '?' && s[end] != '#')
        end++;
    for (size_t i = end; i > at && !u->had_login; i--)
        if (s[i - 1] == '@') {
            u->had_login = true;
            at = i;
        }
    if (!parse_authority(s + at, end - at, &a)) {
        url_clear(u);
        return false;
    }
    set_origin(u, &a);
    set_path(u, s + end, n - end);
    return buf_ok(&u->path);
}

bool url_redirect(struct url *u, const struct url *from, const char *s, size_t n)
{
    struct authority a = {from->host, strlen(from->host), from->port};
    if (n < 1 || s[0] != '/' || (n > 1 && s[1] == '/') || !path_clean(s, n))
        return url_parse(u, s, n);
    url_clear(u);
    u->tls = from->tls;
    set_origin(u, &a);
    set_path(u, s, n);
    return buf_ok(&u->path);
}

static bool is_host(const struct url *u, const char *spec)
{
    struct authority a;
    return parse_authority(spec, strlen(spec), &a) && text_eqn(a.host, a.nhost, u->host) &&
           (!a.port || a.port == u->port);
}

static bool rewrite(struct url *u, const char *to)
{
    struct authority a;
    bool tls = u->tls;
    size_t n = strlen(to), at = parse_scheme(to, n, &tls);
    if (!parse_authority(to + at, n - at, &a))
        return false;
    if (!at)
        tls = u->tls;
    if (!a.port)
        a.port = u->port;
    u->tls = tls;
    set_origin(u, &a);
    return true;
}

bool url_map(struct url *u, const char *const *map)
{
    for (; map && map[0] && map[1]; map += 2)
        if (is_host(u, map[0]))
            return rewrite(u, map[1]);
    return true;
}

bool url_allowed(const struct url *u, const char *const *list)
{
    for (; list && *list; list++)
        if (is_host(u, *list))
            return true;
    return false;
}

bool url_same_server(const struct url *a, const struct url *b)
{
    return a->port == b->port && text_eq(a->host, b->host);
}

void url_put_encoded(struct buf *out, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     strchr("-_.~", c);
        if (plain) {
            buf_putc(out, c);
            continue;
        }
        buf_putc(out, '%');
        buf_putc(out, (unsigned char)hex_upper(c >> 4U));
        buf_putc(out, (unsigned char)hex_upper(c));
    }
}

void url_clear(struct url *u)
{
    struct buf path = u->path;
    buf_clear(&path);
    *u = (struct url){.path = path};
}
