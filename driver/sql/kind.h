/* kind.h - what sort of statement a text is, from its first words; and where the parts of a plain
 * INSERT are.
 *
 * Only a hint for what to do before the server answered (autocommit, prepare or not, row arrays):
 * what a statement really returned, the server says. */
#ifndef MYWIRE_SQL_KIND_H
#define MYWIRE_SQL_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lex.h"

enum sql_kind {
    SQL_KIND_EMPTY = 0, /* only white space, comments and semicolons */
    SQL_KIND_SELECT,    /* returns rows: SELECT, SHOW, EXPLAIN, VALUES, CHECK TABLE, ... */
    SQL_KIND_INSERT,
    SQL_KIND_REPLACE,
    SQL_KIND_UPDATE,
    SQL_KIND_DELETE,
    SQL_KIND_CALL,
    SQL_KIND_SET,
    SQL_KIND_USE,
    SQL_KIND_BEGIN, /* BEGIN [WORK], START TRANSACTION */
    SQL_KIND_COMMIT,
    SQL_KIND_ROLLBACK, /* also to a savepoint */
    SQL_KIND_DDL,      /* CREATE, ALTER, DROP, TRUNCATE, RENAME, GRANT, REVOKE */
    SQL_KIND_LOAD,     /* LOAD DATA | XML */
    SQL_KIND_OTHER     /* anything else, also what a BEGIN NOT ATOMIC block is */
};

struct sql_kind_info {
    enum sql_kind kind; /* of the first statement */
    size_t statements;  /* separated by ';'; empty ones do not count */
    bool has_limit;     /* SQL_KIND_SELECT: there is a LIMIT outside parentheses */
    bool has_tail;      /* ... or FOR UPDATE, LOCK IN, INTO: nothing can be appended */
    size_t first_at;    /* offset of the word that decided the kind */
};

/* sql_kind_of - look at the first statement and count all.  Leading comments, parentheses and WITH
 * clauses are passed over. The bodies of stored programs hold semicolons: a statement that begins
 * CREATE ... PROCEDURE, FUNCTION, TRIGGER, EVENT or PACKAGE, or BEGIN NOT ATOMIC, counts as one to
 * the end of the text. */
struct sql_kind_info sql_kind_of(const char *text, size_t len, struct sql_mode mode);

/* sql_kind_has_result - does a statement of this kind return rows as a rule?  (CALL may, too:
 * false.) */
bool sql_kind_has_result(enum sql_kind kind);

/* A piece of the text. */
struct sql_span {
    size_t at, len;
};

struct sql_insert {
    bool replace;             /* REPLACE INTO instead of INSERT INTO */
    struct sql_span database; /* as written, quotes included; len 0: none */
    struct sql_span table;    /* as written, quotes included */
    struct sql_span columns;  /* what stands between the parentheses; len 0 with at 0: no list */
    size_t ncolumns;          /* names in the list */
    struct sql_span head;     /* from the first word up to and including VALUES */
    struct sql_span tuple;    /* the first "(...)", parentheses included */
    size_t nvalues;           /* values in it */
    size_t nmarkers;          /* markers in it */
    size_t ntuples; /* 1, or more for VALUES (...), (...); the others are not looked at further */
    bool plain_values; /* every value of the first tuple is a marker, a constant (with sign, or
                          DATE'...' and what else stands for {d '...'}) or DEFAULT */
};

/* sql_insert_parse - take apart `INSERT [LOW_PRIORITY | DELAYED | HIGH_PRIORITY] [IGNORE] [INTO]
 * [db.]t [(cols)] VALUES | VALUE (...)[, (...)]` and the same with REPLACE.  False for anything
 * else: SELECT, SET, PARTITION, an alias, ON DUPLICATE KEY, RETURNING, a second statement, an
 * executable comment, or a marker outside the tuples. */
bool sql_insert_parse(const char *text, size_t len, struct sql_mode mode, struct sql_insert *out);

/* sql_insert_column - the i-th name of the list (i < ncolumns), as written. */
struct sql_span sql_insert_column(const char *text, const struct sql_insert *ins,
                                  struct sql_mode mode, size_t i);

#endif
