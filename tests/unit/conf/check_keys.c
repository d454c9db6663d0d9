/* check_keys.c - docs/keys.md says what table/dsn.def says.  With MYWIRE_WRITE_KEYS set the page is
 * written first (setup/gen-keys does that). */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/dsn.h"

#define PAGE TEST_DATA_DIR "/../../docs/keys.md"

static const char head[] =
    "# Connection keys\n"
    "\n"
    "<!-- Made from driver/table/dsn.def by setup/gen-keys; a test compares the two. -->\n"
    "\n"
    "Keys stand in a connection string (`DSN=sales;UID=me;SSLMODE=VERIFY_IDENTITY`), in a section "
    "of odbc.ini, or both;\n"
    "the string wins. Names are compared without case, `_` and `-`: `SSL-CA`, `ssl_ca` and `SSLCA` "
    "are one key. A value\n"
    "with any of `[]{}(),;?*=!@`, or with spaces at its ends, stands in braces, and a `}` in it is "
    "doubled: the password\n"
    "`a}b;c` is `PWD={a}}b;c}`. In odbc.ini values are written as they are. The first of repeated "
    "keys counts.\n"
    "\n"
    "Keys of the drivers of MySQL, MariaDB and SingleStore are known here. The last column says "
    "what becomes of them:\n"
    "**yes**: acted on; **strict**: acted on, and a value that cannot be used refuses the "
    "connection (otherwise it is\n"
    "reported with SQLSTATE 01S00 and the default stays); **nothing to do**: what it asks for is "
    "always so, or has no\n"
    "meaning here; **warns**: no effect, reported with SQLSTATE 01S02 when it is not the default. "
    "An unknown key is\n"
    "reported with 01S00; one that begins with SSL or TLS, or that is nearest to a strict key, "
    "refuses the connection.\n"
    "\n"
    "| Key | Other names | Value | Default | Meaning | Acted on |\n"
    "|---|---|---|---|---|---|\n";

static void put_words(const struct dsn_row *r, struct buf *out)
{
    for (const struct dsn_word *w = r->words; w->word; w++)
        buf_printf(out, "%s%s",
                   w == r->words           ? ""
                   : r->kind == DSN_CHOICE ? " or "
                                           : ", ",
                   w->word);
}

static void put_kind(const struct dsn_row *r, struct buf *out)
{
    static const char *const names[] = {
        [DSN_TEXT] = "text",           [DSN_PATH] = "path",   [DSN_SECRET] = "secret text",
        [DSN_PAIRS] = "name=value, …", [DSN_BOOL] = "0 or 1", [DSN_BITS] = "sum of bits"};
    if (r->kind == DSN_INT)
        buf_printf(out, "%d to %d", r->lowest, r->highest);
    else if (r->words)
        put_words(r, out);
    else
        buf_puts(out, names[r->kind]);
}

static void put_aliases(const struct dsn_row *r, struct buf *out)
{
    for (const char *s = r->aliases; *s;) {
        size_t n = strcspn(s, " ");
        buf_printf(out, "%s`%.*s`", s == r->aliases ? "" : " ", (int)n, s);
        s += n + strspn(s + n, " ");
    }
}

static void put_row(const struct dsn_row *r, struct buf *out)
{
    static const char *const effects[] = {[DSN_ACTS] = "yes",
                                          [DSN_STRICT] = "strict",
                                          [DSN_SILENT] = "nothing to do",
                                          [DSN_WARNS] = "warns"};
    buf_printf(out, "| `%s` | ", r->key);
    put_aliases(r, out);
    buf_puts(out, " | ");
    put_kind(r, out);
    buf_printf(out, " | %s | %s | %s |\n", r->preset, r->help, effects[r->effect]);
}

static void put_options(struct buf *out)
{
    static const struct {
        int bit;
        enum dsn_key key;
    } options[] = {
#define OPTION(bit, field) {bit, DSN_KEY_##field},
#include "table/option.def"
    };
    buf_puts(out,
             "\n## The bits of OPTION\n\nA key that is given by name counts more than its bit.\n\n"
             "| Number | Key |\n|---|---|\n");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        buf_printf(out, "| %lu | `%s` |\n", 1ul << options[i].bit, dsn_row(options[i].key)->key);
}

static void put_page(struct buf *out)
{
    buf_puts(out, head);
    for (int i = 0; i < DSN_KEYS; i++)
        put_row(dsn_row((enum dsn_key)i), out);
    put_options(out);
}

static void write_page(struct buf *page)
{
    FILE *out = fopen(PAGE, "we");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(page->p, 1, page->len, out), page->len);
    ck_assert_int_eq(fclose(out), 0);
}

START_TEST(page_agrees)
{
    struct buf page, file;
    buf_init(&page, 0);
    buf_init(&file, 0);
    put_page(&page);
    ck_assert(buf_ok(&page));
    if (getenv("MYWIRE_WRITE_KEYS"))
        write_page(&page);
    FILE *in = fopen(PAGE, "re");
    ck_assert_msg(in != NULL, "docs/keys.md is missing; run setup/gen-keys");
    unsigned char *p = buf_grow(&file, page.len + 1);
    ck_assert_ptr_nonnull(p);
    file.len = fread(p, 1, page.len + 1, in);
    ck_assert_int_eq(fclose(in), 0);
    ck_assert_msg(file.len == page.len && !memcmp(file.p, page.p, page.len),
                  "docs/keys.md does not agree with driver/table/dsn.def; run setup/gen-keys");
    buf_clear(&page);
    buf_clear(&file);
}
END_TEST

Suite *check_keys(void); /* called by the generated main */

Suite *check_keys(void)
{
    Suite *s = suite_create("conf/keys");
    TCase *t = tcase_create("docs/keys.md");
    tcase_add_test(t, page_agrees);
    suite_add_tcase(s, t);
    return s;
}
