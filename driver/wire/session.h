/* session.h - one connection to one server: login, commands, results.
 *
 * Behind it stand the only files of wire/ that steer: open.c (hosts), login.c, session.c (commands,
 * results), admin.c (kill, reset, detect).
 *
 * Life:  session_open -> { command -> reply [-> rows ...] [-> session_next ...] }* -> session_close
 *
 * A command (query, execute, prepare, ping ...) may only be sent while no result is open
 * (session_idle).  When the reply is rows, session_row gives one after the other until 0; after
 * that session_more says whether another reply follows and session_next reads it.  session_skip
 * reads and drops what is left of everything.
 *
 * All text is utf8mb4.  A statement of the application that sets another character set (SET NAMES
 * latin1) has its way for itself; before the next command SET NAMES utf8mb4 is sent, because texts
 * and literals of ours, read in gbk or sjis, could end where they should not.
 *
 * Errors: RC_SERVER leaves the session usable and idle (a batch ends at its first error); so do
 * RC_CONFIG (a file that LOAD DATA LOCAL may not have) and RC_UNSUPPORTED (refused before anything
 * was sent).  RC_LOST, RC_CANCELLED, RC_TIMEOUT, RC_PROTOCOL, RC_TLS, RC_MEMORY end it: broken is
 * set, the socket is closed, every later call returns RC_LOST.  Whatever the server sends, memory
 * stays below the ceilings told in wire/packet.h, and nothing waits past its deadline. */
#ifndef MYWIRE_WIRE_SESSION_H
#define MYWIRE_WIRE_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cell.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/product.h"
#include "base/wire_type.h"
#include "net/sock.h"
#include "net/tls.h"

struct session_host {
    const char *name; /* without brackets */
    unsigned port;
};

struct session_attr {
    const char *key, *value; /* connection attribute, shown in performance_schema */
};

enum session_compress {
    COMPRESS_NONE = 0,
    COMPRESS_ZLIB = 1,
    COMPRESS_ZSTD = 2
}; /* bits: what may be used */

/* Everything is borrowed for the duration of session_open, except log, which must outlive the
 * session. */
struct session_opts {
    const struct session_host *hosts;
    size_t nhosts;
    bool random_order;  /* HOSTORDER=RANDOM */
    const char *socket; /* unix socket path; then hosts are not used.  NULL or "": none */
    const char *user;
    const char *password[3]; /* factors; NULL: none */
    const char *database;    /* NULL or "": none */
    struct tls_opts tls;
    const char *default_auth; /* first plugin to try instead of the server's; NULL: server's */
    bool zero_config;         /* SSLZEROCONFIG: log in before MariaDB has proved its certificate */
    bool allow_cleartext;     /* ENABLE_CLEARTEXT_PLUGIN, see wire/auth.h */
    bool get_server_public_key;
    const char *rsa_key_file; /* PEM of the server's RSA key */
    const char *openid_token; /* content of OPENID-TOKEN-FILE */
    const struct session_attr *attrs;
    size_t nattrs;
    const char *local_infile_dir; /* LOCAL INFILE from below this folder; NULL or "": refused */
    unsigned compress;            /* bits of enum session_compress; 0: none */
    bool found_rows, multi_statements, interactive, ignore_space, can_handle_expired_password;
    int64_t login_timeout_ms;                  /* for everything in session_open; 0: none */
    int64_t read_timeout_ms, write_timeout_ms; /* for each wait later; 0: none */
    struct log *log;                           /* may be NULL */
};

/* Metadata of one column as the server told it. Strings: UTF-8, NUL-terminated, owned by the reply
 * (valid until the next command or session_next; reply_dup keeps a copy). */
struct wire_column {
    const char *catalog, *schema, *table, *org_table, *name, *org_name;
    const char *ext_type; /* MariaDB: name of the type or format ("json", "uuid"); else "" */
    uint32_t length;      /* declared maximum length in bytes */
    uint16_t charset;     /* collation id; 63 is binary */
    uint16_t flags;       /* NOT_NULL_FLAG ... */
    uint8_t type;         /* enum wire_type (base/wire_type.h) */
    uint8_t decimals;     /* 0x1f: not fixed */
};

struct wire_reply {
    bool has_rows; /* rows follow: columns are valid */
    bool binary;   /* rows come in binary form */
    uint64_t affected, insert_id;
    uint16_t status; /* SERVER_STATUS_* of the last OK/EOF */
    uint16_t warnings;
    const char *info; /* human-readable, NUL-terminated, "" if none */
    size_t ncols;
    struct wire_column *cols;
};

struct wire_stmt {
    uint32_t id;
    uint16_t nparams;
    uint16_t ncols;             /* 0: no result, or not known before execute */
    struct wire_column *cols;   /* result columns told at prepare; owned by arena */
    struct wire_column *params; /* metadata (usually bare); NULL: the server sent none */
    bool long_data_sent;
    bool asks_infile;  /* its text speaks of INFILE */
    bool sets_charset; /* its text may set a character set */
    bool is_secret;    /* its text speaks of secrets */
    bool sets_quotes;  /* its text may set sql_mode */
    const char *text;  /* how its text begins, ntext bytes; in arena, or NULL */
    size_t ntext;
    uint32_t generation; /* of the session: after session_reset the id is void */
    struct arena arena;
};

/* One parameter of execute, already in binary form. */
struct wire_param {
    uint8_t type; /* MYSQL_TYPE_* */
    bool is_unsigned;
    bool is_null;
    bool is_long;           /* was sent with session_send_long_data */
    bool is_default;        /* the column's default; only session_bulk can send it */
    const unsigned char *p; /* raw bytes; what has no fixed width (table/wire_type.def) gets its
                             * length prefix here, dates and times too */
    size_t len;             /* the fixed width; dates 0, 4, 7 or 11, times 0, 8 or 12; else any */
};

struct session;

/* What odbc/ may look at.  Valid after session_open. */
struct session_info {
    char server_version[128]; /* as greeted, "5.5.5-" removed for MariaDB */
    unsigned version;         /* major * 10000 + minor * 100 + patch */
    unsigned release;         /* the same of the product itself, where it has_release; else 0 */
    enum product_id product;  /* by greeting; session_detect may refine it */
    uint64_t connection_id;
    uint64_t capabilities;
    char peer[SOCK_PEER_CHARS]; /* "address:port" or the socket's path */
    char host[256];             /* the host name of the DSN that was taken */
    unsigned port;
    bool is_tls, is_unix;
    struct tls_info tls;  /* if is_tls */
    char auth_plugin[64]; /* the last one used */
};

/* session_open - connect, TLS, login.  Each host's every address is tried until one lets us in or
 * gives a definite refusal (wrong certificate, access denied); an unreachable, silent or full
 * (1040, 1203, shutting down) server passes on to the next, all within login_timeout_ms.  On
 * failure *out is NULL and f says host, address, port and stage. RC_CONNECT, RC_TIMEOUT, RC_LOST,
 * RC_TLS, RC_DENIED, RC_PROTOCOL, RC_CONFIG, RC_UNSUPPORTED. */
int session_open(const struct session_opts *o, struct session **out, struct fault *f) MUST_USE;

/* session_open_stream - the same over a stream that exists already (taken over); for tests and
 * fakes. */
int session_open_stream(const struct session_opts *o, struct stream *io, struct session **out,
                        struct fault *f) MUST_USE;

/* session_close - say COM_QUIT if idle, close, free, wipe secrets.  NULL is fine. */
void session_close(struct session *s);

const struct session_info *session_info(const struct session *s);
/* session_product - the product's row of facts.  session_has - does it have what came with version
 * `since` (product_has), its own where it has_release? */
const struct product *session_product(const struct session *s);
bool session_has(const struct session *s, unsigned since);
const struct wire_reply *session_reply(const struct session *s); /* of the last command */
bool session_idle(const struct session *s);                      /* a command may be sent */
/* session_is_secret - does the newest statement speak of secrets (log_is_secret)?  Known only while
 * there is a log. */
bool session_is_secret(const struct session *s);
bool session_broken(const struct session *s); /* only good for closing */

/* session_lost - why a broken session answers nothing: the fault that ended it, so that whoever
 * tried something and went on another way need not keep it; once that was told (session_told),
 * RC_LOST. */
int session_lost(const struct session *s, struct fault *f) MUST_USE;
void session_told(struct session *s);

bool session_alive(struct session *s);            /* no round trip; false if the peer is gone */
uint16_t session_status(const struct session *s); /* newest SERVER_STATUS_* */
/* session_status_is_old - an error came since the newest status, and errors carry none: what the
 * failed command did to the flags is not known; session_ping asks. */
bool session_status_is_old(const struct session *s);
/* session_settled - the connection is set up: from now on rows may be as long as any (PACKET_MAX).
 * What is asked and set before has short answers, and a server is not let to fill the memory of a
 * program that only connects. */
void session_settled(struct session *s);
/* session_check_owner - RC_LOST in a child after fork: whatever speaks for this session, also over
 * another connection, is for the process that opened it. */
int session_check_owner(const struct session *s, struct fault *f) MUST_USE;
/* session_touched - a command was sent since the login, a reset, or session_untouch: the server may
 * hold something, also a metadata lock that no flag tells of, until a COMMIT or ROLLBACK. */
bool session_touched(const struct session *s);
void session_untouch(struct session *s);
/* How the server reads SQL text now, also after the application's own SET.
 * session_no_backslash_escapes - NO_BACKSLASH_ESCAPES, where the product has such a mode:
 * StarRocks, Doris and SingleStore escape always, whatever flag comes.  session_ansi_quotes - is
 * "x" a name (ANSI_QUOTES)?  False while session_knows_quotes is; session_ask_quotes asks the
 * server, which takes a round trip. */
bool session_no_backslash_escapes(const struct session *s);
bool session_ansi_quotes(const struct session *s);
bool session_knows_quotes(const struct session *s);
int session_ask_quotes(struct session *s, struct fault *f) MUST_USE;
/* session_database - the newest that session tracking or we know; "" if none; until a command.
 * session_knows_database - it is the one in use: no statement came since that may have changed it
 * without a word of the server's.  session_learn_database - it was asked for. */
const char *session_database(const struct session *s);
bool session_knows_database(const struct session *s);
void session_learn_database(struct session *s, const void *name, size_t n);

/* Timeout for the command that is running and later ones; 0: that of the options. */
void session_set_timeout(struct session *s, int64_t read_timeout_ms);

/* session_set_deadline - all that is read and written from now on must be over by deadline_ms
 * (base/clock.h), however long the server goes on talking; DEADLINE_NEVER: the timeouts count. */
void session_set_deadline(struct session *s, int64_t deadline_ms);

/* session_watch - have fn(ctx) asked while a command waits on the wire (net/sock.h), in the thread
 * that waits: it may kill the statement meanwhile, or give up: then what waits fails with
 * RC_TIMEOUT, and the session is broken.  Set once, by the thread that opened the session. */
typedef int64_t session_watch_fn(void *ctx, bool is_write, enum sock_moment moment);
void session_watch(struct session *s, session_watch_fn *fn, void *ctx);

/* session_abort - from any thread, without a lock: what waits on the wire fails with RC_CANCELLED,
 * the session is broken.  Now for tests alone: SQLCancel kills (session_kill). */
void session_abort(struct session *s);

/* Commands that answer with a reply.  Text is UTF-8, n bytes. */
int session_query(struct session *s, const char *sql, size_t n, struct fault *f) MUST_USE;
int session_execute(struct session *s, struct wire_stmt *st, const struct wire_param *params,
                    struct fault *f) MUST_USE;
/* session_row - next row: *cells (reply->ncols of them) are valid until the next call.  Returns 1,
 * 0 at the end, or a negative RC_*. */
int session_row(struct session *s, const struct cell **cells, struct fault *f) MUST_USE;
/* session_ready - wait until the next row, or what comes instead, has arrived.  RC_TIMEOUT (the
 * watch gave up, or the limit of a wait passed) leaves the session as it was. */
int session_ready(struct session *s, struct fault *f) MUST_USE;
bool session_more(const struct session *s); /* another reply follows the one that is finished */
int session_next(struct session *s, struct fault *f) MUST_USE;
/* session_skip - drop all that is left; RC_SERVER errors in it are returned. */
int session_skip(struct session *s, struct fault *f) MUST_USE;

/* Prepared statements.  session_prepare fills *st (zeroed or cleared before); wire_stmt_close
 * queues the close, which travels with the next command, and frees st; it needs no round trip and
 * works on a broken session, and on none (NULL).  A statement that a reset has made void is refused
 * as the server would: RC_SERVER with number 1243.  RC_UNSUPPORTED from session_prepare: the server
 * answered with a plain OK, which is how MariaDB says that it cannot prepare HELP.
 * session_send_long_data - n bytes more (also 0) for a parameter, counted from 0; no answer comes.
 * RC_UNSUPPORTED, before anything is sent, for StarRocks, Doris and SingleStore, which would answer
 * with an error that nobody expects. */
int session_prepare(struct session *s, const char *sql, size_t n, struct wire_stmt *st,
                    struct fault *f) MUST_USE;
int session_send_long_data(struct session *s, struct wire_stmt *st, unsigned param, const void *p,
                           size_t n, struct fault *f) MUST_USE;
void wire_stmt_close(struct session *s, struct wire_stmt *st);

/* Commands that answer OK or an error. */
int session_ping(struct session *s, struct fault *f) MUST_USE;
int session_use(struct session *s, const char *database, struct fault *f) MUST_USE;
/* session_reset - a session as new: COM_RESET_CONNECTION, else COM_CHANGE_USER.  Prepared
 * statements are gone. */
int session_reset(struct session *s, struct fault *f) MUST_USE;

/* session_kill - from any thread: open a second connection to the very same address, with the same
 * TLS and login, and KILL QUERY our connection id there, once it is proven that it is ours there
 * (kill.c).  Takes what it needs from an immutable copy made at login and from the note of what was
 * sent; never touches the running exchange.  timeout_ms: for all of it; what logging in took when
 * the session was opened is added some times.  *what: KILL_NOT_NEEDED if nothing runs there any
 * more; with RC_LOST KILL_GONE if the server no longer has our connection.  RC_UNSUPPORTED:
 * unproven, nothing was killed.  RC_SERVER, RC_DENIED, RC_LOST, and RC_CONNECT with a number of the
 * server: refused.  RC_TIMEOUT, RC_CONNECT, RC_PROTOCOL: nobody answers, or not as a server does.
 */
enum session_killed { KILL_SENT, KILL_NOT_NEEDED, KILL_GONE };
int session_kill(struct session *s, int64_t timeout_ms, enum session_killed *what,
                 struct fault *f) MUST_USE;

/* session_token - a random text for an attribute of the name SESSION_TOKEN_KEY, by which a killing
 * connection can recognise the session on a server that keeps attributes. */
#define SESSION_TOKEN_KEY   "_mywire_session"
#define SESSION_TOKEN_CHARS 17
int session_token(char out[SESSION_TOKEN_CHARS], struct fault *f) MUST_USE;

/* session_detect - ask @@version_comment (once, tolerating errors) to tell StarRocks, Doris,
 * SingleStore from MySQL. */
int session_detect(struct session *s, struct fault *f) MUST_USE;

#endif
