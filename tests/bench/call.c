/* call.c - what a statement costs, and what a connection costs. */
#include "bench.h"

enum { STATEMENTS = 5000, CONNECTIONS = 60 };

int select_one(struct run *r)
{
    SQLINTEGER v = 0;
    SQLLEN n;
    for (int i = 0; i < STATEMENTS; i++) {
        if (!exec(r, "SELECT 1"))
            return 0;
        SQLFetch(r->stmt);
        SQLGetData(r->stmt, 1, SQL_C_SLONG, &v, sizeof v, &n);
        SQLFreeStmt(r->stmt, SQL_CLOSE);
        if (v != 1)
            return 0;
    }
    r->out.units = STATEMENTS;
    return 1;
}

int prepared_one(struct run *r)
{
    SQLINTEGER p = 0, v = 0;
    SQLLEN n = 0;
    if (!check(SQLPrepare(r->stmt, (SQLCHAR *)"SELECT ? + 1", SQL_NTS), SQL_HANDLE_STMT, r->stmt,
               "prepare"))
        return 0;
    SQLBindParameter(r->stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &p, 0, &n);
    for (int i = 0; i < STATEMENTS; i++) {
        p = i;
        if (!check(SQLExecute(r->stmt), SQL_HANDLE_STMT, r->stmt, "execute"))
            return 0;
        SQLFetch(r->stmt);
        SQLGetData(r->stmt, 1, SQL_C_SLONG, &v, sizeof v, &n);
        SQLFreeStmt(r->stmt, SQL_CLOSE);
        if (v != i + 1)
            return 0;
    }
    SQLFreeStmt(r->stmt, SQL_RESET_PARAMS);
    r->out.units = STATEMENTS;
    return 1;
}

int reconnect(struct run *r)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        if (!run_connect(r))
            return 0;
        run_disconnect(r);
    }
    r->out.units = CONNECTIONS;
    return 1;
}
