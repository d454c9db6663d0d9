/* be.c - the backend: a plain Stream Load in the order of the sheet's section 7, and the error log.
 */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- before anything --- */

bool fk_be_faults_early(struct fk_listener *l, struct fk_request *r)
{
    struct fake *f = l->f;
    uint64_t arg;
    if (fk_fault(f, r, FK_BE_CLOSE, NULL)) {
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_BE_RESET, NULL)) {
        fk_drop(r, true);
    } else if (fk_fault(f, r, FK_BE_DOWN, &arg)) {
        fk_listener_down(f, l, arg);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_BE_502, NULL)) {
        fk_html(r, 502);
    } else if (fk_fault(f, r, FK_BE_503, NULL)) {
        fk_html(r, 503);
    } else if (fk_fault(f, r, FK_BE_504, NULL)) {
        fk_html(r, 504);
    } else if (fk_fault(f, r, FK_BE_307_AGAIN, NULL)) {
        fk_redirect(l, r, l);
    }
    return r->answered;
}

static void say_continue(struct fake *f, struct fk_request *r)
{
    static const char interim[] = "HTTP/1.1 102 Processing\r\nX-Note: wait\r\n\r\n";
    uint64_t arg;
    if (fk_fault(f, r, FK_BE_NO_100, NULL))
        return;
    if (fk_fault(f, r, FK_BE_SLOW_100, &arg))
        fk_sleep(f, arg);
    if (fk_fault(f, r, FK_BE_MANY_1XX, &arg))
        for (uint64_t i = 0; i < arg; i++)
            (void)fk_conn_write(r->conn, interim, sizeof interim - 1);
    fk_continue(r);
}

/* --- the body --- */

struct breaks { /* where the body is cut, and how often it waits */
    enum { AT_NONE, AT_RESET, AT_CLOSE, AT_FAIL } how;
    uint64_t at, pause;
    bool stall;
};

static struct breaks breaks_of(struct fake *f, struct fk_request *r)
{
    struct breaks b = {.how = AT_NONE};
    if (fk_fault(f, r, FK_BE_RESET_BODY, &b.at))
        b.how = AT_RESET;
    else if (fk_fault(f, r, FK_BE_CLOSE_BODY, &b.at))
        b.how = AT_CLOSE;
    else if (fk_fault(f, r, FK_BE_EARLY_FAIL, &b.at))
        b.how = AT_FAIL;
    if (!fk_fault(f, r, FK_BE_SLOW_READ, &b.pause))
        b.pause = 0;
    b.stall = fk_fault(f, r, FK_BE_STALL, NULL);
    return b;
}

/* broken_here - true: the body ends at this point by a fault. */
static bool broken_here(struct fake *f, struct fk_request *r, struct breaks *b,
                        struct fk_load *load)
{
    if (b->pause)
        fk_sleep(f, b->pause);
    if (b->stall) {
        fk_sleep(f, 0);
        fk_drop(r, false);
        return true;
    }
    if (b->how == AT_NONE || (r->body < b->at && !r->done))
        return false;
    if (b->how == AT_FAIL)
        fk_sb_str(&load->why, "cancelled: memory limit exceeded while writing");
    else
        fk_drop(r, b->how == AT_RESET);
    return true;
}

bool fk_be_take_body(struct fake *f, struct fk_request *r, struct fk_load *load)
{
    struct breaks b = breaks_of(f, r);
    const char *p;
    size_t n;
    int k;
    say_continue(f, r);
    uint64_t before = r->body;
    while ((k = fk_body_next(r, &p, &n)) > 0) {
        fk_load_body(load, p, n);
        if (broken_here(f, r, &b, load))
            break;
    }
    fk_lock(f);
    f->stats.body_bytes += r->body - before;
    fk_unlock(f);
    if (k == 0)
        return true;
    if (k < 0 && r->has_length)
        fk_sb_fmt(&load->why,
                  "receive body don't equal with body bytes, body_bytes=%llu, "
                  "receive_bytes=%llu",
                  (unsigned long long)r->length, (unsigned long long)r->body);
    else if (k < 0)
        fk_drop(r, false);
    return false;
}

/* --- a plain load --- */

struct plain {
    struct fk_listener *l;
    struct fk_request *r;
    const char *db, *table;
    struct fk_txn *txn, *old;
    char label[132];
    bool merge, two_phase;
    int64_t began;
};

static void put_counts(struct fake *f, struct fk_request *r, struct fk_answer *a, struct plain *p)
{
    const struct fk_txn *t = p->txn;
    uint64_t more = 0, fewer = 0, ms = (uint64_t)(fk_now_ms() - p->began);
    if (!fk_fault(f, r, FK_BE_LYING, &more))
        more = 0;
    if (!fk_fault(f, r, FK_BE_FEWER, &fewer))
        fewer = 0;
    uint64_t out = t ? t->filtered + t->unselected : 0;
    fk_put_num(a, "NumberTotalRows", (t ? t->total : 0) + more - fewer);
    fk_put_num(a, "NumberLoadedRows", (t ? t->total - out : 0) + more - fewer);
    fk_put_num(a, "NumberFilteredRows", t ? t->filtered : 0);
    fk_put_num(a, "NumberUnselectedRows", t ? t->unselected : 0);
    uint64_t lost = 0;
    if (!fk_fault(f, r, FK_BE_BYTES, &lost))
        lost = 0;
    fk_put_num(a, "LoadBytes", (t ? t->bytes : 0) - lost);
    fk_put_num(a, "LoadTimeMs", ms);
    fk_put_num(a, "BeginTxnTimeMs", 0);
    fk_put_num(a, fk_is_doris(f) ? "StreamLoadPutTimeMs" : "StreamLoadPlanTimeMs", 0);
    fk_put_num(a, "ReadDataTimeMs", 0);
    fk_put_num(a, "WriteDataTimeMs", ms);
    fk_put_num(a, "CommitAndPublishTimeMs", 0);
}

static void answer(struct plain *p, const char *status, const char *msg, bool effect)
{
    struct fake *f = p->l->f;
    struct fk_answer a;
    const struct fk_txn *t = p->txn;
    const char *id = fk_request_header(p->r, "label");
    char number[24];
    fk_answer_begin(f, p->r, &a);
    a.no_status = effect && fk_fault(f, p->r, FK_BE_NO_STATUS, NULL);
    a.odd_status = effect && fk_fault(f, p->r, FK_BE_ODD_STATUS, NULL);
    (void)snprintf(number, sizeof number, "%lld", t ? (long long)t->id : -1LL);
    fk_put_raw(&a, "TxnId", number);
    bool other = effect && fk_fault(f, p->r, FK_BE_OTHER_LABEL, NULL);
    fk_put_text(&a, "Label", other ? "somebody-else" : p->label);
    if (fk_is_doris(f)) {
        fk_put_text(&a, "Comment", "");
        fk_put_text(&a, "TwoPhaseCommit", p->two_phase ? "true" : "false");
    }
    fk_put_text(&a, "Status", status);
    if (p->old && strcmp(status, "Label Already Exists") == 0)
        fk_put_text(&a, "ExistingJobStatus", fk_existing(f, p->old));
    fk_put_text(&a, "Message", msg);
    put_counts(f, p->r, &a, p);
    if (t)
        fk_put_log(f, p->r, &a, t);
    if (p->merge) {
        fk_put_text(&a, "RequestId", id ? id : "");
        fk_put_num(&a, "LeftTimeMs", 0);
    }
    fk_answer_send(f, p->r, &a, effect);
}

static void fail(struct plain *p, const char *msg)
{
    struct fake *f = p->l->f;
    struct fk_sb s = {0};
    if (p->txn) {
        fk_lock(f);
        fk_txn_abort(f, p->txn, msg);
        fk_unlock(f);
    }
    if (p->r->answered)
        return;
    fk_sb_fmt(&s, fk_is_doris(f) && msg[0] != '[' ? "[INTERNAL_ERROR]%s" : "%s", msg);
    answer(p, "Fail", s.p, false);
    fk_sb_free(&s);
}

static void label_used(struct plain *p)
{
    struct fake *f = p->l->f;
    struct fk_sb s = {0};
    fk_sb_fmt(&s,
              fk_is_doris(f) ? "[LABEL_ALREADY_EXISTS]TStatus: errCode = 2, detailMessage = Label "
                               "[%s] has already been used, relate to txn [%llu]"
                             : "Label [%s] has already been used. relate to txn [%llu]",
              p->label, (unsigned long long)p->old->id);
    bool wrong = fk_fault(f, p->r, FK_BE_LABEL_STATUS, NULL);
    answer(p, wrong ? "Fail" : "Label Already Exists", s.p, false);
    fk_sb_free(&s);
}

static void label_of(struct plain *p)
{
    const char *v = fk_request_header(p->r, "label");
    struct fake *f = p->l->f;
    p->merge = fk_same(fk_request_header(p->r, "enable_merge_commit"), "true");
    if (v && *v && !p->merge) {
        (void)snprintf(p->label, sizeof p->label, "%s", v);
        return;
    }
    fk_lock(f);
    uint64_t n = ++f->next_label;
    fk_unlock(f);
    (void)snprintf(p->label, sizeof p->label,
                   p->merge ? "merge_commit_%08llx-%04x-4000-8000-%012llx"
                            : "%08llx-%04x-4000-8000-%012llx",
                   (unsigned long long)(uint32_t)(n * 2654435761U), (unsigned)(n & 0xFFFF),
                   (unsigned long long)n);
}

/* busy - limits and faults that a client may try again after. */
static const char *busy(struct plain *p)
{
    struct fake *f = p->l->f;
    if (fk_fault(f, p->r, FK_BE_SHUTDOWN, NULL))
        return "Service is shutting down, please retry later!";
    if (fk_fault(f, p->r, FK_BE_MANY_LOADS, NULL))
        return "Stream Load exceed http cuncurrent limit 32, please try again later";
    if (fk_fault(f, p->r, FK_BE_401, NULL))
        return "Access denied for user";
    fk_lock(f);
    bool many = f->running >= f->o.max_running;
    fk_unlock(f);
    if (many || fk_fault(f, p->r, FK_BE_MANY_TXNS, NULL))
        return "current running txns on db 10005 is 1000, larger than limit 1000";
    return NULL;
}

/* credentials - step 1 (checked: false): are there any?  Step 5 (true): are they right? */
static bool credentials(struct plain *p, bool checked, struct fk_sb *why)
{
    struct fk_sb user = {0};
    enum fk_auth auth = fk_auth_check(p->l->f, p->r, &user);
    if (auth == FA_MISSING)
        fk_sb_str(why, "no valid Basic authorization");
    else if (auth != FA_OK && checked)
        fk_sb_fmt(why, "Access denied for %s@%s", user.p, p->r->conn->host);
    fk_sb_free(&user);
    if (why->n > 0)
        fk_unauthorized(p->l->f);
    return why->n == 0;
}

/* begin - steps 1 to 5.  false: answered. */
static bool begin(struct plain *p)
{
    struct fake *f = p->l->f;
    struct fk_sb why = {0};
    const char *late = NULL;
    uint64_t timeout = fk_head_timeout(p->r, "timeout", 600);
    if (credentials(p, false, &why) && fk_head_check(f, p->r, &why))
        late = busy(p);
    if (why.n == 0 && !late)
        (void)credentials(p, true, &why);
    if (why.n == 0 && !late && !fk_label_ok(p->label))
        fk_sb_fmt(&why, "Label format error. regex: ^[-\\w]{1,128}$, label: %s", p->label);
    fk_lock(f);
    if (why.n == 0 && !late && !f->o.sink && !fk_db_exists(f, p->db))
        fk_sb_fmt(&why, "unknown database, database=%s", p->db);
    if (why.n == 0 && !late)
        p->txn = fk_txn_begin(f, p->db, p->table, p->label, timeout, &p->old);
    if (p->txn) {
        p->txn->be = p->l->index;
        p->txn->two_phase = p->two_phase;
    }
    fk_unlock(f);
    if (why.n > 0 || late)
        fail(p, late ? late : why.p);
    else if (!p->txn)
        label_used(p);
    fk_sb_free(&why);
    return p->txn != NULL;
}

static struct fk_load *plan(struct plain *p)
{
    struct fake *f = p->l->f;
    struct fk_sb why = {0};
    struct fk_load *load = NULL;
    fk_lock(f);
    struct fk_table *t = fk_table_find(f, p->db, p->table);
    fk_unlock(f);
    if (!t && !f->o.sink)
        fk_sb_fmt(&why, "unknown table, table=%s", p->table);
    else
        load = fk_load_new(f, t, p->r, false, &why);
    if (!load)
        fail(p, why.p);
    fk_sb_free(&why);
    return load;
}

/* judge - NULL, or why nothing may be committed. */
static const char *judge(struct fake *f, struct fk_request *r, const struct fk_txn *t,
                         const struct fk_load *load)
{
    if (load->why.n > 0)
        return load->why.p;
    if (!fk_txn_good(t))
        return "too many filtered rows";
    if (f->o.empty_error && !f->o.sink && t->total == t->filtered + t->unselected)
        return "all partitions have no load data";
    if (fk_fault(f, r, FK_BE_VERSIONS, NULL))
        return fk_is_doris(f)
                   ? "[E-235]failed to init rowset builder. version count: 2001, exceed "
                     "limit: 2000, tablet: 10015"
                   : "Failed to load data into tablet 10015, because of too many versions, "
                     "current/limit: "
                     "1000/1000. You can reduce the loading job concurrency, or increase loading "
                     "data "
                     "batch size. Too many versions";
    return NULL;
}

static const char *unsure_words(enum fk_fault_id id)
{
    if (id == FK_BE_THRIFT_OK || id == FK_BE_THRIFT_BAD)
        return "[THRIFT_RPC_ERROR]failed to call frontend service, FE address=127.0.0.1:9020, "
               "reason: THRIFT_EAGAIN (timed out)";
    return "Commit transaction fail cause <TimedOut>, Transaction status unknown, you can retry "
           "with same label.";
}

/* outcome_hidden - faults that end the load without telling how.  true: answered or dropped. */
static bool outcome_hidden(struct plain *p)
{
    static const struct {
        enum fk_fault_id id;
        enum fk_decide decide;
        bool told;
    } rows[] = {{FK_BE_DROP_BEFORE, FD_ABORT, false}, {FK_BE_DROP_PENDING, FD_COMMIT, false},
                {FK_BE_DROP_DOOMED, FD_ABORT, false}, {FK_BE_STUCK, FD_NONE, false},
                {FK_BE_UNKNOWN_OK, FD_COMMIT, true},  {FK_BE_UNKNOWN_BAD, FD_ABORT, true},
                {FK_BE_THRIFT_OK, FD_COMMIT, true},   {FK_BE_THRIFT_BAD, FD_ABORT, true}};
    struct fake *f = p->l->f;
    uint64_t ms = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!fk_fault(f, p->r, rows[i].id, &ms))
            continue;
        fk_lock(f);
        p->txn->busy = false;
        if (rows[i].id == FK_BE_DROP_BEFORE)
            fk_txn_abort(f, p->txn, "fault: dropped before the commit");
        else if (rows[i].decide != FD_NONE)
            fk_txn_decide(f, p->txn, rows[i].decide, ms);
        fk_unlock(f);
        if (rows[i].told)
            answer(p, "Fail", unsure_words(rows[i].id), false);
        else
            fk_drop(p->r, false);
        return true;
    }
    return false;
}

static void finish(struct plain *p)
{
    struct fake *f = p->l->f;
    struct fk_txn *t = p->txn;
    uint64_t ms = 0;
    bool late = !p->two_phase && fk_fault(f, p->r, FK_BE_PUBLISH, &ms);
    fk_lock(f);
    t->busy = false;
    fk_txn_settle(f, t);
    bool open = t->state == FS_PREPARE;
    if (open && p->two_phase)
        fk_txn_prepare(f, t, 86400);
    else if (open)
        fk_txn_commit(f, t);
    if (open && late)
        t->visible_at = fk_now_ms() + (int64_t)ms;
    int64_t wait = open && !p->two_phase && !late ? t->visible_at - fk_now_ms() : 0;
    int64_t left = t->deadline - fk_now_ms();
    char *reason = fk_dupz(t->reason ? t->reason : "");
    fk_unlock(f);
    late |= wait > left;
    if (wait > 0 && left > 0)
        fk_sleep(f, (uint64_t)(wait < left ? wait : left));
    if (!open)
        fail(p, reason);
    else if (late)
        answer(p, "Publish Timeout",
               "transaction commit successfully, BUT data will be visible later", true);
    else
        answer(p, "Success", "OK", true);
    free(reason);
}

void fk_be_load(struct fk_listener *l, struct fk_request *r, const char *db, const char *table)
{
    struct fake *f = l->f;
    struct plain p = {.l = l, .r = r, .db = db, .table = table, .began = fk_now_ms()};
    p.two_phase = fk_is_doris(f) && fk_same(fk_request_header(r, "two_phase_commit"), "true");
    if (fk_be_faults_early(l, r))
        return;
    label_of(&p);
    if (!begin(&p))
        return;
    struct fk_load *load = plan(&p);
    if (!load)
        return;
    if (!fk_be_take_body(f, r, load)) {
        fail(&p, load->why.n ? load->why.p : "connection closed before the end of the body");
        fk_load_free(load);
        return;
    }
    fk_load_end(load);
    fk_lock(f);
    bool open = p.txn->state == FS_PREPARE;
    p.txn->busy = open; /* until the outcome is decided its deadline does not end it */
    if (open)
        fk_txn_add(p.txn, load);
    fk_unlock(f);
    const char *bad = open ? judge(f, r, p.txn, load) : p.txn->reason;
    char *why = bad ? fk_dupz(bad) : NULL;
    if (!open)
        fk_load_free(load);
    if (why)
        fail(&p, why);
    else if (!outcome_hidden(&p))
        finish(&p);
    free(why);
}

/* --- the error log --- */

static void error_log(struct fk_listener *l, struct fk_request *r)
{
    struct fake *f = l->f;
    char *file = fk_request_arg(r, "file");
    uint64_t n;
    unsigned long long id = 0, check = 0;
    struct fk_sb text = {0};
    if (fk_fault(f, r, FK_LOG_HANG, NULL)) {
        fk_sleep(f, 0);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_LOG_ENDLESS, &n)) {
        while (text.n < n)
            fk_sb_str(&text, "Error: no end. Row: 1,2,3\n");
    } else if (file && sscanf(file, "error_log_%llx_%llx", &id, &check) == 2 &&
               !fk_fault(f, r, FK_LOG_404, NULL)) {
        fk_lock(f);
        for (size_t i = 0; i < FK_BUCKETS && text.n == 0; i++)
            for (struct fk_txn *t = f->buckets[i]; t; t = t->next)
                if (t->id == id && id * 2654435761U == check)
                    fk_sb_add(&text, t->errors.p, t->errors.n);
        fk_unlock(f);
    }
    if (!r->answered && text.n > 0)
        fk_respond(r, 200, "text/plain", NULL, text.p, text.n);
    else if (!r->answered)
        fk_respond_text(r, 404, "file not found\n");
    fk_sb_free(&text);
    free(file);
}

void fk_handle_be(struct fk_listener *l, struct fk_request *r, const struct fk_path *p)
{
    struct fake *f = l->f;
    const char *last = p->n ? p->part[p->n - 1] : "";
    bool api = p->n >= 2 && strcmp(p->part[0], "api") == 0;
    if (api && p->n == 4 && strcmp(last, "_stream_load") == 0 && strcmp(r->method, "PUT") == 0)
        fk_be_load(l, r, p->part[1], p->part[2]);
    else if (api && p->n == 2 && strcmp(last, "_load_error_log") == 0)
        error_log(l, r);
    else if (api && p->n == 3 && strcmp(p->part[1], "transaction") == 0 && f->o.transactions &&
             !fk_is_doris(f))
        fk_txn_be(l, r, p->part[2]);
    else if (api && fk_is_doris(f) && p->n >= 3 && strcmp(last, "_stream_load_2pc") == 0)
        fk_2pc(l, r, p->part[1]);
    else if (p->n >= 1 && strcmp(p->part[0], "fake") == 0)
        fk_handle_fake(l, r, p);
    else
        fk_respond_text(r, 404, "Not Found\n");
}
