/* fuzz_dsn.c - any bytes as a connection string: what is accepted is read back as it was written,
 * and secrets show in no message, note or log line. */
#include "base/text.h"
#include "conf/dsn.h"

#include "fuzz.h"

static const char secret[] = "fuzz-pass-word",
                  tail[] = ";PWD={fuzz-pass-word};SSLKEYPWD=fuzz-pass-word";

static void check_read_back(const struct dsn *d, struct buf *first)
{
    struct dsn back;
    struct fault f;
    struct buf second = {0};
    dsn_write(d, DSN_WRITE_COMPLETED, first);
    MUST(dsn_init(&back, &f) == RC_OK);
    MUST(dsn_parse(&back, buf_str(first), first->len, DSN_FROM_STRING, &f) == RC_OK);
    dsn_write(&back, DSN_WRITE_COMPLETED, &second);
    MUST(strcmp(buf_str(first), buf_str(&second)) == 0);
    buf_clear(&second);
    dsn_clear(&back);
}

static void check_words(const char *words, bool is_secret)
{
    MUST(words[0] && text_valid(words, strlen(words)));
    MUST(!is_secret || !strstr(words, secret));
}

static void check_notes(const struct dsn *d, bool is_secret)
{
    MUST(d->nnotes <= DSN_NOTES_MAX);
    for (size_t i = 0; i < d->nnotes; i++) {
        check_words(d->notes[i].text, is_secret);
    }
}

static void check_parts(const struct dsn *d, uint32_t seed, bool is_secret)
{
    struct dsn_hosts hosts;
    struct dsn_pair pair;
    struct fault f;
    const char *cursor = d->attr;
    if (dsn_hosts(d, seed, &hosts, &f) == RC_OK) {
        MUST(hosts.n >= 1 && hosts.n <= DSN_HOSTS_MAX);
        for (size_t i = 0; i < hosts.n; i++) {
            MUST(hosts.list[i].host && strlen(hosts.list[i].host) < SIZE_MAX);
        }
        dsn_hosts_clear(&hosts);
    } else {
        check_words(f.text, is_secret);
    }
    while (dsn_pairs_next(&cursor, &pair)) {
        MUST(pair.nname <= strlen(d->attr) && pair.nvalue <= strlen(d->attr));
    }
}

static void check_dsn(struct dsn *d, uint32_t seed, bool is_secret)
{
    struct fault f;
    struct buf out = {0};
    check_read_back(d, &out);
    check_parts(d, seed, is_secret);
    int rc = dsn_finish(d, &f);
    MUST(rc == RC_OK || rc == RC_CONFIG);
    if (rc) {
        check_words(f.text, is_secret);
    } else {
        MUST(dsn_tls_versions(d) != 0 && tls_mode_name(d->tls_mode));
    }
    check_notes(d, is_secret);
    buf_reset(&out);
    dsn_write(d, DSN_WRITE_MASKED, &out);
    (void)dsn_browse(d, &out);
    MUST(buf_ok(&out) && (!is_secret || !fuzz_has(out.p, out.len, secret)));
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct dsn d;
    struct fault f;
    struct buf text = {0};
    bool is_tailed = n && data[n - 1] != ';';
    buf_put(&text, data, n);
    buf_puts(&text, is_tailed ? tail : "");
    MUST(buf_ok(&text) && dsn_init(&d, &f) == RC_OK);
    int rc = dsn_parse(&d, buf_str(&text), text.len, DSN_FROM_STRING, &f);
    bool is_secret = is_tailed && !fuzz_has(data, n, secret) && d.pwd && strcmp(d.pwd, secret) == 0;
    if (rc == RC_OK) {
        check_dsn(&d, (uint32_t)n, is_secret);
    } else {
        MUST(rc == RC_CONFIG);
        check_words(f.text, is_secret);
        check_notes(&d, is_secret);
    }
    dsn_clear(&d);
    buf_clear(&text);
    return 0;
}
