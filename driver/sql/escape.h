/* escape.h - ODBC escape sequences to the SQL of MySQL-like servers.
 *
 *     {d '2020-01-02'}, {t ...}, {ts ...}    DATE'2020-01-02', by table/product.def; plain text
 *                                            where servers take no typed literal: behind DEFAULT,
 *                                            a day or month 0; a wrong value is an error
 *     {guid '6F9619FF-8B86-D011-...'}        the quoted text
 *     {fn F(a, b)}                           by table/scalar_function.def; unknown: F(a, b)
 *     {oj a LEFT OUTER JOIN b ON ...}        without the braces
 *     {escape '!'} {limit 10}                ESCAPE '!', LIMIT 10
 *     {INTERVAL -'1 2' DAY TO HOUR}          INTERVAL '-1 2' DAY_HOUR
 *     {call p(?)}, {call p}                  CALL p(?), CALL p()
 *     {?=call f(?)}                          SELECT f(?); the result is the first parameter
 *     {anything else}                        as it is, with the escapes inside translated
 *     CAST(x AS INTEGER)                     CAST(x AS SIGNED) and the like, by sql/cast.h
 *
 * Escapes nest.  Inside strings, quoted names and comments nothing is touched.  Source: ODBC
 * reference, "Escape Sequences in ODBC" and appendix E, "Scalar Functions". */
#ifndef MYWIRE_SQL_ESCAPE_H
#define MYWIRE_SQL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sql/lex.h"

enum sql_escape_status {
    SQL_ESCAPE_NONE = 0, /* there is no escape: out is untouched, send the text as it is */
    SQL_ESCAPE_DONE,     /* out holds the translated text */
    SQL_ESCAPE_SYNTAX,   /* unterminated or malformed: SQLSTATE 42000 */
    SQL_ESCAPE_DATE,     /* a date, time or timestamp that is not one: SQLSTATE 22007 */
    SQL_ESCAPE_MEMORY    /* out could not grow */
};

struct sql_escape_result {
    enum sql_escape_status status;
    bool returns;    /* {?=call ...}: the marker of the result is not part of out */
    size_t at;       /* byte offset of the mistake in the text */
    char words[200]; /* what is wrong, with position and what was expected; UTF-8 */
};

/* sql_escape - translate text into out (appended).  Without '{' and CAST it costs two searches. */
struct sql_escape_result sql_escape(struct buf *out, const char *text, size_t len,
                                    struct sql_mode mode);

/* The scalar functions of ODBC that are translated, for SQLGetInfo (SQL_STRING_FUNCTIONS and the
 * like). */
enum sql_function_group {
    SQL_GROUP_STRING,
    SQL_GROUP_NUMERIC,
    SQL_GROUP_TIMEDATE,
    SQL_GROUP_SYSTEM
};

/* sql_function_bits - the SQL_FN_xxx bits of all functions of a group. */
unsigned sql_function_bits(enum sql_function_group group);

#endif
