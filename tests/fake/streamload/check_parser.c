/* check_parser.c - CSV, JSON, values, expressions: without a server. */
#include "suite.h"
#include "csv.h"
#include "expr.h"
#include "json.h"
#include "unpack.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- CSV: fields as [a][b] per row, NULL as [<>], rows ended by | --- */

static void collect(void *to, struct fk_cell *fields, size_t n, struct fk_cell line)
{
    struct fk_sb *s = to;
    (void)line;
    for (size_t i = 0; i < n; i++) {
        fk_sb_ch(s, '[');
        if (fields[i].null)
            fk_sb_str(s, "<>");
        else
            fk_sb_add(s, fields[i].p, fields[i].n);
        fk_sb_ch(s, ']');
    }
    fk_sb_ch(s, '|');
}

static const struct {
    const char *name, *sep, *delim;
    char enclose, escape;
    unsigned skip;
    bool trim;
    const char *in, *out;
} csv_rows[] = {
    /* the sheet's vectors, section 5.2 */
    {"escaped quote", ",", "\n", '"', '\\', 0, 0, "\"a\\\"b\",z\n", "[a\"b][z]|"},
    {"escaped backslash", ",", "\n", '"', '\\', 0, 0, "\"a\\\\b\",z\n", "[a\\b][z]|"},
    {"separator inside", ",", "\n", '"', '\\', 0, 0, "\"a,b\",z\n", "[a,b][z]|"},
    {"empty enclosed", ",", "\n", '"', '\\', 0, 0, "\"\",z\n", "[][z]|"},
    {"doubling inside", ",", "\n", '"', '\\', 0, 0, "\"a\"\"b\",z\n", "[a\"b][z]|"},
    {"doubling at the end", ",", "\n", '"', '\\', 0, 0, "\"abc\"\"\",z\n", "[abc\"][z]|"},
    {"doubling at the start", ",", "\n", '"', '\\', 0, 0, "\"\"\"abc\",z\n", "[\"abc,z]|"},
    {"four quotes", ",", "\n", '"', '\\', 0, 0, "\"\"\"\",z\n", "[\"\"][z]|"},
    {"backslash N", ",", "\n", '"', '\\', 0, 0, "\\N,1\n", "[N][1]|"},
    {"doubled backslash N", ",", "\n", '"', '\\', 0, 0, "\\\\N,1\n", "[<>][1]|"},
    {"backslash letter", ",", "\n", '"', '\\', 0, 0, "\"a\\nb\",1\n", "[anb,]|"},
    /* the machine beyond them */
    {"text \\N enclosed is NULL all the same", ",", "\n", '"', '\\', 0, 0, "\"\\\\N\",1\n",
     "[<>][1]|"},
    {"newline inside", ",", "\n", '"', '\\', 0, 0, "\"a\nb\",1\n2,3\n", "[a\nb][1]|[2][3]|"},
    {"blank rows go", ",", "\n", '"', '\\', 0, 0, "\n1\n\n\"\"\n\n", "[1]|[]|"},
    {"no last delimiter", ",", "\n", '"', '\\', 0, 0, "1,\"x\"", "[1][x]|"},
    {"empty last field", ",", "\n", '"', '\\', 0, 0, "1,\n,\n", "[1][]|[][]|"},
    {"quote in a plain field", ",", "\n", '"', '\\', 0, 0, "a\"b,c\n", "[ab][c]|"},
    {"quote before a separator", ",", "\n", '"', '\\', 0, 0, "a\",b\n", "[a,b]|"},
    {"text behind the closing quote", ",", "\n", '"', '\\', 0, 0, "\"ab\"c,1\n", "[ab\"][1]|"},
    {"escaped separator", ",", "\n", '"', '\\', 0, 0, "a\\,b,1\n", "[a,b][1]|"},
    {"enclose only: NUL escapes", ",", "\n", '"', 0, 0, 0, "\"a\\b\",1\n", "[a\\b][1]|"},
    {"two-byte delimiter at the very end is not seen", ",", "\r\n", '"', '\\', 0, 0,
     "1,2\r\n3,4\r\n", "[1][2]|[3][4\r\n]|"},
    {"trim", ",", "\n", '"', '\\', 0, 1, "  a , \"b\"\n", "[a][b]|"},
    {"skip", ",", "\n", '"', '\\', 1, 0, "x,y\n1,2\n", "[1][2]|"},
    /* splitting, section 5.1 */
    {"split", "\t", "\n", 0, 0, 0, 0, "1\ta\n2\t\\N\n", "[1][a]|[2][<>]|"},
    {"quotes are data", "\t", "\n", 0, 0, 0, 0, "\"a\"\t\\n\n", "[\"a\"][\\n]|"},
    {"split blank rows", "\t", "\n", 0, 0, 0, 0, "\n\na\n\n", "[a]|"},
    {"split no last delimiter", "\t", "\n", 0, 0, 0, 0, "a\tb", "[a][b]|"},
    {"split empty fields", "\t", "\n", 0, 0, 0, 0, "\t\n", "[][]|"},
    {"long separators", "\x01\x02\x03", "\x04\x05", 0, 0, 0, 0,
     "a\x01\x02\x03"
     "b\x04\x05"
     "c\x01\x01\x02\x03\x04\x05",
     "[a][b]|[c\x01][]|"},
    {"split skip and trim", ",", "\n", 0, 0, 2, 1, "h\nh\n a ,b \n", "[a][b]|"},
};

START_TEST(csv_in_pieces)
{
    for (size_t piece = 1; piece < 40; piece++) {
        struct fk_csv_form form = {.nsep = strlen(csv_rows[_i].sep),
                                   .ndelim = strlen(csv_rows[_i].delim),
                                   .enclose = (unsigned char)csv_rows[_i].enclose,
                                   .escape = (unsigned char)csv_rows[_i].escape,
                                   .machine = csv_rows[_i].enclose || csv_rows[_i].escape,
                                   .trim_space = csv_rows[_i].trim,
                                   .skip = csv_rows[_i].skip};
        struct fk_sb out = {0};
        struct fk_csv c;
        size_t n = strlen(csv_rows[_i].in);
        memcpy(form.sep, csv_rows[_i].sep, form.nsep);
        memcpy(form.delim, csv_rows[_i].delim, form.ndelim);
        fk_csv_init(&c, &form, collect, &out);
        for (size_t at = 0; at < n; at += piece)
            fk_csv_feed(&c, csv_rows[_i].in + at, n - at < piece ? n - at : piece);
        fk_csv_end(&c);
        ck_assert_msg(strcmp(out.p ? out.p : "", csv_rows[_i].out) == 0, "%s in pieces of %zu: %s",
                      csv_rows[_i].name, piece, out.p);
        fk_csv_free(&c);
        fk_sb_free(&out);
    }
}
END_TEST

/* The recipe of section 5.2 must survive the machine, whatever the text. */
static void recipe_put(struct fk_sb *body, struct fk_sb *want, unsigned *seed)
{
    static const char alphabet[] = "\"\\,\naN \0";
    unsigned nfields = 1 + *seed % 3;
    for (unsigned k = 0; k < nfields; k++) {
        *seed = *seed * 1103515245u + 12345u;
        unsigned len = *seed >> 16 & 7;
        fk_sb_str(body, k ? "," : "");
        fk_sb_ch(want, '[');
        if (len == 7) {
            fk_sb_str(body, "\\\\N");
            fk_sb_str(want, "<>]");
            continue;
        }
        struct fk_sb text = {0};
        for (unsigned i = 0; i < len; i++) {
            *seed = *seed * 1103515245u + 12345u;
            fk_sb_ch(&text, alphabet[*seed >> 16 & 7]);
        }
        if (text.n == 2 && memcmp(text.p, "\\N", 2) == 0)
            text.p[1] = 'M'; /* the one text that CSV cannot carry */
        fk_sb_ch(body, '"');
        for (size_t i = 0; i < text.n; i++) {
            if (text.p[i] == '"' || text.p[i] == '\\')
                fk_sb_ch(body, '\\');
            fk_sb_ch(body, text.p[i]);
        }
        fk_sb_ch(body, '"');
        fk_sb_add(want, text.p, text.n);
        fk_sb_ch(want, ']');
        fk_sb_free(&text);
    }
    fk_sb_ch(body, '\n');
    fk_sb_ch(want, '|');
}

START_TEST(csv_recipe)
{
    struct fk_csv_form form = {.sep = ",",
                               .nsep = 1,
                               .delim = "\n",
                               .ndelim = 1,
                               .enclose = '"',
                               .escape = '\\',
                               .machine = true};
    unsigned seed = 20;
    for (unsigned round = 0; round < 20000; round++) {
        struct fk_sb body = {0}, want = {0}, out = {0};
        struct fk_csv c;
        for (unsigned i = 0; i < 3; i++)
            recipe_put(&body, &want, &seed);
        fk_csv_init(&c, &form, collect, &out);
        fk_csv_feed(&c, body.p, body.n / 2);
        fk_csv_feed(&c, body.p + body.n / 2, body.n - body.n / 2);
        fk_csv_end(&c);
        ck_assert_msg(out.n == want.n && memcmp(out.p, want.p, want.n) == 0, "round %u: %s", round,
                      body.p);
        fk_csv_free(&c);
        fk_sb_free(&body);
        fk_sb_free(&want);
        fk_sb_free(&out);
    }
}
END_TEST

static const struct {
    const char *value, *bytes, *wrong;
} separators[] = {
    {"\\x01", "\x01", NULL},
    {"\\X0d0A", "\r\n", NULL},
    {"0x02", "\x02", NULL},
    {"\\t", "\\t", NULL},
    {"|;|", "|;|", NULL},
    {"", "", "cannot be empty"},
    {"\\x", "", "empty hex"},
    {"\\x0", "", "even"},
    {"0xzz", "", "invalid hex"},
    {"123456789012345678901234567890123456789012345678901", "", "longer"},
};

START_TEST(separator_syntax)
{
    char out[FK_SEP];
    size_t n;
    const char *wrong = fk_csv_separator(separators[_i].value, out, &n);
    ck_assert_msg(!wrong == !separators[_i].wrong, "%s", separators[_i].value);
    if (wrong)
        ck_assert_msg(strstr(wrong, separators[_i].wrong) != NULL, "%s", wrong);
    else
        ck_assert_msg(n == strlen(separators[_i].bytes) && !memcmp(out, separators[_i].bytes, n),
                      "%s", separators[_i].value);
}
END_TEST

/* --- values --- */

static const struct {
    enum fk_type type;
    unsigned size, scale;
    const char *in, *out; /* out NULL: refused */
} values[] = {
    {FT_BOOLEAN, 0, 0, "TRUE", "1"},
    {FT_BOOLEAN, 0, 0, "0", "0"},
    {FT_BOOLEAN, 0, 0, "yes", NULL},
    {FT_TINYINT, 0, 0, "-128", "-128"},
    {FT_TINYINT, 0, 0, "128", NULL},
    {FT_SMALLINT, 0, 0, "+0032767", "32767"},
    {FT_INT, 0, 0, "-2147483648", "-2147483648"},
    {FT_INT, 0, 0, "-0", "0"},
    {FT_INT, 0, 0, "2147483648", NULL},
    {FT_INT, 0, 0, "", NULL},
    {FT_INT, 0, 0, "1.0", NULL},
    {FT_BIGINT, 0, 0, "9223372036854775807", "9223372036854775807"},
    {FT_BIGINT, 0, 0, "9223372036854775808", NULL},
    {FT_LARGEINT, 0, 0, "-170141183460469231731687303715884105728",
     "-170141183460469231731687303715884105728"},
    {FT_LARGEINT, 0, 0, "170141183460469231731687303715884105728", NULL},
    {FT_DOUBLE, 0, 0, "0.1", "0.1"},
    {FT_DOUBLE, 0, 0, "-1e-5", "-1e-05"},
    {FT_DOUBLE, 0, 0, "1e999", NULL},
    {FT_DOUBLE, 0, 0, "nan", NULL},
    {FT_DOUBLE, 0, 0, "0x10", NULL},
    {FT_FLOAT, 0, 0, "0.1", "0.1"},
    {FT_FLOAT, 0, 0, "16777217", "16777216"},
    {FT_DECIMAL, 10, 2, "1.005", "1.01"},
    {FT_DECIMAL, 10, 2, "-0.001", "0.00"},
    {FT_DECIMAL, 10, 2, "-0.05", "-0.05"},
    {FT_DECIMAL, 10, 2, "99999999.99", "99999999.99"},
    {FT_DECIMAL, 10, 2, "99999999.995", NULL},
    {FT_DECIMAL, 10, 2, "100000000", NULL},
    {FT_DECIMAL, 10, 2, "1e2", "100.00"},
    {FT_DECIMAL, 10, 2, ".5", "0.50"},
    {FT_DECIMAL, 10, 2, ".", NULL},
    {FT_DECIMAL, 5, 0, "99999", "99999"},
    {FT_DECIMAL, 5, 5, "0.12345", "0.12345"},
    {FT_DECIMAL, 38, 10, "9999999999999999999999999999.9999999999",
     "9999999999999999999999999999.9999999999"},
    {FT_VARCHAR, 3, 0, "abc", "abc"},
    {FT_VARCHAR, 3, 0, "\xc3\xa4\xc3\xb6", NULL}, /* bytes, not characters */
    {FT_DATE, 0, 0, "2024-02-29", "2024-02-29"},
    {FT_DATE, 0, 0, "2023-02-29", NULL},
    {FT_DATE, 0, 0, "2023-2-9", NULL},
    {FT_DATETIME, 0, 0, "2024-02-29 23:59:59.5", "2024-02-29 23:59:59.500000"},
    {FT_DATETIME, 0, 0, "2024-02-29 23:59:59.000000", "2024-02-29 23:59:59"},
    {FT_DATETIME, 0, 0, "2024-02-29", "2024-02-29 00:00:00"},
    {FT_DATETIME, 0, 0, "2024-02-29T00:00:00", NULL},
    {FT_DATETIME, 0, 0, "2024-02-29 24:00:00", NULL},
    {FT_DATETIME, 0, 0, "2024-02-29 23:59:59.1234567", NULL},
    {FT_JSON, 0, 0, " {\"a\": [1, 2.50, \"x\\u0041\"]} ", "{\"a\":[1,2.50,\"x\\u0041\"]}"},
    {FT_JSON, 0, 0, "{\"a\":}", NULL},
    {FT_JSON, 0, 0, "[1,]", NULL},
    {FT_ARRAY, 0, 0, "[]", "[]"},
    {FT_ARRAY, 0, 0, "7", NULL},
    {FT_VARBINARY, 0, 0, "YWJj", "abc"},
    {FT_VARBINARY, 0, 0, "YWJ", "YWJ"}, /* no base64: raw */
};

START_TEST(value_forms)
{
    struct fk_arena a = {0};
    struct fk_column c = {
        .type = values[_i].type, .size = values[_i].size, .scale = values[_i].scale};
    struct fk_rules rules = {.max_string = 100, .binary_base64 = true};
    struct fk_cell in = {.p = values[_i].in, .n = strlen(values[_i].in)}, out;
    bool ok = fk_convert(&c, &rules, in, &a, &out);
    ck_assert_msg(ok == (values[_i].out != NULL), "%s of '%s'", fk_type_name(c.type), in.p);
    if (ok)
        ck_assert_msg(out.n == strlen(values[_i].out) && !memcmp(out.p, values[_i].out, out.n),
                      "%s of '%s': '%s'", fk_type_name(c.type), in.p, out.p);
    fk_arena_free(&a);
}
END_TEST

/* --- expressions over a=5, s='xY', n=NULL --- */

static int slot(void *env, const char *name, size_t n)
{
    (void)env;
    return n == 1 && strchr("asn", name[0]) ? (int)(strchr("asn", name[0]) - "asn") : -1;
}

static struct fk_cell name(void *env, size_t i, bool *number)
{
    static const struct fk_cell cells[] = {{"5", 1, false}, {"xY", 2, false}, {"", 0, true}};
    (void)env;
    *number = i == 0;
    return cells[i];
}

static const struct {
    const char *text, *value; /* NULL: is NULL; "!": not understood */
} exprs[] = {
    {"a + 1 * 2", "7"},
    {"(a - 1) / 2", "2"},
    {"a > 10", "0"},
    {"a >= 5 and s = 'xY'", "1"},
    {"n is null", "1"},
    {"n = 1", NULL},
    {"not (a <> 5)", "1"},
    {"a in (1, 5)", "1"},
    {"a not in (1, 5)", "0"},
    {"s like 'x%'", "1"},
    {"s not like '_Y'", "0"},
    {"n or a", "1"},
    {"n and a", NULL},
    {"coalesce(n, s)", "xY"},
    {"to_binary('6162', 'hex')", "ab"},
    {"to_binary('6', 'hex')", NULL},
    {"to_binary('YQ==', 'encode64')", "a"},
    {"concat(`s`, \"it''s\")", "xYit''s"},
    {"if(a = 5, 'y', 'n')", "y"},
    {"upper(s)", "XY"},
    {"nosuch(a)", "!"},
    {"b + 1", "!"},
    {"a +", "!"},
    {"hex(s)", "7859"},
};

START_TEST(expressions)
{
    struct fk_arena a = {0};
    struct fk_lex l = {.p = exprs[_i].text};
    struct fk_expr *e = fk_expr_parse(&l, &a, slot, NULL);
    bool refused = exprs[_i].value && strcmp(exprs[_i].value, "!") == 0;
    ck_assert_msg((!e || !fk_lex_end(&l)) == refused, "%s: %s", exprs[_i].text, l.error);
    if (!refused) {
        struct fk_cell v = fk_expr_value(e, &a, name, NULL);
        ck_assert_msg(v.null == !exprs[_i].value, "%s", exprs[_i].text);
        if (!v.null)
            ck_assert_msg(v.n == strlen(exprs[_i].value) && !memcmp(v.p, exprs[_i].value, v.n),
                          "%s: %.*s", exprs[_i].text, (int)v.n, v.p);
    }
    fk_arena_free(&a);
}
END_TEST

Suite *check_parser(void)
{
    Suite *s = suite_create("fake: parsers");
    TCase *t = tcase_create("parsers");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, csv_in_pieces, 0, (int)(sizeof csv_rows / sizeof *csv_rows));
    tcase_add_test(t, csv_recipe);
    tcase_add_loop_test(t, separator_syntax, 0, (int)(sizeof separators / sizeof *separators));
    tcase_add_loop_test(t, value_forms, 0, (int)(sizeof values / sizeof *values));
    tcase_add_loop_test(t, expressions, 0, (int)(sizeof exprs / sizeof *exprs));
    suite_add_tcase(s, t);
    return s;
}
