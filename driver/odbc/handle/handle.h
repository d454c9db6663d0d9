/* handle.h - the four kinds of handle, what they own, and how an entry takes and leaves them.
 *
 * Ownership: env owns its dbcs, a dbc its statements and explicit descriptors, a stmt its four
 * implicit descriptors, its result and its prepared statement. Locking: one mutex an environment,
 * one mutex a connection.  Everything below a connection is guarded by the connection's mutex,
 * because the wire under it is one.  Order: env, dbc.  SQLCancel takes neither (cancel.c). An entry
 * is enter-work-leave: *_enter checks the handle, locks, clears diagnostics; *_leave records the
 * return code and unlocks.  An invalid handle makes enter return NULL, and the entry
 * SQL_INVALID_HANDLE. */
#ifndef MYWIRE_ODBC_HANDLE_H
#define MYWIRE_ODBC_HANDLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sql.h>
#include <sqlext.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "conf/dsn.h"
#include "odbc/handle/desc.h"
#include "odbc/handle/diag.h"
#include "wire/session.h"

struct cursor;
struct exact;
struct exec_loads;
struct loader;
struct streamload;
struct streamload_own;
struct stmt_exec;
struct stmt_runner;
struct stopping;

struct env {
    struct handle h;
    pthread_mutex_t lock;
    SQLINTEGER odbc_version; /* SQL_OV_ODBC2, 3, 3_80; 0: not set yet */
    SQLINTEGER output_nts;
    struct dbc *dbcs; /* list by next */
};

/* struct stmt, entered: its time begins with the first command. */
#define ENTERED 1

/* What a statement waits for (data at execution). */
enum param_wait {
    WAIT_NONE = 0,
    WAIT_NEXT, /* SQLParamData is next */
    WAIT_DATA  /* SQLPutData or SQLParamData is next */
};

enum dbc_state { DBC_ALLOCATED, DBC_BROWSING, DBC_CONNECTED };

struct dbc {
    struct handle h;
    pthread_mutex_t lock;
    struct env *env;
    struct dbc *next;
    enum dbc_state state;
    struct dsn dsn; /* valid from connect (or browse) to disconnect */
    struct log log;
    struct session *session; /* NULL while not connected */
    struct stmt *stmts;      /* list by next */
    struct desc *descs;      /* explicit descriptors, list by next */
    uint64_t desc_versions; /* the newest that a descriptor of the connection took (desc_changed) */
    struct stmt *wire_owner; /* the statement whose result is open on the wire, or NULL */
    /* how it lets go of the wire (odbc/command/roundtrip.h); set with it */
    int (*wire_release)(struct stmt *owner, struct fault *f);
    struct stmt *at_work; /* the statement whose command waits on the wire (cancel.c), or NULL */
    bool is_freeing;      /* and what it waits for is the rest of wire_owner's result */
    /* attributes */
    SQLUINTEGER autocommit, access_mode, metadata_id, login_timeout, connection_timeout, isolation,
        packet_size, odbc_cursors;
    char *catalog_wanted;   /* SQL_ATTR_CURRENT_CATALOG set before connect, owned */
    bool changed_since_end; /* a statement without result ran since autocommit was switched off
                               or SQLEndTran: a server without transactions cannot undo it */
    unsigned long world;    /* grows when tables, modes or the default database may have changed
                               by a statement of this connection (odbc/exec/array.h) */
    struct exact
        *exact; /* statements without FLOAT columns (odbc/exec/exact.h); made when needed */
    bool is_timeout_rollback, is_timeout_known; /* innodb_rollback_on_timeout; asked when needed */
    const struct exec_loads *loads;  /* what Stream Load does for statements (odbc/exec/loads.h) */
    struct streamload *load;         /* loaders; made at the first load (odbc/load/streamload.h) */
    struct streamload_own *load_own; /* its attributes, and what came of the last load */
    SQLUINTEGER async_enable;        /* what was asked for; everything runs synchronously */
    SQLPOINTER quiet_window;         /* SQL_ATTR_QUIET_MODE, kept and not used */
    bool wide; /* the application came through a W connect: SQL_C_DEFAULT of text is SQL_C_WCHAR */
};

struct stmt {
    struct handle h;
    struct dbc *dbc;
    struct stmt *next;
    struct desc *ard, *apd, *ird, *ipd; /* in use; ard and apd may be explicit ones */
    struct desc own_ard, own_apd, own_ird, own_ipd;
    const struct stmt_runner *runner; /* how it runs (odbc/handle/runner.h) */
    struct stopping *stopping;        /* how its commands are ended (odbc/command/cancel.h) */
    struct cursor *cursor; /* its result, and where it stands in it (odbc/result/cursor.h) */
    struct stmt_exec *x;   /* text, prepared statement, parameters (odbc/exec/exec.h) */
    enum param_wait wait;
    /* attributes */
    SQLULEN query_timeout, max_rows, max_length, cursor_type, concurrency, cursor_scrollable,
        cursor_sensitivity, rowset_size;
    SQLULEN noscan, retrieve_data, use_bookmarks, simulate_cursor, keyset_size, enable_auto_ipd,
        metadata_id, async_enable;
    void *bookmark_ptr;
    bool is_secret;          /* its text speaks of secrets; known only with a log */
    atomic_bool cancelled;   /* set by SQLCancel from any thread */
    atomic_bool running;     /* a command of this statement is on the wire */
    int64_t entered;         /* by a call that has sent nothing yet: ENTERED, or when its
                                time ends, as it waited for the connection; else 0 */
    atomic_uint cancels;     /* SQLCancels so far; the next ends waits (handle.c) */
    _Atomic(SQLULEN) wait_s; /* query_timeout, for who has not got the lock */
    struct handle cancel; /* records for a thread that has not got the lock (odbc/handle/told.h) */
    atomic_bool is_told;  /* there are some */
    pthread_mutex_t told_lock;        /* guards cancel and teller */
    pthread_t teller;                 /* the thread they are for */
    _Atomic(struct stmt *) inner;     /* executes for this one (SQLBulkOperations), or NULL */
    _Atomic(struct loader *) loading; /* at work for this statement, or NULL */
    struct streamload_own *load_own;
};

/* The implicit and explicit descriptors are struct desc (odbc/handle/desc.h); its first member is a
 * struct handle. */

struct env *env_enter(SQLHENV h);
SQLRETURN env_leave(struct env *e, SQLRETURN rc);
struct dbc *dbc_enter(SQLHDBC h);
SQLRETURN dbc_leave(struct dbc *d, SQLRETURN rc);
/* stmt_enter - locks the connection.  While another thread has it (its statement runs), SQLCancel
 * ends the wait with HY008.  stmt_enter_sending - for calls that send commands: the statement's
 * SQL_ATTR_QUERY_TIMEOUT ends it too, with HYT00; what it has waited counts for the call.
 * stmt_enter_data - the same for SQLParamData and SQLPutData, which tell of a SQLCancel that came
 * while data was awaited; for all others it has ended the execution.  The other statement is not
 * hurt.  Calls of the connection itself (SQLEndTran, SQLDisconnect) and SQLFreeHandle wait to the
 * end: there is no call that could cancel them, and the limits of the statement that runs are their
 * limits.  stmt_not_entered - the return code after NULL: SQL_ERROR, with records for this thread
 * (odbc/handle/told.h), or SQL_INVALID_HANDLE. */
struct stmt *stmt_enter(SQLHSTMT h);
struct stmt *stmt_enter_sending(SQLHSTMT h);
struct stmt *stmt_enter_data(SQLHSTMT h);
SQLRETURN stmt_not_entered(SQLHSTMT h);
SQLRETURN stmt_leave(struct stmt *s, SQLRETURN rc);
/* The same, and what the call before has said stays. */
struct stmt *stmt_enter_quietly(SQLHSTMT h);
void stmt_leave_quietly(struct stmt *s);
struct desc *desc_enter(SQLHDESC h); /* locks the connection */
SQLRETURN desc_leave(struct desc *d, SQLRETURN rc);
/* *_enter_diag - the same without clearing diagnostics, for SQLGetDiagRec, SQLGetDiagField. */
struct handle *handle_enter_diag(SQLSMALLINT kind, SQLHANDLE h);
void handle_leave_diag(struct handle *h);

/* stmt_needs_data - between SQL_NEED_DATA and the end of data at execution.  stmt_abandon - gives
 * that execution up: a prepared statement stays prepared, a cursor open.  stmt_is_scrollable - its
 * cursors go in all directions. */
static inline bool stmt_needs_data(const struct stmt *s)
{
    return s->wait != WAIT_NONE;
}
void stmt_abandon(struct stmt *s);
static inline bool stmt_is_scrollable(const struct stmt *s)
{
    return s->cursor_type == SQL_CURSOR_STATIC;
}

/* stmt_deadline - when a call that begins now has had its seconds; 0 s: never. */
int64_t stmt_deadline(SQLULEN limit_s);

/* dbc_product_name - "MySQL", "MariaDB", "StarRocks" ...; static.  "server" when not connected.
 * dbc_need_connection - raises 08003 unless connected. */
const char *dbc_product_name(const struct dbc *d);
SQLRETURN dbc_need_connection(struct dbc *d);

/* handle_dbc - the connection a handle belongs to; NULL for an environment. */
struct dbc *handle_dbc(struct handle *h);

#endif
