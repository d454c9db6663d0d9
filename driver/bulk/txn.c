/* txn.c - transactions of StarRocks: begin, load, prepare, commit, rollback.
 *
 * All loads of a label belong to the node that begin was redirected to, so they go straight there.
 * A body is never sent twice into a transaction: whether the first part of a broken one was taken
 * cannot be known.  Commit and prepare may be repeated, and what they did is asked for by the
 * label. Source: StarRocks' Stream Load transaction interface. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bulk/load_parts.h"

/* ---- one call ---- */

void ask_begin(struct ask *a, const struct loader *l, const char *method, int64_t deadline)
{
    *a = (struct ask){0};
    lines_init(&a->lines);
    lines_add(&a->lines, "Authorization", (const char *)l->login.p);
    a->chain.call = (struct http_call){.method = method,
                                       .headers = a->lines.p,
                                       .connect_timeout_ms = l->o.connect_timeout_ms,
                                       .deadline = deadline,
                                       .max_answer = LOAD_ANSWER,
                                       .whole = reply_whole};
}

void ask_clear(struct ask *a)
{
    chain_clear(&a->chain);
    lines_clear(&a->lines);
    reply_clear(&a->reply);
}

static int ask_status(const struct ask *a, struct fault *f)
{
    unsigned s = a->chain.call.status;
    const char *who = chain_last(&a->chain)->origin;
    if (s == 401 || s == 403)
        return fault(f, RC_DENIED,
                     "Stream Load: %s refuses the user or password, or the user lacks INSERT "
                     "(HTTP %u)",
                     who, s);
    if (s == 404 || s == 405 || s == 501)
        return fault(f, RC_UNSUPPORTED,
                     "Stream Load: %s has no transaction interface (HTTP %u); it came with "
                     "StarRocks 2.4. Load with autocommit on",
                     who, s);
    return fault(f, RC_LOST, "Stream Load: %s answered HTTP %u", who, s);
}

/* An answer about another label or transaction is none. */
static int ask_about(const struct ask *a, const struct loader *l, struct fault *f)
{
    const struct reply *r = &a->reply;
    const struct txn *t = &l->txn;
    bool other_id = r->kind == REPLY_OK && r->txn_id >= 0 && t->id >= 0 && r->txn_id != t->id;
    bool other_label = r->label[0] && strcmp(r->label, t->q.label) != 0;
    if (!other_id && !other_label)
        return RC_OK;
    return fault(f, RC_PROTOCOL, "Stream Load: %s answered for another %s (%.128s)",
                 chain_last(&a->chain)->origin, other_label ? "label" : "transaction",
                 other_label ? r->label : "its number differs");
}

int ask_send(struct ask *a, struct loader *l, const struct url *to, const char *path,
             const struct load_body *body, struct fault *f)
{
    struct http_call *c = &a->chain.call;
    if (body) {
        c->has_body = c->wait_for_100 = true;
        c->read = body->read;
        c->ctx = body->ctx;
        c->size = body->size;
    }
    int rc = lines_seal(&a->lines, f);
    if (!rc)
        rc = chain_run(l, &a->chain, to, path, false, body, f);
    return rc ? rc : ask_read(a, l, path, f);
}

int ask_read(struct ask *a, struct loader *l, const char *path, struct fault *f)
{
    const struct http_call *c = &a->chain.call;
    if (c->status != 200)
        return ask_status(a, f);
    reply_parse(&a->reply, c->answer.p, c->answer.len);
    log_line(l->o.log, LOG_INFO, "Stream Load: label %s: %s: %s", l->txn.q.label, path,
             a->reply.status);
    return ask_about(a, l, f);
}

static void ask_name(struct ask *a, const struct load_request *q)
{
    lines_add(&a->lines, "db", q->database);
    lines_add(&a->lines, "table", q->table);
    lines_add(&a->lines, "label", q->label);
}

/* begin, prepare, commit, rollback: nothing but names */
static int ask_simple(struct ask *a, struct loader *l, const char *path, bool to_node,
                      int64_t deadline, struct fault *f)
{
    const struct load_request *q = &l->txn.q;
    const char *warehouse = request_header(q, "warehouse");
    int64_t seconds = loader_timeout(l, q);
    ask_begin(a, l, "POST", deadline);
    lines_add(&a->lines, "Expect", "100-continue");
    ask_name(a, q);
    if (strcmp(path, "/api/transaction/begin") == 0)
        lines_add_number(&a->lines, "timeout", seconds);
    if (warehouse && *warehouse)
        lines_add(&a->lines, "warehouse", warehouse);
    return ask_send(a, l, to_node && l->txn.direct ? &l->txn.node : NULL, path, NULL, f);
}

bool rc_passes(int rc)
{
    return rc == RC_LOST || rc == RC_CONNECT || rc == RC_TIMEOUT || rc == RC_PROTOCOL;
}

int ask_refused(const struct ask *a, struct fault *f)
{
    struct buf words = {0};
    if (a->reply.no_memory)
        return fault(f, RC_MEMORY, "no memory for the answer");
    buf_put(&words, a->reply.message.p, a->reply.message.len);
    int rc = fault(f, a->reply.denied ? RC_DENIED : RC_SERVER, "%s: %.700s",
                   a->reply.status[0]                  ? a->reply.status
                   : a->reply.kind != REPLY_UNREADABLE ? "Fail"
                                                       : "an answer that cannot be read",
                   buf_str(&words));
    buf_clear(&words);
    return rc;
}

void txn_words(const struct loader *l, const char *what, struct fault *f)
{
    const struct load_request *q = &l->txn.q;
    if (f)
        (void)fault_prefix(f, "Stream Load transaction %.128s on %.64s.%.64s: %s: ", q->label,
                           q->database, q->table, what);
}

/* Forget the transaction. */
static void txn_close(struct loader *l)
{
    url_clear(&l->txn.node);
    free(l->txn.own);
    load_result_clear(&l->txn.told);
    l->txn = (struct txn){0};
}

int txn_doom(struct loader *l, const struct fault *why)
{
    if (!l->txn.doomed)
        l->txn.why = *why;
    l->txn.doomed = true;
    return why->rc;
}

/* ---- begin ---- */

static void keep_node(struct loader *l, const struct ask *a)
{
    struct url *node = &l->txn.node;
    *node = *chain_last(&a->chain);
    node->path = (struct buf){0};
    l->txn.direct = a->chain.hops > 1; /* else whoever stands at the endpoint knows the way */
    l->txn.id = a->reply.txn_id;
}

static void rollback_quietly(struct loader *l)
{
    struct ask a;
    struct fault ignored;
    if (ask_simple(&a, l, "/api/transaction/rollback", false, deadline_in(TXN_ROLLBACK_MS),
                   &ignored))
        log_line(l->o.log, LOG_INFO, "Stream Load: rollback not heard: %s", ignored.text);
    ask_clear(&a);
}

/* A label of the caller's own that somebody uses must not be touched. */
static int label_free(struct loader *l, struct fault *f)
{
    const struct load_request *q = &l->txn.q;
    struct buf reason;
    struct fault ignored;
    enum load_state s = STATE_UNREADABLE;
    l->txn.was_free = q->label_is_ours;
    if (q->label_is_ours)
        return RC_OK;
    buf_init_text(&reason, 4096);
    int rc = state_ask(l, q->database, q->label, l->txn.deadline, &s, &reason, &ignored);
    buf_clear(&reason);
    l->txn.was_free = !rc && (s == STATE_UNKNOWN || s == STATE_ABORTED);
    if (rc == RC_CANCELLED) {
        if (f)
            *f = ignored;
        return rc;
    }
    if (rc || l->txn.was_free)
        return RC_OK; /* free, or begin will tell */
    if (s == STATE_VISIBLE || s == STATE_COMMITTED)
        return fault(f, RC_TAKEN, "the label was used before (%s)", state_name(s));
    return fault(f, RC_SERVER, "another load is at work under the label (%s)", state_name(s));
}

/* A begin without an answer may have been one. */
static void note_begun(struct loader *l, int rc, const struct ask *a)
{
    bool answered = !rc && a->reply.kind != REPLY_UNREADABLE;
    bool was_sent = a->chain.call.asked && rc != RC_CONNECT && !a->chain.refused;
    l->txn.begun = l->txn.begun || (!answered && was_sent);
}

/* One try; RC_LOST and the like: once more may help.  foreign: answers that are no HTTP, which only
 * another endpoint can mend. */
static int begin_once(struct loader *l, size_t *foreign, struct fault *f)
{
    struct ask a;
    int rc = ask_simple(&a, l, "/api/transaction/begin", false,
                        loader_begin_share(l, l->txn.deadline), f);
    bool ours = l->txn.q.label_is_ours || (l->txn.begun && l->txn.was_free);
    note_begun(l, rc, &a);
    *foreign += a.chain.call.is_foreign;
    if (rc_passes(rc))
        l->current = (l->current + 1) % l->o.nurls;
    if (!rc && a.reply.kind == REPLY_OK)
        keep_node(l, &a);
    else if (!rc) {
        rc = ask_refused(&a, f);
        bool is_taken = a.reply.kind == REPLY_LABEL && text_eq(a.reply.existing, "FINISHED");
        if (is_taken && !ours)
            rc = fault(f, RC_TAKEN, "the label was used before");
        if (a.reply.kind == REPLY_BUSY || a.reply.kind == REPLY_UNREADABLE)
            rc = RC_LOST;
    }
    if (rc == RC_SERVER && a.reply.kind == REPLY_LABEL && ours) {
        rollback_quietly(l); /* an earlier try of this very call, unheard */
        rc = RC_LOST;
    }
    if (rc && a.chain.refused)
        rc = RC_DENIED;
    ask_clear(&a);
    return rc;
}

static int begin_until(struct loader *l, struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    int64_t until = loader_begin_until(l, l->txn.deadline);
    size_t foreign = 0;
    for (;;) {
        int rc = begin_once(l, &foreign, f);
        if (!rc_passes(rc) || foreign >= l->o.nurls)
            return rc;
        int paused = pause_wait(l, &pause, 5000, until, &late);
        if (paused && paused != RC_TIMEOUT && f)
            *f = late;
        if (paused)
            return paused == RC_TIMEOUT ? rc : paused;
    }
}

int load_begin(struct loader *l, const struct load_request *q, struct fault *f)
{
    int rc = loader_busy(l, f);
    if (!rc)
        rc = request_check(q, f);
    if (!rc)
        rc = loader_ready(l, f);
    if (rc)
        return rc;
    struct load_request *own = request_dup(q);
    if (!own)
        return fault(f, RC_MEMORY, "out of memory for Stream Load");
    l->txn = (struct txn){
        .q = *own, .own = own, .id = -1, .deadline = deadline_in(loader_timeout(l, q) * 1000)};
    rc = label_free(l, f);
    if (!rc)
        rc = l->o.dialect == LOAD_DORIS ? doris_begin(l, q, f) : begin_until(l, f);
    if (rc) {
        txn_words(l, "cannot begin", f);
        txn_close(l);
        return rc;
    }
    l->txn.open = true;
    return RC_OK;
}

/* ---- append ---- */

void append_head(struct ask *a, const struct loader *l)
{
    ask_begin(a, l, "PUT", l->txn.deadline);
    a->chain.call.begin_deadline = loader_begin_until(l, l->txn.deadline);
    lines_add(&a->lines, "Expect", "100-continue");
    ask_name(a, &l->txn.q);
    lines_add_number(&a->lines, "timeout", loader_timeout(l, &l->txn.q));
    lines_add_request(&a->lines, &l->txn.q);
}

int append_judge(const struct ask *a, int rc, struct load_result *r, bool *again, struct fault *f)
{
    const struct http_call *c = &a->chain.call;
    bool untouched = !c->sent && !c->body_ended;
    r->attempts++;
    *again = rc_passes(rc) && untouched && !a->chain.refused;
    if (!rc)
        load_result_take(r, &a->reply);
    if (!rc && a->reply.kind != REPLY_OK) {
        rc = ask_refused(a, f);
        *again = untouched && strcmp(a->reply.status, "TXN_IN_PROCESSING") == 0;
    }
    if (!rc && !c->body_ended)
        rc = fault(f, RC_PROTOCOL, "the server says OK before it had all of the data");
    r->sent = c->sent;
    return c->body_rc ? c->body_rc : rc;
}

static int append_once(struct loader *l, const struct load_body *body, struct load_result *r,
                       bool *again, struct fault *f)
{
    struct ask a;
    append_head(&a, l);
    int rc = ask_send(&a, l, l->txn.direct ? &l->txn.node : NULL, APPEND_PATH, body, f);
    rc = append_judge(&a, rc, r, again, f);
    ask_clear(&a);
    return rc;
}

static int append_until(struct loader *l, const struct load_body *body, struct load_result *r,
                        struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    int64_t until = loader_begin_until(l, l->txn.deadline);
    for (bool again = false;;) {
        int rc = append_once(l, body, r, &again, f);
        if (!rc || !again || pause_wait(l, &pause, 5000, until, &late))
            return rc;
    }
}

/* LoadBytes of StarRocks is of the last body or, by release and call, of all. */
static void take_sent(const struct loader *l, struct load_result *r)
{
    r->sent = r->bytes == l->txn.last ? l->txn.last : l->txn.sent;
}

static void note_sent(struct loader *l, struct load_result *r)
{
    if (r->sent < 0)
        return; /* Doris: told at the end */
    l->txn.last = r->sent;
    l->txn.sent += r->sent;
    take_sent(l, r);
}

int append_end(struct loader *l, int rc, struct load_result *r, struct fault *f)
{
    if (!rc) {
        l->txn.loaded = true;
        note_sent(l, r);
        r->outcome = LOAD_DONE;
        return RC_OK;
    }
    bool stopped = rc == RC_CANCELLED || rc == RC_MEMORY || (rc != RC_SERVER && rc_is_setup(rc));
    txn_words(l, "the load failed, and the transaction can only be rolled back", f);
    int doomed = txn_doom(l, f);
    return stopped ? doomed : RC_OK;
}

int append_check(const struct loader *l, struct fault *f)
{
    if (!l->txn.open || l->stream || l->txn.prepared)
        return fault(f, RC_CONFIG, "Stream Load: %s",
                     !l->txn.open ? "no transaction is open"
                     : l->stream  ? "another load of the transaction takes bytes"
                                  : "the transaction is prepared; commit it or roll it back");
    return RC_OK;
}

static int append_doomed(struct loader *l, struct load_result *r, struct fault *f)
{
    r->outcome = LOAD_FAILED;
    if (f)
        *f = l->txn.why;
    return RC_OK;
}

int load_append(struct loader *l, const struct load_body *body, struct load_result *r,
                struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    result_init(r, l->txn.open ? l->txn.q.label : "");
    int rc = append_check(l, f);
    if (rc)
        return rc;
    if (l->txn.doomed)
        return append_doomed(l, r, f);
    rc = loader_ready(l, f);
    if (!rc)
        rc = l->o.dialect == LOAD_DORIS ? doris_append(l, body, r, f) : append_until(l, body, r, f);
    return append_end(l, rc, r, f);
}

/* ---- commit ---- */

enum phase { PHASE_PREPARE, PHASE_COMMIT };

static enum verdict by_state(struct loader *l, enum phase phase, int64_t deadline, struct fault *f)
{
    struct buf reason;
    struct fault g;
    enum load_state s = STATE_UNREADABLE;
    buf_init_text(&reason, 4096);
    int rc = state_ask(l, l->txn.q.database, l->txn.q.label, deadline, &s, &reason, &g);
    if (!rc && s == STATE_ABORTED && reason.len)
        (void)fault(f, RC_SERVER, "the server gave it up: %.600s", buf_str(&reason));
    buf_clear(&reason);
    if (rc == RC_CANCELLED) {
        *f = g;
        return V_STOP;
    }
    switch (s) {
    case STATE_VISIBLE:
    case STATE_COMMITTED:
        return V_DONE;
    case STATE_ABORTED:
        return V_FAILED;
    case STATE_UNKNOWN: /* never committed; after prepare a label is not forgotten so soon */
        return phase == PHASE_PREPARE ? V_FAILED : V_UNKNOWN;
    case STATE_PREPARED:
        return phase == PHASE_PREPARE ? V_SETTLE : V_AGAIN;
    default:
        return V_AGAIN;
    }
}

static void keep_counts(struct load_result *r, const struct reply *a)
{
    if (a->kind == REPLY_OK && a->rows_total < 0 && r->rows_total >= 0)
        return; /* commit by a FE tells none; prepare did */
    load_result_take(r, a);
}

/* One call; V_SETTLE: prepared; V_AGAIN: nothing is clear yet. */
static enum verdict phase_once(struct loader *l, enum phase phase, int64_t deadline,
                               struct load_result *r, struct fault *f)
{
    static const char *const paths[] = {"/api/transaction/prepare", "/api/transaction/commit"};
    struct ask a;
    int rc = ask_simple(&a, l, paths[phase], phase == PHASE_PREPARE, deadline, f);
    bool good = !rc && a.reply.kind == REPLY_OK;
    bool refused = !rc && a.reply.kind == REPLY_FAIL;
    if (!rc)
        keep_counts(r, &a.reply);
    take_sent(l, r);
    if (!rc && !good)
        (void)ask_refused(&a, f); /* the state tells */
    if (refused && r->error_url.len)
        result_rejected(l, r, &a.chain);
    ask_clear(&a);
    if (good)
        return phase == PHASE_PREPARE ? V_SETTLE : V_DONE;
    enum verdict v = rc == RC_CANCELLED ? V_STOP : by_state(l, phase, deadline, f);
    if (v == V_AGAIN && refused && phase == PHASE_PREPARE)
        v = V_FAILED; /* a refusal in words; rolled back, or about to be */
    return v;
}

/* Prepare or commit until it is clear. */
static enum verdict phase_run(struct loader *l, enum phase phase, int64_t deadline,
                              struct load_result *r, struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    for (;;) {
        enum verdict v = phase_once(l, phase, deadline, r, f);
        if (v != V_AGAIN)
            return v;
        int rc = pause_wait(l, &pause, 5000, deadline, &late);
        if (rc == RC_CANCELLED)
            *f = late;
        if (rc)
            return rc == RC_CANCELLED ? V_STOP : phase == PHASE_PREPARE ? V_FAILED : V_UNKNOWN;
    }
}

static int commit_end(struct loader *l, enum verdict v, struct load_result *r, struct fault *f)
{
    r->outcome = v == V_DONE ? LOAD_DONE : v == V_UNKNOWN ? LOAD_UNKNOWN : LOAD_FAILED;
    if (v == V_DONE)
        fault_clear(f);
    else
        txn_words(l,
                  v == V_UNKNOWN ? "it is not known whether it was committed; ask for the label "
                                   "before loading the same again"
                                 : "nothing was loaded",
                  f);
    return RC_OK;
}

static int64_t phase_deadline(const struct loader *l)
{
    int64_t ms = loader_timeout(l, &l->txn.q) * 1000;
    return deadline_in(ms + loader_margin(ms));
}

/* V_SETTLE: prepared, or there is nothing to prepare. */
static enum verdict prepare_run(struct loader *l, struct load_result *r, struct fault *f)
{
    if (!l->txn.loaded)
        return V_SETTLE;
    if (l->o.dialect == LOAD_DORIS)
        return doris_prepare(l, r, f);
    enum verdict v = phase_run(l, PHASE_PREPARE, phase_deadline(l), r, f);
    if (v == V_FAILED || v == V_STOP) {
        load_ready(l);
        rollback_quietly(l);
    }
    return v == V_DONE ? V_SETTLE : v; /* commit may be repeated */
}

/* A transaction that broke before. */
static int prepare_doomed(struct loader *l, struct fault *f)
{
    struct fault why = l->txn.why;
    if (load_rollback(l, f))
        log_line(l->o.log, LOG_INFO, "Stream Load: rollback not heard: %s", f->text);
    *f = why;
    return RC_OK;
}

static int prepare_end(struct loader *l, enum verdict v, struct load_result *r, struct fault *f)
{
    l->txn.prepared = v == V_SETTLE;
    if (!l->txn.prepared) {
        int rc = v == V_STOP ? f->rc : commit_end(l, v, r, f);
        txn_close(l);
        return rc;
    }
    l->txn.told = *r; /* moved: commit tells less */
    result_init(r, l->txn.q.label);
    r->outcome = LOAD_DONE;
    fault_clear(f);
    return RC_OK;
}

static int none_open(const struct loader *l, struct fault *f)
{
    return l->txn.open ? RC_OK : fault(f, RC_CONFIG, "Stream Load: no transaction is open");
}

int load_prepare(struct loader *l, struct load_result *r, struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    result_init(r, l->txn.open ? l->txn.q.label : "");
    int rc = none_open(l, f);
    if (rc)
        return rc;
    r->outcome = LOAD_DONE;
    if (l->txn.prepared)
        return RC_OK;
    r->outcome = LOAD_FAILED;
    load_stream_abort(l);
    rc = loader_ready(l, f);
    if (rc)
        return rc;
    if (l->txn.doomed)
        return prepare_doomed(l, f);
    return prepare_end(l, prepare_run(l, r, f), r, f);
}

static enum verdict commit_nothing(struct loader *l, struct load_result *r, struct fault *f)
{
    int rc = load_rollback(l, f);
    r->rows_total = r->rows_loaded = r->rows_filtered = r->rows_unselected = 0;
    return rc == RC_CANCELLED ? V_STOP : V_DONE; /* unreached, there is nothing to commit either */
}

int load_commit(struct loader *l, struct load_result *r, struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    int rc = load_prepare(l, r, f);
    if (rc || r->outcome != LOAD_DONE)
        return rc;
    load_result_clear(r);
    *r = l->txn.told;
    l->txn.told = (struct load_result){0};
    r->outcome = l->txn.loaded ? LOAD_UNKNOWN : LOAD_FAILED; /* if cancelled */
    enum verdict v = V_DONE;
    if (!l->txn.loaded)
        v = commit_nothing(l, r, f);
    else if (l->o.dialect == LOAD_DORIS)
        v = doris_commit(l, r, f);
    else
        v = phase_run(l, PHASE_COMMIT, phase_deadline(l), r, f);
    rc = v == V_STOP ? f->rc : commit_end(l, v, r, f);
    txn_close(l);
    return rc;
}

/* ---- rollback ---- */

static int rollback_once(struct loader *l, int64_t deadline, struct fault *f)
{
    struct ask a;
    int rc = ask_simple(&a, l, "/api/transaction/rollback", false, deadline, f);
    bool good = !rc && a.reply.kind == REPLY_OK;
    if (!rc && !good)
        (void)ask_refused(&a, f); /* the state tells */
    ask_clear(&a);
    if (good || rc == RC_CANCELLED || rc == RC_DENIED || rc == RC_TLS)
        return rc;
    switch (by_state(l, PHASE_PREPARE, deadline, f)) {
    case V_DONE:
        return fault(f, RC_SERVER, "it was committed already");
    case V_FAILED:
        return RC_OK; /* aborted, or never there */
    case V_STOP:
        return RC_CANCELLED;
    default:
        return rc_passes(f->rc) ? f->rc : RC_LOST;
    }
}

static int rollback_until(struct loader *l, struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    int64_t deadline = deadline_in(TXN_ROLLBACK_MS);
    for (;;) {
        int rc = rollback_once(l, deadline, f);
        if (!rc_passes(rc))
            return rc;
        if (pause_wait(l, &pause, 2000, deadline, &late))
            return rc;
    }
}

int load_rollback(struct loader *l, struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    if (!l->txn.open)
        return fault(f, RC_CONFIG, "Stream Load: no transaction is open");
    load_stream_abort(l);
    int rc = loader_ready(l, f);
    if (!rc)
        rc = l->o.dialect == LOAD_DORIS ? doris_rollback(l, f) : rollback_until(l, f);
    if (rc)
        txn_words(l, "rollback was not confirmed; the server gives up when its timeout passes", f);
    txn_close(l);
    return rc;
}
