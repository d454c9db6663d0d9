/* check_text_io.c - text in and out: every cut, unit and bad character. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "odbc/handle/text_io.h"

Suite *check_text_io(void);

static struct handles t;

static void setup(void)
{
    handles_make(&t);
}

static void teardown(void)
{
    handles_free(&t);
}

static const struct {
    const char *name;
    const char *text;
    SQLLEN n;
    const char *want; /* NULL: refused */
    const char *state;
} in_rows[] = {
    {"terminated", "abc", SQL_NTS, "abc", ""},
    {"counted", "abcdef", 3, "abc", ""},
    {"empty", "", SQL_NTS, "", ""},
    {"zero length", "abc", 0, "", ""},
    {"not given", NULL, SQL_NTS, "", ""},
    {"four bytes", "\xf0\x9f\x98\x80", SQL_NTS, "\xf0\x9f\x98\x80", ""},
    {"negative length", "abc", -2, NULL, "HY090"},
    {"latin1", "caf\xe9", SQL_NTS, NULL, "22018"},
    {"overlong", "\xc0\x80", SQL_NTS, NULL, "22018"},
    {"cut inside a character", "\xc3\xa9", 1, NULL, "22018"},
};

START_TEST(narrow_in)
{
    struct buf b = {0};
    diag_clear(&t.dbc->h.diag);
    SQLRETURN rc =
        text_in(&t.dbc->h, &b, in_a((const SQLCHAR *)in_rows[_i].text, in_rows[_i].n), "it");
    ck_assert_msg((rc == SQL_SUCCESS) == (in_rows[_i].want != NULL), "%s: %d", in_rows[_i].name,
                  rc);
    ck_assert_msg(!strcmp(state_of(t.dbc), in_rows[_i].state), "%s: %s", in_rows[_i].name,
                  state_of(t.dbc));
    if (in_rows[_i].want)
        ck_assert_str_eq(buf_str(&b), in_rows[_i].want);
    buf_clear(&b);
}
END_TEST

START_TEST(wide_in)
{
    static const SQLWCHAR good[] = {'a', 0xe9, 0x20ac, 0xd83d, 0xde00, 0};
    static const SQLWCHAR lone[] = {'a', 0xd83d, 'b', 0};
    struct buf b = {0};
    ck_assert_int_eq(text_in(&t.dbc->h, &b, in_w(good, SQL_NTS), "it"), SQL_SUCCESS);
    ck_assert_str_eq(buf_str(&b), "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    buf_reset(&b);
    ck_assert_int_eq(text_in(&t.dbc->h, &b, in_wbytes(good, 4), "it"), SQL_SUCCESS);
    ck_assert_str_eq(buf_str(&b), "a\xc3\xa9");
    buf_reset(&b);
    ck_assert_int_eq(text_in(&t.dbc->h, &b, in_w(lone, SQL_NTS), "the name"), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "22018");
    ck_assert_ptr_nonnull(strstr(diag_get(&t.dbc->h.diag, 0)->text, "the name"));
    ck_assert_ptr_nonnull(strstr(diag_get(&t.dbc->h.diag, 0)->text, "character 2"));
    buf_clear(&b);
}
END_TEST

static const struct {
    const char *name, *text;
    SQLLEN cap;
    const char *want;
    SQLINTEGER length;
    SQLRETURN rc;
} out_rows[] = {
    {"fits", "abc", 10, "abc", 3, SQL_SUCCESS},
    {"fits exactly", "abc", 4, "abc", 3, SQL_SUCCESS},
    {"one too short", "abc", 3, "ab", 3, SQL_SUCCESS_WITH_INFO},
    {"only the terminator", "abc", 1, "", 3, SQL_SUCCESS_WITH_INFO},
    {"empty", "", 1, "", 0, SQL_SUCCESS},
    {"character kept whole", "a\xc3\xa9z", 3, "a", 4, SQL_SUCCESS_WITH_INFO},
    {"four bytes kept whole", "\xf0\x9f\x98\x80", 4, "", 4, SQL_SUCCESS_WITH_INFO},
};

START_TEST(narrow_out)
{
    SQLINTEGER length = -1;
    SQLSMALLINT small = -1;
    char *place =
        malloc((size_t)out_rows[_i].cap); /* so that the sanitizer sees one byte too many */
    struct text_out o = out_a(place, out_rows[_i].cap, &small, &length);
    SQLRETURN rc = text_write(&t.dbc->h, &o, out_rows[_i].text, strlen(out_rows[_i].text));
    ck_assert_msg(rc == out_rows[_i].rc, "%s: %d", out_rows[_i].name, rc);
    ck_assert_msg(!strcmp(place, out_rows[_i].want), "%s: '%s'", out_rows[_i].name, place);
    ck_assert_int_eq(length, out_rows[_i].length);
    ck_assert_int_eq(small, out_rows[_i].length);
    if (rc == SQL_SUCCESS_WITH_INFO)
        ck_assert_str_eq(state_of(t.dbc), "01004");
    free(place);
}
END_TEST

START_TEST(wide_out)
{
    SQLWCHAR place[8];
    SQLINTEGER length = 0;
    const char *text = "a\xf0\x9f\x98\x80z"; /* 4 units */
    struct text_out chars = out_wchars(place, 3, NULL, &length);
    ck_assert_int_eq(text_write(&t.dbc->h, &chars, text, 6), SQL_SUCCESS_WITH_INFO);
    ck_assert_int_eq(length, 4);
    ck_assert(place[0] == 'a' && place[1] == 0); /* the pair did not fit whole */
    struct text_out bytes = out_wbytes(place, 10, NULL, &length);
    ck_assert_int_eq(text_write(&t.dbc->h, &bytes, text, 6), SQL_SUCCESS);
    ck_assert_int_eq(length, 8);
    ck_assert(place[1] == 0xd83d && place[2] == 0xde00 && place[3] == 'z' && place[4] == 0);
    memset(place, 0x55, sizeof(place));
    struct text_out odd = out_wbytes(place, 5, NULL, &length); /* room for two units */
    ck_assert_int_eq(text_write(&t.dbc->h, &odd, "abc", 3), SQL_SUCCESS_WITH_INFO);
    ck_assert(place[0] == 'a' && place[1] == 0 && place[2] == 0x5555);
}
END_TEST

START_TEST(out_without_place)
{
    SQLSMALLINT length = 0;
    struct text_out none = out_a(NULL, 0, &length, NULL);
    ck_assert_int_eq(text_write(&t.dbc->h, &none, "hello", 5), SQL_SUCCESS);
    ck_assert_int_eq(length, 5);
    char place[4] = "xyz";
    struct text_out negative = out_a(place, -1, &length, NULL);
    ck_assert_int_eq(text_write(&t.dbc->h, &negative, "hello", 5), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY090");
    ck_assert_str_eq(place, "xyz");
}
END_TEST

START_TEST(lengths_saturate)
{
    size_t n = 70000;
    char *text = malloc(n);
    memset(text, 'a', n);
    SQLSMALLINT small = 0;
    SQLINTEGER large = 0;
    struct text_out o = out_a(NULL, 0, &small, &large);
    (void)text_write(&t.dbc->h, &o, text, n);
    ck_assert_int_eq(small, 32767);
    ck_assert_int_eq(large, 70000);
    struct text_out w = out_wbytes(NULL, 0, &small, &large);
    (void)text_write(&t.dbc->h, &w, text, n);
    ck_assert_int_eq(small, 32766);
    ck_assert_int_eq(large, 140000);
    free(text);
}
END_TEST

Suite *check_text_io(void)
{
    Suite *s = suite_create("text_io");
    TCase *c = tcase_create("text");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, narrow_in, 0, sizeof(in_rows) / sizeof(in_rows[0]));
    tcase_add_test(c, wide_in);
    tcase_add_loop_test(c, narrow_out, 0, sizeof(out_rows) / sizeof(out_rows[0]));
    tcase_add_test(c, wide_out);
    tcase_add_test(c, out_without_place);
    tcase_add_test(c, lengths_saturate);
    suite_add_tcase(s, c);
    return s;
}
