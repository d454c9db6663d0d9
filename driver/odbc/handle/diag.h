/* diag.h - diagnostics of a handle: one header, records in order of rank, and the only place that
 * knows SQLSTATEs.
 *
 * Every function returns the SQLRETURN that the state's row in table/sqlstate.def gives (class 01:
 * SQL_SUCCESS_WITH_INFO, otherwise SQL_ERROR), so that one line raises it: `return diag(&st->h,
 * ST_HY090, "buffer length %d is negative", n);`. Messages are given without the "[MyWire]" prefix;
 * records get it, and the server's name when the server spoke. Out of memory: a static record HY001
 * takes the place.
 *
 * Of one call no more than DIAG_ROW_WARNINGS warnings and DIAG_ROW_ERRORS errors about rows are
 * kept, and one record that says so: the status arrays have them all, and driver managers look
 * through the records before each new one.  Errors about the transaction, the connection or the
 * time are never left out. */
#ifndef MYWIRE_ODBC_DIAG_H
#define MYWIRE_ODBC_DIAG_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"

#define DIAG_ROW_WARNINGS 200
#define DIAG_ROW_ERRORS   1000

#define SQLSTATE(state, rc, text) ST_##state,
enum sqlstate {
#include "table/sqlstate.def"
    ST_COUNT
};
#undef SQLSTATE

struct diag_rec {
    char state[6];
    SQLINTEGER native;
    SQLLEN row;        /* SQL_NO_ROW_NUMBER, or 1-based */
    SQLINTEGER column; /* SQL_NO_COLUMN_NUMBER, or number */
    char *text;        /* UTF-8 with prefix, owned; or the static out-of-memory text */
    bool from_server;  /* then class/subclass origin are the server's */
    bool is_error;     /* errors rank before warnings */
};

struct diag {
    SQLRETURN rc;
    SQLLEN row_count; /* SQL_DIAG_ROW_COUNT */
    SQLLEN cursor_row_count;
    size_t nrecs, cap;
    struct diag_rec *recs;
    size_t row_warnings, row_errors; /* that were to be told, of rows */
    bool lost;                       /* a record could not be stored for want of memory */
};

struct handle;

SQLRETURN diag(struct handle *h, enum sqlstate st, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* diag_at - the same with a row (1-based, 0: none) and a column or parameter number (0: none). */
SQLRETURN diag_at(struct handle *h, SQLLEN row, SQLINTEGER column, enum sqlstate st,
                  const char *fmt, ...) PRINTF_LIKE(5, 6);
/* diag_fault - a fault from below: table/fault.def and table/server_error.def choose the state, a
 * server's own state otherwise.  diag_fault_connect - the same while connecting (08001, 28000,
 * HYT00 rather than 08S01, HYT01). */
SQLRETURN diag_fault(struct handle *h, const struct fault *f);
SQLRETURN diag_fault_at(struct handle *h, SQLLEN row, const struct fault *f);
SQLRETURN diag_fault_connect(struct handle *h, const struct fault *f);
/* diag_fault_commit - the connection broke before the answer to a commit: 08007 instead of 08S01.
 */
SQLRETURN diag_fault_commit(struct handle *h, const struct fault *f);
/* diag_repeat - a record of another handle, in its own state and words. */
SQLRETURN diag_repeat(struct handle *h, const struct diag_rec *r);
/* diag_append - copies of all records, each where its rank says; without memory some are lost, and
 * said to be. */
void diag_append(struct diag *to, const struct diag *from);
/* diag_state_name - "HY090". */
const char *diag_state_name(enum sqlstate st);
/* diag_count, diag_get - records in order of rank; i counts from 0; NULL past the end.  Source of
 * the order: ODBC reference, "Sequence of Status Records". */
size_t diag_count(const struct diag *d);
const struct diag_rec *diag_get(const struct diag *d, size_t i);
void diag_clear(struct diag *d); /* no records, header zeroed; keeps memory */
void diag_free(struct diag *d);

#endif
