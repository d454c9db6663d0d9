/* check_digest.c - known answers: FIPS 180, RFC 8032 7.1, MariaDB's ed25519_password(), PBKDF2
 * against an independent implementation; RSA by decrypting. */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "net/digest.h"

static size_t from_hex(unsigned char *out, const char *hex)
{
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (unsigned char)strtoul(two, NULL, 16);
    }
    return n;
}

static const char *hex_of(const unsigned char *p, size_t n)
{
    static char out[2 * 128 + 1];
    for (size_t i = 0; i < n; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", p[i]);
    return out;
}

/* ---- hashes: the text goes in as two parts ---- */

static const struct {
    const char *text, *sha1, *sha256, *sha512;
} hashes[] = {
    {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

START_TEST(hashes_known)
{
    unsigned char out[SHA256_BYTES];
    const char *s = hashes[_i].text;
    size_t cut = strlen(s) / 2;
    struct digest_part parts[] = {{s, cut}, {s + cut, strlen(s) - cut}};
    struct fault f = {0};
    ck_assert_int_eq(digest_sha1(out, parts, 2, &f), RC_OK);
    ck_assert_str_eq(hex_of(out, SHA1_BYTES), hashes[_i].sha1);
    ck_assert_int_eq(digest_sha256(out, parts, 2, &f), RC_OK);
    ck_assert_str_eq(hex_of(out, SHA256_BYTES), hashes[_i].sha256);
}
END_TEST

/* ---- PBKDF2-HMAC-SHA512; answers from Python's hashlib.pbkdf2_hmac ---- */

static const struct {
    const char *password, *salt;
    unsigned rounds;
    const char *key;
} keys[] = {
    {"password", "salt", 1, "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"},
    {"password", "salt", 1024, "f2104afdc09b36cab1de2d82c45d8f047d624eeab365410c49789409a6a39dd5"},
    {"", "0123456789abcdefgh", 8192,
     "0f1baec5febf93278325ef7f25f96ec33e5d178840ec145ce6154e0acc3e0456"},
};

START_TEST(pbkdf2_known)
{
    unsigned char out[32];
    struct fault f = {0};
    int rc = digest_pbkdf2_sha512(out, sizeof out, keys[_i].password, strlen(keys[_i].password),
                                  (const unsigned char *)keys[_i].salt, strlen(keys[_i].salt),
                                  keys[_i].rounds, &f);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_msg(strcmp(hex_of(out, sizeof out), keys[_i].key) == 0, "row %d: %s", _i,
                  hex_of(out, sizeof out));
}
END_TEST

START_TEST(pbkdf2_refuses_no_rounds)
{
    unsigned char out[32] = {0};
    struct fault f = {0};
    ck_assert_int_eq(digest_pbkdf2_sha512(out, sizeof out, "p", 1, out, 0, 0, &f), RC_UNSUPPORTED);
}
END_TEST

/* ---- Ed25519 ---- */

static const struct {
    const char *seed, *pub, *m, *sig;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

START_TEST(ed25519_rfc8032)
{
    unsigned char seed[32], pub[32], sig[64], m[8];
    struct fault f = {0};
    from_hex(seed, rfc8032[_i].seed);
    size_t n = from_hex(m, rfc8032[_i].m);
    ck_assert_int_eq(digest_ed25519_sign(sig, pub, seed, m, n, &f), RC_OK);
    ck_assert_str_eq(hex_of(pub, 32), rfc8032[_i].pub);
    ck_assert_str_eq(hex_of(sig, 64), rfc8032[_i].sig);
}
END_TEST

/* Public keys as MariaDB's documentation of ed25519_password() shows them. */
static const struct {
    const char *password, *pub;
} mariadb[] = {
    {"secret", "ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY="},
    {"", "4LH+dBF+G5W2CKTyId8xR3SyDqZoQjUNUVNxx8aWbG4="},
};

/* Independent of libsodium: OpenSSL verifies. */
static bool verifies(const unsigned char pub[32], const unsigned char sig[64], const void *m,
                     size_t n)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub, 32);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(c, sig, 64, m, n) == 1;
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(key);
    return ok;
}

START_TEST(ed25519_mariadb)
{
    unsigned char pub[32], sig[64], text[48];
    static const char nonce[33] = "0123456789abcdef0123456789abcdef";
    struct fault f = {0};
    const char *p = mariadb[_i].password;
    ck_assert_int_eq(digest_ed25519_password_sign(sig, pub, p, strlen(p), nonce, 32, &f), RC_OK);
    EVP_EncodeBlock(text, pub, 32);
    ck_assert_str_eq((char *)text, mariadb[_i].pub);
    ck_assert(verifies(pub, sig, nonce, 32));
    sig[40] ^= 1;
    ck_assert(!verifies(pub, sig, nonce, 32));
}
END_TEST

/* ---- RSA ---- */

static size_t public_pem(EVP_PKEY *key, char *out, size_t cap)
{
    char *p = NULL;
    BIO *b = BIO_new(BIO_s_mem());
    ck_assert(PEM_write_bio_PUBKEY(b, key));
    size_t n = (size_t)BIO_get_mem_data(b, &p);
    ck_assert_uint_lt(n, cap);
    memcpy(out, p, n);
    BIO_free(b);
    return n;
}

START_TEST(rsa_round_trip)
{
    char pem[2048];
    unsigned char plain[512];
    size_t nplain = sizeof plain;
    struct fault f = {0};
    struct buf out = {0};
    EVP_PKEY *key = EVP_RSA_gen(2048);
    size_t npem = public_pem(key, pem, sizeof pem);
    buf_puts(&out, "before");
    ck_assert_int_eq(digest_rsa_oaep(&out, pem, npem, "secret\0", 7, &f), RC_OK);
    ck_assert_uint_eq(out.len, 6 + 256);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
    ck_assert_int_eq(EVP_PKEY_decrypt_init(c), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_decrypt(c, plain, &nplain, out.p + 6, 256), 1);
    ck_assert_uint_eq(nplain, 7);
    ck_assert_mem_eq(plain, "secret\0", 7);
    /* 2048 bits carry 214 bytes at most */
    ck_assert_int_eq(digest_rsa_oaep(&out, pem, npem, plain, 215, &f), RC_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(f.text, "215 bytes"));
    ck_assert_uint_eq(out.len, 6 + 256);
    EVP_PKEY_CTX_free(c);
    EVP_PKEY_free(key);
    buf_clear(&out);
}
END_TEST

START_TEST(rsa_refuses_other_keys)
{
    static const char *const bad[] = {
        "", "garbage",
        "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
        "AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n-----END PUBLIC "
        "KEY-----\n"};
    struct buf out = {0};
    struct fault f = {0};
    char pem[1024];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(digest_rsa_oaep(&out, bad[i], strlen(bad[i]), "x", 1, &f), RC_CONFIG);
        ck_assert_ptr_nonnull(strstr(f.text, "cannot be read"));
    }
    EVP_PKEY *key = EVP_EC_gen("P-256");
    size_t n = public_pem(key, pem, sizeof pem);
    ck_assert_int_eq(digest_rsa_oaep(&out, pem, n, "x", 1, &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "not an RSA key"));
    EVP_PKEY_free(key);
    ck_assert_uint_eq(out.len, 0);
    buf_clear(&out);
}
END_TEST

START_TEST(random_differs)
{
    unsigned char a[32] = {0}, b[32] = {0};
    struct fault f = {0};
    ck_assert_int_eq(digest_random(a, sizeof a, &f), RC_OK);
    ck_assert_int_eq(digest_random(b, sizeof b, &f), RC_OK);
    ck_assert_mem_ne(a, b, sizeof a);
}
END_TEST

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *check_digest(void);
Suite *check_digest(void)
{
    Suite *s = suite_create("digest");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, hashes_known, 0, ROWS(hashes));
    tcase_add_loop_test(t, pbkdf2_known, 0, ROWS(keys));
    tcase_add_test(t, pbkdf2_refuses_no_rounds);
    tcase_add_loop_test(t, ed25519_rfc8032, 0, ROWS(rfc8032));
    tcase_add_loop_test(t, ed25519_mariadb, 0, ROWS(mariadb));
    tcase_add_test(t, rsa_round_trip);
    tcase_add_test(t, rsa_refuses_other_keys);
    tcase_add_test(t, random_differs);
    suite_add_tcase(s, t);
    return s;
}
