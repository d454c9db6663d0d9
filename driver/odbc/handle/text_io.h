/* text_io.h - text between the application and us: the ANSI and W doors end here.
 *
 * In: an entry wraps its argument with in_a or in_w (nothing is converted or read there); text_in
 * decodes it under the handle's lock to UTF-8 where a bad character can be diagnosed.  ANSI bytes
 * are UTF-8. Out: struct text_out says where text goes; text_write is the only function that
 * truncates, terminates, counts and raises 01004. */
#ifndef MYWIRE_ODBC_TEXT_IO_H
#define MYWIRE_ODBC_TEXT_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sql.h>
#include <sqlext.h>

#include "base/buf.h"

struct handle;

struct text_arg {
    const void *p; /* the application's; NULL: not given */
    SQLLEN n;      /* characters (W: 16-bit units), or SQL_NTS */
    bool wide;
};
static inline struct text_arg in_a(const SQLCHAR *s, SQLLEN n)
{
    return (struct text_arg){s, n, false};
}
static inline struct text_arg in_w(const SQLWCHAR *s, SQLLEN n)
{
    return (struct text_arg){s, n, true};
}
/* in_wbytes - for SQLPOINTER arguments of W functions: n counts bytes. */
static inline struct text_arg in_wbytes(const SQLWCHAR *s, SQLLEN n)
{
    return (struct text_arg){s, n < 0 ? n : n / (SQLLEN)sizeof(SQLWCHAR), true};
}

enum text_unit { UNIT_BYTES, UNIT_CHARS };

struct text_out {
    void *p;    /* may be NULL: only the length is wanted */
    SQLLEN cap; /* in unit, the terminator included */
    SQLSMALLINT
    *len16; /* where the full length goes, in unit, without terminator; either may be NULL */
    SQLINTEGER *len32;
    bool wide;
    enum text_unit unit;
};
static inline struct text_out out_a(void *p, SQLLEN cap, SQLSMALLINT *len16, SQLINTEGER *len32)
{
    return (struct text_out){p, cap, len16, len32, false, UNIT_BYTES};
}
static inline struct text_out out_wchars(void *p, SQLLEN cap, SQLSMALLINT *len16, SQLINTEGER *len32)
{
    return (struct text_out){p, cap, len16, len32, true, UNIT_CHARS};
}
static inline struct text_out out_wbytes(void *p, SQLLEN cap, SQLSMALLINT *len16, SQLINTEGER *len32)
{
    return (struct text_out){p, cap, len16, len32, true, UNIT_BYTES};
}

/* text_in - append the argument to b as UTF-8 and NUL-terminate it.  An argument that is NULL
 * appends nothing.  It ends at a NUL however long it is said to be: programs give the size of their
 * buffer for the length of the text, and what stands behind it is not for us. HY090 for a negative
 * length that is not SQL_NTS, HY001, 22018 for a lone surrogate or bad UTF-8 (the message tells
 * which argument by `what`, and the position). */
SQLRETURN text_in(struct handle *h, struct buf *b, struct text_arg a, const char *what);

/* text_in_sql - the same for a statement, in which a NUL can be data: all of it.  It ends where
 * sql_text_end says, once its mode is known. */
SQLRETURN text_in_sql(struct handle *h, struct buf *b, struct text_arg a, const char *what);

/* text_write - give n bytes of UTF-8 to the application.  Returns SQL_SUCCESS; 01004 with
 * SQL_SUCCESS_WITH_INFO when cut (never inside a character or surrogate pair), HY090 for a negative
 * capacity.  Stores the full length, saturated. Source: ODBC reference, "Unicode Function
 * Arguments". */
SQLRETURN text_write(struct handle *h, const struct text_out *o, const char *s, size_t n);
/* text_put - the same without a handle: *cut tells truncation; for SQLGetDiagRec and SQLGetData,
 * which report otherwise. */
void text_put(const struct text_out *o, const char *s, size_t n, bool *cut);

#endif
