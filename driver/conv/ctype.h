/* ctype.h - the rows of table/ctype.def: what a C type is.  Internal to conv/. */
#ifndef MYWIRE_CONV_CTYPE_H
#define MYWIRE_CONV_CTYPE_H

#include "conv/plan.h"

/* C types that one writer (and one reader) can handle. */
enum ctype_family {
    FAMILY_INT,
    FAMILY_FLOAT,
    FAMILY_DOUBLE,
    FAMILY_BIT,
    FAMILY_NUMERIC,
    FAMILY_CHAR,
    FAMILY_WCHAR,
    FAMILY_BINARY,
    FAMILY_DATE,
    FAMILY_TIME,
    FAMILY_TIMESTAMP,
    FAMILY_GUID,
    FAMILY_MONTHS,  /* intervals of years and months */
    FAMILY_SECONDS, /* intervals of days, hours, minutes, seconds */
    FAMILIES
};

enum interval_field { FIELD_YEAR, FIELD_MONTH, FIELD_DAY, FIELD_HOUR, FIELD_MINUTE, FIELD_SECOND };

struct ctype_row {
    SQLSMALLINT id;
    const char *name;
    enum ctype_family family;
    uint16_t size; /* bytes; 0: variable */
    bool is_unsigned;
    int64_t min; /* integers */
    uint64_t max;
    enum interval_field first, last; /* intervals */
};

/* SQL types that a parameter is sent the same way for. */
enum sql_family {
    SQLF_CHAR,
    SQLF_INT,
    SQLF_DECIMAL,
    SQLF_REAL,
    SQLF_BIT,
    SQLF_BYTES,
    SQLF_DATE,
    SQLF_TIME,
    SQLF_TIMESTAMP,
    SQLF_GUID,
    SQLF_INTERVAL,
    SQLFS
};

struct sqltype_row {
    const char *name;
    SQLSMALLINT id;
    SQLSMALLINT if_signed, if_unsigned; /* C types of SQL_C_DEFAULT */
    enum sql_family family;
    uint8_t octets; /* as SQL_C_BINARY; 0: any */
    int64_t min;    /* integers */
    uint64_t max;
};

/* sqltype_find - the row of an SQL type, or NULL. */
const struct sqltype_row *sqltype_find(SQLSMALLINT id);

/* ctype_find - the row of a C type, or NULL.  SQL_C_DEFAULT has none. */
const struct ctype_row *ctype_find(SQLSMALLINT id);

#endif
