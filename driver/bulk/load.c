/* load.c - one load from its label to its outcome.
 *
 * A load is a loop over verdicts: send; where the answer is no answer, ask for the label; where
 * nothing was loaded and the cause may pass, wait and send the same again under the same label.  A
 * resend is always safe while the label is remembered, because the server takes a label once; what
 * is never done is to report success or failure that nobody has said. */
#include <stdio.h>
#include <string.h>

#include "bulk/load_parts.h"

int request_check(const struct load_request *q, struct fault *f)
{
    if (!load_label_good(q->label, LOAD_LABEL_MAX))
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

int job_init(struct job *j, struct loader *l, const struct load_request *q,
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

void job_clear(struct job *j)
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
enum verdict job_look(struct job *j)
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
enum verdict job_run(struct job *j, enum verdict v)
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
int job_end(const struct job *j, enum verdict v, struct fault *f)
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

int load_run(struct loader *l, const struct load_request *q, const struct load_body *body,
             struct load_result *r, struct fault *f)
{
    struct job j;
    result_init(r, load_label_good(q->label, LOAD_LABEL_MAX) ? q->label : "");
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
