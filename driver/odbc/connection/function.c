/* function.c - reads table/function.def. */
#include "odbc/connection/function.h"

#include <string.h>

#define ALL_FUNCTIONS_SIZE 100 /* ODBC reference, SQLGetFunctions, SQL_API_ALL_FUNCTIONS */
#define COUNT(a)           (sizeof(a) / sizeof((a)[0]))

static const SQLUSMALLINT ids[] = {
#define FUNCTION(id, name, doors) (id),
#include "table/function.def"
#undef FUNCTION
};

bool function_has(SQLUSMALLINT id)
{
    for (size_t i = 0; i < COUNT(ids); i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void all_old(SQLUSMALLINT *out)
{
    for (SQLUSMALLINT id = 0; id < ALL_FUNCTIONS_SIZE; id++)
        out[id] = function_has(id) ? SQL_TRUE : SQL_FALSE;
}

static void all_bits(SQLUSMALLINT *out)
{
    memset(out, 0, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * sizeof(*out));
    for (size_t i = 0; i < COUNT(ids); i++)
        out[ids[i] >> 4] = (SQLUSMALLINT)(out[ids[i] >> 4] | (1u << (ids[i] & 15)));
}

SQLRETURN dbc_get_functions(SQLHDBC h, SQLUSMALLINT id, SQLUSMALLINT *out)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    if (!out)
        return dbc_leave(d, diag(&d->h, ST_HY009, "no place for the answer"));
    if (id == SQL_API_ALL_FUNCTIONS)
        all_old(out);
    else if (id == SQL_API_ODBC3_ALL_FUNCTIONS)
        all_bits(out);
    else if (id >= SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * 16)
        return dbc_leave(d, diag(&d->h, ST_HY095, "there is no function %u", id));
    else
        *out = function_has(id) ? SQL_TRUE : SQL_FALSE;
    return dbc_leave(d, SQL_SUCCESS);
}
