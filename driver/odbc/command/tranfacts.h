/* tranfacts.h - what is known of the transaction without asking. */
#ifndef MYWIRE_ODBC_TRANFACTS_H
#define MYWIRE_ODBC_TRANFACTS_H

#include "odbc/handle/handle.h"

/* tran_can - does the server keep transactions apart and undo them?  (SQL_TXN_CAPABLE) */
bool tran_can(const struct dbc *d);

/* tran_spans - do statements share a transaction: is autocommit off, or was one begun in SQL? */
bool tran_spans(const struct dbc *d);

/* tran_tells_status - is the server known to keep SERVER_STATUS_IN_TRANS and _AUTOCOMMIT right?
 * tran_is_flagged - does its last status say that a transaction is open? */
bool tran_tells_status(const struct dbc *d);
bool tran_is_flagged(const struct dbc *d);

/* tran_is_off - is autocommit off on the server, as far as it tells?  (SET autocommit in the
 * application's SQL counts.)  tran_is_manual - the same for whoever must not miss a transaction: a
 * proxy before the server may keep the flag of its own. */
bool tran_is_off(const struct dbc *d);
bool tran_is_manual(const struct dbc *d);

#endif
