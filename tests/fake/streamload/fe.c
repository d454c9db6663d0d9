/* fe.c - the frontend: checks, redirects, label states.  It never reads a body.
 * Source: sheet, sections 2.1, 3, 11. */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- redirects --- */

static const char *scheme_of(struct fake *f, struct fk_request *r, const struct fk_listener *to)
{
    if (fk_fault(f, r, FK_FE_TO_HTTP, NULL))
        return "http";
    if (fk_fault(f, r, FK_FE_TO_HTTPS, NULL))
        return "https";
    if (to->role == FR_BE && !fk_same(f->o.location_scheme, "auto"))
        return f->o.location_scheme;
    return to->tls ? "https" : "http";
}

static void location(struct fake *f, struct fk_request *r, const struct fk_listener *to,
                     struct fk_sb *out)
{
    bool doris = (fk_is_doris(f) && to->role == FR_BE) || fk_fault(f, r, FK_FE_USERINFO, NULL);
    const char *host = to->role == FR_BE ? fk_host(f) : f->o.bind;
    unsigned port =
        to->role == FR_BE && f->o.location_port ? (unsigned)f->o.location_port : to->port;
    if (fk_fault(f, r, FK_FE_TO_OTHER, NULL))
        host = "evil.invalid";
    if (fk_fault(f, r, FK_FE_TO_NOWHERE, NULL))
        port = 1;
    fk_sb_fmt(out, "%s://", scheme_of(f, r, to));
    if (doris) {
        struct fk_sb user = {0};
        (void)fk_auth_check(f, r, &user);
        fk_sb_fmt(out, "%s:secret@", user.p ? user.p : "");
        fk_sb_free(&user);
    }
    fk_sb_fmt(out, "%s:%u%s", host, port, r->path);
    if (r->query[0] || doris)
        fk_sb_fmt(out, "?%s", r->query);
}

void fk_redirect(struct fk_listener *l, struct fk_request *r, struct fk_listener *to)
{
    static const char html[] = "<html><body>Moved</body></html>";
    struct fake *f = l->f;
    struct fk_sb where = {0}, more = {0};
    uint64_t code = 307;
    if (fk_fault(f, r, FK_FE_TO_FILE, NULL))
        fk_sb_str(&where, "file:///etc/passwd");
    else if (fk_fault(f, r, FK_FE_BAD_LOCATION, NULL))
        fk_sb_str(&where, "::not a url::");
    else if (fk_fault(f, r, FK_FE_RELATIVE, NULL))
        fk_sb_str(&where, r->path);
    else
        location(f, r, to, &where);
    if (!fk_fault(f, r, FK_FE_NO_LOCATION, NULL))
        fk_sb_fmt(&more, "Location: %s\r\n", where.p);
    if (!fk_fault(f, r, FK_FE_CODE, &code))
        code = 307;
    bool body = fk_fault(f, r, FK_FE_307_BODY, NULL);
    r->close = !fk_fault(f, r, FK_FE_KEEP, NULL);
    fk_sb_add(&more, "", 0);
    fk_respond(r, (int)code, body ? "text/html" : NULL, more.p, html, body ? sizeof html - 1 : 0);
    fk_sb_free(&where);
    fk_sb_free(&more);
}

/* --- faults --- */

static void big_header(struct fk_request *r, uint64_t n)
{
    struct fk_sb s = {0};
    fk_sb_str(&s, "HTTP/1.1 307 Temporary Redirect\r\n");
    while (s.n < n)
        fk_sb_fmt(&s, "X-Filler-%zu: %064zu\r\n", s.n, s.n);
    fk_sb_str(&s, "Content-Length: 0\r\n\r\n");
    (void)fk_conn_write(r->conn, s.p, s.n);
    fk_sb_free(&s);
    fk_drop(r, false);
}

static void takes_body(struct fake *f, struct fk_request *r)
{
    struct fk_answer a = {0};
    const char *label = fk_request_header(r, "label");
    fk_continue(r);
    fk_read_all(r);
    fk_sb_ch(&a.s, '{');
    fk_put_num(&a, "TxnId", 1);
    fk_put_text(&a, "Label", label ? label : "");
    fk_put_text(&a, "Status", "Success");
    fk_put_text(&a, "Message", "OK");
    fk_put_num(&a, "NumberTotalRows", 1);
    fk_put_num(&a, "NumberLoadedRows", 1);
    fk_answer_send(f, r, &a, false);
}

static bool broken_connection(struct fk_listener *l, struct fk_request *r)
{
    static const char garbage[] = "SSH-2.0-OpenSSH_9.2p1\r\n";
    static const char cut[] = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0";
    struct fake *f = l->f;
    uint64_t arg;
    if (fk_fault(f, r, FK_FE_CLOSE, NULL)) {
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_FE_RESET, NULL)) {
        fk_drop(r, true);
    } else if (fk_fault(f, r, FK_FE_DOWN, &arg)) {
        fk_listener_down(f, l, arg);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_FE_GARBAGE, NULL)) {
        (void)fk_conn_write(r->conn, garbage, sizeof garbage - 1);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_FE_CUT, NULL)) {
        (void)fk_conn_write(r->conn, cut, sizeof cut - 1);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_FE_BIG_HEADER, &arg)) {
        big_header(r, arg);
    }
    return r->answered;
}

static bool fe_faults_early(struct fk_listener *l, struct fk_request *r)
{
    struct fake *f = l->f;
    uint64_t arg;
    if (fk_fault(f, r, FK_FE_SLOW, &arg))
        fk_sleep(f, arg);
    if (fk_fault(f, r, FK_FE_HANG, NULL)) {
        fk_sleep(f, 0);
        fk_drop(r, false);
    }
    if (r->answered || broken_connection(l, r))
        return true;
    if (fk_fault(f, r, FK_FE_500, NULL))
        fk_rest_error(f, r, 500, "java.lang.NullPointerException");
    else if (fk_fault(f, r, FK_FE_502, NULL))
        fk_html(r, 502);
    else if (fk_fault(f, r, FK_FE_503, NULL))
        fk_html(r, 503);
    else if (fk_fault(f, r, FK_FE_504, NULL))
        fk_html(r, 504);
    else if (fk_fault(f, r, FK_FE_TAKES_BODY, NULL))
        takes_body(f, r);
    return r->answered;
}

/* --- credentials --- */

/* refused - 401 with the words of an FE.  write: INSERT is needed.  true: answered. */
static bool refused(struct fk_listener *l, struct fk_request *r, bool write)
{
    struct fk_sb user = {0}, msg = {0};
    enum fk_auth auth = fk_auth_check(l->f, r, &user);
    if (fk_fault(l->f, r, FK_FE_401, NULL))
        auth = FA_DENIED;
    if (auth == FA_MISSING)
        fk_sb_str(&msg, "Need auth information.");
    else if (auth == FA_DENIED)
        fk_sb_fmt(&msg, "Access denied for %s@%s", user.p, r->conn->host);
    else if (auth == FA_READER && write)
        fk_sb_fmt(&msg,
                  "Access denied; you need (at least one of) the INSERT privilege(s) on TABLE "
                  "for this operation, user %s@%s",
                  user.p, r->conn->host);
    if (msg.n > 0) {
        fk_unauthorized(l->f);
        fk_rest_error(l->f, r, 401, msg.p);
    }
    fk_sb_free(&user);
    fk_sb_free(&msg);
    return r->answered;
}

/* --- handlers --- */

static void fe_fail(struct fake *f, struct fk_request *r, const char *msg)
{
    r->close = true;
    fk_fe_answer(f, r, "FAILED", msg, NULL);
}

static struct fk_listener *next_be(struct fake *f)
{
    fk_lock(f);
    uint64_t n = f->next_be++;
    fk_unlock(f);
    return fk_listener_find(f, FR_BE, (unsigned)(n % f->o.be_count));
}

static bool load_checked(struct fk_listener *l, struct fk_request *r, const char *db,
                         const char *table)
{
    struct fake *f = l->f;
    if (fe_faults_early(l, r) || refused(l, r, false))
        return false;
    if (f->o.expect && r->minor > 0 && !fk_same(fk_request_header(r, "Expect"), "100-continue"))
        fe_fail(f, r, "class com.starrocks.common.DdlException: There is no 100-continue header");
    else if (!*db)
        fe_fail(f, r, "No database selected.");
    else if (!*table)
        fe_fail(f, r, "No table selected.");
    else if (!refused(l, r, true) && fk_fault(f, r, FK_FE_NO_BACKEND, NULL))
        fe_fail(f, r, fk_is_doris(f) ? "No backend load available." : "No backend alive.");
    return !r->answered;
}

static void fe_load(struct fk_listener *l, struct fk_request *r, const char *db, const char *table)
{
    struct fake *f = l->f;
    const char *merge = fk_request_header(r, "enable_merge_commit");
    uint64_t left;
    if (!load_checked(l, r, db, table))
        return;
    if (l->role == FR_PROXY) { /* the front goes to the BE itself */
        fk_be_load(fk_listener_find(f, FR_BE, 0), r, db, table);
        return;
    }
    if (l->role == FR_FOLLOWER && fk_same(merge, "true"))
        fk_redirect(l, r, fk_listener_find(f, FR_LEADER, 0));
    else if (fk_fault(f, r, FK_FE_LOOP, NULL))
        fk_redirect(l, r, l);
    else if (fk_fault(f, NULL, FK_FE_HOPS, &left)) {
        char again[40];
        (void)snprintf(again, sizeof again, "fe_hops:%llu", (unsigned long long)left - 1);
        if (left > 1)
            (void)fake_fault(f, again);
        fk_redirect(l, r, l);
    } else
        fk_redirect(l, r, next_be(f));
}

static void state_answer(struct fake *f, struct fk_request *r, const char *state,
                         const char *reason)
{
    struct fk_sb s = {0};
    bool cut = fk_fault(f, r, FK_STATE_CUT, NULL);
    if (fk_is_doris(f)) {
        fk_sb_fmt(&s, "{\"msg\":\"success\",\"code\":0,\"data\":\"%s\",\"count\":0}", state);
    } else {
        fk_sb_fmt(&s, "{\"state\":\"%s\",\"reason\":", state);
        fk_sb_json(&s, reason, strlen(reason));
        fk_sb_str(&s, ",\"status\":\"OK\",\"code\":\"0\",\"msg\":\"Success\",\"message\":\"OK\"}");
    }
    fk_respond(r, 200, "application/json", NULL, s.p, cut ? s.n / 3 : s.n);
    fk_sb_free(&s);
}

static bool state_faults(struct fake *f, struct fk_request *r)
{
    if (fk_fault(f, r, FK_STATE_CLOSE, NULL)) {
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_STATE_HANG, NULL)) {
        fk_sleep(f, 0);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_STATE_502, NULL)) {
        fk_html(r, 502);
    } else if (fk_fault(f, r, FK_STATE_500, NULL)) {
        fk_rest_error(f, r, 500, "get load state failed");
    } else if (fk_fault(f, r, FK_STATE_HTML, NULL)) {
        fk_html(r, 200);
    }
    return r->answered;
}

static void fe_state(struct fk_listener *l, struct fk_request *r, const char *db)
{
    struct fake *f = l->f;
    char *label = fk_request_arg(r, "label");
    bool known;
    fk_lock(f);
    f->stats.state_asked++;
    known = fk_db_exists(f, db) || f->o.sink;
    fk_unlock(f);
    if (state_faults(f, r) || refused(l, r, false)) {
        free(label);
        return;
    }
    if (l->role == FR_FOLLOWER) {
        fk_redirect(l, r, fk_listener_find(f, FR_LEADER, 0));
    } else if (!label || !*label) {
        fk_rest_error(f, r, 200, "No label selected.");
    } else if (!known) {
        struct fk_sb s = {0};
        fk_sb_fmt(&s, "unknown database, database=%s", db);
        fk_rest_error(f, r, 200, s.p);
        fk_sb_free(&s);
    } else {
        fk_lock(f);
        struct fk_txn *t = fk_txn_find(f, db, label);
        const char *state = fk_state_name(f, t);
        char *reason = fk_dupz(t && t->reason ? t->reason : "");
        fk_unlock(f);
        if (fk_fault(f, r, FK_STATE_LATER, NULL))
            state = "PREPARE";
        else if (fk_fault(f, r, FK_STATE_UNKNOWN, NULL))
            state = "UNKNOWN";
        else if (fk_fault(f, r, FK_STATE_ODD, NULL))
            state = "ELSEWHERE";
        state_answer(f, r, state, reason);
        free(reason);
    }
    free(label);
}

static void fe_meta(struct fk_listener *l, struct fk_request *r)
{
    struct fake *f = l->f;
    struct fk_sb s = {0};
    bool merge = fk_same(fk_request_header(r, "enable_merge_commit"), "true");
    if (refused(l, r, true))
        return;
    fk_sb_str(&s, "{\"status\":\"OK\",\"code\":\"OK\"");
    for (unsigned i = 0; merge && i < f->o.be_count; i++)
        fk_sb_fmt(&s, "%s%s:%u", i ? "," : ",\"nodes\":{\"http\":\"", fk_host(f),
                  fk_listener_find(f, FR_BE, i)->port);
    fk_sb_str(&s, merge ? "\"}}" : "}");
    fk_respond(r, 200, "application/json", NULL, s.p, s.n);
    fk_sb_free(&s);
}

static void fe_transaction(struct fk_listener *l, struct fk_request *r, const char *op)
{
    if (!l->f->o.transactions || fk_is_doris(l->f))
        fk_respond_text(r, 404, "Not Found\n");
    else if (!fe_faults_early(l, r) && !refused(l, r, true))
        fk_txn_fe(l, r, op);
}

void fk_handle_fe(struct fk_listener *l, struct fk_request *r, const struct fk_path *p)
{
    struct fake *f = l->f;
    const char *last = p->n ? p->part[p->n - 1] : "";
    bool api = p->n >= 2 && strcmp(p->part[0], "api") == 0;
    if (l->role == FR_PROXY)
        fk_continue(r);
    if (api && p->n == 4 && strcmp(last, "_stream_load") == 0 && strcmp(r->method, "PUT") == 0)
        fe_load(l, r, p->part[1], p->part[2]);
    else if (api && p->n == 4 && strcmp(last, "_stream_load_meta") == 0)
        fe_meta(l, r);
    else if (api && p->n == 3 && strcmp(last, "get_load_state") == 0)
        fe_state(l, r, p->part[1]);
    else if (api && p->n == 3 && strcmp(p->part[1], "transaction") == 0)
        fe_transaction(l, r, last);
    else if (api && fk_is_doris(f) && p->n >= 3 && strcmp(last, "_stream_load_2pc") == 0) {
        if (!fe_faults_early(l, r) && !refused(l, r, true))
            fk_redirect(l, r, next_be(f));
    } else if (p->n >= 1 && strcmp(p->part[0], "fake") == 0)
        fk_handle_fake(l, r, p);
    else
        fk_respond_text(r, 404, "Not Found\n");
}
