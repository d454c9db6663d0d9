/* expr.h - the subset of SQL expressions that `columns` and `where` may use here.
 * Names, `quoted names`, numbers, 'text', NULL, TRUE, FALSE, + - * / %, comparisons, AND OR NOT,
 * IS [NOT] NULL, IN (...), LIKE, and the functions of expr.c's table.  Numbers are doubles. */
#ifndef FAKE_STREAMLOAD_EXPR_H
#define FAKE_STREAMLOAD_EXPR_H

#include "value.h"

struct fk_expr;

/* What a name means in a row.  number: compare it as one. */
typedef struct fk_cell fk_name_fn(void *env, size_t slot, bool *number);
/* Where a name stands: its slot, or -1. */
typedef int fk_slot_fn(void *env, const char *name, size_t n);

struct fk_lex {
    const char *p;
    char error[400];
};

/* fk_expr_parse - up to the first token that does not belong to it.  NULL: l->error says why. */
struct fk_expr *fk_expr_parse(struct fk_lex *l, struct fk_arena *a, fk_slot_fn *slot, void *env);

/* fk_expr_value - its value for a row; memory from a. */
struct fk_cell fk_expr_value(const struct fk_expr *e, struct fk_arena *a, fk_name_fn *name,
                             void *env);
bool fk_expr_true(struct fk_cell v);

/* fk_lex_name - the next name, unquoted, into out (256 bytes); false: there is none. */
bool fk_lex_name(struct fk_lex *l, char *out);
bool fk_lex_char(struct fk_lex *l, char c);
bool fk_lex_end(struct fk_lex *l);

#endif
