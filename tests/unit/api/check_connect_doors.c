/* check_connect_doors.c - the connect functions through both doors, ANSI and W, without a driver
 * manager: the string that goes out is the same text, cut at every length between characters, with
 * its NUL, its full length told, and the byte behind the buffer untouched; texts that come in end
 * where their length says. */
#include <check.h>
#include <sql.h>
#include <sqlext.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "fake/frontend.h"

enum { ROOM = 600, BEHIND = 0x5A };

static struct frontend *front;
static SQLHENV env;
static SQLHDBC dbc;
static char ini[64];

/* Through one door: text in, text out.  Units are bytes or 16-bit units. */
struct door {
    const char *name, *source;
    bool wide;
};
static const struct door doors[] = {{"ANSI", "doorA", false}, {"W", "doorW", true}};

struct text_at_door {
    SQLCHAR a[ROOM];
    SQLWCHAR w[ROOM];
};

static void put_in(struct text_at_door *t, const char *s)
{
    size_t used = 0;
    ck_assert(strlen(s) < ROOM);
    memcpy(t->a, s, strlen(s) + 1);
    t->w[text_to_utf16(s, strlen(s), t->w, ROOM - 1, &used, NULL)] = 0;
}

static void up(void)
{
    const struct frontend_plan plan = {.comment = "StarRocks version 3.3.0",
                                       .prepare = {1064, "Unsupported command"}};
    front = frontend_start(&plan);
    ck_assert_ptr_nonnull(front);
    (void)snprintf(ini, sizeof ini, "/tmp/mywire-doors-XXXXXX");
    int fd = mkstemp(ini);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    ck_assert_ptr_nonnull(f);
    for (size_t i = 0; i < 2; i++) /* the installer library keeps sections that it has read */
        (void)fprintf(f, "[%s]\nSERVER=127.0.0.1\nPORT=%u\nSSLMODE=DISABLED\n", doors[i].source,
                      frontend_port(front));
    (void)fclose(f);
    ck_assert_int_eq(setenv("ODBCINI", ini, 1), 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)));
    ck_assert(SQL_SUCCEEDED(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (void *)SQL_OV_ODBC3, 0)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
}

static void down(void)
{
    SQLDisconnect(dbc); /* a test that failed has left it open, and the server waits */
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    frontend_stop(front);
    (void)unlink(ini);
    (void)unsetenv("ODBCINI");
}

static const char *state_of(void)
{
    static SQLCHAR state[6];
    state[0] = 0;
    (void)SQLGetDiagRec(SQL_HANDLE_DBC, dbc, 1, state, NULL, NULL, 0, NULL);
    return (const char *)state;
}

/* What goes out: room units of it may be used, the one behind them may not. */
struct out {
    SQLCHAR a[ROOM];
    SQLWCHAR w[ROOM];
    SQLSMALLINT len;
};

static void clear(struct out *o)
{
    memset(o->a, BEHIND, sizeof o->a);
    memset(o->w, BEHIND, sizeof o->w);
    o->len = -7;
}

static SQLRETURN driver_connect(const struct door *d, const char *in, struct out *o, size_t room)
{
    struct text_at_door t;
    put_in(&t, in);
    clear(o);
    return d->wide ? SQLDriverConnectW(dbc, NULL, t.w, SQL_NTS, o->w, (SQLSMALLINT)room, &o->len,
                                       SQL_DRIVER_NOPROMPT)
                   : SQLDriverConnect(dbc, NULL, t.a, SQL_NTS, o->a, (SQLSMALLINT)room, &o->len,
                                      SQL_DRIVER_NOPROMPT);
}

static SQLRETURN browse_connect(const struct door *d, const char *in, struct out *o, size_t room)
{
    struct text_at_door t;
    put_in(&t, in);
    clear(o);
    return d->wide ? SQLBrowseConnectW(dbc, t.w, SQL_NTS, o->w, (SQLSMALLINT)room, &o->len)
                   : SQLBrowseConnect(dbc, t.a, SQL_NTS, o->a, (SQLSMALLINT)room, &o->len);
}

/* Units of the whole that room may show: the last is its NUL, and no character is split. */
static size_t shown(const struct door *d, const struct text_at_door *whole, size_t n, size_t room)
{
    if (n < room)
        return n;
    if (!d->wide)
        return room ? text_floor((const char *)whole->a, n, room - 1) : 0;
    size_t k = room ? room - 1 : 0;
    return k && (whole->w[k - 1] & 0xFC00) == 0xD800 ? k - 1 : k;
}

static void check_out(const struct door *d, const struct out *o, const char *want, size_t room)
{
    struct text_at_door whole;
    put_in(&whole, want);
    size_t n = strlen(want);
    if (d->wide)
        for (n = 0; whole.w[n]; n++)
            continue;
    size_t k = shown(d, &whole, n, room);
    ck_assert_msg((size_t)o->len == n, "%s, room %zu: length %d of %zu", d->name, room, o->len, n);
    bool same = d->wide ? !memcmp(o->w, whole.w, 2 * k) : !memcmp(o->a, whole.a, k);
    ck_assert_msg(same, "%s, room %zu: %.*s", d->name, room, d->wide ? 0 : (int)k,
                  (const char *)o->a);
    ck_assert_msg(!room || (d->wide ? o->w[k] : o->a[k]) == 0, "%s, room %zu: no NUL", d->name,
                  room);
    unsigned behind = d->wide ? o->w[room] : o->a[room];
    ck_assert_msg(behind == (d->wide ? BEHIND << 8 | BEHIND : BEHIND),
                  "%s, room %zu: what stands behind the buffer was written", d->name, room);
}

static void check_cut(const struct door *d, SQLRETURN rc, SQLRETURN whole_rc, bool is_whole)
{
    ck_assert_msg(rc == (is_whole ? whole_rc : SQL_SUCCESS_WITH_INFO), "%s: rc %d, %s", d->name, rc,
                  state_of());
    if (!is_whole)
        ck_assert_str_eq(state_of(), "01004");
}

#define USER  "j\u00f6rg\u20ac\U0001F600"
#define LOGIN "UID=" USER ";PWD=p\U0001F600w"

START_TEST(completed_string_of_every_length)
{
    const struct door *d = &doors[_i];
    struct out o;
    char in[300], want[300];
    (void)snprintf(in, sizeof in, "DRIVER=x;SERVER=127.0.0.1;PORT=%u;" LOGIN ";SSLMODE=DISABLED",
                   frontend_port(front));
    (void)snprintf(want, sizeof want, "%s", in);
    for (size_t room = 0; room < strlen(want) + 3; room++) {
        SQLRETURN rc = driver_connect(d, in, &o, room);
        ck_assert_msg(SQL_SUCCEEDED(rc), "%s, room %zu: %s", d->name, room, state_of());
        check_cut(d, rc, SQL_SUCCESS, (size_t)o.len < room);
        check_out(d, &o, want, room);
        ck_assert_int_eq(SQLDisconnect(dbc), SQL_SUCCESS);
    }
}
END_TEST

START_TEST(browse_strings_of_every_length)
{
    const struct door *d = &doors[_i];
    struct out o;
    char in[300], asked[ROOM], want[300];
    (void)snprintf(in, sizeof in, "DRIVER=x;SERVER=127.0.0.1;PORT=%u;SSLMODE=DISABLED",
                   frontend_port(front));
    ck_assert_int_eq(browse_connect(&doors[0], in, &o, ROOM), SQL_NEED_DATA);
    (void)snprintf(asked, sizeof asked, "%s", (const char *)o.a);
    ck_assert_ptr_nonnull(strstr(asked, "UID:"));
    (void)snprintf(want, sizeof want,
                   "DRIVER=x;SERVER=127.0.0.1;PORT=%u;" LOGIN ";SSLMODE=DISABLED",
                   frontend_port(front));
    (void)SQLDisconnect(dbc);
    for (size_t room = 0; room < strlen(want) + 3; room++) {
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
        ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
        ck_assert_int_eq(browse_connect(d, in, &o, room), SQL_NEED_DATA);
        check_out(d, &o, asked, room);
        SQLRETURN rc = browse_connect(d, LOGIN, &o, room);
        check_cut(d, rc, SQL_SUCCESS, (size_t)o.len < room);
        check_out(d, &o, want, room);
        ck_assert_int_eq(SQLDisconnect(dbc), SQL_SUCCESS);
    }
}
END_TEST

static SQLRETURN plain_connect(const struct door *d, const char *dsn, const char *uid,
                               const char *pwd, const SQLSMALLINT n[3])
{
    struct text_at_door t[3];
    put_in(&t[0], dsn);
    put_in(&t[1], uid);
    put_in(&t[2], pwd);
    return d->wide ? SQLConnectW(dbc, t[0].w, n[0], t[1].w, n[1], t[2].w, n[2])
                   : SQLConnect(dbc, t[0].a, n[0], t[1].a, n[1], t[2].a, n[2]);
}

/* Lengths end the texts; behind them stands what would be another source, user and password. */
START_TEST(plain_connect_by_lengths)
{
    const struct door *d = &doors[_i];
    char longer[20];
    (void)snprintf(longer, sizeof longer, "%s;x", d->source);
    const SQLSMALLINT nts[3] = {SQL_NTS, SQL_NTS, SQL_NTS};
    const SQLSMALLINT exact[3] = {5, d->wide ? 7 : 12, 2};
    ck_assert_msg(plain_connect(d, d->source, USER, "pw", nts) == SQL_SUCCESS, "%s", state_of());
    ck_assert_int_eq(SQLDisconnect(dbc), SQL_SUCCESS);
    ck_assert_msg(plain_connect(d, longer, USER "zz", "pwzz", exact) == SQL_SUCCESS, "%s",
                  state_of());
    SQLCHAR name[20] = "";
    ck_assert(SQL_SUCCEEDED(SQLGetInfo(dbc, SQL_DATA_SOURCE_NAME, name, sizeof name, NULL)));
    ck_assert_str_eq((const char *)name, d->source);
    ck_assert_int_eq(SQLDisconnect(dbc), SQL_SUCCESS);
    for (size_t i = 0; i < 3; i++) {
        SQLSMALLINT bad[3] = {SQL_NTS, SQL_NTS, SQL_NTS};
        bad[i] = -7;
        ck_assert_int_eq(plain_connect(d, d->source, USER, "pw", bad), SQL_ERROR);
        ck_assert_str_eq(state_of(), "HY090");
    }
}
END_TEST

Suite *check_connect_doors(void);
Suite *check_connect_doors(void)
{
    Suite *s = suite_create("connect_doors");
    TCase *t = tcase_create("doors");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, up, down);
    tcase_add_loop_test(t, completed_string_of_every_length, 0, 2);
    tcase_add_loop_test(t, browse_strings_of_every_length, 0, 2);
    tcase_add_loop_test(t, plain_connect_by_lengths, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
