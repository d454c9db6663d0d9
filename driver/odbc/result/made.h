/* made.h - results that the driver makes itself: rows of text in the columns of table/catalog.def,
 * read like any other result. */
#ifndef MYWIRE_ODBC_MADE_H
#define MYWIRE_ODBC_MADE_H

#include "odbc/handle/handle.h"
#include "odbc/result/result.h"

enum made_set { MADE_TABLES, MADE_COLUMNS, MADE_TYPES, MADE_LOADS, MADE_SETS };

#define MADE_COLUMNS_MAX 20

struct made {
    struct stmt *s;
    struct reply *reply; /* in the statement's result */
    struct cell cells[MADE_COLUMNS_MAX];
    size_t n;           /* cells put so far */
    struct arena arena; /* texts of the row at work */
    bool broken;        /* out of memory */
};

/* made_open - an empty result of that set becomes the statement's, which is free for it
 * (exec_can_start).  False without memory.  made_columns - a reply with the columns and no rows,
 * for a description; NULL without memory. */
bool made_open(struct made *m, struct stmt *s, enum made_set set);
struct reply *made_columns(struct result *r, enum made_set set, bool odbc2);

/* The next cell of the row.  Texts are copied; NULL is SQL NULL. */
void made_put(struct made *m, const char *text);
void made_put_n(struct made *m, const void *text, size_t n);
void made_put_int(struct made *m, long long value);
void made_put_null(struct made *m);
/* made_put_opt - SQL NULL if the value is none. */
void made_put_opt(struct made *m, long long value, long long none);
void made_row(struct made *m); /* the row is complete; missing cells are NULL */

/* made_end - open the cursor.  HY001, without a result, if memory ran out. */
SQLRETURN made_end(struct made *m);

/* made_end_or - the same, unless rc says that filling it failed: then the result is dropped and rc
 * returned. */
SQLRETURN made_end_or(struct made *m, SQLRETURN rc);

#endif
