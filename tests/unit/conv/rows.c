/* rows.c - reads the tables of conversions, and writes values the way they do. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/num.h"
#include "base/wire_type.h"
#include "conv/ctype.h"

static void bad(const char *where, const char *what)
{
    fprintf(stderr, "%s: %s\n", where, what);
    exit(EXIT_FAILURE);
}

static char *trim(char *s)
{
    while (*s == ' ') {
        s++;
    }
    char *end = s + strlen(s);
    while (end > s && (end[-1] == ' ' || end[-1] == '\n')) {
        *--end = 0;
    }
    return s;
}

static unsigned hex2(const char *s)
{
    unsigned v = 0;
    if (sscanf(s, "%2x", &v) != 1) {
        bad(s, "two hexadecimal digits expected");
    }
    return v;
}

static void put(struct bytes *b, unsigned c)
{
    if (b->n == ROW_BYTES) {
        bad("row", "too long");
    }
    b->p[b->n++] = (unsigned char)c;
}

static struct bytes from_hex(const char *s)
{
    struct bytes b = {.given = strcmp(s, "-") != 0};
    for (; b.given && *s && strcmp(s, "\\e") != 0; s += 2) {
        put(&b, hex2(s));
    }
    return b;
}

static struct bytes from_text(const char *s)
{
    struct bytes b = {.given = strcmp(s, "-") != 0};
    if (strncmp(s, "x:", 2) == 0) {
        return from_hex(s + 2);
    }
    while (b.given && *s) {
        if (s[0] != '\\') {
            put(&b, (unsigned char)*s++);
        } else if (s[1] == 's') {
            put(&b, ' ');
            s += 2;
        } else if (s[1] == 'x') {
            put(&b, hex2(s + 2));
            s += 4;
        } else {
            s += 2; /* \e */
        }
    }
    return b;
}

static long number(const char *s)
{
    return strtol(s, NULL, 10);
}

static uint8_t wire_code(const char *name)
{
#define WIRE_TYPE(code, name_, width)                                                              \
    if (strcmp(name, &#name_[11]) == 0) {                                                          \
        return (code);                                                                             \
    }
#include "table/wire_type.def"
#undef WIRE_TYPE
    return (uint8_t)number(name);
}

static void parse_source(struct row *r, char *s)
{
    char *word = strtok(s, " ");
    r->source = (struct conv_source){
        .type = wire_code(word), .charset = 45, .length = 255, .ext_type = r->ext};
    while ((word = strtok(NULL, " "))) {
        if (strcmp(word, "unsigned") == 0) {
            r->source.flags |= CONV_FLAG_UNSIGNED;
        } else if (strcmp(word, "zerofill") == 0) {
            r->source.flags |= CONV_FLAG_UNSIGNED | CONV_FLAG_ZEROFILL;
        } else if (strcmp(word, "enum") == 0) {
            r->source.flags |= CONV_FLAG_ENUM;
        } else if (strcmp(word, "expr") == 0) {
            r->source.is_expression = r->opts.no_binary_result = true;
        } else if (strncmp(word, "len=", 4) == 0) {
            r->source.length = (uint32_t)number(word + 4);
        } else if (strncmp(word, "dec=", 4) == 0) {
            r->source.decimals = (uint8_t)number(word + 4);
        } else if (strncmp(word, "cs=", 3) == 0) {
            r->source.charset = (uint16_t)number(word + 3);
        } else if (strncmp(word, "ext=", 4) == 0) {
            snprintf(r->ext, sizeof r->ext, "%s", word + 4);
        } else {
            bad(r->text, word);
        }
    }
}

static SQLSMALLINT ctype_code(const char *name, const char *where)
{
    if (name[0] == '=') {
        return (SQLSMALLINT)number(name + 1);
    }
    if (strcmp(name, "DEFAULT") == 0) {
        return SQL_C_DEFAULT;
    }
    for (int id = -200; id < 200; id++) {
        const char *have = ctype_name((SQLSMALLINT)id);
        if (strncmp(have, "SQL_C_", 6) == 0 && strcmp(have + 6, name) == 0) {
            return (SQLSMALLINT)id;
        }
    }
    bad(where, name);
    return 0;
}

static void parse_target(struct row *r, char *s)
{
    char *word = strtok(s, " ");
    r->target.ctype = ctype_code(word, r->text);
    while ((word = strtok(NULL, " "))) {
        if (strcmp(word, "min") == 0) {
            r->opts.zero_date_to_min = true;
        } else if (strncmp(word, "scale=", 6) == 0) {
            r->target.scale = (SQLSMALLINT)number(word + 6);
            r->target.has_scale = true;
        } else if (strncmp(word, "prec=", 5) == 0) {
            r->target.precision = r->target.interval_precision = (SQLSMALLINT)number(word + 5);
        } else {
            bad(r->text, word);
        }
    }
}

static void parse(struct row *r, char *line)
{
    char *field[8];
    size_t n = 0;
    for (char *s = line; s && n < 8; n++) {
        char *end = strchr(s, '|');
        if (end) {
            *end++ = 0;
        }
        field[n] = trim(s);
        s = end;
    }
    if (n != 8) {
        bad(r->text, "eight fields expected");
    }
    parse_source(r, field[0]);
    r->cell[0] = from_text(field[1]);
    r->cell[1] = from_hex(field[2]);
    parse_target(r, field[3]);
    r->cap = strcmp(field[4], "*") == 0 ? -1 : number(field[4]);
    snprintf(r->state, sizeof r->state, "%s", field[5]);
    r->len = strcmp(field[6], "-") == 0 ? -1 : number(field[6]);
    r->value = from_text(field[7]);
}

struct rows rows_load(const char *name)
{
    char path[512], line[1024];
    struct rows all = {0};
    snprintf(path, sizeof path, "%s/%s", TEST_DATA_DIR, name);
    FILE *f = fopen(path, "re");
    if (!f) {
        bad(path, "cannot be opened");
        return all;
    }
    for (unsigned at = 1; fgets(line, sizeof line, f); at++) {
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        all.row = realloc(all.row, (all.n + 1) * sizeof *all.row);
        if (!all.row) {
            bad(path, "no memory");
        }
        struct row *r = &all.row[all.n++];
        *r = (struct row){0};
        snprintf(r->text, sizeof r->text, "%s:%u: %.*s", name, at, (int)strcspn(line, "\n"), line);
        parse(r, line);
    }
    fclose(f);
    for (size_t i = 0; i < all.n; i++) { /* the rows have moved */
        all.row[i].source.ext_type = all.row[i].ext;
    }
    return all;
}

const char *state_of(enum conv_status st)
{
    static const char *const names[] = {
        [CONV_OK] = "OK",          [CONV_TRUNCATED] = "01004", [CONV_FRACTION] = "01S07",
        [CONV_RANGE] = "22003",    [CONV_SYNTAX] = "22018",    [CONV_TEXT] = "22018",
        [CONV_DATETIME] = "22007", [CONV_OVERFLOW] = "22008",  [CONV_INTERVAL] = "22015",
        [CONV_TOO_LONG] = "22001", [CONV_PAIR] = "07006",      [CONV_CTYPE] = "HY003",
        [CONV_SQLTYPE] = "HY004",  [CONV_LENGTH] = "HY090",    [CONV_BAD_DATA] = "22018",
        [CONV_MEMORY] = "HY001",   [CONV_END] = "END",
    };
    return names[st];
}

/* ---- values as text ---- */

static size_t show_hex(const unsigned char *p, size_t n, char *out, size_t cap)
{
    size_t at = 0;
    for (size_t i = 0; i < n && at + 3 < cap; i++) {
        at += (size_t)snprintf(out + at, cap - at, "%02X", p[i]);
    }
    out[at] = 0;
    return at;
}

/* UTF-16 to UTF-8 by hand, so that the driver's code is not its own judge. */
static void show_wide(const unsigned char *p, size_t n, char *out)
{
    size_t at = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint16_t u, low = 0;
        memcpy(&u, p + i, 2);
        unsigned long c = u;
        if (u >= 0xD800 && u < 0xDC00 && i + 3 < n) {
            i += 2;
            memcpy(&low, p + i, 2);
            c = 0x10000ul + ((u & 0x3FFul) << 10) + (low & 0x3FFul);
        }
        if (c < 0x80) {
            out[at++] = (char)c;
        } else if (c < 0x800) {
            out[at++] = (char)(0xC0 | c >> 6);
            out[at++] = (char)(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            out[at++] = (char)(0xE0 | c >> 12);
            out[at++] = (char)(0x80 | (c >> 6 & 0x3F));
            out[at++] = (char)(0x80 | (c & 0x3F));
        } else {
            out[at++] = (char)(0xF0 | c >> 18);
            out[at++] = (char)(0x80 | (c >> 12 & 0x3F));
            out[at++] = (char)(0x80 | (c >> 6 & 0x3F));
            out[at++] = (char)(0x80 | (c & 0x3F));
        }
    }
    out[at] = 0;
}

static void show_int(const struct ctype_row *t, const void *data, char *out, size_t cap)
{
    int64_t v = 0;
    memcpy(&v, data, t->size);
    if (t->is_unsigned) {
        snprintf(out, cap, "%llu", (unsigned long long)v);
        return;
    }
    unsigned shift = 64u - 8u * t->size;
    snprintf(out, cap, "%lld", (long long)((int64_t)((uint64_t)v << shift) >> shift));
}

static void show_numeric(const void *data, char *out, size_t cap)
{
    SQL_NUMERIC_STRUCT n;
    char digits[48];
    int at = 47;
    memcpy(&n, data, sizeof n);
    digits[at] = 0;
    bool any = true;
    while (any || at == 47) {
        unsigned rest = 0;
        any = false;
        for (int i = SQL_MAX_NUMERIC_LEN - 1; i >= 0; i--) {
            rest = rest * 256 + n.val[i];
            n.val[i] = (SQLCHAR)(rest / 10);
            rest %= 10;
            any = any || n.val[i];
        }
        digits[--at] = (char)('0' + rest);
    }
    snprintf(out, cap, "%d/%d %c %s", n.precision, n.scale, n.sign ? '+' : '-', digits + at);
}

static void show_interval(const struct ctype_row *t, const void *data, char *out, size_t cap)
{
    SQL_INTERVAL_STRUCT s;
    memcpy(&s, data, sizeof s);
    const char *name =
        ctype_name((SQLSMALLINT)(SQL_INTERVAL_YEAR + ((int)s.interval_type - 1))) + 6;
    char sign = s.interval_sign == SQL_TRUE ? '-' : '+';
    if (t->family == FAMILY_MONTHS) {
        snprintf(out, cap, "%s %c %u %u", name, sign, s.intval.year_month.year,
                 s.intval.year_month.month);
        return;
    }
    snprintf(out, cap, "%s %c %u %u %u %u %u", name, sign, s.intval.day_second.day,
             s.intval.day_second.hour, s.intval.day_second.minute, s.intval.day_second.second,
             s.intval.day_second.fraction);
}

static void show_timestamp(const void *data, char *out, size_t cap)
{
    SQL_TIMESTAMP_STRUCT s;
    char day[24];
    time_t now = time(NULL);
    struct tm tm;
    memcpy(&s, data, sizeof s);
    localtime_r(&now, &tm);
    if (s.year == tm.tm_year + 1900 && s.month == tm.tm_mon + 1 && s.day == tm.tm_mday) {
        snprintf(day, sizeof day, "today");
    } else {
        snprintf(day, sizeof day, "%04d-%02u-%02u", s.year, s.month, s.day);
    }
    snprintf(out, cap, "%s %02u:%02u:%02u.%09u", day, s.hour, s.minute, s.second, s.fraction);
}

static void show_guid(const void *data, char *out, size_t cap)
{
    SQLGUID g;
    memcpy(&g, data, sizeof g);
    int n = snprintf(out, cap, "%08x-%04x-%04x-", (unsigned)g.Data1, g.Data2, g.Data3);
    for (int i = 0; i < 8; i++) {
        n += snprintf(out + n, cap - (size_t)n, "%02x", g.Data4[i]);
    }
}

void value_show(const struct conv_plan *p, const void *data, size_t n, char *out, size_t cap)
{
    SQL_DATE_STRUCT d;
    SQL_TIME_STRUCT t;
    double real;
    float single;
    switch (p->ctype->family) {
    case FAMILY_INT:
    case FAMILY_BIT:
        show_int(p->ctype->family == FAMILY_BIT ? ctype_find(SQL_C_UTINYINT) : p->ctype, data, out,
                 cap);
        return;
    case FAMILY_DOUBLE:
        memcpy(&real, data, sizeof real);
        snprintf(out, cap, "%.17g", real);
        return;
    case FAMILY_FLOAT:
        memcpy(&single, data, sizeof single);
        snprintf(out, cap, "%.9g", (double)single);
        return;
    case FAMILY_NUMERIC:
        show_numeric(data, out, cap);
        return;
    case FAMILY_CHAR:
        snprintf(out, cap, "%.*s", (int)n, (const char *)data);
        return;
    case FAMILY_WCHAR:
        show_wide(data, n, out);
        return;
    case FAMILY_BINARY:
        show_hex(data, n, out, cap);
        return;
    case FAMILY_DATE:
        memcpy(&d, data, sizeof d);
        snprintf(out, cap, "%04d-%02u-%02u", d.year, d.month, d.day);
        return;
    case FAMILY_TIME:
        memcpy(&t, data, sizeof t);
        snprintf(out, cap, "%02u:%02u:%02u", t.hour, t.minute, t.second);
        return;
    case FAMILY_TIMESTAMP:
        show_timestamp(data, out, cap);
        return;
    case FAMILY_GUID:
        show_guid(data, out, cap);
        return;
    default:
        show_interval(p->ctype, data, out, cap);
        return;
    }
}

/* Bytes that may hold NUL are compared as they are; reals as numbers with their sign; the rest as
 * text. */
bool value_is(const struct conv_plan *p, const void *data, size_t n, const struct bytes *expected)
{
    char want[2 * ROW_BYTES + 1], have[2 * ROW_BYTES + 1];
    snprintf(want, sizeof want, "%.*s", (int)expected->n, (const char *)expected->p);
    if (p->ctype->family == FAMILY_CHAR) {
        return n == expected->n && memcmp(data, expected->p, n) == 0;
    }
    value_show(p, data, n, have, sizeof have);
    if (p->ctype->family == FAMILY_DOUBLE || p->ctype->family == FAMILY_FLOAT) {
        double a = strtod(want, NULL), b = strtod(have, NULL);
        a = p->ctype->family == FAMILY_FLOAT ? (double)(float)a : a;
        b = p->ctype->family == FAMILY_FLOAT ? (double)(float)b : b;
        return a == b && (want[0] == '-') == (have[0] == '-');
    }
    if (p->ctype->family == FAMILY_WCHAR) {
        return n % 2 == 0 && memcmp(have, expected->p, expected->n) == 0 && have[expected->n] == 0;
    }
    return strcmp(want, have) == 0;
}
