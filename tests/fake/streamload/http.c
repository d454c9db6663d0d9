/* http.c - bytes to requests, answers to bytes. */
#include "http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void peer_name(struct fk_conn *c)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    memcpy(c->host, "?", 2);
    if (getpeername(c->fd, (struct sockaddr *)&a, &n) != 0)
        return;
    const void *ip = a.ss_family == AF_INET6
                         ? (const void *)&((struct sockaddr_in6 *)(void *)&a)->sin6_addr
                         : (const void *)&((struct sockaddr_in *)(void *)&a)->sin_addr;
    (void)inet_ntop(a.ss_family, ip, c->host, sizeof c->host);
}

struct fk_conn *fk_conn_open(int fd, SSL_CTX *ctx)
{
    struct fk_conn *c = fk_alloc(sizeof *c);
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->fd = fd;
    c->buf = malloc(FK_BLOCK);
    if (!c->buf)
        abort();
    peer_name(c);
    if (!ctx)
        return c;
    c->ssl = SSL_new(ctx);
    if (!c->ssl || SSL_set_fd(c->ssl, fd) != 1 || SSL_accept(c->ssl) != 1) {
        fk_conn_close(c, false);
        return NULL;
    }
    return c;
}

void fk_conn_close(struct fk_conn *c, bool reset)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    if (!c)
        return;
    if (reset)
        (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    SSL_free(c->ssl);
    (void)close(c->fd);
    free(c->buf);
    free(c);
}

bool fk_conn_write(struct fk_conn *c, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        size_t done = 0;
        if (c->ssl) {
            if (SSL_write_ex(c->ssl, at, n, &done) != 1)
                return false;
        } else {
            ssize_t k = send(c->fd, at, n, MSG_NOSIGNAL);
            if (k <= 0)
                return false;
            done = (size_t)k;
        }
        at += done;
        n -= done;
    }
    return true;
}

ssize_t fk_conn_fill(struct fk_conn *c)
{
    if (c->at == c->end)
        c->at = c->end = 0;
    if (c->end == FK_BLOCK) {
        if (c->at == 0)
            return -1;
        memmove(c->buf, c->buf + c->at, c->end - c->at);
        c->end -= c->at;
        c->at = 0;
    }
    ssize_t got;
    if (c->ssl) {
        int k = SSL_read(c->ssl, c->buf + c->end, (int)(FK_BLOCK - c->end));
        int why = k > 0 ? 0 : SSL_get_error(c->ssl, k);
        got = k > 0 ? k : why == SSL_ERROR_ZERO_RETURN ? 0 : -1;
    } else {
        got = recv(c->fd, c->buf + c->end, FK_BLOCK - c->end, 0);
    }
    if (got > 0)
        c->end += (size_t)got;
    return got;
}

static bool readable(struct fk_conn *c, int64_t ms)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (c->ssl && SSL_pending(c->ssl) > 0)
        return true;
    return poll(&p, 1, ms > 0 ? (int)ms : 0) > 0;
}

uint64_t fk_conn_linger(struct fk_conn *c, int ms)
{
    int64_t until = fk_now_ms() + ms;
    uint64_t seen = c->end - c->at;
    c->at = c->end = 0;
    if (c->ssl)
        (void)SSL_shutdown(c->ssl);
    (void)shutdown(c->fd, SHUT_WR);
    for (int64_t now = fk_now_ms(); now < until && readable(c, until - now); now = fk_now_ms()) {
        ssize_t k = fk_conn_fill(c);
        if (k <= 0)
            break;
        seen += (uint64_t)k;
        c->at = c->end = 0;
    }
    return seen;
}

/* --- requests --- */

static char *trim(char *p, char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    *end = '\0';
    return p;
}

static bool split_first_line(struct fk_request *r, char *line)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version || strncmp(version + 1, "HTTP/1.", 7) != 0)
        return false;
    *target = *version = '\0';
    r->method = line;
    r->path = target + 1;
    r->minor = version[8] == '0' ? 0 : 1;
    char *query = strchr(r->path, '?');
    if (query)
        *query = '\0';
    r->query = query ? query + 1 : version; /* version: now "" */
    return r->path[0] == '/';
}

static bool body_kind(struct fk_request *r)
{
    const char *te = fk_request_header(r, "Transfer-Encoding");
    const char *cl = fk_request_header(r, "Content-Length");
    const char *ex = fk_request_header(r, "Expect");
    const char *conn = fk_request_header(r, "Connection");
    r->expects = fk_same(ex, "100-continue");
    r->wants_close = fk_same(conn, "close") || (r->minor == 0 && !fk_same(conn, "keep-alive"));
    r->chunked = fk_same(te, "chunked");
    r->has_length = !r->chunked && cl;
    if (r->has_length && !fk_u64(cl, strlen(cl), &r->length))
        return false;
    r->left = r->length;
    r->done = !r->chunked && r->left == 0;
    return !te || r->chunked;
}

static bool split_head(struct fk_request *r)
{
    char *line = r->head;
    for (bool first = true; *line; first = false) {
        char *end = strstr(line, "\r\n");
        char *next = end ? end + 2 : line + strlen(line);
        if (!end)
            end = next;
        *end = '\0';
        char *colon = strchr(line, ':');
        if (first) {
            if (!split_first_line(r, line))
                return false;
        } else if (!colon || r->nheaders == FK_HEADERS) {
            return false;
        } else {
            *colon = '\0';
            struct fk_header *h = &r->headers[r->nheaders++];
            h->name = trim(line, colon);
            h->value = trim(colon + 1, end);
        }
        line = next;
    }
    return r->method && body_kind(r);
}

int fk_request_read(struct fk_conn *c, struct fk_request *r)
{
    char *stop = NULL;
    memset(r, 0, sizeof *r);
    r->conn = c;
    r->secure = c->ssl != NULL;
    for (;;) {
        stop = c->end > c->at ? memmem(c->buf + c->at, c->end - c->at, "\r\n\r\n", 4) : NULL;
        if (stop)
            break;
        bool none = c->end == c->at;
        ssize_t k = fk_conn_fill(c);
        if (k <= 0)
            return none && k == 0 ? 0 : -1;
    }
    r->nhead = (size_t)(stop + 4 - (c->buf + c->at));
    r->head = fk_dup(c->buf + c->at, r->nhead - 2);
    r->raw = fk_dup(c->buf + c->at, r->nhead - 4);
    c->at += r->nhead;
    return split_head(r) ? 1 : -1;
}

void fk_request_clear(struct fk_request *r)
{
    free(r->head);
    free(r->raw);
    r->head = r->raw = NULL;
}

const char *fk_request_header(const struct fk_request *r, const char *name)
{
    for (size_t i = 0; i < r->nheaders; i++)
        if (fk_same(r->headers[i].name, name))
            return r->headers[i].value;
    return NULL;
}

char *fk_request_arg(const struct fk_request *r, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = r->query; *p;) {
        size_t len = strcspn(p, "&");
        if (len > n && strncmp(p, name, n) == 0 && p[n] == '=') {
            struct fk_sb out = {0};
            char *form = fk_dup(p + n + 1, len - n - 1);
            for (char *c = form; *c; c++)
                *c = *c == '+' ? ' ' : *c;
            fk_url_decode(&out, form, len - n - 1);
            free(form);
            fk_sb_add(&out, "", 0);
            return out.p;
        }
        p += len + (p[len] == '&');
    }
    return NULL;
}

/* line - one line of the chunk framing, without its end; NULL: broken. */
static char *line_next(struct fk_conn *c, size_t *n)
{
    for (;;) {
        char *p = c->buf + c->at;
        char *end = c->end > c->at ? memmem(p, c->end - c->at, "\r\n", 2) : NULL;
        if (end) {
            *n = (size_t)(end - p);
            c->at += *n + 2;
            return p;
        }
        if (c->end - c->at > 4096 || fk_conn_fill(c) <= 0)
            return NULL;
    }
}

static int chunk_head(struct fk_request *r)
{
    size_t n;
    char *line = r->begun ? line_next(r->conn, &n) : NULL; /* the end of the chunk before */
    if (r->begun && (!line || n != 0))
        return -1;
    r->begun = true;
    line = line_next(r->conn, &n);
    if (!line || n == 0 || fk_hex_digit(line[0]) < 0)
        return -1;
    for (size_t i = 0; i < n && fk_hex_digit(line[i]) >= 0; i++)
        r->left = r->left * 16 + (uint64_t)fk_hex_digit(line[i]);
    if (r->left > 0)
        return 1;
    do { /* trailers */
        line = line_next(r->conn, &n);
        if (!line)
            return -1;
    } while (n > 0);
    r->done = true;
    return 0;
}

int fk_body_next(struct fk_request *r, const char **p, size_t *n)
{
    struct fk_conn *c = r->conn;
    if (r->done)
        return 0;
    if (r->chunked && r->left == 0) {
        int k = chunk_head(r);
        if (k <= 0)
            return k;
    }
    if (c->at == c->end && fk_conn_fill(c) <= 0)
        return -1;
    size_t k = c->end - c->at;
    k = k < r->left ? k : (size_t)r->left;
    *p = c->buf + c->at;
    *n = k;
    c->at += k;
    r->left -= k;
    r->body += k;
    r->done = !r->chunked && r->left == 0;
    return 1;
}

/* --- answers --- */

const char *fk_reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {{100, "Continue"},
                {102, "Processing"},
                {200, "OK"},
                {301, "Moved Permanently"},
                {302, "Found"},
                {303, "See Other"},
                {307, "Temporary Redirect"},
                {308, "Permanent Redirect"},
                {400, "Bad Request"},
                {401, "Unauthorized"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {500, "Internal Server Error"},
                {502, "Bad Gateway"},
                {503, "Service Unavailable"},
                {504, "Gateway Timeout"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status)
            return rows[i].text;
    return "Status";
}

void fk_respond(struct fk_request *r, int status, const char *type, const char *more,
                const char *body, size_t n)
{
    struct fk_sb s = {0};
    r->answered = true;
    r->close |= r->wants_close;
    fk_sb_fmt(&s, "HTTP/1.1 %d %s\r\n", status, fk_reason(status));
    if (type)
        fk_sb_fmt(&s, "Content-Type: %s\r\n", type);
    fk_sb_str(&s, more ? more : "");
    fk_sb_fmt(&s, "Content-Length: %zu\r\nConnection: %s\r\n\r\n", n,
              r->close ? "close" : "keep-alive");
    fk_sb_add(&s, body, n);
    if (!fk_conn_write(r->conn, s.p, s.n))
        r->close = true;
    fk_sb_free(&s);
}

void fk_respond_text(struct fk_request *r, int status, const char *text)
{
    fk_respond(r, status, "text/plain", NULL, text, strlen(text));
}

void fk_continue(struct fk_request *r)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (r->expects && r->minor > 0 && !r->done)
        (void)fk_conn_write(r->conn, text, sizeof text - 1);
    r->expects = false;
}
