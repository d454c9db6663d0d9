/* fuzz_cal.c - any bytes as a date, a time and a timestamp: parts are in range, and what is written
 * reads back as the same. */
#include "base/cal.h"
#include "fuzz.h"

static void check_ranges(const struct cal *c, unsigned hours)
{
    MUST(c->year <= 9999 && c->month <= 12 && c->day <= 31);
    MUST(c->hour <= hours && c->minute <= 59 && c->second <= 59 && c->nano <= 999999999);
    MUST(!cal_is_zero(c) || !cal_valid(c));
}

static bool is_same(const struct cal *a, const struct cal *b)
{
    return a->negative == b->negative && a->year == b->year && a->month == b->month &&
           a->day == b->day && a->hour == b->hour && a->minute == b->minute &&
           a->second == b->second && a->nano == b->nano;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *s = (const char *)data;
    char text[CAL_CHARS];
    struct cal c = {0}, back = {0};
    if (cal_get_date(s, n, &c) == CAL_OK) {
        check_ranges(&c, 0);
        MUST(!c.negative && c.minute == 0 && c.second == 0 && c.nano == 0);
        MUST(cal_get_date(text, cal_put_date(text, &c), &back) == CAL_OK && is_same(&c, &back));
        MUST(cal_get_timestamp(s, n, &back) == CAL_OK && is_same(&c, &back));
    }
    if (cal_get_time(s, n, &c) == CAL_OK) {
        check_ranges(&c, 9999999);
        MUST(c.year == 0 && c.month == 0 && c.day == 0);
        size_t len = cal_put_time(text, &c, 9);
        MUST(len <= CAL_CHARS && cal_get_time(text, len, &back) == CAL_OK && is_same(&c, &back));
    }
    if (cal_get_timestamp(s, n, &c) == CAL_OK) {
        check_ranges(&c, 23);
        MUST(!c.negative && (cal_is_zero(&c) || cal_valid(&c)));
        size_t len = cal_put_timestamp(text, &c, 9);
        MUST(len <= CAL_CHARS && cal_get_timestamp(text, len, &back) == CAL_OK);
        MUST(is_same(&c, &back));
    }
    return 0;
}
