/* scroll.h - where a fetch of a scrollable cursor goes: the positioning rules of SQLFetchScroll.
 *
 * Pure arithmetic on row numbers, which count from 1.  A static cursor's rows are held in memory
 * (result_hold), so that it can go back; they are read from the wire only as far as a fetch goes.
 */
#ifndef MYWIRE_ODBC_SCROLL_H
#define MYWIRE_ODBC_SCROLL_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

enum scroll_at { SCROLL_BEFORE, SCROLL_ON, SCROLL_AFTER };

/* The block cursor before the fetch. */
struct scroll_from {
    enum scroll_at at;
    SQLULEN first, nrows; /* SCROLL_ON: number of the rowset's first row, and its size */
    SQLULEN last;         /* rows of the result; only looked at where scroll_needs_last */
};

/* Where the new rowset begins. */
struct scroll_to {
    enum scroll_at at; /* SCROLL_ON: at first, if the result has that row, else after the end */
    SQLULEN first;
    bool is_cut; /* 01S06: it was moved, since it would have begun before the first row */
};

/* scroll_is_known - an orientation that scroll_place knows (bookmarks are not among them). */
bool scroll_is_known(SQLSMALLINT how);

/* scroll_needs_last - must the number of the last row be known for this fetch? */
bool scroll_needs_last(SQLSMALLINT how, SQLLEN offset, enum scroll_at at);

/* scroll_place - how: SQL_FETCH_NEXT and so on; offset: of RELATIVE and ABSOLUTE; want: the rowset
 * size from now on, at least 1.
 * Source: ODBC reference, SQLFetchScroll, "Cursor Positioning Rules". */
struct scroll_to scroll_place(SQLSMALLINT how, SQLLEN offset, const struct scroll_from *from,
                              SQLULEN want);

#endif
