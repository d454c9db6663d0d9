/* diagfield.h - diagnostics for the application: SQLGetDiagRec and SQLGetDiagField.
 *
 * Neither changes the diagnostics or raises any; SQL_NO_DATA past the last record, SQL_ERROR for
 * arguments that make no sense (ODBC reference, SQLGetDiagField, "Diagnostics"). */
#ifndef MYWIRE_ODBC_DIAGFIELD_H
#define MYWIRE_ODBC_DIAGFIELD_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* state: 6 characters of the door's width, or NULL. */
SQLRETURN diag_read_rec(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT n, void *state,
                        SQLINTEGER *native, struct text_out message);

/* cap and *len count bytes, for the W function too. */
SQLRETURN diag_read_field(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT n, SQLSMALLINT field,
                          SQLPOINTER value, SQLSMALLINT cap, SQLSMALLINT *len, bool wide);

#endif
