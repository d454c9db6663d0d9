/* sock_foreign.c - see sock_foreign.h. */
#include "net/sock_foreign.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

int sock_foreign_open(int family, int type, int protocol)
{
    return socket(family, type | SOCK_CLOEXEC, protocol);
}

static sigset_t only_pipe(void)
{
    sigset_t set;
    (void)sigemptyset(&set); /* these two cannot fail with a valid set and signal */
    (void)sigaddset(&set, SIGPIPE);
    return set;
}

void quiet_begin(struct quiet *q)
{
    sigset_t pipe = only_pipe(), pending;
    (void)sigemptyset(&pending); /* as above */
    (void)sigpending(&pending);  /* cannot fail with a valid set */
    q->was_pending = sigismember(&pending, SIGPIPE) == 1;
    if (!q->was_pending)
        (void)pthread_sigmask(SIG_BLOCK, &pipe, &q->before); /* fails for an unknown `how` only */
}

void quiet_end(const struct quiet *q)
{
    sigset_t pipe = only_pipe();
    const struct timespec now = {0};
    if (q->was_pending)
        return;
    while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR) {
    }
    (void)pthread_sigmask(SIG_SETMASK, &q->before, NULL); /* as above */
}
