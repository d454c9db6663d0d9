/* play.c - the calls of transcripts, by name. */
#include "play.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/bulk.h"
#include "wire/cmd.h"
#include "wire/row.h"
#include "wire/session.h"

struct player {
    const struct transcript *t;
    struct transcript_play *p;
    struct buf *report;
    struct session_host host;
    struct session_attr attr;
    struct session_opts o;
    struct session *s;
    struct wire_stmt st;
};

/* "infile FOLDER" is below tests/data/wire. */
static const char *data_folder(const char *name)
{
    static char path[300];
    (void)snprintf(path, sizeof path, "%s/wire/%s", TEST_DATA_DIR, name);
    return path;
}

static enum tls_mode mode_of(const char *word)
{
    enum tls_mode mode = TLS_VERIFY_IDENTITY;
    while (mode != TLS_DISABLED && strcmp(tls_mode_name(mode), word) != 0)
        mode++;
    if (strcmp(tls_mode_name(mode), word) != 0) { /* ck_assert would ask for memory */
        ck_abort_msg("no SSLMODE: %s", word);
    }
    return mode;
}

static void set_opt(struct session_opts *o, const char *line)
{
    const char *value = strchr(line, ' ');
    size_t n = value ? (size_t)(value - line) : strlen(line);
    value = value ? value + 1 : "";
    bool is_whole = false; /* for check_session.c */
    struct {
        const char *name;
        const char **text;
        bool *flag;
    } rows[] = {
        {"user", &o->user, NULL},
        {"password", &o->password[0], NULL},
        {"password2", &o->password[1], NULL},
        {"password3", &o->password[2], NULL},
        {"database", &o->database, NULL},
        {"default_auth", &o->default_auth, NULL},
        {"token", &o->openid_token, NULL},
        {"socket", &o->socket, NULL},
        {"infile", &o->local_infile_dir, NULL},
        {"pin", &o->tls.fingerprint, NULL},
        {"cleartext", NULL, &o->allow_cleartext},
        {"getkey", NULL, &o->get_server_public_key},
        {"multi", NULL, &o->multi_statements},
        {"whole", NULL, &is_whole},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].name) == n && memcmp(rows[i].name, line, n) == 0) {
            if (rows[i].text) {
                *rows[i].text = rows[i].text == &o->local_infile_dir ? data_folder(value) : value;
            } else {
                *rows[i].flag = true;
            }
            return;
        }
    }
    if (n == 3 && memcmp(line, "tls", n) == 0) {
        o->tls.mode = mode_of(value);
    } else if (n == 8 && memcmp(line, "compress", n) == 0) {
        o->compress = (unsigned)strtol(value, NULL, 10);
    } else {
        ck_abort_msg("unknown option: %s", line);
    }
}

static void say_rc(struct player *y, const char *what, int rc, const struct fault *f)
{
    if (rc >= 0) {
        buf_printf(y->report, "%s ok\n", what);
    } else {
        buf_printf(y->report, "%s rc=%d number=%u state=%s: %s\n", what, rc, f->number, f->state,
                   f->text);
        if (y->s && session_broken(y->s)) {
            session_told(y->s); /* as the diagnostics of a handle do */
        }
    }
}

static void say_cell(struct player *y, const struct cell *c, bool as_hex)
{
    if (!c->p) {
        buf_puts(y->report, " NULL");
    } else if (as_hex) {
        buf_puts(y->report, " x");
        for (size_t i = 0; i < c->len; i++) {
            buf_printf(y->report, "%02x", c->p[i]);
        }
    } else {
        buf_puts(y->report, " '");
        buf_put(y->report, c->p, c->len < 100 ? c->len : 100);
        buf_puts(y->report, "'");
    }
}

static void say_reply(struct player *y, const char *what, int rc, const struct fault *f)
{
    const struct wire_reply *r = session_reply(y->s);
    if (rc < 0) {
        say_rc(y, what, rc, f);
        return;
    }
    if (!r->has_rows) {
        buf_printf(y->report, "%s affected=%llu id=%llu status=%x warnings=%u info='%s'%s\n", what,
                   (unsigned long long)r->affected, (unsigned long long)r->insert_id, r->status,
                   r->warnings, r->info, session_more(y->s) ? " more" : "");
        return;
    }
    buf_printf(y->report, "%s columns:", what);
    for (size_t i = 0; i < r->ncols; i++) {
        const struct wire_column *c = &r->cols[i];
        buf_printf(y->report, " %s.%s.%s/%s:%u,%u,%x,%u,%u%s%s", c->schema, c->table, c->name,
                   c->org_name, c->type, c->length, c->flags, c->charset, c->decimals,
                   c->ext_type[0] ? "," : "", c->ext_type);
    }
    buf_puts(y->report, "\n");
}

static int one_row(struct player *y)
{
    struct fault f = {0};
    const struct cell *cells = NULL;
    int rc = session_row(y->s, &cells, &f);
    const struct wire_reply *r = session_reply(y->s);
    if (rc == 1) {
        buf_puts(y->report, "row:");
        for (size_t i = 0; i < r->ncols; i++) {
            say_cell(y, &cells[i], r->binary && row_width(r->cols[i].type) != WIRE_LENENC);
        }
        buf_puts(y->report, "\n");
    } else if (rc == 0) {
        buf_printf(y->report, "end status=%x warnings=%u%s\n", r->status, r->warnings,
                   session_more(y->s) ? " more" : "");
    } else {
        say_rc(y, "row", rc, &f);
    }
    return rc;
}

static void do_open(struct player *y, const char *args)
{
    struct fault f = {0};
    (void)args;
    struct stream *io = transcript_stream(y->t, y->p);
    if (!io) {
        buf_puts(y->report, "no stream\n");
        return;
    }
    int rc = session_open_stream(&y->o, io, &y->s, &f);
    say_rc(y, "open", rc, &f);
    if ((rc == RC_OK) != (y->s != NULL)) {
        buf_puts(y->report, "open: the session does not fit the code\n");
    }
}

static void do_query(struct player *y, const char *args)
{
    struct fault f = {0};
    int rc = session_query(y->s, args, strlen(args), &f);
    say_reply(y, "query", rc, &f);
}

static void do_rows(struct player *y, const char *args)
{
    (void)args;
    while (one_row(y) == 1) {
    }
}

static void do_row(struct player *y, const char *args)
{
    (void)args;
    (void)one_row(y);
}

static void do_next(struct player *y, const char *args)
{
    struct fault f = {0};
    (void)args;
    int rc = session_next(y->s, &f);
    say_reply(y, "next", rc, &f);
}

static void do_skip(struct player *y, const char *args)
{
    struct fault f = {0};
    (void)args;
    int rc = session_skip(y->s, &f);
    say_rc(y, "skip", rc, &f);
}

static void do_prepare(struct player *y, const char *args)
{
    struct fault f = {0};
    int rc = session_prepare(y->s, args, strlen(args), &y->st, &f);
    if (rc < 0) {
        say_rc(y, "prepare", rc, &f);
        return;
    }
    buf_printf(y->report, "prepare id=%u params=%u cols=%u\n", y->st.id, y->st.nparams,
               y->st.ncols);
    for (unsigned i = 0; i < y->st.ncols; i++) {
        buf_printf(y->report, "col %s:%u\n", y->st.cols[i].name, y->st.cols[i].type);
    }
}

enum { PARAMS_MAX = 16 };

static size_t parse_params(char *text, struct wire_param *params)
{
    size_t n = 0;
    for (char *word = text; *word && n < PARAMS_MAX; n++) {
        char *end = word + strcspn(word, " ");
        bool is_last = *end == 0;
        *end = 0;
        params[n] = (struct wire_param){.type = MYSQL_TYPE_VAR_STRING,
                                        .is_null = strcmp(word, "NULL") == 0,
                                        .is_long = strcmp(word, "LONG") == 0,
                                        .is_default = strcmp(word, "DEFAULT") == 0,
                                        .p = (unsigned char *)word,
                                        .len = strlen(word)};
        word = is_last ? end : end + 1;
    }
    return n;
}

static void do_execute(struct player *y, const char *args)
{
    struct fault f = {0};
    struct wire_param params[PARAMS_MAX];
    char text[500];
    (void)snprintf(text, sizeof text, "%s", args);
    size_t n = parse_params(text, params);
    if (n !=
        y->st
            .nparams) { /* what the server says may be torn; the application asks before it binds */
        buf_puts(y->report, "execute: other number of parameters\n");
        return;
    }
    int rc = session_execute(y->s, &y->st, params, &f);
    say_reply(y, "execute", rc, &f);
}

/* Rows of parameters, with '/' between them: each through fn.  False: not as many as the server
 * says. */
typedef int row_fn(struct player *y, struct wire_param *params, void *ctx, struct fault *f);
static int each_row(struct player *y, const char *args, row_fn *fn, void *ctx, struct fault *f)
{
    struct wire_param params[PARAMS_MAX];
    char text[500];
    int rc = RC_OK;
    (void)snprintf(text, sizeof text, "%s", args);
    for (char *row = text, *next = row; rc == RC_OK && next; row = next) {
        next = strchr(row, '/');
        if (next) {
            *next++ = 0;
        }
        rc = parse_params(row, params) == y->st.nparams
                 ? fn(y, params, ctx, f)
                 : fault(f, RC_UNSUPPORTED, "other number of parameters");
    }
    return rc;
}

static int put_bulk(struct player *y, struct wire_param *params, void *ctx, struct fault *f)
{
    return cmd_bulk_row(ctx, params, y->st.nparams, f);
}

static void do_bulk(struct player *y, const char *args)
{
    struct fault f = {0};
    struct buf rows = {0};
    struct wire_param types[PARAMS_MAX] = {{.type = 0}};
    for (size_t i = 0; i < PARAMS_MAX; i++) {
        types[i].type = MYSQL_TYPE_VAR_STRING;
    }
    int rc = each_row(y, args, put_bulk, &rows, &f);
    rc = rc ? rc : session_bulk(y->s, &y->st, types, rows.p, rows.len, &f);
    say_reply(y, "bulk", rc, &f);
    buf_clear(&rows);
}

static int put_pipe(struct player *y, struct wire_param *params, void *ctx, struct fault *f)
{
    ++*(unsigned *)ctx;
    return session_pipe_put(y->s, &y->st, params, f);
}

static void do_pipe(struct player *y, const char *args)
{
    struct fault f = {0};
    unsigned n = 0;
    int rc = session_pipe_begin(y->s, &f);
    rc = rc ? rc : each_row(y, args, put_pipe, &n, &f);
    rc = rc ? rc : session_pipe_send(y->s, &f);
    if (rc) {
        say_rc(y, "pipe", rc, &f);
        return;
    }
    for (; n && !session_broken(y->s); n--) {
        rc = session_pipe_reply(y->s, &f);
        if (!rc && !session_idle(y->s) && session_reply(y->s)->has_rows)
            rc = session_skip(y->s, &f);
        say_reply(y, "pipe", rc, &f);
    }
}

static void do_long(struct player *y, const char *args)
{
    struct fault f = {0};
    int rc = session_send_long_data(y->s, &y->st, (unsigned)(args[0] - '0'), args + 2,
                                    strlen(args + 2), &f);
    say_rc(y, "long", rc, &f);
}

static void do_stmt_close(struct player *y, const char *args)
{
    (void)args;
    wire_stmt_close(y->s, &y->st);
}

static void do_ping(struct player *y, const char *args)
{
    struct fault f = {0};
    (void)args;
    int rc = session_ping(y->s, &f);
    say_rc(y, "ping", rc, &f);
}

static void do_use(struct player *y, const char *args)
{
    struct fault f = {0};
    int rc = session_use(y->s, args, &f);
    say_rc(y, "use", rc, &f);
}

static void do_reset(struct player *y, const char *args)
{
    struct fault f = {0};
    (void)args;
    int rc = session_reset(y->s, &f);
    say_rc(y, "reset", rc, &f);
}

static void do_detect(struct player *y, const char *args)
{
    struct fault f = {0};
    (void)args;
    int rc = session_detect(y->s, &f);
    say_rc(y, "detect", rc, &f);
}

static void do_info(struct player *y, const char *args)
{
    const struct session_info *i = session_info(y->s);
    (void)args;
    buf_printf(y->report,
               "info %s version=%u product=%d id=%llu plugin=%s db='%s' status=%x %s%s\n",
               i->server_version, i->version, (int)i->product, (unsigned long long)i->connection_id,
               i->auth_plugin, session_database(y->s), session_status(y->s),
               session_idle(y->s) ? "idle" : "busy", session_broken(y->s) ? " broken" : "");
}

static void do_close(struct player *y, const char *args)
{
    (void)args;
    wire_stmt_close(y->s, &y->st);
    session_close(y->s);
    y->s = NULL;
}

static const struct {
    const char *name;
    void (*fn)(struct player *y, const char *args);
} ops[] = {
    {"open", do_open}, {"query", do_query}, {"rows", do_rows},       {"row", do_row},
    {"next", do_next}, {"skip", do_skip},   {"prepare", do_prepare}, {"execute", do_execute},
    {"bulk", do_bulk}, {"pipe", do_pipe},   {"long", do_long},       {"stmt_close", do_stmt_close},
    {"ping", do_ping}, {"use", do_use},     {"reset", do_reset},     {"detect", do_detect},
    {"info", do_info}, {"close", do_close},
};

static void call(struct player *y, const char *line)
{
    size_t n = strcspn(line, " ");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (strlen(ops[i].name) == n && memcmp(ops[i].name, line, n) == 0) {
            if (y->s || ops[i].fn == do_open) {
                ops[i].fn(y, line[n] ? line + n + 1 : "");
            }
            return;
        }
    }
    ck_abort_msg("unknown call: %s", line);
}

void play(const struct transcript *t, struct transcript_play *p, struct buf *report)
{
    struct player y = {
        .t = t, .p = p, .report = report, .host = {"db1", 3306}, .attr = {"_a", "b"}};
    y.o = (struct session_opts){.tls.mode = TLS_DISABLED,
                                .hosts = &y.host,
                                .nhosts = 1,
                                .user = "u",
                                .attrs = &y.attr,
                                .nattrs = 1};
    for (size_t i = 0; i < t->opts.n; i++) {
        set_opt(&y.o, t->opts.words[i]);
    }
    for (size_t i = 0; i < t->calls.n; i++) {
        call(&y, t->calls.words[i]);
    }
    wire_stmt_close(y.s, &y.st);
    session_close(y.s);
}
