/* lex.h - tokens of SQL as MySQL-like servers read it, over UTF-8 bytes.
 *
 * The tokens cover the text exactly: each begins where the one before ended, so that a rewritten
 * statement can be put together from untouched pieces.  Nothing is allocated, nothing outside the
 * text is read, and bad input (unterminated strings, stray bytes) gives tokens like any other.
 * Source: MySQL manual, "Lexical Structure" and "Comments"; the ODBC reference, "Escape Sequences
 * in ODBC", for the braces. */
#ifndef MYWIRE_SQL_LEX_H
#define MYWIRE_SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/product.h"

enum sql_token_kind {
    TOK_END = 0,   /* nothing left; len 0 */
    TOK_SPACE,     /* white space */
    TOK_COMMENT,   /* -- to the end of line, #, / * * /; not the executable ones */
    TOK_WORD,      /* keyword or name; also @x, @@autocommit, letters beyond ASCII */
    TOK_NUMBER,    /* 1, 1.5, .5, 1e-3, 0x1F, 0b01 */
    TOK_STRING,    /* '...' and, unless ansi_quotes, "..." */
    TOK_NAME,      /* `...` and, with ansi_quotes, "..." */
    TOK_MARKER,    /* ? */
    TOK_OPEN,      /* { */
    TOK_CLOSE,     /* } */
    TOK_SEMICOLON, /* ; */
    TOK_PUNCT      /* any other byte; also the two frames of an executable comment */
};

struct sql_token {
    enum sql_token_kind kind;
    size_t at, len;    /* bytes */
    bool unterminated; /* a string, quoted name or comment that the end of the text cut off */
};

struct sql_lexer {
    const char *text; /* borrowed */
    size_t len, pos;
    bool no_backslash_escapes; /* sql_mode NO_BACKSLASH_ESCAPES (server status flag 0x200) */
    bool ansi_quotes;          /* sql_mode ANSI_QUOTES */
    bool in_executable;        /* the lexer's own: between the frame of an executable comment */
};

/* How the session reads SQL; what every function of this layer takes.  Zero is MySQL's default. */
struct sql_mode {
    bool no_backslash_escapes;
    bool ansi_quotes;
    enum product_id product; /* whose literals and functions are written */
};

void sql_lex_init(struct sql_lexer *lx, const char *text, size_t len, struct sql_mode mode);

/* sql_next - the next token, TOK_END at the end and for ever after. */
struct sql_token sql_next(struct sql_lexer *lx);

/* sql_next_code - the same, without white space and comments. */
struct sql_token sql_next_code(struct sql_lexer *lx);

/* sql_text_end - the bytes up to a NUL that stands outside strings, quoted names and comments; len
 * without one. */
size_t sql_text_end(const char *text, size_t len, struct sql_mode mode);

/* sql_is - is t this word, without regard to ASCII case?  word: NUL-terminated. */
bool sql_is(const struct sql_lexer *lx, struct sql_token t, const char *word);

/* sql_is_any - is t one of these words?  words: ends with NULL. */
bool sql_is_any(const struct sql_lexer *lx, struct sql_token t, const char *const *words);

/* sql_is_punct - is t the single byte c? */
bool sql_is_punct(const struct sql_lexer *lx, struct sql_token t, char c);

#endif
