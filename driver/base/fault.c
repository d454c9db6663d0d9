/* fault.c - records errors; formats into the caller's struct, allocates nothing. */
#include "base/fault.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clocale.h"
#include "base/text.h"

/* The buffer's end, and every "%.64s" before it, may have cut inside a character. */
static void mend(char *text)
{
    text[text_mend(text, strlen(text))] = 0;
}

static void begin(struct fault *f, int rc)
{
    f->rc = rc;
    f->number = 0;
    f->state[0] = 0;
    f->text[0] = 0;
}

int fault(struct fault *f, int rc, const char *fmt, ...)
{
    if (!f) {
        return rc;
    }
    va_list ap;
    va_start(ap, fmt);
    char text[sizeof f->text] = "";              /* an argument may point into f */
    (void)vsnprintf(text, sizeof text, fmt, ap); /* cut at the end; mended */
    va_end(ap);
    mend(text);
    begin(f, rc);
    memcpy(f->text, text, strlen(text) + 1);
    return rc;
}

int fault_sys(struct fault *f, int rc, int err, const char *fmt, ...)
{
    if (!f) {
        return rc;
    }
    va_list ap;
    va_start(ap, fmt);
    char text[sizeof f->text] = "";
    (void)vsnprintf(text, sizeof text, fmt, ap); /* cut at the end; mended */
    va_end(ap);
    mend(text);
    begin(f, rc);
    f->number = (uint32_t)err;
    locale_t c = clocale();
    memcpy(f->text, text, strlen(text) + 1);
    (void)fault_suffix(f, ": %s", c ? strerror_l(err, c) : "system error");
    return rc;
}

/* The server's words may hold anything: bad bytes and NUL become '?', so that text is always UTF-8.
 */
static void copy_words(char *to, size_t cap, const char *s, size_t n)
{
    size_t len = n < cap ? n : text_floor(s, n, cap - 1);
    if (len) {
        memcpy(to, s, len);
    }
    to[len] = 0;
    for (size_t i = 0; i < len;) {
        size_t k = text_step(to + i, len - i);
        if (!k || !to[i]) {
            to[i] = '?';
        }
        i += k ? k : 1;
    }
}

int fault_server(struct fault *f, int rc, uint32_t number, const char *state, const void *words,
                 size_t n)
{
    if (!f) {
        return rc;
    }
    begin(f, rc);
    f->number = number;
    (void)snprintf(f->state, sizeof f->state, "%.5s",
                   state ? state : "HY000"); /* five characters by definition */
    copy_words(f->text, sizeof f->text, words, n);
    return rc;
}

/* Words into text of cap bytes, cut between characters; true if they are whole.  An argument may
 * point into the fault that they are for, so they are made apart. */
static bool make(char *text, size_t cap, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);

static bool make(char *text, size_t cap, const char *fmt, va_list ap)
{
    int n = vsnprintf(text, cap, fmt, ap);
    mend(text);
    return n >= 0 && (size_t)n < cap;
}

/* a, then what fits of b behind it. */
static void join(struct fault *f, const char *a, const char *b)
{
    char text[sizeof f->text];
    if (snprintf(text, sizeof text, "%s%s", a, b) < 0)
        text[0] = 0;
    mend(text);
    memcpy(f->text, text, strlen(text) + 1);
}

int fault_prefix(struct fault *f, const char *fmt, ...)
{
    if (!f) {
        return RC_OK;
    }
    char words[sizeof f->text] = "";
    va_list ap;
    va_start(ap, fmt);
    bool is_whole = make(words, sizeof words, fmt, ap);
    va_end(ap);
    join(f, words, is_whole ? f->text : "");
    return f->rc;
}

int fault_suffix(struct fault *f, const char *fmt, ...)
{
    if (!f) {
        return RC_OK;
    }
    char words[sizeof f->text] = "";
    va_list ap;
    va_start(ap, fmt);
    (void)make(words, sizeof words, fmt, ap); /* cut or not, its beginning fits or does not */
    va_end(ap);
    join(f, f->text, words);
    return f->rc;
}

void fault_clear(struct fault *f)
{
    if (f) {
        begin(f, RC_OK);
    }
}
