/* connect.c - logging in, and what is settled right after it. */
#include "odbc/connection/connect.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "conf/ini.h"
#include "odbc/command/cancel.h"
#include "odbc/command/opts.h"
#include "odbc/command/roundtrip.h"
#include "odbc/connection/dbc.h"
#include "odbc/connection/tran.h"
#include "odbc/exec/close.h"
#include "odbc/load/streamload.h"
#include "wire/hello.h"

/* What the DSN wants to tell the user, as 01S00 and 01S02. */
static SQLRETURN connect_tell_notes(struct dbc *d)
{
    static const enum sqlstate states[] = {[DSN_NOTE_UNKNOWN] = ST_01S00,
                                           [DSN_NOTE_BAD_VALUE] = ST_01S00,
                                           [DSN_NOTE_NO_EFFECT] = ST_01S02,
                                           [DSN_NOTE_CONFLICT] = ST_01S02,
                                           [DSN_NOTE_EXPOSED] = ST_01000};
    SQLRETURN rc = SQL_SUCCESS;
    for (size_t i = 0; i < d->dsn.nnotes; i++)
        rc = diag(&d->h, states[d->dsn.notes[i].kind], "%s", d->dsn.notes[i].text);
    return rc;
}

static enum log_level log_level_of(const struct dsn *d)
{
    enum log_level level = (enum log_level)d->log_level;
    if (d->log_query && level < LOG_QUERY)
        level = LOG_QUERY;
    return level == LOG_OFF ? LOG_INFO : level;
}

/* A log that cannot be written does not stop the work: 01S00 tells. */
static void open_log(struct dbc *d)
{
    struct fault f = {0};
    if (!d->dsn.log_file || log_open(&d->log, d->dsn.log_file, log_level_of(&d->dsn), &f) == RC_OK)
        return;
    dsn_note(&d->dsn, DSN_NOTE_BAD_VALUE, "LOGFILE: %s; nothing is logged", f.text);
}

static void log_masked(struct dbc *d)
{
    struct buf text = {0};
    if (!log_on(&d->log, LOG_INFO))
        return;
    dsn_write(&d->dsn, DSN_WRITE_MASKED, &text);
    log_line(&d->log, LOG_INFO, "connecting: %s", buf_str(&text));
    buf_clear(&text);
}

/* Seconds that a login may take; 0: no limit. */
static unsigned login_seconds(const struct dbc *d)
{
    return d->dsn.conn_timeout ? (unsigned)d->dsn.conn_timeout : (unsigned)d->login_timeout;
}

/* A fault of what belongs to the login; of one that took too long, how long that is. */
static SQLRETURN refuse_in_time(struct dbc *d, struct fault *f)
{
    if (f->rc == RC_TIMEOUT && login_seconds(d) > 0)
        (void)fault_prefix(f, "no login within %u s (%s): ", login_seconds(d),
                           d->dsn.conn_timeout ? "CONN_TIMEOUT" : "SQL_ATTR_LOGIN_TIMEOUT");
    return diag_fault_connect(&d->h, f);
}

/* INITSTMT must not change the character set: all text is utf8mb4 on the wire. */
static bool sets_charset(const char *sql)
{
    static const char *const starts[] = {"SET NAMES", "SET CHARACTER SET", "SET CHARSET"};
    while (*sql == ' ' || *sql == '\t' || *sql == '\n')
        sql++;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (strlen(sql) >= strlen(starts[i]) && text_eqn(sql, strlen(starts[i]), starts[i]))
            return true;
    return false;
}

static SQLRETURN run_initstmt(struct dbc *d)
{
    struct fault f = {0};
    const char *sql = d->dsn.initstmt;
    if (!sql)
        return SQL_SUCCESS;
    if (sets_charset(sql))
        return diag(&d->h, ST_HY000,
                    "INITSTMT: SET NAMES is not allowed, the connection always uses utf8mb4 and "
                    "converts for the application; remove it");
    int rc = session_query(d->session, sql, strlen(sql), &f);
    if (rc == RC_OK)
        rc = session_skip(d->session, &f);
    if (rc == RC_OK)
        return SQL_SUCCESS;
    (void)fault_prefix(&f, "INITSTMT failed: ");
    return refuse_in_time(d, &f);
}

/* Every MySQL offers transactions and to leave out EOF packets; what greets as one and does not may
 * be StarRocks, Doris or SingleStore: asked once, and no answer is one. */
static SQLRETURN know_server(struct dbc *d)
{
    const uint64_t always = CAP_TRANSACTIONS | CAP_DEPRECATE_EOF;
    struct fault f = {0};
    if ((session_info(d->session)->capabilities & always) == always)
        return SQL_SUCCESS;
    int rc = session_detect(d->session, &f);
    return rc == RC_OK ? SQL_SUCCESS : refuse_in_time(d, &f);
}

/* Attributes that the application set before connecting, where the server's state differs. */
static SQLRETURN apply_attributes(struct dbc *d)
{
    SQLRETURN rc = know_server(d);
    if (SQL_SUCCEEDED(rc))
        rc = run_initstmt(d);
    if (SQL_SUCCEEDED(rc) && tran_needs_setting(d))
        rc = tran_set_autocommit(d, d->autocommit == SQL_AUTOCOMMIT_ON);
    if (SQL_SUCCEEDED(rc) && d->isolation)
        rc = tran_set_isolation(d, d->isolation);
    if (SQL_SUCCEEDED(rc) && d->access_mode == SQL_MODE_READ_ONLY)
        rc = tran_set_access(d, d->access_mode);
    return rc;
}

static SQLRETURN refuse(struct dbc *d, struct fault *f)
{
    enum dsn_key missing = dsn_missing(&d->dsn);
    if (f->rc == RC_DENIED && missing < DSN_KEYS)
        (void)fault_prefix(f, "the key %s is not given: ", dsn_row(missing)->key);
    return refuse_in_time(d, f);
}

/* Log in with d->dsn, which dsn_finish has gone over, and make d connected.  On
 * failure the diagnostics are raised and d is as before. */
static SQLRETURN connect_open(struct dbc *d)
{
    struct opts o = {0};
    struct fault f = {0};
    open_log(d);
    log_masked(d);
    int64_t login_ms = 1000 * (int64_t)login_seconds(d);
    int64_t deadline = deadline_in(login_ms);
    int rc = opts_make(&o, &d->dsn, &f);
    if (rc == RC_OK)
        rc = streamload_check(d, &f);
    if (rc == RC_OK) {
        o.wire.login_timeout_ms = login_ms;
        o.wire.read_timeout_ms = command_read_timeout_ms(d);
        o.wire.write_timeout_ms = d->dsn.write_timeout ? 1000 * (int64_t)d->dsn.write_timeout
                                                       : 1000 * (int64_t)d->connection_timeout;
        o.wire.log = &d->log;
        if (d->catalog_wanted)
            o.wire.database = d->catalog_wanted;
        rc = session_open(&o.wire, &d->session, &f);
        if (rc == RC_OK)
            session_watch(d->session, command_watch, d);
    }
    opts_clear(&o);
    if (rc != RC_OK) {
        (void)connect_tell_notes(d);
        (void)refuse(d, &f);
        dbc_close(d);
        return SQL_ERROR;
    }
    d->state = DBC_CONNECTED;
    session_set_deadline(d->session, deadline); /* what is asked and set belongs to the login */
    SQLRETURN ret = apply_attributes(d);
    if (!SQL_SUCCEEDED(ret)) {
        dbc_close(d);
        return SQL_ERROR;
    }
    session_set_deadline(d->session, DEADLINE_NEVER);
    session_settled(d->session);
    SQLRETURN told = connect_tell_notes(d);
    return ret == SQL_SUCCESS ? told : ret;
}

/* The DSN's section of odbc.ini, then the checks over all keys. */
static SQLRETURN finish_dsn(struct dbc *d)
{
    struct fault f = {0};
    int rc = RC_OK;
    if (d->dsn.dsn)
        rc = ini_read(&d->dsn, d->dsn.dsn, &f);
    if (rc == RC_OK)
        rc = dsn_finish(&d->dsn, &f);
    return rc == RC_OK ? SQL_SUCCESS : diag_fault_connect(&d->h, &f);
}

/* Take a new DSN in d->dsn. */
static SQLRETURN begin(struct dbc *d, bool wide)
{
    struct fault f = {0};
    if (d->state == DBC_CONNECTED)
        return diag(&d->h, ST_08002, "this handle is connected already; disconnect first");
    dbc_close(d);
    d->wide = wide;
    return dsn_init(&d->dsn, &f) == RC_OK ? SQL_SUCCESS : diag_fault_connect(&d->h, &f);
}

static SQLRETURN put_argument(struct dbc *d, enum dsn_key key, struct text_arg a, const char *what)
{
    struct buf text = {0};
    struct fault f = {0};
    if (!a.p)
        return SQL_SUCCESS;
    SQLRETURN rc = text_in(&d->h, &text, a, what);
    if (rc == SQL_SUCCESS &&
        dsn_put(&d->dsn, key, buf_str(&text), text.len, DSN_FROM_ARGUMENT, &f) != DSN_ACCEPTED)
        rc = diag_fault_connect(&d->h, &f);
    buf_wipe(&text);
    return rc;
}

static bool is_empty(struct text_arg a)
{
    size_t unit = a.wide ? sizeof(SQLWCHAR) : 1;
    static const unsigned char end[sizeof(SQLWCHAR)];
    return !a.p || !a.n || (a.n == SQL_NTS && !memcmp(a.p, end, unit));
}

/* An empty password is one: the data source's is not taken then.  Only where the user is empty too,
 * both were left out: so programs say it that cannot give NULL (PHP's odbc_connect, Perl's DBI). */
static SQLRETURN put_login(struct dbc *d, struct text_arg uid, struct text_arg pwd)
{
    bool is_left_out = uid.p && is_empty(uid) && is_empty(pwd);
    SQLRETURN rc = put_argument(d, DSN_KEY_uid, uid, "the user name");
    return rc == SQL_SUCCESS && !is_left_out ? put_argument(d, DSN_KEY_pwd, pwd, "the password")
                                             : rc;
}

SQLRETURN connect_plain(SQLHDBC h, struct text_arg dsn, struct text_arg uid, struct text_arg pwd)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = begin(d, dsn.wide);
    if (rc != SQL_SUCCESS)
        return dbc_leave(d, rc);
    rc = put_argument(d, DSN_KEY_dsn, dsn, "the data source name");
    if (rc == SQL_SUCCESS)
        rc = put_login(d, uid, pwd);
    if (rc == SQL_SUCCESS)
        rc = finish_dsn(d);
    if (rc == SQL_SUCCESS)
        rc = connect_open(d);
    else
        dbc_close(d);
    return dbc_leave(d, rc);
}

static SQLRETURN parse_string(struct dbc *d, struct text_arg in)
{
    struct buf text = {0};
    struct fault f = {0};
    SQLRETURN rc = text_in(&d->h, &text, in, "the connection string");
    if (rc == SQL_SUCCESS &&
        dsn_parse(&d->dsn, buf_str(&text), text.len, DSN_FROM_STRING, &f) != RC_OK)
        rc = diag_fault_connect(&d->h, &f);
    buf_wipe(&text);
    return rc;
}

/* The completed string goes out also when it is cut: then 01004 beside an open connection. */
static SQLRETURN write_completed(struct dbc *d, const struct text_out *out)
{
    struct buf text = {0};
    (void)buf_reserve(&text, 16384); /* growing would leave copies of the password behind */
    dsn_write(&d->dsn, DSN_WRITE_COMPLETED, &text);
    SQLRETURN rc = SQL_ERROR;
    if (buf_ok(&text))
        rc = text_write(&d->h, out, buf_str(&text), text.len);
    else
        rc = diag(&d->h, ST_HY001, "out of memory for the completed connection string");
    buf_wipe(&text);
    return rc;
}

SQLRETURN connect_driver(SQLHDBC h, struct text_arg in, struct text_out out,
                         SQLUSMALLINT completion)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = SQL_SUCCESS;
    if (completion > SQL_DRIVER_COMPLETE_REQUIRED)
        rc =
            diag(&d->h, ST_HY110, "there is no way %u to complete a connection string", completion);
    else if (out.p && out.cap < 0)
        rc = diag(&d->h, ST_HY090, "buffer length %ld is negative", (long)out.cap);
    if (rc == SQL_SUCCESS)
        rc = begin(d, in.wide);
    if (rc != SQL_SUCCESS)
        return dbc_leave(d, rc);
    rc = parse_string(d, in);
    if (rc == SQL_SUCCESS)
        rc = finish_dsn(d);
    if (rc == SQL_SUCCESS)
        rc = connect_open(d);
    else
        dbc_close(d);
    if (SQL_SUCCEEDED(rc)) {
        SQLRETURN written = write_completed(d, &out);
        if (written == SQL_ERROR)
            dbc_close(d);
        rc = written == SQL_SUCCESS ? rc : written;
    }
    return dbc_leave(d, rc);
}

/* Ask for what is missing, or connect.  gathered: a copy of d->dsn without odbc.ini and derived
 * keys, to go on from in the next call; taken over when more is needed. */
static SQLRETURN browse_step(struct dbc *d, struct dsn *gathered, const struct text_out *out)
{
    struct buf text = {0};
    SQLRETURN rc = finish_dsn(d);
    if (rc == SQL_SUCCESS && dsn_browse(&d->dsn, &text) > 0) {
        dsn_clear(&d->dsn);
        d->dsn = *gathered;
        memset(gathered, 0, sizeof(*gathered));
        d->state = DBC_BROWSING;
        (void)text_write(&d->h, out, buf_str(&text), text.len);
        buf_clear(&text);
        return SQL_NEED_DATA;
    }
    buf_clear(&text);
    if (rc == SQL_SUCCESS)
        rc = connect_open(d);
    if (SQL_SUCCEEDED(rc)) {
        SQLRETURN written = write_completed(d, out);
        rc = written == SQL_SUCCESS ? rc : written;
    }
    return rc;
}

static SQLRETURN browse_with(struct dbc *d, struct text_arg in, const struct text_out *out)
{
    struct dsn gathered = {0};
    struct fault f = {0};
    SQLRETURN rc = parse_string(d, in);
    if (rc == SQL_SUCCESS && dsn_copy(&gathered, &d->dsn, &f) != RC_OK)
        rc = diag_fault_connect(&d->h, &f);
    if (rc == SQL_SUCCESS)
        rc = browse_step(d, &gathered, out);
    dsn_clear(&gathered);
    return rc;
}

/* A call that fails leaves what the calls before it gathered, so that another password can be
 * tried; unixODBC too goes on browsing after an error (SQLBrowseConnect.c, state C3). */
SQLRETURN connect_browse(SQLHDBC h, struct text_arg in, struct text_out out)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct dsn before = {0};
    struct fault f = {0};
    SQLRETURN rc = SQL_SUCCESS;
    bool was_browsing = d->state == DBC_BROWSING;
    if (out.p && out.cap < 0)
        rc = diag(&d->h, ST_HY090, "buffer length %ld is negative", (long)out.cap);
    else if (!was_browsing)
        rc = begin(d, in.wide);
    else if (dsn_copy(&before, &d->dsn, &f) != RC_OK)
        rc = diag_fault_connect(&d->h, &f);
    if (rc != SQL_SUCCESS)
        return dbc_leave(d, rc);
    rc = browse_with(d, in, &out);
    if (rc == SQL_ERROR) {
        dbc_close(d);
        d->dsn = before;
        d->state = was_browsing ? DBC_BROWSING : DBC_ALLOCATED;
    } else {
        dsn_clear(&before);
    }
    return dbc_leave(d, rc);
}

static SQLRETURN back_to_database(struct dbc *d)
{
    struct fault f = {0};
    const char *home = d->catalog_wanted ? d->catalog_wanted : d->dsn.database;
    if (!home ||
        (session_knows_database(d->session) && !strcmp(session_database(d->session), home)))
        return SQL_SUCCESS;
    return session_use(d->session, home, &f) == RC_OK ? SQL_SUCCESS : diag_fault(&d->h, &f);
}

SQLRETURN connect_reset(struct dbc *d)
{
    struct fault f = {0};
    SQLRETURN rc = dbc_need_connection(d);
    if (rc != SQL_SUCCESS)
        return rc;
    dbc_close_results(d);
    streamload_close(d); /* rolls back */
    streamload_forget(d->load_own);
    d->load_own = NULL;
    if (dbc_free_wire(d, &f) != RC_OK || session_reset(d->session, &f) != RC_OK)
        return diag_fault(&d->h, &f);
    dbc_forget_prepared(d);
    d->autocommit = SQL_AUTOCOMMIT_ON;
    d->world++;
    d->access_mode = SQL_MODE_READ_WRITE;
    d->isolation = 0;
    d->metadata_id = SQL_FALSE;
    d->async_enable = SQL_ASYNC_ENABLE_OFF;
    d->quiet_window = NULL;
    d->connection_timeout = 0;
    session_set_timeout(d->session, command_read_timeout_ms(d));
    rc = back_to_database(d);
    return rc == SQL_SUCCESS ? apply_attributes(d) : rc;
}
