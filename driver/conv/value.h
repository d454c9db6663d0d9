/* value.h - what a cell is between the server's form and the application's.  Internal to conv/.
 *
 * N server types decode to one of these kinds, M C types are written from them: to_c[KIND][FAMILY]
 * in to_c.c says which pairs exist, and an empty place there is 07006. */
#ifndef MYWIRE_CONV_VALUE_H
#define MYWIRE_CONV_VALUE_H

#include "base/cal.h"
#include "conv/ctype.h"

enum value_kind {
    V_SIGNED,    /* i */
    V_UNSIGNED,  /* u */
    V_FLOAT,     /* d, of single precision */
    V_DOUBLE,    /* d */
    V_DECIMAL,   /* text: an exact number as digits */
    V_TEXT,      /* text: UTF-8 */
    V_BYTES,     /* text */
    V_BIT,       /* u: 0 or 1 */
    V_BITS,      /* u, and text: BIT(n), big-endian */
    V_DATE,      /* cal */
    V_TIME,      /* cal: a duration, may be negative or pass 24 hours */
    V_TIMESTAMP, /* cal */
    V_KINDS
};

/* Borrowed from the cell (or the application's buffer). */
struct value {
    union {
        int64_t i;
        uint64_t u;
        double d;
        struct cal cal;
    };
    const char *p; /* V_DECIMAL, V_TEXT, V_BYTES, V_BITS */
    size_t n;
};

/* Longest text that a kind other than V_DECIMAL, V_TEXT, V_BYTES has: a ZEROFILL integer of 255
 * digits. */
#define VALUE_CHARS 272

/* What a server type decodes to. */
struct source_kind {
    enum value_kind kind;
    decode_fn *decode;
    bool is_text; /* the cell itself is the text that SQL_C_CHAR gets */
};

/* decode_find - how cells of this column are read (decode.c). */
struct source_kind decode_find(const struct conv_source *s, const struct conv_opts *o);

/* decode_is_bytes - are the column's strings bytes, not characters? */
bool decode_is_bytes(const struct conv_source *s, const struct conv_opts *o);

/* value_text - write a value that is not text itself as text to out (VALUE_CHARS bytes); returns
 * bytes written (to_text.c). */
typedef size_t value_text_fn(const struct conv_plan *p, const struct value *v, char *out);
extern value_text_fn *const value_text[V_KINDS]; /* NULL where the value is text */

/* value_whole - how many of the n characters must fit because without them the value would be wrong
 * (digits before the point, the date, everything if there is an exponent). */
size_t value_whole(enum value_kind kind, const char *s, size_t n);

enum conv_status emit_bytes(const void *s, size_t n, void *dst, size_t cap, SQLLEN *len);
/* copy_char, copy_wide - the same, but 22003 where a cut value would be another value. */
enum conv_status copy_char(const struct conv_plan *p, const char *s, size_t n, void *dst,
                           size_t cap, SQLLEN *len);
enum conv_status copy_wide(const struct conv_plan *p, const char *s, size_t n, void *dst,
                           size_t cap, SQLLEN *len);
void wide_end(void *dst, size_t units); /* the terminator behind that many units */

/* put_fixed - store a C type of fixed size and its length. */
enum conv_status put_fixed(const void *from, size_t size, void *dst, SQLLEN *len);

/* Writers that plan.c puts into the matrix, by file. */
put_fn put_text_char, put_text_wide, put_bytes_char, put_bytes_wide,
    put_bytes_binary;                                                  /* to_text.c */
put_fn put_signed_int, put_unsigned_int, put_double_int, put_text_int; /* to_num.c */
put_fn put_signed_float, put_unsigned_float, put_double_float, put_text_float;
put_fn put_signed_bit, put_unsigned_bit, put_double_bit, put_text_bit;
put_fn put_signed_numeric, put_unsigned_numeric, put_double_numeric, put_text_numeric;
put_fn put_signed_binary, put_unsigned_binary, put_float_binary, put_double_binary, put_bit_binary;
put_fn put_date_date, put_date_timestamp, put_time_time, put_time_timestamp; /* to_time.c */
put_fn put_timestamp_date, put_timestamp_time, put_timestamp_timestamp;
put_fn put_text_date, put_text_time, put_text_timestamp;
put_fn put_date_binary, put_time_binary, put_timestamp_binary;
put_fn put_text_guid, put_bytes_guid; /* guid.c */
put_fn put_time_interval, put_text_interval, put_signed_interval,
    put_unsigned_interval; /* interval.c */
put_fn put_number_interval;

/* fast_find - one function for the whole way of a hot pair, or NULL (fast.c).  p is bound but for
 * fn. */
conv_fn *fast_find(const struct conv_plan *p, const struct conv_source *s,
                   const struct source_kind *from);

/* conv_today - today's date in the host's time zone, for a time of day that becomes a timestamp. */
void conv_today(struct cal *c);

/* Store integers of any alignment. */
enum conv_status store_signed(const struct ctype_row *t, int64_t v, void *dst, SQLLEN *len);

/* The status for a number read by base/num.h. */
enum conv_status conv_num(int num_status);

#endif
