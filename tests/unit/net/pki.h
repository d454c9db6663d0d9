/* pki.h - a throwaway PKI in a temporary folder, made once a test run.
 *
 * Files: NAME.crt, NAME.key of every row of pki.c; chain.crt (viainter + inter), client-chain.crt;
 * ca.crl (revokes "revoked"), old.crl (expired), other.crl (of the other authority). */
#ifndef TESTS_UNIT_NET_PKI_H
#define TESTS_UNIT_NET_PKI_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* pki_up, pki_down - make and remove; for tcase_add_unchecked_fixture; calls nest. */
void pki_up(void);
void pki_down(void);

/* pki_path - the path of a file in the folder; one of 16 static buffers used in turns. */
const char *pki_path(const char *file);

/* pki_write - make or replace (by rename, so the inode changes) a file in the folder. */
const char *pki_write(const char *file, const void *p, size_t n);

/* pki_read - the whole file, NUL-terminated; caller frees. */
char *pki_read(const char *file, size_t *n);

X509 *pki_cert(const char *name);    /* borrowed */
EVP_PKEY *pki_key(const char *name); /* borrowed */

/* pki_crl - a list of authority `by` that revokes serials 1..n of `revoked` (one name or NULL),
 * valid for days (may be negative), to file. */
void pki_crl(const char *file, const char *by, const char *revoked, int days);

#endif
