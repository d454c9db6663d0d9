/* type.h - the rows of table/type.def: what a server type is.  Internal to conv/. */
#ifndef MYWIRE_CONV_TYPE_H
#define MYWIRE_CONV_TYPE_H

#include "base/wire_type.h"
#include "conv/plan.h"

enum type_id {
#define TYPE(id, ...) TYPE_##id,
#include "table/type.def"
#undef TYPE
    TYPES
};

enum type_match {
    MATCH_NONE, /* never from a result's metadata */
    MATCH_ANY,
    MATCH_UNSIGNED, /* the unsigned flag */
    MATCH_BIT1,     /* BIT(1) */
    MATCH_TEXT,     /* characters, not bytes */
    MATCH_EXT,      /* MariaDB's extended type has the row's name */
    MATCH_JSON      /* MariaDB's extended format is "json" */
};

enum type_where { ON_ALL = 0, ON_MYSQL = 1, ON_STARROCKS = 2, ON_DORIS = 4, ON_OLAP = 6 };

struct type_row {
    enum type_id id;
    uint8_t wire;
    enum type_match match;
    SQLSMALLINT sql_type;
    const char *name;
    uint32_t size, most, limit;
    uint8_t octets, display, radix, scale;
    const char *prefix, *suffix, *params; /* NULL: none */
    bool is_unsigned, is_auto, is_hidden, is_opaque;
    unsigned where; /* ON_*, several may be set */
};

extern const struct type_row type_rows[TYPES];

/* type_of_column - the row of a result column; that of varchar for types nobody knows. */
const struct type_row *type_of_column(const struct conv_source *s, const struct conv_opts *o);

/* type_of_name - the row of a type's name (n bytes, any case); that of varchar for unknown ones. */
const struct type_row *type_of_name(const char *name, size_t n, bool is_unsigned);

/* type_char_bytes - bytes that a character can have in a collation. */
unsigned type_char_bytes(uint16_t charset);

bool type_is_text(SQLSMALLINT sql_type); /* CHAR, VARCHAR, LONGVARCHAR and their W twins */
bool type_is_bytes(SQLSMALLINT sql_type);
bool type_is_real(SQLSMALLINT sql_type); /* REAL, FLOAT, DOUBLE */

/* type_reported - the SQL type as these options have it told: wide text, ODBC 2 dates, no BIGINT.
 */
SQLSMALLINT type_reported(SQLSMALLINT sql_type, bool is_wide, const struct conv_opts *o);

/* type_verbose - SQL_DATETIME for dates and times, else the same; *sub: SQL_CODE_*, or 0. */
SQLSMALLINT type_verbose(SQLSMALLINT sql_type, SQLSMALLINT *sub);

#endif
