/* numeisel.h - digits times a power of ten to the nearest double, in integer arithmetic. */
#ifndef MYWIRE_BASE_NUMEISEL_H
#define MYWIRE_BASE_NUMEISEL_H

#include <stdint.h>

/* num_eisel_lemire - m * 10^exponent, correctly rounded (ties to even); m may be any 64-bit number,
 * as long as it is the exact significand.  Overflow gives infinity, underflow 0 or a subnormal. */
double num_eisel_lemire(uint64_t m, long long exponent);

/* 5^q as 128 bits, highest bit set: high half, low half.  Exact for q from 0 to 55, rounded up for
 * q from -27 to -1, down elsewhere. */
#define NUM_POWER_LOWEST  (-342)
#define NUM_POWER_HIGHEST 308
extern const uint64_t num_power_of_five[NUM_POWER_HIGHEST - NUM_POWER_LOWEST + 1][2];

#endif
