/* loader.c - the life of a loader: its endpoints, its login, how long it waits. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "bulk/load_parts.h"

static int endpoint_parse(struct url *u, const char *s, struct fault *f)
{
    if (!url_parse(u, s, strlen(s))) {
        if (!buf_ok(&u->path))
            return fault(f, RC_MEMORY, "out of memory for a URL");
        const char *at = strrchr(s, '@'); /* what stands before may be a password */
        return fault(f, RC_CONFIG,
                     "STREAMLOADURL: \"%s%.200s\" is no URL of the form https://host:port",
                     at ? "..." : "", at ? at : s);
    }
    if (u->had_login)
        return fault(f, RC_CONFIG,
                     "STREAMLOADURL: %s is given with user and password; these belong into UID and "
                     "PWD",
                     u->origin);
    while (u->path.len && u->path.p[u->path.len - 1] == '/')
        u->path.len--;
    if (u->path.len && memchr(u->path.p, '?', u->path.len))
        return fault(f, RC_CONFIG, "STREAMLOADURL: %s is given with a query", u->origin);
    return RC_OK;
}

static int parse_endpoints(struct loader *l, struct fault *f)
{
    if (!l->o.nurls)
        return fault(f, RC_CONFIG,
                     "STREAMLOADURL is empty: it must name a FE, as in "
                     "https://fe.example.com:8030");
    l->endpoints = calloc(l->o.nurls, sizeof *l->endpoints);
    if (!l->endpoints)
        return fault(f, RC_MEMORY, "out of memory for Stream Load");
    int rc = RC_OK;
    for (size_t i = 0; i < l->o.nurls && !rc; i++)
        rc = endpoint_parse(&l->endpoints[i], l->o.urls[i], f);
    return rc;
}

static int check_map(const struct loader *l, struct fault *f)
{
    struct url u = {0};
    for (const char *const *m = l->o.host_map; m && m[0]; m += 2) {
        const char *pair[3] = {"probe", m[1], NULL};
        bool good = url_parse(&u, "http://probe:1", 14) && m[1] && url_map(&u, pair);
        bool has_memory = buf_ok(&u.path);
        url_clear(&u);
        if (!has_memory)
            return fault(f, RC_MEMORY, "out of memory for a URL");
        if (!good)
            return fault(f, RC_CONFIG,
                         "STREAMLOADHOSTMAP: \"%.100s\" leads to \"%.100s\", which is no host",
                         m[0], m[1] ? m[1] : "");
    }
    return RC_OK;
}

static void put_base64(struct buf *out, const unsigned char *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)p[i] << 16;
        v |= i + 1 < n ? (unsigned)p[i + 1] << 8 : 0;
        v |= i + 2 < n ? (unsigned)p[i + 2] : 0;
        buf_putc(out, (unsigned char)digit[v >> 18]);
        buf_putc(out, (unsigned char)digit[v >> 12 & 63]);
        buf_putc(out, i + 1 < n ? (unsigned char)digit[v >> 6 & 63] : '=');
        buf_putc(out, i + 2 < n ? (unsigned char)digit[v & 63] : '=');
    }
}

static int make_login(struct loader *l, struct fault *f)
{
    const char *user = l->o.user ? l->o.user : "", *password = l->o.password ? l->o.password : "";
    if (strchr(user, ':'))
        return fault(f, RC_CONFIG, "UID: HTTP cannot carry a user name with a colon (\"%.80s\")",
                     user);
    struct buf plain;
    buf_init(&plain, 0);
    size_t n = strlen(user) + strlen(password) + 1;
    if (buf_reserve(&plain, n) && buf_reserve(&l->login, n * 2 + 16)) { /* never to be moved */
        buf_printf(&plain, "%s:%s", user, password);
        buf_puts(&l->login, "Basic ");
        put_base64(&l->login, plain.p, plain.len);
        (void)buf_str(&l->login); /* terminated in place; read as a string from here on */
    }
    bool good = buf_ok(&plain) && buf_ok(&l->login);
    buf_wipe(&plain);
    return good ? RC_OK : fault(f, RC_MEMORY, "out of memory for the login");
}

int loader_new(const struct load_opts *o, struct loader **out, struct fault *f)
{
    struct loader *l = calloc(1, sizeof *l);
    if (!l)
        return fault(f, RC_MEMORY, "out of memory for Stream Load");
    l->o = *o;
    (void)pthread_mutex_init(&l->lock, NULL); /* cannot fail without attributes */
    atomic_init(&l->stop, false);
    if (l->o.connect_timeout_ms <= 0)
        l->o.connect_timeout_ms = 10000;
    if (l->o.begin_timeout_ms <= 0)
        l->o.begin_timeout_ms = LOAD_BEGIN_MS;
    if (!l->o.timeout_s)
        l->o.timeout_s = 600;
    int rc =
        l->o.timeout_s < 0 || l->o.timeout_s > 259200
            ? fault(f, RC_CONFIG, "Stream Load: the timeout is %lld; allowed are 1 to 259200 s",
                    (long long)l->o.timeout_s)
            : RC_OK;
    if (!rc)
        rc = parse_endpoints(l, f);
    if (!rc)
        rc = check_map(l, f);
    if (!rc)
        rc = make_login(l, f);
    if (rc) {
        loader_free(l);
        return rc;
    }
    *out = l;
    return RC_OK;
}

void loader_free(struct loader *l)
{
    if (!l)
        return;
    push_abort(l);
    load_ready(l);
    if (l->txn.open && load_rollback(l, NULL))
        log_line(l->o.log, LOG_INFO, "Stream Load: a transaction was left to the server's timeout");
    (void)pthread_mutex_lock(&l->lock); /* a plain mutex never held twice cannot fail */
    struct http *h = l->http;
    l->http = NULL;
    (void)pthread_mutex_unlock(&l->lock); /* as above */
    http_free(h);
    for (size_t i = 0; l->endpoints && i < l->o.nurls; i++)
        url_clear(&l->endpoints[i]);
    free(l->endpoints);
    url_clear(&l->txn.node);
    buf_wipe(&l->login);
    (void)pthread_mutex_destroy(&l->lock); /* not held */
    free(l);
}

int loader_ready(struct loader *l, struct fault *f)
{
    if (l->http)
        return RC_OK;
    struct http *h = NULL;
    int rc = http_new(&l->o.tls, l->o.allow_cleartext, l->o.log, &l->stop, &h, f);
    (void)pthread_mutex_lock(&l->lock); /* as above */
    l->http = h;
    (void)pthread_mutex_unlock(&l->lock); /* as above */
    return rc;
}

void load_ready(struct loader *l)
{
    atomic_store(&l->stop, false);
}

void load_abort(struct loader *l)
{
    atomic_store(&l->stop, true);
    (void)pthread_mutex_lock(&l->lock); /* as above */
    if (l->http)
        http_wake(l->http);
    (void)pthread_mutex_unlock(&l->lock); /* as above */
}

int64_t loader_timeout(const struct loader *l, const struct load_request *q)
{
    const char *own = request_header(q, "timeout");
    int64_t s = 0;
    bool good = own && num_get_i64(own, strlen(own), &s) == NUM_OK && s > 0;
    return good ? s : l->o.timeout_s;
}

int64_t loader_margin(int64_t timeout_ms)
{
    return timeout_ms < LOAD_MARGIN_MS ? timeout_ms : LOAD_MARGIN_MS;
}

int64_t loader_begin_until(const struct loader *l, int64_t deadline)
{
    int64_t soon = deadline_in(l->o.begin_timeout_ms);
    return soon < deadline ? soon : deadline;
}

int64_t loader_begin_share(const struct loader *l, int64_t deadline)
{
    int64_t soon = deadline_in(l->o.begin_timeout_ms / (int64_t)l->o.nurls);
    return soon < deadline ? soon : deadline;
}

void path_of_table(struct buf *out, const struct load_request *q, const char *last)
{
    buf_puts(out, "/api/");
    url_put_encoded(out, q->database);
    buf_puts(out, "/");
    url_put_encoded(out, q->table);
    buf_printf(out, "/%s", last);
}

bool rc_is_setup(int rc)
{
    return rc == RC_CONFIG || rc == RC_UNSUPPORTED;
}

int loader_busy(const struct loader *l, struct fault *f)
{
    if (l->push)
        return fault(f, RC_CONFIG, "Stream Load: another load of this connection is still open");
    if (l->txn.open)
        return fault(f, RC_CONFIG, "Stream Load: a transaction is open on this connection");
    return RC_OK;
}
