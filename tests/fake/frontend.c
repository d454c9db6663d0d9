/* frontend.c - a server that cannot do all that MySQL does. */
#include "fake/frontend.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CMD_QUIT = 1,
    CMD_USE,
    CMD_QUERY,
    CMD_PREPARE = 0x16,
    CMD_EXECUTE,
    CMD_LONG_DATA,
    CMD_CLOSE
};
enum { PACKET_MAX = 8 << 20 };

struct frontend {
    struct frontend_plan plan;
    struct frontend_counts counts;
    const char *zone;
    const struct frontend_column *columns;
    const char *column;   /* NULL: "echo" */
    pthread_mutex_t lock; /* of counts */
    pthread_t thread;
    int listener, client;
    unsigned port;
    bool stopping;
    unsigned char seq;
    unsigned char *in; /* PACKET_MAX bytes */
    size_t in_len;
    unsigned nparams; /* of the statement prepared last */
    char database[100];
};

/* --- packets ---------------------------------------------------------------------------------- */

static bool read_all(int fd, void *to, size_t n)
{
    for (size_t got = 0; got < n;) {
        ssize_t r = recv(fd, (char *)to + got, n - got, 0);
        if (r <= 0)
            return false;
        got += (size_t)r;
    }
    return true;
}

static bool read_packet(struct frontend *f)
{
    unsigned char head[4];
    if (!read_all(f->client, head, 4))
        return false;
    f->in_len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    f->seq = (unsigned char)(head[3] + 1);
    return f->in_len <= PACKET_MAX && read_all(f->client, f->in, f->in_len);
}

static void put_packet(struct frontend *f, const void *p, size_t n)
{
    unsigned char head[4] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                             f->seq++};
    bool sent = send(f->client, head, 4, MSG_NOSIGNAL | MSG_MORE) == 4 &&
                send(f->client, p, n, MSG_NOSIGNAL) == (ssize_t)n;
    if (!sent)
        shutdown(f->client, SHUT_RDWR);
}

static void put_ok(struct frontend *f)
{
    put_packet(f, "\0\0\0\0\0\0\0", 7);
}

static void put_eof(struct frontend *f)
{
    put_packet(f, "\xfe\0\0\0\0", 5);
}

static void put_error(struct frontend *f, const struct frontend_error *e)
{
    char out[600];
    int n = snprintf(out, sizeof out, "\xff%c%c#HY000%s", (int)(e->number & 255),
                     (int)(e->number >> 8), e->text);
    put_packet(f, out, (size_t)n);
}

/* A length-encoded string at out; returns its bytes. */
static size_t lenenc(unsigned char *out, const void *p, size_t n)
{
    size_t head = 1;
    out[0] = (unsigned char)n;
    if (n > 250) {
        out[0] = 0xfd;
        for (int i = 0; i < 3; i++)
            out[head++] = (unsigned char)(n >> (8 * i));
    }
    memcpy(out + head, p, n);
    return head + n;
}

static void put_column(struct frontend *f)
{
    const char *name = f->column ? f->column : "echo";
    const char *const texts[] = {"def", "", "", "", name, ""};
    unsigned char out[2048]; /* six texts of up to 250 bytes */
    size_t n = 0;
    for (int i = 0; i < 6; i++)
        n += lenenc(out + n, texts[i], strlen(texts[i]));
    static const unsigned char rest[] = {12, 33, 0, 0, 4, 0, 0, 253, 0, 0, 0, 0, 0};
    memcpy(out + n, rest, sizeof rest);
    put_packet(f, out, n + sizeof rest);
}

/* Field, Type, Null, Key, Default, Extra. */
static void put_columns(struct frontend *f)
{
    static const struct frontend_error none = {1146, "Unknown table"};
    if (!f->columns) {
        put_error(f, &none);
        return;
    }
    put_packet(f, "\6", 1);
    for (int i = 0; i < 6; i++)
        put_column(f);
    put_eof(f);
    for (const struct frontend_column *c = f->columns; c->name; c++) {
        unsigned char out[600];
        size_t n = lenenc(out, c->name, strlen(c->name));
        n += lenenc(out + n, c->type, strlen(c->type));
        n += lenenc(out + n, "YES", 3);
        n += lenenc(out + n, "", 0);
        out[n++] = 0xfb; /* NULL */
        n += lenenc(out + n, "", 0);
        put_packet(f, out, n);
    }
    put_eof(f);
}

static void put_row(struct frontend *f, const void *text, size_t n)
{
    unsigned char *out = malloc(n + 9);
    if (!out)
        abort();
    put_packet(f, "\1", 1);
    put_column(f);
    put_eof(f);
    if (n)
        put_packet(f, out, lenenc(out, text, n));
    put_eof(f);
    free(out);
}

/* --- commands --------------------------------------------------------------------------------- */

static bool begins(const char *text, size_t n, const char *word)
{
    return n >= strlen(word) && !strncmp(text, word, strlen(word));
}

static bool ends(const char *text, size_t n, const char *word)
{
    return n >= strlen(word) && !memcmp(text + n - strlen(word), word, strlen(word));
}

static void query(struct frontend *f)
{
    const char *text = (const char *)f->in + 1;
    size_t n = f->in_len - 1;
    static const struct frontend_error unknown = {1193, "Unknown system variable"};
    if (n < 200 && memmem(text, n, "@@version_comment", 17)) {
        put_row(f, f->plan.comment, strlen(f->plan.comment));
        return;
    }
    if (n < 200 && memmem(text, n, "@@time_zone", 11) && f->zone) {
        put_row(f, f->zone, strlen(f->zone));
        return;
    }
    if (begins(text, n, "SHOW COLUMNS")) {
        put_columns(f);
        return;
    }
    if (n < 200 && memmem(text, n, "@@", 2)) {
        put_error(f, &unknown);
        return;
    }
    if (n == 17 && !memcmp(text, "SELECT DATABASE()", n)) {
        put_row(f, f->database, strlen(f->database));
        return;
    }
    pthread_mutex_lock(&f->lock);
    f->counts.queries++;
    f->counts.last_length = n;
    size_t keep = n < sizeof f->counts.last_query ? n : sizeof f->counts.last_query - 1;
    memcpy(f->counts.last_query, text, keep);
    f->counts.last_query[keep] = '\0';
    pthread_mutex_unlock(&f->lock);
    if (!begins(text, n, "SELECT") && !begins(text, n, "WITH"))
        put_ok(f);
    else
        put_row(f, text, ends(text, n, "LIMIT 0") ? 0 : n);
}

static void prepare(struct frontend *f)
{
    f->nparams = 0;
    for (size_t i = 1; i < f->in_len; i++)
        f->nparams += f->in[i] == '?';
    if (f->plan.prepare.number) {
        put_error(f, &f->plan.prepare);
        return;
    }
    unsigned char ok[12] = {0, 1, 0, 0, 0, 0, 0, (unsigned char)f->nparams};
    put_packet(f, ok, sizeof ok);
    for (unsigned i = 0; i < f->nparams; i++)
        put_column(f);
    if (f->nparams)
        put_eof(f);
}

static void execute(struct frontend *f, unsigned number)
{
    if (number <= f->plan.nrefused)
        put_error(f, &f->plan.execute);
    else
        put_ok(f);
}

static void count(struct frontend *f, unsigned *counter)
{
    pthread_mutex_lock(&f->lock);
    (*counter)++;
    pthread_mutex_unlock(&f->lock);
}

/* One command; false at the end of the connection. */
static bool command(struct frontend *f)
{
    static const struct frontend_error unknown = {1047, "Unknown command"};
    if (!read_packet(f) || !f->in_len || f->in[0] == CMD_QUIT)
        return false;
    switch (f->in[0]) {
    case CMD_USE:
        snprintf(f->database, sizeof f->database, "%.*s", (int)(f->in_len - 1),
                 (const char *)f->in + 1);
        put_ok(f);
        break;
    case CMD_QUERY:
        query(f);
        break;
    case CMD_PREPARE:
        count(f, &f->counts.prepares);
        prepare(f);
        break;
    case CMD_EXECUTE:
        count(f, &f->counts.executes);
        execute(f, f->counts.executes);
        break;
    case CMD_CLOSE:
        break;
    case CMD_LONG_DATA: /* answered, as StarRocks does and MySQL does not: a client that sends it is
                           lost */
        count(f, &f->counts.long_data);
        put_error(f, &unknown);
        break;
    default:
        put_error(f, &unknown);
    }
    return true;
}

static void greet(struct frontend *f)
{
    static const unsigned char hello[] = "\x0a"
                                         "8.0.33\0"
                                         "\x07\0\0\0"
                                         "abcdefgh\0"
                                         "\x0c\x82"
                                         "\x21"
                                         "\0\0"
                                         "\x18\0"
                                         "\x15"
                                         "\0\0\0\0\0\0\0\0\0\0"
                                         "ijklmnopqrst\0"
                                         "mysql_native_password";
    f->seq = 0;
    put_packet(f, hello, sizeof hello);
    if (read_packet(f))
        put_ok(f);
}

static void *serve(void *arg)
{
    struct frontend *f = arg;
    for (;;) {
        int client = accept(f->listener, NULL, NULL);
        pthread_mutex_lock(&f->lock);
        bool stopping = f->stopping || client < 0;
        f->client = client;
        pthread_mutex_unlock(&f->lock);
        (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* for speed */
        if (!stopping) {
            greet(f);
            while (command(f))
                ;
        }
        if (client >= 0)
            close(client);
        if (stopping)
            return NULL;
    }
}

/* --- life ------------------------------------------------------------------------------------- */

static bool open_port(struct frontend *f)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_open = f->listener >= 0 && !bind(f->listener, (struct sockaddr *)&a, sizeof a) &&
                   !listen(f->listener, 4) &&
                   !getsockname(f->listener, (struct sockaddr *)&a, &len);
    f->port = ntohs(a.sin_port);
    return is_open;
}

struct frontend *frontend_start(const struct frontend_plan *plan)
{
    struct frontend *f = calloc(1, sizeof *f);
    unsigned char *in = malloc(PACKET_MAX);
    if (!f || !in)
        abort();
    f->plan = *plan;
    f->in = in;
    f->client = -1;
    pthread_mutex_init(&f->lock, NULL);
    if (open_port(f) && !pthread_create(&f->thread, NULL, serve, f))
        return f;
    free(in);
    free(f);
    return NULL;
}

void frontend_names(struct frontend *f, const char *column)
{
    f->column = column;
}

void frontend_knows(struct frontend *f, const char *zone, const struct frontend_column *columns)
{
    f->zone = zone;
    f->columns = columns;
}

unsigned frontend_port(const struct frontend *f)
{
    return f->port;
}

struct frontend_counts frontend_counts(struct frontend *f)
{
    pthread_mutex_lock(&f->lock);
    struct frontend_counts c = f->counts;
    pthread_mutex_unlock(&f->lock);
    return c;
}

void frontend_stop(struct frontend *f)
{
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_mutex_unlock(&f->lock);
    shutdown(f->listener, SHUT_RDWR); /* accept returns */
    pthread_join(f->thread, NULL);
    close(f->listener);
    pthread_mutex_destroy(&f->lock);
    free(f->in);
    free(f);
}
