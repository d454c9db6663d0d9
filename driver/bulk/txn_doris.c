/* txn_doris.c - transactions of Apache Doris: one load with two_phase_commit, sent piece by piece
 * as loads are appended, then committed or aborted by its number or, where that was not heard, by
 * its label.
 *
 * Several loads would be several transactions there, which cannot be committed together; one
 * request that stays open is one.  Source: Doris' Stream Load manual, "two phase commit"
 * (PUT /api/{db}/_stream_load_2pc, headers txn_id or label, txn_operation). */
#include <string.h>

#include "bulk/load_parts.h"

#define PIECE 65536

int doris_begin(struct loader *l, const struct load_request *q, struct fault *f)
{
    l->txn.open = true; /* makes the load a two-phase one */
    return push_open(l, q, f);
}

int doris_append(struct loader *l, const struct load_body *body, struct load_result *r,
                 struct fault *f)
{
    unsigned char piece[PIECE];
    size_t n = 0;
    r->attempts = 1;
    do {
        int rc = body->read(body->ctx, piece, sizeof piece, &n, f);
        if (!rc)
            rc = push_write(l, piece, n, f);
        if (rc)
            return rc;
    } while (n);
    return RC_OK;
}

static int finish_once(struct loader *l, const char *operation, int64_t id, int64_t deadline,
                       struct fault *f)
{
    const struct load_request *q = &l->txn.q;
    struct ask a;
    struct buf path = {0};
    buf_puts(&path, "/api/");
    url_put_encoded(&path, q->database);
    buf_puts(&path, "/_stream_load_2pc");
    ask_begin(&a, l, "PUT", deadline);
    lines_add(&a.lines, "Expect", "100-continue");
    if (id > 0)
        lines_add_number(&a.lines, "txn_id", id);
    else
        lines_add(&a.lines, "label", q->label);
    lines_add(&a.lines, "txn_operation", operation);
    int rc = buf_str(&path)[0] && buf_ok(&path)
                 ? ask_send(&a, l, NULL, (const char *)path.p, NULL, f)
                 : fault(f, RC_MEMORY, "out of memory for a URL");
    if (!rc && a.reply.kind != REPLY_OK)
        rc = ask_refused(&a, f);
    ask_clear(&a);
    buf_clear(&path);
    return rc;
}

/* Until the label's state says what became of it: V_DONE committed, V_FAILED aborted. */
static enum verdict finish(struct loader *l, bool commit, int64_t id, int64_t deadline,
                           struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    for (;;) {
        struct buf reason;
        enum load_state s = STATE_UNREADABLE;
        int rc = finish_once(l, commit ? "commit" : "abort", id, deadline, f);
        if (!rc || rc == RC_CANCELLED)
            return rc ? V_STOP : commit ? V_DONE : V_FAILED;
        buf_init_text(&reason, 4096);
        rc = state_ask(l, l->txn.q.database, l->txn.q.label, deadline, &s, &reason, &late);
        buf_clear(&reason);
        if (s == STATE_VISIBLE || s == STATE_COMMITTED)
            return V_DONE;
        if (s == STATE_ABORTED)
            return V_FAILED;
        rc = rc == RC_CANCELLED ? rc : pause_wait(l, &pause, 5000, deadline, &late);
        if (rc == RC_CANCELLED)
            return V_STOP;
        if (rc)
            return V_UNKNOWN;
    }
}

/* Nobody knows whether the rows are pre-committed.  They must not stay so: the label would be taken
 * and the server keep them, so it is aborted, and then the outcome is known. */
static enum verdict end_unsure(struct loader *l, enum verdict v, struct fault *f)
{
    struct fault ignored;
    load_ready(l);
    enum verdict ended = finish(l, false, -1, deadline_in(TXN_ROLLBACK_MS), &ignored);
    log_line(l->o.log, LOG_INFO, "Stream Load: label %s: %s", l->txn.q.label,
             ended == V_FAILED ? "aborted" : ignored.text);
    if (ended == V_DONE) /* by somebody else: nobody here has committed */
        (void)fault(f, RC_SERVER, "the label was committed by somebody else");
    return v == V_STOP || ended != V_FAILED ? v : V_FAILED;
}

enum verdict doris_prepare(struct loader *l, struct load_result *r, struct fault *f)
{
    load_result_clear(r);
    int rc = push_end(l, r, f);
    if (!rc && r->outcome == LOAD_DONE)
        return V_SETTLE;
    enum verdict v = rc ? V_STOP : r->outcome == LOAD_UNKNOWN ? V_UNKNOWN : V_FAILED;
    return r->outcome == LOAD_UNKNOWN ? end_unsure(l, v, f) : v;
}

enum verdict doris_commit(struct loader *l, struct load_result *r, struct fault *f)
{
    return finish(l, true, r->txn_id, deadline_in(loader_timeout(l, &l->txn.q) * 1000), f);
}

/* Before the end of the request it is broken off, so that there is nothing to abort. */
int doris_rollback(struct loader *l, struct fault *f)
{
    push_abort(l);
    if (!l->txn.prepared || !l->txn.loaded)
        return RC_OK;
    switch (finish(l, false, l->txn.told.txn_id, deadline_in(TXN_ROLLBACK_MS), f)) {
    case V_FAILED:
        return RC_OK;
    case V_DONE:
        return fault(f, RC_SERVER, "it was committed already");
    case V_STOP:
        return RC_CANCELLED;
    default:
        return rc_passes(f->rc) ? f->rc : RC_LOST;
    }
}
