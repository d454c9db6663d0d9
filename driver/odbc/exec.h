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
 * S5 to S7 cursor open; S8 to S10 waits for data (run.wait). */
#ifndef MYWIRE_ODBC_EXEC_H
#define MYWIRE_ODBC_EXEC_H

#include <pthread.h>
#include <stdatomic.h>

#include "odbc/array.h"
#include "odbc/cancel.h"
#include "odbc/describeparam.h"
#include "odbc/fetch.h"
#include "odbc/getdata.h"
#include "odbc/handle.h"
#include "odbc/param.h"
#include "odbc/result.h"
#include "odbc/shape.h"
#include "odbc/text_io.h"
#include "sql/escape.h"
#include "sql/kind.h"
#include "sql/param.h"

/* One execution over the rows of the parameter array. */
struct run {
    SQLULEN row, nrows; /* the row at work (0-based), and how many there are */
    SQLULEN nok, nfailed;
    uint64_t affected; /* of the rows so far */
    bool has_warning;
    bool is_array;
    bool is_collecting;       /* Stream Load waits until all rows have their data */
    bool is_passed_on;        /* the path of array.h took no row after all: the next one may */
    bool is_in_load;          /* the rows are in a Stream Load transaction, which SQLEndTran ends */
    bool is_stopped;          /* cancelled, out of time, or the transaction is gone: no more rows */
    bool is_transaction_lost; /* the server has rolled it back */
};

struct stmt_exec {
    struct buf sql; /* what is sent: UTF-8, escapes translated; valid if has_sql */
    bool has_sql;
    bool prepared;        /* by SQLPrepare: the text stays after close */
    bool executed;        /* an execution succeeded and was not closed: S4 or S5 */
    struct sql_mode mode; /* in which it was read */
    bool has_quotes;      /* double ones, of which the mode says what they are */
    bool is_modal;        /* has those or backslashes: another mode may read it otherwise */
    struct sql_markers markers;
    struct sql_kind_info kind;
    bool returns;            /* {?=call ...} */
    bool is_load;            /* STREAM LOAD, which the driver runs itself */
    struct wire_stmt server; /* valid if on_server */
    bool on_server;
    bool never_server; /* this text cannot be prepared there */
    unsigned long
        limit_s;         /* seconds that the server itself gives it (odbc/serverlimit.h); 0: any */
    struct result probe; /* columns told by a query for no rows, where the server cannot prepare */
    bool ird_valid;      /* ird says what the present result or prepared statement has */
    struct shape shape;  /* of the columns of the last reply with rows */
    struct result result;
    struct run run;
    struct diag earlier; /* records of rows that were done before data was awaited */
    struct params params;
    struct array array;
    struct described described;
    struct bulk_add *adding; /* SQLBulkOperations that waits for data (odbc/bulkop.h), or NULL */
    SQLLEN bulk_rows; /* rows that SQLBulkOperations added to the open result's table; -1: none */
    struct fetch fetch;
    struct getdata getdata;
    struct stopping stopping;
};

/* Entries; each enters and leaves. */
SQLRETURN stmt_prepare(SQLHSTMT h, struct text_arg sql);
SQLRETURN stmt_execute(SQLHSTMT h);
SQLRETURN stmt_exec_direct(SQLHSTMT h, struct text_arg sql);
SQLRETURN stmt_more_results(SQLHSTMT h);
SQLRETURN stmt_row_count(SQLHSTMT h, SQLLEN *out);
SQLRETURN stmt_num_params(SQLHSTMT h, SQLSMALLINT *out);
SQLRETURN stmt_free_stmt(SQLHSTMT h, SQLUSMALLINT option);
SQLRETURN stmt_close_cursor(SQLHSTMT h);

/* exec_mode - how the server reads SQL now, as far as it is known; right for all that is written.
 * exec_mode_of - the same for reading a text: when it holds double quotes and it is not known what
 * they mean, the server is asked, and the wire freed for it.  Who reads x->sql again takes x->mode,
 * in which it was read. */
struct sql_mode exec_mode(const struct dbc *d);
int exec_mode_of(struct dbc *d, bool has_quotes, struct sql_mode *m, struct fault *f) MUST_USE;

/* exec_follow_mode - the server reads the text as it executes or describes it, so what a SET has
 * changed since SQLPrepare counts: a text that reads otherwise now is read again.  For a statement
 * that is prepared and has no result. */
SQLRETURN exec_follow_mode(struct stmt *s);

/* exec_forget_text - as before SQLPrepare: no text, nothing prepared on the server. */
void exec_forget_text(struct stmt *s);

/* exec_can_start - no cursor is open (24000), no data is awaited (HY010), the connection stands
 * (08003). */
SQLRETURN exec_can_start(struct stmt *s);

/* exec_resume - go on with the rows of the run after the data of the row at work was given.
 * SQL_NEED_DATA again, or the end of the execution, with the diagnostics of all its rows. */
SQLRETURN exec_resume(struct stmt *s);

/* Rows of the run, for the paths of odbc/array.h.
 * exec_row_is_ignored - SQL_PARAM_IGNORE.  exec_row_status - into the status array, if there is
 * one. exec_row_end - the row was executed with this outcome: counts and status.  exec_row_reply -
 * the session has the row's reply: its count is added, its results are kept in memory, one after
 * the other (SQL_PAS_BATCH).  exec_row_fault - it failed with f, raised with the row's number;
 * stops the run where nothing may follow; SQL_ERROR. exec_row_is_cancelled - SQLCancel came since
 * the last command of the run, which it did not end: then the row has failed with HY008, and the
 * run is over.  exec_row_run - run.row by itself, from its values to its status; SQL_NEED_DATA
 * leaves it at work. exec_run_is_over - stopped, or the connection is lost. */
bool exec_row_is_ignored(const struct stmt *s, SQLULEN row);
void exec_row_status(struct stmt *s, SQLULEN row, SQLUSMALLINT status);
void exec_row_end(struct stmt *s, SQLULEN row, SQLRETURN rc);
SQLRETURN exec_row_reply(struct stmt *s, SQLULEN row);
SQLRETURN exec_row_fault(struct stmt *s, SQLULEN row, struct fault *f);
bool exec_row_is_cancelled(struct stmt *s, SQLULEN row);
SQLRETURN exec_row_run(struct stmt *s);
bool exec_run_is_over(const struct stmt *s);

/* exec_may_prepare - is it worth trying to prepare on the server?  exec_is_refused - does this
 * error say that the server cannot execute in prepared form, or forgot the statement, so that the
 * row was not looked at?  A procedure's own PREPARE and EXECUTE raise the same errors, when it has
 * done half its work: of a CALL only what names our statement counts. */
bool exec_may_prepare(const struct stmt *s);
bool exec_is_refused(const struct stmt *s, const struct fault *f);

/* exec_query - send text of our own as this statement and take its result; for catalog functions.
 * On failure the diagnostics are there. */
SQLRETURN exec_query(struct stmt *s, const char *sql, size_t n);

/* exec_text - take a text of our own and execute it with the parameters that are bound; for
 * SQLBulkOperations. */
SQLRETURN exec_text(struct stmt *s, const char *sql, size_t n);

/* exec_on_server - prepare on the server unless it is.  RC_UNSUPPORTED: it cannot; then
 * never_server is set. */
int exec_on_server(struct stmt *s, struct fault *f) MUST_USE;

/* exec_new_reply - the current reply of the result is new: position, diagnostics header and IRD
 * start anew. */
void exec_new_reply(struct stmt *s);

/* exec_abandon - SQLCancel or an error while data is awaited: the execution is given up; a prepared
 * statement stays prepared, a cursor open. */
void exec_abandon(struct stmt *s);

#endif
