/* paramdata.c - data at execution: SQLParamData and SQLPutData. */
#include "odbc/exec/paramdata.h"

#include <string.h>

#include "base/text.h"
#include "odbc/exec/exec.h"
#include "odbc/handle/runner.h"

/* The next slot of the row that waits for data, from p->at on; p->n: none. */
static size_t next_waiting(struct stmt *s)
{
    struct params *p = &s->x->params;
    size_t i = p->at;
    while (i < p->n && !params_slot_waits(p, i, s->x->run.row))
        i++;
    return i;
}

/* How much of what was collected can go ahead: whole characters. */
static size_t whole_bytes(const struct param_slot *slot)
{
    size_t n = slot->given.len;
    if (slot->plan.ctype_id == SQL_C_CHAR && slot->has_text)
        return text_floor((const char *)slot->given.p, n, n);
    if (slot->plan.ctype_id != SQL_C_WCHAR)
        return n;
    n -= n % 2;
    uint16_t last = 0;
    if (n)
        memcpy(&last, slot->given.p + n - 2, 2);
    return last >= 0xd800 && last < 0xdc00 ? n - 2 : n;
}

/* Send what was collected ahead, so that memory stays small. */
static SQLRETURN slot_flush(struct stmt *s, struct param_slot *slot)
{
    struct stmt_exec *x = s->x;
    size_t n = whole_bytes(slot), bad = 0;
    struct buf text;
    SQLRETURN rc = SQL_SUCCESS;
    buf_init(&text, 0);
    const unsigned char *p = slot->given.p;
    size_t len = n;
    if (slot->plan.ctype_id == SQL_C_WCHAR) {
        if (!text_from_utf16(&text, (const uint16_t *)(const void *)p, n / 2, &bad)) {
            rc = diag_at(&s->h, params_diag_row(s, x->run.row),
                         (SQLINTEGER)(slot - x->params.slots) + 1, ST_22018,
                         "a piece of the parameter has half a surrogate pair");
            goto out;
        }
        p = text.p;
        len = text.len;
    }
    rc = buf_ok(&text)
             ? s->runner->send_ahead(s, (size_t)(slot - x->params.slots), p, len)
             : diag_at(&s->h, params_diag_row(s, x->run.row), 0, ST_HY001, "no memory for data");
    if (rc != SQL_SUCCESS)
        goto out;
    slot->is_long = true;
    memmove(slot->given.p, slot->given.p + n, slot->given.len - n);
    slot->given.len -= n;
out:
    buf_clear(&text);
    return rc;
}

/* May data go ahead?  Only to servers that are known to take it, and a prepared statement. */
static bool may_flush(struct stmt *s, const struct param_slot *slot)
{
    if (!slot->can_long || slot->given.len < PARAM_LONG_BYTES || s->x->run.is_collecting)
        return false;
    return s->runner->can_send_ahead(s);
}

static SQLRETURN put_diag(struct stmt *s, enum sqlstate st, const char *what)
{
    size_t number = s->x->params.at + 1;
    return diag_at(&s->h, params_diag_row(s, s->x->run.row), (SQLINTEGER)number, st,
                   "parameter %zu: %s", number, what);
}

/* SQLParamData ends the data of the slot at work. */
static SQLRETURN slot_end(struct stmt *s, struct param_slot *slot)
{
    slot->is_given = true;
    if (slot->plan.size && !slot->is_begun)
        slot->is_null_given = true; /* SQLPutData was never called: there is no value */
    if (slot->is_long && slot->given.len) {
        if (whole_bytes(slot) != slot->given.len)
            return put_diag(s, ST_22018, "the data ends inside a character");
        return slot_flush(s, slot);
    }
    return SQL_SUCCESS;
}

/* Room for the value is gone with the wait; the row has failed. */
static SQLRETURN give_up(struct stmt *s, SQLRETURN rc)
{
    if (s->x->run.is_array)
        run_row_status(s, s->x->run.row, SQL_PARAM_ERROR);
    stmt_abandon(s);
    return rc;
}

SQLRETURN params_data(struct stmt *s, SQLPOINTER *token)
{
    struct params *p = &s->x->params;
    SQLRETURN rc = s->wait == WAIT_DATA ? slot_end(s, &p->slots[p->at]) : SQL_SUCCESS;
    if (rc != SQL_SUCCESS)
        return give_up(s, rc);
    p->at = next_waiting(s);
    if (p->at < p->n) {
        s->wait = WAIT_DATA;
        if (token)
            *token = (SQLPOINTER)(uintptr_t)param_bound_at(&p->slots[p->at], s->x->run.row).data;
        return SQL_NEED_DATA;
    }
    s->wait = WAIT_NONE;
    rc = exec_resume(s);
    return rc == SQL_NEED_DATA ? params_data(s, token) : rc;
}

static SQLRETURN put_null(struct stmt *s, struct param_slot *slot)
{
    if (slot->is_begun)
        return put_diag(s, ST_HY020, "NULL cannot follow a piece of data");
    slot->is_begun = slot->is_null_given = true;
    return SQL_SUCCESS;
}

/* As SQL_DEFAULT_PARAM in the indicator of a bound value. */
static SQLRETURN put_default(struct stmt *s, struct param_slot *slot)
{
    if (slot->is_begun)
        return put_diag(s, ST_HY020, "a default value cannot follow a piece of data");
    if (s->x->run.is_collecting)
        return put_diag(s, ST_07S01,
                        "rows of a load have all their values; leave the column out "
                        "of the statement instead");
    struct param_bound v = {NULL, SQL_DEFAULT_PARAM};
    SQLRETURN rc = params_refuse(s, s->x->params.at, &v, s->x->run.row);
    slot->is_begun = slot->is_default_given = rc == SQL_SUCCESS;
    return rc;
}

static SQLRETURN put_piece(struct stmt *s, struct param_slot *slot, const void *data, SQLLEN len)
{
    if (slot->is_default_given)
        return put_diag(s, ST_HY020, "data cannot follow a default value");
    if (slot->is_null_given)
        return put_diag(s, ST_HY020, "data cannot follow NULL");
    if (slot->plan.size && slot->is_begun)
        return put_diag(s, ST_HY019, "a value of fixed size is not sent in pieces");
    size_t n = param_length(&slot->plan, data, len);
    if (n == SIZE_MAX)
        return diag_at(&s->h, params_diag_row(s, s->x->run.row), (SQLINTEGER)s->x->params.at + 1,
                       ST_HY090, "parameter %zu: %ld is not a length of data", s->x->params.at + 1,
                       (long)len);
    if (n && !data)
        return put_diag(s, ST_HY009, "no data was given");
    slot->is_begun = true;
    buf_put(&slot->given, data, n);
    if (!buf_ok(&slot->given))
        return put_diag(s, ST_HY001, "no memory for the piece of data");
    return may_flush(s, slot) ? slot_flush(s, slot) : SQL_SUCCESS;
}

static SQLRETURN put_value(struct stmt *s, SQLPOINTER data, SQLLEN len)
{
    struct param_slot *slot = &s->x->params.slots[s->x->params.at];
    if (len == SQL_NULL_DATA)
        return put_null(s, slot);
    if (len == SQL_DEFAULT_PARAM)
        return put_default(s, slot);
    return put_piece(s, slot, data, len);
}

/* ODBC reference, "Statement Transitions": an error ends the wait. */
SQLRETURN params_put(struct stmt *s, SQLPOINTER data, SQLLEN len)
{
    SQLRETURN rc = put_value(s, data, len);
    return rc == SQL_ERROR ? give_up(s, rc) : rc;
}

/* SQLCancel found the connection taken by another thread, and left word. */
static SQLRETURN cancelled_before(struct stmt *s)
{
    if (!atomic_load(&s->cancelled))
        return SQL_SUCCESS;
    stmt_abandon(s);
    return diag(&s->h, ST_HY008, "the execution was cancelled while it waited for data");
}

SQLRETURN stmt_param_data(SQLHSTMT h, SQLPOINTER *token)
{
    struct stmt *s = stmt_enter_data(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = stmt_needs_data(s) ? cancelled_before(s)
                                      : diag(&s->h, ST_HY010, "no parameter waits for data");
    if (rc == SQL_SUCCESS)
        rc = s->runner->data(s, token);
    return stmt_leave(s, rc);
}

SQLRETURN stmt_put_data(SQLHSTMT h, SQLPOINTER data, SQLLEN len)
{
    struct stmt *s = stmt_enter_data(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc =
        s->wait == WAIT_DATA
            ? cancelled_before(s)
            : diag(&s->h, ST_HY010, "no parameter waits for data; SQLParamData comes first");
    if (rc == SQL_SUCCESS)
        rc = s->runner->put(s, data, len);
    return stmt_leave(s, rc);
}
