/* check_doris.c - what Apache Doris says in its own way: an outcome that a BE does not know, labels
 * in two phases that must not stay pre-committed, refusals in the body of a 200, passing troubles;
 * and labels of others. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

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

static void up(struct rig *r, int timeout_s)
{
    static const char *const options[] = {"dialect", "doris", NULL};
    rig_fake(r, false, options);
    r->o.dialect = LOAD_DORIS;
    r->o.timeout_s = timeout_s;
    rig_loader(r);
}

/* ---- a load by itself ---- */

struct row {
    const char *faults;
    enum load_outcome outcome;
    size_t rows;
    const char *words;
    int rc;
};

/* clang-format off */
static const struct row rows[] = {
    {"be_thrift_ok",      LOAD_DONE, 2, "", 0},
    {"be_thrift_bad",     LOAD_DONE, 2, "", 0},
    {"be_versions*2",     LOAD_DONE, 2, "", 0},
    {"fe_no_backend*2",   LOAD_DONE, 2, "", 0},
    {"be_shutdown",       LOAD_DONE, 2, "", 0},
    {"fe_401*0",          LOAD_FAILED, 0, "Access denied for root", RC_DENIED},
    {"be_401*0",          LOAD_FAILED, 0, "Access denied", RC_DENIED},
    {"be_drop_after",     LOAD_DONE, 2, "", 0},
    /* nobody tells the state: the same again under the same label asks as well */
    {"be_drop_after state_502*0", LOAD_DONE, 2, "", 0},
    {"be_drop_after fe_401+2",    LOAD_DONE, 2, "", 0},
};
/* clang-format on */

START_TEST(test_load)
{
    const struct row *o = &rows[_i];
    struct rig r;
    struct fake_stats s;
    up(&r, 20);
    faults(&r, o->faults);
    int64_t began = clock_ms();
    enum load_outcome got = rig_load(&r, NULL, "1,one\n2,two\n");
    ck_assert_msg(got == o->outcome && rig_words.rc == o->rc && strstr(rig_words.text, o->words),
                  "%s: outcome %d: %s", o->faults, got, rig_words.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), o->rows);
    ck_assert_msg(o->rc != RC_DENIED || clock_ms() - began < 2000, "%s: not at once", o->faults);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.duplicates, 0);
    rig_down(&r);
}
END_TEST

/* ---- in two phases ---- */

struct phase_row {
    const char *faults;
    enum load_outcome outcome;
    const char *state; /* of the label, at last */
    int timeout_s;
};

/* clang-format off */
static const struct phase_row phases[] = {
    {"be_thrift_ok",                  LOAD_DONE,   "VISIBLE", 20},
    {"be_thrift_bad",                 LOAD_FAILED, "ABORTED", 20},
    {"be_drop_after",                 LOAD_DONE,   "VISIBLE", 20},
    {"be_drop_pending",               LOAD_DONE,   "VISIBLE", 20},
    /* what cannot be found out is aborted, and then it is known */
    {"be_thrift_ok state_502*0",      LOAD_FAILED, "ABORTED", 1},
    {"be_drop_after state_html*0",    LOAD_FAILED, "ABORTED", 1},
    {"be_drop_pending:300 state_unknown*2", LOAD_FAILED, "ABORTED", 1},
};
/* clang-format on */

static void append(struct rig *r, const char *text)
{
    struct text_body t;
    struct load_body body = text_body(&t, text);
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_append(r->loader, &body, &rig_result, &rig_words), RC_OK);
    ck_assert_int_eq(rig_result.outcome, LOAD_DONE);
}

START_TEST(test_phases)
{
    const struct phase_row *o = &phases[_i];
    struct rig r;
    struct load_request q = rig_request(NULL);
    up(&r, o->timeout_s);
    ck_assert_msg(load_begin(r.loader, &q, &rig_words) == RC_OK, "%s", rig_words.text);
    append(&r, "1,one\n2,two\n");
    faults(&r, o->faults);
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_commit(r.loader, &rig_result, &rig_words), RC_OK);
    ck_assert_msg(rig_result.outcome == o->outcome, "%s: outcome %d: %s", o->faults,
                  rig_result.outcome, rig_words.text);
    const char *state = fake_state(r.fake, "d", q.label);
    ck_assert_msg(!strcmp(state, o->state), "%s: %s", o->faults, state);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), o->outcome == LOAD_DONE ? 2 : 0);
    rig_down(&r);
}
END_TEST

/* Prepared, and then nobody commits: nothing stays with the server.  _i: rolled back, or left. */
START_TEST(test_prepared)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    up(&r, 20);
    ck_assert_int_eq(load_begin(r.loader, &q, &rig_words), RC_OK);
    append(&r, "1,one\n");
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_prepare(r.loader, &rig_result, &rig_words), RC_OK);
    ck_assert_int_eq(rig_result.outcome, LOAD_DONE);
    ck_assert_str_eq(fake_state(r.fake, "d", q.label), "PRECOMMITTED");
    ck_assert_int_eq(load_stream_begin(r.loader, NULL, &rig_words), RC_CONFIG);
    if (_i == 0)
        ck_assert_msg(load_rollback(r.loader, &rig_words) == RC_OK, "%s", rig_words.text);
    loader_free(r.loader);
    r.loader = NULL;
    ck_assert_str_eq(fake_state(r.fake, "d", q.label), "ABORTED");
    rig_down(&r);
}
END_TEST

/* ---- reasons ---- */

/* A transaction that cannot begin says why. */
START_TEST(test_begin)
{
    static const struct {
        const char *fault, *table, *words;
        int rc;
    } begins[] = {{"fe_401", "t", "Access denied for root", RC_DENIED},
                  {"be_401", "t", "Access denied", RC_DENIED},
                  {"be_other_txn", "nobody", "unknown table", RC_SERVER}};
    struct rig r;
    struct load_request q = rig_request(NULL);
    up(&r, 20);
    q.table = begins[_i].table;
    faults(&r, begins[_i].fault);
    int rc = load_begin(r.loader, &q, &rig_words);
    ck_assert_msg(rc == begins[_i].rc && strstr(rig_words.text, begins[_i].words), "%d %s", rc,
                  rig_words.text);
    ck_assert(rig_none_open(&r));
    rig_down(&r);
}
END_TEST

/* A label that was used before is told apart from every other refusal. */
START_TEST(test_label_used)
{
    struct rig r;
    struct load_request q = rig_request("mine");
    up(&r, 20);
    ck_assert_int_eq(rig_load(&r, "mine", "1,one\n"), LOAD_DONE);
    ck_assert_int_eq(rig_load(&r, "mine", "1,one\n"), LOAD_LABEL_USED);
    ck_assert_int_eq(rig_words.rc, RC_TAKEN);
    ck_assert_int_eq(load_begin(r.loader, &q, &rig_words), RC_TAKEN);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 1);
    rig_down(&r);
}
END_TEST

/* Somebody else is at work under the caller's label. */
START_TEST(test_label_at_work)
{
    struct rig r, other;
    struct load_request q = rig_request("mine");
    static const char *const options[] = {"second-ms", "1000", NULL};
    rig_fake(&r, false, options);
    r.o.timeout_s = 1;
    rig_loader(&r);
    other = r;
    other.o.timeout_s = 60;
    rig_loader(&other);
    ck_assert_int_eq(load_begin(other.loader, &q, &rig_words), RC_OK);
    ck_assert_int_eq(rig_load(&r, "mine", "1,one\n"), LOAD_FAILED);
    ck_assert_msg(strstr(rig_words.text, "another load is at work under the label (PREPARE)") &&
                      rig_words.rc == RC_SERVER,
                  "%s", rig_words.text);
    loader_free(other.loader);
    rig_down(&r);
}
END_TEST

Suite *check_doris(void);
Suite *check_doris(void)
{
    Suite *s = suite_create("doris");
    TCase *t = tcase_create("doris");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_load, 0, ROWS(rows));
    tcase_add_loop_test(t, test_phases, 0, ROWS(phases));
    tcase_add_loop_test(t, test_prepared, 0, 2);
    tcase_add_loop_test(t, test_begin, 0, 3);
    tcase_add_test(t, test_label_used);
    tcase_add_test(t, test_label_at_work);
    suite_add_tcase(s, t);
    return s;
}
