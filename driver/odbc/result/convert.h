/* convert.h - between struct wire_column, descriptors and conv/: what conv is told of columns and
 * options, and the SQLSTATE of its outcomes. */
#ifndef MYWIRE_ODBC_CONVERT_H
#define MYWIRE_ODBC_CONVERT_H

#include "conv/plan.h"
#include "odbc/handle/handle.h"

/* convert_opts - from the DSN, the ODBC version and the server. */
struct conv_opts convert_opts(const struct dbc *d);

/* convert_source - a column of a reply; borrows ext_type. */
struct conv_source convert_source(const struct wire_column *c, bool is_binary);

/* convert_target - C type, precision and scale of an ARD record (ctype as given to SQLGetData, or
 * the record's).  SQL_C_NUMERIC has the scale of the value, bound or by SQLGetData, unless the
 * application sets SQL_DESC_SCALE: the struct carries it.  The ODBC reference has 0 there ("C Data
 * Types", note f), with which programs lose fractions that they never see. */
struct conv_target convert_target(const struct desc_rec *rec, SQLSMALLINT ctype);

/* convert_state - the SQLSTATE of an outcome other than CONV_OK and CONV_END. */
enum sqlstate convert_state(enum conv_status st);

/* convert_words - what happened to a value: "does not fit into the C type". */
const char *convert_words(enum conv_status st);

/* convert_param_words - the same of a parameter, which has to fit the SQL type. */
const char *convert_param_words(enum conv_status st);

/* convert_diag - raise it for a column of a row.  row: 1-based, 0: none. */
SQLRETURN convert_diag(struct stmt *s, SQLLEN row, const struct wire_column *col,
                       SQLUSMALLINT number, SQLSMALLINT ctype, enum conv_status st);

#endif
