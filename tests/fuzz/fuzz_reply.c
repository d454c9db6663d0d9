/* fuzz_reply.c - any bytes as OK, ERR, EOF, a column definition, the answer to a prepare: what is
 * taken lies in the packet, and a column reads the same with and without one before it. */
#include "base/text.h"
#include "wire/reply.h"

#include "fuzz.h"

static void check_fault(const struct fault *f, int rc)
{
    MUST(rc < 0 && f->rc == rc && f->text[0] && memchr(f->text, 0, sizeof f->text));
    MUST(text_valid(f->text, strlen(f->text)) && memchr(f->state, 0, sizeof f->state));
}

static bool is_within(struct rd_range inner, struct rd_range outer)
{
    return inner.p &&
           (inner.n == 0 || (inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n));
}

static void check_ok(struct rd_range packet, bool tracks)
{
    struct reply_ok ok;
    struct fault f;
    int rc = reply_ok(&ok, packet, tracks, &f);
    if (rc) {
        MUST(rc == RC_PROTOCOL);
        check_fault(&f, rc);
        return;
    }
    MUST(is_within(ok.info, packet) && (!ok.has_schema || is_within(ok.schema, packet)));
    MUST(tracks || !(ok.has_schema || ok.connection_id));
}

static void check_err(struct rd_range packet)
{
    struct fault f;
    int rc = reply_err(packet, &f);
    MUST(rc == RC_SERVER || rc == RC_PROTOCOL);
    MUST(rc == RC_SERVER || f.text[0]);
    MUST(f.rc == rc && text_valid(f.text, strlen(f.text)) && strlen(f.state) <= 5);
}

static void check_rest(struct rd_range packet)
{
    struct reply_prepared st;
    struct fault f;
    uint16_t status, warnings;
    int rc = reply_prepared(&st, packet, &f);
    MUST(rc == RC_OK || rc == RC_PROTOCOL);
    if (rc) {
        check_fault(&f, rc);
    }
    reply_eof(packet, &status, &warnings);
    MUST(packet.n > 1 || (status == 0 && warnings == 0));
}

static void check_same(const struct wire_column *a, const struct wire_column *b)
{
    MUST(strcmp(a->catalog, b->catalog) == 0 && strcmp(a->schema, b->schema) == 0);
    MUST(strcmp(a->table, b->table) == 0 && strcmp(a->org_table, b->org_table) == 0);
    MUST(strcmp(a->name, b->name) == 0 && strcmp(a->org_name, b->org_name) == 0);
    MUST(strcmp(a->ext_type, b->ext_type) == 0 && a->type == b->type && a->flags == b->flags);
    MUST(a->length == b->length && a->charset == b->charset && a->decimals == b->decimals);
}

/* The input is two columns: the second is read with the first before it, and alone. */
static void check_columns(struct rd_range packet, size_t nfirst, bool extended)
{
    struct arena a = {0}, alone = {0};
    struct fault f;
    nfirst = nfirst < packet.n ? nfirst : packet.n;
    struct rd_range one = {packet.p, nfirst}, two = {packet.p + nfirst, packet.n - nfirst};
    struct wire_column c1, c2, c3;
    int rc = reply_column(&c1, one, extended, NULL, &a, &f);
    if (rc) {
        MUST(rc == RC_PROTOCOL);
        check_fault(&f, rc);
        two = packet;
    }
    int rc2 = reply_column(&c2, two, extended, rc ? NULL : &c1, &a, &f);
    MUST(rc2 == reply_column(&c3, two, extended, NULL, &alone, &f));
    if (rc2 == RC_OK) {
        check_same(&c2, &c3);
    }
    MUST(alone.total <= 65536 + 4 * packet.n);
    arena_clear(&a);
    arena_clear(&alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned what = fuzz_byte(&in);
    struct rd_range packet = {in.p, in.n};
    if (what % 4 == 0) {
        check_ok(packet, what & 4);
    } else if (what % 4 == 1) {
        check_err(packet);
    } else if (what % 4 == 2) {
        check_rest(packet);
    } else {
        check_columns(packet, what >> 3, what & 4);
    }
    return 0;
}
