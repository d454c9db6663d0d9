/* clocale.h - the "C" locale as an object, for the few functions that take one; the host's locale
 * is never touched. */
#ifndef MYWIRE_BASE_CLOCALE_H
#define MYWIRE_BASE_CLOCALE_H

#include <locale.h>

/* clocale - made at the first call, kept until the process ends; thread-safe.  (locale_t)0 without
 * memory. */
locale_t clocale(void);

#endif
