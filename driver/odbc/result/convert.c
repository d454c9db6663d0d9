/* convert.c - what conv/ is told, and what its outcomes are called. */
#include "odbc/result/convert.h"

struct conv_opts convert_opts(const struct dbc *d)
{
    const struct product *p = d->session ? session_product(d->session) : NULL;
    return (struct conv_opts){
        .wide_types = d->wide,
        .wide_default = d->wide,
        .odbc2 = d->env->odbc_version == SQL_OV_ODBC2,
        .no_bigint = d->dsn.no_bigint,
        .zero_date_to_min = d->dsn.zero_date_to_min,
        .min_date_to_zero = d->dsn.min_date_to_zero,
        .no_date_overflow = d->dsn.no_date_overflow,
        .no_binary_result = d->dsn.no_binary_result,
        .bare_metadata = p && p->has_bare_metadata,
        .types = p ? p->types : TYPES_MYSQL,
        .max_varchar = (uint32_t)d->dsn.max_varchar_size,
    };
}

struct conv_source convert_source(const struct wire_column *c, bool is_binary)
{
    return (struct conv_source){
        .type = c->type,
        .decimals = c->decimals,
        .flags = c->flags,
        .charset = c->charset,
        .length = c->length,
        .binary = is_binary,
        .is_expression = !c->org_table || !*c->org_table,
        .ext_type = c->ext_type,
    };
}

struct conv_target convert_target(const struct desc_rec *rec, SQLSMALLINT ctype)
{
    struct conv_target t = {.ctype = ctype};
    if (!rec || ctype != SQL_C_NUMERIC || rec->concise_type != SQL_C_NUMERIC)
        return t;
    t.precision = rec->has_precision ? rec->precision : 0;
    t.scale = rec->scale;
    t.has_scale = rec->has_scale;
    return t;
}

enum sqlstate convert_state(enum conv_status st)
{
    static const enum sqlstate states[] = {
        [CONV_OK] = ST_HY000,       [CONV_TRUNCATED] = ST_01004, [CONV_FRACTION] = ST_01S07,
        [CONV_RANGE] = ST_22003,    [CONV_SYNTAX] = ST_22018,    [CONV_TEXT] = ST_22018,
        [CONV_DATETIME] = ST_22007, [CONV_OVERFLOW] = ST_22008,  [CONV_INTERVAL] = ST_22015,
        [CONV_TOO_LONG] = ST_22001, [CONV_PAIR] = ST_07006,      [CONV_CTYPE] = ST_HY003,
        [CONV_SQLTYPE] = ST_HY004,  [CONV_LENGTH] = ST_HY090,    [CONV_BAD_DATA] = ST_22018,
        [CONV_MEMORY] = ST_HY001,   [CONV_END] = ST_HY000,
    };
    return states[st];
}

const char *convert_words(enum conv_status st)
{
    static const char *const words[] = {
        [CONV_OK] = "was converted",
        [CONV_TRUNCATED] = "is longer than the buffer; the indicator tells the length",
        [CONV_FRACTION] = "lost a fraction or its time of day",
        [CONV_RANGE] = "does not fit into the C type",
        [CONV_SYNTAX] = "does not have the form that the C type demands",
        [CONV_TEXT] = "is not UTF-8, or has half a surrogate pair of UTF-16",
        [CONV_DATETIME] = "is not a date or time that the C type can hold",
        [CONV_OVERFLOW] = "would lose its time of day",
        [CONV_INTERVAL] = "has an interval field that is too large",
        [CONV_TOO_LONG] = "would lose digits",
        [CONV_PAIR] = "cannot be converted to the C type",
        [CONV_CTYPE] = "was asked for as something that is not a C type",
        [CONV_SQLTYPE] = "has an unknown SQL type",
        [CONV_LENGTH] = "has a length that cannot be",
        [CONV_BAD_DATA] = "came from the server in a form that its type forbids",
        [CONV_MEMORY] = "could not be converted for want of memory",
        [CONV_END] = "was given completely",
    };
    return words[st];
}

const char *convert_param_words(enum conv_status st)
{
    switch (st) {
    case CONV_SYNTAX:
        return "does not have the form that the SQL type demands";
    case CONV_RANGE:
        return "does not fit into the SQL type";
    case CONV_DATETIME:
        return "is not a date or time that the SQL type can hold";
    default:
        return convert_words(st);
    }
}

SQLRETURN convert_diag(struct stmt *s, SQLLEN row, const struct wire_column *col,
                       SQLUSMALLINT number, SQLSMALLINT ctype, enum conv_status st)
{
    return diag_at(&s->h, row, number, convert_state(st), "Column %u (%s) as %s %s",
                   (unsigned)number, col && col->name ? col->name : "", ctype_name(ctype),
                   convert_words(st));
}
