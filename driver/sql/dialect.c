/* dialect.c - the table of dialects. */
#include "sql/dialect.h"

#include "sql/kind.h"

#define INSERTS (1U << SQL_KIND_INSERT)
#define CHANGES (INSERTS | 1U << SQL_KIND_UPDATE | 1U << SQL_KIND_DELETE)
#define DEFINES (1U << SQL_KIND_REPLACE | 1U << SQL_KIND_DDL)

const struct sql_dialect_row *sql_dialect_row(enum sql_dialect dialect)
{
    static const struct sql_dialect_row rows[SQL_DIALECTS] = {
#define DIALECT(product, date, time, timestamp, is_plain_in_ddl, limit, limit_since, limit_max,    \
                limits)                                                                            \
    [SQL_DIALECT_##product] = {date,  time,        timestamp, is_plain_in_ddl,                     \
                               limit, limit_since, limit_max, limits},
#include "table/dialect.def"
#undef DIALECT
    };
    return &rows[dialect];
}
