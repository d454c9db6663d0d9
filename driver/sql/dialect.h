/* dialect.h - the products whose SQL is written, and how they write dates and limits of time
 * (table/dialect.def). */
#ifndef MYWIRE_SQL_DIALECT_H
#define MYWIRE_SQL_DIALECT_H

#include <stdbool.h>

/* Zero is MySQL, and what a server of unknown make is taken for. */
enum sql_dialect {
#define DIALECT(product, date, time, timestamp, is_plain_in_ddl, limit, limit_since, limit_max,    \
                limits)                                                                            \
    SQL_DIALECT_##product,
#include "table/dialect.def"
#undef DIALECT
    SQL_DIALECTS
};

/* Patterns: $ is where the value stands. */
struct sql_dialect_row {
    const char *date, *time, *timestamp;
    bool is_plain_in_ddl; /* in CREATE and ALTER before a SELECT: '$' */
    const char *limit;    /* table/dialect.def; NULL: the server cannot */
    unsigned limit_since; /* the version that knows it */
    unsigned limit_max;   /* seconds */
    unsigned limits;      /* 1 << enum sql_kind: what it holds for */
};

const struct sql_dialect_row *sql_dialect_row(enum sql_dialect dialect);

#endif
