/* check_memory.c - loads, pushed loads and transactions with the n-th allocation failing, for every
 * n: an error that says so or a success, what is said about the rows is true, nothing leaks. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk/rig.h"
#include "torture.h"

/* What a round came to; no ck_ function may stand where it is made. */
struct outcome {
    int rc;
    enum load_outcome outcome;
    struct fault f;
};

typedef void round_fn(struct rig *r, const struct load_request *q, struct outcome *o);

static int append(struct rig *r, struct load_result *result, struct fault *f)
{
    struct text_body t;
    struct load_body body = text_body(&t, "1,one\n2,two\n");
    load_result_clear(result);
    int rc = load_append(r->loader, &body, result, f);
    return rc;
}

static void round_run(struct rig *r, const struct load_request *q, struct outcome *o)
{
    struct text_body t;
    struct load_result result = {0};
    struct load_body body = text_body(&t, "1,one\n2,two\n");
    o->rc = load_run(r->loader, q, &body, &result, &o->f);
    o->outcome = result.outcome;
    load_result_clear(&result);
}

static void round_push(struct rig *r, const struct load_request *q, struct outcome *o)
{
    struct load_result result = {0};
    o->rc = load_stream_begin(r->loader, q, &o->f);
    o->outcome = LOAD_FAILED;
    for (int i = 0; i < 2 && !o->rc; i++)
        o->rc = load_stream_write(r->loader, "1,one\n", 6, &o->f);
    if (o->rc) {
        load_stream_abort(r->loader);
        return;
    }
    o->rc = load_stream_end(r->loader, &result, &o->f);
    o->outcome = result.outcome;
    load_result_clear(&result);
}

static void round_txn(struct rig *r, const struct load_request *q, struct outcome *o)
{
    struct load_result result = {0};
    o->rc = load_begin(r->loader, q, &o->f);
    o->outcome = LOAD_FAILED;
    if (o->rc)
        return;
    for (int i = 0; i < 2 && !o->rc; i++)
        o->rc = append(r, &result, &o->f);
    load_result_clear(&result);
    result = (struct load_result){0};
    int rc = load_commit(r->loader, &result, &o->f);
    o->rc = o->rc ? o->rc : rc;
    o->outcome = result.outcome;
    load_result_clear(&result);
}

static const struct {
    const char *name;
    round_fn *run;
    bool tls, doris;
    const char *fault; /* of every round; NULL: none */
    size_t rows;       /* of a round that succeeds */
} kinds[] = {
    {"load", round_run, false, false, NULL, 2},
    {"load over TLS", round_run, true, false, NULL, 2},
    {"load that is settled", round_run, false, false, "be_drop_after", 2},
    {"load that is sent twice", round_run, false, false, "be_drop_before", 2},
    {"load with rejected rows", round_run, false, false, "be_early_fail:1*0", 0},
    {"push", round_push, false, false, NULL, 2},
    {"transaction", round_txn, false, false, NULL, 4},
    {"transaction that is settled", round_txn, false, false, "be_drop_after+3", 4},
    {"transaction of Doris", round_txn, false, true, NULL, 4},
};

START_TEST(test_memory)
{
    const char *options[] = {"dialect", kinds[_i].doris ? "doris" : "starrocks", NULL};
    struct rig r;
    size_t n, succeeded = 0;
    rig_fake(&r, kinds[_i].tls, options);
    r.o.dialect = kinds[_i].doris ? LOAD_DORIS : LOAD_STARROCKS;
    for (n = 1;; n++) {
        struct outcome o = {.outcome = LOAD_FAILED};
        struct load_request q = rig_request(NULL);
        fake_fault_clear(r.fake);
        ck_assert(!kinds[_i].fault || fake_fault(r.fake, kinds[_i].fault));
        (void)fake_clear(r.fake, "d", "t");
        if (!torture_begin(n))
            break;
        o.rc = loader_new(&r.o, &r.loader, &o.f);
        if (!o.rc)
            kinds[_i].run(&r, &q, &o);
        loader_free(r.loader);
        r.loader = NULL;
        bool failed = torture_end();
        size_t rows = fake_rows(r.fake, "d", "t");
        bool is_in = rows == kinds[_i].rows && rows;
        succeeded += !o.rc && o.outcome == LOAD_DONE;
        ck_assert_msg(!o.rc || (failed && o.rc == RC_MEMORY), "%s, %zu: %d %s", kinds[_i].name, n,
                      o.rc, o.f.text);
        ck_assert_msg(rows == 0 || is_in, "%s, %zu: %zu rows", kinds[_i].name, n, rows);
        ck_assert_msg(o.outcome == LOAD_UNKNOWN || (o.outcome == LOAD_DONE) == is_in,
                      "%s, %zu: outcome %d, %zu rows: %s", kinds[_i].name, n, o.outcome, rows,
                      o.f.text);
        ck_assert_msg(failed || o.outcome != LOAD_UNKNOWN, "%s: %s", kinds[_i].name, o.f.text);
        ck_assert_msg(!failed || o.outcome == LOAD_DONE || o.f.rc == RC_MEMORY || kinds[_i].fault,
                      "%s, %zu: %d %s", kinds[_i].name, n, o.f.rc, o.f.text);
    }
    ck_assert_uint_gt(n, 10);
    ck_assert(!kinds[_i].rows || succeeded);
    rig_down(&r);
}
END_TEST

Suite *check_memory(void);
Suite *check_memory(void)
{
    Suite *s = suite_create("memory");
    TCase *t = tcase_create("memory");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, test_memory, 0, (int)(sizeof kinds / sizeof kinds[0]));
    suite_add_tcase(s, t);
    return s;
}
