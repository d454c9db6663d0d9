/* open.c - which server to talk to: every address of every host, one after the other, until one
 * lets us in. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/digest.h"
#include "wire/session_parts.h"

#define SLICE_MIN_MS  1000
#define WORDS_MAX     600   /* of a message that several servers share, before "and 7 more" */
#define SLICE_FREE_MS 10000 /* without a login timeout: for each address but the last */
#define HOST_DEFAULT  "localhost"
#define PORT_DEFAULT  3306u

/* One walk over all hosts. */
struct walk {
    const struct session_opts *o;
    int64_t deadline;
    struct tls_context *tls; /* of o->tls; NULL: no TLS */
    struct session *s;       /* when one let us in */
    size_t nfailed, nunsaid; /* attempts that did not; of them those that words had no room for */
    struct buf words;        /* of those before the last, "; " between, advice left to the last */
    struct fault last;
};

/* ---- one server ---- */

static void set_label(struct session *s, const char *host, unsigned port, const char *peer,
                      bool is_unix)
{
    (void)snprintf(s->info.host, sizeof s->info.host, "%s", host);
    (void)snprintf(s->info.peer, sizeof s->info.peer, "%s", peer);
    s->info.port = port;
    s->info.is_unix = is_unix;
    if (is_unix) {
        (void)snprintf(s->label, sizeof s->label, "%s", peer);
    } else {
        (void)snprintf(s->label, sizeof s->label, "%s (%s)", host, peer);
    }
    s->k.peer = s->label;
}

static void log_login(const struct session *s)
{
    const struct session_info *i = &s->info;
    log_line(s->log, LOG_INFO,
             "connected to %s: server %s, connection %llu, login method %s, %s %s%s%s", s->label,
             i->server_version, (unsigned long long)i->connection_id, i->auth_plugin,
             i->is_tls    ? i->tls.version
             : i->is_unix ? "unix socket"
                          : "not encrypted",
             i->is_tls ? i->tls.cipher : "",
             i->is_tls && !i->tls.verified ? ", nothing proved whose certificate it is" : "",
             s->k.compressed ? ", compressed" : "");
}

/* Log in over a session whose label is set; frees it on failure.  *retry: a new connection may do
 * better. */
static int enter(struct session *s, const struct session_opts *o, int64_t deadline,
                 struct session **out, bool *retry, struct fault *f)
{
    s->k.deadline = deadline;
    int64_t begun = clock_ms();
    int rc = login_run(s, o, f);
    s->login_ms = clock_ms() - begun;
    *retry = rc != RC_OK && s->info.tls.retry;
    rc = rc ? rc : login_keep(&s->login, o, s->info.host, s->info.port, f);
    s->k.deadline = DEADLINE_NEVER;
    const char *database = o->database ? o->database : "";
    struct rd_range name = {(const unsigned char *)database, strlen(database)};
    if (rc == RC_OK && name.n && !session_can(s, CAP_CONNECT_WITH_DB)) {
        rc = session_use(s, database, f);
    } else if (rc == RC_OK && s->database.len == 0) {
        session_set_database(s, name);
    }
    if (rc != RC_OK) {
        session_free(s);
        return rc;
    }
    log_login(s);
    *out = s;
    return RC_OK;
}

int session_open_over(const struct session_opts *o, struct stream *io, const char *peer,
                      struct session **out, struct fault *f)
{
    struct session *s;
    bool retry;
    int rc = session_new(o, io, &s, f);
    *out = NULL;
    if (rc != RC_OK) {
        return rc;
    }
    const char *host = o->nhosts ? o->hosts[0].name : HOST_DEFAULT;
    bool is_unix = o->socket && *o->socket;
    set_label(s, host, o->nhosts ? o->hosts[0].port : PORT_DEFAULT, is_unix ? o->socket : peer,
              is_unix);
    return enter(s, o, deadline_in(o->login_timeout_ms), out, &retry, f);
}

int session_open_stream(const struct session_opts *o, struct stream *io, struct session **out,
                        struct fault *f)
{
    return session_open_over(o, io, "stream", out, f);
}

/* ---- many servers ---- */

/* May the next address do better?  A refusal, a wrong certificate or a foreign protocol will be the
 * same there. */
static bool passes_on(int rc)
{
    return rc == RC_CONNECT || rc == RC_TIMEOUT || rc == RC_LOST;
}

/* The advice that both texts end with (". Check ..."), in a; "" if none. */
static const char *shared_advice(const char *a, const char *b)
{
    const char *end = a + strlen(a), *p = end, *q = b + strlen(b);
    while (p > a && q > b && p[-1] == q[-1]) {
        p--;
        q--;
    }
    const char *advice = strstr(p, ". ");
    return advice ? advice : end;
}

/* The last failure goes into words, without the advice that the one after it repeats. */
static void say_last(struct walk *w, const char *next)
{
    const char *text = w->last.text;
    if (w->nunsaid || w->words.len > WORDS_MAX) {
        w->nunsaid++;
        return;
    }
    buf_printf(&w->words, "%s%.*s", w->words.len ? "; " : "",
               (int)(shared_advice(text, next) - text), text);
}

static void note(struct walk *w, const struct fault *f)
{
    if (w->nfailed++) {
        say_last(w, f->text);
    }
    w->last = *f;
}

/* All that failed, in one fault with the number of the last. */
static int none_let_us_in(struct walk *w, struct fault *f)
{
    const struct fault *last = &w->last;
    const char *advice = strstr(last->text, ". ");
    int rc = RC_OK;
    if (w->nunsaid) {
        rc = fault(f, last->rc, "none of the servers let us in: %s; and %zu more%s",
                   buf_str(&w->words), w->nunsaid + 1, advice ? advice : "");
    } else {
        rc = fault(f, last->rc, "none of the servers let us in: %s; %s", buf_str(&w->words),
                   last->text);
    }
    f->number = last->number;
    memcpy(f->state, last->state, sizeof f->state);
    return rc;
}

/* A silent server may not eat the time of those after it: nleft attempts share what is left. */
static int64_t slice(const struct walk *w, size_t nleft)
{
    if (nleft <= 1) {
        return w->deadline;
    }
    if (w->deadline == DEADLINE_NEVER) {
        return deadline_in(SLICE_FREE_MS);
    }
    int64_t part = deadline_left(w->deadline) / (int64_t)nleft;
    int64_t end = clock_ms() + (part > SLICE_MIN_MS ? part : SLICE_MIN_MS);
    return end < w->deadline ? end : w->deadline;
}

/* Connect to an address from *at on, and log in; *at becomes the one that was taken. */
static int try_address(struct walk *w, const struct session_host *h, const struct sock_addrs *a,
                       size_t *at, size_t nleft, bool *retry, struct fault *f)
{
    struct stream *io = NULL;
    char peer[SOCK_PEER_CHARS] = "";
    size_t used = *at;
    int64_t deadline = slice(w, nleft);
    *retry = false;
    int rc = sock_connect(a, *at, deadline, &io, &used, peer, f);
    if (rc != RC_OK) {
        *at = sock_addrs_count(a); /* it has tried all of them */
        return rc;
    }
    *at = used;
    struct session *s;
    rc = session_new(w->o, io, &s, f);
    if (rc != RC_OK) {
        return rc;
    }
    s->tls = w->tls;
    set_label(s, h->name, h->port, peer, false);
    return enter(s, w->o, deadline, &w->s, retry, f);
}

/* All addresses of one host.  nleft: hosts from this one on. */
static int try_host(struct walk *w, const struct session_host *h, size_t nleft, struct fault *f)
{
    struct sock_addrs *a = NULL;
    int rc = sock_resolve(h->name, h->port, &a, f);
    if (rc != RC_OK) {
        note(w, f);
        return rc;
    }
    bool is_second = false;
    size_t n = sock_addrs_count(a);
    for (size_t at = 0; at < n;) {
        bool retry;
        rc = try_address(w, h, a, &at, nleft - 1 + (n - at), &retry, f);
        if (rc == RC_OK || (!passes_on(rc) && !retry)) {
            break;
        }
        bool again =
            retry && !is_second; /* once, at the same address, without the earlier TLS session */
        is_second = again;
        at += !again;
        if (!again) {
            note(w, f);
        }
        if (!again && !passes_on(rc)) {
            break;
        }
    }
    sock_addrs_free(a);
    return rc;
}

static int shuffle(size_t *order, size_t n, struct fault *f)
{
    for (size_t i = n; i > 1; i--) {
        uint64_t r;
        int rc = digest_random(&r, sizeof r, f);
        if (rc != RC_OK) {
            return rc;
        }
        size_t j = (size_t)(r % i), keep = order[i - 1];
        order[i - 1] = order[j];
        order[j] = keep;
    }
    return RC_OK;
}

static int try_hosts(struct walk *w, struct fault *f)
{
    size_t n = w->o->nhosts;
    size_t *order = n ? malloc(n * sizeof *order) : NULL;
    if (!order) {
        return n ? fault(f, RC_MEMORY, "no memory for a list of hosts")
                 : fault(f, RC_CONFIG, "no host to connect to: set SERVER");
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
    }
    int rc = w->o->random_order ? shuffle(order, n, f) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = try_host(w, &w->o->hosts[order[i]], n - i, f);
        if (rc == RC_OK) {
            break;
        }
        rc = passes_on(rc) && i + 1 < n ? RC_OK : rc;
    }
    free(order);
    return rc != RC_OK && passes_on(rc) && w->nfailed > 1 && f ? none_let_us_in(w, f) : rc;
}

static int open_unix(struct walk *w, struct fault *f)
{
    struct stream *io = NULL;
    struct session *s;
    char peer[SOCK_PEER_CHARS] = "";
    bool retry = false;
    int rc = sock_connect_unix(w->o->socket, w->deadline, &io, peer, f);
    rc = rc ? rc : session_new(w->o, io, &s, f);
    if (rc != RC_OK) {
        return rc;
    }
    s->tls = w->tls;
    set_label(s, HOST_DEFAULT, w->o->nhosts ? w->o->hosts[0].port : PORT_DEFAULT, peer, true);
    return enter(s, w->o, w->deadline, &w->s, &retry, f);
}

/* What is wrong with the TLS files is told before anything is connected. */
static int check_tls(struct walk *w, struct fault *f)
{
    return w->o->tls.mode == TLS_DISABLED ? RC_OK : tls_context_get(&w->o->tls, &w->tls, f);
}

int session_open(const struct session_opts *o, struct session **out, struct fault *f)
{
    struct fault own = {.rc = RC_OK};
    struct walk w = {.o = o, .deadline = deadline_in(o->login_timeout_ms)};
    buf_init_text(&w.words, 4096);
    f = f ? f : &own;
    *out = NULL;
    int rc = check_tls(&w, f);
    if (rc == RC_OK) {
        rc = o->socket && *o->socket ? open_unix(&w, f) : try_hosts(&w, f);
    }
    buf_clear(&w.words);
    tls_context_put(w.tls);
    if (w.s) {
        w.s->tls = NULL;
    }
    if (rc == RC_OK) {
        fault_clear(f); /* what those before had to say */
    }
    *out = w.s;
    return rc;
}
