/* check_wild.c - whatever bytes a server sends in whatever type: no read or write out of bounds
 * (sanitizers watch), no length that lies, pieces that end, and the same answer from the whole and
 * from the pieces. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "conv/describe.h"
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
    for (unsigned rounds = 0; st == CONV_TRUNCATED; rounds++) {
        size_t cap = 3 + next(12);
        unsigned char *piece = malloc(cap);
        SQLLEN len;
        st = conv_part(p, c, &state, piece, cap, &len);
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

/* Sizes are bounded whatever a server declares. */
START_TEST(any_column)
{
    for (int i = 0; i < 2000; i++) {
        struct conv_opts o = {.max_varchar = next(2) * 500,
                              .size_s32 = next(2),
                              .starrocks = next(2),
                              .wide_types = next(2),
                              .tinyint1_is_bit = next(2)};
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
        ck_assert(!o.size_s32 || (d.column_size <= INT32_MAX && d.octet_length <= INT32_MAX &&
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
    suite_add_tcase(s, tc);
    return s;
}
