/* mode.c - how the session reads SQL text: what its sql_mode makes of backslashes and double
 * quotes.
 *
 * NO_BACKSLASH_ESCAPES is told by a status flag; ANSI_QUOTES is told by nothing, so it is asked for
 * when a text makes it matter, and is known until a statement that may set sql_mode is sent.
 * Procedures and functions need not be suspected: the mode that they set ends with them.  Source:
 * MySQL manual, "Server SQL Modes", "CREATE PROCEDURE" (sql_mode of a routine); tried on MySQL 9
 * and MariaDB 10.11. */
#include "base/text.h"
#include "wire/session_parts.h"

#define STATUS_NO_BACKSLASH_ESCAPES 0x0200u

/* Products without the mode have strings of one kind, whatever flags they, or a proxy before them,
 * set. */
bool session_no_backslash_escapes(const struct session *s)
{
    return session_product(s)->has_backslash_mode && (s->status & STATUS_NO_BACKSLASH_ESCAPES);
}

bool session_ansi_quotes(const struct session *s)
{
    return session_product(s)->has_ansi_mode && s->quotes == QUOTES_NAMES;
}

bool session_knows_quotes(const struct session *s)
{
    return !session_product(s)->has_ansi_mode || s->quotes != QUOTES_UNKNOWN;
}

int session_ask_quotes(struct session *s, struct fault *f)
{
    static const char sql[] = "SELECT @@sql_mode";
    const struct cell *cells = NULL;
    enum session_quotes quotes = QUOTES_STRINGS;
    int rc = session_query(s, sql, sizeof sql - 1, f);
    int got = rc == RC_OK ? session_row(s, &cells, f) : rc;
    if (got == 1 && cells[0].p && text_has((const char *)cells[0].p, cells[0].len, "ansi_quotes")) {
        quotes = QUOTES_NAMES;
    }
    rc = got >= 0 ? session_skip(s, f) : got;
    if (rc == RC_OK || rc == RC_SERVER) { /* without the variable there is but one mode */
        s->quotes = quotes;
        rc = RC_OK;
    }
    return rc;
}

/* Statements that set no variable, if they are alone. */
static bool begins_plainly(const char *sql, size_t n)
{
    static const char *const words[] = {"select", "insert", "update", "delete", "replace", "with",
                                        "call",   "show",   "values", "create", "drop",    "alter"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (n > len && text_eqn(sql, len, words[i])) {
            return true;
        }
    }
    return false;
}

static size_t spaces(const char *sql, size_t n)
{
    size_t i = 0;
    while (i < n && sql[i] && strchr(" \t\r\n(", sql[i])) {
        i++;
    }
    return i;
}

/* USE does, and DROP DATABASE.  Servers tell of it, unless session_track_schema is off. */
static bool database_may_change(const char *sql, size_t n)
{
    if (n && *sql && strchr("uUdD/-#", *sql)) {
        return text_has(sql, n, "use") || text_has(sql, n, "database") ||
               text_has(sql, n, "schema");
    }
    return n && memchr(sql, ';', n - 1) && text_has(sql, n, "use");
}

void mode_suspect(struct session *s, const char *sql, size_t n)
{
    size_t skip = spaces(sql, n);
    if (s->quotes && quotes_may_change(sql, n)) {
        s->quotes = QUOTES_UNKNOWN;
    }
    s->is_database_old = s->is_database_old || !session_can(s, CAP_SESSION_TRACK) ||
                         database_may_change(sql + skip, n - skip);
}

bool quotes_may_change(const char *sql, size_t n)
{
    size_t skip = spaces(sql, n);
    sql += skip;
    n -= skip;
    if (begins_plainly(sql, n) && !memchr(sql, ';', n)) {
        return false;
    }
    return text_has(sql, n, "sql_mode") || text_has(sql, n, "execute");
}
