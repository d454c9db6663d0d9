/* fuzz.h - what the fuzz targets share: the entry that libFuzzer (or replay.c) calls, properties,
 * and a cursor that takes decisions and pieces off the front of the input.
 *
 * A target is one file fuzz_NAME.c with its kept inputs in corpus/NAME.  It aborts when a property
 * of the parser does not hold; memory errors are found by the sanitizers. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* MUST - a property; says which one does not hold, and aborts. */
#define MUST(x) fuzz_must((x), #x, __FILE__, __LINE__)

static inline void fuzz_must(bool holds, const char *what, const char *file, int line)
{
    if (!holds) {
        (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
        abort();
    }
}

/* What is left of the input; after its end everything is 0 or empty. */
struct fuzz_in {
    const uint8_t *p;
    size_t n;
};

static inline unsigned fuzz_byte(struct fuzz_in *in)
{
    if (in->n == 0) {
        return 0;
    }
    in->n--;
    return *in->p++;
}

static inline unsigned fuzz_u16(struct fuzz_in *in)
{
    unsigned low = fuzz_byte(in);
    return low | fuzz_byte(in) << 8;
}

/* fuzz_copy - the next n bytes (or fewer: *got) in a block of exactly their size, so that a read
 * behind them is seen; free() it. */
static inline unsigned char *fuzz_copy(struct fuzz_in *in, size_t n, size_t *got)
{
    *got = n < in->n ? n : in->n;
    unsigned char *p = malloc(*got);
    if (!p) {
        abort();
    }
    memcpy(p, in->p, *got);
    in->p += *got;
    in->n -= *got;
    return p;
}

/* fuzz_text - the next bytes, as many as the first of them says, without NULs, NUL-terminated;
 * free() it. */
static inline char *fuzz_text(struct fuzz_in *in)
{
    size_t want = fuzz_byte(in), n = want < in->n ? want : in->n;
    char *s = malloc(n + 1);
    if (!s) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        s[i] = in->p[i] ? (char)in->p[i] : '0';
    }
    s[n] = 0;
    in->p += n;
    in->n -= n;
    return s;
}

/* fuzz_has - does what occur in the n bytes at p? */
static inline bool fuzz_has(const void *p, size_t n, const char *what)
{
    size_t k = strlen(what);
    for (const char *s = p; n >= k; s++, n--) {
        if (memcmp(s, what, k) == 0) {
            return true;
        }
    }
    return false;
}

#endif
