/* clock.c - monotonic milliseconds and deadlines. */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

int64_t clock_ms(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail for this clock on Linux */
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t deadline_in(int64_t timeout_ms)
{
    if (timeout_ms <= 0) {
        return DEADLINE_NEVER;
    }
    int64_t now = clock_ms();
    return timeout_ms >= DEADLINE_NEVER - now ? DEADLINE_NEVER : now + timeout_ms;
}

int deadline_left(int64_t deadline_ms)
{
    if (deadline_ms == DEADLINE_NEVER) {
        return -1;
    }
    int64_t now = clock_ms();
    if (deadline_ms <= now) {
        return 0;
    }
    int64_t left = deadline_ms - now;
    return left > INT_MAX ? INT_MAX : (int)left;
}
