/* cpu.c - on which CPUs a scenario runs.
 *
 * What costs the client CPU is measured with client and server on one CPU: on two, each request
 * wakes an idle CPU, which on a virtual machine costs the sender more than a whole small statement
 * (15-20 us), and differs from run to run.  What is waited for is measured on all of them.
 * Source: proc(5), sched_setaffinity(2); the threads of a server that start later inherit. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static int set_threads(const char *pid, const cpu_set_t *cpus)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/task", pid);
    DIR *d = opendir(path);
    if (!d) {
        fprintf(stderr, "bench: --server-pid %s: there is no such process\n", pid);
        return 0;
    }
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        if (e->d_name[0] != '.') /* a thread that ended in between needs no CPU */
            (void)sched_setaffinity(atoi(e->d_name), sizeof *cpus, cpus);
    closedir(d);
    return 1;
}

/* Those this process may use, asked for once. */
static const cpu_set_t *all_cpus(void)
{
    static cpu_set_t all;
    if (!CPU_COUNT(&all) && sched_getaffinity(0, sizeof all, &all) != 0)
        perror("bench: sched_getaffinity");
    return &all;
}

int cpu_place(const char *server_pid, int together)
{
    const cpu_set_t *all = all_cpus();
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, all))
            CPU_SET(i, &one);
    const cpu_set_t *cpus = together ? &one : all;
    return sched_setaffinity(0, sizeof *cpus, cpus) == 0 && set_threads(server_pid, cpus);
}
