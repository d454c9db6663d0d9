/* roundtrip.h - commands of the connection itself, and the rule who may use the wire.
 *
 * Only one statement's result can be open on the wire (dbc->wire_owner).  Whoever wants to send a
 * command on the connection calls dbc_free_wire first: it reads the rest of that result into
 * memory, so both go on working and cursors survive commits (SQL_CB_PRESERVE).  All functions here
 * expect the connection's mutex to be held. */
#ifndef MYWIRE_ODBC_ROUNDTRIP_H
#define MYWIRE_ODBC_ROUNDTRIP_H

#include "odbc/handle/handle.h"

/* dbc_free_wire - before any command of the connection: if a result is open on the wire, read its
 * rest into memory. Server errors in that rest are kept for its statement.  RC_LOST and others when
 * the connection breaks meanwhile. */
int dbc_free_wire(struct dbc *d, struct fault *f) MUST_USE;

/* dbc_simple - send one statement whose result nobody wants; diagnostics go to the connection's
 * handle.  08003 when not connected. */
SQLRETURN dbc_simple(struct dbc *d, const char *sql, size_t n);

/* dbc_commit - the same of COMMIT.  08007 when its answer was lost, and with it the knowledge
 * whether the transaction is committed. */
SQLRETURN dbc_commit(struct dbc *d);

/* dbc_ask - append the first column of the first row of a query of our own to out (nothing for SQL
 * NULL or no row).  The wire is freed first. */
int dbc_ask(struct dbc *d, const char *sql, struct buf *out, struct fault *f) MUST_USE;

/* dbc_current_catalog - append the current database to out; asks the server only where it does not
 * track it. */
SQLRETURN dbc_current_catalog(struct dbc *d, struct buf *out);

#endif
