/* array.h - arrays of parameters in few round trips.
 *
 * An execution over an array tries the paths of one table (arraypaths.c), once, in order of speed;
 * the first that fits takes rows from run.row on and stops where it cannot go on (at a row with
 * data at execution, or the last row, see below).  What is left goes row by row (exec.c).  Paths:
 *
 *   load       Stream Load (odbc/load/streamload.h)          plain INSERT, where the DSN opens it
 *   bulk       MariaDB's COM_STMT_BULK_EXECUTE          plain INSERT, REPLACE
 *   rows       INSERT ... VALUES (...), (...), ...      plain INSERT, REPLACE
 *   pipe       executes that do not wait for replies    INSERT, REPLACE, UPDATE, DELETE
 *
 * Whatever the path, the outcome is that of row by row: every row has its own status and
 * diagnostics, failed rows are named, the others are done.  That rests on these rules:
 *  - Rows go together only where a statement that fails leaves nothing behind.  A chunk that failed
 *    is then halved again and again until the failing rows stand alone, in the order of the rows;
 *    those go by themselves, so that diagnostics are the server's for that very row.
 *  - The server says whether it leaves nothing behind (struct array_facts): the table's engine is
 *    transactional, it has no triggers, and the mode is strict (else a row of many is checked less
 *    than a row alone).  Where that cannot be known, rows are not put together; so it is on MySQL
 *    for a user without the TRIGGER privilege, whom it shows no triggers.  (What is not undone:
 *    numbers of AUTO_INCREMENT columns and sequences have gaps, as behind any row that failed.)
 *  - A row whose outcome is not known, or that may have run in part, is never sent again.
 *  - INSERT IGNORE goes together on MySQL only: MariaDB 10.11 skips a row of many that fails a
 *    CHECK, and refuses it alone (tests/integration/test_arrays.c).
 *  - Plain means: every value is a marker, a constant or DEFAULT.  What a function would do twice,
 *    nobody knows.
 *  - LAST_INSERT_ID is that of the last row: with an AUTO_INCREMENT column the last row goes alone.
 *  - An error that ends the transaction (deadlock; lock timeout where the server is set so) stops
 *    the run inside a transaction: nothing is repeated and nothing follows, for it would be
 * committed without what came before.  Rows not executed are SQL_PARAM_UNUSED.
 *  - SQLCancel stops the run even if the server never heard of it: the statement at work ends as it
 *    ends, the next row has HY008, and no more rows are sent.
 *  - A connection lost under a chunk: nobody can know; its first row has the error, the others are
 *    SQL_PARAM_DIAG_UNAVAILABLE.
 *  - Results (SELECT, CALL, RETURNING) are kept in memory, one set behind the other in the order of
 *    the rows (SQL_PAS_BATCH); a row that failed has none.  Counts are summed up
 * (SQL_PARC_NO_BATCH). Row by row and the pipe can do so, and of the others none takes such a
 * statement.
 *
 * To add a path: a row in the table of arraypaths.c. */
#ifndef MYWIRE_ODBC_ARRAY_H
#define MYWIRE_ODBC_ARRAY_H

#include "odbc/handle/handle.h"
#include "sql/kind.h"

/* Fewer rows than this do not pay for asking the server about the table. */
#define ARRAY_FEW 8

/* What is known of the table of a plain INSERT; asked once a text, again after ARRAY_FACTS_MS or
 * when the connection did something that may have changed it. */
#define ARRAY_FACTS_MS 5000
struct array_facts {
    bool is_known;
    int64_t until_ms;
    unsigned long world;     /* dbc->world when it was asked */
    bool is_atomic;          /* a failed INSERT leaves nothing behind, whatever its rows */
    bool has_auto_increment; /* LAST_INSERT_ID means something */
    size_t max_packet;       /* the longest command, in bytes */
};

enum array_plain { PLAIN_UNKNOWN = 0, PLAIN_NO, PLAIN_YES };

struct array {
    enum array_plain plain;
    struct sql_insert insert; /* if plain */
    bool has_ignore;          /* INSERT IGNORE */
    struct array_facts facts;
    struct buf name; /* the table's, unquoted; scratch */
};

enum array_fit {
    ARRAY_NO = 0, /* ask the next path */
    ARRAY_YES,
    ARRAY_LATER,  /* when all rows have their data at execution (run.is_collecting) */
    ARRAY_REFUSED /* the execution fails; diagnostics were raised */
};

struct array_path {
    const char *name; /* for the log */
    enum array_fit (*fits)(struct stmt *s);
    /* run - take rows from run.row on, advancing it; every row taken has its status and counts
     * (run_row_end, run.affected).  What is not taken goes row by row.  SQL_SUCCESS, or SQL_ERROR
     * with diagnostics if the execution as a whole failed before any row. */
    SQLRETURN (*run)(struct stmt *s);
};

/* array_run - the first part of an execution over an array. */
SQLRETURN array_run(struct stmt *s);

/* array_new_text - the statement has a new text (text.c).  array_executed - and was executed. */
void array_new_text(struct array *a);
void array_executed(struct stmt *s);
void array_clear(struct array *a);

/* array_insert - the parts of the text if it is a plain INSERT or REPLACE of one tuple with all
 * markers in it; else NULL. */
const struct sql_insert *array_insert(struct stmt *s);

/* array_lost_transaction - did the server roll back the transaction that was open, because of this
 * error? */
bool array_lost_transaction(struct stmt *s, const struct fault *f);

/* array_know_timeouts - ask how a lock timeout ends, while the wire is free, so that
 * array_lost_transaction need not. */
void array_know_timeouts(struct stmt *s);

/* array_learn - facts of the table, asked if need be (arrayfacts.c).  False: nothing could be
 * learned; rows do not go together then. */
bool array_learn(struct stmt *s);

/* array_processed - tell the application how many rows were looked at. */
void array_processed(struct stmt *s);

/* Paths (arraychunk.c, arraypipe.c). */
enum array_fit array_bulk_fits(struct stmt *s);
SQLRETURN array_bulk_run(struct stmt *s);
enum array_fit array_rows_fits(struct stmt *s);
SQLRETURN array_rows_run(struct stmt *s);
enum array_fit array_pipe_fits(struct stmt *s);
SQLRETURN array_pipe_run(struct stmt *s);

/* array_pipe_some - n rows by themselves, through a pipe where there is one; their conversions'
 * warnings were told before, has_warning says which had some. */
struct array_row {
    SQLULEN row;
    size_t at; /* of its bytes in the chunk */
    bool has_warning;
};
void array_pipe_some(struct stmt *s, const struct array_row *rows, size_t n);

#endif
