/* load.c - Stream Load without an array: files, and curl, which is what the arrays are held
 * against.
 *
 * body_dir holds the rows of insert.c as the driver sends them, its separators included: `all`, and
 * 0, 1, 2... with an array each.  curl sends them as people do: through the frontend and
 * its redirect, with Expect.  Its CPU and memory are those of the children. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { PATH = 1024 };
#define COLUMN "\1\5\3"
#define ROW    "\2\6\4"

static long arrays_of(const struct run *r)
{
    return (r->inserts + ARRAY - 1) / ARRAY;
}

static void body_path(const struct run *r, char *out, long part) /* part < 0: all */
{
    if (part < 0)
        snprintf(out, PATH, "%s/all", r->body_dir);
    else
        snprintf(out, PATH, "%s/%ld", r->body_dir, part);
}

static int write_rows(const struct run *r, long part, long first, long end)
{
    char path[PATH];
    body_path(r, path, part);
    FILE *f = fopen(path, "w");
    if (!f) {
        fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
        return 0;
    }
    for (long k = first; k < end; k++)
        fprintf(f,
                "%ld" COLUMN "%lld" COLUMN "%.17g" COLUMN "K\xc3\xb6ln, street %ld" COLUMN
                "2020-%02ld-%02ld 12:30:01" ROW,
                k, (long long)k * 4000000007, (double)k / 7, k % 977, 1 + k % 12, 1 + k % 28);
    int ok = !ferror(f);
    return fclose(f) == 0 && ok;
}

int bodies_make(const struct run *r)
{
    for (long i = 0; i < arrays_of(r); i++) {
        long end = (i + 1) * ARRAY;
        if (!write_rows(r, i, i * ARRAY, end < r->inserts ? end : r->inserts))
            return 0;
    }
    return write_rows(r, -1, 0, r->inserts);
}

void bodies_remove(const struct run *r)
{
    char path[PATH];
    for (long i = -1; i < arrays_of(r); i++) {
        body_path(r, path, i);
        unlink(path);
    }
}

int load_file(struct run *r)
{
    if (!exec(r, "STREAM LOAD INTO bench_insert (id, number, ratio, text, at) FROM 'all' "
                 "WITH (column_separator='\\x010503', row_delimiter='\\x020604')"))
        return 0;
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    r->out.units = (double)r->inserts;
    return 1;
}

/* ---- curl ---- */

/* A file for curl --config: bodies first to last, all over one curl. */
static int write_config(const struct run *r, const char *config, long first, long last)
{
    char path[PATH];
    FILE *f = fopen(config, "w");
    if (!f)
        return 0;
    fprintf(
        f, "location-trusted\nuser = app:app-secret\nsilent\nshow-error\nfail\n"
           "header = \"Expect: 100-continue\"\nheader = \"format: csv\"\n"
           "header = \"column_separator: \\\\x010503\"\nheader = \"row_delimiter: \\\\x020604\"\n");
    if (r->ca_file) /* the system store would cost curl 15 ms a connection */
        fprintf(f, "cacert = \"%s\"\n", r->ca_file);
    for (long i = first; i <= last; i++) {
        body_path(r, path, i);
        fprintf(f, "upload-file = \"%s\"\nurl = \"%s/api/test/bench_insert/_stream_load\"\n", path,
                r->conn);
    }
    return fclose(f) == 0;
}

/* How many of the loads the server said to have done. */
static long run_curl(const char *config)
{
    char command[PATH + 64], line[4096];
    long done = 0;
    snprintf(command, sizeof command, "curl --config '%s'", config);
    FILE *p = popen(command, "r");
    if (!p)
        return -1;
    while (fgets(line, sizeof line, p))
        done += strstr(line, "\"Status\"") && strstr(line, "\"Success\"");
    return pclose(p) == 0 ? done : -1;
}

static int curl_bodies(struct run *r, long first, long last)
{
    char config[PATH + 16];
    snprintf(config, sizeof config, "%s/curl", r->body_dir);
    long done = write_config(r, config, first, last) ? run_curl(config) : -1;
    unlink(config);
    r->out.units = (double)r->inserts;
    if (done == last - first + 1)
        return 1;
    fprintf(stderr, "bench: curl did %ld of %ld loads\n", done, last - first + 1);
    return 0;
}

int curl_one(struct run *r)
{
    return curl_bodies(r, -1, -1);
}

int curl_uploads(struct run *r)
{
    return curl_bodies(r, 0, arrays_of(r) - 1);
}
