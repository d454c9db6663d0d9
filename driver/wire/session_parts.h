/* session_parts.h - the inside of a session, shared by open.c (hosts), login.c (greeting to
 * OK), session.c (commands, results), admin.c (reset, detect) and kill.c.  Nobody else includes
 * it.
 */
#ifndef MYWIRE_WIRE_SESSION_PARTS_H
#define MYWIRE_WIRE_SESSION_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "wire/auth.h"
#include "wire/bulk.h"
#include "wire/hello.h"
#include "wire/packet.h"
#include "wire/session.h"

#define SETUP_ROW_MAX (1u << 20)
#define METADATA_MAX  (64u << 20) /* bytes of all column definitions of one reply */
#define COLUMNS_MAX   65535u      /* MySQL itself stops at 4096 */
#define LABEL_CHARS   (256 + SOCK_PEER_CHARS + 4)

enum session_state {
    SESSION_IDLE = 0, /* a command may be sent */
    SESSION_ROWS,     /* rows of the reply are due */
    SESSION_MORE,     /* the reply is finished, another follows */
    SESSION_BROKEN
};

/* What a text in double quotes is; the newest that is known. */
enum session_quotes { QUOTES_UNKNOWN = 0, QUOTES_STRINGS, QUOTES_NAMES };

/* What a second login needs: a deep copy of the options in one block, made at the first, immutable,
 * wiped at the end. */
struct session_login {
    struct session_opts o; /* points into block */
    struct session_host host;
    struct session_attr *attrs;
    unsigned char *block; /* owned */
    size_t nblock;
};

/* What was sent last, as a list of connections may show it; other threads may look. */
#define SESSION_SENT_CHARS 256
struct session_sent {
    pthread_mutex_t lock;
    char text[SESSION_SENT_CHARS]; /* without blanks in front; n bytes */
    size_t n;
    bool is_cut; /* it was longer */
    int64_t at;  /* clock_ms */
};

struct session {
    struct packet_io k;
    char label[LABEL_CHARS]; /* "db1 (10.0.0.3:3306)" */
    struct session_info info;
    struct hello hello;
    struct session_login login;
    struct tls_context *tls; /* of the options; borrowed while session_open runs, or NULL */
    struct log *log;
    int64_t read_timeout_ms; /* of the options */
    unsigned local_port;     /* of the TCP socket on this machine, or 0 */
    int64_t login_ms;        /* what it took from the greeting to the OK */
    struct session_sent sent;
    struct stream *sock; /* what k.io is made over; borrowed from it */
    struct sock_watch watch;

    enum session_state state;
    uint16_t status;    /* newest of the server */
    pid_t owner;        /* the process that opened it */
    struct fault ended; /* why it is broken */
    bool is_told;       /* ... and that was told */
    bool is_settled;
    bool is_database_old; /* a statement that may have changed it came since it was told */
    bool is_status_old;   /* an error came since */
    enum session_quotes quotes;
    bool is_touched;        /* a command was sent since it was last asked to forget */
    uint32_t generation;    /* counts resets: statements of an older one are void */
    size_t max_command;     /* bytes; 0: not asked yet, SIZE_MAX: nothing is known of a limit */
    bool is_detected;       /* session_detect has asked */
    bool is_infile_asked;   /* the running statement speaks of LOCAL INFILE */
    bool is_secret;         /* it speaks of secrets (looked for only while there is a log) */
    unsigned charset_other; /* bits of enum reply_charset: these are not utf8mb4, or may not be */
    atomic_bool is_aborted;
    struct buf database;

    struct wire_reply reply;
    struct arena arena; /* texts of the reply's columns */
    struct buf info_text;
    struct wire_column *cols; /* cols_cap of them, reused */
    size_t cols_cap;
    struct cell *cells; /* room_cap of each, reused */
    int8_t *widths;
    size_t room_cap;
    struct buf closes; /* ids of statements to close with the next command */
};

static inline bool session_can(const struct session *s, uint64_t capability)
{
    return (s->info.capabilities & capability) != 0;
}

/* session_new - an empty session that takes over io.  On failure io is closed. */
int session_new(const struct session_opts *o, struct stream *io, struct session **out,
                struct fault *f) MUST_USE;
void session_free(struct session *s);

/* session_begin - the door of every command: refuse on a broken or busy session, take utf8mb4 back,
 * queue the pending closes, start counting. doing: for messages, static.  session_end - the other
 * door: an error that ends the session ends it here; returns rc. */
int session_begin(struct session *s, const char *doing, struct fault *f) MUST_USE;
int session_end(struct session *s, int rc, struct fault *f) MUST_USE;

/* session_note_sent - sql (n bytes) is about to be sent. */
void session_note_sent(struct session *s, const char *sql, size_t n);

/* session_check_room - does the server take a command of n bytes?  RC_TOO_LARGE: it would hang up.
 * Asks for max_allowed_packet, once, when a command is large; so only where a command may be sent,
 * before session_begin, and with nothing waiting in k.out (limit.c). */
int session_check_room(struct session *s, size_t n, struct fault *f) MUST_USE;

/* session_read_reply - the next reply from the wire, up to its column definitions.
 * session_check_stmt
 * - RC_SERVER with number 1243 for a statement that a reset has made void. */
int session_read_reply(struct session *s, bool binary, struct fault *f) MUST_USE;
int session_check_stmt(const struct session *s, const struct wire_stmt *st,
                       struct fault *f) MUST_USE;

/* session_command - a whole command that answers OK or an error: c, then n bytes. */
int session_command(struct session *s, unsigned c, const void *p, size_t n, const char *doing,
                    struct fault *f) MUST_USE;

/* session_log_text - a statement's text (head and tail together) is about to be sent: log it,
 * unless it speaks of secrets.  what: the command's name. */
void session_log_text(struct session *s, const char *what, struct wire_text head,
                      struct wire_text tail);

/* session_take_ok - what an OK packet tells, into reply, status and database. */
int session_take_ok(struct session *s, struct rd_range packet, struct fault *f) MUST_USE;
void session_set_database(struct session *s, struct rd_range name);

/* charset_may_change - does the statement's text speak of setting a character set?
 * charset_suspect - if so, it counts as another one than utf8mb4 until the answer tells better.
 * charset_take_back - SET NAMES utf8mb4; RC_SERVER when the server refuses. */
bool charset_may_change(const char *sql, size_t n);
void charset_suspect(struct session *s, bool may_change);
int charset_take_back(struct session *s, struct fault *f) MUST_USE;

/* mode_suspect - a statement is about to be sent: what it may change is not known any more.
 * quotes_may_change - may it set sql_mode? */
void mode_suspect(struct session *s, const char *sql, size_t n);
bool quotes_may_change(const char *sql, size_t n);

/* session_take_product - what words of the server (version, comment) tell of product and release.
 */
void session_take_product(struct session *s, const char *words);

/* session_open_over - session_open_stream with the peer's address for messages. */
int session_open_over(const struct session_opts *o, struct stream *io, const char *peer,
                      struct session **out, struct fault *f) MUST_USE;

/* login_run - greeting to OK over s->k, whose deadline is set.  login_again - the same over an open
 * session, as COM_CHANGE_USER with the same user.  login_keep, login_clear - the copy of the
 * options. */
int login_run(struct session *s, const struct session_opts *o, struct fault *f) MUST_USE;
int login_again(struct session *s, struct fault *f) MUST_USE;
int login_keep(struct session_login *l, const struct session_opts *o, const char *host,
               unsigned port, struct fault *f) MUST_USE;
void login_clear(struct session_login *l);

#endif
