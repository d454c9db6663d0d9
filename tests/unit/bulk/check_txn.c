/* check_txn.c - transactions, pushed loads, cancelling; on StarRocks and on Doris. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

static void up(struct rig *r, bool doris)
{
    const char *options[] = {"dialect", doris ? "doris" : "starrocks", NULL};
    rig_fake(r, false, options);
    r->o.dialect = doris ? LOAD_DORIS : LOAD_STARROCKS;
    rig_loader(r);
}

static int append(struct rig *r, const char *s)
{
    struct text_body t;
    struct load_body body = text_body(&t, s);
    load_result_clear(&rig_result);
    fault_clear(&rig_words);
    return load_append(r->loader, &body, &rig_result, &rig_words);
}

/* The same by single bytes. */
static int push(struct rig *r, const char *s)
{
    load_result_clear(&rig_result);
    rig_result = (struct load_result){.outcome = LOAD_FAILED};
    fault_clear(&rig_words);
    int rc = load_stream_begin(r->loader, NULL, &rig_words);
    for (; !rc && *s; s++)
        rc = load_stream_write(r->loader, s, 1, &rig_words);
    return rc ? RC_OK : load_stream_end(r->loader, &rig_result, &rig_words);
}

static int commit(struct rig *r)
{
    load_result_clear(&rig_result);
    fault_clear(&rig_words);
    return load_commit(r->loader, &rig_result, &rig_words);
}

/* ---- one fault in one call ---- */

struct row {
    const char *begin, *append, *commit; /* faults before each; NULL: none */
    int begin_rc;
    enum load_outcome appended, committed;
    size_t rows;
};

/* clang-format off */
static const struct row rows[] = {
    {NULL, NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    /* begin */
    {"fe_close", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {"fe_502", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {"fe_no_backend", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {"be_close", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {"be_drop_after", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {"be_many_txns", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {"fe_401", NULL, NULL, RC_DENIED, 0, 0, 0},
    /* load */
    {NULL, "be_close", NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, "txn_busy*2", NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, "be_reset_body:3", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    {NULL, "be_drop_after", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    {NULL, "be_truncated", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    {NULL, "txn_lost", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    {NULL, "txn_error", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    /* prepare and commit */
    {NULL, NULL, "be_drop_before", RC_OK, LOAD_DONE, LOAD_FAILED, 0},
    {NULL, NULL, "be_drop_after", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "be_truncated", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "be_504_after", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "fe_502", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "fe_close", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "txn_busy*3", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "txn_lost", RC_OK, LOAD_DONE, LOAD_FAILED, 0},
    {NULL, NULL, "txn_error", RC_OK, LOAD_DONE, LOAD_FAILED, 0},
    {NULL, NULL, "be_drop_after state_502", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    /* answers about something else */
    {"be_other_label", NULL, NULL, RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, "be_other_label", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    {NULL, "be_other_txn", NULL, RC_OK, LOAD_FAILED, LOAD_FAILED, 0},
    {NULL, NULL, "be_other_label*2", RC_OK, LOAD_DONE, LOAD_DONE, 4},
    {NULL, NULL, "be_other_txn*2", RC_OK, LOAD_DONE, LOAD_DONE, 4},
};
/* clang-format on */

static void faults(struct rig *r, const char *specs)
{
    char copy[200];
    fake_fault_clear(r->fake);
    if (!specs)
        return;
    (void)snprintf(copy, sizeof copy, "%s", specs);
    for (char *s = copy, *end; s; s = end) {
        end = strchr(s, ' ');
        if (end)
            *end++ = 0;
        ck_assert_msg(fake_fault(r->fake, s), "no such fault: %s", s);
    }
}

START_TEST(test_row)
{
    const struct row *o = &rows[_i % ROWS(rows)];
    bool is_pushed = _i >= ROWS(rows);
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fake_stats s;
    up(&r, false);
    faults(&r, o->begin);
    int rc = load_begin(r.loader, &q, &rig_words);
    ck_assert_msg(rc == o->begin_rc, "row %d: begin: %d %s", _i, rc, rig_words.text);
    ck_assert(rc == RC_OK || rig_none_open(&r));
    if (!rc) {
        fake_fault_clear(r.fake);
        ck_assert_int_eq(append(&r, "1,one\n2,two\n"), RC_OK);
        ck_assert_msg(rig_result.outcome == LOAD_DONE, "row %d: %s", _i, rig_words.text);
        faults(&r, o->append);
        ck_assert_int_eq((is_pushed ? push : append)(&r, "3,three\n4,four\n"), RC_OK);
        ck_assert_msg(rig_result.outcome == o->appended, "row %d: append: %d %s", _i,
                      rig_result.outcome, rig_words.text);
        ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
        faults(&r, o->commit);
        ck_assert_int_eq(commit(&r), RC_OK);
        ck_assert_msg(rig_result.outcome == o->committed, "row %d: commit: %d %s", _i,
                      rig_result.outcome, rig_words.text);
        ck_assert(rig_none_open(&r));
    }
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), o->rows);
    ck_assert_uint_eq(fake_labels(r.fake, "d", "PREPARE"), 0);
    ck_assert_uint_eq(fake_labels(r.fake, "d", "PREPARED"), 0);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.fe_body_bytes, 0);
    rig_down(&r);
}
END_TEST

/* ---- the ways of ending ---- */

START_TEST(test_ends)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f;
    up(&r, _i);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(append(&r, "1,one\n"), RC_OK);
    ck_assert_int_eq(load_rollback(r.loader, &f), RC_OK);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    q = rig_request(NULL);
    ck_assert_msg(load_begin(r.loader, &q, &f) == RC_OK, "%s", f.text);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_CONFIG); /* one at a time */
    ck_assert_int_eq(commit(&r), RC_OK);                       /* nothing in it */
    ck_assert_int_eq(rig_result.outcome, LOAD_DONE);
    ck_assert_int_eq(commit(&r), RC_CONFIG);
    q = rig_request(NULL);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq((i % 3 ? append : push)(&r, "1,one\n2,two\n"), RC_OK);
        ck_assert_msg(rig_result.outcome == LOAD_DONE, "load %d: %s", i, rig_words.text);
    }
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    ck_assert_int_eq(commit(&r), RC_OK);
    ck_assert_msg(rig_result.outcome == LOAD_DONE, "%s", rig_words.text);
    ck_assert_int_eq(rig_result.rows_loaded, 40);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 40);
    q = rig_request(NULL);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(append(&r, "1,one\n"), RC_OK);
    loader_free(r.loader); /* rolls back */
    r.loader = NULL;
    ck_assert_uint_eq(fake_labels(r.fake, "d", "PREPARED"), 0);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 40);
    rig_down(&r);
}
END_TEST

START_TEST(test_not_there)
{
    static const char *const options[] = {"transactions", "off", NULL};
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f;
    rig_fake(&r, false, options);
    rig_loader(&r);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_UNSUPPORTED);
    ck_assert_msg(strstr(f.text, "no transaction interface"), "%s", f.text);
    ck_assert(rig_none_open(&r));
    rig_down(&r);
}
END_TEST

START_TEST(test_label_used)
{
    struct rig r;
    struct load_request q = rig_request("mine");
    struct fault f;
    up(&r, false);
    ck_assert_int_eq(rig_load(&r, "mine", "1,one\n"), LOAD_DONE);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_TAKEN);
    ck_assert_msg(strstr(f.text, "used"), "%s", f.text);
    /* the state is not told, and begin says it itself */
    faults(&r, "state_502*0");
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_TAKEN);
    ck_assert_int_eq(rig_load(&r, "mine", "1,one\n"), LOAD_LABEL_USED);
    ck_assert_int_eq(rig_words.rc, RC_TAKEN);
    rig_down(&r);
}
END_TEST

/* Somebody else has a transaction under our caller's label: it is not ours to roll back, however
 * our own begin stumbles. */
START_TEST(test_label_of_others)
{
    static const char *const stumbles[] = {"state_unknown", "state_502*0", "state_502*0 be_close",
                                           "state_502*0 fe_down:200"};
    struct rig r;
    struct loader *other = NULL;
    struct text_body t;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_request q = rig_request("shared");
    struct fault f;
    struct load_result result = {0};
    up(&r, false);
    ck_assert_int_eq(loader_new(&r.o, &other, &f), RC_OK);
    ck_assert_int_eq(load_begin(other, &q, &f), RC_OK);
    ck_assert_int_eq(load_append(other, &body, &result, &f), RC_OK);
    load_result_clear(&result);
    faults(&r, stumbles[_i]);
    int rc = load_begin(r.loader, &q, &rig_words);
    ck_assert_msg(rc == RC_SERVER, "%s: %d %s", stumbles[_i], rc, rig_words.text);
    fake_fault_clear(r.fake);
    ck_assert_int_eq(load_commit(other, &result, &f), RC_OK);
    ck_assert_msg(result.outcome == LOAD_DONE, "%s: %s", stumbles[_i], f.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 1);
    load_result_clear(&result);
    loader_free(other);
    rig_down(&r);
}
END_TEST

START_TEST(test_doris_lost)
{
    static const char *const lost[] = {"be_drop_after", "be_504_after", "be_truncated"};
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f;
    up(&r, true);
    ck_assert(fake_fault(r.fake, lost[_i]));
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(append(&r, "1,one\n"), RC_OK);
    ck_assert_int_eq(commit(&r), RC_OK);
    ck_assert_msg(rig_result.outcome == LOAD_DONE, "%s: %s", lost[_i], rig_words.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 1);
    rig_down(&r);
}
END_TEST

/* ---- pushed loads ---- */

struct push_row {
    const char *fault;
    enum load_outcome outcome;
    size_t rows;
};

static const struct push_row push_rows[] = {
    {NULL, LOAD_DONE, 30000},
    {"fe_502*2", LOAD_DONE, 30000},
    {"be_close", LOAD_DONE, 30000},
    {"be_reset_body:1000", LOAD_FAILED, 0},
    {"be_early_fail:1000", LOAD_FAILED, 0},
    {"be_drop_after", LOAD_DONE, 30000},
    {"be_drop_before", LOAD_FAILED, 0},
    {"be_unknown_bad", LOAD_FAILED, 0},
    {"be_drop_after state_unknown*0", LOAD_UNKNOWN, 30000},
    {"be_401", LOAD_FAILED, 0},
};

START_TEST(test_push)
{
    const struct push_row *o = &push_rows[_i];
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f;
    up(&r, false);
    faults(&r, o->fault);
    int rc = load_stream_begin(r.loader, &q, &f);
    ck_assert_msg(rc == RC_OK, "row %d: %d %s", _i, rc, f.text);
    for (int i = 0; i < 30000; i++)
        ck_assert_int_eq(load_stream_write(r.loader, "1,abcdefghijklmnopqrst\n", 23, &f), RC_OK);
    load_result_clear(&rig_result);
    rc = load_stream_end(r.loader, &rig_result, &f);
    ck_assert_msg(rc == RC_OK && rig_result.outcome == o->outcome, "row %d: %d %s", _i,
                  rig_result.outcome, f.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), o->rows);
    ck_assert_int_eq(load_stream_write(r.loader, "x", 1, &f), RC_CONFIG);
    ck_assert_int_eq(load_stream_begin(r.loader, &q, &f), RC_OK); /* given up */
    ck_assert_int_eq(load_stream_write(r.loader, "9,x\n", 4, &f), RC_OK);
    load_stream_abort(r.loader);
    rig_down(&r);
}
END_TEST

/* Many bytes pushed into a transaction. */
static const struct {
    const char *fault;
    bool is_doris, is_given_up;
    enum load_outcome outcome;
} in_rows[] = {
    {NULL, false, false, LOAD_DONE},
    {NULL, true, false, LOAD_DONE},
    {NULL, false, true, LOAD_FAILED},
    {NULL, true, true, LOAD_FAILED},
    {"be_slow_read", false, false, LOAD_DONE},
    {"be_reset_body:1000", false, false, LOAD_FAILED},
    {"be_close_body:100000", false, false, LOAD_FAILED},
    {"be_early_fail:1000", false, false, LOAD_FAILED},
    {"txn_busy*2 be_close", false, false, LOAD_DONE},
};

/* The load's part up to its end, or its being given up; false: it broke. */
static bool push_many(struct rig *r, bool is_given_up, struct fault *f)
{
    static const char line[] = "1,abcdefghijklmnopqrst\n";
    struct text_body t;
    struct load_body body = text_body(&t, line);
    int rc = load_stream_begin(r->loader, NULL, f);
    for (int i = 0; i < 30000 && !rc; i++)
        rc = load_stream_write(r->loader, line, sizeof line - 1, f);
    if (rc)
        return false;
    ck_assert_int_eq(load_stream_begin(r->loader, NULL, f), RC_CONFIG); /* one at a time */
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_append(r->loader, &body, &rig_result, f), RC_CONFIG);
    load_result_clear(&rig_result);
    if (is_given_up) {
        load_stream_abort(r->loader);
        return false;
    }
    rc = load_stream_end(r->loader, &rig_result, f);
    return !rc && rig_result.outcome == LOAD_DONE;
}

START_TEST(test_push_in)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f = {0};
    up(&r, in_rows[_i].is_doris);
    ck_assert_int_eq(load_stream_begin(r.loader, NULL, &f), RC_CONFIG);
    ck_assert_int_eq(load_stream_write(r.loader, "x", 1, &f), RC_CONFIG);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(append(&r, "0,first\n"), RC_OK);
    faults(&r, in_rows[_i].fault);
    bool is_good = push_many(&r, in_rows[_i].is_given_up, &f);
    ck_assert_msg(is_good == (in_rows[_i].outcome == LOAD_DONE), "row %d: %s", _i, f.text);
    fake_fault_clear(r.fake);
    ck_assert_int_eq(append(&r, "2,last\n"), RC_OK);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    ck_assert_int_eq(commit(&r), RC_OK);
    ck_assert_msg(rig_result.outcome == in_rows[_i].outcome, "row %d: commit: %d %s", _i,
                  rig_result.outcome, rig_words.text);
    ck_assert(!in_rows[_i].is_given_up || strstr(rig_words.text, "given up"));
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), is_good ? 30002 : 0);
    rig_down(&r);
}
END_TEST

/* What could not be prepared is rolled back, not left to the server's timeout: its label is free
 * again, and the server keeps no rows of it. */
START_TEST(test_prepare_fails)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f;
    up(&r, 0);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(append(&r, "1,one\n"), RC_OK);
    ck_assert(fake_fault(r.fake, "txn_stays"));
    load_result_clear(&rig_result);
    if (_i)
        ck_assert_int_eq(commit(&r), RC_OK);
    else
        ck_assert_int_eq(load_prepare(r.loader, &rig_result, &f), RC_OK);
    ck_assert_int_eq(rig_result.outcome, LOAD_FAILED);
    char *last = fake_request(r.fake, 0);
    ck_assert_msg(last && strncmp(last, "POST /api/transaction/rollback", 30) == 0, "%s", last);
    free(last);
    ck_assert_str_eq(fake_state(r.fake, "d", q.label), "ABORTED");
    ck_assert(rig_none_open(&r));
    rig_down(&r);
}
END_TEST

/* Committed, rolled back or freed in the middle of a load: nothing of it is in. */
START_TEST(test_push_left)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct fault f;
    up(&r, _i / 3);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(append(&r, "1,one\n"), RC_OK);
    ck_assert_int_eq(load_stream_begin(r.loader, NULL, &f), RC_OK);
    ck_assert_int_eq(load_stream_write(r.loader, "2,two\n", 6, &f), RC_OK);
    if (_i % 3 == 0) {
        ck_assert_int_eq(commit(&r), RC_OK);
        ck_assert_int_eq(rig_result.outcome, LOAD_FAILED);
    } else if (_i % 3 == 1) {
        ck_assert_msg(load_rollback(r.loader, &f) == RC_OK, "%s", f.text);
    } else {
        loader_free(r.loader);
        r.loader = NULL;
    }
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    ck_assert_uint_eq(fake_labels(r.fake, "d", "PREPARED"), 0);
    rig_down(&r);
}
END_TEST

/* ---- the body fails ---- */

START_TEST(test_body_fails)
{
    struct rig r;
    struct text_body t;
    struct fault f;
    struct load_body body = text_body(&t, "1,one\n2,two\n3,three\n");
    struct load_request q = rig_request(NULL);
    up(&r, false);
    t.part = 6;
    t.fail_at = _i ? 0 : 12;
    body.size = _i ? 100 : -1; /* more than there is */
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_run(r.loader, &q, &body, &rig_result, &f), RC_CONFIG);
    ck_assert_msg(strstr(f.text, _i ? "ended after 20 of 100" : "the body failed"), "%s", f.text);
    ck_assert_int_eq(rig_result.outcome, LOAD_FAILED);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\n"), LOAD_DONE); /* the loader lives on */
    rig_down(&r);
}
END_TEST

/* ---- cancel ---- */

struct canceller {
    struct rig *r;
    const char *request; /* what must have arrived before */
};

static void *cancel(void *ctx)
{
    struct canceller *c = ctx;
    for (;;) {
        char *head = fake_request(c->r->fake, 0);
        bool seen = head && strstr(head, c->request);
        free(head);
        if (seen)
            break;
        struct timespec ms = {.tv_nsec = 1000000};
        (void)nanosleep(&ms, NULL);
    }
    load_abort(c->r->loader);
    return NULL;
}

START_TEST(test_cancel)
{
    static const struct {
        const char *fault, *request;
        enum load_outcome outcome;
    } cancels[] = {
        {"fe_hang*0", "_stream_load", LOAD_FAILED},
        {"be_drop_after state_hang*0", "get_load_state", LOAD_UNKNOWN},
        {"fe_502*0", "_stream_load", LOAD_FAILED}, /* while it sleeps */
    };
    struct rig r;
    struct text_body t;
    struct fault f;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_request q = rig_request(NULL);
    pthread_t thread;
    up(&r, false);
    faults(&r, cancels[_i].fault);
    struct canceller c = {&r, cancels[_i].request};
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &c), 0);
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_run(r.loader, &q, &body, &rig_result, &f), RC_CANCELLED);
    ck_assert_int_eq(rig_result.outcome, cancels[_i].outcome);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    fake_fault_clear(r.fake);
    ck_assert_int_eq(rig_load(&r, NULL, "2,two\n"), LOAD_DONE);
    rig_down(&r);
}
END_TEST

/* Whoever cancels may be quicker than the load: it must not wait for a second try. */
START_TEST(test_cancel_early)
{
    struct rig r;
    struct text_body t;
    struct fault f;
    struct load_result result;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_request q = rig_request(NULL);
    up(&r, false);
    for (int i = 0; i < 2; i++) { /* before libcurl is opened for the loader, and after */
        load_ready(r.loader);
        load_abort(r.loader);
        ck_assert_int_eq(load_run(r.loader, &q, &body, &result, &f), RC_CANCELLED);
        ck_assert_int_eq(result.outcome, LOAD_FAILED);
        load_result_clear(&result);
        ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_CANCELLED);
        ck_assert_int_eq(load_stream_begin(r.loader, &q, &f), RC_CANCELLED);
        ck_assert_int_eq(rig_load(&r, NULL, "2,two\n"), LOAD_DONE);
    }
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 2);
    rig_down(&r);
}
END_TEST

/* ---- rejected rows ---- */

START_TEST(test_rejected)
{
    static const struct {
        const char *fault;
        bool told;
    } logs[] = {{NULL, true},        {"log_unreachable", false}, {"log_other", false},
                {"log_file", false}, {"log_404", false},         {"log_endless:300000", true}};
    struct rig r;
    up(&r, false);
    faults(&r, logs[_i].fault);
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\nx,two\n"), LOAD_FAILED);
    ck_assert_msg(strstr(rig_words.text, "too many filtered rows"), "%s", rig_words.text);
    ck_assert_int_eq(rig_result.rows_filtered, 1);
    ck_assert_uint_gt(rig_result.error_url.len, 0);
    ck_assert_msg((rig_result.rejected.len > 0) == logs[_i].told, "log %d: %zu bytes", _i,
                  rig_result.rejected.len);
    ck_assert_uint_le(rig_result.rejected.len, 65536);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    rig_down(&r);
}
END_TEST

Suite *check_txn(void);
Suite *check_txn(void)
{
    Suite *s = suite_create("txn");
    TCase *t = tcase_create("txn");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_prepare_fails, 0, 2);
    tcase_add_loop_test(t, test_row, 0, 2 * ROWS(rows));
    tcase_add_loop_test(t, test_ends, 0, 2);
    tcase_add_test(t, test_not_there);
    tcase_add_test(t, test_label_used);
    tcase_add_loop_test(t, test_label_of_others, 0, 4);
    tcase_add_loop_test(t, test_doris_lost, 0, 3);
    tcase_add_loop_test(t, test_push, 0, ROWS(push_rows));
    tcase_add_loop_test(t, test_push_in, 0, ROWS(in_rows));
    tcase_add_loop_test(t, test_push_left, 0, 6);
    tcase_add_loop_test(t, test_body_fails, 0, 2);
    tcase_add_loop_test(t, test_cancel, 0, 3);
    tcase_add_test(t, test_cancel_early);
    tcase_add_loop_test(t, test_rejected, 0, 6);
    suite_add_tcase(s, t);
    return s;
}
