/* admin.c - what is done about a session rather than in it: reset, telling products apart. */
#include <stdio.h>

#include "wire/cmd.h"
#include "wire/reply.h"
#include "wire/session_parts.h"

/* ---- reset ---- */

/* Statements and pending closes of before mean nothing any more. */
static void forget(struct session *s)
{
    s->generation++;
    s->is_touched = false;
    s->quotes = QUOTES_UNKNOWN;
    s->max_command = 0;
    buf_reset(&s->closes);
}

static int change_user(struct session *s, struct fault *f)
{
    int rc = session_begin(s, "logging in again", f);
    rc = rc ? rc : login_again(s, f);
    return session_end(s, rc, f);
}

/* What a reset leaves otherwise than a login: MySQL takes the server's character set, and the
 * database stays where it was. */
static int restore(struct session *s, struct fault *f)
{
    int rc = charset_take_back(s, f);
    if (rc == RC_SERVER) { /* servers that know but one character set may refuse */
        s->charset_other = 0;
        rc = RC_OK;
    }
    const char *database = s->login.o.database;
    bool is_there = !s->is_database_old && database && !strcmp(database, session_database(s));
    if (rc == RC_OK && database && *database && !is_there) {
        rc = session_use(s, database, f);
    }
    return rc;
}

int session_reset(struct session *s, struct fault *f)
{
    struct fault own = {.rc = RC_OK};
    f = f ? f : &own;
    int rc = session_command(s, CMD_RESET_CONNECTION, "", 0, "resetting the session", f);
    if (rc == RC_SERVER) { /* too old for it */
        rc = change_user(s, f);
    }
    if (rc != RC_OK) {
        return rc;
    }
    forget(s);
    return restore(s, f);
}

/* ---- detect ---- */

/* The first cell of the first row as text; "" when there is none or the server does not know the
 * variable. */
static int ask(struct session *s, const char *sql, char *out, size_t cap, struct fault *f)
{
    const struct cell *cells = NULL;
    out[0] = 0;
    int rc = session_query(s, sql, strlen(sql), f);
    int got = rc == RC_OK ? session_row(s, &cells, f) : rc;
    if (got == 1 && cells && cells[0].p) {
        (void)snprintf(out, cap, "%.*s", (int)(cells[0].len < cap ? cells[0].len : cap - 1),
                       (const char *)cells[0].p);
    }
    rc = got >= 0 ? session_skip(s, f) : got;
    return rc == RC_SERVER ? RC_OK : rc;
}

/* Questions that one product alone answers. */
static int ask_each(struct session *s, struct fault *f)
{
    char words[256];
    int rc = RC_OK;
    for (int i = 0; i < PRODUCTS && rc == RC_OK && !product_is_told(s->info.product); i++) {
        const char *query = product_row((enum product_id)i)->query;
        if (query) {
            rc = ask(s, query, words, sizeof words, f);
        }
        if (query && rc == RC_OK && words[0]) {
            s->info.product = (enum product_id)i;
        }
    }
    return rc;
}

int session_detect(struct session *s, struct fault *f)
{
    char words[256];
    if (session_broken(s)) {
        return session_lost(s, f);
    }
    if (s->is_detected || product_is_told(s->info.product)) {
        return RC_OK;
    }
    int rc = ask(s, "SELECT @@version_comment", words, sizeof words, f);
    session_take_product(s, words);
    if (rc == RC_OK && !product_is_told(s->info.product) && !session_can(s, CAP_DEPRECATE_EOF)) {
        rc = ask_each(s, f);
    }
    s->is_detected = rc == RC_OK;
    return rc;
}
