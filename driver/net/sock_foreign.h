/* sock_foreign.h - sockets that another library (libcurl) reads and writes.
 *
 * sock_foreign_open - a socket that children of the host do not inherit; -1 with errno.
 *
 * libcurl and the OpenSSL below it write to a socket that the server has closed; releases that do
 * so without MSG_NOSIGNAL would end the host's process by SIGPIPE.  Between quiet_begin and
 * quiet_end the signal is blocked in this thread, and one that came meanwhile is taken away;
 * handlers, other threads, and a signal that was pending before are left alone.
 * Source: socket(2), signal(7), pthread_sigmask(3), sigtimedwait(2). */
#ifndef MYWIRE_NET_SOCK_FOREIGN_H
#define MYWIRE_NET_SOCK_FOREIGN_H

#include <signal.h>
#include <stdbool.h>

int sock_foreign_open(int family, int type, int protocol);

struct quiet {
    sigset_t before;
    bool was_pending; /* then it is blocked already, and stays */
};

void quiet_begin(struct quiet *q);
void quiet_end(const struct quiet *q);

#endif
