/* tlsd.h - a TLS server in a thread, at the other end of a socket pair. */
#ifndef TESTS_UNIT_NET_TLSD_H
#define TESTS_UNIT_NET_TLSD_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>

#include "net/stream.h"
#include "net/tls.h"

enum tlsd_act {
    TLSD_ECHO = 0,    /* shake hands, send back what comes */
    TLSD_SILENT,      /* read, never say anything */
    TLSD_HALF,        /* send the first 40 bytes of the answer to the hello, then nothing */
    TLSD_CLOSE_HELLO, /* read the hello and close */
    TLSD_GARBAGE,     /* answer the hello with text */
    TLSD_CLOSE_AFTER, /* shake hands and close without goodbye */
    TLSD_KEY_UPDATE,  /* shake hands, change keys, then echo */
    TLSD_TALK         /* shake hands and send a byte nobody asked for, then echo */
};

struct tlsd_opts {
    const char *cert;      /* row of pki.c */
    const char *chain;     /* row sent after it, or NULL */
    const char *client_ca; /* row: client certificates are asked for and checked against it; NULL:
                              not asked */
    bool demand;           /* the client must have one */
    bool no_tickets;       /* and no session cache */
    int version;           /* 0: any; TLS1_2_VERSION, TLS1_3_VERSION, also TLS1_1_VERSION */
    const char *ciphers;   /* TLS 1.2 list or NULL */
    const char *groups;    /* list or NULL */
    enum tlsd_act act;
    bool break_on_resume; /* fails the handshake of a client that offers a session, as some servers
                             do */
};

struct tlsd {
    struct tlsd_opts o;
    SSL_CTX *ctx;
    pthread_t thread;
    int fd;
    bool running;
    bool reused;     /* of the last connection */
    int hellos;      /* messages a client had to say hello in: 2 after a hello retry request */
    char sni[64];    /* name the client asked for, or "" */
    char client[64]; /* CN of the client's certificate, or "" */
};

void tlsd_up(struct tlsd *d, const struct tlsd_opts *o);
/* tlsd_dial - serve one more connection (after waiting for the one before to end); returns the
 * client's stream. */
struct stream *tlsd_dial(struct tlsd *d);
void tlsd_wait(struct tlsd *d);
void tlsd_down(struct tlsd *d);

/* A client's attempt: the stream if it worked, and everything that was told. */
struct attempt {
    int rc;
    struct stream *s;
    struct tls_info info;
    struct fault f;
};

/* tlsd_connect - get a context, dial, shake hands. */
void tlsd_connect(struct tlsd *d, const struct tls_opts *o, const char *host, struct attempt *out);
/* tlsd_ping - send n bytes and get them back. */
int tlsd_ping(struct stream *s, size_t n, struct fault *f);
void tlsd_hangup(struct tlsd *d, struct attempt *a);

/* has_words - does text hold every one of words, separated by '|'?  Reports the missing one through
 * ck_assert_msg. */
void has_words(const char *row, const char *text, const char *words);

#endif
