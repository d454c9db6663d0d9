/* http.c - the only door to libcurl.
 *
 * curl_multi is driven here, in the caller's thread, so that a deadline and *stop end any
 * wait.  Three of libcurl's habits are overruled: it would send a body when "100 Continue" is late,
 * or after an answer 417 (our read callback hands out nothing before 100); and it would go on
 * sending to a server that has answered already (the call ends as soon as the answer is whole).
 * Source: libcurl's manual pages; observed with libcurl 7.88. */
#include "bulk/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "net/sock_foreign.h"

#define MAX_HEADERS    128
#define HEAD_BYTES     262144 /* of all header lines of an answer */
#define PUSH_BYTES     262144
#define LOCATION_BYTES 16384
#define SEND_BYTES     262144 /* more is slower: it leaves the cache before it is encrypted */
#define IDLE_MS        120000 /* without any byte moving, while an answer is not only being waited for */
#define QUIET_MS       1000 /* after which an early answer is taken to be whole */

/* ---- the library ---- */

/* clang-format off */
#define CURL_FUNCTIONS(X) \
    X(global_init) X(version_info) \
    X(easy_init) X(easy_cleanup) X(easy_reset) X(easy_setopt) X(easy_getinfo) X(easy_pause) X(easy_strerror) \
    X(multi_init) X(multi_cleanup) X(multi_add_handle) X(multi_remove_handle) X(multi_perform) \
    X(multi_poll) X(multi_wakeup) X(multi_info_read)
/* clang-format on */

#undef curl_easy_setopt /* macros that check types of direct calls */
#undef curl_easy_getinfo

static struct {
    pthread_once_t once;
    bool tls; /* on our OpenSSL */
    struct fault why;
    char version[160];
#define MEMBER(name) __typeof__(&curl_##name) name;
    CURL_FUNCTIONS(MEMBER)
#undef MEMBER
} lib = {.once = PTHREAD_ONCE_INIT};

static bool lib_find(void *so, const char *name, void *to)
{
    void *p = dlsym(so, name);
    memcpy(to, &p, sizeof p); /* a pointer to a function, which C does not let one cast */
    return p != NULL;
}

static void lib_start(void)
{
    if (lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        (void)fault(&lib.why, RC_UNSUPPORTED, "Stream Load: libcurl cannot be initialised");
        return;
    }
    const curl_version_info_data *v = lib.version_info(CURLVERSION_NOW);
    lib.tls = v->ssl_version && tls_guard_fits(v->ssl_version);
    (void)snprintf(lib.version, sizeof lib.version, "libcurl %s with %s", v->version,
                   v->ssl_version ? v->ssl_version : "no TLS"); /* cut is fine */
}

static void lib_open(void)
{
    void *so = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!so) {
        const char *why = dlerror();
        (void)fault(&lib.why, RC_UNSUPPORTED,
                    "Stream Load needs libcurl, which cannot be opened (%s). Install the package "
                    "libcurl4 (Debian, Ubuntu, SUSE) or libcurl (Red Hat), or set STREAMLOAD=OFF",
                    why ? why : "no reason given");
        return;
    }
    const char *missing = NULL;
#define FIND(name)                                                                                 \
    if (!lib_find(so, "curl_" #name, &lib.name))                                                   \
        missing = "curl_" #name;
    CURL_FUNCTIONS(FIND)
#undef FIND
    if (missing)
        (void)fault(&lib.why, RC_UNSUPPORTED,
                    "Stream Load needs libcurl 7.68 or newer; the one found lacks %s", missing);
    else
        lib_start();
}

/* ---- the client ---- */

struct guard {
    char host[URL_HOST_CHARS];
    struct tls_guard *guard;
    struct guard *next;
};

struct http {
    const struct tls_opts *tls;
    bool allow_unproved; /* see http.h */
    bool is_raised;      /* the options would prove nothing, so it is VERIFY_IDENTITY */
    struct log *log;
    pthread_mutex_t lock; /* of multi, against http_wake */
    CURLM *multi;
    CURL *easy;
    struct tls_context *ctx;
    struct guard *guards;
    const atomic_bool *stop; /* somebody wants the wait to end */

    struct http_call *call; /* NULL: none runs */
    struct guard *guard;    /* of the call; NULL: plain */
    struct curl_slist lines[MAX_HEADERS];
    bool set_failed; /* an option was not taken */
    bool ended;      /* libcurl is done with it: */
    CURLcode code;
    bool refused; /* by tls_guard_check: words */
    struct fault words;
    char error[CURL_ERROR_SIZE];
    size_t head;        /* bytes of header lines so far */
    bool head_whole;    /* the final answer's header lines came to their end */
    int64_t length;     /* Content-Length; -1: not told */
    bool too_long;      /* the answer */
    bool cut;           /* the answer, as wanted */
    bool paused;        /* the body */
    int64_t uploaded;   /* bytes that left, by libcurl's count */
    bool closing;       /* a push body was ended */
    int64_t moved;      /* when a byte moved last */
    struct buf pending; /* of a pushed body */
    size_t pending_at;
};

static void transport_close(struct http *h)
{
    (void)pthread_mutex_lock(&h->lock); /* a plain mutex never held twice cannot fail */
    CURLM *multi = h->multi;
    h->multi = NULL;
    (void)pthread_mutex_unlock(&h->lock); /* as above */
    struct quiet q;
    quiet_begin(&q); /* connections say goodbye */
    if (h->easy)
        lib.easy_cleanup(h->easy);
    if (multi)
        (void)lib.multi_cleanup(multi); /* nothing is left in it */
    quiet_end(&q);
    h->easy = NULL;
    while (h->guards) { /* no connection uses them any more */
        struct guard *g = h->guards;
        h->guards = g->next;
        tls_guard_free(g->guard);
        free(g);
    }
    tls_context_put(h->ctx);
    h->ctx = NULL;
}

static int transport_open(struct http *h, struct fault *f)
{
    if (h->multi)
        return RC_OK;
    CURLM *multi = lib.multi_init();
    h->easy = lib.easy_init();
    (void)pthread_mutex_lock(&h->lock); /* as above */
    h->multi = multi;
    (void)pthread_mutex_unlock(&h->lock); /* as above */
    if (h->multi && h->easy)
        return RC_OK;
    transport_close(h);
    return fault(f, RC_MEMORY, "out of memory for HTTP");
}

int http_new(const struct tls_opts *tls, bool allow_unproved, struct log *log,
             const atomic_bool *stop, struct http **out, struct fault *f)
{
    (void)pthread_once(&lib.once, lib_open); /* cannot fail with a valid control */
    if (lib.why.rc) {
        if (f)
            *f = lib.why;
        return lib.why.rc;
    }
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        return fault(f, RC_MEMORY, "out of memory for HTTP");
    h->tls = tls;
    h->allow_unproved = allow_unproved;
    h->log = log;
    h->stop = stop;
    (void)pthread_mutex_init(&h->lock, NULL); /* cannot fail without attributes */
    int rc = transport_open(h, f);
    if (rc) {
        http_free(h);
        return rc;
    }
    log_line(log, LOG_INFO, "Stream Load: %s", lib.version);
    *out = h;
    return RC_OK;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    http_stop(h);
    transport_close(h);
    buf_clear(&h->pending);
    (void)pthread_mutex_destroy(&h->lock); /* not held */
    free(h);
}

/* ---- TLS ---- */

static int guard_make(struct http *h, const char *host, struct guard **out, struct fault *f)
{
    struct guard *g = calloc(1, sizeof *g);
    if (!g)
        return fault(f, RC_MEMORY, "out of memory for TLS");
    int rc = tls_guard_new(h->ctx, host, &g->guard, f);
    if (rc) {
        free(g);
        return rc;
    }
    (void)snprintf(g->host, sizeof g->host, "%s", host); /* fits: both are bounded alike */
    g->next = h->guards;
    h->guards = g;
    *out = g;
    return RC_OK;
}

/* The context that the options ask for, or one that proves who the server is. */
static int context_get(struct http *h, struct tls_context **out, struct fault *f)
{
    struct tls_opts o = *h->tls;
    o.mode = tls_mode_stronger(o.mode, TLS_REQUIRED);
    o.may_prove_later = false;
    int rc = tls_context_get(&o, out, f);
    h->is_raised = !rc && !h->allow_unproved && !tls_context_proves(*out);
    if (!h->is_raised)
        return rc;
    tls_context_put(*out);
    o.mode = TLS_VERIFY_IDENTITY;
    return tls_context_get(&o, out, f);
}

/* The context may be a new one because certificates were renewed: then all connections are made
 * anew. */
static int context_refresh(struct http *h, struct fault *f)
{
    struct tls_context *now = NULL;
    int rc = context_get(h, &now, f);
    if (rc)
        return rc;
    if (h->ctx == now) {
        tls_context_put(now);
        return RC_OK;
    }
    if (h->ctx) {
        transport_close(h);
        rc = transport_open(h, f);
    }
    h->ctx = now;
    return rc;
}

static int guard_find(struct http *h, const struct url *url, struct fault *f)
{
    h->guard = NULL;
    if (!url->tls)
        return RC_OK;
    if (!lib.tls)
        return fault(f, RC_UNSUPPORTED,
                     "Stream Load over https needs a libcurl on the OpenSSL that this driver uses; "
                     "found: %s. Install the OpenSSL flavour of libcurl (Debian: libcurl4), or use "
                     "an http URL on a network that you trust",
                     lib.version);
    int rc = context_refresh(h, f);
    if (rc)
        return rc;
    for (h->guard = h->guards; h->guard; h->guard = h->guard->next)
        if (strcmp(h->guard->host, url->host) == 0)
            break;
    if (!h->guard)
        rc = guard_make(h, url->host, &h->guard, f);
    if (!rc)
        tls_guard_forget(h->guard->guard);
    return rc;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx)
{
    struct http *h = ctx;
    (void)easy;
    return tls_guard_apply(h->guard->guard, ssl_ctx, &h->words) ? CURLE_SSL_CERTPROBLEM : CURLE_OK;
}

/* The connection is made; nothing has been sent. */
static int on_connected(void *ctx, char *peer, char *own, int peer_port, int own_port)
{
    struct http *h = ctx;
    struct curl_tlssessioninfo *info = NULL;
    (void)peer;
    (void)own;
    (void)peer_port;
    (void)own_port;
    if (!h->guard)
        return CURL_PREREQFUNC_OK;
    if (lib.easy_getinfo(h->easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK)
        info = NULL;
    void *ssl = info && info->backend == CURLSSLBACKEND_OPENSSL ? info->internals : NULL;
    h->refused = tls_guard_check(h->guard->guard, ssl, &h->words) != RC_OK;
    return h->refused ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* ---- what libcurl calls ---- */

static bool prefix_is(const char *p, size_t n, const char *word)
{
    size_t k = strlen(word);
    for (size_t i = 0; i < k; i++)
        if (i >= n || (p[i] | 0x20) != word[i])
            return false;
    return true;
}

static void on_status_line(struct http *h, const char *p, size_t n)
{
    const char *space = memchr(p, ' ', n);
    uint64_t code = 0;
    if (!space || (size_t)(p + n - space) < 4 || num_get_u64(space + 1, 3, &code) != NUM_OK)
        return;
    if (code == 100)
        h->call->continued = true;
    if (code < 200)
        return;
    h->call->status = (unsigned)code;
    h->length = -1;
    buf_reset(&h->call->answer);
    buf_reset(&h->call->location);
}

static size_t on_header(char *p, size_t one, size_t n, void *ctx)
{
    struct http *h = ctx;
    struct http_call *c = h->call;
    (void)one;
    h->moved = clock_ms();
    h->head += n;
    if (h->head > HEAD_BYTES) {
        h->too_long = true;
        return 0;
    }
    if (prefix_is(p, n, "http/"))
        on_status_line(h, p, n);
    if (c->status && (p[0] == '\r' || p[0] == '\n'))
        h->head_whole = true;
    const char *colon = memchr(p, ':', n);
    if (c->status && colon) {
        const char *value = colon + 1;
        size_t len = (size_t)(p + n - value);
        while (len && strchr(" \t\r\n", value[len - 1]))
            len--;
        num_trim(&value, &len);
        if (prefix_is(p, n, "location:") && !c->location.len && len <= LOCATION_BYTES)
            buf_put(&c->location, value, len);
        if (prefix_is(p, n, "content-length:") && num_get_i64(value, len, &h->length) != NUM_OK)
            h->length = -1;
    }
    return c->status == 417 ? 0 : n; /* on 417 libcurl would come again with the body */
}

static size_t on_answer(char *p, size_t one, size_t n, void *ctx)
{
    struct http *h = ctx;
    (void)one;
    h->moved = clock_ms();
    struct http_call *c = h->call;
    size_t room = c->max_answer - c->answer.len;
    h->cut = c->may_cut && n > room;
    buf_put(&c->answer, p, h->cut ? room : n);
    h->too_long = !h->cut && n > room;
    return !buf_ok(&c->answer) || h->cut ? 0 : n;
}

static size_t read_pull(struct http *h, unsigned char *p, size_t cap)
{
    struct http_call *c = h->call;
    size_t done = 0;
    while (done < cap) {
        size_t n = 0;
        c->body_rc = c->read(c->ctx, p + done, cap - done, &n, &h->words);
        if (c->body_rc)
            return CURL_READFUNC_ABORT;
        c->body_ended = n == 0;
        if (n == 0)
            break;
        done += n;
    }
    if (c->body_ended && c->size >= 0 && c->sent + (int64_t)done < c->size) {
        c->body_ended = false;
        c->body_rc =
            fault(&h->words, RC_CONFIG, "Stream Load: the data ended after %lld of %lld bytes",
                  (long long)c->sent + (long long)done, (long long)c->size);
        return CURL_READFUNC_ABORT;
    }
    /* a size known beforehand: libcurl does not ask again for nothing */
    if (c->size >= 0 && c->sent + (int64_t)done >= c->size)
        c->body_ended = true;
    return done;
}

static size_t read_push(struct http *h, unsigned char *p, size_t cap)
{
    size_t n = h->pending.len - h->pending_at;
    if (n == 0 && !h->closing) {
        h->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    n = n < cap ? n : cap;
    if (n)
        memcpy(p, h->pending.p + h->pending_at, n);
    h->pending_at += n;
    if (h->pending_at == h->pending.len) {
        buf_reset(&h->pending);
        h->pending_at = 0;
    }
    h->call->body_ended = n == 0;
    return n;
}

static size_t on_body(char *p, size_t one, size_t n, void *ctx)
{
    struct http *h = ctx;
    struct http_call *c = h->call;
    (void)one;
    if (c->status || (c->wait_for_100 && !c->continued)) {
        h->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    h->moved = clock_ms();
    size_t got =
        c->read ? read_pull(h, (unsigned char *)p, n) : read_push(h, (unsigned char *)p, n);
    if (got != CURL_READFUNC_PAUSE && got != CURL_READFUNC_ABORT)
        c->sent += (int64_t)got;
    return got;
}

/* ---- a call ---- */

static void check(struct http *h, CURLcode code)
{
    if (code != CURLE_OK)
        h->set_failed = true;
}

static void set_long(struct http *h, CURLoption option, long value)
{
    check(h, lib.easy_setopt(h->easy, option, value));
}

static void set_ptr(struct http *h, CURLoption option, const void *value)
{
    check(h, lib.easy_setopt(h->easy, option, value));
}

static void set_size(struct http *h, CURLoption option, int64_t value)
{
    check(h, lib.easy_setopt(h->easy, option, (curl_off_t)value));
}

static long long_of(int64_t ms)
{
    return ms > INT32_MAX ? INT32_MAX : ms < 1 ? 1 : (long)ms;
}

/* Not inherited by children of the host: a load ends with its connection. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    (void)ctx;
    (void)purpose;
    return sock_foreign_open(a->family, a->socktype, a->protocol);
}

static void set_callbacks(struct http *h)
{
    check(h, lib.easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, on_header));
    check(h, lib.easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, on_answer));
    check(h, lib.easy_setopt(h->easy, CURLOPT_READFUNCTION, on_body));
    check(h, lib.easy_setopt(h->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket));
    set_ptr(h, CURLOPT_HEADERDATA, h);
    set_ptr(h, CURLOPT_WRITEDATA, h);
    set_ptr(h, CURLOPT_READDATA, h);
    set_ptr(h, CURLOPT_ERRORBUFFER, h->error);
}

static void set_tls(struct http *h)
{
    set_long(h, CURLOPT_SSL_VERIFYPEER, 0); /* the verdict is ours: on_ssl_ctx, on_connected */
    set_long(h, CURLOPT_SSL_VERIFYHOST, 0);
    set_long(h, CURLOPT_SSL_ENABLE_ALPN, 0);
    check(h, lib.easy_setopt(h->easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx));
    set_ptr(h, CURLOPT_SSL_CTX_DATA, h);
    CURLcode old = lib.easy_setopt(h->easy, CURLOPT_PREREQFUNCTION, on_connected);
    if (old == CURLE_UNKNOWN_OPTION) /* before 7.80: then no session is resumed unseen */
        set_long(h, CURLOPT_SSL_SESSIONID_CACHE, 0);
    else
        set_ptr(h, CURLOPT_PREREQDATA, h);
}

static void set_body(struct http *h, const struct http_call *c)
{
    if (c->has_body) {
        set_long(h, CURLOPT_UPLOAD, 1);
        set_long(h, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BYTES);
        set_long(h, CURLOPT_EXPECT_100_TIMEOUT_MS, INT32_MAX); /* our deadline ends the wait */
        set_size(h, CURLOPT_INFILESIZE_LARGE, c->size);
    } else if (strcmp(c->method, "GET") != 0) {
        set_long(h, CURLOPT_POST, 1);
        set_ptr(h, CURLOPT_POSTFIELDS, "");
        set_long(h, CURLOPT_POSTFIELDSIZE, 0);
    }
    set_ptr(h, CURLOPT_CUSTOMREQUEST, c->method);
}

/* libcurl's list, made of our own nodes so that no copy of the login stays in freed memory. */
static int set_headers(struct http *h, const struct http_call *c, struct fault *f)
{
    size_t n = 0;
    for (; c->headers[n]; n++) {
        if (n >= MAX_HEADERS)
            return fault(f, RC_CONFIG, "Stream Load: more than %d headers", MAX_HEADERS);
        /* libcurl does not write to the lines */
        memcpy(&h->lines[n].data, &c->headers[n], sizeof h->lines[n].data);
        h->lines[n].next = NULL;
        if (n)
            h->lines[n - 1].next = &h->lines[n];
    }
    set_ptr(h, CURLOPT_HTTPHEADER, n ? h->lines : NULL);
    return RC_OK;
}

static int set_up(struct http *h, const struct http_call *c, struct fault *f)
{
    struct buf url;
    buf_init(&url, 0);
    buf_printf(&url, "%s%.*s", c->url->origin, (int)c->url->path.len,
               c->url->path.p ? (const char *)c->url->path.p : "");
    lib.easy_reset(h->easy);
    h->set_failed = false;
    set_callbacks(h);
    set_ptr(h, CURLOPT_URL, buf_str(&url)); /* libcurl copies it */
    bool ok = buf_ok(&url);
    buf_clear(&url);
    set_long(h, CURLOPT_NOSIGNAL, 1);
    set_long(h, CURLOPT_FOLLOWLOCATION, 0);
    set_long(h, CURLOPT_PATH_AS_IS, 1); /* what was checked is what is sent */
    set_long(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set_long(h, CURLOPT_CONNECTTIMEOUT_MS, long_of(c->connect_timeout_ms));
    set_long(h, CURLOPT_TCP_KEEPALIVE, 1);
    set_ptr(h, CURLOPT_PROXY, "");
    set_ptr(h, CURLOPT_USERAGENT, "MyWire/" MYWIRE_VERSION);
    /* a second lock only: URLs are http and https, and before 7.85 the option does not exist */
    (void)lib.easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (h->guard)
        set_tls(h);
    set_body(h, c);
    int rc = set_headers(h, c, f);
    if (rc)
        return rc;
    if (!ok)
        return fault(f, RC_MEMORY, "out of memory for HTTP");
    return h->set_failed ? fault(f, RC_UNSUPPORTED,
                                 "Stream Load: this libcurl does not take an option (%s). Install "
                                 "libcurl 7.80 or newer",
                                 lib.version)
                         : RC_OK;
}

int http_start(struct http *h, struct http_call *c, struct fault *f)
{
    http_stop(h);
    buf_clear(&c->answer);
    buf_clear(&c->location);
    buf_init(&c->answer, c->max_answer);
    buf_init(&c->location, LOCATION_BYTES);
    buf_init(&h->pending, PUSH_BYTES);
    c->status = 0;
    c->asked = c->continued = c->body_ended = c->is_foreign = false;
    c->sent = 0;
    c->body_rc = RC_OK;
    fault_clear(&h->words);
    h->head_whole = h->ended = h->refused = h->too_long = h->cut = h->paused = h->closing = false;
    h->head = h->pending_at = 0;
    h->uploaded = 0;
    h->length = -1;
    h->error[0] = 0;
    int rc = guard_find(h, c->url, f);
    if (!rc)
        rc = transport_open(h, f);
    if (!rc)
        rc = set_up(h, c, f);
    if (!rc && lib.multi_add_handle(h->multi, h->easy) != CURLM_OK)
        rc = fault(f, RC_MEMORY, "out of memory for HTTP");
    if (rc)
        return rc;
    h->call = c;
    return RC_OK;
}

void http_stop(struct http *h)
{
    if (!h->call)
        return;
    struct quiet q;
    quiet_begin(&q);
    (void)lib.multi_remove_handle(h->multi, h->easy); /* it is in there */
    quiet_end(&q);
    h->call = NULL;
    buf_clear(&h->pending);
}

/* ---- waiting ---- */

static bool sending(const struct http *h)
{
    return h->call->has_body && !h->call->body_ended;
}

/* The server has answered though the body is not through. */
static bool answered_early(const struct http *h)
{
    const struct http_call *c = h->call;
    if (!h->head_whole || !sending(h))
        return false;
    return (h->length >= 0 && (int64_t)c->answer.len >= h->length) ||
           (c->status >= 300 && c->status < 400 && c->location.len) ||
           (c->whole && c->whole(&c->answer)) || clock_ms() - h->moved > QUIET_MS;
}

static void collect(struct http *h)
{
    int left = 0;
    for (CURLMsg *m = lib.multi_info_read(h->multi, &left); m;
         m = lib.multi_info_read(h->multi, &left))
        if (m->msg == CURLMSG_DONE) {
            h->ended = true;
            h->code = m->data.result;
        }
}

static int64_t due(const struct http *h)
{
    const struct http_call *c = h->call;
    bool is_beginning = c->begin_deadline && c->wait_for_100 && !c->continued && !c->status;
    return is_beginning && c->begin_deadline < c->deadline ? c->begin_deadline : c->deadline;
}

static int64_t patience(const struct http *h)
{
    int64_t ms = deadline_left(due(h));
    if (ms < 0 || ms > 1000)
        ms = 1000;
    return h->call->status && sending(h) && ms > 100 ? 100 : ms;
}

static int late(struct http *h, struct fault *f)
{
    const struct http_call *c = h->call;
    const char *step = !c->asked && h->guard ? "the connection and its TLS; is it a port of http?"
                       : !c->asked           ? "the connection"
                       : c->body_ended       ? "its answer after the last byte"
                       : c->sent             ? "it to take more bytes"
                       : c->wait_for_100     ? "it to ask for the data"
                                             : "its answer";
    return fault(f, RC_TIMEOUT, "HTTP: %s: time is up, waiting for %s", c->url->origin, step);
}

static void note_progress(struct http *h)
{
    long bytes = 0;
    curl_off_t up = 0;
    if (lib.easy_getinfo(h->easy, CURLINFO_SIZE_UPLOAD_T, &up) == CURLE_OK && up != h->uploaded) {
        h->uploaded = up;
        h->moved = clock_ms();
    }
    if (!h->call->asked && lib.easy_getinfo(h->easy, CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK)
        h->call->asked = bytes > 0;
}

/* One round; RC_OK: go on. */
static int step(struct http *h, struct fault *f)
{
    int running = 0;
    if (atomic_load(h->stop))
        return fault(f, RC_CANCELLED, "HTTP: %s: cancelled by this program", h->call->url->origin);
    struct quiet q;
    quiet_begin(&q);
    CURLMcode done = lib.multi_perform(h->multi, &running);
    quiet_end(&q);
    if (done != CURLM_OK)
        return fault(f, RC_MEMORY, "HTTP: %s: libcurl cannot go on", h->call->url->origin);
    note_progress(h);
    collect(h);
    if (h->ended || answered_early(h))
        return RC_OK;
    bool waits_only = h->call->asked && !sending(h);
    if (deadline_left(due(h)) == 0 || (!waits_only && clock_ms() - h->moved > IDLE_MS))
        return late(h, f);
    return RC_OK;
}

static int nap(struct http *h, struct fault *f)
{
    if (lib.multi_poll(h->multi, NULL, 0, (int)patience(h), NULL) != CURLM_OK)
        return fault(f, RC_MEMORY, "HTTP: %s: libcurl cannot wait", h->call->url->origin);
    return RC_OK;
}

static void resume(struct http *h)
{
    const struct http_call *c = h->call;
    bool may = !c->status && (!c->wait_for_100 || c->continued);
    if (!h->paused || !may || (!c->read && !h->pending.len && !h->closing))
        return;
    h->paused = false;
    (void)lib.easy_pause(h->easy, CURLPAUSE_CONT); /* what it fails with, the transfer ends with */
}

typedef bool until_fn(const struct http *h);

static int drive(struct http *h, until_fn *until, struct fault *f)
{
    h->moved = clock_ms();
    for (;;) {
        resume(h);
        int rc = step(h, f);
        if (rc)
            return rc;
        if (h->ended || answered_early(h) || until(h))
            return RC_OK;
        rc = nap(h, f);
        if (rc)
            return rc;
    }
}

static bool until_end(const struct http *h)
{
    (void)h;
    return false;
}

static bool until_body(const struct http *h)
{
    return h->call->continued || (!h->call->wait_for_100 && h->call->asked);
}

static bool until_taken(const struct http *h)
{
    return h->pending.len == 0;
}

/* ---- the end ---- */

static const struct {
    CURLcode code;
    int rc;
} kinds[] = {
    {CURLE_COULDNT_RESOLVE_HOST, RC_CONNECT},  {CURLE_COULDNT_CONNECT, RC_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, RC_CONNECT},    {CURLE_OUT_OF_MEMORY, RC_MEMORY},
    {CURLE_SSL_CONNECT_ERROR, RC_TLS},         {CURLE_PEER_FAILED_VERIFICATION, RC_TLS},
    {CURLE_SSL_CERTPROBLEM, RC_TLS},           {CURLE_SSL_CIPHER, RC_TLS},
    {CURLE_UNSUPPORTED_PROTOCOL, RC_PROTOCOL}, {CURLE_WEIRD_SERVER_REPLY, RC_PROTOCOL},
    {CURLE_BAD_CONTENT_ENCODING, RC_PROTOCOL},
};

static int kind_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].code == code)
            return kinds[i].rc;
    return RC_LOST;
}

/* A handshake that ended without TLS saying why is a broken connection. */
static int broken(struct http *h, struct fault *f)
{
    const char *words = h->error[0]           ? h->error
                        : h->code == CURLE_OK ? "the answer breaks off in its header"
                                              : lib.easy_strerror(h->code);
    int rc = kind_of(h->code);
    h->call->is_foreign =
        h->code == CURLE_UNSUPPORTED_PROTOCOL || h->code == CURLE_WEIRD_SERVER_REPLY;
    if (h->call->is_foreign)
        return fault(
            f, RC_PROTOCOL,
            "HTTP: %s: what answers there does not speak HTTP; is it the port of something "
            "else, or of https?",
            h->call->url->origin);
    if (h->code == CURLE_GOT_NOTHING)
        return fault(f, RC_LOST, "HTTP: %s: the connection was closed without an answer%s",
                     h->call->url->origin, h->guard ? "" : "; is it a port of https?");
    if (rc == RC_TLS && (strstr(words, "SSL_ERROR_SYSCALL") || strstr(words, "unexpected eof")))
        rc = RC_LOST;
    return fault(f, rc, "HTTP: %s: %s", h->call->url->origin, words);
}

static int explain_tls(const struct http *h, struct fault *f)
{
    if (!f)
        return RC_TLS;
    if (h->is_raised)
        (void)fault_suffix(f,
                           ". Over https the password of Stream Load is shown to a server that "
                           "proves who it is, whatever SSLMODE says: give SSLCA or TLSPEERFP, or "
                           "allow it in the DSN with ENABLE_CLEARTEXT_PLUGIN=1");
    return fault_prefix(f, "%s: ", h->call->url->origin);
}

static int explain(struct http *h, struct fault *f)
{
    struct http_call *c = h->call;
    bool tls = h->refused || (h->guard && tls_guard_refusal(h->guard->guard, &h->words));
    if ((c->body_rc || tls) && f)
        *f = h->words;
    if (c->body_rc)
        return c->body_rc;
    if (tls)
        return explain_tls(h, f);
    if (h->too_long)
        return fault(f, RC_PROTOCOL, "HTTP: %s: the answer is too long", c->url->origin);
    if (!buf_ok(&c->answer) || !buf_ok(&c->location))
        return fault(f, RC_MEMORY, "HTTP: %s: no memory for the answer", c->url->origin);
    return broken(h, f);
}

/* The call is over: an answer, or why there is none. */
static int settle(struct http *h, struct fault *f)
{
    struct http_call *c = h->call;
    bool whole = h->head_whole || c->status == 417;
    bool good = whole && !c->body_rc && !h->too_long && buf_ok(&c->answer) &&
                (!h->ended || h->code == CURLE_OK || h->cut || c->status == 417 ||
                 (c->whole && c->whole(&c->answer)));
    int rc = good ? RC_OK : explain(h, f);
    log_line(h->log, LOG_TRACE, "HTTP: %s %s: %u, %lld bytes sent", c->method, c->url->origin,
             c->status, (long long)c->sent);
    http_stop(h);
    return rc;
}

int http_wait(struct http *h, bool to_body, struct fault *f)
{
    if (!h->call)
        return fault(f, RC_CONFIG, "HTTP: there is no request to wait for");
    int rc = drive(h, to_body ? until_body : until_end, f);
    if (rc) {
        http_stop(h);
        return rc;
    }
    if (to_body && !h->ended && !answered_early(h))
        return RC_OK;
    return settle(h, f);
}

int http_push(struct http *h, const void *p, size_t n, struct fault *f)
{
    const unsigned char *from = p;
    while (n && h->call && !h->ended) {
        size_t room = PUSH_BYTES - h->pending.len;
        size_t k = n < room ? n : room;
        buf_put(&h->pending, from, k);
        if (!buf_ok(&h->pending))
            return fault(f, RC_MEMORY, "out of memory for HTTP");
        from += k;
        n -= k;
        if (h->pending.len < PUSH_BYTES)
            return RC_OK;
        int rc = drive(h, until_taken, f);
        if (rc || answered_early(h))
            return rc;
    }
    return RC_OK;
}

void http_end_body(struct http *h)
{
    h->closing = true;
}

int http_sleep(struct http *h, int64_t ms, struct fault *f)
{
    int64_t end = clock_ms() + ms;
    for (int64_t left = ms; left > 0; left = end - clock_ms()) {
        if (atomic_load(h->stop))
            return fault(f, RC_CANCELLED, "Stream Load: cancelled by this program");
        int rc = transport_open(h, f);
        if (rc)
            return rc;
        if (lib.multi_poll(h->multi, NULL, 0, left > 1000 ? 1000 : (int)left, NULL) != CURLM_OK)
            return fault(f, RC_MEMORY, "HTTP: libcurl cannot wait");
    }
    return RC_OK;
}

void http_wake(struct http *h)
{
    (void)pthread_mutex_lock(&h->lock); /* as above */
    if (h->multi)
        (void)lib.multi_wakeup(h->multi); /* the wait ends within a second anyway */
    (void)pthread_mutex_unlock(&h->lock); /* as above */
}

void http_call_clear(struct http_call *c)
{
    buf_clear(&c->answer);
    buf_clear(&c->location);
}
