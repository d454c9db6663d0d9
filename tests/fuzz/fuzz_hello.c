/* fuzz_hello.c - any bytes as a greeting: what is taken from it is bounded and clean; and our
 * answers have the form that their capabilities announce. */
#include "base/text.h"
#include "wire/cmd.h"
#include "wire/hello.h"
#include "wire/session.h"

#include "fuzz.h"

static void check_greeting(const uint8_t *p, size_t n, struct hello *h)
{
    struct fault f;
    int rc = hello_parse(h, (struct rd_range){p, n}, &f);
    if (rc != RC_OK) {
        MUST(rc == RC_DENIED || rc == RC_CONNECT || rc == RC_UNSUPPORTED || rc == RC_PROTOCOL);
        MUST(f.rc == rc && f.text[0] && memchr(f.text, 0, sizeof f.text));
        MUST(text_valid(f.text, strlen(f.text)));
        return;
    }
    MUST(memchr(h->version, 0, sizeof h->version) && memchr(h->plugin, 0, sizeof h->plugin));
    for (const char *c = h->version; *c; c++) {
        MUST(*c >= ' ' && *c < 0x7F);
    }
    MUST(h->nnonce >= 8 && h->nnonce <= HELLO_NONCE_MAX && h->number < 100000000);
    MUST((h->capabilities & CAP_PROTOCOL_41) != 0);
    MUST(h->charset && h->charset == hello_charset(h->charset, h->is_extended));
}

static void check_attrs(struct rd *r, const struct hello_answer *a)
{
    struct rd_range all = rd_lenstr(r);
    struct rd in = rd_init(all.p, all.n);
    for (size_t i = 0; i < a->nattrs; i++) {
        MUST(rd_range_eq(rd_lenstr(&in), a->attrs[i].key));
        MUST(rd_range_eq(rd_lenstr(&in), a->attrs[i].value));
    }
    MUST(rd_end(&in));
}

/* What follows the fixed part, read back. */
static void check_tail(struct rd *r, const struct hello_answer *a, bool is_lenenc, bool is_change)
{
    MUST(rd_range_eq(rd_nulstr(r), a->user));
    size_t nauth = (size_t)(is_lenenc ? rd_lenenc(r) : rd_u8(r));
    MUST(nauth == a->auth.n || (!is_lenenc && a->auth.n > 255 && nauth == 0));
    struct rd_range auth = rd_bytes(r, nauth);
    MUST(auth.n == 0 || memcmp(auth.p, a->auth.p, auth.n) == 0);
    if (is_change || a->capabilities & CAP_CONNECT_WITH_DB) {
        MUST(rd_range_eq(rd_nulstr(r), a->database));
    }
    if (is_change) {
        MUST(rd_u16(r) == a->charset);
    }
    if (a->capabilities & CAP_PLUGIN_AUTH) {
        MUST(rd_range_eq(rd_nulstr(r), a->plugin));
    }
    if (a->capabilities & CAP_CONNECT_ATTRS) {
        check_attrs(r, a);
    }
    if (!is_change && a->capabilities & CAP_ZSTD) {
        MUST(rd_u8(r) == HELLO_ZSTD_LEVEL);
    }
    MUST(rd_end(r));
}

static void check_answers(struct fuzz_in in, const struct hello *h)
{
    char *text[5];
    for (size_t i = 0; i < 5; i++) {
        text[i] = fuzz_text(&in);
    }
    struct session_attr attrs[] = {{text[0], text[1]}, {text[1], text[2]}};
    struct hello_answer a = {h->capabilities, text[2], text[3], text[4],
                             {in.p, in.n},    attrs,   2,       h->charset};
    struct buf b = {0};
    hello_put_response(&b, &a);
    struct rd r = rd_init(b.p, b.len);
    MUST(rd_u32(&r) == (uint32_t)a.capabilities);
    rd_bytes(&r, 4); /* the longest packet we take */
    MUST(rd_u8(&r) == a.charset);
    rd_bytes(&r, 19);
    MUST(rd_u32(&r) == a.capabilities >> 32);
    check_tail(&r, &a, (a.capabilities & CAP_AUTH_LENENC) != 0, false);
    buf_reset(&b);
    hello_put_change_user(&b, &a);
    r = rd_init(b.p, b.len);
    MUST(rd_u8(&r) == CMD_CHANGE_USER);
    check_tail(&r, &a, false, true);
    buf_clear(&b);
    for (size_t i = 0; i < 5; i++) {
        free(text[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct hello h;
    check_greeting(data, n, &h);
    check_answers((struct fuzz_in){data, n}, &h);
    return 0;
}
