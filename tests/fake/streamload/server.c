/* server.c - listeners, a thread a connection, options, and the C interface. */
#include "fk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- options --- */

enum kind { KIND_text, KIND_flag, KIND_num };

static const struct {
    const char *name, *otherwise, *help;
    enum kind kind;
    size_t at;
} options[] = {
#define OPT(kind, field, name, def, help)                                                          \
    {name, def, help, KIND_##kind, offsetof(struct fk_options, field)},
#include "option.def"
#undef OPT
};
enum { OPTIONS = sizeof options / sizeof *options };

const char *fake_option_name(size_t i, const char **otherwise, const char **help)
{
    if (i >= OPTIONS)
        return NULL;
    if (otherwise)
        *otherwise = options[i].otherwise;
    if (help)
        *help = options[i].help;
    return options[i].name;
}

static bool option_put(struct fake *f, size_t i, const char *value)
{
    char *base = (char *)&f->o + options[i].at;
    uint64_t n;
    bool b;
    char *text, *old;
    switch (options[i].kind) {
    case KIND_flag:
        if (!fk_bool(value, &b))
            return false;
        memcpy(base, &b, sizeof b);
        return true;
    case KIND_num:
        if (!fk_u64(value, strlen(value), &n))
            return false;
        memcpy(base, &n, sizeof n);
        return true;
    case KIND_text:
        break;
    }
    memcpy(&old, base, sizeof old);
    text = fk_dupz(value);
    memcpy(base, &text, sizeof text);
    if (old) { /* somebody may be reading it: kept until the end */
        f->old_texts = realloc(f->old_texts, (f->nold_texts + 1) * sizeof(char *));
        if (!f->old_texts)
            abort();
        f->old_texts[f->nold_texts++] = old;
    }
    return true;
}

bool fake_set(struct fake *f, const char *name, const char *value)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (!fk_same(name, options[i].name))
            continue;
        fk_lock(f);
        bool ok = option_put(f, i, value);
        f->o.be_count = f->o.be_count < 1           ? 1
                        : f->o.be_count > FK_MAX_BE ? FK_MAX_BE
                                                    : f->o.be_count;
        if (strcmp(name, "seed") == 0)
            f->rng = f->o.seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
        fk_unlock(f);
        return ok;
    }
    return false;
}

/* --- small things --- */

void fk_lock(struct fake *f)
{
    (void)pthread_mutex_lock(&f->lock);
}

void fk_unlock(struct fake *f)
{
    (void)pthread_mutex_unlock(&f->lock);
}

struct fk_table *fk_table_find(struct fake *f, const char *db, const char *name)
{
    struct fk_table *t = f->tables;
    while (t && (strcmp(t->db, db) != 0 || strcmp(t->name, name) != 0))
        t = t->next;
    return t;
}

bool fk_db_exists(struct fake *f, const char *db)
{
    for (struct fk_table *t = f->tables; t; t = t->next)
        if (strcmp(t->db, db) == 0)
            return true;
    return false;
}

struct fk_listener *fk_listener_find(struct fake *f, enum fk_role role, unsigned index)
{
    for (size_t i = 0; i < f->nlisteners; i++)
        if (f->listeners[i].role == role && f->listeners[i].index == index)
            return &f->listeners[i];
    return NULL;
}

/* --- TLS --- */

static SSL_CTX *ctx_make(const char *cert, const char *key, const char *ca, char *why, size_t nwhy)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    bool ok = ctx && SSL_CTX_use_certificate_chain_file(ctx, cert) == 1 &&
              SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1;
    if (ok && *ca) {
        STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(ca);
        SSL_CTX_set_client_CA_list(ctx, names);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        ok = names && SSL_CTX_load_verify_locations(ctx, ca, NULL) == 1;
        ok = ok && SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"fake", 4) == 1;
    }
    if (ok) {
        (void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
        SSL_CTX_set_read_ahead(ctx, 1);
        SSL_CTX_set_default_read_buffer_len(ctx, 128 * 1024);
        return ctx;
    }
    (void)snprintf(why, nwhy, "TLS: cert '%s', key '%s', client-ca '%s': %s", cert, key, ca,
                   ERR_reason_error_string(ERR_get_error()));
    SSL_CTX_free(ctx);
    return NULL;
}

bool fake_certificate(struct fake *f, const char *cert, const char *key, const char *client_ca,
                      char *why, size_t nwhy)
{
    SSL_CTX *ctx = ctx_make(cert, key, client_ca, why, nwhy);
    if (!ctx)
        return false;
    fk_lock(f);
    SSL_CTX *old = f->ctx;
    f->ctx = ctx;
    fk_unlock(f);
    SSL_CTX_free(old);
    return true;
}

/* --- connections --- */

static void path_split(const struct fk_request *r, struct fk_path *p, bool decode)
{
    memset(p, 0, sizeof *p);
    for (const char *at = r->path + 1; p->n < 8;) {
        size_t n = strcspn(at, "/");
        struct fk_sb s = {0};
        if (decode)
            fk_url_decode(&s, at, n);
        else
            fk_sb_add(&s, at, n);
        fk_sb_add(&s, "", 0);
        p->part[p->n++] = s.p;
        if (!at[n])
            break;
        at += n + 1;
    }
}

static void path_clear(struct fk_path *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->part[i]);
}

static void keep_request(struct fk_listener *l, struct fk_request *r)
{
    struct fake *f = l->f;
    fk_lock(f);
    f->stats.requests++;
    if (strncmp(r->path, "/fake", 5) != 0) {
        char **place = &f->kept[f->nkept++ % FK_KEPT_REQUESTS];
        struct fk_listener *fe = fk_listener_find(f, FR_LEADER, 0);
        free(*place);
        *place = fk_dupz(r->raw);
        if (l->role == FR_BE && !l->tls && fe->tls)
            f->stats.downgrades++;
    }
    fk_unlock(f);
}

/* serve_one - one request.  false: the connection ends. */
static bool serve_one(struct fk_listener *l, struct fk_conn *c, bool *reset)
{
    struct fk_request *r = fk_alloc(sizeof *r);
    struct fk_path path;
    bool fe = l->role == FR_LEADER || l->role == FR_FOLLOWER;
    int k = fk_request_read(c, r);
    if (k < 0 && r->head)
        fk_respond_text(r, 400, "Bad Request\n");
    bool go_on = k == 1;
    if (k == 1) {
        keep_request(l, r);
        path_split(r, &path, l->role != FR_BE || l->f->o.decode_url);
        if (l->role == FR_BE)
            fk_handle_be(l, r, &path);
        else
            fk_handle_fe(l, r, &path);
        path_clear(&path);
        go_on = !r->close && r->done;
        *reset = r->reset;
    }
    if (k == 1 && !go_on && !r->reset) {
        uint64_t seen = fk_conn_linger(c, (int)l->f->o.linger_ms);
        fk_lock(l->f);
        l->f->stats.fe_bodies += fe && seen > 0;
        l->f->stats.fe_body_bytes += fe ? seen : 0;
        fk_unlock(l->f);
    }
    fk_request_clear(r);
    free(r);
    return go_on;
}

struct serve {
    struct fk_listener *l;
    int fd;
};

static void conn_link(struct fake *f, struct fk_conn *c)
{
    fk_lock(f);
    c->next = f->conns;
    if (c->next)
        c->next->prev = c;
    f->conns = c;
    if (f->stopping)
        (void)shutdown(c->fd, SHUT_RDWR);
    fk_unlock(f);
}

static void conn_unlink(struct fake *f, struct fk_conn *c)
{
    fk_lock(f);
    if (c->prev)
        c->prev->next = c->next;
    else
        f->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    fk_unlock(f);
}

static void *serve(void *arg)
{
    struct serve *s = arg;
    struct fk_listener *l = s->l;
    struct fake *f = l->f;
    bool reset = false;
    struct timeval none = {0}, limit = {.tv_sec = 10}; /* a handshake does not wait for ever */
    fk_lock(f);
    SSL_CTX *ctx = l->tls ? f->ctx : NULL;
    if (ctx)
        (void)SSL_CTX_up_ref(ctx);
    fk_unlock(f);
    if (ctx)
        (void)setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    int fd = s->fd;
    struct fk_conn *c = fk_conn_open(fd, ctx);
    if (c && ctx)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none);
    SSL_CTX_free(ctx);
    free(s);
    if (c) {
        conn_link(f, c);
        while (serve_one(l, c, &reset))
            ;
        conn_unlink(f, c);
        fk_conn_close(c, reset);
    }
    OPENSSL_thread_stop(); /* now, not when the thread is already thought to be gone */
    fk_lock(f);
    f->stats.handshakes_failed += !c;
    f->nthreads--;
    (void)pthread_cond_broadcast(&f->change);
    fk_unlock(f);
    return NULL;
}

/* --- listeners --- */

static bool listen_on(struct fk_listener *l, char *why, size_t nwhy)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port)};
    socklen_t n = sizeof a;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)inet_pton(AF_INET, l->f->o.bind, &a.sin_addr);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0) {
        (void)snprintf(why, nwhy, "cannot listen on %s:%u: errno %d", l->f->o.bind, l->port, errno);
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    fk_lock(l->f);
    if (l->port == 0)
        l->port = ntohs(a.sin_port);
    l->fd = fd;
    fk_unlock(l->f);
    return true;
}

static void thread_quiet(sigset_t *old)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, old);
}

static void start_serving(struct fk_listener *l, int fd)
{
    struct fake *f = l->f;
    struct serve *s = fk_alloc(sizeof *s);
    pthread_attr_t attr;
    pthread_t thread;
    s->l = l;
    s->fd = fd;
    fk_lock(f);
    f->nthreads++;
    f->stats.connections++;
    fk_unlock(f);
    (void)pthread_attr_init(&attr);
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, serve, s) != 0)
        abort();
    (void)pthread_attr_destroy(&attr);
}

/* away - the listener was shut: wait until it may come back.  false: the fake stops. */
static bool away(struct fk_listener *l)
{
    struct fake *f = l->f;
    char why[200];
    fk_lock(f);
    int old = l->fd;
    l->fd = -1;
    int64_t left = l->down_until - fk_now_ms();
    bool stop = f->stopping;
    fk_unlock(f);
    (void)close(old);
    if (!stop && left > 0)
        fk_sleep(f, (uint64_t)left);
    fk_lock(f);
    stop = f->stopping;
    fk_unlock(f);
    return !stop && listen_on(l, why, sizeof why);
}

static void *accept_loop(void *arg)
{
    struct fk_listener *l = arg;
    for (;;) {
        int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            start_serving(l, fd);
        else if (errno != EINTR && errno != ECONNABORTED && !away(l))
            return NULL;
    }
}

void fk_listener_down(struct fake *f, struct fk_listener *l, uint64_t ms)
{
    fk_lock(f);
    l->down_until = fk_now_ms() + (int64_t)ms;
    if (l->fd >= 0)
        (void)shutdown(l->fd, SHUT_RDWR);
    for (size_t i = 0; l->role == FR_BE && i < FK_BUCKETS; i++)
        for (struct fk_txn *t = f->buckets[i]; t; t = t->next)
            t->lost |= t->face && t->be == l->index && t->state == FS_PREPARE;
    fk_unlock(f);
}

static struct fk_listener *add(struct fake *f, enum fk_role role, unsigned index, unsigned port,
                               bool tls)
{
    struct fk_listener *l = &f->listeners[f->nlisteners++];
    *l = (struct fk_listener){
        .f = f, .role = role, .index = index, .fd = -1, .port = port, .tls = tls};
    return l;
}

bool fake_start(struct fake *f, char *why, size_t nwhy)
{
    sigset_t old;
    if ((f->o.fe_tls || f->o.be_tls) &&
        !fake_certificate(f, f->o.cert, f->o.key, f->o.client_ca, why, nwhy))
        return false;
    (void)add(f, FR_LEADER, 0, (unsigned)f->o.fe_port, f->o.fe_tls);
    if (f->o.follower)
        (void)add(f, FR_FOLLOWER, 0, 0, f->o.fe_tls);
    if (f->o.proxy)
        (void)add(f, FR_PROXY, 0, 0, f->o.fe_tls);
    for (unsigned i = 0; i < f->o.be_count; i++)
        (void)add(f, FR_BE, i, i || !f->o.be_port ? 0 : (unsigned)f->o.be_port, f->o.be_tls);
    for (size_t i = 0; i < f->nlisteners; i++)
        if (!listen_on(&f->listeners[i], why, nwhy))
            return false;
    thread_quiet(&old);
    for (size_t i = 0; i < f->nlisteners; i++) {
        struct fk_listener *l = &f->listeners[i];
        l->running = pthread_create(&l->thread, NULL, accept_loop, l) == 0;
    }
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    f->started = true;
    return true;
}

/* --- life --- */

struct fake *fake_new(void)
{
    struct fake *f = fk_alloc(sizeof *f);
    (void)pthread_mutex_init(&f->lock, NULL);
    (void)pthread_cond_init(&f->change, NULL);
    for (size_t i = 0; i < OPTIONS; i++)
        (void)fake_set(f, options[i].name, options[i].otherwise);
    f->next_txn = 1000;
    return f;
}

static void stop(struct fake *f)
{
    fk_lock(f);
    f->stopping = true;
    for (size_t i = 0; i < f->nlisteners; i++)
        if (f->listeners[i].fd >= 0)
            (void)shutdown(f->listeners[i].fd, SHUT_RDWR);
    (void)pthread_cond_broadcast(&f->change);
    fk_unlock(f);
    for (size_t i = 0; i < f->nlisteners; i++) {
        if (f->listeners[i].running)
            (void)pthread_join(f->listeners[i].thread, NULL);
        else if (f->listeners[i].fd >= 0)
            (void)close(f->listeners[i].fd);
    }
    fk_lock(f);
    for (struct fk_conn *c = f->conns; c; c = c->next)
        (void)shutdown(c->fd, SHUT_RDWR);
    while (f->nthreads > 0)
        (void)pthread_cond_wait(&f->change, &f->lock);
    fk_unlock(f);
}

static void txn_free(struct fk_txn *t)
{
    while (t->loads) {
        struct fk_load *l = t->loads;
        t->loads = l->next;
        fk_load_free(l);
    }
    free(t->db);
    free(t->table);
    free(t->label);
    free(t->reason);
    free(t->signature);
    fk_sb_free(&t->errors);
    free(t);
}

void fake_free(struct fake *f)
{
    if (!f)
        return;
    stop(f);
    for (size_t i = 0; i < FK_BUCKETS; i++) {
        while (f->buckets[i]) {
            struct fk_txn *t = f->buckets[i];
            f->buckets[i] = t->next;
            txn_free(t);
        }
    }
    while (f->tables) {
        struct fk_table *t = f->tables;
        f->tables = t->next;
        fk_table_free(t);
    }
    for (size_t i = 0; i < OPTIONS; i++) {
        char *text;
        memcpy(&text, (char *)&f->o + options[i].at, sizeof text * (options[i].kind == KIND_text));
        if (options[i].kind == KIND_text)
            free(text);
    }
    for (size_t i = 0; i < FK_KEPT_REQUESTS; i++)
        free(f->kept[i]);
    for (size_t i = 0; i < f->nold_texts; i++)
        free(f->old_texts[i]);
    free(f->old_texts);
    free(f->rules);
    free(f->seen);
    SSL_CTX_free(f->ctx);
    (void)pthread_mutex_destroy(&f->lock);
    (void)pthread_cond_destroy(&f->change);
    free(f);
}
