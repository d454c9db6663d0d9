/* bench.c - one program against any driver: what a row, a statement, a connection costs the client.
 *
 * usage: bench [OPTIONS] PEER=CONNSTR [OURS=CONNSTR]; the options stand in `options` below.
 *
 * Each measurement runs in a child process of its own (nothing cached is carried over, peak memory
 * is its own), CPU is the child's user + system time around the loop alone, and the best of the
 * repeats counts.  With two drivers the ratio of the second to the first is told beside the target.
 * With --server-pid, what is measured as CPU runs on one CPU with the server; see cpu.c.
 * The floor is what draining the same number of bytes costs with recv and with SSL_read.  Nothing
 * here passes or fails: it prints; a scenario that fails is told as such and the next one goes on.
 */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "floor.h"

enum { SECONDS_MAX = 600 }; /* of one measurement */

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

int check(SQLRETURN rc, SQLSMALLINT kind, SQLHANDLE h, const char *what)
{
    if (SQL_SUCCEEDED(rc))
        return 1;
    complain(kind, h, what);
    return 0;
}

static double now_cpu(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double now_wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_go_on(struct run *r)
{
    r->from_cpu_s = now_cpu(RUSAGE_SELF);
    r->from_wall_s = now_wall();
}

void bench_pause(struct run *r)
{
    r->out.cpu_s += now_cpu(RUSAGE_SELF) - r->from_cpu_s;
    r->out.wall_s += now_wall() - r->from_wall_s;
}

double peak_mb(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)u.ru_maxrss / 1024;
}

int run_connect(struct run *r)
{
    SQLCHAR out[1024];
    SQLSMALLINT n;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, r->env, &r->dbc)))
        return 0;
    return check(SQLDriverConnect(r->dbc, NULL, (SQLCHAR *)r->conn, SQL_NTS, out, sizeof out, &n,
                                  SQL_DRIVER_NOPROMPT),
                 SQL_HANDLE_DBC, r->dbc, "connect");
}

void run_disconnect(struct run *r)
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

int exec(struct run *r, const char *sql)
{
    return check(SQLExecDirect(r->stmt, (SQLCHAR *)sql, SQL_NTS), SQL_HANDLE_STMT, r->stmt, sql);
}

/* ---- the table ---- */

/* Where a scenario runs: the servers of the two connections. */
enum place { MARIADB, MYSQL, LOAD, PLACES };

struct scenario {
    enum place place;
    const char *name, *unit, *what;
    int (*fn)(struct run *r);
    int (*peer)(struct run *r); /* curl instead of a driver */
    double target;              /* ratio of client CPU that we want to stay under; 0: none */
    double wall_target;         /* ratio of wall time; 0: not told */
    int connects;               /* the scenario makes its own connections */
    int ca_file;                /* appends ;SSLCA=... */
    int drains;                 /* has a floor */
    int share;                  /* the peer inserts only one of so many rows; 0: all */
};
/* clang-format off */
static const struct scenario scenarios[] = {
    {MARIADB, "fetch-types", "us/row", "8 columns bound as C types, rowset 1000", fetch_types,
     .target = 0.6, .drains = 1},
    {MARIADB, "fetch-wide", "us/row", "8 columns bound as SQL_C_WCHAR, rowset 1000", fetch_wide,
     .target = 0.2, .drains = 1},
    {MARIADB, "fetch-floats", "us/row", "4 columns, 2 of them FLOAT, bound, rowset 1000", fetch_floats,
     .target = 0.6, .drains = 1},
    {MARIADB, "fetch-getdata", "us/row", "8 columns by SQLGetData as SQL_C_CHAR", fetch_getdata,
     .target = 0.6, .drains = 1},
    {MARIADB, "select-1", "us/stmt", "SELECT 1: execute, fetch, close", select_one, .target = 0.6},
    {MARIADB, "prepared-1", "us/stmt", "SELECT ? + 1 prepared: execute, fetch, close", prepared_one,
     .target = 0},
    {MARIADB, "connect-ca", "us/conn", "connect + disconnect, TLS with a CA file", reconnect,
     .target = 0.4, .connects = 1, .ca_file = 1},
    {MARIADB, "connect-store", "us/conn", "connect + disconnect, TLS with the system store", reconnect,
     .target = 0.05, .connects = 1},
    {MARIADB, "insert-array", "us/row", "MariaDB: 5 columns by arrays of 10000, autocommit", insert_array,
     .wall_target = 1.0},
    {MYSQL, "insert-mysql", "us/row", "MySQL: the same; the peer with 1 of 50 rows", insert_array,
     .wall_target = 0.05, .share = 50},
    {LOAD, "load-arrays", "us/row", "Stream Load: a load an array; peer: curl, an upload an array", insert_loads,
     curl_uploads, .wall_target = 1.25},
    {LOAD, "load-arrays-1", "us/row", "the same; peer: curl, one upload of all", insert_loads,
     curl_one, .wall_target = 1.25},
    {LOAD, "load-tran", "us/row", "Stream Load: one transaction; peer: curl, an upload an array", insert_transaction,
     curl_uploads, .wall_target = 1.25},
    {LOAD, "load-tran-1", "us/row", "the same; peer: curl, one upload of all", insert_transaction,
     curl_one, .wall_target = 1.25},
    {LOAD, "load-file", "us/row", "STREAM LOAD FROM the file that the peer, curl, uploads", load_file,
     curl_one, .wall_target = 1.25},
};
/* clang-format on */
enum { NSCENARIOS = sizeof scenarios / sizeof scenarios[0] };

struct settings {
    const char *conn[PLACES][2]; /* peer, ours; NULL: not measured */
    const char *name[2];
    const char *only, *ca_file, *body_dir, *server_pid;
    long rows, inserts, repeat;
};

static const struct {
    const char *name, *what;
    enum { A_TEXT, A_NUMBER } kind;
    size_t at;
} options[] = {
#define OPTION(name, kind, member, what)                                                           \
    {                                                                                              \
        name, what, kind, offsetof(struct settings, member)                                        \
    }
    OPTION("--rows", A_NUMBER, rows, "to fetch, 500000"),
    OPTION("--inserts", A_NUMBER, inserts, "rows to insert, 1000000"),
    OPTION("--repeat", A_NUMBER, repeat, "how often everything is measured, 3"),
    OPTION("--only", A_TEXT, only, "beginning of the names of scenarios"),
    OPTION("--ca-file", A_TEXT, ca_file,
           "PEM with the CA of the MariaDB server and of the frontend"),
    OPTION("--server-pid", A_TEXT, server_pid,
           "process of the MariaDB server: shares a CPU with the client where CPU counts"),
    OPTION("--mysql-peer", A_TEXT, conn[MYSQL][0], "connection string of the peer to MySQL"),
    OPTION("--mysql-ours", A_TEXT, conn[MYSQL][1], "and of the other"),
    OPTION("--load-url", A_TEXT, conn[LOAD][0], "URL of a Stream Load frontend, for curl"),
    OPTION("--load-ours", A_TEXT, conn[LOAD][1], "connection string with STREAMLOADURL"),
    OPTION("--load-dir", A_TEXT, body_dir,
           "folder for the files to load, the one of STREAMLOADDIR"),
#undef OPTION
};
enum { NOPTIONS = sizeof options / sizeof options[0] };

/* ---- measuring ---- */

static int open_for(const struct scenario *sc, struct run *r)
{
    if (!run_open(r) || !run_connect(r))
        return 0;
    if (!sc->connects)
        return SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r->dbc, &r->stmt));
    run_disconnect(r);
    return 1;
}

static void measure(const struct scenario *sc, struct run *r)
{
    if (!open_for(sc, r))
        return;
    double before = sc->drains ? bytes_sent(r) : 0;
    bench_go_on(r);
    int ok = sc->fn(r);
    bench_pause(r);
    if (ok && sc->drains)
        r->out.bytes = bytes_sent(r) - before;
    r->out.peak_mb = peak_mb(RUSAGE_SELF);
    r->out.ok = ok;
}

static void measure_program(const struct scenario *sc, struct run *r)
{
    double wall = now_wall();
    r->out.ok = sc->peer(r);
    r->out.wall_s = now_wall() - wall;
    r->out.cpu_s = now_cpu(RUSAGE_CHILDREN);
    r->out.peak_mb = peak_mb(RUSAGE_CHILDREN);
}

static struct sample measure_in_child(const struct scenario *sc, int ours, const char *conn,
                                      const struct settings *set)
{
    struct sample s = {0};
    int fd[2];
    if (pipe(fd) != 0)
        return s;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct run r = {.conn = conn,
                        .rows = set->rows,
                        .inserts = !ours && sc->share ? set->inserts / sc->share : set->inserts,
                        .body_dir = set->body_dir,
                        .ca_file = set->ca_file};
        alarm(SECONDS_MAX);
        if (!ours && sc->peer)
            measure_program(sc, &r);
        else
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

/* Wall time and CPU each from the repeat where it was least. */
static void keep_best(struct sample *best, const struct sample *s)
{
    struct sample old = *best;
    if (!s->ok)
        return;
    if (!old.ok || s->cpu_s < old.cpu_s)
        *best = *s;
    if (old.ok)
        best->wall_s = old.wall_s < s->wall_s ? old.wall_s : s->wall_s;
}

/* The two take turns, so that what else the machine does hits both. */
static void measure_both(const struct scenario *sc, const struct settings *set,
                         struct sample best[2])
{
    if (set->server_pid && *set->server_pid && !cpu_place(set->server_pid, sc->wall_target <= 0))
        return;
    for (int i = 0; i < set->repeat; i++)
        for (int ours = 0; ours < 2; ours++) {
            char full[4096];
            const char *conn = set->conn[sc->place][ours];
            if (!conn)
                continue;
            int ca = sc->ca_file && set->ca_file;
            snprintf(full, sizeof full, "%s%s%s", conn, ca ? ";SSLCA=" : "",
                     ca ? set->ca_file : "");
            struct sample s = measure_in_child(sc, ours, full, set);
            keep_best(&best[ours], &s);
        }
}

/* ---- data ---- */

/* Both tables; without rows only the one to insert into. */
static int make_tables(const char *conn, long rows)
{
    struct run r = {.conn = conn, .rows = rows};
    if (!run_open(&r) || !run_connect(&r) ||
        !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r.dbc, &r.stmt)))
        return 0;
    int ok = (!r.rows || make_fetch_table(&r)) && make_insert_table(&r);
    SQLFreeHandle(SQL_HANDLE_STMT, r.stmt);
    run_disconnect(&r);
    SQLFreeHandle(SQL_HANDLE_DBC, r.dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, r.env);
    return ok;
}

/* What a place needs before it is measured; a place where that fails is left out. */
static int make_data(enum place place, const struct settings *set)
{
    const char *peer = set->conn[place][0];
    struct run r = {.inserts = set->inserts, .body_dir = set->body_dir};
    if (!peer)
        return 0;
    if (place == LOAD)
        return set->body_dir && bodies_make(&r);
    return make_tables(peer, place == MARIADB ? set->rows : 0);
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

/* What the client waited, where that is what counts; and how flat memory was. */
static void print_wall(const struct scenario *sc, const struct sample s[2])
{
    double theirs = s[0].ok ? s[0].wall_s * 1e6 / s[0].units : NAN;
    printf("%-14s %-8s %10.3f", "  its wall", sc->unit, theirs);
    if (s[1].ok) {
        double wall = s[1].wall_s * 1e6 / s[1].units;
        printf(" %10.3f %7.3f %7.2f", wall, wall / theirs, sc->wall_target);
        printf("%38s  throughput %.2f of the peer's; %+.1f MB after two arrays", "", theirs / wall,
               s[1].grown_mb);
    }
    printf("\n");
    fflush(stdout);
}

static void print_row(const struct scenario *sc, const struct sample s[2])
{
    double peer = per_unit_us(&s[0]), ours = per_unit_us(&s[1]);
    printf("%-14s %-8s %10.3f %10.3f %7.3f", sc->name, sc->unit, peer, ours, ours / peer);
    if (sc->target > 0)
        printf(" %7.2f", sc->target);
    else
        printf(" %7s", "");
    print_floor(&s[s[1].ok]);
    printf(" %8.1f %8.1f  %s\n", s[0].peak_mb, s[1].peak_mb, sc->what);
    fflush(stdout);
}

static void run_place(enum place place, const struct settings *set)
{
    if (!make_data(place, set))
        return;
    for (int i = 0; i < NSCENARIOS; i++) {
        const struct scenario *sc = &scenarios[i];
        struct sample best[2] = {{0}};
        if (sc->place != place || (set->only && strncmp(set->only, sc->name, strlen(set->only))))
            continue;
        measure_both(sc, set, best);
        print_row(sc, best);
        if (sc->wall_target > 0)
            print_wall(sc, best);
    }
    struct run r = {.inserts = set->inserts, .body_dir = set->body_dir};
    if (place == LOAD)
        bodies_remove(&r);
}

/* ---- arguments ---- */

static int usage(void)
{
    fprintf(stderr, "usage: bench [OPTIONS] PEER=CONNSTR [OURS=CONNSTR]\n");
    for (int i = 0; i < NOPTIONS; i++)
        fprintf(stderr, "  %-14s %s\n", options[i].name, options[i].what);
    return 2;
}

static int set_option(struct settings *set, const char *name, const char *value)
{
    for (int i = 0; i < NOPTIONS; i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        void *to = (char *)set + options[i].at;
        if (options[i].kind == A_TEXT)
            *(const char **)to = value;
        else
            *(long *)to = strtol(value, NULL, 10);
        return 1;
    }
    fprintf(stderr, "bench: unknown option %s\n", name);
    return 0;
}

/* NAME=CONNSTR */
static int set_driver(struct settings *set, int ours, char *arg)
{
    char *eq = strchr(arg, '=');
    if (!eq) {
        fprintf(stderr, "bench: '%s' is not NAME=CONNECTION-STRING\n", arg);
        return 0;
    }
    *eq = '\0';
    set->name[ours] = arg;
    set->conn[MARIADB][ours] = eq + 1;
    return 1;
}

int main(int argc, char **argv)
{
    struct settings set = {.rows = 500000, .inserts = 1000000, .repeat = 3, .name = {"", ""}};
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
        if (!set_option(&set, argv[i], argv[i + 1]))
            return usage();
    if (argc - i < 1 || argc - i > 2)
        return usage();
    for (int ours = 0; i < argc; i++, ours++)
        if (!set_driver(&set, ours, argv[i]))
            return usage();
    printf("%-14s %-8s %10s %10s %7s %7s %9s %9s %8s %8s\n", "client CPU", "unit", set.name[0],
           set.name[1], "ratio", "target", "recv", "SSL_read", "peer MB", "our MB");
    for (int place = 0; place < PLACES; place++)
        run_place((enum place)place, &set);
    return 0;
}
