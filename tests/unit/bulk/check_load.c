/* check_load.c - loads against the fake: the plain way, and every refusal that needs no fault. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "bulk/rig.h"

START_TEST(test_plain)
{
    struct rig r;
    struct fake_stats s;
    rig_up(&r, _i == 1);
    for (int i = 0; i < 3; i++) {
        ck_assert_msg(rig_load(&r, NULL, "1,one\n2,two\n3,three\n") == LOAD_DONE, "%s",
                      rig_words.text);
        ck_assert_str_eq(rig_result.status, "Success");
        ck_assert_int_eq(rig_result.rows_loaded, 3);
        ck_assert_uint_eq(rig_result.attempts, 1);
    }
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 9);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.fe_bodies, 0);
    rig_down(&r);
}
END_TEST

Suite *check_load(void);
Suite *check_load(void)
{
    Suite *s = suite_create("load");
    TCase *t = tcase_create("plain");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_plain, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
