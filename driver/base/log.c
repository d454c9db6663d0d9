/* log.c - lines to a file, each with one write(2), so that concurrent writers never mix within a
 * line. */
#define _DEFAULT_SOURCE /* syscall(2) for the thread's id */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/text.h"

#define LINE_MAX_BYTES (1024u * 1024u) /* a longer text is cut, with a note */

int log_open(struct log *l, const char *path, enum log_level level, struct fault *f)
{
    static _Atomic unsigned
        opened; /* the only counter of the process: tells connections apart in a shared file */
    *l = (struct log){.fd = -1};
    if (level == LOG_OFF) {
        return RC_OK;
    }
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (fd < 0) {
        return fault_sys(f, RC_CONFIG, errno, "cannot open the log file %s for appending", path);
    }
    if (lseek(fd, 0, SEEK_END) < 0 && errno == ESPIPE && !isatty(fd)) {
        (void)close(fd); /* nothing was written */
        return fault(
            f, RC_CONFIG,
            "the log file %s is a pipe; a reader that goes away would raise SIGPIPE: name a file",
            path);
    }
    l->fd = fd;
    l->level = level;
    l->serial = ++opened;
    return RC_OK;
}

void log_close(struct log *l)
{
    if (l && l->level > LOG_OFF) {
        (void)close(l->fd); /* every line has already been handed to the kernel */
        *l = (struct log){.fd = -1};
    }
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"off", "error", "info", "query", "trace"};
    return level <= LOG_TRACE ? names[level] : "?";
}

static void put_head(struct buf *b, const struct log *l, enum log_level level)
{
    struct timespec ts = {0};
    struct tm tm = {0};
    (void)clock_gettime(CLOCK_REALTIME, &ts); /* cannot fail for this clock */
    (void)gmtime_r(&ts.tv_sec, &tm); /* fails only for years beyond int; the line then says 1900 */
    buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ %ld/%ld #%u %s ", tm.tm_year + 1900,
               tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ts.tv_nsec / 1000,
               (long)getpid(), (long)syscall(SYS_gettid), l->serial, level_name(level));
}

/* Control characters would let a value fake a line, or order a terminal about: those of ASCII, and
 * U+0080 to U+009F, which begin with 0xC2. */
static bool is_control(const char *s, size_t i, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    bool is_second = i > 0 && p[i - 1] == 0xC2;
    bool is_first = p[i] == 0xC2 && i + 1 < n && p[i + 1] >= 0x80 && p[i + 1] < 0xA0;
    return p[i] < 0x20 || p[i] == 0x7F || is_first || (is_second && p[i] >= 0x80 && p[i] < 0xA0);
}

static void put_text(struct buf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (!is_control(s, i, n)) {
            buf_putc(b, c);
            continue;
        }
        char escaped[4] = {'\\', 'x', hex_upper(c >> 4U), hex_upper(c)};
        buf_put(b, escaped, sizeof escaped);
    }
}

static void put_body(struct buf *line, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static void put_body(struct buf *line, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    struct buf text = {0};
    if (n >= 0) {
        unsigned char *to = buf_reserve(&text, (size_t)n) ? text.p : NULL;
        if (to) {
            (void)vsnprintf((char *)to, (size_t)n + 1, fmt,
                            again); /* length known from the first pass */
            size_t len = (size_t)n < LINE_MAX_BYTES ? (size_t)n : LINE_MAX_BYTES;
            put_text(line, (const char *)to, len);
        }
    }
    if (n > (int)LINE_MAX_BYTES) {
        buf_printf(line, "... (%d bytes)", n);
    }
    va_end(again);
    buf_clear(&text);
}

void log_line(struct log *l, enum log_level level, const char *fmt, ...)
{
    if (!log_on(l, level) || level == LOG_OFF) {
        return;
    }
    int saved = errno;
    struct buf line = {0};
    put_head(&line, l, level);
    va_list ap;
    va_start(ap, fmt);
    put_body(&line, fmt, ap);
    va_end(ap);
    buf_putc(&line, '\n');
    if (buf_ok(&line)) {
        ssize_t done = write(l->fd, line.p, line.len);
        (void)done; /* a full disk must not fail the application's query */
    }
    buf_clear(&line);
    errno = saved;
}

/* The statements of all servers that give a password, a key or a token: to users, links, external
 * tables, catalogs and storage.  Lower case. */
static const char *const secret_words[] = {
    "password",      "passwd",    "pwd",         "identified",   "crypt",      "secret",
    "credential",    "token",     "access_key",  "accesskey",    "shared_key", "private_key",
    "authorization", "federated", "connection=", "connection =",
};

bool log_is_secret(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof secret_words / sizeof secret_words[0]; k++) {
            const char *word = secret_words[k];
            size_t len = strlen(word);
            if ((s[i] | 0x20) == word[0] && len <= n - i && text_eqn(s + i, len, word)) {
                return true;
            }
        }
    }
    return false;
}
