/* session.c - commands and results of an open session: what may come next, and what it means.
 * Parses nothing itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "wire/cmd.h"
#include "wire/infile.h"
#include "wire/reply.h"
#include "wire/row.h"
#include "wire/session_parts.h"

#define CLOSES_MAX              65536u /* bytes of ids; a server allows fewer open statements by default */
#define LONG_DATA_PIECE         (512u << 10)
#define FILE_PIECE              (32u << 10)
#define LOG_TEXT_MAX            2000u
#define ER_UNKNOWN_STMT_HANDLER 1243u
#define QUIT_MS                 1000 /* nobody waits longer for a goodbye to be sent */

/* ---- life ---- */

int session_new(const struct session_opts *o, struct stream *io, struct session **out,
                struct fault *f)
{
    *out = NULL;
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        stream_close(io);
        return fault(f, RC_MEMORY, "no memory for a connection");
    }
    int rc = pthread_mutex_init(&s->sent.lock, NULL)
                 ? fault(f, RC_MEMORY, "no memory for the lock of a connection")
                 : RC_OK;
    if (rc == RC_OK) {
        rc = packet_init(&s->k, io, f);
        if (rc != RC_OK) {
            (void)pthread_mutex_destroy(&s->sent.lock); /* nobody has it */
        }
    }
    if (rc != RC_OK) {
        stream_close(io);
        free(s);
        return rc;
    }
    s->sock = io;
    s->local_port = sock_local_port(io);
    atomic_init(&s->is_aborted, false);
    buf_init(&s->info_text, REPLY_INFO_MAX);
    buf_init(&s->closes, CLOSES_MAX);
    s->k.write_timeout_ms = o->write_timeout_ms;
    s->k.read_timeout_ms = s->read_timeout_ms = o->read_timeout_ms;
    s->log = o->log;
    s->owner = getpid();
    s->reply.info = "";
    *out = s;
    return RC_OK;
}

void session_free(struct session *s)
{
    if (!s) {
        return;
    }
    packet_clear(&s->k);
    login_clear(&s->login);
    arena_clear(&s->arena);
    buf_clear(&s->database);
    buf_clear(&s->info_text);
    buf_clear(&s->closes);
    free(s->cols);
    free(s->cells);
    free(s->widths);
    mem_wipe(&s->hello, sizeof s->hello);
    mem_wipe(s->sent.text, sizeof s->sent.text); /* statements can hold passwords */
    (void)pthread_mutex_destroy(&s->sent.lock);  /* nobody has it any more */
    free(s);
}

void session_close(struct session *s)
{
    if (s && s->state == SESSION_IDLE) {
        s->k.deadline = deadline_in(QUIT_MS);
        packet_reset(&s->k);
        buf_putc(packet_start(&s->k), CMD_QUIT);
        int rc = packet_send(&s->k, "", 0, NULL);
        (void)rc; /* a goodbye that does not arrive is none the worse */
    }
    session_free(s);
}

const struct session_info *session_info(const struct session *s)
{
    return &s->info;
}

const struct product *session_product(const struct session *s)
{
    return product_row(s->info.product);
}

bool session_has(const struct session *s, unsigned since)
{
    return product_has(since, session_product(s)->has_release ? s->info.release : s->info.version);
}

const struct wire_reply *session_reply(const struct session *s)
{
    return &s->reply;
}

bool session_idle(const struct session *s)
{
    return s->state == SESSION_IDLE;
}

bool session_broken(const struct session *s)
{
    return s->state == SESSION_BROKEN;
}

bool session_more(const struct session *s)
{
    return s->state == SESSION_MORE;
}

bool session_alive(struct session *s)
{
    bool is_quiet = s->state != SESSION_IDLE || packet_unread(&s->k) == 0;
    return s->state != SESSION_BROKEN && is_quiet && stream_alive(s->k.io);
}

uint16_t session_status(const struct session *s)
{
    return s->status;
}

bool session_status_is_old(const struct session *s)
{
    return s->is_status_old;
}

void session_settled(struct session *s)
{
    s->is_settled = true;
}

int session_check_owner(const struct session *s, struct fault *f)
{
    return s->owner == getpid()
               ? RC_OK
               : fault(f, RC_LOST,
                       "the connection to %s belongs to process %ld, which opened it before a "
                       "fork; process %ld has to connect for itself",
                       s->label, (long)s->owner, (long)getpid());
}

bool session_touched(const struct session *s)
{
    return s->is_touched;
}

void session_untouch(struct session *s)
{
    s->is_touched = false;
}

const char *session_database(const struct session *s)
{
    return s->database.p && s->database.len ? (const char *)s->database.p : "";
}

bool session_knows_database(const struct session *s)
{
    return !s->is_database_old;
}

void session_learn_database(struct session *s, const void *name, size_t n)
{
    session_set_database(s, (struct rd_range){name, n});
}

void session_set_timeout(struct session *s, int64_t read_timeout_ms)
{
    s->k.read_timeout_ms = read_timeout_ms ? read_timeout_ms : s->read_timeout_ms;
}

void session_set_deadline(struct session *s, int64_t deadline_ms)
{
    s->k.deadline = deadline_ms;
}

void session_watch(struct session *s, session_watch_fn *fn, void *ctx)
{
    s->watch = (struct sock_watch){.fn = fn, .ctx = ctx};
    sock_watch(s->sock, &s->watch);
}

void session_abort(struct session *s)
{
    atomic_store(&s->is_aborted, true);
    stream_abort(s->k.io);
}

void session_set_database(struct session *s, struct rd_range name)
{
    s->is_database_old = false;
    buf_reset(&s->database);
    buf_put(&s->database, name.p, name.n);
    (void)buf_str(&s->database); /* ends it with a NUL */
}

/* ---- the doors of a command ---- */

/* Closes travel before the command, in the same write; compressed, each is a frame of its own, as
 * it begins a count. */
static int queue_closes(struct session *s, struct fault *f)
{
    struct rd r = rd_init(s->closes.p, s->closes.len);
    int rc = RC_OK;
    while (rc == RC_OK && rd_left(&r) >= 4) {
        packet_reset(&s->k);
        cmd_stmt(packet_start(&s->k), CMD_STMT_CLOSE, rd_u32(&r));
        if (s->k.compressed) {
            rc = packet_send(&s->k, "", 0, f);
        } else {
            packet_end(&s->k);
        }
    }
    buf_reset(&s->closes);
    return rc;
}

int session_lost(const struct session *s, struct fault *f)
{
    if (s->is_told || !s->ended.rc) {
        return fault(f, RC_LOST,
                     "the connection to %s is lost since an earlier error; connect again",
                     s->label);
    }
    if (f) {
        *f = s->ended;
    }
    return s->ended.rc;
}

void session_told(struct session *s)
{
    s->is_told = true;
}

int session_begin(struct session *s, const char *doing, struct fault *f)
{
    if (s->state == SESSION_BROKEN) {
        return session_lost(s, f);
    }
    if (s->state != SESSION_IDLE) {
        return fault(f, RC_UNSUPPORTED,
                     "the result of the statement before is still open on the connection to %s",
                     s->label);
    }
    int rc = s->charset_other ? charset_take_back(s, f) : RC_OK;
    s->k.doing = doing;
    s->k.max = PACKET_MAX_REPLY;
    s->is_infile_asked = false;
    s->is_touched = true;
    rc = rc == RC_OK && s->closes.len ? queue_closes(s, f) : rc;
    packet_reset(&s->k);
    return rc;
}

static bool ends_session(int rc)
{
    return rc == RC_LOST || rc == RC_TIMEOUT || rc == RC_PROTOCOL || rc == RC_TLS ||
           rc == RC_MEMORY || rc == RC_CANCELLED || rc == RC_CONNECT || rc == RC_DENIED;
}

/* The stream stays until session_close: session_abort may touch it at any time. */
int session_end(struct session *s, int rc, struct fault *f)
{
    s->is_status_old = s->is_status_old || rc == RC_SERVER;
    if (rc >= 0 || !ends_session(rc) || s->state == SESSION_BROKEN) {
        return rc;
    }
    if ((rc == RC_LOST || rc == RC_TIMEOUT) && atomic_load(&s->is_aborted)) {
        rc = fault(f, RC_CANCELLED, "the connection to %s was cut by SQLCancel", s->label);
    }
    s->state = SESSION_BROKEN;
    if (f) {
        s->ended = *f;
    }
    stream_abort(s->k.io);
    log_line(s->log, LOG_ERROR, "connection ended: %s",
             s->is_secret ? LOG_SECRET_WORDS
             : f          ? f->text
                          : "");
    return rc;
}

/* Errors behind which the server hangs up: it is shut down, it read too much in one packet, it was
 * told to KILL the connection, it did not hear from us for too long.  Source: MySQL manual, "Server
 * Error Message Reference"; MariaDB's KILL (1927). */
static bool is_last_word(uint32_t number)
{
    static const uint16_t last[] = {1053, 1152, 1153, 1927, 4031};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        if (number == last[i]) {
            return true;
        }
    }
    return false;
}

/* An ERR packet in answer to what is being done: RC_SERVER, or RC_LOST for a
 * farewell. */
static int session_fault_err(const struct session *s, struct rd_range packet, struct fault *f)
{
    struct fault words;
    int rc = reply_err(packet, &words);
    if (rc == RC_SERVER && (s->k.is_farewell || is_last_word(words.number))) {
        rc = fault_server(f, RC_LOST, words.number, words.state[0] ? words.state : NULL, words.text,
                          strlen(words.text));
        (void)fault_prefix(f, "%s ended the connection: ", s->label);
        return rc;
    }
    if (f) {
        *f = words;
    }
    if (rc != RC_SERVER) {
        packet_blame(&s->k, f);
    } else if (f && !f->state[0]) {
        memcpy(f->state, "HY000", 6);
    }
    return rc;
}

static int malformed(const struct session *s, const char *what, size_t n, struct fault *f)
{
    int rc = fault(f, RC_PROTOCOL, "%s of %zu bytes that is not well-formed", what, n);
    packet_blame(&s->k, f);
    return rc;
}

/* ---- replies ---- */

static void clear_reply(struct session *s, bool binary)
{
    arena_reset(&s->arena);
    buf_reset(&s->info_text);
    s->reply = (struct wire_reply){.binary = binary, .info = "", .status = s->status};
    s->k.max = PACKET_MAX_REPLY;
}

static void finish(struct session *s)
{
    s->state = s->status & STATUS_MORE_RESULTS ? SESSION_MORE : SESSION_IDLE;
}

int session_take_ok(struct session *s, struct rd_range packet, struct fault *f)
{
    struct reply_ok ok;
    int rc = reply_ok(&ok, packet, session_can(s, CAP_SESSION_TRACK), f);
    if (rc != RC_OK) {
        packet_blame(&s->k, f);
        return rc;
    }
    s->reply.affected = ok.affected;
    s->reply.insert_id = ok.insert_id;
    s->reply.warnings = ok.warnings;
    s->reply.status = s->status = ok.status;
    s->is_status_old = false;
    buf_reset(&s->info_text);
    buf_put(&s->info_text, ok.info.p,
            text_floor((const char *)ok.info.p, ok.info.n,
                       ok.info.n < REPLY_INFO_MAX ? ok.info.n : REPLY_INFO_MAX));
    s->reply.info = buf_str(&s->info_text);
    s->charset_other = (s->charset_other & ~ok.charset_told) | ok.charset_other;
    if (ok.has_schema) {
        session_set_database(s, ok.schema);
    }
    if (ok.connection_id &&
        !s->login.block) { /* at login only: later session_kill may be reading */
        s->info.connection_id = ok.connection_id;
    }
    return buf_ok(&s->info_text) && buf_ok(&s->database)
               ? RC_OK
               : fault(f, RC_MEMORY, "no memory for the answer of %s", s->label);
}

/* 0xFE where an end is due: EOF of 5 bytes, or of one in the days of old, or, with
 * CAP_DEPRECATE_EOF, an OK in its clothes, which has 7 at least. */
static int take_end(struct session *s, struct rd_range packet, struct fault *f)
{
    if (session_can(s, CAP_DEPRECATE_EOF) && packet.n >= 7) {
        return session_take_ok(s, packet, f);
    }
    if (packet.n != 1 && packet.n != 5) {
        return malformed(s, "an end", packet.n, f);
    }
    reply_eof(packet, &s->reply.status, &s->reply.warnings);
    s->status = s->reply.status;
    s->is_status_old = false;
    return RC_OK;
}

static bool is_end(const struct session *s, struct rd_range packet)
{
    return packet.n && packet.p[0] == 0xFE &&
           (session_can(s, CAP_DEPRECATE_EOF) ? packet.n < PACKET_FRAME : packet.n < 9);
}

static bool is_err(struct rd_range packet)
{
    return packet.n && packet.p[0] == 0xFF;
}

/* ---- column definitions ---- */

/* Room for n columns in s->cols; grows with what has arrived, not with what was announced. */
static bool cols_reserve(struct session *s, size_t n)
{
    if (n <= s->cols_cap) {
        return true;
    }
    size_t cap = s->cols_cap < 32 ? 32 : 2 * s->cols_cap;
    struct wire_column *cols = realloc(s->cols, cap * sizeof *cols);
    if (!cols) {
        return false;
    }
    s->cols = cols;
    s->cols_cap = cap;
    return true;
}

static int read_column(struct session *s, size_t i, struct arena *a, struct fault *f)
{
    struct rd_range packet;
    int rc = packet_read(&s->k, &packet, f);
    if (rc != RC_OK) {
        return rc;
    }
    if (is_err(packet)) {
        return session_fault_err(s, packet, f);
    }
    if (!cols_reserve(s, i + 1)) {
        return fault(f, RC_MEMORY, "no memory for %zu column definitions", i + 1);
    }
    rc = reply_column(&s->cols[i], packet, session_can(s, CAP_MARIADB_METADATA),
                      i ? &s->cols[i - 1] : NULL, a, f);
    if (rc == RC_OK && a->total > METADATA_MAX) {
        rc = fault(f, RC_PROTOCOL, "column definitions of more than %u bytes", METADATA_MAX);
    }
    if (rc != RC_OK) {
        packet_blame(&s->k, f);
    }
    return rc;
}

/* n definitions into s->cols, their texts into a, and the EOF after them where there is one. */
static int read_columns(struct session *s, size_t n, struct arena *a, struct fault *f)
{
    for (size_t i = 0; i < n; i++) {
        int rc = read_column(s, i, a, f);
        if (rc != RC_OK) {
            return rc;
        }
    }
    if (n == 0 || session_can(s, CAP_DEPRECATE_EOF)) {
        return RC_OK;
    }
    struct rd_range packet;
    int rc = packet_read(&s->k, &packet, f);
    if (rc != RC_OK) {
        return rc;
    }
    if (is_err(packet)) {
        return session_fault_err(s, packet, f);
    }
    if (!is_end(s, packet)) {
        return malformed(s, "an end of column definitions", packet.n, f);
    }
    return take_end(s, packet, f);
}

/* Cells and widths for the rows of the reply. */
static int make_room(struct session *s, struct fault *f)
{
    size_t n = s->reply.ncols;
    if (n > s->room_cap) {
        struct cell *cells = realloc(s->cells, n * sizeof *cells);
        if (cells) {
            s->cells = cells;
        }
        int8_t *widths = cells ? realloc(s->widths, n) : NULL;
        if (!widths) {
            return fault(f, RC_MEMORY, "no memory for rows of %zu columns", n);
        }
        s->widths = widths;
        s->room_cap = n;
    }
    for (size_t i = 0; i < n; i++) {
        s->widths[i] = (int8_t)row_width(s->cols[i].type);
    }
    return RC_OK;
}

static int begin_rows(struct session *s, struct rd_range packet, struct fault *f)
{
    struct rd r = rd_init(packet.p, packet.n);
    uint64_t n = rd_lenenc(&r);
    if (!rd_end(&r) || n == 0 || n > COLUMNS_MAX) {
        return malformed(s, "the head of a result", packet.n, f);
    }
    int rc = read_columns(s, (size_t)n, &s->arena, f);
    if (rc != RC_OK) {
        return rc;
    }
    s->reply.has_rows = true;
    s->reply.ncols = (size_t)n;
    s->reply.cols = s->cols;
    s->k.max = s->is_settled ? PACKET_MAX : SETUP_ROW_MAX;
    s->state = SESSION_ROWS;
    return make_room(s, f);
}

/* ---- LOCAL INFILE ---- */

static bool speaks_of_infile(const char *sql, size_t n)
{
    return text_has(sql, n, "infile");
}

/* All of the file, then the empty packet that ends it.  local: an error of ours, after which the
 * exchange is still sound. */
static int send_file(struct session *s, int fd, struct fault *local, struct fault *f)
{
    unsigned char piece[FILE_PIECE];
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0) {
            (void)fault_sys(local, RC_CONFIG, errno,
                            "LOAD DATA LOCAL: reading the file; the server has only a part");
        }
        if (n <= 0) {
            return RC_OK;
        }
        packet_start(&s->k);
        int rc = packet_send(&s->k, piece, (size_t)n, f);
        if (rc != RC_OK) {
            return rc;
        }
    }
}

/* The server asks for a file.  One that is refused is answered with nothing, which the server takes
 * for an empty file. */
static int serve_file(struct session *s, struct rd_range name, struct fault *local, struct fault *f)
{
    const char *dir = s->login.o.local_infile_dir;
    if (!session_can(s, CAP_LOCAL_FILES) || !s->is_infile_asked || !dir) {
        int rc = fault(f, RC_PROTOCOL,
                       "the server asks for the file \"%.*s\" of this machine, which no statement "
                       "offered: somebody may be attacking; the connection was ended",
                       (int)(name.n < 300 ? name.n : 300), (const char *)name.p);
        packet_blame(&s->k, f);
        return rc;
    }
    s->is_infile_asked = false;
    int fd = -1;
    int rc = infile_open(dir, name, &fd, local) == RC_OK ? send_file(s, fd, local, f) : RC_OK;
    if (fd >= 0) {
        (void)close(fd); /* reading only */
    }
    packet_start(&s->k);
    return rc ? rc : packet_send(&s->k, "", 0, f);
}

/* ---- reading a reply ---- */

static int take_reply(struct session *s, struct rd_range packet, struct fault *f);

int session_read_reply(struct session *s, bool binary, struct fault *f)
{
    struct rd_range packet;
    s->state = SESSION_MORE; /* until it is known */
    clear_reply(s, binary);
    int rc = packet_read(&s->k, &packet, f);
    return rc ? rc : take_reply(s, packet, f);
}

static int after_file(struct session *s, struct rd_range packet, struct fault *f)
{
    struct fault local = {.rc = RC_OK};
    struct rd_range name = {packet.p + 1, packet.n - 1};
    int rc = serve_file(s, name, &local, f);
    rc = rc ? rc : session_read_reply(s, false, f); /* no second file: is_infile_asked is off */
    if (rc == RC_OK && local.rc) {
        rc = session_skip(s, f);
    }
    if ((rc == RC_OK || rc == RC_SERVER) && local.rc) {
        if (f) {
            *f = local;
        }
        return local.rc;
    }
    return rc;
}

/* 0xFE as the answer to a command: nothing was counted, or it is no end but something else that
 * begins so, as the request of a login. */
static int take_only_end(struct session *s, struct rd_range packet, struct fault *f)
{
    int rc = take_end(s, packet, f);
    if (rc == RC_OK && (s->reply.affected || s->reply.insert_id)) {
        rc = malformed(s, "an end instead of a reply", packet.n, f);
    }
    return rc;
}

static int take_reply(struct session *s, struct rd_range packet, struct fault *f)
{
    int rc;
    if (packet.n == 0) {
        rc = malformed(s, "a reply", 0, f);
    } else if (packet.p[0] == 0) {
        rc = session_take_ok(s, packet, f);
        finish(s);
    } else if (is_err(packet)) {
        s->state = SESSION_IDLE; /* an error ends a batch */
        rc = session_fault_err(s, packet, f);
    } else if (packet.p[0] == 0xFB) {
        rc = after_file(s, packet, f);
    } else if (is_end(s, packet)) {
        rc = take_only_end(s, packet, f);
        finish(s);
    } else {
        rc = begin_rows(s, packet, f);
    }
    if (rc == RC_SERVER) {
        s->state = SESSION_IDLE;
    }
    return rc;
}

void session_log_text(struct session *s, const char *what, struct wire_text head,
                      struct wire_text tail)
{
    size_t n = head.n + tail.n;
    s->is_secret = log_on(s->log, LOG_ERROR) &&
                   (log_is_secret(head.p, head.n) || log_is_secret(tail.p, tail.n));
    if (s->is_secret) {
        log_line(s->log, LOG_QUERY, "%s (%zu bytes, which may hold a password)", what, n);
    } else if (log_on(s->log, LOG_QUERY)) {
        size_t shown = head.n > LOG_TEXT_MAX ? text_floor(head.p, head.n, LOG_TEXT_MAX) : head.n;
        log_line(s->log, LOG_QUERY, "%s %.*s%s", what, (int)shown, head.p, shown < n ? " ..." : "");
    }
}

bool session_is_secret(const struct session *s)
{
    return s->is_secret;
}

int session_query(struct session *s, const char *sql, size_t n, struct fault *f)
{
    int rc = session_check_room(s, 1 + n, f);
    rc = rc ? rc : session_begin(s, "reading the reply to a query", f);
    if (rc != RC_OK) {
        return session_end(s, rc, f);
    }
    session_log_text(s, "query", (struct wire_text){sql, n}, (struct wire_text){sql, 0});
    s->is_infile_asked = session_can(s, CAP_LOCAL_FILES) && speaks_of_infile(sql, n);
    charset_suspect(s, charset_may_change(sql, n));
    mode_suspect(s, sql, n);
    session_note_sent(s, sql, n);
    buf_putc(packet_start(&s->k), CMD_QUERY);
    rc = packet_send(&s->k, sql, n, f);
    rc = rc ? rc : session_read_reply(s, false, f);
    return session_end(s, rc, f);
}

int session_next(struct session *s, struct fault *f)
{
    const struct cell *cells;
    int rc = 1;
    while (s->state == SESSION_ROWS && rc > 0) {
        rc = session_row(s, &cells, f);
    }
    if (rc < 0) {
        return rc;
    }
    if (s->state != SESSION_MORE) {
        return s->state == SESSION_BROKEN
                   ? session_lost(s, f)
                   : fault(f, RC_UNSUPPORTED, "no further result is due from %s", s->label);
    }
    return session_end(s, session_read_reply(s, s->reply.binary, f), f);
}

/* ---- rows ---- */

/* A packet that is no row: the end, or an error in the middle. */
static int end_rows(struct session *s, struct rd_range packet, struct fault *f)
{
    if (is_err(packet)) {
        s->state = SESSION_IDLE;
        return session_fault_err(s, packet, f);
    }
    s->k.max = PACKET_MAX_REPLY;
    int rc = take_end(s, packet, f);
    finish(s);
    return rc;
}

static int bad_row(struct session *s, size_t n, struct fault *f)
{
    return session_end(s, malformed(s, s->reply.binary ? "a binary row" : "a row", n, f), f);
}

int session_row(struct session *s, const struct cell **cells, struct fault *f)
{
    if (s->state != SESSION_ROWS) {
        return s->state == SESSION_BROKEN ? session_lost(s, f) : 0;
    }
    struct rd_range packet;
    int rc = packet_read(&s->k, &packet, f);
    if (rc != RC_OK) {
        return session_end(s, rc, f);
    }
    if (is_end(s, packet) || is_err(packet)) {
        return session_end(s, end_rows(s, packet, f), f);
    }
    bool is_good = s->reply.binary ? row_split_binary(packet, s->cells, s->widths, s->reply.ncols)
                                   : row_split_text(packet, s->cells, s->reply.ncols);
    if (!is_good) {
        return bad_row(s, packet.n, f);
    }
    *cells = s->cells;
    return 1;
}

int session_ready(struct session *s, struct fault *f)
{
    if (s->state != SESSION_ROWS && s->state != SESSION_MORE) {
        return RC_OK;
    }
    int rc = packet_ready(&s->k, f);
    return rc == RC_TIMEOUT ? rc : session_end(s, rc, f);
}

/* A server that never ends is always in time with its next packet. */
static int check_deadline(const struct session *s, struct fault *f)
{
    return s->k.deadline == DEADLINE_NEVER || clock_ms() < s->k.deadline
               ? RC_OK
               : fault(f, RC_TIMEOUT, "the time limit passed while %s went on answering", s->label);
}

static int skip_rows(struct session *s, struct fault *f)
{
    struct rd_range packet;
    for (;;) {
        int rc = check_deadline(s, f);
        rc = rc ? rc : packet_read(&s->k, &packet, f);
        if (rc != RC_OK) {
            return rc;
        }
        if (is_end(s, packet) || is_err(packet)) {
            return end_rows(s, packet, f);
        }
    }
}

int session_skip(struct session *s, struct fault *f)
{
    int rc = s->state == SESSION_BROKEN ? session_lost(s, f) : RC_OK;
    while (rc == RC_OK && (s->state == SESSION_ROWS || s->state == SESSION_MORE)) {
        rc = check_deadline(s, f);
        if (rc != RC_OK) {
            break;
        }
        rc = s->state == SESSION_ROWS ? skip_rows(s, f) : session_read_reply(s, s->reply.binary, f);
    }
    return session_end(s, rc, f);
}

/* ---- prepared statements ---- */

static struct wire_column *keep_columns(const struct session *s, size_t n, struct arena *a)
{
    return arena_dup(a, s->cols, n * sizeof *s->cols);
}

/* MariaDB 10.11 answers the prepare of HELP with an OK packet (seven bytes) instead of error 1295.
 */
static bool is_plain_ok(struct rd_range packet)
{
    return packet.n == 7 && packet.p[0] == 0;
}

static int read_prepared(struct session *s, struct wire_stmt *st, struct fault *f)
{
    struct rd_range packet;
    struct reply_prepared head;
    int rc = packet_read(&s->k, &packet, f);
    if (rc != RC_OK) {
        return rc;
    }
    if (is_err(packet)) {
        return session_fault_err(s, packet, f);
    }
    if (packet.n == 0 || packet.p[0] != 0) {
        return malformed(s, "an answer to a prepare", packet.n, f);
    }
    if (is_plain_ok(packet)) {
        return fault(f, RC_UNSUPPORTED, "%s does not prepare this kind of statement", s->label);
    }
    rc = reply_prepared(&head, packet, f);
    rc = rc ? rc : read_columns(s, head.nparams, &st->arena, f);
    if (rc == RC_OK && head.nparams) {
        st->params = keep_columns(s, head.nparams, &st->arena);
    }
    rc = rc ? rc : read_columns(s, head.ncols, &st->arena, f);
    if (rc == RC_OK && head.ncols) {
        st->cols = keep_columns(s, head.ncols, &st->arena);
    }
    if (rc == RC_OK && ((head.ncols && !st->cols) || (head.nparams && !st->params))) {
        rc = fault(f, RC_MEMORY, "no memory for the columns of a prepared statement");
    }
    st->id = head.id;
    st->ncols = head.ncols;
    st->nparams = head.nparams;
    return rc;
}

/* How its text begins, as session_note_sent has it; without memory there is none. */
static void keep_text(const struct session *s, struct wire_stmt *st)
{
    st->text = arena_dup(&st->arena, s->sent.text, s->sent.n);
    st->ntext = st->text ? s->sent.n : 0;
}

int session_prepare(struct session *s, const char *sql, size_t n, struct wire_stmt *st,
                    struct fault *f)
{
    int rc = session_check_room(s, 1 + n, f);
    rc = rc ? rc : session_begin(s, "reading the answer to a prepare", f);
    if (rc != RC_OK) {
        return session_end(s, rc, f);
    }
    session_log_text(s, "prepare", (struct wire_text){sql, n}, (struct wire_text){sql, 0});
    st->is_secret = s->is_secret;
    session_note_sent(s, sql, n);
    clear_reply(s, false);
    buf_putc(packet_start(&s->k), CMD_STMT_PREPARE);
    rc = packet_send(&s->k, sql, n, f);
    rc = rc ? rc : read_prepared(s, st, f);
    if (rc != RC_OK) {
        arena_clear(&st->arena);
        *st = (struct wire_stmt){.id = 0};
        return session_end(s, rc, f);
    }
    st->generation = s->generation;
    st->asks_infile = session_can(s, CAP_LOCAL_FILES) && speaks_of_infile(sql, n);
    st->sets_charset = charset_may_change(sql, n);
    st->sets_quotes = quotes_may_change(sql, n);
    keep_text(s, st);
    return RC_OK;
}

int session_check_stmt(const struct session *s, const struct wire_stmt *st, struct fault *f)
{
    char words[120];
    if (st->generation == s->generation)
        return RC_OK;
    int n = snprintf(words, sizeof words,
                     "the server has dropped this prepared statement (%lu) when the session was "
                     "reset; prepare it again",
                     (unsigned long)st->id);
    return fault_server(f, RC_SERVER, ER_UNKNOWN_STMT_HANDLER, NULL, words, (size_t)n);
}

int session_execute(struct session *s, struct wire_stmt *st, const struct wire_param *params,
                    struct fault *f)
{
    int rc = session_check_stmt(s, st, f);
    rc = rc ? rc : session_check_room(s, cmd_execute_size(params, st->nparams), f);
    rc = rc ? rc : session_begin(s, "reading the reply to a prepared statement", f);
    if (rc != RC_OK) {
        return session_end(s, rc, f);
    }
    log_line(s->log, LOG_TRACE, "execute statement %u", st->id);
    s->is_infile_asked = st->asks_infile;
    s->is_secret = st->is_secret;
    charset_suspect(s, st->sets_charset);
    s->quotes = st->sets_quotes ? QUOTES_UNKNOWN : s->quotes;
    session_note_sent(s, st->text, st->ntext);
    rc = cmd_execute(packet_start(&s->k), st->id, params, st->nparams, f);
    if (rc != RC_OK) {
        buf_reset(&s->k.out);
        return rc;
    }
    rc = packet_send(&s->k, "", 0, f);
    st->long_data_sent = false;
    rc = rc ? rc : session_read_reply(s, true, f);
    return session_end(s, rc, f);
}

int session_send_long_data(struct session *s, struct wire_stmt *st, unsigned param, const void *p,
                           size_t n, struct fault *f)
{
    if (!session_product(s)->takes_pieces) {
        return fault(f, RC_UNSUPPORTED, "%s does not take parameters in pieces", s->label);
    }
    int rc = session_check_stmt(s, st, f);
    const unsigned char *from = n ? p : (const unsigned char *)"";
    do {
        size_t part = n < LONG_DATA_PIECE ? n : LONG_DATA_PIECE;
        rc = rc ? rc : session_begin(s, "sending a piece of a parameter", f);
        if (rc == RC_OK) {
            cmd_long_data(packet_start(&s->k), st->id, param);
            rc = packet_send(&s->k, from, part, f);
        }
        from += part;
        n -= part;
    } while (rc == RC_OK && n);
    st->long_data_sent = st->long_data_sent || rc == RC_OK;
    return session_end(s, rc, f);
}

/* ---- commands that answer OK or an error ---- */

int session_command(struct session *s, unsigned c, const void *p, size_t n, const char *doing,
                    struct fault *f)
{
    int rc = session_begin(s, doing, f);
    if (rc != RC_OK) {
        return session_end(s, rc, f);
    }
    log_line(s->log, LOG_TRACE, "command 0x%02X", c);
    buf_putc(packet_start(&s->k), c);
    rc = packet_send(&s->k, p, n, f);
    rc = rc ? rc : session_read_reply(s, false, f);
    if (rc == RC_OK && s->state != SESSION_IDLE) {
        rc = fault(f, RC_PROTOCOL, "rows or further results where an OK is due");
        packet_blame(&s->k, f);
    }
    return session_end(s, rc, f);
}

/* An id that cannot be noted (no memory, or very many are) stays open in the server until the
 * session ends. */
void wire_stmt_close(struct session *s, struct wire_stmt *st)
{
    bool is_open = s && st->id && s->state != SESSION_BROKEN && st->generation == s->generation;
    if (is_open && buf_reserve(&s->closes, 4)) {
        buf_put_u32(&s->closes, st->id);
    } else if (is_open) {
        s->closes.broken = false; /* what is noted already is sound */
    }
    arena_clear(&st->arena);
    *st = (struct wire_stmt){.id = 0};
}

int session_ping(struct session *s, struct fault *f)
{
    return session_command(s, CMD_PING, "", 0, "waiting for the answer to a ping", f);
}

int session_use(struct session *s, const char *database, struct fault *f)
{
    struct rd_range name = {(const unsigned char *)database, strlen(database)};
    int rc = session_command(s, CMD_INIT_DB, name.p, name.n, "changing the default database", f);
    if (rc == RC_OK) {
        session_set_database(s, name);
    }
    return rc;
}
