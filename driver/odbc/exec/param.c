/* param.c - parameters: bindings, values of a row, data at execution. */
#include "odbc/exec/param.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/wire_type.h"
#include "odbc/command/sqlmode.h"
#include "odbc/exec/array.h"
#include "odbc/exec/exec.h"
#include "odbc/handle/app.h"
#include "odbc/handle/descfield.h"
#include "odbc/handle/runner.h"
#include "odbc/result/convert.h"
#include "sql/literal.h"

static void slot_forget(struct param_slot *p)
{
    if (p->given.cap > PARAM_LONG_BYTES)
        buf_clear(&p->given);
    else
        buf_reset(&p->given);
    p->is_given = p->is_null_given = p->is_default_given = p->is_begun = p->is_long = false;
}

void params_clear(struct params *p)
{
    for (size_t i = 0; i < p->cap; i++)
        buf_clear(&p->slots[i].given);
    free(p->slots);
    free(p->wire);
    buf_clear(&p->bytes);
    buf_clear(&p->text);
    given_clear(&p->kept);
    *p = (struct params){0};
}

void params_row_end(struct stmt *s)
{
    struct params *p = &s->x->params;
    for (size_t i = 0; i < p->n; i++)
        slot_forget(&p->slots[i]);
    p->at = 0;
}

void params_forget(struct stmt *s)
{
    params_row_end(s);
    given_clear(&s->x->params.kept);
}

/* --- SQLBindParameter ------------------------------------------------------------------------- */

static SQLRETURN bind_check(struct stmt *s, SQLUSMALLINT number, SQLSMALLINT io, SQLSMALLINT ctype,
                            SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits, SQLLEN capacity)
{
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data");
    if (!number || number > INT16_MAX)
        return diag(&s->h, ST_07009, "parameter %u: parameters are numbered from 1",
                    (unsigned)number);
    if (io != SQL_PARAM_INPUT && io != SQL_PARAM_INPUT_OUTPUT && io != SQL_PARAM_OUTPUT)
        return diag(&s->h, ST_HY105, "parameter %u: %d is not a parameter type", (unsigned)number,
                    io);
    if (capacity < 0 && capacity != SQL_SETPARAM_VALUE_MAX)
        return diag(&s->h, ST_HY090, "parameter %u: buffer length %ld is negative",
                    (unsigned)number, (long)capacity);
    bool is_exact = sql_type == SQL_DECIMAL || sql_type == SQL_NUMERIC;
    bool is_shape = digits >= 0 && (!size || (SQLULEN)digits <= size); /* 0: not known */
    if (is_exact && !is_shape)
        return diag(&s->h, ST_HY104,
                    "parameter %u: a number of %lu digits cannot have %d behind the point",
                    (unsigned)number, (unsigned long)size, digits);
    struct param_plan plan;
    struct param_target t = {.ctype = ctype, .sql_type = sql_type};
    struct conv_opts opts = convert_opts(s->dbc);
    enum conv_status st = param_bind(&plan, &t, &opts);
    if (st != CONV_OK)
        return diag_at(&s->h, 0, number, convert_state(st), "parameter %u: %s cannot be sent as %s",
                       (unsigned)number, ctype_name(ctype), sqltype_name(sql_type));
    return SQL_SUCCESS;
}

static void ipd_record(struct desc_rec *r, SQLSMALLINT io, SQLULEN size, SQLSMALLINT digits)
{
    r->parameter_type = io;
    r->length = size;
    switch (r->concise_type) {
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        r->precision = (SQLSMALLINT)(size > INT16_MAX ? INT16_MAX : size);
        r->scale = digits;
        break;
    case SQL_TYPE_TIME:
    case SQL_TYPE_TIMESTAMP:
        r->precision = digits;
        break;
    default:
        break;
    }
}

static SQLRETURN bind_parameter(struct stmt *s, SQLUSMALLINT number, SQLSMALLINT io,
                                SQLSMALLINT ctype, SQLSMALLINT sql_type, SQLULEN size,
                                SQLSMALLINT digits, SQLPOINTER data, SQLLEN capacity, SQLLEN *ind)
{
    SQLRETURN rc = bind_check(s, number, io, ctype, sql_type, size, digits, capacity);
    if (rc != SQL_SUCCESS)
        return rc;
    SQLSMALLINT n = (SQLSMALLINT)number;
    struct desc_rec *apd = desc_rec_make(s->apd, n);
    struct desc_rec *ipd = desc_rec_make(s->ipd, n);
    if (!apd || !ipd)
        return diag(&s->h, ST_HY001, "no memory to bind parameter %u", (unsigned)number);
    if (!desc_set_type(s->apd, apd, ctype))
        return diag(&s->h, ST_HY003, "parameter %u: %d is not a C type", (unsigned)number, ctype);
    if (!desc_set_type(s->ipd, ipd, sql_type))
        return diag(&s->h, ST_HY004, "parameter %u: %d is not an SQL type", (unsigned)number,
                    sql_type);
    apd->data_ptr = data;
    apd->octet_length = capacity > 0 ? capacity : 0; /* SQLSetParam has none */
    apd->octet_length_ptr = apd->indicator_ptr = ind;
    /* SQLSetParam cannot say which it is, and the driver manager says both */
    ipd_record(ipd, capacity == SQL_SETPARAM_VALUE_MAX ? SQL_PARAM_INPUT : io, size, digits);
    desc_changed(s->apd);
    desc_changed(s->ipd);
    return SQL_SUCCESS;
}

SQLRETURN stmt_bind_parameter(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT io, SQLSMALLINT ctype,
                              SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits,
                              SQLPOINTER data, SQLLEN capacity, SQLLEN *ind)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    if (capacity == SQL_SETPARAM_VALUE_MAX) { /* SQLSetParam of ODBC 2, mapped by the manager */
        io = SQL_PARAM_INPUT;
        capacity = 0;
    }
    return stmt_leave(
        s, bind_parameter(s, number, io, ctype, sql_type, size, digits, data, capacity, ind));
}

/* --- slots ------------------------------------------------------------------------------------ */

static bool slots_grow(struct params *p, size_t n)
{
    if (n <= p->cap)
        return true;
    struct param_slot *slots = realloc(p->slots, n * sizeof *slots);
    if (!slots)
        return false;
    p->slots = slots;
    memset(slots + p->cap, 0, (n - p->cap) * sizeof *slots);
    p->cap = n;
    struct wire_param *wire = realloc(p->wire, n * sizeof *wire);
    if (!wire)
        return false;
    p->wire = wire;
    return true;
}

/* Text that goes to a text type may be sent ahead as UTF-8, bytes that go to a binary type as they
 * are; what a load takes goes as it is, in whatever pieces. */
static void slot_long(struct param_slot *slot, bool is_load)
{
    SQLSMALLINT c = slot->plan.ctype_id, t = slot->plan.sql_type;
    bool is_text = c == SQL_C_CHAR || c == SQL_C_WCHAR;
    bool to_text = t == SQL_CHAR || t == SQL_VARCHAR || t == SQL_LONGVARCHAR || t == SQL_WCHAR ||
                   t == SQL_WVARCHAR || t == SQL_WLONGVARCHAR;
    bool to_bytes = t == SQL_BINARY || t == SQL_VARBINARY || t == SQL_LONGVARBINARY;
    slot->has_text = !is_load && to_text && is_text;
    slot->can_long =
        is_load ? is_text || c == SQL_C_BINARY : slot->has_text || (to_bytes && c == SQL_C_BINARY);
}

static SQLRETURN slot_check(struct stmt *s, size_t i, const struct desc_rec *a,
                            const struct desc_rec *ipd)
{
    if (!a || (!a->data_ptr && !a->octet_length_ptr && !a->indicator_ptr))
        return diag_at(&s->h, 0, (SQLINTEGER)(i + 1), ST_07002,
                       "parameter %zu is not bound; the statement has %zu", i + 1, s->x->markers.n);
    if (ipd && ipd->parameter_type != SQL_PARAM_INPUT)
        return diag_at(&s->h, 0, (SQLINTEGER)(i + 1), ST_HYC00,
                       "parameter %zu: output parameters are not supported; select the values "
                       "after the CALL instead",
                       i + 1);
    return SQL_SUCCESS;
}

/* Where its values are; the plan is known. */
static void slot_place(struct param_slot *slot, const struct desc_rec *a, size_t row_size)
{
    slot->data = a->data_ptr;
    slot->len = a->octet_length_ptr;
    slot->ind = a->indicator_ptr;
    slot->capacity = a->octet_length;
    slot->data_stride = row_size             ? row_size
                        : slot->plan.size    ? slot->plan.size
                        : slot->capacity > 0 ? (size_t)slot->capacity
                                             : 0;
    slot->ind_stride = row_size ? row_size : sizeof(SQLLEN);
    slot->len_if_none = slot->plan.ctype_id == SQL_C_BINARY ? slot->capacity : SQL_NTS;
}

static SQLRETURN slot_make(struct stmt *s, size_t i, const struct conv_opts *o)
{
    struct param_slot *slot = &s->x->params.slots[i];
    const struct desc_rec *a = desc_rec_at(s->apd, (SQLSMALLINT)(i + 1));
    const struct desc_rec *ipd = desc_rec_at(s->ipd, (SQLSMALLINT)(i + 1));
    SQLRETURN rc = slot_check(s, i, a, ipd);
    if (rc != SQL_SUCCESS)
        return rc;
    struct param_target t = {.ctype = a->concise_type,
                             .sql_type = ipd && ipd->concise_type ? ipd->concise_type : SQL_VARCHAR,
                             .is_unsigned = ipd && ipd->is_unsigned == SQL_TRUE,
                             .has_scale = a->has_scale,
                             .scale = a->scale};
    enum conv_status st = param_bind(&slot->plan, &t, o);
    if (st != CONV_OK)
        return diag_at(&s->h, 0, (SQLINTEGER)(i + 1), convert_state(st),
                       "parameter %zu: %s cannot be sent as %s", i + 1, ctype_name(t.ctype),
                       sqltype_name(t.sql_type));
    slot_place(slot, a, (size_t)s->apd->hdr.bind_type);
    if (!app_rows_fit(s->apd->hdr.array_size, slot->data_stride))
        return diag_at(&s->h, 0, (SQLINTEGER)(i + 1), ST_HY090,
                       "parameter %zu: %lu values of %zu bytes are more than memory can hold",
                       i + 1, (unsigned long)s->apd->hdr.array_size, slot->data_stride);
    slot_long(slot, s->runner->takes_bytes);
    return SQL_SUCCESS;
}

/* The bind offset is read once an execution. */
static void slots_locate(struct stmt *s)
{
    struct params *p = &s->x->params;
    uintptr_t offset = app_offset(s->apd->hdr.bind_offset_ptr);
    for (size_t i = 0; i < p->n; i++) {
        struct param_slot *slot = &p->slots[i];
        const SQLLEN *ind = slot->ind == slot->len ? NULL : slot->ind;
        slot->at.data = (uintptr_t)slot->data + offset;
        slot->at.len = slot->len ? (const char *)((uintptr_t)slot->len + offset) : NULL;
        slot->at.ind = ind ? (const char *)((uintptr_t)ind + offset) : NULL;
    }
}

/* In a query the value's type is that of the expression, so there it stays. */
static bool drops_fractions(const struct stmt *s)
{
    return s->x->kind.kind != SQL_KIND_SELECT && session_product(s->dbc->session)->drops_fractions;
}

static SQLRETURN slots_ready(struct stmt *s, size_t n)
{
    struct params *p = &s->x->params;
    bool for_dropping_store = drops_fractions(s);
    params_forget(s);
    if (p->valid && p->n == n && p->for_bytes == s->runner->takes_bytes &&
        p->for_dropping_store == for_dropping_store && p->apd_version == s->apd->version &&
        p->ipd_version == s->ipd->version)
        return SQL_SUCCESS;
    p->valid = false;
    p->n = 0;
    if (!slots_grow(p, n))
        return diag(&s->h, ST_HY001, "no memory for %zu parameters", n);
    struct conv_opts opts = convert_opts(s->dbc);
    opts.fraction_as_text = for_dropping_store;
    for (size_t i = 0; i < n; i++) {
        SQLRETURN rc = slot_make(s, i, &opts);
        if (rc != SQL_SUCCESS)
            return rc;
    }
    p->n = n;
    p->for_bytes = s->runner->takes_bytes;
    p->for_dropping_store = for_dropping_store;
    p->apd_version = s->apd->version;
    p->ipd_version = s->ipd->version;
    p->valid = true;
    return SQL_SUCCESS;
}

SQLRETURN params_ready(struct stmt *s, size_t n)
{
    SQLRETURN rc = slots_ready(s, n);
    if (rc == SQL_SUCCESS)
        slots_locate(s);
    return rc;
}

/* --- one row ---------------------------------------------------------------------------------- */

static bool is_at_execution(SQLLEN ind)
{
    return ind == SQL_DATA_AT_EXEC || ind <= SQL_LEN_DATA_AT_EXEC_OFFSET;
}

SQLLEN params_diag_row(const struct stmt *s, SQLULEN row)
{
    return s->x->run.is_array ? (SQLLEN)row + 1 : 0;
}

/* Does the slot wait for data in this row? */
bool params_slot_waits(const struct params *p, size_t i, SQLULEN row)
{
    const struct param_slot *slot = &p->slots[i];
    return !slot->is_given && is_at_execution(param_bound_at(slot, row).ind) &&
           !given_find(&p->kept, row, i);
}

bool params_needs_data(struct stmt *s, SQLULEN row)
{
    const struct params *p = &s->x->params;
    for (size_t i = 0; i < p->n; i++)
        if (params_slot_waits(p, i, row))
            return true;
    return false;
}

SQLRETURN params_await(struct stmt *s, SQLULEN row)
{
    if (!params_needs_data(s, row))
        return SQL_SUCCESS;
    s->wait = WAIT_NEXT;
    s->x->params.at = 0;
    return SQL_NEED_DATA;
}

SQLRETURN params_row_keep(struct stmt *s, SQLULEN row)
{
    struct params *p = &s->x->params;
    for (size_t i = 0; i < p->n; i++) {
        const struct param_slot *slot = &p->slots[i];
        const struct given_value v = {row, i, (const char *)slot->given.p, slot->given.len,
                                      slot->is_null_given};
        if (slot->is_given && !given_add(&p->kept, &v))
            return diag_at(&s->h, params_diag_row(s, row), (SQLINTEGER)(i + 1), ST_HY001,
                           "no memory to keep the data of parameter %zu", i + 1);
    }
    params_row_end(s);
    return SQL_SUCCESS;
}

/* A value that was kept, if it was. */
static struct param_bound kept_value(const struct params *p, size_t i, SQLULEN row)
{
    const struct given_value *v = given_find(&p->kept, row, i);
    if (!v)
        return param_bound_at(&p->slots[i], row);
    return v->is_null ? (struct param_bound){NULL, SQL_NULL_DATA}
                      : (struct param_bound){v->p, (SQLLEN)v->len};
}

/* What a slot's value is in this row: the bound one, or what was given at execution. */
static inline struct param_bound slot_value(const struct params *p, size_t i, SQLULEN row)
{
    const struct param_slot *slot = &p->slots[i];
    if (!slot->is_given)
        return p->kept.n ? kept_value(p, i, row) : param_bound_at(slot, row);
    if (slot->is_null_given)
        return (struct param_bound){NULL, SQL_NULL_DATA};
    if (slot->is_default_given)
        return (struct param_bound){NULL, SQL_DEFAULT_PARAM};
    const char *data = slot->given.p ? (const char *)slot->given.p : "\0";
    return (struct param_bound){data, (SQLLEN)slot->given.len};
}

static bool is_default(const struct param_bound *v)
{
    return v->ind == SQL_DEFAULT_PARAM || v->ind == SQL_COLUMN_IGNORE;
}

/* Why a value cannot be used that value_check has doubts about. */
SQLRETURN params_refuse(struct stmt *s, size_t i, const struct param_bound *v, SQLULEN row)
{
    SQLINTEGER number = (SQLINTEGER)(i + 1);
    if (is_default(v) && !array_insert(s))
        return diag_at(&s->h, params_diag_row(s, row), number, ST_07S01,
                       "parameter %d: a default value can only be asked for in INSERT ... VALUES "
                       "with nothing but markers, constants and DEFAULT in it; leave the column "
                       "out of the statement instead",
                       (int)number);
    if (is_default(v) || given_find(&s->x->params.kept, row, i))
        return SQL_SUCCESS;
    return diag_at(&s->h, params_diag_row(s, row), number, ST_HY009,
                   "parameter %d has no data buffer", (int)number);
}

static inline SQLRETURN value_check(struct stmt *s, size_t i, const struct param_bound *v,
                                    SQLULEN row)
{
    const struct param_slot *slot = &s->x->params.slots[i];
    bool has_data = slot->is_given || slot->data; /* the address in a later row is not NULL */
    if (v->ind == SQL_NULL_DATA || (has_data && !is_default(v)))
        return SQL_SUCCESS;
    return params_refuse(s, i, v, row);
}

static SQLRETURN value_diag(struct stmt *s, size_t i, SQLULEN row, enum conv_status st)
{
    const struct param_slot *slot = &s->x->params.slots[i];
    if (row < s->x->run.ntold && CONV_HAS_DATA(st))
        return SQL_SUCCESS_WITH_INFO;
    return diag_at(&s->h, params_diag_row(s, row), (SQLINTEGER)(i + 1), convert_state(st),
                   "parameter %zu: the value (%s for %s) %s", i + 1,
                   ctype_name(slot->plan.ctype_id), sqltype_name(slot->plan.sql_type),
                   convert_param_words(st));
}

static enum conv_status slot_binary(struct stmt *s, struct param_slot *slot,
                                    const struct param_bound *v, struct wire_param *w)
{
    struct params *p = &s->x->params;
    *w = (struct wire_param){.is_null = v->ind == SQL_NULL_DATA, .is_default = is_default(v)};
    p->has_default |= w->is_default;
    if (slot->is_long) {
        w->is_long = true;
        w->type = slot->has_text ? MYSQL_TYPE_VAR_STRING : MYSQL_TYPE_LONG_BLOB;
        return CONV_OK;
    }
    size_t at = p->bytes.len;
    enum conv_status st = CONV_OK;
    if (w->is_null || w->is_default)
        w->type = MYSQL_TYPE_NULL;
    else
        st = param_binary(&slot->plan, v->data, v->ind, &p->bytes, &w->type, &w->is_unsigned);
    w->len = p->bytes.len - at;
    return st;
}

SQLRETURN params_binary(struct stmt *s, SQLULEN row)
{
    struct params *p = &s->x->params;
    SQLRETURN outcome = SQL_SUCCESS;
    buf_reset(&p->bytes);
    p->has_default = false;
    for (size_t i = 0; i < p->n; i++) {
        struct param_bound v = slot_value(p, i, row);
        SQLRETURN rc = value_check(s, i, &v, row);
        if (rc != SQL_SUCCESS)
            return rc;
        enum conv_status st = slot_binary(s, &p->slots[i], &v, &p->wire[i]);
        if (st != CONV_OK)
            outcome = value_diag(s, i, row, st);
        if (!CONV_HAS_DATA(st))
            return outcome;
    }
    if (!buf_ok(&p->bytes))
        return diag(&s->h, ST_HY001, "no memory for the parameters");
    size_t at = 0;
    for (size_t i = 0; i < p->n; i++) {
        p->wire[i].p = p->bytes.p ? p->bytes.p + at : (const unsigned char *)"";
        at += p->wire[i].len;
    }
    return outcome;
}

/* --- values in the text -------------------------------------------------------------------------
 */

/* Where the values of a row go: the text, and how the server reads it. */
struct literal_out {
    struct buf *to;
    struct sql_mode mode;
    bool has_introducer; /* the server knows _binary '...', which is shorter than x'...' and a
                            string where a number is wanted, as a binary parameter is */
};

static struct literal_out literal_out(const struct stmt *s, struct buf *to)
{
    struct literal_out o = {.to = to, .mode = sqlmode_now(s->dbc)};
    const struct session *w = s->dbc->session;
    o.has_introducer =
        !o.mode.no_backslash_escapes && session_has(w, session_product(w)->introducer_since);
    return o;
}

static void put_bytes(const struct literal_out *o, const char *p, size_t n)
{
    if (!o->has_introducer) {
        sql_put_binary(o->to, p, n);
        return;
    }
    buf_puts(o->to, "_binary ");
    sql_put_string(o->to, p, n, o->mode);
}

static void put_form(const struct literal_out *o, const struct buf *v, enum param_form form)
{
    const char *text = v->p ? (const char *)v->p : "";
    switch (form) {
    case PARAM_NULL:
        buf_puts(o->to, "NULL");
        break;
    case PARAM_NUMBER:
        buf_put(o->to, text, v->len);
        break;
    case PARAM_TEXT:
        sql_put_string(o->to, text, v->len, o->mode);
        break;
    default:
        put_bytes(o, text, v->len);
        break;
    }
}

static SQLRETURN slot_literal(struct stmt *s, size_t i, SQLULEN row, const struct literal_out *o)
{
    struct params *p = &s->x->params;
    struct param_bound v = slot_value(p, i, row);
    SQLRETURN rc = value_check(s, i, &v, row);
    if (rc != SQL_SUCCESS)
        return rc;
    if (is_default(&v)) {
        buf_puts(o->to, "DEFAULT");
        return SQL_SUCCESS;
    }
    enum param_form form = PARAM_NULL;
    enum conv_status st = CONV_OK;
    buf_reset(&p->bytes);
    if (v.ind != SQL_NULL_DATA)
        st = param_literal(&p->slots[i].plan, v.data, v.ind, &p->bytes, &form);
    if (CONV_HAS_DATA(st))
        put_form(o, &p->bytes, form);
    return st == CONV_OK ? SQL_SUCCESS : value_diag(s, i, row, st);
}

/* The text between two offsets, each marker in it replaced by the row's value. */
static SQLRETURN put_values(struct stmt *s, SQLULEN row, struct sql_span span, struct buf *out)
{
    const struct stmt_exec *x = s->x;
    const struct literal_out o = literal_out(s, out);
    SQLRETURN outcome = SQL_SUCCESS;
    size_t at = span.at;
    for (size_t i = 0; i < x->markers.n; i++) {
        buf_put(out, x->sql.p + at, x->markers.at[i] - at);
        at = x->markers.at[i] + 1;
        SQLRETURN rc = slot_literal(s, i, row, &o);
        if (!SQL_SUCCEEDED(rc))
            return rc;
        outcome = rc == SQL_SUCCESS ? outcome : rc;
    }
    buf_put(out, x->sql.p + at, span.at + span.len - at);
    return outcome;
}

SQLRETURN params_literal(struct stmt *s, SQLULEN row)
{
    struct params *p = &s->x->params;
    buf_reset(&p->text);
    SQLRETURN rc = put_values(s, row, (struct sql_span){0, s->x->sql.len}, &p->text);
    if (SQL_SUCCEEDED(rc) && (!buf_ok(&p->text) || !buf_ok(&p->bytes)))
        return diag(&s->h, ST_HY001, "no memory for the statement with its parameters");
    return rc;
}

SQLRETURN params_tuple(struct stmt *s, SQLULEN row, struct buf *out)
{
    size_t before = out->len;
    SQLRETURN rc = put_values(s, row, array_insert(s)->tuple, out);
    buf_putc(out, ',');
    if (SQL_SUCCEEDED(rc) && (!buf_ok(out) || !buf_ok(&s->x->params.bytes)))
        rc = diag_at(&s->h, params_diag_row(s, row), 0, ST_HY001, "no memory for the row's values");
    if (!SQL_SUCCEEDED(rc))
        out->len = before;
    return rc;
}

SQLRETURN params_field(struct stmt *s, size_t i, SQLULEN row, struct buf *out,
                       enum param_form *form)
{
    struct params *p = &s->x->params;
    struct param_bound v = slot_value(p, i, row);
    SQLRETURN rc = value_check(s, i, &v, row);
    if (rc != SQL_SUCCESS)
        return rc;
    enum conv_status st = param_field(&p->slots[i].plan, v.data, v.ind, out, form);
    return st == CONV_OK ? SQL_SUCCESS : value_diag(s, i, row, st);
}

static unsigned slot_look(const struct stmt *s, const struct param_slot *slot)
{
    unsigned look = 0;
    if (!slot->at.len && !slot->at.ind)
        return 0;
    for (SQLULEN row = 0; row < s->x->run.nrows; row++) {
        struct param_bound v = param_bound_at(slot, row);
        if (v.ind >= SQL_NULL_DATA || run_row_is_ignored(s, row))
            continue;
        look |= is_at_execution(v.ind) ? PARAM_LOOK_WAITS : is_default(&v) ? PARAM_LOOK_DEFAULT : 0;
    }
    return look;
}

unsigned params_look(const struct stmt *s)
{
    const struct params *p = &s->x->params;
    unsigned look = 0;
    for (size_t i = 0; i < p->n; i++)
        look |= slot_look(s, &p->slots[i]);
    return look;
}
