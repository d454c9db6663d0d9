/* dialect.c - the table of dialects. */
#include "sql/dialect.h"

const struct sql_dialect_row *sql_dialect_row(enum sql_dialect dialect)
{
    static const struct sql_dialect_row rows[SQL_DIALECTS] = {
#define DIALECT(product, date, time, timestamp, is_plain_in_ddl, limit, limit_since)               \
    [SQL_DIALECT_##product] = {date, time, timestamp, is_plain_in_ddl, limit, limit_since},
#include "table/dialect.def"
#undef DIALECT
    };
    return &rows[dialect];
}
