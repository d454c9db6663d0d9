/* typeinfo.c - SQLGetTypeInfo from table/type.def.  Text types are listed twice, as CHAR and as
 * WCHAR types, because programs ask for either (pyodbc sizes its parameters by both). */
#include "conv/describe.h"
#include "conv/type.h"

static bool is_number(const struct type_row *row)
{
    return row->radix != 0;
}

static SQLLEN size_of(const struct type_row *row, const struct conv_opts *o)
{
    SQLLEN size = row->most ? row->most : row->size;
    if (o->max_varchar && (type_is_text(row->sql_type) || type_is_bytes(row->sql_type)) &&
        size > o->max_varchar) {
        size = o->max_varchar;
    }
    return size > INT32_MAX ? INT32_MAX : size;
}

static struct conv_typeinfo info_of(const struct type_row *row, bool is_wide,
                                    const struct conv_opts *o)
{
    bool is_exact = is_number(row) && !type_is_real(row->sql_type);
    bool has_scale = is_exact || row->scale;
    struct conv_typeinfo t = {
        .type_name = row->name,
        .data_type = type_reported(row->sql_type, is_wide, o),
        .column_size = size_of(row, o),
        .literal_prefix = row->prefix,
        .literal_suffix = row->suffix,
        .create_params = row->params,
        .nullable = SQL_NULLABLE,
        .case_sensitive =
            type_is_bytes(row->sql_type) || row->id == TYPE_JSON ? SQL_TRUE : SQL_FALSE,
        .searchable = SQL_SEARCHABLE,
        .unsigned_attribute =
            is_number(row) ? (row->is_unsigned ? SQL_TRUE : SQL_FALSE) : DESC_NONE,
        .fixed_prec_scale = SQL_FALSE,
        .auto_unique_value = is_number(row) ? (row->is_auto ? SQL_TRUE : SQL_FALSE) : DESC_NONE,
        .local_type_name = row->name,
        .minimum_scale = has_scale ? 0 : DESC_NONE,
        .maximum_scale = has_scale ? row->scale : DESC_NONE,
        .num_prec_radix = is_number(row) ? row->radix : DESC_NONE,
        .interval_precision = DESC_NONE,
    };
    t.sql_data_type = type_verbose(t.data_type, &t.sql_datetime_sub);
    t.sql_datetime_sub = t.sql_datetime_sub ? t.sql_datetime_sub : DESC_NONE;
    return t;
}

/* Order: SQL type; signed before unsigned; the largest of the four sizes of TEXT and BLOB first,
 * since a program that wants a long type takes the first. */
static bool is_before(const struct conv_typeinfo *a, const struct conv_typeinfo *b)
{
    if (a->data_type != b->data_type) {
        return a->data_type < b->data_type;
    }
    if (a->unsigned_attribute != b->unsigned_attribute) {
        return a->unsigned_attribute == SQL_FALSE;
    }
    bool is_long = a->data_type == SQL_LONGVARCHAR || a->data_type == SQL_WLONGVARCHAR ||
                   a->data_type == SQL_LONGVARBINARY;
    return is_long && a->column_size > b->column_size;
}

static size_t insert(struct conv_typeinfo *out, size_t n, size_t cap, const struct conv_typeinfo *t)
{
    if (n == cap) {
        return n;
    }
    size_t at = n;
    for (; at > 0 && is_before(t, &out[at - 1]); at--) {
        out[at] = out[at - 1];
    }
    out[at] = *t;
    return n + 1;
}

/* Date types of ODBC 2 and 3 are the same question. */
static SQLSMALLINT asked(SQLSMALLINT wanted, const struct conv_opts *o)
{
    switch (wanted) {
    case SQL_DATE:
        return type_reported(SQL_TYPE_DATE, false, o);
    case SQL_TIME:
        return type_reported(SQL_TYPE_TIME, false, o);
    case SQL_TIMESTAMP:
        return type_reported(SQL_TYPE_TIMESTAMP, false, o);
    default:
        return type_reported(wanted, false, o);
    }
}

size_t typeinfo_list(const struct conv_opts *o, SQLSMALLINT wanted, struct conv_typeinfo *out,
                     size_t cap)
{
    static const enum type_where places[] = {
        [TYPES_MYSQL] = ON_MYSQL, [TYPES_STARROCKS] = ON_STARROCKS, [TYPES_DORIS] = ON_DORIS};
    enum type_where here = places[o->types];
    SQLSMALLINT only = wanted == SQL_ALL_TYPES ? wanted : asked(wanted, o);
    size_t n = 0;
    for (size_t i = 0; i < 2 * TYPES; i++) {
        const struct type_row *row = &type_rows[i / 2];
        bool is_wide = i % 2;
        if (row->is_hidden || (row->where != ON_ALL && !(row->where & here)) ||
            (is_wide && !type_is_text(row->sql_type))) {
            continue;
        }
        struct conv_typeinfo t = info_of(row, is_wide, o);
        if (only == SQL_ALL_TYPES || only == t.data_type) {
            n = insert(out, n, cap, &t);
        }
    }
    return n;
}
