/* tls_trust.c - what is trusted: SSLCA and SSLCAPATH, or else the certificates of the system; and
 * revocation lists.
 *
 * The system's store costs milliseconds to read (a peer reads it at each connect), so it is read
 * once and shared by all contexts, until its file or folder changes.  With revocation lists the
 * whole chain is checked, as MySQL's client does: each authority of the chain must have a list.  An
 * authority given in SSLCA is trusted also when it is not a root: who gets only the issuing
 * authority's certificate from a provider can use it as it is. Source:
 * X509_VERIFY_PARAM_set_flags(3), SSL_CTX_set_default_verify_paths(3). */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_parts.h"

/* The system's store and the identity of what it was read from.  Written under the lock of building
 * only. */
static struct {
    X509_STORE *store;
    unsigned char identity[SHA256_BYTES];
} system_trust;

static const char *env_or(const char *env, const char *otherwise)
{
    const char *v = getenv(env);
    return v && *v ? v : otherwise;
}

static const char *system_file(void)
{
    return env_or(X509_get_default_cert_file_env(), X509_get_default_cert_file());
}

static const char *system_folder(void)
{
    return env_or(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
}

void tls_trust_identity(struct buf *out)
{
    const char *at = system_folder(); /* may be a list */
    tls_file_identity(out, system_file());
    while (*at) {
        char one[TLS_PATH_CHARS];
        size_t n = strcspn(at, ":");
        (void)snprintf(one, sizeof one, "%.*s", (int)n, at); /* a longer path cannot exist */
        tls_file_identity(out, one);
        at += n + (at[n] == ':');
    }
}

static int trust_failed(const char *what, struct fault *f)
{
    struct buf b;
    buf_init_text(&b, 512);
    tls_explain_openssl(&b);
    int rc = fault(f, RC_TLS, "TLS: %s: %s", what, buf_str(&b));
    buf_clear(&b);
    return rc;
}

static int store_new(X509_STORE **out, struct fault *f)
{
    *out = X509_STORE_new();
    return *out ? RC_OK : fault(f, RC_MEMORY, "out of memory for trusted certificates");
}

static int load_system(X509_STORE *store, struct fault *f)
{
    if (!X509_STORE_set_default_paths(store))
        return trust_failed("the system's trusted certificates cannot be read", f);
    return RC_OK;
}

/* The shared store of the system, read again when its identity has changed. */
static int share_system(X509_STORE **out, struct fault *f)
{
    struct buf b;
    unsigned char now[SHA256_BYTES];
    buf_init(&b, 0);
    tls_trust_identity(&b);
    int rc = digest_sha256(now, &(struct digest_part){b.p, b.len}, 1, f);
    buf_clear(&b);
    if (rc)
        return rc;
    if (!system_trust.store || memcmp(now, system_trust.identity, sizeof now) != 0) {
        X509_STORE *fresh = NULL;
        rc = store_new(&fresh, f);
        if (!rc)
            rc = load_system(fresh, f);
        if (rc) {
            X509_STORE_free(fresh);
            return rc;
        }
        X509_STORE_free(system_trust.store); /* contexts that use it hold references */
        system_trust.store = fresh;
        memcpy(system_trust.identity, now, sizeof now);
    }
    if (!X509_STORE_up_ref(system_trust.store))
        return fault(f, RC_MEMORY, "out of memory for trusted certificates");
    *out = system_trust.store;
    return RC_OK;
}

static int add_ca_file(X509_STORE *store, const struct tls_file *file, struct fault *f)
{
    STACK_OF(X509) *certs = NULL;
    int rc = tls_files_certs(file, &certs, f);
    for (int i = 0; !rc && i < sk_X509_num(certs); i++)
        if (!X509_STORE_add_cert(store, sk_X509_value(certs, i)))
            rc = trust_failed("a certificate of SSLCA cannot be added", f);
    sk_X509_pop_free(certs, X509_free);
    return rc;
}

static int add_crl_file(X509_STORE *store, const struct tls_file *file, struct fault *f)
{
    STACK_OF(X509_CRL) *crls = NULL;
    int rc = tls_files_crls(file, &crls, f);
    for (int i = 0; !rc && i < sk_X509_CRL_num(crls); i++)
        if (!X509_STORE_add_crl(store, sk_X509_CRL_value(crls, i)))
            rc = trust_failed("a list of SSLCRL cannot be added", f);
    sk_X509_CRL_pop_free(crls, X509_CRL_free);
    return rc;
}

/* OpenSSL reads the folder when it needs a name: nothing is read here but the list of names. */
static int add_folder(X509_STORE *store, const struct tls_file *folder, const char *mark,
                      struct fault *f)
{
    int rc = tls_files_folder(folder, mark, f);
    if (!rc && !X509_STORE_load_path(store, folder->path))
        rc = trust_failed("a folder of certificates cannot be used", f);
    return rc;
}

static int load_given(X509_STORE *store, const struct tls_files *files, struct fault *f)
{
    int rc = RC_OK;
    if (files->ca.path[0])
        rc = add_ca_file(store, &files->ca, f);
    if (!rc && files->capath.path[0])
        rc = add_folder(store, &files->capath, "", f);
    if (!rc && files->crl.path[0])
        rc = add_crl_file(store, &files->crl, f);
    if (!rc && files->crlpath.path[0])
        rc = add_folder(store, &files->crlpath, "r", f);
    return rc;
}

/* A bare container has no certificates at all, which explains a lot. */
static void system_words(struct buf *words)
{
    bool none = access(system_file(), R_OK) < 0 && access(system_folder(), R_OK) < 0;
    buf_printf(words, "the system's certificates (%s, %s%s)", system_file(), system_folder(),
               none ? ": neither can be read; install ca-certificates or give SSLCA" : "");
}

static void trust_words(const struct tls_files *files, struct buf *words)
{
    const struct tls_file *given[] = {&files->ca, &files->capath, &files->crl, &files->crlpath};
    size_t before = words->len;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (i == 2 && words->len == before)
            system_words(words);
        if (given[i]->path[0])
            buf_printf(words, "%s%s=%s", words->len > before ? ", " : "", given[i]->key,
                       given[i]->path);
    }
}

int tls_trust_get(const struct tls_files *files, bool wanted, X509_STORE **out, struct buf *words,
                  struct fault *f)
{
    bool has_ca = files->ca.path[0] || files->capath.path[0];
    bool has_crl = files->crl.path[0] || files->crlpath.path[0];
    trust_words(files, words);
    if (wanted && !has_ca && !has_crl)
        return share_system(out, f);
    X509_STORE *store = NULL;
    int rc = store_new(&store, f);
    if (!rc)
        rc = load_given(store, files, f);
    if (!rc && wanted && !has_ca)
        rc = load_system(store, f);
    if (rc) {
        X509_STORE_free(store);
        return rc;
    }
    unsigned long flags = has_ca ? X509_V_FLAG_PARTIAL_CHAIN : 0;
    if (has_crl)
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    (void)X509_STORE_set_flags(store, flags); /* cannot fail */
    *out = store;
    return RC_OK;
}
