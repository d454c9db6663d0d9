/* fetch.h - bound columns and rowsets, in the order of the rows or (scrollable cursors) in any.
 *
 * What a column's conversion is and where it goes is decided when the first row after a change of
 * bindings or columns is fetched (fetch_plan); the loop over rows then only calls what was decided.
 * Strides are computed outside of it. */
#ifndef MYWIRE_ODBC_FETCH_H
#define MYWIRE_ODBC_FETCH_H

#include "base/arena.h"
#include "base/cell.h"
#include "conv/plan.h"
#include "odbc/handle/handle.h"

/* One bound column. */
struct fetch_col {
    struct conv_plan plan;
    size_t cell; /* index of its cell in a row */
    size_t cap;  /* bytes of one buffer */
    size_t stride, len_stride,
        ind_stride;           /* bytes from one row to the next; 0 where nothing goes */
    uintptr_t data, len, ind; /* the application's, of row 0, without bind offset; 0: none; numbers,
                                 because programs bind offsets too */
    uintptr_t data_at, len_at, ind_at; /* of the row at work; ind_at is 0 where it is len_at */
};

struct fetch {
    struct fetch_col *cols; /* owned */
    size_t ncols, cap;
    bool valid;
    bool has_unbound;     /* some column is not bound: rows of a rowset are kept for SQLGetData */
    uint64_t ard_version; /* what the plan was made from */
    uint64_t shape;       /* and for (odbc/result/shape.h) */
    /* position */
    const struct cell *row;   /* the row SQLGetData reads; NULL: none */
    bool row_on_wire;         /* it is in the packet buffer */
    const struct cell **kept; /* rows of the rowset, in keep; NULL: not kept */
    struct cell *cut;         /* a row as SQL_ATTR_MAX_LENGTH wants it; owned */
    SQLULEN nrows;            /* rows in the rowset */
    SQLULEN first;            /* number of its first row, 1-based */
    SQLULEN position;         /* row of the rowset that is current, 1-based */
    SQLULEN delivered;        /* rows given so far, for SQL_ATTR_MAX_ROWS */
    bool began, ended;
    struct arena keep;
};

SQLRETURN stmt_bind_col(SQLHSTMT h, SQLUSMALLINT col, SQLSMALLINT ctype, SQLPOINTER data,
                        SQLLEN capacity, SQLLEN *ind);
SQLRETURN stmt_fetch(SQLHSTMT h);
SQLRETURN stmt_fetch_scroll(SQLHSTMT h, SQLSMALLINT how, SQLLEN offset);
/* stmt_extended_fetch - the fetch of ODBC 2: SQL_ROWSET_SIZE rows, *count and status[] instead of
 * what SQLSetStmtAttr says; either may be NULL. */
SQLRETURN stmt_extended_fetch(SQLHSTMT h, SQLUSMALLINT how, SQLLEN offset, SQLULEN *count,
                              SQLUSMALLINT *status);
SQLRETURN stmt_set_pos(SQLHSTMT h, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock);

/* fetch_count - how many rows the open cursor has: a scrollable one holds its rows, so they are
 * read to the end, and no row is lost; -1: not known.  For a statement that is entered. */
SQLLEN fetch_count(struct stmt *s);

/* stmt_count_rows - the same into SQL_DIAG_CURSOR_ROW_COUNT; clears no diagnostics. */
void stmt_count_rows(SQLHSTMT h);

void fetch_clear(struct fetch *f);

/* fetch_restart - a new result is there: before its first row.  Plans stay if the columns are the
 * same. */
void fetch_restart(struct fetch *f);

/* fetch_save_row - take the current row out of the packet buffer, because the wire is wanted. False
 * without memory; there is no current row then. */
bool fetch_save_row(struct stmt *s);

/* fetch_limit - the cell as SQL_ATTR_MAX_LENGTH wants it: text and bytes cut, never inside a
 * character. */
struct cell fetch_limit(const struct cell *c, const struct wire_column *col, SQLULEN max_length);

#endif
