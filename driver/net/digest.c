/* digest.c - hashes, RSA, Ed25519, random bytes.
 *
 * OpenSSL through EVP only, so that the system's crypto policy has its say.  libsodium does the
 * Ed25519 arithmetic: MariaDB's client_ed25519 hashes a password of any length where RFC 8032
 * hashes a seed of 32 bytes, and OpenSSL offers no way in behind that hash.  Everything derived
 * from a secret is wiped. */
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "net/digest.h"

/* Fetched once: looking an algorithm up costs ten times the hash of a password. */
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *sha1, *sha256; /* NULL: not to be had; kept for the process */

static void fetch(void)
{
    sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    ERR_clear_error(); /* hash() says what is missing */
}

static int hash(const EVP_MD *md, const char *name, unsigned char *out,
                const struct digest_part *parts, size_t nparts, struct fault *f)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!c)
        return fault(f, RC_MEMORY, "out of memory for a hash");
    int ok = md && EVP_DigestInit_ex(c, md, NULL);
    for (size_t i = 0; ok && i < nparts; i++)
        ok = EVP_DigestUpdate(c, parts[i].p, parts[i].n);
    if (ok)
        ok = EVP_DigestFinal_ex(c, out, NULL);
    EVP_MD_CTX_free(c); /* wipes the state */
    if (ok)
        return RC_OK;
    ERR_clear_error();
    return fault(f, RC_UNSUPPORTED,
                 "the hash %s is not available: the system's crypto policy (FIPS) may forbid it. "
                 "Use a login "
                 "method that does not need it",
                 name);
}

int digest_sha1(unsigned char out[SHA1_BYTES], const struct digest_part *parts, size_t nparts,
                struct fault *f)
{
    (void)pthread_once(&fetched, fetch); /* cannot fail with a valid control */
    return hash(sha1, "SHA-1", out, parts, nparts, f);
}

int digest_sha256(unsigned char out[SHA256_BYTES], const struct digest_part *parts, size_t nparts,
                  struct fault *f)
{
    (void)pthread_once(&fetched, fetch); /* cannot fail with a valid control */
    return hash(sha256, "SHA-256", out, parts, nparts, f);
}

int digest_pbkdf2_sha512(unsigned char *out, size_t nout, const char *password, size_t npassword,
                         const unsigned char *salt, size_t nsalt, unsigned rounds, struct fault *f)
{
    if (nout > INT_MAX || npassword > INT_MAX || nsalt > INT_MAX || rounds == 0 || rounds > INT_MAX)
        return fault(f, RC_UNSUPPORTED, "PBKDF2 with %u rounds is out of range", rounds);
    int ok = PKCS5_PBKDF2_HMAC(npassword ? password : "", (int)npassword, salt, (int)nsalt,
                               (int)rounds, EVP_sha512(), (int)nout, out);
    ERR_clear_error();
    return ok ? RC_OK
              : fault(f, RC_UNSUPPORTED,
                      "PBKDF2-HMAC-SHA512 is not available: the system's crypto policy "
                      "(FIPS) may forbid it");
}

/* ---- RSA ---- */

/* A key of a server may claim to be encrypted: never ask the terminal. */
static int no_password(char *out, int cap, int writing, void *unused)
{
    (void)out;
    (void)cap;
    (void)writing;
    (void)unused;
    return -1;
}

static EVP_PKEY *read_public(const char *pem, size_t npem)
{
    BIO *b = npem <= INT_MAX ? BIO_new_mem_buf(pem, (int)npem) : NULL;
    EVP_PKEY *key = b ? PEM_read_bio_PUBKEY(b, NULL, no_password, NULL) : NULL;
    BIO_free(b);
    return key;
}

static int encrypt(EVP_PKEY *key, struct buf *out, const void *p, size_t n, struct fault *f)
{
    size_t need = (size_t)EVP_PKEY_get_size(key);
    size_t before = out->len;
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
    int ok = c && EVP_PKEY_encrypt_init(c) > 0 &&
             EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) > 0;
    unsigned char *to = ok ? buf_grow(out, need) : NULL;
    ok = to && EVP_PKEY_encrypt(c, to, &need, p, n) > 0;
    EVP_PKEY_CTX_free(c);
    if (!buf_ok(out))
        return fault(f, RC_MEMORY, "out of memory for the RSA encryption of the password");
    out->len = ok ? before + need : before;
    return ok ? RC_OK
              : fault(f, RC_UNSUPPORTED,
                      "the password cannot be encrypted with the server's RSA key of %d bits: the "
                      "password "
                      "has %zu bytes. Use TLS instead",
                      EVP_PKEY_get_bits(key), n);
}

int digest_rsa_oaep(struct buf *out, const char *pem, size_t npem, const void *p, size_t n,
                    struct fault *f)
{
    EVP_PKEY *key = read_public(pem, npem);
    int rc = RC_OK;
    if (!key)
        rc = fault(f, RC_CONFIG,
                   "the server's public key cannot be read: it is not a PEM block \"BEGIN "
                   "PUBLIC KEY\"");
    else if (!EVP_PKEY_is_a(key, "RSA"))
        rc = fault(f, RC_CONFIG, "the server's public key is not an RSA key but %s",
                   EVP_PKEY_get0_type_name(key));
    else
        rc = encrypt(key, out, p, n, f);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return rc;
}

/* ---- Ed25519 ---- */

static void sha512_of(unsigned char out[SHA512_BYTES], const struct digest_part *parts,
                      size_t nparts)
{
    crypto_hash_sha512_state s;
    (void)crypto_hash_sha512_init(&s); /* these three always return 0 */
    for (size_t i = 0; i < nparts; i++)
        (void)crypto_hash_sha512_update(&s, parts[i].p, parts[i].n);
    (void)crypto_hash_sha512_final(&s, out);
    sodium_memzero(&s, sizeof s);
}

/* RFC 8032 5.1.6 with any secret in the seed's place:
 *   a, prefix = halves of SHA-512(secret), a clamped;  A = a*B;  r = SHA-512(prefix, m);  R = r*B;
 *   S = r + SHA-512(R, A, m) * a;  signature = R, S. */
static int sign(unsigned char sig[64], unsigned char pub[32], const void *secret, size_t nsecret,
                const void *m, size_t n, struct fault *f)
{
    unsigned char az[64], hash64[64], r[32], k[32], ka[32];
    if (sodium_init() < 0)
        return fault(f, RC_UNSUPPORTED,
                     "libsodium cannot be set up; it is needed for Ed25519 logins");
    sha512_of(az, &(struct digest_part){secret, nsecret}, 1);
    az[0] &= 248;
    az[31] = (unsigned char)((az[31] & 127) | 64);
    int bad = crypto_scalarmult_ed25519_base_noclamp(pub, az);
    sha512_of(hash64, (struct digest_part[]){{az + 32, 32}, {m, n}}, 2);
    crypto_core_ed25519_scalar_reduce(r, hash64);
    bad |= crypto_scalarmult_ed25519_base_noclamp(sig, r);
    sha512_of(hash64, (struct digest_part[]){{sig, 32}, {pub, 32}, {m, n}}, 3);
    crypto_core_ed25519_scalar_reduce(k, hash64);
    crypto_core_ed25519_scalar_mul(ka, k, az);
    crypto_core_ed25519_scalar_add(sig + 32, ka, r);
    sodium_memzero(az, sizeof az);
    sodium_memzero(hash64, sizeof hash64);
    sodium_memzero(r, sizeof r);
    sodium_memzero(ka, sizeof ka);
    return bad ? fault(f, RC_UNSUPPORTED, "Ed25519: this password makes no usable key") : RC_OK;
}

int digest_ed25519_sign(unsigned char sig[64], unsigned char pub[32], const unsigned char seed[32],
                        const void *m, size_t n, struct fault *f)
{
    return sign(sig, pub, seed, 32, m, n, f);
}

int digest_ed25519_password_sign(unsigned char sig[64], unsigned char pub[32], const char *password,
                                 size_t npassword, const void *m, size_t n, struct fault *f)
{
    return sign(sig, pub, password, npassword, m, n, f);
}

int digest_random(void *p, size_t n, struct fault *f)
{
    int ok = n <= INT_MAX && RAND_bytes(p, (int)n) == 1;
    ERR_clear_error();
    return ok ? RC_OK : fault(f, RC_UNSUPPORTED, "the system gives no random bytes");
}
