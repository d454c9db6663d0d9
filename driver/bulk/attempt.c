/* attempt.c - one sending of a body, and what its answer means for the load.
 *
 * The rule behind every verdict: before the first byte of the body nothing can have been loaded, so
 * the same may be sent again; after it only a definite word of the server counts, and anything else
 * is settled by asking for the label.  "Fail" is definite (the server rolled back), but for "status
 * unknown".  Source: Stream Load's status values; labels of failed loads are free again. */
#include <string.h>

#include "base/text.h"
#include "bulk/load_parts.h"

#define ODD_MOST 6 /* answers 500 that are taken for a passing trouble */

/* ---- results ---- */

void result_init(struct load_result *r, const char *label)
{
    *r = (struct load_result){.outcome = LOAD_FAILED,
                              .txn_id = -1,
                              .rows_total = LOAD_ROWS_UNKNOWN,
                              .rows_loaded = LOAD_ROWS_UNKNOWN,
                              .rows_filtered = LOAD_ROWS_UNKNOWN,
                              .rows_unselected = LOAD_ROWS_UNKNOWN,
                              .bytes = -1,
                              .milliseconds = -1,
                              .sent = -1};
    buf_init_text(&r->message, 65536);
    buf_init(&r->error_url, 4096);
    buf_init(&r->rejected, LOAD_REJECTED);
    size_t n = strlen(label);
    memcpy(r->label, label, n < sizeof r->label ? n : 0); /* checked before: it fits */
}

void load_result_clear(struct load_result *r)
{
    if (!r)
        return;
    buf_clear(&r->message);
    buf_clear(&r->error_url);
    buf_clear(&r->rejected);
}

static void take_words(struct buf *to, const struct buf *from)
{
    buf_reset(to);
    buf_put(to, from->p, from->len);
}

void load_result_take(struct load_result *r, const struct reply *a)
{
    memcpy(r->status, a->status, sizeof r->status);
    r->txn_id = a->txn_id;
    r->rows_total = a->rows_total;
    r->rows_loaded = a->rows_loaded;
    r->rows_filtered = a->rows_filtered;
    r->rows_unselected = a->rows_unselected;
    r->bytes = a->bytes;
    r->milliseconds = a->milliseconds;
    take_words(&r->message, &a->message);
    take_words(&r->error_url, &a->error_url);
}

/* Whoever writes the error URL chooses where our login and a request go.  So it must be the path of
 * error logs, on a server that has the login anyway: a node of this load, an endpoint, or what the
 * DSN names as host of redirects.  mapped: by STREAMLOADHOSTMAP. */
static bool log_trusted(const struct loader *l, const struct url *u, const struct chain *c,
                        bool mapped)
{
    static const char path[] = "/api/_load_error_log?";
    const size_t n = sizeof path - 1;
    bool known = l->o.redirect_hosts ? url_allowed(u, l->o.redirect_hosts) : mapped;
    for (unsigned i = 0; i < c->hops; i++)
        known = known || url_same_server(u, &c->hop[i]);
    for (size_t i = 0; i < l->o.nurls; i++)
        known = known || url_same_server(u, &l->endpoints[i]);
    bool is_log = u->path.len > n && memcmp(u->path.p, path, n) == 0;
    return known && is_log && (u->tls || !c->was_tls || l->o.allow_plain_redirect);
}

static int fetch(struct loader *l, const struct url *u, struct buf *out)
{
    struct fault ignored;
    struct lines lines;
    lines_init(&lines);
    lines_add(&lines, "Authorization", (const char *)l->login.p);
    struct http_call call = {.method = "GET",
                             .url = u,
                             .headers = lines.p,
                             .connect_timeout_ms = LOAD_ASK_MS / 2,
                             .deadline = deadline_in(LOAD_ASK_MS),
                             .max_answer = LOAD_REJECTED,
                             .may_cut = true};
    int rc = lines_seal(&lines, &ignored);
    if (!rc)
        rc = http_start(l->http, &call, &ignored);
    if (!rc)
        rc = http_wait(l->http, false, &ignored);
    if (!rc && call.status == 200)
        take_words(out, &call.answer);
    http_stop(l->http);
    http_call_clear(&call);
    lines_clear(&lines);
    return rc;
}

void result_rejected(struct loader *l, struct load_result *r, const struct chain *c)
{
    struct url u = {0};
    const char *s = (const char *)r->error_url.p;
    if (!r->error_url.len || !url_parse(&u, s, r->error_url.len))
        return;
    struct url plain = u; /* only read while u lives */
    bool good = url_map(&u, l->o.host_map);
    bool mapped = strcmp(plain.origin, u.origin) != 0;
    if (good && log_trusted(l, &u, c, mapped))
        /* what it fails with is no matter: the load is over, and this only explains */
        (void)fetch(l, &u, &r->rejected);
    for (size_t i = 0; i < r->rejected.len;) {
        size_t k = text_step((const char *)r->rejected.p + i, r->rejected.len - i);
        if (!k || !r->rejected.p[i])
            r->rejected.p[i] = '?';
        i += k ? k : 1;
    }
    url_clear(&u);
}

/* ---- verdicts ---- */

static enum verdict stop(struct job *j, int rc)
{
    j->rc = rc;
    return V_STOP;
}

/* Bytes went out and nobody said what became of them. */
static enum verdict unsure(struct job *j)
{
    const struct http_call *c = &j->chain.call;
    if (!c->sent && !c->body_ended) /* another endpoint may know better */
        j->l->current = (j->l->current + 1) % j->l->o.nurls;
    j->touched = j->touched || c->sent || c->body_ended;
    j->maybe = j->maybe || c->body_ended;
    return c->sent || c->body_ended ? V_SETTLE : V_AGAIN;
}

static const char *where(const struct job *j)
{
    const struct url *u = chain_last(&j->chain);
    return u ? u->origin : "the server";
}

/* Endpoints are tried in turn; a long silence everywhere ends the load. */
static enum verdict unreached(struct job *j)
{
    struct loader *l = j->l;
    l->current = (l->current + 1) % l->o.nurls;
    int64_t now = clock_ms();
    if (!j->unreached)
        j->unreached = now;
    if (j->chain.hops > 1)
        (void)fault_prefix(&j->f,
                           "%s redirects to a node that cannot be reached from here (see "
                           "STREAMLOADHOSTMAP): ",
                           j->chain.hop[0].origin);
    return now - j->unreached < LOAD_REACH_MS ? V_AGAIN : V_FAILED;
}

/* Waiting will not make HTTP of it; but another endpoint may be right. */
static enum verdict foreign(struct job *j)
{
    struct loader *l = j->l;
    l->current = (l->current + 1) % l->o.nurls;
    if (++j->foreign < l->o.nurls)
        return V_AGAIN;
    j->untaken = true;
    return V_FAILED;
}

/* The call gave no answer: j->f has the words. */
static enum verdict no_answer(struct job *j, int rc)
{
    const struct http_call *c = &j->chain.call;
    bool began = c->sent || c->body_ended;
    j->touched = j->touched || began;
    bool no_memory = rc == RC_MEMORY && !c->body_ended; /* else it may be enough to ask */
    if (c->body_rc || rc == RC_CANCELLED || no_memory) {
        j->maybe = j->maybe || (!c->body_rc && c->body_ended);
        return stop(j, rc);
    }
    if (rc_is_setup(rc) && !began && !j->maybe)
        return stop(j, rc);
    if (j->chain.refused || (rc == RC_TLS && !began))
        return V_FAILED;
    if (rc == RC_CONNECT && !began)
        return unreached(j);
    if (c->is_foreign && !began && !j->touched && !j->maybe)
        return foreign(j);
    j->unreached = 0;
    return unsure(j);
}

static enum verdict denied(struct job *j)
{
    (void)fault(&j->f, RC_DENIED,
                "Stream Load: %s refuses the user or password, or the user lacks INSERT on the "
                "table (HTTP %u)",
                where(j), j->chain.call.status);
    return V_FAILED;
}

static enum verdict http_trouble(struct job *j)
{
    const struct http_call *c = &j->chain.call;
    struct reply a;
    reply_parse(&a, c->answer.p, c->answer.len);
    (void)fault(&j->f, RC_SERVER, "Stream Load: %s answered HTTP %u%s%.400s", where(j), c->status,
                a.message.len ? ": " : "", buf_str(&a.message));
    bool spoken = a.kind == REPLY_FAIL;
    reply_clear(&a);
    if (spoken && ++j->odd >= ODD_MOST && !c->sent && !c->body_ended)
        return V_FAILED;
    return unsure(j);
}

static enum verdict no_interface(struct job *j)
{
    (void)fault(&j->f, RC_UNSUPPORTED,
                "Stream Load: there is no Stream Load at %s (HTTP %u). STREAMLOADURL must name the "
                "HTTP port of a FE (8030 by default)",
                where(j), j->chain.call.status);
    j->untaken = !j->touched && !j->maybe;
    return j->chain.call.sent ? unsure(j) : V_FAILED;
}

/* Any status but 200. */
static enum verdict other_status(struct job *j)
{
    unsigned s = j->chain.call.status;
    if (s == 401 || s == 403)
        return j->chain.call.body_ended ? unsure(j) : denied(j);
    if (s == 404 || s == 405 || s == 501)
        return no_interface(j);
    if (s >= 500 || s == 408 || s == 429 || s == 425)
        return http_trouble(j);
    (void)fault(&j->f, RC_SERVER, "Stream Load: %s answered HTTP %u%s", where(j), s,
                s == 413 ? ": the data is too much for one load there" : "");
    return j->chain.call.body_ended ? unsure(j) : V_FAILED;
}

/* "Fail": rolled back.  Only a server that had begun has looked at the label, and says that no
 * earlier attempt is in. */
static enum verdict refused(struct job *j, const struct reply *a)
{
    struct load_result *r = j->r;
    if (a->txn_id > 0)
        j->maybe = false;
    (void)fault(&j->f, a->denied ? RC_DENIED : RC_SERVER, "%s: %.700s",
                r->status[0] ? r->status : "Fail", buf_str(&r->message));
    /* an FE has not loaded anything; but who took the body may only have passed its word on */
    return a->is_envelope && j->chain.call.body_ended ? unsure(j) : V_FAILED;
}

enum verdict verdict_in(const struct job *j)
{
    if (j->q->label_is_ours || (j->maybe && j->was_free))
        return V_DONE;
    return j->maybe ? V_UNKNOWN : V_USED;
}

static enum verdict label_used(struct job *j, const char *existing)
{
    (void)fault(&j->f, RC_SERVER, "the label is in use (%s): %.400s",
                existing[0] ? existing : "state not told", buf_str(&j->r->message));
    if (!text_eq(existing, "FINISHED"))
        return V_SETTLE;
    j->r->rows_total = j->r->rows_loaded = j->r->rows_filtered = j->r->rows_unselected =
        LOAD_ROWS_UNKNOWN; /* those of this refusal, not of the load */
    j->r->bytes = -1;
    return verdict_in(j);
}

/* "Success" must fit what was sent, or the one who says it is not the one who loaded. */
static enum verdict success(struct job *j, const struct reply *a)
{
    if (!j->chain.call.body_ended) {
        (void)fault(&j->f, RC_PROTOCOL,
                    "Stream Load: %s says %s before it had all of the data; nothing there can be "
                    "believed",
                    where(j), a->status);
        return j->chain.call.sent ? V_UNKNOWN : V_FAILED;
    }
    if (a->label[0] && strcmp(a->label, j->q->label) != 0) {
        (void)fault(&j->f, RC_PROTOCOL, "Stream Load: %s answered for another label (%.128s)",
                    where(j), a->label);
        return unsure(j);
    }
    return V_DONE;
}

static enum verdict judge(struct job *j, const struct reply *a)
{
    switch (a->kind) {
    case REPLY_OK:
        return success(j, a);
    case REPLY_LABEL:
        return label_used(j, a->existing);
    case REPLY_BUSY:
        (void)refused(j, a);
        return V_AGAIN;
    case REPLY_FAIL:
        return refused(j, a);
    case REPLY_UNSURE:
        j->maybe = j->maybe || j->chain.call.body_ended;
        (void)fault(&j->f, RC_SERVER, "%.700s", buf_str(&j->r->message));
        return V_SETTLE;
    default:
        (void)fault(&j->f, RC_PROTOCOL, "Stream Load: the answer of %s cannot be read (%zu bytes)",
                    where(j), j->chain.call.answer.len);
        return unsure(j);
    }
}

static enum verdict answered(struct job *j)
{
    const struct http_call *c = &j->chain.call;
    struct reply a;
    j->unreached = 0;
    j->touched = j->touched || c->sent || c->body_ended;
    if (c->status != 200)
        return other_status(j);
    reply_parse(&a, c->answer.p, c->answer.len);
    load_result_take(j->r, &a);
    j->r->sent = c->sent;
    enum verdict v = judge(j, &a);
    reply_clear(&a);
    log_line(j->l->o.log, LOG_INFO, "Stream Load: label %s: %s", j->q->label,
             j->r->status[0] ? j->r->status : "no status");
    if ((v == V_FAILED || v == V_DONE) && j->r->error_url.len)
        result_rejected(j->l, j->r, &j->chain);
    return v;
}

/* ---- sending ---- */

static int prepare(struct job *j)
{
    struct loader *l = j->l;
    int64_t left = (j->until - clock_ms() + 999) / 1000;
    lines_clear(&j->lines);
    lines_init(&j->lines);
    lines_add(&j->lines, "Authorization", (const char *)l->login.p);
    lines_add(&j->lines, "Expect", "100-continue");
    lines_add(&j->lines, "label", j->q->label);
    lines_add_number(&j->lines, "timeout", left > 1 ? left : 1);
    if (l->txn.open) /* Doris: one load is the transaction */
        lines_add(&j->lines, "two_phase_commit", "true");
    lines_add_request(&j->lines, j->q);
    chain_clear(&j->chain);
    j->chain = (struct chain){
        .call = {.method = "PUT",
                 .headers = j->lines.p,
                 .has_body = true,
                 .wait_for_100 = true,
                 .read = j->body ? j->body->read : NULL,
                 .ctx = j->body ? j->body->ctx : NULL,
                 .size = j->body ? j->body->size : -1,
                 .connect_timeout_ms = l->o.connect_timeout_ms,
                 .deadline = j->deadline,
                 .begin_deadline =
                     j->touched || j->maybe ? 0 : loader_begin_share(l, j->begin_until),
                 .max_answer = LOAD_ANSWER,
                 .whole = reply_whole}};
    return lines_seal(&j->lines, &j->f);
}

static int rewind_body(struct job *j)
{
    if (!j->touched || !j->body)
        return RC_OK;
    return j->body->rewind(j->body->ctx, &j->f);
}

enum verdict attempt_run(struct job *j)
{
    int rc = prepare(j);
    if (!rc)
        rc = rewind_body(j);
    if (rc)
        return stop(j, rc);
    j->r->attempts++;
    rc = chain_run(j->l, &j->chain, NULL, buf_str(&j->path), !j->body, j->body, &j->f);
    if (rc)
        return no_answer(j, rc);
    if (!j->chain.call.status) { /* pushed: the node asks for bytes */
        return stop(j, RC_OK);
    }
    return answered(j);
}

enum verdict attempt_finish(struct job *j)
{
    int rc = chain_wait(j->l, &j->chain, &j->f);
    return rc ? no_answer(j, rc) : answered(j);
}
