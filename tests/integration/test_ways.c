/* test_ways.c - one value, one answer: every type of the servers, random values, every way to ask.
 *
 * A column of random values is read by four kinds of execution and four kinds of reading, as each C
 * type: value, length and SQLSTATE are those of the plainest way, or the difference stands in
 * `differences` with its reason.  MYWIRE_SEED: other values. */
#include "integration/odbc.h"

enum { ROWS = 20, ROOM = 400 };

static struct conn c, no_ssps;
static uint64_t seed;

static uint64_t next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 16 ^ seed << 40;
}

static int pick(int n)
{
    return (int)(next() % (uint64_t)n);
}

/* --- values ----------------------------------------------------------------------------------- */

struct type {
    const char *name;
    void (*make)(const struct type *t, char *out, size_t room); /* an SQL literal */
    int64_t low;
    uint64_t high;
    int digits, places;
    const char *only; /* a server; NULL: all */
};

static void make_int(const struct type *t, char *out, size_t room)
{
    uint64_t span = t->high - (uint64_t)t->low,
             v = span == UINT64_MAX ? next() : next() % (span + 1);
    v >>= pick(3) ? 0 : pick(40);
    int64_t i = (int64_t)((uint64_t)t->low + v);
    i = pick(8) ? i : t->low;
    if (t->low < 0)
        snprintf(out, room, "%lld", (long long)i);
    else
        snprintf(out, room, "%llu", pick(8) ? (unsigned long long)i : (unsigned long long)t->high);
}

static void make_double(const struct type *t, char *out, size_t room)
{
    static const char *const edges[] = {"0", "-0.1", "123456.789", "16777216.0", "1e20", "1e-7"};
    (void)t;
    if (!pick(4))
        snprintf(out, room, "%s", edges[pick(6)]);
    else
        snprintf(out, room, "%s%d.%d%s%d", pick(2) ? "-" : "", pick(100), pick(1000000), "e",
                 pick(t->digits) - t->digits / 2);
}

static void make_decimal(const struct type *t, char *out, size_t room)
{
    int whole = 1 + pick(t->digits - t->places), places = pick(t->places + 1), n = 0;
    n += snprintf(out, room, "%s", pick(2) ? "-" : "");
    for (int i = 0; i < whole; i++)
        out[n++] = (char)('0' + pick(10));
    out[n++] = '.';
    for (int i = 0; i < places; i++)
        out[n++] = (char)('0' + pick(10));
    out[n++] = '0';
    out[n] = '\0';
    if (places == t->places)
        out[n - 1] = '\0';
}

static void put_clock(const struct type *t, char *out, size_t room, int hours)
{
    int n = snprintf(out, room, "%02d:%02d:%02d", pick(hours), pick(60), pick(60));
    if (t->places && pick(3))
        snprintf(out + n, room - (size_t)n, ".%0*d", t->places,
                 pick(t->places == 6 ? 1000000 : 100));
}

static void make_date(const struct type *t, char *out, size_t room)
{
    char clock[40] = "";
    bool is_old = t->low == 0;
    if (t->digits)
        put_clock(t, clock, sizeof clock, 24);
    if (!pick(8) && is_old)
        snprintf(out, room, "'%s'", pick(2) ? "0000-00-00" : "2024-05-00");
    else
        snprintf(out, room, "'%04d-%02d-%02d%s%s'", is_old ? 1 + pick(9999) : 1971 + pick(60),
                 1 + pick(12), 1 + pick(28), *clock ? " " : "", clock);
}

static void make_time(const struct type *t, char *out, size_t room)
{
    char clock[40];
    put_clock(t, clock, sizeof clock, pick(2) ? 24 : 838);
    snprintf(out, room, "'%s%s'", pick(4) ? "" : "-", clock);
}

static void make_text(const struct type *t, char *out, size_t room)
{
    static const char *const texts[] = {"",
                                        "12",
                                        "-12.75",
                                        "1e3",
                                        "2024-02-29",
                                        "10:20:30",
                                        "2024-02-29 10:20:30.5",
                                        "x",
                                        "0",
                                        "4294967296",
                                        " 7 ",
                                        "123456789012345678901234567890",
                                        "1",
                                        "00112233-4455-6677-8899-aabbccddeeff"};
    static const char *const parts[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", " "};
    int n = snprintf(out, room, "'");
    if (pick(2))
        n += snprintf(out + n, room - (size_t)n, "%s", texts[pick(14)]);
    else
        for (int i = pick(t->digits); i > 0; i--)
            n += snprintf(out + n, room - (size_t)n, "%s", parts[pick(5)]);
    snprintf(out + n, room - (size_t)n, "'");
}

static void make_bytes(const struct type *t, char *out, size_t room)
{
    int n = snprintf(out, room, "x'");
    for (int i = pick(t->digits + 1); i > 0; i--)
        n += snprintf(out + n, room - (size_t)n, "%02X", pick(256));
    snprintf(out + n, room - (size_t)n, "'");
}

static void make_one_of(const struct type *t, char *out, size_t room)
{
    static const char *const words[] = {"'x'", "'y'", "'12'"};
    (void)t;
    snprintf(out, room, "%s", words[pick(3)]);
}

static void make_json(const struct type *t, char *out, size_t room)
{
    (void)t;
    snprintf(out, room, "'{\"a\": %d}'", pick(1000));
}

static void make_uuid(const struct type *t, char *out, size_t room)
{
    (void)t;
    snprintf(out, room, "'%08x-%04x-%04x-%04x-%012x'", pick(1 << 30), pick(65536), pick(65536),
             pick(65536), pick(1 << 30));
}

/* clang-format off */
static const struct type types[] = {
    {"TINYINT", make_int, -128, 127, 0, 0, NULL},
    {"TINYINT UNSIGNED", make_int, 0, 255, 0, 0, NULL},
    {"SMALLINT", make_int, -32768, 32767, 0, 0, NULL},
    {"MEDIUMINT", make_int, -8388608, 8388607, 0, 0, NULL},
    {"INT", make_int, INT32_MIN, INT32_MAX, 0, 0, NULL},
    {"INT(9) UNSIGNED ZEROFILL", make_int, 0, UINT32_MAX, 0, 0, NULL},
    {"BIGINT", make_int, INT64_MIN, INT64_MAX, 0, 0, NULL},
    {"BIGINT UNSIGNED", make_int, 0, UINT64_MAX, 0, 0, NULL},
    {"YEAR", make_int, 1901, 2155, 0, 0, NULL},
    {"BIT(1)", make_int, 0, 1, 0, 0, NULL},
    {"BIT(20)", make_int, 0, (1 << 20) - 1, 0, 0, NULL},
    {"BIT(64)", make_int, 0, UINT64_MAX, 0, 0, NULL},
    {"FLOAT", make_double, 0, 0, 60, 0, NULL},
    {"FLOAT(9,3)", make_double, 0, 0, 8, 0, NULL},
    {"DOUBLE", make_double, 0, 0, 400, 0, NULL},
    {"DOUBLE(15,4)", make_double, 0, 0, 16, 0, NULL},
    {"DECIMAL(20,5)", make_decimal, 0, 0, 20, 5, NULL},
    {"DECIMAL(65,30)", make_decimal, 0, 0, 65, 30, NULL},
    {"DATE", make_date, 0, 0, 0, 0, NULL},
    {"DATETIME", make_date, 0, 0, 1, 0, NULL},
    {"DATETIME(6)", make_date, 0, 0, 1, 6, NULL},
    {"TIMESTAMP(2)", make_date, 1, 0, 1, 2, NULL},
    {"TIME", make_time, 0, 0, 0, 0, NULL},
    {"TIME(6)", make_time, 0, 0, 0, 6, NULL},
    {"CHAR(40)", make_text, 0, 0, 30, 0, NULL},
    {"VARCHAR(60)", make_text, 0, 0, 50, 0, NULL},
    {"TEXT", make_text, 0, 0, 60, 0, NULL},
    {"BINARY(8)", make_bytes, 0, 0, 8, 0, NULL},
    {"VARBINARY(30)", make_bytes, 0, 0, 30, 0, NULL},
    {"BLOB", make_bytes, 0, 0, 60, 0, NULL},
    {"ENUM('x','y','12')", make_one_of, 0, 0, 0, 0, NULL},
    {"SET('x','y','12')", make_one_of, 0, 0, 0, 0, NULL},
    {"JSON", make_json, 0, 0, 0, 0, NULL},
    {"UUID", make_uuid, 0, 0, 0, 0, "mariadb"},
};
static const SQLSMALLINT ctypes[] = {
    SQL_C_CHAR, SQL_C_WCHAR, SQL_C_BINARY, SQL_C_STINYINT, SQL_C_SLONG, SQL_C_SBIGINT, SQL_C_UBIGINT,
    SQL_C_FLOAT, SQL_C_DOUBLE, SQL_C_BIT, SQL_C_NUMERIC, SQL_C_TYPE_DATE, SQL_C_TYPE_TIME,
    SQL_C_TYPE_TIMESTAMP, SQL_C_INTERVAL_HOUR_TO_SECOND, SQL_C_GUID};
/* clang-format on */
enum { NTYPES = sizeof types / sizeof *types, NCTYPES = sizeof ctypes / sizeof *ctypes };

/* --- ways ------------------------------------------------------------------------------------- */

enum execution { DIRECT, PREPARED, PARAMETER, NO_SSPS, EXECUTIONS };
enum reading { BOUND, BLOCK, WHOLE, PIECES, READINGS };
static const char *const executions[] = {"direct", "prepared", "with a parameter", "NO_SSPS"};
static const char *const readings[] = {"bound", "block of 1000", "SQLGetData", "pieces"};

/* What may differ. */
static const struct {
    const char *type; /* its beginning */
    int execution;
    const char *why;
} differences[] = {
    {"FLOAT", NO_SSPS, "a statement with a parameter can only go as text then, with six digits"},
    {"DOUBLE(", NO_SSPS,
     "the text has so many places; the double that is stored may be its neighbour"},
};

static bool may_differ(const struct type *t, enum execution e)
{
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if ((int)e == differences[i].execution &&
            !strncmp(t->name, differences[i].type, strlen(differences[i].type)))
            return true;
    return false;
}

struct answer {
    char state[6];
    SQLLEN len;
    unsigned char data[ROOM];
};
static struct answer plainest[ROWS], got[ROWS];

static SQLHSTMT execute(enum execution e)
{
    static SQLINTEGER from = 0;
    SQLHSTMT s = new_stmt(e == NO_SSPS ? &no_ssps : &c);
    SQLSMALLINT n = 0;
    if (e == DIRECT) {
        ok(s, direct(s, "SELECT v FROM ways ORDER BY id"));
        return s;
    }
    const char *sql = e == PREPARED ? "SELECT v FROM ways ORDER BY id"
                                    : "SELECT v FROM ways WHERE id >= ? ORDER BY id";
    ok(s, SQLPrepare(s, text(sql), SQL_NTS));
    if (e == PREPARED)
        ok(s, SQLNumResultCols(s, &n));
    else
        ok(s,
           SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &from, 0, NULL));
    ok(s, SQLExecute(s));
    return s;
}

static void note(struct answer *a, SQLHSTMT s, SQLRETURN rc)
{
    struct said d = said(s);
    a->state[0] = '\0';
    if (rc != SQL_SUCCESS)
        snprintf(a->state, sizeof a->state, "%s", d.state);
    if (!SQL_SUCCEEDED(rc)) {
        a->len = 0;
        memset(a->data, 0, sizeof a->data);
    }
}

/* Only as many bytes count as were given. */
static void trim(struct answer *a, size_t cap, SQLLEN unit)
{
    size_t n = a->len < 0 ? 0 : (size_t)a->len;
    if (!strcmp(a->state, "01004"))
        for (n = 0; n + (size_t)unit <= cap - (size_t)unit; n += (size_t)unit)
            if (!memcmp(a->data + n, "\0", (size_t)unit) && unit)
                break;
    if (n < sizeof a->data)
        memset(a->data + n, 0, sizeof a->data - n);
}

static void read_bound(SQLHSTMT s, SQLSMALLINT ctype, size_t cap, struct answer *out)
{
    for (int i = 0; i < ROWS; i++) {
        ok(s, SQLBindCol(s, 1, ctype, out[i].data, (SQLLEN)cap, &out[i].len));
        note(&out[i], s, SQLFetch(s));
    }
}

static void read_block(SQLHSTMT s, SQLSMALLINT ctype, size_t cap, struct answer *out)
{
    SQLULEN n = 0;
    memset(out, 0, ROWS * sizeof *out);
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1000, 0));
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)sizeof *out, 0));
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0));
    ok(s, SQLBindCol(s, 1, ctype, out[0].data, (SQLLEN)cap, &out[0].len));
    SQLRETURN rc = SQLFetch(s);
    ck_assert_uint_eq(n, ROWS);
    for (SQLSMALLINT k = 1; rc != SQL_SUCCESS; k++) {
        SQLLEN row = 0;
        struct said d = said_at(SQL_HANDLE_STMT, s, k);
        if (!d.state[0])
            break;
        SQLGetDiagField(SQL_HANDLE_STMT, s, k, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
        if (row < 1 || row > ROWS)
            continue;
        snprintf(out[row - 1].state, 6, "%s", d.state);
        if (strncmp(d.state, "01", 2) != 0)
            out[row - 1].len = 0;
        if (strncmp(d.state, "01", 2) != 0)
            memset(out[row - 1].data, 0, ROOM);
    }
}

static void read_whole(SQLHSTMT s, SQLSMALLINT ctype, size_t cap, struct answer *out)
{
    for (int i = 0; i < ROWS; i++) {
        ok(s, SQLFetch(s));
        note(&out[i], s, SQLGetData(s, 1, ctype, out[i].data, (SQLLEN)cap, &out[i].len));
    }
}

/* Pieces of seven characters, put together; what is refused in small pieces is asked for again. */
static void read_pieces(SQLHSTMT s, SQLSMALLINT ctype, SQLLEN unit, struct answer *out)
{
    for (int i = 0; i < ROWS; i++) {
        struct answer *a = &out[i];
        SQLLEN left = 0, cap = unit ? 8 * unit : 7, at = 0;
        ok(s, SQLFetch(s));
        SQLRETURN rc = SQLGetData(s, 1, ctype, a->data, cap, &left);
        if (rc == SQL_ERROR)
            rc = SQLGetData(s, 1, ctype, a->data, cap = ROOM, &left);
        a->len = left;
        while (rc == SQL_SUCCESS_WITH_INFO && !strcmp(said(s).state, "01004")) {
            SQLLEN before = left;
            unsigned char piece[ROOM];
            rc = SQLGetData(s, 1, ctype, piece, cap, &left);
            at += before - left;
            memcpy(a->data + at, piece, (size_t)(left < cap ? left + unit : cap));
        }
        note(a, s, rc);
    }
}

static void read_all(enum execution e, enum reading how, SQLSMALLINT ctype, size_t cap,
                     struct answer *out)
{
    SQLLEN unit = ctype == SQL_C_WCHAR ? 2 : ctype == SQL_C_CHAR ? 1 : 0;
    SQLHSTMT s = execute(e);
    memset(out, 0, ROWS * sizeof *out);
    switch (how) {
    case BOUND:
        read_bound(s, ctype, cap, out);
        break;
    case BLOCK:
        read_block(s, ctype, cap, out);
        break;
    case WHOLE:
        read_whole(s, ctype, cap, out);
        break;
    default:
        read_pieces(s, ctype, unit, out);
        break;
    }
    drop_stmt(s);
    for (int i = 0; i < ROWS; i++)
        trim(&out[i], cap, unit ? unit : (SQLLEN)cap);
}

static void compare(const struct type *t, enum execution e, enum reading how, SQLSMALLINT ctype,
                    size_t cap)
{
    for (int i = 0; i < ROWS; i++) {
        const struct answer *a = &plainest[i], *b = &got[i];
        bool same = !strcmp(a->state, b->state) && a->len == b->len &&
                    !memcmp(a->data, b->data, sizeof a->data);
        ck_assert_msg(same,
                      "%s %s as C type %d of %zu bytes, row %d: '%s' %ld '%.60s' %s, and '%s' %ld "
                      "'%.60s' %s, %s (seed %s)",
                      c.server, t->name, ctype, cap, i, a->state, (long)a->len,
                      (const char *)a->data, "direct, bound", b->state, (long)b->len,
                      (const char *)b->data, executions[e], readings[how],
                      getenv("MYWIRE_SEED") ? getenv("MYWIRE_SEED") : "of the test");
    }
}

static void ways_of(const struct type *t, SQLSMALLINT ctype, size_t cap)
{
    bool is_long = ctype == SQL_C_CHAR || ctype == SQL_C_WCHAR || ctype == SQL_C_BINARY;
    read_all(DIRECT, BOUND, ctype, cap, plainest);
    for (int e = 0; e < EXECUTIONS; e++) {
        for (int how = 0; how < READINGS; how++) {
            if (may_differ(t, (enum execution)e) || (how == PIECES && (!is_long || cap < ROOM)))
                continue;
            read_all((enum execution)e, (enum reading)how, ctype, cap, got);
            compare(t, (enum execution)e, (enum reading)how, ctype, cap);
        }
    }
}

static bool make_column(const struct type *t)
{
    char sql[600], value[400];
    run(c.stmt, "DROP TABLE IF EXISTS ways");
    snprintf(sql, sizeof sql, "CREATE TABLE ways(id INT PRIMARY KEY, v %s)", t->name);
    if (!SQL_SUCCEEDED(direct(c.stmt, sql)))
        return false;
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    for (int i = 0; i < ROWS; i++) {
        t->make(t, value, sizeof value);
        snprintf(sql, sizeof sql, "INSERT INTO ways VALUES(%d, %s)", i, i ? value : "NULL");
        run(c.stmt, sql);
    }
    return true;
}

START_TEST(one_answer)
{
    static const char mode[] = "SET sql_mode = 'ALLOW_INVALID_DATES'";
    const char *given = getenv("MYWIRE_SEED");
    char sql[100];
    seed = given ? strtoull(given, NULL, 10) : 7;
    conn_open(&c, _i, "ways");
    conn_open_as(&no_ssps, _i, "NO_SSPS=1");
    run(c.stmt, mode);
    snprintf(sql, sizeof sql, "USE %s", c.database);
    run(no_ssps.stmt, sql);
    for (int i = 0; i < NTYPES; i++) {
        const struct type *t = &types[i];
        if (t->only && strcmp(t->only, c.server) != 0)
            continue;
        if (!make_column(t)) {
            ck_assert_msg(t->only, "%s has no %s: %s", c.server, t->name, said(c.stmt).text);
            continue;
        }
        for (int k = 0; k < NCTYPES; k++) {
            ways_of(t, ctypes[k], ROOM);
            if (k < 3) /* cut */
                ways_of(t, ctypes[k], 12);
        }
    }
    no_ssps.database[0] = '\0';
    conn_close(&no_ssps);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ways");
    TCase *t = tcase_create("ways");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, one_answer, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
