/* proxy.c - one thread, one poll loop, a handful of connections. */
#include "fake/proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_PAIRS = 64, BLOCK = 65536 };

struct pair {
    int client, server; /* -1: free */
    struct proxy_plan plan;
    size_t sent;  /* bytes of the server so far */
    size_t asked; /* bytes of the client */
    bool silent, deaf;
    bool bent; /* a byte was changed or left out: ended when both sides wait */
};

struct proxy {
    int listener, wake[2];
    unsigned port;
    struct sockaddr_in target;
    pthread_t thread;
    pthread_mutex_t lock;    /* guards all from here to pairs */
    unsigned ports[2], turn; /* of the servers that take turns; 0: there is no second */
    bool is_frozen, is_deaf; /* those to come */
    bool freezes, deafens;   /* those that there are: to be done by the thread */
    struct proxy_plan plan;
    size_t newest, newest_asked;
    struct pair *newest_pair;
    struct pair pairs[MAX_PAIRS];
    unsigned char block[BLOCK];
};

static bool send_all(int fd, const unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static void pair_end(struct pair *q, bool reset)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    if (reset)
        (void)setsockopt(q->client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(q->client);
    close(q->server);
    q->client = q->server = -1;
}

static void set_nodelay(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void proxy_accept(struct proxy *p)
{
    int client = accept(p->listener, NULL, NULL);
    if (client < 0)
        return;
    struct pair *q = NULL;
    pthread_mutex_lock(&p->lock);
    p->target.sin_port = htons((unsigned short)p->ports[p->ports[1] ? p->turn++ % 2 : 0]);
    bool silent = p->is_frozen, deaf = p->is_deaf;
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < MAX_PAIRS && !q; i++)
        if (p->pairs[i].client < 0)
            q = &p->pairs[i];
    int server = q ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (server < 0 || connect(server, (struct sockaddr *)&p->target, sizeof p->target) != 0) {
        if (server >= 0)
            close(server);
        close(client);
        return;
    }
    set_nodelay(client);
    set_nodelay(server);
    pthread_mutex_lock(&p->lock);
    *q = (struct pair){
        .client = client, .server = server, .plan = p->plan, .silent = silent, .deaf = deaf};
    p->newest = p->newest_asked = 0;
    p->newest_pair = q;
    pthread_mutex_unlock(&p->lock);
}

/* Is the byte with the fault among the next n? */
static bool hits(const struct pair *q, size_t n)
{
    return !q->plan.is_of_client && q->plan.at >= q->sent && q->plan.at < q->sent + n;
}

static bool drip(struct pair *q, const unsigned char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!send_all(q->client, b + i, 1))
            return false;
    return true;
}

/* Give n bytes of the server to the client, with the fault.  False: the pair is to be ended. */
static bool from_server(struct pair *q, unsigned char *b, size_t n)
{
    bool hit = hits(q, n);
    size_t before = hit ? q->plan.at - q->sent : n;
    q->sent += n;
    if (q->silent)
        return true;
    if (q->plan.fault == PROXY_DRIP)
        return drip(q, b, n);
    if (!hit || q->plan.fault == PROXY_PASS)
        return send_all(q->client, b, n);
    q->bent = q->plan.fault == PROXY_FLIP || q->plan.fault == PROXY_SWALLOW;
    if (q->plan.fault == PROXY_FLIP)
        b[before] ^= q->plan.mask;
    if (q->plan.fault == PROXY_FLIP)
        return send_all(q->client, b, n);
    if (!send_all(q->client, b, before))
        return false;
    if (q->plan.fault == PROXY_SWALLOW)
        return send_all(q->client, b + before + 1, n - before - 1);
    q->silent = q->plan.fault == PROXY_STALL;
    return q->silent;
}

/* Give n bytes of the client to the server.  False: the pair is to be ended. */
static bool from_client(struct pair *q, const unsigned char *b, size_t n)
{
    bool hit = q->plan.is_of_client && q->plan.fault != PROXY_PASS && q->plan.at >= q->asked &&
               q->plan.at < q->asked + n;
    size_t before = hit ? q->plan.at - q->asked : n;
    q->asked += n;
    return send_all(q->server, b, before) && !hit;
}

/* Counted before they are passed on: who has read them finds them counted. */
static void count(struct proxy *p, const struct pair *q, size_t *newest, size_t n)
{
    pthread_mutex_lock(&p->lock);
    if (p->newest_pair == q)
        *newest += n;
    pthread_mutex_unlock(&p->lock);
}

static void pair_move(struct proxy *p, struct pair *q, bool client_ready, bool server_ready)
{
    bool ok = true;
    if (server_ready) {
        ssize_t n = recv(q->server, p->block, sizeof p->block, 0);
        if (n > 0)
            count(p, q, &p->newest, (size_t)n);
        ok = n > 0 && from_server(q, p->block, (size_t)n);
    }
    if (ok && client_ready) {
        ssize_t n = recv(q->client, p->block, sizeof p->block, 0);
        if (n > 0)
            count(p, q, &p->newest_asked, (size_t)n);
        ok = n > 0 && from_client(q, p->block, (size_t)n);
    }
    if (!ok)
        pair_end(q, q->plan.fault == PROXY_RESET);
}

/* Both sides wait for each other because of a bent byte: end it. */
static void end_bent(struct proxy *p)
{
    for (int i = 0; i < MAX_PAIRS; i++)
        if (p->pairs[i].client >= 0 && p->pairs[i].bent)
            pair_end(&p->pairs[i], false);
}

static int patience_ms(const struct proxy *p)
{
    for (int i = 0; i < MAX_PAIRS; i++)
        if (p->pairs[i].client >= 0 && p->pairs[i].bent)
            return 15;
    return -1;
}

/* What proxy_freeze asks for; false: the end. */
static bool obey(struct proxy *p)
{
    char what = 0;
    if (read(p->wake[0], &what, 1) != 1 || what == 'x')
        return false;
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < MAX_PAIRS; i++) {
        p->pairs[i].silent |= p->freezes;
        p->pairs[i].deaf |= p->deafens;
    }
    p->freezes = p->deafens = false;
    pthread_mutex_unlock(&p->lock);
    return true;
}

static void *proxy_run(void *arg)
{
    struct proxy *p = arg;
    struct pollfd fds[2 + 2 * MAX_PAIRS];
    for (;;) {
        fds[0] = (struct pollfd){.fd = p->wake[0], .events = POLLIN};
        fds[1] = (struct pollfd){.fd = p->listener, .events = POLLIN};
        for (int i = 0; i < MAX_PAIRS; i++) {
            fds[2 + 2 * i] =
                (struct pollfd){.fd = p->pairs[i].deaf ? -1 : p->pairs[i].client, .events = POLLIN};
            fds[3 + 2 * i] = (struct pollfd){.fd = p->pairs[i].server, .events = POLLIN};
        }
        int ready = poll(fds, 2 + 2 * MAX_PAIRS, patience_ms(p));
        if (ready == 0)
            end_bent(p);
        if (ready <= 0)
            continue;
        if (fds[0].revents && !obey(p))
            return NULL;
        for (int i = 0; i < MAX_PAIRS; i++) {
            bool client = fds[2 + 2 * i].revents != 0, server = fds[3 + 2 * i].revents != 0;
            if (p->pairs[i].client >= 0 && (client || server))
                pair_move(p, &p->pairs[i], client, server);
        }
        if (fds[1].revents)
            proxy_accept(p);
    }
}

static bool proxy_listen(struct proxy *p)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p->listener < 0 || bind(p->listener, (struct sockaddr *)&a, sizeof a) != 0 ||
        listen(p->listener, 64) != 0 || getsockname(p->listener, (struct sockaddr *)&a, &n) != 0)
        return false;
    p->port = ntohs(a.sin_port);
    return true;
}

struct proxy *proxy_start(const char *host, unsigned port)
{
    struct proxy *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    for (int i = 0; i < MAX_PAIRS; i++)
        p->pairs[i].client = p->pairs[i].server = -1;
    p->target = (struct sockaddr_in){.sin_family = AF_INET};
    p->ports[0] = port;
    p->wake[0] = p->wake[1] = -1;
    (void)pthread_mutex_init(&p->lock, NULL);
    if (inet_pton(AF_INET, host, &p->target.sin_addr) == 1 && pipe(p->wake) == 0 &&
        proxy_listen(p) && pthread_create(&p->thread, NULL, proxy_run, p) == 0)
        return p;
    free(p);
    return NULL;
}

void proxy_stop(struct proxy *p)
{
    if (!p)
        return;
    ssize_t n = write(p->wake[1], "x", 1);
    (void)n;
    (void)pthread_join(p->thread, NULL);
    for (int i = 0; i < MAX_PAIRS; i++)
        if (p->pairs[i].client >= 0)
            pair_end(&p->pairs[i], false);
    close(p->listener);
    close(p->wake[0]);
    close(p->wake[1]);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

unsigned proxy_port(const struct proxy *p)
{
    return p->port;
}

void proxy_set(struct proxy *p, struct proxy_plan plan)
{
    pthread_mutex_lock(&p->lock);
    p->plan = plan;
    pthread_mutex_unlock(&p->lock);
}

void proxy_also(struct proxy *p, unsigned port)
{
    pthread_mutex_lock(&p->lock);
    p->ports[1] = port;
    p->turn = 1;
    pthread_mutex_unlock(&p->lock);
}

/* Returns when it is done, also to the bytes that were on their way. */
void proxy_freeze(struct proxy *p, bool is_for_all, bool is_deaf)
{
    bool is_pending = true;
    pthread_mutex_lock(&p->lock);
    p->freezes = true;
    p->deafens = is_deaf;
    p->is_frozen = is_for_all;
    p->is_deaf = is_for_all && is_deaf;
    pthread_mutex_unlock(&p->lock);
    ssize_t n = write(p->wake[1], "f", 1);
    (void)n;
    while (is_pending) {
        (void)poll(NULL, 0, 1);
        pthread_mutex_lock(&p->lock);
        is_pending = p->freezes;
        pthread_mutex_unlock(&p->lock);
    }
}

void proxy_thaw(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    p->is_frozen = p->is_deaf = false;
    pthread_mutex_unlock(&p->lock);
}

size_t proxy_bytes(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->newest;
    pthread_mutex_unlock(&p->lock);
    return n;
}

size_t proxy_client_bytes(struct proxy *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->newest_asked;
    pthread_mutex_unlock(&p->lock);
    return n;
}
