/* check_truth.c - what is said of a load when an earlier attempt of it may be in: a later refusal
 * is about the later attempt, and never makes "nothing was loaded" of it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

struct row {
    const char *name;
    enum fake_node node; /* the endpoint; a BE tells no states */
    const char *faults;
    const char *label; /* NULL: ours */
    enum load_outcome outcome;
    size_t rows; /* in the table afterwards */
    int timeout_s;
};

/* clang-format off */
static const struct row rows[] = {
    {"busy for ever",       FAKE_BE, "be_drop_after be_shutdown*0+1", NULL, LOAD_UNKNOWN, 2, 1},
    {"busy for a while",    FAKE_BE, "be_drop_after be_shutdown*2+1", NULL, LOAD_DONE, 2, 20},
    {"login refused by BE", FAKE_BE, "be_drop_after be_401*0+1", NULL, LOAD_UNKNOWN, 2, 20},
    {"login refused by FE", FAKE_FE, "be_drop_after state_unknown*2 fe_401+3", NULL, LOAD_UNKNOWN, 2, 20},
    {"redirect refused",    FAKE_FE, "be_drop_after state_unknown*2 fe_to_file+1", NULL, LOAD_UNKNOWN, 2, 20},
    {"odd status",          FAKE_FE, "be_drop_after state_unknown*2 fe_code:303+1", NULL, LOAD_UNKNOWN, 2, 20},
    {"asked once more",     FAKE_FE, "be_drop_after state_unknown fe_to_file+1", NULL, LOAD_DONE, 2, 20},
    /* the server says that it had begun anew, so the label was free */
    {"refused, begun anew", FAKE_BE, "be_drop_before be_early_fail:3+1", NULL, LOAD_FAILED, 0, 20},
    /* nobody has told what the label stood for before */
    {"own label, no state", FAKE_BE, "be_drop_after", "mine", LOAD_UNKNOWN, 2, 20},
};
/* clang-format on */

static void faults(struct rig *r, const char *specs)
{
    char copy[200];
    (void)snprintf(copy, sizeof copy, "%s", specs);
    for (char *s = copy, *end; s; s = end) {
        end = strchr(s, ' ');
        if (end)
            *end++ = 0;
        ck_assert_msg(fake_fault(r->fake, s), "no such fault: %s", s);
    }
}

static void up(struct rig *r, enum fake_node node, int timeout_s)
{
    static const char *const options[] = {"proxy", "on", NULL};
    rig_fake(r, false, options);
    (void)snprintf(r->url[0], sizeof r->url[0], "http://127.0.0.1:%u", fake_port(r->fake, node));
    r->o.timeout_s = timeout_s;
    rig_loader(r);
}

START_TEST(test_earlier)
{
    const struct row *o = &rows[_i];
    struct rig r;
    struct fake_stats s;
    up(&r, o->node, o->timeout_s);
    faults(&r, o->faults);
    enum load_outcome got = rig_load(&r, o->label, "1,one\n2,two\n");
    ck_assert_msg(got == o->outcome, "%s: outcome %d: %s", o->name, got, rig_words.text);
    ck_assert_msg(fake_rows(r.fake, "d", "t") == o->rows, "%s: %zu rows", o->name,
                  fake_rows(r.fake, "d", "t"));
    ck_assert_msg(got == LOAD_DONE || strstr(rig_words.text, rig_result.label), "%s: no label: %s",
                  o->name, rig_words.text);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.duplicates, 0);
    rig_down(&r);
}
END_TEST

/* A label of the caller's own that was used before, behind a front that takes bodies itself: the
 * state that the label has is that of the earlier load, and no success of this one. */
START_TEST(test_used_before)
{
    struct rig r;
    up(&r, FAKE_PROXY, 20);
    ck_assert_int_eq(rig_load(&r, "mine", "1,one\n"), LOAD_DONE);
    faults(&r, "state_502 fe_slow:300 fe_502");
    ck_assert_msg(rig_load(&r, "mine", "2,two\n") == LOAD_LABEL_USED, "%s", rig_words.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 1);
    rig_down(&r);
}
END_TEST

Suite *check_truth(void);
Suite *check_truth(void)
{
    Suite *s = suite_create("truth");
    TCase *t = tcase_create("truth");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_earlier, 0, ROWS(rows));
    tcase_add_test(t, test_used_before);
    suite_add_tcase(s, t);
    return s;
}
