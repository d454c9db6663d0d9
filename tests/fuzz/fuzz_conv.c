/* fuzz_conv.c - any bytes as a cell of any server type, to any C type, into buffers of any size:
 * nothing is written behind them, a cut value is the beginning of the whole, and the pieces put
 * together are the whole. */
#include "conv/describe.h"
#include "conv/plan.h"

#include "fuzz.h"

enum { WHOLE = 8192, CELL_MAX = 1000 };

struct whole {
    unsigned char p[WHOLE];
    enum conv_status st;
    SQLLEN len;
};

static size_t terminator(const struct conv_plan *p)
{
    return p->ctype_id == SQL_C_WCHAR ? 2 : p->ctype_id == SQL_C_CHAR ? 1 : 0;
}

/* Into cap bytes. */
static void check_cap(const struct conv_plan *p, const struct cell *c, const struct whole *w,
                      size_t cap)
{
    unsigned char *block = malloc(cap + 1), *dst = block + 1; /* of any alignment */
    SQLLEN len = -99;
    enum conv_status st = p->fn(p, c, dst, cap, &len);
    size_t end = terminator(p);
    MUST(st <= CONV_BAD_DATA && (!CONV_HAS_DATA(st) || len >= SQL_NULL_DATA));
    if (CONV_HAS_DATA(w->st) && CONV_HAS_DATA(st)) {
        MUST(len == w->len);
    }
    if (CONV_HAS_DATA(w->st) && w->len >= 0 && cap >= (size_t)w->len + end) {
        MUST(st == w->st && memcmp(dst, w->p, (size_t)w->len + end) == 0);
    } else if (CONV_HAS_DATA(st) && w->len >= 0 && cap > end) {
        MUST(st == CONV_TRUNCATED);
        size_t kept = end ? 0 : cap;
        while (end && kept + end <= cap && memcmp(dst + kept, "\0", end) != 0) {
            kept += end;
        }
        MUST(kept + end <= cap && memcmp(dst, w->p, kept) == 0);
    }
    free(block);
}

/* In pieces, each of another size. */
static void check_pieces(const struct conv_plan *p, const struct cell *c, const struct whole *w,
                         struct fuzz_in in)
{
    struct conv_part state = {0};
    enum conv_status st = CONV_TRUNCATED;
    size_t at = 0, n = (size_t)w->len;
    SQLLEN len = 0;
    bool is_refused = false; /* whole digits, which come together */
    while (st == CONV_TRUNCATED || is_refused) {
        size_t cap = is_refused ? n + 4 : 4 + fuzz_byte(&in) % 40, before = at;
        unsigned char *piece = malloc(cap);
        st = conv_part(p, c, &state, piece, cap, &len);
        is_refused = st == CONV_RANGE && !at && !is_refused;
        if (is_refused) {
            free(piece);
            continue;
        }
        MUST(CONV_HAS_DATA(st) && len == (SQLLEN)(n - at));
        at = state.given;
        MUST(at <= n && at - before + terminator(p) <= cap && (at > before || at == n));
        MUST(memcmp(piece, w->p + before, at - before) == 0);
        free(piece);
    }
    MUST(at == n && conv_part(p, c, &state, &len, sizeof len, &len) == CONV_END);
}

static void check_plan(const struct conv_plan *p, const struct cell *c, struct fuzz_in in)
{
    static struct whole w;
    SQLLEN len = -99;
    memset(w.p, 0, sizeof w.p);
    w.len = -99;
    w.st = p->fn(p, c, w.p, p->size ? p->size : sizeof w.p, &w.len);
    MUST(w.st <= CONV_BAD_DATA && w.st != CONV_TRUNCATED);
    MUST(!CONV_HAS_DATA(w.st) || (w.len >= SQL_NULL_DATA && w.len <= WHOLE));
    if (p->size) {
        MUST(!CONV_HAS_DATA(w.st) || w.len == p->size || w.len == SQL_NULL_DATA);
    }
    enum conv_status st = p->fn(p, c, NULL, 0, &len); /* only the length */
    MUST(!CONV_HAS_DATA(w.st) || !CONV_HAS_DATA(st) || len == w.len);
    check_cap(p, c, &w, p->size ? p->size : fuzz_u16(&in) % 80);
    if (p->is_parted && w.st == CONV_OK && w.len >= 0) {
        check_pieces(p, c, &w, in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const ext[] = {"", "json", "uuid", "inet6"};
    struct fuzz_in in = {data, n};
    unsigned bits = fuzz_byte(&in);
    struct conv_opts o = {.zero_date_to_min = bits & 1, .bare_metadata = bits & 2};
    struct conv_source s = {.binary = bits & 4,
                            .is_expression = bits & 8,
                            .ext_type = ext[bits >> 4 & 3],
                            .charset = bits & 64 ? CONV_CHARSET_BINARY : 45};
    s.type = (uint8_t)fuzz_byte(&in);
    s.decimals = (uint8_t)fuzz_byte(&in);
    s.flags = (uint16_t)fuzz_u16(&in);
    s.length = fuzz_u16(&in) << (bits & 128 ? 8 : 0);
    struct conv_target t = {.has_scale = bits & 8};
    t.ctype = (SQLSMALLINT)(fuzz_byte(&in) - 128);
    t.scale = (SQLSMALLINT)(fuzz_byte(&in) - 128);
    t.precision = (SQLSMALLINT)(fuzz_byte(&in) % 50);
    t.interval_precision = t.precision % 10;
    struct conv_desc d;
    describe_column(&s, &o, &d);
    MUST(d.column_size >= 1 && d.octet_length >= 1 && d.display_size >= 1 && d.type_name);
    struct fuzz_in sizes = in;
    struct conv_plan p;
    if (plan_bind(&p, &s, &t, &o) == CONV_OK) {
        size_t len;
        unsigned char *bytes = fuzz_copy(&in, CELL_MAX, &len);
        struct cell c = {bytes, len};
        check_plan(&p, &c, sizes);
        free(bytes);
    }
    return 0;
}
