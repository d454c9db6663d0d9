/* numshort.h - the fewest digits that read back as the same binary number, in integer arithmetic.
 */
#ifndef MYWIRE_BASE_NUMSHORT_H
#define MYWIRE_BASE_NUMSHORT_H

#include <stdbool.h>
#include <stdint.h>

/* num_shortest - c * 2^q, a double (c of 53 bits) or a float (c of 24 bits), not subnormal:
 * *digits * 10^*exponent is the decimal of the fewest digits (at most 17) that reads back, rounded
 * from the exact value, half to even; without trailing zeros.  False: too small for the table of
 * powers (below 1e-292), or a power of two, below which numbers lie closer, with no such decimal at
 * hand. */
bool num_shortest(uint64_t c, int q, uint64_t *digits, int *exponent);

#endif
