/* loads.h - what the execution of statements asks of Stream Load, which stands above it; a
 * connection has it from its beginning (streamload.h). */
#ifndef MYWIRE_ODBC_LOADS_H
#define MYWIRE_ODBC_LOADS_H

#include "odbc/exec/array.h"
#include "odbc/handle/handle.h"

struct exec_loads {
    /* take - the text is STREAM LOAD: read it, and become its runner (odbc/handle/runner.h).  42000
     * if it cannot be read. */
    SQLRETURN (*take)(struct stmt *s);
    /* is_single - an execution of one row that goes by Stream Load all the same
     * (STREAMLOAD=REQUIRED and an INSERT). */
    bool (*is_single)(const struct stmt *s);
    /* path - of rows (odbc/exec/array.h).  With data at execution it fits later, and leaves
     * the rows to collect. */
    struct array_path path;
    /* collect - keep the data that was given for run.row, and go on to the next row that needs
     * some: SQL_NEED_DATA.  When all have theirs, they are loaded as an array without it is. Rows
     * with more than GIVEN_MOST bytes of it: HY000 with STREAMLOAD=REQUIRED, else all rows go as
     * SQL, from the first on. */
    SQLRETURN (*collect)(struct stmt *s);
    /* forget - a handle's own options and results, when the handle goes; NULL is fine. */
    void (*forget)(struct streamload_own *own);
};

#endif
