/* paramdata.h - data at execution: SQLParamData and SQLPutData. */
#ifndef MYWIRE_ODBC_PARAMDATA_H
#define MYWIRE_ODBC_PARAMDATA_H

#include "odbc/handle/handle.h"

/* Entries; each enters and leaves. */
SQLRETURN stmt_param_data(SQLHSTMT h, SQLPOINTER *token);
SQLRETURN stmt_put_data(SQLHSTMT h, SQLPOINTER data, SQLLEN len);

/* params_data, params_put - what SQLParamData and SQLPutData do, for a statement that is entered;
 * an error has ended the wait. */
SQLRETURN params_data(struct stmt *s, SQLPOINTER *token);
SQLRETURN params_put(struct stmt *s, SQLPOINTER data, SQLLEN len);

#endif
