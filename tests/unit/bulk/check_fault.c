/* check_fault.c - every fault of the fake, one at a time: what is loaded is loaded once, and what
 * is said about it is true.  Then all honest ones at random. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

struct row {
    const char *fault;
    enum load_outcome outcome;
    unsigned rows;     /* in the table afterwards */
    const char *words; /* in the fault's text */
    int rc;
    int timeout_s; /* 0: 20 */
};

/* clang-format off */
static const struct row rows[] = {
    /* before a FE answers */
    {"fe_slow:1200",      LOAD_DONE, 2, "", 0, 0},
    {"fe_close",          LOAD_DONE, 2, "", 0, 0},
    {"fe_reset",          LOAD_DONE, 2, "", 0, 0},
    {"fe_down:300",       LOAD_DONE, 2, "", 0, 0},
    {"fe_401",            LOAD_FAILED, 0, "refuses the user or password", RC_DENIED, 0},
    {"fe_500",            LOAD_DONE, 2, "", 0, 0},
    {"fe_500*0",          LOAD_FAILED, 0, "HTTP 500: java.lang.NullPointerException", RC_SERVER, 0},
    {"fe_502",            LOAD_DONE, 2, "", 0, 0},
    {"fe_503*3",          LOAD_DONE, 2, "", 0, 0},
    {"fe_504",            LOAD_DONE, 2, "", 0, 0},
    {"fe_502*0",          LOAD_FAILED, 0, "HTTP 502", RC_SERVER, 1},
    {"fe_no_backend*2",   LOAD_DONE, 2, "", 0, 0},
    {"fe_no_backend*0",   LOAD_FAILED, 0, "No backend alive", RC_SERVER, 1},
    {"fe_loop*0",         LOAD_FAILED, 0, "in a circle", RC_PROTOCOL, 0},
    {"fe_hops:3",       LOAD_DONE, 2, "", 0, 0},
    {"fe_hops:4",       LOAD_DONE, 2, "", 0, 0}, /* five redirects, and no more */
    {"fe_hops:5",       LOAD_FAILED, 0, "more than 5 redirects", RC_PROTOCOL, 0},
    {"fe_code:408",       LOAD_DONE, 2, "", 0, 0},
    {"fe_code:425",       LOAD_DONE, 2, "", 0, 0},
    {"fe_code:429",       LOAD_DONE, 2, "", 0, 0},
    {"fe_to_other*0",     LOAD_FAILED, 0, "evil.invalid", RC_CONNECT, 1},
    {"fe_to_nowhere",     LOAD_DONE, 2, "", 0, 0},
    {"fe_to_file",        LOAD_FAILED, 0, "redirect (307) to nowhere", RC_PROTOCOL, 0},
    {"fe_bad_location",   LOAD_FAILED, 0, "redirect (307) to nowhere", RC_PROTOCOL, 0},
    {"fe_no_location",    LOAD_FAILED, 0, "redirect (307) to nowhere", RC_PROTOCOL, 0},
    {"fe_userinfo",       LOAD_DONE, 2, "", 0, 0},
    {"fe_code:301",       LOAD_DONE, 2, "", 0, 0},
    {"fe_code:302",       LOAD_DONE, 2, "", 0, 0},
    {"fe_code:308",       LOAD_DONE, 2, "", 0, 0},
    {"fe_code:303",       LOAD_FAILED, 0, "HTTP 303", RC_SERVER, 0},
    {"fe_307_body",       LOAD_DONE, 2, "", 0, 0},
    {"fe_keep",           LOAD_DONE, 2, "", 0, 0},
    {"fe_garbage",        LOAD_FAILED, 0, "does not speak HTTP", RC_PROTOCOL, 0},
    {"fe_cut",            LOAD_DONE, 2, "", 0, 0},
    {"fe_big_header",     LOAD_DONE, 2, "", 0, 0},
    /* before a BE takes the body */
    {"be_close",          LOAD_DONE, 2, "", 0, 0},
    {"be_reset",          LOAD_DONE, 2, "", 0, 0},
    {"be_down:300",       LOAD_DONE, 2, "", 0, 0},
    {"be_401",            LOAD_FAILED, 0, "", RC_DENIED, 0},
    {"be_502",            LOAD_DONE, 2, "", 0, 0},
    {"be_504",            LOAD_DONE, 2, "", 0, 0},
    {"be_shutdown*2",     LOAD_DONE, 2, "", 0, 0},
    {"be_many_txns",      LOAD_DONE, 2, "", 0, 0},
    {"be_many_loads",     LOAD_DONE, 2, "", 0, 0},
    {"be_many_txns*0",    LOAD_FAILED, 0, "current running txns on db", RC_SERVER, 1},
    {"be_slow_100",       LOAD_DONE, 2, "", 0, 0},
    {"be_no_100*0",       LOAD_FAILED, 0, "time is up", RC_TIMEOUT, 1},
    {"be_many_1xx",       LOAD_DONE, 2, "", 0, 0},
    {"be_307_again",      LOAD_DONE, 2, "", 0, 0},
    /* while the body comes */
    {"be_reset_body:3",   LOAD_DONE, 2, "", 0, 0},
    {"be_close_body:3",   LOAD_DONE, 2, "", 0, 0},
    {"be_early_fail:3",   LOAD_FAILED, 0, "", RC_SERVER, 0},
    {"be_versions",       LOAD_DONE, 2, "", 0, 0},
    /* at the end */
    {"be_drop_before",    LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after",     LOAD_DONE, 2, "", 0, 0},
    {"be_drop_pending",   LOAD_DONE, 2, "", 0, 0},
    {"be_drop_doomed",    LOAD_DONE, 2, "", 0, 0},
    {"be_stuck",          LOAD_DONE, 2, "", 0, 5},
    {"be_reset_after",    LOAD_DONE, 2, "", 0, 0},
    {"be_504_after",      LOAD_DONE, 2, "", 0, 0},
    {"be_502_after",      LOAD_DONE, 2, "", 0, 0},
    {"be_cut",            LOAD_DONE, 2, "", 0, 0},
    {"be_slow_answer",    LOAD_DONE, 2, "", 0, 0},
    {"be_truncated",      LOAD_DONE, 2, "", 0, 0},
    {"be_html",           LOAD_DONE, 2, "", 0, 0},
    {"be_empty",          LOAD_DONE, 2, "", 0, 0},
    {"be_no_status",      LOAD_DONE, 2, "", 0, 0},
    {"be_odd_status",     LOAD_DONE, 2, "", 0, 0},
    {"be_fields",         LOAD_DONE, 2, "", 0, 0},
    {"be_lower",          LOAD_DONE, 2, "", 0, 0},
    {"be_chunked",        LOAD_DONE, 2, "", 0, 0},
    {"be_short_length",   LOAD_DONE, 2, "", 0, 0},
    {"be_long_length",    LOAD_DONE, 2, "", 0, 0},
    {"be_publish",        LOAD_DONE, 2, "", 0, 0},
    {"be_unknown_ok",     LOAD_DONE, 2, "", 0, 0},
    {"be_unknown_bad",    LOAD_DONE, 2, "", 0, 0},
    {"be_endless:4000000", LOAD_DONE, 2, "", 0, 0},
    {"be_deep",           LOAD_DONE, 2, "", 0, 0},
    {"be_other_label",    LOAD_DONE, 2, "", 0, 0},
    {"be_other_label state_502*0", LOAD_UNKNOWN, 2, "answered for another label", RC_PROTOCOL, 1},
    /* while the outcome is asked for */
    {"be_drop_after state_close",    LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_502",      LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_500",      LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_html",     LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_cut",      LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_later*3",  LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_odd",      LOAD_DONE, 2, "", 0, 0},
    /* a lie about the state is found out by the label */
    {"be_drop_after state_unknown*0", LOAD_DONE, 2, "", 0, 0},
    {"be_drop_after state_502*0",    LOAD_UNKNOWN, 2, "it is not known whether the load with the label", RC_LOST, 1},
    {"be_drop_after state_later*0",  LOAD_UNKNOWN, 2, "state is still PREPARE", RC_LOST, 1},
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

static void check_truth(struct rig *r, const struct row *o, enum load_outcome got)
{
    struct fake_stats s;
    ck_assert_msg(got == o->outcome, "%s: outcome %d: %s", o->fault, got, rig_words.text);
    ck_assert_msg(fake_rows(r->fake, "d", "t") == o->rows, "%s: %zu rows", o->fault,
                  fake_rows(r->fake, "d", "t"));
    ck_assert_msg(strstr(rig_words.text, o->words), "%s: says %s", o->fault, rig_words.text);
    ck_assert_msg(!o->rc || rig_words.rc == o->rc, "%s: rc %d: %s", o->fault, rig_words.rc,
                  rig_words.text);
    ck_assert_msg(!strstr(rig_words.text, "secret"), "%s: %s", o->fault, rig_words.text);
    if (o->outcome != LOAD_DONE && *rig_result.label)
        ck_assert_msg(strstr(rig_words.text, rig_result.label), "%s: label: %s", o->fault,
                      rig_words.text);
    fake_stats_get(r->fake, &s);
    ck_assert_msg(s.fe_body_bytes == 0, "%s: a FE got body bytes", o->fault);
    ck_assert_msg(s.duplicates == 0, "%s: loaded twice", o->fault);
}

START_TEST(test_fault)
{
    const struct row *o = &rows[_i];
    struct rig r;
    rig_fake(&r, false, NULL);
    if (o->timeout_s)
        r.o.timeout_s = o->timeout_s;
    rig_loader(&r);
    faults(&r, o->fault);
    check_truth(&r, o, rig_load(&r, NULL, "1,one\n2,two\n"));
    rig_down(&r);
}
END_TEST

/* ---- at random ---- */

/* MYWIRE_CHAOS: how many loads a seed (default 20); MYWIRE_CHAOS_SEED: added to the seeds, for
 * other runs than the usual ones; MYWIRE_CHAOS_LOG: a file that is told what came of them. */
static size_t chaos_number(const char *name, size_t otherwise)
{
    const char *s = getenv(name);
    return s ? (size_t)strtoul(s, NULL, 10) : otherwise;
}

static void chaos_told(const char *what, const char *seed, const char *chance, size_t loads,
                       size_t done, size_t unknown, uint64_t faults)
{
    const char *name = getenv("MYWIRE_CHAOS_LOG");
    FILE *log = name ? fopen(name, "a") : NULL;
    if (!log)
        return;
    (void)fprintf(log,
                  "%s seed %s, %s per mille: %zu, %zu of them done, %zu not known, %llu faults\n",
                  what, seed, chance, loads, done, unknown, (unsigned long long)faults);
    (void)fclose(log);
}

static int count_label(struct rig *r, size_t load)
{
    int n = 0;
    size_t all = fake_rows(r->fake, "d", "t"), len = 0;
    char want[32];
    const char *p = NULL;
    (void)snprintf(want, sizeof want, "%zu", load);
    for (size_t i = 0; i < all; i++)
        if (fake_cell(r->fake, "d", "t", i, 0, &p, &len) == 1 && len == strlen(want) &&
            memcmp(p, want, len) == 0)
            n++;
    return n;
}

static void chaos_load(struct rig *r, size_t load, size_t *done, size_t *unknown)
{
    char text[96];
    (void)snprintf(text, sizeof text, "%zu,a\n%zu,b\n%zu,c\n", load, load, load);
    switch (rig_load(r, NULL, text)) {
    case LOAD_DONE:
        ++*done;
        ck_assert_msg(count_label(r, load) == 3, "load %zu: said to be done, %d rows", load,
                      count_label(r, load));
        break;
    case LOAD_FAILED:
        ck_assert_msg(count_label(r, load) == 0, "load %zu: said to have failed: %s", load,
                      rig_words.text);
        break;
    case LOAD_UNKNOWN:
        ++*unknown;
        break;
    default:
        ck_abort_msg("load %zu: %s", load, rig_words.text);
    }
}

static enum load_outcome chaos_append(struct rig *r, const char *text)
{
    struct text_body t;
    struct load_body body = text_body(&t, text);
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_append(r->loader, &body, &rig_result, &rig_words), RC_OK);
    return rig_result.outcome;
}

/* One transaction of two loads; 0: nothing of it is there, 1: all, -1: not known. */
static int chaos_txn(struct rig *r, size_t load)
{
    char text[96];
    struct load_request q = rig_request(NULL);
    (void)snprintf(text, sizeof text, "%zu,a\n%zu,b\n", load, load);
    if (load_begin(r->loader, &q, &rig_words))
        return 0;
    enum load_outcome first = chaos_append(r, text);
    enum load_outcome second = chaos_append(r, text);
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_commit(r->loader, &rig_result, &rig_words), RC_OK);
    ck_assert(rig_none_open(r));
    ck_assert_msg(rig_result.outcome != LOAD_DONE || (first == LOAD_DONE && second == LOAD_DONE),
                  "load %zu: committed after a failed load", load);
    return rig_result.outcome == LOAD_DONE ? 1 : rig_result.outcome == LOAD_UNKNOWN ? -1 : 0;
}

/* What nobody could tell the client: in the end all or nothing of it is there, as its label says.
 */
static void chaos_settled(struct rig *r, size_t load, size_t all)
{
    struct timespec pause = {.tv_nsec = 20000000};
    const char *state = fake_state(r->fake, "d", rig_result.label);
    for (int i = 0; i < 5000 && strcmp(state, "PREPARE") == 0; i++) {
        (void)nanosleep(&pause, NULL);
        state = fake_state(r->fake, "d", rig_result.label);
    }
    bool is_in = strcmp(state, "VISIBLE") == 0 || strcmp(state, "COMMITTED") == 0;
    ck_assert_msg((size_t)count_label(r, load) == (is_in ? all : 0),
                  "load %zu: not known, %s, %d rows", load, state, count_label(r, load));
    ck_assert_msg(strstr(rig_words.text, rig_result.label), "load %zu: %s", load, rig_words.text);
}

START_TEST(test_chaos_txn)
{
    static const char *const chances[] = {"2", "10"};
    size_t loads = chaos_number("MYWIRE_CHAOS", 20), done = 0, unknown = 0;
    struct fake_stats s;
    char seed[24];
    (void)snprintf(seed, sizeof seed, "%zu",
                   (_i < 2 ? 5 : 6) + chaos_number("MYWIRE_CHAOS_SEED", 0));
    const char *options[] = {"seed",          seed,      "chaos",
                             chances[_i % 2], "dialect", _i < 2 ? "starrocks" : "doris",
                             "second-ms",     "1000",    NULL};
    struct rig r;
    rig_fake(&r, false, options);
    r.o.timeout_s = 60;
    r.o.dialect = _i < 2 ? LOAD_STARROCKS : LOAD_DORIS;
    rig_loader(&r);
    for (size_t i = 0; i < loads; i++) {
        if (i % 50 == 0)
            (void)fake_clear(r.fake, "d", "t");
        int got = chaos_txn(&r, i);
        int want = got == 1 ? 4 : 0;
        ck_assert_msg(got < 0 || count_label(&r, i) == want, "load %zu: said %d, %d rows: %s", i,
                      got, count_label(&r, i), rig_words.text);
        if (got < 0)
            chaos_settled(&r, i, 4);
        done += got == 1;
        unknown += got < 0;
    }
    fake_stats_get(r.fake, &s);
    chaos_told(options[5], seed, options[3], loads, done, unknown, s.faults);
    ck_assert_uint_gt(done, loads / 3);
    rig_down(&r);
}
END_TEST

START_TEST(test_chaos)
{
    static const char *const chances[] = {"2", "5", "10", "30"};
    struct rig r;
    struct fake_stats s;
    char seed[24];
    size_t done = 0, unknown = 0, loads = chaos_number("MYWIRE_CHAOS", 20);
    (void)snprintf(seed, sizeof seed, "%zu", (size_t)_i + 1 + chaos_number("MYWIRE_CHAOS_SEED", 0));
    const char *options[] = {"seed",      seed,   "chaos", chances[_i % 4], "be-count", "2",
                             "second-ms", "1000", NULL};
    rig_fake(&r, false, options);
    r.o.timeout_s = 120;
    rig_loader(&r);
    for (size_t i = 0; i < loads; i++) {
        if (i % 50 == 0)
            (void)fake_clear(r.fake, "d", "t");
        chaos_load(&r, i, &done, &unknown);
    }
    fake_stats_get(r.fake, &s);
    chaos_told("loads", seed, chances[_i % 4], loads, done, unknown, s.faults);
    ck_assert_uint_eq(s.duplicates, 0);
    ck_assert_uint_eq(s.fe_body_bytes, 0);
    ck_assert_uint_eq(unknown, 0);
    /* some faults are refusals for good, so with few loads the part of them varies */
    ck_assert_msg(done * 4 >= loads * 3, "only %zu of %zu loads", done, loads);
    ck_assert(_i % 4 < 2 || s.faults); /* the rare ones may not come at all */
    rig_down(&r);
}
END_TEST

Suite *check_fault(void);
Suite *check_fault(void)
{
    Suite *s = suite_create("fault");
    TCase *t = tcase_create("one");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_fault, 0, ROWS(rows));
    suite_add_tcase(s, t);
    t = tcase_create("chaos");
    tcase_set_timeout(t, 1200);
    tcase_add_loop_test(t, test_chaos, 0, 4);
    tcase_add_loop_test(t, test_chaos_txn, 0, 4);
    suite_add_tcase(s, t);
    return s;
}
