/* function.c - the tables of scalar functions. */
#include "sql/function.h"

#include <sqlext.h>

#include "base/text.h"

static const struct sql_function functions[] = {
#define SCALAR_FUNCTION(group, name, bits, min, max, pattern)                                      \
    {SQL_GROUP_##group, name, (unsigned)(bits), min, max, pattern},
#include "table/scalar_function.def"
#undef SCALAR_FUNCTION
};

struct pair {
    const char *keyword, *sql;
};

static const struct pair types[] = {
#define CONVERT_TYPE(keyword, type) {keyword, type},
#include "table/scalar_keyword.def"
#undef CONVERT_TYPE
};

static const struct pair intervals[] = {
#define TSI_INTERVAL(keyword, unit) {keyword, unit},
#include "table/scalar_keyword.def"
#undef TSI_INTERVAL
};

#define ROWS(table) (sizeof(table) / sizeof *(table))

const struct sql_function *sql_function_find(const char *name, size_t n)
{
    for (size_t i = 0; i < ROWS(functions); i++) {
        if (text_eqn(name, n, functions[i].name)) {
            return &functions[i];
        }
    }
    return NULL;
}

const struct sql_function *sql_function_row(size_t i)
{
    return i < ROWS(functions) ? &functions[i] : NULL;
}

static const char *find(const struct pair *rows, size_t nrows, const char *keyword, size_t n)
{
    for (size_t i = 0; i < nrows; i++) {
        if (text_eqn(keyword, n, rows[i].keyword)) {
            return rows[i].sql;
        }
    }
    return NULL;
}

const char *sql_convert_type(const char *keyword, size_t n)
{
    return find(types, ROWS(types), keyword, n);
}

const char *sql_interval_unit(const char *keyword, size_t n)
{
    return find(intervals, ROWS(intervals), keyword, n);
}

unsigned sql_function_bits(enum sql_function_group group)
{
    unsigned bits = 0;
    for (size_t i = 0; i < ROWS(functions); i++) {
        bits |= functions[i].group == group ? functions[i].bits : 0;
    }
    return bits;
}
