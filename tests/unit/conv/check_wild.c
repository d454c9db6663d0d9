/* check_wild.c - whatever bytes a server sends in whatever type: no read or write out of bounds
 * (sanitizers watch), no length that lies, pieces that end, and the same answer from the whole and
 * from the pieces. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conv/describe.h"
#include "conv/value.h"
#include "rows.h"

static uint64_t seed = 0x2545F4914F6CDD1Du;

static unsigned next(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % below;
}

/* Bytes that are near to what conversions look at, and any others. */
static struct cell make_cell(unsigned char *p, size_t n)
{
    static const char near[] = "0123456789-+.:eE {}Tabcdef\xC3\xBC\xF0\x9F\x98\x80";
    bool is_near = next(3) > 0;
    for (size_t i = 0; i < n; i++) {
        p[i] = is_near ? (unsigned char)near[next(sizeof near - 1)]
                       : (unsigned char)next(next(2) ? 256 : 3);
    }
    return (struct cell){p, n};
}

static void check_pieces(const struct conv_plan *p, const struct cell *c,
                         const unsigned char *whole, size_t n, int type)
{
    struct conv_part state = {0};
    unsigned char *got = malloc(n + 8);
    size_t at = 0;
    enum conv_status st = CONV_TRUNCATED;
    bool is_refused = false; /* a number's whole digits come together */
    for (unsigned rounds = 0; st == CONV_TRUNCATED || is_refused; rounds++) {
        size_t cap = is_refused ? n + 2 : 3 + next(12);
        unsigned char *piece = malloc(cap);
        SQLLEN len;
        st = conv_part(p, c, &state, piece, cap, &len);
        is_refused = st == CONV_RANGE && !state.given && !is_refused;
        ck_assert_msg(len == (SQLLEN)(n - at), "type %d to %s: length", type,
                      ctype_name(p->ctype_id));
        memcpy(got + at, piece, state.given - at);
        at = state.given;
        free(piece);
        ck_assert_msg(rounds < 1000, "type %d to %s: pieces do not end", type,
                      ctype_name(p->ctype_id));
    }
    ck_assert_msg(at == n && memcmp(got, whole, n) == 0, "type %d to %s: pieces differ", type,
                  ctype_name(p->ctype_id));
    free(got);
}

static void check_one(const struct conv_source *s, SQLSMALLINT ctype, const struct conv_opts *o)
{
    struct conv_target t = {.ctype = ctype,
                            .precision = (SQLSMALLINT)next(40),
                            .scale = (SQLSMALLINT)(next(60) - 20),
                            .has_scale = next(2)};
    struct conv_plan p;
    if (plan_bind(&p, s, &t, o) != CONV_OK) {
        return;
    }
    static const size_t lens[] = {0, 1, 2, 4, 7, 8, 10, 11, 12, 19, 26, 36};
    size_t n = next(2) ? lens[next(12)] : next(44), cap = p.size ? p.size : next(60);
    unsigned char *from = malloc(n + 1), *to = malloc(cap + 1), all[4096];
    struct cell c = make_cell(from, n);
    SQLLEN len = 0;
    enum conv_status st = p.fn(&p, &c, to, cap, &len);
    ck_assert_msg(!CONV_HAS_DATA(st) || len >= SQL_NULL_DATA, "type %d to %s: length %ld", s->type,
                  ctype_name(ctype), (long)len);
    st = p.fn(&p, &c, all, sizeof all, &len);
    if (p.is_parted && st == CONV_OK && len != SQL_NULL_DATA) {
        check_pieces(&p, &c, all, (size_t)len, s->type);
    }
    free(from);
    free(to);
}

START_TEST(any_cell)
{
    static const uint16_t charsets[] = {63, 45, 33, 8},
                          flags[] = {0, CONV_FLAG_UNSIGNED, CONV_FLAG_UNSIGNED | CONV_FLAG_ZEROFILL,
                                     CONV_FLAG_ENUM};
    struct conv_opts o = {.zero_date_to_min = _i % 2};
    for (int ctype = -200; ctype < 200; ctype++) {
        if (ctype_size((SQLSMALLINT)ctype) < 0) {
            continue;
        }
        for (int round = 0; round < (_i < 20 || _i > 241 ? 24 : 2); round++) {
            struct conv_source s = {
                .type = (uint8_t)_i,
                .flags = flags[next(4)],
                .charset = charsets[next(4)],
                .binary = next(2),
                .length = next(3) ? next(70) : next(1u << 31),
                .decimals = (uint8_t)next(next(2) ? 8 : 256),
                .ext_type = "",
            };
            check_one(&s, (SQLSMALLINT)ctype, &o);
        }
    }
}
END_TEST

/* ---- the fast way against the long one ---- */

/* What a server would print, now and then with one byte changed. */
static size_t make_plain(unsigned kind, char *out, size_t cap)
{
    static const char *const clocks[] = {"%04u-%02u-%02u %02u:%02u:%02u",
                                         "%04u-%02u-%02u %02u:%02u:%02u.%06u", "%04u-%02u-%02u"};
    unsigned long long digits =
        ((unsigned long long)next(1u << 31) << 33 | next(1u << 31)) >> next(64);
    int n;
    switch (kind) {
    case 0:
        n = snprintf(out, cap, "%s%llu", next(3) ? "" : "-", digits);
        break;
    case 1:
        n = snprintf(out, cap, "%s%llu.%0*llu", next(3) ? "" : "-", digits >> next(40),
                     (int)(1 + next(19)), digits);
        break;
    default: {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        n = snprintf(out, cap, clocks[next(3)], next(10100), next(14), next(33), next(25), next(61),
                     next(61), next(1000000));
#pragma GCC diagnostic pop
        break;
    }
    }
    if (n > 0 && next(4) == 0) {
        out[next((unsigned)n)] = "0-.: x/e+"[next(9)];
    }
    return n > 0 ? (size_t)n : 0;
}

START_TEST(fast_is_slow)
{
    static const struct {
        uint8_t type;
        unsigned kind;
    } columns[] = {{3, 0},  {8, 0},  {1, 0},   {5, 1},   {5, 0},  {246, 1},
                   {12, 2}, {10, 2}, {253, 0}, {253, 1}, {253, 2}};
    static const SQLSMALLINT ctypes[] = {SQL_C_SLONG,     SQL_C_SBIGINT,       SQL_C_UBIGINT,
                                         SQL_C_UTINYINT,  SQL_C_DOUBLE,        SQL_C_FLOAT,
                                         SQL_C_TYPE_DATE, SQL_C_TYPE_TIMESTAMP};
    for (int i = 0; i < 20000; i++) {
        struct conv_source s = {.type = columns[_i].type,
                                .charset = 45,
                                .length = 40,
                                .decimals = 6,
                                .flags = next(2) ? CONV_FLAG_UNSIGNED : 0,
                                .ext_type = ""};
        struct conv_target t = {.ctype = ctypes[next(8)]};
        struct conv_opts o = {0};
        struct conv_plan p;
        char text[64];
        if (plan_bind(&p, &s, &t, &o) != CONV_OK) {
            continue;
        }
        size_t n = make_plain(columns[_i].kind, text, sizeof text);
        unsigned char *cell = malloc(n + 1), a[16] = {0}, b[16] = {0};
        memcpy(cell, text, n);
        struct cell c = {cell, n};
        struct value v;
        SQLLEN la = 0, lb = 0;
        enum conv_status sa = p.fn(&p, &c, a, sizeof a, &la), sb = p.decode(&p, &c, &v);
        sb = sb == CONV_OK ? p.put(&p, &v, b, sizeof b, &lb) : sb;
        ck_assert_msg(sa == sb && la == lb && memcmp(a, b, sizeof a) == 0,
                      "type %d, '%s' to %s: %s, the long way %s", s.type, text, ctype_name(t.ctype),
                      state_of(sa), state_of(sb));
        free(cell);
    }
}
END_TEST

/* Sizes are bounded whatever a server declares. */
START_TEST(any_column)
{
    for (int i = 0; i < 2000; i++) {
        struct conv_opts o = {
            .max_varchar = next(2) * 500, .bare_metadata = next(2), .wide_types = next(2)};
        struct conv_source s = {
            .type = (uint8_t)_i,
            .flags = (uint16_t)next(65536),
            .charset = (uint16_t)next(3000),
            .length = (uint32_t)next(1u << 31) * 2 + next(2),
            .decimals = (uint8_t)next(256),
            .ext_type = next(2) ? "json" : "uuid",
        };
        struct conv_desc d;
        describe_column(&s, &o, &d);
        ck_assert(d.column_size >= 1 && d.display_size >= 1 && d.octet_length >= 1 &&
                  d.length >= 1);
        ck_assert(d.ctype != 0 && d.type_name && d.verbose_type != 0);
        ck_assert((d.column_size <= INT32_MAX && d.octet_length <= INT32_MAX &&
                   d.display_size <= INT32_MAX));
        ck_assert(!o.max_varchar || d.column_size <= 500);
        ck_assert(d.decimal_digits >= DESC_NONE && d.decimal_digits <= 30);
    }
}
END_TEST

Suite *check_wild(void);
Suite *check_wild(void)
{
    Suite *s = suite_create("wild");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, any_cell, 0, 256);
    tcase_add_loop_test(tc, any_column, 0, 256);
    tcase_add_loop_test(tc, fast_is_slow, 0, 11);
    suite_add_tcase(s, tc);
    return s;
}
