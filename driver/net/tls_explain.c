/* tls_explain.c - the words of a refusal.
 *
 * Reason first and remedy second, because unixODBC shows 512 bytes of what a failed connect says;
 * then what was trusted and compared, and the certificate at fault.  What comes from certificates
 * is cut to budgets that shrink until the whole fits, so that a certificate with a hundred names
 * cannot push the rest out.  Names may hold anything: they come out as clean UTF-8. Source:
 * X509_STORE_CTX_get_error(3); alerts: RFC 8446 6.2, RFC 5246 7.2.2. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "net/tls_parts.h"

#define ROOM 920 /* of the fault's 1023 bytes: layers above put the host in front */

/* ---- pieces ---- */

/* Append n bytes of s, at most `budget`; control characters and bad UTF-8 become '?'. */
static void put_clean(struct buf *out, const char *s, size_t n, size_t budget)
{
    size_t keep = n <= budget ? n : text_floor(s, n, budget);
    bool valid = text_valid(s, n);
    for (size_t i = 0; i < keep; i++) {
        unsigned char c = (unsigned char)s[i];
        buf_putc(out, c < 0x20 || c == 0x7f || (c >= 0x80 && !valid) ? '?' : c);
    }
    if (keep < n)
        buf_puts(out, "...");
}

static void put_name(struct buf *out, const X509_NAME *name, size_t budget)
{
    char *p = NULL;
    BIO *b = BIO_new(BIO_s_mem());
    if (b && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
        long n = BIO_get_mem_data(b, &p);
        if (n > 0)
            put_clean(out, p, (size_t)n, budget);
        else
            buf_puts(out, "(no name)");
    }
    BIO_free(b);
}

void tls_explain_name(struct buf *out, const X509_NAME *name)
{
    put_name(out, name, 200);
}

static void put_time(struct buf *out, const ASN1_TIME *when)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(when, &tm))
        buf_printf(out, "%04d-%02d-%02d %02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
                   tm.tm_mday, tm.tm_hour, tm.tm_min);
    else
        buf_puts(out, "(unreadable date)");
}

static void put_now(struct buf *out)
{
    struct tm tm;
    time_t now = time(NULL);
    if (gmtime_r(&now, &tm))
        buf_printf(out, "%04d-%02d-%02d %02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
                   tm.tm_mday, tm.tm_hour, tm.tm_min);
}

static void put_fingerprint(struct buf *out, const X509 *cert)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!X509_digest(cert, EVP_sha256(), md, &n))
        n = 0;
    for (unsigned i = 0; i < n; i++)
        buf_printf(out, "%02X", md[i]);
}

/* A name that is written like an address serves nobody who connects to that address. */
static bool looks_like_ip(const char *s, size_t n)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char ip[16];
    if (n >= sizeof text || memchr(s, 0, n))
        return false;
    memcpy(text, s, n);
    text[n] = 0;
    return inet_pton(AF_INET, text, ip) == 1 || inet_pton(AF_INET6, text, ip) == 1;
}

/* One DNS name or address; false for the kinds nobody compares. */
static bool put_general_name(struct buf *out, const GENERAL_NAME *g, size_t budget)
{
    char text[INET6_ADDRSTRLEN];
    if (g->type == GEN_DNS) {
        const char *name = (const char *)ASN1_STRING_get0_data(g->d.dNSName);
        size_t n = (size_t)ASN1_STRING_length(g->d.dNSName);
        put_clean(out, name, n, budget);
        if (looks_like_ip(name, n))
            buf_puts(out, " (as a DNS name, not as an IP address)");
        return true;
    }
    if (g->type != GEN_IPADD)
        return false;
    int n = ASN1_STRING_length(g->d.iPAddress);
    if ((n != 4 && n != 16) || !inet_ntop(n == 4 ? AF_INET : AF_INET6,
                                          ASN1_STRING_get0_data(g->d.iPAddress), text, sizeof text))
        return false;
    buf_puts(out, text);
    return true;
}

/* The names a certificate is for: its DNS names and addresses, or its CN where it has no DNS name;
 * as many as fit. */
static void put_names(struct buf *out, const X509 *cert, size_t budget)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    size_t before = out->len;
    int left_out = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        struct buf one;
        buf_init_text(&one, 512);
        bool shown = put_general_name(&one, sk_GENERAL_NAME_value(all, i), budget);
        if (shown && out->len > before && out->len - before + one.len > budget)
            left_out++;
        else if (shown)
            buf_printf(out, "%s%s", out->len > before ? ", " : "", buf_str(&one));
        buf_clear(&one);
    }
    if (left_out)
        buf_printf(out, " and %d more", left_out);
    if (out->len == before) {
        buf_puts(out, "no alternative name, subject ");
        put_name(out, X509_get_subject_name(cert), budget);
    }
    GENERAL_NAMES_free(all);
}

/* ---- refusals by us ---- */

enum detail {
    D_NONE,
    D_ISSUER,
    D_SUBJECT,
    D_EXPIRED,
    D_NOT_YET,
    D_NAMES,
    D_KEY,
    D_SIGNATURE,
    D_PIN
};

struct finding {
    int err;
    const char *words; /* "it ..." */
    enum detail detail;
    const char *remedy;
};

#define FIX_CA                                                                                     \
    "Give the certificate of that authority in SSLCA (a PEM file), or let the server send its "    \
    "whole chain"
#define FIX_ROOT "Give this authority's certificate in SSLCA (a PEM file), if it is the right one"
#define FIX_SELF                                                                                   \
    "Give this certificate in SSLCA, or, when its owner has confirmed the fingerprint, pin it "    \
    "with "                                                                                        \
    "SSLMODE=REQUIRED and TLSPEERFP"
#define FIX_NAME                                                                                   \
    "Connect to SERVER by a name of the certificate, have one made for this name, or use "         \
    "SSLMODE=VERIFY_CA, which does not compare names"
#define FIX_KEY "Have a certificate made with an RSA key of 2048 bits or more, or ECDSA P-256"
#define FIX_CRL                                                                                    \
    "Put the current list of that authority into SSLCRL or SSLCRLPATH; each authority of the "     \
    "chain needs one"
#define FIX_SERVER "Have the server's administrator install a proper certificate"

/* clang-format off */
static const struct finding findings[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "was issued by an authority that is not trusted:", D_ISSUER, FIX_CA},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "was issued by an authority that is not trusted:", D_ISSUER, FIX_CA},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "was issued by an authority that is not trusted:", D_ISSUER, FIX_CA},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "is self-signed, and not trusted", D_NONE, FIX_SELF},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "is a self-signed authority that is not trusted:", D_SUBJECT, FIX_ROOT},
    {X509_V_ERR_CERT_UNTRUSTED, "is marked as not trusted for this use", D_NONE, FIX_SERVER},
    {X509_V_ERR_CERT_HAS_EXPIRED, "has expired", D_EXPIRED, "Have it renewed on the server, or correct the clock of this machine"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "is not valid yet", D_NOT_YET, "Correct the clock of this machine, or wait"},
    {X509_V_ERR_HOSTNAME_MISMATCH, "is for another host:", D_NAMES, FIX_NAME},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, "is for another address:", D_NAMES, FIX_NAME},
    {X509_V_ERR_CERT_REVOKED, "has been revoked by its authority", D_ISSUER, "Do not trust this server; have it use a new certificate"},
    {X509_V_ERR_UNABLE_TO_GET_CRL, "cannot be checked: a revocation list (CRL) is missing of its authority", D_ISSUER, FIX_CRL},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, "cannot be checked: the signer of the revocation list (CRL) is not known for", D_ISSUER, FIX_CRL},
    {X509_V_ERR_CRL_HAS_EXPIRED, "cannot be checked: the revocation list (CRL) has expired of its authority", D_ISSUER, FIX_CRL},
    {X509_V_ERR_CRL_NOT_YET_VALID, "cannot be checked: the revocation list (CRL) is not valid yet of its authority", D_ISSUER, FIX_CRL},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, "cannot be checked: the revocation list (CRL) has a wrong signature of its authority", D_ISSUER, FIX_CRL},
    {X509_V_ERR_EE_KEY_TOO_SMALL, "has a key that is too weak:", D_KEY, FIX_KEY},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "has a key that is too weak:", D_KEY, FIX_KEY},
    {X509_V_ERR_CA_MD_TOO_WEAK, "is signed in a way that is too weak:", D_SIGNATURE, "Have a certificate made that is signed with SHA-256 or better"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "has a signature that does not fit its authority", D_ISSUER, "It is forged or damaged, or SSLCA holds an older key of the same authority: fetch the current one"},
    {X509_V_ERR_INVALID_CA, "issued a certificate without being allowed to (no CA:TRUE)", D_NONE, FIX_SERVER},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, "issued a chain that is longer than it may be", D_NONE, FIX_SERVER},
    {X509_V_ERR_INVALID_PURPOSE, "is not made for servers (extended key usage without serverAuth)", D_NONE, FIX_SERVER},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, "has a critical extension that OpenSSL does not know", D_NONE, FIX_SERVER},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, "stands at the end of a chain that is too long", D_NONE, FIX_SERVER},
    {TLS_ERR_PIN, "does not have the fingerprint that TLSPEERFP demands; it has", D_PIN, "If the server got a new certificate and its owner confirms this, put it into TLSPEERFP; else somebody may stand in between"},
};
/* clang-format on */

static struct finding finding_of(int err)
{
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
        if (findings[i].err == err)
            return findings[i];
    return (struct finding){err, NULL, D_NONE, FIX_SERVER};
}

static void put_quoted_name(struct buf *out, const X509_NAME *name, size_t budget)
{
    buf_puts(out, " \"");
    put_name(out, name, budget);
    buf_puts(out, "\"");
}

static void put_key(struct buf *out, const X509 *cert)
{
    EVP_PKEY *key = X509_get0_pubkey(cert);
    const char *kind = key ? EVP_PKEY_get0_type_name(key) : NULL;
    if (kind)
        buf_printf(out, " %s of %d bits", kind, EVP_PKEY_get_bits(key));
}

static void put_signature(struct buf *out, const X509 *cert)
{
    const char *name = OBJ_nid2ln(X509_get_signature_nid(cert));
    buf_printf(out, " %s", name ? name : "unknown algorithm");
}

static void put_detail(struct buf *out, enum detail d, const struct tls_stream *t, X509 *cert,
                       size_t budget)
{
    switch (d) {
    case D_NONE:
        break;
    case D_ISSUER:
        put_quoted_name(out, X509_get_issuer_name(cert), budget);
        break;
    case D_SUBJECT:
        put_quoted_name(out, X509_get_subject_name(cert), budget);
        break;
    case D_EXPIRED:
        buf_puts(out, " on ");
        put_time(out, X509_get0_notAfter(cert));
        buf_puts(out, " (now: ");
        put_now(out);
        buf_puts(out, ")");
        break;
    case D_NOT_YET:
        buf_puts(out, ", but from ");
        put_time(out, X509_get0_notBefore(cert));
        buf_puts(out, " on (now: ");
        put_now(out);
        buf_puts(out, ")");
        break;
    case D_NAMES:
        buf_puts(out, " it names ");
        put_names(out, cert, budget);
        buf_printf(out, ", and the %s asked for is ", t->is_ip ? "IP address" : "host");
        put_clean(out, t->host, strlen(t->host), budget);
        if (t->is_ip)
            buf_puts(out, ", which only an IP address in the certificate can match");
        break;
    case D_KEY:
        put_key(out, cert);
        break;
    case D_SIGNATURE:
        put_signature(out, cert);
        break;
    case D_PIN:
        buf_puts(out, " ");
        put_fingerprint(out, cert);
        break;
    }
}

/* subject, issuer, names (an authority has none), validity */
static void put_cert(struct buf *out, X509 *cert, int depth, enum detail told, size_t budget)
{
    buf_puts(out, "subject");
    put_quoted_name(out, X509_get_subject_name(cert), budget);
    buf_puts(out, ", issuer");
    if (X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0)
        buf_puts(out, " itself");
    else
        put_quoted_name(out, X509_get_issuer_name(cert), budget);
    if (told != D_NAMES && depth == 0) {
        buf_puts(out, ", names ");
        put_names(out, cert, budget);
    }
    buf_puts(out, ", valid ");
    put_time(out, X509_get0_notBefore(cert));
    buf_puts(out, " to ");
    put_time(out, X509_get0_notAfter(cert));
}

struct cert_case {
    const struct tls_stream *t;
    struct finding finding;
    int depth;
    X509 *cert, *leaf;
};

static void put_case(struct buf *out, const struct cert_case *k, size_t budget)
{
    buf_puts(out, "TLS handshake stopped at ");
    if (k->depth > 0)
        buf_printf(out, "the certificate at depth %d of the chain of ", k->depth);
    buf_puts(out, "the server's certificate");
    if (k->depth > 0 && k->leaf)
        put_quoted_name(out, X509_get_subject_name(k->leaf), budget);
    buf_puts(out, ": it ");
    if (k->finding.words)
        buf_puts(out, k->finding.words);
    else
        buf_printf(out, "is not accepted (%s)", X509_verify_cert_error_string(k->finding.err));
    put_detail(out, k->finding.detail, k->t, k->cert, budget);
    buf_printf(out, ". %s. Trusted: ", k->finding.remedy);
    put_clean(out, k->t->ctx->trust, strlen(k->t->ctx->trust), budget + 40);
    if (k->t->ctx->mode == TLS_VERIFY_IDENTITY) {
        buf_puts(out, ". Host compared: ");
        put_clean(out, k->t->host, strlen(k->t->host), budget);
    }
    buf_printf(out, ". Certificate at depth %d: ", k->depth);
    put_cert(out, k->cert, k->depth, k->finding.detail, budget);
    buf_printf(out, ". SSLMODE=%s", tls_mode_name(k->t->ctx->mode));
    if (k->finding.detail != D_PIN && k->leaf && budget > 60) {
        buf_puts(out, ", server's fingerprint ");
        put_fingerprint(out, k->leaf);
    }
}

int tls_explain_cert(struct fault *f, const struct tls_stream *t, int err, int depth, X509 *cert,
                     X509 *leaf)
{
    static const size_t budgets[] = {220, 120, 80, 50, 30};
    const struct cert_case k = {t, finding_of(err), depth, cert ? cert : leaf, leaf};
    struct buf b;
    buf_init(&b, 0);
    if (!k.cert)
        return fault(f, RC_TLS, "TLS handshake stopped: the server sent no certificate");
    for (size_t i = 0; i < sizeof budgets / sizeof budgets[0]; i++) {
        buf_reset(&b);
        put_case(&b, &k, budgets[i]);
        if (b.len <= ROOM)
            break;
    }
    int rc = fault(f, RC_TLS, "%s", buf_str(&b));
    buf_clear(&b);
    return rc;
}

/* ---- refusals by the server ---- */

enum about { A_OTHER, A_CERT, A_HELLO };

struct alert {
    int code;
    enum about about;
    const char *name, *words;
};

/* clang-format off */
static const struct alert alerts[] = {
    {10, A_OTHER, "unexpected message", "it met a message it did not expect"},
    {20, A_OTHER, "bad record mac", "what arrived there was not what we sent; something in between changes the bytes"},
    {40, A_HELLO, "handshake failure", "it has no cipher, key exchange or signature in common with us"},
    {42, A_CERT, "bad certificate", "our client certificate is damaged or not acceptable to it"},
    {43, A_CERT, "unsupported certificate", "our client certificate is of a kind it does not accept, such as one not made for clients"},
    {44, A_CERT, "certificate revoked", "our client certificate has been revoked"},
    {45, A_CERT, "certificate expired", "our client certificate has expired"},
    {46, A_CERT, "certificate unknown", "it does not accept our client certificate"},
    {47, A_OTHER, "illegal parameter", "it met a value it does not accept"},
    {48, A_CERT, "unknown ca", "it does not trust the authority that issued our client certificate"},
    {49, A_CERT, "access denied", "our client certificate is valid there but not allowed in"},
    {50, A_OTHER, "decode error", "it could not read a message of ours"},
    {51, A_CERT, "decrypt error", "a signature of ours does not fit; the client's certificate or key may be wrong"},
    {70, A_HELLO, "protocol version", "it speaks none of the TLS versions that we offer"},
    {71, A_HELLO, "insufficient security", "it demands stronger ciphers than we offer"},
    {80, A_OTHER, "internal error", "it has a problem of its own; its log may tell more"},
    {86, A_HELLO, "inappropriate fallback", "it saw an attempt to weaken the TLS version"},
    {112, A_OTHER, "unrecognized name", "it does not serve the host name we asked for"},
    {116, A_CERT, "certificate required", "it demands a client certificate"},
    {120, A_OTHER, "no application protocol", "it expects another protocol than a database's on this port"},
};
/* clang-format on */

static const struct alert *alert_of(int code)
{
    static const struct alert unknown = {-1, A_OTHER, "unknown", "it gave no known reason"};
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (alerts[i].code == code)
            return &alerts[i];
    return &unknown;
}

static const char *versions_words(const SSL_CTX *c)
{
    SSL_CTX *ctx = NULL; /* the getters are macros over a function that takes no const */
    memcpy(&ctx, &c, sizeof ctx);
    if (SSL_CTX_get_min_proto_version(ctx) == TLS1_3_VERSION)
        return "TLS 1.3";
    return SSL_CTX_get_max_proto_version(ctx) == TLS1_2_VERSION ? "TLS 1.2" : "TLS 1.2 and 1.3";
}

static void put_client(struct buf *out, const struct tls_stream *t, size_t budget)
{
    X509 *c = t->ctx->client;
    buf_puts(out, " Client certificate: subject");
    put_quoted_name(out, X509_get_subject_name(c), budget);
    buf_puts(out, ", issuer");
    put_quoted_name(out, X509_get_issuer_name(c), budget);
    buf_puts(out, ", valid ");
    put_time(out, X509_get0_notBefore(c));
    buf_puts(out, " to ");
    put_time(out, X509_get0_notAfter(c));
    if (X509_cmp_current_time(X509_get0_notAfter(c)) < 0)
        buf_puts(out, " (expired)");
}

int tls_explain_alert(struct fault *f, const struct tls_stream *t, int code, const char *step,
                      int rc)
{
    const struct alert *a = alert_of(code);
    bool about_cert = a->about == A_CERT || (code == 40 && t->cert_asked);
    if (about_cert && !t->ctx->client)
        return fault(f, rc,
                     "%s: the server demands a client certificate and the DSN names none (alert "
                     "%d, \"%s\"). "
                     "Give SSLCERT and SSLKEY, SSLPKCS12, or SSLBUNDLE",
                     step, code, a->name);
    struct buf b;
    buf_init(&b, 0);
    buf_printf(&b, "%s: the server refused with the alert \"%s\" (%d): %s.", step, a->name, code,
               a->words);
    if (a->about == A_HELLO)
        buf_printf(
            &b,
            " We offer %s; check TLSVERSION, SSLCIPHER and TLSCIPHERSUITES, and the server's "
            "settings of TLS.",
            versions_words(t->ctx->ssl));
    if (about_cert) {
        buf_puts(
            &b, " Check SSLCERT and SSLKEY, and which authorities the server trusts (its ssl_ca).");
        put_client(&b, t, 150);
    }
    rc = fault(f, rc, "%s", buf_str(&b));
    buf_clear(&b);
    return rc;
}

/* ---- what OpenSSL says ---- */

struct errors {
    int alert;           /* received, or -1 */
    int reason;          /* of the first error of the SSL library, or 0 */
    unsigned long first; /* whole code */
};

static struct errors errors_take(void)
{
    struct errors out = {.alert = -1};
    for (unsigned long e = ERR_get_error(); e; e = ERR_get_error()) {
        int reason = ERR_GET_REASON(e);
        if (!out.first)
            out.first = e;
        if (ERR_GET_LIB(e) != ERR_LIB_SSL)
            continue;
        if (reason > SSL_AD_REASON_OFFSET && out.alert < 0)
            out.alert = reason - SSL_AD_REASON_OFFSET;
        else if (!out.reason)
            out.reason = reason;
    }
    return out;
}

static const char *reason_words(unsigned long e)
{
    const char *words = e ? ERR_reason_error_string(e) : NULL;
    return words ? words : "unknown error";
}

void tls_explain_openssl(struct buf *out)
{
    buf_puts(out, reason_words(errors_take().first));
}

static const struct {
    int reason;
    const char *words;
} local[] = {
    {SSL_R_WRONG_VERSION_NUMBER,
     "the answer is not TLS. Does PORT belong to a MySQL server that offers TLS?"},
    {SSL_R_UNEXPECTED_RECORD,
     "the answer is not TLS. Does PORT belong to a MySQL server that offers TLS?"},
    {SSL_R_HTTP_REQUEST,
     "the answer is not TLS. Does PORT belong to a MySQL server that offers TLS?"},
    {SSL_R_PACKET_LENGTH_TOO_LONG,
     "the answer is not TLS. Does PORT belong to a MySQL server that offers TLS?"},
    {SSL_R_BAD_LENGTH,
     "the answer is not TLS. Does PORT belong to a MySQL server that offers TLS?"},
    {SSL_R_UNSUPPORTED_PROTOCOL,
     "the server chose a TLS version that is not allowed here. This driver speaks "
     "TLS 1.2 and 1.3: check TLSVERSION and the server's tls_version"},
    {SSL_R_VERSION_TOO_LOW,
     "the server chose a TLS version that is not allowed here. This driver speaks TLS 1.2 "
     "and 1.3: check TLSVERSION and the server's tls_version"},
    {SSL_R_NO_CIPHERS_AVAILABLE,
     "SSLCIPHER, TLSCIPHERSUITES and TLSVERSION together leave nothing to offer"},
    {SSL_R_DH_KEY_TOO_SMALL,
     "the server's Diffie-Hellman parameters are too weak. Have them renewed, or choose "
     "ECDHE ciphers in SSLCIPHER"},
    {SSL_R_BAD_SIGNATURE, "the server could not prove that it holds the key of its certificate"},
    {SSL_R_WRONG_CURVE, "the server chose a curve that was not offered"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
     "the client's key can make none of the signatures the server accepts"},
    {SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
     "the server's TLS is too old: it lacks secure renegotiation "
     "(RFC 5746). Have it updated"},
};

static int explain_local(struct fault *f, const char *step, const struct errors *e)
{
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        if (local[i].reason == e->reason)
            return fault(f, RC_TLS, "%s: %s", step, local[i].words);
    return fault(f, RC_TLS, "%s: %s", step, reason_words(e->first));
}

/* How far the handshake came, for messages. */
static const char *step_words(const SSL *ssl)
{
    switch (SSL_get_state(ssl)) {
    case TLS_ST_BEFORE:
    case TLS_ST_CW_CLNT_HELLO:
        return "TLS handshake, waiting for the server's hello";
    case TLS_ST_CR_SRVR_HELLO:
    case TLS_ST_CR_ENCRYPTED_EXTENSIONS:
    case TLS_ST_CR_CERT:
    case TLS_ST_CR_CERT_REQ:
    case TLS_ST_CR_CERT_VRFY:
    case TLS_ST_CR_KEY_EXCH:
        return "TLS handshake, in the middle of the server's messages";
    default:
        return "TLS handshake, after our keys were sent";
    }
}

int tls_explain_handshake(struct fault *f, const struct tls_stream *t)
{
    const char *step = step_words(t->ssl);
    struct errors e = errors_take();
    if (e.alert >= 0)
        return tls_explain_alert(f, t, e.alert, step, RC_TLS);
    if (t->io_rc == RC_LOST) {
        char why[sizeof f->text];
        (void)snprintf(why, sizeof why, "%.400s",
                       f ? f->text : ""); /* written by the carrier: short */
        return fault(f, RC_LOST,
                     "%s: %s. The server gives no reason; usual ones are that its TLS is set up "
                     "wrongly, that it "
                     "does not accept our TLS version, or that something in between closes "
                     "connections. Its log "
                     "may tell more",
                     step, why);
    }
    if (t->io_rc)
        return f ? fault_prefix(f, "%s: ", step) : t->io_rc;
    return explain_local(f, step, &e);
}

int tls_explain_stream(struct fault *f, const struct tls_stream *t)
{
    static const char step[] = "TLS, after the handshake";
    struct errors e = errors_take();
    bool closed = (SSL_get_shutdown(t->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
    if (e.alert >= 0)
        return tls_explain_alert(f, t, e.alert, t->answered ? "TLS connection" : step,
                                 t->answered ? RC_LOST : RC_TLS);
    if (t->io_rc == RC_LOST && !t->answered && t->cert_asked && f)
        return fault_prefix(f, "%s, where a server refuses a client certificate (%s): ", step,
                            t->ctx->client ? "see SSLCERT" : "none was given in SSLCERT");
    if (t->io_rc)
        return t->io_rc;
    if (closed)
        return fault(f, RC_LOST, "the server closed the TLS connection");
    return fault(f, RC_PROTOCOL, "TLS connection: what arrived cannot be decrypted: %s",
                 reason_words(e.first));
}
