/* check_txn.c - the transaction interface against the table of the sheet's section 12.3, and Doris'
 * two-phase commit.  A script of steps a test: op, node, headers, expected words. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define D   "db: d\r\n"
#define DT  "db: d\r\ntable: t\r\n"
#define L   "label: x\r\n"
#define DTL DT L

struct step {
    enum fake_node node;
    const char *op, *headers, *body, *expect; /* expect: in the answer; NULL ends the script */
    const char *state;                        /* of label x afterwards, NULL: not looked at */
};

static const struct {
    const char *name, *options;
    struct step steps[12];
} scripts[] = {
    {"commit in two phases",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"Status\": \"OK\"", "PREPARE"},
      {FAKE_BE, "load", DTL, "1\ta\n", "\"LoadBytes\": 4", "PREPARE"},
      {FAKE_BE, "load", DTL, "2\tb\n", "\"OK\"", "PREPARE"},
      {FAKE_BE, "prepare", DTL, "", "\"NumberLoadedRows\": 2", "PREPARED"},
      {FAKE_FE, "commit", DTL, "", "\"Status\": \"OK\"", "VISIBLE"},
      {FAKE_FE, "commit", DTL, "", "has already committed, label is x", "VISIBLE"},
      {FAKE_FE, "rollback", DTL, "", "Can not abort VISIBLE transaction", "VISIBLE"},
      {FAKE_BE, "begin", DTL, "", "\"ExistingJobStatus\": \"FINISHED\"", "VISIBLE"}}},
    {"commit without prepare",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "BeginTxnTimeMs", "PREPARE"},
      {FAKE_BE, "load", DTL, "1\ta\n", "\"OK\"", NULL},
      {FAKE_BE, "begin", DTL, "", "\"ExistingJobStatus\": \"RUNNING\"", NULL},
      {FAKE_BE, "commit", D L, "", "\"Status\": \"OK\"", "VISIBLE"}}},
    {"rollback",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL, "1\ta\n", "\"OK\"", NULL},
      {FAKE_BE, "rollback", DTL, "", "\"Status\": \"OK\"", "ABORTED"},
      {FAKE_FE, "rollback", DTL, "", "has already aborted, label is x", "ABORTED"},
      {FAKE_FE, "commit", DTL, "", "Can not commit ABORTED transaction", "ABORTED"},
      {FAKE_BE, "begin", DTL, "", "\"Status\": \"OK\"", "PREPARE"}}},
    {"redirects",
     NULL,
     {{FAKE_FE, "begin", DTL, "", "307 Temporary Redirect", "UNKNOWN"},
      {FAKE_BE, "begin", DTL, "", "\"OK\"", "PREPARE"},
      {FAKE_FE, "load", DTL, "", "307 Temporary Redirect", NULL},
      {FAKE_FE, "prepare", DTL, "", "307 Temporary Redirect", NULL},
      {FAKE_FE, "commit", DTL, "", "307 Temporary Redirect", NULL},
      {FAKE_FE, "rollback", DTL, "", "307 Temporary Redirect", "PREPARE"}}},
    {"nothing sent",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "prepare", DTL, "", "transaction x hasn't send any data yet", "ABORTED"}}},
    {"bad rows show at prepare",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL, "1\n", "\"Status\": \"OK\"", "PREPARE"},
      {FAKE_BE, "prepare", DTL, "", "too many filtered rows", "ABORTED"}}},
    {"row without its delimiter",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL, "1\ta\n2\tb", "\"Status\": \"OK\"", "PREPARE"},
      {FAKE_BE, "commit", DTL, "", "ErrorURL", "ABORTED"}}},
    {"enclose is not read",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL "enclose: \"\r\nstrict_mode: true\r\n", "\"1\"\ta\n", "\"OK\"", NULL},
      {FAKE_BE, "commit", DTL, "", "too many filtered rows", "ABORTED"}}},
    {"headers differ",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL, "1\ta\n", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL "format: json\r\n", "{}", "load request not equal last.", "ABORTED"}}},
    {"other table or database",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", "db: d\r\ntable: u\r\n" L, "1\ta\n", "Request table u not equal",
       "PREPARE"},
      {FAKE_BE, "load", "db: e\r\ntable: t\r\n" L, "1\ta\n",
       "Request database e not equal transaction database d", "PREPARE"}}},
    {"names",
     NULL,
     {{FAKE_FE, "begin", L, "", "No database selected.", NULL},
      {FAKE_FE, "begin", DT, "", "Empty label.", NULL},
      {FAKE_FE, "begin", "db: zz\r\ntable: t\r\n" L, "", "Database[zz] does not exist.", NULL},
      {FAKE_FE, "dance", DTL, "", "Unknown transaction operation: dance", NULL},
      {FAKE_FE, "commit", DTL, "", "No transaction found with db[d] and label[x]", NULL},
      {FAKE_FE, "load", DTL, "", "No transaction found by label x", NULL},
      {FAKE_BE, "load", DTL, "1\ta\n", "Transaction with label x not exists", NULL},
      {FAKE_BE, "begin", D L, "", "No table selected.", "UNKNOWN"}}},
    {"idle",
     "second-ms=20",
     {{FAKE_BE, "begin", DTL "idle_transaction_timeout: 1\r\n", "", "\"OK\"", NULL},
      {FAKE_FE, "sleep", "", "", "", "ABORTED"},
      {FAKE_BE, "load", DTL, "1\ta\n", "TXN_NOT_EXISTS", NULL}}},
    {"timeout",
     "second-ms=20",
     {{FAKE_BE, "begin", DTL "timeout: 1\r\nidle_transaction_timeout: 100\r\n", "", "\"OK\"", NULL},
      {FAKE_FE, "sleep", "", "", "", "ABORTED"},
      {FAKE_FE, "commit", DTL, "", "Can not commit ABORTED", NULL}}},
    {"prepared timeout",
     "second-ms=20",
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL, "1\ta\n", "\"OK\"", NULL},
      {FAKE_BE, "prepare", DTL "prepared_timeout: 1\r\n", "", "\"OK\"", NULL},
      {FAKE_FE, "sleep", "", "", "", "ABORTED"}}},
    {"busy",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL "X-Fake-Fault: txn_busy\r\n", "1\ta\n", "TXN_IN_PROCESSING", "PREPARE"},
      {FAKE_BE, "load", DTL "X-Fake-Fault: txn_lost\r\n", "1\ta\n", "TXN_NOT_EXISTS", "ABORTED"}}},
    {"internal error",
     NULL,
     {{FAKE_BE, "begin", DTL, "", "\"OK\"", NULL},
      {FAKE_BE, "load", DTL "X-Fake-Fault: txn_error\r\n", "1\ta\n", "INTERNAL_ERROR", "ABORTED"}}},
    {"no interface", "transactions=off", {{FAKE_FE, "begin", DTL, "", "404 Not Found", NULL}}},
    {"no interface in doris",
     "dialect=doris",
     {{FAKE_FE, "begin", DTL, "", "404 Not Found", NULL}}},
    {"several tables",
     "multi-table=on",
     {{FAKE_BE, "begin", D L "transaction_type: multi\r\n", "", "can only be sent to FE nodes",
       NULL},
      {FAKE_FE, "begin", D L "transaction_type: multi\r\n", "", "\"Status\": \"OK\"", "PREPARE"},
      {FAKE_FE, "begin", D L "transaction_type: multi\r\n", "", "\"ExistingJobStatus\": \"BEGIN\"",
       NULL},
      {FAKE_FE, "load", DTL "transaction_type: multi\r\n", "", "307 Temporary", NULL},
      {FAKE_BE, "load", DTL "transaction_type: multi\r\n", "1\ta\n", "\"OK\"", NULL},
      {FAKE_BE, "load", "db: d\r\ntable: u\r\n" L "transaction_type: multi\r\n", "2\n", "\"OK\"",
       NULL},
      {FAKE_FE, "prepare", D L "transaction_type: multi\r\n", "", "Unsupported operation",
       "PREPARE"},
      {FAKE_FE, "commit", D L "transaction_type: multi\r\n", "", "\"Status\": \"OK\"", "VISIBLE"}}},
    {"several tables, older server",
     NULL,
     {{FAKE_FE, "begin", D L "transaction_type: multi\r\n", "", "Unsupported", "UNKNOWN"}}},
};

static void step_do(const char *name, size_t i, const struct step *s)
{
    char head[2000];
    if (strcmp(s->op, "sleep") == 0) {
        free(run("sleep 0.06"));
    } else {
        (void)snprintf(head, sizeof head,
                       "%s /api/transaction/%s HTTP/1.1\r\n" AUTH "%sContent-Length: %zu\r\n",
                       strcmp(s->op, "load") ? "POST" : "PUT", s->op, s->headers, strlen(s->body));
        int ms = strstr(s->headers, "be_stall") ? 400 : 10000; /* it never answers */
        struct reply r = ask(s->node, head, s->body, strlen(s->body), ms);
        ck_assert_msg(strstr(r.text, s->expect), "%s, step %zu (%s): %s", name, i, s->op, r.text);
        reply_free(&r);
    }
    if (s->state)
        ck_assert_msg(strcmp(fake_state(fake, "d", "x"), s->state) == 0,
                      "%s, step %zu (%s): state %s", name, i, s->op, fake_state(fake, "d", "x"));
}

START_TEST(script)
{
    char why[200];
    start(scripts[_i].options, NULL);
    ck_assert(fake_table(fake, "d.u(a INT)", why, sizeof why));
    ck_assert(fake_table(fake, "e.t(a INT, b STRING)", why, sizeof why));
    for (size_t i = 0; scripts[_i].steps[i].expect; i++)
        step_do(scripts[_i].name, i, &scripts[_i].steps[i]);
    bool in = strcmp(fake_state(fake, "d", "x"), "VISIBLE") == 0;
    ck_assert_msg((fake_rows(fake, "d", "t") > 0) == in, "%s: rows without commit, or none with",
                  scripts[_i].name);
    stop();
}
END_TEST

static const struct {
    const char *op, *by, *expect, *state;
} two_phase[] = {
    {"commit", "txn_id: 1001\r\n", "transaction [1001] commit successfully.", "VISIBLE"},
    {"abort", "label: x\r\n", "transaction [1001] abort successfully.", "ABORTED"},
    {"commit", "txn_id: 77\r\n", "transaction [77] not found", "PRECOMMITTED"},
    {"dance", "label: x\r\n", "commit or abort", "PRECOMMITTED"},
};

START_TEST(doris_2pc)
{
    char head[500];
    start("dialect=doris", NULL);
    struct reply r = load("x", "two_phase_commit: true\r\n", "1\ta\n");
    ck_assert_str_eq(field(&r, "Status"), "Success");
    ck_assert_str_eq(field(&r, "TwoPhaseCommit"), "true");
    ck_assert_str_eq(fake_state(fake, "d", "x"), "PRECOMMITTED");
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 0);
    reply_free(&r);
    r = load("x", NULL, "1\ta\n");
    ck_assert(strstr(field(&r, "Message"), "[LABEL_ALREADY_EXISTS]TStatus: errCode = 2"));
    ck_assert_str_eq(field(&r, "ExistingJobStatus"), "PRECOMMITTED");
    reply_free(&r);
    for (int again = 0; again < 2; again++) {
        (void)snprintf(head, sizeof head,
                       "PUT /api/d/%s_stream_load_2pc HTTP/1.1\r\n" AUTH "txn_operation: %s\r\n%s",
                       again ? "t/" : "", two_phase[_i].op, two_phase[_i].by);
        r = ask(FAKE_BE, head, "", 0, 3000);
        if (again && _i < 2)
            ck_assert_msg(strstr(r.body, "is already"), "%s", r.body);
        else
            ck_assert_msg(strstr(r.body, two_phase[_i].expect), "%s", r.body);
        reply_free(&r);
    }
    ck_assert_str_eq(fake_state(fake, "d", "x"), two_phase[_i].state);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), _i == 0);
    r = ask(FAKE_FE, "PUT /api/d/_stream_load_2pc HTTP/1.1\r\n" AUTH, "", 0, 3000);
    ck_assert_int_eq(r.status, 307);
    ck_assert_msg(strstr(r.text, "Location: http://root:secret@127.0.0.1:"), "%s", r.text);
    reply_free(&r);
    stop();
}
END_TEST

Suite *check_txn(void)
{
    Suite *s = suite_create("fake: transactions");
    TCase *t = tcase_create("transactions");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, script, 0, (int)(sizeof scripts / sizeof *scripts));
    tcase_add_loop_test(t, doris_2pc, 0, (int)(sizeof two_phase / sizeof *two_phase));
    suite_add_tcase(s, t);
    return s;
}
