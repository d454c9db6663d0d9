/* conformance.h - how far the driver goes by ODBC's levels; the rows are table/conformance.def. */
#ifndef MYWIRE_ODBC_CONFORMANCE_H
#define MYWIRE_ODBC_CONFORMANCE_H

#include "odbc/handle/handle.h"

enum conformance {
    CONFORM_INTERFACE, /* of ODBC 3: functions and features */
    CONFORM_API,       /* of ODBC 2: functions */
    CONFORM_XOPEN,     /* Open Group CLI */
    CONFORM_ISO        /* ISO 92 CLI */
};

enum conform_level { CONFORM_NOT, CONFORM_CORE, CONFORM_LEVEL1, CONFORM_LEVEL2 };

/* The number that SQLGetInfo answers for a type; owner is handed through. */
typedef SQLUINTEGER conform_number_fn(void *owner, SQLUSMALLINT type);

/* conformance_reached - the highest level of which nothing is missing; the two CLIs have one level,
 * CONFORM_CORE. */
enum conform_level conformance_reached(enum conformance which, conform_number_fn *number,
                                       void *owner);

#endif
