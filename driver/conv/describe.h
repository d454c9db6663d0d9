/* describe.h - what the driver says of a column: one struct for SQLDescribeCol, SQLColAttribute,
 * SQLColumns and SQLGetTypeInfo, so that they cannot disagree.  Facts are the rows of
 * table/type.def.
 *
 * Text columns: in the W world (conv_opts.wide_types) they are SQL_WCHAR, SQL_WVARCHAR,
 * SQL_WLONGVARCHAR, as in MySQL's Unicode driver, because an application that asks for
 * SQL_C_DEFAULT or picks its buffer by SQL type would otherwise read UTF-8 through the ANSI code
 * page.  Without it they are SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR and mean UTF-8.
 *
 * Sizes are bounded and true: characters for column size, and octet_length large enough for any
 * value in UTF-8 and in UTF-16 (VARCHAR(255) in utf8mb4: 255 characters, 1020 bytes).  To an ANSI
 * program a character is a byte, and isql, PDO_ODBC and DBD::ODBC allocate by the display size:
 * theirs is octet_length.  Never 0, since programs allocate by them. */
#ifndef MYWIRE_CONV_DESCRIBE_H
#define MYWIRE_CONV_DESCRIBE_H

#include "conv/plan.h"

#define DESC_NONE (-1) /* not applicable: NULL in catalog results, 0 in SQLDescribeCol */

struct conv_desc {
    SQLSMALLINT concise_type;                    /* SQL_DESC_CONCISE_TYPE, DATA_TYPE */
    SQLSMALLINT verbose_type;                    /* SQL_DESC_TYPE, SQL_DATA_TYPE */
    SQLSMALLINT datetime_sub;                    /* SQL_CODE_...; 0: none */
    SQLSMALLINT ctype;                           /* what SQL_C_DEFAULT means here */
    const char *type_name;                       /* TYPE_NAME, "bigint unsigned"; static */
    const char *local_type_name;                 /* static */
    const char *literal_prefix, *literal_suffix; /* "" if none; static */
    SQLLEN column_size;  /* COLUMN_SIZE: characters, bytes, digits or, for times, characters; at
                            least 1 */
    SQLLEN length;       /* SQL_DESC_LENGTH: the same */
    SQLLEN octet_length; /* SQL_DESC_OCTET_LENGTH, BUFFER_LENGTH; bytes */
    SQLLEN char_octet_length;   /* CHAR_OCTET_LENGTH; DESC_NONE unless text or bytes */
    SQLLEN display_size;        /* characters; of text without wide_types: bytes */
    SQLSMALLINT decimal_digits; /* DECIMAL_DIGITS: scale or fraction digits; DESC_NONE */
    SQLSMALLINT precision;      /* SQL_DESC_PRECISION: digits, or fraction digits of times */
    SQLSMALLINT scale;          /* SQL_DESC_SCALE */
    SQLSMALLINT num_prec_radix; /* 10, 2, or 0 for what is no number */
    SQLSMALLINT searchable;     /* SQL_PRED_SEARCHABLE ... */
    SQLSMALLINT nullable;       /* SQL_NO_NULLS, SQL_NULLABLE, SQL_NULLABLE_UNKNOWN */
    bool is_unsigned; /* of a number; SQL_DESC_UNSIGNED is true also where num_prec_radix is 0 */
    bool is_case_sensitive, is_fixed_prec_scale, is_auto_unique;
};

/* describe_column - a result column.  Cannot fail: a type nobody knows is SQL_VARCHAR (or W). */
void describe_column(const struct conv_source *s, const struct conv_opts *o, struct conv_desc *out);

/* describe_declared - a table column, from the text of information_schema.COLUMNS.COLUMN_TYPE
 * ("decimal(10,2) unsigned", "varchar(255)", "enum('a','b')", "datetime(6)", "array<int>"),
 * NUL-terminated.  max_bytes: bytes a character of its character set can have (MAXLEN), 0: 4. Gives
 * the same as describe_column for a result column of that type, but for nullable and
 * is_auto_unique, which the caller knows.  An unknown name is SQL_VARCHAR (or W). */
void describe_declared(const char *column_type, unsigned max_bytes, const struct conv_opts *o,
                       struct conv_desc *out);

/* One row of SQLGetTypeInfo.  Texts are static; NULL is SQL NULL; numbers: DESC_NONE is SQL NULL.
 */
struct conv_typeinfo {
    const char *type_name;
    SQLSMALLINT data_type;
    SQLLEN column_size;
    const char *literal_prefix, *literal_suffix, *create_params;
    SQLSMALLINT nullable, case_sensitive, searchable;
    SQLSMALLINT unsigned_attribute; /* SQL_TRUE, SQL_FALSE, DESC_NONE */
    SQLSMALLINT fixed_prec_scale;
    SQLSMALLINT auto_unique_value; /* SQL_TRUE, SQL_FALSE, DESC_NONE */
    const char *local_type_name;
    SQLSMALLINT minimum_scale, maximum_scale;
    SQLSMALLINT sql_data_type, sql_datetime_sub;
    SQLSMALLINT num_prec_radix;
    SQLSMALLINT interval_precision;
};

/* typeinfo_list - rows for SQLGetTypeInfo(wanted; SQL_ALL_TYPES for all), ordered by DATA_TYPE, the
 * closest match of each first.  out: room for cap rows; returns how many there are (never more than
 * TYPEINFO_MAX).  Asked for the date types of ODBC 2 or 3, it answers with those of o->odbc2. */
#define TYPEINFO_MAX 96
size_t typeinfo_list(const struct conv_opts *o, SQLSMALLINT wanted, struct conv_typeinfo *out,
                     size_t cap);

#endif
