/* bench.h - what the scenarios share: a connection, a clock, and what came out.
 *
 * A scenario is a function that does its work over a run's statement (or makes connections of its
 * own) and sets out.units; bench.c measures around it, in a child process.  0: it failed, and
 * standard error says why. */
#ifndef MYWIRE_BENCH_BENCH_H
#define MYWIRE_BENCH_BENCH_H

#include <sql.h>
#include <sqlext.h>

struct sample {
    double cpu_s, wall_s; /* of the loop */
    double units;         /* rows, statements, connections */
    double bytes;         /* moved in the loop; 0: not asked */
    double peak_mb;       /* of the process */
    double grown_mb;      /* of it after the second array; 0: not asked */
    int ok;
};

struct run {
    const char *conn;     /* connection string; of curl: the URL of the frontend */
    long rows, inserts;   /* to fetch, to insert */
    const char *body_dir; /* ready-made bodies, see load.c */
    const char *ca_file;  /* for curl; NULL: the system store */
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT stmt;
    double from_cpu_s, from_wall_s; /* when the clock was started last */
    struct sample out;
};

/* bench.c */
int check(SQLRETURN rc, SQLSMALLINT kind, SQLHANDLE h, const char *what); /* 0: told */
int exec(struct run *r, const char *sql);                                 /* the same */
int run_connect(struct run *r);
void run_disconnect(struct run *r);
void bench_go_on(struct run *r); /* the clock runs; what the application itself does is no */
void bench_pause(struct run *r); /* cost of the driver */
double peak_mb(int who);         /* RUSAGE_SELF or RUSAGE_CHILDREN */

/* cpu.c: this process, its children to come, and the server with all its threads run on one CPU
 * (together) or on all.  0: told why not */
int cpu_place(const char *server_pid, int together);

/* fetch.c */
int make_fetch_table(struct run *r); /* needs MariaDB's sequences */
int fetch_types(struct run *r);
int fetch_wide(struct run *r);
int fetch_floats(struct run *r);
int fetch_getdata(struct run *r);
double bytes_sent(struct run *r); /* by the server in this session */

/* call.c */
int select_one(struct run *r);
int prepared_one(struct run *r);
int reconnect(struct run *r);

/* insert.c: arrays of ARRAY rows of five columns */
enum { ARRAY = 10000 };
int make_insert_table(struct run *r);
int insert_array(struct run *r);       /* into a table emptied before, with autocommit */
int insert_loads(struct run *r);       /* the same by Stream Load, one load an array */
int insert_transaction(struct run *r); /* the same in one transaction */

/* load.c: curl, and the bytes that it sends */
int bodies_make(const struct run *r); /* in body_dir; 0: told */
void bodies_remove(const struct run *r);
int load_file(struct run *r);    /* STREAM LOAD INTO ... FROM the one body */
int curl_one(struct run *r);     /* one upload of all */
int curl_uploads(struct run *r); /* one upload an array */

#endif
