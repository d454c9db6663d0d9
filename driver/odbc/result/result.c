/* result.c - replies of a statement, from the wire or from memory. */
#include "odbc/result/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "odbc/command/cancel.h"

/* A result that was left half read: read away this much of each reply, and so many replies, before
 * the query is killed. */
#define DROP_BYTES   ((size_t)8 << 20)
#define DROP_MS      100
#define DROP_WAIT_MS 1000 /* for one row or reply of it */
#define DROP_REPLIES 1000u
#define DRAIN_MS     2000 /* for the kill; what cannot be killed is read on for so long */

static void reply_free(struct reply *p)
{
    if (!p)
        return;
    arena_clear(&p->arena);
    free(p->index);
    free(p);
}

void result_clear(struct result *r)
{
    for (struct reply *p = r->current, *next; p; p = next) {
        next = p->next;
        reply_free(p);
    }
    free(r->cells);
    free(r->spare);
    *r = (struct result){0};
}

bool result_reserve(struct result *r)
{
    if (!r->spare)
        r->spare = calloc(1, sizeof *r->spare);
    return r->spare;
}

struct reply *result_add(struct result *r)
{
    if (!result_reserve(r))
        return NULL;
    struct reply *p = r->spare;
    r->spare = NULL;
    if (r->tail)
        r->tail->next = p;
    else
        r->current = p;
    r->tail = p;
    return p;
}

void result_fail(struct reply *p, const struct fault *f)
{
    static const struct fault no_memory = {.rc = RC_MEMORY,
                                           .text = "no memory to keep the rest of the result"};
    const struct fault *kept = arena_dup(&p->arena, f, sizeof *f);
    p->error = kept ? kept : &no_memory;
}

/* What the session's reply says, without its columns' texts: those are borrowed until the wire is
 * given up. */
static void reply_set(struct reply *p, const struct wire_reply *w)
{
    p->has_rows = w->has_rows;
    p->binary = w->binary;
    p->affected = w->affected;
    p->insert_id = w->insert_id;
    p->warnings = w->warnings;
    p->ncols = w->ncols;
    p->cols = w->cols;
}

/* What cannot be taken is read away. */
static int refuse_reply(struct session *s, struct fault *why, struct fault *f)
{
    int skipped = session_skip(s, f);
    if (!skipped)
        *f = *why;
    return skipped ? skipped : why->rc;
}

int result_take(struct result *r, struct session *s, struct fault *f)
{
    const struct wire_reply *w = session_reply(s);
    struct fault why;
    if (w->ncols > RESULT_COLUMNS) {
        (void)fault(&why, RC_UNSUPPORTED,
                    "the result has %zu columns, and ODBC counts up to %u; ask for fewer at a time",
                    w->ncols, RESULT_COLUMNS);
        return refuse_reply(s, &why, f);
    }
    struct reply *p = result_add(r);
    if (!p) {
        (void)fault(&why, RC_MEMORY, "no memory for a result");
        return refuse_reply(s, &why, f);
    }
    reply_set(p, w);
    r->on_wire = p->has_rows || session_more(s);
    return RC_OK;
}

/* --- rows in memory --------------------------------------------------------------------------- */

static size_t row_head(size_t ncols)
{
    return sizeof(struct kept_row) + ncols * sizeof(uint32_t);
}

static struct kept_row *row_dup(struct arena *a, const struct cell *cells, size_t ncols)
{
    size_t bytes = row_head(ncols);
    for (size_t i = 0; i < ncols; i++)
        bytes += cells[i].p ? cells[i].len : 0;
    struct kept_row *row = arena_alloc(a, bytes);
    if (!row)
        return NULL;
    unsigned char *at = (unsigned char *)row + row_head(ncols);
    for (size_t i = 0; i < ncols; i++) {
        row->len[i] = cells[i].p ? (uint32_t)cells[i].len : KEPT_NULL;
        if (!cells[i].p || !cells[i].len)
            continue;
        memcpy(at, cells[i].p, cells[i].len);
        at += cells[i].len;
    }
    row->next = NULL;
    return row;
}

static void row_layout(const struct kept_row *row, size_t ncols, struct cell *cells)
{
    const unsigned char *at = (const unsigned char *)row + row_head(ncols);
    for (size_t i = 0; i < ncols; i++) {
        if (row->len[i] == KEPT_NULL) {
            cells[i] = (struct cell){0};
            continue;
        }
        cells[i] = (struct cell){at, row->len[i]};
        at += row->len[i];
    }
}

bool result_add_row(struct reply *p, const struct cell *cells)
{
    struct kept_row *row = row_dup(&p->arena, cells, p->ncols);
    if (!row)
        return false;
    if (p->last)
        p->last->next = row;
    else
        p->rows = row;
    p->last = row;
    return true;
}

const struct cell *result_copy_row(struct arena *a, const struct cell *cells, size_t ncols)
{
    struct cell *copy = arena_alloc(a, (ncols ? ncols : 1) * sizeof *copy);
    struct kept_row *row = row_dup(a, cells, ncols);
    if (!copy || !row)
        return NULL;
    row_layout(row, ncols, copy);
    return copy;
}

/* Room to lay out a row of the current reply. */
static bool cells_room(struct result *r)
{
    size_t ncols = r->current->ncols;
    if (ncols <= r->cap_cells)
        return true;
    struct cell *more = realloc(r->cells, ncols * sizeof *more);
    if (!more)
        return false;
    r->cells = more;
    r->cap_cells = ncols;
    return true;
}

static int kept_row_next(struct result *r, const struct cell **cells, struct fault *f)
{
    struct reply *p = r->current;
    if (!p->rows) {
        if (!p->error)
            return 0;
        int rc = p->error->rc;
        if (f)
            *f = *p->error;
        p->error = NULL;
        return rc;
    }
    if (!cells_room(r))
        return fault(f, RC_MEMORY, "no memory for a row of %zu columns", p->ncols);
    row_layout(p->rows, p->ncols, r->cells);
    p->rows = p->rows->next;
    p->last = p->rows ? p->last : NULL; /* more may be kept later */
    *cells = r->cells;
    return 1;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Do the rows of that reply come from the wire? */
static bool rows_on_wire(const struct result *r, const struct reply *p)
{
    return r->on_wire && p && p == r->tail && p->has_rows && !p->at_end;
}

/* Do rows of the current reply still come from the wire? */
static bool result_has_wire_rows(const struct result *r)
{
    return rows_on_wire(r, r->current);
}

/* One row of the tail from the wire; at its end, or after an error, what that means for the wire.
 */
static int wire_row(struct result *r, struct session *s, const struct cell **cells, struct fault *f)
{
    int got = session_row(s, cells, f);
    if (got == 1)
        return 1;
    r->tail->at_end = true;
    r->on_wire = got == 0 && session_more(s);
    return got;
}

int result_row(struct result *r, struct session *s, const struct cell **cells, struct fault *f)
{
    if (r->current->rows || !rows_on_wire(r, r->current))
        return kept_row_next(r, cells, f);
    return wire_row(r, s, cells, f);
}

static void leave_current(struct result *r)
{
    struct reply *old = r->current;
    r->current = old->next;
    if (!r->current)
        r->tail = NULL;
    reply_free(old);
}

/* Go to the reply that follows on the wire. */
static int take_next(struct result *r, struct session *s, struct fault *f)
{
    int rc = session_next(s, f);
    if (rc) {
        r->on_wire = false;
        return rc;
    }
    return result_take(r, s, f);
}

int result_next(struct result *r, struct session *s, struct fault *f)
{
    if (!r->current)
        return 0;
    const struct cell *cells;
    int got = 1;
    while (got == 1 && rows_on_wire(r, r->current))
        got = wire_row(r, s, &cells, f);
    leave_current(r);
    if (got < 0)
        return got;
    if (!r->current) {
        if (!r->on_wire)
            return 0;
        int rc = take_next(r, s, f);
        if (rc)
            return rc;
    }
    if (!r->current->has_rows && r->current->error)
        return kept_row_next(r, &cells, f);
    return 1;
}

/* --- dropping ----------------------------------------------------------------------------------
 */

/* How long to read on what cannot be stopped: less than a new connection is worth, but more where
 * the old one holds a transaction. */
static int64_t drain_ms(const struct session *w)
{
    enum { STATUS_IN_TRANS = 1 };
    return session_status(w) & STATUS_IN_TRANS ? CANCEL_GRACE_MS : DRAIN_MS;
}

/* Kill what the session runs, and take what still comes; a server that goes on is cut off.  RC_LOST
 * then, with the reason. */
static int kill_rest(struct result *r, struct session *w, struct fault *f)
{
    struct fault why = {.rc = RC_OK}, end;
    enum session_killed what;
    int killed = session_kill(w, DRAIN_MS, &what, &why); /* if that fails, its end may come */
    int64_t limit_ms = killed == RC_OK ? CANCEL_GRACE_MS : drain_ms(w);
    session_set_deadline(w, deadline_in(limit_ms));
    int skipped = session_skip(w, &end); /* nobody asks for the errors of what is dropped */
    (void)skipped;
    session_set_deadline(w, DEADLINE_NEVER);
    r->on_wire = false;
    if (!session_broken(w))
        return RC_OK;
    return fault(f, RC_LOST,
                 "the rest of the result did not end within %lld s%s%s; the connection was closed, "
                 "connect again",
                 (long long)(limit_ms / 1000), why.rc ? ": " : "", why.rc ? why.text : "");
}

/* Wait for the next row or reply of what nobody wants, not for ever.  1: it did not come. */
static int drop_wait(struct session *w, struct fault *f)
{
    session_set_deadline(w, deadline_in(DROP_WAIT_MS));
    int rc = session_ready(w, f);
    session_set_deadline(w, DEADLINE_NEVER);
    return rc == RC_TIMEOUT ? 1 : rc;
}

/* Read away rows until the reply ends, or it becomes too much.  1: too much; 0: the end; negative:
 * RC_*. */
static int drop_rows(struct result *r, struct session *w, struct fault *f)
{
    int64_t until = clock_ms() + DROP_MS;
    size_t bytes = 0;
    const struct cell *cells;
    int got = 1;
    for (unsigned n = 1; result_has_wire_rows(r); n++) {
        int late = drop_wait(w, f);
        if (late)
            return late;
        got = result_row(r, w, &cells, f);
        if (got != 1)
            return got;
        for (size_t i = 0; i < r->current->ncols; i++)
            bytes += cells[i].len;
        if (bytes > DROP_BYTES || (n % 64 == 0 && clock_ms() > until))
            return 1;
    }
    return r->on_wire ? drop_wait(w, f) : 0; /* for the reply behind it */
}

int result_drop(struct result *r, struct session *w, struct fault *f)
{
    int rc = RC_OK;
    for (unsigned n = 0; r->on_wire; n++) {
        int got = n < DROP_REPLIES ? drop_rows(r, w, f) : 1;
        if (got == 1)
            rc = kill_rest(r, w, f);
        else if (got < 0 || (r->on_wire && result_next(r, w, f) <= 0))
            r->on_wire = false;
    }
    return rc;
}

/* --- giving up the wire -------------------------------------------------------------------------
 */

static bool cols_keep(struct reply *p)
{
    if (p->owns_cols || !p->ncols)
        return true;
    struct wire_column *cols = arena_dup(&p->arena, p->cols, p->ncols * sizeof *cols);
    bool ok = cols != NULL;
    for (size_t i = 0; ok && i < p->ncols; i++) {
        const char **texts[] = {&cols[i].catalog,   &cols[i].schema, &cols[i].table,
                                &cols[i].org_table, &cols[i].name,   &cols[i].org_name,
                                &cols[i].ext_type};
        for (size_t k = 0; ok && k < sizeof texts / sizeof *texts; k++) {
            *texts[k] = arena_strdup(&p->arena, *texts[k] ? *texts[k] : "");
            ok = *texts[k] != NULL;
        }
    }
    p->cols = ok ? cols : NULL;
    p->ncols = ok ? p->ncols : 0;
    p->owns_cols = true;
    return ok;
}

/* How many bytes of rows a reply may still take. */
static size_t keep_room(const struct result *r)
{
    size_t max = r->keep_max ? r->keep_max : RESULT_KEEP_MAX;
    return max > r->kept ? max - r->kept : 0;
}

static int no_room(const struct result *r, const struct reply *p, struct fault *f)
{
    size_t max = r->keep_max ? r->keep_max : RESULT_KEEP_MAX;
    if (p->arena.total <= keep_room(r))
        return fault(f, RC_MEMORY, "no memory to keep the rest of the result");
    if (r->is_keeping_rows)
        return fault(f, RC_MEMORY,
                     "the results of the rows of a parameter array are kept in memory, and these "
                     "are more than the %zu MB that they may take; execute fewer rows at once",
                     max >> 20);
    return fault(f, RC_MEMORY,
                 "another statement needed the connection, and the rest of this result is more "
                 "than the %zu MB that are kept in memory; read it to its end first, or use a "
                 "second connection",
                 max >> 20);
}

/* The rest of the tail's rows.  A failure is kept in the reply. */
static int rows_keep(struct result *r, struct dbc *d, struct fault *f)
{
    struct session *s = d->session;
    struct reply *p = r->tail;
    size_t max = keep_room(r);
    bool ok = cols_keep(p);
    const struct cell *cells;
    int got = 1;
    while (got == 1 && rows_on_wire(r, p)) {
        int gives_up = command_pause(d, f);
        if (gives_up)
            return gives_up;
        got = wire_row(r, s, &cells, f);
        ok = ok && (got != 1 || (result_add_row(p, cells) && p->arena.total <= max));
        if (got == 1 && !ok) { /* there may be no end */
            got = kill_rest(r, s, f);
            p->at_end = true;
        }
    }
    if (got == 0 || got == 1)
        got = ok ? RC_OK : no_room(r, p, f);
    if (got < 0)
        result_fail(p, f);
    return got;
}

/* --- rows that stay --------------------------------------------------------------------------- */

/* The index follows the rows: those read by result_hold, by result_keep, or made here. */
static bool index_follow(struct reply *p)
{
    struct kept_row *row = p->nindex ? p->index[p->nindex - 1]->next : p->rows;
    for (; row; row = row->next) {
        if (p->nindex == p->cap_index) {
            size_t cap = p->cap_index ? p->cap_index * 2 : 64;
            struct kept_row **more = realloc(p->index, cap * sizeof(struct kept_row *));
            if (!more)
                return false;
            p->index = more;
            p->cap_index = cap;
        }
        p->index[p->nindex++] = row;
    }
    return true;
}

static int no_room_to_hold(const struct reply *p, size_t max, struct fault *f)
{
    if (p->arena.total <= max)
        return fault(f, RC_MEMORY, "no memory to hold the rows of a scrollable cursor");
    return fault(f, RC_MEMORY,
                 "a scrollable cursor holds its rows in memory, and these are more than the %zu MB "
                 "that it may take; use a forward-only cursor (SQL_ATTR_CURSOR_TYPE, or the key "
                 "FORWARD_CURSOR=1)",
                 max >> 20);
}

/* One more row from the wire; a failure is kept in the reply. */
static int row_hold(struct result *r, struct session *s, struct fault *f)
{
    struct reply *p = r->current;
    size_t max = r->keep_max ? r->keep_max : RESULT_KEEP_MAX;
    const struct cell *cells;
    int got = wire_row(r, s, &cells, f);
    if (got == 1 && (!result_add_row(p, cells) || p->arena.total > max)) {
        got = kill_rest(r, s, f); /* there may be no end */
        p->at_end = true;
        got = got ? got : no_room_to_hold(p, max, f);
    }
    if (got < 0)
        result_fail(p, f);
    return got;
}

int result_hold(struct result *r, struct session *s, size_t n, size_t *have, struct fault *f)
{
    struct reply *p = r->current;
    int got = 1;
    bool ok = index_follow(p);
    while (ok && got == 1 && p->nindex < n && rows_on_wire(r, p)) {
        got = row_hold(r, s, f);
        ok = index_follow(p);
    }
    *have = p->nindex < n ? p->nindex : n;
    if (!ok)
        return fault(f, RC_MEMORY, "no memory to number the rows of a scrollable cursor");
    if (p->nindex >= n || !p->error)
        return RC_OK;
    *f = *p->error;
    return f->rc;
}

const struct cell *result_held(struct result *r, size_t i)
{
    if (!cells_room(r))
        return NULL;
    row_layout(r->current->index[i], r->current->ncols, r->cells);
    return r->cells;
}

/* Nothing is lost then: the rest may be read later. */
static bool is_given_up(int rc, const struct dbc *d)
{
    return (rc == RC_CANCELLED || rc == RC_TIMEOUT) && !session_broken(d->session);
}

int result_keep(struct result *r, struct dbc *d, struct fault *f)
{
    if (!r->tail)
        return RC_OK;
    int rc = rows_keep(r, d, f);
    while (r->on_wire && !is_given_up(rc, d)) {
        struct fault later; /* what ended the connection is told, not that it has ended */
        bool is_told = rc && session_broken(d->session);
        int gives_up = is_told ? RC_OK : command_pause(d, f);
        if (gives_up)
            return gives_up;
        int next = take_next(r, d->session, is_told ? &later : f);
        if (next) {
            struct reply *p = result_add(r);
            if (p)
                result_fail(p, is_told ? &later : f);
            rc = is_told ? rc : next;
        } else {
            rc = rows_keep(r, d, f);
        }
    }
    return rc == RC_SERVER || rc == RC_MEMORY ? RC_OK : rc;
}

/* --- rows of a parameter array ---------------------------------------------------------------- */

/* Free it, or keep it for the next result_add. */
static void reply_recycle(struct result *r, struct reply *p)
{
    if (r->spare) {
        reply_free(p);
        return;
    }
    arena_clear(&p->arena);
    free(p->index);
    *p = (struct reply){0};
    r->spare = p;
}

/* Does one of the replies behind `last` have an error?  The first one's. */
static int error_behind(const struct result *r, const struct reply *last, struct fault *f)
{
    for (const struct reply *p = last ? last->next : r->current; p; p = p->next) {
        if (p->error) {
            *f = *p->error;
            return f->rc;
        }
    }
    return RC_OK;
}

/* The replies behind `last`: of those with rows stay, if they may, the others are counted. */
static void settle_behind(struct result *r, struct reply *last, bool may_stay, uint64_t *affected)
{
    struct reply **link = last ? &last->next : &r->current;
    r->tail = last;
    while (*link) {
        struct reply *p = *link;
        if (p->has_rows && may_stay) {
            r->kept += p->arena.total;
            r->tail = p;
            link = &p->next;
            continue;
        }
        *affected += may_stay && p->affected != UINT64_MAX ? p->affected : 0;
        *link = p->next;
        reply_recycle(r, p);
    }
}

int result_keep_row(struct result *r, struct dbc *d, uint64_t *affected, struct fault *f)
{
    struct reply *last = r->tail;
    r->is_keeping_rows = true;
    int rc = result_take(r, d->session, f);
    rc = rc ? rc : result_keep(r, d, f);
    r->is_keeping_rows = false;
    rc = rc ? rc : error_behind(r, last, f);
    settle_behind(r, last, rc == RC_OK, affected);
    return rc;
}
