/* opts.c - what the DSN's keys mean to the wire. */
#include "odbc/command/opts.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"

/* Connection attributes beyond these come from ATTR; the server keeps 64 KiB of them at most. */
#define ATTRS_MAX 64

static int no_memory(struct fault *f)
{
    return fault(f, RC_MEMORY, "out of memory while connecting");
}

static int make_hosts(struct opts *o, const struct dsn *d, struct fault *f)
{
    uint32_t seed = (uint32_t)clock_ms() ^ ((uint32_t)getpid() << 16);
    int rc = dsn_hosts(d, seed, &o->hosts, f);
    if (rc)
        return rc;
    struct session_host *list = arena_zalloc(&o->arena, o->hosts.n * sizeof(*list));
    if (!list)
        return no_memory(f);
    for (size_t i = 0; i < o->hosts.n; i++) {
        list[i].name = o->hosts.list[i].host;
        list[i].port = o->hosts.list[i].port;
    }
    o->wire.hosts = list;
    o->wire.nhosts = o->hosts.n;
    return RC_OK;
}

void opts_tls(struct tls_opts *t, const struct dsn *d)
{
    unsigned versions = dsn_tls_versions(d);
    t->mode = d->tls_mode;
#define TLS_OPTION(field, key) t->field = d->key;
#include "table/tls_option.def"
    t->versions = (versions & DSN_TLS_1_2 ? TLS_V12 : 0u) | (versions & DSN_TLS_1_3 ? TLS_V13 : 0u);
}

struct attr_list {
    struct session_attr *list;
    size_t n;
    struct arena *arena;
    bool broken; /* no memory */
};

/* A name that is there already gets the new value. */
static void put_attr(struct attr_list *a, const char *key, size_t nkey, const char *value,
                     size_t nvalue)
{
    char *k = arena_dup(a->arena, key, nkey);
    char *v = arena_dup(a->arena, value, nvalue);
    if (!k || !v) {
        a->broken = true;
        return;
    }
    size_t i = 0;
    while (i < a->n && strcmp(a->list[i].key, k) != 0)
        i++;
    if (i == ATTRS_MAX)
        return;
    a->list[i] = (struct session_attr){k, v};
    a->n += i == a->n;
}

static void put_word(struct attr_list *a, const char *key, const char *value)
{
    put_attr(a, key, strlen(key), value, strlen(value));
}

/* The name of the process's program without its folder. */
static void put_program(struct attr_list *a)
{
    char path[1024];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (n <= 0)
        return;
    path[n] = '\0';
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (text_valid(name, strlen(name)))
        put_word(a, "program_name", name);
}

static int make_attrs(struct opts *o, const struct dsn *d, struct fault *f)
{
    struct attr_list a = {.arena = &o->arena};
    char pid[NUM_INT_CHARS];
    struct utsname os;
    char token[SESSION_TOKEN_CHARS];
    a.list = arena_zalloc(&o->arena, ATTRS_MAX * sizeof(*a.list));
    if (!a.list)
        return no_memory(f);
    int rc = session_token(token, f);
    if (rc)
        return rc;
    put_word(&a, SESSION_TOKEN_KEY, token); /* first: servers keep 512 bytes */
    put_word(&a, "_client_name", "MyWire");
    put_word(&a, "_client_version", MYWIRE_VERSION);
    put_attr(&a, "_pid", 4, pid, num_put_i64(pid, (int64_t)getpid()));
    if (uname(&os) >= 0) {
        put_word(&a, "_os", os.sysname);
        put_word(&a, "_platform", os.machine);
    }
    put_program(&a);
    if (d->app)
        put_word(&a, "program_name", d->app);
    const char *at = d->attr;
    struct dsn_pair pair;
    while (at && dsn_pairs_next(&at, &pair))
        put_attr(&a, pair.name, pair.nname, pair.value, pair.nvalue);
    if (a.broken)
        return no_memory(f);
    o->wire.attrs = a.list;
    o->wire.nattrs = a.n;
    return RC_OK;
}

static unsigned compress_of(const struct dsn *d)
{
    static const unsigned bits[] = {[DSN_COMPRESS_ANY] = COMPRESS_ZLIB | COMPRESS_ZSTD,
                                    [DSN_COMPRESS_ZLIB] = COMPRESS_ZLIB,
                                    [DSN_COMPRESS_ZSTD] = COMPRESS_ZSTD};
    return d->compress ? bits[d->compression] : COMPRESS_NONE;
}

int opts_make(struct opts *o, const struct dsn *d, struct fault *f)
{
    struct session_opts *w = &o->wire;
    int rc = make_hosts(o, d, f);
    if (!rc)
        rc = make_attrs(o, d, f);
    if (rc)
        return rc;
    opts_tls(&w->tls, d);
    w->socket = d->socket;
    w->user = d->uid ? d->uid : "";
    w->password[0] = d->pwd; /* dsn_finish has made PWD of PWD1 */
    w->password[1] = d->pwd2;
    w->password[2] = d->pwd3;
    w->database = d->database;
    w->default_auth = d->default_auth;
    w->zero_config = d->ssl_zero_config;
    w->allow_cleartext = d->enable_cleartext;
    w->get_server_public_key = d->get_server_public_key;
    w->rsa_key_file = d->rsa_key;
    w->openid_token = d->token;
    w->local_infile_dir = d->no_local_infile ? NULL : d->local_dir;
    w->compress = compress_of(d);
    w->found_rows = d->found_rows;
    w->multi_statements = d->multi_statements;
    w->interactive = d->interactive;
    w->ignore_space = d->ignore_space;
    w->can_handle_expired_password = d->can_handle_exp_pwd;
    return RC_OK;
}

void opts_clear(struct opts *o)
{
    dsn_hosts_clear(&o->hosts);
    arena_clear(&o->arena);
    memset(o, 0, sizeof(*o));
}
