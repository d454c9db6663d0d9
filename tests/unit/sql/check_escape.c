/* check_escape.c - ODBC escapes and the table of scalar functions. */
#include <check.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sql/escape.h"
#include "sql/function.h"
#include "rows.h"
#include "sql/param.h"
#include "torture.h"

static struct sql_mode mode_of(const char *name)
{
    static const char *const products[PRODUCTS] = {
#define PRODUCT(id, ...) [PRODUCT_##id] = #id,
#include "table/product.def"
#undef PRODUCT
    };
    struct sql_mode mode = {.no_backslash_escapes = strcmp(name, "no_backslash_escapes") == 0,
                            .ansi_quotes = strcmp(name, "ansi_quotes") == 0};
    for (int i = 0; i < PRODUCTS; i++) {
        if (text_eq(name, products[i])) {
            mode.product = (enum product_id)i;
        }
    }
    return mode;
}

/* "! SYNTAX 8 words" */
static void check_refusal(int line, char *want, const char *text,
                          const struct sql_escape_result *res)
{
    char kind[16];
    unsigned long at;
    int words = 0;
    ck_assert_msg(sscanf(want, "%15s %lu %n", kind, &at, &words) >= 2 && words,
                  "line %d: malformed", line);
    enum sql_escape_status st = strcmp(kind, "DATE") == 0 ? SQL_ESCAPE_DATE : SQL_ESCAPE_SYNTAX;
    ck_assert_msg(res->status == st, "line %d: status %d", line, (int)res->status);
    ck_assert_msg(text_chars(text, res->at) + 1 == at, "line %d: at %zu: %s", line, res->at,
                  res->words);
    ck_assert_msg(strstr(res->words, want + words), "line %d: %s", line, res->words);
    char position[32];
    (void)snprintf(position, sizeof position, "character %lu: ", at);
    ck_assert_msg(strncmp(res->words, position, strlen(position)) == 0, "line %d: %s", line,
                  res->words);
}

static void check_row(int line, struct sql_mode mode, const char *text, char *want)
{
    size_t n = strlen(text);
    char *copy = exact(text, n);
    struct buf out = {0};
    buf_puts(&out, "before ");
    struct sql_escape_result res = sql_escape(&out, copy, n, mode);
    const char *got = buf_str(&out) + 7;
    if (want[0] == '!') {
        check_refusal(line, want + 2, text, &res);
    } else {
        ck_assert_msg(res.status == (want[0] == '=' ? SQL_ESCAPE_NONE : SQL_ESCAPE_DONE),
                      "line %d: status %d: %s", line, (int)res.status, res.words);
        ck_assert_msg(strcmp(got, want[0] == '=' ? "" : want + 2) == 0, "line %d: %s", line, got);
        ck_assert_msg(res.returns == (want[0] == '~'), "line %d: returns", line);
    }
    ck_assert_msg(want[0] == '>' || want[0] == '~' || out.len == 7,
                  "line %d: something was left behind", line);
    buf_clear(&out);
    free(copy);
}

START_TEST(samples)
{
    struct rows r = rows_load("sql_escapes.txt", 1);
    struct sql_mode mode = {0};
    const char *text = NULL;
    for (int i = 0; i < r.n; i++) {
        char *s = r.row[i].field[0];
        if (s[0] == '@') {
            mode = mode_of(s + 2);
        } else if (s[0] == '<') {
            ck_assert_msg(!text, "line %d: the text before has no answer", r.row[i].line);
            text = s + 2;
        } else {
            ck_assert_msg(text && strchr("=>!~", s[0]), "line %d: no text before", r.row[i].line);
            check_row(r.row[i].line, mode, text, s);
            text = NULL;
        }
    }
    ck_assert_ptr_null(text);
    rows_free(&r);
}
END_TEST

/* Every prefix of every sample, every mode; and with a buffer that is too small at every size. */
START_TEST(cuts)
{
    struct rows r = rows_load("sql_escapes.txt", 1);
    for (int i = 0; i < r.n; i++) {
        char *s = r.row[i].field[0];
        size_t n = strlen(s);
        for (size_t cut = 0; cut <= n; cut++) {
            char *head = exact(s, cut);
            struct sql_mode mode = {.no_backslash_escapes = _i & 1,
                                    .ansi_quotes = _i & 2,
                                    .product = (enum product_id)(_i % PRODUCTS)};
            struct buf out = {.max = 4096};
            struct sql_escape_result res = sql_escape(&out, head, cut, mode);
            MUST(res.status <= SQL_ESCAPE_DATE && res.at <= cut, "line %d cut %zu", r.row[i].line,
                 cut);
            MUST((res.status > SQL_ESCAPE_DONE) == (res.words[0] != 0), "line %d cut %zu",
                 r.row[i].line, cut);
            MUST(text_valid(res.words, strlen(res.words)), "line %d cut %zu", r.row[i].line, cut);
            buf_clear(&out);
            free(head);
        }
        for (size_t max = 1; max < n; max += 3) {
            struct buf out = {.max = max};
            struct sql_escape_result res = sql_escape(&out, s, n, (struct sql_mode){0});
            MUST((res.status == SQL_ESCAPE_MEMORY) == !buf_ok(&out), "line %d max %zu",
                 r.row[i].line, max);
            buf_clear(&out);
        }
    }
    rows_free(&r);
}
END_TEST

/* A CAST at every place of a long text. */
START_TEST(far_casts)
{
    static const char cast[] = "CAST(1 AS INT)", made[] = "CAST(1 AS SIGNED)";
    for (size_t before = 0; before < 200; before++) {
        for (size_t after = 0; after < 80; after += 13) {
            struct buf text = {0}, want = {0}, out = {0};
            for (int b = 0; b < 2; b++) {
                struct buf *to = b ? &want : &text;
                for (size_t i = 0; i < before; i++)
                    buf_putc(to, i % 2 ? '(' : '+');
                buf_puts(to, b ? made : cast);
                for (size_t i = 0; i < after; i++)
                    buf_putc(to, ',');
            }
            char *copy = exact((const char *)text.p, text.len); /* ASan sees what is read beyond */
            struct sql_escape_result res = sql_escape(&out, copy, text.len, (struct sql_mode){0});
            ck_assert_int_eq(res.status, SQL_ESCAPE_DONE);
            ck_assert_str_eq(buf_str(&out), buf_str(&want));
            free(copy);
            buf_clear(&text);
            buf_clear(&want);
            buf_clear(&out);
        }
    }
}
END_TEST

/* Deep nesting is refused, not followed to the end of the stack. */
START_TEST(depth)
{
    struct buf text = {0}, out = {0};
    for (int i = 0; i < 64; i++) {
        buf_puts(&text, "{fn ABS(");
    }
    buf_puts(&text, "1");
    for (int i = 0; i < 64; i++) {
        buf_puts(&text, ")}");
    }
    struct sql_escape_result res = sql_escape(&out, (char *)text.p, text.len, (struct sql_mode){0});
    ck_assert_int_eq(res.status, SQL_ESCAPE_DONE);
    ck_assert_uint_eq(out.len, 64 * 5 + 1);
    buf_reset(&text);
    for (int i = 0; i < 100000; i++) {
        buf_puts(&text, "{fn ABS(");
    }
    res = sql_escape(&out, (char *)text.p, text.len, (struct sql_mode){0});
    ck_assert_int_eq(res.status, SQL_ESCAPE_SYNTAX);
    ck_assert_ptr_nonnull(strstr(res.words, "64 escapes"));
    buf_clear(&text);
    buf_clear(&out);
}
END_TEST

START_TEST(without_memory)
{
    static const char text[] =
        "{call p({fn CONVERT({fn UCASE(?)}, SQL_CHAR)}, {fn ABS(?)}, {fn NOPE(?, ?, ?, ?)}, "
        "CAST(? AS INTEGER))}";
    size_t n;
    for (n = 1; torture_begin(n); n++) {
        struct buf out = {0};
        struct sql_markers m = {0};
        struct sql_escape_result res =
            sql_escape(&out, text, sizeof text - 1, (struct sql_mode){0});
        int rc = sql_markers_find(&m, text, sizeof text - 1, (struct sql_mode){0}, NULL);
        bool failed = torture_end();
        ck_assert_msg(res.status == SQL_ESCAPE_DONE || res.status == SQL_ESCAPE_MEMORY,
                      "allocation %zu: %s", n, res.words);
        ck_assert_msg((res.status == SQL_ESCAPE_MEMORY) + (rc == RC_MEMORY) == (failed ? 1 : 0),
                      "allocation %zu", n);
        sql_markers_clear(&m);
        buf_clear(&out);
    }
    ck_assert_uint_gt(n, 4);
}
END_TEST

/* A pattern has each argument up to max once at most, and none beyond. */
static void check_pattern(const struct sql_function *f, const char *pattern)
{
    for (unsigned arg = 1; pattern && arg <= 4; arg++) {
        char mark[3] = {'$', (char)('0' + arg), 0};
        const char *first = strstr(pattern, mark);
        ck_assert_msg((first != NULL) == (arg <= f->max), "%s: %s", f->name, mark);
        ck_assert_msg(!first || !strstr(first + 1, mark), "%s: %s twice", f->name, mark);
    }
}

/* Form of scalar_function.def: sorted, once each. */
START_TEST(table_form)
{
    const struct sql_function *f, *before = NULL;
    unsigned seen[4] = {0};
    for (size_t i = 0; (f = sql_function_row(i)) != NULL; before = f, i++) {
        ck_assert_msg(!before || strcmp(before->name, f->name) < 0, "%s is not in order", f->name);
        ck_assert_msg(f->min <= f->max && f->max <= 4, "%s", f->name);
        ck_assert_msg(!(seen[f->group] & f->bits), "%s: the bit is another row's", f->name);
        seen[f->group] |= f->bits;
        ck_assert_ptr_eq(sql_function_find(f->name, strlen(f->name)), f);
        for (int d = 0; d < PRODUCTS; d++) {
            check_pattern(f, sql_function_pattern(f, (enum product_id)d));
        }
    }
    ck_assert_ptr_null(sql_function_find("ABSX", 4));
    ck_assert_ptr_null(sql_function_find("AB", 2));
}
END_TEST

/* A variant is of a function that there is. */
START_TEST(variants)
{
    static const struct {
        enum product_id product;
        const char *name, *pattern;
    } rows[] = {
#define SCALAR_VARIANT(product, name, pattern) {PRODUCT_##product, name, pattern},
#include "table/scalar_function.def"
#undef SCALAR_VARIANT
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct sql_function *f = sql_function_find(rows[i].name, strlen(rows[i].name));
        ck_assert_msg(f, "%s", rows[i].name);
        ck_assert_str_eq(sql_function_pattern(f, rows[i].product), rows[i].pattern);
    }
}
END_TEST

/* All of appendix E but DIFFERENCE, which no server has. */
START_TEST(bits)
{
    ck_assert_uint_eq(sql_function_bits(SQL_GROUP_STRING),
                      0x00FFFFFFu & ~(unsigned)SQL_FN_STR_DIFFERENCE);
    ck_assert_uint_eq(sql_function_bits(SQL_GROUP_NUMERIC), 0x00FFFFFFu);
    ck_assert_uint_eq(sql_function_bits(SQL_GROUP_TIMEDATE), 0x001FFFFFu);
    ck_assert_uint_eq(sql_function_bits(SQL_GROUP_SYSTEM), 0x7u);
}
END_TEST

START_TEST(keywords)
{
    ck_assert_str_eq(sql_convert_pattern("sql_Double", 10, PRODUCT_MYSQL), "CAST($1 AS DOUBLE)");
    ck_assert_str_eq(sql_convert_pattern("SQL_INTEGER", 11, PRODUCT_DORIS), "CAST($1 AS INT)");
    ck_assert_ptr_null(sql_convert_pattern("SQL_INTERVAL_DAY", 16, PRODUCT_MYSQL));
    ck_assert_str_eq(sql_interval_unit("SQL_TSI_FRAC_SECOND", 19), "MICROSECOND");
    ck_assert_ptr_null(sql_interval_unit("SQL_TSI", 7));
}
END_TEST

Suite *check_escape(void); /* called by the generated main */

Suite *check_escape(void)
{
    Suite *s = suite_create("escape");
    TCase *t = tcase_create("escape");
    tcase_add_test(t, samples);
    tcase_add_loop_test(t, cuts, 0, PRODUCTS);
    tcase_add_test(t, far_casts);
    tcase_add_test(t, depth);
    tcase_add_test(t, without_memory);
    tcase_add_test(t, table_form);
    tcase_add_test(t, variants);
    tcase_add_test(t, bits);
    tcase_add_test(t, keywords);
    suite_add_tcase(s, t);
    return s;
}
