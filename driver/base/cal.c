/* cal.c - dates and times as text and back.  Reads what MySQL servers print and ODBC literals hold;
 * no time zones. */
#include "base/cal.h"

#include <string.h>

#include "base/num.h"

/* What is left of a text. */
struct scan {
    const char *s;
    size_t n;
};

static struct scan trimmed(const char *s, size_t n)
{
    while (n && s[0] == ' ') {
        s++;
        n--;
    }
    while (n && s[n - 1] == ' ') {
        n--;
    }
    return (struct scan){s, n};
}

static bool take(struct scan *c, char wanted)
{
    if (c->n == 0 || c->s[0] != wanted) {
        return false;
    }
    c->s++;
    c->n--;
    return true;
}

/* Between min and max digits; more are not taken. */
static bool take_digits(struct scan *c, size_t min, size_t max, uint32_t *out)
{
    uint32_t v = 0;
    size_t i = 0;
    while (i < max && i < c->n && c->s[i] >= '0' && c->s[i] <= '9') {
        v = v * 10 + (uint32_t)(c->s[i] - '0');
        i++;
    }
    c->s += i;
    c->n -= i;
    *out = v;
    return i >= min;
}

/* ".digits", kept to the nanosecond; absent is 0. */
static bool take_fraction(struct scan *c, uint32_t *nano)
{
    *nano = 0;
    if (!take(c, '.')) {
        return true;
    }
    size_t before = c->n;
    uint32_t ignored;
    (void)take_digits(c, 0, 9, nano); /* no digits after the point is fine, as in MySQL */
    for (size_t i = before - c->n; i < 9; i++) {
        *nano *= 10;
    }
    while (c->n && take_digits(c, 1, 1, &ignored)) {
    }
    return true;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const unsigned char days[13] = {31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && !leap ? 28 : days[month];
}

/* Two digits; what is not a digit is noted in *bad. */
static unsigned pair_at(const char *s, bool *bad)
{
    unsigned a = (unsigned char)s[0] - (unsigned)'0', b = (unsigned char)s[1] - (unsigned)'0';
    *bad = *bad | (a > 9) | (b > 9);
    return a * 10 + b;
}

/* "YYYY-MM-DD", as servers print it: the hot path. */
static bool fixed_date(struct scan *c, uint32_t *year, uint32_t *month, uint32_t *day)
{
    if (c->n < 10) {
        return false;
    }
    const char *s = c->s;
    bool bad = s[4] != '-' || s[7] != '-';
    *year = pair_at(s, &bad) * 100 + pair_at(s + 2, &bad);
    *month = pair_at(s + 5, &bad);
    *day = pair_at(s + 8, &bad);
    c->s += bad ? 0 : 10;
    c->n -= bad ? 0 : 10;
    return !bad;
}

/* "HH:MM:SS" to the end, likewise. */
static bool fixed_clock(struct scan *c, uint32_t *hour, uint32_t *minute, uint32_t *second)
{
    if (c->n != 8) {
        return false;
    }
    const char *s = c->s;
    bool bad = s[2] != ':' || s[5] != ':';
    *hour = pair_at(s, &bad);
    *minute = pair_at(s + 3, &bad);
    *second = pair_at(s + 6, &bad);
    c->s += bad ? 0 : 8;
    c->n -= bad ? 0 : 8;
    return !bad;
}

static bool any_date(struct scan *c, uint32_t *year, uint32_t *month, uint32_t *day)
{
    return take_digits(c, 4, 4, year) && take(c, '-') && take_digits(c, 1, 2, month) &&
           take(c, '-') && take_digits(c, 1, 2, day);
}

static enum cal_status take_date(struct scan *c, struct cal *out)
{
    uint32_t year, month, day;
    if (!fixed_date(c, &year, &month, &day) && !any_date(c, &year, &month, &day)) {
        return CAL_SYNTAX;
    }
    if (month > 12 || day > month_days(year, month)) {
        return CAL_RANGE;
    }
    out->year = (uint16_t)year;
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
    return CAL_OK;
}

/* H+:MM[:SS[.f]]; hours up to `digits` digits. */
static bool any_clock(struct scan *c, size_t digits, struct cal *out, uint32_t *hour,
                      uint32_t *minute, uint32_t *second)
{
    *second = 0;
    if (!take_digits(c, 1, digits, hour) || !take(c, ':') || !take_digits(c, 1, 2, minute)) {
        return false;
    }
    return !take(c, ':') || (take_digits(c, 1, 2, second) && take_fraction(c, &out->nano));
}

static enum cal_status take_clock(struct scan *c, size_t digits, uint32_t hour_limit,
                                  struct cal *out)
{
    uint32_t hour, minute, second;
    if (!fixed_clock(c, &hour, &minute, &second) &&
        !any_clock(c, digits, out, &hour, &minute, &second)) {
        return CAL_SYNTAX;
    }
    if (hour > hour_limit || minute > 59 || second > 59) {
        return CAL_RANGE;
    }
    out->hour = hour;
    out->minute = (uint8_t)minute;
    out->second = (uint8_t)second;
    return CAL_OK;
}

/* The rest must be empty; a syntax error counts more than a range. */
static enum cal_status at_end(const struct scan *c, enum cal_status st)
{
    return c->n ? CAL_SYNTAX : st;
}

enum cal_status cal_get_date(const char *s, size_t n, struct cal *out)
{
    struct scan c = trimmed(s, n);
    *out = (struct cal){0};
    enum cal_status st = take_date(&c, out);
    return at_end(&c, st);
}

enum cal_status cal_get_time(const char *s, size_t n, struct cal *out)
{
    struct scan c = trimmed(s, n);
    *out = (struct cal){0};
    out->negative = take(&c, '-');
    enum cal_status st = take_clock(&c, 3, 838, out);
    return at_end(&c, st);
}

enum cal_status cal_get_timestamp(const char *s, size_t n, struct cal *out)
{
    struct scan c = trimmed(s, n);
    *out = (struct cal){0};
    enum cal_status st = take_date(&c, out);
    if (st == CAL_SYNTAX || c.n == 0) {
        return st;
    }
    if (!take(&c, ' ') && !take(&c, 'T')) {
        return CAL_SYNTAX;
    }
    enum cal_status clock = take_clock(&c, 2, 23, out);
    return at_end(&c, clock == CAL_OK ? st : clock);
}

static inline char *put2(char *to, unsigned v)
{
    return num_put_two(to, v % 100);
}

static inline char *put_day(char *to, const struct cal *c)
{
    to = put2(to, c->year / 100u);
    to = put2(to, c->year % 100u);
    *to++ = '-';
    to = put2(to, c->month);
    *to++ = '-';
    return put2(to, c->day);
}

static inline char *put_rest(char *to, const struct cal *c, int decimals)
{
    *to++ = ':';
    to = put2(to, c->minute);
    *to++ = ':';
    to = put2(to, c->second);
    if (decimals <= 0) {
        return to;
    }
    *to++ = '.';
    uint32_t rest = c->nano;
    for (uint32_t unit = 100000000; decimals > 0 && unit; unit /= 10, decimals--) {
        *to++ = (char)('0' + rest / unit % 10);
    }
    return to;
}

size_t cal_put_date(char *out, const struct cal *c)
{
    return (size_t)(put_day(out, c) - out);
}

size_t cal_put_time(char *out, const struct cal *c, int decimals)
{
    char *to = out;
    uint32_t hour = c->hour;
    if (c->negative) {
        *to++ = '-';
    }
    if (hour >= 100) {
        *to++ = (char)('0' + hour / 100 % 10);
    }
    to = put2(to, hour % 100);
    return (size_t)(put_rest(to, c, decimals) - out);
}

size_t cal_put_timestamp(char *out, const struct cal *c, int decimals)
{
    char *to = put_day(out, c);
    *to++ = ' ';
    to = put2(to, c->hour);
    return (size_t)(put_rest(to, c, decimals) - out);
}

bool cal_is_zero(const struct cal *c)
{
    return c->month == 0 || c->day == 0;
}

bool cal_valid(const struct cal *c)
{
    if (c->negative || c->year > 9999 || cal_is_zero(c) || c->month > 12) {
        return false;
    }
    return c->day <= month_days(c->year, c->month) && c->hour < 24 && c->minute < 60 &&
           c->second < 60 && c->nano < 1000000000;
}
