/* txn_doris.c - transactions of Apache Doris: one load with two_phase_commit, sent piece by piece
 * as loads are appended, then committed or aborted by its number.
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
            rc = load_push(l, piece, n, f);
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
        rc = fault(f, RC_SERVER, "%s: %.*s", a.reply.status,
                   a.reply.message.len > 700 ? 700 : (int)a.reply.message.len,
                   a.reply.message.p ? (const char *)a.reply.message.p : "");
    ask_clear(&a);
    buf_clear(&path);
    return rc;
}

/* Until the label's state says what became of it. */
static enum verdict finish(struct loader *l, const char *operation, int64_t id, struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    int64_t deadline = deadline_in(loader_timeout(l, &l->txn.q) * 1000);
    for (;;) {
        struct buf reason;
        enum load_state s = STATE_UNREADABLE;
        int rc = finish_once(l, operation, id, deadline, f);
        if (!rc || rc == RC_CANCELLED)
            return rc ? V_STOP : V_DONE;
        buf_init(&reason, 4096);
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

enum verdict doris_commit(struct loader *l, struct load_result *r, struct fault *f)
{
    load_result_clear(r);
    int rc = load_push_end(l, r, f);
    if (rc)
        return V_STOP;
    if (r->outcome != LOAD_DONE)
        return r->outcome == LOAD_UNKNOWN ? V_UNKNOWN : V_FAILED;
    return finish(l, "commit", r->txn_id, f);
}

/* The request is broken off before its end, so there is nothing to abort. */
int doris_rollback(struct loader *l, struct fault *f)
{
    (void)f;
    load_push_abort(l);
    return RC_OK;
}
