/* prepare.c - a statement in prepared form on the server. */
#include "odbc/exec/prepare.h"

#include <stdio.h>
#include <string.h>

#include "odbc/exec/exec.h"
#include "odbc/exec/serverlimit.h"

enum {
    ER_UNKNOWN_COMMAND = 1047,
    ER_PARSE = 1064,
    ER_UNKNOWN_STATEMENT = 1243,
    ER_UNSUPPORTED_PREPARED = 1295,
    ER_TOO_MANY_PREPARED = 1461
};

/* Does this error say that the server cannot do it this way, rather than that the statement is
 * wrong? */
static bool is_unsupported(const struct fault *f)
{
    if (f->rc != RC_SERVER)
        return f->rc == RC_UNSUPPORTED;
    if (f->number == ER_PARSE)
        return strstr(f->text, "nsupported command") != NULL;
    return f->number == ER_UNSUPPORTED_PREPARED || f->number == ER_TOO_MANY_PREPARED ||
           f->number == ER_UNKNOWN_COMMAND;
}

/* ... that it no longer has the prepared statement? */
static bool is_forgotten(const struct fault *f)
{
    return f->rc == RC_SERVER && (f->number == ER_UNKNOWN_STATEMENT ||
                                  strstr(f->text, "Not Found prepared statement") != NULL);
}

/* May errors about prepared statements come from within the statement, after it has done
 * something?  A procedure may prepare and execute; functions and triggers may not. */
static bool may_prepare_within(const struct stmt *s)
{
    return s->x->kind.kind == SQL_KIND_CALL || s->x->kind.kind == SQL_KIND_OTHER;
}

/* Is it our own prepared statement that the error names: "... handler (17) given to ..."? */
static bool names_ours(const struct stmt *s, const struct fault *f)
{
    char id[16];
    (void)snprintf(id, sizeof id, "(%lu)", (unsigned long)s->x->server.id);
    return strstr(f->text, id) != NULL;
}

static bool is_ours_forgotten(const struct stmt *s, const struct fault *f)
{
    return is_forgotten(f) && (!may_prepare_within(s) || names_ours(s, f));
}

static bool is_refused_late(const struct stmt *s, const struct fault *f)
{
    return is_unsupported(f) && (f->rc != RC_SERVER || !may_prepare_within(s));
}

bool prepare_is_refused(const struct stmt *s, const struct fault *f)
{
    return is_ours_forgotten(s, f) || (f->rc == RC_SERVER && is_refused_late(s, f));
}

bool prepare_can(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    return session_product(s->dbc->session)->prepares && !x->never_server && !s->dbc->dsn.no_ssps &&
           x->kind.statements <= 1;
}

int prepare_on_server(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    if (x->on_server)
        return RC_OK;
    if (!prepare_can(s))
        return fault(f, RC_UNSUPPORTED, "the statement cannot be prepared on the server");
    serverlimit_follow(s);
    x->server = (struct wire_stmt){0};
    int rc = serverlimit_prepare(s, f);
    x->on_server = rc == RC_OK;
    if (rc && is_unsupported(f)) {
        x->never_server = true;
        return fault(f, RC_UNSUPPORTED, "the statement cannot be prepared on the server");
    }
    if (!rc && x->server.nparams != x->markers.n) {
        wire_stmt_close(s->dbc->session, &x->server); /* it reads the text otherwise than we do */
        x->on_server = false;
        x->never_server = true;
        return fault(f, RC_UNSUPPORTED, "the server counts other parameters");
    }
    return rc;
}

/* Execute in binary form; once more when the server forgot the statement. */
int prepare_execute(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    int rc = prepare_on_server(s, f);
    if (rc)
        return rc;
    bool has_long = x->server.long_data_sent;
    rc = session_execute(s->dbc->session, &x->server, x->params.wire, f);
    if (rc && is_ours_forgotten(s, f) && !has_long) {
        wire_stmt_close(s->dbc->session, &x->server);
        x->on_server = false;
        rc = prepare_on_server(s, f);
        if (!rc)
            rc = session_execute(s->dbc->session, &x->server, x->params.wire, f);
    }
    if (rc && is_refused_late(s, f) && !has_long) {
        wire_stmt_close(s->dbc->session, &x->server);
        x->on_server = false;
        x->never_server = true;
        return fault(f, RC_UNSUPPORTED, "the statement cannot be executed in prepared form");
    }
    return rc;
}
