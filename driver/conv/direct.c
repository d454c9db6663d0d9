/* direct.c - numbers and dates by plain stores, text and bytes as they are. */
#include "conv/direct.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/wire_type.h"
#include "conv/from_c.h"

static void store_u64(unsigned char *to, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++) {
        to[i] = (unsigned char)(v >> (8 * i));
    }
}

static size_t put_int(const struct param_plan *p, const void *data, unsigned char *to)
{
    int64_t i = load_int(p->ctype->size, data);
    uint64_t u = p->ctype->is_unsigned ? (uint64_t)i & p->ctype->max : (uint64_t)i;
    bool is_negative = i < 0 && !p->ctype->is_unsigned;
    if (is_negative ? i < p->sqltype->min : u > p->sqltype->max) {
        return 0;
    }
    store_u64(to, u);
    return 8;
}

static size_t put_double(const struct param_plan *p, const void *data, unsigned char *to)
{
    (void)p;
    double d;
    uint64_t bits;
    memcpy(&d, data, sizeof d);
    memcpy(&bits, data, sizeof bits);
    if (!isfinite(d)) {
        return 0;
    }
    store_u64(to, bits);
    return 8;
}

static void store_day(unsigned char *to, const struct cal *c)
{
    to[0] = (unsigned char)c->year;
    to[1] = (unsigned char)(c->year >> 8);
    to[2] = c->month;
    to[3] = c->day;
}

static size_t put_date(const struct param_plan *p, const void *data, unsigned char *to)
{
    struct param_value v;
    if (p->take(p, data, p->size, NULL, &v) != CONV_OK) {
        return 0;
    }
    store_day(to, &v.v.cal);
    return 4;
}

static size_t put_timestamp(const struct param_plan *p, const void *data, unsigned char *to)
{
    struct param_value v;
    const struct cal *c = &v.v.cal;
    if (p->take(p, data, p->size, NULL, &v) != CONV_OK || c->nano % 1000) {
        return 0;
    }
    store_day(to, c);
    to[4] = (unsigned char)c->hour;
    to[5] = c->minute;
    to[6] = c->second;
    uint32_t micro = c->nano / 1000;
    for (unsigned i = 0; i < 4; i++) {
        to[7 + i] = (unsigned char)(micro >> (8 * i));
    }
    return micro ? 11 : 7;
}

static bool is_same_bytes(const char *data, size_t n)
{
    (void)data;
    (void)n;
    return true;
}

static const struct {
    enum ctype_family from;
    enum sql_family to;
    struct direct way;
} ways[] = {
    {FAMILY_INT, SQLF_INT, {.put = put_int, .type = MYSQL_TYPE_LONGLONG}},
    {FAMILY_DOUBLE, SQLF_REAL, {.put = put_double, .type = MYSQL_TYPE_DOUBLE}},
    {FAMILY_DATE, SQLF_DATE, {.put = put_date, .type = MYSQL_TYPE_DATE}},
    {FAMILY_TIMESTAMP, SQLF_TIMESTAMP, {.put = put_timestamp, .type = MYSQL_TYPE_DATETIME}},
    {FAMILY_CHAR, SQLF_CHAR, {.same = text_valid, .type = MYSQL_TYPE_VAR_STRING}},
    {FAMILY_BINARY, SQLF_BYTES, {.same = is_same_bytes, .type = MYSQL_TYPE_BLOB}},
};

bool direct_find(const struct param_plan *p, struct direct *d)
{
    *d = (struct direct){0};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (ways[i].from == p->ctype->family && ways[i].to == p->sqltype->family) {
            *d = ways[i].way;
            d->is_unsigned = p->ctype->family == FAMILY_INT && p->ctype->is_unsigned;
            return true;
        }
    }
    return false;
}
