/* describe.h - what the columns of a result are: SQLNumResultCols, SQLDescribeCol, SQLColAttribute,
 * and the IRD.
 *
 * The columns are those of the present result; before execution those the server told when the
 * statement was prepared there. Where a server cannot prepare, a SELECT is asked for no rows (...
 * LIMIT 0); any other statement is not described before it is executed, and certainly not executed
 * for it. */
#ifndef MYWIRE_ODBC_DESCRIBE_H
#define MYWIRE_ODBC_DESCRIBE_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* The columns of a statement; borrowed until the next command. */
struct columns {
    const struct wire_column *list;
    size_t n;
    bool is_binary;
};

/* stmt_describe - make the IRD valid: at once with a result, else by preparing on the server. HY007
 * if nothing was prepared; SQL_SUCCESS with ird->hdr.count 0 for a statement without result. */
SQLRETURN stmt_describe(struct stmt *s);

/* describe_sql - the same of an SQL statement that is prepared and not executed (sql_runner). */
SQLRETURN describe_sql(struct stmt *s, struct columns *out);

struct describe_out {
    struct text_out name;
    SQLSMALLINT *type;
    SQLULEN *size;
    SQLSMALLINT *digits, *nullable;
};
SQLRETURN stmt_describe_col(SQLHSTMT h, SQLUSMALLINT column, const struct describe_out *out);
SQLRETURN stmt_num_result_cols(SQLHSTMT h, SQLSMALLINT *out);

/* stmt_col_attribute - text goes to text, in bytes; a number to number, as 64 bits. */
SQLRETURN stmt_col_attribute(SQLHSTMT h, SQLUSMALLINT column, SQLUSMALLINT field,
                             const struct text_out *text, SQLLEN *number);

#endif
