/* test_catalog.c - SQLTables, SQLColumns, SQLGetTypeInfo: columns of the results as ODBC defines
 * them, patterns, enumerations, and agreement with what results of the same columns say. */
#include "integration/odbc.h"

static struct conn c;

/* All rows of a result, cells joined by '|', rows by ' ', NULL as '-'; only the columns whose bit
 * is set. */
static const char *joined(SQLHSTMT s, unsigned mask)
{
    static char out[4][20000];
    static unsigned turn;
    char *to = out[turn++ % 4];
    size_t n = 0;
    SQLSMALLINT cols = 0;
    ok(s, SQLNumResultCols(s, &cols));
    to[0] = '\0';
    while (SQLFetch(s) == SQL_SUCCESS) {
        const char *comma = "";
        for (SQLSMALLINT i = 1; i <= cols; i++) {
            if (!(mask >> i & 1))
                continue;
            const char *value = get(s, (SQLUSMALLINT)i);
            n += (size_t)snprintf(to + n, 20000 - n, "%s%s", comma,
                                  strcmp(value, "NULL") ? value : "-");
            comma = "|";
        }
        n += (size_t)snprintf(to + n, 20000 - n, " ");
    }
    SQLFreeStmt(s, SQL_CLOSE);
    return to;
}

static void make_tables(void)
{
    run(c.stmt,
        "CREATE TABLE one_table(id INT NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'the key',"
        " name VARCHAR(30) DEFAULT 'it''s', price DECIMAL(10,2) NOT NULL, made DATETIME(3), raw "
        "VARBINARY(16),"
        " n INT DEFAULT 5) COMMENT 'a table'");
    run(c.stmt, "CREATE TABLE oneXtable(a INT)");
    run(c.stmt, "CREATE VIEW some_view AS SELECT id FROM one_table");
}

static const char *tables(const char *table, const char *types)
{
    ok(c.stmt, SQLTables(c.stmt, text(c.database), SQL_NTS, NULL, 0, text(table), SQL_NTS,
                         text(types), SQL_NTS));
    return joined(c.stmt, 1u << 3 | 1u << 4);
}

START_TEST(table_lists)
{
    conn_open(&c, _i, "catalog");
    make_tables();
    ck_assert_str_eq(tables("%", ""), "oneXtable|TABLE one_table|TABLE some_view|VIEW ");
    ck_assert_str_eq(tables("one_table", ""), "oneXtable|TABLE one_table|TABLE ");
    ck_assert_str_eq(tables("one\\_table", ""), "one_table|TABLE ");
    ck_assert_str_eq(tables("o%", "VIEW"), "");
    ck_assert_str_eq(tables("%", "'VIEW'"), "some_view|VIEW ");
    ck_assert_str_eq(tables("%", "view,'TABLE'"),
                     "oneXtable|TABLE one_table|TABLE some_view|VIEW ");
    ck_assert_str_eq(tables("it's%\\", ""), "");
    /* the standard's name of a table, and the server's own */
    ck_assert_str_eq(tables("%", "BASE TABLE"), "oneXtable|TABLE one_table|TABLE ");
    ck_assert_str_eq(tables("%", "'Base Table'"), "oneXtable|TABLE one_table|TABLE ");
    ck_assert_str_eq(tables("%", "'VIEW', 'BASE TABLE'"),
                     "oneXtable|TABLE one_table|TABLE some_view|VIEW ");
    ck_assert_str_eq(tables("%", "BASE"), "");
    if (_i == 0) { /* MariaDB */
        run(c.stmt, "CREATE TABLE kept(a INT) WITH SYSTEM VERSIONING");
        ck_assert_str_eq(tables("kept", "BASE TABLE"), "kept|TABLE ");
        ck_assert_str_eq(tables("%", "SYSTEM VERSIONED"), "kept|TABLE ");
    }
    /* NULL is every database, "" the tables without one */
    ok(c.stmt, SQLTables(c.stmt, NULL, 0, NULL, 0, text("one\\_table"), SQL_NTS, NULL, 0));
    ck_assert(strstr(joined(c.stmt, 1u << 1 | 1u << 3), c.database));
    ok(c.stmt, SQLTables(c.stmt, text(""), 0, NULL, 0, text("one\\_table"), SQL_NTS, NULL, 0));
    ck_assert_str_eq(joined(c.stmt, 1u << 3), "");
    /* the three enumerations */
    ok(c.stmt, SQLTables(c.stmt, text("%"), SQL_NTS, text(""), 0, text(""), 0, text(""), 0));
    const char *all = joined(c.stmt, 1u << 1 | 1u << 3);
    ck_assert_msg(strstr(all, c.database) && strstr(all, "information_schema|- "), "%s", all);
    ok(c.stmt, SQLTables(c.stmt, text(""), 0, text("%"), SQL_NTS, text(""), 0, text(""), 0));
    ck_assert_str_eq(joined(c.stmt, 1u << 2), "");
    ok(c.stmt, SQLTables(c.stmt, text(""), 0, text(""), 0, text(""), 0, text("%"), SQL_NTS));
    ck_assert_str_eq(joined(c.stmt, 1u << 1 | 1u << 4), "-|SEQUENCE -|SYSTEM VIEW -|TABLE -|VIEW ");
    conn_close(&c);
}
END_TEST

static SQLRETURN columns_of(const char *catalog, const char *schema, const char *table,
                            const char *column)
{
    return SQLColumns(c.stmt, text(catalog), SQL_NTS, text(schema), SQL_NTS, text(table), SQL_NTS,
                      text(column), SQL_NTS);
}

static SQLRETURN tables_of(const char *catalog, const char *schema, const char *table,
                           const char *types)
{
    return SQLTables(c.stmt, text(catalog), SQL_NTS, text(schema), SQL_NTS, text(table), SQL_NTS,
                     text(types), SQL_NTS);
}

/* Names are identifiers, and none may be left out (ODBC reference, SQLTables, SQLColumns: HY009).
 */
START_TEST(identifiers)
{
    conn_open(&c, _i, "catalog");
    make_tables();
    const char *db = c.database;
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_METADATA_ID, (SQLPOINTER)SQL_TRUE, 0));
    ok(c.stmt, tables_of(db, "", "one_table ", ""));
    ck_assert_str_eq(joined(c.stmt, 1u << 3), "one_table ");
    ok(c.stmt, tables_of(db, "", "`one_table`", "'TABLE'"));
    ck_assert_str_eq(joined(c.stmt, 1u << 3), "one_table ");
    ok(c.stmt, tables_of(db, "", "one_table", NULL)); /* the types are a list, not a name */
    ck_assert_str_eq(joined(c.stmt, 1u << 3), "one_table ");
    ok(c.stmt, columns_of(db, "", "one_table", "`id`"));
    ck_assert_str_eq(joined(c.stmt, 1u << 4), "id ");
    refuses(c.stmt, "HY009", tables_of(NULL, "", "one_table", ""));
    refuses(c.stmt, "HY009", tables_of(db, NULL, "one_table", ""));
    refuses(c.stmt, "HY009", tables_of(db, "", NULL, ""));
    refuses(c.stmt, "HY009", columns_of(NULL, "", "one_table", "id"));
    refuses(c.stmt, "HY009", columns_of(db, NULL, "one_table", "id"));
    refuses(c.stmt, "HY009", columns_of(db, "", NULL, "id"));
    refuses(c.stmt, "HY009", columns_of(db, "", "one_table", NULL));
    conn_close(&c);
    /* without catalogs there is none to give */
    conn_open_as(&c, _i, "NO_CATALOG=1;");
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_METADATA_ID, (SQLPOINTER)SQL_TRUE, 0));
    ok(c.stmt, tables_of(NULL, "", "nothing", ""));
    ck_assert_str_eq(joined(c.stmt, 1u << 3), "");
    conn_close(&c);
}
END_TEST

/* A table of this door: the other one's test may run meanwhile. */
#ifdef UNICODE
#define ORDERS "orders-w"
#else
#define ORDERS "orders-a"
#endif

/* Two databases with a table of one name, as production and its copy have. */
START_TEST(own_database)
{
    char two[200], *both = NULL;
    for (int all = 0; all < 2; all++) {
        conn_open_as(&c, _i, all ? "NULLISCURRENT=0;" : "");
        conn_database(&c, "staging");
        run(c.stmt, "CREATE TABLE `" ORDERS "`(id INT)");
        snprintf(two, sizeof two, "%s|id ", c.database);
        conn_database(&c, "prod");
        run(c.stmt, "CREATE TABLE `" ORDERS "`(id INT)");
        both = strdup(two);
        snprintf(two, sizeof two, "%s|id ", c.database);
        char *every = malloc(500);
        snprintf(every, 500, "%s%s", two, both);
        ok(c.stmt, columns_of(NULL, NULL, ORDERS, NULL));
        ck_assert_str_eq(joined(c.stmt, 1u << 1 | 1u << 4), all ? every : two);
        ok(c.stmt, columns_of("", NULL, ORDERS, NULL));
        ck_assert_str_eq(joined(c.stmt, 1u << 1 | 1u << 4), two);
        /* SQLTables lists all in any case, and an argument is an argument */
        ok(c.stmt, tables_of(NULL, NULL, ORDERS, NULL));
        ck_assert(strstr(joined(c.stmt, 1u << 1), "_staging_"));
        run(c.stmt, is_unicode ? "USE mywire_staging_w" : "USE mywire_staging_a");
        ok(c.stmt, columns_of(NULL, NULL, ORDERS, NULL));
        ck_assert_str_eq(joined(c.stmt, 1u << 1 | 1u << 4), all ? every : both);
        /* no current database: there is nothing to prefer */
        run(c.stmt, is_unicode ? "CREATE DATABASE mywire_gone_w" : "CREATE DATABASE mywire_gone_a");
        run(c.stmt, is_unicode ? "USE mywire_gone_w" : "USE mywire_gone_a");
        run(c.stmt, is_unicode ? "DROP DATABASE mywire_gone_w" : "DROP DATABASE mywire_gone_a");
        ok(c.stmt, columns_of(NULL, NULL, ORDERS, NULL));
        ck_assert_str_eq(joined(c.stmt, 1u << 1 | 1u << 4), every);
        run(c.stmt,
            is_unicode ? "DROP DATABASE mywire_staging_w" : "DROP DATABASE mywire_staging_a");
        free(every);
        free(both);
        conn_close(&c);
    }
}
END_TEST

/* Names beyond ASCII, in and out, by both doors: the test is compiled for each. */
START_TEST(names_of_all_letters)
{
    conn_open(&c, _i, "catalog");
    run(c.stmt, "CREATE TABLE `jörg€`(`größe€` INT DEFAULT 5 COMMENT 'ä€') COMMENT 'für jörg€'");
    run(c.stmt, "CREATE TABLE `jxrg€`(a INT)");
    ok(c.stmt, tables_of(c.database, "", "jörg€", ""));
    ck_assert_str_eq(joined(c.stmt, 1u << 3 | 1u << 4 | 1u << 5), "jörg€|TABLE|für jörg€ ");
    ok(c.stmt, tables_of(c.database, "", "j_rg€", "TABLE"));
    const char *both = joined(c.stmt, 1u << 3); /* in the order of the server's collation */
    ck_assert_msg(strstr(both, "jxrg€ ") && strstr(both, "jörg€ "), "%s", both);
    ok(c.stmt, columns_of(c.database, "", "jörg€", "%öß%"));
    ck_assert_str_eq(joined(c.stmt, 1u << 3 | 1u << 4 | 1u << 12), "jörg€|größe€|ä€ ");
    /* a length counts characters of the door, and what stands behind is not read */
    test_char *name = text("jörg€ and more");
    SQLSMALLINT n = is_unicode ? 5 : (SQLSMALLINT)strlen("jörg€");
    ok(c.stmt, SQLTables(c.stmt, text(c.database), SQL_NTS, NULL, 0, name, n, NULL, 0));
    ck_assert_str_eq(joined(c.stmt, 1u << 3), "jörg€ ");
    refuses(c.stmt, "HY090",
            SQLTables(c.stmt, text(c.database), SQL_NTS, NULL, 0, name, -7, NULL, 0));
    conn_close(&c);
}
END_TEST

START_TEST(column_lists)
{
    conn_open(&c, _i, "catalog");
    make_tables();
    ok(c.stmt, SQLColumns(c.stmt, text(c.database), SQL_NTS, NULL, 0, text("one\\_table"), SQL_NTS,
                          NULL, 0));
    /* COLUMN_NAME, COLUMN_SIZE, DECIMAL_DIGITS, NULLABLE, COLUMN_DEF, ORDINAL_POSITION, IS_NULLABLE
     */
    const char *got =
        joined(c.stmt, 1u << 4 | 1u << 7 | 1u << 9 | 1u << 11 | 1u << 13 | 1u << 17 | 1u << 18);
    const char *want =
        "id|10|0|0|-|1|NO name|30|-|1|'it''s'|2|YES price|10|2|0|-|3|NO made|23|3|1|-|4|YES "
        "raw|16|-|1|-|5|YES n|10|0|1|5|6|YES ";
    ck_assert_msg(!strcmp(got, want), "%s:\n%s\n%s", c.server, got, want);
    ok(c.stmt, SQLColumns(c.stmt, text(c.database), SQL_NTS, NULL, 0, text("one\\_table"), SQL_NTS,
                          text("%i%e"), SQL_NTS));
    ck_assert_str_eq(joined(c.stmt, 1u << 4), "price ");
    conn_close(&c);
}
END_TEST

/* SQLColumns, and the description of a result with the same column, tell the same type, size and
 * digits. */
START_TEST(agreement)
{
    static const char *const types[] = {
        "TINYINT",
        "SMALLINT UNSIGNED",
        "INT",
        "INT UNSIGNED",
        "MEDIUMINT",
        "MEDIUMINT UNSIGNED",
        "BIGINT",
        "BIGINT UNSIGNED",
        "FLOAT",
        "DOUBLE",
        "DECIMAL(20,6)",
        "DATE",
        "TIME",
        "TIME(6)",
        "DATETIME",
        "DATETIME(6)",
        "TIMESTAMP(3) NULL",
        "YEAR",
        "CHAR(10)",
        "VARCHAR(255)",
        "TEXT",
        "MEDIUMTEXT",
        "LONGTEXT",
        "BINARY(8)",
        "VARBINARY(100)",
        "BLOB",
        "LONGBLOB",
        "BIT(1)",
        "BIT(9)",
        "ENUM('x','yyy')",
        "SET('x','yyy')",
    };
    conn_open(&c, _i, "catalog");
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        char sql[200];
        SQLSMALLINT type = 0, digits = 0, nullable = 0, len = 0;
        SQLULEN size = 0;
        test_char name[20], type_name[50];
        run(c.stmt, "DROP TABLE IF EXISTS agreement");
        snprintf(sql, sizeof sql, "CREATE TABLE agreement(v %s)", types[k]);
        run(c.stmt, sql);
        ok(c.stmt, direct(c.stmt, "SELECT v FROM agreement"));
        ok(c.stmt, SQLDescribeCol(c.stmt, 1, name, 20, &len, &type, &size, &digits, &nullable));
        ok(c.stmt,
           SQLColAttribute(c.stmt, 1, SQL_DESC_TYPE_NAME, type_name, sizeof type_name, &len, NULL));
        snprintf(sql, sizeof sql, "%d|%.50s|%lu|%d ", type,
                 text_back(type_name, (size_t)len / sizeof(test_char)), (unsigned long)size,
                 digits);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ok(c.stmt, SQLColumns(c.stmt, text(c.database), SQL_NTS, NULL, 0, text("agreement"),
                              SQL_NTS, NULL, 0));
        char *told = strdup(joined(c.stmt, 1u << 5 | 1u << 6 | 1u << 7 | 1u << 9));
        char *dash = strstr(told, "|- ");
        if (dash)
            dash[1] = '0'; /* SQLDescribeCol says 0 for no digits */
        bool is_same = !strcmp(told, sql);
        ck_assert_msg(is_same, "%s %s: SQLColumns %s, SQLDescribeCol %s", c.server, types[k], told,
                      sql);
        free(told);
    }
    conn_close(&c);
}
END_TEST

/* The columns of each catalog result: names and types, through every way to ask. */
static const struct {
    const char *function;
    int ncols;
    struct {
        int column;
        const char *name;
        SQLSMALLINT type;
    } some[4];
} shapes[] = {
    {"tables",
     5,
     {{1, "TABLE_CAT", SQL_VARCHAR},
      {2, "TABLE_SCHEM", SQL_VARCHAR},
      {4, "TABLE_TYPE", SQL_VARCHAR},
      {5, "REMARKS", SQL_VARCHAR}}},
    {"columns",
     18,
     {{4, "COLUMN_NAME", SQL_VARCHAR},
      {5, "DATA_TYPE", SQL_SMALLINT},
      {7, "COLUMN_SIZE", SQL_INTEGER},
      {17, "ORDINAL_POSITION", SQL_INTEGER}}},
    {"types",
     19,
     {{1, "TYPE_NAME", SQL_VARCHAR},
      {2, "DATA_TYPE", SQL_SMALLINT},
      {3, "COLUMN_SIZE", SQL_INTEGER},
      {19, "INTERVAL_PRECISION", SQL_SMALLINT}}},
};

START_TEST(result_shapes)
{
    conn_open_as(&c, _i, "");
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        SQLSMALLINT n = 0;
        if (k == 0)
            ok(c.stmt, SQLTables(c.stmt, NULL, 0, NULL, 0, text("nothing"), SQL_NTS, NULL, 0));
        else if (k == 1)
            ok(c.stmt, SQLColumns(c.stmt, NULL, 0, NULL, 0, text("nothing"), SQL_NTS, NULL, 0));
        else
            ok(c.stmt, SQLGetTypeInfo(c.stmt, SQL_ALL_TYPES));
        ok(c.stmt, SQLNumResultCols(c.stmt, &n));
        ck_assert_int_eq(n, shapes[k].ncols);
        for (int i = 0; i < 4; i++) {
            test_char name[40], type_name[40];
            SQLSMALLINT len = 0, type = 0;
            SQLUSMALLINT column = (SQLUSMALLINT)shapes[k].some[i].column;
            SQLSMALLINT want = shapes[k].some[i].type;
            if (is_unicode && want == SQL_VARCHAR)
                want = SQL_WVARCHAR;
            ok(c.stmt, SQLDescribeCol(c.stmt, column, name, 40, &len, &type, NULL, NULL, NULL));
            ck_assert_str_eq(text_back(name, (size_t)len), shapes[k].some[i].name);
            ck_assert_msg(type == want, "%s %s: %d", shapes[k].function, shapes[k].some[i].name,
                          type);
            ok(c.stmt, SQLColAttribute(c.stmt, column, SQL_DESC_TYPE_NAME, type_name,
                                       sizeof type_name, &len, NULL));
            ck_assert_int_gt(len, 0);
            ok(c.stmt, SQLColAttribute(c.stmt, column, SQL_DESC_TABLE_NAME, type_name,
                                       sizeof type_name, &len, NULL));
        }
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* Types programs ask for one by one (pyodbc, Qt): there is a row, and its size is true. */
START_TEST(types)
{
    static const struct {
        SQLSMALLINT type;
        const char *size; /* NULL: any */
    } asked[] = {{SQL_VARCHAR, "16383"},     {SQL_WVARCHAR, NULL}, {SQL_VARBINARY, "65532"},
                 {SQL_TYPE_TIMESTAMP, "26"}, {SQL_INTEGER, "10"},  {SQL_BIGINT, NULL},
                 {SQL_TYPE_DATE, "10"},      {SQL_DOUBLE, "15"},   {SQL_DECIMAL, "65"},
                 {SQL_LONGVARCHAR, NULL},    {SQL_WCHAR, NULL},    {SQL_BIT, "1"}};
    conn_open_as(&c, _i, "");
    for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
        ok(c.stmt, SQLGetTypeInfo(c.stmt, asked[k].type));
        SQLRETURN rc = SQLFetch(c.stmt);
        if (asked[k].type != SQL_BIT || rc != SQL_NO_DATA) {
            ck_assert_msg(rc == SQL_SUCCESS, "type %d has no row", asked[k].type);
            ck_assert_int_eq(strtol(get(c.stmt, 2), NULL, 10), asked[k].type);
            if (asked[k].size)
                ck_assert_msg(!strcmp(get(c.stmt, 3), asked[k].size), "type %d: size %s",
                              asked[k].type, get(c.stmt, 3));
        }
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    refuses(c.stmt, "HY004", SQLGetTypeInfo(c.stmt, 1234));
    conn_close(&c);
}
END_TEST

/* "varchar(16383)": name, parameters and the largest of each, as programs write CREATE TABLE. */
static void spell(char *out, size_t cap, const char *name, const char *params, const char *size,
                  const char *scale)
{
    if (!strcmp(params, "NULL"))
        snprintf(out, cap, "%s", name);
    else if (!strcmp(params, "scale"))
        snprintf(out, cap, "%s(%s)", name, scale);
    else if (!strcmp(params, "length"))
        snprintf(out, cap, "%s(%s)", name, size);
    else
        snprintf(out, cap, "%s(%s,%s)", name, size, scale);
}

/* Every type that is listed can be created, nullable; the column then has the listed SQL
 * type and size. */
START_TEST(types_can_be_used)
{
    conn_open(&c, _i, "catalog");
    SQLHSTMT other = new_stmt(&c);
    int n = 0;
    ok(c.stmt, SQLGetTypeInfo(c.stmt, SQL_ALL_TYPES));
    for (; SQLFetch(c.stmt) == SQL_SUCCESS; n++) {
        char type[200], sql[300];
        SQLSMALLINT want = (SQLSMALLINT)strtol(get(c.stmt, 2), NULL, 10), is = 0, digits = 0;
        char size[20], params[40];
        SQLULEN size_is = 0;
        snprintf(size, sizeof size, "%s", get(c.stmt, 3));
        snprintf(params, sizeof params, "%s", get(c.stmt, 6));
        spell(type, sizeof type, get(c.stmt, 1), params, size, get(c.stmt, 15));
        run(other, "DROP TABLE IF EXISTS made");
        snprintf(sql, sizeof sql, "CREATE TABLE made(v %s NULL)", type);
        run(other, sql);
        ok(other, direct(other, "SELECT v FROM made"));
        ok(other, SQLDescribeCol(other, 1, NULL, 0, NULL, &is, &size_is, &digits, NULL));
        bool is_twin = want == SQL_FLOAT || want == SQL_NUMERIC || want == SQL_CHAR ||
                       want == SQL_VARCHAR || want == SQL_LONGVARCHAR || want == SQL_WCHAR ||
                       want == SQL_WVARCHAR || want == SQL_WLONGVARCHAR;
        ck_assert_msg(is == want || is_twin, "%s: %d, not %d", type, is, want);
        ck_assert_msg(!strcmp(params, "NULL") || !strcmp(params, "scale") ||
                          size_is == strtoul(size, NULL, 10),
                      "%s: size %lu, not %s", type, (unsigned long)size_is, size);
        SQLFreeStmt(other, SQL_CLOSE);
    }
    ck_assert_int_gt(n, 30);
    drop_stmt(other);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("catalog");
    TCase *t = tcase_create("catalog");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, table_lists, 0, NSERVERS);
    tcase_add_loop_test(t, identifiers, 0, NSERVERS);
    tcase_add_loop_test(t, own_database, 0, NSERVERS);
    tcase_add_loop_test(t, names_of_all_letters, 0, NSERVERS);
    tcase_add_loop_test(t, column_lists, 0, NSERVERS);
    tcase_add_loop_test(t, agreement, 0, NSERVERS);
    tcase_add_loop_test(t, result_shapes, 0, NSERVERS);
    tcase_add_loop_test(t, types, 0, NSERVERS);
    tcase_add_loop_test(t, types_can_be_used, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
