/* describe.c - columns described: from a result's metadata, or from the text of a declaration.
 *
 * Both ways find a row of table/type.def and a few measures (how long, how many decimals), and one
 * function makes the description of these, so that SQLDescribeCol and SQLColumns agree.
 *
 * What StarRocks and Doris send differs (conv_opts.bare_metadata): no flags, so nullability is
 * unknown; DATETIME says 19 though microseconds may follow; DECIMAL is one or two longer; STRING
 * columns are not multiplied by 3; 60 stands for arrays, maps and structs and 192 for expressions,
 * both of any length. */
#include "conv/describe.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "conv/type.h"

#define NOT_FIXED      0x1f /* decimals of what has no fixed number of them */
#define UNKNOWN_LENGTH 65535u

/* What is known of a column besides its type. */
struct measures {
    uint64_t size;       /* characters, bytes, digits */
    unsigned char_bytes; /* of text */
    unsigned decimals;
};

static uint64_t limit_size(uint64_t size, const struct conv_opts *o)
{
    size = size ? size : 1;
    size = o->max_varchar && size > o->max_varchar ? o->max_varchar : size;
    return size > INT32_MAX ? INT32_MAX : size;
}

static SQLLEN times(uint64_t size, unsigned by)
{
    uint64_t bytes = size * by;
    return (SQLLEN)(bytes > INT32_MAX ? INT32_MAX : bytes);
}

static void set_text(struct conv_desc *d, const struct measures *m, const struct conv_opts *o)
{
    uint64_t size = limit_size(m->size, o);
    d->column_size = d->length = (SQLLEN)size;
    d->octet_length = d->char_octet_length = times(size, m->char_bytes < 2 ? 2 : m->char_bytes);
    d->display_size = o->wide_types ? (SQLLEN)size : d->octet_length;
}

static void set_bytes(struct conv_desc *d, const struct measures *m, const struct conv_opts *o)
{
    uint64_t size = limit_size(m->size, o);
    d->column_size = d->length = d->octet_length = d->char_octet_length = (SQLLEN)size;
    d->display_size = times(size, 2);
    d->is_case_sensitive = true;
}

static void set_decimal(struct conv_desc *d, const struct measures *m)
{
    d->column_size = d->length = (SQLLEN)m->size;
    d->precision = (SQLSMALLINT)m->size;
    d->scale = d->decimal_digits = (SQLSMALLINT)m->decimals;
    d->display_size = d->octet_length = (SQLLEN)m->size + 2;
}

/* The size of a row is that with all six fraction digits and their point. */
static void set_time(struct conv_desc *d, const struct type_row *row, const struct measures *m)
{
    unsigned cut = m->decimals ? 6 - m->decimals : row->scale ? 7 : 0;
    d->column_size = d->length = (SQLLEN)(row->size - cut);
    d->display_size = (SQLLEN)(row->display - cut);
    d->octet_length = row->octets;
    d->precision = d->decimal_digits = (SQLSMALLINT)m->decimals;
    d->decimal_digits = row->scale ? d->decimal_digits : DESC_NONE;
}

static void set_number(struct conv_desc *d, const struct type_row *row)
{
    d->column_size = d->length = row->size;
    d->precision = (SQLSMALLINT)row->size;
    d->octet_length = row->octets;
    d->display_size = row->display;
    d->decimal_digits = type_is_real(row->sql_type) ? DESC_NONE : 0;
}

static void set_sizes(struct conv_desc *d, const struct type_row *row, const struct measures *m,
                      const struct conv_opts *o)
{
    SQLSMALLINT sub;
    if (type_is_text(row->sql_type)) {
        set_text(d, m, o);
    } else if (type_is_bytes(row->sql_type)) {
        set_bytes(d, m, o);
    } else if (row->sql_type == SQL_DECIMAL || row->sql_type == SQL_NUMERIC) {
        set_decimal(d, m);
    } else if (type_verbose(row->sql_type, &sub) == SQL_DATETIME) {
        set_time(d, row, m);
    } else {
        set_number(d, row);
    }
}

static void make(const struct type_row *row, const struct measures *m, const struct conv_opts *o,
                 struct conv_desc *d)
{
    *d = (struct conv_desc){
        .concise_type = type_reported(row->sql_type, o->wide_types, o),
        .type_name = row->name,
        .local_type_name = row->name,
        .literal_prefix = row->prefix ? row->prefix : "",
        .literal_suffix = row->suffix ? row->suffix : "",
        .char_octet_length = DESC_NONE,
        .decimal_digits = DESC_NONE,
        .num_prec_radix = row->radix,
        .searchable = row->is_opaque ? SQL_PRED_NONE : SQL_PRED_SEARCHABLE,
        .nullable = SQL_NULLABLE_UNKNOWN,
        .is_unsigned = row->is_unsigned,
    };
    d->verbose_type = type_verbose(d->concise_type, &d->datetime_sub);
    d->ctype = ctype_default(d->concise_type, d->is_unsigned, o);
    set_sizes(d, row, m, o);
}

/* ---- from metadata ---- */

static uint64_t text_size(const struct conv_source *s, const struct conv_opts *o)
{
    if (o->bare_metadata && (s->type == MYSQL_TYPE_STRING || s->type == MYSQL_TYPE_VAR_STRING)) {
        bool is_unknown = s->type == MYSQL_TYPE_STRING ? s->length == 60 : s->length == 192;
        return is_unknown                     ? UNKNOWN_LENGTH
               : s->type == MYSQL_TYPE_STRING ? s->length
                                              : s->length / 3;
    }
    if (s->length == UINT32_MAX)
        return UINT32_MAX; /* LONGTEXT: the product did not fit */
    return s->length / type_char_bytes(s->charset);
}

/* length counts the digits, the point if there are decimals, and the sign if there can be one. */
static uint64_t decimal_size(const struct conv_source *s, unsigned decimals,
                             const struct conv_opts *o)
{
    unsigned sign = o->bare_metadata ? 3 : s->flags & CONV_FLAG_UNSIGNED ? 0 : 1;
    unsigned extra = sign + (decimals ? 1 : 0);
    uint64_t size = s->length > extra ? s->length - extra : 1;
    size = size > 76 ? 76 : size; /* the most that any of these servers has */
    return size < decimals ? decimals : size;
}

static struct measures measure(const struct type_row *row, const struct conv_source *s,
                               const struct conv_opts *o)
{
    struct measures m = {.size = s->length, .char_bytes = type_char_bytes(s->charset)};
    if (type_is_text(row->sql_type)) {
        m.size = text_size(s, o);
        m.char_bytes = s->charset == CONV_CHARSET_BINARY ? 4 : m.char_bytes;
    } else if (row->id == TYPE_BITS) {
        m.size = (s->length + 7) / 8;
    } else if (row->sql_type == SQL_DECIMAL) {
        m.decimals = s->decimals > 30 && s->decimals >= NOT_FIXED ? 0 : s->decimals;
        m.size = decimal_size(s, m.decimals, o);
    } else if (row->scale) { /* TIME, DATETIME, TIMESTAMP */
        m.decimals = o->bare_metadata || s->decimals == NOT_FIXED ? 6
                     : s->decimals > 6                            ? 6
                                                                  : s->decimals;
    }
    return m;
}

static SQLSMALLINT nullable(const struct conv_source *s, const struct conv_opts *o)
{
    return o->bare_metadata                ? SQL_NULLABLE_UNKNOWN
           : s->flags & CONV_FLAG_NOT_NULL ? SQL_NO_NULLS
                                           : SQL_NULLABLE;
}

void describe_column(const struct conv_source *s, const struct conv_opts *o, struct conv_desc *out)
{
    const struct type_row *row = type_of_column(s, o);
    struct measures m = measure(row, s, o);
    make(row, &m, o, out);
    out->nullable = nullable(s, o);
    out->is_auto_unique = s->flags & CONV_FLAG_AUTO_INCREMENT;
    if (type_is_text(row->sql_type)) {
        out->is_case_sensitive =
            o->bare_metadata || s->flags & CONV_FLAG_BINARY || row->id == TYPE_JSON;
    }
}

/* ---- from a declaration ---- */

struct declaration {
    const char *name;
    size_t nname;
    uint64_t first, second; /* numbers in parentheses */
    unsigned nargs;
    bool is_unsigned;
};

static const char *skip_spaces(const char *s)
{
    while (*s == ' ') {
        s++;
    }
    return s;
}

/* No size is larger than UINT32_MAX, so that what is made of them cannot overflow. */
static const char *take_number(const char *s, uint64_t *out)
{
    size_t n = strspn(s, "0123456789");
    enum num_status st = num_get_u64(s, n, out);
    *out = st == NUM_RANGE || *out > UINT32_MAX ? UINT32_MAX : *out;
    return st == NUM_SYNTAX ? s : s + n;
}

static bool says_unsigned(const char *s)
{
    size_t n = strlen(s);
    for (; n >= 8; s++, n--) {
        if (text_eqn(s, 8, "unsigned")) {
            return true;
        }
    }
    return false;
}

static struct declaration parse(const char *s)
{
    struct declaration d = {0};
    s = skip_spaces(s);
    d.name = s;
    d.nname = strcspn(s, " (<");
    s = skip_spaces(s + d.nname);
    if (*s == '(') {
        const char *end = take_number(skip_spaces(s + 1), &d.first);
        d.nargs = end != skip_spaces(s + 1);
        end = skip_spaces(end);
        if (d.nargs && *end == ',') {
            (void)take_number(skip_spaces(end + 1), &d.second);
            d.nargs = 2;
        }
    }
    d.is_unsigned = says_unsigned(s);
    return d;
}

/* The longest label of "enum('a','b')" or all of "set('a','b')" with commas, in characters. */
static uint64_t label_size(const char *s, bool is_set)
{
    uint64_t longest = 0, all = 0;
    const char *p = strchr(s, '\'');
    while (p) {
        const char *end = ++p;
        uint64_t doubled = 0;
        while (*end && (*end != '\'' || end[1] == '\'')) {
            doubled += *end == '\'';
            end += *end == '\'' ? 2 : 1;
        }
        uint64_t n = text_chars(p, (size_t)(end - p)) - doubled;
        longest = n > longest ? n : longest;
        all += n + (all ? 1 : 0);
        p = *end ? strchr(end + 1, '\'') : NULL;
    }
    return is_set ? all : longest;
}

static struct measures measure_declared(const struct type_row *row, const struct declaration *d,
                                        const char *text, unsigned max_bytes)
{
    struct measures m = {.size = d->nargs ? d->first : row->size,
                         .char_bytes = max_bytes ? max_bytes : 4};
    if (row->id == TYPE_ENUM || row->id == TYPE_SET) {
        m.size = label_size(text, row->id == TYPE_SET);
    } else if (row->id == TYPE_BITS) {
        m.size = (m.size + 7) / 8;
    } else if (row->id == TYPE_VECTOR && d->nargs) {
        m.size = 4 * d->first;
    } else if (row->id == TYPE_CHAR || row->id == TYPE_BINARY) {
        m.size = d->nargs ? d->first : 1;
    } else if (row->sql_type == SQL_DECIMAL) {
        m.size = d->nargs && d->first ? d->first : 10; /* (0) means the default, as for MySQL */
        m.size = m.size > 76 ? 76 : m.size;
        m.decimals = d->nargs > 1 && d->second <= m.size ? (unsigned)d->second : 0;
    } else if (row->scale) {
        m.decimals = !d->nargs ? 0 : d->first > 6 ? 6 : (unsigned)d->first;
    }
    return m;
}

static const struct type_row *declared_row(const struct declaration *d)
{
    const struct type_row *row = type_of_name(d->name, d->nname, d->is_unsigned);
    if (row->id == TYPE_BIT && d->nargs && d->first > 1) {
        return &type_rows[TYPE_BITS];
    }
    return row;
}

void describe_declared(const char *column_type, unsigned max_bytes, const struct conv_opts *o,
                       struct conv_desc *out)
{
    struct declaration d = parse(column_type);
    const struct type_row *row = declared_row(&d);
    struct measures m = measure_declared(row, &d, column_type, max_bytes);
    if (o->bare_metadata && row->scale && row->sql_type == SQL_TYPE_TIMESTAMP) {
        m.decimals = 6;
    }
    make(row, &m, o, out);
    if (type_is_text(row->sql_type)) {
        out->is_case_sensitive = o->bare_metadata || row->id == TYPE_JSON;
    }
}
