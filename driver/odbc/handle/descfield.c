/* descfield.c - reads and writes descriptor fields by table/field.def, and copies descriptors. */
#include "odbc/handle/descfield.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conv/plan.h"
#include "odbc/handle/app.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Digits of a decimal whose precision nobody gave. */
#define DEFAULT_PRECISION 38

enum field_kind { KIND_I16, KIND_I32, KIND_LEN, KIND_PTR, KIND_TEXT };
enum field_right { NO, RD, RW };

struct field_row {
    SQLSMALLINT id;
    const char *name;
    enum field_kind kind;
    bool is_header;
    size_t offset;              /* in struct desc_header or struct desc_rec */
    enum field_right rights[4]; /* by enum desc_role */
};

static const struct field_row rows[] = {
#define HEADER(id, kind, field, ard, apd, ird, ipd)                                                \
    {id, #id, KIND_##kind, true, offsetof(struct desc_header, field), {ard, apd, ird, ipd}},
#define RECORD(id, kind, field, ard, apd, ird, ipd)                                                \
    {id, #id, KIND_##kind, false, offsetof(struct desc_rec, field), {ard, apd, ird, ipd}},
#include "table/field.def"
#undef HEADER
#undef RECORD
};

_Static_assert(DESC_ARD == 0 && DESC_APD == 1 && DESC_IRD == 2 && DESC_IPD == 3,
               "rights are indexed by role");

static const struct field_row *find(SQLSMALLINT id)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

static enum field_right right_of(const struct desc *d, const struct field_row *row)
{
    return row->rights[d->role == DESC_EXPLICIT ? DESC_ARD : d->role];
}

/* -- life -- */

struct desc *desc_new(struct dbc *d)
{
    struct desc *desc = calloc(1, sizeof(*desc));
    if (!desc)
        return NULL;
    desc_init(desc, d, NULL, DESC_EXPLICIT);
    desc->next = d->descs;
    d->descs = desc;
    return desc;
}

static void free_one(struct dbc *d, struct desc *desc)
{
    struct desc **at = &d->descs;
    while (*at && *at != desc)
        at = &(*at)->next;
    if (*at)
        *at = desc->next;
    for (struct stmt *s = d->stmts; s; s = s->next) {
        if (s->ard == desc)
            s->ard = &s->own_ard;
        if (s->apd == desc)
            s->apd = &s->own_apd;
    }
    desc_fini(desc);
    free(desc);
}

void desc_free_all(struct dbc *d)
{
    while (d->descs)
        free_one(d, d->descs);
}

SQLRETURN desc_drop(SQLHDESC h)
{
    struct desc *desc = desc_enter(h);
    if (!desc)
        return SQL_INVALID_HANDLE;
    if (desc->role != DESC_EXPLICIT)
        return desc_leave(desc, diag(&desc->h, ST_HY017,
                                     "this descriptor belongs to its statement and goes with it"));
    struct dbc *d = desc->dbc;
    free_one(d, desc);
    (void)pthread_mutex_unlock(&d->lock);
    return SQL_SUCCESS;
}

/* -- types -- */

struct type_parts {
    SQLSMALLINT verbose, code;
};

/* Verbose type and code of a concise one.  ODBC 2 dates become those of ODBC 3 before. */
static struct type_parts split_type(SQLSMALLINT concise)
{
    if (concise >= SQL_TYPE_DATE && concise <= SQL_TYPE_TIMESTAMP)
        return (struct type_parts){SQL_DATETIME, (SQLSMALLINT)(concise - SQL_TYPE_DATE + 1)};
    if (concise >= SQL_INTERVAL_YEAR && concise <= SQL_INTERVAL_MINUTE_TO_SECOND)
        return (struct type_parts){SQL_INTERVAL, (SQLSMALLINT)(concise - SQL_INTERVAL_YEAR + 1)};
    return (struct type_parts){concise, 0};
}

static SQLSMALLINT join_type(SQLSMALLINT verbose, SQLSMALLINT code)
{
    if (verbose == SQL_DATETIME && code >= SQL_CODE_DATE && code <= SQL_CODE_TIMESTAMP)
        return (SQLSMALLINT)(SQL_TYPE_DATE + code - 1);
    if (verbose == SQL_INTERVAL && code >= SQL_CODE_YEAR && code <= SQL_CODE_MINUTE_TO_SECOND)
        return (SQLSMALLINT)(SQL_INTERVAL_YEAR + code - 1);
    return 0;
}

static bool is_sql_side(const struct desc *d)
{
    return d->role == DESC_IPD || d->role == DESC_IRD;
}

static bool is_type(const struct desc *d, SQLSMALLINT concise)
{
    static const struct conv_opts plain;
    if (is_sql_side(d))
        return concise == SQL_UNKNOWN_TYPE || ctype_default(concise, false, &plain) != 0;
    return concise == SQL_C_DEFAULT || ctype_size(concise) >= 0;
}

/* ODBC reference, SQLSetDescField, the table under SQL_DESC_TYPE. */
static void type_defaults(struct desc_rec *r)
{
    switch (r->type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
        r->length = 1;
        r->precision = 0;
        break;
    case SQL_DATETIME:
        r->precision = r->datetime_interval_code == SQL_CODE_TIMESTAMP ? 6 : 0;
        break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        r->scale = 0;
        r->precision = DEFAULT_PRECISION;
        break;
    case SQL_FLOAT:
        r->precision = 53;
        break;
    case SQL_INTERVAL:
        r->datetime_interval_precision = 2;
        r->precision = 6;
        break;
    default:
        break;
    }
}

static SQLSMALLINT modern_date(SQLSMALLINT type)
{
    switch (type) {
    case SQL_DATE:
        return SQL_TYPE_DATE;
    case SQL_TIME:
        return SQL_TYPE_TIME;
    case SQL_TIMESTAMP:
        return SQL_TYPE_TIMESTAMP;
    default:
        return type;
    }
}

bool desc_set_type(const struct desc *d, struct desc_rec *r, SQLSMALLINT type)
{
    SQLSMALLINT concise = modern_date(type);
    if (!is_type(d, concise))
        return false;
    struct type_parts parts = split_type(concise);
    r->concise_type = concise;
    r->type = parts.verbose;
    r->datetime_interval_code = parts.code;
    r->has_precision = r->has_scale = false;
    type_defaults(r);
    return true;
}

/* SQL_DESC_TYPE: SQL_DATETIME and SQL_INTERVAL wait for their code, or take the one that is there.
 */
static bool set_verbose_type(const struct desc *d, struct desc_rec *r, SQLSMALLINT type)
{
    if (type != SQL_DATETIME && type != SQL_INTERVAL)
        return desc_set_type(d, r, type);
    r->type = type;
    r->concise_type = join_type(type, r->datetime_interval_code);
    type_defaults(r);
    return true;
}

static void set_code(struct desc_rec *r, SQLSMALLINT code)
{
    r->datetime_interval_code = code;
    if (r->type == SQL_DATETIME || r->type == SQL_INTERVAL) {
        r->concise_type = join_type(r->type, code);
        type_defaults(r);
    }
}

/* Are the fields of the record consistent?  HY021 if not; raised on h. */
static SQLRETURN desc_check(struct handle *h, const struct desc *d, const struct desc_rec *r)
{
    struct type_parts parts = split_type(r->concise_type);
    if (!is_type(d, r->concise_type) || parts.verbose != r->type ||
        (parts.code && parts.code != r->datetime_interval_code))
        return diag(h, ST_HY021, "type %d, concise type %d and code %d do not go together", r->type,
                    r->concise_type, r->datetime_interval_code);
    bool is_exact = r->type == SQL_NUMERIC || r->type == SQL_DECIMAL;
    if (is_exact && r->precision < 1)
        return diag(h, ST_HY021, "a decimal of %d digits is not possible", r->precision);
    if (r->type == SQL_INTERVAL && r->datetime_interval_precision < 0)
        return diag(h, ST_HY021, "an interval of %ld leading digits is not possible",
                    (long)r->datetime_interval_precision);
    if (r->type == SQL_DATETIME && (r->precision < 0 || r->precision > 9))
        return diag(h, ST_HY021, "%d digits of fractions of a second are not possible",
                    r->precision);
    return SQL_SUCCESS;
}

/* -- reading -- */

/* A field's value at `at`, for the application.  cap and len count bytes. */
struct place {
    SQLPOINTER value;
    SQLINTEGER cap, *len;
    bool wide;
};

static SQLRETURN put_fixed(const struct place *p, const void *at, size_t width)
{
    if (p->value)
        memcpy(p->value, at, width);
    if (p->len)
        *p->len = (SQLINTEGER)width;
    return SQL_SUCCESS;
}

static SQLRETURN put_field(struct handle *h, const struct place *p, const struct field_row *row,
                           const void *base)
{
    static const size_t widths[] = {[KIND_I16] = sizeof(SQLSMALLINT),
                                    [KIND_I32] = sizeof(SQLINTEGER),
                                    [KIND_LEN] = sizeof(SQLLEN),
                                    [KIND_PTR] = sizeof(SQLPOINTER)};
    const void *at = (const unsigned char *)base + row->offset;
    if (row->kind != KIND_TEXT)
        return put_fixed(p, at, widths[row->kind]);
    const char *text = *(const char *const *)at;
    struct text_out out = p->wide ? out_wbytes(p->value, p->cap, NULL, p->len)
                                  : out_a(p->value, p->cap, NULL, p->len);
    text = text ? text : "";
    return text_write(h, &out, text, strlen(text));
}

/* The IRD of a statement that is only prepared is made now; HY007 if there is nothing to make it
 * from, else what the server said.  The statement's own diagnostics stay as they were. */
static SQLRETURN make_current(struct desc *d)
{
    if (d->role != DESC_IRD)
        return SQL_SUCCESS;
    struct diag kept = d->stmt->h.diag;
    d->stmt->h.diag = (struct diag){.rc = kept.rc, .row_count = kept.row_count};
    SQLRETURN rc = d->fill(d->stmt);
    const struct diag_rec *why = diag_get(&d->stmt->h.diag, 0);
    if (SQL_SUCCEEDED(rc))
        rc = SQL_SUCCESS;
    else if (!why || !strcmp(why->state, "HY010"))
        rc = diag(&d->h, ST_HY007, "the statement is neither prepared nor executed");
    else
        rc = diag_repeat(&d->h, why);
    diag_free(&d->stmt->h.diag);
    d->stmt->h.diag = kept;
    return rc;
}

static bool needs_result(const struct field_row *row)
{
    return !row->is_header || row->id == SQL_DESC_COUNT;
}

static SQLRETURN get_field(struct desc *d, SQLSMALLINT n, const struct field_row *row,
                           const struct place *p)
{
    if (right_of(d, row) == NO)
        return diag(&d->h, ST_HY091, "this descriptor has no %s", row->name);
    SQLRETURN rc = needs_result(row) ? make_current(d) : SQL_SUCCESS;
    if (rc != SQL_SUCCESS)
        return rc;
    if (row->is_header)
        return put_field(&d->h, p, row, &d->hdr);
    if (n < 0 || (n == 0 && d->role == DESC_IPD))
        return diag(&d->h, ST_07009, "there is no record %d", n);
    const struct desc_rec *r = desc_rec_at(d, n);
    return r ? put_field(&d->h, p, row, r) : SQL_NO_DATA;
}

SQLRETURN desc_get_field(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                         SQLINTEGER cap, SQLINTEGER *len, bool wide)
{
    struct desc *d = desc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct place p = {value, cap, len, wide};
    const struct field_row *row = find(field);
    if (!row)
        return desc_leave(d, diag(&d->h, ST_HY091, "there is no descriptor field %d", field));
    return desc_leave(d, get_field(d, rec, row, &p));
}

static SQLRETURN get_rec(struct desc *d, SQLSMALLINT n, const struct desc_rec_out *out)
{
    SQLRETURN rc = make_current(d);
    if (rc != SQL_SUCCESS)
        return rc;
    if (n < 0 || (n == 0 && d->role == DESC_IPD))
        return diag(&d->h, ST_07009, "there is no record %d", n);
    const struct desc_rec *r = desc_rec_at(d, n);
    if (!r)
        return SQL_NO_DATA;
    app_put16(out->type, r->type);
    app_put16(out->subtype, r->datetime_interval_code);
    app_put16(out->precision, r->precision);
    app_put16(out->scale, r->scale);
    app_put16(out->nullable, r->nullable);
    app_put_len(out->length, r->octet_length);
    const char *name = r->name ? r->name : "";
    return text_write(&d->h, &out->name, name, strlen(name));
}

SQLRETURN desc_get_rec(SQLHDESC h, SQLSMALLINT rec, const struct desc_rec_out *out)
{
    struct desc *d = desc_enter(h);
    return d ? desc_leave(d, get_rec(d, rec, out)) : SQL_INVALID_HANDLE;
}

/* -- writing -- */

static SQLRETURN set_count(struct desc *d, SQLLEN n)
{
    if (n < 0 || n > SHRT_MAX)
        return diag(&d->h, ST_07009, "a descriptor cannot have %ld records", (long)n);
    if (n == 0) {
        desc_unbind_all(d);
        return SQL_SUCCESS;
    }
    if (!desc_rec_make(d, (SQLSMALLINT)n))
        return diag(&d->h, ST_HY001, "out of memory for %ld records", (long)n);
    desc_drop_above(d, (SQLSMALLINT)n);
    return SQL_SUCCESS;
}

static void store(void *base, const struct field_row *row, SQLPOINTER value)
{
    void *at = (unsigned char *)base + row->offset;
    SQLLEN number = (SQLLEN)(intptr_t)value;
    switch (row->kind) {
    case KIND_I16:
        *(SQLSMALLINT *)at = (SQLSMALLINT)number;
        break;
    case KIND_I32:
        *(SQLINTEGER *)at = (SQLINTEGER)number;
        break;
    case KIND_LEN:
        *(SQLLEN *)at = number;
        break;
    case KIND_PTR:
        *(SQLPOINTER *)at = value;
        break;
    case KIND_TEXT:
        break;
    }
}

static SQLRETURN set_header(struct desc *d, const struct field_row *row, SQLPOINTER value)
{
    SQLLEN number = (SQLLEN)(intptr_t)value;
    if (row->id == SQL_DESC_COUNT)
        return set_count(d, number);
    if (row->id == SQL_DESC_ARRAY_SIZE && (number < 1 || number > APP_ROWS_MOST))
        return diag(&d->h, ST_HY024, "an array of %ld rows is not possible", (long)number);
    if (row->id == SQL_DESC_BIND_TYPE && number < 0)
        return diag(&d->h, ST_HY024, "a row of %ld bytes is not possible", (long)number);
    store(&d->hdr, row, value);
    return SQL_SUCCESS;
}

/* The only text that can be set: the name of a parameter. */
static SQLRETURN set_name(struct desc *d, struct desc_rec *r, SQLPOINTER value, SQLINTEGER len,
                          bool wide)
{
    struct buf text = {0};
    struct text_arg arg = wide ? in_wbytes(value, len) : in_a(value, len);
    SQLRETURN rc = text_in(&d->h, &text, arg, "the name of the parameter");
    char *name = NULL;
    if (rc == SQL_SUCCESS)
        name = arena_dup(&d->arena, buf_str(&text), text.len);
    buf_clear(&text);
    if (rc != SQL_SUCCESS)
        return rc;
    if (!name)
        return diag(&d->h, ST_HY001, "out of memory for the name of a parameter");
    r->name = name;
    r->unnamed = *name ? SQL_NAMED : SQL_UNNAMED;
    return SQL_SUCCESS;
}

static bool is_parameter_type(SQLLEN n)
{
    return n == SQL_PARAM_INPUT || n == SQL_PARAM_INPUT_OUTPUT || n == SQL_PARAM_OUTPUT ||
           n == SQL_PARAM_INPUT_OUTPUT_STREAM || n == SQL_PARAM_OUTPUT_STREAM;
}

/* Fields whose setting does more than store. */
static SQLRETURN set_typed(struct desc *d, struct desc_rec *r, const struct field_row *row,
                           SQLPOINTER value)
{
    SQLLEN number = (SQLLEN)(intptr_t)value;
    SQLSMALLINT small = (SQLSMALLINT)number;
    switch (row->id) {
    case SQL_DESC_TYPE:
    case SQL_DESC_CONCISE_TYPE: {
        bool ok =
            row->id == SQL_DESC_TYPE ? set_verbose_type(d, r, small) : desc_set_type(d, r, small);
        if (!ok)
            return diag(&d->h, ST_HY021, "%s: %ld is not a type", row->name, (long)number);
        break;
    }
    case SQL_DESC_DATETIME_INTERVAL_CODE:
        set_code(r, small);
        break;
    case SQL_DESC_PARAMETER_TYPE:
        if (!is_parameter_type(number))
            return diag(&d->h, ST_HY105, "%ld is not a kind of parameter", (long)number);
        r->parameter_type = small;
        break;
    case SQL_DESC_UNNAMED:
        if (number != SQL_UNNAMED)
            return diag(&d->h, ST_HY091, "SQL_DESC_UNNAMED can only be set to SQL_UNNAMED");
        r->unnamed = SQL_UNNAMED;
        r->name = "";
        break;
    default:
        store(r, row, value);
        r->has_precision |= row->id == SQL_DESC_PRECISION;
        r->has_scale |= row->id == SQL_DESC_SCALE;
        break;
    }
    return SQL_SUCCESS;
}

static bool is_deferred(const struct field_row *row)
{
    return row->id == SQL_DESC_DATA_PTR || row->id == SQL_DESC_INDICATOR_PTR ||
           row->id == SQL_DESC_OCTET_LENGTH_PTR;
}

/* Setting anything but the deferred pointers unbinds the record; setting the data pointer checks
 * it (ODBC reference, SQLSetDescField, "Consistency Checks"). */
static SQLRETURN set_record(struct desc *d, struct desc_rec *r, const struct field_row *row,
                            SQLPOINTER value)
{
    if (row->id == SQL_DESC_DATA_PTR && value) {
        SQLRETURN rc = desc_check(&d->h, d, r);
        if (rc != SQL_SUCCESS)
            return rc;
    }
    SQLRETURN rc = set_typed(d, r, row, value);
    if (rc == SQL_SUCCESS && !is_deferred(row) && !is_sql_side(d))
        r->data_ptr = NULL;
    return rc;
}

static SQLRETURN may_set(struct desc *d, const struct field_row *row)
{
    if (right_of(d, row) == RW)
        return SQL_SUCCESS;
    if (d->role == DESC_IRD)
        return diag(&d->h, ST_HY016, "%s: what the result's columns are cannot be set", row->name);
    return diag(&d->h, ST_HY091, "%s cannot be set in this descriptor", row->name);
}

static SQLRETURN need_record(struct desc *d, SQLSMALLINT n, struct desc_rec **out)
{
    if (n < 0 || (n == 0 && d->role == DESC_IPD))
        return diag(&d->h, ST_07009, "there is no record %d", n);
    *out = desc_rec_make(d, n);
    return *out ? SQL_SUCCESS : diag(&d->h, ST_HY001, "out of memory for record %d", n);
}

/* No statement that uses it waits for data. */
static SQLRETURN is_still(struct desc *d)
{
    for (const struct stmt *s = d->dbc->stmts; s; s = s->next) {
        bool is_used = s->apd == d || s->ard == d || s->ipd == d || s->ird == d;
        if (is_used && stmt_needs_data(s))
            return diag(&d->h, ST_HY010, "a statement of this descriptor waits for data");
    }
    return SQL_SUCCESS;
}

SQLRETURN desc_set_field(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                         SQLINTEGER len, bool wide)
{
    struct desc *d = desc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct desc_rec *r = NULL;
    const struct field_row *row = find(field);
    if (!row)
        return desc_leave(d, diag(&d->h, ST_HY091, "there is no descriptor field %d", field));
    SQLRETURN rc = may_set(d, row);
    if (rc == SQL_SUCCESS)
        rc = is_still(d);
    if (rc == SQL_SUCCESS && row->is_header)
        rc = set_header(d, row, value);
    else if (rc == SQL_SUCCESS)
        rc = need_record(d, rec, &r);
    if (rc == SQL_SUCCESS && r && row->kind == KIND_TEXT)
        rc = set_name(d, r, value, len, wide);
    else if (rc == SQL_SUCCESS && r)
        rc = set_record(d, r, row, value);
    desc_changed(d);
    return desc_leave(d, rc);
}

static SQLRETURN set_rec(struct desc *d, SQLSMALLINT n, const struct desc_rec_in *in)
{
    struct desc_rec *r = NULL;
    if (d->role == DESC_IRD)
        return diag(&d->h, ST_HY016, "what the result's columns are cannot be set");
    SQLRETURN rc = need_record(d, n, &r);
    if (!r)
        return rc;
    struct desc_rec old = *r;
    r->datetime_interval_code = in->subtype;
    bool ok = set_verbose_type(d, r, in->type);
    r->octet_length = in->length;
    r->length = in->length > 0 ? (SQLULEN)in->length : 0;
    r->precision = in->precision;
    r->scale = in->scale;
    r->has_precision = r->has_scale = true;
    if (ok)
        rc = desc_check(&d->h, d, r);
    else
        rc = diag(&d->h, ST_HY021, "%d is not a type", in->type);
    if (rc != SQL_SUCCESS) {
        *r = old;
        return rc;
    }
    if (!is_sql_side(d)) {
        r->data_ptr = in->data;
        r->octet_length_ptr = in->octet_length;
        r->indicator_ptr = in->indicator;
    }
    return SQL_SUCCESS;
}

SQLRETURN desc_set_rec(SQLHDESC h, SQLSMALLINT rec, const struct desc_rec_in *in)
{
    struct desc *d = desc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = is_still(d);
    if (rc == SQL_SUCCESS)
        rc = set_rec(d, rec, in);
    desc_changed(d);
    return desc_leave(d, rc);
}

/* -- copying -- */

static const char *const *text_at(const struct desc_rec *r, const struct field_row *row)
{
    return (const char *const *)(const void *)((const unsigned char *)r + row->offset);
}

/* The text of a record moves into the arena of its new descriptor, where that one may have it. */
static bool copy_texts(struct desc *to, struct desc_rec *r)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].kind != KIND_TEXT)
            continue;
        const char *text = *text_at(r, &rows[i]);
        const char *copy = NULL;
        if (text && is_sql_side(to)) {
            copy = arena_strdup(&to->arena, text);
            if (!copy)
                return false;
        }
        *(const char **)((unsigned char *)r + rows[i].offset) = copy;
    }
    return true;
}

static SQLRETURN copy_locked(struct desc *from, struct desc *to)
{
    if (to->role == DESC_IRD)
        return diag(&to->h, ST_HY016, "the columns of a result cannot be written");
    if (is_still(to) != SQL_SUCCESS)
        return SQL_ERROR;
    SQLRETURN rc = make_current(from);
    if (rc != SQL_SUCCESS)
        return diag(&to->h, ST_HY007,
                    "the source descriptor belongs to a statement that is not prepared");
    desc_unbind_all(to);
    for (SQLSMALLINT n = 0; n <= from->hdr.count; n++) {
        const struct desc_rec *r = desc_rec_at(from, n);
        struct desc_rec *copy = r ? desc_rec_make(to, n) : NULL;
        if (r && copy)
            *copy = *r;
        if (r && (!copy || !copy_texts(to, copy)))
            return diag(&to->h, ST_HY001, "out of memory for the copy of a descriptor");
    }
    SQLSMALLINT alloc_type = to->hdr.alloc_type;
    to->hdr = from->hdr;
    to->hdr.alloc_type = alloc_type;
    desc_changed(to);
    return SQL_SUCCESS;
}

/* Descriptors may belong to two connections; these are locked in the order of their addresses. */
static void lock_both(struct dbc *a, struct dbc *b)
{
    struct dbc *first = (uintptr_t)a < (uintptr_t)b ? a : b;
    (void)pthread_mutex_lock(&first->lock);
    if (a != b)
        (void)pthread_mutex_lock(first == a ? &b->lock : &a->lock);
}

static void unlock_both(struct dbc *a, struct dbc *b)
{
    (void)pthread_mutex_unlock(&a->lock);
    if (a != b)
        (void)pthread_mutex_unlock(&b->lock);
}

static bool is_desc(const struct desc *d)
{
    return d && d->h.magic == MAGIC_DESC;
}

SQLRETURN desc_copy(SQLHDESC from, SQLHDESC to)
{
    struct desc *a = from, *b = to;
    if (!is_desc(a) || !is_desc(b))
        return SQL_INVALID_HANDLE;
    struct dbc *of_a = a->dbc, *of_b = b->dbc;
    SQLRETURN rc = SQL_INVALID_HANDLE;
    lock_both(of_a, of_b);
    if (is_desc(a) && is_desc(b)) {
        diag_clear(&b->h.diag);
        rc = a == b ? SQL_SUCCESS : copy_locked(a, b);
        b->h.diag.rc = rc;
    }
    unlock_both(of_a, of_b);
    return rc;
}
