/* json.c - strict RFC 8259 reader into a tree. */
#include "json.h"

#include <string.h>

enum { MAX_DEPTH = 256 };

static void blanks(struct fk_json_text *t)
{
    while (t->at < t->n && t->p[t->at] && strchr(" \t\r\n", t->p[t->at]))
        t->at++;
}

bool fk_json_at_end(struct fk_json_text *t)
{
    blanks(t);
    return t->at == t->n;
}

bool fk_json_take(struct fk_json_text *t, char c)
{
    blanks(t);
    if (t->at == t->n || t->p[t->at] != c)
        return false;
    t->at++;
    return true;
}

static void *wrong(struct fk_json_text *t, const char *why)
{
    if (!t->error)
        t->error = why;
    return NULL;
}

static bool hex4(struct fk_json_text *t, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, t->at++) {
        int d = t->at < t->n ? fk_hex_digit(t->p[t->at]) : -1;
        if (d < 0)
            return false;
        *out = *out * 16 + (unsigned)d;
    }
    return true;
}

static void put_utf8(struct fk_sb *s, unsigned u)
{
    if (u < 0x80) {
        fk_sb_ch(s, (char)u);
    } else if (u < 0x800) {
        fk_sb_ch(s, (char)(0xC0 | u >> 6));
        fk_sb_ch(s, (char)(0x80 | (u & 63)));
    } else if (u < 0x10000) {
        fk_sb_ch(s, (char)(0xE0 | u >> 12));
        fk_sb_ch(s, (char)(0x80 | (u >> 6 & 63)));
        fk_sb_ch(s, (char)(0x80 | (u & 63)));
    } else {
        fk_sb_ch(s, (char)(0xF0 | u >> 18));
        fk_sb_ch(s, (char)(0x80 | (u >> 12 & 63)));
        fk_sb_ch(s, (char)(0x80 | (u >> 6 & 63)));
        fk_sb_ch(s, (char)(0x80 | (u & 63)));
    }
}

static bool escape_u(struct fk_json_text *t, struct fk_sb *s)
{
    unsigned u, low;
    if (!hex4(t, &u) || (u >= 0xDC00 && u <= 0xDFFF))
        return false;
    if (u >= 0xD800 && u <= 0xDBFF) {
        if (t->n - t->at < 6 || t->p[t->at] != '\\' || t->p[t->at + 1] != 'u')
            return false;
        t->at += 2;
        if (!hex4(t, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
    }
    put_utf8(s, u);
    return true;
}

static bool escape_one(struct fk_json_text *t, struct fk_sb *s)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (t->at == t->n)
        return false;
    char c = t->p[t->at++];
    const char *at = c ? strchr(from, c) : NULL;
    if (at)
        fk_sb_ch(s, to[at - from]);
    return at || (c == 'u' && escape_u(t, s));
}

/* string_at - t stands behind the opening quote. */
static bool string_at(struct fk_json_text *t, struct fk_sb *s)
{
    while (t->at < t->n) {
        unsigned char c = (unsigned char)t->p[t->at++];
        if (c == '"')
            return true;
        if (c < 0x20)
            return wrong(t, "control character in a string") != NULL;
        if (c != '\\')
            fk_sb_ch(s, (char)c);
        else if (!escape_one(t, s))
            return wrong(t, "wrong escape in a string") != NULL;
    }
    return wrong(t, "string without end") != NULL;
}

static bool string_take(struct fk_json_text *t, struct fk_arena *a, const char **p, size_t *n)
{
    struct fk_sb s = {0};
    size_t from = t->at;
    bool ok = string_at(t, &s);
    if (ok && !fk_utf8(t->p + from, t->at - from))
        ok = wrong(t, "invalid UTF-8") != NULL;
    *p = fk_arena_dup(a, s.p ? s.p : "", s.n);
    *n = s.n;
    fk_sb_free(&s);
    return ok;
}

static size_t digits(struct fk_json_text *t)
{
    size_t from = t->at;
    while (t->at < t->n && t->p[t->at] >= '0' && t->p[t->at] <= '9')
        t->at++;
    return t->at - from;
}

static bool number_take(struct fk_json_text *t)
{
    if (t->p[t->at] == '-')
        t->at++;
    bool zero = t->at < t->n && t->p[t->at] == '0';
    size_t n = digits(t);
    if (n == 0 || (zero && n > 1))
        return false;
    if (t->at < t->n && t->p[t->at] == '.') {
        t->at++;
        if (digits(t) == 0)
            return false;
    }
    if (t->at < t->n && (t->p[t->at] == 'e' || t->p[t->at] == 'E')) {
        t->at++;
        if (t->at < t->n && (t->p[t->at] == '+' || t->p[t->at] == '-'))
            t->at++;
        return digits(t) > 0;
    }
    return true;
}

static struct fk_json *tree_take(struct fk_json_text *t, struct fk_arena *a, struct fk_json *j)
{
    bool object = j->kind == FJ_OBJECT;
    char end = object ? '}' : ']';
    struct fk_json **tail = &j->first;
    j->is_tree = true;
    if (++t->depth > MAX_DEPTH)
        return wrong(t, "too deep");
    for (bool more = !fk_json_take(t, end); more; more = fk_json_take(t, ',')) {
        const char *key = NULL;
        size_t nkey = 0;
        if (object &&
            (!fk_json_take(t, '"') || !string_take(t, a, &key, &nkey) || !fk_json_take(t, ':')))
            return wrong(t, "member without a name");
        struct fk_json *child = fk_json_next(t, a);
        if (!child)
            return wrong(t, "unexpected end");
        child->key = key;
        child->nkey = nkey;
        *tail = child;
        tail = &child->next;
        blanks(t);
        if (t->at < t->n && t->p[t->at] == end) {
            t->at++;
            t->depth--;
            return j;
        }
    }
    if (!j->first && t->at > 0 && t->p[t->at - 1] == end) {
        t->depth--;
        return j;
    }
    return wrong(t, "comma or end of array or object expected");
}

static bool word_take(struct fk_json_text *t, const char *word)
{
    size_t n = strlen(word);
    if (t->n - t->at < n || memcmp(t->p + t->at, word, n) != 0)
        return false;
    t->at += n;
    return true;
}

struct fk_json *fk_json_next(struct fk_json_text *t, struct fk_arena *a)
{
    static const struct {
        const char *word;
        enum fk_json_kind kind;
    } words[] = {{"null", FJ_NULL}, {"true", FJ_TRUE}, {"false", FJ_FALSE}};
    if (fk_json_at_end(t))
        return NULL;
    struct fk_json *j = fk_arena_get(a, sizeof *j);
    char c = t->p[t->at];
    j->raw = t->p + t->at;
    size_t from = t->at;
    if (c == '{' || c == '[') {
        j->kind = c == '{' ? FJ_OBJECT : FJ_ARRAY;
        t->at++;
        return tree_take(t, a, j);
    }
    if (c == '"') {
        j->kind = FJ_STRING;
        t->at++;
        if (!string_take(t, a, &j->text, &j->ntext))
            return NULL;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        j->kind = FJ_NUMBER;
        if (!number_take(t))
            return wrong(t, "wrong number");
    } else {
        size_t i = 0;
        while (i < 3 && !word_take(t, words[i].word))
            i++;
        if (i == 3)
            return wrong(t, "no JSON value");
        j->kind = words[i].kind;
    }
    j->nraw = t->at - from;
    return j;
}

void fk_json_write(struct fk_sb *out, const struct fk_json *j)
{
    if (!j->is_tree) {
        fk_sb_add(out, j->raw, j->nraw);
        return;
    }
    fk_sb_ch(out, j->kind == FJ_OBJECT ? '{' : '[');
    for (const struct fk_json *c = j->first; c; c = c->next) {
        if (c != j->first)
            fk_sb_ch(out, ',');
        if (c->key) {
            fk_sb_json(out, c->key, c->nkey);
            fk_sb_ch(out, ':');
        }
        fk_json_write(out, c);
    }
    fk_sb_ch(out, j->kind == FJ_OBJECT ? '}' : ']');
}

const struct fk_json *fk_json_find(const struct fk_json *j, const char *key, size_t n)
{
    const struct fk_json *c = j->kind == FJ_OBJECT ? j->first : NULL;
    while (c && (c->nkey != n || memcmp(c->key, key, n) != 0))
        c = c->next;
    return c;
}

static const struct fk_json *element(const struct fk_json *j, uint64_t i)
{
    const struct fk_json *c = j->kind == FJ_ARRAY ? j->first : NULL;
    while (c && i-- > 0)
        c = c->next;
    return c;
}

/* path_step - one step of a path; *p moves behind it.  false: malformed.  n == 0: an index. */
static bool path_step(const char **p, const char **key, size_t *n, uint64_t *index)
{
    const char *at = *p;
    *n = 0;
    if (*at == '[') {
        size_t len = strcspn(at + 1, "]");
        if (at[1 + len] != ']' || !fk_u64(at + 1, len, index))
            return false;
        *p = at + len + 2;
        return true;
    }
    if (*at++ != '.')
        return false;
    bool quoted = *at == '"';
    at += quoted;
    *n = strcspn(at, quoted ? "\"" : ".[");
    *key = at;
    at += *n;
    if (*n == 0 || (quoted && *at != '"'))
        return false;
    *p = at + quoted;
    return true;
}

bool fk_json_path_ok(const char *path)
{
    const char *key;
    size_t n;
    uint64_t index;
    if (*path++ != '$')
        return false;
    while (*path)
        if (!path_step(&path, &key, &n, &index))
            return false;
    return true;
}

const struct fk_json *fk_json_path(const struct fk_json *j, const char *path)
{
    const char *key = NULL;
    size_t n;
    uint64_t index = 0;
    for (path++; j && *path;) {
        if (!path_step(&path, &key, &n, &index))
            return NULL;
        j = n ? fk_json_find(j, key, n) : element(j, index);
    }
    return j;
}
