/* cancel.h - commands of a statement while they run: cancelling, timeouts, and what their failure
 * is called.
 *
 * Who stops a statement: SQLCancel, from any thread; its time (SQL_ATTR_QUERY_TIMEOUT, for all that
 * one call of the application waits for); the limit of one wait (SQL_ATTR_CONNECTION_TIMEOUT,
 * READ_TIMEOUT).  All of them kill it on the server over a second connection and leave the
 * connection usable; where that cannot be, or the server does not react, the connection is closed
 * when the time is over.  Statements that change rows carry their time to a server that can end
 * them itself (odbc/exec/serverlimit.h); its answer comes first, the KILL is for when it does not.
 *
 * SQLCancel takes no lock of the connection, which the running thread holds, and does not wait for
 * the statement.  It raises stmt->cancelled and, while the statement's command runs, kills it; when
 * it comes before a call has begun to read, that call does it as soon as it has to wait.  The
 * running thread waits in command_end for a kill that is under way, so that it cannot hit a later
 * command.  A server that refuses the kill, or cannot be proven to be the right one, leaves the
 * statement running: HY018 tells why, in a record that the cancelling thread can read at once; one
 * that does not answer is given up, and the running thread comes back.
 *
 * A call that waits for the connection, because another thread's statement runs on it, is ended in
 * that wait by SQLCancel (HY008) and by the statement's time (HYT00); nothing was sent then, and
 * the statement that runs goes on.  Its records too can be read at once.
 *
 * The rest of another statement's result, which has to be read before a command can be sent, is
 * waited for without harm: when the waiting statement is stopped, it stays on the wire. */
#ifndef MYWIRE_ODBC_CANCEL_H
#define MYWIRE_ODBC_CANCEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/clock.h"
#include "odbc/handle/handle.h"

#define CANCEL_KILL_MS  500   /* for the second connection, besides what a login takes */
#define CANCEL_CHECK_MS 500   /* from the kill to the question whether it still runs */
#define CANCEL_GRACE_MS 10000 /* from the kill to the end of a statement that still runs */

#define SERVER_LATE_MS 300 /* what the answer of a server that ends it may come late by */

enum limit { LIMIT_NONE, LIMIT_QUERY, LIMIT_WAIT };

/* How the commands of one call end before their time.  Private to cancel.c, but for its place. */
struct stopping {
    enum limit limit;       /* which has passed */
    unsigned long server_s; /* seconds after which the server ends it itself
                               (odbc/exec/serverlimit.h); 0: it does not */
    int64_t until;          /* when LIMIT_QUERY does; DEADLINE_NEVER: none */
    bool is_unsent;         /* it was stopped before a command was sent */
    bool is_checked;        /* it was asked whether the killed statement still runs */
    char why[400];          /* why it could not be killed, by the running thread; "" */
    char why_cancel[400];   /* the same by SQLCancel; guarded by lock */
    atomic_bool is_killed;  /* a KILL went out and was taken */
    atomic_bool is_tried;   /* SQLCancel's was sent, refused or not needed: once is enough */
    atomic_llong give_up;   /* when to wait no longer; DEADLINE_NEVER: not yet */
    atomic_int cancellers;  /* threads in SQLCancel for this statement */
    pthread_mutex_t lock;   /* held while SQLCancel kills */
};

/* cancel_init, cancel_clear - with the statement.  False: no memory. */
bool cancel_init(struct stopping *p);
void cancel_clear(struct stopping *p);

/* command_call - a call of the application begins that will send commands: nothing has stopped it
 * yet, its time begins.  The first command of a call does it too. */
void command_call(struct stmt *s);

/* command_begin - free the wire for a command of this statement, and mark it as running.  RC_LOST
 * without a usable connection; RC_CANCELLED, RC_TIMEOUT when it was stopped before. reading_begin -
 * mark it as running, the wire being its own already. command_end - the opposite of both.
 * command_settle - its last part, for what runs elsewhere than on the wire: wait for a canceller
 * that is at work. */
int command_begin(struct stmt *s, struct fault *f) MUST_USE;
void reading_begin(struct stmt *s);
void command_end(struct stmt *s);
void command_settle(struct stmt *s);

/* command_inner - another statement of the driver's own works for s: what stops s stops it, also
 * what has come already, and its time is what s has left.  NULL: no more; a canceller that is at
 * work with it has ended. */
void command_inner(struct stmt *s, struct stmt *inner);

/* command_pause - between the rows of another statement's result, read for the one at work: wait
 * for the next.  RC_CANCELLED, RC_TIMEOUT: it does not want the wire any more, nothing is lost.
 * RC_OK at once when no statement waits for the wire. */
int command_pause(struct dbc *d, struct fault *f) MUST_USE;

/* command_watch - for session_watch; ctx: the struct dbc. */
int64_t command_watch(void *ctx, bool is_write, enum sock_moment moment);

/* command_fault - diagnostics of what failed between them: HYT00 if the statement's time was over,
 * HYT01 if that of one wait, HY008 if it was cancelled. row: 1-based row of the rowset or parameter
 * array, 0: none. */
SQLRETURN command_fault(struct stmt *s, SQLLEN row, const struct fault *f);

/* command_read_timeout_ms - how long to wait for the server when no statement says otherwise; 0:
 * for ever.  SQL_ATTR_CONNECTION_TIMEOUT if set, else READ_TIMEOUT. */
int64_t command_read_timeout_ms(const struct dbc *d);

/* command_tell_limit - of a wait that was too long, which limits there are. */
void command_tell_limit(const struct dbc *d, struct fault *f);

/* command_was_stopped - is f the end of a command that passed its time or was cancelled? */
bool command_was_stopped(const struct stmt *s, const struct fault *f);

/* command_stopped - a killed query can still answer with rows (SLEEP returns 1 on MySQL): then they
 * are dropped, and the diagnostics of command_fault raised. A killed statement that nevertheless
 * did its work (no rows) is a success, as it says; so is one that was over before it was killed. */
SQLRETURN command_stopped(struct stmt *s, SQLLEN row);

SQLRETURN stmt_cancel(SQLHSTMT h);
SQLRETURN stmt_cancel_handle(SQLSMALLINT kind, SQLHANDLE h);

#endif
