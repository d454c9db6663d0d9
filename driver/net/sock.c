/* sock.c - TCP and unix sockets as streams.
 *
 * Descriptors are non-blocking and close-on-exec; waiting is done by poll against the caller's
 * deadline, so neither a silent peer nor a signal handler of the host can keep us longer.  The
 * connecting itself stands in sockconn.c. Source: POSIX.1-2008; the keep-alive options are Linux's
 * tcp(7). */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"
#include "net/sock.h"
#include "net/sockfd.h"

struct sock {
    struct stream base;
    int fd;
    bool awaits; /* nothing is there yet: wait first, instead of a recv that finds nothing */
    atomic_bool aborted;
    const struct sock_watch *watch; /* borrowed, or NULL */
    unsigned generation; /* of the process that opened it: a forked child must not use it */
    pid_t owner;
    char peer[SOCK_PEER_CHARS];
};

static struct sock *sock_of(struct stream *s)
{
    return (struct sock *)s;
}

static int sock_aborted(const struct sock *k, struct fault *f)
{
    return fault(f, RC_LOST, "the connection to %s was cut on request of this program", k->peer);
}

/* What a child read would be missing in its parent, and what it wrote would come in between. */
static bool is_foreign(const struct sock *k)
{
    return process_generation() != k->generation;
}

static int sock_foreign(const struct sock *k, struct fault *f)
{
    return fault(f, RC_LOST,
                 "the connection to %s belongs to process %ld, which opened it before a fork; "
                 "process %ld has to connect for itself",
                 k->peer, (long)k->owner, (long)getpid());
}

static int64_t ask_watch(const struct sock *k, bool is_write, enum sock_moment moment)
{
    if (k->watch && k->watch->fn)
        return k->watch->fn(k->watch->ctx, is_write, moment);
    return moment == SOCK_OVER ? SOCK_STOP : DEADLINE_NEVER;
}

/* Wait until the descriptor is ready for events, or the deadline, which the watch may put off.
 * Errors and hang-ups count as ready: the call that follows tells which. */
static int sock_wait(struct sock *k, short events, int64_t deadline, struct fault *f)
{
    bool is_write = events == POLLOUT, is_patient = deadline_left(deadline) != 0;
    enum sock_moment moment = SOCK_BEGINS;
    for (;; moment = deadline_left(deadline) ? SOCK_GOES_ON : SOCK_OVER) {
        int64_t next = is_patient ? ask_watch(k, is_write, moment) : deadline;
        deadline = moment == SOCK_OVER ? next : deadline;
        struct pollfd p = {.fd = k->fd, .events = events};
        int n = poll(&p, 1, deadline_left(next < deadline ? next : deadline));
        if (n > 0)
            return RC_OK;
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return fault_sys(f, RC_LOST, errno, "waiting for %s", k->peer);
        if (n == 0 && (next == SOCK_STOP || (!is_patient && deadline_left(deadline) == 0)))
            return fault(f, RC_TIMEOUT, "the time limit passed while %s %s",
                         is_write ? "sending to" : "waiting for an answer of", k->peer);
    }
}

static bool is_wait(int err)
{
    return err == EAGAIN || err == EWOULDBLOCK;
}

static int sock_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                     struct fault *f)
{
    struct sock *k = sock_of(s);
    bool wait = k->awaits && deadline_left(deadline) != 0;
    if (is_foreign(k))
        return sock_foreign(k, f);
    k->awaits = false;
    for (;;) {
        if (atomic_load_explicit(&k->aborted, memory_order_relaxed))
            return sock_aborted(k, f);
        if (wait) {
            int rc = sock_wait(k, POLLIN, deadline, f);
            if (rc)
                return rc;
        }
        ssize_t done = recv(k->fd, p, n, 0);
        if (done > 0) {
            *got = (size_t)done;
            return RC_OK;
        }
        if (atomic_load_explicit(&k->aborted, memory_order_relaxed))
            return sock_aborted(k, f);
        if (done == 0)
            return fault(f, RC_LOST, "%s closed the connection", k->peer);
        if (!is_wait(errno) && errno != EINTR)
            return fault_sys(f, RC_LOST, errno, "reading from %s", k->peer);
        wait = is_wait(errno);
    }
}

static int sock_write(struct stream *s, const void *p, size_t n, int64_t deadline, struct fault *f)
{
    struct sock *k = sock_of(s);
    const char *at = p;
    if (is_foreign(k))
        return sock_foreign(k, f);
    k->awaits = true;
    while (n > 0) {
        if (atomic_load_explicit(&k->aborted, memory_order_relaxed))
            return sock_aborted(k, f);
        ssize_t done = send(k->fd, at, n, MSG_NOSIGNAL);
        if (done >= 0) {
            at += done;
            n -= (size_t)done;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (atomic_load_explicit(&k->aborted, memory_order_relaxed))
            return sock_aborted(k, f);
        if (!is_wait(errno))
            return fault_sys(f, RC_LOST, errno, "sending to %s", k->peer);
        int rc = sock_wait(k, POLLOUT, deadline, f);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static bool sock_alive(struct stream *s)
{
    struct sock *k = sock_of(s);
    struct pollfd p = {.fd = k->fd, .events = POLLIN};
    if (atomic_load(&k->aborted) || is_foreign(k))
        return false;
    int n = 0;
    do
        n = poll(&p, 1, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0;
    char byte = 0;
    ssize_t got = 0;
    do
        got = recv(k->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got < 0 && is_wait(errno); /* a byte that nobody asked for is as bad as an end */
}

/* The descriptor lives as long as the struct, which the caller keeps while aborting: no other file
 * can have its number. */
static void sock_abort(struct stream *s)
{
    struct sock *k = sock_of(s);
    atomic_store(&k->aborted, true);
    if (!is_foreign(k))
        (void)shutdown(k->fd, SHUT_RDWR); /* fails only when the peer has already gone */
}

static void sock_close(struct stream *s)
{
    struct sock *k = sock_of(s);
    (void)close(k->fd); /* nothing is buffered in us; the kernel delivers what was sent */
    free(k);
}

static const struct stream_ops sock_ops = {
    .read = sock_read,
    .write = sock_write,
    .alive = sock_alive,
    .abort = sock_abort,
    .close = sock_close,
};

void sock_watch(struct stream *s, const struct sock_watch *w)
{
    if (s->ops == &sock_ops)
        sock_of(s)->watch = w;
}

unsigned sock_local_port(const struct stream *s)
{
    struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
    socklen_t n = sizeof a;
    if (s->ops != &sock_ops ||
        getsockname(((const struct sock *)s)->fd, (struct sockaddr *)&a, &n) != 0)
        return 0;
    if (a.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&a)->sin6_port);
    return a.ss_family == AF_INET ? ntohs(((const struct sockaddr_in *)&a)->sin_port) : 0;
}

/* Make fd non-blocking and close-on-exec; -1 with errno if that fails. */
static int sockfd_prepare(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void sockfd_tune(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},   /* a request is one write; never wait for more */
        {SOL_SOCKET, SO_KEEPALIVE, 1},   /* a peer that vanished is noticed within three minutes, */
        {IPPROTO_TCP, TCP_KEEPIDLE, 60}, /* and firewalls do not forget an idle connection */
        {IPPROTO_TCP, TCP_KEEPINTVL, 20},        {IPPROTO_TCP, TCP_KEEPCNT, 6},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 180000}, /* as soon when data of ours is on its way to it */
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        int v = options[i].value;
        /* a kernel without one of these still connects */
        (void)setsockopt(fd, options[i].level, options[i].name, &v, sizeof v);
    }
}

int sockfd_wrap(int fd, const char *peer, struct stream **out, struct fault *f)
{
    struct sock *k = calloc(1, sizeof *k);
    if (!k) {
        (void)close(fd); /* never used */
        return fault(f, RC_MEMORY, "out of memory for the connection to %s", peer);
    }
    k->base.ops = &sock_ops;
    k->fd = fd;
    k->generation = process_generation();
    k->owner = getpid();
    k->awaits = true; /* the server speaks first, or answers what we write */
    atomic_init(&k->aborted, false);
    (void)snprintf(k->peer, sizeof k->peer, "%s", peer); /* cut is fine: only for messages */
    *out = &k->base;
    return RC_OK;
}

int sock_from_fd(int fd, struct stream **out, struct fault *f)
{
    if (sockfd_prepare(fd) < 0)
        return fault_sys(f, RC_CONNECT, errno, "preparing descriptor %d", fd);
    return sockfd_wrap(fd, "the peer", out, f);
}
