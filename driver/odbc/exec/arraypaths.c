/* arraypaths.c - which path the rows of a parameter array take. */
#include "odbc/exec/array.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/loads.h"

/* In order of speed; before them all stands Stream Load. */
static const struct array_path paths[] = {
    {"bulk execute", array_bulk_fits, array_bulk_run},
    {"rows in one INSERT", array_rows_fits, array_rows_run},
    {"pipe", array_pipe_fits, array_pipe_run},
};

#define NPATHS (sizeof paths / sizeof *paths)

SQLRETURN array_run(struct stmt *s)
{
    for (size_t i = 0; i <= NPATHS; i++) {
        const struct array_path *path = i ? &paths[i - 1] : &s->dbc->loads->path;
        enum array_fit fit = path->fits(s);
        if (fit == ARRAY_REFUSED)
            return SQL_ERROR;
        if (fit == ARRAY_NO)
            continue;
        s->x->run.is_collecting = fit == ARRAY_LATER;
        log_line(&s->dbc->log, LOG_TRACE, "%lu rows of parameters: %s",
                 (unsigned long)s->x->run.nrows, path->name);
        if (fit == ARRAY_LATER)
            return SQL_SUCCESS;
        s->x->run.is_passed_on = false;
        SQLRETURN rc = path->run(s);
        if (s->x->run.is_passed_on)
            continue;
        array_processed(s);
        return rc;
    }
    return SQL_SUCCESS;
}
