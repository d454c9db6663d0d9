/* check_count.c - rows of bytes, in pieces of every size. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "bulk/count.h"

#define ROWS(a)  (int)(sizeof(a) / sizeof((a)[0]))
#define NOT      UINT64_MAX
#define DORIS    LOAD_DORIS
#define STARS    LOAD_STARROCKS
#define QUOTES   "enclose=\";escape=\\;column_separator=,"
#define DOCUMENT "format=json"
#define STRIP    "format=json;strip_outer_array=true"

struct row {
    const char *headers; /* "name=value;..." */
    const char *bytes;
    uint64_t least, most;
    enum load_dialect dialect;
};

/* clang-format off */
static const struct row rows[] = {
    {"", "", 0, 0, STARS},
    {"", "a\nb\nc\n", 3, 3, STARS},
    {"", "a\nb\nc", 3, 3, STARS},
    {"", "\n\na\n \r\nb\r\n", 2, 5, STARS},
    {"", "\t\t\n", 1, 1, STARS},
    {"", "\xEF\xBB\xBF\na\n", 1, 2, DORIS},
    {"", "\xEF\xBB\xBF" "a\n\xEF\xBB\xBF\n", 2, 2, DORIS},
    {"", "\xEF\xBB\xBF", 0, 1, DORIS},
    {"row_delimiter=|", "a|b|\n", 2, 3, STARS},
    {"skip_header=1", "a\nb\nc\n", 2, 2, STARS},
    {"skip_header=9", "a\nb\n", 0, 0, STARS},
    {"skip_header=x", "a\nb\n", 0, NOT, STARS},
    {"skip_lines=1", "a\nb\nc\n", 3, 3, STARS},
    {"skip_lines=1", "a\nb\nc\n", 2, 2, DORIS},
    {"row_delimiter=|", "a\nb|c|d", 3, 3, STARS},
    {"row_delimiter=|", "a|b\nc\n", 2, 2, DORIS},
    {"line_delimiter=|", "a|b\nc\n", 2, 2, DORIS},
    {"row_delimiter=\\x0d0A", "a\r\nb\rc\nd\r\n", 2, 2, STARS},
    {"row_delimiter=0x41", "aAbA", 2, 2, STARS},
    {"row_delimiter=aab", "xaaabyaab", 2, 2, STARS},
    {"row_delimiter=aab", "aab  aab", 0, 2, STARS},
    {"row_delimiter=\\x0", "a\nb", 0, NOT, STARS},
    {"row_delimiter=\\n", "a\nb", 0, NOT, STARS},
    {"row_delimiter=|;row_delimiter=\\x0a", "a\nb|c", 2, 2, STARS},
    {"compression=gzip", "a\nb\n", 0, NOT, STARS},
    {"compress_type=gz", "a\nb\n", 0, NOT, DORIS},
    {"Content-Encoding=gzip", "a\nb\n", 0, NOT, STARS},
    {"format=gzip", "a\nb\n", 0, NOT, STARS},
    {"format=parquet", "a\nb\n", 0, NOT, DORIS},
    {"format=CSV", "a\nb\n", 2, 2, STARS},
    {"format=csv_with_names", "n\na\nb\n", 2, 2, DORIS},
    {"format=csv_with_names_and_types", "n\nt\na\nb\n", 2, 2, DORIS},
    {"format=csv_with_names", "n\na\n", 0, NOT, STARS},
    {"format=csv_with_names;skip_lines=1", "n\na\nb\n", 0, NOT, DORIS},
    {QUOTES, "a,b\nc,d\n", 2, 2, STARS},
    {QUOTES, "\"a\nb\",c\n\"d\",e\n", 2, 2, STARS},
    {QUOTES, "\"a\\\"\nb\",c\n\"d\",e", 2, 2, STARS},
    {QUOTES, "\"a\"\"\nb\",c\n", 1, 1, STARS},
    {QUOTES, "\"\",c\n\"\"\n", 2, 2, STARS},
    {QUOTES, "\"a\"\r\n\"b\"\r\n", 2, 2, STARS},
    {QUOTES, "\"\"\"a\nb\",c\n", 1, 3, STARS},
    {QUOTES, "a\"b\nc\n", 1, 3, STARS},
    {QUOTES, "\"a\nb", 1, 2, STARS},
    {QUOTES, "a\\\nb\n", 1, 3, STARS},
    {QUOTES, "\"a\\n\nb\"\n", 1, 3, STARS},
    {QUOTES ";skip_header=1", "a\"b\nc\n", 0, 3, STARS},
    {QUOTES ";skip_header=1", "\"n\nm\",v\n\"a\nb\",c\n", 0, 5, STARS},
    {QUOTES ";skip_header=1", "n,v\n\"a\nb\",c\n", 1, 1, STARS},
    {QUOTES ";skip_header=9", "n,v\na,c\n", 0, 0, STARS},
    {"enclose=\"", "\"a\nb\"\nc\n", 2, 2, DORIS},
    {"enclose=\";row_delimiter=||", "a||b", 0, NOT, STARS},
    {"enclose=\";escape=\"", "a\nb", 0, NOT, STARS},
    {DOCUMENT, "", 0, 0, STARS},
    {DOCUMENT, " {\"a\":1}\n{\"a\":{\"b\":[1,2]}} {}", 3, 3, STARS},
    {DOCUMENT, "{\"a\":\"}{\\\"\"}", 1, 1, STARS},
    {DOCUMENT, "[{\"a\":1}]", 0, NOT, STARS},
    {DOCUMENT, "{\"a\":1", 0, NOT, STARS},
    {DOCUMENT, "{\"a\":1}x", 0, NOT, STARS},
    {STRIP, "[]", 0, 0, STARS},
    {STRIP, "[{\"a\":[1,2]},{\"a\":\"],[\"},\n{}]", 3, 3, STARS},
    {STRIP, "[{\"a\":1},null,3,\"x\"]", 1, 4, STARS},
    {STRIP, "[{\"a\":1}]\n[{\"a\":2},{\"a\":3}]", 3, 3, DORIS},
    {STRIP, "{\"a\":1}", 0, NOT, STARS},
    {STRIP ";jsonpaths=[\"$.a\"]", "[{\"a\":1}]", 0, NOT, STARS},
    {STRIP ";json_root=$.a", "[{\"a\":1}]", 0, NOT, STARS},
};
/* clang-format on */

static size_t split(char *text, struct load_header *out)
{
    size_t n = 0;
    char *rest = NULL;
    for (char *p = strtok_r(text, ";", &rest); p; p = strtok_r(NULL, ";", &rest)) {
        char *value = strchr(p, '=');
        *value++ = 0;
        out[n++] = (struct load_header){p, value};
    }
    return n;
}

START_TEST(test_count)
{
    const struct row *o = &rows[_i];
    struct load_header headers[8];
    struct count c;
    char text[200];
    size_t n = strlen(o->bytes);
    (void)snprintf(text, sizeof text, "%s", o->headers);
    struct load_request q = {.headers = headers, .nheaders = split(text, headers)};
    count_begin(&c, &q, o->dialect);
    for (size_t piece = 1; piece <= n + 1; piece++) {
        for (size_t at = 0; at < n; at += piece)
            count_put(&c, o->bytes + at, n - at < piece ? n - at : piece);
        struct count_rows got = count_end(&c);
        ck_assert_msg(got.least == o->least && got.most == o->most,
                      "%s: %s by %zu: %llu to %llu, not %llu to %llu", o->headers, o->bytes, piece,
                      (unsigned long long)got.least, (unsigned long long)got.most,
                      (unsigned long long)o->least, (unsigned long long)o->most);
        count_again(&c);
    }
}
END_TEST

/* Without the escape that is given, a NUL is one to StarRocks. */
START_TEST(test_nul)
{
    static const char bytes[] = "\"a\0\"\nb\"\nc\n";
    struct load_header headers[] = {{"enclose", "\""}};
    struct load_request q = {.headers = headers, .nheaders = 1};
    struct count c;
    count_begin(&c, &q, STARS);
    count_put(&c, bytes, sizeof bytes - 1);
    struct count_rows got = count_end(&c);
    ck_assert(got.least == 1 && got.most == 4);
}
END_TEST

/* What the server could not read as documents it counts as it likes. */
START_TEST(test_fits)
{
    struct load_header headers[] = {{"format", "json"}};
    struct load_request q = {.headers = headers, .nheaders = 1};
    struct count c;
    count_begin(&c, &q, STARS);
    count_put(&c, "{}{}", 4);
    struct count_rows got = count_add(count_end(&c), count_exact(1));
    ck_assert(count_fits(got, 3, false) && !count_fits(got, 4, false) &&
              !count_fits(got, 2, false));
    ck_assert(count_fits(got, 4, true) && count_fits(got, 1, true));
    ck_assert(!count_fits(count_exact(3), 4, true));
}
END_TEST

START_TEST(test_add)
{
    struct count_rows known = {2, 3, false}, open = {1, NOT, false};
    ck_assert(count_add(known, known).least == 4 && count_add(known, known).most == 6);
    ck_assert(count_add(known, open).least == 3 && count_add(known, open).most == NOT);
    ck_assert(count_add(open, open).most == NOT);
}
END_TEST

Suite *check_count(void);
Suite *check_count(void)
{
    Suite *s = suite_create("count");
    TCase *t = tcase_create("count");
    tcase_add_loop_test(t, test_count, 0, ROWS(rows));
    tcase_add_test(t, test_nul);
    tcase_add_test(t, test_fits);
    tcase_add_test(t, test_add);
    suite_add_tcase(s, t);
    return s;
}
