/* sqlmode.c - how the server reads SQL. */
#include "odbc/command/sqlmode.h"

#include "odbc/command/roundtrip.h"

struct sql_mode sqlmode_now(const struct dbc *d)
{
    struct session *w = d->session;
    struct sql_mode m = {0};
    if (w) {
        m.product = session_info(w)->product;
        m.no_backslash_escapes = session_no_backslash_escapes(w);
        m.ansi_quotes = session_ansi_quotes(w);
    }
    return m;
}

int sqlmode_of(struct dbc *d, bool has_quotes, struct sql_mode *m, struct fault *f)
{
    int rc = RC_OK;
    if (has_quotes && d->session && !session_broken(d->session) &&
        !session_knows_quotes(d->session)) {
        rc = dbc_free_wire(d, f);
        rc = rc ? rc : session_ask_quotes(d->session, f);
    }
    *m = sqlmode_now(d);
    return rc;
}
