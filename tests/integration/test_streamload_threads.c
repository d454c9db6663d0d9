/* test_streamload_threads.c - loads of many threads on connections of one environment, and
 * SQLCancel from another thread at every stage of a load; under TSan and ASan alike. */
#include <pthread.h>
#include <stdatomic.h>

#include "integration/streamload.h"

enum { WORKERS = 8, LOADS = 12, WIDE = 100000 };

static const char insert[] = "INSERT INTO t (n, v) VALUES (?, ?)";

static void pause_ms(long ms)
{
    struct timespec t = {0, ms * 1000000};
    (void)nanosleep(&t, NULL);
}

/* --- cancelling ------------------------------------------------------------------------------- */

/* A load is at a stage when one of the fake's counters has come so far. */
struct stage {
    const char *fault;
    uint64_t requests, begun, committed, asked;
    const char *state; /* what the load then ends with */
    bool is_in;
};

/* clang-format off */
static const struct stage stages[] = {
    {"fe_hang*0",                   1, 0, 0, 0, "HY008", false}, /* waiting for the FE */
    {"fe_503*0",                    3, 0, 0, 0, "HY008", false}, /* between two tries */
    {"be_no_100*0",                 2, 1, 0, 0, "HY008", false}, /* waiting for "100 Continue" */
    {"be_slow_read:200*0",          2, 1, 0, 0, "HY008", false}, /* the body is on its way */
    {"be_stall",                    2, 1, 0, 0, "HY008", false}, /* and is not taken */
    {"be_hang",                     2, 1, 1, 0, "08007", true},  /* waiting for the answer */
    {"be_drop_after state_later*0", 2, 1, 1, 2, "08007", true},  /* asking for the state */
    {"be_drop_after state_hang*0",  2, 1, 1, 1, "08007", true},  /* and not being answered */
};
/* clang-format on */

struct canceller {
    SQLHSTMT stmt;
    const struct stage *stage;
};

static void *cancel_at(void *ctx)
{
    const struct canceller *k = ctx;
    struct fake_stats s = {0};
    for (int i = 0; i < 2000; i++) {
        fake_stats_get(fake, &s);
        if (s.requests >= k->stage->requests && s.loads_begun >= k->stage->begun &&
            s.loads_committed >= k->stage->committed && s.state_asked >= k->stage->asked)
            break;
        pause_ms(5);
    }
    pause_ms(20);
    (void)SQLCancel(k->stmt);
    return NULL;
}

static SQLBIGINT wide_n[WIDE];
static char wide_v[WIDE][150];
static SQLLEN wide_len[WIDE];
static SQLUSMALLINT wide_status[WIDE];

/* 15 MB, more than sockets and libcurl hold. */
static void bind_wide(void)
{
    for (int i = 0; i < WIDE; i++) {
        wide_n[i] = i;
        memset(wide_v[i], 'a' + i % 26, sizeof wide_v[i]);
        wide_len[i] = (SQLLEN)sizeof wide_v[i];
        wide_status[i] = 99;
    }
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)(uintptr_t)WIDE);
    attr(SQL_ATTR_PARAM_STATUS_PTR, wide_status);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, wide_n,
                                0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 200, 0, wide_v,
                                sizeof wide_v[0], wide_len));
}

START_TEST(cancelled)
{
    const struct stage *o = &stages[_i];
    struct canceller k = {.stage = o};
    pthread_t thread;
    char copy[100], *rest = copy;
    load_open("");
    bind_wide();
    k.stmt = c.stmt;
    snprintf(copy, sizeof copy, "%s", o->fault);
    for (char *s = strtok_r(copy, " ", &rest); s; s = strtok_r(NULL, " ", &rest))
        ck_assert_msg(fake_fault(fake, s), "%s", s);
    fake_stats_reset(fake);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_at, &k), 0);
    SQLRETURN rc = direct(c.stmt, insert);
    struct said d = said(c.stmt);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(rc, SQL_ERROR);
    ck_assert_msg(!strcmp(d.state, o->state), "%s: %s %s", o->fault, d.state, d.text);
    ck_assert_uint_eq(loaded(), o->is_in ? WIDE : 0);
    SQLUSMALLINT want = o->is_in ? SQL_PARAM_DIAG_UNAVAILABLE : SQL_PARAM_ERROR;
    for (int i = 0; i < WIDE; i++)
        ck_assert_msg(wide_status[i] == want, "%s: row %d: %u", o->fault, i, wide_status[i]);
    fake_fault_clear(fake);
    (void)fake_clear(fake, "test", "t");
    ok(c.stmt, direct(c.stmt, insert)); /* and goes on */
    ck_assert_uint_eq(loaded(), WIDE);
    load_close();
}
END_TEST

/* --- many threads ----------------------------------------------------------------------------- */

struct worker {
    pthread_t thread;
    SQLHDBC dbc;
    SQLHSTMT stmt;
    int number;
    SQLBIGINT n[N];
    char v[N][16];
    SQLLEN len[N];
    char state[LOADS][6]; /* of each load; "" for success */
};

static struct worker workers[WORKERS];
static atomic_bool all_done;

static void open_worker(struct worker *w, int number)
{
    char keys[400], in[4096];
    struct server s = server_here("mariadb");
    *w = (struct worker){.number = number};
    snprintf(keys, sizeof keys,
             "STREAMLOADURL=http://127.0.0.1:%u;STREAMLOADDIALECT=STARROCKS;STREAMLOADTIMEOUT=60",
             fake_port(fake, FAKE_FE));
    server_connection(&s, "app", "app-secret", keys, in, sizeof in);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &w->dbc)));
    ck_assert(SQL_SUCCEEDED(
        SQLDriverConnect(w->dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, w->dbc, &w->stmt)));
    ok(w->stmt, SQLSetStmtAttr(w->stmt, SQL_ATTR_PARAMSET_SIZE, (void *)(uintptr_t)N, 0));
    ok(w->stmt, SQLPrepare(w->stmt, text(insert), SQL_NTS));
    ok(w->stmt, SQLBindParameter(w->stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, w->n,
                                 0, NULL));
    ok(w->stmt, SQLBindParameter(w->stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 200, 0, w->v,
                                 16, w->len));
}

static void close_worker(struct worker *w)
{
    SQLFreeHandle(SQL_HANDLE_STMT, w->stmt);
    SQLDisconnect(w->dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, w->dbc);
}

static SQLBIGINT id_of(int worker, int load)
{
    return (SQLBIGINT)worker * 1000 + load;
}

static void *work(void *ctx)
{
    struct worker *w = ctx;
    for (int load = 0; load < LOADS; load++) {
        for (int i = 0; i < N; i++) {
            w->n[i] = id_of(w->number, load);
            w->len[i] = snprintf(w->v[i], sizeof w->v[i], "%d", i);
        }
        SQLRETURN rc = SQLExecute(w->stmt);
        test_char state[6] = {0};
        SQLINTEGER native;
        SQLSMALLINT len;
        if (!SQL_SUCCEEDED(rc))
            (void)SQLGetDiagRec(SQL_HANDLE_STMT, w->stmt, 1, state, &native, NULL, 0, &len);
        for (int i = 0; i < 5; i++)
            w->state[load][i] = (char)state[i];
    }
    return NULL;
}

/* Now this statement, now that, whether it runs or not. */
static void *cancel_all(void *ctx)
{
    unsigned seed = 1;
    (void)ctx;
    while (!atomic_load(&all_done)) {
        (void)SQLCancel(workers[(unsigned)rand_r(&seed) % WORKERS].stmt);
        pause_ms(20);
    }
    return NULL;
}

static int rows_of(SQLBIGINT id)
{
    int n = 0;
    char want[32];
    snprintf(want, sizeof want, "%lld", (long long)id);
    for (size_t i = 0; i < loaded(); i++)
        n += strcmp(cell(i, 0), want) == 0;
    return n;
}

START_TEST(many)
{
    static const char *const options[] = {"chaos", "5", "be-count", "2", NULL};
    pthread_t canceller;
    int done = 0;
    fake_open(options);
    load_connect("http", "");
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    atomic_store(&all_done, false);
    for (int i = 0; i < WORKERS; i++)
        open_worker(&workers[i], i);
    for (int i = 0; i < WORKERS; i++)
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    ck_assert_int_eq(pthread_create(&canceller, NULL, cancel_all, NULL), 0);
    for (int i = 0; i < WORKERS; i++)
        ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
    atomic_store(&all_done, true);
    ck_assert_int_eq(pthread_join(canceller, NULL), 0);
    for (int i = 0; i < WORKERS; i++)
        for (int load = 0; load < LOADS; load++) {
            const char *state = workers[i].state[load];
            int got = rows_of(id_of(i, load));
            done += !*state;
            ck_assert_msg(got == (*state ? 0 : N) || (!strcmp(state, "08007") && got == N),
                          "thread %d, load %d: \"%s\", and %d rows", i, load, state, got);
        }
    ck_assert_int_gt(done, 0);
    for (int i = 0; i < WORKERS; i++)
        close_worker(&workers[i]);
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_threads");
    TCase *t = tcase_create("streamload_threads");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, cancelled, 0, (int)(sizeof stages / sizeof *stages));
    tcase_add_test(t, many);
    suite_add_tcase(s, t);
    return run_suite(s);
}
