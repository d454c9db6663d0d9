/* streamload_stmt.c - the statement STREAM LOAD: bytes of the application, or of a file below
 * STREAMLOADDIR, as they are; answered with one row.
 *
 * Data at execution goes to the server as it comes (param.c hands over pieces of about 1 MiB): then
 * the load cannot be sent a second time if it breaks.  A value that is there as a whole, and a
 * file, can. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/jail.h"
#include "odbc/exec/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/paramdata.h"
#include "odbc/handle/runner.h"
#include "odbc/load/streamload_parts.h"
#include "odbc/result/made.h"
#include "sql/unquote.h"

/* Backslashes are ordinary in this statement. */
static const struct sql_mode load_mode = {.no_backslash_escapes = true};

/* --- bodies ----------------------------------------------------------------------------------- */

struct memory {
    const unsigned char *p;
    size_t len, at;
};

static int memory_read(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f)
{
    struct memory *m = ctx;
    (void)f;
    *n = m->len - m->at < cap ? m->len - m->at : cap;
    if (*n)
        memcpy(p, m->p + m->at, *n);
    m->at += *n;
    return RC_OK;
}

static int memory_rewind(void *ctx, struct fault *f)
{
    (void)f;
    ((struct memory *)ctx)->at = 0;
    return RC_OK;
}

struct file {
    int fd;
    int64_t left, size;
    struct timespec changed[2]; /* content, inode: as they were when it was opened */
};

/* What was there when the file was opened, and no byte more. */
static int file_read_some(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f)
{
    struct file *file = ctx;
    size_t want = (uint64_t)file->left < cap ? (size_t)file->left : cap;
    ssize_t got = 0;
    *n = 0;
    do
        got = want ? read(file->fd, p, want) : 0;
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fault_sys(f, RC_CONFIG, errno, "STREAM LOAD: reading the file");
    if (!got && want)
        return fault(f, RC_CONFIG, "STREAM LOAD: the file became shorter while it was read");
    *n = (size_t)got;
    file->left -= got;
    return RC_OK;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Only the very same bytes may go under a label once more. */
static int file_rewind(void *ctx, struct fault *f)
{
    struct file *file = ctx;
    struct stat st;
    if (fstat(file->fd, &st) || !same_time(st.st_mtim, file->changed[0]) ||
        !same_time(st.st_ctim, file->changed[1]))
        return fault(f, RC_CONFIG,
                     "STREAM LOAD: the load broke, and cannot be tried again because the file was "
                     "changed meanwhile; load a file that nobody writes to");
    if (lseek(file->fd, 0, SEEK_SET) != 0)
        return fault_sys(f, RC_CONFIG, errno, "STREAM LOAD: reading the file again");
    file->left = file->size;
    return RC_OK;
}

static SQLRETURN open_file(struct stmt *s, struct sql_span name, struct file *file)
{
    struct jail j = {s->dbc->dsn.load_dir, "STREAMLOADDIR", "STREAM LOAD", "read"};
    struct buf path = {0};
    struct fault f;
    struct stat st;
    if (!j.dir)
        return diag(&s->h, ST_HY000,
                    "STREAM LOAD: no file may be read; give the folder of those that may in "
                    "STREAMLOADDIR");
    sql_unquote_string(&path, (const char *)s->x->sql.p + name.at, name.len, load_mode);
    int rc = buf_ok(&path) ? jail_open(&j, buf_str(&path), path.len, &file->fd, &f)
                           : fault(&f, RC_MEMORY, "no memory for the name of a file");
    buf_clear(&path);
    if (rc)
        return diag_fault(&s->h, &f);
    if (fstat(file->fd, &st))
        return diag(&s->h, ST_HY000, "STREAM LOAD: the file cannot be looked at");
    file->size = file->left = (int64_t)st.st_size;
    file->changed[0] = st.st_mtim;
    file->changed[1] = st.st_ctim;
    return SQL_SUCCESS;
}

/* A body whose rows are counted while it is read. */
struct counted {
    const struct load_body *body;
    struct count *count;
};

static int counted_read(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f)
{
    const struct counted *k = ctx;
    int rc = k->body->read(k->body->ctx, p, cap, n, f);
    if (!rc)
        count_put(k->count, p, *n);
    return rc;
}

static int counted_rewind(void *ctx, struct fault *f)
{
    const struct counted *k = ctx;
    count_again(k->count);
    return k->body->rewind(k->body->ctx, f);
}

/* --- the answer ------------------------------------------------------------------------------- */

static void put_text(struct made *m, const struct buf *b)
{
    if (b->len)
        made_put_n(m, b->p, b->len);
    else
        made_put_null(m);
}

static void put_count(struct made *m, int64_t n)
{
    if (n < 0)
        made_put_null(m);
    else
        made_put_int(m, n);
}

static SQLRETURN answer(struct stmt *s, const struct load_result *r)
{
    struct made m;
    if (!made_open(&m, s, MADE_LOADS))
        return made_end(&m);
    made_put(&m, r->label);
    made_put(&m, r->status);
    put_count(&m, r->txn_id);
    put_count(&m, r->rows_total);
    put_count(&m, r->rows_loaded);
    put_count(&m, r->rows_filtered);
    put_count(&m, r->rows_unselected);
    put_count(&m, r->bytes);
    put_count(&m, r->milliseconds);
    put_text(&m, &r->message);
    put_text(&m, &r->error_url);
    made_row(&m);
    return made_end(&m);
}

/* What is loaded stays loaded, so this is no error. */
static SQLRETURN answer_lost(struct stmt *s, const struct load_result *r)
{
    diag_clear(&s->h.diag);
    return diag(&s->h, ST_01000,
                "the load %s is in, but there is no memory for the row that tells of it", r->label);
}

static SQLRETURN answer_done(struct stmt *s, struct load_result *r)
{
    SQLRETURN told = told_rejected(s->dbc, s, r);
    SQLRETURN ret = answer(s, r);
    if (ret == SQL_ERROR)
        ret = answer_lost(s, r);
    return ret == SQL_SUCCESS ? told : ret;
}

/* n: whose transaction the load is part of, or NULL; its rows are compared at the commit. */
static SQLRETURN finish(struct stmt *s, struct load_node *n, int rc, struct load_result *r,
                        const struct fault *f)
{
    SQLRETURN ret;
    if (rc || r->outcome != LOAD_DONE) {
        ret = told_failed(s->dbc, s, rc, r, f);
    } else {
        struct count_rows sent = count_end(&s->load_own->count);
        if (n)
            n->rows = count_add(n->rows, sent);
        ret = told_counts(s->dbc, s, r, sent);
        if (ret == SQL_SUCCESS)
            ret = answer_done(s, r);
        s->dbc->changed_since_end |= s->dbc->autocommit == SQL_AUTOCOMMIT_ON;
    }
    told_keep(s->dbc, s, r);
    return ret;
}

/* --- running ---------------------------------------------------------------------------------- */

static SQLRETURN check_open(struct stmt *s)
{
    if (!s->dbc->dsn.load_url)
        return diag(&s->h, ST_HY000,
                    "STREAM LOAD: the endpoints are not known; give them in STREAMLOADURL");
    if (mode_now(s) == DSN_LOAD_OFF)
        return diag(&s->h, ST_HY000, "STREAM LOAD: STREAMLOAD=OFF forbids it");
    return SQL_SUCCESS;
}

/* The load as the statement asks for it; NULL: diagnostics were raised. */
static struct load_call *make_call(struct stmt *s)
{
    const struct sql_loadstmt *p = s->load_own->parsed;
    enum load_dialect dialect;
    struct fault f;
    struct load_call *c = call_new(s, p, true);
    if (!c)
        return NULL;
    SQLRETURN rc = call_target(s, c, p->database, p->table);
    if (rc == SQL_SUCCESS && p->columns.len) {
        const char *text = (const char *)s->x->sql.p + p->columns.at;
        const char *list = arena_dup(&c->arena, text, p->columns.len);
        if (memchr(text, 0, p->columns.len))
            rc = diag(&s->h, ST_42000, "STREAM LOAD: the list of columns holds a NUL byte");
        else if (!list || !call_header(c, "columns", list))
            rc = diag(&s->h, ST_HY001, "no memory for the columns");
    }
    if (rc == SQL_SUCCESS && dialect_now(s, &dialect, &f))
        rc = diag_fault(&s->h, &f);
    if (rc == SQL_SUCCESS)
        rc = call_seal(s, c, dialect, true);
    if (rc == SQL_SUCCESS) {
        count_begin(&s->load_own->count, &c->q, dialect);
        return c;
    }
    call_free(c);
    return NULL;
}

static bool same_headers(const struct load_call *a, const struct load_call *b)
{
    bool is_same = a->nheaders == b->nheaders;
    for (size_t i = 0; is_same && i < a->nheaders; i++)
        is_same = !strcmp(a->headers[i].name, b->headers[i].name) &&
                  !strcmp(a->headers[i].value, b->headers[i].value);
    return is_same;
}

/* The transaction of the table, begun if need be; then it keeps *call, which is NULL now.  HYC00 if
 * its loads are not like this one. */
static SQLRETURN join_transaction(struct stmt *s, struct load_node **out, struct load_call **call)
{
    struct load_call *c = *call;
    struct load_node *n = node_of_table(s->dbc, c);
    bool is_alike = n && !n->plan && same_headers(n->call, c);
    SQLRETURN ret = SQL_SUCCESS;
    if (n && !is_alike)
        ret = diag(&s->h, ST_HYC00,
                   "a Stream Load transaction is open for %.64s.%.64s with other columns, options "
                   "or time zone, and all its loads must be alike; commit first",
                   c->q.database, c->q.table);
    else if (n)
        ret = node_is_free(s, n);
    if (!n) {
        *call = NULL;
        ret = node_begin(s, &n, c);
    }
    *out = n;
    return ret;
}

static SQLRETURN run_body(struct stmt *s, const struct load_body *body)
{
    struct load_call *c = make_call(s);
    struct counted counted = {body, &s->load_own->count};
    struct load_body whole = {&counted, counted_read, counted_rewind, body->size};
    struct load_node *n = NULL; /* NULL: the load is by itself */
    struct load_result r = {0};
    struct fault f;
    SQLRETURN ret = c ? SQL_SUCCESS : SQL_ERROR;
    if (c && s->dbc->autocommit == SQL_AUTOCOMMIT_OFF)
        ret = join_transaction(s, &n, &c);
    if (ret == SQL_SUCCESS) {
        int rc = n ? node_append(s, n, &whole, &r, &f) : node_run(s, &c->q, &whole, &r, &f);
        ret = finish(s, n, rc, &r, &f);
    }
    call_free(c);
    return ret;
}

static SQLRETURN run_file(struct stmt *s)
{
    struct file file = {.fd = -1};
    SQLRETURN rc = open_file(s, s->load_own->parsed->file, &file);
    struct load_body body = {&file, file_read_some, file_rewind, file.size};
    if (rc == SQL_SUCCESS)
        rc = run_body(s, &body);
    if (file.fd >= 0)
        (void)close(file.fd); /* reading only */
    return rc;
}

static SQLRETURN run_value(struct stmt *s)
{
    struct buf bytes = {0};
    enum param_form form = PARAM_NULL;
    SQLRETURN rc = params_field(s, 0, 0, &bytes, &form);
    if (SQL_SUCCEEDED(rc) && form == PARAM_NULL)
        rc = diag_at(&s->h, 0, 1, ST_HY009, "STREAM LOAD: the parameter is NULL; give it bytes");
    if (SQL_SUCCEEDED(rc) && !buf_ok(&bytes))
        rc = diag(&s->h, ST_HY001, "no memory for the parameter");
    struct memory m = {bytes.p, bytes.len, 0};
    struct load_body body = {&m, memory_read, memory_rewind, (int64_t)bytes.len};
    if (SQL_SUCCEEDED(rc))
        rc = run_body(s, &body);
    buf_clear(&bytes);
    return rc;
}

/* --- pushing ---------------------------------------------------------------------------------- */

static SQLRETURN push_begin(struct stmt *s)
{
    struct load_node *n = NULL;
    struct fault f;
    SQLRETURN ret = check_open(s);
    struct load_call *c = ret == SQL_SUCCESS ? make_call(s) : NULL;
    if (!c)
        return SQL_ERROR;
    if (s->dbc->autocommit == SQL_AUTOCOMMIT_OFF)
        ret = join_transaction(s, &n, &c);
    if (ret == SQL_SUCCESS) {
        int rc = node_stream(s, &n, c ? &c->q : NULL, &f);
        ret = rc ? told_failed(s->dbc, s, rc, NULL, &f) : SQL_SUCCESS;
    }
    if (ret == SQL_SUCCESS)
        s->load_own->push_node = n;
    call_free(c);
    return ret;
}

static SQLRETURN load_send_ahead(struct stmt *s, size_t i, const void *p, size_t n)
{
    struct fault f;
    (void)i; /* there is one */
    SQLRETURN ret = s->load_own->push_node ? SQL_SUCCESS : push_begin(s);
    if (ret != SQL_SUCCESS)
        return ret;
    struct streamload_own *own = s->load_own;
    struct loader *l = own->push_node->loader;
    running_begin(s, l);
    int rc = load_stream_write(l, p, n, &f);
    running_end(s);
    count_put(&own->count, p, n);
    return rc ? told_failed(s->dbc, s, rc, NULL, &f) : SQL_SUCCESS;
}

static void push_over(struct streamload_own *own)
{
    own->push_node->is_pushing = false;
    own->push_node = NULL;
}

static SQLRETURN push_end(struct stmt *s)
{
    struct load_result r = {0};
    struct fault f;
    struct load_node *n = s->load_own->push_node;
    running_begin(s, n->loader);
    int rc = load_stream_end(n->loader, &r, &f);
    running_end(s);
    push_over(s->load_own);
    return finish(s, n->call ? n : NULL, rc, &r, &f);
}

static void push_abort(struct stmt *s)
{
    struct streamload_own *own = s->load_own;
    if (!own->push_node)
        return;
    load_stream_abort(own->push_node->loader);
    push_over(own);
}

static SQLRETURN load_execute(struct stmt *s)
{
    if (s->load_own->push_node)
        return push_end(s);
    SQLRETURN rc = check_open(s);
    if (rc != SQL_SUCCESS)
        return rc;
    return s->load_own->parsed->file.len ? run_file(s) : run_value(s);
}

/* --- the runner ------------------------------------------------------------------------------- */

/* The columns of its result, before it was executed. */
static SQLRETURN load_columns(struct stmt *s, struct columns *out)
{
    struct stmt_exec *x = s->x;
    const struct reply *p = x->probe.current;
    if (!p)
        p = made_columns(&x->probe, MADE_LOADS, s->dbc->env->odbc_version == SQL_OV_ODBC2);
    if (!p)
        return diag(&s->h, ST_HY001, "no memory for the columns");
    *out = (struct columns){.list = p->cols, .n = p->ncols};
    return SQL_SUCCESS;
}

static bool can_send_ahead(struct stmt *s)
{
    (void)s;
    return true;
}

static void load_abandon(struct stmt *s)
{
    push_abort(s);
    exec_abandon(s);
}

static void load_drop(struct stmt *s)
{
    push_abort(s);
    free(s->load_own->parsed);
    s->load_own->parsed = NULL;
}

static const struct stmt_runner load_runner = {
    .columns = load_columns,
    .execute = load_execute,
    .row = load_execute,
    .data = params_data,
    .put = params_put,
    .can_send_ahead = can_send_ahead,
    .send_ahead = load_send_ahead,
    .abandon = load_abandon,
    .drop = load_drop,
    .no_array = "STREAM LOAD takes one parameter, not an array; set SQL_ATTR_PARAMSET_SIZE to 1",
    .takes_bytes = true,
};

static SQLRETURN loadstmt_take(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct streamload_own *own = own_of(&s->h);
    struct fault f;
    const char *text = (const char *)x->sql.p;
    if (own && !own->parsed)
        own->parsed = calloc(1, sizeof *own->parsed);
    if (!own || !own->parsed)
        return diag(&s->h, ST_HY001, "no memory for the statement");
    if (sql_loadstmt_parse(text, x->sql.len, load_mode, own->parsed, &f))
        return diag(&s->h, ST_42000, "%s", f.text);
    if (sql_markers_find(&x->markers, text, x->sql.len, load_mode, &f))
        return diag_fault(&s->h, &f);
    x->kind = (struct sql_kind_info){.kind = SQL_KIND_OTHER, .statements = 1};
    x->has_sql = true;
    x->is_modal = false;
    s->runner = &load_runner;
    return SQL_SUCCESS;
}

const struct exec_loads streamload_loads = {
    .take = loadstmt_take,
    .is_single = insert_is_single,
    .path = {"Stream Load", insert_fits, insert_run},
    .collect = insert_collect,
    .forget = streamload_forget,
};
