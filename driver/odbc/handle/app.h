/* app.h - the application's memory: its numbers are written and read here, at any alignment, and
 * NULL means that nobody asks.
 *
 * Programs bind places in packed records and between smaller members; a plain store there is
 * undefined, and kills a process on some machines. */
#ifndef MYWIRE_ODBC_APP_H
#define MYWIRE_ODBC_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sql.h>

/* Rows of an array, and bytes from the first to behind the last: more is nobody's memory. */
#define APP_ROWS_MOST  INT32_MAX
#define APP_BYTES_MOST PTRDIFF_MAX

static inline void app_put16(SQLSMALLINT *to, SQLSMALLINT v)
{
    if (to)
        memcpy(to, &v, sizeof v);
}

static inline void app_put32(SQLINTEGER *to, SQLINTEGER v)
{
    if (to)
        memcpy(to, &v, sizeof v);
}

static inline void app_put_len(SQLLEN *to, SQLLEN v)
{
    if (to)
        memcpy(to, &v, sizeof v);
}

static inline void app_put_ulen(SQLULEN *to, SQLULEN v)
{
    if (to)
        memcpy(to, &v, sizeof v);
}

/* app_put_status - into an array of row or parameter statuses; rows from 0. */
static inline void app_put_status(SQLUSMALLINT *array, SQLULEN row, SQLUSMALLINT v)
{
    if (array)
        memcpy((char *)array + row * sizeof v, &v, sizeof v);
}

/* app_status - of an array of operations; 0 (proceed) without one. */
static inline SQLUSMALLINT app_status(const SQLUSMALLINT *array, SQLULEN row)
{
    SQLUSMALLINT v = 0;
    if (array)
        memcpy(&v, (const char *)array + row * sizeof v, sizeof v);
    return v;
}

/* app_offset - a bind offset as it is now; 0 without one. */
static inline uintptr_t app_offset(const SQLLEN *from)
{
    SQLLEN v = 0;
    if (from)
        memcpy(&v, from, sizeof v);
    return (uintptr_t)v;
}

/* app_rows_fit - can that many rows stand stride bytes apart? */
static inline bool app_rows_fit(SQLULEN rows, size_t stride)
{
    return rows < 2 || stride <= (size_t)APP_BYTES_MOST / rows;
}

#endif
