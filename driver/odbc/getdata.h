/* getdata.h - SQLGetData: any column, any order, bound ones too, in pieces of any size. */
#ifndef MYWIRE_ODBC_GETDATA_H
#define MYWIRE_ODBC_GETDATA_H

#include "conv/plan.h"
#include "odbc/handle.h"

/* The column that is being read in pieces.  Zeroed when the row changes. */
struct getdata {
    SQLUSMALLINT column;  /* 1-based; 0: none is being read */
    SQLUSMALLINT planned; /* the column the plan is for; 0: none */
    SQLSMALLINT ctype;    /* as asked for */
    SQLSMALLINT precision, scale;
    bool has_scale;
    uint64_t shape; /* of the statement when the plan was made (odbc/shape.h) */
    struct conv_plan plan;
    struct conv_part part;
    bool is_null_told; /* NULL was told: SQL_NO_DATA from now on */
};

SQLRETURN stmt_get_data(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT ctype, SQLPOINTER data,
                        SQLLEN capacity, SQLLEN *ind);

void getdata_restart(struct getdata *g); /* the row changed: pieces start anew */

#endif
