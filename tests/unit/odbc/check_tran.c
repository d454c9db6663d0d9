/* check_tran.c - what is sent for autocommit and SQLEndTran, and what servers without transactions
 * are told. */
#include <check.h>
#include <string.h>

#include "odbc/command/tranfacts.h"
#include "odbc/connection/alloc.h"
#include "odbc/connection/attr.h"
#include "odbc/connection/dbc.h"
#include "odbc/connection/tran.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/stmt.h"
#include "server.h"

Suite *check_tran(void);

static struct handles t;
static struct server *server;
static const struct server_kind mysql = {"8.4.0", true, NULL, 0},
                                starrocks = {"8.0.33", false, NULL, 0},
                                stubborn = {"8.4.0", true, "SET autocommit=0", 0},
                                proxied = {"8.4.0", true, NULL, 2 /* AUTOCOMMIT */},
                                no_commit = {"8.4.0", true, "COMMIT", 0},
                                strict = {"8.4.0", true, "INSERT INTO t VALUES (0)", 0};

static void setup(void)
{
    handles_make(&t);
}

static void teardown(void)
{
    if (t.dbc->session)
        (void)tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK);
    handles_free(&t);
}

static SQLRETURN autocommit(SQLULEN on)
{
    return dbc_set_attr(t.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)(uintptr_t)on, 0, false);
}

static void execute(const char *sql)
{
    ck_assert_int_eq(stmt_exec_direct(t.stmt, in_a((const SQLCHAR *)sql, SQL_NTS)), SQL_SUCCESS);
}

static SQLUINTEGER autocommit_now(void)
{
    SQLUINTEGER now = 4711;
    ck_assert_int_eq(dbc_get_attr(t.dbc, SQL_ATTR_AUTOCOMMIT, &now, 0, NULL, false), SQL_SUCCESS);
    return now;
}

START_TEST(nothing_to_end)
{
    server = server_join(&t, &mysql);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_ON), SQL_SUCCESS); /* it is */
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_COMMIT), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "");
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "SET autocommit=0\n");
}
END_TEST

START_TEST(something_to_end)
{
    server = server_join(&t, &mysql);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
    execute("INSERT INTO t VALUES (1)");
    ck_assert_int_eq(dbc_disconnect(t.dbc), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "25000");
    ck_assert_int_eq(
        dbc_set_attr(t.dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_SERIALIZABLE, 0, false),
        SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY011");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_COMMIT), SQL_SUCCESS);
    execute("INSERT INTO t VALUES (2)");
    ck_assert_int_eq(tran_end(SQL_HANDLE_ENV, t.env, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_SUCCESS); /* nothing more */
    ck_assert_str_eq(server_asked(server), "SET autocommit=0\nINSERT INTO t VALUES (1)\nCOMMIT\n"
                                           "INSERT INTO t VALUES (2)\nROLLBACK\n");
    ck_assert_int_eq(
        dbc_set_attr(t.dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_SERIALIZABLE, 0, false),
        SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server),
                     "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE\n");
}
END_TEST

/* No flag tells of a metadata lock, nor of what a failed statement did: whatever was sent, it is
 * ended, once.  A setting of our own holds nothing. */
START_TEST(unseen_to_end)
{
    server = server_join(&t, &strict);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
    ck_assert_int_eq(
        dbc_set_attr(t.dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_SERIALIZABLE, 0, false),
        SQL_SUCCESS);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_SUCCESS);
    execute("SELECT 1 FROM myisam");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_COMMIT), SQL_SUCCESS);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_COMMIT), SQL_SUCCESS);
    (void)server_asked(server);
    ck_assert_int_eq(stmt_exec_direct(t.stmt, in_a((const SQLCHAR *)strict.refused, SQL_NTS)),
                     SQL_ERROR);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "INSERT INTO t VALUES (0)\nROLLBACK\n");
    execute("SELECT 1 FROM myisam"); /* nothing to lose, and nobody has to be asked */
    bool is_open = true;
    ck_assert_int_eq(tran_is_open(t.dbc, &is_open), SQL_SUCCESS);
    ck_assert(!is_open);
    ck_assert_str_eq(server_asked(server), "SELECT 1 FROM myisam\n");
}
END_TEST

/* A proxy that says autocommit, and no transaction, in every answer. */
START_TEST(flags_of_a_proxy)
{
    server = server_join(&t, &proxied);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
    execute("SELECT 1");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "SET autocommit=0\nSELECT 1\nROLLBACK\n");
}
END_TEST

/* Three connections of one environment; the middle one is the one that is asked. */
struct several {
    struct handles h[3];
    struct server *servers[3];
};

static void several_make(struct several *m, const struct server_kind *const kinds[3])
{
    for (int i = 0; i < 3; i++) {
        SQLHANDLE dbc = t.dbc, stmt = t.stmt;
        if (i) {
            ck_assert_int_eq(handle_alloc(SQL_HANDLE_DBC, t.env, &dbc), SQL_SUCCESS);
            ((struct dbc *)dbc)->state = DBC_CONNECTED;
            ck_assert_int_eq(handle_alloc(SQL_HANDLE_STMT, dbc, &stmt), SQL_SUCCESS);
        }
        m->h[i] = (struct handles){t.env, dbc, stmt};
        m->servers[i] = server_join(&m->h[i], kinds[i]);
        ck_assert_int_eq(
            dbc_set_attr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0, false),
            SQL_SUCCESS);
        (void)server_asked(m->servers[i]);
    }
}

static void several_insert(struct several *m)
{
    for (int i = 0; i < 3; i++) {
        const SQLCHAR *sql = (const SQLCHAR *)"INSERT INTO t VALUES (1)";
        ck_assert_int_eq(stmt_exec_direct(m->h[i].stmt, in_a(sql, SQL_NTS)), SQL_SUCCESS);
        (void)server_asked(m->servers[i]);
    }
}

static void several_free(struct several *m)
{
    for (int i = 1; i < 3; i++) {
        ck_assert_int_eq(dbc_disconnect(m->h[i].dbc), SQL_SUCCESS);
        ck_assert_int_eq(dbc_drop(m->h[i].dbc), SQL_SUCCESS);
    }
}

/* SQLEndTran on the environment ends each of them, and one that cannot does not keep the others. */
START_TEST(all_of_an_environment)
{
    static const char *const words[] = {"ROLLBACK\n", "COMMIT\n"};
    const struct server_kind *const kinds[3] = {&mysql, &mysql, &mysql};
    struct several m;
    SQLHANDLE idle = SQL_NULL_HANDLE; /* never connected: has nothing to end */
    several_make(&m, kinds);
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DBC, t.env, &idle), SQL_SUCCESS);
    for (int how = 0; how < 2; how++) {
        several_insert(&m);
        ck_assert_int_eq(tran_end(SQL_HANDLE_ENV, t.env, how ? SQL_COMMIT : SQL_ROLLBACK),
                         SQL_SUCCESS);
        for (int i = 0; i < 3; i++)
            ck_assert_str_eq(server_asked(m.servers[i]), words[how]);
    }
    several_insert(&m);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, m.h[1].dbc, SQL_COMMIT), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(m.servers[0]), "");
    ck_assert_str_eq(server_asked(m.servers[1]), "COMMIT\n");
    ck_assert_str_eq(server_asked(m.servers[2]), "");
    ck_assert_int_eq(tran_end(SQL_HANDLE_ENV, t.env, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(m.servers[0]), "ROLLBACK\n");
    ck_assert_str_eq(server_asked(m.servers[1]), "");
    ck_assert_str_eq(server_asked(m.servers[2]), "ROLLBACK\n");
    ck_assert_int_eq(dbc_drop(idle), SQL_SUCCESS);
    several_free(&m);
}
END_TEST

START_TEST(one_of_an_environment_fails)
{
    for (int bad = 0; bad < 3; bad++) {
        const struct server_kind *kinds[3] = {&mysql, &mysql, &mysql};
        struct several m;
        kinds[bad] = &no_commit;
        several_make(&m, kinds);
        several_insert(&m);
        ck_assert_int_eq(tran_end(SQL_HANDLE_ENV, t.env, SQL_COMMIT), SQL_ERROR);
        ck_assert_str_eq(state_of(t.env), "25S01");
        for (int i = 0; i < 3; i++) {
            ck_assert_str_eq(server_asked(m.servers[i]), "COMMIT\n");
            ck_assert_str_eq(state_of(m.h[i].dbc), i == bad ? "42000" : "");
        }
        ck_assert_int_eq(tran_end(SQL_HANDLE_ENV, t.env, SQL_ROLLBACK), SQL_SUCCESS);
        several_free(&m);
        ck_assert_int_eq(dbc_disconnect(t.dbc), SQL_SUCCESS);
        t.dbc->state = DBC_CONNECTED; /* as handles_make has it */
        SQLHANDLE stmt;
        ck_assert_int_eq(handle_alloc(SQL_HANDLE_STMT, t.dbc, &stmt), SQL_SUCCESS);
        t.stmt = stmt;
    }
}
END_TEST

/* An environment with connections stays, and they with it. */
START_TEST(environment_in_use)
{
    const struct server_kind *const kinds[3] = {&mysql, &mysql, &mysql};
    struct several m;
    several_make(&m, kinds);
    ck_assert_int_eq(handle_free(SQL_HANDLE_ENV, t.env), SQL_ERROR);
    ck_assert_str_eq(state_of(t.env), "HY010");
    ck_assert_int_eq(handle_free(SQL_HANDLE_DBC, m.h[1].dbc), SQL_ERROR); /* connected */
    ck_assert_str_eq(state_of(m.h[1].dbc), "HY010");
    several_insert(&m);
    ck_assert_int_eq(tran_end(SQL_HANDLE_ENV, t.env, SQL_COMMIT), SQL_SUCCESS);
    several_free(&m);
}
END_TEST

/* The application's own SQL changed what the attribute says. */
START_TEST(autocommit_behind_our_back)
{
    server = server_join(&t, &mysql);
    execute("SET autocommit=0");
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_ON), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "SET autocommit=0\nSET autocommit=1\n");
}
END_TEST

START_TEST(refused_autocommit)
{
    server = server_join(&t, &stubborn);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "42000");
    ck_assert_int_eq(diag_get(&t.dbc->h.diag, 0)->native, 1064);
    ck_assert_uint_eq(autocommit_now(), SQL_AUTOCOMMIT_ON);
}
END_TEST

/* Programs switch autocommit off at once and roll back when they close: both must be possible, and
 * neither may pretend. */
START_TEST(without_transactions)
{
    server = server_join(&t, &starrocks);
    ck_assert(!tran_can(t.dbc));
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_SUCCESS_WITH_INFO);
    ck_assert_str_eq(state_of(t.dbc), "01000");
    ck_assert_uint_eq(autocommit_now(), SQL_AUTOCOMMIT_OFF);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK),
                     SQL_SUCCESS); /* nothing was done */
    execute("INSERT INTO t VALUES (1)");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_COMMIT), SQL_SUCCESS);
    execute("INSERT INTO t VALUES (2)");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_ROLLBACK), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HYC00");
    ck_assert_int_eq(
        dbc_set_attr(t.dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_SERIALIZABLE, 0, false),
        SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HYC00");
    ck_assert_int_eq(
        dbc_set_attr(t.dbc, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)SQL_MODE_READ_ONLY, 0, false),
        SQL_SUCCESS);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_ON), SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "INSERT INTO t VALUES (1)\nINSERT INTO t VALUES (2)\n");
}
END_TEST

START_TEST(catalog_is_one_command)
{
    server = server_join(&t, &mysql);
    ck_assert_int_eq(
        dbc_set_attr(t.dbc, SQL_ATTR_CURRENT_CATALOG, (SQLPOINTER) "sales", SQL_NTS, false),
        SQL_SUCCESS);
    ck_assert_str_eq(server_asked(server), "use sales\n");
}
END_TEST

START_TEST(lost_connection)
{
    server = server_join(&t, &mysql);
    SQLUINTEGER dead = SQL_CD_TRUE;
    ck_assert_int_eq(dbc_get_attr(t.dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL, false),
                     SQL_SUCCESS);
    ck_assert_uint_eq(dead, SQL_CD_FALSE);
    ck_assert_int_eq(autocommit(SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
    execute("INSERT INTO t VALUES (1)");
    session_abort(t.dbc->session);
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, t.dbc, SQL_COMMIT), SQL_ERROR);
    ck_assert_int_eq(dbc_get_attr(t.dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL, false),
                     SQL_SUCCESS);
    ck_assert_uint_eq(dead, SQL_CD_TRUE);
}
END_TEST

Suite *check_tran(void)
{
    Suite *s = suite_create("tran");
    TCase *c = tcase_create("tran");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, nothing_to_end);
    tcase_add_test(c, something_to_end);
    tcase_add_test(c, unseen_to_end);
    tcase_add_test(c, flags_of_a_proxy);
    tcase_add_test(c, all_of_an_environment);
    tcase_add_test(c, one_of_an_environment_fails);
    tcase_add_test(c, environment_in_use);
    tcase_add_test(c, autocommit_behind_our_back);
    tcase_add_test(c, refused_autocommit);
    tcase_add_test(c, without_transactions);
    tcase_add_test(c, catalog_is_one_command);
    tcase_add_test(c, lost_connection);
    suite_add_tcase(s, c);
    return s;
}
