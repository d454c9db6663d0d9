/* check_cancel.c - a SQLCancel that comes in the moments when nothing is there to be stopped yet.
 */
#include <check.h>

#include "odbc/command/cancel.h"
#include "odbc/exec/stmt.h"
#include "server.h"

Suite *check_cancel(void);

static struct handles g;

static void up(void)
{
    static const struct server_kind kind = {.version = "8.4.0"};
    handles_make(&g);
    (void)server_join(&g, &kind);
    ck_assert_ptr_eq(stmt_enter_sending(g.stmt), g.stmt);
}

static void down(void)
{
    command_end(g.stmt);
    (void)stmt_leave(g.stmt, SQL_SUCCESS);
    handles_free(&g);
}

/* Between a fetch's entry and its first read: the read kills it, when it has to wait, and once.
 * There is no second connection to the server in memory; that it was tried is seen by the reason.
 */
START_TEST(before_reading)
{
    struct stopping *p = g.stmt->stopping;
    ck_assert_int_eq(stmt_cancel(g.stmt), SQL_SUCCESS); /* it does not run: nothing to refuse */
    reading_begin(g.stmt);
    ck_assert_str_eq(p->why_cancel, "");
    (void)command_watch(g.dbc, true, SOCK_BEGINS); /* what is half sent cannot be taken back */
    ck_assert_str_eq(p->why_cancel, "");
    (void)command_watch(g.dbc, false, SOCK_BEGINS);
    ck_assert_str_ne(p->why_cancel, "");
    p->why_cancel[0] = '\0';
    (void)command_watch(g.dbc, false, SOCK_GOES_ON);
    ck_assert_msg(!p->why_cancel[0], "tried again: %s", p->why_cancel);
}
END_TEST

/* A SQLCancel that is at work does it itself, and is told what came of it. */
START_TEST(by_its_own_thread)
{
    struct stopping *p = g.stmt->stopping;
    reading_begin(g.stmt);
    atomic_store(&g.stmt->cancelled, true);
    atomic_store(&p->cancellers, 1);
    (void)command_watch(g.dbc, false, SOCK_BEGINS);
    ck_assert_str_eq(p->why_cancel, "");
    atomic_store(&p->cancellers, 0);
    ck_assert_int_eq(stmt_cancel(g.stmt), SQL_ERROR);
    ck_assert_str_ne(p->why_cancel, "");
    p->why_cancel[0] = '\0';
    (void)command_watch(g.dbc, false, SOCK_GOES_ON);
    ck_assert_msg(!p->why_cancel[0], "a refused kill again: %s", p->why_cancel);
}
END_TEST

/* Before the statement that executes SQLBulkOperations is there: it begins cancelled, and has the
 * time that the call has. */
START_TEST(before_inner)
{
    struct stmt *inner = stmt_new(g.dbc);
    ck_assert_ptr_nonnull(inner);
    g.stmt->query_timeout = inner->query_timeout = 100;
    command_call(g.stmt);
    int64_t until = g.stmt->stopping->until -= 5000;
    ck_assert_int_eq(stmt_cancel(g.stmt), SQL_SUCCESS);
    command_inner(g.stmt, inner);
    ck_assert(atomic_load(&inner->cancelled));
    command_call(inner);
    ck_assert_int_eq(inner->stopping->until, until);
    command_inner(g.stmt, NULL);
    ck_assert_ptr_null(atomic_load(&g.stmt->inner));
    stmt_free(inner);
}
END_TEST

Suite *check_cancel(void)
{
    Suite *s = suite_create("cancel");
    TCase *t = tcase_create("cancel");
    tcase_add_checked_fixture(t, up, down);
    tcase_add_test(t, before_reading);
    tcase_add_test(t, by_its_own_thread);
    tcase_add_test(t, before_inner);
    suite_add_tcase(s, t);
    return s;
}
