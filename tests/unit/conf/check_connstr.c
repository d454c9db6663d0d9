/* check_connstr.c - connection strings: the rows of data/dsn_strings.txt, round trips, hostile
 * bytes, browsing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/dsn.h"

#define LINE 512

static struct dsn d;
static struct fault f;
static struct buf out;

static void setup(void)
{
    ck_assert_int_eq(dsn_init(&d, &f), RC_OK);
    buf_init(&out, 0);
}

static void teardown(void)
{
    dsn_clear(&d);
    buf_clear(&out);
}

static int parse(const char *s)
{
    return dsn_parse(&d, s, strlen(s), DSN_FROM_STRING, &f);
}

/* One row of the data file. */
struct row {
    char in[LINE], want[LINE], notes[4][LINE];
    bool is_error;
    size_t nnotes;
};

static void check_row(const struct row *r)
{
    setup();
    int rc = parse(r->in);
    if (r->is_error) {
        ck_assert_msg(rc == RC_CONFIG, "%s: accepted", r->in);
        ck_assert_msg(strstr(f.text, r->want) != NULL, "%s: %s", r->in, f.text);
        ck_assert_msg(!strstr(f.text, "secret") && !strstr(f.text, "ret"), "shows: %s", f.text);
    } else {
        ck_assert_msg(rc == RC_OK, "%s: %s", r->in, f.text);
        dsn_write(&d, DSN_WRITE_COMPLETED, &out);
        ck_assert_msg(!strcmp(buf_str(&out), r->want), "%s: became %s", r->in, buf_str(&out));
    }
    ck_assert_msg(d.nnotes == r->nnotes || (r->nnotes == 2 && !strcmp(r->notes[0], r->notes[1])),
                  "%s: %zu notes, first: %s", r->in, d.nnotes, d.nnotes ? d.notes[0].text : "");
    for (size_t i = 0; i < r->nnotes && i < d.nnotes; i++)
        ck_assert_msg(strstr(d.notes[i].text, r->notes[i]) != NULL, "%s: note %s", r->in,
                      d.notes[i].text);
    teardown();
}

/* The text of a line after its mark and one space. */
static void take_line(char *to, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    snprintf(to, LINE, "%s", line[1] ? line + 2 : "");
}

START_TEST(data_rows)
{
    static struct row r;
    char line[LINE];
    int n = 0;
    bool is_open = false;
    FILE *in = fopen(TEST_DATA_DIR "/dsn_strings.txt", "re");
    ck_assert_ptr_nonnull(in);
    while (fgets(line, sizeof line, in)) {
        if (line[0] == '<') {
            if (is_open)
                check_row(&r);
            r = (struct row){0};
            is_open = true;
            n++;
            take_line(r.in, line);
        }
        if (line[0] == '>' || line[0] == '!') {
            r.is_error = line[0] == '!';
            take_line(r.want, line);
        }
        if (line[0] == '~') {
            ck_assert_uint_lt(r.nnotes, 4);
            take_line(r.notes[r.nnotes++], line);
        }
    }
    check_row(&r);
    fclose(in);
    ck_assert_int_gt(n, 50);
}
END_TEST

/* A generator with a fixed seed: a failure can be repeated. */
static uint32_t state;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* n units of text that like to be misunderstood. */
static void hostile(char *to, size_t cap)
{
    static const char *const parts[] = {"{",
                                        "}",
                                        "}}",
                                        ";",
                                        "=",
                                        " ",
                                        "\t",
                                        "PWD=",
                                        "};",
                                        "a",
                                        "{}",
                                        "é",
                                        "\xf0\x9f\x98\x80",
                                        "\"",
                                        "'",
                                        "\\",
                                        "%s",
                                        ",",
                                        "[",
                                        "*",
                                        "\n",
                                        "UID={",
                                        "@",
                                        "0",
                                        "\x01",
                                        "?"};
    size_t n = 0;
    size_t count = next() % 12;
    for (size_t i = 0; i < count; i++) {
        const char *p = parts[next() % (sizeof parts / sizeof *parts)];
        size_t len = strlen(p);
        if (n + len + 1 >= cap)
            break;
        memcpy(to + n, p, len);
        n += len;
    }
    to[n] = '\0';
}

static bool same(const char *a, const char *b)
{
    return !strcmp(a ? a : "", b ? b : "");
}

START_TEST(round_trip)
{
    static const enum dsn_key keys[] = {DSN_KEY_uid,      DSN_KEY_pwd,         DSN_KEY_database,
                                        DSN_KEY_initstmt, DSN_KEY_ssl_key_pwd, DSN_KEY_server};
    char text[6][128];
    state = 2463534242u + (uint32_t)_i;
    for (int round = 0; round < 300; round++) {
        struct dsn back;
        setup();
        for (size_t i = 0; i < 6; i++) {
            hostile(text[i], sizeof text[i]);
            ck_assert_int_eq(dsn_put(&d, keys[i], text[i], strlen(text[i]), DSN_FROM_STRING, &f),
                             DSN_ACCEPTED);
        }
        dsn_write(&d, DSN_WRITE_COMPLETED, &out);
        const char *s = buf_str(&out);
        ck_assert(buf_ok(&out));
        ck_assert_int_eq(dsn_init(&back, &f), RC_OK);
        ck_assert_msg(!dsn_parse(&back, s, strlen(s), DSN_FROM_STRING, &f), "%s: %s", s, f.text);
        ck_assert_msg(same(back.uid, text[0]) && same(back.pwd, text[1]) &&
                          same(back.database, text[2]) && same(back.initstmt, text[3]) &&
                          same(back.ssl_key_pwd, text[4]) && same(back.server, text[5]),
                      "not read back: %s", s);
        ck_assert_uint_eq(back.nnotes, 0);
        dsn_clear(&back);
        teardown();
    }
}
END_TEST

/* Any bytes: no crash, no hang, and an error or a string that is read back as itself. */
START_TEST(hostile_strings)
{
    char text[4 * 128];
    state = 88675123u + (uint32_t)_i;
    for (int round = 0; round < 1000; round++) {
        struct buf again;
        size_t n = 0;
        setup();
        for (int i = 0; i < 3; i++) {
            hostile(text + n, 128);
            n += strlen(text + n);
        }
        if (round % 7 == 0 && n)
            text[next() % n] = (char)next();
        int rc = dsn_parse(&d, text, n, DSN_FROM_STRING, &f);
        ck_assert_msg(rc == RC_OK || rc == RC_CONFIG, "%d", rc);
        dsn_write(&d, DSN_WRITE_COMPLETED, &out);
        struct dsn back;
        ck_assert_int_eq(dsn_init(&back, &f), RC_OK);
        const char *s = buf_str(&out);
        ck_assert_msg(!dsn_parse(&back, s, strlen(s), DSN_FROM_STRING, &f), "%s: %s", s, f.text);
        buf_init(&again, 0);
        dsn_write(&back, DSN_WRITE_COMPLETED, &again);
        ck_assert_str_eq(s, buf_str(&again));
        buf_clear(&again);
        dsn_clear(&back);
        teardown();
    }
}
END_TEST

/* Cut at every byte, a string is read or refused. */
START_TEST(cut_strings)
{
    static const char whole[] = "DSN={a}}b};UID = u ;PWD={;=}}{};SSLMODE=REQUIRED;X={};PORT=1";
    for (size_t n = 0; n < sizeof whole; n++) {
        char *part = malloc(n + 1); /* so that the sanitizer sees a read past the end */
        memcpy(part, whole, n);
        setup();
        int rc = dsn_parse(&d, part, n, DSN_FROM_STRING, &f);
        ck_assert_msg(rc == RC_OK || (rc == RC_CONFIG && f.text[0]), "cut at %zu", n);
        teardown();
        free(part);
    }
}
END_TEST

START_TEST(bad_bytes)
{
    setup();
    ck_assert_int_eq(dsn_parse(&d, "UID=a\0b", 7, DSN_FROM_STRING, &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "NUL"));
    ck_assert_int_eq(parse("UID=\xff"), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "UTF-8"));
    ck_assert_int_eq(dsn_parse(&d, NULL, 0, DSN_FROM_STRING, &f), RC_OK);
    teardown();
}
END_TEST

START_TEST(long_values)
{
    size_t n = 1000000;
    char *text = malloc(n + 16);
    memcpy(text, "PWD={", 5);
    memset(text + 5, '}', n);
    text[n + 5] = '}';
    setup(); /* n is even: n/2 characters, and the end */
    ck_assert_int_eq(dsn_parse(&d, text, n + 6, DSN_FROM_STRING, &f), RC_OK);
    ck_assert_uint_eq(strlen(d.pwd), n / 2);
    teardown();
    setup();
    ck_assert_int_eq(dsn_parse(&d, text, n + 5, DSN_FROM_STRING, &f), RC_CONFIG);
    teardown();
    memset(text, ';', n);
    setup();
    ck_assert_int_eq(dsn_parse(&d, text, n, DSN_FROM_STRING, &f), RC_OK);
    teardown();
    free(text);
}
END_TEST

/* A secret of odbc.ini, or of a file, is not written into the completed string. */
START_TEST(completed_keeps_secrets_where_they_were)
{
    setup();
    ck_assert_int_eq(parse("DSN=x;DATABASE=d"), RC_OK);
    ck_assert_int_eq(dsn_put(&d, DSN_KEY_pwd, "Sesame", 6, DSN_FROM_INI, &f), DSN_ACCEPTED);
    ck_assert_int_eq(dsn_put(&d, DSN_KEY_uid, "root", 4, DSN_FROM_INI, &f), DSN_ACCEPTED);
    dsn_write(&d, DSN_WRITE_COMPLETED, &out);
    ck_assert_str_eq(buf_str(&out), "DSN=x;DATABASE=d");
    buf_reset(&out);
    dsn_write(&d, DSN_WRITE_MASKED, &out);
    ck_assert_str_eq(buf_str(&out), "DSN=x;UID=root;PWD={***};DATABASE=d");
    teardown();
}
END_TEST

/* SQL and headers with a secret in them are masked for the log, and whole for the application. */
START_TEST(masked_where_it_speaks_of_secrets)
{
    static const char given[] = "INITSTMT=SET PASSWORD 'Sesame';ATTR={token=Sesame};"
                                "STREAMLOADHEADERS=Authorization: Sesame";
    setup();
    ck_assert_int_eq(parse(given), RC_OK);
    dsn_write(&d, DSN_WRITE_MASKED, &out);
    ck_assert_str_eq(buf_str(&out), "INITSTMT={***};ATTR={***};STREAMLOADHEADERS={***}");
    buf_reset(&out);
    dsn_write(&d, DSN_WRITE_COMPLETED, &out);
    ck_assert_str_eq(buf_str(&out), given);
    teardown();
    setup();
    ck_assert_int_eq(parse("INITSTMT=SET @a = 1"), RC_OK);
    dsn_write(&d, DSN_WRITE_MASKED, &out);
    ck_assert_str_eq(buf_str(&out), "INITSTMT={SET @a = 1}");
    teardown();
}
END_TEST

static const struct {
    const char *in, *want;
    size_t nrequired;
} browses[] = {
    {"DSN=x",
     "*SERVER:Server=?;*PORT:Port=?;UID:User=?;*PWD:Password=?;*DATABASE:Database=?;"
     "*SSLMODE:TLS mode={VERIFY_IDENTITY,VERIFY_CA,REQUIRED,PREFERRED,DISABLED}",
     1},
    {"DSN=x;SERVER=h;PORT=1;PWD=p;SSLMODE=REQUIRED", "UID:User=?;*DATABASE:Database=?", 1},
    {"DSN=x;UID=",
     "*SERVER:Server=?;*PORT:Port=?;UID:User=?;*PWD:Password=?;*DATABASE:Database=?;"
     "*SSLMODE:TLS mode={VERIFY_IDENTITY,VERIFY_CA,REQUIRED,PREFERRED,DISABLED}",
     1},
    {"DSN=x;UID=u", "", 0},
};

START_TEST(browse)
{
    setup();
    ck_assert_int_eq(parse(browses[_i].in), RC_OK);
    ck_assert_uint_eq(dsn_browse(&d, &out), browses[_i].nrequired);
    ck_assert_str_eq(buf_str(&out), browses[_i].want);
    ck_assert_int_eq(dsn_missing(&d), browses[_i].nrequired ? DSN_KEY_uid : DSN_KEYS);
    teardown();
}
END_TEST

Suite *check_connstr(void); /* called by the generated main */

Suite *check_connstr(void)
{
    Suite *s = suite_create("conf/connstr");
    TCase *t = tcase_create("strings");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, data_rows);
    tcase_add_loop_test(t, round_trip, 0, 8);
    tcase_add_loop_test(t, hostile_strings, 0, 8);
    tcase_add_test(t, cut_strings);
    tcase_add_test(t, bad_bytes);
    tcase_add_test(t, long_values);
    tcase_add_test(t, completed_keeps_secrets_where_they_were);
    tcase_add_test(t, masked_where_it_speaks_of_secrets);
    tcase_add_loop_test(t, browse, 0, (int)(sizeof browses / sizeof *browses));
    suite_add_tcase(s, t);
    return s;
}
