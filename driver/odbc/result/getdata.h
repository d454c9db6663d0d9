/* getdata.h - SQLGetData: any column, any order, bound ones too, in pieces of any size. */
#ifndef MYWIRE_ODBC_GETDATA_H
#define MYWIRE_ODBC_GETDATA_H

#include "conv/plan.h"
#include "odbc/handle/handle.h"

/* How a column was asked for, and what that comes to. */
struct getdata_plan {
    uint64_t shape;      /* of the statement when it was made (odbc/result/shape.h) */
    SQLUSMALLINT column; /* 1-based; 0: none */
    SQLSMALLINT ctype;   /* as asked for */
    SQLSMALLINT precision, scale;
    bool has_scale;
    struct conv_plan plan;
};

/* Plans that are kept: column n has place n modulo this. */
#define GETDATA_PLANS 32

/* The column that is being read in pieces, begun anew when the row changes. */
struct getdata {
    SQLUSMALLINT column; /* 1-based; 0: none is being read */
    struct conv_part part;
    bool is_null_told;          /* NULL was told: SQL_NO_DATA from now on */
    struct getdata_plan *plans; /* GETDATA_PLANS of them, made at the first use; owned */
};

/* stmt_get_data - SQLGetData.  Text in pieces: in a buffer of 128 bytes and more a piece fills the
 * buffer, even if it ends inside a character (the next one goes on there), for pyodbc takes a piece
 * that was cut to be as long as its buffer; in smaller ones it ends with a whole character
 * (conv/plan.h). */
SQLRETURN stmt_get_data(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT ctype, SQLPOINTER data,
                        SQLLEN capacity, SQLLEN *ind);

void getdata_restart(struct getdata *g); /* the row changed: pieces start anew */
void getdata_clear(struct getdata *g);   /* frees the plans */

#endif
