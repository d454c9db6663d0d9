/* fuzz_param.c - any buffer of an application, of any C type, as a parameter of any SQL type: both
 * forms agree, and hold what their form promises. */
#include "base/num.h"
#include "base/text.h"
#include "base/wire_type.h"
#include "conv/param.h"
#include "conv/plan.h"

#include "fuzz.h"

static void check_literal(const struct buf *b, enum param_form form)
{
    struct num_parts parts;
    const char *s = (const char *)b->p;
    size_t n = b->len;
    if (form == PARAM_NUMBER) { /* stands bare in SQL: digits only, nothing to inject */
        MUST(n > 0 && num_scan(s, n, &parts));
        for (size_t i = 0; i < n; i++) {
            MUST(s[i] && strchr("0123456789+-.eE", s[i]));
        }
    } else if (form == PARAM_TEXT) {
        MUST(text_valid(s, n));
    } else {
        MUST(form == PARAM_BYTES);
    }
}

static void check_bytes(const struct buf *b, uint8_t type)
{
    size_t n = b->len;
    switch (type) {
    case MYSQL_TYPE_TINY:
        MUST(n == 1);
        break;
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_DOUBLE:
        MUST(n == 8);
        break;
    case MYSQL_TYPE_DATE:
        MUST(n == 4);
        break;
    case MYSQL_TYPE_DATETIME:
        MUST(n == 7 || n == 11);
        break;
    case MYSQL_TYPE_TIME:
        MUST(n == 8 || n == 12);
        break;
    default:
        MUST(type == MYSQL_TYPE_NEWDECIMAL || type == MYSQL_TYPE_VAR_STRING ||
             type == MYSQL_TYPE_BLOB);
        break;
    }
}

static bool is_text(uint8_t type)
{
    return type == MYSQL_TYPE_NEWDECIMAL || type == MYSQL_TYPE_VAR_STRING ||
           type == MYSQL_TYPE_BLOB;
}

/* The same number, date or text in both forms?  (Dates: checked by their lengths only.) */
static void check_agree(const struct buf *lit, enum param_form form, const struct buf *bin,
                        uint8_t type, bool is_unsigned)
{
    int64_t i = 0;
    uint64_t u = 0, raw = 0;
    double d = 0, v = 0;
    if (is_text(type)) {
        MUST(lit->len == bin->len && (lit->len == 0 || memcmp(lit->p, bin->p, lit->len) == 0));
        MUST((type == MYSQL_TYPE_BLOB) == (form == PARAM_BYTES));
    } else if (type == MYSQL_TYPE_LONGLONG) {
        memcpy(&raw, bin->p, 8);
        MUST(is_unsigned
                 ? num_get_u64((char *)lit->p, lit->len, &u) == NUM_OK && u == raw
                 : num_get_i64((char *)lit->p, lit->len, &i) == NUM_OK && i == (int64_t)raw);
    } else if (type == MYSQL_TYPE_DOUBLE) {
        memcpy(&v, bin->p, 8);
        MUST(num_get_double((char *)lit->p, lit->len, &d) == NUM_OK && memcmp(&d, &v, 8) == 0);
    }
}

/* What a load gets the short way, in a room of any size, is what it gets the general way. */
static void check_plain(const struct param_plan *p, const char *data, SQLLEN ind, size_t room)
{
    struct buf b = {0};
    enum param_form form = PARAM_NULL;
    if (!param_plain(p)) {
        return;
    }
    unsigned char *to = malloc(room + PARAM_PLAIN_ROOM);
    unsigned char *end = param_plain(p)(p, data, ind, to, to + room);
    enum conv_status st = param_field(p, data, ind, &b, &form);
    if (end) {
        MUST(st == CONV_OK && (form == PARAM_NUMBER || form == PARAM_TEXT));
        MUST((size_t)(end - to) == b.len && (b.len == 0 || memcmp(to, b.p, b.len) == 0));
        MUST(text_valid((const char *)to, b.len) && (p->size || b.len <= room));
        for (size_t i = 0; i < b.len; i++) {
            MUST(to[i] >= 0x20);
        }
    }
    free(to);
    buf_clear(&b);
}

static void check_param(const struct param_plan *p, const void *data, SQLLEN ind)
{
    static const char before[] = "left alone";
    struct buf lit = {0}, bin = {0};
    enum param_form form = PARAM_NULL;
    uint8_t type = 255;
    bool is_unsigned = false;
    enum conv_status ls = param_literal(p, data, ind, &lit, &form);
    enum conv_status bs = param_binary(p, data, ind, &bin, &type, &is_unsigned);
    MUST(ls == bs && ls != CONV_MEMORY && ls != CONV_TRUNCATED);
    if (CONV_HAS_DATA(ls)) {
        check_literal(&lit, form);
        check_bytes(&bin, type);
        check_agree(&lit, form, &bin, type, is_unsigned);
    } else {
        MUST(lit.len == 0 && bin.len == 0);
    }
    struct buf b = {0}; /* what stands in the buffer before is not touched */
    buf_puts(&b, before);
    MUST(param_literal(p, data, ind, &b, &form) == ls && b.len == sizeof before - 1 + lit.len);
    MUST(memcmp(b.p, before, sizeof before - 1) == 0);
    MUST(lit.len == 0 || memcmp(b.p + sizeof before - 1, lit.p, lit.len) == 0);
    buf_clear(&b);
    buf_clear(&lit);
    buf_clear(&bin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned bits = fuzz_byte(&in);
    struct conv_opts o = {.min_date_to_zero = bits & 1, .no_date_overflow = bits & 2};
    struct param_target t = {.is_unsigned = bits & 4};
    t.ctype = (SQLSMALLINT)(fuzz_byte(&in) - 128);
    t.sql_type = (SQLSMALLINT)(fuzz_byte(&in) - 128);
    struct param_plan p;
    if (param_bind(&p, &t, &o) != CONV_OK) {
        return 0;
    }
    size_t end = bits & 8 && p.size == 0 ? 2 : 0;                      /* terminated */
    unsigned char *block = calloc(in.n + end + 1, 1), *at = block + 1; /* of any alignment */
    memcpy(at, in.p, in.n);
    if (in.n >= p.size && (end == 0 || in.n % 2 == 0)) {
        SQLLEN ind = end ? SQL_NTS : (SQLLEN)in.n;
        check_param(&p, at, ind);
        check_plain(&p, (const char *)at, ind, bits & 16 ? bits >> 5 : 2 * in.n);
    }
    free(block);
    return 0;
}
