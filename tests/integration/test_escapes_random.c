/* test_escapes_random.c - escapes nested at random mean what SQL written by hand means: each
 * expression is made twice, with escapes and without, and the server compares them. */
#include "integration/odbc.h"

static struct conn c;

/* An expression in both forms. */
struct pair {
    char odbc[6000], sql[6000];
};

static uint32_t seed;

static unsigned any(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* White space and comments that mean nothing, with braces in them. */
static const char *gap(void)
{
    static const char *const gaps[] = {"", " ", "  ", "\n", " /* {fn x( } */ ", " -- {d '\n", "\t"};
    return gaps[any(any(3) ? 2 : 7)];
}

enum type { TEXT, WHOLE, DATE, TIME, STAMP, NTYPES };

/* How an escape of one or two arguments is written by hand; #1, #2 are the arguments.  In the
 * escape _ is a gap. */
struct form {
    enum type type, first, second; /* second: NTYPES if there is none */
    const char *odbc, *sql;
};

static const struct form forms[] = {
    {TEXT, TEXT, TEXT, "{~fn~ CONCAT~(~#1~,~#2~)~}", "CONCAT(#1, #2)"},
    {TEXT, TEXT, NTYPES, "{fn LCASE(#1~)}", "LOWER(#1)"},
    {TEXT, TEXT, NTYPES, "{fn~ UCASE(#1)~}", "UPPER(#1)"},
    {TEXT, TEXT, WHOLE, "{fn LEFT(~#1, #2)}", "SUBSTRING(#1, 1, #2)"},
    {TEXT, TEXT, NTYPES, "{fn RTRIM(#1)}", "TRIM(TRAILING ' ' FROM #1)"},
    {TEXT, TEXT, NTYPES, "{fn INSERT(#1,~2, 1,~'}')}", "INSERT(#1, 2, 1, '}')"},
    {TEXT, WHOLE, NTYPES, "{fn CONVERT(#1~,~SQL_VARCHAR)}", "CAST(#1 AS CHAR)"},
    {TEXT, DATE, NTYPES, "{fn CONVERT(#1, SQL_CHAR~)}", "CAST(#1 AS CHAR)"},
    {TEXT, STAMP, NTYPES, "{fn DAYNAME(#1)}", "DATE_FORMAT(#1, '%W')"},
    {TEXT, TEXT, TEXT, "{fn IFNULL(NULLIF(#1, #2), #2)}", "COALESCE(NULLIF(#1, #2), #2)"},
    {TEXT, TEXT, TEXT, "{fn REPLACE(#1, '{d ''', ~#2)}", "REPLACE(#1, '{d ''', #2)"},
    {WHOLE, TEXT, NTYPES, "{fn LENGTH(#1)}", "CHAR_LENGTH(TRIM(TRAILING ' ' FROM #1))"},
    {WHOLE, TEXT, TEXT, "{fn LOCATE(#1,~#2)}", "INSTR(#2, #1)"},
    {WHOLE, TEXT, NTYPES, "{fn OCTET_LENGTH(#1)}", "(BIT_LENGTH(#1) DIV 8)"},
    {WHOLE, WHOLE, WHOLE, "{fn MOD(#1,~ 1 + {fn ABS(#2)})}", "(#1 % (1 + ABS(#2)))"},
    {WHOLE, WHOLE, NTYPES, "{fn CONVERT(#1 * 1.5,~SQL_INTEGER)}",
     "CAST(ROUND(#1 * 1.5) AS SIGNED)"},
    {WHOLE, WHOLE, NTYPES, "{fn CONVERT({fn CONVERT(#1,~SQL_VARCHAR)},~SQL_BIGINT)}", "#1"},
    {WHOLE, WHOLE, NTYPES, "{fn CONVERT(#1, SQL_BIT)}", "IF(#1 = 0, 0, 1)"},
    {WHOLE, WHOLE, NTYPES, "CAST(~#1 ~AS~ INTEGER~)", "CAST(#1 AS SIGNED)"},
    {WHOLE, DATE, NTYPES, "{fn WEEK(#1)}", "WEEKOFYEAR(#1)"},
    {WHOLE, DATE, NTYPES, "{fn DAYOFWEEK(#1)}", "((WEEKDAY(#1) + 1) % 7 + 1)"},
    {WHOLE, DATE, NTYPES, "{fn QUARTER(#1)}", "CEILING(MONTH(#1) / 3)"},
    {WHOLE, DATE, DATE, "{fn TIMESTAMPDIFF(~SQL_TSI_DAY~,~#1~,~#2~)}", "DATEDIFF(#2, #1)"},
    {WHOLE, STAMP, STAMP, "{fn TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, #1, #2)}",
     "(TIMESTAMPDIFF(MICROSECOND, #1, #2) * 1000)"},
    {WHOLE, STAMP, NTYPES, "{fn EXTRACT(MINUTE ~FROM #1)}", "MINUTE(#1)"},
    {WHOLE, TIME, NTYPES, "{fn HOUR(#1)}", "(TIME_TO_SEC(#1) DIV 3600)"},
    {WHOLE, STAMP, NTYPES, "{fn FLOOR({fn EXTRACT(SECOND ~FROM ~ #1)})}", "SECOND(#1)"},
    {DATE, DATE, WHOLE, "{fn TIMESTAMPADD(SQL_TSI_DAY,~{fn MOD(#2,~1000)}, #1)}",
     "DATE_ADD(#1, INTERVAL (#2 % 1000) DAY)"},
    {DATE, STAMP, NTYPES, "{fn CONVERT(#1, SQL_TYPE_DATE)}", "DATE(#1)"},
    {DATE, DATE, NTYPES, "(#1 + {interval ~-~'2' month~})", "DATE_SUB(#1, INTERVAL 2 MONTH)"},
    {STAMP, STAMP, WHOLE, "{fn TIMESTAMPADD(SQL_TSI_SECOND, {fn MOD(#2, 100000)}, #1)}",
     "DATE_ADD(#1, INTERVAL (#2 % 100000) SECOND)"},
    {STAMP, DATE, NTYPES, "{fn CONVERT(#1,~SQL_TIMESTAMP)}", "CAST(#1 AS DATETIME(6))"},
    {STAMP, STAMP, NTYPES, "(#1 - {INTERVAL '1 2:03:04.5' DAY TO SECOND(1)})",
     "(#1 - INTERVAL 1 DAY - INTERVAL 2 HOUR - INTERVAL 3 MINUTE - INTERVAL 4500000 MICROSECOND)"},
    {TIME, STAMP, NTYPES, "{fn CONVERT(#1, SQL_TIME)}", "CAST(#1 AS TIME(6))"},
    {TIME, TIME, NTYPES, "{fn TIMESTAMPADD(SQL_TSI_MINUTE, 1, #1)}", "ADDTIME(#1, '00:01:00')"},
};
enum { NFORMS = sizeof forms / sizeof *forms };

static void put(char *to, size_t cap, const char *text)
{
    size_t n = strlen(to);
    ck_assert_msg(n + strlen(text) < cap, "too long");
    snprintf(to + n, cap - n, "%s", text);
}

/* A pattern with its arguments; the escape with gaps. */
static void fill(char *to, size_t cap, const char *pattern, const char *first, const char *second,
                 bool has_gaps)
{
    for (const char *p = pattern; *p; p++) {
        char one_char[2] = {*p, 0};
        if (*p == '#')
            put(to, cap, *++p == '1' ? first : second);
        else if (*p == '~' && has_gaps)
            put(to, cap, gap());
        else
            put(to, cap, one_char);
    }
}

static void literal(struct pair *out, enum type type)
{
    static const char *const texts[] = {"'abc'", "'{fn UCASE(''a'')}'",  "'ä€ '", "''",
                                        "'}'",   "'{d ''2024-01-02''}'", "'a,b)'"};
    char day[40], clock[40];
    snprintf(day, sizeof day, "%04u-%02u-%02u", 1900 + any(200), 1 + any(12), 1 + any(28));
    snprintf(clock, sizeof clock, "%02u:%02u:%02u%s", any(24), any(60), any(60),
             any(2) ? ".250" : "");
    switch (type) {
    case TEXT:
        put(out->odbc, sizeof out->odbc, texts[any(7)]);
        put(out->sql, sizeof out->sql, out->odbc);
        break;
    case WHOLE:
        snprintf(out->odbc, sizeof out->odbc, "%d", (int)any(2000) - 1000);
        put(out->sql, sizeof out->sql, out->odbc);
        break;
    case DATE:
        snprintf(out->odbc, sizeof out->odbc, "{%sd%s '%s'%s}", gap(), gap(), day, gap());
        snprintf(out->sql, sizeof out->sql, "DATE'%s'", day);
        break;
    case TIME:
        snprintf(out->odbc, sizeof out->odbc, "{t '%s'%s}", clock, gap());
        snprintf(out->sql, sizeof out->sql, "TIME'%s'", clock);
        break;
    default:
        snprintf(out->odbc, sizeof out->odbc, "{ts%s'%s %s'}", gap(), day, clock);
        snprintf(out->sql, sizeof out->sql, "TIMESTAMP'%s %s'", day, clock);
    }
}

/* An expression of the type. */
static void make(struct pair *out, enum type type, int depth)
{
    out->odbc[0] = out->sql[0] = '\0';
    if (depth == 0 || any(8) == 0) {
        literal(out, type);
        return;
    }
    const struct form *f = &forms[any(NFORMS)];
    while (f->type != type)
        f = &forms[any(NFORMS)];
    struct pair *args = calloc(2, sizeof *args);
    ck_assert_ptr_nonnull(args);
    make(&args[0], f->first, depth - 1);
    if (f->second != NTYPES)
        make(&args[1], f->second, depth - 1);
    fill(out->odbc, sizeof out->odbc, f->odbc, args[0].odbc, args[1].odbc, true);
    fill(out->sql, sizeof out->sql, f->sql, args[0].sql, args[1].sql, false);
    free(args);
}

/* The same value, and the same type. */
static void check_pair(const struct pair *p)
{
    static char sql[26000];
    SQLSMALLINT types[2] = {0, 0};
    snprintf(sql, sizeof sql, "SELECT %s, %s, (%s) <=> (%s)", p->odbc, p->sql, p->odbc, p->sql);
    SQLRETURN rc = direct(c.stmt, sql);
    struct said d = said(c.stmt);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s, seed %u: %s %s: %s", c.server, seed, d.state, d.text,
                  sql);
    for (SQLUSMALLINT i = 0; i < 2; i++)
        ok(c.stmt, SQLDescribeCol(c.stmt, i + 1u, NULL, 0, NULL, &types[i], NULL, NULL, NULL));
    ok(c.stmt, SQLFetch(c.stmt));
    const char *odbc = get(c.stmt, 1), *by_hand = get(c.stmt, 2);
    ck_assert_msg(!strcmp(get(c.stmt, 3), "1"), "%s: %s is %s, %s is %s", c.server, p->odbc, odbc,
                  p->sql, by_hand);
    bool is_date =
        types[1] == SQL_TYPE_DATE || types[1] == SQL_TYPE_TIME || types[1] == SQL_TYPE_TIMESTAMP;
    ck_assert_msg(!is_date || types[0] == types[1], "%s: %s has type %d, %s %d", c.server, p->odbc,
                  types[0], p->sql, types[1]);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
}

START_TEST(nested)
{
    static struct pair p;
    const char *given = getenv("MYWIRE_SEED");
    seed = given ? (uint32_t)strtoul(given, NULL, 10) : 20240102u;
    conn_open_as(&c, _i, "");
    for (int n = 0; n < 600; n++) {
        make(&p, (enum type)any(NTYPES), 1 + n % 4);
        check_pair(&p);
    }
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("escapes_random");
    TCase *t = tcase_create("escapes_random");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, nested, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
