/* lex.c - one token at a time; a byte's class decides which rule reads it. */
#include "sql/lex.h"

#include <string.h>

#include "base/text.h"

void sql_lex_init(struct sql_lexer *lx, const char *text, size_t len, struct sql_mode mode)
{
    *lx = (struct sql_lexer){.text = text,
                             .len = len,
                             .no_backslash_escapes = mode.no_backslash_escapes,
                             .ansi_quotes = mode.ansi_quotes};
}

/* Classes of a byte: white space; digit; what begins a word: letters, _, $, @ and every byte of a
 * character beyond ASCII; such a letter that is also a hexadecimal digit. */
enum { S = 1, D = 2, W = 4, H = W | 8 };

/* clang-format off */
static const unsigned char classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, S, S, S, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    S, 0, 0, 0, W, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
    W, H, H, H, H, H, H, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, 0, 0, 0, 0, W,
    0, H, H, H, H, H, H, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, 0, 0, 0, 0, 0,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
};
/* clang-format on */

static bool is_space(unsigned char c)
{
    return classes[c] & S;
}

static bool is_digit(unsigned char c)
{
    return classes[c] & D;
}

static bool is_hex(unsigned char c)
{
    return classes[c] & (D | 8);
}

static bool is_word(unsigned char c)
{
    return classes[c] & W;
}

static unsigned char at(const struct sql_lexer *lx, size_t i)
{
    return i < lx->len ? (unsigned char)lx->text[i] : 0;
}

/* The first byte from i on that is in none of these classes. */
static size_t end_of(const struct sql_lexer *lx, size_t i, unsigned mask)
{
    while (i < lx->len && classes[(unsigned char)lx->text[i]] & mask) {
        i++;
    }
    return i;
}

static size_t skip_digits(const struct sql_lexer *lx, size_t i)
{
    return end_of(lx, i, D);
}

static size_t end_of_word(const struct sql_lexer *lx, size_t i)
{
    return end_of(lx, i, W | D);
}

static size_t end_of_line(const struct sql_lexer *lx, size_t i)
{
    const char *nl = i < lx->len ? memchr(lx->text + i, '\n', lx->len - i) : NULL;
    return nl ? (size_t)(nl - lx->text) : lx->len;
}

/* After the closing quote; doubled quotes belong to the text. */
static struct sql_token quoted(struct sql_lexer *lx, enum sql_token_kind kind, unsigned char quote)
{
    bool escapes = kind == TOK_STRING && !lx->no_backslash_escapes;
    size_t i = lx->pos + 1;
    while (i < lx->len) {
        unsigned char c = at(lx, i);
        if (c == '\\' && escapes) {
            i += 2;
        } else if (c != quote) {
            i++;
        } else if (i + 1 < lx->len && at(lx, i + 1) == quote) {
            i += 2;
        } else {
            return (struct sql_token){kind, lx->pos, i + 1 - lx->pos, false};
        }
    }
    return (struct sql_token){kind, lx->pos, lx->len - lx->pos, true};
}

/* The frame of an executable comment: "/ *!", "/ *M!" and the version number. */
static struct sql_token executable(struct sql_lexer *lx, size_t after_bang)
{
    size_t end = after_bang;
    while (end < after_bang + 6 && is_digit(at(lx, end))) {
        end++;
    }
    lx->in_executable = true;
    return (struct sql_token){TOK_PUNCT, lx->pos, end - lx->pos, false};
}

static struct sql_token block_comment(struct sql_lexer *lx)
{
    size_t i = lx->pos + 2;
    if (at(lx, i) == '!') {
        return executable(lx, i + 1);
    }
    if (at(lx, i) == 'M' && at(lx, i + 1) == '!') {
        return executable(lx, i + 2);
    }
    while (i + 1 < lx->len) {
        if (at(lx, i) == '*' && at(lx, i + 1) == '/') {
            return (struct sql_token){TOK_COMMENT, lx->pos, i + 2 - lx->pos, false};
        }
        i++;
    }
    return (struct sql_token){TOK_COMMENT, lx->pos, lx->len - lx->pos, true};
}

/* After digits from i on: fraction and exponent. */
static size_t end_of_decimal(const struct sql_lexer *lx, size_t i)
{
    i = skip_digits(lx, i);
    if (at(lx, i) == '.') {
        i = skip_digits(lx, i + 1);
    }
    if (at(lx, i) != 'e' && at(lx, i) != 'E') {
        return i;
    }
    size_t e = i + 1 + (at(lx, i + 1) == '+' || at(lx, i + 1) == '-');
    return is_digit(at(lx, e)) ? skip_digits(lx, e) : i;
}

/* 0x1F and 0b01, or 0 when it is something else. */
static size_t end_of_radix(const struct sql_lexer *lx, size_t i)
{
    unsigned char kind = at(lx, i + 1);
    if (at(lx, i) != '0' || (kind != 'x' && kind != 'b')) {
        return 0;
    }
    size_t end = end_of_word(lx, i), k = i + 2;
    while (k < end && (kind == 'x' ? is_hex(at(lx, k)) : at(lx, k) == '0' || at(lx, k) == '1')) {
        k++;
    }
    return k == end && end > i + 2 ? end : 0;
}

/* Names may begin with digits (2024_sales); they have no point before their first letter. */
static struct sql_token number(struct sql_lexer *lx)
{
    size_t start = lx->pos, end = end_of_radix(lx, start);
    if (end) {
        return (struct sql_token){TOK_NUMBER, start, end - start, false};
    }
    size_t digits = skip_digits(lx, start);
    end = end_of_decimal(lx, start);
    bool whole = end == digits || (at(lx, digits) != '.' && is_word(at(lx, end)));
    if (whole && is_word(at(lx, digits))) {
        size_t word = end_of_word(lx, digits);
        if (word != end) {
            return (struct sql_token){TOK_WORD, start, word - start, false};
        }
    }
    return (struct sql_token){TOK_NUMBER, start, end - start, false};
}

/* ".5" is a number, but the dot of t.5a and `t`.5 is not part of one. */
static bool point_begins_number(const struct sql_lexer *lx)
{
    if (!is_digit(at(lx, lx->pos + 1))) {
        return false;
    }
    unsigned char before = lx->pos ? at(lx, lx->pos - 1) : ' ';
    return !is_word(before) && !is_digit(before) && before != '`' && before != '"';
}

static bool begins_dash_comment(const struct sql_lexer *lx)
{
    if (at(lx, lx->pos + 1) != '-') {
        return false;
    }
    return lx->pos + 2 >= lx->len || at(lx, lx->pos + 2) <= ' ';
}

static struct sql_token of_length(const struct sql_lexer *lx, enum sql_token_kind kind, size_t len)
{
    return (struct sql_token){kind, lx->pos, len, false};
}

static struct sql_token punct(struct sql_lexer *lx, unsigned char c)
{
    static const struct {
        char c;
        enum sql_token_kind kind;
    } own[] = {{'?', TOK_MARKER}, {'{', TOK_OPEN}, {'}', TOK_CLOSE}, {';', TOK_SEMICOLON}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (c == (unsigned char)own[i].c) {
            return of_length(lx, own[i].kind, 1);
        }
    }
    if (c == '*' && lx->in_executable && at(lx, lx->pos + 1) == '/') {
        lx->in_executable = false;
        return of_length(lx, TOK_PUNCT, 2);
    }
    return of_length(lx, TOK_PUNCT, 1);
}

static struct sql_token scan(struct sql_lexer *lx)
{
    unsigned char c = at(lx, lx->pos);
    if (is_space(c)) {
        return of_length(lx, TOK_SPACE, end_of(lx, lx->pos, S) - lx->pos);
    }
    if (is_word(c)) {
        return of_length(lx, TOK_WORD, end_of_word(lx, lx->pos) - lx->pos);
    }
    if (is_digit(c)) {
        return number(lx);
    }
    if (c == '.' && point_begins_number(lx)) {
        return of_length(lx, TOK_NUMBER, end_of_decimal(lx, lx->pos) - lx->pos);
    }
    if (c == '\'' || c == '"') {
        return quoted(lx, c == '"' && lx->ansi_quotes ? TOK_NAME : TOK_STRING, c);
    }
    if (c == '`') {
        return quoted(lx, TOK_NAME, c);
    }
    if (c == '#' || (c == '-' && begins_dash_comment(lx))) {
        return of_length(lx, TOK_COMMENT, end_of_line(lx, lx->pos) - lx->pos);
    }
    if (c == '/' && at(lx, lx->pos + 1) == '*') {
        return block_comment(lx);
    }
    return punct(lx, c);
}

struct sql_token sql_next(struct sql_lexer *lx)
{
    if (lx->pos >= lx->len) {
        return (struct sql_token){TOK_END, lx->len, 0, false};
    }
    struct sql_token t = scan(lx);
    lx->pos = t.at + t.len;
    return t;
}

struct sql_token sql_next_code(struct sql_lexer *lx)
{
    struct sql_token t;
    do {
        t = sql_next(lx);
    } while (t.kind == TOK_SPACE || t.kind == TOK_COMMENT);
    return t;
}

bool sql_is(const struct sql_lexer *lx, struct sql_token t, const char *word)
{
    return t.kind == TOK_WORD && text_eqn(lx->text + t.at, t.len, word);
}

bool sql_is_any(const struct sql_lexer *lx, struct sql_token t, const char *const *words)
{
    while (*words && !sql_is(lx, t, *words)) {
        words++;
    }
    return *words;
}

bool sql_is_punct(const struct sql_lexer *lx, struct sql_token t, char c)
{
    return t.kind == TOK_PUNCT && t.len == 1 && lx->text[t.at] == c;
}

size_t sql_text_end(const char *text, size_t len, struct sql_mode mode)
{
    struct sql_lexer lx;
    if (!len || !memchr(text, '\0', len))
        return len;
    sql_lex_init(&lx, text, len, mode);
    struct sql_token t = sql_next(&lx);
    while (t.kind != TOK_END && !(t.kind == TOK_PUNCT && t.len == 1 && !text[t.at]))
        t = sql_next(&lx);
    return t.kind == TOK_END ? len : t.at;
}
