/* value.c - checks and canonical forms, one converter a type. */
#include "value.h"
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef bool convert_fn(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                        struct fk_arena *a, struct fk_cell *out);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool put(struct fk_arena *a, struct fk_cell *out, const char *p, size_t n)
{
    out->p = fk_arena_dup(a, p, n);
    out->n = n;
    out->null = false;
    return true;
}

static bool put_sb(struct fk_arena *a, struct fk_cell *out, struct fk_sb *s)
{
    (void)put(a, out, s->p ? s->p : "", s->n);
    fk_sb_free(s);
    return true;
}

/* --- integers: compared as text, so that 128 bits need no 128-bit type --- */

static const struct {
    enum fk_type type;
    const char *low, *high; /* low without its sign */
} ranges[] = {
    {FT_TINYINT, "128", "127"},
    {FT_SMALLINT, "32768", "32767"},
    {FT_INT, "2147483648", "2147483647"},
    {FT_BIGINT, "9223372036854775808", "9223372036854775807"},
    {FT_LARGEINT, "170141183460469231731687303715884105728",
     "170141183460469231731687303715884105727"},
};

static bool within(enum fk_type t, const char *digits, size_t n, bool minus)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].type != t)
            continue;
        const char *limit = minus ? ranges[i].low : ranges[i].high;
        size_t len = strlen(limit);
        return n < len || (n == len && memcmp(digits, limit, n) <= 0);
    }
    return false;
}

static bool conv_int(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                     struct fk_arena *a, struct fk_cell *out)
{
    bool minus = in.n > 0 && in.p[0] == '-';
    size_t i = minus || (in.n > 0 && in.p[0] == '+');
    struct fk_sb s = {0};
    (void)rules;
    if (i == in.n)
        return false;
    for (size_t k = i; k < in.n; k++)
        if (!is_digit(in.p[k]))
            return false;
    while (i + 1 < in.n && in.p[i] == '0')
        i++;
    if (!within(c->type, in.p + i, in.n - i, minus))
        return false;
    if (minus && in.p[i] != '0')
        fk_sb_ch(&s, '-');
    fk_sb_add(&s, in.p + i, in.n - i);
    return put_sb(a, out, &s);
}

static bool conv_bool(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                      struct fk_arena *a, struct fk_cell *out)
{
    struct fk_column as_int = *c;
    struct fk_cell number;
    as_int.type = FT_INT;
    if (fk_same_n(in.p, in.n, "true"))
        return put(a, out, "1", 1);
    if (fk_same_n(in.p, in.n, "false"))
        return put(a, out, "0", 1);
    if (!conv_int(&as_int, rules, in, a, &number))
        return false;
    return put(a, out, number.n == 1 && number.p[0] == '0' ? "0" : "1", 1);
}

/* --- decimal and floating point --- */

struct number { /* sign, digits with the point taken out, digits behind the point */
    bool minus;
    struct fk_sb digits;
    long scale;
};

static bool number_scan(struct fk_cell in, struct number *x)
{
    size_t i = 0, ndigits = 0;
    long exponent = 0;
    if (i < in.n && (in.p[i] == '-' || in.p[i] == '+'))
        x->minus = in.p[i++] == '-';
    for (bool point = false; i < in.n && (is_digit(in.p[i]) || (in.p[i] == '.' && !point)); i++) {
        if (in.p[i] == '.') {
            point = true;
            continue;
        }
        fk_sb_ch(&x->digits, in.p[i]);
        x->scale += point;
        ndigits++;
    }
    if (ndigits == 0)
        return false;
    if (i < in.n && (in.p[i] == 'e' || in.p[i] == 'E')) {
        bool minus = i + 1 < in.n && in.p[i + 1] == '-';
        bool sign = minus || (i + 1 < in.n && in.p[i + 1] == '+');
        i += sign ? 2 : 1;
        uint64_t e = 0;
        if (in.n - i > 4 || !fk_u64(in.p + i, in.n - i, &e))
            return false;
        exponent = minus ? -(long)e : (long)e;
        i = in.n;
    }
    x->scale -= exponent;
    return i == in.n;
}

/* number_round - to exactly scale digits behind the point, half away from zero. */
static void number_round(struct number *x, long scale)
{
    while (x->scale < scale) {
        fk_sb_ch(&x->digits, '0');
        x->scale++;
    }
    char last = '0';
    while (x->scale > scale) {
        last = x->digits.n ? x->digits.p[x->digits.n - 1] : '0';
        if (x->digits.n)
            x->digits.n--;
        x->scale--;
    }
    if (last < '5')
        return;
    size_t i = x->digits.n;
    while (i > 0 && x->digits.p[i - 1] == '9')
        x->digits.p[--i] = '0';
    if (i > 0) {
        x->digits.p[i - 1]++;
        return;
    }
    struct fk_sb more = {0};
    fk_sb_ch(&more, '1');
    fk_sb_add(&more, x->digits.p, x->digits.n);
    fk_sb_free(&x->digits);
    x->digits = more;
}

static bool number_text(struct number *x, const struct fk_column *c, struct fk_sb *out)
{
    size_t lead = 0;
    while (lead < x->digits.n && x->digits.p[lead] == '0')
        lead++;
    if (x->digits.n - lead > c->size)
        return false;
    while (x->digits.n - lead < c->scale + 1 && lead > 0)
        lead--;
    bool zero = true;
    for (size_t i = lead; i < x->digits.n; i++)
        zero &= x->digits.p[i] == '0';
    if (x->minus && !zero)
        fk_sb_ch(out, '-');
    size_t n = x->digits.n - lead;
    if (n <= c->scale)
        fk_sb_ch(out, '0');
    for (size_t i = n; i < c->scale; i++) {
        if (i == n)
            fk_sb_ch(out, '.');
        fk_sb_ch(out, '0');
    }
    for (size_t i = 0; i < n; i++) {
        if (n - i == c->scale)
            fk_sb_ch(out, '.');
        fk_sb_ch(out, x->digits.p[lead + i]);
    }
    return true;
}

static bool conv_decimal(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                         struct fk_arena *a, struct fk_cell *out)
{
    struct number x = {0};
    struct fk_sb s = {0};
    bool ok = number_scan(in, &x) && labs(x.scale) < 500;
    (void)rules;
    if (ok) {
        number_round(&x, (long)c->scale);
        ok = number_text(&x, c, &s);
    }
    fk_sb_free(&x.digits);
    if (ok)
        return put_sb(a, out, &s);
    fk_sb_free(&s);
    return false;
}

static bool conv_float(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                       struct fk_arena *a, struct fk_cell *out)
{
    struct number x = {0};
    bool ok = number_scan(in, &x);
    char text[64] = "";
    (void)rules;
    fk_sb_free(&x.digits);
    if (!ok)
        return false;
    const char *p = fk_arena_dup(a, in.p, in.n);
    double v = c->type == FT_FLOAT ? (double)strtof(p, NULL) : strtod(p, NULL);
    if (!isfinite(v))
        return false;
    for (int digits = c->type == FT_FLOAT ? 6 : 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, v);
        if (c->type == FT_FLOAT ? (double)strtof(text, NULL) == v : strtod(text, NULL) == v)
            break;
    }
    return put(a, out, text, strlen(text));
}

/* --- text, bytes, JSON --- */

static bool conv_text(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                      struct fk_arena *a, struct fk_cell *out)
{
    size_t limit = c->size ? c->size : rules->max_string;
    return in.n <= limit && put(a, out, in.p, in.n);
}

static bool unhex(struct fk_cell in, struct fk_sb *out)
{
    if (in.n % 2)
        return false;
    for (size_t i = 0; i < in.n; i += 2) {
        int high = fk_hex_digit(in.p[i]), low = fk_hex_digit(in.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        fk_sb_ch(out, (char)(high * 16 + low));
    }
    return true;
}

static bool conv_binary(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                        struct fk_arena *a, struct fk_cell *out)
{
    struct fk_sb s = {0};
    bool ok = true;
    if (rules->binary_base64) {
        if (fk_base64(in.p, in.n, &s)) { /* not base64: taken as it is */
            s.n = 0;
            fk_sb_add(&s, in.p, in.n);
        }
    } else {
        ok = unhex(in, &s);
    }
    if (ok && s.n <= (c->size ? c->size : 1048576))
        return put_sb(a, out, &s);
    fk_sb_free(&s);
    return false;
}

static bool conv_json(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                      struct fk_arena *a, struct fk_cell *out)
{
    struct fk_json_text t = {.p = in.p, .n = in.n};
    struct fk_json *doc = fk_json_next(&t, a);
    struct fk_sb s = {0};
    (void)rules;
    if (!doc || !fk_json_at_end(&t) || (c->type == FT_ARRAY && !doc->is_tree))
        return false;
    fk_json_write(&s, doc);
    return put_sb(a, out, &s);
}

/* --- dates --- */

static bool fixed(const char *p, size_t n, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(p[i]))
            return false;
        *out = *out * 10 + (unsigned)(p[i] - '0');
    }
    return true;
}

static bool date_ok(const char *p, size_t n)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned y, m, d;
    if (n != 10 || p[4] != '-' || p[7] != '-' || !fixed(p, 4, &y) || !fixed(p + 5, 2, &m) ||
        !fixed(p + 8, 2, &d))
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (unsigned)(m == 2 && leap);
}

static bool conv_date(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                      struct fk_arena *a, struct fk_cell *out)
{
    (void)c, (void)rules;
    return date_ok(in.p, in.n) && put(a, out, in.p, in.n);
}

static bool conv_datetime(const struct fk_column *c, const struct fk_rules *rules,
                          struct fk_cell in, struct fk_arena *a, struct fk_cell *out)
{
    char text[27] = "0000-00-00 00:00:00.000000";
    unsigned h, m, s, f;
    (void)c, (void)rules;
    if (in.n < 10 || in.n > 26 || !date_ok(in.p, 10))
        return false;
    memcpy(text, in.p, in.n);
    bool clock = in.n == 10 || in.n == 19 || (in.n > 20 && in.p[19] == '.');
    if (!clock || text[10] != ' ' || text[13] != ':' || text[16] != ':' ||
        !fixed(text + 11, 2, &h) || !fixed(text + 14, 2, &m) || !fixed(text + 17, 2, &s) ||
        !fixed(text + 20, 6, &f))
        return false;
    if (h > 23 || m > 59 || s > 59)
        return false;
    return put(a, out, text, f ? 26 : 19);
}

/* --- the table --- */

static const struct {
    const char *name;
    convert_fn *convert;
} types[FT_TYPES] = {
    [FT_BOOLEAN] = {"BOOLEAN", conv_bool},
    [FT_TINYINT] = {"TINYINT", conv_int},
    [FT_SMALLINT] = {"SMALLINT", conv_int},
    [FT_INT] = {"INT", conv_int},
    [FT_BIGINT] = {"BIGINT", conv_int},
    [FT_LARGEINT] = {"LARGEINT", conv_int},
    [FT_FLOAT] = {"FLOAT", conv_float},
    [FT_DOUBLE] = {"DOUBLE", conv_float},
    [FT_DECIMAL] = {"DECIMAL", conv_decimal},
    [FT_CHAR] = {"CHAR", conv_text},
    [FT_VARCHAR] = {"VARCHAR", conv_text},
    [FT_STRING] = {"STRING", conv_text},
    [FT_DATE] = {"DATE", conv_date},
    [FT_DATETIME] = {"DATETIME", conv_datetime},
    [FT_JSON] = {"JSON", conv_json},
    [FT_ARRAY] = {"ARRAY", conv_json},
    [FT_VARBINARY] = {"VARBINARY", conv_binary},
};

static const struct {
    const char *name;
    enum fk_type type;
} aliases[] = {{"BOOL", FT_BOOLEAN},       {"INTEGER", FT_INT},       {"NUMERIC", FT_DECIMAL},
               {"TEXT", FT_STRING},        {"BINARY", FT_VARBINARY},  {"MAP", FT_ARRAY},
               {"STRUCT", FT_ARRAY},       {"DECIMAL32", FT_DECIMAL}, {"DECIMAL64", FT_DECIMAL},
               {"DECIMAL128", FT_DECIMAL}, {"DATEV2", FT_DATE},       {"DATETIMEV2", FT_DATETIME},
               {"JSONB", FT_JSON}};

const char *fk_type_name(enum fk_type t)
{
    return types[t].name;
}

bool fk_type_find(const char *name, size_t n, enum fk_type *out)
{
    for (unsigned i = 0; i < FT_TYPES; i++) {
        if (fk_same_n(name, n, types[i].name)) {
            *out = (enum fk_type)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (fk_same_n(name, n, aliases[i].name)) {
            *out = aliases[i].type;
            return true;
        }
    }
    return false;
}

bool fk_type_is_number(enum fk_type t)
{
    return t <= FT_DECIMAL;
}

bool fk_convert(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                struct fk_arena *a, struct fk_cell *out)
{
    if (in.null) {
        *out = (struct fk_cell){.p = "", .null = true};
        return true;
    }
    return types[c->type].convert(c, rules, in, a, out);
}

/* decimal text of the same column: sign, then length, then digits (same scale) */
static int compare_exact(struct fk_cell x, struct fk_cell y)
{
    bool mx = x.p[0] == '-', my = y.p[0] == '-';
    if (mx != my)
        return mx ? -1 : 1;
    int order = x.n != y.n ? (x.n < y.n ? -1 : 1) : memcmp(x.p, y.p, x.n);
    return mx ? -order : order;
}

int fk_cell_compare(const struct fk_column *c, struct fk_cell x, struct fk_cell y)
{
    if (c->type == FT_FLOAT || c->type == FT_DOUBLE) {
        double a = strtod(x.p, NULL), b = strtod(y.p, NULL);
        return a < b ? -1 : a > b;
    }
    if (fk_type_is_number(c->type))
        return compare_exact(x, y);
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return order ? order : x.n < y.n ? -1 : x.n > y.n;
}

void fk_cell_json(struct fk_sb *out, const struct fk_column *c, struct fk_cell x)
{
    if (x.null) {
        fk_sb_str(out, "null");
    } else if (c->type == FT_VARBINARY) {
        fk_sb_ch(out, '"');
        fk_sb_hex(out, x.p, x.n);
        fk_sb_ch(out, '"');
    } else if (c->type == FT_BOOLEAN) {
        fk_sb_str(out, x.p[0] == '1' ? "true" : "false");
    } else if (fk_type_is_number(c->type) && c->type != FT_DECIMAL) {
        fk_sb_add(out, x.p, x.n);
    } else {
        fk_sb_json(out, x.p, x.n);
    }
}
