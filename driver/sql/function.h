/* function.h - look-up in table/scalar_function.def and table/scalar_keyword.def; used by escape.c
 * and its tests. */
#ifndef MYWIRE_SQL_FUNCTION_H
#define MYWIRE_SQL_FUNCTION_H

#include <stddef.h>

#include "sql/escape.h"

struct sql_function {
    enum sql_function_group group;
    const char *name;
    unsigned bits;       /* SQL_FN_xxx */
    unsigned min, max;   /* arguments for which the pattern stands */
    const char *pattern; /* $1..$4; NULL: unchanged */
};

/* sql_function_find - the row of this name (n bytes, any case), or NULL. */
const struct sql_function *sql_function_find(const char *name, size_t n);

/* sql_function_row - the i-th row, NULL past the end; for tests. */
const struct sql_function *sql_function_row(size_t i);

/* sql_function_pattern - what the dialect has for a function: its own pattern, or the row's. */
const char *sql_function_pattern(const struct sql_function *fn, enum product_id product);

/* sql_convert_pattern - what {fn CONVERT($1, keyword)} with a keyword SQL_xxx is, or NULL. */
const char *sql_convert_pattern(const char *keyword, size_t n, enum product_id product);

/* sql_interval_unit - the unit of a keyword SQL_TSI_xxx, or NULL. */
const char *sql_interval_unit(const char *keyword, size_t n);

#endif
