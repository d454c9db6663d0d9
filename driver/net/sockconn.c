/* sockconn.c - from a host name or path to a connected stream.
 *
 * All addresses of a host race with a head start of 250 ms each (RFC 8305 "Happy Eyeballs" 5 and
 * 8), IPv6 and IPv4 in turns (section 4), within one deadline.  The resolver has time limits of its
 * own (resolv.conf(5)); it is asked before the deadline starts to count for the sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clocale.h"
#include "net/sock.h"
#include "net/sockfd.h"

#define HEAD_START_MS 250
#define RETRY_MS      10 /* a unix socket whose queue is full cannot be waited for */
#define MAX_ADDRS     32

struct sock_addrs {
    char host[256];
    unsigned port;
    size_t n;
    struct {
        struct sockaddr_storage addr;
        socklen_t len;
    } at[MAX_ADDRS]; /* in the order of trying */
};

/* One address being tried. */
struct attempt {
    int fd; /* -1: not started, or failed */
    int err;
};

struct race {
    const struct sock_addrs *a;
    size_t first, next; /* next: index of the address to start next */
    size_t open;        /* attempts under way */
    int64_t next_at;    /* when to start it although others are under way */
    int last_err;
    struct attempt at[MAX_ADDRS];
};

int sock_addrs_new(const char *host, unsigned port, struct sock_addrs **out, struct fault *f)
{
    struct sock_addrs *a = calloc(1, sizeof *a);
    if (!a)
        return fault(f, RC_MEMORY, "out of memory while looking up %s", host);
    (void)snprintf(a->host, sizeof a->host, "%s", host); /* cut is fine: only for messages */
    a->port = port;
    *out = a;
    return RC_OK;
}

void sock_addrs_add(struct sock_addrs *a, const struct sockaddr *addr, socklen_t len)
{
    if (a->n == MAX_ADDRS || len > sizeof a->at[0].addr)
        return;
    memcpy(&a->at[a->n].addr, addr, len);
    a->at[a->n++].len = len;
}

int sock_addrs_family(const struct sock_addrs *a, size_t i)
{
    return a->at[i].addr.ss_family;
}

/* The next at or after i whose family is (or is not) the given one; a->n if there is none. */
static size_t next_of(const struct sock_addrs *a, size_t i, int family, bool same)
{
    while (i < a->n && (a->at[i].addr.ss_family == family) != same)
        i++;
    return i;
}

void sock_addrs_order(struct sock_addrs *a)
{
    struct sock_addrs old = *a;
    int family = old.at[0].addr.ss_family;
    size_t at[2] = {0, 0}; /* of the other families, of the first one */
    bool same = true;
    for (size_t n = 0; n < old.n; same = !same) {
        at[same] = next_of(&old, at[same], family, same);
        if (at[same] < old.n)
            a->at[n++] = old.at[at[same]++];
    }
}

static int resolve_failed(const char *host, int rc, int err, struct fault *f)
{
    if (rc == EAI_SYSTEM)
        return fault_sys(f, RC_CONNECT, err, "cannot look up the host name \"%s\"", host);
    return fault(
        f, RC_CONNECT,
        "cannot look up the host name \"%s\": %s. Check SERVER for typing errors, and that "
        "this machine's DNS knows the name (getent hosts %s)",
        host, gai_strerror(rc), host);
}

int sock_resolve(const char *host, unsigned port, struct sock_addrs **out, struct fault *f)
{
    char service[12];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP}, *list = NULL;
    (void)snprintf(service, sizeof service, "%u", port);
    int rc = getaddrinfo(host, service, &hints, &list);
    if (rc)
        return resolve_failed(host, rc, errno, f);
    rc = sock_addrs_new(host, port, out, f);
    for (const struct addrinfo *ai = list; !rc && ai; ai = ai->ai_next)
        sock_addrs_add(*out, ai->ai_addr, ai->ai_addrlen);
    freeaddrinfo(list);
    if (!rc)
        sock_addrs_order(*out);
    return rc;
}

void sock_addrs_free(struct sock_addrs *a)
{
    free(a);
}

size_t sock_addrs_count(const struct sock_addrs *a)
{
    return a->n;
}

static void addr_words(const struct sock_addrs *a, size_t i, char *out, size_t cap)
{
    char host[INET6_ADDRSTRLEN + 32] = "?", port[8] = "?"; /* 32: "%interface" */
    (void)getnameinfo((const struct sockaddr *)&a->at[i].addr, a->at[i].len, host, sizeof host,
                      port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV); /* "?" stays if it cannot be told */
    bool v6 = a->at[i].addr.ss_family == AF_INET6;
    (void)snprintf(out, cap, v6 ? "[%s]:%s" : "%s:%s", host, port);
}

static void err_words(int err, char *out, size_t cap)
{
    locale_t c = clocale();
    if (err == 0)
        (void)snprintf(out, cap, "no answer");
    else
        (void)snprintf(out, cap, "%s", c ? strerror_l(err, c) : "system error");
}

static const char *advice(int err)
{
    switch (err) {
    case ECONNREFUSED:
        return ". Nothing listens there: check PORT, and that the server runs and listens on this "
               "address";
    case 0:
    case ETIMEDOUT:
        return ". Check SERVER and PORT, and whether a firewall drops the packets";
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
        return ". This machine has no route to it: check the network, VPN and SERVER";
    case EACCES:
    case EPERM:
        return ". A local firewall or security policy forbids this program to connect";
    default:
        return "";
    }
}

/* "cannot connect to db port 3306: 10.0.0.1:3306: Connection refused; [::1]:3306: no answer. Check
 * ..." */
static int race_failed(const struct race *r, int rc, struct fault *f)
{
    struct buf b;
    buf_init_text(&b, 4096);
    for (size_t i = r->first; i < r->next; i++) {
        char where[SOCK_PEER_CHARS], why[128];
        addr_words(r->a, i, where, sizeof where);
        err_words(r->at[i].err, why, sizeof why);
        buf_printf(&b, "%s%s: %s", i > r->first ? "; " : "", where, why);
        if (b.len > 600 && i + 1 < r->next) {
            buf_printf(&b, "; and %zu more", r->next - i - 1);
            break;
        }
    }
    fault(f, rc, "cannot connect to %s port %u%s: %s%s", r->a->host, r->a->port,
          rc == RC_TIMEOUT ? " within the time limit" : "", buf_str(&b),
          advice(rc == RC_TIMEOUT ? 0 : r->last_err));
    if (f)
        f->number = (uint32_t)r->last_err;
    buf_clear(&b);
    return rc;
}

static void attempt_fail(struct race *r, size_t i, int err)
{
    if (r->at[i].fd >= 0) {
        (void)close(r->at[i].fd); /* not connected */
        r->open--;
    }
    r->at[i].fd = -1;
    r->at[i].err = err;
    r->last_err = err;
    r->next_at = 0; /* do not wait out the head start of one that has failed */
}

/* Start the next address; true when it connected at once. */
static bool race_start(struct race *r)
{
    size_t i = r->next++;
    const struct sockaddr *addr = (const struct sockaddr *)&r->a->at[i].addr;
    r->next_at = clock_ms() + HEAD_START_MS;
    r->at[i].fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (r->at[i].fd < 0) {
        attempt_fail(r, i, errno);
        return false;
    }
    r->open++;
    sockfd_tune(r->at[i].fd);
    if (connect(r->at[i].fd, addr, r->a->at[i].len) == 0)
        return true;
    if (errno != EINPROGRESS && errno != EINTR)
        attempt_fail(r, i, errno);
    return false;
}

/* Wait for the attempts under way, at most until the next is due.  Returns the index that
 * connected, or SIZE_MAX. */
static size_t race_wait(struct race *r, int64_t deadline)
{
    struct pollfd p[MAX_ADDRS];
    size_t who[MAX_ADDRS], n = 0;
    for (size_t i = r->first; i < r->next; i++) {
        if (r->at[i].fd < 0)
            continue;
        p[n] = (struct pollfd){.fd = r->at[i].fd, .events = POLLOUT};
        who[n++] = i;
    }
    int64_t until = r->next < r->a->n && r->next_at < deadline ? r->next_at : deadline;
    int ready = poll(p, (nfds_t)n, deadline_left(until));
    int poll_err = ready < 0 && errno != EINTR ? errno : 0;
    if (ready <= 0 && !poll_err)
        return SIZE_MAX;
    for (size_t k = 0; k < n; k++) {
        int err = poll_err;
        socklen_t len = sizeof err;
        if (!err && !p[k].revents)
            continue;
        if (!err && getsockopt(p[k].fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
            err = errno;
        if (err == 0)
            return who[k];
        attempt_fail(r, who[k], err);
    }
    return SIZE_MAX;
}

/* RC_OK with the winner's index, or RC_CONNECT, RC_TIMEOUT without words. */
static int race_run(struct race *r, int64_t deadline, size_t *winner)
{
    for (;;) {
        bool due = r->next < r->a->n && (r->open == 0 || clock_ms() >= r->next_at);
        if (due && race_start(r)) {
            *winner = r->next - 1;
            return RC_OK;
        }
        if (r->open == 0 && r->next == r->a->n)
            return RC_CONNECT;
        if (r->open > 0) {
            *winner = race_wait(r, deadline);
            if (*winner != SIZE_MAX)
                return RC_OK;
        }
        if (deadline_left(deadline) == 0)
            return RC_TIMEOUT;
    }
}

int sock_connect(const struct sock_addrs *a, size_t first, int64_t deadline, struct stream **out,
                 size_t *used, char *peer, struct fault *f)
{
    struct race r = {.a = a, .first = first, .next = first};
    for (size_t i = 0; i < MAX_ADDRS; i++)
        r.at[i].fd = -1;
    if (first >= a->n)
        return fault(f, RC_CONNECT, "%s port %u has no further address to try", a->host, a->port);
    size_t winner = 0;
    int rc = race_run(&r, deadline, &winner);
    if (rc)
        rc = race_failed(&r, rc, f);
    for (size_t i = first; i < r.next; i++)
        if (r.at[i].fd >= 0 && (rc || i != winner))
            (void)close(r.at[i].fd); /* the losers */
    if (rc)
        return rc;
    addr_words(a, winner, peer, SOCK_PEER_CHARS);
    *used = winner;
    return sockfd_wrap(r.at[winner].fd, peer, out, f);
}

static const char *unix_advice(int err)
{
    switch (err) {
    case ENOENT:
        return ". There is no such socket: is the server running, and is SOCKET its path (SHOW "
               "VARIABLES LIKE "
               "'socket')?";
    case ECONNREFUSED:
        return ". The socket file is there but no server listens on it: start the server";
    case EACCES:
        return ". This user may not open it: check the permissions of the socket and its folders";
    case ENOTSOCK:
        return ". SOCKET must name the server's unix socket, not an ordinary file";
    default:
        return "";
    }
}

static int unix_failed(const char *path, int err, struct fault *f)
{
    char why[128];
    err_words(err, why, sizeof why);
    int rc =
        fault(f, RC_CONNECT, "cannot connect to the socket %s: %s%s", path, why, unix_advice(err));
    if (f)
        f->number = (uint32_t)err;
    return rc;
}

/* Linux refuses what is no socket in the same way as a socket without a server. */
static int why_refused(const char *path, int err)
{
    struct stat st;
    bool is_other = err == ECONNREFUSED && stat(path, &st) == 0 && !S_ISSOCK(st.st_mode);
    return is_other ? ENOTSOCK : err;
}

/* connect(2) to a unix socket never is "in progress": it succeeds, fails, or says EAGAIN while the
 * queue is full. */
static int unix_dial(int fd, const struct sockaddr_un *un, int64_t deadline, struct fault *f)
{
    while (connect(fd, (const struct sockaddr *)un, sizeof *un) < 0) {
        if (errno == EISCONN)
            return RC_OK;
        if (errno != EAGAIN && errno != EINTR)
            return unix_failed(un->sun_path, why_refused(un->sun_path, errno), f);
        int left = deadline_left(deadline);
        if (left == 0)
            return fault(f, RC_TIMEOUT,
                         "the server on socket %s is too busy to accept a connection within "
                         "the time limit",
                         un->sun_path);
        (void)poll(NULL, 0, left < 0 || left > RETRY_MS ? RETRY_MS : left); /* a pause */
    }
    return RC_OK;
}

int sock_connect_unix(const char *path, int64_t deadline, struct stream **out, char *peer,
                      struct fault *f)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof un.sun_path)
        return fault(f, RC_CONFIG,
                     "SOCKET \"%s\" is longer than the %zu bytes a socket path may have", path,
                     sizeof un.sun_path - 1);
    memcpy(un.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return unix_failed(path, errno, f);
    int rc = unix_dial(fd, &un, deadline, f);
    if (rc) {
        (void)close(fd); /* not connected */
        return rc;
    }
    (void)snprintf(peer, SOCK_PEER_CHARS, "socket %s", path); /* cut is fine: only for messages */
    return sockfd_wrap(fd, peer, out, f);
}
