/* plan.h - how one column of a result becomes one C type: decided once when it is bound, run flat
 * for each row.
 *
 *   struct conv_source  what the server told of the column
 *   struct conv_target  what the application wants
 *   struct conv_opts    what the DSN and the application's version say
 *   plan_bind           makes a struct conv_plan of them, or says why it cannot
 *   plan.fn             converts one cell that is not NULL;  conv_part gives it in pieces
 * (SQLGetData)
 *
 * Nothing here allocates, keeps state, or knows handles; a plan may be copied and used from any
 * thread.  Application buffers may have any alignment.
 *
 * Rules: ODBC reference, appendix D, "Converting Data from SQL to C Data Types".  Where we decide
 * ourselves, it is said at the function that does it. */
#ifndef MYWIRE_CONV_PLAN_H
#define MYWIRE_CONV_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "base/cell.h"
#include "base/product.h"

/* Outcome of one conversion.  Up to CONV_FRACTION the data is there; behind it nothing useful was
 * stored. */
enum conv_status {
    CONV_OK = 0,
    CONV_TRUNCATED, /* 01004: text or bytes cut; the length tells the whole */
    CONV_FRACTION,  /* 01S07: a fraction, or the time of day, was cut off */
    CONV_RANGE,     /* 22003: the number does not fit, or whole digits would be lost */
    CONV_SYNTAX,    /* 22018: the text does not have the form that the type demands */
    CONV_TEXT,      /* 22018: parameters: the text is not UTF-8, or half a surrogate pair */
    CONV_DATETIME,  /* 22007: not a date or time (13th month, a TIME of 30 hours as time of day) */
    CONV_OVERFLOW,  /* 22008: parameters: a date or time loses its time of day or its fraction */
    CONV_INTERVAL,  /* 22015: an interval field is too large */
    CONV_TOO_LONG,  /* 22001: parameters: fraction digits of a number given as text would be lost */
    CONV_PAIR,      /* 07006: these two types have no conversion */
    CONV_CTYPE,     /* HY003: not a C type */
    CONV_SQLTYPE,   /* HY004: not an SQL type */
    CONV_LENGTH,    /* HY090: parameters: a length that cannot be */
    CONV_BAD_DATA,  /* 22018: the server sent what its own column type forbids */
    CONV_MEMORY,    /* HY001: the output buffer could not grow */
    CONV_END        /* conv_part: everything was given already: SQL_NO_DATA */
};

#define CONV_HAS_DATA(st) ((st) <= CONV_FRACTION)

struct conv_opts {
    bool wide_types; /* text columns are SQL_WCHAR, SQL_WVARCHAR, SQL_WLONGVARCHAR (see describe.h)
                      */
    bool wide_default; /* SQL_C_DEFAULT of text columns is SQL_C_WCHAR: the application came through
                          W entries */
    bool odbc2;        /* SQL_OV_ODBC2: date types are 9, 10, 11 */
    bool no_bigint;    /* NO_BIGINT: BIGINT is reported as INTEGER */
    bool zero_date_to_min; /* ZERO_DATE_TO_MIN: a zero date is given as 0000-01-01 instead of as
                              NULL */
    bool min_date_to_zero; /* MIN_DATE_TO_ZERO: parameters: 0000-01-01 is sent as 0000-00-00 */
    bool no_date_overflow; /* NO_DATE_OVERFLOW: parameters: a lost time of day is no error 22008 */
    bool no_binary_result; /* NO_BINARY_RESULT: binary text of expressions is reported as characters
                            */
    bool fraction_as_text; /* parameters: a time with a fraction goes to the server as text, which
                              MySQL stores whole in a column of characters; of a binary one it drops
                              the fraction there */
    bool bare_metadata;    /* column definitions without flags, with lengths of their own (see
                              describe.c) */
    enum product_types types; /* that CREATE TABLE knows (SQLGetTypeInfo) */
    uint32_t max_varchar; /* characters: no text or binary column is reported longer; 0: no limit */
};

/* One column as the server told it.  Borrowed only during the call. */
struct conv_source {
    uint8_t type;         /* wire code, table/wire_type.def */
    uint8_t decimals;     /* 0x1f: not fixed */
    uint16_t flags;       /* CONV_FLAG_* */
    uint16_t charset;     /* collation id of the column; 63 is binary */
    uint32_t length;      /* declared maximum length in bytes */
    bool binary;          /* cells come in binary form (prepared statement) */
    bool is_expression;   /* the column has no table of its own (only for no_binary_result) */
    const char *ext_type; /* MariaDB extended metadata ("json", "uuid", "inet6"), "" or NULL */
};

/* Column flags of the protocol that matter here. */
enum {
    CONV_FLAG_NOT_NULL = 1,
    CONV_FLAG_UNSIGNED = 32,
    CONV_FLAG_ZEROFILL = 64,
    CONV_FLAG_BINARY = 128,
    CONV_FLAG_ENUM = 256,
    CONV_FLAG_AUTO_INCREMENT = 512,
    CONV_FLAG_SET = 2048
};
#define CONV_CHARSET_BINARY 63

struct conv_target {
    SQLSMALLINT ctype;     /* SQL_C_...; SQL_C_DEFAULT is resolved by plan_bind */
    SQLSMALLINT precision; /* SQL_C_NUMERIC: digits, 0: 38 */
    SQLSMALLINT scale;     /* SQL_C_NUMERIC: places, may be negative; only if has_scale */
    bool has_scale; /* false: the column's own scale (the struct carries it, so nothing is lost) */
    SQLSMALLINT interval_precision; /* digits of the leading interval field; 0: no limit */
};

struct conv_plan;
struct ctype_row;
struct value;

/* conv_fn - convert one cell that is not NULL.  dst: the application's buffer, or NULL for the
 * length only. cap: its size in bytes, terminator included; not looked at for types of fixed size.
 * *len (never NULL): the full length in bytes without terminator, even if cut; or SQL_NULL_DATA
 * with CONV_OK, when a zero date is to be seen as NULL. Text is terminated and never cut inside a
 * character or surrogate pair. */
typedef enum conv_status conv_fn(const struct conv_plan *p, const struct cell *c, void *dst,
                                 size_t cap, SQLLEN *len);

typedef enum conv_status decode_fn(const struct conv_plan *p, const struct cell *c,
                                   struct value *v);
typedef enum conv_status put_fn(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len);

struct conv_plan {
    conv_fn *fn;                   /* what fetch calls */
    decode_fn *decode;             /* cell to value */
    put_fn *put;                   /* value to C type */
    const struct ctype_row *ctype; /* static; id, size in bytes (0: variable) */
    SQLSMALLINT ctype_id;          /* resolved: never SQL_C_DEFAULT */
    uint16_t size;    /* bytes of the C type; 0: variable length (CHAR, WCHAR, BINARY) */
    uint8_t width;    /* bytes of a binary cell of fixed width; 0: any */
    uint8_t decimals; /* fraction digits of times as text; places of a decimal */
    uint8_t pad;      /* ZEROFILL: digits to fill up to, binary form only */
    bool is_unsigned; /* of the server's integer */
    bool is_parted;   /* SQLGetData may ask for more pieces */
    uint8_t kind;     /* enum value_kind */
    uint8_t part;     /* how pieces are made, part.c */
    bool zero_date_to_min;
    bool has_scale;
    SQLSMALLINT precision, scale, interval_precision;
};

/* plan_bind - choose the functions.  Pure.  CONV_OK, CONV_PAIR (07006), CONV_CTYPE (HY003);
 * otherwise *p is unusable. */
enum conv_status plan_bind(struct conv_plan *p, const struct conv_source *s,
                           const struct conv_target *t, const struct conv_opts *o);

/* ctype_size - bytes of a C type; 0: variable length; -1: not a C type (HY003). */
int ctype_size(SQLSMALLINT ctype);

/* ctype_name - "SQL_C_CHAR"; "unknown" for others.  For messages. */
const char *ctype_name(SQLSMALLINT ctype);

/* sqltype_name - "SQL_VARCHAR"; "unknown" for others.  For messages. */
const char *sqltype_name(SQLSMALLINT sql_type);

/* ctype_default - the C type of SQL_C_DEFAULT for an SQL type; 0 if it is not an SQL type. */
SQLSMALLINT ctype_default(SQLSMALLINT sql_type, bool is_unsigned, const struct conv_opts *o);

/* State of one column that is read in pieces.  Owned by the caller, zeroed when the row or the plan
 * changes. */
struct conv_part {
    size_t total; /* bytes of the whole in the C type */
    size_t given; /* of these, given so far */
    size_t used;  /* source bytes that given stands for */
    size_t skip;  /* 1: the first half of the surrogate pair at used is given */
    bool begun, done;
};

/* conv_part - the next piece of a cell that is not NULL.  dst, cap, terminator as for conv_fn.
 * *len: bytes that were left before this call, exact.  CONV_TRUNCATED: more is left; CONV_OK: that
 * was the last; CONV_END: nothing was left (*len untouched).  dst NULL or cap 0 tells the length
 * and consumes nothing.  Each call costs as much as the piece is long, but the first counts the
 * whole (only where UTF-8 becomes UTF-16).  The pieces put together are the whole whatever their
 * sizes are.  In a buffer of less than 128 bytes a piece ends with a whole character, or both
 * digits of a byte, unless not even one fits.  Larger buffers are filled to their end, if need be
 * with part of a character: programs that put pieces together (pyodbc in 4096 bytes, PDO in 256)
 * take one to be as long as their buffer, and would take a terminator before its end for text.
 * Types of fixed size are given once.  A first piece that has not all the whole digits of a number,
 * or not all of a date, is refused with CONV_RANGE, as conv_fn does. */
enum conv_status conv_part(const struct conv_plan *p, const struct cell *c, struct conv_part *state,
                           void *dst, size_t cap, SQLLEN *len);

#endif
