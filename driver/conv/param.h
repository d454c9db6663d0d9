/* param.h - parameters: from the application's C type to what the server takes.
 *
 * param_bind decides once a parameter; then for each row either
 *   param_literal  gives the pieces of SQL text: the caller (odbc/ with sql/) does the quoting, or
 *   param_binary   gives the type and bytes of COM_STMT_EXECUTE.
 * The SQL type is what the application says the value is: text bound as SQL_INTEGER must be a whole
 * number and is sent as one.
 *
 * Rules: ODBC reference, appendix D, "Converting Data from C to SQL Data Types", but for these,
 * where the peers are lenient and an application would lose by strictness:
 *  - ColumnSize and DecimalDigits of the parameter cut nothing: programs pass wrong ones (PHP: 4000
 *    for everything), and the server checks against the real column.
 *  - Fractions of seconds below a microsecond, which no server stores, are dropped with 01S07 (a
 *    double made into a timestamp has such noise); TIME keeps its fraction.
 *  - SQL_C_NUMERIC: an SQL_DESC_SCALE that the application set in its descriptor counts instead of
 *    the scale in the struct ("C Data Types", note f): it was said for this very parameter, while
 *    programs that set it leave the struct's at 0.  SQL_DESC_PRECISION cuts nothing.
 *  - 0000-00-00 passes, because these servers store it.
 *  - SQL_C_BINARY for a character type is sent as text where it is UTF-8, else as bytes. */
#ifndef MYWIRE_CONV_PARAM_H
#define MYWIRE_CONV_PARAM_H

#include "base/buf.h"
#include "conv/plan.h"

enum param_form {
    PARAM_NULL = 0, /* NULL */
    PARAM_NUMBER,   /* text that stands bare in SQL: 12, -1.5, 1.5e10; not right behind a '-' */
    PARAM_TEXT,     /* UTF-8 to be quoted and escaped; dates and times too */
    PARAM_BYTES     /* bytes to be written as a hexadecimal literal */
};

struct param_plan;
struct param_value;
typedef enum conv_status take_fn(const struct param_plan *p, const void *data, size_t len,
                                 struct buf *b, struct param_value *v);
typedef enum conv_status shape_fn(const struct param_plan *p, struct buf *b, struct param_value *v);

struct param_plan {
    take_fn *take;   /* C type to value */
    shape_fn *shape; /* value to the kind that the SQL type demands */
    const struct ctype_row *ctype;
    const struct sqltype_row *sqltype;
    SQLSMALLINT ctype_id; /* resolved: never SQL_C_DEFAULT */
    SQLSMALLINT sql_type;
    uint16_t size; /* bytes of the C type: stride of column-wise arrays; 0: variable */
    bool min_date_to_zero, no_date_overflow, fraction_as_text, has_scale;
    SQLSMALLINT scale;
};

struct param_target {
    SQLSMALLINT ctype;    /* SQL_C_DEFAULT is resolved by sql_type */
    SQLSMALLINT sql_type; /* concise; date types of ODBC 2 too */
    bool is_unsigned;     /* SQL_C_DEFAULT of integers */
    bool has_scale;       /* SQL_C_NUMERIC: the application's descriptor has a scale, ... */
    SQLSMALLINT scale;    /* ... which counts instead of the struct's */
};

/* param_bind - CONV_OK, CONV_CTYPE (HY003), CONV_SQLTYPE (HY004), CONV_PAIR (07006). */
enum conv_status param_bind(struct param_plan *p, const struct param_target *t,
                            const struct conv_opts *o);

/* param_is_bytes - its values go as bytes (PARAM_BYTES), whatever they are. */
bool param_is_bytes(const struct param_plan *p);

/* param_literal - append the value's bytes to b.  data: the application's buffer, any alignment;
 * ind: bytes, SQL_NTS or SQL_NULL_DATA; ignored but for NULL where the C type has a fixed size.  On
 * anything but success b is as it was. CONV_OK, CONV_FRACTION (01S07), or an error. */
enum conv_status param_literal(const struct param_plan *p, const void *data, SQLLEN ind,
                               struct buf *b, enum param_form *form);

/* param_field - the same as the field of a load: a double has no exponent that it does not need,
 * which a literal has so that the server takes it for one. */
enum conv_status param_field(const struct param_plan *p, const void *data, SQLLEN ind,
                             struct buf *b, enum param_form *form);

/* What param_field gives for a value that is not NULL, written straight to `to`, if it is plain:
 * well-formed text without control characters (base/text.h), and not \N.  Returns where it ends, at
 * most at `end` if it is text, else at most PARAM_PLAIN_ROOM bytes further, which must be there in
 * any case.  NULL: not plain, no room, or not to be converted without an error or a warning;
 * param_field tells.
 * param_plain - NULL: this pair of types has no such way (plain.c has the table). */
#define PARAM_PLAIN_ROOM 48
typedef unsigned char *param_plain_fn(const struct param_plan *p, const char *data, SQLLEN ind,
                                      unsigned char *to, const unsigned char *end);
param_plain_fn *param_plain(const struct param_plan *p);

/* param_binary - the same for the binary protocol.  *type: wire code (table/wire_type.def),
 * MYSQL_TYPE_NULL for NULL.  Bytes are as struct wire_param wants them: fixed forms little-endian;
 * dates, times, text and bytes without their length. */
enum conv_status param_binary(const struct param_plan *p, const void *data, SQLLEN ind,
                              struct buf *b, uint8_t *type, bool *is_unsigned);

/* param_length - bytes that data holds: resolves SQL_NTS for SQL_C_CHAR and SQL_C_WCHAR, and fixed
 * sizes.  SIZE_MAX if ind is not a length (HY090). */
size_t param_length(const struct param_plan *p, const void *data, SQLLEN ind);

#endif
