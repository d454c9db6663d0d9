/* numeisel.c - the algorithm of Eisel and Lemire.
 *
 * The significand, shifted so that its highest bit is 1, times 128 bits of 5^q gives the bits of
 * the result; the power of two is added to its exponent.  128 bits are enough for every 64-bit
 * significand, so there is no fallback. Source: D. Lemire, "Number Parsing at a Gigabyte per
 * Second", 2021; N. Mushtak and D. Lemire, "Fast Number Parsing Without Fallback", 2023. */
#include "base/numeisel.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

enum { MANTISSA_BITS = 52, BIAS = 1023, INFINITE = 0x7ff };

const uint64_t num_power_of_five[][2] = {
#define POWER5(exponent, high, low) {UINT64_C(high), UINT64_C(low)},
#include "table/power_of_five.def"
};
_Static_assert(sizeof num_power_of_five / sizeof num_power_of_five[0] ==
                   NUM_POWER_HIGHEST - NUM_POWER_LOWEST + 1,
               "one row a power");

/* The upper 128 bits, as far as the result needs them, of w * 5^q. */
static u128 product(uint64_t w, long long q)
{
    const uint64_t *power = num_power_of_five[q - NUM_POWER_LOWEST];
    u128 first = (u128)w * power[0];
    if (((uint64_t)(first >> 64) & 0x1ff) == 0x1ff) {
        first += ((u128)w * power[1]) >> 64;
    }
    return first;
}

static double assemble(uint64_t mantissa, int power2)
{
    double v;
    uint64_t bits = (mantissa & ((UINT64_C(1) << MANTISSA_BITS) - 1)) | (uint64_t)power2
                                                                            << MANTISSA_BITS;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static double subnormal(uint64_t mantissa, int power2)
{
    if (-power2 + 1 >= 64) {
        return 0.0;
    }
    mantissa >>= -power2 + 1;
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    return assemble(mantissa, mantissa >> MANTISSA_BITS ? 1 : 0);
}

double num_eisel_lemire(uint64_t m, long long exponent)
{
    if (m == 0 || exponent < NUM_POWER_LOWEST) {
        return 0.0;
    }
    if (exponent > NUM_POWER_HIGHEST) {
        return INFINITY;
    }
    int zeros = __builtin_clzll(m);
    u128 p = product(m << zeros, exponent);
    uint64_t high = (uint64_t)(p >> 64), low = (uint64_t)p;
    int upper = (int)(high >> 63);
    int shift = upper + 64 - MANTISSA_BITS - 3;
    uint64_t mantissa = high >> shift;
    int power2 = (int)((217706 * exponent) >> 16) + 63 + upper - zeros + BIAS;
    if (power2 <= 0) {
        return subnormal(mantissa, power2);
    }
    /* Exactly between two doubles: only possible for small powers, and then to the even one. */
    if (low <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) == 1 &&
        mantissa << shift == high) {
        mantissa &= ~UINT64_C(1);
    }
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    if (mantissa >> (MANTISSA_BITS + 1)) {
        mantissa = UINT64_C(1) << MANTISSA_BITS;
        power2++;
    }
    return power2 >= INFINITE ? INFINITY : assemble(mantissa, power2);
}
