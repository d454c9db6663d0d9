/* loadstmt.h - the statement that this driver itself understands:
 *
 *     STREAM LOAD INTO [db.]t [(columns)] FROM 'file' | ? [WITH (name = value, ...)]
 *
 * columns is the server's list (names, temporary names, name=expression) and is not looked into but
 * for its end.  name: a word, or anything in backticks or quotes; value: a string, a number, a
 * word.  No I/O, pure; spans point into the text. */
#ifndef MYWIRE_SQL_LOADSTMT_H
#define MYWIRE_SQL_LOADSTMT_H

#include "base/fault.h"
#include "sql/kind.h"

#define SQL_LOAD_OPTIONS_MAX 64

struct sql_load_option {
    struct sql_span name, value; /* as written, quotes included */
};

struct sql_loadstmt {
    struct sql_span database; /* as written, quotes included; len 0: none */
    struct sql_span table;    /* as written */
    struct sql_span columns;  /* what stands between the parentheses; len 0: no list */
    struct sql_span file;     /* a string literal as written; len 0: a marker */
    struct sql_load_option options[SQL_LOAD_OPTIONS_MAX];
    size_t noptions;
};

/* sql_loadstmt_is - does the text begin with STREAM LOAD?  No server has such a statement. */
bool sql_loadstmt_is(const char *text, size_t len, struct sql_mode mode);

/* sql_loadstmt_parse - RC_CONFIG tells what was expected, and where. */
int sql_loadstmt_parse(const char *text, size_t len, struct sql_mode mode, struct sql_loadstmt *out,
                       struct fault *f) MUST_USE;

#endif
