/* check_ini.c - odbc.ini through the installer library, from a private file. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/ini.h"

static struct dsn d;
static struct fault f;
static char folder[] = "/tmp/check_ini.XXXXXX";
static char path[64];

/* The installer library keeps what it has read for seconds, so no two tests share a section. */
static const char content[] = "[ODBC Data Sources]\n"
                              "plain=MyWire\n"
                              "[plain]\n"
                              "Driver=/usr/lib/odbc/libmywire.so\n"
                              "Description=for tests\n"
                              "Servername=h1:1,h2\n"
                              "Username=ünï\n"
                              "Password=a b=c}d{e\n"
                              "ssl_mode=verify_identity\n"
                              "Threading=2\n"
                              "DMConnAttr=[SQL_ATTR_LOGIN_TIMEOUT]=5\n"
                              "CPTimeout=10\n"
                              "[strange]\n"
                              "Driver=MyWire\n"
                              "Colour=red\n"
                              "NO_SSPS=perhaps\n"
                              "USE_MYCNF=1\n"
                              "odd line\n"
                              "[managers]\n"
                              "Driver=MyWire\n"
                              "Driver64=x\n"
                              "Setup=x\n"
                              "Setup64=x\n"
                              "Description=x\n"
                              "Trace=0\n"
                              "TraceFile=/x\n"
                              "UsageCount=1\n"
                              "FileUsage=1\n"
                              "CPTimeout=1\n"
                              "CPTimeToLive=1\n"
                              "CPProbe=SELECT 1\n"
                              "DontDLClose=1\n"
                              "Threading=0\n"
                              "DMEnvAttr=x\n"
                              "DMStmtAttr=x\n"
                              "IconvEncoding=x\n"
                              "DisableGetFunctions=1\n"
                              "[slip]\n"
                              "Driver=MyWire\n"
                              "SSLMOD=VERIFY_IDENTITY\n"
                              "[slipped]\n"
                              "Driver=MyWire\n"
                              "SSLMODE VERIFY_IDENTITY\n"
                              "[wrong]\n"
                              "Driver=MyWire\n"
                              "PORT=70000\n"
                              "[twice]\n"
                              "UID=first\n"
                              "User=second\n"
                              "[string]\n"
                              "Driver=MyWire\n"
                              "UID=ini\n"
                              "PWD=ini\n"
                              "DATABASE=ini\n";

static void make_files(void)
{
    char longest[2100];
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/odbc.ini", folder);
    FILE *out = fopen(path, "we");
    ck_assert_ptr_nonnull(out);
    memset(longest, 'x', sizeof longest);
    fputs(content, out);
    fprintf(out, "[long]\nPWD=%.*s\n[nearly]\nPWD=%.*s\n", 1200, longest, 900, longest);
    fputs("[many]\n", out);
    for (int i = 0; i < DSN_KEYS; i++) {
        const struct dsn_row *r = dsn_row((enum dsn_key)i);
        fprintf(out, "%s=%s\n", r->key, r->kind <= DSN_PAIRS ? "a=b" : r->preset);
    }
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_int_eq(setenv("ODBCINI", path, 1), 0);
    ck_assert_int_eq(setenv("ODBCSYSINI", folder, 1), 0);
    ck_assert_int_eq(dsn_init(&d, &f), RC_OK);
}

static void drop_files(void)
{
    dsn_clear(&d);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert_int_eq(unsetenv("ODBCINI"), 0);
    ck_assert_int_eq(unsetenv("ODBCSYSINI"), 0);
}

START_TEST(plain)
{
    ck_assert_msg(ini_read(&d, "plain", &f) == RC_OK, "%s", f.text);
    ck_assert_str_eq(d.server, "h1:1,h2");
    ck_assert_str_eq(d.uid, "ünï");
    ck_assert_str_eq(d.pwd, "a b=c}d{e");
    ck_assert_str_eq(d.description, "for tests");
    ck_assert_str_eq(d.driver, "/usr/lib/odbc/libmywire.so");
    ck_assert_int_eq(d.ssl_mode, TLS_VERIFY_IDENTITY);
    ck_assert_int_eq(d.from[DSN_KEY_pwd], DSN_FROM_INI);
    ck_assert_msg(d.nnotes == 0, "%s", d.nnotes ? d.notes[0].text : "");
}
END_TEST

START_TEST(notes)
{
    ck_assert_msg(ini_read(&d, "strange", &f) == RC_OK, "%s", f.text);
    ck_assert_uint_eq(d.nnotes, 4);
    ck_assert_int_eq(d.notes[0].kind, DSN_NOTE_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(d.notes[0].text, "Colour"));
    ck_assert_int_eq(d.notes[1].kind, DSN_NOTE_BAD_VALUE);
    ck_assert_ptr_nonnull(strstr(d.notes[1].text, "NO_SSPS=perhaps"));
    ck_assert_int_eq(d.notes[2].kind, DSN_NOTE_NO_EFFECT);
    ck_assert_ptr_nonnull(strstr(d.notes[2].text, "USE_MYCNF"));
    ck_assert_int_eq(d.notes[3].kind, DSN_NOTE_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(d.notes[3].text, "strange"));
    ck_assert_ptr_null(strstr(d.notes[3].text, "odd"));
}
END_TEST

START_TEST(wrong)
{
    ck_assert_int_eq(ini_read(&d, "wrong", &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "data source wrong in odbc.ini: PORT=70000"));
}
END_TEST

/* What is for the driver manager is neither an error nor told. */
START_TEST(managers_keys)
{
    ck_assert_msg(ini_read(&d, "managers", &f) == RC_OK, "%s", f.text);
    ck_assert_msg(d.nnotes == 0, "%s", d.nnotes ? d.notes[0].text : "");
}
END_TEST

START_TEST(misspelt_security)
{
    ck_assert_int_eq(ini_read(&d, "slip", &f), RC_CONFIG);
    ck_assert_msg(strstr(f.text, "data source slip in odbc.ini: SSLMOD is not a key") &&
                      strstr(f.text, "SSLMODE seems to be meant"),
                  "%s", f.text);
    ck_assert_int_eq(ini_read(&d, "slipped", &f), RC_CONFIG);
    ck_assert_msg(strstr(f.text, "begins with SSL") && !strstr(f.text, "IDENTITY"), "%s", f.text);
}
END_TEST

START_TEST(first_of_two_names_counts)
{
    ck_assert_int_eq(ini_read(&d, "twice", &f), RC_OK);
    ck_assert_str_eq(d.uid, "first");
}
END_TEST

START_TEST(missing)
{
    ck_assert_int_eq(ini_read(&d, "no such section", &f), RC_OK);
    for (int i = 0; i < DSN_KEYS; i++)
        ck_assert(!dsn_is_set(&d, (enum dsn_key)i));
    ck_assert_uint_eq(d.nnotes, 0);
}
END_TEST

/* Bug#36605973: what the application says beats the data source, also when it says "none". */
START_TEST(weaker_than_the_application)
{
    static const char in[] = "DSN=string;PWD=;DATABASE=mine";
    ck_assert_int_eq(dsn_put(&d, DSN_KEY_uid, "arg", 3, DSN_FROM_ARGUMENT, &f), DSN_ACCEPTED);
    ck_assert_int_eq(dsn_parse(&d, in, sizeof in - 1, DSN_FROM_STRING, &f), RC_OK);
    ck_assert_int_eq(ini_read(&d, d.dsn, &f), RC_OK);
    ck_assert_str_eq(d.uid, "arg");
    ck_assert_ptr_null(d.pwd);
    ck_assert_str_eq(d.database, "mine");
    ck_assert_uint_eq(d.nnotes, 0);
}
END_TEST

START_TEST(cut_value_is_refused)
{
    ck_assert_int_eq(ini_read(&d, "long", &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "the line of PWD is too long"));
    ck_assert_ptr_null(strstr(f.text, "xxx"));
    ck_assert_msg(ini_read(&d, "nearly", &f) == RC_OK, "%s", f.text);
    ck_assert_uint_eq(strlen(d.pwd), 900);
}
END_TEST

/* A section with every key there is: the list of names is long, and none is lost. */
START_TEST(every_key)
{
    ck_assert_msg(ini_read(&d, "many", &f) == RC_OK, "%s", f.text);
    for (int i = 0; i < DSN_KEYS; i++) {
        const struct dsn_row *r = dsn_row((enum dsn_key)i);
        ck_assert_msg(dsn_is_set(&d, (enum dsn_key)i), "%s is lost", r->key);
    }
}
END_TEST

Suite *check_ini(void); /* called by the generated main */

Suite *check_ini(void)
{
    Suite *s = suite_create("conf/ini");
    TCase *t = tcase_create("odbc.ini");
    tcase_add_checked_fixture(t, make_files, drop_files);
    tcase_add_test(t, plain);
    tcase_add_test(t, notes);
    tcase_add_test(t, wrong);
    tcase_add_test(t, managers_keys);
    tcase_add_test(t, misspelt_security);
    tcase_add_test(t, first_of_two_names_counts);
    tcase_add_test(t, missing);
    tcase_add_test(t, weaker_than_the_application);
    tcase_add_test(t, cut_value_is_refused);
    tcase_add_test(t, every_key);
    suite_add_tcase(s, t);
    return s;
}
