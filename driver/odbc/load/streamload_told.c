/* streamload_told.c - what came of a load: diagnostics, and the last result that attributes tell.
 *
 * A load that failed is one error with the server's words, the label and the counts, then one
 * record for each row that the server says it rejected, at most TOLD_MOST.  That the load went
 * wrong says nothing about the MySQL connection, so no state of class 08 is raised but 08007, for
 * an outcome that is not known.  LU001, a state of our own, is for a label that was used before: a
 * program that runs again reads in it that its rows are in. */
#include <string.h>

#include "base/text.h"
#include "odbc/command/roundtrip.h"
#include "odbc/exec/exec.h"
#include "odbc/load/streamload_parts.h"

#define TOLD_TEXT 1000u

void told_keep(struct dbc *d, struct stmt *s, struct load_result *r)
{
    struct streamload_own *of_dbc = own_of(&d->h), *of_stmt = s ? own_of(&s->h) : NULL;
    if (of_stmt) {
        load_result_clear(&of_stmt->told);
        of_stmt->told = *r;
        of_stmt->told.message = of_stmt->told.error_url = of_stmt->told.rejected = (struct buf){0};
        buf_put(&of_stmt->told.message, r->message.p, r->message.len);
        buf_put(&of_stmt->told.error_url, r->error_url.p, r->error_url.len);
        buf_put(&of_stmt->told.rejected, r->rejected.p, r->rejected.len);
        of_stmt->has_told = true;
    }
    if (!of_dbc) {
        load_result_clear(r);
        return;
    }
    load_result_clear(&of_dbc->told);
    of_dbc->told = *r;
    of_dbc->has_told = true;
}

static struct handle *target(struct dbc *d, struct stmt *s)
{
    return s ? &s->h : &d->h;
}

static void put_counts(struct buf *b, const struct load_result *r)
{
    if (r->rows_total < 0 || (!r->rows_total && !r->rows_filtered))
        return;
    buf_printf(b, " (%lld rows read, %lld rejected, %lld left out)", (long long)r->rows_total,
               (long long)(r->rows_filtered > 0 ? r->rows_filtered : 0),
               (long long)(r->rows_unselected > 0 ? r->rows_unselected : 0));
}

static void tell_line(struct dbc *d, struct stmt *s, enum sqlstate state,
                      const struct quoted_row *r)
{
    bool is_only = s && s->x->run.is_array && s->x->run.nrows == 1;
    SQLLEN row = is_only ? 1 : (SQLLEN)r->number;
    size_t shown = r->nline > TOLD_TEXT ? text_floor(r->line, r->nline, TOLD_TEXT) : r->nline;
    (void)diag_at(target(d, s), row, 0, state, "rejected: %.*s%s", (int)shown, r->line,
                  shown < r->nline ? "..." : "");
}

/* One record for each line, with the row where it can be known. */
static void tell_lines(struct dbc *d, struct stmt *s, enum sqlstate state, const char *text,
                       size_t n)
{
    struct quoted_rows q = {0};
    for (size_t at = 0; at < n;) {
        const char *line = text + at;
        const char *end = memchr(line, '\n', n - at);
        size_t len = end ? (size_t)(end - line) : n - at;
        at += len + 1;
        if (len)
            quoted_add(&q, line, len);
    }
    if (s && s->load_own && s->load_own->plan)
        quoted_find(&q, s->load_own->plan, s->load_own->rows);
    for (size_t i = 0; i < q.n; i++)
        tell_line(d, s, state, &q.row[i]);
}

static bool may_ask(const struct dbc *d)
{
    return d->session && !session_broken(d->session) &&
           session_product(d->session)->has_tracking_log;
}

static void put_quoted_label(struct buf *b, const char *label)
{
    buf_printf(b, "'%s'", label); /* of letters, digits, - and _ */
}

/* The server's own tracking log over SQL, where the URL led nowhere. */
static void ask_tracking(struct dbc *d, struct load_result *r)
{
    struct buf sql = {0}, ask = {0};
    struct fault f;
    buf_puts(&ask, "SELECT TRACKING_SQL FROM information_schema.loads WHERE LABEL = ");
    put_quoted_label(&ask, r->label);
    int rc = dbc_ask(d, buf_str(&ask), &sql, &f);
    if (!rc && sql.len)
        rc = dbc_ask(d, buf_str(&sql), &r->rejected, &f);
    (void)rc; /* the counts and the server's message are there all the same */
    buf_clear(&ask);
    buf_clear(&sql);
}

static void tell_rejected(struct dbc *d, struct stmt *s, enum sqlstate state, struct load_result *r)
{
    if (r->rows_filtered > 0 && !r->rejected.len && may_ask(d))
        ask_tracking(d, r);
    tell_lines(d, s, state, (const char *)r->rejected.p, r->rejected.len);
}

/* The state of a fault that ended a load. */
static enum sqlstate state_of(const struct fault *f)
{
    switch (f->rc) {
    case RC_MEMORY:
        return ST_HY001;
    case RC_DENIED:
        return ST_28000;
    case RC_UNSUPPORTED:
        return ST_HYC00;
    case RC_CANCELLED:
        return ST_HY008;
    case RC_TAKEN:
        return ST_LU001;
    case RC_TIMEOUT:
        return ST_HYT00;
    default:
        return ST_HY000;
    }
}

SQLRETURN told_failed(struct dbc *d, struct stmt *s, int rc, struct load_result *r,
                      const struct fault *f)
{
    struct buf words = {0};
    bool is_unknown = r && r->outcome == LOAD_UNKNOWN;
    enum sqlstate state = is_unknown ? ST_08007 : state_of(f);
    buf_puts(&words, f->text);
    if (is_unknown && rc)
        buf_printf(&words, "; the load with the label %s may have happened", r->label);
    if (r && !rc)
        put_counts(&words, r);
    (void)diag(target(d, s), state, "%s", buf_str(&words));
    buf_clear(&words);
    if (r && !is_unknown)
        tell_rejected(d, s, ST_HY000, r);
    return SQL_ERROR;
}

static uint64_t count_or_none(int64_t n)
{
    return n > 0 ? (uint64_t)n : 0;
}

/* What was read and what became of it, as far as the server said. */
static bool adds_up(const struct load_result *r, struct count_rows sent)
{
    uint64_t parts = count_or_none(r->rows_loaded) + count_or_none(r->rows_filtered) +
                     count_or_none(r->rows_unselected);
    bool has_total = r->rows_total >= 0, has_parts = r->rows_loaded >= 0;
    bool has_rejected = r->rows_filtered > 0;
    if (has_total && has_parts && (uint64_t)r->rows_total != parts)
        return false;
    return (!has_total || count_fits(sent, (uint64_t)r->rows_total, has_rejected)) &&
           (!has_parts || count_fits(sent, parts, has_rejected));
}

/* "5 rows", "4 to 5 rows", or "the bytes" whose rows are not known. */
static void put_sent(struct buf *b, struct count_rows sent)
{
    if (sent.most == UINT64_MAX)
        buf_puts(b, "the data was sent");
    else if (sent.least == sent.most)
        buf_printf(b, "%llu rows were sent", (unsigned long long)sent.most);
    else
        buf_printf(b, "%llu to %llu rows were sent", (unsigned long long)sent.least,
                   (unsigned long long)sent.most);
}

SQLRETURN told_counts(struct dbc *d, struct stmt *s, const struct load_result *r,
                      struct count_rows sent)
{
    struct buf words = {0};
    bool has_bytes = r->bytes >= 0 && r->sent >= 0;
    if (!adds_up(r, sent)) {
        put_sent(&words, sent);
        buf_printf(&words, ", and the server says that it read %lld and loaded %lld",
                   (long long)r->rows_total, (long long)r->rows_loaded);
        if (r->rows_filtered > 0 || r->rows_unselected > 0)
            buf_printf(&words, ", rejected %llu and left out %llu",
                       (unsigned long long)count_or_none(r->rows_filtered),
                       (unsigned long long)count_or_none(r->rows_unselected));
    } else if (has_bytes && r->bytes != r->sent) {
        buf_printf(&words, "%lld bytes were sent, and the server says that it got %lld",
                   (long long)r->sent, (long long)r->bytes);
    } else {
        return SQL_SUCCESS;
    }
    (void)diag(target(d, s), ST_HY000,
               "%s; the load %s is in, so compare the table before loading anything again, and see "
               "that STREAMLOADDIALECT and what is said about the format are right",
               buf_str(&words), r->label);
    buf_clear(&words);
    return SQL_ERROR;
}

SQLRETURN told_rejected(struct dbc *d, struct stmt *s, struct load_result *r)
{
    if (r->rows_filtered <= 0)
        return SQL_SUCCESS;
    SQLRETURN rc =
        diag(target(d, s), ST_01000,
             "the server rejected %lld of %lld rows and loaded the others, as max_filter_ratio "
             "allows (label %s)",
             (long long)r->rows_filtered, (long long)r->rows_total, r->label);
    tell_rejected(d, s, ST_01000, r);
    return rc;
}
