/* digest.h - the cryptography that logging in needs: hashes, RSA encryption, Ed25519, random bytes.
 * The only other door to OpenSSL, and the only one to libsodium. */
#ifndef MYWIRE_NET_DIGEST_H
#define MYWIRE_NET_DIGEST_H

#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"

#define SHA1_BYTES   20
#define SHA256_BYTES 32
#define SHA512_BYTES 64

struct digest_part {
    const void *p;
    size_t n;
};

/* digest_sha1/sha256 - hash of the parts one after the other.  RC_UNSUPPORTED when the
 * system's crypto policy forbids the algorithm (FIPS). */
int digest_sha1(unsigned char out[SHA1_BYTES], const struct digest_part *parts, size_t nparts,
                struct fault *f) MUST_USE;
int digest_sha256(unsigned char out[SHA256_BYTES], const struct digest_part *parts, size_t nparts,
                  struct fault *f) MUST_USE;

/* digest_pbkdf2_sha512 - PBKDF2-HMAC-SHA512. */
int digest_pbkdf2_sha512(unsigned char *out, size_t nout, const char *password, size_t npassword,
                         const unsigned char *salt, size_t nsalt, unsigned rounds,
                         struct fault *f) MUST_USE;

/* digest_rsa_oaep - encrypt n bytes with the PEM public key (RSA-OAEP, SHA-1, as MySQL) and append
 * to out. */
int digest_rsa_oaep(struct buf *out, const char *pem, size_t npem, const void *p, size_t n,
                    struct fault *f) MUST_USE;

/* digest_ed25519_sign - sign m with the key made of a 32-byte seed (RFC 8032); also gives the
 * public key. digest_ed25519_password_sign - MariaDB's client_ed25519: the password of any length
 * takes the seed's place. */
int digest_ed25519_sign(unsigned char sig[64], unsigned char pub[32], const unsigned char seed[32],
                        const void *m, size_t n, struct fault *f) MUST_USE;
int digest_ed25519_password_sign(unsigned char sig[64], unsigned char pub[32], const char *password,
                                 size_t npassword, const void *m, size_t n,
                                 struct fault *f) MUST_USE;

int digest_random(void *p, size_t n, struct fault *f) MUST_USE;

#endif
