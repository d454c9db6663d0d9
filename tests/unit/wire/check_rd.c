/* check_rd.c - the sticky cursor. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wire/rd.h"

START_TEST(integers)
{
    static const unsigned char b[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,
                                      10, 11, 12, 13, 14, 15, 16, 17, 0xFF};
    struct rd r = rd_init(b, sizeof b);
    ck_assert_uint_eq(rd_u8(&r), 1);
    ck_assert_uint_eq(rd_u16(&r), 0x0302);
    ck_assert_uint_eq(rd_u24(&r), 0x060504);
    ck_assert_uint_eq(rd_u32(&r), 0x0A090807);
    ck_assert(!rd_end(&r) && rd_ok(&r));
    struct rd high = rd_init("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    ck_assert(rd_u64(&high) == UINT64_MAX && rd_end(&high));
}
END_TEST

static const struct {
    const char *bytes;
    size_t n;
    uint64_t want;
    bool is_good;
} lenencs[] = {
    {"\x00", 1, 0, true},
    {"\xfa", 1, 250, true},
    {"\xfc\xfb\x00", 3, 251, true},
    {"\xfd\x00\x00\x01", 4, 65536, true},
    {"\xfe\x00\x00\x00\x01\x00\x00\x00\x00", 9, 16777216, true},
    {"\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 9, UINT64_MAX, true},
    {"\xfb", 1, 0, false},
    {"\xff", 1, 0, false},
    {"", 0, 0, false},
    {"\xfc\x01", 2, 0, false},
    {"\xfd\x01\x02", 3, 0, false},
    {"\xfe\x01\x02\x03\x04\x05\x06\x07", 8, 0, false},
};

START_TEST(lenenc)
{
    struct rd r = rd_init(lenencs[_i].bytes, lenencs[_i].n);
    uint64_t v = rd_lenenc(&r);
    ck_assert_msg(rd_end(&r) == lenencs[_i].is_good, "row %d: %s", _i, rd_ok(&r) ? "good" : "bad");
    ck_assert_msg(!lenencs[_i].is_good || v == lenencs[_i].want, "row %d", _i);
}
END_TEST

START_TEST(strings)
{
    struct rd r = rd_init("\x03"
                          "abc"
                          "de\0"
                          "rest",
                          11);
    ck_assert(rd_range_eq(rd_lenstr(&r), "abc"));
    ck_assert(rd_range_eq(rd_nulstr(&r), "de"));
    ck_assert(rd_range_eq(rd_rest(&r), "rest") && rd_end(&r));
    ck_assert(rd_range_eq(rd_rest(&r), "") && rd_end(&r));
    struct rd none = rd_init("no end", 6);
    ck_assert(rd_nulstr(&none).n == 0 && !rd_ok(&none));
}
END_TEST

/* After the first failure all else is zero and empty, and the cursor stays bad. */
START_TEST(sticky)
{
    struct rd r = rd_init("\x05"
                          "abc",
                          4);
    struct rd_range s = rd_lenstr(&r);
    ck_assert(s.p != NULL && s.n == 0 && !rd_ok(&r) && !rd_end(&r));
    ck_assert(rd_u8(&r) == 0 && rd_u16(&r) == 0 && rd_u24(&r) == 0 && rd_u32(&r) == 0 &&
              rd_u64(&r) == 0);
    ck_assert(rd_lenenc(&r) == 0 && rd_bytes(&r, 1).n == 0 && rd_nulstr(&r).n == 0 &&
              rd_left(&r) == 0);
    ck_assert(!rd_ok(&r));
    struct rd huge = rd_init("abc", 3);
    ck_assert(rd_bytes(&huge, UINT64_MAX).n == 0 && !rd_ok(&huge));
    struct rd empty = rd_init("", 0);
    ck_assert(rd_end(&empty) && rd_nulstr(&empty).n == 0 && !rd_ok(&empty));
}
END_TEST

Suite *check_rd(void);
Suite *check_rd(void)
{
    Suite *s = suite_create("rd");
    TCase *c = tcase_create("all");
    tcase_add_test(c, integers);
    tcase_add_loop_test(c, lenenc, 0, (int)(sizeof lenencs / sizeof lenencs[0]));
    tcase_add_test(c, strings);
    tcase_add_test(c, sticky);
    suite_add_tcase(s, c);
    return s;
}
