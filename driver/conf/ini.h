/* ini.h - the data source's section of odbc.ini, read through the installer library.
 * ini.c is the only file that knows odbcinst. */
#ifndef MYWIRE_CONF_INI_H
#define MYWIRE_CONF_INI_H

#include "conf/dsn.h"

/* ini_read - every key of the section name (NUL-terminated UTF-8) goes through dsn_take_pair with
 * DSN_FROM_INI; keys that belong to the driver manager are passed over.  A section that does not
 * exist gives nothing and is no error: the driver manager has already found it, or a default
 * driver.  RC_CONFIG: a value too long for the installer library, or what dsn_take_pair refuses,
 * with the data source's name in front; RC_MEMORY. */
int ini_read(struct dsn *d, const char *name, struct fault *f) MUST_USE;

#endif
