/* clocale.c - one immutable "C" locale object for the process. */
#include "base/clocale.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t the_locale; /* written once, under the once-flag */

static void make(void)
{
    the_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

locale_t clocale(void)
{
    (void)pthread_once(&once, make); /* cannot fail for a statically initialised flag */
    return the_locale;
}
