/* attr.h - attributes of environments, connections and statements by number; the rows are
 * table/attr.def.
 *
 * An attribute ODBC does not know, or one that is only read, is HY092; one it knows and we do not
 * implement HYC00; a value out of range HY024; a value that is replaced by the nearest we can do
 * 01S02. */
#ifndef MYWIRE_ODBC_ATTR_H
#define MYWIRE_ODBC_ATTR_H

#include "odbc/handle/handle.h"

/* len and cap count bytes, for W functions too. */
SQLRETURN env_set_attr(SQLHENV h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len);
SQLRETURN env_get_attr(SQLHENV h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap, SQLINTEGER *len);
SQLRETURN dbc_set_attr(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len, bool wide);
SQLRETURN dbc_get_attr(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap, SQLINTEGER *len,
                       bool wide);
SQLRETURN stmt_set_attr(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len, bool wide);
SQLRETURN stmt_get_attr(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                        SQLINTEGER *len, bool wide);

#endif
