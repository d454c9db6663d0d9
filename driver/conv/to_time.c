/* to_time.c - values to dates, times of day and timestamps.
 *
 * A zero date (month or day 0) is NULL to the application, as in the peers, or the first day that
 * there is (ZERO_DATE_TO_MIN).  A TIME that is negative or passes 24 hours is no time of day
 * (22007); as text and as interval it is given whole. Source: ODBC reference, appendix D, "SQL to
 * C: Date", "Time", "Timestamp", "Character". */
#include "conv/value.h"

#include <string.h>
#include <time.h>

void conv_today(struct cal *c)
{
    time_t now = time(NULL);
    struct tm tm;
    if (localtime_r(&now, &tm)) {
        c->year = (uint16_t)(tm.tm_year + 1900);
        c->month = (uint8_t)(tm.tm_mon + 1);
        c->day = (uint8_t)tm.tm_mday;
    }
}

/* ---- storing ---- */

/* Is the date to be seen as NULL?  Otherwise c may have become the first day. */
static bool is_null_date(const struct conv_plan *p, struct cal *c, SQLLEN *len)
{
    if (!cal_is_zero(c)) {
        return false;
    }
    if (!p->zero_date_to_min) {
        *len = SQL_NULL_DATA;
        return true;
    }
    c->month = c->month ? c->month : 1;
    c->day = c->day ? c->day : 1;
    return false;
}

static enum conv_status store_date(const struct conv_plan *p, const struct cal *from, void *dst,
                                   SQLLEN *len)
{
    struct cal c = *from;
    if (is_null_date(p, &c, len)) {
        return CONV_OK;
    }
    if (!cal_valid(&c)) {
        return CONV_DATETIME;
    }
    SQL_DATE_STRUCT d = {.year = (SQLSMALLINT)c.year, .month = c.month, .day = c.day};
    (void)put_fixed(&d, sizeof d, dst, len);
    return c.hour || c.minute || c.second || c.nano ? CONV_FRACTION : CONV_OK;
}

static enum conv_status store_time(const struct cal *c, void *dst, SQLLEN *len)
{
    if (c->negative || c->hour > 23) {
        return CONV_DATETIME;
    }
    SQL_TIME_STRUCT t = {.hour = (SQLUSMALLINT)c->hour, .minute = c->minute, .second = c->second};
    (void)put_fixed(&t, sizeof t, dst, len);
    return c->nano ? CONV_FRACTION : CONV_OK;
}

static SQL_TIMESTAMP_STRUCT timestamp_of(const struct cal *c)
{
    return (SQL_TIMESTAMP_STRUCT){
        .year = (SQLSMALLINT)c->year,
        .month = c->month,
        .day = c->day,
        .hour = (SQLUSMALLINT)c->hour,
        .minute = c->minute,
        .second = c->second,
        .fraction = c->nano,
    };
}

static enum conv_status store_timestamp(const struct conv_plan *p, const struct cal *from,
                                        void *dst, SQLLEN *len)
{
    struct cal c = *from;
    if (is_null_date(p, &c, len)) {
        return CONV_OK;
    }
    if (!cal_valid(&c)) {
        return CONV_DATETIME;
    }
    SQL_TIMESTAMP_STRUCT t = timestamp_of(&c);
    return put_fixed(&t, sizeof t, dst, len);
}

/* A time of day on the current date.  The fraction stays: the reference would drop it, and nobody
 * gains. */
static enum conv_status store_today(const struct conv_plan *p, const struct cal *time, void *dst,
                                    SQLLEN *len)
{
    struct cal c = *time;
    conv_today(&c);
    return store_timestamp(p, &c, dst, len);
}

/* ---- from dates and times ---- */

enum conv_status put_date_date(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_date(p, &v->cal, dst, len);
}

enum conv_status put_date_timestamp(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_timestamp(p, &v->cal, dst, len);
}

enum conv_status put_time_time(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    return store_time(&v->cal, dst, len);
}

enum conv_status put_time_timestamp(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_today(p, &v->cal, dst, len);
}

enum conv_status put_timestamp_date(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_date(p, &v->cal, dst, len);
}

enum conv_status put_timestamp_time(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)cap;
    struct cal c = v->cal;
    return is_null_date(p, &c, len) ? CONV_OK : store_time(&c, dst, len);
}

enum conv_status put_timestamp_timestamp(const struct conv_plan *p, const struct value *v,
                                         void *dst, size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_timestamp(p, &v->cal, dst, len);
}

/* ---- from text: the forms of a date, a time and a timestamp; anything else is 22018 ---- */

static enum conv_status not_a_literal(enum conv_status st)
{
    return st == CONV_DATETIME ? CONV_SYNTAX : st;
}

enum conv_status put_text_date(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    (void)cap;
    struct cal c;
    return cal_get_timestamp(v->p, v->n, &c) == CAL_OK ? not_a_literal(store_date(p, &c, dst, len))
                                                       : CONV_SYNTAX;
}

enum conv_status put_text_time(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    struct cal c;
    bool ok = cal_get_time(v->p, v->n, &c) == CAL_OK ||
              (cal_get_date(v->p, v->n, &c) != CAL_OK && /* which has no time of day */
               cal_get_timestamp(v->p, v->n, &c) == CAL_OK);
    return ok ? not_a_literal(store_time(&c, dst, len)) : CONV_SYNTAX;
}

enum conv_status put_text_timestamp(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)cap;
    struct cal c;
    if (cal_get_timestamp(v->p, v->n, &c) == CAL_OK) {
        return not_a_literal(store_timestamp(p, &c, dst, len));
    }
    return cal_get_time(v->p, v->n, &c) == CAL_OK ? not_a_literal(store_today(p, &c, dst, len))
                                                  : CONV_SYNTAX;
}

/* ---- SQL_C_BINARY: the bytes of the C struct; too little room is 22003 ---- */

enum conv_status put_date_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                 size_t cap, SQLLEN *len)
{
    return dst && cap < sizeof(SQL_DATE_STRUCT) ? CONV_RANGE : store_date(p, &v->cal, dst, len);
}

enum conv_status put_time_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                 size_t cap, SQLLEN *len)
{
    (void)p;
    return dst && cap < sizeof(SQL_TIME_STRUCT) ? CONV_RANGE : store_time(&v->cal, dst, len);
}

enum conv_status put_timestamp_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                      size_t cap, SQLLEN *len)
{
    return dst && cap < sizeof(SQL_TIMESTAMP_STRUCT) ? CONV_RANGE
                                                     : store_timestamp(p, &v->cal, dst, len);
}
