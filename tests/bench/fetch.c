/* fetch.c - what a row costs that comes from the server: eight columns of different types. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

enum { ROWSET = 1000, TEXT = 64, COLUMNS = 8, FLOATS = 4 };
static const char *const select_all = "SELECT i, b, d, m, s1, s2, t, n FROM bench_rows";
static const char *const select_floats = "SELECT i, f, g, s1 FROM bench_rows";

struct column {
    SQLSMALLINT ctype;
    size_t size;
};
static const struct column as_types[COLUMNS] = {
    {SQL_C_SLONG, 4},   {SQL_C_SBIGINT, 8}, {SQL_C_DOUBLE, 8},          {SQL_C_CHAR, TEXT},
    {SQL_C_CHAR, TEXT}, {SQL_C_CHAR, TEXT}, {SQL_C_TYPE_TIMESTAMP, 16}, {SQL_C_SLONG, 4}};
static const struct column as_wide[COLUMNS] = {{SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT},
                                               {SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT},
                                               {SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT},
                                               {SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT}};

static const struct column as_floats[FLOATS] = {
    {SQL_C_SLONG, 4}, {SQL_C_FLOAT, 4}, {SQL_C_DOUBLE, 8}, {SQL_C_CHAR, TEXT}};

static char block[COLUMNS][ROWSET * 2 * TEXT];
static SQLLEN lengths[COLUMNS][ROWSET];

double bytes_sent(struct run *r)
{
    char text[64] = "0";
    SQLLEN n;
    if (!exec(r, "SHOW SESSION STATUS LIKE 'Bytes_sent'"))
        return 0;
    if (SQL_SUCCEEDED(SQLFetch(r->stmt)))
        SQLGetData(r->stmt, 2, SQL_C_CHAR, text, sizeof text, &n);
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    return strtod(text, NULL);
}

static int fetch_block(struct run *r, const char *sql, const struct column *cols, int ncols)
{
    SQLULEN fetched = 0;
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)ROWSET, 0);
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    for (int c = 0; c < ncols; c++)
        SQLBindCol(r->stmt, (SQLUSMALLINT)(c + 1), cols[c].ctype, block[c], (SQLLEN)cols[c].size,
                   lengths[c]);
    if (!exec(r, sql))
        return 0;
    while (SQL_SUCCEEDED(SQLFetch(r->stmt)))
        r->out.units += (double)fetched;
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    SQLFreeStmt(r->stmt, SQL_UNBIND);
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1, 0);
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROWS_FETCHED_PTR, NULL, 0);
    return r->out.units > 0;
}

int fetch_types(struct run *r)
{
    return fetch_block(r, select_all, as_types, COLUMNS);
}

int fetch_wide(struct run *r)
{
    return fetch_block(r, select_all, as_wide, COLUMNS);
}

/* Without parameters FLOAT columns are read in binary form, for the digits that text has not. */
int fetch_floats(struct run *r)
{
    return fetch_block(r, select_floats, as_floats, FLOATS);
}

int fetch_getdata(struct run *r)
{
    char text[TEXT];
    SQLLEN n;
    if (!exec(r, select_all))
        return 0;
    while (SQL_SUCCEEDED(SQLFetch(r->stmt))) {
        for (SQLUSMALLINT c = 1; c <= COLUMNS; c++)
            SQLGetData(r->stmt, c, SQL_C_CHAR, text, sizeof text, &n);
        r->out.units++;
    }
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    return r->out.units > 0;
}

int make_fetch_table(struct run *r)
{
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO bench_rows SELECT seq, seq * 4000000007, seq / 7.0e0, seq / 100, CONCAT('name "
        "', seq), "
        "CONCAT('K\xc3\xb6ln, street ', seq %% 977, ', house ', seq %% 31), "
        "'2020-01-01' + INTERVAL seq SECOND, IF(seq %% 5 = 0, NULL, seq %% 1000), seq / 7.0e0, seq "
        "* 1.1e0 FROM seq_1_to_%ld",
        r->rows);
    return exec(r, "DROP TABLE IF EXISTS bench_rows") &&
           exec(r,
                "CREATE TABLE bench_rows (i INT NOT NULL, b BIGINT NOT NULL, d DOUBLE NOT NULL, "
                "m DECIMAL(12,2) NOT NULL, s1 VARCHAR(40) NOT NULL, s2 VARCHAR(60) CHARACTER SET "
                "utf8mb4 "
                "NOT NULL, t DATETIME NOT NULL, n INT, f FLOAT NOT NULL, g FLOAT NOT NULL) "
                "ENGINE=MyISAM") &&
           exec(r, sql);
}
