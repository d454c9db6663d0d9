/* exec.h - execution state of a statement, and the way from SQL text to a result.
 *
 * SQLPrepare keeps and reads the text; nothing is sent until something is needed.  Without
 * parameters a statement goes as COM_QUERY.  With parameters it is prepared on the server and
 * executed in binary form; where the server cannot (errors 1295, 1461, 1064 "Unsupported command";
 * key NO_SSPS; several statements in one text) the values are put into the text.  An execution
 * walks the rows of the parameter array and can stop in between for data at execution; struct run
 * holds where it stands.
 *
 * ODBC's states: S1 neither prepared nor executed; S2, S3 prepared; S4 executed without a cursor;
 * S5 to S7 cursor open; S8 to S10 waits for data (stmt->wait). */
#ifndef MYWIRE_ODBC_EXEC_H
#define MYWIRE_ODBC_EXEC_H

#include "odbc/command/cancel.h"
#include "odbc/exec/array.h"
#include "odbc/exec/describeparam.h"
#include "odbc/exec/param.h"
#include "odbc/exec/run.h"
#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"
#include "odbc/result/cursor.h"
#include "sql/escape.h"
#include "sql/kind.h"
#include "sql/param.h"

struct stmt_exec {
    struct buf sql; /* what is sent: UTF-8, escapes translated; valid if has_sql */
    bool has_sql;
    bool prepared;        /* by SQLPrepare: the text stays after close */
    struct sql_mode mode; /* in which it was read */
    bool has_quotes;      /* double ones, of which the mode says what they are */
    bool is_modal;        /* has those or backslashes: another mode may read it otherwise */
    struct sql_markers markers;
    struct sql_kind_info kind;
    bool returns;            /* {?=call ...} */
    struct wire_stmt server; /* valid if on_server */
    bool on_server;
    bool never_server;   /* this text cannot be prepared there */
    struct result probe; /* columns told by a query for no rows, where the server cannot prepare */
    const struct stmt_runner *sql_runner; /* of every text that is not another's */
    struct run run;
    struct diag earlier; /* records of rows that were done before data was awaited */
    struct params params;
    struct array array;
    struct described described;
    struct bulk_add
        *adding; /* SQLBulkOperations that waits for data (odbc/exec/bulkop.h), or NULL */
};

/* Entries; each enters and leaves. */
SQLRETURN stmt_prepare(SQLHSTMT h, struct text_arg sql);
SQLRETURN stmt_execute(SQLHSTMT h);
SQLRETURN stmt_exec_direct(SQLHSTMT h, struct text_arg sql);
SQLRETURN stmt_more_results(SQLHSTMT h);
SQLRETURN stmt_row_count(SQLHSTMT h, SQLLEN *out);
SQLRETURN stmt_num_params(SQLHSTMT h, SQLSMALLINT *out);

/* exec_can_start - no cursor is open (24000), no data is awaited (HY010), the connection stands
 * (08003). */
SQLRETURN exec_can_start(struct stmt *s);

/* exec_resume - go on with the rows of the run after the data of the row at work was given.
 * SQL_NEED_DATA again, or the end of the execution, with the diagnostics of all its rows. */
SQLRETURN exec_resume(struct stmt *s);

/* exec_text - take a text of our own and execute it with the parameters that are bound; for
 * SQLBulkOperations. */
SQLRETURN exec_text(struct stmt *s, const char *sql, size_t n);

/* exec_abandon - the execution that waits for data is given up; a prepared statement stays
 * prepared. */
void exec_abandon(struct stmt *s);

#endif
