/* check_infile.c - the jail of LOCAL INFILE: what is let out, and what is not. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/infile.h"

static char top[64], jail[80];

static void put(const char *dir, const char *name, const char *text)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    ck_assert(out != NULL);
    (void)fputs(text, out);
    (void)fclose(out);
}

static void put_link(const char *to, const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", jail, name);
    ck_assert_int_eq(symlink(to, path), 0);
}

/* top/outside; top/jail/{a.csv, sub/b.csv, fifo, link -> ../outside, dirlink -> .., inner ->
 * a.csv}; top/jail2/c.csv */
static void build(void)
{
    char path[200];
    (void)snprintf(top, sizeof top, "/tmp/check_infile_XXXXXX");
    ck_assert(mkdtemp(top) != NULL);
    (void)snprintf(jail, sizeof jail, "%s/jail", top);
    ck_assert_int_eq(mkdir(jail, 0700), 0);
    put(top, "outside", "outside");
    put(jail, "a.csv", "in");
    (void)snprintf(path, sizeof path, "%s/sub", jail);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    put(path, "b.csv", "in");
    (void)snprintf(path, sizeof path, "%s/fifo", jail);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    put_link("../outside", "link");
    put_link("..", "dirlink");
    put_link("a.csv", "inner");
    (void)snprintf(path, sizeof path, "%s2", jail);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    put(path, "c.csv", "beside");
}

static void tear_down(void)
{
    static const char *const names[] = {"jail/a.csv", "jail/sub/b.csv", "jail/sub",   "jail/fifo",
                                        "jail/link",  "jail/dirlink",   "jail/inner", "jail",
                                        "outside",    "jail2/c.csv",    "jail2"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[200];
        (void)snprintf(path, sizeof path, "%s/%s", top, names[i]);
        (void)remove(path);
    }
    (void)rmdir(top);
}

/* JAIL stands for the folder's path. */
static const struct {
    const char *name;
    const char *words; /* NULL: given out */
} rows[] = {
    {"a.csv", NULL},
    {"sub/b.csv", NULL},
    {"./sub//b.csv", NULL},
    {"JAIL/a.csv", NULL},
    {"JAIL//sub/b.csv", NULL},
    {"", "names no file"},
    {"/", "does not lie below"},
    {"JAIL", "does not lie below"},
    {"JAIL/", "names no file"},
    {"/etc/passwd", "does not lie below"},
    {"JAIL2/c.csv", "does not lie below"},
    {"JAIL/../outside", "not allowed"},
    {"../outside", "not allowed"},
    {"sub/../../outside", "not allowed"},
    {"sub/../a.csv", "not allowed"},
    {"link", "symbolic link"},
    {"inner", "symbolic link"},
    {"dirlink/outside", "symbolic link"},
    {"a.csv/x", "symbolic link or no folder"},
    {"fifo", "not a regular file"},
    {"sub", "not a regular file"},
    {"nothing", "No such file"},
};

START_TEST(row)
{
    char name[300];
    bool has_jail = strncmp(rows[_i].name, "JAIL", 4) == 0;
    (void)snprintf(name, sizeof name, "%s%s", has_jail ? jail : "",
                   rows[_i].name + (has_jail ? 4 : 0));
    int fd = -1;
    struct fault f = {0};
    int rc = infile_open(jail, (struct rd_range){(unsigned char *)name, strlen(name)}, &fd, &f);
    if (!rows[_i].words) {
        char text[10] = "";
        ck_assert_msg(rc == RC_OK, "%s: %s", name, f.text);
        ck_assert_int_eq(read(fd, text, 9), 2);
        ck_assert_str_eq(text, "in");
        ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        (void)close(fd);
        return;
    }
    ck_assert_msg(rc == RC_CONFIG && fd == -1, "%s was let out", name);
    ck_assert_msg(strstr(f.text, rows[_i].words) != NULL, "%s: %s", name, f.text);
}
END_TEST

START_TEST(odd_names)
{
    struct fault f = {0};
    int fd = -1;
    char longest[5000];
    memset(longest, 'a', sizeof longest);
    ck_assert_int_eq(infile_open(jail, (struct rd_range){(unsigned char *)"a\0b", 3}, &fd, &f),
                     RC_CONFIG);
    ck_assert_int_eq(infile_open(jail, (struct rd_range){(unsigned char *)longest, 300}, &fd, &f),
                     RC_CONFIG);
    ck_assert_int_eq(infile_open(jail, (struct rd_range){(unsigned char *)longest, 5000}, &fd, &f),
                     RC_CONFIG);
    ck_assert_int_eq(
        infile_open("/nonexistent", (struct rd_range){(unsigned char *)"a", 1}, &fd, &f),
        RC_CONFIG);
    ck_assert(strstr(f.text, "LOAD_DATA_LOCAL_DIR") != NULL);
    /* a folder told with a slash at its end */
    char slashed[100];
    (void)snprintf(slashed, sizeof slashed, "%s/", jail);
    char whole[100];
    (void)snprintf(whole, sizeof whole, "%s/a.csv", jail);
    ck_assert_int_eq(
        infile_open(slashed, (struct rd_range){(unsigned char *)whole, strlen(whole)}, &fd, &f),
        RC_OK);
    (void)close(fd);
}
END_TEST

Suite *check_infile(void);
Suite *check_infile(void)
{
    Suite *s = suite_create("infile");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, build, tear_down);
    tcase_add_loop_test(c, row, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(c, odd_names);
    suite_add_tcase(s, c);
    return s;
}
