/* suite.h - cases that need a server, and what a program of them returns.
 *
 * A server that is missing skips the cases that need it, and no others: server_here ends the case,
 * and runner_end tells how many there were.  (server_need of lib/servers.h ends the program; it is
 * for main.)  For tests only: ck_assert, static inline. */
#ifndef TESTS_INTEGRATION_SUITE_H
#define TESTS_INTEGRATION_SUITE_H

#include <check.h>

#include "lib/servers.h"

#define NO_SERVER "NO SERVER "

/* server_here - the facts of the server NAME, or the end of the test case. */
static inline struct server server_here(const char *name)
{
    struct server s;
    if (!server_find(&s, name))
        ck_abort_msg(NO_SERVER "'%s': run this through tests/run, or see tests/lib/README.md",
                     name);
    return s;
}

/* runner_end - frees r, all of whose cases have run.  Returns what main returns: a failure before a
 * skip (SERVER_SKIP), and where CI is set a missing server is a failure. */
static inline int runner_end(SRunner *r)
{
    TestResult **failures = srunner_failures(r);
    int nfailed = srunner_ntests_failed(r), nskipped = 0;
    for (int i = 0; i < nfailed; i++)
        nskipped += !strncmp(tr_msg(failures[i]), NO_SERVER, strlen(NO_SERVER));
    free(failures);
    srunner_free(r);
    if (nskipped)
        fprintf(stderr, "%s: %d cases without their server\n", getenv("CI") ? "ERROR" : "SKIPPED",
                nskipped);
    if (nfailed > nskipped || (nskipped && getenv("CI")))
        return EXIT_FAILURE;
    return nskipped ? (int)SERVER_SKIP : EXIT_SUCCESS;
}

/* run_suite - main of a test program. */
static inline int run_suite(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    return runner_end(r);
}

#endif
