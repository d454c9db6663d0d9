/* check_plain.c - the short way of a value into a load gives what the general way gives, for every
 * pair of types that has one; and usual values do go that way. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conv/param.h"

/* As ck_assert_msg, without its cost for each check that holds. */
#define MUST(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ck_abort_msg(__VA_ARGS__);                                                             \
        }                                                                                          \
    } while (0)

#define ROOM 400

static uint64_t seed;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static unsigned dice(unsigned n)
{
    return (unsigned)(next() >> 33) % n;
}

static const SQLSMALLINT ctypes[] = {
#define CTYPE(id, ...) id,
#include "table/ctype.def"
};
static const SQLSMALLINT sqltypes[] = {
#define SQLTYPE(id, ...) id,
#include "table/ctype.def"
};
#define COUNT(a) (int)(sizeof(a) / sizeof(a)[0])

/* ---- values ---- */

static size_t random_text(char *out)
{
    static const char *const pieces[] = {"a",
                                         "Z",
                                         "0",
                                         "12",
                                         "-",
                                         ".",
                                         "\\N",
                                         "\\",
                                         " ",
                                         "x y z",
                                         "\x1f",
                                         "\n",
                                         "\x7f",
                                         "\xc3\xb6",
                                         "",
                                         "\"\"",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x80",
                                         "\xff",
                                         "\xed\xa0\x80",
                                         "1.5",
                                         "12345678",
                                         "abcdefgh"};
    size_t n = 0, most = dice(3) ? dice(4) : dice(20);
    for (size_t i = 0; i < most; i++) {
        const char *p = pieces[dice(dice(3) ? 12 : COUNT(pieces))];
        memcpy(out + n, p, strlen(p));
        n += strlen(p);
    }
    return n;
}

static size_t random_wide(char *out)
{
    size_t n = dice(3) ? dice(12) : dice(40);
    for (size_t i = 0; i < n; i++) {
        static const uint16_t odd[] = {0x1f,   0x7f,   0x80,   0x7ff, 0x800,
                                       0xd800, 0xdc00, 0xffff, '\\'};
        uint16_t unit = (uint16_t)(' ' + dice(95));
        if (dice(16) == 0)
            unit = odd[dice(COUNT(odd))];
        memcpy(out + 2 * i, &unit, 2);
    }
    if (dice(10) == 0)
        memcpy(out, (const uint16_t[]){'\\', 'N'}, n = 4);
    else
        n *= 2;
    return n;
}

static SQL_TIMESTAMP_STRUCT random_moment(void)
{
    SQL_TIMESTAMP_STRUCT s = {(SQLSMALLINT)dice(10000),
                              (SQLUSMALLINT)(1 + dice(12)),
                              (SQLUSMALLINT)(1 + dice(31)),
                              (SQLUSMALLINT)dice(24),
                              (SQLUSMALLINT)dice(60),
                              (SQLUSMALLINT)dice(60),
                              0};
    static const SQLUINTEGER fractions[] = {0, 500000000, 1000,      123456000,
                                            1, 999999999, 1000000000};
    s.fraction = fractions[dice(COUNT(fractions))];
    switch (dice(12)) {
    case 0:
        s.hour = 24;
        break;
    case 1:
        s.month = (SQLUSMALLINT)next();
        break;
    case 2:
        s.year = 0;
        s.month = s.day = (SQLUSMALLINT)dice(2); /* 0000-01-01 may become the zero date */
        break;
    case 3:
        s.year = (SQLSMALLINT)next();
        break;
    default:
        break;
    }
    return s;
}

static size_t random_value(SQLSMALLINT ctype, char *out)
{
    SQL_TIMESTAMP_STRUCT s = random_moment();
    uint64_t bits = next() >> dice(64);
    double d = dice(2) ? (double)(int64_t)next() / 128 / 100 : 0;
    float f = (float)(int)dice(2000000) / 100 - 10000;
    switch (ctype) {
    case SQL_C_CHAR:
        return random_text(out);
    case SQL_C_WCHAR:
        return random_wide(out);
    case SQL_C_DOUBLE:
        memcpy(out, d != 0 ? (void *)&d : (void *)&bits, sizeof d);
        return sizeof d;
    case SQL_C_FLOAT:
        memcpy(out, dice(2) ? (void *)&f : (void *)&bits, sizeof f);
        return sizeof f;
    case SQL_C_DATE:
    case SQL_C_TYPE_DATE:
        memcpy(out, &s, sizeof(SQL_DATE_STRUCT));
        return sizeof(SQL_DATE_STRUCT);
    case SQL_C_TIME:
    case SQL_C_TYPE_TIME:
        memcpy(out, &s.hour, sizeof(SQL_TIME_STRUCT));
        return sizeof(SQL_TIME_STRUCT);
    case SQL_C_TIMESTAMP:
    case SQL_C_TYPE_TIMESTAMP:
        memcpy(out, &s, sizeof s);
        return sizeof s;
    default:
        bits = dice(2) ? bits : 0 - bits;
        memset(out, 0, 64);
        memcpy(out, &bits, sizeof bits);
        return 64;
    }
}

/* ---- both ways ---- */

static bool is_plain_text(const struct buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (b->p[i] < 0x20)
            return false;
    return text_valid((const char *)b->p, b->len) && !(b->len == 2 && !memcmp(b->p, "\\N", 2));
}

/* Did it go the short way?  Memory is as large as it is said to be. */
static bool compare(const struct param_plan *p, const char *data, size_t n, SQLLEN ind, size_t room,
                    const char *what)
{
    struct buf b = {0};
    enum param_form form = PARAM_NULL;
    bool is_text = !p->size;
    char *odd = malloc(n + 1);
    unsigned char *to = malloc(room + PARAM_PLAIN_ROOM);
    memcpy(odd + 1, data, n);
    memset(to, 0xa5, room + PARAM_PLAIN_ROOM);
    unsigned char *behind = param_plain(p)(p, odd + 1, ind, to, to + room);
    enum conv_status st = param_field(p, odd + 1, ind, &b, &form);
    if (behind) {
        size_t len = (size_t)(behind - to);
        MUST(st == CONV_OK && (form == PARAM_TEXT || form == PARAM_NUMBER),
             "%s: status %d, form %d", what, (int)st, (int)form);
        MUST(len == b.len && !memcmp(to, b.p, len), "%s: %.*s, not %.*s", what, (int)len,
             (char *)to, (int)b.len, (char *)b.p);
        MUST(is_plain_text(&b), "%s: not plain", what);
        MUST(!is_text || len <= room, "%s: %zu bytes in %zu", what, len, room);
    }
    for (size_t i = 0; is_text && i < PARAM_PLAIN_ROOM; i++)
        MUST(to[room + i] == 0xa5, "%s: written behind the end", what);
    free(odd);
    free(to);
    buf_clear(&b);
    return behind;
}

static bool bound(struct param_plan *p, SQLSMALLINT ctype, SQLSMALLINT sqltype, bool zero)
{
    struct param_target t = {.ctype = ctype, .sql_type = sqltype};
    struct conv_opts o = {.min_date_to_zero = zero};
    return param_bind(p, &t, &o) == CONV_OK && param_plain(p);
}

START_TEST(random_values)
{
    seed = 88172645463325252u + (uint64_t)_i;
    long pairs = 0, tried = 0, plain = 0;
    for (int c = 0; c < COUNT(ctypes); c++)
        for (int s = 0; s < COUNT(sqltypes); s++) {
            struct param_plan p;
            char what[64];
            if (!bound(&p, ctypes[c], sqltypes[s], _i & 1))
                continue;
            pairs++;
            (void)snprintf(what, sizeof what, "C type %d, SQL type %d", ctypes[c], sqltypes[s]);
            for (int k = 0; k < 500; k++, tried++) {
                char data[ROOM] = {0};
                size_t n = random_value(ctypes[c], data);
                bool ends = ctypes[c] == SQL_C_CHAR && dice(4) == 0;
                plain += compare(&p, data, n + ends, ends ? SQL_NTS : (SQLLEN)n,
                                 dice(3) ? ROOM : dice(40), what);
            }
        }
    ck_assert_int_gt(pairs, 60);
    ck_assert_int_gt(plain, tried / 3);
}
END_TEST

/* ---- usual values ---- */

#define AS(type, ...)                                                                              \
    sizeof(type), (const void *)&(const type)                                                      \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define STR(s) sizeof(s) - 1, (const void *)(s)

static const struct {
    SQLSMALLINT ctype, sqltype;
    size_t n;
    const void *data;
    const char *text;
} usual[] = {
    {SQL_C_SLONG, SQL_INTEGER, AS(SQLINTEGER, -2147483647 - 1), "-2147483648"},
    {SQL_C_ULONG, SQL_INTEGER, AS(SQLUINTEGER, 4294967295u), "4294967295"},
    {SQL_C_SBIGINT, SQL_BIGINT, AS(SQLBIGINT, 4000000007), "4000000007"},
    {SQL_C_UBIGINT, SQL_BIGINT, AS(SQLUBIGINT, UINT64_MAX), "18446744073709551615"},
    {SQL_C_SSHORT, SQL_SMALLINT, AS(SQLSMALLINT, -1), "-1"},
    {SQL_C_UTINYINT, SQL_TINYINT, AS(SQLCHAR, 200), "200"},
    {SQL_C_SLONG, SQL_DECIMAL, AS(SQLINTEGER, 7), "7"},
    {SQL_C_SLONG, SQL_VARCHAR, AS(SQLINTEGER, 7), "7"},
    {SQL_C_BIT, SQL_BIT, AS(SQLCHAR, 1), "1"},
    {SQL_C_DOUBLE, SQL_DOUBLE, AS(SQLDOUBLE, 0.1), "0.1"},
    {SQL_C_DOUBLE, SQL_DOUBLE, AS(SQLDOUBLE, 1e22), "1e22"},
    {SQL_C_FLOAT, SQL_REAL, AS(SQLREAL, 0.5f), "0.5"},
    {SQL_C_TYPE_DATE, SQL_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 29), "2024-02-29"},
    {SQL_C_TYPE_TIME, SQL_TYPE_TIME, AS(SQL_TIME_STRUCT, 23, 5, 9), "23:05:09"},
    {SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2020, 1, 2, 3, 4, 5, 0),
     "2020-01-02 03:04:05"},
    {SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP,
     AS(SQL_TIMESTAMP_STRUCT, 2020, 1, 2, 3, 4, 5, 120000000), "2020-01-02 03:04:05.120000"},
    {SQL_C_CHAR, SQL_VARCHAR, STR("K\xc3\xb6ln, street \"1\""), "K\xc3\xb6ln, street \"1\""},
    {SQL_C_CHAR, SQL_VARCHAR, STR(""), ""},
    {SQL_C_CHAR, SQL_WLONGVARCHAR, STR("12345678"), "12345678"},
    {SQL_C_CHAR, SQL_DECIMAL, STR("-123.450"), "-123.450"},
    {SQL_C_WCHAR, SQL_WVARCHAR, AS(uint16_t[10], 'K', 0xf6, 'l', 'n', ' ', 'a', 'b', 'c', 'd', 'e'),
     "K\xc3\xb6ln abcde"},
};

START_TEST(usual_values)
{
    struct param_plan p;
    char what[64];
    size_t n = usual[_i].n;
    unsigned char to[ROOM + PARAM_PLAIN_ROOM];
    (void)snprintf(what, sizeof what, "row %d, %s", _i, usual[_i].text);
    MUST(bound(&p, usual[_i].ctype, usual[_i].sqltype, false), "%s: not plain", what);
    MUST(compare(&p, usual[_i].data, n, (SQLLEN)n, ROOM, what), "%s: did not go", what);
    const unsigned char *end = param_plain(&p)(&p, usual[_i].data, (SQLLEN)n, to, to + ROOM);
    size_t len = strlen(usual[_i].text);
    MUST((size_t)(end - to) == len && !memcmp(to, usual[_i].text, len), "%s", what);
}
END_TEST

Suite *check_plain(void);
Suite *check_plain(void)
{
    Suite *s = suite_create("plain");
    TCase *t = tcase_create("plain");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, random_values, 0, 4);
    tcase_add_loop_test(t, usual_values, 0, COUNT(usual));
    suite_add_tcase(s, t);
    return s;
}
