/* check_kill.c - a client that is killed at any moment and started again with the same label: the
 * rows are there once.  The moments are seeded; whatever they hit, the outcome must be right. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bulk/rig.h"

#define LINES 20000

static char *many_lines(void)
{
    char *s = malloc(LINES * 8 + 1);
    ck_assert_ptr_nonnull(s);
    for (int i = 0; i < LINES; i++)
        memcpy(s + (ptrdiff_t)i * 8, "1,abcde\n", 8);
    s[LINES * 8] = 0;
    return s;
}

static void child(struct rig *r, const char *label, const char *s)
{
    struct text_body t;
    struct fault f;
    struct load_result result;
    struct load_body body = text_body(&t, s);
    struct load_request q = rig_request(label);
    t.part = 4096;
    if (loader_new(&r->o, &r->loader, &f) == RC_OK)
        (void)!load_run(r->loader, &q, &body, &result, &f);
    _exit(0);
}

START_TEST(test_kill)
{
    struct rig r;
    char *s = many_lines();
    rig_fake(&r, _i == 1, NULL);
    unsigned seed = (unsigned)_i + 1;
    for (int n = 0; n < 15; n++) {
        char label[64];
        (void)snprintf(label, sizeof label, "killed-%d-%d", _i, n);
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0)
            child(&r, label, s);
        struct timespec moment = {.tv_nsec = rand_r(&seed) % 60000000};
        (void)nanosleep(&moment, NULL);
        ck_assert_int_eq(kill(pid, SIGKILL), 0);
        ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
        rig_loader(&r);
        enum load_outcome got = rig_load(&r, label, s);
        ck_assert_msg(got == LOAD_DONE || got == LOAD_LABEL_USED, "%s: %d %s", label, got,
                      rig_words.text);
        ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), LINES);
        (void)fake_clear(r.fake, "d", "t");
        loader_free(r.loader);
        r.loader = NULL;
    }
    free(s);
    rig_down(&r);
}
END_TEST

Suite *check_kill(void);
Suite *check_kill(void)
{
    Suite *s = suite_create("kill");
    TCase *t = tcase_create("kill");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, test_kill, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
