/* sqlmode.c - how the server reads SQL. */
#include "odbc/sqlmode.h"

#include "odbc/roundtrip.h"

static enum sql_dialect dialect_of(const struct dbc *d)
{
    static const enum sql_dialect dialects[] = {[PRODUCT_MYSQL] = SQL_DIALECT_MYSQL,
                                                [PRODUCT_MARIADB] = SQL_DIALECT_MARIADB,
                                                [PRODUCT_SINGLESTORE] = SQL_DIALECT_SINGLESTORE,
                                                [PRODUCT_TIDB] = SQL_DIALECT_TIDB,
                                                [PRODUCT_STARROCKS] = SQL_DIALECT_STARROCKS,
                                                [PRODUCT_DORIS] = SQL_DIALECT_DORIS};
    return d->session ? dialects[session_info(d->session)->product] : SQL_DIALECT_MYSQL;
}

struct sql_mode sqlmode_now(const struct dbc *d)
{
    struct sql_mode m = {.dialect = dialect_of(d)};
    m.no_backslash_escapes = d->session && session_no_backslash_escapes(d->session);
    m.ansi_quotes = d->session && session_ansi_quotes(d->session);
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
