/* check_through.c - random hostile rows through every encoding into the fake, whose parsers are not
 * ours, and read back: byte for byte the same. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk/batch.h"
#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))
#define NROWS   40

struct cellv {
    bool null;
    unsigned char p[40];
    size_t n;
};

struct table {
    size_t ncols;
    struct cellv cell[NROWS][4];
};

static uint64_t seed;

static unsigned dice(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static void random_cell(struct cellv *c, bool bytes, bool wild)
{
    static const char *const bits[] = {"\"",  "\\",   ",", "\n", "\t",       "N",
                                       "\\N", "\"\"", "a", "\r", "\xc3\xa9", "\xf0\x9f\x98\x80",
                                       "{",   "'",    " "};
    *c = (struct cellv){.null = dice(7) == 0};
    size_t most = dice(12);
    if (!bytes && wild && dice(40) == 0) {
        memcpy(c->p, "\\N", 2);
        c->n = 2;
        return;
    }
    while (!c->null && c->n < most) {
        if (bytes || (wild && dice(3) == 0)) {
            c->p[c->n++] = (unsigned char)dice(bytes ? 256 : 32);
        } else {
            const char *s = bits[dice(ROWS(bits))];
            memcpy(c->p + c->n, s, strlen(s));
            c->n += strlen(s);
        }
    }
    if (!bytes && !wild && c->n == 2 && memcmp(c->p, "\\N", 2) == 0)
        c->n = 1;
    if (bytes && c->n == 0)
        c->p[c->n++] = 0; /* what no bytes become is the server's business */
}

static int table_row(void *ctx, size_t row, struct batch_field *fields, struct fault *f)
{
    struct table *t = ctx;
    (void)f;
    for (size_t k = 0; k < t->ncols; k++) {
        const struct cellv *c = &t->cell[row][k];
        fields[k] = (struct batch_field){c->null  ? BATCH_NULL
                                         : k == 2 ? BATCH_BYTES
                                                  : BATCH_TEXT,
                                         c->p, c->n};
    }
    return RC_OK;
}

static void compare(struct rig *r, const struct table *t, const char *name, const char *what)
{
    const char *p = NULL;
    size_t n = 0;
    ck_assert_msg(fake_rows(r->fake, "d", name) == NROWS, "%s: %zu rows", what,
                  fake_rows(r->fake, "d", name));
    for (size_t i = 0; i < NROWS; i++)
        for (size_t k = 0; k < t->ncols; k++) {
            const struct cellv *c = &t->cell[i][k];
            int got = fake_cell(r->fake, "d", name, i, k, &p, &n);
            ck_assert_msg(got == !c->null, "%s: row %zu, column %zu: NULL", what, i, k);
            ck_assert_msg(c->null || (n == c->n && memcmp(p, c->p, n) == 0),
                          "%s: row %zu, column %zu: %.*s", what, i, k, (int)n, p);
        }
}

/* Two loads into one transaction share the form. */
static void load_rows(struct rig *r, struct table *t, const char *name, bool in_transaction,
                      enum batch_want want, const char *what)
{
    static const char *const columns[] = {"a", "b", "c", "d"};
    static const bool bytes[] = {false, false, true, false};
    char label[129];
    struct batch_plan *p = NULL;
    struct batch b = {.columns = columns,
                      .ncols = t->ncols,
                      .is_bytes = bytes,
                      .nrows = NROWS,
                      .row = table_row,
                      .ctx = t,
                      .dialect = r->o.dialect,
                      .in_transaction = in_transaction,
                      .want = want};
    ck_assert_int_eq(load_make_label(NULL, label, NULL), RC_OK);
    struct load_request q = {.database = "d", .table = name, .label = label, .label_is_ours = true};
    ck_assert_msg(batch_scan(&b, &p, &rig_words) == RC_OK, "%s: %s", what, rig_words.text);
    q.headers = batch_headers(p, &q.nheaders);
    struct load_body body = batch_body(p);
    load_result_clear(&rig_result);
    if (!in_transaction) {
        ck_assert_int_eq(load_run(r->loader, &q, &body, &rig_result, &rig_words), RC_OK);
    } else {
        ck_assert_msg(load_begin(r->loader, &q, &rig_words) == RC_OK, "%s", rig_words.text);
        ck_assert_int_eq(load_append(r->loader, &body, &rig_result, &rig_words), RC_OK);
        load_result_clear(&rig_result);
        ck_assert_int_eq(load_commit(r->loader, &rig_result, &rig_words), RC_OK);
    }
    ck_assert_msg(rig_result.outcome == LOAD_DONE, "%s: %s", what, rig_words.text);
    ck_assert_int_eq(rig_result.rows_total, NROWS);
    batch_plan_free(p);
}

/* Bits of the row: 1 Doris, 2 transaction, 4 JSON wanted, 8 one column, 16 wild. */
START_TEST(test_through)
{
    const char *options[] = {"dialect", _i & 1 ? "doris" : "starrocks", NULL};
    struct rig r;
    struct table *t = calloc(1, sizeof *t);
    char why[200];
    rig_fake(&r, false, options);
    r.o.dialect = _i & 1 ? LOAD_DORIS : LOAD_STARROCKS;
    rig_loader(&r);
    ck_assert(fake_table(r.fake, "d.four(a STRING, b STRING, c VARBINARY(100), d STRING)", why,
                         sizeof why));
    ck_assert(fake_table(r.fake, "d.one(a STRING)", why, sizeof why));
    const char *name = _i & 8 ? "one" : "four";
    seed = (uint64_t)_i + 11;
    t->ncols = _i & 8 ? 1 : 4;
    for (int n = 0; n < 8; n++) {
        char what[64];
        (void)snprintf(what, sizeof what, "set %d, table %d", _i, n);
        for (size_t i = 0; i < NROWS; i++)
            for (size_t k = 0; k < t->ncols; k++)
                random_cell(&t->cell[i][k], k == 2, _i & 16);
        load_rows(&r, t, name, _i & 2, _i & 4 ? BATCH_JSON : BATCH_ANY, what);
        compare(&r, t, name, what);
        (void)fake_clear(r.fake, "d", name);
    }
    free(t);
    rig_down(&r);
}
END_TEST

Suite *check_through(void);
Suite *check_through(void)
{
    Suite *s = suite_create("through");
    TCase *t = tcase_create("through");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_through, 0, 32);
    suite_add_tcase(s, t);
    return s;
}
