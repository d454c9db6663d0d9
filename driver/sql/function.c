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

static const struct {
    enum product_id product;
    const char *name, *pattern;
} variants[] = {
#define SCALAR_VARIANT(product, name, pattern) {PRODUCT_##product, name, pattern},
#include "table/scalar_function.def"
#undef SCALAR_VARIANT
};

static const struct conversion {
    const char *keyword, *pattern[CONVERTS];
} conversions[] = {
#define CONVERT_TYPE(keyword, mysql, starrocks, doris) {keyword, {mysql, starrocks, doris}},
#include "table/scalar_keyword.def"
#undef CONVERT_TYPE
};

static const struct {
    const char *keyword, *unit;
} intervals[] = {
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

const char *sql_function_pattern(const struct sql_function *fn, enum product_id product)
{
    for (size_t i = 0; i < ROWS(variants); i++) {
        if (variants[i].product == product && text_eq(variants[i].name, fn->name)) {
            return variants[i].pattern;
        }
    }
    return fn->pattern;
}

const char *sql_convert_pattern(const char *keyword, size_t n, enum product_id product)
{
    for (size_t i = 0; i < ROWS(conversions); i++) {
        const struct conversion *c = &conversions[i];
        if (text_eqn(keyword, n, c->keyword)) {
            return c->pattern[product_row(product)->converts];
        }
    }
    return NULL;
}

const char *sql_interval_unit(const char *keyword, size_t n)
{
    for (size_t i = 0; i < ROWS(intervals); i++) {
        if (text_eqn(keyword, n, intervals[i].keyword)) {
            return intervals[i].unit;
        }
    }
    return NULL;
}

unsigned sql_function_bits(enum sql_function_group group)
{
    unsigned bits = 0;
    for (size_t i = 0; i < ROWS(functions); i++) {
        bits |= functions[i].group == group ? functions[i].bits : 0;
    }
    return bits;
}
