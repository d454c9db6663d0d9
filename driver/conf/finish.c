/* finish.c - how keys act together, once every source has spoken: bits, older names, files, TLS.
 * Each step is idempotent, because SQLBrowseConnect may finish the same keys more than once. */
#include "conf/file.h"
#include "conf/row.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PASSWORD_FILE_MAX       4096u
#define TOKEN_FILE_MAX          (64u * 1024u)
#define FINGERPRINT_FILE_MAX    (64u * 1024u)
#define FINGERPRINT_DIGITS      64u /* SHA-256 */
#define FINGERPRINT_SHA1_DIGITS 40u

/* OPTION */

static const struct {
    uint32_t bit;
    enum dsn_key key;
} options[] = {
#define OPTION(bit, field) {UINT32_C(1) << (bit), DSN_KEY_##field},
#include "table/option.def"
};

static int apply_option(struct dsn *d, struct fault *f)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        enum dsn_key key = options[i].key;
        bool is_asked = (d->option & options[i].bit) != 0;
        if (!is_asked || d->from[key] >= d->from[DSN_KEY_option])
            continue;
        int rc = dsn_turn_on(d, key, f);
        if (rc)
            return rc;
    }
    return RC_OK;
}

/* Older names */

static int derive_word(struct dsn *d, enum dsn_key key, const char *word, struct fault *f)
{
    return dsn_derive(d, key, word, strlen(word), f);
}

static int apply_pwd1(struct dsn *d, struct fault *f)
{
    bool is_stronger = d->from[DSN_KEY_pwd1] > d->from[DSN_KEY_pwd];
    if (!d->pwd1)
        return RC_OK;
    if (is_stronger)
        return derive_word(d, DSN_KEY_pwd, d->pwd1, f);
    if (dsn_is_set(d, DSN_KEY_pwd) && (!d->pwd || strcmp(d->pwd, d->pwd1) != 0))
        dsn_note(d, DSN_NOTE_CONFLICT, "PWD and PWD1 are both given and differ; PWD counts");
    return RC_OK;
}

static const char *log_word(const struct dsn *d)
{
    if (d->log_query)
        return "QUERY";
    return d->log || d->log_file ? "INFO" : NULL;
}

static int apply_log(struct dsn *d, struct fault *f)
{
    const char *word = log_word(d);
    int rc = RC_OK;
    if (word && !dsn_is_set(d, DSN_KEY_log_level))
        rc = derive_word(d, DSN_KEY_log_level, word, f);
    if (!rc && d->log_level != DSN_LOG_OFF && !d->log_file)
        dsn_note(d, DSN_NOTE_NO_EFFECT, "a log is asked for, but LOGFILE does not say where");
    return rc;
}

static int apply_older_names(struct dsn *d, struct fault *f)
{
    int rc = apply_pwd1(d, f);
    if (!rc)
        rc = apply_log(d, f);
    if (!rc && dsn_is_set(d, DSN_KEY_compression) && !dsn_is_set(d, DSN_KEY_compress))
        rc = derive_word(d, DSN_KEY_compress, "1", f);
    if (!rc && d->no_local_infile && d->local_dir)
        rc = derive_word(d, DSN_KEY_local_dir, "", f);
    if (!rc && !d->port)
        rc = derive_word(d, DSN_KEY_port, dsn_row(DSN_KEY_port)->preset, f);
    return rc;
}

/* Files */

static struct dsn_span first_line(const struct buf *b)
{
    const unsigned char *end = memchr(b->p, '\n', b->len);
    size_t n = end ? (size_t)(end - b->p) : b->len;
    if (n && b->p[n - 1] == '\r')
        n--;
    return (struct dsn_span){(const char *)b->p, n};
}

static void note_exposed(struct dsn *d, const char *key, const char *path)
{
    dsn_note(d, DSN_NOTE_EXPOSED,
             "%s: others than its owner can read or change the file %s; chmod 600 makes it private",
             key, path);
}

static int read_password(struct dsn *d, struct fault *f)
{
    struct buf file;
    bool is_stronger = d->from[DSN_KEY_pwd_file] > d->from[DSN_KEY_pwd];
    bool exposed = false;
    if (!d->pwd_file || !is_stronger)
        return RC_OK;
    buf_init(&file, 0);
    int rc = file_read(d->pwd_file, "PWDFILE", PASSWORD_FILE_MAX, &file, &exposed, f);
    struct dsn_span line = rc ? (struct dsn_span){NULL, 0} : first_line(&file);
    if (!rc && !line.n)
        rc = fault(f, RC_CONFIG, "PWDFILE: the first line of the file %s is empty", d->pwd_file);
    if (!rc)
        rc = dsn_derive(d, DSN_KEY_pwd, line.s, line.n, f);
    if (!rc && exposed)
        note_exposed(d, "PWDFILE", d->pwd_file);
    buf_wipe(&file);
    return rc;
}

static int read_token(struct dsn *d, struct fault *f)
{
    struct buf file;
    bool is_stronger = d->from[DSN_KEY_openid_token_file] > d->from[DSN_KEY_token];
    bool exposed = false;
    if (!d->openid_token_file || !is_stronger)
        return RC_OK;
    buf_init(&file, 0);
    int rc =
        file_read(d->openid_token_file, "OPENID-TOKEN-FILE", TOKEN_FILE_MAX, &file, &exposed, f);
    struct dsn_span token = rc ? (struct dsn_span){NULL, 0} : dsn_trim((char *)file.p, file.len);
    if (!rc && !token.n)
        rc = fault(f, RC_CONFIG, "OPENID-TOKEN-FILE: the file %s holds only spaces",
                   d->openid_token_file);
    if (!rc)
        rc = dsn_derive(d, DSN_KEY_token, token.s, token.n, f);
    if (!rc && exposed)
        note_exposed(d, "OPENID-TOKEN-FILE", d->openid_token_file);
    buf_wipe(&file);
    return rc;
}

/* Keys that TLS reads; whether it can is its own affair. */
static void look_at_keys(struct dsn *d)
{
    if (d->ssl_key && file_is_exposed(d->ssl_key))
        note_exposed(d, "SSLKEY", d->ssl_key);
    if (d->ssl_pkcs12 && file_is_exposed(d->ssl_pkcs12))
        note_exposed(d, "SSLPKCS12", d->ssl_pkcs12);
}

/* Fingerprints: as lower-case digits without colons, commas between them. */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static int add_fingerprint(struct buf *out, struct dsn_span s, const char *key, struct fault *f)
{
    size_t ndigits = 0;
    if (out->len)
        buf_putc(out, ',');
    for (size_t i = 0; i < s.n; i++) {
        if (s.s[i] == ':')
            continue;
        if (!is_hex(s.s[i]))
            return fault(f, RC_CONFIG,
                         "%s: a fingerprint is %u hexadecimal digits, colons between them allowed",
                         key, FINGERPRINT_DIGITS);
        buf_putc(out, (unsigned)(s.s[i] >= 'A' && s.s[i] <= 'F' ? s.s[i] - 'A' + 'a' : s.s[i]));
        ndigits++;
    }
    if (ndigits == FINGERPRINT_DIGITS)
        return RC_OK;
    return fault(f, RC_CONFIG,
                 "%s: a fingerprint has %zu digits; it must have %u (SHA-256)%s. Get it with: "
                 "openssl x509 -in server.crt -noout -fingerprint -sha256",
                 key, ndigits, FINGERPRINT_DIGITS,
                 ndigits == FINGERPRINT_SHA1_DIGITS ? "; SHA-1 is no longer safe" : "");
}

/* Every item of s, which stand between separators; a line that begins with '#' is none. */
static int add_fingerprints(struct buf *out, const char *s, size_t n, const char *separators,
                            const char *key, struct fault *f)
{
    int rc = RC_OK;
    for (size_t i = 0; i < n && !rc;) {
        size_t len = 0;
        while (i + len < n && !strchr(separators, s[i + len]))
            len++;
        struct dsn_span item = dsn_trim(s + i, len);
        if (item.n && *item.s != '#')
            rc = add_fingerprint(out, item, key, f);
        i += len + 1;
    }
    return rc;
}

static int add_fingerprint_file(struct buf *out, const char *path, struct fault *f)
{
    struct buf file;
    size_t before = out->len;
    buf_init(&file, 0);
    int rc = file_read(path, "TLSPEERFPLIST", FINGERPRINT_FILE_MAX, &file, NULL, f);
    if (!rc)
        rc = add_fingerprints(out, (char *)file.p, file.len, "\n", "TLSPEERFPLIST", f);
    if (!rc && buf_ok(out) && out->len == before)
        rc = fault(f, RC_CONFIG, "TLSPEERFPLIST: the file %s holds no fingerprint", path);
    buf_clear(&file);
    return rc;
}

static int settle_fingerprints(struct dsn *d, struct fault *f)
{
    struct buf all;
    int rc = RC_OK;
    unsigned char from = d->from[DSN_KEY_tls_peer_fp];
    buf_init(&all, 0);
    if (d->tls_peer_fp && from > DSN_FROM_DERIVED)
        rc = add_fingerprints(&all, d->tls_peer_fp, strlen(d->tls_peer_fp), ",", "TLSPEERFP", f);
    if (!rc && d->tls_peer_fp_list && from <= DSN_FROM_DERIVED)
        rc = add_fingerprint_file(&all, d->tls_peer_fp_list, f);
    if (!rc && !buf_ok(&all))
        rc = fault(f, RC_MEMORY, "no memory for the fingerprints");
    if (!rc && all.len)
        rc = dsn_derive(d, DSN_KEY_tls_peer_fp, (char *)all.p, all.len, f);
    if (!rc && from > DSN_FROM_DERIVED)
        d->from[DSN_KEY_tls_peer_fp] = from; /* only its form has changed */
    buf_clear(&all);
    return rc;
}

/* TLS */

static enum tls_mode stated_mode(const struct dsn *d)
{
    if (dsn_is_set(d, DSN_KEY_ssl_mode))
        return d->ssl_mode;
    return d->ssl_ca || d->ssl_capath || d->ssl_bundle ? TLS_VERIFY_CA : TLS_PREFERRED;
}

/* An older key counts if SSLMODE is not from a stronger source. */
static bool counts(const struct dsn *d, enum dsn_key key)
{
    return dsn_is_set(d, key) && d->from[key] >= d->from[DSN_KEY_ssl_mode];
}

static enum tls_mode mode_that_counts(const struct dsn *d)
{
    enum tls_mode mode = stated_mode(d);
    if (d->force_tls && counts(d, DSN_KEY_force_tls))
        mode = tls_mode_stronger(mode, TLS_REQUIRED);
    bool has_pin = d->tls_peer_fp || d->tls_peer_fp_list;
    if (d->ssl_verify && counts(d, DSN_KEY_ssl_verify))
        mode = tls_mode_stronger(mode, has_pin ? TLS_REQUIRED : TLS_VERIFY_IDENTITY);
    if (has_pin)
        mode = tls_mode_stronger(mode, TLS_REQUIRED);
    return mode;
}

unsigned dsn_tls_versions(const struct dsn *d)
{
    unsigned versions = d->tls_version & (DSN_TLS_1_2 | DSN_TLS_1_3);
    versions &= d->no_tls_1_2 ? ~(unsigned)DSN_TLS_1_2 : ~0u;
    versions &= d->no_tls_1_3 ? ~(unsigned)DSN_TLS_1_3 : ~0u;
    return versions;
}

static int settle_tls(struct dsn *d, struct fault *f)
{
    enum tls_mode mode = mode_that_counts(d);
    d->tls_mode = mode;
    if (dsn_is_set(d, DSN_KEY_ssl_mode) && mode != d->ssl_mode)
        dsn_note(d, DSN_NOTE_CONFLICT,
                 "SSLMODE=%s is contradicted by FORCETLS, SSLVERIFY or TLSPEERFP; the stronger "
                 "SSLMODE=%s counts",
                 tls_mode_name(d->ssl_mode), tls_mode_name(mode));
    if (counts(d, DSN_KEY_ssl_verify) && !d->ssl_verify && tls_mode_verifies(mode))
        dsn_note(d, DSN_NOTE_CONFLICT,
                 "SSLVERIFY=0 is contradicted by SSLMODE, SSLCA, SSLCAPATH or SSLBUNDLE; "
                 "SSLMODE=%s counts; say SSLMODE=REQUIRED to verify nothing",
                 tls_mode_name(mode));
    if (mode != TLS_DISABLED && !dsn_tls_versions(d))
        return fault(f, RC_CONFIG,
                     "TLSVERSION, NO_TLS_1_2 and NO_TLS_1_3 leave no version of TLS to offer; this "
                     "driver has TLSv1.2 and TLSv1.3");
    return RC_OK;
}

static int check_hosts(const struct dsn *d, struct fault *f)
{
    struct dsn_hosts hosts;
    int rc = dsn_hosts(d, 0, &hosts, f);
    dsn_hosts_clear(&hosts);
    return rc;
}

int dsn_finish(struct dsn *d, struct fault *f)
{
    int rc = apply_option(d, f);
    if (!rc)
        rc = apply_older_names(d, f);
    if (!rc)
        rc = read_password(d, f);
    if (!rc)
        rc = read_token(d, f);
    if (!rc)
        rc = settle_fingerprints(d, f);
    if (!rc)
        rc = settle_tls(d, f);
    if (!rc)
        rc = check_hosts(d, f);
    if (!rc)
        look_at_keys(d);
    return rc;
}
