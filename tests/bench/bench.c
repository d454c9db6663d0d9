/* bench.c - one program against any driver: what a row, a statement, a connection costs the client.
 *
 * usage: bench [--rows N] [--inserts N] [--repeat N] [--only SCENARIO] [--ca-file PEM] PEER=CONNSTR
 * [OURS=CONNSTR]
 *
 * Each measurement runs in a child process of its own (nothing cached is carried over, peak memory
 * is its own), CPU is the child's user + system time around the loop alone, and the best of the
 * repeats counts.  With two drivers the ratio of the second to the first is told beside the target.
 * The floor is what draining the same number of bytes costs with recv and with SSL_read.  Nothing
 * here passes or fails: it prints. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <sql.h>
#include <sqlext.h>

#include "floor.h"

struct sample {
    double cpu_s, wall_s; /* of the loop */
    double units;         /* rows, statements, connections */
    double bytes;         /* sent by the server in the loop; 0: not asked */
    double peak_mb;       /* of the process */
    int ok;
};

struct run {
    const char *conn;
    long rows, inserts;
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT stmt;
    struct sample out;
};

static void complain(SQLSMALLINT kind, SQLHANDLE h, const char *what)
{
    SQLCHAR state[6], text[1024];
    SQLINTEGER native;
    SQLSMALLINT len;
    fprintf(stderr, "bench: %s failed\n", what);
    for (SQLSMALLINT i = 1;
         SQL_SUCCEEDED(SQLGetDiagRec(kind, h, i, state, &native, text, sizeof text, &len)); i++)
        fprintf(stderr, "  %s (%d) %s\n", state, (int)native, text);
}

static int check(SQLRETURN rc, SQLSMALLINT kind, SQLHANDLE h, const char *what)
{
    if (SQL_SUCCEEDED(rc))
        return 1;
    complain(kind, h, what);
    return 0;
}

static double now_cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double now_wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_connect(struct run *r)
{
    SQLCHAR out[1024];
    SQLSMALLINT n;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, r->env, &r->dbc)))
        return 0;
    return check(SQLDriverConnect(r->dbc, NULL, (SQLCHAR *)r->conn, SQL_NTS, out, sizeof out, &n,
                                  SQL_DRIVER_NOPROMPT),
                 SQL_HANDLE_DBC, r->dbc, "connect");
}

static void run_disconnect(struct run *r)
{
    SQLDisconnect(r->dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, r->dbc);
    r->dbc = NULL;
}

static int run_open(struct run *r)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &r->env)))
        return 0;
    SQLSetEnvAttr(r->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    return 1;
}

static int exec(struct run *r, const char *sql)
{
    return check(SQLExecDirect(r->stmt, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, r->stmt, sql);
}

/* ---- fetching ---- */

enum { ROWSET = 1000, TEXT = 64, COLUMNS = 8 };
static const char *const select_all = "SELECT i, b, d, m, s1, s2, t, n FROM bench_rows";

struct column {
    SQLSMALLINT ctype;
    size_t size;
};
static const struct column as_types[COLUMNS] = {
    {SQL_C_SLONG, 4},   {SQL_C_SBIGINT, 8}, {SQL_C_DOUBLE, 8},          {SQL_C_CHAR, TEXT},
    {SQL_C_CHAR, TEXT}, {SQL_C_CHAR, TEXT}, {SQL_C_TYPE_TIMESTAMP, 16}, {SQL_C_SLONG, 4}};
static const struct column as_wide[COLUMNS] = {{SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT},
                                               {SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT},
                                               {SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT},
                                               {SQL_C_WCHAR, 2 * TEXT}, {SQL_C_WCHAR, 2 * TEXT}};

static char block[COLUMNS][ROWSET * 2 * TEXT];
static SQLLEN lengths[COLUMNS][ROWSET];

static double bytes_sent(struct run *r)
{
    char text[64] = "0";
    SQLLEN n;
    if (!exec(r, "SHOW SESSION STATUS LIKE 'Bytes_sent'"))
        return 0;
    if (SQL_SUCCEEDED(SQLFetch(r->stmt)))
        SQLGetData(r->stmt, 2, SQL_C_CHAR, text, sizeof text, &n);
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    return strtod(text, NULL);
}

static int fetch_block(struct run *r, const struct column *cols)
{
    SQLULEN fetched = 0;
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)ROWSET, 0);
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    for (int c = 0; c < COLUMNS; c++)
        SQLBindCol(r->stmt, (SQLUSMALLINT)(c + 1), cols[c].ctype, block[c], (SQLLEN)cols[c].size,
                   lengths[c]);
    if (!exec(r, select_all))
        return 0;
    while (SQL_SUCCEEDED(SQLFetch(r->stmt)))
        r->out.units += (double)fetched;
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    SQLFreeStmt(r->stmt, SQL_UNBIND);
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1, 0);
    SQLSetStmtAttr(r->stmt, SQL_ATTR_ROWS_FETCHED_PTR, NULL, 0);
    return r->out.units > 0;
}

static int fetch_types(struct run *r)
{
    return fetch_block(r, as_types);
}

static int fetch_wide(struct run *r)
{
    return fetch_block(r, as_wide);
}

static int fetch_getdata(struct run *r)
{
    char text[TEXT];
    SQLLEN n;
    if (!exec(r, select_all))
        return 0;
    while (SQL_SUCCEEDED(SQLFetch(r->stmt))) {
        for (SQLUSMALLINT c = 1; c <= COLUMNS; c++)
            SQLGetData(r->stmt, c, SQL_C_CHAR, text, sizeof text, &n);
        r->out.units++;
    }
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    return r->out.units > 0;
}

/* ---- statements and connections ---- */

enum { STATEMENTS = 5000, CONNECTIONS = 60 };

static int select_one(struct run *r)
{
    SQLINTEGER v = 0;
    SQLLEN n;
    for (int i = 0; i < STATEMENTS; i++) {
        if (!exec(r, "SELECT 1"))
            return 0;
        SQLFetch(r->stmt);
        SQLGetData(r->stmt, 1, SQL_C_SLONG, &v, sizeof v, &n);
        SQLFreeStmt(r->stmt, SQL_CLOSE);
        if (v != 1)
            return 0;
    }
    r->out.units = STATEMENTS;
    return 1;
}

static int prepared_one(struct run *r)
{
    SQLINTEGER p = 0, v = 0;
    SQLLEN n = 0;
    if (!check(SQLPrepare(r->stmt, (SQLCHAR *)"SELECT ? + 1", SQL_NTS), SQL_HANDLE_STMT, r->stmt,
               "prepare"))
        return 0;
    SQLBindParameter(r->stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &p, 0, &n);
    for (int i = 0; i < STATEMENTS; i++) {
        p = i;
        if (!check(SQLExecute(r->stmt), SQL_HANDLE_STMT, r->stmt, "execute"))
            return 0;
        SQLFetch(r->stmt);
        SQLGetData(r->stmt, 1, SQL_C_SLONG, &v, sizeof v, &n);
        SQLFreeStmt(r->stmt, SQL_CLOSE);
        if (v != i + 1)
            return 0;
    }
    SQLFreeStmt(r->stmt, SQL_RESET_PARAMS);
    r->out.units = STATEMENTS;
    return 1;
}

static int reconnect(struct run *r)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        if (!run_connect(r))
            return 0;
        run_disconnect(r);
    }
    r->out.units = CONNECTIONS;
    return 1;
}

/* ---- inserting ---- */

enum { ARRAY = 10000 };

static struct {
    SQLINTEGER id[ARRAY];
    SQLBIGINT number[ARRAY];
    SQLDOUBLE ratio[ARRAY];
    char text[ARRAY][40];
    SQLLEN text_len[ARRAY];
    SQL_TIMESTAMP_STRUCT at[ARRAY];
} array;

static void array_fill(long first, long n)
{
    for (long i = 0; i < n; i++) {
        long k = first + i;
        array.id[i] = (SQLINTEGER)k;
        array.number[i] = (SQLBIGINT)k * 4000000007;
        array.ratio[i] = (double)k / 7;
        array.text_len[i] =
            snprintf(array.text[i], sizeof array.text[i], "K\xc3\xb6ln, street %ld", k % 977);
        array.at[i] = (SQL_TIMESTAMP_STRUCT){
            2020, (SQLUSMALLINT)(1 + k % 12), (SQLUSMALLINT)(1 + k % 28), 12, 30, 1, 0};
    }
}

static int array_bind(struct run *r)
{
    SQLHSTMT q = r->stmt;
    SQLBindParameter(q, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, array.id, 0, NULL);
    SQLBindParameter(q, 2, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, array.number, 0, NULL);
    SQLBindParameter(q, 3, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, array.ratio, 0, NULL);
    SQLBindParameter(q, 4, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 40, 0, array.text, 40,
                     array.text_len);
    SQLBindParameter(q, 5, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 19, 0,
                     array.at, sizeof array.at[0], NULL);
    return check(
        SQLPrepare(q, (SQLCHAR *)"INSERT INTO bench_insert VALUES (?, ?, ?, ?, ?)", SQL_NTS),
        SQL_HANDLE_STMT, q, "prepare");
}

/* With autocommit, as ODBC begins. */
static int insert_array(struct run *r)
{
    if (!exec(r, "TRUNCATE TABLE bench_insert") || !array_bind(r))
        return 0;
    for (long first = 0; first < r->inserts; first += ARRAY) {
        long n = r->inserts - first < ARRAY ? r->inserts - first : ARRAY;
        array_fill(first, n);
        SQLSetStmtAttr(r->stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)n, 0);
        if (!check(SQLExecute(r->stmt), SQL_HANDLE_STMT, r->stmt, "execute"))
            return 0;
    }
    r->out.units = (double)r->inserts;
    return 1;
}

struct scenario {
    const char *name, *unit, *what;
    int (*fn)(struct run *r);
    double target;      /* ratio of client CPU that we want to stay under; 0: none */
    int connects;       /* the scenario makes its own connections */
    int ca_file;        /* appends ;SSLCA=... */
    int drains;         /* has a floor */
    double wall_target; /* ratio of wall time; 0: not told */
};
static const struct scenario scenarios[] = {
    {"fetch-types", "us/row", "8 columns bound as C types, rowset 1000", fetch_types, 0.6, 0, 0, 1,
     0},
    {"fetch-wide", "us/row", "8 columns bound as SQL_C_WCHAR, rowset 1000", fetch_wide, 0.2, 0, 0,
     1, 0},
    {"fetch-getdata", "us/row", "8 columns by SQLGetData as SQL_C_CHAR", fetch_getdata, 0.6, 0, 0,
     1, 0},
    {"select-1", "us/stmt", "SELECT 1: execute, fetch, close", select_one, 0.6, 0, 0, 0, 0},
    {"prepared-1", "us/stmt", "SELECT ? + 1 prepared: execute, fetch, close", prepared_one, 0, 0, 0,
     0, 0},
    {"insert-array", "us/row", "5 columns by arrays of 10000, autocommit; on MySQL wall 0.05",
     insert_array, 0, 0, 0, 0, 1.0},
    {"connect-ca", "us/conn", "connect + disconnect, TLS with a CA file", reconnect, 0.4, 1, 1, 0,
     0},
    {"connect-store", "us/conn", "connect + disconnect, TLS with the system store", reconnect, 0.05,
     1, 0, 0, 0},
};
enum { NSCENARIOS = sizeof scenarios / sizeof scenarios[0] };

static void measure(const struct scenario *sc, struct run *r)
{
    double before = 0;
    if (!run_open(r) || !run_connect(r))
        return;
    if (sc->connects) {
        run_disconnect(r);
    } else {
        if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r->dbc, &r->stmt)))
            return;
        before = sc->drains ? bytes_sent(r) : 0;
    }
    double cpu = now_cpu(), wall = now_wall();
    int ok = sc->fn(r);
    r->out.cpu_s = now_cpu() - cpu;
    r->out.wall_s = now_wall() - wall;
    if (ok && sc->drains)
        r->out.bytes = bytes_sent(r) - before;
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    r->out.peak_mb = (double)u.ru_maxrss / 1024;
    r->out.ok = ok;
}

struct amounts {
    long rows, inserts;
    int repeat;
};

static struct sample measure_in_child(const struct scenario *sc, const char *conn,
                                      const struct amounts *a)
{
    struct sample s = {0};
    int fd[2];
    if (pipe(fd) != 0)
        return s;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct run r = {.conn = conn, .rows = a->rows, .inserts = a->inserts};
        measure(sc, &r);
        ssize_t n = write(fd[1], &r.out, sizeof r.out);
        _exit(n == (ssize_t)sizeof r.out ? 0 : 1);
    }
    close(fd[1]);
    if (pid < 0 || read(fd[0], &s, sizeof s) != (ssize_t)sizeof s)
        s.ok = 0;
    close(fd[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return s;
}

static struct sample best_of(const struct scenario *sc, const char *conn, const struct amounts *a,
                             const char *ca_file)
{
    struct sample best = {0};
    char full[2048];
    snprintf(full, sizeof full, "%s%s%s", conn, sc->ca_file && ca_file ? ";SSLCA=" : "",
             sc->ca_file && ca_file ? ca_file : "");
    for (int i = 0; i < a->repeat; i++) {
        struct sample s = measure_in_child(sc, full, a);
        if (s.ok && (!best.ok || s.cpu_s < best.cpu_s))
            best = s;
    }
    return best;
}

/* ---- data ---- */

static int make_insert_table(struct run *r)
{
    return exec(r, "DROP TABLE IF EXISTS bench_insert") &&
           exec(r, "CREATE TABLE bench_insert (id INT PRIMARY KEY, number BIGINT NOT NULL, ratio "
                   "DOUBLE NOT NULL, text VARCHAR(40) CHARACTER SET utf8mb4 NOT NULL, at DATETIME "
                   "NOT NULL) ENGINE=InnoDB");
}

static int make_fetch_table(struct run *r)
{
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO bench_rows SELECT seq, seq * 4000000007, seq / 7.0e0, seq / 100, CONCAT('name "
        "', seq), "
        "CONCAT('K\xc3\xb6ln, street ', seq %% 977, ', house ', seq %% 31), "
        "'2020-01-01' + INTERVAL seq SECOND, IF(seq %% 5 = 0, NULL, seq %% 1000) FROM seq_1_to_%ld",
        r->rows);
    return exec(r, "DROP TABLE IF EXISTS bench_rows") &&
           exec(r,
                "CREATE TABLE bench_rows (i INT NOT NULL, b BIGINT NOT NULL, d DOUBLE NOT NULL, "
                "m DECIMAL(12,2) NOT NULL, s1 VARCHAR(40) NOT NULL, s2 VARCHAR(60) CHARACTER SET "
                "utf8mb4 "
                "NOT NULL, t DATETIME NOT NULL, n INT) ENGINE=MyISAM") &&
           exec(r, sql);
}

/* Both tables; without rows only the one to insert into (the other needs MariaDB's sequences). */
static int make_tables(const char *conn, const struct amounts *a)
{
    struct run r = {.conn = conn, .rows = a->rows};
    if (!run_open(&r) || !run_connect(&r) ||
        !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r.dbc, &r.stmt)))
        return 0;
    int ok = (!r.rows || make_fetch_table(&r)) && make_insert_table(&r);
    SQLFreeHandle(SQL_HANDLE_STMT, r.stmt);
    run_disconnect(&r);
    SQLFreeHandle(SQL_HANDLE_ENV, r.env);
    return ok;
}

/* ---- output ---- */

static double per_unit_us(const struct sample *s)
{
    return s->ok && s->units > 0 ? s->cpu_s * 1e6 / s->units : NAN;
}

static void print_floor(const struct sample *s)
{
    if (!s->ok || s->bytes <= 0 || s->units <= 0) {
        printf(" %9s %9s", "", "");
        return;
    }
    struct floor_cost f = floor_measure((size_t)s->bytes);
    printf(" %9.3f %9.3f", f.recv_s * 1e6 / s->units, f.tls_s * 1e6 / s->units);
}

/* What the client waited, where that is what counts. */
static void print_wall(const struct scenario *sc, const struct sample *peer,
                       const struct sample *ours)
{
    double theirs = peer->wall_s * 1e6 / peer->units;
    printf("%-14s %-8s %10.3f", "  its wall", sc->unit, theirs);
    if (ours && ours->ok) {
        double wall = ours->wall_s * 1e6 / ours->units;
        printf(" %10.3f %7.3f %7.2f", wall, wall / theirs, sc->wall_target);
    }
    printf("\n");
    fflush(stdout);
}

static void print_row(const struct scenario *sc, const struct sample *peer,
                      const struct sample *ours)
{
    printf("%-14s %-8s %10.3f", sc->name, sc->unit, per_unit_us(peer));
    if (ours) {
        double ratio = per_unit_us(ours) / per_unit_us(peer);
        printf(" %10.3f %7.3f", per_unit_us(ours), ratio);
        if (sc->target > 0)
            printf(" %7.2f", sc->target);
        else
            printf(" %7s", "");
    }
    print_floor(ours && ours->ok ? ours : peer);
    printf(" %8.1f", peer->peak_mb);
    if (ours)
        printf(" %8.1f", ours->peak_mb);
    printf("  %s\n", sc->what);
    fflush(stdout);
}

static const char *after_equals(char *arg)
{
    char *eq = strchr(arg, '=');
    if (!eq) {
        fprintf(stderr, "bench: '%s' is not NAME=CONNECTION-STRING\n", arg);
        exit(2);
    }
    *eq = '\0';
    return eq + 1;
}

int main(int argc, char **argv)
{
    struct amounts a = {.rows = 500000, .inserts = 1000000, .repeat = 3};
    int i = 1;
    const char *only = NULL, *ca_file = NULL;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "--rows") == 0)
            a.rows = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--inserts") == 0)
            a.inserts = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--repeat") == 0)
            a.repeat = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--only") == 0)
            only = argv[i + 1];
        else if (strcmp(argv[i], "--ca-file") == 0)
            ca_file = argv[i + 1];
    }
    if (argc - i < 1 || argc - i > 2) {
        fprintf(stderr, "usage: bench [--rows N] [--inserts N] [--repeat N] [--only SCENARIO] "
                        "[--ca-file PEM] PEER=CONNSTR [OURS=CONNSTR]\n");
        return 2;
    }
    const char *peer_conn = after_equals(argv[i]);
    const char *ours_conn = i + 1 < argc ? after_equals(argv[i + 1]) : NULL;
    if (!make_tables(peer_conn, &a))
        return 1;
    printf("%-14s %-8s %10s", "client CPU", "unit", argv[i]);
    if (ours_conn)
        printf(" %10s %7s %7s", argv[i + 1], "ratio", "target");
    printf(" %9s %9s %8s", "recv", "SSL_read", "peer MB");
    printf("%s\n", ours_conn ? "  ours MB" : "");
    for (int s = 0; s < NSCENARIOS; s++) {
        const struct scenario *sc = &scenarios[s];
        if (only && strcmp(only, sc->name) != 0)
            continue;
        struct sample peer = best_of(sc, peer_conn, &a, ca_file);
        struct sample ours = {0};
        if (ours_conn)
            ours = best_of(sc, ours_conn, &a, ca_file);
        print_row(sc, &peer, ours_conn ? &ours : NULL);
        if (sc->wall_target > 0 && peer.ok)
            print_wall(sc, &peer, ours_conn ? &ours : NULL);
    }
    return 0;
}
