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

/* ctype_find - the row of a C type, or NULL.  SQL_C_DEFAULT has none. */
const struct ctype_row *ctype_find(SQLSMALLINT id);

#endif
