/* chain.c - one request along its redirects.
 *
 * A FE never takes a body: it redirects to its leader or to a BE, and the whole request goes there
 * again, login included.  So a redirect decides who gets data and password; the rules for following
 * one are here and nowhere else.  Source: Stream Load's redirects (307; proxies may say 301, 302,
 * 308). */
#include <string.h>

#include "bulk/load_parts.h"

const struct url *chain_last(const struct chain *c)
{
    return c->hops ? &c->hop[c->hops - 1] : NULL;
}

void chain_clear(struct chain *c)
{
    for (unsigned i = 0; i < c->hops; i++)
        url_clear(&c->hop[i]);
    c->hops = 0;
    http_call_clear(&c->call);
}

static bool is_redirect(unsigned status)
{
    return status == 307 || status == 308 || status == 301 || status == 302;
}

static int refuse(struct chain *c, struct fault *f)
{
    c->refused = true;
    return f ? f->rc : RC_DENIED;
}

static int check_hop(const struct loader *l, struct chain *c, const struct url *u, struct fault *f)
{
    const char *from = chain_last(c)->origin;
    if (c->was_tls && !u->tls && !l->o.allow_plain_redirect) {
        (void)fault(f, RC_TLS,
                    "Stream Load: %s redirects to %s, where data and password would travel without "
                    "encryption; refused. Map the host to https with STREAMLOADHOSTMAP, or allow "
                    "it in the DSN",
                    from, u->origin);
        return refuse(c, f);
    }
    if (l->o.redirect_hosts && !url_allowed(u, l->o.redirect_hosts)) {
        (void)fault(f, RC_DENIED,
                    "Stream Load: %s redirects to %s, a host that the DSN does not allow", from,
                    u->origin);
        return refuse(c, f);
    }
    return RC_OK;
}

static bool seen(const struct chain *c, const struct url *u)
{
    for (unsigned i = 0; i < c->hops; i++)
        if (strcmp(c->hop[i].origin, u->origin) == 0)
            return true;
    return false;
}

static int next_hop(const struct loader *l, struct chain *c, struct fault *f)
{
    const struct buf *where = &c->call.location;
    struct url u = {0};
    const struct url *from = chain_last(c);
    bool good = where->len && url_redirect(&u, from, (const char *)where->p, where->len);
    if (!good && (!buf_ok(&u.path) || !buf_ok(where)))
        return fault(f, RC_MEMORY, "out of memory for a URL");
    if (!good || !url_map(&u, l->o.host_map)) {
        url_clear(&u);
        (void)fault(f, RC_PROTOCOL,
                    "Stream Load: %s answered with a redirect (%u) to nowhere that we can follow",
                    from->origin, c->call.status);
        return refuse(c, f);
    }
    if (c->hops > LOAD_HOPS) {
        (void)fault(f, RC_PROTOCOL,
                    "Stream Load: more than %d redirects; the last one from %s to %s%s", LOAD_HOPS,
                    from->origin, u.origin, seen(c, &u) ? ", in a circle" : "");
        url_clear(&u);
        return refuse(c, f);
    }
    int rc = check_hop(l, c, &u, f);
    if (rc) {
        url_clear(&u);
        return rc;
    }
    c->was_tls = c->was_tls || u.tls;
    c->hop[c->hops++] = u;
    return RC_OK;
}

/* The body was read by somebody who then redirected (a proxy that asks for bodies itself). */
static int body_back(struct chain *c, const struct load_body *body, struct fault *f)
{
    if (!c->call.sent && !c->call.body_ended)
        return RC_OK;
    if (body && body->rewind)
        return body->rewind(body->ctx, f);
    c->refused = true;
    return fault(f, RC_UNSUPPORTED,
                 "Stream Load: %s took the data and then redirected; it cannot be sent again",
                 chain_last(c)->origin);
}

static int first_hop(const struct loader *l, struct chain *c, const struct url *to,
                     const char *path, struct fault *f)
{
    const struct url *base = to ? to : &l->endpoints[l->current];
    struct url *u = &c->hop[0];
    struct buf old = base->path;
    *u = *base;
    u->path = (struct buf){0};
    if (!to) /* an endpoint may have a prefix */
        buf_put(&u->path, old.p, old.len);
    buf_puts(&u->path, path);
    c->hops = 1;
    c->was_tls = u->tls;
    return buf_ok(&u->path) ? RC_OK : fault(f, RC_MEMORY, "out of memory for a URL");
}

static int one_hop(struct loader *l, struct chain *c, bool to_body, struct fault *f)
{
    c->call.url = chain_last(c);
    int rc = http_start(l->http, &c->call, f);
    return rc ? rc : http_wait(l->http, to_body, f);
}

int chain_run(struct loader *l, struct chain *c, const struct url *to, const char *path,
              bool to_body, const struct load_body *body, struct fault *f)
{
    for (unsigned i = 0; i < c->hops; i++)
        url_clear(&c->hop[i]);
    c->hops = 0;
    c->refused = false;
    int rc = first_hop(l, c, to, path, f);
    while (!rc) {
        rc = one_hop(l, c, to_body, f);
        if (rc || !is_redirect(c->call.status))
            return rc;
        rc = next_hop(l, c, f);
        if (!rc)
            rc = body_back(c, body, f);
    }
    return rc;
}

int chain_wait(struct loader *l, struct chain *c, struct fault *f)
{
    int rc = http_wait(l->http, false, f);
    if (rc || !is_redirect(c->call.status))
        return rc;
    return body_back(c, NULL, f)
               ? RC_UNSUPPORTED
               : fault(f, RC_PROTOCOL, "Stream Load: %s asked for the data and then redirected",
                       chain_last(c)->origin);
}
