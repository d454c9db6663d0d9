/* cancel.h - commands of a statement while they run: cancelling, timeouts, and what their failure
 * is called.
 *
 * SQLCancel takes no lock of the connection, which the running thread holds.  It raises
 * stmt->cancelled and, while the statement's command runs, kills it on the server over a second
 * connection.  The running thread waits in command_end for a kill that is under way, so that it
 * cannot hit a later command. The query timeout does the same from the waiting thread itself. Both
 * leave the connection usable. */
#ifndef MYWIRE_ODBC_CANCEL_H
#define MYWIRE_ODBC_CANCEL_H

#include "odbc/handle.h"

#define CANCEL_KILL_MS  1000  /* for the second connection, besides what a login takes */
#define CANCEL_GRACE_MS 10000 /* from the kill to the statement's error */

/* command_begin - free the wire for a command of this statement, and mark it as running.  RC_LOST
 * without a usable connection. reading_begin - mark it as running, the wire being its own already.
 * command_end - the opposite of both.  command_settle - its last part, for what runs elsewhere than
 * on the wire: wait for a canceller that is at work. */
int command_begin(struct stmt *s, struct fault *f) MUST_USE;
void reading_begin(struct stmt *s);
void command_end(struct stmt *s);
void command_settle(struct stmt *s);

/* command_fault - diagnostics of what failed between them: HYT00 if the statement's time was over,
 * HY008 if it was cancelled. row: 1-based row of the rowset or parameter array, 0: none. */
SQLRETURN command_fault(struct stmt *s, SQLLEN row, const struct fault *f);

/* command_was_stopped - is f the end of a command that passed its time or was cancelled? */
bool command_was_stopped(const struct stmt *s, const struct fault *f);

/* command_stopped - a killed query can still answer with rows (SLEEP returns 1 on MySQL): then they
 * are dropped, and the diagnostics of command_fault raised. A killed statement that nevertheless
 * did its work (no rows) is a success, as it says. */
SQLRETURN command_stopped(struct stmt *s, SQLLEN row);

SQLRETURN stmt_cancel(SQLHSTMT h);
SQLRETURN stmt_cancel_handle(SQLSMALLINT kind, SQLHANDLE h);

#endif
