/* insert.c - what a row costs that goes to the server: five columns, by arrays. */
#include <stdio.h>
#include <sys/resource.h>

#include "bench.h"

int make_insert_table(struct run *r)
{
    return exec(r, "DROP TABLE IF EXISTS bench_insert") &&
           exec(r, "CREATE TABLE bench_insert (id INT PRIMARY KEY, number BIGINT NOT NULL, ratio "
                   "DOUBLE NOT NULL, text VARCHAR(40) CHARACTER SET utf8mb4 NOT NULL, at DATETIME "
                   "NOT NULL) ENGINE=InnoDB");
}

static struct {
    SQLINTEGER id[ARRAY];
    SQLBIGINT number[ARRAY];
    SQLDOUBLE ratio[ARRAY];
    char text[ARRAY][40];
    SQLLEN text_len[ARRAY];
    SQL_TIMESTAMP_STRUCT at[ARRAY];
} array;

static void array_fill(long first, long n)
{
    for (long i = 0; i < n; i++) {
        long k = first + i;
        array.id[i] = (SQLINTEGER)k;
        array.number[i] = (SQLBIGINT)k * 4000000007;
        array.ratio[i] = (double)k / 7;
        array.text_len[i] =
            snprintf(array.text[i], sizeof array.text[i], "K\xc3\xb6ln, street %ld", k % 977);
        array.at[i] = (SQL_TIMESTAMP_STRUCT){
            2020, (SQLUSMALLINT)(1 + k % 12), (SQLUSMALLINT)(1 + k % 28), 12, 30, 1, 0};
    }
}

static int array_bind(struct run *r)
{
    SQLHSTMT q = r->stmt;
    SQLBindParameter(q, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, array.id, 0, NULL);
    SQLBindParameter(q, 2, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, array.number, 0, NULL);
    SQLBindParameter(q, 3, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, array.ratio, 0, NULL);
    SQLBindParameter(q, 4, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 40, 0, array.text, 40,
                     array.text_len);
    SQLBindParameter(q, 5, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 19, 0,
                     array.at, sizeof array.at[0], NULL);
    return check(SQLPrepare(q,
                            (SQLCHAR *)"INSERT INTO bench_insert (id, number, ratio, text, at) "
                                       "VALUES (?, ?, ?, ?, ?)",
                            SQL_NTS),
                 SQL_HANDLE_STMT, q, "prepare");
}

/* The second array has made all room that is needed; what comes after should need no more. */
static int insert_arrays(struct run *r)
{
    double early = 0;
    if (!array_bind(r))
        return 0;
    for (long first = 0; first < r->inserts; first += ARRAY) {
        long n = r->inserts - first < ARRAY ? r->inserts - first : ARRAY;
        bench_pause(r);
        array_fill(first, n);
        bench_go_on(r);
        SQLSetStmtAttr(r->stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)n, 0);
        if (!check(SQLExecute(r->stmt), SQL_HANDLE_STMT, r->stmt, "execute"))
            return 0;
        if (first <= ARRAY)
            early = peak_mb(RUSAGE_SELF);
    }
    r->out.units = (double)r->inserts;
    r->out.grown_mb = peak_mb(RUSAGE_SELF) - early;
    return 1;
}

int insert_array(struct run *r)
{
    return exec(r, "TRUNCATE TABLE bench_insert") && insert_arrays(r);
}

int insert_loads(struct run *r)
{
    return insert_arrays(r);
}

int insert_transaction(struct run *r)
{
    SQLSetConnectAttr(r->dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    return insert_arrays(r) &&
           check(SQLEndTran(SQL_HANDLE_DBC, r->dbc, SQL_COMMIT), SQL_HANDLE_DBC, r->dbc, "commit");
}
