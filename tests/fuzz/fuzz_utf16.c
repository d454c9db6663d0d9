/* fuzz_utf16.c - any bytes as UTF-8, and as UTF-16: there and back is the same, and pieces of any
 * size are the whole. */
#include "base/text.h"
#include "fuzz.h"

static void check_steps(const char *s, size_t n)
{
    bool is_valid = true;
    size_t chars = 0;
    for (size_t at = 0; at < n; chars++) {
        size_t step = text_step(s + at, n - at);
        MUST(step <= 4 && step <= n - at);
        MUST(text_floor(s, n, at) <= at);
        is_valid = is_valid && step;
        at += step ? step : 1;
    }
    MUST(text_valid(s, n) == is_valid && text_chars(s, n) == chars);
    for (size_t at = 0; is_valid && at <= n && at < 40; at++) {
        size_t floor = text_floor(s, n, at);
        MUST(floor <= at && at - floor < 4 && text_valid(s, floor) &&
             text_valid(s + floor, n - floor));
    }
}

static void check_pieces(const char *s, size_t n, const uint16_t *whole, size_t units, size_t cap)
{
    uint16_t *piece = malloc(cap * 2);
    size_t at = 0, got = 0, used = 1;
    while (at < n) {
        size_t k = text_to_utf16(s + at, n - at, piece, cap, &used, NULL);
        MUST(used > 0 && k > 0 && k <= cap && k <= units - got);
        MUST(memcmp(piece, whole + got, k * 2) == 0);
        at += used;
        got += k;
    }
    MUST(got == units);
    free(piece);
}

/* From UTF-8. */
static void check_text(const char *s, size_t n, size_t cap)
{
    size_t units = text_utf16_len(s, n), used = 0, bad_at = 0;
    bool bad = false;
    MUST(units <= n);
    uint16_t *whole = malloc(units * 2);
    MUST(text_to_utf16(s, n, whole, units, &used, &bad) == units && used == n);
    MUST(bad == !text_valid(s, n));
    check_pieces(s, n, whole, units, cap);
    struct buf b = {0};
    MUST(text_from_utf16(&b, whole, units, &bad_at)); /* U+FFFD is a good character */
    MUST(bad || (b.len == n && (n == 0 || memcmp(b.p, s, n) == 0)));
    MUST(text_valid((const char *)b.p, b.len));
    buf_clear(&b);
    free(whole);
}

/* From UTF-16. */
static void check_units(const uint8_t *data, size_t units)
{
    uint16_t *s = malloc(units * 2), *back = malloc(units * 2);
    memcpy(s, data, units * 2);
    struct buf b = {0};
    size_t at = 0, used = 0;
    bool bad = false;
    if (text_from_utf16(&b, s, units, &at)) {
        const char *text = (const char *)b.p;
        MUST(text_valid(text, b.len) && text_utf16_len(text, b.len) == units);
        MUST(text_to_utf16(text, b.len, back, units, &used, &bad) == units && used == b.len);
        MUST(!bad && memcmp(back, s, units * 2) == 0);
    } else {
        MUST(b.len == 0 && at < units && (s[at] & 0xF800u) == 0xD800u);
        MUST(text_from_utf16(&b, s, at, &used)); /* all before it is good */
    }
    buf_clear(&b);
    free(s);
    free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    size_t cap = 2 + fuzz_byte(&in) % 30;
    check_steps((const char *)in.p, in.n);
    check_text((const char *)in.p, in.n, cap);
    check_units(in.p, in.n / 2);
    return 0;
}
