/* torture.h - lets the n-th allocation of the code under test fail.
 *
 * Every check_LAYER is linked with --wrap for malloc, calloc and realloc.  Usage:
 *     for (size_t n = 1; torture_begin(n); n++) {
 *         ... call, free what was made ...
 *         torture_end();
 *     }
 * Only the thread that began is concerned: a fake server of the test lives on.
 * No ck_ function may stand between begin and end: Check allocates, too, and ends the program when
 * it cannot.  The loop ends after the first round in which no allocation failed, that is when n is
 * past the last one. */
#ifndef MYWIRE_TEST_TORTURE_H
#define MYWIRE_TEST_TORTURE_H

#include <stdbool.h>
#include <stddef.h>

/* torture_begin - from here on the n-th allocation fails, once.  False when the round before needed
 * no failure. */
bool torture_begin(size_t n);

/* torture_end - no more failures.  True when one happened in this round. */
bool torture_end(void);

/* torture_largest - bytes of the largest request since torture_begin, which may have been told 0:
 * let nothing fail. */
size_t torture_largest(void);

#endif
