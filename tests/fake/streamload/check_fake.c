/* check_fake.c - the fake itself under test: runs all suites, and what they share. */
#include "suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fake *fake;

void start(const char *options, const char *ddl)
{
    char why[400] = "";
    fake = fake_new();
    while (options && *options) {
        char name[64], value[200];
        int used = 0;
        ck_assert_int_eq(sscanf(options, " %63[^=]=%199s%n", name, value, &used), 2);
        ck_assert_msg(fake_set(fake, name, value), "option %s", name);
        options += used;
    }
    ck_assert_msg(fake_table(fake, ddl ? ddl : "d.t(a INT, b STRING)", why, sizeof why), "%s", why);
    ck_assert_msg(fake_start(fake, why, sizeof why), "%s", why);
}

void stop(void)
{
    fake_free(fake);
    fake = NULL;
}

/* --- raw HTTP --- */

static int dial(enum fake_node node)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                            .sin_port = htons((uint16_t)fake_port(fake, node))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static void put_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return; /* the server may have closed: its answer tells */
        p += k;
        n -= (size_t)k;
    }
}

/* last_head - the head of the last answer that is no interim one; NULL: not there yet. */
static const char *last_head(const struct reply *r)
{
    const char *p = r->text;
    while (p && strncmp(p, "HTTP/1.1 1", 10) == 0) {
        p = strstr(p, "\r\n\r\n");
        p = p ? p + 4 : NULL;
    }
    return p && *p && strstr(p, "\r\n\r\n") ? p : NULL;
}

static bool whole(struct reply *r)
{
    const char *head = last_head(r);
    if (!head)
        return false;
    const char *body = strstr(head, "\r\n\r\n") + 4;
    const char *len = strstr(head, "Content-Length: ");
    r->body = body;
    r->status = (int)strtol(head + 9, NULL, 10);
    if (!len || len > body)
        return strstr(body, "\r\n0\r\n") != NULL;
    return r->n - (size_t)(body - r->text) >= strtoul(len + 16, NULL, 10);
}

static bool more(int fd, struct reply *r, int ms)
{
    char block[65536];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0)
        return false;
    ssize_t k = recv(fd, block, sizeof block, 0);
    r->ended = k == 0;
    r->broken = k < 0;
    if (k <= 0)
        return false;
    r->text = realloc(r->text, r->n + (size_t)k + 1);
    ck_assert_ptr_nonnull(r->text);
    memcpy(r->text + r->n, block, (size_t)k);
    r->n += (size_t)k;
    r->text[r->n] = '\0';
    return true;
}

struct reply ask(enum fake_node node, const char *head, const char *body, size_t n, int ms)
{
    struct reply r = {0};
    int fd = dial(node);
    if (fd < 0) {
        r.broken = true;
        r.text = calloc(1, 1);
        r.body = r.text;
        return r;
    }
    bool sent = !strstr(head, "Expect:");
    put_all(fd, head, strlen(head));
    put_all(fd, "\r\n", 2);
    if (sent)
        put_all(fd, body, n);
    do {
        if (!sent && r.text && strstr(r.text, "100 Continue\r\n\r\n")) {
            put_all(fd, body, n);
            sent = true;
        }
        if (whole(&r))
            break;
    } while (more(fd, &r, ms));
    if (whole(&r) && strstr(r.text, "Connection: close"))
        while (more(fd, &r, ms))
            ;
    (void)close(fd);
    if (!r.text)
        r.text = calloc(1, 1);
    (void)whole(&r);
    r.body = r.body ? r.body : "";
    return r;
}

void reply_free(struct reply *r)
{
    free(r->text);
    *r = (struct reply){0};
}

struct reply load(const char *label, const char *headers, const char *body)
{
    char head[4096];
    int n = snprintf(head, sizeof head,
                     "PUT /api/d/t/_stream_load HTTP/1.1\r\nHost: x\r\n" AUTH
                     "Expect: 100-continue\r\nlabel: %s\r\n%sContent-Length: %zu\r\n",
                     label, headers ? headers : "", strlen(body));
    ck_assert_int_lt(n, (int)sizeof head);
    return ask(FAKE_BE, head, body, strlen(body), 3000);
}

const char *field(const struct reply *r, const char *name)
{
    static char value[1000];
    char key[80];
    (void)snprintf(key, sizeof key, "\"%s\":", name);
    const char *p = strstr(r->body, key);
    value[0] = '\0';
    if (!p)
        return value;
    p += strlen(key) + strspn(p + strlen(key), " ");
    bool text = *p == '"';
    p += text;
    size_t n = 0;
    while (*p && *p != (text ? '"' : ',') && *p != '\n' && *p != '}' && n < sizeof value - 1) {
        p += text && *p == '\\';
        value[n++] = *p++;
    }
    value[n] = '\0';
    return value;
}

void table_is(const char *expected, const char *what)
{
    char *rows = fake_dump(fake, "d", "t");
    ck_assert_ptr_nonnull(rows);
    ck_assert_msg(strcmp(rows, expected) == 0, "%s: rows are\n%s\nnot\n%s", what, rows, expected);
    free(rows);
}

char *run(const char *form, ...)
{
    char command[4096];
    va_list a;
    va_start(a, form);
    int n = vsnprintf(command, sizeof command, form, a);
    va_end(a);
    ck_assert_int_lt(n, (int)sizeof command);
    FILE *f = popen(command, "r");
    ck_assert_ptr_nonnull(f);
    char *out = calloc(1, 1u << 20);
    ck_assert_ptr_nonnull(out);
    size_t got = fread(out, 1, (1u << 20) - 1, f);
    out[got] = '\0';
    (void)pclose(f);
    return out;
}

/* --- documentation agrees --- */

static char *readme(void)
{
    FILE *f = fopen(FAKE_DIR "/README.md", "r");
    ck_assert_ptr_nonnull(f);
    char *text = calloc(1, 1u << 18);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_gt(fread(text, 1, (1u << 18) - 1, f), 0);
    (void)fclose(f);
    return text;
}

START_TEST(readme_names_everything)
{
    char *text = readme(), key[80];
    const char *name, *help;
    for (size_t i = 0; (name = fake_option_name(i, NULL, &help)) != NULL; i++) {
        (void)snprintf(key, sizeof key, "`--%s`", name);
        ck_assert_msg(strstr(text, key), "option %s is not in README.md", name);
    }
    for (size_t i = 0; (name = fake_fault_name(i, &help)) != NULL; i++) {
        (void)snprintf(key, sizeof key, "`%s`", name);
        ck_assert_msg(strstr(text, key), "fault %s is not in README.md", name);
        ck_assert_msg(fake_fault_name(i, &help) && *help, "fault %s has no help", name);
    }
    free(text);
}
END_TEST

static Suite *check_docs(void)
{
    Suite *s = suite_create("fake: documentation");
    TCase *t = tcase_create("readme");
    tcase_add_test(t, readme_names_everything);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *r = srunner_create(check_docs());
    srunner_add_suite(r, check_parser());
    srunner_add_suite(r, check_load());
    srunner_add_suite(r, check_txn());
    srunner_add_suite(r, check_fault());
    srunner_add_suite(r, check_curl());
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
