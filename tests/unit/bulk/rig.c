/* rig.c - see rig.h. */
#include "bulk/rig.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct fault rig_words;
struct load_result rig_result;

const char *rig_pki(const char *file)
{
    static char path[8][512];
    static unsigned turn;
    static bool made;
    const char *folder = getenv("MYWIRE_PKI");
    char command[1200];
    if (!folder)
        folder = TEST_PKI_DIR;
    (void)snprintf(command, sizeof command, "bash '%s/pki.sh' '%s'", TEST_LIB_DIR, folder);
    if (!made)
        ck_assert_int_eq(system(command), 0);
    made = true;
    char *out = path[turn++ % 8];
    (void)snprintf(out, sizeof path[0], "%s/%s", folder, file);
    return out;
}

void rig_fake(struct rig *r, bool tls, const char *const *options)
{
    char why[400] = "";
    *r = (struct rig){.fake = fake_new()};
    if (tls) {
        ck_assert(fake_set(r->fake, "fe-tls", "on") && fake_set(r->fake, "be-tls", "on"));
        ck_assert(fake_set(r->fake, "cert", rig_pki("server-good.crt")));
        ck_assert(fake_set(r->fake, "key", rig_pki("server-good.key")));
    }
    ck_assert(fake_set(r->fake, "user", "root:secret"));
    ck_assert(fake_set(r->fake, "second-ms", "100"));
    for (; options && *options; options += 2)
        ck_assert_msg(fake_set(r->fake, options[0], options[1]), "%s=%s", options[0], options[1]);
    ck_assert_msg(fake_table(r->fake, "d.t(id BIGINT, v STRING)", why, sizeof why), "%s", why);
    ck_assert_msg(fake_start(r->fake, why, sizeof why), "%s", why);
    (void)snprintf(r->url[0], sizeof r->url[0], "http%s://127.0.0.1:%u", tls ? "s" : "",
                   fake_port(r->fake, FAKE_FE));
    r->urls[0] = r->url[0];
    r->o = (struct load_opts){.urls = r->urls,
                              .nurls = 1,
                              .user = "root",
                              .password = "secret",
                              .connect_timeout_ms = 2000,
                              .timeout_s = 20};
    if (tls) {
        r->o.tls.mode = TLS_VERIFY_IDENTITY;
        r->o.tls.ca = rig_pki("ca.crt");
    }
}

void rig_loader(struct rig *r)
{
    struct fault f;
    ck_assert_msg(loader_new(&r->o, &r->loader, &f) == RC_OK, "%s", f.text);
}

void rig_up(struct rig *r, bool tls)
{
    rig_fake(r, tls, NULL);
    rig_loader(r);
}

void rig_down(struct rig *r)
{
    loader_free(r->loader);
    fake_free(r->fake);
    load_result_clear(&rig_result);
    rig_result = (struct load_result){0};
    *r = (struct rig){0};
}

static int read_text(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f)
{
    struct text_body *t = ctx;
    size_t left = t->n - t->at;
    if (t->fail_at && t->at >= (size_t)t->fail_at)
        return fault(f, RC_CONFIG, "the body failed");
    *n = left < cap ? left : cap;
    if (t->part && *n > t->part)
        *n = t->part;
    memcpy(p, t->p + t->at, *n);
    t->at += *n;
    return RC_OK;
}

static int rewind_text(void *ctx, struct fault *f)
{
    struct text_body *t = ctx;
    (void)f;
    t->at = 0;
    t->rewinds++;
    return RC_OK;
}

struct load_body text_body(struct text_body *t, const char *s)
{
    *t = (struct text_body){.p = s, .n = strlen(s)};
    return (struct load_body){
        .ctx = t, .read = read_text, .rewind = rewind_text, .size = (int64_t)t->n};
}

struct load_request rig_request(const char *label)
{
    static char made[129];
    static const struct load_header headers[] = {{"format", "csv"}, {"column_separator", ","}};
    if (!label)
        ck_assert_int_eq(load_make_label("test", made, NULL), RC_OK);
    return (struct load_request){.database = "d",
                                 .table = "t",
                                 .label = label ? label : made,
                                 .label_is_ours = !label,
                                 .headers = headers,
                                 .nheaders = 2};
}

bool rig_none_open(const struct rig *r)
{
    return load_rollback(r->loader, NULL) == RC_CONFIG;
}

enum load_outcome rig_load(struct rig *r, const char *label, const char *s)
{
    struct text_body t;
    struct load_body body = text_body(&t, s);
    struct load_request q = rig_request(label);
    load_result_clear(&rig_result);
    fault_clear(&rig_words);
    load_ready(r->loader);
    int rc = load_run(r->loader, &q, &body, &rig_result, &rig_words);
    ck_assert_msg(rc == RC_OK, "load_run: %d %s", rc, rig_words.text);
    return rig_result.outcome;
}
