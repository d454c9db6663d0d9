/* host.c - SERVER taken apart, and lists of name=value. */
#include "conf/row.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

#define PORT_DEFAULT 3306
#define PORT_MAX     65535

static int bad_item(struct dsn_span item, const char *why, struct fault *f)
{
    return fault(f, RC_CONFIG,
                 "SERVER: '%.*s' %s; write host:port, [IPv6 address]:port, or several of them with "
                 "commas",
                 (int)text_floor(item.s, item.n, item.n > 64 ? 64 : item.n), item.s, why);
}

static size_t count(struct dsn_span s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.s[i] == c;
    return n;
}

static bool is_ipv6(struct dsn_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.s[i] == '%')
            return i > 0; /* the rest is the zone */
        if (!s.s[i] || !strchr("0123456789abcdefABCDEF:.", s.s[i]))
            return false;
    }
    return count(s, ':') >= 2;
}

static bool has_bad_character(struct dsn_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.s[i] <= ' ' || strchr("/\\[]{}\"'@=", s.s[i]))
            return true;
    return false;
}

/* The parts of one item; port.s is NULL without a port. */
struct parts {
    struct dsn_span host, port;
};

static int split_bracketed(struct dsn_span item, struct parts *p, struct fault *f)
{
    const char *close = memchr(item.s, ']', item.n);
    size_t len = close ? (size_t)(close - item.s) : 0;
    p->host = (struct dsn_span){item.s + 1, len ? len - 1 : 0};
    if (!close || !is_ipv6(p->host))
        return bad_item(item, "has no IPv6 address in its brackets", f);
    struct dsn_span rest = {close + 1, item.n - len - 1};
    if (rest.n && *rest.s != ':')
        return bad_item(item, "has something other than ':' and a port after the bracket", f);
    p->port = rest.n ? (struct dsn_span){rest.s + 1, rest.n - 1} : (struct dsn_span){NULL, 0};
    return RC_OK;
}

static int split(struct dsn_span item, struct parts *p, struct fault *f)
{
    *p = (struct parts){.host = item};
    if (!item.n)
        return bad_item(item, "is an empty item in the list", f);
    if (*item.s == '[')
        return split_bracketed(item, p, f);
    size_t ncolons = count(item, ':');
    if (ncolons > 1)
        return is_ipv6(item) ? RC_OK : bad_item(item, "has more than one ':'", f);
    if (ncolons == 1) {
        const char *colon = memchr(item.s, ':', item.n);
        p->host.n = (size_t)(colon - item.s);
        p->port = (struct dsn_span){colon + 1, item.n - p->host.n - 1};
    }
    if (!p->host.n)
        return bad_item(item, "has no host", f);
    if (has_bad_character(p->host))
        return bad_item(item, "has a character that no host name has", f);
    return RC_OK;
}

static int take_port(struct dsn_span item, struct dsn_span s, int standard, uint16_t *out,
                     struct fault *f)
{
    *out = (uint16_t)(standard ? standard : PORT_DEFAULT);
    if (!s.s)
        return RC_OK;
    unsigned long v = 0;
    bool ok = s.n > 0 && s.n <= 5;
    for (size_t i = 0; ok && i < s.n; i++) {
        ok = s.s[i] >= '0' && s.s[i] <= '9';
        v = v * 10 + (unsigned long)(s.s[i] - '0');
    }
    if (!ok || v < 1 || v > PORT_MAX)
        return bad_item(item, "has a port that is not a number from 1 to 65535", f);
    *out = (uint16_t)v;
    return RC_OK;
}

static bool is_digits(struct dsn_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return s.n > 0;
}

/* "host,3310" is how SQL Server's drivers, and programs that know them, write a port. */
static int add_port(struct dsn_hosts *h, struct dsn_span item, bool *may_follow, struct fault *f)
{
    if (!*may_follow)
        return bad_item(item, "is a port, and what stands before it has one", f);
    *may_follow = false;
    return take_port(item, item, 0, &h->list[h->n - 1].port, f);
}

static int add_host(struct dsn_hosts *h, struct dsn_span item, int standard_port, bool *may_follow,
                    struct fault *f)
{
    struct parts p;
    uint16_t port;
    if (h->n && is_digits(item))
        return add_port(h, item, may_follow, f);
    int rc = split(item, &p, f);
    if (!rc)
        rc = take_port(item, p.port, standard_port, &port, f);
    *may_follow = !p.port.s;
    if (rc)
        return rc;
    char *host = malloc(p.host.n + 1);
    if (!host)
        return fault(f, RC_MEMORY, "no memory for the host list");
    memcpy(host, p.host.s, p.host.n);
    host[p.host.n] = '\0';
    h->list[h->n++] = (struct dsn_host){.host = host, .port = port};
    return RC_OK;
}

/* Fisher-Yates with a small generator (xorshift); for spreading load, not for secrets. */
static void shuffle(struct dsn_hosts *h, uint32_t seed)
{
    uint32_t x = seed ? seed : 1;
    for (size_t i = h->n; i > 1; i--) {
        for (int round = 0; round < 4; round++) { /* so that close seeds part */
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
        }
        size_t k = x % i;
        struct dsn_host swap = h->list[k];
        h->list[k] = h->list[i - 1];
        h->list[i - 1] = swap;
    }
}

int dsn_hosts(const struct dsn *d, uint32_t seed, struct dsn_hosts *h, struct fault *f)
{
    const char *s = d->server ? d->server : dsn_row(DSN_KEY_server)->preset;
    size_t n = strlen(s);
    size_t nitems = count((struct dsn_span){s, n}, ',') + 1;
    int rc = RC_OK;
    *h = (struct dsn_hosts){0};
    if (nitems > DSN_HOSTS_MAX)
        return fault(f, RC_CONFIG, "SERVER lists %zu hosts; %d are possible", nitems,
                     DSN_HOSTS_MAX);
    h->list = calloc(nitems, sizeof *h->list);
    if (!h->list)
        return fault(f, RC_MEMORY, "no memory for the host list");
    bool may_follow = false;
    for (size_t i = 0; i <= n && !rc;) {
        size_t len = strcspn(s + i, ",");
        rc = add_host(h, dsn_trim(s + i, len), d->port, &may_follow, f);
        i += len + 1;
    }
    if (rc)
        dsn_hosts_clear(h);
    else if (d->host_order == DSN_ORDER_RANDOM)
        shuffle(h, seed);
    return rc;
}

void dsn_hosts_clear(struct dsn_hosts *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < h->n; i++)
        free(h->list[i].host);
    free(h->list);
    *h = (struct dsn_hosts){0};
}

bool dsn_pairs_next(const char **s, struct dsn_pair *out)
{
    if (!*s || !**s)
        return false;
    size_t len = strcspn(*s, ",");
    size_t at = strcspn(*s, "=,"); /* dsn_put has made sure that it is '=' */
    struct dsn_span name = dsn_trim(*s, at);
    struct dsn_span value = dsn_trim(*s + at + (at < len), len - at - (at < len));
    *out = (struct dsn_pair){.name = name.s, .nname = name.n, .value = value.s, .nvalue = value.n};
    *s += len + ((*s)[len] == ',');
    return true;
}
