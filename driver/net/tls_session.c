/* tls_session.c - TLS sessions to resume, kept with the context they were made under, so that a
 * session is never taken up under other options, other trust or another client certificate; nor for
 * another host or port. Source: RFC 8446 2.2 and C.4, RFC 5077. */
#include <stdio.h>
#include <string.h>

#include "net/tls_parts.h"

static bool slot_is(const struct tls_session *e, const char *host, unsigned port)
{
    return e->session && e->port == port && strcmp(e->host, host) == 0;
}

static void slot_clear(struct tls_session *e)
{
    SSL_SESSION_free(e->session);
    e->session = NULL;
}

static bool slot_usable(const struct tls_session *e)
{
    int64_t now = (int64_t)time(NULL);
    int64_t until =
        (int64_t)SSL_SESSION_get_time(e->session) + (int64_t)SSL_SESSION_get_timeout(e->session);
    return SSL_SESSION_is_resumable(e->session) && now < until;
}

/* The youngest of the endpoint: its ticket lives longest. */
static struct tls_session *find(struct tls_sessions *s, const char *host, unsigned port)
{
    struct tls_session *best = NULL;
    for (size_t i = 0; i < TLS_SESSION_SLOTS; i++) {
        struct tls_session *e = &s->slot[i];
        if (!slot_is(e, host, port))
            continue;
        if (!slot_usable(e))
            slot_clear(e);
        else if (!best || e->age > best->age)
            best = e;
    }
    return best;
}

SSL_SESSION *tls_sessions_take(struct tls_sessions *s, const char *host, unsigned port, int *group)
{
    SSL_SESSION *out = NULL;
    *group = 0;
    (void)pthread_mutex_lock(&s->lock); /* a plain mutex never held twice cannot fail */
    struct tls_session *e = find(s, host, port);
    if (e) {
        out = e->session;
        *group = e->group;
        if (SSL_SESSION_get_protocol_version(out) == TLS1_3_VERSION)
            e->session = NULL;
        else if (!SSL_SESSION_up_ref(out))
            out = NULL;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return out;
}

/* A free slot, else the oldest.  A TLS 1.2 session replaces the one of its endpoint: one is enough
 * there. */
static struct tls_session *place(struct tls_sessions *s, const char *host, unsigned port,
                                 const SSL_SESSION *of)
{
    struct tls_session *best = &s->slot[0];
    bool one = SSL_SESSION_get_protocol_version(of) != TLS1_3_VERSION;
    for (size_t i = 0; i < TLS_SESSION_SLOTS; i++) {
        struct tls_session *e = &s->slot[i];
        if (one && slot_is(e, host, port))
            return e;
        if (best->session && (!e->session || e->age < best->age))
            best = e;
    }
    return best;
}

void tls_sessions_put(struct tls_sessions *s, const char *host, unsigned port, SSL_SESSION *take,
                      int group)
{
    (void)pthread_mutex_lock(&s->lock); /* as above */
    struct tls_session *e = place(s, host, port, take);
    slot_clear(e);
    e->session = take;
    e->group = group;
    e->port = port;
    e->age = ++s->clock;
    (void)snprintf(e->host, sizeof e->host, "%s", host); /* tls_wrap has refused longer ones */
    (void)pthread_mutex_unlock(&s->lock);
}

void tls_sessions_forget(struct tls_sessions *s, const char *host, unsigned port)
{
    (void)pthread_mutex_lock(&s->lock); /* as above */
    for (size_t i = 0; i < TLS_SESSION_SLOTS; i++)
        if (slot_is(&s->slot[i], host, port))
            slot_clear(&s->slot[i]);
    (void)pthread_mutex_unlock(&s->lock);
}

void tls_sessions_clear(struct tls_sessions *s)
{
    for (size_t i = 0; i < TLS_SESSION_SLOTS; i++)
        slot_clear(&s->slot[i]);
    (void)pthread_mutex_destroy(&s->lock);
}
