/* result.h - what a statement got: replies in order, their rows from the wire, from memory, or made
 * here.
 *
 * A result is the reply being read and those that were read into memory behind it.  While its rows
 * come from the wire the statement is dbc->wire_owner, and the columns are borrowed from the
 * session. result_keep takes everything that is left into memory (rows as lengths and bytes, one
 * allocation a row from the reply's arena); after that the wire is free and the cursor goes on as
 * before.  A scrollable cursor holds its rows instead of passing over them: result_hold reads as
 * far as it goes, and every row stays. Results that the driver makes itself (SQLGetTypeInfo,
 * catalog functions) are kept replies from the start, so there is one way to read. */
#ifndef MYWIRE_ODBC_RESULT_H
#define MYWIRE_ODBC_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cell.h"
#include "base/fault.h"
#include "wire/session.h"

/* A row in memory: ncols lengths (KEPT_NULL: SQL NULL), then the bytes of the cells. */
struct kept_row {
    struct kept_row *next;
    uint32_t len[];
};
#define KEPT_NULL UINT32_MAX

struct reply {
    struct reply *next; /* read into memory already */
    bool has_rows;      /* ncols, cols are valid; a cursor is open on it */
    bool binary;        /* cells are in binary form */
    uint64_t affected;  /* UINT64_MAX: not known */
    uint64_t insert_id;
    uint16_t warnings;
    size_t ncols;
    const struct wire_column *cols; /* borrowed from the session, or in arena */
    bool owns_cols;                 /* cols are in arena */
    bool at_end;                    /* the wire has no more rows of it */
    struct arena arena;             /* kept rows, columns, error */
    struct kept_row *rows, *last;
    struct kept_row **index; /* rows by number, as far as held; owned */
    size_t nindex, cap_index;
    const struct fault *error; /* comes after the rows, or instead of the reply; in arena */
};

#define RESULT_KEEP_MAX ((size_t)1 << 30)
#define RESULT_COLUMNS  32767u /* ODBC numbers columns by SQLSMALLINT */

struct dbc;

struct result {
    struct reply *current; /* NULL: nothing was executed, or it was closed */
    struct reply *tail;    /* last in memory */
    struct reply *spare;   /* for the next result_add; owned */
    bool on_wire;          /* rows of the tail, or replies behind it, are still on the wire */
    size_t keep_max;       /* bytes of rows kept of a reply; 0: RESULT_KEEP_MAX */
    bool is_keeping_rows;  /* in result_keep_row */
    size_t kept;           /* bytes of the replies that it has kept */
    struct cell *cells;    /* a kept row laid out; owned */
    size_t cap_cells;
};

void result_clear(struct result *r); /* frees all; the wire must not be in use */

/* result_take - append the session's present reply.  With rows, or more replies, it stays on the
 * wire.  RC_UNSUPPORTED for more than RESULT_COLUMNS columns; the replies are read away then. */
int result_take(struct result *r, struct session *s, struct fault *f) MUST_USE;

/* result_add - append an empty reply made here: no rows, affected 0.  NULL without memory.
 * result_add_row - a row of it; cells are copied; false without memory. */
struct reply *result_add(struct result *r);
/* result_reserve - the next result_add will not fail: before something is sent that cannot be taken
 * back. */
bool result_reserve(struct result *r);
bool result_add_row(struct reply *p, const struct cell *cells);

/* result_fail - the reply fails after the rows it has; without rows, instead of being one. */
void result_fail(struct reply *p, const struct fault *f);

/* result_row - next row of the current reply: *cells are valid until the next call (wire) or until
 * the reply is left (memory).  1, 0 at the end, negative RC_* as session_row; the reply is at its
 * end then. */
int result_row(struct result *r, struct session *s, const struct cell **cells,
               struct fault *f) MUST_USE;

/* result_hold - for a cursor that goes back: read the current reply until n rows of it are in
 * memory, where they stay; *have is how many of those n there are (fewer: there are no more).  Not
 * to be mixed with result_row on one reply.  Negative RC_* when a row among them could not be had,
 * the same again each time; *have counts those before it.  Memory is limited as in result_keep. */
int result_hold(struct result *r, struct session *s, size_t n, size_t *have,
                struct fault *f) MUST_USE;

/* result_held - row i of those that result_hold counted, from 0.  Valid until the next call or
 * until the reply is left; NULL without memory. */
const struct cell *result_held(struct result *r, size_t i);

/* result_next - leave the current reply, dropping rows that are left, and go to the one that
 * follows.  1, 0: there is none, negative: it failed or could not be read, and current is not to be
 * used but for result_next. */
int result_next(struct result *r, struct session *s, struct fault *f) MUST_USE;

/* result_drop - free the wire of a result that nobody wants any more.  A little is read away; of
 * more the query is killed; what cannot be killed is read on for a while, and then cut off.
 * RC_LOST: that broke the session, f says why it came to it. */
int result_drop(struct result *r, struct session *s, struct fault *f) MUST_USE;

/* result_keep - everything that is left on the wire into memory, columns too; the wire is free
 * afterwards, whatever happens.  A reply whose rows take more than RESULT_KEEP_MAX bytes is given
 * up: its query is killed, an error stands behind the rows that were kept.  Every error is kept in
 * its reply; returned are only those that broke the session, and RC_CANCELLED or RC_TIMEOUT when
 * the statement at work gave up waiting for it (command_pause): then what is left stays on the
 * wire. */
int result_keep(struct result *r, struct dbc *d, struct fault *f) MUST_USE;

/* result_keep_row - the session's present reply is that of one row of a parameter array, all of
 * which is taken into memory: replies with rows are appended; those without are not, their counts
 * are added to *affected.  A row that fails, be it in its last reply, leaves no results: f is the
 * error, returned even if it is the server's.  The rows of all of them together are limited as in
 * result_keep. */
int result_keep_row(struct result *r, struct dbc *d, uint64_t *affected, struct fault *f) MUST_USE;

/* result_copy_row - a copy of a row of ncols cells in an arena, so that it outlives the wire; NULL
 * without memory. */
const struct cell *result_copy_row(struct arena *a, const struct cell *cells, size_t ncols);

#endif
