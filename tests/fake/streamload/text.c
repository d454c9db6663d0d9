/* text.c - growable bytes, arena, and the small scanners of the fake. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void *fk_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p)
        abort();
    return p;
}

char *fk_dup(const char *p, size_t n)
{
    char *q = fk_alloc(n + 1);
    if (n)
        memcpy(q, p, n);
    return q;
}

char *fk_dupz(const char *p)
{
    return fk_dup(p, strlen(p));
}

static void grow(struct fk_sb *s, size_t more)
{
    if (s->n + more + 1 <= s->cap)
        return;
    size_t cap = s->cap ? s->cap : 64;
    while (cap < s->n + more + 1)
        cap *= 2;
    s->p = realloc(s->p, cap);
    if (!s->p)
        abort();
    s->cap = cap;
}

void fk_sb_add(struct fk_sb *s, const void *p, size_t n)
{
    grow(s, n);
    if (n)
        memcpy(s->p + s->n, p, n);
    s->n += n;
    s->p[s->n] = '\0';
}

void fk_sb_str(struct fk_sb *s, const char *p)
{
    fk_sb_add(s, p, strlen(p));
}

void fk_sb_ch(struct fk_sb *s, char c)
{
    if (s->n + 2 > s->cap)
        grow(s, 1);
    s->p[s->n++] = c;
    s->p[s->n] = '\0';
}

void fk_sb_fmt(struct fk_sb *s, const char *form, ...)
{
    va_list a, b;
    va_start(a, form);
    va_copy(b, a);
    char none[1];
    int n = vsnprintf(none, 0, form, a);
    va_end(a);
    if (n > 0) {
        grow(s, (size_t)n);
        (void)vsnprintf(s->p + s->n, (size_t)n + 1, form, b);
        s->n += (size_t)n;
    }
    va_end(b);
}

void fk_sb_json(struct fk_sb *s, const char *p, size_t n)
{
    fk_sb_ch(s, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '"' || c == '\\') {
            fk_sb_ch(s, '\\');
            fk_sb_ch(s, (char)c);
        } else if (c < 0x20) {
            fk_sb_fmt(s, "\\u%04x", c);
        } else {
            fk_sb_ch(s, (char)c);
        }
    }
    fk_sb_ch(s, '"');
}

void fk_sb_hex(struct fk_sb *s, const char *p, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < n; i++) {
        fk_sb_ch(s, digits[(unsigned char)p[i] >> 4]);
        fk_sb_ch(s, digits[(unsigned char)p[i] & 15]);
    }
}

void fk_sb_drop(struct fk_sb *s, size_t n)
{
    if (n == 0)
        return;
    memmove(s->p, s->p + n, s->n - n);
    s->n -= n;
    s->p[s->n] = '\0';
}

void fk_sb_free(struct fk_sb *s)
{
    free(s->p);
    *s = (struct fk_sb){0};
}

void *fk_arena_get(struct fk_arena *a, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (!a->first || a->first->cap - a->first->n < n) {
        size_t cap = n > 16384 ? n : 16384;
        struct fk_block *b = fk_alloc(sizeof *b + cap);
        b->cap = cap;
        b->next = a->first;
        a->first = b;
    }
    char *p = a->first->data + a->first->n;
    a->first->n += n;
    memset(p, 0, n);
    return p;
}

char *fk_arena_dup(struct fk_arena *a, const char *p, size_t n)
{
    char *q = fk_arena_get(a, n + 1);
    if (n)
        memcpy(q, p, n);
    return q;
}

void fk_arena_reset(struct fk_arena *a)
{
    while (a->first && a->first->next) {
        struct fk_block *b = a->first;
        a->first = b->next;
        free(b);
    }
    if (a->first)
        a->first->n = 0;
}

void fk_arena_free(struct fk_arena *a)
{
    fk_arena_reset(a);
    free(a->first);
    a->first = NULL;
}

bool fk_same(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

bool fk_same_n(const char *a, size_t n, const char *b)
{
    return strlen(b) == n && strncasecmp(a, b, n) == 0;
}

/* utf8_one - length of the well-formed sequence at p, 0 if there is none (Unicode, table 3-7). */
static size_t utf8_one(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    size_t len = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : p[0] >= 0xE0 && p[0] <= 0xEF ? 3 : 4;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n < len)
        return 0;
    unsigned char lo = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char hi = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

bool fk_utf8(const char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t k = utf8_one((const unsigned char *)p + i, n - i);
        if (k == 0)
            return false;
        i += k;
    }
    return true;
}

bool fk_bool(const char *text, bool *out)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"true", true},   {"on", true},   {"1", true},  {"yes", true}, {"", true},
                 {"false", false}, {"off", false}, {"0", false}, {"no", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (fk_same(text, words[i].text)) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

bool fk_u64(const char *text, size_t n, uint64_t *out)
{
    uint64_t v = 0;
    if (n == 0 || n > 19)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(text[i] - '0');
    }
    *out = v;
    return true;
}

int fk_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

uint64_t fk_hash(uint64_t h, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
    return h;
}

void fk_url_decode(struct fk_sb *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool hex =
            p[i] == '%' && i + 2 < n && fk_hex_digit(p[i + 1]) >= 0 && fk_hex_digit(p[i + 2]) >= 0;
        if (!hex) {
            fk_sb_ch(out, p[i]);
            continue;
        }
        fk_sb_ch(out, (char)(fk_hex_digit(p[i + 1]) * 16 + fk_hex_digit(p[i + 2])));
        i += 2;
    }
}

const char *fk_base64(const char *p, size_t n, struct fk_sb *out)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (n % 4 != 0)
        return "length is no multiple of 4";
    for (size_t i = 0; i < n; i += 4) {
        uint32_t v = 0;
        int pad = 0;
        for (size_t k = 0; k < 4; k++) {
            const char *at = p[i + k] ? strchr(set, p[i + k]) : NULL;
            bool is_pad = p[i + k] == '=' && i + 4 == n && k >= 2;
            if ((!at && !is_pad) || (at && pad))
                return "a character that base64 does not have";
            pad += is_pad;
            v = v << 6 | (at ? (uint32_t)(at - set) : 0);
        }
        for (int k = 0; k < 3 - pad; k++)
            fk_sb_ch(out, (char)(v >> (16 - 8 * k) & 255));
    }
    return NULL;
}

size_t fk_count(const char *p, size_t n, char c)
{
    size_t total = 0;
    while (n > 0) { /* sums of bytes: the compiler makes vector code of it */
        size_t k = n < 255 * 16 ? n : 255 * 16;
        unsigned char lane[16] = {0};
        size_t i = 0;
        for (; i + 16 <= k; i += 16)
            for (size_t j = 0; j < 16; j++)
                lane[j] = (unsigned char)(lane[j] + (p[i + j] == c));
        for (; i < k; i++)
            total += p[i] == c;
        for (size_t j = 0; j < 16; j++)
            total += lane[j];
        p += k;
        n -= k;
    }
    return total;
}

int64_t fk_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
