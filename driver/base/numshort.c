/* numshort.c - the algorithm Schubfach.
 *
 * The number and the borders to its neighbours, half way, are scaled by a power of ten so that 16
 * or 17 digits stand before the point, four times as large, with all that is lost behind it kept in
 * the last bit ("round to odd").  Then whole comparisons tell whether the nearest decimal with a
 * digit less lies between the borders, or else the nearest.
 * Source: R. Giulietti, "The Schubfach way to render doubles", 2020. */
#include "base/numshort.h"

#include "base/numeisel.h"

__extension__ typedef unsigned __int128 u128;

/* 10^k rounded up to 128 bits, highest bit set.  The table is rounded down where it is not exact or
 * rounded up already. */
static u128 power_of_ten(int k)
{
    const uint64_t *p = num_power_of_five[k - NUM_POWER_LOWEST];
    return ((u128)p[0] << 64 | p[1]) + (k < -27 || k > 55);
}

static uint64_t scale(u128 power, uint64_t c)
{
    u128 low = (u128)(uint64_t)power * c;
    u128 all = (u128)(uint64_t)(power >> 64) * c + (uint64_t)(low >> 64);
    return (uint64_t)(all >> 64) | ((uint64_t)all > 1);
}

static void strip_zeros(uint64_t m, int exponent, uint64_t *digits, int *power)
{
    static const struct {
        uint32_t unit;
        int zeros;
    } steps[] = {{100000000, 8}, {100000000, 8}, {10000, 4}, {100, 2}, {10, 1}};
    for (unsigned i = 0; m % 10 == 0 && i < sizeof steps / sizeof steps[0]; i++) {
        if (m % steps[i].unit == 0) {
            m /= steps[i].unit;
            exponent += steps[i].zeros;
        }
    }
    *digits = m;
    *power = exponent;
}

bool num_shortest(uint64_t c, int q, uint64_t *digits, int *exponent)
{
    bool is_power = !(c & (c - 1));                        /* of two: numbers below lie closer */
    int k = (q * 1262611 - (is_power ? 524031 : 0)) >> 22; /* log10(2^q), or of 3/4 of it */
    if (-k > NUM_POWER_HIGHEST) {
        return false;
    }
    int h = q + ((-k * 1741647) >> 19) + 1; /* 1 to 4 */
    u128 power = power_of_ten(-k);
    uint64_t odd = c & 1; /* then a border reads as the neighbour */
    uint64_t lower = scale(power, (4 * c - 2 + is_power) << h) + odd;
    uint64_t upper = scale(power, (4 * c + 2) << h) - odd;
    uint64_t value = scale(power, (4 * c) << h);
    uint64_t s = value / 4, tens = s / 10;
    bool up = value > 40 * tens + 20;
    if (up ? 40 * tens + 40 <= upper : lower <= 40 * tens) {
        strip_zeros(tens + up, k + 1, digits, exponent);
        return true;
    }
    if (is_power) {
        return false;
    }
    up = value > 4 * s + 2 || (value == 4 * s + 2 && (s & 1)); /* always between the borders */
    strip_zeros(s + up, k, digits, exponent);
    return true;
}
