/* check_table.c - the form of dsn.def and option.def, and every row put to the test. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/dsn.h"

#define HIDDEN "Sesame7!open"

static struct dsn d;
static struct fault f;

static void setup(void)
{
    ck_assert_int_eq(dsn_init(&d, &f), RC_OK);
}

static void teardown(void)
{
    dsn_clear(&d);
    dsn_clear(&d); /* any number of times */
}

/* The value of a key as text, owned by the caller. */
static char *value_of(const struct dsn *from, int key)
{
    struct buf b;
    buf_init(&b, 0);
    dsn_get(from, (enum dsn_key)key, true, &b);
    char *s = strdup(buf_str(&b));
    buf_clear(&b);
    return s;
}

static void expect(const struct dsn *from, int key, const char *want)
{
    char *got = value_of(from, key);
    ck_assert_msg(!strcmp(got, want), "%s is '%s', expected '%s'", dsn_row((enum dsn_key)key)->key,
                  got, want);
    free(got);
}

static enum dsn_verdict put(int key, const char *value)
{
    return dsn_put(&d, (enum dsn_key)key, value, strlen(value), DSN_FROM_STRING, &f);
}

static bool is_text(const struct dsn_row *r)
{
    return r->kind <= DSN_PAIRS;
}

START_TEST(row_has_form)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    size_t n = strlen(r->help);
    ck_assert_msg(strspn(r->key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(r->key) &&
                      *r->key,
                  "%s: a key is capitals, digits, '_' and '-'", r->key);
    ck_assert_msg(n > 8 && r->help[n - 1] == '.', "%s: help must be a sentence", r->key);
    ck_assert_msg(!strpbrk(r->help, "|\n"), "%s: help must fit a table", r->key);
    ck_assert_msg(r->kind != DSN_INT || r->lowest < r->highest, "%s: range", r->key);
    ck_assert_msg((r->words != NULL) == (r->kind == DSN_CHOICE || r->kind == DSN_FLAGS),
                  "%s: words", r->key);
    ck_assert_msg(r->kind != DSN_SECRET || r->prompt == DSN_PASSWORD || r->prompt == DSN_HIDDEN,
                  "%s: a secret is asked for as one", r->key);
    ck_assert_msg(r->prompt == DSN_HIDDEN || r->effect == DSN_ACTS || r->effect == DSN_STRICT ||
                      r->prompt == DSN_EDIT,
                  "%s: a dialog must not ask for what has no effect", r->key);
    ck_assert_msg(r->kind != DSN_SECRET || !*r->preset, "%s: a secret has no default", r->key);
}
END_TEST

/* Each name finds its own row and no other, however it is written. */
static void find_all(int key, const char *name, size_t n)
{
    char other[80];
    size_t k = 0;
    ck_assert_msg((int)dsn_find(name, n) == key, "%.*s is ambiguous", (int)n, name);
    for (size_t i = 0; i < n; i++) {
        other[k++] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
        if (i == 2)
            other[k++] = '-';
    }
    ck_assert_msg((int)dsn_find(other, k) == key, "%.*s is not found", (int)k, other);
}

START_TEST(row_is_found_by_each_name)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    find_all(_i, r->key, strlen(r->key));
    for (const char *s = r->aliases; *s;) {
        size_t n = strcspn(s, " ");
        find_all(_i, s, n);
        s += n + strspn(s + n, " ");
    }
}
END_TEST

START_TEST(row_default)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    expect(&d, _i, r->preset);
    ck_assert(!dsn_is_set(&d, (enum dsn_key)_i));
    ck_assert_msg(put(_i, r->preset) == DSN_ACCEPTED, "%s: default refused: %s", r->key, f.text);
    expect(&d, _i, r->preset);
}
END_TEST

static void number(char *out, size_t cap, long long v)
{
    snprintf(out, cap, "%lld", v);
}

START_TEST(row_limits)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    char text[32];
    if (r->kind != DSN_INT)
        return;
    for (int high = 0; high < 2; high++) {
        long long limit = high ? r->highest : r->lowest;
        number(text, sizeof text, limit + (high ? 1 : -1));
        ck_assert_msg(put(_i, text) == DSN_BAD_VALUE, "%s=%s accepted", r->key, text);
        ck_assert_int_eq(f.rc, RC_CONFIG);
        ck_assert_msg(strstr(f.text, r->key) && strstr(f.text, text), "%s", f.text);
        number(text, sizeof text, r->highest);
        ck_assert_ptr_nonnull(strstr(f.text, text));
        expect(&d, _i, r->preset);
    }
    for (int high = 0; high < 2; high++) {
        teardown();
        setup();
        number(text, sizeof text, high ? r->highest : r->lowest);
        ck_assert_msg(put(_i, text) == DSN_ACCEPTED, "%s=%s: %s", r->key, text, f.text);
        expect(&d, _i, text);
    }
}
END_TEST

static const char *const bad_words[] = {"maybe", "2x",       "-",      "1 1",
                                        "tru",   "\xc3\xa9", "VERIFY", "0x"};

START_TEST(row_refuses_nonsense)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    for (size_t i = 0; i < sizeof bad_words / sizeof *bad_words; i++) {
        if (is_text(r))
            continue;
        ck_assert_msg(put(_i, bad_words[i]) == DSN_BAD_VALUE, "%s=%s accepted", r->key,
                      bad_words[i]);
        ck_assert_msg(strstr(f.text, r->key) && strstr(f.text, bad_words[i]), "%s", f.text);
        expect(&d, _i, r->preset);
    }
    ck_assert_int_eq(dsn_put(&d, (enum dsn_key)_i, "a\0b", 3, DSN_FROM_STRING, &f), DSN_BAD_VALUE);
    ck_assert_int_eq(put(_i, "a\xff"), DSN_BAD_VALUE);
    ck_assert_int_eq(put(_i, "\xed\xa0\x80"), DSN_BAD_VALUE);
    ck_assert(!dsn_is_set(&d, (enum dsn_key)_i));
}
END_TEST

START_TEST(row_takes_each_word)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    static const char *const flags[][2] = {{"1", "1"},     {"yes", "1"},  {"TRUE", "1"},
                                           {"On", "1"},    {"0", "0"},    {"no", "0"},
                                           {"False", "0"}, {" OFF ", "0"}};
    for (const struct dsn_word *w = r->words; w && w->word; w++) {
        ck_assert_msg(put(_i, w->word) == DSN_ACCEPTED, "%s=%s: %s", r->key, w->word, f.text);
        expect(&d, _i, w->word);
        teardown();
        setup();
    }
    for (size_t i = 0; r->kind == DSN_BOOL && i < sizeof flags / sizeof *flags; i++) {
        ck_assert_msg(put(_i, flags[i][0]) == DSN_ACCEPTED, "%s=%s: %s", r->key, flags[i][0],
                      f.text);
        expect(&d, _i, flags[i][1]);
        teardown();
        setup();
    }
}
END_TEST

/* A good value that is not the default. */
static const char *other_value(const struct dsn_row *r)
{
    switch (r->kind) {
    case DSN_INT:
        return "1";
    case DSN_BOOL:
        return *r->preset == '1' ? "0" : "1";
    case DSN_CHOICE:
        return strcmp(r->words[0].word, r->preset) ? r->words[0].word : r->words[1].word;
    case DSN_FLAGS:
        return r->words[0].word;
    case DSN_BITS:
        return "5";
    case DSN_PAIRS:
        return "a=1,b=2";
    default:
        return HIDDEN;
    }
}

START_TEST(row_sources)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    const char *other = other_value(r);
    size_t n = strlen(other);
    ck_assert_int_eq(dsn_put(&d, (enum dsn_key)_i, other, n, DSN_FROM_INI, &f), DSN_ACCEPTED);
    expect(&d, _i, other);
    if (*r->preset || is_text(r)) { /* a stronger source; an empty text counts too */
        const char *strong = r->kind == DSN_INT || !is_text(r) ? r->preset : "";
        ck_assert_int_eq(put(_i, strong), DSN_ACCEPTED);
        expect(&d, _i, strong);
        ck_assert_int_eq(dsn_put(&d, (enum dsn_key)_i, other, n, DSN_FROM_INI, &f), DSN_ACCEPTED);
        expect(&d, _i, strong);
        ck_assert_int_eq(put(_i, other), DSN_ACCEPTED); /* the first of one source */
        expect(&d, _i, strong);
    }
    ck_assert_int_eq(dsn_put(&d, (enum dsn_key)_i, other, n, DSN_FROM_ARGUMENT, &f), DSN_ACCEPTED);
    expect(&d, _i, other);
    ck_assert_int_eq(dsn_put(&d, (enum dsn_key)_i, "", 0, DSN_FROM_ARGUMENT, &f), DSN_ACCEPTED);
    expect(&d, _i, r->kind == DSN_SECRET ? "" : other); /* only an empty password is an answer */
}
END_TEST

START_TEST(row_copy)
{
    struct dsn copy;
    const char *other = other_value(dsn_row((enum dsn_key)_i));
    ck_assert_int_eq(put(_i, other), DSN_ACCEPTED);
    dsn_note(&d, DSN_NOTE_CONFLICT, "a note");
    ck_assert_int_eq(dsn_copy(&copy, &d, &f), RC_OK);
    teardown();
    setup();
    expect(&copy, _i, other);
    ck_assert(dsn_is_set(&copy, (enum dsn_key)_i));
    ck_assert_uint_eq(copy.nnotes, 1);
    ck_assert_str_eq(copy.notes[0].text, "a note");
    dsn_clear(&copy);
}
END_TEST

static void expect_hidden(const char *where, const char *text, const char *key)
{
    ck_assert_msg(!strstr(text, HIDDEN) && !strstr(text, "Sesame"), "%s shows %s", where, key);
}

/* A secret is in no message, note or masked form. */
START_TEST(row_secret)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    char text[200];
    struct buf out;
    if (r->kind != DSN_SECRET)
        return;
    buf_init(&out, 0);
    ck_assert_int_eq(put(_i, HIDDEN "\xff"), DSN_BAD_VALUE);
    expect_hidden("message", f.text, r->key);
    snprintf(text, sizeof text, "%s={" HIDDEN ";more", r->key);
    ck_assert_int_eq(dsn_parse(&d, text, strlen(text), DSN_FROM_STRING, &f), RC_CONFIG);
    expect_hidden("message", f.text, r->key);
    snprintf(text, sizeof text, "%s=x;" HIDDEN, r->key);
    ck_assert_int_eq(dsn_parse(&d, text, strlen(text), DSN_FROM_STRING, &f), RC_CONFIG);
    expect_hidden("message", f.text, r->key);
    teardown();
    setup();
    snprintf(text, sizeof text, "%s=x;" HIDDEN "=1;" HIDDEN, r->key);
    ck_assert_int_eq(dsn_parse(&d, text, strlen(text), DSN_FROM_STRING, &f), RC_CONFIG);
    expect_hidden("message", f.text, r->key);
    ck_assert_uint_eq(d.nnotes, 1);
    expect_hidden("note", d.notes[0].text, r->key);
    teardown();
    setup();
    ck_assert_int_eq(put(_i, HIDDEN), DSN_ACCEPTED);
    dsn_write(&d, DSN_WRITE_MASKED, &out);
    snprintf(text, sizeof text, "%s={***}", r->key);
    ck_assert_str_eq(buf_str(&out), text);
    buf_reset(&out);
    dsn_get(&d, (enum dsn_key)_i, false, &out);
    ck_assert_str_eq(buf_str(&out), "***");
    buf_reset(&out);
    dsn_write(&d, DSN_WRITE_COMPLETED, &out);
    ck_assert_msg(strstr(buf_str(&out), HIDDEN) != NULL, "%s is lost", r->key);
    buf_clear(&out);
}
END_TEST

/* WARNS warns when it is not the default; SILENT and the others do not. */
START_TEST(row_effect)
{
    const struct dsn_row *r = dsn_row((enum dsn_key)_i);
    const char *other = other_value(r);
    bool is_warned = r->effect == DSN_WARNS;
    ck_assert_int_eq(
        dsn_take_pair(&d, r->key, strlen(r->key), other, strlen(other), DSN_FROM_INI, &f), RC_OK);
    ck_assert_msg(d.nnotes == (is_warned ? 1 : 0), "%s makes %zu notes", r->key, d.nnotes);
    if (is_warned) {
        ck_assert_int_eq(d.notes[0].kind, DSN_NOTE_NO_EFFECT);
        ck_assert_msg(strstr(d.notes[0].text, r->key) == d.notes[0].text, "%s", d.notes[0].text);
    }
    teardown();
    setup();
    if (is_text(r) && r->kind != DSN_PAIRS)
        return;
    int rc = dsn_take_pair(&d, r->key, strlen(r->key), "bad", 3, DSN_FROM_INI, &f);
    ck_assert_msg(rc == (r->effect == DSN_STRICT ? RC_CONFIG : RC_OK), "%s=bad: %d", r->key, rc);
    ck_assert_uint_eq(d.nnotes, r->effect == DSN_STRICT ? 0 : 1);
    ck_assert(!dsn_is_set(&d, (enum dsn_key)_i));
}
END_TEST

START_TEST(peers_keys_are_known)
{
    char line[256], name[128], ours[128];
    int n = 0;
    FILE *in = fopen(TEST_DATA_DIR "/dsn_keys.txt", "re");
    ck_assert_ptr_nonnull(in);
    while (fgets(line, sizeof line, in)) {
        if (line[0] == '#')
            continue;
        ck_assert_msg(sscanf(line, "%127s = %127s", name, ours) == 2, "line: %s", line);
        enum dsn_key key = dsn_find(name, strlen(name));
        ck_assert_msg(key != DSN_KEYS, "%s is unknown", name);
        ck_assert_msg(!strcmp(dsn_row(key)->key, ours), "%s is %s", name, dsn_row(key)->key);
        n++;
    }
    fclose(in);
    ck_assert_int_gt(n, 150);
}
END_TEST

static const char *const strangers[] = {"", "_", "-", "SSL", "PWDX", "P W D", "UID ", "SSLCÄ", "S"};

START_TEST(strangers_are_unknown)
{
    const char *name = strangers[_i];
    ck_assert_msg(dsn_find(name, strlen(name)) == DSN_KEYS, "'%s' is known", name);
}
END_TEST

static const struct {
    int bit, key;
} options[] = {
#define OPTION(bit, field) {bit, (int)DSN_KEY_##field},
#include "table/option.def"
};
#define NOPTIONS (int)(sizeof options / sizeof *options)

START_TEST(option_bit)
{
    char text[32];
    int bit = options[_i].bit;
    const struct dsn_row *r = dsn_row((enum dsn_key)options[_i].key);
    ck_assert_msg(r->kind == DSN_BOOL && *r->preset == '0', "%s: a bit turns on what is off",
                  r->key);
    ck_assert_msg(_i == 0 || options[_i - 1].bit < bit, "bit %d is out of order", bit);
    number(text, sizeof text, 1LL << bit);
    ck_assert_int_eq(put((int)DSN_KEY_option, text), DSN_ACCEPTED);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    expect(&d, options[_i].key, "1");
    for (int i = 0; i < NOPTIONS; i++)
        if (i != _i)
            expect(&d, options[i].key, "0");
    ck_assert_msg((r->effect == DSN_WARNS) ==
                      (d.nnotes == 1 && d.notes[0].kind == DSN_NOTE_NO_EFFECT &&
                       strstr(d.notes[0].text, r->key)),
                  "%s: %zu notes", r->key, d.nnotes);
    teardown(); /* the key by name counts more, from the same source or a stronger one */
    setup();
    ck_assert_int_eq(dsn_put(&d, DSN_KEY_option, text, strlen(text), DSN_FROM_INI, &f),
                     DSN_ACCEPTED);
    ck_assert_int_eq(put(options[_i].key, "0"), DSN_ACCEPTED);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    expect(&d, options[_i].key, "0");
}
END_TEST

/* A number that 32 bits cannot hold is no sum of bits. */
START_TEST(bits_have_a_limit)
{
    ck_assert_int_eq(put((int)DSN_KEY_option, "4294967296"), DSN_BAD_VALUE);
    ck_assert_int_eq(put((int)DSN_KEY_option, "-1"), DSN_BAD_VALUE);
    expect(&d, (int)DSN_KEY_option, "0");
    ck_assert_int_eq(put((int)DSN_KEY_option, "4294967295"), DSN_ACCEPTED);
    expect(&d, (int)DSN_KEY_option, "4294967295");
}
END_TEST

START_TEST(notes_have_a_limit)
{
    char text[64];
    for (int i = 0; i < 3 * DSN_NOTES_MAX; i++) {
        snprintf(text, sizeof text, "KEY%d=1", i);
        ck_assert_int_eq(dsn_parse(&d, text, strlen(text), DSN_FROM_STRING, &f), RC_OK);
        ck_assert_int_eq(dsn_parse(&d, text, strlen(text), DSN_FROM_STRING, &f), RC_OK);
    }
    ck_assert_uint_eq(d.nnotes, DSN_NOTES_MAX); /* each was told once */
    ck_assert_ptr_nonnull(strstr(d.notes[DSN_NOTES_MAX - 1].text, "KEY63"));
}
END_TEST

START_TEST(zeroed_is_empty)
{
    struct dsn empty = {0};
    struct dsn copy;
    ck_assert_int_eq(dsn_copy(&copy, &empty, &f), RC_OK);
    dsn_clear(&copy);
    dsn_clear(&empty);
    dsn_clear(NULL);
}
END_TEST

Suite *check_table(void); /* called by the generated main */

Suite *check_table(void)
{
    Suite *s = suite_create("conf/table");
    TCase *t = tcase_create("rows");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, row_has_form, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_is_found_by_each_name, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_default, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_limits, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_refuses_nonsense, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_takes_each_word, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_sources, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_copy, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_secret, 0, DSN_KEYS);
    tcase_add_loop_test(t, row_effect, 0, DSN_KEYS);
    tcase_add_loop_test(t, option_bit, 0, NOPTIONS);
    tcase_add_loop_test(t, strangers_are_unknown, 0, (int)(sizeof strangers / sizeof *strangers));
    tcase_add_test(t, peers_keys_are_known);
    tcase_add_test(t, bits_have_a_limit);
    tcase_add_test(t, notes_have_a_limit);
    tcase_add_test(t, zeroed_is_empty);
    suite_add_tcase(s, t);
    return s;
}
