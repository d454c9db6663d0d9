/* check_fault.c - faults and the log. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"

START_TEST(records)
{
    struct fault f = {0};
    ck_assert_int_eq(fault(&f, RC_LOST, "lost %s after %d ms", "db1", 5), RC_LOST);
    ck_assert_str_eq(f.text, "lost db1 after 5 ms");
    ck_assert(f.rc == RC_LOST && f.number == 0 && f.state[0] == 0);
    ck_assert_int_eq(fault_sys(&f, RC_CONFIG, ENOENT, "cannot open %s", "/x"), RC_CONFIG);
    ck_assert_str_eq(f.text, "cannot open /x: No such file or directory");
    ck_assert_uint_eq(f.number, ENOENT);
    ck_assert_int_eq(fault_server(&f, RC_SERVER, 1045, "28000", "Access denied", 13), RC_SERVER);
    ck_assert(f.number == 1045 && strcmp(f.state, "28000") == 0 &&
              strcmp(f.text, "Access denied") == 0);
    ck_assert_int_eq(fault_prefix(&f, "logging in to %s: ", "db1"), RC_SERVER);
    ck_assert_str_eq(f.text, "logging in to db1: Access denied");
    ck_assert_int_eq(fault_suffix(&f, ". Check %s", "UID"), RC_SERVER);
    ck_assert_str_eq(f.text, "logging in to db1: Access denied. Check UID");
    ck_assert(f.number == 1045 && strcmp(f.state, "28000") == 0);
    ck_assert_int_eq(fault(&f, RC_TLS, "was: %s", f.text),
                     RC_TLS); /* an argument may be its own text */
    ck_assert_str_eq(f.text, "was: logging in to db1: Access denied. Check UID");
    ck_assert_uint_eq(f.number, 0);
    fault_server(&f, RC_SERVER, 1, NULL, "", 0);
    ck_assert_str_eq(f.state, "HY000");
    fault_clear(&f);
    ck_assert(f.rc == RC_OK && f.text[0] == 0 && f.state[0] == 0 && f.number == 0);
}
END_TEST

START_TEST(no_struct)
{
    ck_assert_int_eq(fault(NULL, RC_LOST, "x"), RC_LOST);
    ck_assert_int_eq(fault_sys(NULL, RC_LOST, 1, "x"), RC_LOST);
    ck_assert_int_eq(fault_server(NULL, RC_SERVER, 1, "HY000", "x", 1), RC_SERVER);
    ck_assert_int_eq(fault_prefix(NULL, "x"), RC_OK);
    ck_assert_int_eq(fault_suffix(NULL, "x"), RC_OK);
    fault_clear(NULL);
}
END_TEST

/* Three-byte characters shifted by 0, 1, 2: the cut never falls inside one. */
START_TEST(cut_between_characters)
{
    static const char euro[] = "\xE2\x82\xAC";
    char words[3001];
    size_t n = (size_t)_i;
    memset(words, 'a', n);
    while (n + 3 < sizeof words) {
        memcpy(words + n, euro, 3);
        n += 3;
    }
    words[n] = 0;
    struct fault f;
    (void)fault(&f, RC_LOST, "%s", words);
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
    (void)fault_server(&f, RC_SERVER, 1, "HY000", words, n);
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
    (void)fault_prefix(&f, "%s", "1");
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
    (void)fault_prefix(&f, "%s", words);
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
    (void)fault_suffix(&f, "%s", euro);
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
    (void)fault(&f, RC_LOST, "1");
    (void)fault_suffix(&f, "%s", words);
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
    (void)fault_sys(&f, RC_LOST, EPIPE, "%s", words);
    ck_assert(text_valid(f.text, strlen(f.text)) && strlen(f.text) > sizeof f.text - 4);
}
END_TEST

/* Words before and behind a text, at every length of both: the beginning of the whole stays, cut
 * between characters, and not a byte behind the struct is written. */
START_TEST(prefix_and_suffix_of_every_length)
{
    enum { CAP = sizeof((struct fault *)0)->text };
    static const char *const fill[] = {"a", "\u00e9", "\u20ac", "\U0001F600"};
    static char text[CAP], more[2 * CAP], whole[4 * CAP];
    const size_t step = strlen(fill[_i]);
    for (size_t n = 0; n + step<CAP; n += n> 8 && n < CAP - 24 ? 97 * step : step) {
        for (size_t k = 0; k<CAP + 8; k += k> 8 && k < CAP - 24 ? 89 * step : step) {
            struct {
                struct fault f;
                char behind[8];
            } x = {.behind = "behind"};
            for (size_t i = 0; i < n; i++)
                text[i] = fill[_i][i % step];
            for (size_t i = 0; i < k; i++)
                more[i] = fill[_i][i % step];
            text[n] = more[k] = 0;
            for (int is_prefix = 0; is_prefix < 2; is_prefix++) {
                (void)fault_server(&x.f, RC_SERVER, 7, "HY000", text, n);
                int rc =
                    is_prefix ? fault_prefix(&x.f, "%s", more) : fault_suffix(&x.f, "%s", more);
                snprintf(whole, sizeof whole, "%s%s", is_prefix ? more : text,
                         is_prefix ? text : more);
                size_t len = strlen(whole),
                       want = len < CAP ? len : text_floor(whole, len, CAP - 1);
                ck_assert_msg(strlen(x.f.text) == want && !memcmp(x.f.text, whole, want) &&
                                  rc == RC_SERVER && x.f.number == 7,
                              "%zu and %zu bytes: %zu", n, k, strlen(x.f.text));
                ck_assert_str_eq(x.behind, "behind");
            }
        }
    }
}
END_TEST

/* A ceiling of a format does not split a character either. */
START_TEST(ceilings)
{
    struct fault f = {0};
    (void)fault(&f, RC_SERVER, "<%.2s> <%.3s> <%.5s>", "a\xC3\xA4", "a\xC3\xA4",
                "ab\xF0\x9F\x98\x80");
    ck_assert_str_eq(f.text, "<a> <a\xC3\xA4> <ab>");
    (void)fault_prefix(&f, "%.1s: ", "\xC3\xA4");
    (void)fault_suffix(&f, "; %.4s.", "\xE2\x82\xAC\xE2\x82\xAC");
    ck_assert_str_eq(f.text, ": <a> <a\xC3\xA4> <ab>; \xE2\x82\xAC.");
    (void)fault_sys(&f, RC_CONFIG, 2, "%.1s", "\xC3\xA4");
    ck_assert(f.text[0] == ':' && f.number == 2);
}
END_TEST

START_TEST(own_text_around_itself)
{
    struct fault f = {0};
    (void)fault(&f, RC_LOST, "words");
    (void)fault_suffix(&f, ", %s", f.text);
    ck_assert_str_eq(f.text, "words, words");
    (void)fault_prefix(&f, "%s; ", f.text);
    ck_assert_str_eq(f.text, "words, words; words, words");
}
END_TEST

START_TEST(server_words_become_utf8)
{
    struct fault f;
    (void)fault_server(&f, RC_SERVER, 1, "HY000", "a\0b\xFFz\xC3", 6);
    ck_assert_str_eq(f.text, "a?b?z?");
}
END_TEST

/* ---- log ---- */

static char path[64];

static void make_path(void)
{
    (void)snprintf(path, sizeof path, "/tmp/check_log_XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    (void)unlink(path); /* log_open is to create it */
}

static char *whole_file(void)
{
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    char *text = calloc(1, 4u << 20);
    ck_assert_ptr_nonnull(text);
    size_t n = fread(text, 1, (4u << 20) - 1, in);
    text[n] = 0;
    (void)fclose(in);
    return text;
}

START_TEST(log_lines)
{
    make_path();
    struct log l = {0};
    struct fault f;
    ck_assert_int_eq(log_open(&l, path, LOG_INFO, &f), RC_OK);
    struct stat st;
    ck_assert(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
    ck_assert(fcntl(l.fd, F_GETFD) & FD_CLOEXEC);
    ck_assert(fcntl(l.fd, F_GETFL) & O_APPEND);
    log_line(&l, LOG_INFO, "one %d", 1);
    log_line(&l, LOG_QUERY, "too detailed");
    log_line(&l, LOG_ERROR, "fake\n2026 line\t\x7F\x01");
    log_line(NULL, LOG_ERROR, "nobody");
    unsigned serial = l.serial;
    log_close(&l);
    log_close(&l);
    log_line(&l, LOG_ERROR, "closed");
    ck_assert_int_eq(log_open(&l, path, LOG_TRACE, &f), RC_OK);
    ck_assert_uint_ne(l.serial, serial);
    log_line(&l, LOG_TRACE, "appended");
    log_close(&l);
    char *text = whole_file();
    ck_assert_ptr_nonnull(strstr(text, " info one 1\n"));
    ck_assert_ptr_nonnull(strstr(text, " error fake\\x0A2026 line\\x09\\x7F\\x01\n"));
    ck_assert_ptr_nonnull(strstr(text, " trace appended\n"));
    ck_assert(!strstr(text, "detailed") && !strstr(text, "closed"));
    ck_assert(text[4] == '-' && text[10] == 'T' && text[26] == 'Z');
    free(text);
    (void)unlink(path);
}
END_TEST

START_TEST(log_refuses)
{
    struct log l = {0};
    struct fault f;
    ck_assert_int_eq(log_open(&l, "/nonexistent/folder/x", LOG_INFO, &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "/nonexistent/folder/x"));
    ck_assert(!log_on(&l, LOG_ERROR));
    log_line(&l, LOG_ERROR, "nothing happens");
    ck_assert_int_eq(log_open(&l, "", LOG_OFF, &f), RC_OK);
    make_path();
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(log_open(&l, path, LOG_INFO, &f), RC_CONFIG); /* no reader: does not block */
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_eq(log_open(&l, path, LOG_INFO, &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "pipe"));
    (void)close(reader);
    (void)unlink(path);
}
END_TEST

static void *write_lines(void *arg)
{
    struct log *l = arg;
    for (int i = 0; i < 500; i++) {
        log_line(l, LOG_INFO, "<%0200d>", i);
    }
    return NULL;
}

START_TEST(log_threads_do_not_mix)
{
    make_path();
    struct log l[4] = {0};
    pthread_t t[4];
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(log_open(&l[i], path, LOG_INFO, NULL), RC_OK);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&t[i], NULL, write_lines, &l[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(t[i], NULL), 0);
        log_close(&l[i]);
    }
    char *text = whole_file();
    int nlines = 0;
    for (char *p = text, *end; (end = strchr(p, '\n')) != NULL; p = end + 1, nlines++) {
        const char *open = memchr(p, '<', (size_t)(end - p));
        ck_assert_msg(open && end[-1] == '>' && end - open == 202, "line %d is torn", nlines);
    }
    ck_assert_int_eq(nlines, 2000);
    free(text);
    (void)unlink(path);
}
END_TEST

/* A megabyte is the most of one text. */
START_TEST(log_cuts_long_text)
{
    make_path();
    struct log l;
    ck_assert_int_eq(log_open(&l, path, LOG_INFO, NULL), RC_OK);
    char *big = malloc((2u << 20) + 1);
    ck_assert_ptr_nonnull(big);
    memset(big, 'x', 2u << 20);
    big[2u << 20] = 0;
    log_line(&l, LOG_INFO, "%s", big);
    log_close(&l);
    free(big);
    char *text = whole_file();
    ck_assert(strlen(text) < (1u << 20) + 200 && strstr(text, "xxx... (2097152 bytes)\n"));
    free(text);
    (void)unlink(path);
}
END_TEST

/* What is not logged. */
static const struct {
    const char *sql;
    bool is_secret;
} spoken[] = {
    {"SET PASSWORD = 'x'", true},
    {"alter user u identified by 'x'", true},
    {"SELECT aes_decrypt(a, 'x')", true},
    {"CREATE LINK l AS S3 CREDENTIALS '{}'", true},
    {"LOAD LABEL l (...) WITH BROKER ('aws.s3.access_key' = 'x')", true},
    {"INSERT INTO u (Pwd) VALUES ('x')", true},
    {"SET @t = 'eyJ' /* token", true},
    {"create table t (a int) connection='mysql://u:p@h'", true},
    {"passwor", false},
    {"", false},
    {"SELECT description, subscription FROM t", false},
    {"INSERT INTO t VALUES (1, 'http://h/')", false},
};

START_TEST(log_secrets)
{
    size_t n = strlen(spoken[_i].sql);
    char *exact = malloc(n + !n); /* so that reading beyond is seen */
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, spoken[_i].sql, n);
    ck_assert_msg(log_is_secret(exact, n) == spoken[_i].is_secret, "%s", spoken[_i].sql);
    free(exact);
}
END_TEST

Suite *check_fault(void); /* called by the generated main */

Suite *check_fault(void)
{
    Suite *s = suite_create("fault");
    TCase *t = tcase_create("fault");
    tcase_add_test(t, records);
    tcase_add_test(t, no_struct);
    tcase_add_loop_test(t, cut_between_characters, 0, 3);
    tcase_add_loop_test(t, prefix_and_suffix_of_every_length, 0, 4);
    tcase_add_test(t, own_text_around_itself);
    tcase_add_test(t, ceilings);
    tcase_add_test(t, server_words_become_utf8);
    suite_add_tcase(s, t);
    t = tcase_create("log");
    tcase_add_test(t, log_lines);
    tcase_add_test(t, log_refuses);
    tcase_add_test(t, log_threads_do_not_mix);
    tcase_add_test(t, log_cuts_long_text);
    tcase_add_loop_test(t, log_secrets, 0, (int)(sizeof spoken / sizeof *spoken));
    suite_add_tcase(s, t);
    return s;
}
