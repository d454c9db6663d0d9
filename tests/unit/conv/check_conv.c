/* check_conv.c - every row of tests/data/conv*.txt: text form and binary form, at an odd address,
 * with bytes behind the buffer that must stay as they are, and through conv_part with pieces of
 * every size. */
#include <check.h>
#include <stdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* Of the leak sanitizer, if there is one. */
__attribute__((weak)) void __lsan_disable(void);
__attribute__((weak)) void __lsan_enable(void);

static struct rows all, ints;
static locale_t host_locale; /* set: conversions run under it */

static const struct row *row_at(int i)
{
    return (size_t)i < all.n ? &all.row[i] : &ints.row[(size_t)i - all.n];
}

static enum conv_status bind(const struct row *r, int form, struct conv_plan *p)
{
    struct conv_source s = r->source;
    s.binary = form == 1;
    return plan_bind(p, &s, &r->target, &r->opts);
}

static size_t end_size(const struct conv_plan *p)
{
    return p->ctype_id == SQL_C_WCHAR ? 2 : p->ctype_id == SQL_C_CHAR ? 1 : 0;
}

/* How much of the value is in a buffer of cap bytes: up to the terminator. */
static size_t stored(const struct conv_plan *p, const unsigned char *buf, size_t cap, SQLLEN len)
{
    if (p->size) {
        return p->size;
    }
    if ((size_t)len + end_size(p) <= cap) {
        return (size_t)len;
    }
    if (p->ctype_id == SQL_C_CHAR) {
        return strlen((const char *)buf);
    }
    size_t n = 0;
    for (; p->ctype_id == SQL_C_WCHAR && (buf[n] || buf[n + 1]); n += 2) {
    }
    return p->ctype_id == SQL_C_WCHAR ? n : cap;
}

static const char *expected_state(const struct row *r)
{
    return strcmp(r->state, "NULL") == 0 ? "OK" : r->state;
}

static void check_value(const struct row *r, const struct conv_plan *p, const unsigned char *buf,
                        size_t cap, SQLLEN len)
{
    char have[1024] = "";
    if (strcmp(r->state, "NULL") == 0) {
        ck_assert_msg(len == SQL_NULL_DATA, "%s: not NULL", r->text);
        return;
    }
    if (r->len >= 0) {
        ck_assert_msg(len == r->len, "%s: length %ld", r->text, (long)len);
    }
    if (r->value.given) {
        size_t n = stored(p, buf, cap, len);
        value_show(p, buf, n, have, sizeof have);
        ck_assert_msg(value_is(p, buf, n, &r->value), "%s: value '%s'", r->text, have);
    }
}

static void check_length_only(const struct row *r, const struct conv_plan *p, const struct cell *c)
{
    SQLLEN len = -99;
    enum conv_status st = p->fn(p, c, NULL, 0, &len);
    bool fits = strcmp(r->state, "OK") == 0 || strcmp(r->state, "01004") == 0;
    if (fits) {
        ck_assert_msg(st == CONV_OK, "%s: length only gives %s", r->text, state_of(st));
        ck_assert_msg(r->len < 0 || len == r->len, "%s: length only gives %ld", r->text, (long)len);
    }
}

static void check_form(const struct row *r, int form)
{
    struct conv_plan p;
    enum conv_status st = bind(r, form, &p);
    if (st != CONV_OK) {
        ck_assert_msg(strcmp(state_of(st), r->state) == 0, "%s: bind gives %s", r->text,
                      state_of(st));
        return;
    }
    struct cell c = {r->cell[form].p, r->cell[form].n};
    size_t cap = r->cap < 0 ? p.size : (size_t)r->cap;
    for (size_t odd = 0; odd < 2; odd++) {
        unsigned char *buf = malloc(cap + odd + 8);
        SQLLEN len = -99;
        memset(buf, 0xEE, cap + odd + 8);
        locale_t before = host_locale ? uselocale(host_locale) : (locale_t)0;
        st = p.fn(&p, &c, buf + odd, cap, &len);
        if (before) {
            uselocale(before);
        }
        ck_assert_msg(strcmp(state_of(st), expected_state(r)) == 0, "%s: form %d gives %s", r->text,
                      form, state_of(st));
        for (size_t i = 0; i < 8; i++) {
            ck_assert_msg(buf[odd + cap + i] == 0xEE, "%s: byte %zu behind the buffer", r->text, i);
        }
        if (CONV_HAS_DATA(st)) {
            check_value(r, &p, buf + odd, cap, len);
        }
        free(buf);
    }
    check_length_only(r, &p, &c);
}

START_TEST(converts)
{
    const struct row *r = row_at(_i);
    ck_assert_msg(r->cell[0].given || r->cell[1].given, "%s: no cell", r->text);
    for (int form = 0; form < 2; form++) {
        if (r->cell[form].given) {
            check_form(r, form);
        }
    }
}
END_TEST

/* ---- pieces ---- */

static void check_step(const struct row *r, size_t chunk, enum conv_status st, SQLLEN len,
                       size_t want)
{
    ck_assert_msg(len == (SQLLEN)want, "%s: pieces of %zu: %ld left, not %zu", r->text, chunk,
                  (long)len, want);
    ck_assert_msg(st == CONV_OK || st == CONV_TRUNCATED, "%s: pieces of %zu: %s", r->text, chunk,
                  state_of(st));
}

/* Is the first piece refused where the whole value is? */
static bool is_refused(const struct row *r, const struct conv_plan *p, const struct cell *c,
                       size_t chunk)
{
    struct conv_part state = {0};
    unsigned char buf[4 * ROW_BYTES + 8];
    SQLLEN len;
    if (p->fn(p, c, buf, chunk, &len) != CONV_RANGE) {
        return false;
    }
    enum conv_status st = conv_part(p, c, &state, buf, chunk, &len);
    ck_assert_msg(st == CONV_RANGE && !state.given && !state.done, "%s: piece of %zu: %s", r->text,
                  chunk, state_of(st));
    return true;
}

/* May a piece of k bytes, of room, at `at` of the whole be followed by another?  It is full, or
 * ends before a character that has no place, or has part of one that no buffer of its size holds.
 */
static bool is_piece(const unsigned char *whole, size_t at, size_t k, size_t room, size_t unit)
{
    const unsigned char *next = whole + at + k;
    bool is_inside = unit == 1 ? (*next & 0xc0) == 0x80 : (next[1] & 0xfc) == 0xdc;
    return k == room ? !is_inside || room < 4 : !is_inside && room - k < 4;
}

/* Put together what buffers of chunk bytes get, at an odd address for odd sizes, and compare. */
static void check_chunks(const struct row *r, const struct conv_plan *p, const struct cell *c,
                         size_t chunk, const unsigned char *whole, size_t n)
{
    struct conv_part state = {0};
    unsigned char got[4 * ROW_BYTES + 8];
    size_t at = 0, end = end_size(p), odd = chunk % 2, unit = end == 2 ? 2 : 1;
    enum conv_status st = CONV_TRUNCATED;
    SQLLEN len;
    while (st == CONV_TRUNCATED) {
        static const unsigned char zero[2];
        unsigned char *piece = malloc(chunk + odd);
        st = conv_part(p, c, &state, piece + odd, chunk, &len);
        check_step(r, chunk, st, len, n - at);
        size_t k = state.given - at;
        ck_assert_msg(memcmp(piece + odd + k, zero, end) == 0, "%s: pieces of %zu: no terminator",
                      r->text, chunk);
        ck_assert_msg(k + end <= chunk, "%s: pieces of %zu: %zu bytes", r->text, chunk, k);
        ck_assert_msg(st == CONV_OK || end == 0 ||
                          is_piece(whole, at, k, (chunk - end) / unit * unit, unit),
                      "%s: pieces of %zu: a piece of %zu bytes", r->text, chunk, k);
        ck_assert_msg(k > 0 || n == at, "%s: pieces of %zu: no progress", r->text, chunk);
        memcpy(got + at, piece + odd, k);
        at += k;
        free(piece);
    }
    ck_assert_msg(at == n && memcmp(got, whole, n) == 0, "%s: pieces of %zu differ from the whole",
                  r->text, chunk);
    st = conv_part(p, c, &state, got, sizeof got, &len);
    ck_assert_msg(st == CONV_END, "%s: pieces of %zu: %s behind the end", r->text, chunk,
                  state_of(st));
}

static void check_probe(const struct row *r, const struct conv_plan *p, const struct cell *c,
                        size_t n)
{
    struct conv_part state = {0};
    SQLLEN len = -1;
    enum conv_status st = conv_part(p, c, &state, NULL, 0, &len);
    ck_assert_msg(st == CONV_TRUNCATED && len == (SQLLEN)n, "%s: probe: %s, %ld", r->text,
                  state_of(st), (long)len);
    ck_assert_msg(state.given == 0 && !state.done, "%s: a probe must not consume", r->text);
}

static void check_parted(const struct row *r, const struct conv_plan *p, const struct cell *c)
{
    unsigned char whole[4 * ROW_BYTES + 8];
    SQLLEN len;
    if (p->fn(p, c, whole, sizeof whole, &len) != CONV_OK || len == SQL_NULL_DATA) {
        return; /* an error is the same for the whole; tested above */
    }
    size_t n = (size_t)len, end = end_size(p), unit = end == 2 ? 2 : 1;
    check_probe(r, p, c, n);
    for (size_t chunk = unit + end; chunk <= n + end + 2; chunk++) {
        if (!is_refused(r, p, c, chunk)) {
            check_chunks(r, p, c, chunk, whole, n);
        }
    }
}

/* Buffers of 128 bytes and more are filled, whatever character they cut; smaller ones are not. */
START_TEST(full_pieces)
{
    static const char smile[] = "\xf0\x9f\x98\x80";
    unsigned char text[400], buf[200];
    struct conv_source from = {.type = 253, .charset = 45, .length = 400, .ext_type = ""};
    for (size_t i = 0; i < 100; i++) {
        memcpy(text + 4 * i, smile, 4);
    }
    for (size_t cap = 120; cap < 140; cap++) {
        for (int wide = 0; wide < 2; wide++) {
            struct conv_target to = {.ctype = wide ? SQL_C_WCHAR : SQL_C_CHAR};
            struct conv_opts o = {0};
            struct conv_plan p;
            struct conv_part state = {0};
            struct cell c = {text, sizeof text};
            SQLLEN len;
            size_t room = wide ? cap / 2 * 2 - 2 : cap - 1;
            ck_assert_int_eq(plan_bind(&p, &from, &to, &o), CONV_OK);
            ck_assert_int_eq(conv_part(&p, &c, &state, buf, cap, &len), CONV_TRUNCATED);
            ck_assert_uint_eq(state.given, cap < 128 ? room / 4 * 4 : room);
        }
    }
}
END_TEST

static void check_once(const struct row *r, const struct conv_plan *p, const struct cell *c)
{
    struct conv_part state = {0};
    unsigned char buf[64];
    SQLLEN len = -99;
    enum conv_status st = conv_part(p, c, &state, buf, sizeof buf, &len);
    if (CONV_HAS_DATA(st)) {
        st = conv_part(p, c, &state, buf, sizeof buf, &len);
        ck_assert_msg(st == CONV_END, "%s: given twice", r->text);
    }
}

START_TEST(pieces)
{
    const struct row *r = row_at(_i);
    for (int form = 0; form < 2; form++) {
        struct conv_plan p;
        struct cell c = {r->cell[form].p, r->cell[form].n};
        if (!r->cell[form].given || bind(r, form, &p) != CONV_OK) {
            continue;
        }
        if (p.is_parted) {
            check_parted(r, &p, &c);
        } else {
            check_once(r, &p, &c);
        }
    }
}
END_TEST

/* A locale with a decimal comma: the machine's, or one made for the test. */
static locale_t comma_locale(void)
{
    locale_t de = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
    char dir[] = "/tmp/check_conv.XXXXXX", command[160];
    if (de || !mkdtemp(dir)) {
        return de;
    }
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
             dir);
    if (system(command) == 0) {
        setenv("LOCPATH", dir, 1);
        if (__lsan_disable && __lsan_enable) { /* glibc 2.36 forgets newlocale's copy of LOCPATH */
            __lsan_disable();
            de = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
            __lsan_enable();
        } else {
            de = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
        }
        unsetenv("LOCPATH");
    }
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
    return de;
}

/* The decimal point of the host has no say. */
START_TEST(other_locale)
{
    host_locale = comma_locale();
    if (!host_locale) {
        fprintf(stderr, "check_conv: no locale de_DE.UTF-8 and none can be made (package locales): "
                        "other_locale SKIPPED\n");
        return;
    }
    for (size_t i = 0; i < all.n; i++) {
        for (int form = 0; form < 2; form++) {
            if (all.row[i].cell[form].given) {
                check_form(&all.row[i], form);
            }
        }
    }
    freelocale(host_locale);
    host_locale = (locale_t)0;
}
END_TEST

Suite *check_conv(void);
Suite *check_conv(void)
{
    all = rows_load("conv.txt");
    ints = rows_load("conv_int.txt");
    Suite *s = suite_create("conv");
    TCase *tc = tcase_create("rows");
    tcase_set_timeout(tc, 60);
    int n = (int)(all.n + ints.n);
    tcase_add_loop_test(tc, converts, 0, n);
    tcase_add_loop_test(tc, pieces, 0, n);
    tcase_add_test(tc, full_pieces);
    tcase_add_test(tc, other_locale);
    suite_add_tcase(s, tc);
    return s;
}
