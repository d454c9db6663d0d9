/* check_text.c - UTF-8 and UTF-16, exhaustively where the space is small. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* As ck_assert_msg, without its cost for each check that holds. */
#define MUST(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ck_abort_msg(__VA_ARGS__);                                                             \
        }                                                                                          \
    } while (0)

/* The simple reference: Unicode table 3-7, byte ranges as printed there. */
static size_t ref_step(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char lo0, hi0, lo1, hi1;
        size_t len;
    } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (s[0] < rows[r].lo0 || s[0] > rows[r].hi0) {
            continue;
        }
        if (n < rows[r].len) {
            return 0;
        }
        if (rows[r].len > 1 && (s[1] < rows[r].lo1 || s[1] > rows[r].hi1)) {
            return 0;
        }
        for (size_t i = 2; i < rows[r].len; i++) {
            if (s[i] < 0x80 || s[i] > 0xBF) {
                return 0;
            }
        }
        return rows[r].len;
    }
    return 0;
}

static bool ref_valid(const unsigned char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t k = ref_step(s + i, n - i);
        if (!k) {
            return false;
        }
        i += k;
    }
    return true;
}

static size_t encode(uint32_t cp, unsigned char *to)
{
    if (cp < 0x80) {
        to[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        to[0] = (unsigned char)(0xC0 | cp >> 6);
        to[1] = (unsigned char)(0x80 | (cp & 63));
        return 2;
    }
    if (cp < 0x10000) {
        to[0] = (unsigned char)(0xE0 | cp >> 12);
        to[1] = (unsigned char)(0x80 | (cp >> 6 & 63));
        to[2] = (unsigned char)(0x80 | (cp & 63));
        return 3;
    }
    to[0] = (unsigned char)(0xF0 | cp >> 18);
    to[1] = (unsigned char)(0x80 | (cp >> 12 & 63));
    to[2] = (unsigned char)(0x80 | (cp >> 6 & 63));
    to[3] = (unsigned char)(0x80 | (cp & 63));
    return 4;
}

START_TEST(every_code_point)
{
    struct buf b = {0};
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        unsigned char u[4];
        size_t n = encode(cp, u);
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        MUST(text_valid((char *)u, n) == !surrogate, "U+%04X", cp);
        uint16_t w[4] = {0};
        size_t used;
        bool bad = false;
        size_t units = text_to_utf16((char *)u, n, w, 4, &used, &bad);
        MUST(used == n && bad == surrogate, "U+%04X used %zu", cp, used);
        MUST(text_utf16_len((char *)u, n) == units, "U+%04X len", cp);
        if (surrogate) {
            MUST(units == 3 && w[0] == 0xFFFD && w[2] == 0xFFFD, "U+%04X", cp);
            continue;
        }
        uint32_t back = units == 2 ? 0x10000 + ((w[0] - 0xD800u) << 10) + (w[1] - 0xDC00u) : w[0];
        MUST(back == cp, "U+%04X came back as U+%04X", cp, back);
        size_t at = 99;
        buf_reset(&b);
        MUST(text_from_utf16(&b, w, units, &at), "U+%04X", cp);
        MUST(b.len == n && memcmp(b.p, u, n) == 0, "U+%04X from UTF-16", cp);
    }
    buf_clear(&b);
}
END_TEST

START_TEST(every_short_byte_string)
{
    unsigned char s[4];
    for (uint32_t v = 0; v < 1u << 24; v++) {
        s[0] = (unsigned char)(v >> 16);
        s[1] = (unsigned char)(v >> 8);
        s[2] = (unsigned char)v;
        bool want = ref_valid(s, 3);
        if (text_valid((char *)s, 3) != want || text_step((char *)s, 3) != ref_step(s, 3)) {
            ck_abort_msg("%02X %02X %02X", s[0], s[1], s[2]);
        }
    }
    for (uint32_t v = 0; v < 1u << 16; v++) {
        s[0] = (unsigned char)(v >> 8);
        s[1] = (unsigned char)v;
        MUST(text_valid((char *)s, 2) == ref_valid(s, 2), "%04X", v);
        MUST(text_valid((char *)s + 1, 1) == ref_valid(s + 1, 1), "%02X", s[1]);
    }
    ck_assert(text_valid("", 0));
}
END_TEST

/* Every lead byte with every second byte and the corners of the others. */
START_TEST(four_byte_strings)
{
    static const unsigned char corners[] = {0x00, 0x7F, 0x80, 0x8F, 0x90,
                                            0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (uint32_t v = 0; v < 1u << 16; v++) {
        for (size_t i = 0; i < 100; i++) {
            unsigned char s[4] = {(unsigned char)(v >> 8), (unsigned char)v, corners[i / 10],
                                  corners[i % 10]};
            if (text_valid((char *)s, 4) != ref_valid(s, 4)) {
                ck_abort_msg("%02X %02X %02X %02X", s[0], s[1], s[2], s[3]);
            }
        }
    }
}
END_TEST

/* One odd character (or byte) at each place of texts of each length: all word sizes and overlaps of
 * the ASCII run. */
START_TEST(runs_of_every_length)
{
    static const char *const odd[] = {"",     "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                                      "\xFF", "\xE2\x82"};
    for (size_t len = 0; len <= 70; len++) {
        for (size_t place = 0; place <= len; place++) {
            const char *o = odd[_i];
            size_t n = len + strlen(o);
            char *s = malloc(n ? n : 1); /* exact, so that ASan sees an overread */
            ck_assert_ptr_nonnull(s);
            for (size_t i = 0; i < len; i++) {
                s[i < place ? i : i + strlen(o)] = (char)('!' + i);
            }
            memcpy(s + place, o, strlen(o));
            bool well = _i < 4;
            MUST(text_valid(s, n) == well, "row %d len %zu place %zu", _i, len, place);
            size_t want = len + (_i == 0 ? 0 : _i == 3 || _i == 5 ? 2 : 1);
            MUST(text_utf16_len(s, n) == want, "row %d len %zu place %zu", _i, len, place);
            uint16_t *w = malloc((want + 1) * sizeof *w);
            ck_assert_ptr_nonnull(w);
            w[want] = 0xABCD;
            size_t used = 0;
            bool bad = false;
            ck_assert_uint_eq(text_to_utf16(s, n, w, want, &used, &bad), want);
            MUST(used == n && bad == !well && w[want] == 0xABCD, "row %d len %zu", _i, len);
            for (size_t i = 0; i < len; i++) {
                MUST(w[i < place ? i : i + want - len] == '!' + i,
                     "row %d len %zu place %zu at %zu", _i, len, place, i);
            }
            struct buf b = {0};
            size_t at;
            ck_assert(text_from_utf16(&b, w, want, &at) &&
                      (!well || (b.len == n && (n == 0 || memcmp(b.p, s, n) == 0))));
            buf_clear(&b);
            free(w);
            free(s);
        }
    }
}
END_TEST

/* The same for plain text: what is odd at each place of each length, out of memory and into memory
 * of exactly the size. */
static const struct {
    const char *odd;
    size_t n;
    bool is_plain, is_text;
} plain[] = {
    {"", 0, true, true},
    {"\xC3\xA4", 2, true, true},
    {"\xE2\x82\xAC", 3, true, true},
    {"\x7F", 1, true, true},
    {"\xF0\x9F\x98\x80", 4, true, true},
    {"\x1F", 1, false, true},
    {"\n", 1, false, true},
    {"", 1, false, true},
    /* a NUL */ {" ", 1, true, true},
    {"\xE2\x82", 2, false, false},
    {"\xFF", 1, false, false},
    {"\x80", 1, false, false},
};

static void plain_from_utf16(const char *s, size_t n, bool is_plain)
{
    size_t used = 0, units = text_utf16_len(s, n);
    uint16_t *aligned = malloc((units + 1) * 2);
    char *wide = malloc(2 * units + 1), *to = malloc(3 * units + 1);
    ck_assert(aligned && wide && to);
    (void)text_to_utf16(s, n, aligned, units, &used, NULL);
    memcpy(wide + 1, aligned, 2 * units);
    size_t got = text_plain_from_utf16(to, wide + 1, units);
    MUST(got == (is_plain ? n : TEXT_BAD), "%zu units: %zu", units, got);
    MUST(!is_plain || !n || !memcmp(to, s, n), "%zu units", units);
    free(aligned);
    free(wide);
    free(to);
}

START_TEST(plain_of_every_length)
{
    size_t nodd = plain[_i].n;
    for (size_t len = 0; len <= 40; len++)
        for (size_t place = 0; place <= len; place++) {
            size_t n = len + nodd;
            char *s = malloc(n ? n : 1), *to = malloc(n ? n : 1);
            ck_assert(s && to);
            for (size_t i = 0; i < len; i++)
                s[i < place ? i : i + nodd] = (char)('!' + i);
            memcpy(s + place, plain[_i].odd, nodd);
            MUST(text_copy_plain(to, s, n) == plain[_i].is_plain, "row %d len %zu place %zu", _i,
                 len, place);
            MUST(!plain[_i].is_plain || !n || !memcmp(to, s, n), "row %d len %zu place %zu", _i,
                 len, place);
            if (plain[_i].is_text)
                plain_from_utf16(s, n, plain[_i].is_plain);
            free(s);
            free(to);
        }
}
END_TEST

START_TEST(plain_units)
{
    for (uint32_t u = 0; u < 0x10000; u++)
        for (size_t place = 0; place < 18; place += 3) {
            uint16_t s[18];
            char to[3 * 18];
            for (size_t i = 0; i < 18; i++)
                s[i] = 'x';
            s[place] = (uint16_t)u;
            size_t got = text_plain_from_utf16(to, s, 18);
            bool is_plain = u >= 0x20 && (u < 0xD800 || u > 0xDFFF);
            size_t want = 17 + (u < 0x80 ? 1 : u < 0x800 ? 2 : 3);
            MUST(got == (is_plain ? want : TEXT_BAD), "U+%04X at %zu: %zu", u, place, got);
            MUST(!is_plain || text_valid(to, got), "U+%04X at %zu", u, place);
        }
}
END_TEST

/* A capacity of every size: never past it, never half a character, and pieces join to the whole. */
START_TEST(pieces)
{
    const char s[] = "aa\xC3\xA4"
                     "bbbb\xF0\x9F\x98\x80"
                     "0123456789abcdefghij\xE2\x82\xAC!\xF0\x9F\x98\x80";
    size_t n = sizeof s - 1;
    uint16_t whole[64], part[64];
    size_t used;
    size_t total = text_to_utf16(s, n, whole, 64, &used, NULL);
    for (size_t cap = 2; cap <= total; cap++) {
        size_t at = 0, got = 0;
        while (at < n) {
            part[cap] = 0xABCD;
            size_t u = text_to_utf16(s + at, n - at, part, cap, &used, NULL);
            MUST(u > 0 && u <= cap && part[cap] == 0xABCD, "cap %zu", cap);
            MUST(memcmp(whole + got, part, u * 2) == 0, "cap %zu", cap);
            MUST(u == cap || u == cap - 1 || at + used == n, "cap %zu", cap);
            got += u;
            at += used;
        }
        ck_assert_uint_eq(got, total);
    }
    ck_assert_uint_eq(text_to_utf16("\xF0\x9F\x98\x80", 4, part, 1, &used, NULL), 0);
    ck_assert_uint_eq(used, 0);
    ck_assert_uint_eq(text_to_utf16("abc", 3, part, 0, &used, NULL), 0);
}
END_TEST

START_TEST(lone_surrogates)
{
    static const struct {
        uint16_t s[3];
        size_t n, at;
    } rows[] = {{{0xD800, 0, 0}, 1, 0},           {{0xDC00, 0, 0}, 1, 0},
                {{'a', 0xD800, 'b'}, 3, 1},       {{'a', 'b', 0xDBFF}, 3, 2},
                {{0xD800, 0xD800, 0xDC00}, 3, 0}, {{0xDC00, 0xD800, 0}, 2, 0}};
    struct buf b = {0};
    buf_puts(&b, "kept");
    size_t at = 99;
    ck_assert(!text_from_utf16(&b, rows[_i].s, rows[_i].n, &at));
    MUST(at == rows[_i].at && b.len == 4 && memcmp(b.p, "kept", 4) == 0, "row %d: at %zu", _i, at);
    buf_clear(&b);
}
END_TEST

START_TEST(long_utf16)
{
    size_t n = 20001;
    uint16_t *w = malloc(n * sizeof *w);
    ck_assert_ptr_nonnull(w);
    for (size_t i = 0; i + 1 < n; i += 2) { /* pairs across every inner boundary */
        w[i + 1] = 0xD83D;
        w[i + 2 < n ? i + 2 : i] = 0xDE00;
    }
    w[0] = 'x';
    struct buf b = {0};
    size_t at;
    ck_assert(text_from_utf16(&b, w, n, &at));
    ck_assert_uint_eq(b.len, 1 + (n - 1) * 2);
    ck_assert(text_valid((char *)b.p, b.len));
    b.max = b.len + 5;
    ck_assert(text_from_utf16(&b, w, n, &at)); /* no room: true, and broken */
    ck_assert(!buf_ok(&b));
    buf_clear(&b);
    free(w);
}
END_TEST

/* Whatever a ceiling left of characters, in the middle or at the end. */
START_TEST(mend)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z", "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z"},
        {"a\xC3", "a"},
        {"a\xE2\x82"
         "b",
         "ab"},
        {"a\xF0\x9F\x98"
         "b\xE2",
         "ab"},
        {"\xF0\x9F\xC3\xA4", "\xC3\xA4"},
        {"\xE2\xE2\x82\xAC", "\xE2\x82\xAC"},
        {"a\x82z", "a?z"},
        {"\xFF\xC0\xF5z", "???z"},
        {"\xED\xA0\x80", "???"}, /* half of a pair: not cut, but wrong */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char s[32];
        memcpy(s, rows[i][0], strlen(rows[i][0]) + 1);
        size_t n = text_mend(s, strlen(s));
        MUST(n == strlen(rows[i][1]) && !memcmp(s, rows[i][1], n), "row %zu: %.*s", i, (int)n, s);
        MUST(text_valid(s, n), "row %zu", i);
    }
}
END_TEST

START_TEST(floor_and_chars)
{
    const char s[] = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z";
    static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    for (size_t at = 0; at <= 11; at++) {
        MUST(text_floor(s, 11, at) == want[at], "at %zu: %zu", at, text_floor(s, 11, at));
    }
    ck_assert_uint_eq(text_chars(s, 11), 5);
    ck_assert_uint_eq(text_chars("\xFF\xE2\x82", 3), 3);
    ck_assert_uint_eq(text_floor("\x80\x80\x80\x80\x80", 5, 5), 5);
}
END_TEST

START_TEST(ascii_case)
{
    ck_assert(text_eq("SSLMode", "sslMODE") && !text_eq("a", "ab") && !text_eq("ab", "a") &&
              text_eq("", ""));
    ck_assert(text_eqn("serverX", 6, "SERVER") && !text_eqn("serve", 5, "server") &&
              !text_eqn("server", 6, "serve"));
    ck_assert(text_has("LOCAL InFile", 12, "infile") && !text_has("LOCAL InFile", 11, "infile") &&
              text_has("infile", 6, "infile") && !text_has("", 0, "infile") &&
              text_has("ininfile", 8, "infile"));
    ck_assert(!text_eq("@", "`") && !text_eq("[", "{")); /* neighbours of the letters */
}
END_TEST

Suite *check_text(void); /* called by the generated main */

Suite *check_text(void)
{
    Suite *s = suite_create("text");
    TCase *t = tcase_create("text");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, every_code_point);
    tcase_add_test(t, every_short_byte_string);
    tcase_add_test(t, four_byte_strings);
    tcase_add_loop_test(t, runs_of_every_length, 0, 6);
    tcase_add_loop_test(t, plain_of_every_length, 0, sizeof plain / sizeof *plain);
    tcase_add_test(t, plain_units);
    tcase_add_test(t, pieces);
    tcase_add_loop_test(t, lone_surrogates, 0, 6);
    tcase_add_test(t, long_utf16);
    tcase_add_test(t, floor_and_chars);
    tcase_add_test(t, mend);
    tcase_add_test(t, ascii_case);
    suite_add_tcase(s, t);
    return s;
}
