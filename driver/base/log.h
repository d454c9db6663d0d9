/* log.h - the driver's own log: one line an event to the file the DSN names.
 *
 * Off unless asked for.  A struct log belongs to one connection; writes are one write(2) of a whole
 * line in append mode, so processes and threads may share a file.  Callers never pass secrets (conf
 * masks DSN values, wire logs no authentication payload). */
#ifndef MYWIRE_BASE_LOG_H
#define MYWIRE_BASE_LOG_H

#include <stdbool.h>

#include "base/fault.h"

enum log_level { LOG_OFF = 0, LOG_ERROR, LOG_INFO, LOG_QUERY, LOG_TRACE };

struct log {
    int fd; /* valid only while level > LOG_OFF */
    enum log_level level;
    unsigned serial; /* told in every line, to tell connections apart */
};

/* log_open - append to path (created 0600, close-on-exec).  RC_CONFIG if it cannot be opened. */
int log_open(struct log *l, const char *path, enum log_level level, struct fault *f) MUST_USE;
void log_close(struct log *l);
static inline bool log_on(const struct log *l, enum log_level level)
{
    return l && l->level >= level;
}
/* log_line - UTC time, process, thread, connection serial, then the text; control characters are
 * written as \xNN. */
void log_line(struct log *l, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* What stands for words that may repeat a secret. */
#define LOG_SECRET_WORDS "(words that may repeat a password of the statement)"

/* log_is_secret - do n bytes of SQL, or of a key that holds such text, speak of passwords, keys or
 * tokens?  Then neither they are logged nor what the server says about them, which repeats them.
 * The application is told all of it: they are its own words, and it has to find the mistake. */
bool log_is_secret(const char *s, size_t n);

#endif
