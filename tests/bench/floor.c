/* floor.c - drains bytes with recv and SSL_read.  A child is the sender; only the reader's CPU
 * counts. */
#include "floor.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static unsigned char block[16384];

static void send_plain(int fd, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, block, n < sizeof block ? n : sizeof block, MSG_NOSIGNAL);
        if (k <= 0)
            return;
        n -= (size_t)k;
    }
}

static int self_signed(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               (const unsigned char *)"floor", -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    int ok = X509_sign(cert, key, EVP_sha256()) > 0 && SSL_CTX_use_certificate(ctx, cert) == 1 &&
             SSL_CTX_use_PrivateKey(ctx, key) == 1;
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok;
}

static void send_tls(int fd, size_t n)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL *ssl = ctx && self_signed(ctx) ? SSL_new(ctx) : NULL;
    if (ssl && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1) {
        while (n > 0) {
            int k = SSL_write(ssl, block, (int)(n < sizeof block ? n : sizeof block));
            if (k <= 0)
                break;
            n -= (size_t)k;
        }
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static double drain_plain(int fd, size_t n)
{
    double before = cpu();
    while (n > 0) {
        ssize_t k = recv(fd, block, sizeof block, 0);
        if (k <= 0)
            return -1;
        n -= (size_t)k;
    }
    return cpu() - before;
}

static double drain_tls(int fd, size_t n)
{
    double cost = -1;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = ctx ? SSL_new(ctx) : NULL;
    if (ssl && SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1) {
        double before = cpu();
        while (n > 0) {
            int k = SSL_read(ssl, block, sizeof block);
            if (k <= 0)
                break;
            n -= (size_t)k;
        }
        cost = n == 0 ? cpu() - before : -1;
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return cost;
}

static double with_sender(void (*sender)(int, size_t), double (*drain)(int, size_t), size_t n)
{
    int fd[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        sender(fd[1], n);
        _exit(0);
    }
    close(fd[1]);
    double cost = pid > 0 ? drain(fd[0], n) : -1;
    close(fd[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return cost;
}

struct floor_cost floor_measure(size_t n)
{
    memset(block, 'x', sizeof block);
    return (struct floor_cost){.recv_s = with_sender(send_plain, drain_plain, n),
                               .tls_s = with_sender(send_tls, drain_tls, n)};
}
