/* tls_files.c - certificates, keys and revocation lists from the files that the DSN names.
 *
 * Everything is read into memory first and looked at, so that a wrong file is told in words: a
 * folder, an empty file, a key where a certificate belongs, DER or PKCS#12 where PEM belongs.  A
 * pass phrase is never asked for: every OpenSSL function that could ask gets our callback.  Source:
 * RFC 7468 (PEM), RFC 7292 (PKCS#12). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/tls_parts.h"

#define FILE_MAX (16u << 20) /* larger is no certificate file */

/* ---- names of files ---- */

static int file_set(struct tls_file *file, const char *key, const char *path, struct fault *f)
{
    file->key = key;
    file->path[0] = 0;
    if (!path || !*path)
        return RC_OK;
    if (strlen(path) >= sizeof file->path)
        return fault(f, RC_CONFIG, "%s: the path has more than %d bytes", key, TLS_PATH_CHARS - 1);
    memcpy(file->path, path, strlen(path) + 1);
    return RC_OK;
}

/* The first of names that is in the bundle, unless the DSN gave the file singly. */
static int bundle_pick(struct tls_file *file, const char *bundle, const char *const names[2],
                       struct fault *f)
{
    if (file->path[0])
        return RC_OK;
    for (int i = 0; i < 2; i++) {
        struct stat st;
        int n = snprintf(file->path, sizeof file->path, "%s/%s", bundle, names[i]);
        if (n < 0 || (size_t)n >= sizeof file->path)
            return fault(f, RC_CONFIG, "SSLBUNDLE: the path has more than %d bytes",
                         TLS_PATH_CHARS - 20);
        if (stat(file->path, &st) == 0) {
            file->key = "SSLBUNDLE";
            return RC_OK;
        }
    }
    file->path[0] = 0;
    return RC_OK;
}

static int bundle_open(const char *bundle, struct tls_files *out, struct fault *f)
{
    static const char *const ca[] = {"ca.crt", "ca.pem"};
    static const char *const cert[] = {"client.crt", "tls.crt"};
    static const char *const key[] = {"client.key", "tls.key"};
    struct stat st;
    if (stat(bundle, &st) < 0)
        return fault_sys(
            f, RC_CONFIG, errno,
            "SSLBUNDLE: cannot open the folder \"%s\", which should hold ca.crt, client.crt "
            "and client.key",
            bundle);
    if (!S_ISDIR(st.st_mode))
        return fault(
            f, RC_CONFIG,
            "SSLBUNDLE: \"%s\" is a file; name the folder that holds ca.crt, client.crt and "
            "client.key",
            bundle);
    bool own_pair = out->cert.path[0] || out->pkcs12.path[0];
    int rc = out->capath.path[0] ? RC_OK : bundle_pick(&out->ca, bundle, ca, f);
    if (!rc && !own_pair)
        rc = bundle_pick(&out->cert, bundle, cert, f);
    if (!rc && !own_pair)
        rc = bundle_pick(&out->pkey, bundle, key, f);
    if (!rc && !out->ca.path[0] && !out->capath.path[0] && !out->cert.path[0])
        rc = fault(
            f, RC_CONFIG,
            "SSLBUNDLE: the folder \"%s\" holds none of ca.crt, client.crt and client.key (or "
            "tls.crt, tls.key), or this user may not look into it",
            bundle);
    return rc;
}

int tls_files_find(const struct tls_opts *o, struct tls_files *out, struct fault *f)
{
    int rc = file_set(&out->ca, "SSLCA", o->ca, f);
    if (!rc)
        rc = file_set(&out->capath, "SSLCAPATH", o->capath, f);
    if (!rc)
        rc = file_set(&out->crl, "SSLCRL", o->crl, f);
    if (!rc)
        rc = file_set(&out->crlpath, "SSLCRLPATH", o->crlpath, f);
    if (!rc)
        rc = file_set(&out->cert, "SSLCERT", o->cert, f);
    if (!rc)
        rc = file_set(&out->pkey, "SSLKEY", o->key, f);
    if (!rc)
        rc = file_set(&out->pkcs12, "SSLPKCS12", o->pkcs12, f);
    if (!rc && o->bundle && *o->bundle)
        rc = bundle_open(o->bundle, out, f);
    if (!rc && out->pkcs12.path[0] && (out->cert.path[0] || out->pkey.path[0]))
        rc = fault(f, RC_CONFIG,
                   "SSLPKCS12 already holds certificate and key: remove SSLCERT and SSLKEY, "
                   "or SSLPKCS12");
    if (!rc && out->pkey.path[0] && !out->cert.path[0])
        rc = fault(f, RC_CONFIG,
                   "%s names the key \"%s\" but no certificate goes with it: give SSLCERT",
                   out->pkey.key, out->pkey.path);
    return rc;
}

void tls_file_identity(struct buf *out, const char *path)
{
    struct stat st;
    buf_printf(out, "%zu:%s", strlen(path), path);
    if (*path && stat(path, &st) == 0)
        buf_printf(out, "=%ju,%ju,%jd,%jd.%09ld;", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
                   (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    else
        buf_puts(out, "=;");
}

/* Folders with more are no folders of lists; the first ones then stand for all. */
#define FOLDER_NAMES_MAX 1000

void tls_folder_identity(struct buf *out, const char *path)
{
    DIR *d = *path ? opendir(path) : NULL;
    const struct dirent *e = d ? readdir(d) : NULL;
    for (int n = 0; e && n < FOLDER_NAMES_MAX; n++, e = readdir(d)) {
        char name[TLS_PATH_CHARS];
        int len = snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.' && len > 0 && (size_t)len < sizeof name)
            tls_file_identity(out, name);
    }
    if (d)
        (void)closedir(d); /* reading only */
}

int tls_files_folder(const struct tls_file *folder, const char *mark, struct fault *f)
{
    DIR *d = opendir(folder->path);
    if (!d && errno == ENOTDIR)
        return fault(f, RC_CONFIG,
                     "%s: \"%s\" is a file, not a folder; name a file in %.*s instead", folder->key,
                     folder->path, (int)(strlen(folder->key) - 4), folder->key);
    if (!d)
        return fault_sys(f, RC_CONFIG, errno, "%s: cannot open the folder \"%s\"", folder->key,
                         folder->path);
    bool found = false;
    for (const struct dirent *e = readdir(d); e && !found; e = readdir(d)) {
        size_t hex = strspn(e->d_name, "0123456789abcdef");
        size_t dot = hex + 1 + strlen(mark);
        found = hex == 8 && e->d_name[hex] == '.' &&
                strncmp(e->d_name + 9, mark, strlen(mark)) == 0 && strlen(e->d_name) > dot &&
                strspn(e->d_name + dot, "0123456789") > 0;
    }
    (void)closedir(d); /* only read */
    if (found)
        return RC_OK;
    return fault(
        f, RC_CONFIG,
        "%s: the folder \"%s\" holds no hashed names such as 0a1b2c3d.%s0, by which OpenSSL "
        "finds files. Make them with \"openssl rehash %s\"",
        folder->key, folder->path, mark, folder->path);
}

/* ---- reading ---- */

static int open_failed(const struct tls_file *file, int err, struct fault *f)
{
    if (err == ENOENT || err == ENOTDIR)
        return fault_sys(
            f, RC_CONFIG, err,
            "%s: the file \"%s\" does not exist. Check the path (it is looked up on this "
            "machine%s)",
            file->key, file->path,
            file->path[0] == '/' ? "" : ", relative to the program's folder");
    if (err == EACCES)
        return fault_sys(
            f, RC_CONFIG, err,
            "%s: this user (uid %ju) may not read \"%s\". Check the permissions of the file "
            "and its folders",
            file->key, (uintmax_t)geteuid(), file->path);
    return fault_sys(f, RC_CONFIG, err, "%s: cannot read \"%s\"", file->key, file->path);
}

static int check_kind(const struct tls_file *file, const struct stat *st, struct fault *f)
{
    if (S_ISDIR(st->st_mode))
        return fault(f, RC_CONFIG, "%s: \"%s\" is a folder; name a file in it%s", file->key,
                     file->path,
                     strcmp(file->key, "SSLCA") == 0 ? ", or give the folder in SSLCAPATH" : "");
    if (!S_ISREG(st->st_mode))
        return fault(f, RC_CONFIG, "%s: \"%s\" is not an ordinary file", file->key, file->path);
    if (st->st_size == 0)
        return fault(f, RC_CONFIG, "%s: the file \"%s\" is empty", file->key, file->path);
    if (st->st_size > (off_t)FILE_MAX)
        return fault(f, RC_CONFIG, "%s: the file \"%s\" has %jd bytes, too many for certificates",
                     file->key, file->path, (intmax_t)st->st_size);
    return RC_OK;
}

static int read_all(int fd, struct buf *out)
{
    for (;;) {
        if (!buf_reserve(out, 4096))
            return ENOMEM;
        ssize_t n = read(fd, out->p + out->len, 4096);
        if (n > 0)
            out->len += (size_t)n;
        else if (n == 0)
            return 0;
        else if (errno != EINTR)
            return errno;
    }
}

/* The whole file; buf_wipe it, it may hold a key. */
static int read_file(const struct tls_file *file, struct buf *out, struct fault *f)
{
    struct stat st;
    int fd =
        open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a fifo must not hang */
    if (fd < 0)
        return open_failed(file, errno, f);
    int rc = fstat(fd, &st) == 0 ? check_kind(file, &st, f) : open_failed(file, errno, f);
    if (!rc && !buf_reserve(out, (size_t)st.st_size +
                                     4096)) /* so that no grown copy of a key stays behind */
        rc = fault(f, RC_MEMORY, "%s: out of memory for \"%s\"", file->key, file->path);
    int err = rc ? 0 : read_all(fd, out);
    (void)close(fd); /* only read */
    return err ? open_failed(file, err, f) : rc;
}

static BIO *mem_bio(const struct buf *b)
{
    return BIO_new_mem_buf(b->p, (int)b->len); /* len <= FILE_MAX + 4096 */
}

/* ---- what a file holds ---- */

struct census {
    unsigned certs, keys, encrypted, crls, requests, pubkeys;
    bool damaged; /* there is a block that is no base64, or has no end */
};

static void census_count(struct census *c, const char *name, const char *header)
{
    if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0 ||
        strcmp(name, PEM_STRING_X509_TRUSTED) == 0)
        c->certs++;
    else if (strstr(name, "PRIVATE KEY"))
        c->keys++;
    else if (strcmp(name, PEM_STRING_X509_CRL) == 0)
        c->crls++;
    else if (strstr(name, "CERTIFICATE REQUEST"))
        c->requests++;
    else if (strstr(name, "PUBLIC KEY"))
        c->pubkeys++;
    if (strstr(name, "ENCRYPTED") || (header && strstr(header, "ENCRYPTED")))
        c->encrypted++;
}

static bool at_end_of_pem(void)
{
    unsigned long e = ERR_peek_last_error();
    return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

static struct census census_of(const struct buf *b)
{
    struct census c = {0};
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long n = 0;
    BIO *bio = mem_bio(b);
    while (bio && PEM_read_bio(bio, &name, &header, &data, &n)) {
        census_count(&c, name, header);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, (size_t)n);
    }
    BIO_free(bio);
    c.damaged = !at_end_of_pem();
    ERR_clear_error();
    return c;
}

static bool is_der_cert(const struct buf *b)
{
    const unsigned char *p = b->p;
    X509 *x = d2i_X509(NULL, &p, (long)b->len);
    X509_free(x);
    return x != NULL;
}

static bool is_der_key(const struct buf *b)
{
    const unsigned char *p = b->p;
    EVP_PKEY *k = d2i_AutoPrivateKey(NULL, &p, (long)b->len);
    EVP_PKEY_free(k);
    return k != NULL;
}

static bool is_pkcs12(const struct buf *b)
{
    const unsigned char *p = b->p;
    PKCS12 *x = d2i_PKCS12(NULL, &p, (long)b->len);
    PKCS12_free(x);
    return x != NULL;
}

/* What the file holds instead of what was looked for, and the way out; "" when it cannot be told.
 */
static const char *holds_instead(const struct census *c, const struct buf *b)
{
    if (c->certs)
        return "it holds a certificate. Are SSLCERT, SSLKEY and SSLCA exchanged?";
    if (c->keys)
        return "it holds a private key. Are SSLCERT, SSLKEY and SSLCA exchanged?";
    if (c->damaged)
        return "its PEM text is damaged: cut off, or changed by an editor. Copy the file again.";
    if (c->requests)
        return "it holds a certificate request, which an authority has to sign first.";
    if (c->crls)
        return "it holds a revocation list, which belongs into SSLCRL.";
    if (c->pubkeys)
        return "it holds a bare public key.";
    if (is_pkcs12(b))
        return "it is a PKCS#12 file. Name it in SSLPKCS12.";
    if (is_der_cert(b))
        return "it is a certificate in DER form. Convert it: openssl x509 -inform DER -in FILE "
               "-out FILE.pem";
    if (is_der_key(b))
        return "it is a private key in DER form. Convert it: openssl pkey -inform DER -in FILE "
               "-out FILE.pem";
    return "it has no line \"-----BEGIN ...-----\". Is it a PEM file?";
}

static int holds_no(const struct tls_file *file, const char *wanted, const struct census *c,
                    const struct buf *b, struct fault *f)
{
    const char *instead = holds_instead(c, b);
    ERR_clear_error();
    return fault(f, RC_CONFIG, "%s: the file \"%s\" holds no %s: %s", file->key, file->path, wanted,
                 instead);
}

/* OpenSSL's words about an item that is there but cannot be read. */
static int damaged(const struct tls_file *file, const char *what, int number, struct fault *f)
{
    struct buf b;
    buf_init_text(&b, 256);
    tls_explain_openssl(&b);
    int rc = fault(f, RC_CONFIG, "%s: %s number %d in \"%s\" is damaged (%s). Copy the file again",
                   file->key, what, number, file->path, buf_str(&b));
    buf_clear(&b);
    ERR_clear_error();
    return rc;
}

/* ---- pass phrases ---- */

/* The answer to OpenSSL's question for a pass phrase: the one of the DSN, or none. */
static int give_password(char *out, int cap, int writing, void *password)
{
    const char *p = password;
    (void)writing;
    if (!p || strlen(p) > (size_t)cap)
        return -1;
    memcpy(out, p, strlen(p));
    return (int)strlen(p);
}

static bool queue_has(int lib, int reason)
{
    bool found = false;
    for (unsigned long e = ERR_get_error(); e; e = ERR_get_error())
        found = found || ((lib == 0 || ERR_GET_LIB(e) == lib) && ERR_GET_REASON(e) == reason);
    return found;
}

static int key_locked(const struct tls_file *file, const char *password, struct fault *f)
{
    if (!password || !*password)
        return fault(
            f, RC_CONFIG,
            "%s: the private key in \"%s\" is encrypted and the DSN gives no pass phrase: give "
            "SSLKEYPWD",
            file->key, file->path);
    if (queue_has(ERR_LIB_EVP, EVP_R_UNSUPPORTED_ALGORITHM))
        return fault(
            f, RC_CONFIG,
            "%s: the private key in \"%s\" is encrypted in an old way that OpenSSL 3 no longer "
            "offers. Encrypt it anew: openssl pkcs8 -topk8 -in FILE -out FILE.new",
            file->key, file->path);
    return fault(
        f, RC_CONFIG,
        "%s: the private key in \"%s\" does not open with the pass phrase of SSLKEYPWD: the pass "
        "phrase is wrong",
        file->key, file->path);
}

/* ---- certificates and lists ---- */

static int certs_of(const struct tls_file *file, const struct buf *b, STACK_OF(X509) * *out,
                    struct fault *f)
{
    struct census c = census_of(b);
    if (!c.certs)
        return holds_no(file, "certificate", &c, b, f);
    BIO *bio = mem_bio(b);
    STACK_OF(X509) *all = sk_X509_new_null();
    X509 *x = NULL;
    int rc = bio && all ? RC_OK : fault(f, RC_MEMORY, "%s: out of memory", file->key);
    while (!rc && (x = PEM_read_bio_X509_AUX(bio, NULL, give_password, NULL)) != NULL) {
        if (sk_X509_push(all, x))
            continue;
        X509_free(x);
        rc = fault(f, RC_MEMORY, "%s: out of memory", file->key);
    }
    if (!rc && (!at_end_of_pem() || sk_X509_num(all) == 0))
        rc = damaged(file, "certificate", sk_X509_num(all) + 1, f);
    ERR_clear_error();
    BIO_free(bio);
    if (rc)
        sk_X509_pop_free(all, X509_free);
    else
        *out = all;
    return rc;
}

int tls_files_certs(const struct tls_file *file, STACK_OF(X509) * *out, struct fault *f)
{
    struct buf b;
    buf_init(&b, 0);
    int rc = read_file(file, &b, f);
    if (!rc)
        rc = certs_of(file, &b, out, f);
    buf_wipe(&b);
    return rc;
}

static int crls_of(const struct tls_file *file, const struct buf *b, STACK_OF(X509_CRL) * *out,
                   struct fault *f)
{
    struct census c = census_of(b);
    if (!c.crls)
        return holds_no(file, "revocation list (CRL)", &c, b, f);
    BIO *bio = mem_bio(b);
    STACK_OF(X509_CRL) *all = sk_X509_CRL_new_null();
    X509_CRL *x = NULL;
    int rc = bio && all ? RC_OK : fault(f, RC_MEMORY, "%s: out of memory", file->key);
    while (!rc && (x = PEM_read_bio_X509_CRL(bio, NULL, give_password, NULL)) != NULL) {
        if (sk_X509_CRL_push(all, x))
            continue;
        X509_CRL_free(x);
        rc = fault(f, RC_MEMORY, "%s: out of memory", file->key);
    }
    if (!rc && (!at_end_of_pem() || sk_X509_CRL_num(all) == 0))
        rc = damaged(file, "list", sk_X509_CRL_num(all) + 1, f);
    ERR_clear_error();
    BIO_free(bio);
    if (rc)
        sk_X509_CRL_pop_free(all, X509_CRL_free);
    else
        *out = all;
    return rc;
}

int tls_files_crls(const struct tls_file *file, STACK_OF(X509_CRL) * *out, struct fault *f)
{
    struct buf b;
    buf_init(&b, 0);
    int rc = read_file(file, &b, f);
    if (!rc)
        rc = crls_of(file, &b, out, f);
    buf_wipe(&b);
    return rc;
}

/* ---- the client's pair ---- */

void tls_client_clear(struct tls_client *c)
{
    X509_free(c->cert);
    EVP_PKEY_free(c->key);
    sk_X509_pop_free(c->chain, X509_free);
    *c = (struct tls_client){0};
}

static int key_of(const struct tls_file *file, const struct buf *b, const char *password,
                  EVP_PKEY **out, struct fault *f)
{
    struct census c = census_of(b);
    if (!c.keys)
        return holds_no(file, "private key", &c, b, f);
    bool has_password = password && *password;
    if (c.encrypted && !has_password)
        return key_locked(file, NULL, f);
    BIO *bio = mem_bio(b);
    if (!bio)
        return fault(f, RC_MEMORY, "%s: out of memory", file->key);
    char *secret = NULL; /* the callback's argument is not const */
    memcpy(&secret, &password, sizeof secret);
    *out = PEM_read_bio_PrivateKey(bio, NULL, give_password, has_password ? secret : NULL);
    BIO_free(bio);
    int rc = RC_OK;
    if (!*out)
        rc = c.encrypted ? key_locked(file, password, f) : damaged(file, "private key", 1, f);
    ERR_clear_error();
    return rc;
}

/* The key from its own file, or from the certificate's. */
static int load_key(const struct tls_files *files, const struct buf *cert_text,
                    const char *password, EVP_PKEY **out, struct fault *f)
{
    if (files->pkey.path[0]) {
        struct buf b;
        buf_init(&b, 0);
        int rc = read_file(&files->pkey, &b, f);
        if (!rc)
            rc = key_of(&files->pkey, &b, password, out, f);
        buf_wipe(&b);
        return rc;
    }
    if (census_of(cert_text).keys)
        return key_of(&files->cert, cert_text, password, out, f);
    bool is_bundle = !strcmp(files->cert.key, "SSLBUNDLE");
    return fault(
        f, RC_CONFIG, "%s: the file \"%s\" holds a certificate but no private key, and %s",
        files->cert.key, files->cert.path,
        is_bundle
            ? "the folder has no client.key or tls.key: put the key there, or name it in SSLKEY"
            : "SSLKEY is not given: name the key in SSLKEY");
}

static int check_pair(const struct tls_files *files, const struct tls_client *c, struct fault *f)
{
    const struct tls_file *key = files->pkey.path[0] ? &files->pkey : &files->cert;
    bool fits = X509_check_private_key(c->cert, c->key) == 1;
    int other = 0;
    for (int i = 0; !fits && !other && i < sk_X509_num(c->chain); i++)
        if (X509_check_private_key(sk_X509_value(c->chain, i), c->key) == 1)
            other = i + 2;
    ERR_clear_error();
    if (fits)
        return RC_OK;
    if (other)
        return fault(
            f, RC_CONFIG,
            "%s: the private key belongs to certificate number %d of \"%s\". Put the client's own "
            "certificate first, and those of its authorities after it",
            files->cert.key, other, files->cert.path);
    struct buf name;
    buf_init_text(&name, 300);
    tls_explain_name(&name, X509_get_subject_name(c->cert));
    int rc = fault(
        f, RC_CONFIG,
        "%s: the private key in \"%s\" does not belong to the certificate in \"%s\" (%s). Give "
        "the pair that was made together",
        key->key, key->path, files->cert.path, buf_str(&name));
    buf_clear(&name);
    return rc;
}

static int load_pem_pair(const struct tls_files *files, const char *password,
                         struct tls_client *out, struct fault *f)
{
    struct buf b;
    buf_init(&b, 0);
    int rc = read_file(&files->cert, &b, f);
    if (!rc)
        rc = certs_of(&files->cert, &b, &out->chain, f);
    if (!rc)
        out->cert = sk_X509_shift(out->chain);
    if (!rc)
        rc = load_key(files, &b, password, &out->key, f);
    buf_wipe(&b);
    return rc ? rc : check_pair(files, out, f);
}

/* An empty pass phrase has two forms in PKCS#12; returns the one that fits, or sets *fits to false.
 */
static const char *pkcs12_password(PKCS12 *p12, const char *password, bool *fits)
{
    *fits = true;
    if (password && *password) {
        *fits = !PKCS12_mac_present(p12) || PKCS12_verify_mac(p12, password, -1);
        return password;
    }
    if (!PKCS12_mac_present(p12) || PKCS12_verify_mac(p12, NULL, 0))
        return NULL;
    *fits = PKCS12_verify_mac(p12, "", 0);
    return "";
}

static int pkcs12_open(const struct tls_file *file, PKCS12 *p12, const char *password,
                       struct tls_client *out, struct fault *f)
{
    bool fits = false;
    bool given = password && *password;
    const char *use = pkcs12_password(p12, password, &fits);
    if (!fits)
        return fault(f, RC_CONFIG,
                     given ? "%s: \"%s\" does not open with the pass phrase of SSLKEYPWD: the "
                             "pass phrase is wrong"
                           : "%s: \"%s\" is protected by a pass phrase: give SSLKEYPWD",
                     file->key, file->path);
    ERR_clear_error();
    if (!PKCS12_parse(p12, use, &out->key, &out->cert, &out->chain))
        return fault(
            f, RC_CONFIG, "%s: \"%s\" cannot be opened: %s", file->key, file->path,
            queue_has(0, ERR_R_UNSUPPORTED)
                ? "it is encrypted in an old way (such as RC2-40) that OpenSSL 3 no longer "
                  "offers. Write it anew: openssl pkcs12 -legacy -in FILE -nodes | openssl pkcs12 "
                  "-export -out FILE.new"
                : "it is damaged, or protected in a way OpenSSL does not know");
    if (!out->cert || !out->key)
        return fault(f, RC_CONFIG,
                     "%s: \"%s\" holds no %s. Export it with certificate and private key",
                     file->key, file->path, out->key ? "certificate for its key" : "private key");
    return RC_OK;
}

static int load_pkcs12(const struct tls_file *file, const char *password, struct tls_client *out,
                       struct fault *f)
{
    struct buf b;
    buf_init(&b, 0);
    int rc = read_file(file, &b, f);
    const unsigned char *p = b.p;
    PKCS12 *p12 = rc ? NULL : d2i_PKCS12(NULL, &p, (long)b.len);
    if (!rc && !p12 && memcmp(b.p, "-----", b.len < 5 ? b.len : 5) == 0)
        rc = fault(f, RC_CONFIG, "%s: \"%s\" is a PEM file: name it in SSLCERT and SSLKEY",
                   file->key, file->path);
    else if (!rc && !p12)
        rc = fault(f, RC_CONFIG, "%s: \"%s\" is not a PKCS#12 file (.p12, .pfx)", file->key,
                   file->path);
    if (!rc)
        rc = pkcs12_open(file, p12, password, out, f);
    PKCS12_free(p12);
    buf_wipe(&b);
    ERR_clear_error();
    return rc;
}

int tls_files_client(const struct tls_files *files, const char *password, struct tls_client *out,
                     struct fault *f)
{
    int rc = RC_OK;
    *out = (struct tls_client){0};
    if (files->pkcs12.path[0])
        rc = load_pkcs12(&files->pkcs12, password, out, f);
    else if (files->cert.path[0])
        rc = load_pem_pair(files, password, out, f);
    if (rc)
        tls_client_clear(out);
    return rc;
}
