/* expr.c - recursive descent into a tree, and its evaluation. */
#include "expr.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op {
    OP_CONST,
    OP_NAME,
    OP_CALL,
    OP_NOT,
    OP_AND,
    OP_OR,
    OP_NULL,
    OP_LIKE,
    OP_IN,
    OP_CMP,
    OP_MATH
};
typedef struct fk_cell call_fn(const struct fk_cell *v, size_t n, struct fk_arena *a);

struct fk_expr {
    enum op op;
    struct fk_cell value;
    size_t slot;
    bool number, negate;
    char sign[3]; /* OP_CMP, OP_MATH */
    call_fn *call;
    struct fk_expr *arg[8];
    size_t nargs;
};

struct parse {
    struct fk_lex *l;
    struct fk_arena *a;
    fk_slot_fn *slot;
    void *env;
};

static struct fk_expr *parse_or(struct parse *p);

/* --- tokens --- */

static void blanks(struct fk_lex *l)
{
    while (isspace((unsigned char)*l->p))
        l->p++;
}

bool fk_lex_end(struct fk_lex *l)
{
    blanks(l);
    return *l->p == '\0';
}

bool fk_lex_char(struct fk_lex *l, char c)
{
    blanks(l);
    if (*l->p != c)
        return false;
    l->p++;
    return true;
}

bool fk_lex_name(struct fk_lex *l, char *out)
{
    size_t n = 0;
    blanks(l);
    if (*l->p == '`') {
        const char *at = l->p + 1;
        for (; *at && (*at != '`' || at[1] == '`') && n < 255; at++) {
            out[n++] = *at;
            at += *at == '`';
        }
        if (*at != '`' || n == 0)
            return false;
        l->p = at + 1;
    } else {
        const char *at = l->p;
        while ((isalnum((unsigned char)*at) || *at == '_' || (unsigned char)*at >= 0x80) && n < 255)
            out[n++] = *at++;
        if (n == 0 || isdigit((unsigned char)out[0]))
            return false;
        l->p = at;
    }
    out[n] = '\0';
    return true;
}

static bool word(struct fk_lex *l, const char *w)
{
    char name[256];
    const char *back = l->p;
    blanks(l);
    if (*l->p != '`' && fk_lex_name(l, name) && fk_same(name, w))
        return true;
    l->p = back;
    return false;
}

static struct fk_expr *fail(struct parse *p, const char *why)
{
    if (!p->l->error[0])
        (void)snprintf(p->l->error, sizeof p->l->error, "%s near '%.40s'", why, p->l->p);
    return NULL;
}

/* --- functions --- */

static struct fk_cell null_cell(void)
{
    return (struct fk_cell){.p = "", .null = true};
}

static struct fk_cell from_sb(struct fk_arena *a, struct fk_sb *s)
{
    struct fk_cell v = {.p = fk_arena_dup(a, s->p ? s->p : "", s->n), .n = s->n};
    fk_sb_free(s);
    return v;
}

static struct fk_cell from_number(struct fk_arena *a, double d)
{
    struct fk_sb s = {0};
    if (!isfinite(d))
        return null_cell();
    fk_sb_fmt(&s, fabs(d) < 1e15 && d == floor(d) ? "%.0f" : "%.17g", d);
    return from_sb(a, &s);
}

static struct fk_cell from_bool(bool b)
{
    return (struct fk_cell){.p = b ? "1" : "0", .n = 1};
}

static bool any_null(const struct fk_cell *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].null)
            return true;
    return false;
}

static struct fk_cell unhex(struct fk_cell v, struct fk_arena *a)
{
    struct fk_sb s = {0};
    bool ok = v.n % 2 == 0;
    for (size_t i = 0; ok && i < v.n; i += 2) {
        int high = fk_hex_digit(v.p[i]), low = fk_hex_digit(v.p[i + 1]);
        ok = high >= 0 && low >= 0;
        fk_sb_ch(&s, (char)(high * 16 + low));
    }
    if (ok)
        return from_sb(a, &s);
    fk_sb_free(&s);
    return null_cell();
}

static struct fk_cell unbase64(struct fk_cell v, struct fk_arena *a)
{
    struct fk_sb s = {0};
    if (!fk_base64(v.p, v.n, &s))
        return from_sb(a, &s);
    fk_sb_free(&s);
    return null_cell();
}

static struct fk_cell call_to_binary(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    if (any_null(v, n))
        return null_cell();
    if (n == 1 || fk_same_n(v[1].p, v[1].n, "hex"))
        return unhex(v[0], a);
    if (fk_same_n(v[1].p, v[1].n, "utf8"))
        return v[0];
    return fk_same_n(v[1].p, v[1].n, "encode64") ? unbase64(v[0], a) : null_cell();
}

static struct fk_cell call_unhex(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    return any_null(v, n) ? null_cell() : unhex(v[0], a);
}

static struct fk_cell call_from_base64(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    return any_null(v, n) ? null_cell() : unbase64(v[0], a);
}

static struct fk_cell call_hex(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    struct fk_sb s = {0};
    if (any_null(v, n))
        return null_cell();
    fk_sb_hex(&s, v[0].p, v[0].n);
    return from_sb(a, &s);
}

static struct fk_cell change_case(const struct fk_cell *v, size_t n, struct fk_arena *a,
                                  int (*to)(int))
{
    if (any_null(v, n))
        return null_cell();
    char *p = fk_arena_dup(a, v[0].p, v[0].n);
    for (size_t i = 0; i < v[0].n; i++)
        if ((unsigned char)p[i] < 0x80)
            p[i] = (char)to(p[i]);
    return (struct fk_cell){.p = p, .n = v[0].n};
}

static struct fk_cell call_upper(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    return change_case(v, n, a, toupper);
}

static struct fk_cell call_lower(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    return change_case(v, n, a, tolower);
}

static struct fk_cell call_concat(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    struct fk_sb s = {0};
    if (any_null(v, n))
        return null_cell();
    for (size_t i = 0; i < n; i++)
        fk_sb_add(&s, v[i].p, v[i].n);
    return from_sb(a, &s);
}

static struct fk_cell call_length(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    return any_null(v, n) ? null_cell() : from_number(a, (double)v[0].n);
}

static struct fk_cell call_coalesce(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    (void)a;
    for (size_t i = 0; i < n; i++)
        if (!v[i].null)
            return v[i];
    return null_cell();
}

static struct fk_cell call_nullif(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    (void)a, (void)n;
    bool same = !v[0].null && !v[1].null && v[0].n == v[1].n && !memcmp(v[0].p, v[1].p, v[0].n);
    return same ? null_cell() : v[0];
}

static struct fk_cell call_if(const struct fk_cell *v, size_t n, struct fk_arena *a)
{
    (void)a, (void)n;
    return fk_expr_true(v[0]) ? v[1] : v[2];
}

static const struct {
    const char *name;
    size_t low, high;
    call_fn *call;
} calls[] = {
    {"to_binary", 1, 2, call_to_binary},
    {"unhex", 1, 1, call_unhex},
    {"from_base64", 1, 1, call_from_base64},
    {"hex", 1, 1, call_hex},
    {"upper", 1, 1, call_upper},
    {"lower", 1, 1, call_lower},
    {"concat", 1, 8, call_concat},
    {"length", 1, 1, call_length},
    {"ifnull", 2, 2, call_coalesce},
    {"coalesce", 1, 8, call_coalesce},
    {"nullif", 2, 2, call_nullif},
    {"if", 3, 3, call_if},
};

/* --- parsing --- */

static struct fk_expr *node(struct parse *p, enum op op, struct fk_expr *x, struct fk_expr *y)
{
    struct fk_expr *e = fk_arena_get(p->a, sizeof *e);
    e->op = op;
    e->arg[0] = x;
    e->arg[1] = y;
    e->nargs = (size_t)(x != NULL) + (size_t)(y != NULL);
    return e;
}

static struct fk_expr *constant(struct parse *p, const char *text, size_t n, bool number)
{
    struct fk_expr *e = node(p, OP_CONST, NULL, NULL);
    e->value = (struct fk_cell){.p = fk_arena_dup(p->a, text, n), .n = n, .null = !text};
    e->number = number;
    return e;
}

static struct fk_expr *quoted(struct parse *p, char q)
{
    struct fk_sb s = {0};
    const char *at = p->l->p;
    for (; *at && (*at != q || at[1] == q); at++) {
        at += (*at == q || *at == '\\') && at[1];
        fk_sb_ch(&s, *at);
    }
    struct fk_expr *e = *at == q ? constant(p, s.p ? s.p : "", s.n, false) : NULL;
    fk_sb_free(&s);
    if (!e)
        return fail(p, "text without end");
    p->l->p = at + 1;
    return e;
}

static bool list(struct parse *p, struct fk_expr *e)
{
    if (fk_lex_char(p->l, ')'))
        return true;
    do {
        if (e->nargs == 8)
            return fail(p, "too many arguments") != NULL;
        e->arg[e->nargs] = parse_or(p);
        if (!e->arg[e->nargs++])
            return false;
    } while (fk_lex_char(p->l, ','));
    return fk_lex_char(p->l, ')') || fail(p, ") expected");
}

static struct fk_expr *call(struct parse *p, const char *name)
{
    struct fk_expr *e = node(p, OP_CALL, NULL, NULL);
    size_t i = 0, rows = sizeof calls / sizeof *calls;
    while (i < rows && !fk_same(calls[i].name, name))
        i++;
    if (i == rows) {
        (void)snprintf(p->l->error, sizeof p->l->error, "No matching function with signature: %s",
                       name);
        return NULL;
    }
    if (!list(p, e))
        return NULL;
    if (e->nargs < calls[i].low || e->nargs > calls[i].high)
        return fail(p, "wrong number of arguments");
    e->call = calls[i].call;
    return e;
}

static struct fk_expr *number(struct parse *p)
{
    char *end;
    const char *from = p->l->p;
    (void)strtod(from, &end);
    p->l->p = end;
    return end > from ? constant(p, from, (size_t)(end - from), true) : fail(p, "unexpected");
}

static struct fk_expr *atom(struct parse *p)
{
    char name[256];
    if (fk_lex_char(p->l, '(')) {
        struct fk_expr *e = parse_or(p);
        return !e || fk_lex_char(p->l, ')') ? e : fail(p, ") expected");
    }
    if (fk_lex_char(p->l, '\''))
        return quoted(p, '\'');
    if (fk_lex_char(p->l, '"'))
        return quoted(p, '"');
    bool plain = *p->l->p != '`';
    if (!fk_lex_name(p->l, name))
        return number(p);
    if (plain && fk_same(name, "null"))
        return constant(p, NULL, 0, false);
    if (plain && (fk_same(name, "true") || fk_same(name, "false")))
        return constant(p, fk_same(name, "true") ? "1" : "0", 1, true);
    if (plain && fk_lex_char(p->l, '('))
        return call(p, name);
    int slot = p->slot(p->env, name, strlen(name));
    if (slot < 0) {
        (void)snprintf(p->l->error, sizeof p->l->error, "Column '%s' cannot be resolved", name);
        return NULL;
    }
    struct fk_expr *e = node(p, OP_NAME, NULL, NULL);
    e->slot = (size_t)slot;
    return e;
}

static struct fk_expr *binary(struct parse *p, enum op op, const char *sign, struct fk_expr *x,
                              struct fk_expr *y)
{
    if (!x || !y)
        return NULL;
    struct fk_expr *e = node(p, op, x, y);
    (void)snprintf(e->sign, sizeof e->sign, "%s", sign);
    return e;
}

static struct fk_expr *parse_math(struct parse *p, int level)
{
    static const char *const signs[] = {"+-", "*/%"};
    if (level == 2)
        return atom(p);
    struct fk_expr *e = parse_math(p, level + 1);
    for (blanks(p->l); e && *p->l->p && strchr(signs[level], *p->l->p); blanks(p->l)) {
        char sign[2] = {*p->l->p++, '\0'};
        e = binary(p, OP_MATH, sign, e, parse_math(p, level + 1));
    }
    return e;
}

static struct fk_expr *parse_test(struct parse *p)
{
    static const char *const signs[] = {"<=", ">=", "<>", "!=", "==", "=", "<", ">"};
    struct fk_expr *x = parse_math(p, 0), *e;
    if (!x)
        return NULL;
    if (word(p->l, "is")) {
        bool negate = word(p->l, "not");
        if (!word(p->l, "null"))
            return fail(p, "NULL expected");
        e = node(p, OP_NULL, x, NULL);
        e->negate = negate;
        return e;
    }
    bool negate = word(p->l, "not");
    if (word(p->l, "like")) {
        e = binary(p, OP_LIKE, "", x, parse_math(p, 0));
        if (e)
            e->negate = negate;
        return e;
    }
    if (word(p->l, "in")) {
        e = node(p, OP_IN, x, NULL);
        e->negate = negate;
        if (!fk_lex_char(p->l, '('))
            return fail(p, "( expected");
        return list(p, e) ? e : NULL;
    }
    blanks(p->l);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (strncmp(p->l->p, signs[i], n) == 0) {
            p->l->p += n;
            return binary(p, OP_CMP, signs[i], x, parse_math(p, 0));
        }
    }
    return x;
}

static struct fk_expr *parse_not(struct parse *p)
{
    if (!word(p->l, "not"))
        return parse_test(p);
    struct fk_expr *e = parse_not(p);
    return e ? node(p, OP_NOT, e, NULL) : NULL;
}

static struct fk_expr *parse_and(struct parse *p)
{
    struct fk_expr *e = parse_not(p);
    while (e && word(p->l, "and"))
        e = binary(p, OP_AND, "", e, parse_not(p));
    return e;
}

static struct fk_expr *parse_or(struct parse *p)
{
    struct fk_expr *e = parse_and(p);
    while (e && word(p->l, "or"))
        e = binary(p, OP_OR, "", e, parse_and(p));
    return e;
}

struct fk_expr *fk_expr_parse(struct fk_lex *l, struct fk_arena *a, fk_slot_fn *slot, void *env)
{
    struct parse p = {.l = l, .a = a, .slot = slot, .env = env};
    return parse_or(&p);
}

/* --- evaluation --- */

bool fk_expr_true(struct fk_cell v)
{
    return !v.null && v.n > 0 && strtod(v.p, NULL) != 0;
}

static bool like(const char *p, const char *pe, const char *s, const char *se)
{
    for (; p < pe; p++, s++) {
        if (*p == '%') {
            for (const char *t = s; t <= se; t++)
                if (like(p + 1, pe, t, se))
                    return true;
            return false;
        }
        if (*p == '\\' && p + 1 < pe)
            p++;
        else if (*p == '_' && s < se)
            continue;
        if (s == se || *s != *p)
            return false;
    }
    return s == se;
}

struct run {
    struct fk_arena *a;
    fk_name_fn *name;
    void *env;
};

static struct fk_cell eval(const struct run *r, const struct fk_expr *e, bool *is_number);

static int order(struct fk_cell x, struct fk_cell y, bool as_number)
{
    if (as_number) {
        double a = strtod(x.p, NULL), b = strtod(y.p, NULL);
        return a < b ? -1 : a > b;
    }
    int k = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return k ? k : x.n < y.n ? -1 : x.n > y.n;
}

static struct fk_cell compare(const struct fk_expr *e, struct fk_cell x, struct fk_cell y, bool num)
{
    if (x.null || y.null)
        return null_cell();
    int k = order(x, y, num);
    bool eq = e->sign[0] == '=' || e->sign[1] == '=';
    if (e->sign[0] == '!' || (e->sign[0] == '<' && e->sign[1] == '>'))
        return from_bool(k != 0);
    if (k == 0)
        return from_bool(eq);
    return from_bool(e->sign[0] == (k < 0 ? '<' : '>'));
}

static struct fk_cell math(const struct run *r, const struct fk_expr *e, struct fk_cell x,
                           struct fk_cell y)
{
    if (x.null || y.null)
        return null_cell();
    double a = strtod(x.p, NULL), b = strtod(y.p, NULL);
    switch (e->sign[0]) {
    case '+':
        return from_number(r->a, a + b);
    case '-':
        return from_number(r->a, a - b);
    case '*':
        return from_number(r->a, a * b);
    case '/':
        return b == 0 ? null_cell() : from_number(r->a, a / b);
    default:
        return b == 0 ? null_cell() : from_number(r->a, fmod(a, b));
    }
}

static struct fk_cell logic(const struct fk_expr *e, struct fk_cell x, struct fk_cell y)
{
    bool and = e->op == OP_AND;
    bool tx = fk_expr_true(x), ty = fk_expr_true(y);
    if ((!x.null && tx != and) || (!y.null && ty != and))
        return from_bool(!and);
    return x.null || y.null ? null_cell() : from_bool(and);
}

static struct fk_cell in_list(const struct fk_expr *e, const struct fk_cell *v, bool num)
{
    if (v[0].null)
        return null_cell();
    for (size_t i = 1; i < e->nargs; i++)
        if (!v[i].null && order(v[0], v[i], num) == 0)
            return from_bool(!e->negate);
    return any_null(v + 1, e->nargs - 1) ? null_cell() : from_bool(e->negate);
}

static struct fk_cell eval(const struct run *r, const struct fk_expr *e, bool *is_number)
{
    struct fk_cell v[8] = {{0}};
    bool num = false;
    for (size_t i = 0; i < e->nargs; i++) {
        bool one = false;
        v[i] = eval(r, e->arg[i], &one);
        num |= one;
    }
    *is_number = e->op == OP_MATH;
    switch (e->op) {
    case OP_CONST:
        *is_number = e->number;
        return e->value;
    case OP_NAME:
        return r->name(r->env, e->slot, is_number);
    case OP_CALL:
        return e->call(v, e->nargs, r->a);
    case OP_NOT:
        return v[0].null ? v[0] : from_bool(!fk_expr_true(v[0]));
    case OP_AND:
    case OP_OR:
        return logic(e, v[0], v[1]);
    case OP_NULL:
        return from_bool(v[0].null != e->negate);
    case OP_LIKE:
        if (v[0].null || v[1].null)
            return null_cell();
        return from_bool(like(v[1].p, v[1].p + v[1].n, v[0].p, v[0].p + v[0].n) != e->negate);
    case OP_IN:
        return in_list(e, v, num);
    case OP_CMP:
        return compare(e, v[0], v[1], num);
    case OP_MATH:
        break;
    }
    return math(r, e, v[0], v[1]);
}

struct fk_cell fk_expr_value(const struct fk_expr *e, struct fk_arena *a, fk_name_fn *name,
                             void *env)
{
    struct run r = {.a = a, .name = name, .env = env};
    bool is_number;
    return eval(&r, e, &is_number);
}
