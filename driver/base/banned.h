/* banned.h - functions that must not be used in the driver: unbounded, locale-dependent, or not
 * thread-safe.
 *
 * The build includes this file in front of every source of the driver, so a use is a compile error
 * with the reason. It declares and includes nothing else, so feature-test macros on top of a source
 * still work.  No file of the driver is exempt.  What to use instead: struct buf or snprintf for
 * text, base/num.h for numbers, gmtime_r for time. */
#ifndef MYWIRE_BASE_BANNED_H
#define MYWIRE_BASE_BANNED_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __has_attribute
#if __has_attribute(unavailable)

#define BANNED(why) __attribute__((unavailable(why)))

struct tm;

/* unbounded writes */
char *strcpy(char *, const char *) BANNED("unbounded: use struct buf, memcpy or snprintf");
char *strcat(char *, const char *) BANNED("unbounded: use struct buf or snprintf");
char *stpcpy(char *, const char *) BANNED("unbounded: use struct buf or snprintf");
char *strncpy(char *, const char *, size_t) BANNED("may leave no NUL: use snprintf or memcpy");
char *strncat(char *, const char *, size_t) BANNED("easily miscounted: use struct buf or snprintf");
int sprintf(char *, const char *, ...) BANNED("unbounded: use snprintf or buf_printf");
int vsprintf(char *, const char *, va_list) BANNED("unbounded: use vsnprintf or buf_printf");
char *gets(char *) BANNED("unbounded");

/* numbers: no error report, or the host's decimal point */
int atoi(const char *) BANNED("no error report: use num_get_i64");
long atol(const char *) BANNED("no error report: use num_get_i64");
long long atoll(const char *) BANNED("no error report: use num_get_i64");
double atof(const char *) BANNED("depends on the locale: use num_get_double");
#ifdef __clang__
double strtod(const char *, char **) BANNED("depends on the locale: use num_get_double");
#else /* glibc's inline atof mentions strtod, which gcc counts as a use; so only a call that is    \
         really made is an error */
double strtod(const char *, char **)
    __attribute__((error("depends on the locale: use num_get_double")));
#endif
float strtof(const char *, char **) BANNED("depends on the locale: use num_get_double");

/* state of the whole process */
char *strtok(char *, const char *) BANNED("hidden state: walk the bytes");
struct tm *localtime(const long *) BANNED("static buffer and time zone: use gmtime_r");
struct tm *gmtime(const long *) BANNED("static buffer: use gmtime_r");
char *ctime(const long *) BANNED("static buffer: use gmtime_r");
char *asctime(const struct tm *) BANNED("static buffer: use gmtime_r");
char *setlocale(int, const char *) BANNED("the locale is the host's");
char *strerror(int) BANNED("static buffer: use fault_sys");
int rand(void) BANNED("not random: use RAND_bytes");

#endif
#endif
#endif
