/* numeisel.h - digits times a power of ten to the nearest double, in integer arithmetic. */
#ifndef MYWIRE_BASE_NUMEISEL_H
#define MYWIRE_BASE_NUMEISEL_H

#include <stdint.h>

/* num_eisel_lemire - m * 10^exponent, correctly rounded (ties to even); m may be any 64-bit number,
 * as long as it is the exact significand.  Overflow gives infinity, underflow 0 or a subnormal. */
double num_eisel_lemire(uint64_t m, long long exponent);

#endif
