/* dsn.c - the rows of table/dsn.def at work: names, values, defaults, texts, notes.
 * Knows nothing of connection strings (connstr.c), odbc.ini (ini.c) or how keys act together
 * (finish.c). */
#include "conf/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

#define WORD(constant, number, text) {text, number},
#define WORDS(list)                  static const struct dsn_word words_##list[] = {DSN_LIST_##list(WORD){NULL, 0}};
WORDS(tls_mode)
DSN_LISTS(WORDS)
#undef WORDS
#undef WORD

#define KIND_TEXT           .kind = DSN_TEXT
#define KIND_PATH           .kind = DSN_PATH
#define KIND_SECRET         .kind = DSN_SECRET
#define KIND_PAIRS          .kind = DSN_PAIRS
#define KIND_BOOL           .kind = DSN_BOOL
#define KIND_BITS           .kind = DSN_BITS
#define KIND_INT(low, high) .kind = DSN_INT, .lowest = (low), .highest = (high)
#define KIND_CHOICE(list)   .kind = DSN_CHOICE, .words = words_##list
#define KIND_FLAGS(list)    .kind = DSN_FLAGS, .words = words_##list

static const struct dsn_row rows[DSN_KEYS] = {
#define DSN(f, k, name, others, standard, asks, does, text)                                        \
    [DSN_KEY_##f] = {.key = (name),                                                                \
                     .aliases = (others),                                                          \
                     .preset = (standard),                                                         \
                     .help = (text),                                                               \
                     .offset = offsetof(struct dsn, f),                                            \
                     KIND_##k,                                                                     \
                     .prompt = DSN_##asks,                                                         \
                     .effect = DSN_##does},
#include "table/dsn.def"
};

_Static_assert(sizeof(enum tls_mode) == sizeof(uint32_t), "choices are read as 32 bits");

/* Where the field of a row is, by the way it is stored. */
union field {
    void *any;
    char **text;
    int *number;
    bool *flag;
    uint32_t *bits;
};

static union field field_of(struct dsn *d, const struct dsn_row *r)
{
    return (union field){.any = (char *)d + r->offset};
}

const struct dsn_row *dsn_row(enum dsn_key key)
{
    return &rows[key];
}

/* Is the field a char *? */
static bool dsn_row_is_text(const struct dsn_row *r)
{
    return r->kind == DSN_TEXT || r->kind == DSN_PATH || r->kind == DSN_SECRET ||
           r->kind == DSN_PAIRS;
}

const char *dsn_text(const struct dsn *d, enum dsn_key key)
{
    if (!dsn_row_is_text(&rows[key]))
        return NULL;
    return *(char *const *)(const void *)((const char *)d + rows[key].offset);
}

bool dsn_is_set(const struct dsn *d, enum dsn_key key)
{
    return d->from[key] > DSN_FROM_DERIVED;
}

/* Names */

static unsigned char fold(unsigned char c)
{
    return (unsigned char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* same_name - are a and b one name, when case, '_' and '-' do not count? */
static bool same_name(const char *a, size_t na, const char *b, size_t nb)
{
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i < na && (a[i] == '_' || a[i] == '-'))
            i++;
        while (k < nb && (b[k] == '_' || b[k] == '-'))
            k++;
        if (i == na || k == nb)
            return i == na && k == nb;
        if (fold((unsigned char)a[i++]) != fold((unsigned char)b[k++]))
            return false;
    }
}

static bool has_alias(const struct dsn_row *r, const char *name, size_t n)
{
    const char *s = r->aliases;
    while (*s) {
        size_t len = strcspn(s, " ");
        if (same_name(s, len, name, n))
            return true;
        s += len + strspn(s + len, " ");
    }
    return false;
}

enum dsn_key dsn_find(const char *name, size_t n)
{
    for (int i = 0; i < DSN_KEYS; i++)
        if (same_name(rows[i].key, strlen(rows[i].key), name, n) || has_alias(&rows[i], name, n))
            return (enum dsn_key)i;
    return DSN_KEYS;
}

/* Values.  Each take_* reads n bytes of text for its kind and says whether they are good. */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct dsn_span dsn_trim(const char *s, size_t n)
{
    while (n && is_space(*s)) {
        s++;
        n--;
    }
    while (n && is_space(s[n - 1]))
        n--;
    return (struct dsn_span){s, n};
}

static bool take_bool(bool *out, const char *s, size_t n)
{
    static const char *const yes[] = {"1", "yes", "true", "on", "y", "t"};
    static const char *const no[] = {"0", "no", "false", "off", "n", "f"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        bool is_yes = text_eqn(s, n, yes[i]);
        if (is_yes || text_eqn(s, n, no[i])) {
            *out = is_yes;
            return true;
        }
    }
    return false;
}

static bool take_int(const struct dsn_row *r, int *out, const char *s, size_t n)
{
    int64_t v = 0;
    if (num_get_i64(s, n, &v) != NUM_OK || v < r->lowest || v > r->highest)
        return false;
    *out = (int)v;
    return true;
}

static bool take_bits(uint32_t *out, const char *s, size_t n)
{
    uint64_t v = 0;
    if (num_get_u64(s, n, &v) != NUM_OK || v > UINT32_MAX)
        return false;
    *out = (uint32_t)v;
    return true;
}

/* Words are compared as names are: the mysql program takes verify-ca for VERIFY_CA. */
static const struct dsn_word *find_word(const struct dsn_row *r, const char *s, size_t n)
{
    for (const struct dsn_word *w = r->words; w->word; w++)
        if (same_name(s, n, w->word, strlen(w->word)))
            return w;
    return NULL;
}

/* A choice by its word; log levels also by number, as many programs write them. */
static bool take_choice(const struct dsn_row *r, uint32_t *out, const char *s, size_t n)
{
    const struct dsn_word *w = find_word(r, s, n);
    uint32_t number = 0;
    if (!w && r->words == words_dsn_log_level && take_bits(&number, s, n))
        for (w = r->words; w->word && w->number != number; w++)
            ;
    if (!w || !w->word)
        return false;
    *out = w->number;
    return true;
}

/* Flags as words with commas or spaces between them, or as the sum of their numbers. */
static bool take_flags(const struct dsn_row *r, uint32_t *out, const char *s, size_t n)
{
    uint32_t all = 0;
    uint32_t got = 0;
    for (const struct dsn_word *w = r->words; w->word; w++)
        all |= w->number;
    if (take_bits(&got, s, n)) {
        *out = got;
        return got && !(got & ~all);
    }
    for (size_t i = 0; i < n;) {
        size_t len = 0;
        while (i + len < n && s[i + len] != ',' && !is_space(s[i + len]))
            len++;
        const struct dsn_word *w = len ? find_word(r, s + i, len) : NULL;
        if (len && !w)
            return false;
        got |= w ? w->number : 0;
        i += len + 1;
    }
    *out = got;
    return got != 0;
}

static struct dsn_span unbrace(struct dsn_span v)
{
    if (v.n >= 2 && v.s[0] == '{' && v.s[v.n - 1] == '}')
        return dsn_trim(v.s + 1, v.n - 2);
    return v;
}

static bool are_pairs(struct dsn_span v)
{
    for (size_t i = 0; i < v.n;) {
        const char *comma = memchr(v.s + i, ',', v.n - i);
        size_t len = comma ? (size_t)(comma - (v.s + i)) : v.n - i;
        struct dsn_span item = dsn_trim(v.s + i, len);
        const char *equals = item.n ? memchr(item.s, '=', item.n) : NULL;
        if (!equals || equals == item.s)
            return false;
        i += len + 1;
    }
    return true;
}

static void drop_text(const struct dsn_row *r, char **field)
{
    if (*field && r->kind == DSN_SECRET)
        mem_wipe(*field, strlen(*field));
    free(*field);
    *field = NULL;
}

static enum dsn_verdict put_text(const struct dsn_row *r, char **field, struct dsn_span v)
{
    if (r->kind == DSN_PAIRS) {
        v = unbrace(dsn_trim(v.s, v.n));
        if (!are_pairs(v))
            return DSN_BAD_VALUE;
    }
    if (v.n && (memchr(v.s, '\0', v.n) || !text_valid(v.s, v.n)))
        return DSN_BAD_VALUE;
    char *copy = NULL;
    if (v.n) {
        copy = malloc(v.n + 1);
        if (!copy)
            return DSN_NO_MEMORY;
        memcpy(copy, v.s, v.n);
        copy[v.n] = '\0';
    }
    drop_text(r, field);
    *field = copy;
    return DSN_ACCEPTED;
}

static bool put_word(const struct dsn_row *r, union field to, struct dsn_span v)
{
    switch (r->kind) {
    case DSN_INT:
        return take_int(r, to.number, v.s, v.n);
    case DSN_BOOL:
        return take_bool(to.flag, v.s, v.n);
    case DSN_CHOICE:
        return take_choice(r, to.bits, v.s, v.n);
    case DSN_FLAGS:
        return take_flags(r, to.bits, v.s, v.n);
    case DSN_BITS:
        return take_bits(to.bits, v.s, v.n);
    default:
        return false;
    }
}

static enum dsn_verdict put_value(struct dsn *d, const struct dsn_row *r, const char *s, size_t n)
{
    if (dsn_row_is_text(r))
        return put_text(r, field_of(d, r).text, (struct dsn_span){s, n});
    return put_word(r, field_of(d, r), dsn_trim(s, n)) ? DSN_ACCEPTED : DSN_BAD_VALUE;
}

/* What a key may be, in words. */
static void put_allowed(const struct dsn_row *r, struct buf *out)
{
    switch (r->kind) {
    case DSN_INT:
        buf_printf(out, "a number from %d to %d", r->lowest, r->highest);
        return;
    case DSN_BOOL:
        buf_puts(out, "0 or 1 (or no, yes, off, on, false, true)");
        return;
    case DSN_BITS:
        buf_puts(out, "a number from 0 to 4294967295");
        return;
    case DSN_PAIRS:
        buf_puts(out, "name=value, several with commas between them");
        return;
    case DSN_CHOICE:
    case DSN_FLAGS:
        buf_puts(out, r->kind == DSN_CHOICE ? "one of " : "some of ");
        for (const struct dsn_word *w = r->words; w->word; w++)
            buf_printf(out, "%s%s", w == r->words ? "" : ", ", w->word);
        return;
    default:
        buf_puts(out, "UTF-8 text without a NUL");
    }
}

/* The longest part of a value that a message shows. */
#define SHOWN_BYTES 64

static void bad_value(const struct dsn_row *r, const char *s, size_t n, struct fault *f)
{
    struct buf allowed;
    buf_init(&allowed, 0);
    put_allowed(r, &allowed);
    bool is_secret = r->kind == DSN_SECRET;
    bool is_shown = !is_secret && text_valid(s, n) && !(n && memchr(s, '\0', n));
    size_t len = n > SHOWN_BYTES ? text_floor(s, n, SHOWN_BYTES) : n;
    (void)fault(f, RC_CONFIG, "%s=%.*s%s: this value cannot be used; it must be %s", r->key,
                is_shown ? (int)len : 3, is_shown ? s : "***", is_shown && len < n ? "..." : "",
                buf_str(&allowed));
    buf_clear(&allowed);
}

/* Dsn_put that also says in *stored whether the field has changed hands (false: a
 * stronger or earlier source counts, or the value says nothing: empty for a number or word, or an
 * empty argument). */
static enum dsn_verdict dsn_store(struct dsn *d, enum dsn_key key, const char *value, size_t nvalue,
                                  enum dsn_source from, bool *stored, struct fault *f)
{
    const struct dsn_row *r = &rows[key];
    bool is_mute = (!dsn_row_is_text(r) && !dsn_trim(value, nvalue).n) ||
                   (from == DSN_FROM_ARGUMENT && !nvalue && r->kind != DSN_SECRET);
    bool is_late = d->from[key] > from || (d->from[key] == from && from != DSN_FROM_ARGUMENT);
    *stored = false;
    if (is_mute || is_late)
        return DSN_ACCEPTED;
    enum dsn_verdict verdict = put_value(d, r, value, nvalue);
    if (verdict == DSN_BAD_VALUE)
        bad_value(r, value, nvalue, f);
    if (verdict == DSN_NO_MEMORY)
        (void)fault(f, RC_MEMORY, "no memory for the value of %s", r->key);
    if (verdict == DSN_ACCEPTED) {
        d->from[key] = (unsigned char)from;
        *stored = true;
    }
    return verdict;
}

enum dsn_verdict dsn_put(struct dsn *d, enum dsn_key key, const char *value, size_t nvalue,
                         enum dsn_source from, struct fault *f)
{
    bool stored;
    return dsn_store(d, key, value, nvalue, from, &stored, f);
}

/* Does the field differ from what it is when nobody sets it? */
static bool differs_from_preset(const struct dsn *d, enum dsn_key key)
{
    struct buf now;
    buf_init(&now, 0);
    dsn_get(d, key, true, &now);
    bool differs = !text_eq(buf_str(&now), rows[key].preset);
    buf_wipe(&now);
    return differs;
}

static void note_effect(struct dsn *d, enum dsn_key key)
{
    const struct dsn_row *r = &rows[key];
    if (r->effect == DSN_WARNS && differs_from_preset(d, key))
        dsn_note(d, DSN_NOTE_NO_EFFECT, "%s is known but has no effect in this driver: %s", r->key,
                 r->help);
}

/* A name that is no key.  Ignoring it could mean a connection that is less safe than it was asked
 * to be, or one to somebody else: then it is refused. */
static int take_unknown(struct dsn *d, const char *name, size_t n, struct fault *f)
{
    int len = (int)(n > SHOWN_BYTES ? text_floor(name, n, SHOWN_BYTES) : n);
    enum dsn_key key = dsn_like(name, n);
    const char *like = key == DSN_KEYS ? NULL : rows[key].key;
    bool is_strict = like && rows[key].effect == DSN_STRICT;
    if (is_strict || dsn_is_about_tls(name, n))
        return fault(f, RC_CONFIG,
                     "%.*s is not a key of this driver%s%s%s, and connecting without it could be "
                     "less safe than was asked for; correct or remove it (docs/keys.md lists all "
                     "keys)",
                     len, name, like ? "; " : "", like ? like : "",
                     like ? " seems to be meant" : "");
    dsn_note(d, DSN_NOTE_UNKNOWN, "%.*s is not a key of this driver and was ignored%s%s%s", len,
             name, like ? "; is " : "", like ? like : "", like ? " meant?" : "");
    return RC_OK;
}

int dsn_take_pair(struct dsn *d, const char *name, size_t nname, const char *value, size_t nvalue,
                  enum dsn_source from, struct fault *f)
{
    enum dsn_key key = dsn_find(name, nname);
    if (key == DSN_KEYS)
        return take_unknown(d, name, nname, f);
    bool stored;
    struct fault bad;
    enum dsn_verdict verdict = dsn_store(d, key, value, nvalue, from, &stored, &bad);
    if (verdict == DSN_NO_MEMORY || (verdict == DSN_BAD_VALUE && rows[key].effect == DSN_STRICT))
        return fault(f, bad.rc, "%s", bad.text);
    if (verdict == DSN_BAD_VALUE)
        dsn_note(d, DSN_NOTE_BAD_VALUE, "%s; the default stays", bad.text);
    if (stored)
        note_effect(d, key);
    return RC_OK;
}

int dsn_derive(struct dsn *d, enum dsn_key key, const char *value, size_t n, struct fault *f)
{
    bool stored;
    unsigned char before = d->from[key];
    d->from[key] = DSN_FROM_DEFAULT;
    enum dsn_verdict verdict = dsn_store(d, key, value, n, DSN_FROM_DERIVED, &stored, f);
    if (verdict == DSN_ACCEPTED)
        return RC_OK;
    d->from[key] = before;
    return verdict == DSN_NO_MEMORY ? RC_MEMORY : RC_CONFIG;
}

int dsn_turn_on(struct dsn *d, enum dsn_key key, struct fault *f)
{
    int rc = dsn_derive(d, key, "1", 1, f);
    if (!rc)
        note_effect(d, key);
    return rc;
}

void dsn_get(const struct dsn *d, enum dsn_key key, bool reveal, struct buf *out)
{
    const struct dsn_row *r = &rows[key];
    const char *at = (const char *)d + r->offset;
    uint32_t bits = 0;
    const char *comma = "";
    if (dsn_row_is_text(r)) {
        const char *s = dsn_text(d, key);
        if (s)
            buf_puts(out, r->kind == DSN_SECRET && !reveal ? "***" : s);
        return;
    }
    if (r->kind == DSN_BOOL) {
        buf_putc(out, *(const bool *)at ? '1' : '0');
        return;
    }
    memcpy(&bits, at, sizeof bits);
    if (r->kind == DSN_INT)
        buf_printf(out, "%d", (int)bits);
    if (r->kind == DSN_BITS)
        buf_printf(out, "%lu", (unsigned long)bits);
    for (const struct dsn_word *w = r->words; w && w->word; w++) {
        bool is_in = r->kind == DSN_CHOICE ? bits == w->number : (bits & w->number) != 0;
        if (!is_in)
            continue;
        buf_printf(out, "%s%s", comma, w->word);
        comma = ",";
    }
}

/* Life */

int dsn_init(struct dsn *d, struct fault *f)
{
    *d = (struct dsn){0};
    for (int i = 0; i < DSN_KEYS; i++) {
        if (put_value(d, &rows[i], rows[i].preset, strlen(rows[i].preset)) == DSN_ACCEPTED)
            continue;
        dsn_clear(d);
        return fault(f, RC_MEMORY, "no memory for the defaults of the connection keys");
    }
    return RC_OK;
}

void dsn_clear(struct dsn *d)
{
    if (!d)
        return;
    for (int i = 0; i < DSN_KEYS; i++)
        if (dsn_row_is_text(&rows[i]))
            drop_text(&rows[i], field_of(d, &rows[i]).text);
    for (size_t i = 0; i < d->nnotes; i++)
        free(d->notes[i].text);
    free(d->notes);
    *d = (struct dsn){0};
}

/* The texts of to are still those of from: give to its own. */
static bool own_texts(struct dsn *to, const struct dsn *from)
{
    bool ok = true;
    for (int i = 0; i < DSN_KEYS; i++) {
        if (!dsn_row_is_text(&rows[i]))
            continue;
        const char *s = dsn_text(from, (enum dsn_key)i);
        char **field = field_of(to, &rows[i]).text;
        *field = s ? strdup(s) : NULL;
        ok = ok && (!s || *field);
    }
    return ok;
}

int dsn_copy(struct dsn *to, const struct dsn *from, struct fault *f)
{
    *to = *from;
    to->notes = NULL;
    to->nnotes = 0;
    bool ok = own_texts(to, from);
    for (size_t i = 0; i < from->nnotes; i++)
        dsn_note(to, from->notes[i].kind, "%s", from->notes[i].text);
    if (ok && to->nnotes == from->nnotes)
        return RC_OK;
    dsn_clear(to);
    return fault(f, RC_MEMORY, "no memory for a copy of the connection keys");
}

static bool has_note(const struct dsn *d, const char *text)
{
    for (size_t i = 0; i < d->nnotes; i++)
        if (!strcmp(d->notes[i].text, text))
            return true;
    return false;
}

void dsn_note(struct dsn *d, enum dsn_note_kind kind, const char *fmt, ...)
{
    char text[sizeof((struct fault *)0)->text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    text[text_floor(text, strlen(text), strlen(text))] = '\0';
    if (d->nnotes == DSN_NOTES_MAX || has_note(d, text))
        return;
    if (!d->notes)
        d->notes = calloc(DSN_NOTES_MAX, sizeof *d->notes);
    char *copy = d->notes ? strdup(text) : NULL;
    if (copy)
        d->notes[d->nnotes++] = (struct dsn_note){.kind = kind, .text = copy};
}
