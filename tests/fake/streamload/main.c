/* main.c - the fake as a program for scripts: fake-streamload --NAME VALUE ... until a signal or
 * the end of its standard input (with --stdin). */
#include "fake_streamload.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int usage(void)
{
    const char *name, *otherwise, *help;
    (void)puts(
        "usage: fake-streamload [--table DDL]... [--fault SPEC]... [--file F] [--NAME VALUE]...\n"
        "\n  --table DDL   db.t(col TYPE [NOT NULL] [DEFAULT x], ...) [PRIMARY KEY(...)]\n"
        "  --fault SPEC  name[:ARG][@PERMILLE][*COUNT][+SKIP]\n"
        "  --file F      where NAME=value lines go (ports, pid); else standard output\n"
        "  --stdin       end when standard input ends\n\noptions:");
    for (size_t i = 0; (name = fake_option_name(i, &otherwise, &help)) != NULL; i++)
        (void)printf("  --%-16s %s [%s]\n", name, help, otherwise);
    (void)puts("\nfaults:");
    for (size_t i = 0; (name = fake_fault_name(i, &help)) != NULL; i++)
        (void)printf("  %-18s %s\n", name, help);
    return 0;
}

static bool apply(struct fake *f, const char *name, const char *value, const char **file)
{
    char why[400] = "unknown flag or bad value";
    bool ok = false;
    if (strcmp(name, "table") == 0) {
        ok = fake_table(f, value, why, sizeof why);
    } else if (strcmp(name, "fault") == 0) {
        ok = fake_fault(f, value);
    } else if (strcmp(name, "file") == 0) {
        *file = value;
        ok = true;
    } else {
        ok = fake_set(f, name, value);
    }
    if (!ok)
        (void)fprintf(stderr, "fake-streamload: --%s %s: %s\n", name, value, why);
    return ok;
}

static bool report(struct fake *f, const char *file)
{
    static const struct {
        const char *name;
        enum fake_node node;
    } rows[] = {{"FE_PORT", FAKE_FE}, {"FOLLOWER_PORT", FAKE_FOLLOWER}, {"PROXY_PORT", FAKE_PROXY}};
    char temp[1024];
    (void)snprintf(temp, sizeof temp, "%s.new", file ? file : "");
    FILE *out = file ? fopen(temp, "w") : stdout;
    if (!out) {
        perror(temp);
        return false;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fake_port(f, rows[i].node))
            (void)fprintf(out, "%s=%u\n", rows[i].name, fake_port(f, rows[i].node));
    (void)fprintf(out, "BE_PORT=%u\n", fake_port(f, FAKE_BE));
    for (unsigned i = 1; fake_port(f, FAKE_BE + i); i++)
        (void)fprintf(out, "BE%u_PORT=%u\n", i, fake_port(f, FAKE_BE + i));
    (void)fprintf(out, "PID=%ld\n", (long)getpid());
    if (!file)
        return fflush(out) == 0;
    return fclose(out) == 0 && rename(temp, file) == 0; /* whole when it appears */
}

static void wait_for_end(const sigset_t *ends, bool by_stdin)
{
    char block[4096];
    int sig;
    if (by_stdin)
        while (read(0, block, sizeof block) > 0)
            ;
    else
        (void)sigwait(ends, &sig);
}

int main(int argc, char **argv)
{
    struct fake *f = fake_new();
    const char *file = NULL;
    char why[400] = "";
    bool by_stdin = false, ok = true;
    sigset_t ends;
    for (int i = 1; i < argc && ok; i++) {
        const char *name = strncmp(argv[i], "--", 2) == 0 ? argv[i] + 2 : "?";
        if (strcmp(name, "help") == 0) {
            fake_free(f);
            return usage();
        }
        if (strcmp(name, "stdin") == 0) {
            by_stdin = true;
            continue;
        }
        ok = i + 1 < argc && apply(f, name, argv[i + 1], &file);
        i++;
    }
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    if (!by_stdin)
        (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    if (ok && !fake_start(f, why, sizeof why)) {
        (void)fprintf(stderr, "fake-streamload: %s\n", why);
        ok = false;
    }
    ok = ok && report(f, file);
    if (ok)
        wait_for_end(&ends, by_stdin);
    fake_free(f);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
