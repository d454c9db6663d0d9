/* http.h - one connection (plain or TLS) and the HTTP/1.1 requests on it.  Own code, because the
 * tests are about bytes: when 100 Continue is sent, when a connection closes, what arrives where.
 */
#ifndef FAKE_STREAMLOAD_HTTP_H
#define FAKE_STREAMLOAD_HTTP_H

#include "text.h"

#include <openssl/ssl.h>
#include <sys/types.h>

enum { FK_BLOCK = 128 * 1024, FK_HEADERS = 256 };

struct fk_conn {
    int fd;
    SSL *ssl; /* NULL: plain */
    char *buf;
    size_t at, end; /* unread bytes of buf */
    char host[64];  /* the peer's address */
    struct fk_conn *prev, *next;
};

struct fk_header {
    char *name, *value;
};

struct fk_request {
    struct fk_conn *conn;
    char *head;                  /* owns the texts below */
    size_t nhead;                /* bytes of the head as they came */
    char *raw;                   /* the head as it came, for the request log */
    char *method, *path, *query; /* path not decoded; query without ?, or "" */
    int minor;                   /* HTTP/1.minor */
    struct fk_header headers[FK_HEADERS];
    size_t nheaders;
    bool chunked, has_length, expects, wants_close;
    uint64_t length, left; /* left: of the body or the chunk */
    bool begun, done;      /* of the body */
    uint64_t body;         /* bytes of the body so far, without framing */
    bool answered, close, reset;
    bool secure; /* came over TLS */
};

/* fk_conn_open - take a connected socket; ssl context or NULL.  NULL when the handshake fails (the
 * socket is closed then). */
struct fk_conn *fk_conn_open(int fd, SSL_CTX *ctx);
void fk_conn_close(struct fk_conn *c, bool reset);
bool fk_conn_write(struct fk_conn *c, const void *p, size_t n);
ssize_t fk_conn_fill(struct fk_conn *c);            /* more bytes; 0: end; -1: broken */
uint64_t fk_conn_linger(struct fk_conn *c, int ms); /* say end, read on until end or ms; bytes */

/* fk_request_read - 1: a request, 0: the peer closed in between, -1: no HTTP. */
int fk_request_read(struct fk_conn *c, struct fk_request *r);
void fk_request_clear(struct fk_request *r);
const char *fk_request_header(const struct fk_request *r, const char *name); /* NULL: none */
char *fk_request_arg(const struct fk_request *r, const char *name); /* of the query; caller frees */

/* fk_body_next - the next bytes of the body, valid until the next call.  1: some, 0: all came,
 * -1: the connection ended before. */
int fk_body_next(struct fk_request *r, const char **p, size_t *n);

/* fk_respond - a whole answer.  more: further header lines with CRLF, or NULL. */
void fk_respond(struct fk_request *r, int status, const char *type, const char *more,
                const char *body, size_t n);
void fk_respond_text(struct fk_request *r, int status, const char *text);
void fk_continue(struct fk_request *r); /* 100, if the client expects it and it was not sent */
const char *fk_reason(int status);

#endif
