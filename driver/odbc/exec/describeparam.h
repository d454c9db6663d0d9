/* describeparam.h - what a parameter is: SQLDescribeParam.
 *
 * Known are the parameters of an INSERT or REPLACE ... VALUES that stand alone as a value: they are
 * what their columns are, asked of the server with SELECT columns FROM table LIMIT 0.  Of others
 * the servers say nothing useful at prepare (MariaDB: nothing; MySQL: a guess that every number is
 * a BIGINT or DOUBLE and every text as long as can be), so there SQLDescribeParam fails with HYC00
 * and programs take their own defaults.
 *
 * Texts and bytes without a declared length (TEXT, BLOB, JSON) have size 0, "not known" in ODBC:
 * programs allocate a row of an array by the size. */
#ifndef MYWIRE_ODBC_DESCRIBEPARAM_H
#define MYWIRE_ODBC_DESCRIBEPARAM_H

#include "odbc/handle/handle.h"

struct described_param;

/* What was learned of the parameters of a text. */
struct described {
    struct described_param *params; /* owned; n of them; NULL: not asked */
    size_t n;
};
void described_clear(struct described *d);

/* stmt_describe_param - HY010 if nothing was prepared, 07009 for a number that is no parameter's,
 * HYC00 where it cannot be known, what the server said to the question. */
SQLRETURN stmt_describe_param(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT *type, SQLULEN *size,
                              SQLSMALLINT *digits, SQLSMALLINT *nullable);

#endif
