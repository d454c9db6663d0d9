/* txn.c - the transaction interface, FE's and BE's part, and Doris' two-phase commit.
 * Source: sheet, sections 12 and 15; the table of 12.3 is tested in check_txn.c. */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call {
    struct fk_listener *l;
    struct fk_request *r;
    const char *db, *table, *label, *op;
    bool multi;
};

static struct call call_of(struct fk_listener *l, struct fk_request *r, const char *op)
{
    struct call c = {.l = l, .r = r, .op = op};
    const char *type = fk_request_header(r, "transaction_type");
    c.db = fk_request_header(r, "db");
    c.table = fk_request_header(r, "table");
    c.label = fk_request_header(r, "label");
    c.db = c.db ? c.db : "";
    c.table = c.table ? c.table : "";
    c.label = c.label ? c.label : "";
    c.multi = fk_same(type, "multi");
    return c;
}

static bool is(const struct call *c, const char *op)
{
    return strcmp(c->op, op) == 0;
}

static void say(const struct call *c, const struct fk_txn *t, const char *status, const char *form,
                const char *a, const char *b)
{
    struct fk_sb s = {0};
    const char *args[] = {a, b};
    size_t used = 0;
    for (; *form; form++) { /* %s only */
        if (form[0] == '%' && form[1] == 's' && used < 2) {
            fk_sb_str(&s, args[used] ? args[used] : "");
            used++;
            form++;
        } else {
            fk_sb_ch(&s, *form);
        }
    }
    fk_fe_answer(c->l->f, c->r, status, s.p ? s.p : "", t);
    fk_sb_free(&s);
}

/* names_ok - what each op needs.  false: answered. */
static bool names_ok(const struct call *c, const char *status)
{
    static const char *const ops[] = {"begin", "load", "prepare", "commit", "rollback"};
    struct fake *f = c->l->f;
    size_t i = 0;
    while (i < 5 && !is(c, ops[i]))
        i++;
    fk_lock(f);
    bool known = fk_db_exists(f, c->db) || f->o.sink;
    fk_unlock(f);
    if (i == 5)
        say(c, NULL, status, "Unknown transaction operation: %s", c->op, NULL);
    else if (!*c->db)
        say(c, NULL, status, "No database selected.", NULL, NULL);
    else if (!*c->label)
        say(c, NULL, status, "Empty label.", NULL, NULL);
    else if (!known)
        say(c, NULL, status, "Database[%s] does not exist.", c->db, NULL);
    else if (!fk_label_ok(c->label))
        say(c, NULL, status, "Label format error. regex: ^[-\\w]{1,128}$, label: %s", c->label,
            NULL);
    else if (((is(c, "begin") && !c->multi) || is(c, "load")) && !*c->table)
        say(c, NULL, status, "No table selected.", NULL, NULL);
    return !c->r->answered;
}

static void ended(const struct call *c, const struct fk_txn *t)
{
    bool commit = is(c, "commit");
    bool aborted = t->state == FS_ABORTED;
    const char *state = fk_state_name(c->l->f, t);
    struct fk_sb s = {0};
    if (commit && aborted)
        fk_sb_fmt(&s, "Can not commit ABORTED transaction %llu, label is %s",
                  (unsigned long long)t->id, t->label);
    else if (commit)
        fk_sb_fmt(&s, "Transaction %llu has already committed, label is %s",
                  (unsigned long long)t->id, t->label);
    else if (aborted)
        fk_sb_fmt(&s, "Transaction %llu has already aborted, label is %s",
                  (unsigned long long)t->id, t->label);
    else
        fk_sb_fmt(&s, "Can not abort %s transaction %llu, label is %s", state,
                  (unsigned long long)t->id, t->label);
    say(c, t, commit == aborted ? "FAILED" : "OK", "%s", s.p, NULL);
    fk_sb_free(&s);
}

/* --- what both ends do --- */

/* unfit - NULL, or why the collected rows cannot be prepared or committed. */
static const char *unfit(struct fake *f, const struct fk_txn *t, struct fk_sb *s)
{
    if (t->nloads == 0)
        fk_sb_fmt(s, "transaction %s hasn't send any data yet", t->label);
    else if (!fk_txn_good(t))
        fk_sb_str(s, "too many filtered rows");
    else if (f->o.empty_error && !f->o.sink && t->total == t->filtered + t->unselected)
        fk_sb_str(s, "all partitions have no load data");
    return s->n ? s->p : NULL;
}

static void answer(const struct call *c, const struct fk_txn *t, const char *status,
                   const char *msg, bool effect)
{
    struct fake *f = c->l->f;
    struct fk_answer a;
    fk_answer_begin(f, c->r, &a);
    fk_put_text(&a, "Status", status);
    fk_put_text(&a, "Message", msg);
    if (t && strcmp(status, "LABEL_ALREADY_EXISTS") == 0)
        fk_put_text(&a, "ExistingJobStatus", fk_existing(f, t));
    if (t && effect) {
        bool other = fk_fault(f, c->r, FK_BE_OTHER_LABEL, NULL);
        fk_put_text(&a, "Label", other ? "somebody-else" : t->label);
        fk_put_num(&a, "TxnId", t->id + fk_fault(f, c->r, FK_BE_OTHER_TXN, NULL));
    }
    if (effect && is(c, "begin"))
        fk_put_num(&a, "BeginTxnTimeMs", 0);
    if (t && effect && is(c, "load")) {
        uint64_t lost = 0;
        if (!fk_fault(f, c->r, FK_BE_BYTES, &lost))
            lost = 0;
        fk_put_num(&a, "LoadBytes", t->bytes - lost);
        fk_put_num(&a, "StreamLoadPlanTimeMs", 0);
        fk_put_num(&a, "ReceivedDataTimeMs", 0);
    }
    if (t && (is(c, "prepare") || is(c, "commit"))) {
        uint64_t fewer = 0;
        if (!fk_fault(f, c->r, FK_BE_FEWER, &fewer))
            fewer = 0;
        fk_put_num(&a, "NumberTotalRows", t->total - fewer);
        fk_put_num(&a, "NumberLoadedRows", t->total - t->filtered - t->unselected - fewer);
        fk_put_num(&a, "NumberFilteredRows", t->filtered);
        fk_put_num(&a, "NumberUnselectedRows", t->unselected);
        fk_put_num(&a, "LoadBytes", t->bytes);
        fk_put_num(&a, "LoadTimeMs", 0);
        fk_put_log(f, c->r, &a, t);
    }
    fk_answer_send(f, c->r, &a, effect);
}

/* hidden - a commit whose outcome shows only later.  true: dropped. */
static bool hidden(const struct call *c, struct fk_txn *t)
{
    struct fake *f = c->l->f;
    uint64_t ms = 0;
    if (!is(c, "commit"))
        return false;
    bool commits = fk_fault(f, c->r, FK_BE_DROP_PENDING, &ms);
    if (!commits && !fk_fault(f, c->r, FK_BE_DROP_DOOMED, &ms))
        return false;
    fk_lock(f);
    fk_txn_decide(f, t, commits ? FD_COMMIT : FD_ABORT, ms);
    fk_unlock(f);
    fk_drop(c->r, false);
    return true;
}

/* end - prepare, commit or rollback of an open transaction, for real. */
static void end(const struct call *c, struct fk_txn *t)
{
    struct fake *f = c->l->f;
    struct fk_sb s = {0};
    const char *why = is(c, "rollback") ? NULL : unfit(f, t, &s);
    uint64_t keep = fk_head_timeout(c->r, "prepared_timeout", 86400);
    if (!why && hidden(c, t)) {
        fk_sb_free(&s);
        return;
    }
    fk_lock(f);
    if (why)
        fk_txn_abort(f, t, why);
    else if (is(c, "prepare"))
        fk_txn_prepare(f, t, keep);
    else if (is(c, "commit"))
        fk_txn_commit(f, t);
    else
        fk_txn_abort(f, t, "User Abort");
    int64_t wait = is(c, "commit") && !why ? t->visible_at - fk_now_ms() : 0;
    fk_unlock(f);
    int64_t limit = (int64_t)(fk_head_timeout(c->r, "timeout", 20) * f->o.second_ms);
    if (wait > 0 && limit > 0)
        fk_sleep(f, (uint64_t)(wait < limit ? wait : limit));
    answer(c, t, why ? "INTERNAL_ERROR" : "OK", why ? why : "OK", !why);
    fk_sb_free(&s);
}

static void begin(const struct call *c)
{
    struct fake *f = c->l->f;
    struct fk_txn *old;
    uint64_t timeout = fk_head_timeout(c->r, "timeout", 600);
    uint64_t idle = fk_head_timeout(c->r, "idle_transaction_timeout", timeout);
    if (!timeout || !idle) {
        answer(c, NULL, "INVALID_ARGUMENT", "Invalid timeout format", false);
        return;
    }
    fk_lock(f);
    struct fk_txn *t = fk_txn_begin(f, c->db, c->multi ? "" : c->table, c->label, timeout, &old);
    if (t) {
        t->face = true;
        t->multi = c->multi;
        t->be = fk_be_of(f, c->label);
        t->idle_s = idle;
        t->idle_ms = (int64_t)((idle + f->o.idle_check_s) * f->o.second_ms);
    }
    fk_unlock(f);
    struct fk_sb s = {0};
    fk_sb_fmt(&s, "Label [%s] has already been used.", c->label);
    if (t)
        answer(c, t, "OK", "OK", true);
    else
        answer(c, old, "LABEL_ALREADY_EXISTS", s.p, false);
    fk_sb_free(&s);
}

/* --- FE --- */

static void fe_multi(const struct call *c)
{
    struct fake *f = c->l->f;
    fk_lock(f);
    struct fk_txn *t = fk_txn_find(f, c->db, c->label);
    bool open = t && (t->state == FS_PREPARE || t->state == FS_PREPARED);
    fk_unlock(f);
    if (is(c, "begin"))
        begin(c);
    else if (!t)
        say(c, NULL, "FAILED", "No transaction found with db[%s] and label[%s]", c->db, c->label);
    else if (is(c, "load"))
        fk_redirect(c->l, c->r, fk_listener_find(f, FR_BE, t->be));
    else if (is(c, "prepare") && !f->o.multi_prepare)
        say(c, NULL, "FAILED", "Unsupported operation", NULL, NULL);
    else if (!open)
        ended(c, t);
    else
        end(c, t);
}

static void fe_single(const struct call *c)
{
    struct fake *f = c->l->f;
    struct fk_listener *be = fk_listener_find(f, FR_BE, fk_be_of(f, c->label));
    fk_lock(f);
    struct fk_txn *t = fk_txn_find(f, c->db, c->label);
    bool elsewhere = !t && fk_txn_face(f, c->label); /* of another database: the BE says so */
    bool open = t && t->state == FS_PREPARE;
    bool prepared = t && t->state == FS_PREPARED;
    fk_unlock(f);
    bool final = is(c, "commit") || is(c, "rollback");
    if (is(c, "begin") || open || elsewhere)
        fk_redirect(c->l, c->r, be);
    else if (!t && final)
        say(c, NULL, "FAILED", "No transaction found with db[%s] and label[%s]", c->db, c->label);
    else if (!t)
        say(c, NULL, "FAILED", "No transaction found by label %s", c->label, NULL);
    else if (!final)
        fk_redirect(c->l, c->r, be);
    else if (prepared)
        end(c, t);
    else
        ended(c, t);
}

void fk_txn_fe(struct fk_listener *l, struct fk_request *r, const char *op)
{
    struct call c = call_of(l, r, op);
    struct fake *f = l->f;
    if (!names_ok(&c, "FAILED"))
        return;
    if (l->role == FR_FOLLOWER)
        fk_redirect(l, r, fk_listener_find(f, FR_LEADER, 0));
    else if (l->role == FR_PROXY)
        fk_txn_be(fk_listener_find(f, FR_BE, fk_be_of(f, c.label)), r, op);
    else if (c.multi && !f->o.multi_table)
        say(&c, NULL, "FAILED", "Unsupported transaction_type: multi", NULL, NULL);
    else if (c.multi)
        fe_multi(&c);
    else
        fe_single(&c);
}

/* --- BE --- */

/* rolled_back - an error that ends the transaction too. */
static void rolled_back(const struct call *c, struct fk_txn *t, const char *why)
{
    struct fake *f = c->l->f;
    fk_lock(f);
    t->busy = false;
    fk_txn_abort(f, t, why);
    fk_unlock(f);
    if (!c->r->answered)
        answer(c, t, "INTERNAL_ERROR", why, false);
}

/* take - the open transaction of the call, marked busy; NULL: answered. */
static struct fk_txn *take(const struct call *c)
{
    struct fake *f = c->l->f;
    struct fk_sb s = {0};
    const char *status = "TXN_NOT_EXISTS";
    if (fk_fault(f, c->r, FK_TXN_BUSY, NULL)) {
        answer(c, NULL, "TXN_IN_PROCESSING", "Transaction in processing, please retry later",
               false);
        return NULL;
    }
    bool forget = fk_fault(f, c->r, FK_TXN_LOST, NULL);
    fk_lock(f);
    struct fk_txn *t = fk_txn_face(f, c->label);
    if (t && forget) {
        t->lost = true;
        fk_txn_abort(f, t, "coordinate BE restart");
    }
    bool open = t && !t->lost && (t->state == FS_PREPARE || t->state == FS_PREPARED);
    if (!open) {
        fk_sb_fmt(&s, "Transaction with label %s not exists", c->label);
    } else if (t->busy) {
        status = "TXN_IN_PROCESSING";
        fk_sb_str(&s, "Transaction in processing, please retry later");
    } else if (strcmp(t->db, c->db) != 0) {
        status = "INVALID_ARGUMENT";
        fk_sb_fmt(&s, "Request database %s not equal transaction database %s", c->db, t->db);
    } else if (!t->multi && *c->table && strcmp(t->table, c->table) != 0) {
        status = "INVALID_ARGUMENT";
        fk_sb_fmt(&s, "Request table %s not equal transaction table %s", c->table, t->table);
    } else if (t->state == FS_PREPARED && is(c, "load")) {
        status = "INVALID_ARGUMENT";
        fk_sb_fmt(&s, "Can not load into PREPARED transaction %s", c->label);
    } else {
        t->busy = true;
        t->last_used = fk_now_ms();
    }
    fk_unlock(f);
    if (s.n > 0)
        answer(c, NULL, status, s.p, false);
    bool ok = s.n == 0;
    fk_sb_free(&s);
    return ok ? t : NULL;
}

static void release(const struct call *c, struct fk_txn *t)
{
    fk_lock(c->l->f);
    t->busy = false;
    t->last_used = fk_now_ms();
    fk_unlock(c->l->f);
}

/* load_plan - the load of this request; NULL: *why, the transaction is to be rolled back. */
static struct fk_load *load_plan(const struct call *c, struct fk_txn *t, struct fk_sb *why)
{
    struct fake *f = c->l->f;
    char *signature = fk_plan_signature(c->r);
    bool same = !t->signature || strcmp(t->signature, signature) == 0;
    fk_lock(f);
    struct fk_table *table = fk_table_find(f, c->db, c->table);
    fk_unlock(f);
    if (!t->signature)
        t->signature = signature;
    else
        free(signature);
    if (!same)
        fk_sb_str(why, "load request not equal last.");
    else if (!table && !f->o.sink)
        fk_sb_fmt(why, "unknown table, table=%s", c->table);
    else if (fk_head_check(f, c->r, why))
        return fk_load_new(f, table, c->r, true, why);
    return NULL;
}

static void be_load(const struct call *c)
{
    struct fake *f = c->l->f;
    struct fk_sb why = {0};
    struct fk_txn *t = take(c);
    if (!t)
        return;
    struct fk_load *load = load_plan(c, t, &why);
    if (!load) {
        rolled_back(c, t, why.p);
        fk_sb_free(&why);
        return;
    }
    bool whole = fk_be_take_body(f, c->r, load);
    if (whole)
        fk_load_end(load);
    if (!whole || load->why.n > 0) {
        rolled_back(c, t,
                    load->why.n ? load->why.p : "connection closed before the end of the body");
        fk_load_free(load);
    } else if (fk_fault(f, c->r, FK_TXN_ERROR, NULL)) {
        rolled_back(c, t, "fault: internal error");
        fk_load_free(load);
    } else {
        fk_lock(f);
        bool open = t->state == FS_PREPARE;
        if (open)
            fk_txn_add(t, load);
        fk_unlock(f);
        if (!open)
            fk_load_free(load);
        release(c, t);
        answer(c, t, open ? "OK" : "TXN_NOT_EXISTS", open ? "OK" : "transaction is aborted", open);
    }
    fk_sb_free(&why);
}

static void be_end(const struct call *c)
{
    struct fake *f = c->l->f;
    struct fk_txn *t = take(c);
    if (!t)
        return;
    if (fk_fault(f, c->r, FK_BE_DROP_BEFORE, NULL)) {
        fk_drop(c->r, false);
        rolled_back(c, t, "fault: dropped before the commit");
    } else if (fk_fault(f, c->r, FK_TXN_ERROR, NULL)) {
        rolled_back(c, t, "fault: internal error");
    } else if (fk_fault(f, c->r, FK_TXN_STAYS, NULL)) {
        release(c, t);
        answer(c, t, "INTERNAL_ERROR", "fault: nothing was done", false);
    } else {
        release(c, t);
        end(c, t);
    }
}

void fk_txn_be(struct fk_listener *l, struct fk_request *r, const char *op)
{
    struct call c = call_of(l, r, op);
    struct fk_sb user = {0};
    enum fk_auth auth = fk_auth_check(l->f, r, &user);
    fk_sb_free(&user);
    if (fk_be_faults_early(l, r))
        return;
    if (auth != FA_OK)
        fk_unauthorized(l->f);
    if (auth != FA_OK)
        answer(&c, NULL, "INTERNAL_ERROR",
               auth == FA_MISSING ? "no valid Basic authorization" : "Access denied", false);
    else if (!names_ok(&c, "INVALID_ARGUMENT"))
        return;
    else if (c.multi && !is(&c, "load"))
        answer(&c, NULL, "INTERNAL_ERROR",
               "Multi-statement transaction requests can only be sent to FE nodes, not BE nodes",
               false);
    else if (is(&c, "begin"))
        begin(&c);
    else if (is(&c, "load"))
        be_load(&c);
    else
        be_end(&c);
}

/* --- Doris: PRECOMMITTED to committed or aborted --- */

static void answer_2pc(struct fake *f, struct fk_request *r, const char *status, const char *form,
                       unsigned long long id)
{
    struct fk_answer a;
    struct fk_sb s = {0};
    fk_answer_begin(f, r, &a);
    fk_put_text(&a, "status", status);
    const char *at = strstr(form, "%");
    fk_sb_add(&s, form, at ? (size_t)(at - form) : strlen(form));
    if (at)
        fk_sb_fmt(&s, "%llu%s", id, at + 1);
    fk_put_text(&a, "msg", s.p ? s.p : "");
    fk_answer_send(f, r, &a, strcmp(status, "Success") == 0);
    fk_sb_free(&s);
}

/* end_2pc - commit or abort, told by the state the transaction was in.  (t NULL: not found) */
static void end_2pc(struct fake *f, struct fk_request *r, struct fk_txn *t, uint64_t id,
                    bool commit)
{
#define ERR "[ANALYSIS_ERROR]TStatus: errCode = 2, detailMessage = transaction [%] "
    static const char *const wrong[] = {
        [FS_PREPARE] = ERR "is prepare, not pre-committed.",
        [FS_COMMITTED] = ERR "is already committed, not pre-committed.",
        [FS_VISIBLE] = ERR "is already visible, not pre-committed.",
        [FS_ABORTED] = ERR "is already aborted. abort reason: User Abort",
    };
    fk_lock(f);
    enum fk_state state = t ? t->state : FS_PREPARE;
    if (t && state == FS_PREPARED && commit)
        fk_txn_commit(f, t);
    else if (t && state == FS_PREPARED)
        fk_txn_abort(f, t, "User Abort");
    fk_unlock(f);
    if (!t)
        answer_2pc(f, r, "ANALYSIS_ERROR", ERR "not found", id);
    else if (state != FS_PREPARED)
        answer_2pc(f, r, "ANALYSIS_ERROR", wrong[state], id);
    else if (commit)
        answer_2pc(f, r, "Success", "transaction [%] commit successfully.", id);
    else
        answer_2pc(f, r, "Success", "transaction [%] abort successfully.", id);
#undef ERR
}

void fk_2pc(struct fk_listener *l, struct fk_request *r, const char *db)
{
    struct fake *f = l->f;
    const char *id = fk_request_header(r, "txn_id"), *label = fk_request_header(r, "label");
    const char *op = fk_request_header(r, "txn_operation");
    struct fk_sb user = {0};
    enum fk_auth auth = fk_auth_check(f, r, &user);
    struct fk_txn *t = NULL;
    uint64_t n = 0;
    fk_sb_free(&user);
    if (fk_be_faults_early(l, r))
        return;
    if (auth != FA_OK) {
        fk_unauthorized(f);
        answer_2pc(f, r, "Fail", "[INTERNAL_ERROR]no valid Basic authorization", 0);
        return;
    }
    if (!fk_same(op, "commit") && !fk_same(op, "abort")) {
        answer_2pc(f, r, "Fail",
                   "[INVALID_ARGUMENT]transaction operation should be commit or abort", 0);
        return;
    }
    fk_lock(f);
    if (id && fk_u64(id, strlen(id), &n))
        t = fk_txn_by_id(f, db, n);
    else if (label)
        t = fk_txn_find(f, db, label);
    n = t ? t->id : n;
    fk_unlock(f);
    end_2pc(f, r, t, n, fk_same(op, "commit"));
}
