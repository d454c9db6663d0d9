/* load.c - the life of a loader, and one load from its label to its outcome.
 *
 * A load is a loop over verdicts: send; where the answer is no answer, ask for the label; where
 * nothing was loaded and the cause may pass, wait and send the same again under the same label.  A
 * resend is always safe while the label is remembered, because the server takes a label once; what
 * is never done is to report success or failure that nobody has said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "bulk/load_parts.h"
#include "net/digest.h"

/* ---- labels ---- */

static bool label_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '-';
}

static bool label_good(const char *s)
{
    size_t n = 0;
    while (n <= 128 && label_char(s[n]))
        n++;
    return n >= 1 && n <= 128 && !s[n];
}

int load_make_label(const char *prefix, char *out, struct fault *f)
{
    unsigned char random[16];
    const char *head = prefix && *prefix ? prefix : "mywire";
    size_t n = strlen(head);
    if (!label_good(head) || n > 128 - 33)
        return fault(f, RC_CONFIG,
                     "\"%.100s\" cannot begin a label: use up to 95 letters, digits, - and _",
                     head);
    int rc = digest_random(random, sizeof random, f);
    if (rc)
        return rc;
    memcpy(out, head, n);
    out[n++] = '_';
    for (size_t i = 0; i < sizeof random; i++, n += 2)
        (void)snprintf(out + n, 3, "%02x", random[i]); /* always two */
    return RC_OK;
}

/* ---- the loader ---- */

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
    load_push_abort(l);
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

/* ---- one load ---- */

int request_check(const struct load_request *q, struct fault *f)
{
    if (!label_good(q->label))
        return fault(f, RC_CONFIG,
                     "\"%.140s\" is no label: 1 to 128 letters, digits, - and _ are allowed",
                     q->label);
    if (!q->database || !*q->database)
        return fault(f, RC_CONFIG,
                     "Stream Load: no database is chosen; name it with the table, or "
                     "give DATABASE");
    if (!q->table || !*q->table)
        return fault(f, RC_CONFIG, "Stream Load: no table is named");
    int rc = lines_check_name("database", q->database, f);
    if (!rc)
        rc = lines_check_name("table", q->table, f);
    return rc ? rc : lines_check(q, f);
}

static int job_init(struct job *j, struct loader *l, const struct load_request *q,
                    const struct load_body *body, struct load_result *r, struct fault *f)
{
    int64_t now = clock_ms(), ms = loader_timeout(l, q) * 1000;
    *j = (struct job){.l = l,
                      .q = q,
                      .body = body,
                      .r = r,
                      .start = now,
                      .until = now + ms,
                      .begin_until = loader_begin_until(l, now + ms),
                      .deadline = now + ms + loader_margin(ms)};
    buf_init(&j->path, 0);
    path_of_table(&j->path, q, "_stream_load");
    (void)buf_str(&j->path);
    return buf_ok(&j->path) ? RC_OK : fault(f, RC_MEMORY, "out of memory for Stream Load");
}

static void job_clear(struct job *j)
{
    if (j->l && j->l->http)
        http_stop(j->l->http);
    chain_clear(&j->chain);
    lines_clear(&j->lines);
    buf_clear(&j->path);
}

static enum verdict job_stop(struct job *j, int rc)
{
    j->rc = rc;
    return V_STOP;
}

/* What earlier answers said is not about this outcome. */
static void note_state(struct job *j, enum load_state s)
{
    struct load_result *r = j->r;
    unsigned attempts = r->attempts;
    load_result_clear(r);
    result_init(r, j->q->label);
    r->attempts = attempts;
    (void)snprintf(r->status, sizeof r->status, "%s", state_name(s)); /* short */
}

static enum verdict settled_in(struct job *j, enum load_state s)
{
    enum verdict v = verdict_in(j);
    if (v == V_DONE)
        note_state(j, s);
    return v;
}

/* Nothing is loaded under the label now. */
static enum verdict settled_out(struct job *j, enum load_state s)
{
    if (s == STATE_ABORTED)
        j->maybe = false;
    else if (clock_ms() - j->start > LOAD_FRESH_MS)
        return j->maybe ? V_UNKNOWN : V_FAILED; /* forgotten, perhaps */
    if (j->touched && (!j->body || !j->body->rewind))
        return j->maybe ? V_UNKNOWN : V_FAILED;
    return V_AGAIN;
}

static bool may_send_again(const struct job *j)
{
    int64_t now = clock_ms();
    return j->body && j->body->rewind && now < j->until && now - j->start < LOAD_FRESH_MS;
}

/* Nobody tells the label's state (it is not known, or it does not end).  Sending the same again
 * under the same label asks as well: either it is in use, or the load happens now. */
static enum verdict cannot_ask(struct job *j, int rc, enum load_state last, const struct fault *f)
{
    if (rc == RC_CANCELLED || rc == RC_MEMORY) {
        j->f = *f;
        return job_stop(j, rc);
    }
    if (last == STATE_UNREADABLE && may_send_again(j))
        return V_AGAIN;
    struct fault first = j->f;
    if (first.rc)
        (void)fault(&j->f, first.rc, "%.500s; and %.400s", first.text, f->text);
    else
        j->f = *f;
    return j->maybe ? V_UNKNOWN : V_FAILED;
}

static enum verdict job_settle(struct job *j)
{
    struct buf reason;
    struct fault f;
    enum load_state s = STATE_UNREADABLE;
    const unsigned wanted = STATE_BIT(STATE_VISIBLE) | STATE_BIT(STATE_COMMITTED) |
                            STATE_BIT(STATE_ABORTED) | STATE_BIT(STATE_UNKNOWN) |
                            (j->l->txn.open ? STATE_BIT(STATE_PREPARED) : 0);
    http_stop(j->l->http);
    buf_init_text(&reason, 4096);
    int rc = state_settle(j->l, j->q->database, j->q->label, wanted, j->deadline,
                          may_send_again(j) ? LOAD_MUTE_MS : INT64_MAX, &s, &reason, &f);
    if (!rc && s == STATE_ABORTED && reason.len)
        (void)fault(&j->f, RC_SERVER, "the server gave it up: %.600s", buf_str(&reason));
    buf_clear(&reason);
    if (rc)
        return cannot_ask(j, rc, s, &f);
    if (s == STATE_ABORTED || s == STATE_UNKNOWN)
        return settled_out(j, s);
    return settled_in(j, s);
}

/* A caller's own label: what it stood for before the first byte decides what it may stand for
 * later. */
static enum verdict job_look(struct job *j)
{
    struct buf reason;
    enum load_state s = STATE_UNREADABLE;
    const unsigned any = ~STATE_BIT(STATE_UNREADABLE);
    int64_t soon = deadline_in(LOAD_LOOK_MS);
    if (j->q->label_is_ours)
        return V_AGAIN;
    buf_init_text(&reason, 4096);
    int rc = state_settle(j->l, j->q->database, j->q->label, any, j->until < soon ? j->until : soon,
                          LOAD_LOOK_MS / 5, &s, &reason, &j->f);
    buf_clear(&reason);
    if (rc == RC_CANCELLED || rc == RC_MEMORY)
        return job_stop(j, rc);
    j->was_free = !rc && (s == STATE_UNKNOWN || s == STATE_ABORTED);
    if (rc || j->was_free)
        return V_AGAIN; /* free, or the server will tell when it gets the load */
    if (s == STATE_VISIBLE || s == STATE_COMMITTED)
        return V_USED;
    (void)fault(&j->f, RC_SERVER, "another load is at work under the label (%s)", state_name(s));
    return V_SETTLE;
}

static enum verdict job_pause(struct job *j)
{
    struct fault f;
    bool once_more = !j->touched || (j->body && j->body->rewind);
    if (!once_more)
        return j->maybe ? V_UNKNOWN : V_FAILED;
    bool is_new = !j->touched && !j->maybe;
    int64_t until = is_new ? j->begin_until : j->until;
    int rc = pause_wait(j->l, &j->pause, 10000, until, &f);
    if (rc && rc != RC_TIMEOUT) {
        j->f = f;
        return job_stop(j, rc);
    }
    if (!rc && clock_ms() < until)
        return V_AGAIN;
    j->untaken = is_new;
    return j->maybe ? V_UNKNOWN : V_FAILED;
}

/* Before "nothing was loaded" is said of a load that an earlier attempt may have brought in. */
static enum verdict job_last_word(struct job *j, enum verdict v)
{
    if (v != V_FAILED || !j->maybe)
        return v;
    v = job_settle(j);
    if (v != V_AGAIN && v != V_FAILED)
        return v;
    return j->maybe ? V_UNKNOWN : V_FAILED;
}

/* Up to a verdict that ends the load, or to a node that takes pushed bytes. */
static enum verdict job_run(struct job *j, enum verdict v)
{
    for (bool first = j->r->attempts == 0;;) {
        if (v == V_SETTLE)
            v = job_settle(j);
        if (v == V_AGAIN && !first)
            v = job_pause(j);
        if (v != V_AGAIN)
            return job_last_word(j, v);
        first = false;
        v = attempt_run(j);
    }
}

/* ---- outcomes ---- */

static void words_failed(const struct job *j, struct fault *f)
{
    const struct load_request *q = j->q;
    *f = j->f;
    if (!f->rc)
        (void)fault(f, RC_SERVER, "no reason is known");
    (void)fault_prefix(f, "nothing was loaded into %.64s.%.64s (label %.128s): ", q->database,
                       q->table, q->label);
}

static void words_used(const struct job *j, struct fault *f)
{
    (void)fault(f, RC_TAKEN,
                "the label %.128s was used before in the database %.64s: its earlier load counts, "
                "and nothing was loaded now",
                j->q->label, j->q->database);
}

static void words_unknown(const struct job *j, struct fault *f)
{
    const struct load_request *q = j->q;
    int rc = j->f.rc ? j->f.rc : RC_LOST;
    (void)fault(f, rc,
                "it is not known whether the load with the label %.128s into %.64s.%.64s happened. "
                "Ask for the label (get_load_state, information_schema.loads) before loading the "
                "same again, or load it again under this label. What happened: %.400s",
                q->label, q->database, q->table, j->f.text);
}

/* The outcome, in words too. */
static int job_end(const struct job *j, enum verdict v, struct fault *f)
{
    struct load_result *r = j->r;
    struct fault words = {0}; /* f may be j's own */
    switch (v) {
    case V_DONE:
        r->outcome = LOAD_DONE;
        break;
    case V_USED:
        r->outcome = LOAD_LABEL_USED;
        words_used(j, &words);
        break;
    case V_UNKNOWN:
        r->outcome = LOAD_UNKNOWN;
        words_unknown(j, &words);
        break;
    case V_STOP:
        r->outcome = j->maybe ? LOAD_UNKNOWN : LOAD_FAILED;
        words = j->f;
        break;
    default:
        r->outcome = LOAD_FAILED;
        r->untaken = j->untaken;
        words_failed(j, &words);
        break;
    }
    if (f)
        *f = words;
    return v == V_STOP ? j->rc : RC_OK;
}

int loader_busy(const struct loader *l, struct fault *f)
{
    if (l->push)
        return fault(f, RC_CONFIG, "Stream Load: another load of this connection is still open");
    if (l->txn.open)
        return fault(f, RC_CONFIG, "Stream Load: a transaction is open on this connection");
    return RC_OK;
}

int load_run(struct loader *l, const struct load_request *q, const struct load_body *body,
             struct load_result *r, struct fault *f)
{
    struct job j;
    result_init(r, label_good(q->label) ? q->label : "");
    int rc = loader_busy(l, f);
    if (!rc)
        rc = request_check(q, f);
    if (!rc)
        rc = loader_ready(l, f);
    if (rc)
        return rc;
    rc = job_init(&j, l, q, body, r, f);
    if (!rc)
        rc = job_end(&j, job_run(&j, job_look(&j)), f);
    job_clear(&j);
    return rc;
}

/* ---- pushed loads ---- */

/* A pushed load lives between calls; its result is kept here until the end. */
struct pushed {
    struct job job;
    struct load_result r;
    struct load_request *q; /* owned */
    bool over;              /* the outcome is known already: */
    enum verdict verdict;
};

static void pushed_free(struct loader *l)
{
    struct pushed *p = (struct pushed *)l->push;
    l->push = NULL;
    if (!p)
        return;
    job_clear(&p->job);
    load_result_clear(&p->r);
    free(p->q);
    free(p);
}

/* A transaction that has no load to push into: the reason is told at once. */
static int push_refused(const struct pushed *p, struct fault *f)
{
    struct fault why;
    int rc = job_end(&p->job, p->verdict, &why);
    if (f)
        *f = why;
    return rc ? rc : why.rc ? why.rc : RC_SERVER;
}

int push_open(struct loader *l, const struct load_request *q, struct fault *f)
{
    struct pushed *p = calloc(1, sizeof *p);
    if (!p)
        return fault(f, RC_MEMORY, "out of memory for Stream Load");
    result_init(&p->r, q->label);
    p->q = request_dup(q);
    int rc = p->q ? job_init(&p->job, l, p->q, NULL, &p->r, f)
                  : fault(f, RC_MEMORY, "out of memory for Stream Load");
    l->push = &p->job;
    if (!rc) {
        p->verdict = job_run(&p->job, job_look(&p->job));
        p->over = p->verdict != V_STOP || p->job.rc;
        rc = p->verdict == V_STOP ? p->job.rc : RC_OK;
        if (rc && f)
            *f = p->job.f;
        if (p->over && !rc && l->txn.open)
            rc = push_refused(p, f);
    }
    if (rc)
        pushed_free(l);
    return rc;
}

int load_push_begin(struct loader *l, const struct load_request *q, struct fault *f)
{
    int rc = loader_busy(l, f);
    if (!rc)
        rc = request_check(q, f);
    if (!rc)
        rc = loader_ready(l, f);
    return rc ? rc : push_open(l, q, f);
}

static int push_none(struct fault *f)
{
    return fault(f, RC_CONFIG, "Stream Load: no load is open that could take bytes");
}

int load_push(struct loader *l, const void *data, size_t n, struct fault *f)
{
    struct pushed *p = (struct pushed *)l->push;
    if (!p)
        return push_none(f);
    if (p->over || !n)
        return RC_OK;
    p->job.touched = true;
    int rc = http_push(l->http, data, n, &p->job.f);
    if (!rc)
        return RC_OK;
    p->over = true;
    p->job.rc = rc;
    p->verdict = V_FAILED; /* without its end the server rolls the load back */
    if (rc == RC_CANCELLED || rc == RC_MEMORY) {
        p->verdict = V_STOP;
        if (f)
            *f = p->job.f;
        return rc;
    }
    return RC_OK;
}

int load_push_end(struct loader *l, struct load_result *r, struct fault *f)
{
    struct pushed *p = (struct pushed *)l->push;
    if (!p) {
        result_init(r, "");
        return push_none(f);
    }
    if (!p->over) {
        http_end_body(l->http);
        p->verdict = attempt_finish(&p->job);
        if (p->verdict == V_SETTLE || p->verdict == V_AGAIN)
            p->verdict = job_run(&p->job, p->verdict);
    }
    int rc = job_end(&p->job, p->verdict, f);
    *r = p->r;
    p->r = (struct load_result){0};
    pushed_free(l);
    return rc;
}

void load_push_abort(struct loader *l)
{
    pushed_free(l);
}
