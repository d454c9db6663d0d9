/* test_info.c - SQLGetInfo tells what is true: each answer is derived by doing what it speaks of,
 * on each server, and compared. */
#include "integration/odbc.h"

static struct conn c;

static SQLUINTEGER bits_of(SQLUSMALLINT id)
{
    SQLUINTEGER bits = 0;
    SQLRETURN rc = SQLGetInfo(c.dbc, id, &bits, sizeof bits, NULL);
    ck_assert_msg(SQL_SUCCEEDED(rc), "SQLGetInfo %u: %s", id,
                  said_at(SQL_HANDLE_DBC, c.dbc, 1).text);
    return bits;
}

static SQLUSMALLINT small_of(SQLUSMALLINT id)
{
    SQLUSMALLINT n = 0;
    ck_assert(SQL_SUCCEEDED(SQLGetInfo(c.dbc, id, &n, sizeof n, NULL)));
    return n;
}

static const char *text_of(SQLUSMALLINT id)
{
    static test_char out[4000];
    SQLSMALLINT bytes = 0;
    ck_assert(SQL_SUCCEEDED(SQLGetInfo(c.dbc, id, out, sizeof out, &bytes)));
    return text_back(out, (size_t)bytes / sizeof(test_char));
}

static void open_here(int server, const char *keys)
{
    conn_open_as(&c, server, keys);
    conn_database(&c, "info");
}

/* Statements with ';' between them; the first that fails ends it. */
static bool works(const char *script)
{
    char sql[2000];
    for (const char *at = script; *at;) {
        size_t n = strcspn(at, ";");
        snprintf(sql, sizeof sql, "%.*s", (int)n, at);
        SQLRETURN rc = direct(c.stmt, sql);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        if (!SQL_SUCCEEDED(rc) && rc != SQL_NO_DATA)
            return false;
        at += n + (at[n] == ';');
    }
    return true;
}

/* --- what SQL can do -------------------------------------------------------------------------- */

/* MORE: it works although it is not claimed: on one server only, or without an effect. */
enum claim_kind { EXACTLY, MORE };

/* clang-format off */
static const struct claim {
    SQLUSMALLINT id;
    SQLUINTEGER bit;
    const char *script;
    enum claim_kind kind;
} claims[] = {
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_AVG, "SELECT AVG(a) FROM t", EXACTLY},
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_COUNT, "SELECT COUNT(a) FROM t", EXACTLY},
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_MAX, "SELECT MAX(a) FROM t", EXACTLY},
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_MIN, "SELECT MIN(a) FROM t", EXACTLY},
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_SUM, "SELECT SUM(a) FROM t", EXACTLY},
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_DISTINCT, "SELECT COUNT(DISTINCT a) FROM t", EXACTLY},
    {SQL_AGGREGATE_FUNCTIONS, SQL_AF_ALL, "SELECT COUNT(ALL a) FROM t", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_ADD_COLUMN, "CREATE TABLE x(a INT);ALTER TABLE x ADD COLUMN (b INT, c INT)", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_DROP_COLUMN, "CREATE TABLE x(a INT, b INT);ALTER TABLE x DROP COLUMN b", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_ADD_COLUMN_SINGLE, "CREATE TABLE x(a INT);ALTER TABLE x ADD COLUMN b INT", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_ADD_COLUMN_DEFAULT, "CREATE TABLE x(a INT);ALTER TABLE x ADD COLUMN b INT DEFAULT 7", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_ADD_COLUMN_COLLATION, "CREATE TABLE x(a INT);ALTER TABLE x ADD COLUMN b CHAR(9) COLLATE utf8mb4_bin", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_ADD_CONSTRAINT, "CREATE TABLE x(a INT);ALTER TABLE x ADD COLUMN b INT NOT NULL UNIQUE", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_SET_COLUMN_DEFAULT, "CREATE TABLE x(a INT);ALTER TABLE x ALTER COLUMN a SET DEFAULT 3", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_DROP_COLUMN_DEFAULT, "CREATE TABLE x(a INT DEFAULT 4);ALTER TABLE x ALTER COLUMN a DROP DEFAULT", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_ADD_TABLE_CONSTRAINT, "CREATE TABLE x(a INT);ALTER TABLE x ADD UNIQUE (a)", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_CONSTRAINT_NAME_DEFINITION, "CREATE TABLE x(a INT);ALTER TABLE x ADD CONSTRAINT only_one UNIQUE (a)", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_DROP_COLUMN_CASCADE, "CREATE TABLE x(a INT, b INT);ALTER TABLE x DROP COLUMN b CASCADE", MORE},
    {SQL_ALTER_TABLE, SQL_AT_DROP_COLUMN_RESTRICT, "CREATE TABLE x(a INT, b INT);ALTER TABLE x DROP COLUMN b RESTRICT", MORE},
    {SQL_ALTER_TABLE, SQL_AT_DROP_TABLE_CONSTRAINT_CASCADE, "CREATE TABLE x(a INT, CONSTRAINT only_one UNIQUE (a));ALTER TABLE x DROP CONSTRAINT only_one CASCADE", EXACTLY},
    {SQL_ALTER_TABLE, SQL_AT_DROP_TABLE_CONSTRAINT_RESTRICT, "CREATE TABLE x(a INT, CONSTRAINT only_one UNIQUE (a));ALTER TABLE x DROP CONSTRAINT only_one RESTRICT", EXACTLY},
    {SQL_CATALOG_USAGE, SQL_CU_DML_STATEMENTS, "SELECT * FROM information_schema.tables WHERE 1 = 0", EXACTLY},
    {SQL_CATALOG_USAGE, SQL_CU_TABLE_DEFINITION, "CREATE TABLE mywire_info_@.x(a INT)", EXACTLY},
    {SQL_CATALOG_USAGE, SQL_CU_INDEX_DEFINITION, "CREATE TABLE x(a INT);CREATE INDEX i ON mywire_info_@.x(a)", EXACTLY},
    {SQL_CATALOG_USAGE, SQL_CU_PROCEDURE_INVOCATION, "CREATE PROCEDURE px() SELECT 1;CALL mywire_info_@.px()", EXACTLY},
    {SQL_CREATE_SCHEMA, SQL_CS_AUTHORIZATION, "CREATE SCHEMA mywire_no AUTHORIZATION app", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_CREATE_TABLE, "CREATE TABLE x(a INT)", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_TABLE_CONSTRAINT, "CREATE TABLE x(a INT, UNIQUE (a))", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_CONSTRAINT_NAME_DEFINITION, "CREATE TABLE x(a INT, CONSTRAINT only_one UNIQUE (a))", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_COLUMN_CONSTRAINT, "CREATE TABLE x(a INT NOT NULL UNIQUE)", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_COLUMN_DEFAULT, "CREATE TABLE x(a INT DEFAULT 1)", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_COLUMN_COLLATION, "CREATE TABLE x(a CHAR(3) COLLATE utf8mb4_bin)", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_LOCAL_TEMPORARY, "CREATE TEMPORARY TABLE x(a INT)", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_GLOBAL_TEMPORARY, "CREATE GLOBAL TEMPORARY TABLE x(a INT)", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_COMMIT_PRESERVE, "CREATE TEMPORARY TABLE x(a INT) ON COMMIT PRESERVE ROWS", EXACTLY},
    {SQL_CREATE_TABLE, SQL_CT_CONSTRAINT_DEFERRABLE, "CREATE TABLE x(a INT UNIQUE DEFERRABLE)", EXACTLY},
    {SQL_CREATE_VIEW, SQL_CV_CREATE_VIEW, "CREATE VIEW vx AS SELECT a FROM t", EXACTLY},
    {SQL_CREATE_VIEW, SQL_CV_CHECK_OPTION, "CREATE VIEW vx AS SELECT a FROM t WHERE a > 1 WITH CHECK OPTION", EXACTLY},
    {SQL_CREATE_VIEW, SQL_CV_CASCADED, "CREATE VIEW vx AS SELECT a FROM t WHERE a > 1 WITH CASCADED CHECK OPTION", EXACTLY},
    {SQL_CREATE_VIEW, SQL_CV_LOCAL, "CREATE VIEW vx AS SELECT a FROM t WHERE a > 1 WITH LOCAL CHECK OPTION", EXACTLY},
    {SQL_CREATE_DOMAIN, SQL_CDO_CREATE_DOMAIN, "CREATE DOMAIN dx AS INT", EXACTLY},
    {SQL_CREATE_ASSERTION, SQL_CA_CREATE_ASSERTION, "CREATE ASSERTION ax CHECK (1 = 1)", EXACTLY},
    {SQL_CREATE_CHARACTER_SET, SQL_CCS_CREATE_CHARACTER_SET, "CREATE CHARACTER SET cx GET utf8mb4", EXACTLY},
    {SQL_CREATE_COLLATION, SQL_CCOL_CREATE_COLLATION, "CREATE COLLATION cx FOR utf8mb4 FROM utf8mb4_bin", EXACTLY},
    {SQL_CREATE_TRANSLATION, SQL_CTR_CREATE_TRANSLATION, "CREATE TRANSLATION cx FOR utf8mb4 TO latin1 FROM IDENTITY", EXACTLY},
    {SQL_DATETIME_LITERALS, SQL_DL_SQL92_DATE, "SELECT DATE '2020-01-02'", EXACTLY},
    {SQL_DATETIME_LITERALS, SQL_DL_SQL92_TIME, "SELECT TIME '03:04:05'", EXACTLY},
    {SQL_DATETIME_LITERALS, SQL_DL_SQL92_TIMESTAMP, "SELECT TIMESTAMP '2020-01-02 03:04:05'", EXACTLY},
    {SQL_DATETIME_LITERALS, SQL_DL_SQL92_INTERVAL_DAY, "SELECT INTERVAL '1' DAY", EXACTLY},
    {SQL_DATETIME_LITERALS, SQL_DL_SQL92_INTERVAL_YEAR_TO_MONTH, "SELECT INTERVAL '1-2' YEAR TO MONTH", EXACTLY},
    {SQL_DDL_INDEX, SQL_DI_CREATE_INDEX, "CREATE TABLE x(a INT);CREATE INDEX i ON x(a)", EXACTLY},
    {SQL_DDL_INDEX, SQL_DI_DROP_INDEX, "CREATE TABLE x(a INT, KEY i (a));DROP INDEX i ON x", EXACTLY},
    {SQL_INDEX_KEYWORDS, SQL_IK_ASC, "CREATE TABLE x(a INT);CREATE INDEX i ON x(a ASC)", EXACTLY},
    {SQL_INDEX_KEYWORDS, SQL_IK_DESC, "CREATE TABLE x(a INT);CREATE INDEX i ON x(a DESC)", EXACTLY},
    {SQL_DROP_TABLE, SQL_DT_DROP_TABLE, "CREATE TABLE x(a INT);DROP TABLE x", EXACTLY},
    {SQL_DROP_TABLE, SQL_DT_CASCADE, "CREATE TABLE x(a INT);DROP TABLE x CASCADE", EXACTLY},
    {SQL_DROP_TABLE, SQL_DT_RESTRICT, "CREATE TABLE x(a INT);DROP TABLE x RESTRICT", EXACTLY},
    {SQL_DROP_VIEW, SQL_DV_DROP_VIEW, "CREATE VIEW vx AS SELECT 1 AS a;DROP VIEW vx", EXACTLY},
    {SQL_DROP_VIEW, SQL_DV_CASCADE, "CREATE VIEW vx AS SELECT 1 AS a;DROP VIEW vx CASCADE", EXACTLY},
    {SQL_DROP_VIEW, SQL_DV_RESTRICT, "CREATE VIEW vx AS SELECT 1 AS a;DROP VIEW vx RESTRICT", EXACTLY},
    {SQL_INSERT_STATEMENT, SQL_IS_INSERT_LITERALS, "CREATE TABLE x(a INT);INSERT INTO x VALUES (1)", EXACTLY},
    {SQL_INSERT_STATEMENT, SQL_IS_INSERT_SEARCHED, "CREATE TABLE x(a INT);INSERT INTO x SELECT a FROM t", EXACTLY},
    {SQL_INSERT_STATEMENT, SQL_IS_SELECT_INTO, "SELECT a INTO x FROM t", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_LEFT, "SELECT * FROM t LEFT OUTER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_RIGHT, "SELECT * FROM t RIGHT OUTER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_FULL, "SELECT * FROM t FULL OUTER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_NESTED, "SELECT * FROM t LEFT OUTER JOIN (u LEFT OUTER JOIN t AS w ON u.a = w.a) ON t.a = u.a", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_NOT_ORDERED, "SELECT * FROM t LEFT OUTER JOIN u ON u.a = t.a", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_INNER, "SELECT * FROM t LEFT OUTER JOIN u ON t.a = u.a INNER JOIN t AS w ON u.a = w.a", EXACTLY},
    {SQL_OJ_CAPABILITIES, SQL_OJ_ALL_COMPARISON_OPS, "SELECT * FROM t LEFT OUTER JOIN u ON t.a < u.a", EXACTLY},
    {SQL_SQL92_DATETIME_FUNCTIONS, SQL_SDF_CURRENT_DATE, "SELECT CURRENT_DATE", EXACTLY},
    {SQL_SQL92_DATETIME_FUNCTIONS, SQL_SDF_CURRENT_TIME, "SELECT CURRENT_TIME", EXACTLY},
    {SQL_SQL92_DATETIME_FUNCTIONS, SQL_SDF_CURRENT_TIMESTAMP, "SELECT CURRENT_TIMESTAMP", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_DELETE_RULE, SQL_SFKD_CASCADE, "CREATE TABLE x(a INT, FOREIGN KEY (a) REFERENCES t(a) ON DELETE CASCADE)", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_DELETE_RULE, SQL_SFKD_NO_ACTION, "CREATE TABLE x(a INT, FOREIGN KEY (a) REFERENCES t(a) ON DELETE NO ACTION)", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_DELETE_RULE, SQL_SFKD_SET_NULL, "CREATE TABLE x(a INT, FOREIGN KEY (a) REFERENCES t(a) ON DELETE SET NULL)", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_DELETE_RULE, SQL_SFKD_SET_DEFAULT, "CREATE TABLE x(a INT DEFAULT 1, FOREIGN KEY (a) REFERENCES t(a) ON DELETE SET DEFAULT)", MORE},
    {SQL_SQL92_FOREIGN_KEY_UPDATE_RULE, SQL_SFKU_CASCADE, "CREATE TABLE x(a INT, FOREIGN KEY (a) REFERENCES t(a) ON UPDATE CASCADE)", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_UPDATE_RULE, SQL_SFKU_NO_ACTION, "CREATE TABLE x(a INT, FOREIGN KEY (a) REFERENCES t(a) ON UPDATE NO ACTION)", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_UPDATE_RULE, SQL_SFKU_SET_NULL, "CREATE TABLE x(a INT, FOREIGN KEY (a) REFERENCES t(a) ON UPDATE SET NULL)", EXACTLY},
    {SQL_SQL92_FOREIGN_KEY_UPDATE_RULE, SQL_SFKU_SET_DEFAULT, "CREATE TABLE x(a INT DEFAULT 1, FOREIGN KEY (a) REFERENCES t(a) ON UPDATE SET DEFAULT)", MORE},
    {SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_BIT_LENGTH, "SELECT BIT_LENGTH('x')", EXACTLY},
    {SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_CHAR_LENGTH, "SELECT CHAR_LENGTH('x')", EXACTLY},
    {SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_CHARACTER_LENGTH, "SELECT CHARACTER_LENGTH('x')", EXACTLY},
    {SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_EXTRACT, "SELECT EXTRACT(YEAR FROM DATE '2020-01-02')", EXACTLY},
    {SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_OCTET_LENGTH, "SELECT OCTET_LENGTH('x')", EXACTLY},
    {SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, SQL_SNVF_POSITION, "SELECT POSITION('x' IN 'yx')", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_CONVERT, "SELECT CONVERT('x' USING utf8mb4)", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_LOWER, "SELECT LOWER('x')", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_UPPER, "SELECT UPPER('x')", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_SUBSTRING, "SELECT SUBSTRING('xyz' FROM 2 FOR 1)", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_TRANSLATE, "SELECT TRANSLATE('x' USING latin1)", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_TRIM_BOTH, "SELECT TRIM(BOTH 'x' FROM 'xyx')", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_TRIM_LEADING, "SELECT TRIM(LEADING 'x' FROM 'xyx')", EXACTLY},
    {SQL_SQL92_STRING_FUNCTIONS, SQL_SSF_TRIM_TRAILING, "SELECT TRIM(TRAILING 'x' FROM 'xyx')", EXACTLY},
    {SQL_SQL92_VALUE_EXPRESSIONS, SQL_SVE_CASE, "SELECT CASE WHEN 1 = 1 THEN 2 ELSE 3 END", EXACTLY},
    {SQL_SQL92_VALUE_EXPRESSIONS, SQL_SVE_CAST, "SELECT CAST(1 AS CHAR)", EXACTLY},
    {SQL_SQL92_VALUE_EXPRESSIONS, SQL_SVE_COALESCE, "SELECT COALESCE(NULL, 1)", EXACTLY},
    {SQL_SQL92_VALUE_EXPRESSIONS, SQL_SVE_NULLIF, "SELECT NULLIF(1, 2)", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_BETWEEN, "SELECT 1 FROM t WHERE a BETWEEN 1 AND 2", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_COMPARISON, "SELECT 1 FROM t WHERE a <> 1", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_EXISTS, "SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM u)", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_IN, "SELECT 1 FROM t WHERE a IN (1, 2)", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_ISNULL, "SELECT 1 FROM t WHERE a IS NULL", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_ISNOTNULL, "SELECT 1 FROM t WHERE a IS NOT NULL", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_LIKE, "SELECT 1 FROM t WHERE a LIKE '1%'", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_QUANTIFIED_COMPARISON, "SELECT 1 FROM t WHERE a > ALL (SELECT a FROM u)", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_UNIQUE, "SELECT 1 FROM t WHERE UNIQUE (SELECT a FROM u)", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_OVERLAPS, "SELECT (DATE '2020-01-01', DATE '2020-01-03') OVERLAPS (DATE '2020-01-02', DATE '2020-01-04')", EXACTLY},
    {SQL_SQL92_PREDICATES, SQL_SP_MATCH_FULL, "SELECT 1 FROM t WHERE (a, b) MATCH FULL (SELECT a, c FROM u)", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_CROSS_JOIN, "SELECT * FROM t CROSS JOIN u", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_INNER_JOIN, "SELECT * FROM t INNER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_LEFT_OUTER_JOIN, "SELECT * FROM t LEFT OUTER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_RIGHT_OUTER_JOIN, "SELECT * FROM t RIGHT OUTER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_FULL_OUTER_JOIN, "SELECT * FROM t FULL OUTER JOIN u ON t.a = u.a", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_NATURAL_JOIN, "SELECT * FROM t NATURAL JOIN u", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_UNION_JOIN, "SELECT * FROM t UNION JOIN u", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_CORRESPONDING_CLAUSE, "SELECT a FROM t UNION CORRESPONDING SELECT a FROM u", EXACTLY},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_EXCEPT_JOIN, "SELECT a FROM t EXCEPT SELECT a FROM u", MORE},
    {SQL_SQL92_RELATIONAL_JOIN_OPERATORS, SQL_SRJO_INTERSECT_JOIN, "SELECT a FROM t INTERSECT SELECT a FROM u", MORE},
    {SQL_SQL92_ROW_VALUE_CONSTRUCTOR, SQL_SRVC_VALUE_EXPRESSION, "SELECT 1 FROM t WHERE (a, b) = (1, 1 + 1)", EXACTLY},
    {SQL_SQL92_ROW_VALUE_CONSTRUCTOR, SQL_SRVC_NULL, "SELECT 1 FROM t WHERE (a, b) = (1, NULL)", EXACTLY},
    {SQL_SQL92_ROW_VALUE_CONSTRUCTOR, SQL_SRVC_DEFAULT, "CREATE TABLE x(a INT DEFAULT 1);INSERT INTO x VALUES (DEFAULT)", EXACTLY},
    {SQL_SQL92_ROW_VALUE_CONSTRUCTOR, SQL_SRVC_ROW_SUBQUERY, "SELECT 1 FROM t WHERE (a, b) = (SELECT a, c FROM u LIMIT 1)", EXACTLY},
    {SQL_SUBQUERIES, SQL_SQ_COMPARISON, "SELECT 1 FROM t WHERE a = (SELECT MAX(a) FROM u)", EXACTLY},
    {SQL_SUBQUERIES, SQL_SQ_EXISTS, "SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM u)", EXACTLY},
    {SQL_SUBQUERIES, SQL_SQ_IN, "SELECT 1 FROM t WHERE a IN (SELECT a FROM u)", EXACTLY},
    {SQL_SUBQUERIES, SQL_SQ_QUANTIFIED, "SELECT 1 FROM t WHERE a >= ANY (SELECT a FROM u)", EXACTLY},
    {SQL_SUBQUERIES, SQL_SQ_CORRELATED_SUBQUERIES, "SELECT 1 FROM t WHERE a = (SELECT MAX(a) FROM u WHERE u.a = t.a)", EXACTLY},
    {SQL_UNION, SQL_U_UNION, "SELECT 1 UNION SELECT 2", EXACTLY},
    {SQL_UNION, SQL_U_UNION_ALL, "SELECT 1 UNION ALL SELECT 2", EXACTLY},
};
/* clang-format on */

static void clean(void)
{
    ck_assert(works("DROP VIEW IF EXISTS vx;DROP TABLE IF EXISTS x;DROP PROCEDURE IF EXISTS px"));
}

START_TEST(sql_claims)
{
    char wrong[4000] = "";
    open_here(_i, "");
    run(c.stmt, "CREATE TABLE t(a INT PRIMARY KEY, b INT)");
    run(c.stmt, "CREATE TABLE u(a INT, c INT)");
    for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
        char script[500];
        snprintf(script, sizeof script, "%s", claims[k].script);
        for (char *at = strchr(script, '@'); at; at = strchr(script, '@'))
            *at = is_unicode ? 'w' : 'a';
        bool is_claimed = bits_of(claims[k].id) & claims[k].bit, does = works(script);
        if (is_claimed != does && !(claims[k].kind == MORE && does))
            snprintf(wrong + strlen(wrong), sizeof wrong - strlen(wrong),
                     "\n%s: type %u, bit %#x: %s: %s", c.server, claims[k].id,
                     (unsigned)claims[k].bit, is_claimed ? "claimed" : "not claimed",
                     claims[k].script);
        clean();
    }
    ck_assert_msg(!*wrong, "%s", wrong);
    conn_close(&c);
}
END_TEST

/* --- grants ----------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    SQLUINTEGER grant, revoke;
} rights[] = {
    {"DELETE ON t", SQL_SG_DELETE_TABLE, SQL_SR_DELETE_TABLE},
    {"INSERT ON t", SQL_SG_INSERT_TABLE, SQL_SR_INSERT_TABLE},
    {"INSERT (a) ON t", SQL_SG_INSERT_COLUMN, SQL_SR_INSERT_COLUMN},
    {"REFERENCES ON t", SQL_SG_REFERENCES_TABLE, SQL_SR_REFERENCES_TABLE},
    {"REFERENCES (a) ON t", SQL_SG_REFERENCES_COLUMN, SQL_SR_REFERENCES_COLUMN},
    {"SELECT ON t", SQL_SG_SELECT_TABLE, SQL_SR_SELECT_TABLE},
    {"UPDATE ON t", SQL_SG_UPDATE_TABLE, SQL_SR_UPDATE_TABLE},
    {"UPDATE (a) ON t", SQL_SG_UPDATE_COLUMN, SQL_SR_UPDATE_COLUMN},
};

/* root without a password may grant; app may not. */
static void open_root(int server)
{
    c = (struct conn){.server = server_names[server]};
    struct server s = server_need(c.server);
    char in[4096], socket[600];
    snprintf(socket, sizeof socket, "SOCKET=%s;", s.socket);
    server_connection(&s, "root", "", socket, in, sizeof in);
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c.env);
    SQLSetEnvAttr(c.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    SQLAllocHandle(SQL_HANDLE_DBC, c.env, &c.dbc);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    ck_assert_msg(SQL_SUCCEEDED(rc), "root: %s", said_at(SQL_HANDLE_DBC, c.dbc, 1).text);
    c.stmt = new_stmt(&c);
    conn_database(&c, "info");
}

START_TEST(grants)
{
    char sql[200];
    open_root(_i);
    run(c.stmt, "CREATE TABLE t(a INT, b INT)");
    for (size_t k = 0; k < sizeof rights / sizeof *rights; k++) {
        snprintf(sql, sizeof sql, "GRANT %s TO reader WITH GRANT OPTION", rights[k].what);
        ck_assert_msg(!!(bits_of(SQL_SQL92_GRANT) & rights[k].grant) == works(sql), "%s: %s",
                      c.server, sql);
        snprintf(sql, sizeof sql, "REVOKE %s FROM reader", rights[k].what);
        ck_assert_msg(!!(bits_of(SQL_SQL92_REVOKE) & rights[k].revoke) == works(sql), "%s: %s",
                      c.server, sql);
    }
    run(c.stmt, "GRANT SELECT ON t TO reader WITH GRANT OPTION");
    ck_assert(bits_of(SQL_SQL92_GRANT) & SQL_SG_WITH_GRANT_OPTION);
    ck_assert_int_eq(!!(bits_of(SQL_SQL92_REVOKE) & SQL_SR_GRANT_OPTION_FOR),
                     works("REVOKE GRANT OPTION FOR SELECT ON t FROM reader"));
    ck_assert_int_eq(!!(bits_of(SQL_SQL92_REVOKE) & SQL_SR_CASCADE),
                     works("REVOKE SELECT ON t FROM reader CASCADE"));
    ck_assert_int_eq(!!(bits_of(SQL_SQL92_REVOKE) & SQL_SR_RESTRICT),
                     works("REVOKE SELECT ON t FROM reader RESTRICT"));
    ck_assert(works("REVOKE ALL PRIVILEGES, GRANT OPTION FROM reader"));
    ck_assert(works("GRANT SELECT ON test.* TO reader"));
    conn_close(&c);
}
END_TEST

/* --- limits ----------------------------------------------------------------------------------- */

/* Of 3: before, "pre0post,pre1post,pre2post", after. */
static const char *many(const char *before, const char *pre, const char *post, unsigned n,
                        const char *after)
{
    static char sql[400000];
    size_t at = (size_t)snprintf(sql, sizeof sql, "%s", before);
    for (unsigned i = 0; i < n; i++)
        at += (size_t)snprintf(sql + at, sizeof sql - at, "%s%s%u%s", i ? "," : "", pre, i, post);
    snprintf(sql + at, sizeof sql - at, "%s", after);
    return sql;
}

static bool runs(const char *sql)
{
    SQLRETURN rc = SQLExecDirect(c.stmt, text(sql), SQL_NTS);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    return SQL_SUCCEEDED(rc);
}

/* A name of n characters between the two. */
static bool name_fits(const char *before, unsigned n, const char *after)
{
    char name[200] = "", sql[400];
    memset(name, 'n', n);
    name[n] = '\0';
    snprintf(sql, sizeof sql, "%s%s%s", before, name, after);
    return runs(sql);
}

START_TEST(limits)
{
    open_here(_i, "");
    /* names */
    unsigned n = small_of(SQL_MAX_TABLE_NAME_LEN);
    ck_assert(name_fits("CREATE TABLE ", n, "(a INT)") &&
              !name_fits("CREATE TABLE ", n + 1, "(a INT)"));
    ck_assert_uint_eq(small_of(SQL_MAX_IDENTIFIER_LEN), n);
    ck_assert_uint_eq(small_of(SQL_MAX_PROCEDURE_NAME_LEN), n);
    ck_assert(name_fits("CREATE PROCEDURE ", n, "() SELECT 1"));
    ck_assert(!name_fits("CREATE PROCEDURE ", n + 1, "() SELECT 1"));
    n = small_of(SQL_MAX_CATALOG_NAME_LEN);
    ck_assert(!name_fits("CREATE DATABASE ", n + 1, ""));
    /* columns */
    n = small_of(SQL_MAX_COLUMNS_IN_TABLE);
    ck_assert(runs(many("CREATE TABLE wide(", "c", " TINYINT", n, ")")));
    ck_assert(!runs(many("CREATE TABLE wider(", "c", " TINYINT", n + 1, ")")));
    n = small_of(SQL_MAX_COLUMNS_IN_SELECT);
    ck_assert(runs(many("SELECT ", "", "", n, "")));
    n = small_of(SQL_MAX_COLUMNS_IN_INDEX);
    ck_assert(runs(many("CREATE INDEX i ON wide(", "c", "", n, ")")));
    ck_assert_msg(!runs(many("CREATE INDEX j ON wide(", "c", "", n + 1, ")")), "%s: index of %u",
                  c.server, n + 1);
    /* tables; a join names them */
    n = small_of(SQL_MAX_TABLES_IN_SELECT);
    run(c.stmt, "CREATE TABLE t(a INT)");
    ck_assert(runs(many("SELECT 1 FROM ", "t AS t", "", n, "")));
    ck_assert(!runs(many("SELECT 1 FROM ", "t AS t", "", n + 1, "")));
    /* rows and keys, in bytes */
    char sql[200];
    for (unsigned more = 0; more < 2; more++) { /* two bytes of length a column */
        snprintf(sql, sizeof sql,
                 "CREATE TABLE r%u(a VARBINARY(30000) NOT NULL, b VARBINARY(%u) NOT NULL)", more,
                 (unsigned)bits_of(SQL_MAX_ROW_SIZE) - 30004 + more);
        ck_assert_int_eq(runs(sql), !more);
    }
    n = (unsigned)bits_of(SQL_MAX_INDEX_SIZE);
    snprintf(sql, sizeof sql, "CREATE TABLE k(a VARBINARY(%u) NOT NULL PRIMARY KEY)", n);
    ck_assert(runs(sql));
    snprintf(sql, sizeof sql, "CREATE TABLE k2(a VARBINARY(%u) NOT NULL PRIMARY KEY)", n + 1);
    ck_assert(!runs(sql));
    conn_close(&c);
}
END_TEST

static const char *ones(unsigned n)
{
    static char sql[70000];
    size_t at = (size_t)snprintf(sql, sizeof sql, "SELECT 2");
    for (unsigned i = 1; i < n; i++)
        at += (size_t)snprintf(sql + at, sizeof sql - at, ",1");
    return sql;
}

/* More columns than SQLSMALLINT counts are refused, and nothing else is disturbed. */
START_TEST(too_many_columns)
{
    SQLSMALLINT cols = 0;
    open_here(_i, "");
    ok(c.stmt, SQLExecDirect(c.stmt, text(ones(32767)), SQL_NTS));
    ok(c.stmt, SQLNumResultCols(c.stmt, &cols));
    ck_assert_int_eq(cols, 32767);
    SQLINTEGER last = 0;
    ok(c.stmt, SQLBindCol(c.stmt, 32767, SQL_C_SLONG, &last, 0, NULL));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(last, 1);
    ck_assert_str_eq(get(c.stmt, 32766), "1");
    ck_assert_str_eq(get(c.stmt, 1), "2");
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    refuses(c.stmt, "HYC00", SQLExecDirect(c.stmt, text(ones(32768)), SQL_NTS));
    ck_assert_msg(strstr(said(c.stmt).text, "32768 columns") != NULL, "%s", said(c.stmt).text);
    ok(c.stmt, SQLPrepare(c.stmt, text(ones(33000)), SQL_NTS));
    SQLRETURN rc = SQLNumResultCols(c.stmt, &cols);
    ck_assert_msg(rc == SQL_ERROR && !strcmp(said(c.stmt).state, "HYC00"), "%d: %s", rc,
                  said(c.stmt).text);
    refuses(c.stmt, "HYC00", SQLExecute(c.stmt));
    ck_assert_str_eq(one(c.stmt, "SELECT 5"), "5");
    conn_close(&c);
}
END_TEST

/* The name of an expression fits into a buffer of that many characters. */
START_TEST(names_of_expressions)
{
    open_here(_i, "");
    unsigned most = small_of(SQL_MAX_COLUMN_NAME_LEN);
    static test_char name[2000];
    SQLSMALLINT len = 0;
    ok(c.stmt, direct(c.stmt, many("SELECT CONCAT(", "'€", "'", 200, ")")));
    ok(c.stmt, SQLDescribeCol(c.stmt, 1, name, 2000, &len, NULL, NULL, NULL, NULL));
    unsigned chars = 0;
    for (const char *at = text_back(name, (size_t)len); *at; at++)
        chars += (*at & 0xc0) != 0x80;
    ck_assert_msg(chars > 64 && chars <= most, "%s: %u characters, and %u are told", c.server,
                  chars, most);
    conn_close(&c);
}
END_TEST

/* --- texts ------------------------------------------------------------------------------------ */

START_TEST(texts)
{
    struct server s = server_need(server_names[_i]);
    open_here(_i, "");
    bool is_mariadb = !strcmp(s.family, "mariadb");
    ck_assert_str_eq(text_of(SQL_DBMS_NAME), is_mariadb ? "MariaDB" : "MySQL");
    ck_assert_str_eq(text_of(SQL_COLLATION_SEQ), one(c.stmt, "SELECT @@collation_server"));
    ck_assert_str_eq(text_of(SQL_DATABASE_NAME), c.database);
    /* every special character is possible in a quoted name, and in no other */
    const char *quote = text_of(SQL_IDENTIFIER_QUOTE_CHAR);
    ck_assert_str_eq(quote, "`");
    char specials[200], sql[300];
    snprintf(specials, sizeof specials, "%s", text_of(SQL_SPECIAL_CHARACTERS));
    for (int at = ' '; at < 127; at++) {
        bool is_plain = (at >= '0' && at <= '9') || (at >= 'A' && at <= 'Z') || at == '_' ||
                        (at >= 'a' && at <= 'z');
        ck_assert_msg(!!strchr(specials, at) != is_plain, "%c", at);
        const char *twice = at == '`' ? "`" : "";
        snprintf(sql, sizeof sql, "SELECT 1 AS `a%s%cb`", twice, at);
        ck_assert_msg(runs(sql), "%s: %s", c.server, sql);
        snprintf(sql, sizeof sql, "CREATE TABLE `a%s%cb`(`c%s%cd` INT)", twice, at, twice, at);
        ck_assert_msg(runs(sql), "%s: %s", c.server, sql);
        snprintf(sql, sizeof sql, "DROP TABLE `a%s%cb`", twice, at);
        ck_assert(runs(sql));
    }
    /* NULL is low; concatenated with text it is NULL; ORDER BY takes what it likes */
    ck_assert_uint_eq(small_of(SQL_NULL_COLLATION), SQL_NC_LOW);
    ck_assert_str_eq(one(c.stmt, "SELECT x FROM (SELECT 1 AS x UNION SELECT NULL) AS d ORDER BY x"),
                     "NULL");
    ck_assert_uint_eq(small_of(SQL_CONCAT_NULL_BEHAVIOR), SQL_CB_NULL);
    ck_assert_str_eq(one(c.stmt, "SELECT CONCAT('a', NULL)"), "NULL");
    run(c.stmt, "CREATE TABLE t(a INT, b INT NOT NULL)");
    ck_assert_str_eq(text_of(SQL_ORDER_BY_COLUMNS_IN_SELECT), "N");
    ck_assert_str_eq(text_of(SQL_EXPRESSIONS_IN_ORDERBY), "Y");
    ck_assert(runs("SELECT a FROM t ORDER BY b, a + b"));
    ck_assert_uint_eq(small_of(SQL_NON_NULLABLE_COLUMNS), SQL_NNC_NON_NULL);
    ck_assert(!runs("INSERT INTO t VALUES (1, NULL)"));
    ck_assert_str_eq(text_of(SQL_COLUMN_ALIAS), "Y");
    ck_assert_uint_eq(small_of(SQL_CORRELATION_NAME), SQL_CN_ANY);
    ck_assert(runs("SELECT t.a AS z FROM t AS t"));
    ck_assert_uint_eq(small_of(SQL_GROUP_BY), SQL_GB_GROUP_BY_CONTAINS_SELECT);
    ck_assert(runs("SELECT a FROM t GROUP BY a, b"));
    ck_assert_str_eq(text_of(SQL_LIKE_ESCAPE_CLAUSE), "Y");
    ck_assert(runs("SELECT a FROM t WHERE a LIKE '1!%' {escape '!'}"));
    ck_assert_str_eq(text_of(SQL_OUTER_JOINS), "Y");
    ck_assert(runs("SELECT * FROM {oj t LEFT OUTER JOIN t AS u ON t.a = u.a}"));
    ck_assert_str_eq(text_of(SQL_PROCEDURES), "Y");
    ck_assert(works("CREATE PROCEDURE p1() SELECT 1;{call p1()};DROP PROCEDURE p1"));
    conn_close(&c);
    open_here(_i, "NO_TRANSACTIONS=1;COMPAT_MODE=1;");
    ck_assert_uint_eq(small_of(SQL_TXN_CAPABLE), SQL_TC_NONE);
    ck_assert_str_eq(text_of(SQL_PROCEDURES), "Y");
    ck_assert_str_eq(text_of(SQL_DBMS_NAME), "MySQL");
    conn_close(&c);
}
END_TEST

/* --- cursors ---------------------------------------------------------------------------------- */

static const struct {
    SQLULEN asked;
    SQLUSMALLINT type1, type2;
    SQLUINTEGER option;
} cursors[] = {
    {SQL_CURSOR_FORWARD_ONLY, SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES1,
     SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES2, SQL_SO_FORWARD_ONLY},
    {SQL_CURSOR_STATIC, SQL_STATIC_CURSOR_ATTRIBUTES1, SQL_STATIC_CURSOR_ATTRIBUTES2,
     SQL_SO_STATIC},
    {SQL_CURSOR_KEYSET_DRIVEN, SQL_KEYSET_CURSOR_ATTRIBUTES1, SQL_KEYSET_CURSOR_ATTRIBUTES2,
     SQL_SO_KEYSET_DRIVEN},
    {SQL_CURSOR_DYNAMIC, SQL_DYNAMIC_CURSOR_ATTRIBUTES1, SQL_DYNAMIC_CURSOR_ATTRIBUTES2,
     SQL_SO_DYNAMIC},
};

static const struct {
    SQLSMALLINT how;
    SQLUINTEGER bit, direction; /* of SQL_CA1_*, SQL_FD_* */
} ways[] = {
    {SQL_FETCH_NEXT, SQL_CA1_NEXT, SQL_FD_FETCH_NEXT},
    {SQL_FETCH_FIRST, SQL_CA1_ABSOLUTE, SQL_FD_FETCH_FIRST},
    {SQL_FETCH_LAST, SQL_CA1_ABSOLUTE, SQL_FD_FETCH_LAST},
    {SQL_FETCH_ABSOLUTE, SQL_CA1_ABSOLUTE, SQL_FD_FETCH_ABSOLUTE},
    {SQL_FETCH_PRIOR, SQL_CA1_RELATIVE, SQL_FD_FETCH_PRIOR},
    {SQL_FETCH_RELATIVE, SQL_CA1_RELATIVE, SQL_FD_FETCH_RELATIVE},
    {SQL_FETCH_BOOKMARK, SQL_CA1_BOOKMARK, SQL_FD_FETCH_BOOKMARK},
};

/* The operations of SQLSetPos and SQLBulkOperations, and its locks. */
static void positions_of(SQLHSTMT s, SQLUINTEGER bits)
{
    static const struct {
        SQLUSMALLINT operation, lock;
        SQLUINTEGER bit;
    } operations[] = {{SQL_POSITION, SQL_LOCK_NO_CHANGE, SQL_CA1_POS_POSITION},
                      {SQL_POSITION, SQL_LOCK_NO_CHANGE, SQL_CA1_LOCK_NO_CHANGE},
                      {SQL_POSITION, SQL_LOCK_EXCLUSIVE, SQL_CA1_LOCK_EXCLUSIVE},
                      {SQL_POSITION, SQL_LOCK_UNLOCK, SQL_CA1_LOCK_UNLOCK},
                      {SQL_REFRESH, SQL_LOCK_NO_CHANGE, SQL_CA1_POS_REFRESH},
                      {SQL_UPDATE, SQL_LOCK_NO_CHANGE, SQL_CA1_POS_UPDATE},
                      {SQL_DELETE, SQL_LOCK_NO_CHANGE, SQL_CA1_POS_DELETE}};
    for (size_t k = 0; k < sizeof operations / sizeof *operations; k++) {
        SQLRETURN rc = SQLSetPos(s, 1, operations[k].operation, operations[k].lock);
        ck_assert_msg(SQL_SUCCEEDED(rc) == !!(bits & operations[k].bit), "SQLSetPos %u %u: %d %s",
                      operations[k].operation, operations[k].lock, rc, said(s).text);
    }
}

static void fetches_of(size_t k, const char *server)
{
    SQLUINTEGER bits = bits_of(cursors[k].type1), directions = bits_of(SQL_FETCH_DIRECTION);
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        SQLHSTMT s = new_stmt(&c);
        SQLULEN is = 99, count = 99;
        SQLUSMALLINT status = 99;
        SQLRETURN rc = SQLSetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)cursors[k].asked, 0);
        ok(s, SQLGetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, &is, 0, NULL));
        bool is_real = bits_of(SQL_SCROLL_OPTIONS) & cursors[k].option;
        ck_assert_msg(is_real ? rc == SQL_SUCCESS && is == cursors[k].asked
                              : rc == SQL_SUCCESS_WITH_INFO && is != cursors[k].asked,
                      "%s: cursor %lu: %d, is %lu", server, (unsigned long)cursors[k].asked, rc,
                      (unsigned long)is);
        ok(s, direct(s, "SELECT a FROM t ORDER BY a"));
        ok(s, SQLFetch(s));
        if (!w)
            positions_of(s, bits);
        rc = SQLFetchScroll(s, ways[w].how, 1);
        ck_assert_msg((rc != SQL_ERROR) == !!(bits & ways[w].bit), "%s: cursor %lu, fetch %d: %d",
                      server, (unsigned long)cursors[k].asked, ways[w].how, rc);
        SQLFreeStmt(s, SQL_CLOSE);
        ok(s, direct(s, "SELECT a FROM t ORDER BY a"));
        rc = SQLExtendedFetch(s, (SQLUSMALLINT)ways[w].how, 1, &count, &status);
        if (cursors[k].asked != SQL_CURSOR_FORWARD_ONLY)
            ck_assert_msg((rc != SQL_ERROR) == !!(directions & ways[w].direction),
                          "%s: extended fetch %d: %d", server, ways[w].how, rc);
        drop_stmt(s);
    }
}

/* How many rows there are, told before they are fetched. */
static void counts_of(size_t k)
{
    SQLHSTMT s = new_stmt(&c);
    SQLLEN rows = 99, field = 99;
    bool is_exact = bits_of(cursors[k].type2) & SQL_CA2_CRC_EXACT;
    SQLSetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)cursors[k].asked, 0);
    ok(s, direct(s, "SELECT a FROM t ORDER BY a"));
    ok(s, SQLGetDiagField(SQL_HANDLE_STMT, s, 0, SQL_DIAG_CURSOR_ROW_COUNT, &field, 0, NULL));
    ck_assert_int_eq(field, is_exact ? 4 : -1);
    ok(s, SQLRowCount(s, &rows));
    ck_assert_int_eq(rows, is_exact ? 4 : -1);
    ok(s, SQLFetch(s));
    ck_assert_str_eq(get(s, 1), "1"); /* no row is lost */
    SQLFreeStmt(s, SQL_CLOSE);
    /* SQL_ATTR_MAX_ROWS counts, for tables' rows and for what catalogs list */
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_MAX_ROWS, (SQLPOINTER)2, 0));
    ok(s, direct(s, "SELECT a FROM t ORDER BY a"));
    ok(s, SQLRowCount(s, &rows));
    ck_assert_int_eq(rows, is_exact ? 2 : -1);
    int n = 0;
    while (SQLFetch(s) == SQL_SUCCESS)
        n++;
    ck_assert_int_eq(n == 2, !!(bits_of(cursors[k].type2) & SQL_CA2_MAX_ROWS_SELECT));
    SQLFreeStmt(s, SQL_CLOSE);
    ok(s, SQLGetTypeInfo(s, SQL_ALL_TYPES));
    for (n = 0; SQLFetch(s) == SQL_SUCCESS; n++)
        ;
    ck_assert_int_eq(n == 2, !!(bits_of(cursors[k].type2) & SQL_CA2_MAX_ROWS_CATALOG));
    drop_stmt(s);
}

static void concurrencies(size_t k)
{
    static const struct {
        SQLULEN value;
        SQLUINTEGER bit, option;
    } all[] = {{SQL_CONCUR_READ_ONLY, SQL_CA2_READ_ONLY_CONCURRENCY, SQL_SCCO_READ_ONLY},
               {SQL_CONCUR_LOCK, SQL_CA2_LOCK_CONCURRENCY, SQL_SCCO_LOCK},
               {SQL_CONCUR_ROWVER, SQL_CA2_OPT_ROWVER_CONCURRENCY, SQL_SCCO_OPT_ROWVER},
               {SQL_CONCUR_VALUES, SQL_CA2_OPT_VALUES_CONCURRENCY, SQL_SCCO_OPT_VALUES}};
    for (size_t i = 0; i < 4; i++) {
        SQLULEN is = 99;
        SQLHSTMT s = new_stmt(&c);
        SQLSetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)cursors[k].asked, 0);
        SQLRETURN rc = SQLSetStmtAttr(s, SQL_ATTR_CONCURRENCY, (SQLPOINTER)all[i].value, 0);
        ok(s, SQLGetStmtAttr(s, SQL_ATTR_CONCURRENCY, &is, 0, NULL));
        bool can = bits_of(cursors[k].type2) & all[i].bit;
        ck_assert_int_eq(can, rc == SQL_SUCCESS && is == all[i].value);
        ck_assert_int_eq(can, !!(bits_of(SQL_SCROLL_CONCURRENCY) & all[i].option));
        drop_stmt(s);
    }
}

START_TEST(cursor_claims)
{
    for (int forward = 0; forward < 2; forward++) {
        open_here(_i, forward ? "FORWARD_CURSOR=1;" : "");
        run(c.stmt, "CREATE TABLE t(a INT)");
        run(c.stmt, "INSERT INTO t VALUES (1), (2), (3), (4)");
        for (size_t k = 0; k < sizeof cursors / sizeof *cursors; k++) {
            if (forward && cursors[k].asked != SQL_CURSOR_FORWARD_ONLY) {
                ck_assert_uint_eq(bits_of(cursors[k].type1) | bits_of(cursors[k].type2), 0);
                continue;
            }
            fetches_of(k, c.server);
            counts_of(k);
            concurrencies(k);
        }
        conn_close(&c);
    }
}
END_TEST

/* What stays open and prepared over the end of a transaction. */
START_TEST(transactions_and_cursors)
{
    static const struct {
        SQLSMALLINT how;
        SQLUSMALLINT type;
    } ends[] = {{SQL_COMMIT, SQL_CURSOR_COMMIT_BEHAVIOR},
                {SQL_ROLLBACK, SQL_CURSOR_ROLLBACK_BEHAVIOR}};
    open_here(_i, "");
    run(c.stmt, "CREATE TABLE t(a INT)");
    run(c.stmt, "INSERT INTO t VALUES (1), (2), (3)");
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(small_of(ends[i].type), SQL_CB_PRESERVE);
        SQLHSTMT s = new_stmt(&c), other = new_stmt(&c);
        ok(s, SQLPrepare(s, text("SELECT a FROM t ORDER BY a"), SQL_NTS));
        ok(s, SQLExecute(s));
        ok(s, SQLFetch(s));
        run(other, "INSERT INTO t VALUES (9)"); /* several activities at once */
        ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, ends[i].how)));
        ok(s, SQLFetch(s));
        ck_assert_str_eq(get(s, 1), "2");
        SQLFreeStmt(s, SQL_CLOSE);
        ok(s, SQLExecute(s));
        ok(s, SQLFetch(s));
        drop_stmt(s);
        drop_stmt(other);
    }
    ck_assert_uint_eq(small_of(SQL_MAX_CONCURRENT_ACTIVITIES), 0);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
    conn_close(&c);
}
END_TEST

/* --- batches and arrays ----------------------------------------------------------------------- */

START_TEST(batches)
{
    for (int on = 0; on < 2; on++) {
        open_here(_i, on ? "MULTI_STATEMENTS=1;" : "MULTI_STATEMENTS=0;");
        run(c.stmt, "CREATE TABLE t(a INT)");
        SQLUINTEGER support = bits_of(SQL_BATCH_SUPPORT);
        bool has = SQL_SUCCEEDED(direct(c.stmt, "SELECT 1; SELECT 2")) &&
                   SQLMoreResults(c.stmt) == SQL_SUCCESS;
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_int_eq(has, !!(support & SQL_BS_SELECT_EXPLICIT));
        SQLLEN rows = -7;
        has = SQL_SUCCEEDED(
            direct(c.stmt, "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2), (3)"));
        has = has && SQLMoreResults(c.stmt) == SQL_SUCCESS;
        has = has && SQLRowCount(c.stmt, &rows) == SQL_SUCCESS && rows == 2;
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_int_eq(has, !!(support & SQL_BS_ROW_COUNT_EXPLICIT));
        ck_assert_int_eq(has, !!(bits_of(SQL_BATCH_ROW_COUNT) & SQL_BRC_EXPLICIT));
        run(c.stmt,
            "CREATE PROCEDURE p2(x INT) BEGIN INSERT INTO t VALUES (x); SELECT x; SELECT 8; END");
        ok(c.stmt, direct(c.stmt, "{call p2(7)}"));
        has = SQLMoreResults(c.stmt) == SQL_SUCCESS;
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_int_eq(has, !!(support & SQL_BS_SELECT_PROC));
        conn_close(&c);
    }
}
END_TEST

/* A SELECT over an array gives a result a set of parameters; an INSERT one count of rows. */
START_TEST(parameter_arrays)
{
    SQLINTEGER values[3] = {5, 6, 7};
    SQLLEN rows = 0;
    open_here(_i, "");
    run(c.stmt, "CREATE TABLE t(a INT)");
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)3, 0));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, values,
                                0, NULL));
    ck_assert_uint_eq(bits_of(SQL_PARAM_ARRAY_ROW_COUNTS), SQL_PARC_NO_BATCH);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t VALUES (?)"));
    ok(c.stmt, SQLRowCount(c.stmt, &rows));
    ck_assert_int_eq(rows, 3);
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    ck_assert_uint_eq(bits_of(SQL_PARAM_ARRAY_SELECTS), SQL_PAS_BATCH);
    ok(c.stmt, direct(c.stmt, "SELECT a FROM t WHERE a = ?"));
    for (int i = 0; i < 3; i++) {
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), values[i]);
        ck_assert_int_eq(SQLMoreResults(c.stmt), i < 2 ? SQL_SUCCESS : SQL_NO_DATA);
    }
    conn_close(&c);
}
END_TEST

/* SQLSetParam of ODBC 2 comes as SQLBindParameter without a buffer length. */
START_TEST(old_parameters)
{
    SQLINTEGER number = 41;
    SQLLEN len = SQL_NTS;
    char word[] = "größer";
    open_here(_i, "");
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT ? + 1, CONCAT(?, '!')"), SQL_NTS));
    ok(c.stmt, SQLSetParam(c.stmt, 1, SQL_C_SLONG, SQL_INTEGER, 0, 0, &number, NULL));
    ok(c.stmt, SQLSetParam(c.stmt, 2, SQL_C_CHAR, SQL_VARCHAR, 20, 0, word, &len));
    ok(c.stmt, SQLExecute(c.stmt));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "42");
    ck_assert_str_eq(get(c.stmt, 2), "größer!");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    refuses(c.stmt, "HY090",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, word, -2,
                             NULL));
    conn_close(&c);
}
END_TEST

/* --- conversions and scalar functions --------------------------------------------------------- */

static const struct {
    SQLUSMALLINT from;
    const char *value;
} sources[] = {
    {SQL_CONVERT_CHAR, "CAST('1' AS CHAR(4))"},
    {SQL_CONVERT_VARCHAR, "CONCAT('1')"},
    {SQL_CONVERT_LONGVARCHAR, "REPEAT('1', 3)"},
    {SQL_CONVERT_WCHAR, "CAST('1' AS CHAR(4))"},
    {SQL_CONVERT_WVARCHAR, "CONCAT('1')"},
    {SQL_CONVERT_WLONGVARCHAR, "REPEAT('1', 3)"},
    {SQL_CONVERT_BINARY, "CAST('1' AS BINARY(2))"},
    {SQL_CONVERT_VARBINARY, "UNHEX('3132')"},
    {SQL_CONVERT_LONGVARBINARY, "UNHEX('3132')"},
    {SQL_CONVERT_BIT, "b'1'"},
    {SQL_CONVERT_TINYINT, "1"},
    {SQL_CONVERT_SMALLINT, "1"},
    {SQL_CONVERT_INTEGER, "1"},
    {SQL_CONVERT_BIGINT, "4294967296"},
    {SQL_CONVERT_DECIMAL, "1.5"},
    {SQL_CONVERT_NUMERIC, "1.5"},
    {SQL_CONVERT_REAL, "1.5e0"},
    {SQL_CONVERT_FLOAT, "1.5e0"},
    {SQL_CONVERT_DOUBLE, "1.5e0"},
    {SQL_CONVERT_DATE, "DATE '2020-01-02'"},
    {SQL_CONVERT_TIME, "TIME '03:04:05'"},
    {SQL_CONVERT_TIMESTAMP, "TIMESTAMP '2020-01-02 03:04:05'"},
    {SQL_CONVERT_GUID, "UUID()"},
};

static const struct {
    SQLUINTEGER bit;
    const char *name;
} targets[] = {
    {SQL_CVT_CHAR, "SQL_CHAR"},
    {SQL_CVT_VARCHAR, "SQL_VARCHAR"},
    {SQL_CVT_LONGVARCHAR, "SQL_LONGVARCHAR"},
    {SQL_CVT_WCHAR, "SQL_WCHAR"},
    {SQL_CVT_WVARCHAR, "SQL_WVARCHAR"},
    {SQL_CVT_WLONGVARCHAR, "SQL_WLONGVARCHAR"},
    {SQL_CVT_BINARY, "SQL_BINARY"},
    {SQL_CVT_VARBINARY, "SQL_VARBINARY"},
    {SQL_CVT_LONGVARBINARY, "SQL_LONGVARBINARY"},
    {SQL_CVT_BIT, "SQL_BIT"},
    {SQL_CVT_TINYINT, "SQL_TINYINT"},
    {SQL_CVT_SMALLINT, "SQL_SMALLINT"},
    {SQL_CVT_INTEGER, "SQL_INTEGER"},
    {SQL_CVT_BIGINT, "SQL_BIGINT"},
    {SQL_CVT_DECIMAL, "SQL_DECIMAL"},
    {SQL_CVT_NUMERIC, "SQL_NUMERIC"},
    {SQL_CVT_REAL, "SQL_REAL"},
    {SQL_CVT_FLOAT, "SQL_FLOAT"},
    {SQL_CVT_DOUBLE, "SQL_DOUBLE"},
    {SQL_CVT_DATE, "SQL_TYPE_DATE"},
    {SQL_CVT_TIME, "SQL_TYPE_TIME"},
    {SQL_CVT_TIMESTAMP, "SQL_TYPE_TIMESTAMP"},
    {SQL_CVT_GUID, "SQL_GUID"},
};

START_TEST(conversions)
{
    open_here(_i, "");
    ck_assert(bits_of(SQL_CONVERT_FUNCTIONS) & SQL_FN_CVT_CONVERT);
    for (size_t k = 0; k < sizeof sources / sizeof *sources; k++) {
        SQLUINTEGER bits = bits_of(sources[k].from), known = 0;
        for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
            char sql[200];
            known |= targets[i].bit;
            snprintf(sql, sizeof sql, "SELECT {fn CONVERT(%s, %s)}", sources[k].value,
                     targets[i].name);
            bool does = SQL_SUCCEEDED(direct(c.stmt, sql)) && SQL_SUCCEEDED(SQLFetch(c.stmt));
            struct said why = said(c.stmt);
            SQLFreeStmt(c.stmt, SQL_CLOSE);
            ck_assert_msg(does || !(bits & targets[i].bit), "%s: %s: %s", c.server, sql, why.text);
        }
        ck_assert_uint_eq(bits & ~known, 0);
    }
    conn_close(&c);
}
END_TEST

/* clang-format off */
static const struct {
    SQLUSMALLINT type;
    SQLUINTEGER bit;
    const char *call;
} functions[] = {
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_ASCII, "ASCII('a')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_BIT_LENGTH, "BIT_LENGTH('a')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_CHAR, "CHAR(65)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_CHAR_LENGTH, "CHAR_LENGTH('a')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_CHARACTER_LENGTH, "CHARACTER_LENGTH('a')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_CONCAT, "CONCAT('a', 'b')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_DIFFERENCE, "DIFFERENCE('a', 'b')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_INSERT, "INSERT('abc', 2, 1, 'x')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_LCASE, "LCASE('A')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_LEFT, "LEFT('abc', 2)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_LENGTH, "LENGTH('abc')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_LOCATE, "LOCATE('b', 'abc', 1)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_LOCATE_2, "LOCATE('b', 'abc')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_LTRIM, "LTRIM(' a')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_OCTET_LENGTH, "OCTET_LENGTH('a')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_POSITION, "POSITION('b' IN 'abc')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_REPEAT, "REPEAT('a', 3)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_REPLACE, "REPLACE('abc', 'b', 'x')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_RIGHT, "RIGHT('abc', 2)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_RTRIM, "RTRIM('a ')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_SOUNDEX, "SOUNDEX('abc')"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_SPACE, "SPACE(3)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_SUBSTRING, "SUBSTRING('abc', 2, 1)"},
    {SQL_STRING_FUNCTIONS, SQL_FN_STR_UCASE, "UCASE('a')"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_ABS, "ABS(-1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_ACOS, "ACOS(0.5)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_ASIN, "ASIN(0.5)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_ATAN, "ATAN(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_ATAN2, "ATAN2(1, 2)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_CEILING, "CEILING(1.5)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_COS, "COS(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_COT, "COT(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_DEGREES, "DEGREES(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_EXP, "EXP(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_FLOOR, "FLOOR(1.5)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_LOG, "LOG(2)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_LOG10, "LOG10(2)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_MOD, "MOD(5, 3)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_PI, "PI()"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_POWER, "POWER(2, 3)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_RADIANS, "RADIANS(180)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_RAND, "RAND(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_ROUND, "ROUND(1.55, 1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_SIGN, "SIGN(-1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_SIN, "SIN(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_SQRT, "SQRT(2)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_TAN, "TAN(1)"},
    {SQL_NUMERIC_FUNCTIONS, SQL_FN_NUM_TRUNCATE, "TRUNCATE(1.55, 1)"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_CURRENT_DATE, "CURRENT_DATE()"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_CURRENT_TIME, "CURRENT_TIME()"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_CURRENT_TIMESTAMP, "CURRENT_TIMESTAMP()"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_CURDATE, "CURDATE()"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_CURTIME, "CURTIME()"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_DAYNAME, "DAYNAME({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_DAYOFMONTH, "DAYOFMONTH({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_DAYOFWEEK, "DAYOFWEEK({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_DAYOFYEAR, "DAYOFYEAR({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_EXTRACT, "EXTRACT(YEAR FROM {d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_HOUR, "HOUR({t '03:04:05'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_MINUTE, "MINUTE({t '03:04:05'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_MONTH, "MONTH({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_MONTHNAME, "MONTHNAME({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_NOW, "NOW()"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_QUARTER, "QUARTER({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_SECOND, "SECOND({t '03:04:05'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_TIMESTAMPADD, "TIMESTAMPADD(SQL_TSI_DAY, 1, {d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_TIMESTAMPDIFF, "TIMESTAMPDIFF(SQL_TSI_DAY, {d '2020-01-02'}, {d '2020-01-03'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_WEEK, "WEEK({d '2020-01-02'})"},
    {SQL_TIMEDATE_FUNCTIONS, SQL_FN_TD_YEAR, "YEAR({d '2020-01-02'})"},
    {SQL_SYSTEM_FUNCTIONS, SQL_FN_SYS_DBNAME, "DATABASE()"},
    {SQL_SYSTEM_FUNCTIONS, SQL_FN_SYS_IFNULL, "IFNULL(NULL, 1)"},
    {SQL_SYSTEM_FUNCTIONS, SQL_FN_SYS_USERNAME, "USER()"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_FRAC_SECOND, "TIMESTAMPADD(SQL_TSI_FRAC_SECOND, 1000, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_SECOND, "TIMESTAMPADD(SQL_TSI_SECOND, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_MINUTE, "TIMESTAMPADD(SQL_TSI_MINUTE, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_HOUR, "TIMESTAMPADD(SQL_TSI_HOUR, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_DAY, "TIMESTAMPADD(SQL_TSI_DAY, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_WEEK, "TIMESTAMPADD(SQL_TSI_WEEK, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_MONTH, "TIMESTAMPADD(SQL_TSI_MONTH, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_QUARTER, "TIMESTAMPADD(SQL_TSI_QUARTER, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_ADD_INTERVALS, SQL_FN_TSI_YEAR, "TIMESTAMPADD(SQL_TSI_YEAR, 1, {ts '2020-01-02 03:04:05'})"},
    {SQL_TIMEDATE_DIFF_INTERVALS, SQL_FN_TSI_FRAC_SECOND, "TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, {t '03:04:05'}, {t '03:04:06'})"},
    {SQL_TIMEDATE_DIFF_INTERVALS, SQL_FN_TSI_QUARTER, "TIMESTAMPDIFF(SQL_TSI_QUARTER, {d '2020-01-02'}, {d '2021-01-02'})"},
};
/* clang-format on */

START_TEST(scalar_functions)
{
    open_here(_i, "");
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT {fn %s}", functions[k].call);
        bool does = SQL_SUCCEEDED(direct(c.stmt, sql)) && SQL_SUCCEEDED(SQLFetch(c.stmt));
        does = does && strcmp(get(c.stmt, 1), "NULL") != 0;
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_msg(does == !!(bits_of(functions[k].type) & functions[k].bit), "%s: %s: %s",
                      c.server, sql, does ? "works and is not claimed" : "is claimed");
    }
    conn_close(&c);
}
END_TEST

/* Asked for when it is asked for: the session may have been set so in SQL. */
START_TEST(read_only)
{
    static const struct {
        const char *sql, *answer;
    } steps[] = {{"SELECT 1", "N"},
                 {"SET SESSION TRANSACTION READ ONLY", "Y"},
                 {"SET SESSION TRANSACTION READ WRITE", "N"}};
    conn_open_as(&c, _i, "");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        test_char out[8];
        SQLSMALLINT len = 0;
        run(c.stmt, steps[i].sql);
        ck_assert(
            SQL_SUCCEEDED(SQLGetInfo(c.dbc, SQL_DATA_SOURCE_READ_ONLY, out, sizeof out, &len)));
        ck_assert_str_eq(text_back(out, 1), steps[i].answer);
    }
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("info");
    TCase *t = tcase_create("info");
    tcase_set_timeout(t, 240);
    tcase_add_loop_test(t, sql_claims, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, read_only, 0, NSERVERS);
    tcase_add_loop_test(t, grants, 0, NSERVERS);
    tcase_add_loop_test(t, limits, 0, NSERVERS);
    tcase_add_loop_test(t, too_many_columns, 0, NSERVERS);
    tcase_add_loop_test(t, names_of_expressions, 0, NSERVERS);
    tcase_add_loop_test(t, texts, 0, NSERVERS);
    tcase_add_loop_test(t, cursor_claims, 0, NSERVERS);
    tcase_add_loop_test(t, transactions_and_cursors, 0, NSERVERS);
    tcase_add_loop_test(t, batches, 0, NSERVERS);
    tcase_add_loop_test(t, parameter_arrays, 0, NSERVERS);
    tcase_add_loop_test(t, old_parameters, 0, NSERVERS);
    tcase_add_loop_test(t, conversions, 0, NSERVERS);
    tcase_add_loop_test(t, scalar_functions, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
