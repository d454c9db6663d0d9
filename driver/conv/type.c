/* type.c - finds the row of table/type.def for a column or a name. */
#include "conv/type.h"

#include <string.h>

#include "base/text.h"
#include "conv/value.h"

const struct type_row type_rows[TYPES] = {
#define TYPE(id_, wire_, match_, sql_, name_, ...)                                                 \
    {.id = TYPE_##id_,                                                                             \
     .wire = (wire_),                                                                              \
     .match = (match_),                                                                            \
     .sql_type = (sql_),                                                                           \
     .name = (name_),                                                                              \
     __VA_ARGS__},
#include "table/type.def"
#undef TYPE
};

/* Codes that mean the same: what servers of different ages say for one type. */
static uint8_t canonical(const struct conv_source *s)
{
    switch (s->type) {
    case MYSQL_TYPE_DECIMAL:
        return MYSQL_TYPE_NEWDECIMAL;
    case MYSQL_TYPE_NEWDATE:
        return MYSQL_TYPE_DATE;
    case MYSQL_TYPE_TIME2:
        return MYSQL_TYPE_TIME;
    case MYSQL_TYPE_DATETIME2:
        return MYSQL_TYPE_DATETIME;
    case MYSQL_TYPE_TIMESTAMP2:
        return MYSQL_TYPE_TIMESTAMP;
    case MYSQL_TYPE_VARCHAR:
        return MYSQL_TYPE_VAR_STRING;
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
        return MYSQL_TYPE_BLOB;
    case MYSQL_TYPE_STRING:
        return s->flags & CONV_FLAG_ENUM  ? MYSQL_TYPE_ENUM
               : s->flags & CONV_FLAG_SET ? MYSQL_TYPE_SET
                                          : MYSQL_TYPE_STRING;
    default:
        return s->type;
    }
}

static bool matches(const struct type_row *row, const struct conv_source *s,
                    const struct conv_opts *o)
{
    const char *ext = s->ext_type ? s->ext_type : "";
    switch (row->match) {
    case MATCH_ANY:
        return true;
    case MATCH_UNSIGNED:
        return s->flags & CONV_FLAG_UNSIGNED;
    case MATCH_BIT1:
        return s->length == 1;
    case MATCH_TEXT:
        return !decode_is_bytes(s, o);
    case MATCH_EXT:
        return text_eq(ext, row->name);
    case MATCH_JSON:
        return text_eq(ext, "json");
    default:
        return false;
    }
}

const struct type_row *type_of_column(const struct conv_source *s, const struct conv_opts *o)
{
    uint8_t wire = canonical(s);
    for (size_t i = 0; i < TYPES; i++) {
        const struct type_row *row = &type_rows[i];
        unsigned unit = row->match == MATCH_TEXT ? type_char_bytes(s->charset) : 1;
        bool is_small = !row->limit || s->length / unit <= row->limit;
        if (row->wire == wire && is_small && matches(row, s, o)) {
            return row;
        }
    }
    return &type_rows[TYPE_VARCHAR];
}

/* Other names of the same types; StarRocks and Doris print some of them. */
static const struct {
    const char *name;
    enum type_id id;
} aliases[] = {
    {"bool", TYPE_BOOLEAN},
    {"integer", TYPE_INT},
    {"decimalv3", TYPE_DECIMAL},
    {"decimal32", TYPE_DECIMAL},
    {"decimal64", TYPE_DECIMAL},
    {"decimal128", TYPE_DECIMAL},
    {"decimal256", TYPE_DECIMAL},
    {"decimalv2", TYPE_DECIMAL},
    {"datev2", TYPE_DATE},
    {"datetimev2", TYPE_DATETIME},
    {"character", TYPE_CHAR},
    {"real", TYPE_DOUBLE},
    {"point", TYPE_GEOMETRY},
    {"linestring", TYPE_GEOMETRY},
    {"polygon", TYPE_GEOMETRY},
    {"multipoint", TYPE_GEOMETRY},
    {"multipolygon", TYPE_GEOMETRY},
    {"multilinestring", TYPE_GEOMETRY},
    {"geomcollection", TYPE_GEOMETRY},
    {"geometrycollection", TYPE_GEOMETRY},
    {"jsonb", TYPE_JSON},
};

static const struct type_row *by_name(const char *name, size_t n)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (text_eqn(name, n, type_rows[i].name)) {
            return &type_rows[i];
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (text_eqn(name, n, aliases[i].name)) {
            return &type_rows[aliases[i].id];
        }
    }
    return &type_rows[TYPE_VARCHAR];
}

const struct type_row *type_of_name(const char *name, size_t n, bool is_unsigned)
{
    const struct type_row *row = by_name(name, n);
    if (row->id == TYPE_BOOLEAN) {
        return &type_rows[TYPE_TINYINT];
    }
    if (row->id == TYPE_JSON_TEXT) {
        return &type_rows[TYPE_JSON];
    }
    /* the row of an unsigned type stands before that of the signed one, with the same wire type */
    bool has_unsigned =
        row > type_rows && row[-1].match == MATCH_UNSIGNED && row[-1].wire == row->wire;
    return is_unsigned && has_unsigned ? row - 1 : row;
}

static bool within(unsigned id, unsigned first, unsigned last)
{
    return id >= first && id <= last;
}

/* Ids of MySQL 9 and MariaDB 11.8 (information_schema.COLLATIONS).  MariaDB's NO PAD collations are
 * the old ones + 1024, its UCA 14 ones start at 2048 (utf8mb3) and 2304 (utf8mb4). */
unsigned type_char_bytes(uint16_t charset)
{
    unsigned id = within(charset, 1025, 2047) ? charset - 1024u : charset;
    if (id == 45 || id == 46 || within(id, 224, 247) || within(id, 255, 323) ||
        within(id, 2304, 2559) || within(id, 608, 640)) {
        return 4;
    }
    if (id == 33 || id == 83 || id == 76 || within(id, 192, 215) || id == 223 ||
        within(id, 576, 607) || within(id, 2048, 2303)) {
        return 3;
    }
    return 1;
}

bool type_is_text(SQLSMALLINT t)
{
    return t == SQL_CHAR || t == SQL_VARCHAR || t == SQL_LONGVARCHAR || t == SQL_WCHAR ||
           t == SQL_WVARCHAR || t == SQL_WLONGVARCHAR;
}

bool type_is_bytes(SQLSMALLINT t)
{
    return t == SQL_BINARY || t == SQL_VARBINARY || t == SQL_LONGVARBINARY;
}

bool type_is_real(SQLSMALLINT t)
{
    return t == SQL_REAL || t == SQL_DOUBLE || t == SQL_FLOAT;
}

static const struct {
    SQLSMALLINT from, wide, odbc2, sub;
} twins[] = {
    {SQL_CHAR, SQL_WCHAR, SQL_CHAR, 0},
    {SQL_VARCHAR, SQL_WVARCHAR, SQL_VARCHAR, 0},
    {SQL_LONGVARCHAR, SQL_WLONGVARCHAR, SQL_LONGVARCHAR, 0},
    {SQL_TYPE_DATE, SQL_TYPE_DATE, SQL_DATE, SQL_CODE_DATE},
    {SQL_TYPE_TIME, SQL_TYPE_TIME, SQL_TIME, SQL_CODE_TIME},
    {SQL_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, SQL_TIMESTAMP, SQL_CODE_TIMESTAMP},
};

SQLSMALLINT type_reported(SQLSMALLINT t, bool is_wide, const struct conv_opts *o)
{
    if (t == SQL_BIGINT && o->no_bigint) {
        return SQL_INTEGER;
    }
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        if (twins[i].from == t) {
            return twins[i].sub && o->odbc2 ? twins[i].odbc2 : is_wide ? twins[i].wide : t;
        }
    }
    return t;
}

SQLSMALLINT type_verbose(SQLSMALLINT t, SQLSMALLINT *sub)
{
    *sub = 0;
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        if (twins[i].sub && (twins[i].from == t || twins[i].odbc2 == t)) {
            *sub = twins[i].sub;
            return SQL_DATETIME;
        }
    }
    return t;
}
