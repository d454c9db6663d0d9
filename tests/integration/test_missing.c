/* test_missing.c - a server that is missing skips its own cases: the others run, and can fail. */
#include <stdbool.h>

#include "integration/suite.h"

static int nran;

START_TEST(needs_it)
{
    struct server s = server_here("mariadb118");
    ck_abort_msg("found %s", s.kind);
}
END_TEST

START_TEST(needs_nothing)
{
    nran++;
}
END_TEST

START_TEST(fails)
{
    nran++;
    ck_abort_msg("as it should");
}
END_TEST

/* What a program of needs_nothing, needs_it (or not), needs_nothing, fails (or not) returns. */
static int program(bool has_missing, bool has_failing)
{
    Suite *s = suite_create("inner");
    TCase *t = tcase_create("inner");
    tcase_add_test(t, needs_nothing);
    if (has_missing)
        tcase_add_test(t, needs_it);
    tcase_add_test(t, needs_nothing);
    if (has_failing)
        tcase_add_test(t, fails);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_set_fork_status(r, CK_NOFORK);
    srunner_run_all(r, CK_SILENT);
    nran = nran == 2 + has_failing ? 0 : -100;
    return runner_end(r);
}

static bool is(const char *what, int got, int want)
{
    if (got != want || nran)
        fprintf(stderr, "%s: %d, not %d%s\n", what, got, want, nran ? "; not all ran" : "");
    return got == want && !nran;
}

int main(void)
{
    setenv("MYWIRE_SERVERS", "/nonexistent", 1);
    unsetenv("CI");
    bool good = is("nothing is missing", program(false, false), EXIT_SUCCESS);
    good &= is("one is missing", program(true, false), SERVER_SKIP);
    good &= is("one is missing, one fails", program(true, true), EXIT_FAILURE);
    good &= is("one fails", program(false, true), EXIT_FAILURE);
    setenv("CI", "true", 1);
    good &= is("one is missing in CI", program(true, false), EXIT_FAILURE);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
