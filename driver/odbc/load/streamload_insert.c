/* streamload_insert.c - the rows of a plain INSERT as one load: a path of array.c.
 *
 * Constants of the statement go along in every row; a column with DEFAULT is left out, so that the
 * server fills it in.  Rows whose values cannot be converted are refused before anything is sent,
 * and the others loaded, as row by row.  A row is converted when it is needed and not kept, so that
 * memory does not grow with their number. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "odbc/exec/exec.h"
#include "odbc/load/streamload_parts.h"
#include "sql/unquote.h"

enum { MARK_NONE = 0, MARK_WARNED, MARK_BAD };

/* One column of the load: a marker, or a constant. */
struct column {
    const char *name;
    size_t marker; /* SIZE_MAX: a constant */
    struct batch_field constant;
};

struct source {
    struct stmt *s;
    struct load_call *call;
    struct column *columns;
    const char **names;
    size_t ncolumns;
    struct buf bytes;           /* values of the row at hand */
    size_t *at;                 /* where each begins */
    struct plain_column *plain; /* ncolumns; NULL: rows always need a look */
    SQLULEN told;               /* rows before this one have had their diagnostics */
    unsigned char *marks;       /* by row of the array; NULL: all MARK_NONE */
    SQLULEN *rows;              /* rows that go, by number of the batch; NULL: all */
    size_t nrows;
    bool has_bad; /* a row was refused while the batch was looked at */
    bool no_room; /* the statement could not be looked at for want of memory */
};

/* --- the statement ---------------------------------------------------------------------------- */

static const char no_room[] = "there is no memory for its columns";

static const char *word_of(const struct stmt *s, struct sql_span span)
{
    return (const char *)s->x->sql.p + span.at;
}

/* INSERT [INTO] t: nothing else between the words. */
static bool has_modifier(const struct stmt *s, const struct sql_insert *ins)
{
    struct sql_lexer lx;
    struct sql_span first = ins->database.len ? ins->database : ins->table;
    sql_lex_init(&lx, word_of(s, ins->head), first.at - ins->head.at, s->x->mode);
    (void)sql_next_code(&lx); /* INSERT */
    struct sql_token t = sql_next_code(&lx);
    if (sql_is(&lx, t, "into"))
        t = sql_next_code(&lx);
    return t.kind != TOK_END;
}

static bool is_decimal(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!memchr("0123456789.eE+-", p[i], 15))
            return false;
    return true;
}

/* A constant as a field.  False: it is none that can travel. */
static bool take_constant(struct source *src, const struct sql_lexer *lx, struct sql_token t,
                          char sign, struct column *c)
{
    struct buf b = {0};
    const char *text = lx->text + t.at;
    c->marker = SIZE_MAX;
    c->constant = (struct batch_field){.form = BATCH_NUMBER};
    bool is_good = true;
    if (t.kind == TOK_NUMBER && is_decimal(text, t.len)) {
        if (sign == '-')
            buf_putc(&b, '-');
        buf_put(&b, text, t.len);
    } else if (t.kind == TOK_STRING && !sign) {
        c->constant.form = BATCH_TEXT;
        sql_unquote_string(&b, text, t.len, src->s->x->mode);
    } else if (!sign && sql_is(lx, t, "null")) {
        c->constant.form = BATCH_NULL;
    } else if (!sign && (sql_is(lx, t, "true") || sql_is(lx, t, "false"))) {
        buf_putc(&b, sql_is(lx, t, "true") ? '1' : '0');
    } else {
        is_good = false;
    }
    c->constant.p = arena_dup(&src->call->arena, b.p ? b.p : (unsigned char *)"", b.len);
    c->constant.len = b.len;
    src->no_room |= !buf_ok(&b) || !c->constant.p;
    buf_clear(&b);
    return is_good && !src->no_room;
}

/* The value of the next column up to its comma; *is_default: it is left out. */
static bool take_value(struct source *src, struct sql_lexer *lx, size_t *marker, struct column *c,
                       bool *is_default)
{
    char sign = '\0';
    struct sql_token t = sql_next_code(lx);
    if (sql_is_punct(lx, t, '-') || sql_is_punct(lx, t, '+')) {
        sign = lx->text[t.at];
        t = sql_next_code(lx);
    }
    static const char *const types[] = {"date", "time", "timestamp", "datetime", NULL};
    if (sql_is_any(lx, t, types))
        t = sql_next_code(lx); /* DATE'...': what stands for {d '...'} */
    *is_default = sql_is(lx, t, "default");
    bool is_good = !(sign && (*is_default || t.kind == TOK_MARKER));
    if (t.kind == TOK_MARKER)
        c->marker = (*marker)++;
    else if (!*is_default)
        is_good = is_good && take_constant(src, lx, t, sign, c);
    (void)sql_next_code(lx); /* the comma, or the parenthesis at the end */
    return is_good;
}

static const char *column_name(struct source *src, const struct sql_insert *ins, size_t i)
{
    struct stmt *s = src->s;
    struct sql_span span = sql_insert_column((const char *)s->x->sql.p, ins, s->x->mode, i);
    struct buf b = {0};
    sql_unquote_name(&b, word_of(s, span), span.len);
    bool has_nul = b.len && memchr(b.p, 0, b.len);
    const char *name = buf_ok(&b) ? arena_strdup(&src->call->arena, buf_str(&b)) : NULL;
    src->no_room |= !name;
    buf_clear(&b);
    return has_nul ? NULL : name;
}

/* Columns and values side by side.  NULL, or why it cannot be a load. */
static const char *take_columns(struct source *src, const struct sql_insert *ins)
{
    struct sql_lexer lx;
    struct arena *a = &src->call->arena;
    size_t marker = 0;
    src->columns = arena_zalloc(a, ins->nvalues * sizeof *src->columns);
    src->names = arena_zalloc(a, ins->nvalues * sizeof *src->names);
    src->at = arena_zalloc(a, ins->nvalues * sizeof *src->at);
    src->no_room = !src->columns || !src->names || !src->at;
    if (src->no_room)
        return no_room;
    sql_lex_init(&lx, word_of(src->s, ins->tuple), ins->tuple.len, src->s->x->mode);
    (void)sql_next_code(&lx); /* ( */
    for (size_t i = 0; i < ins->nvalues; i++) {
        struct column *c = &src->columns[src->ncolumns];
        bool is_default = false;
        if (!take_value(src, &lx, &marker, c, &is_default))
            return src->no_room ? no_room
                                : "one of its constants is neither a decimal number, a text, NULL, "
                                  "TRUE nor FALSE, or a marker has a sign";
        if (is_default)
            continue;
        c->name = src->names[src->ncolumns] = column_name(src, ins, i);
        if (!c->name)
            return src->no_room ? no_room : "one of its columns has a NUL in its name";
        src->ncolumns++;
    }
    return src->ncolumns ? NULL : "it says DEFAULT for every column";
}

static const char *why_not_text(struct stmt *s)
{
    const struct sql_insert *ins = array_insert(s);
    if (!ins || ins->replace)
        return "it is not INSERT INTO t (columns) VALUES (...) with nothing but markers, constants "
               "and DEFAULT in one pair of parentheses";
    if (!ins->ncolumns)
        return "it does not name its columns";
    if (has_modifier(s, ins))
        return "there is a word between INSERT and the table";
    struct load_call c = {0};
    struct source src = {.s = s, .call = &c};
    const char *why = take_columns(&src, ins);
    arena_clear(&c.arena);
    return why;
}

static const char *why_not(struct stmt *s, bool *waits)
{
    const char *why = why_not_text(s);
    unsigned look = why || !s->x->markers.n ? 0 : params_look(s);
    *waits = look & PARAM_LOOK_WAITS;
    return look & PARAM_LOOK_DEFAULT ? "a value is to be the column's default" : why;
}

bool insert_is_single(const struct stmt *s)
{
    enum sql_kind k = s->x->kind.kind;
    return (k == SQL_KIND_INSERT || k == SQL_KIND_REPLACE) && mode_now(s) == DSN_LOAD_REQUIRED;
}

enum array_fit insert_fits(struct stmt *s)
{
    enum sql_kind k = s->x->kind.kind;
    enum dsn_load_mode mode = mode_now(s);
    if (mode == DSN_LOAD_OFF || (k != SQL_KIND_INSERT && k != SQL_KIND_REPLACE))
        return ARRAY_NO;
    if (s->x->run.row) /* the rest of an array that goes as SQL */
        return ARRAY_NO;
    bool waits = false;
    const char *why = why_not(s, &waits);
    if (!why)
        return waits ? ARRAY_LATER : ARRAY_YES;
    if (why == no_room) {
        (void)diag(&s->h, ST_HY001, "Stream Load: %s", why);
        return ARRAY_REFUSED;
    }
    if (mode == DSN_LOAD_REQUIRED) {
        (void)diag(&s->h, ST_HYC00,
                   "STREAMLOAD=REQUIRED, and this INSERT cannot go by Stream Load: %s", why);
        return ARRAY_REFUSED;
    }
    log_line(&s->dbc->log, LOG_INFO, "the INSERT goes as SQL and not by Stream Load: %s", why);
    return ARRAY_NO;
}

/* --- rows ------------------------------------------------------------------------------------- */

static SQLULEN array_row(const struct source *src, size_t i)
{
    return src->rows ? src->rows[i] : i;
}

static bool mark(struct source *src, SQLULEN row, unsigned char what)
{
    if (!src->marks)
        src->marks = calloc(src->s->x->run.nrows, 1);
    if (src->marks)
        src->marks[row] = what;
    return src->marks;
}

/* The row's values, one behind the other.  Its diagnostics are raised once. */
static SQLRETURN convert_row(struct source *src, SQLULEN row)
{
    struct stmt *s = src->s;
    SQLRETURN outcome = SQL_SUCCESS;
    s->x->run.ntold = src->told;
    buf_reset(&src->bytes);
    for (size_t i = 0; i < src->ncolumns; i++) {
        struct column *c = &src->columns[i];
        src->at[i] = src->bytes.len;
        if (c->marker == SIZE_MAX)
            continue;
        enum param_form form = PARAM_NULL;
        SQLRETURN rc = params_field(s, c->marker, row, &src->bytes, &form);
        if (!SQL_SUCCEEDED(rc))
            return rc;
        outcome = rc == SQL_SUCCESS ? outcome : rc;
        c->constant =
            (struct batch_field){.form = (enum batch_form)form, .len = src->bytes.len - src->at[i]};
    }
    return outcome;
}

_Static_assert((int)PARAM_NULL == BATCH_NULL && (int)PARAM_NUMBER == BATCH_NUMBER &&
                   (int)PARAM_TEXT == BATCH_TEXT && (int)PARAM_BYTES == BATCH_BYTES,
               "forms are the same by number");

static int give_row(void *ctx, size_t i, struct batch_field *fields, struct fault *f)
{
    struct source *src = ctx;
    SQLULEN row = array_row(src, i);
    SQLRETURN rc = convert_row(src, row);
    if (row >= src->told) {
        src->told = row + 1;
        if (rc == SQL_SUCCESS_WITH_INFO && !mark(src, row, MARK_WARNED))
            return fault(f, RC_MEMORY, "no memory for the rows");
    }
    if (!SQL_SUCCEEDED(rc)) {
        src->has_bad = true;
        bool is_marked = mark(src, row, MARK_BAD);
        return fault(f, is_marked ? RC_CONFIG : RC_MEMORY, "row %zu cannot be converted", i + 1);
    }
    if (!buf_ok(&src->bytes))
        return fault(f, RC_MEMORY, "no memory for the values of a row");
    for (size_t k = 0; k < src->ncolumns; k++) {
        fields[k] = src->columns[k].constant;
        if (src->columns[k].marker != SIZE_MAX)
            fields[k].p = src->bytes.p ? src->bytes.p + src->at[k] : (const unsigned char *)"";
    }
    return RC_OK;
}

static size_t give_plain(void *ctx, size_t row, size_t nrows, const struct batch_marks *marks,
                         struct buf *out)
{
    struct source *src = ctx;
    size_t n = plain_put(src->plain, src->ncolumns, src->rows, row, nrows, marks, out);
    SQLULEN next = n ? array_row(src, row + n - 1) + 1 : 0;
    if (next > src->told)
        src->told = next; /* there is nothing to tell of them */
    return n;
}

/* Find out how each column's values can go plain.  False: one cannot. */
static bool take_plain(struct source *src)
{
    const struct params *p = &src->s->x->params;
    src->plain = arena_zalloc(&src->call->arena, src->ncolumns * sizeof *src->plain);
    bool is_plain = src->plain;
    for (size_t i = 0; is_plain && i < src->ncolumns; i++) {
        const struct column *c = &src->columns[i];
        is_plain = c->marker == SIZE_MAX
                       ? plain_constant(&src->plain[i], &c->constant, &src->call->arena)
                       : plain_slot(&src->plain[i], &p->slots[c->marker]);
    }
    return is_plain;
}

/* Look at the rows that were not looked at yet: all bad ones are to be known. */
static bool check_rest(struct source *src)
{
    struct stmt *s = src->s;
    bool has_memory = true;
    for (SQLULEN row = src->told; row < s->x->run.nrows && has_memory; row++) {
        if (run_row_is_ignored(s, row))
            continue;
        SQLRETURN rc = convert_row(src, row);
        if (rc != SQL_SUCCESS)
            has_memory = mark(src, row, SQL_SUCCEEDED(rc) ? MARK_WARNED : MARK_BAD);
    }
    src->told = s->x->run.nrows;
    return has_memory;
}

/* Which rows go. */
static bool choose_rows(struct source *src)
{
    struct stmt *s = src->s;
    SQLULEN n = s->x->run.nrows;
    src->nrows = 0;
    if (!src->rows)
        src->rows = calloc(n, sizeof *src->rows);
    for (SQLULEN row = 0; src->rows && row < n; row++)
        if (!run_row_is_ignored(s, row) && !(src->marks && src->marks[row] == MARK_BAD))
            src->rows[src->nrows++] = row;
    return src->rows;
}

static bool has_ignored(const struct stmt *s)
{
    for (SQLULEN row = 0; s->apd->hdr.array_status_ptr && row < s->x->run.nrows; row++)
        if (run_row_is_ignored(s, row))
            return true;
    return false;
}

/* --- the batch -------------------------------------------------------------------------------- */

static enum batch_want want_of(const struct load_call *c)
{
    const char *format = c->value[LOAD_OPT_FORMAT];
    if (!format || text_eq(format, "auto"))
        return BATCH_ANY;
    return text_eq(format, "json") ? BATCH_JSON : BATCH_CSV;
}

/* Look at the rows and choose their form; bad ones are left out.  *plan stays NULL if no row is
 * left. */
static int scan(struct source *src, struct batch *b, struct batch_plan **plan, struct fault *f)
{
    bool needs_choice = has_ignored(src->s);
    src->nrows = src->s->x->run.nrows;
    int rc = RC_OK;
    for (int round = 0; round < 2; round++) {
        if (needs_choice && !choose_rows(src))
            return fault(f, RC_MEMORY, "no memory for the rows");
        b->nrows = src->nrows;
        src->has_bad = false;
        if (!src->nrows)
            return RC_OK;
        rc = batch_scan(b, plan, f);
        if (!src->has_bad || rc == RC_MEMORY)
            break;
        needs_choice = true;
        if (!check_rest(src))
            return fault(f, RC_MEMORY, "no memory for the rows");
    }
    src->told = src->s->x->run.nrows; /* later readings are silent */
    return rc;
}

/* --- outcomes --------------------------------------------------------------------------------- */

/* All rows that went, with one status and outcome.  Bad ones have their own. */
static void end_rows(struct source *src, SQLRETURN rc, SQLUSMALLINT status)
{
    struct stmt *s = src->s;
    for (SQLULEN row = 0; row < s->x->run.nrows; row++) {
        unsigned char m = src->marks ? src->marks[row] : MARK_NONE;
        if (run_row_is_ignored(s, row)) {
            run_row_status(s, row, SQL_PARAM_UNUSED);
            continue;
        }
        SQLRETURN own = m == MARK_BAD                           ? SQL_ERROR
                        : m == MARK_WARNED && rc == SQL_SUCCESS ? SQL_SUCCESS_WITH_INFO
                                                                : rc;
        run_row_end(s, row, own);
        if (m != MARK_BAD && status != SQL_PARAM_SUCCESS)
            run_row_status(s, row, status);
    }
    s->x->run.row = s->x->run.nrows;
}

static bool may_leave_out(const struct load_call *c)
{
    const char *ratio = c->value[LOAD_OPT_MAX_FILTER_RATIO];
    return ratio && strspn(ratio, "0.") != strlen(ratio);
}

static uint64_t affected_of(const struct source *src, const struct load_result *r)
{
    const struct load_call *c = src->call;
    bool has_where = c->value[LOAD_OPT_WHERE] && c->value[LOAD_OPT_WHERE][0];
    if (r->rows_loaded < 0)
        return has_where || may_leave_out(c) ? UINT64_MAX : src->nrows;
    return (uint64_t)r->rows_loaded < src->nrows ? (uint64_t)r->rows_loaded : src->nrows;
}

/* The server took the load. */
static void end_done(struct source *src, struct load_result *r)
{
    struct stmt *s = src->s;
    SQLRETURN told = told_rejected(s->dbc, s, r);
    SQLRETURN counted = told_counts(s->dbc, s, r, count_exact(src->nrows));
    told = counted == SQL_SUCCESS ? told : counted;
    bool is_unsure = r->rows_filtered < 0 && may_leave_out(src->call);
    if (is_unsure && counted == SQL_SUCCESS)
        told = diag(&s->h, ST_01000,
                    "the load %s is in, but the server could not be asked how many rows it "
                    "rejected, as max_filter_ratio allows",
                    r->label);
    s->x->run.affected += affected_of(src, r);
    end_rows(src, told, told == SQL_SUCCESS ? SQL_PARAM_SUCCESS : SQL_PARAM_DIAG_UNAVAILABLE);
}

static void end_load(struct source *src, struct batch_plan *plan, int rc, struct load_result *r,
                     const struct fault *f)
{
    struct stmt *s = src->s;
    struct streamload_own *own = own_of(&s->h);
    if (own) {
        own->plan = plan;
        own->rows = src->rows;
    }
    bool is_unknown = r->outcome == LOAD_UNKNOWN;
    if (!rc && r->outcome == LOAD_DONE) {
        end_done(src, r);
    } else {
        (void)told_failed(s->dbc, s, rc, r, f);
        end_rows(src, SQL_ERROR, is_unknown ? SQL_PARAM_DIAG_UNAVAILABLE : SQL_PARAM_ERROR);
    }
    if (own)
        own->plan = NULL;
    told_keep(s->dbc, s, r);
}

/* --- running ---------------------------------------------------------------------------------- */

static bool add_headers(struct load_call *c, const struct batch_plan *plan)
{
    size_t n = 0;
    const struct load_header *h = batch_headers(plan, &n);
    bool is_whole = true;
    for (size_t i = 0; i < n && is_whole; i++)
        is_whole = call_header(c, h[i].name, h[i].value);
    c->q.headers = c->headers;
    c->q.nheaders = c->nheaders;
    return is_whole;
}

/* --- when nobody takes it --------------------------------------------------------------------- */

#define LOST_MS 60000 /* no load is tried again so soon */

/* SQL would do the same: no label keeps the rows from being loaded twice, no option needs a load.
 */
static bool may_pass_on(const struct source *src)
{
    static const enum load_opt of_loads[] = {LOAD_OPT_LABEL, LOAD_OPT_WHERE,
                                             LOAD_OPT_MERGE_CONDITION, LOAD_OPT_PARTITIONS};
    const struct stmt *s = src->s;
    const struct load_call *c = src->call;
    bool may = mode_now(s) == DSN_LOAD_AUTO && s->dbc->autocommit == SQL_AUTOCOMMIT_ON;
    for (size_t i = 0; i < sizeof of_loads / sizeof *of_loads; i++)
        may = may && !(c->value[of_loads[i]] && c->value[of_loads[i]][0]);
    return may && !option_is_yes(c->value[LOAD_OPT_PARTIAL_UPDATE]) && !may_leave_out(c);
}

/* The rows go as SQL; what was told of them will be told again. */
static SQLRETURN pass_on(struct source *src, const struct fault *why)
{
    struct stmt *s = src->s;
    diag_clear(&s->h.diag);
    s->x->run.is_passed_on = s->x->run.has_warning = true;
    (void)diag(&s->h, ST_01000,
               "the %lu rows go as SQL, which is slower, because Stream Load takes none: %s",
               (unsigned long)s->x->run.nrows, why->text);
    return SQL_SUCCESS;
}

static bool is_lost(const struct source *src)
{
    const struct streamload *l = src->s->dbc->load;
    return l && clock_ms() < l->lost_until && may_pass_on(src);
}

static SQLRETURN lose(struct source *src, struct load_result *r, const struct fault *why)
{
    struct streamload *l = src->s->dbc->load;
    load_result_clear(r);
    l->lost_until = deadline_in(LOST_MS);
    l->lost = *why;
    return pass_on(src, why);
}

/* One load, committed by itself. */
static SQLRETURN run_alone(struct source *src, struct batch_plan *plan)
{
    struct stmt *s = src->s;
    struct load_result r = {0};
    struct fault f;
    struct load_body body = batch_body(plan);
    int64_t began = clock_ms();
    int rc = node_run(s, &src->call->q, &body, &r, &f);
    bool has_time = !s->query_timeout || (SQLULEN)(clock_ms() - began) / 1000 < s->query_timeout;
    bool is_untaken = rc == RC_UNSUPPORTED || (!rc && r.untaken);
    if (is_untaken && has_time && may_pass_on(src))
        return lose(src, &r, &f);
    end_load(src, plan, rc, &r, &f);
    return SQL_SUCCESS;
}

/* One body of the transaction that is open for the table, or is opened now. */
static SQLRETURN run_in(struct source *src, struct load_node *n, struct batch_plan *plan)
{
    struct stmt *s = src->s;
    struct load_result r = {0};
    struct fault f;
    struct load_body body = batch_body(plan);
    s->x->run.is_in_load = true;
    int rc = node_append(s, n, &body, &r, &f);
    n->rows = count_add(n->rows, count_exact(src->nrows));
    end_load(src, plan, rc, &r, &f);
    return SQL_SUCCESS;
}

static bool same_names(const struct batch *a, const struct source *b)
{
    bool is_same = a && a->ncols == b->ncolumns;
    for (size_t i = 0; is_same && i < b->ncolumns; i++)
        is_same = text_eq(a->columns[i], b->names[i]);
    return is_same;
}

static bool same_zone(struct source *src, const struct load_node *n)
{
    const char *own = call_zone(src->call), *first = call_zone(n->call);
    return strcmp(first ? first : "", own ? own : zone_now(src->s)) == 0;
}

static SQLRETURN check_fits(struct source *src, const struct load_node *n)
{
    bool is_same = n->plan && same_names(n->batch, src);
    for (size_t i = 0; is_same && i < LOAD_OPTS; i++) {
        const char *a = n->call->value[i], *b = src->call->value[i];
        bool counts = i != LOAD_OPT_LABEL && i != LOAD_OPT_LABEL_PREFIX && i != LOAD_OPT_MODE;
        is_same = !counts || !strcmp(a ? a : "", b ? b : "");
    }
    if (is_same && same_zone(src, n))
        return SQL_SUCCESS;
    return diag(&src->s->h, ST_HYC00,
                "a Stream Load transaction is open for %.64s.%.64s with other columns, options or "
                "time zone, and all its loads must be alike; commit first",
                n->call->q.database, n->call->q.table);
}

static SQLRETURN seal(struct source *src, const struct batch_plan *plan)
{
    struct stmt *s = src->s;
    enum load_dialect dialect;
    struct fault f;
    if (dialect_now(s, &dialect, &f))
        return diag_fault(&s->h, &f);
    SQLRETURN rc = call_seal(s, src->call, dialect, false);
    if (rc == SQL_SUCCESS && !add_headers(src->call, plan))
        rc = diag(&s->h, ST_HY001, "no memory for the headers of a Stream Load");
    return rc;
}

/* Autocommit is off.  The plan of a transaction's first batch stays with it. */
static SQLRETURN run_in_transaction(struct source *src, struct load_node *n, struct batch *b,
                                    struct batch_plan **plan, struct load_call **call)
{
    SQLRETURN rc = n ? SQL_SUCCESS : seal(src, *plan);
    if (rc != SQL_SUCCESS)
        return rc;
    if (n)
        return run_in(src, n, *plan);
    struct load_call *c = *call;
    *call = NULL;
    rc = node_begin(src->s, &n, c);
    if (rc != SQL_SUCCESS)
        return rc;
    n->plan = *plan;
    n->batch = b;
    *plan = NULL;
    return run_in(src, n, n->plan);
}

static SQLRETURN refuse_batch(struct source *src, const struct fault *f)
{
    struct stmt *s = src->s;
    enum sqlstate state = f->rc == RC_MEMORY ? ST_HY001 : ST_HY000;
    (void)diag(&s->h, state, "Stream Load: %s; nothing was sent%s", f->text,
               src->rows ? " (rows that are left out are not counted)" : "");
    end_rows(src, SQL_ERROR, SQL_PARAM_ERROR);
    return SQL_SUCCESS;
}

static int give_documents(void *ctx, bool *is_document, struct fault *f)
{
    const struct source *src = ctx;
    return documents_find(src->s, src->call, src->names, src->ncolumns, is_document, f);
}

/* What is bound as binary goes as bytes, also where all of it is NULL now: later rows of the
 * transaction may not be.  NULL without memory. */
static bool *bound_as_bytes(struct source *src)
{
    const struct params *p = &src->s->x->params;
    bool *out = arena_zalloc(&src->call->arena, src->ncolumns * sizeof *out);
    for (size_t i = 0; out && i < src->ncolumns; i++) {
        size_t marker = src->columns[i].marker;
        out[i] = marker != SIZE_MAX && param_is_bytes(&p->slots[marker].plan);
    }
    return out;
}

static struct batch *new_batch(struct source *src, const struct load_node *n, bool in_tran,
                               enum load_dialect dialect)
{
    struct batch *b = arena_zalloc(&src->call->arena, sizeof *b);
    bool *is_bytes = bound_as_bytes(src);
    if (b && is_bytes)
        *b = (struct batch){.columns = src->names,
                            .ncols = src->ncolumns,
                            .row = give_row,
                            .plain = take_plain(src) ? give_plain : NULL,
                            .documents = give_documents,
                            .is_bytes = is_bytes,
                            .ctx = src,
                            .dialect = dialect,
                            .in_transaction = in_tran,
                            .want = want_of(src->call),
                            .like = n ? n->plan : NULL};
    return is_bytes ? b : NULL;
}

/* src->call may pass to a transaction: *call is NULL then. */
static SQLRETURN run_source(struct source *src, struct load_call **call)
{
    struct stmt *s = src->s;
    struct batch_plan *plan = NULL;
    struct fault f;
    enum load_dialect dialect = LOAD_STARROCKS;
    bool in_tran = s->dbc->autocommit == SQL_AUTOCOMMIT_OFF;
    struct load_node *n = in_tran ? node_of_table(s->dbc, src->call) : NULL;
    SQLRETURN rc = n ? check_fits(src, n) : SQL_SUCCESS;
    if (n && rc == SQL_SUCCESS)
        rc = node_is_free(s, n);
    if (rc == SQL_SUCCESS && dialect_now(s, &dialect, &f))
        rc = diag_fault(&s->h, &f);
    if (rc != SQL_SUCCESS)
        return rc;
    struct batch *b = new_batch(src, n, in_tran, dialect);
    if (!b)
        return diag(&s->h, ST_HY001, "no memory for a Stream Load");
    if (scan(src, b, &plan, &f))
        return refuse_batch(src, &f);
    if (!plan)
        end_rows(src, SQL_SUCCESS, SQL_PARAM_SUCCESS); /* no row is left */
    else if (in_tran)
        rc = run_in_transaction(src, n, b, &plan, call);
    else
        rc = seal(src, plan);
    if (plan && !in_tran && rc == SQL_SUCCESS)
        rc = run_alone(src, plan);
    batch_plan_free(plan);
    return rc;
}

SQLRETURN insert_run(struct stmt *s)
{
    const struct sql_insert *ins = array_insert(s);
    struct load_call *call = call_new(s, NULL, false);
    struct source src = {.s = s, .call = call};
    if (!call)
        return SQL_ERROR;
    SQLRETURN rc = call_target(s, call, ins->database, ins->table);
    if (rc == SQL_SUCCESS) {
        const char *why = take_columns(&src, ins);
        rc = why ? diag(&s->h, why == no_room ? ST_HY001 : ST_HY000, "Stream Load: %s", why)
             : is_lost(&src) ? pass_on(&src, &s->dbc->load->lost)
                             : run_source(&src, &call);
    }
    s->x->run.ntold = 0; /* as SQL they are told anew */
    buf_clear(&src.bytes);
    free(src.marks);
    free(src.rows);
    call_free(call);
    return rc;
}
