/* rd.c - the reads that are not worth inlining. */
#include "wire/rd.h"

uint64_t rd_lenenc_long(struct rd *r, unsigned first)
{
    switch (first) {
    case 0xFC:
        return rd_u16(r);
    case 0xFD:
        return rd_u24(r);
    case 0xFE:
        return rd_u64(r);
    default:
        r->bad = true;
        r->p = r->end;
        return 0;
    }
}

struct rd_range rd_bytes(struct rd *r, uint64_t n)
{
    const unsigned char *p = rd_take(r, n);
    return p ? (struct rd_range){p, (size_t)n} : (struct rd_range){r->end, 0};
}

struct rd_range rd_lenstr(struct rd *r)
{
    return rd_bytes(r, rd_lenenc(r));
}

struct rd_range rd_nulstr(struct rd *r)
{
    size_t left = rd_left(r);
    const unsigned char *nul = left ? memchr(r->p, 0, left) : NULL;
    if (!nul) {
        r->bad = true;
        r->p = r->end;
        return (struct rd_range){r->end, 0};
    }
    struct rd_range s = {r->p, (size_t)(nul - r->p)};
    r->p = nul + 1;
    return s;
}

struct rd_range rd_rest(struct rd *r)
{
    return rd_bytes(r, rd_left(r));
}

bool rd_range_eq(struct rd_range a, const char *text)
{
    size_t n = strlen(text);
    return a.n == n && memcmp(a.p, text, n) == 0;
}
