/* check_row.c - rows to cells: every good form, and every bad length; the tables behind it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/auth.h"
#include "wire/row.h"

/* A copy of exactly n bytes, so that the sanitizer sees a read beyond. */
static unsigned char *exact(const void *p, size_t n)
{
    unsigned char *copy = malloc(n ? n : 1);
    ck_assert(copy != NULL);
    memcpy(copy, p, n);
    return copy;
}

static bool split_text(const void *p, size_t n, struct cell *cells, size_t ncols)
{
    unsigned char *copy = exact(p, n);
    bool is_good = row_split_text((struct rd_range){copy, n}, cells, ncols);
    for (size_t i = 0; is_good && i < ncols; i++) {
        ck_assert(!cells[i].p || (cells[i].p >= copy && cells[i].p + cells[i].len <= copy + n));
    }
    free(copy);
    return is_good;
}

START_TEST(text_lengths)
{
    static const size_t lengths[] = {0, 1, 250, 251, 252, 65535, 65536, 70000};
    struct cell cells[3];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct buf b = {0};
        buf_putc(&b, 0xFB);
        buf_put_lenenc(&b, lengths[i]);
        unsigned char *value = buf_grow(&b, lengths[i]);
        ck_assert(value || !lengths[i]);
        memset(b.p + b.len - lengths[i], 'v', lengths[i]);
        buf_put_lenstr(&b, "z", 1);
        ck_assert_msg(split_text(b.p, b.len, cells, 3), "length %zu", lengths[i]);
        ck_assert(cells[0].p == NULL && cells[1].p != NULL && cells[1].len == lengths[i] &&
                  cells[2].len == 1);
        ck_assert_msg(!split_text(b.p, b.len, cells, 2), "length %zu: bytes left over", lengths[i]);
        ck_assert_msg(!split_text(b.p, b.len, cells, 4), "length %zu: a cell too few", lengths[i]);
        for (size_t cut = 0; cut < b.len; cut += 1 + b.len / 300) {
            ck_assert_msg(!split_text(b.p, cut, cells, 3), "length %zu cut at %zu", lengths[i],
                          cut);
        }
        buf_clear(&b);
    }
}
END_TEST

static const struct {
    const char *what, *bytes;
    size_t n, ncols;
} bad_texts[] = {
    {"0xFF is no length", "\xff", 1, 1},
    {"longer than the row", "\x02z", 2, 1},
    {"8-byte length that overflows", "\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 9, 1},
    {"no row for a column", "", 0, 1},
    {"a row for no column", "\x00", 1, 0},
    {"a length cut short", "\xfc\x01", 2, 1},
};

START_TEST(text_refused)
{
    struct cell cells[2];
    ck_assert_msg(!split_text(bad_texts[_i].bytes, bad_texts[_i].n, cells, bad_texts[_i].ncols),
                  "%s", bad_texts[_i].what);
}
END_TEST

static bool split_binary(const void *p, size_t n, struct cell *cells, const uint8_t *types,
                         size_t ncols)
{
    int8_t widths[32];
    for (size_t i = 0; i < ncols; i++) {
        widths[i] = (int8_t)row_width(types[i]);
    }
    unsigned char *copy = exact(p, n);
    bool is_good = row_split_binary((struct rd_range){copy, n}, cells, widths, ncols);
    free(copy);
    return is_good;
}

/* Every type, alone in a row, with every length from 0 to 20: only the right one is taken. */
START_TEST(binary_types)
{
    uint8_t type = (uint8_t)_i;
    int width = row_width(type);
    struct cell cell;
    for (size_t n = 0; n <= 20; n++) {
        struct buf b = {0};
        buf_put(&b, "\0\0", 2);
        if (width < 0) {
            buf_putc(&b, (unsigned)n);
        }
        for (size_t i = 0; i < n; i++) {
            buf_putc(&b, 'v');
        }
        bool want =
            width == WIRE_LENENC || (width >= 0 ? n == (size_t)width : row_is_temporal_length(n));
        ck_assert_msg(split_binary(b.p, b.len, &cell, &type, 1) == want, "type %d, %zu bytes", _i,
                      n);
        ck_assert(!want || (cell.p && cell.len == n));
        ck_assert_msg(n == 0 || !split_binary(b.p, b.len - 1, &cell, &type, 1) ||
                          width != WIRE_LENENC,
                      "type %d cut", _i);
        buf_clear(&b);
    }
    ck_assert_msg(split_binary("\0\4", 2, &cell, &type, 1) && !cell.p, "type %d NULL", _i);
    ck_assert_msg(!split_binary("\0\4x", 3, &cell, &type, 1), "type %d NULL with a value", _i);
}
END_TEST

/* The NULL bits begin at bit 2; each column has its own. */
START_TEST(binary_nulls)
{
    uint8_t types[20];
    struct cell cells[20];
    memset(types, MYSQL_TYPE_TINY, sizeof types);
    for (size_t ncols = 1; ncols <= 20; ncols++) {
        for (size_t null = 0; null < ncols; null++) {
            unsigned char row[40] = {0};
            size_t nbits = (ncols + 9) / 8;
            row[1 + (null + 2) / 8] = (unsigned char)(1u << ((null + 2) % 8));
            for (size_t i = 0; i < ncols - 1; i++) {
                row[1 + nbits + i] = (unsigned char)(i + 1);
            }
            ck_assert_msg(split_binary(row, 1 + nbits + ncols - 1, cells, types, ncols),
                          "%zu columns", ncols);
            for (size_t i = 0; i < ncols; i++) {
                ck_assert_msg((cells[i].p == NULL) == (i == null), "column %zu of %zu", i, ncols);
            }
            ck_assert(!split_binary(row, 1 + nbits - 1, cells, types, ncols));
        }
    }
}
END_TEST

/* ---- the tables ---- */

static const struct {
    int code, width;
    const char *name;
} type_rows[] = {
#define WIRE_TYPE(code, name, width) {code, width, #name},
#include "table/wire_type.def"
#undef WIRE_TYPE
};

START_TEST(type_table)
{
    size_t n = sizeof type_rows / sizeof type_rows[0];
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(i == 0 || type_rows[i].code > type_rows[i - 1].code, "%s is not in order",
                      type_rows[i].name);
        ck_assert_msg(type_rows[i].code <= 255 && type_rows[i].width >= WIRE_TEMPORAL &&
                          type_rows[i].width <= 8,
                      "%s", type_rows[i].name);
        ck_assert_msg(row_width((uint8_t)type_rows[i].code) == type_rows[i].width, "%s",
                      type_rows[i].name);
    }
    ck_assert_int_eq(row_width(200), WIRE_LENENC);
}
END_TEST

static const struct {
    const char *name;
    auth_fn step;
    enum auth_when when;
    const char *hint;
} auth_rows[] = {
#define AUTH(name, step, when, shows) {name, step, when, ""},
#define AUTH_NOT(name, hint)          {name, NULL, AUTH_ASKED, hint},
#include "table/auth.def"
};

START_TEST(auth_table)
{
    size_t n = sizeof auth_rows / sizeof auth_rows[0];
    for (size_t i = 0; i < n; i++) {
        struct rd_range name = {(const unsigned char *)auth_rows[i].name,
                                strlen(auth_rows[i].name)};
        const struct auth_method *m = auth_find(name);
        ck_assert_msg(m && strcmp(m->name, auth_rows[i].name) == 0, "%s", auth_rows[i].name);
        ck_assert_msg(name.n < 64, "%s is too long for session_info", auth_rows[i].name);
        ck_assert_msg((auth_rows[i].step != NULL) == (auth_rows[i].hint[0] == 0),
                      "%s: step or hint", auth_rows[i].name);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(strcmp(auth_rows[i].name, auth_rows[k].name) != 0, "%s twice",
                          auth_rows[i].name);
        }
    }
}
END_TEST

Suite *check_row(void);
Suite *check_row(void)
{
    Suite *s = suite_create("row");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, text_lengths);
    tcase_add_loop_test(c, text_refused, 0, (int)(sizeof bad_texts / sizeof bad_texts[0]));
    tcase_add_loop_test(c, binary_types, 0, 256);
    tcase_add_test(c, binary_nulls);
    tcase_add_test(c, type_table);
    tcase_add_test(c, auth_table);
    suite_add_tcase(s, c);
    return s;
}
