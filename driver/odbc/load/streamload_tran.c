/* streamload_tran.c - loaders of a connection, and the transactions that are open on them.
 *
 * A loader has one transaction at most, and a transaction one table; so every table that is loaded
 * into while autocommit is off gets a loader of its own.  Commit is in two steps: all are prepared,
 * and if one cannot be, all are rolled back; then all are committed.  What the server promised can
 * still fail in the second step, and then it is told first which part is in. */
#include <stdlib.h>
#include <string.h>

#include "odbc/command/cancel.h"
#include "odbc/command/opts.h"
#include "odbc/command/roundtrip.h"
#include "odbc/load/streamload_parts.h"

/* --- options of the loaders ------------------------------------------------------------------- */

/* A list with commas or spaces between its items, NULL at its end; nothing: no items. */
static const char *const *split(struct arena *a, const char *list, size_t *n)
{
    static const char between[] = ", \t\n";
    size_t most = list ? strlen(list) / 2 + 2 : 1;
    const char **out = arena_zalloc(a, most * sizeof *out);
    *n = 0;
    for (const char *s = list; out && s && *s;) {
        s += strspn(s, between);
        size_t len = strcspn(s, between);
        if (len)
            out[*n] = arena_dup(a, s, len);
        if (len && !out[(*n)++])
            return NULL;
        s += len;
    }
    return out;
}

static const char *const *host_map(struct arena *a, const char *pairs)
{
    size_t most = pairs ? strlen(pairs) + 3 : 1, n = 0;
    const char **out = arena_zalloc(a, most * sizeof *out);
    const char *at = pairs;
    struct dsn_pair pair;
    while (out && at && dsn_pairs_next(&at, &pair)) {
        out[n] = arena_dup(a, pair.name, pair.nname);
        out[n + 1] = arena_dup(a, pair.value, pair.nvalue);
        if (!out[n] || !out[n + 1])
            return NULL;
        n += 2;
    }
    return out;
}

static int make_opts(struct arena *a, struct load_opts *o, struct dbc *d, struct fault *f)
{
    const struct dsn *dsn = &d->dsn;
    size_t nhosts = 0;
    bool has_own = dsn->load_user || dsn->load_pwd;
    *o = (struct load_opts){
        .user = dsn->load_user ? dsn->load_user : dsn->uid,
        .password = has_own ? dsn->load_pwd : dsn->pwd,
        .dialect = dsn->load_dialect == DSN_DIALECT_DORIS ? LOAD_DORIS : LOAD_STARROCKS,
        .allow_cleartext = dsn->enable_cleartext,
        .allow_plain_redirect = dsn->load_plain_redirect == DSN_PLAIN_ALLOW,
        .timeout_s = dsn->load_timeout,
        .connect_timeout_ms = 1000 * (int64_t)dsn->conn_timeout,
        .log = &d->log,
    };
    opts_tls(&o->tls, dsn);
    o->urls = split(a, dsn->load_url, &o->nurls);
    o->host_map = host_map(a, dsn->load_host_map);
    o->redirect_hosts = split(a, dsn->load_redirect_hosts, &nhosts);
    if (!o->urls || !o->host_map || !o->redirect_hosts)
        return fault(f, RC_MEMORY, "no memory for Stream Load");
    if (!nhosts)
        o->redirect_hosts = NULL;
    return RC_OK;
}

int streamload_check(struct dbc *d, struct fault *f)
{
    struct arena a = {0};
    struct load_opts o;
    struct loader *l = NULL;
    struct buf b = {0};
    int rc = d->dsn.load_url ? make_opts(&a, &o, d, f) : RC_OK;
    if (!rc && d->dsn.load_url)
        rc = loader_new(&o, &l, f);
    loader_free(l);
    arena_clear(&a);
    for (size_t i = 0; i < LOAD_OPTS && !rc; i++) {
        buf_reset(&b);
        if (option_of_dsn(&d->dsn, (enum load_opt)i, &b))
            rc = option_check((enum load_opt)i, buf_str(&b), f);
    }
    buf_clear(&b);
    return rc;
}

/* Doris or StarRocks, which Stream Load alone does not tell. */
int dialect_now(struct stmt *s, enum load_dialect *out, struct fault *f)
{
    struct dbc *d = s->dbc;
    enum dsn_load_dialect said = d->dsn.load_dialect;
    *out = said == DSN_DIALECT_DORIS ? LOAD_DORIS : LOAD_STARROCKS;
    if (said != DSN_DIALECT_AUTO)
        return RC_OK;
    int rc = dbc_free_wire(d, f);
    if (!rc)
        rc = session_detect(d->session, f);
    if (!rc)
        *out = session_product(d->session)->load;
    return rc;
}

int streamload_ready(struct stmt *s, struct fault *f)
{
    struct dbc *d = s->dbc;
    int rc = session_check_owner(d->session, f);
    if (rc)
        return rc;
    if (!d->load)
        d->load = calloc(1, sizeof *d->load);
    if (!d->load)
        return fault(f, RC_MEMORY, "no memory for Stream Load");
    if (d->load->is_ready)
        return RC_OK;
    rc = make_opts(&d->load->arena, &d->load->opts, d, f);
    if (!rc)
        rc = dialect_now(s, &d->load->opts.dialect, f);
    d->load->is_ready = !rc;
    return rc;
}

/* --- loaders ---------------------------------------------------------------------------------- */

/* A loader without a transaction; made if need be. */
static int node_idle(struct stmt *s, struct load_node **out, struct fault *f)
{
    int rc = streamload_ready(s, f);
    if (rc)
        return rc;
    struct streamload *l = s->dbc->load;
    struct load_node *n = l->nodes;
    while (n && (n->call || n->is_pushing))
        n = n->next;
    if (!n) {
        n = calloc(1, sizeof *n);
        if (!n)
            return fault(f, RC_MEMORY, "no memory for Stream Load");
        rc = loader_new(&l->opts, &n->loader, f);
        if (rc) {
            free(n);
            return rc;
        }
        n->next = l->nodes;
        l->nodes = n;
    }
    *out = n;
    return RC_OK;
}

struct load_node *node_of_table(const struct dbc *d, const struct load_call *c)
{
    struct load_node *n = d->load ? d->load->nodes : NULL;
    while (n && (!n->call || strcmp(n->call->q.database, c->q.database) != 0 ||
                 strcmp(n->call->q.table, c->q.table) != 0))
        n = n->next;
    return n;
}

static SQLRETURN wait_diag(struct handle *h, const struct load_node *n)
{
    return diag(h, ST_HY010,
                "a STREAM LOAD into %.64s.%.64s, part of the transaction, waits for its bytes "
                "(SQLPutData): end or cancel it first",
                n->call->q.database, n->call->q.table);
}

SQLRETURN node_is_free(struct stmt *s, const struct load_node *n)
{
    return n->is_pushing ? wait_diag(&s->h, n) : SQL_SUCCESS;
}

/* Its transaction is over. */
static void node_end(struct load_node *n)
{
    batch_plan_free(n->plan);
    n->plan = NULL;
    call_free(n->call);
    n->call = NULL;
    n->batch = NULL;
    n->rows = count_exact(0);
}

/* The node becomes the last of those with a transaction. */
static void node_to_end(struct streamload *l, struct load_node *n)
{
    struct load_node **at = &l->nodes;
    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    for (at = &l->nodes; *at; at = &(*at)->next)
        ;
    n->next = NULL;
    *at = n;
}

SQLRETURN node_begin(struct stmt *s, struct load_node **out, struct load_call *c)
{
    struct fault f;
    struct load_node *n = NULL;
    int rc = node_idle(s, &n, &f);
    if (n) {
        running_begin(s, n->loader);
        rc = load_begin(n->loader, &c->q, &f);
        running_end(s);
    }
    if (n && !rc) {
        n->call = c;
        node_to_end(s->dbc->load, n);
        *out = n;
        return SQL_SUCCESS;
    }
    call_free(c);
    if (rc == RC_UNSUPPORTED)
        return diag(&s->h, ST_HYC00,
                    "autocommit is off, and the endpoint has no transactions of Stream Load: %s. "
                    "Switch autocommit on (then every load is committed by itself), or say "
                    "STREAMLOAD=OFF",
                    f.text);
    return told_failed(s->dbc, s, rc, NULL, &f);
}

int node_run(struct stmt *s, const struct load_request *q, const struct load_body *body,
             struct load_result *r, struct fault *f)
{
    struct load_node *n = NULL;
    int rc = node_idle(s, &n, f);
    if (rc)
        return rc;
    running_begin(s, n->loader);
    rc = load_run(n->loader, q, body, r, f);
    running_end(s);
    return rc;
}

int node_append(struct stmt *s, struct load_node *n, const struct load_body *body,
                struct load_result *r, struct fault *f)
{
    running_begin(s, n->loader);
    int rc = load_append(n->loader, body, r, f);
    running_end(s);
    return rc;
}

int node_stream(struct stmt *s, struct load_node **n, const struct load_request *q, struct fault *f)
{
    bool is_alone = !*n;
    int rc = is_alone ? node_idle(s, n, f) : RC_OK;
    if (rc)
        return rc;
    running_begin(s, (*n)->loader);
    rc = load_stream_begin((*n)->loader, is_alone ? q : NULL, f);
    running_end(s);
    (*n)->is_pushing = !rc;
    return rc;
}

/* --- SQLEndTran ------------------------------------------------------------------------------- */

bool streamload_is_open(const struct dbc *d)
{
    for (const struct load_node *n = d->load ? d->load->nodes : NULL; n; n = n->next)
        if (n->call)
            return true;
    return false;
}

/* One table's part of the end. */
struct ending {
    int rc;
    struct fault f;
    struct load_result r;
};

static SQLRETURN waiting_diag(struct dbc *d)
{
    for (const struct load_node *n = d->load ? d->load->nodes : NULL; n; n = n->next)
        if (n->call && n->is_pushing)
            return wait_diag(&d->h, n);
    return SQL_SUCCESS;
}

static SQLRETURN rollback_one(struct dbc *d, struct load_node *n)
{
    struct fault f;
    load_ready(n->loader);
    int rc = load_rollback(n->loader, &f);
    SQLRETURN ret =
        rc ? diag(&d->h, ST_HY000, "rolling back the load into %.64s.%.64s (label %s): %s",
                  n->call->q.database, n->call->q.table, n->call->q.label, f.text)
           : SQL_SUCCESS;
    node_end(n);
    return ret;
}

/* All that are open; how many. */
static SQLRETURN rollback_all(struct dbc *d, unsigned *count)
{
    SQLRETURN ret = SQL_SUCCESS;
    *count = 0;
    for (struct load_node *n = d->load ? d->load->nodes : NULL; n; n = n->next) {
        if (!n->call)
            continue;
        SQLRETURN rc = rollback_one(d, n);
        ret = ret == SQL_ERROR ? ret : rc;
        ++*count;
    }
    return ret;
}

/* Nothing is committed yet, so all are rolled back. */
static SQLRETURN prepare_failed(struct dbc *d, struct load_node *n, struct ending *e)
{
    unsigned others = 0;
    (void)told_failed(d, NULL, e->rc, &e->r, &e->f);
    told_keep(d, NULL, &e->r);
    node_end(n);
    (void)rollback_all(d, &others);
    if (others)
        (void)diag(&d->h, ST_HY000,
                   "the loads into %u other tables of the transaction were rolled back too",
                   others);
    return SQL_ERROR;
}

SQLRETURN streamload_prepare(struct dbc *d)
{
    SQLRETURN waits = waiting_diag(d);
    if (waits != SQL_SUCCESS)
        return waits;
    for (struct load_node *n = d->load ? d->load->nodes : NULL; n; n = n->next) {
        struct ending e;
        if (!n->call)
            continue;
        load_ready(n->loader);
        e.rc = load_prepare(n->loader, &e.r, &e.f);
        if (e.rc || e.r.outcome != LOAD_DONE)
            return prepare_failed(d, n, &e);
        load_result_clear(&e.r);
    }
    return SQL_SUCCESS;
}

static void put_table(struct buf *b, const struct load_node *n)
{
    buf_printf(b, "%s%.64s.%.64s (label %s)", b->len ? ", " : "", n->call->q.database,
               n->call->q.table, n->call->q.label);
}

/* What was prepared could not be committed, and something else is: that is told first. */
static void tell_part(struct dbc *d, const struct buf *in, bool with_sql)
{
    if (!in->len && !with_sql)
        return;
    (void)diag(&d->h, ST_HY000, "only a part of the transaction is committed: %s%s%s",
               with_sql ? "what was changed by SQL" : "", with_sql && in->len ? ", " : "",
               in->len ? (const char *)in->p : "");
}

static SQLRETURN tell_commit(struct dbc *d, struct load_node *n, struct ending *e)
{
    SQLRETURN ret;
    if (e->rc || e->r.outcome != LOAD_DONE)
        ret = told_failed(d, NULL, e->rc, &e->r, &e->f);
    else
        ret = told_rejected(d, NULL, &e->r);
    if (SQL_SUCCEEDED(ret)) {
        SQLRETURN counted = told_counts(d, NULL, &e->r, n->rows);
        ret = counted == SQL_SUCCESS ? ret : counted;
    }
    told_keep(d, NULL, &e->r);
    node_end(n);
    return ret;
}

/* All that are open; every one is tried, because what is prepared can still be committed. */
static SQLRETURN commit_all(struct dbc *d, size_t count, struct ending *e, bool with_sql)
{
    SQLRETURN ret = SQL_SUCCESS;
    struct buf in = {0};
    size_t i = 0, failed = 0;
    for (struct load_node *n = d->load->nodes; n && i < count; n = n->next) {
        if (!n->call)
            continue;
        load_ready(n->loader);
        e[i].rc = load_commit(n->loader, &e[i].r, &e[i].f);
        if (!e[i].rc && e[i].r.outcome == LOAD_DONE)
            put_table(&in, n);
        else
            failed++;
        i++;
    }
    (void)buf_str(&in);
    if (failed)
        tell_part(d, &in, with_sql);
    buf_clear(&in);
    i = 0;
    for (struct load_node *n = d->load->nodes; n && i < count; n = n->next) {
        if (!n->call)
            continue;
        SQLRETURN rc = tell_commit(d, n, &e[i++]);
        ret = ret == SQL_ERROR || rc == SQL_SUCCESS ? ret : rc;
    }
    return ret;
}

SQLRETURN streamload_end(struct dbc *d, bool commit, bool with_sql)
{
    unsigned ignored;
    SQLRETURN ret = commit ? streamload_prepare(d) : waiting_diag(d);
    if (!SQL_SUCCEEDED(ret))
        return ret;
    if (!commit)
        return rollback_all(d, &ignored);
    size_t count = 0;
    for (const struct load_node *n = d->load ? d->load->nodes : NULL; n; n = n->next)
        count += n->call != NULL;
    struct ending *e = count ? calloc(count, sizeof *e) : NULL;
    if (count && !e)
        return diag(&d->h, ST_HY001, "no memory to commit the loads; they are still open");
    ret = count ? commit_all(d, count, e, with_sql) : SQL_SUCCESS;
    free(e);
    return ret;
}

void streamload_close(struct dbc *d)
{
    struct streamload *l = d->load;
    struct fault f;
    d->load = NULL;
    if (!l || session_check_owner(d->session, &f))
        return; /* a forked child leaves its parent's loads, and their connections, alone */
    for (struct load_node *n = l->nodes, *next; n; n = next) {
        next = n->next;
        loader_free(n->loader); /* rolls back */
        node_end(n);
        free(n);
    }
    arena_clear(&l->arena);
    free(l);
}

/* --- SQLCancel -------------------------------------------------------------------------------- */

void running_begin(struct stmt *s, struct loader *l)
{
    s->stopping->limit = LIMIT_NONE;
    load_ready(l);
    atomic_store(&s->loading, l);
    if (atomic_load(&s->cancelled)) /* while the rows were looked at */
        load_abort(l);
}

void running_end(struct stmt *s)
{
    atomic_store(&s->loading, NULL);
    command_settle(s);
}
