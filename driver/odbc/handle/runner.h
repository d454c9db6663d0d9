/* runner.h - how a statement runs: what stands behind SQLExecute, SQLParamData, SQLPutData, and the
 * description of columns.
 *
 * A statement has one runner, chosen when its text is taken: SQL (odbc/exec/exec.h), or STREAM LOAD
 * (odbc/load/streamload.h).  While SQLBulkOperations waits for data the cursor's statement has that
 * of odbc/exec/bulkop.h.  Nobody behind that point asks which one it is. */
#ifndef MYWIRE_ODBC_RUNNER_H
#define MYWIRE_ODBC_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <sql.h>

struct columns;
struct stmt;

struct stmt_runner {
    /* columns - those of the result before it is executed (odbc/exec/describe.h). */
    SQLRETURN (*columns)(struct stmt *s, struct columns *out);
    /* execute - a text without values.  row - run.row, whose values are there.  Both leave the
     * result, or diagnostics. */
    SQLRETURN (*execute)(struct stmt *s);
    SQLRETURN (*row)(struct stmt *s);
    /* data, put - SQLParamData and SQLPutData of a statement that waits for data; an error has
     * ended the wait. */
    SQLRETURN (*data)(struct stmt *s, SQLPOINTER *token);
    SQLRETURN (*put)(struct stmt *s, SQLPOINTER data, SQLLEN len);
    /* can_send_ahead - does it take pieces of a value before the value is complete?  send_ahead - n
     * bytes of parameter i (0-based). */
    bool (*can_send_ahead)(struct stmt *s);
    SQLRETURN (*send_ahead)(struct stmt *s, size_t i, const void *p, size_t n);
    /* abandon - give up the execution that waits for data; what was prepared stays so. */
    void (*abandon)(struct stmt *s);
    /* drop - the text is forgotten; NULL: nothing hangs on it. */
    void (*drop)(struct stmt *s);
    const char *no_array; /* why it takes no array of parameters; NULL: it does */
    bool takes_bytes;     /* its parameters are bytes as they are, not values of a type */
};

#endif
