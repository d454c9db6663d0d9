/* run.h - the rows of an execution: one by itself, and what is known of those that are done. */
#ifndef MYWIRE_ODBC_RUN_H
#define MYWIRE_ODBC_RUN_H

#include "odbc/handle/handle.h"

/* One execution over the rows of the parameter array. */
struct run {
    SQLULEN row, nrows; /* the row at work (0-based), and how many there are */
    SQLULEN nok, nfailed;
    SQLULEN ntold;     /* rows before this one have had their conversions' warnings told */
    uint64_t affected; /* of the rows so far */
    bool has_warning;
    bool is_array;
    bool is_collecting;       /* Stream Load waits until all rows have their data */
    bool is_passed_on;        /* the path of array.h took no row after all: the next one may */
    bool is_in_load;          /* the rows are in a Stream Load transaction, which SQLEndTran ends */
    bool is_stopped;          /* cancelled, out of time, or the transaction is gone: no more rows */
    bool is_transaction_lost; /* the server has rolled it back */
};

/* Rows of the run, for exec.c and the paths of odbc/exec/array.h.
 * run_row_is_ignored - SQL_PARAM_IGNORE.  run_row_status - into the status array, if there is
 * one. run_row_end - the row was executed with this outcome: counts and status.  run_row_reply -
 * the session has the row's reply: its count is added, its results are kept in memory, one after
 * the other (SQL_PAS_BATCH).  run_row_fault - it failed with f, raised with the row's number;
 * stops the run where nothing may follow; SQL_ERROR. run_row_stop_if_cancelled - SQLCancel came
 * since the last command of the run, which it did not end: then the row has failed with HY008, and
 * the run is over.  run_row_go - run.row by itself, from its values to its status; SQL_NEED_DATA
 * leaves it at work. run_is_over - stopped, or the connection is lost.
 * run_row_told - the warnings of the row's conversions were told: when it is converted once more,
 * for another form, they are not told again. */
bool run_row_is_ignored(const struct stmt *s, SQLULEN row);
void run_row_status(struct stmt *s, SQLULEN row, SQLUSMALLINT status);
void run_row_end(struct stmt *s, SQLULEN row, SQLRETURN rc);
SQLRETURN run_row_reply(struct stmt *s, SQLULEN row);
SQLRETURN run_row_fault(struct stmt *s, SQLULEN row, struct fault *f);
bool run_row_stop_if_cancelled(struct stmt *s, SQLULEN row);
SQLRETURN run_row_go(struct stmt *s);
void run_row_told(struct stmt *s, SQLULEN row);
bool run_is_over(const struct stmt *s);

/* run_reply_take - what the session answered becomes the result.  run_new_reply - the current reply
 * of the result is new (odbc/result/cursor.h), and came of this statement's text.  may_change: if
 * it has no rows, what was done is committed on a server without transactions
 * (dbc->changed_since_end). */
SQLRETURN run_reply_take(struct stmt *s);
void run_new_reply(struct stmt *s, bool may_change);

#endif
