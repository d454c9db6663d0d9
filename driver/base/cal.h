/* cal.h - dates, times and timestamps as text and as numbers.  Years 0..9999, as MySQL; fraction in
 * nanoseconds. */
#ifndef MYWIRE_BASE_CAL_H
#define MYWIRE_BASE_CAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Also carries what MySQL calls zero dates: month and day may be 0.  A TIME may be negative and
 * pass 24 hours
 * (-838:59:59 to 838:59:59 on MySQL): hour is then up to 838. */
struct cal {
    bool negative; /* only for times */
    uint16_t year;
    uint8_t month, day;
    uint32_t hour;
    uint8_t minute, second;
    uint32_t nano; /* 0..999999999 */
};

enum cal_status {
    CAL_OK = 0,
    CAL_SYNTAX, /* not a date, time or timestamp */
    CAL_RANGE   /* a part is out of its range (month 13, 30 February) */
};

/* cal_get_date "YYYY-MM-DD"; cal_get_time "[-]H+:MM:SS[.f]"; cal_get_timestamp "YYYY-MM-DD
 * HH:MM:SS[.f]", also with 'T', also a date alone.  Surrounding ASCII spaces are accepted.  Zero
 * month or day passes (see cal_is_zero).  Parts that are absent are 0.  Up to 9 fraction digits are
 * kept, later ones ignored. */
enum cal_status cal_get_date(const char *s, size_t n, struct cal *out);
enum cal_status cal_get_time(const char *s, size_t n, struct cal *out);
enum cal_status cal_get_timestamp(const char *s, size_t n, struct cal *out);

#define CAL_CHARS 40
/* cal_put_* - to out (CAL_CHARS bytes), with decimals 0..9 fraction digits; returns bytes written;
 * no NUL. */
size_t cal_put_date(char *out, const struct cal *c);
size_t cal_put_time(char *out, const struct cal *c, int decimals);
size_t cal_put_timestamp(char *out, const struct cal *c, int decimals);

bool cal_valid(const struct cal *c);   /* a real calendar day and a time of day below 24:00:00 */
bool cal_is_zero(const struct cal *c); /* month or day is 0 */

#endif
