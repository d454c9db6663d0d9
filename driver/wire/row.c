/* row.c - text and binary rows. */
#include "wire/row.h"

#define NULL_CELL 0xFBu

static const int8_t widths_by_type[256] = {
/* Rows hold width + 3, so that what has no row is 0, which reads as length-encoded. */
#define WIRE_TYPE(code, name, width) [code] = (width) + 3,
#include "table/wire_type.def"
#undef WIRE_TYPE
};

int row_width(uint8_t type)
{
    int w = widths_by_type[type];
    return w ? w - 3 : WIRE_LENENC;
}

bool row_is_temporal_length(size_t n)
{
    return n <= 12 &&
           (1u << n & (1u << 0 | 1u << 4 | 1u << 7 | 1u << 8 | 1u << 11 | 1u << 12)) != 0;
}

/* A length that needs more than one byte.  Out of line: rare in rows. */
static __attribute__((noinline)) const unsigned char *
long_cell(const unsigned char *p, const unsigned char *end, struct cell *c)
{
    struct rd r = {.p = p, .end = end};
    struct rd_range s = rd_lenstr(&r);
    if (!rd_ok(&r)) {
        return NULL;
    }
    *c = (struct cell){s.p, s.n};
    return r.p;
}

/* The length-encoded string at p < end; returns the byte behind it, or NULL. */
static inline const unsigned char *short_cell(const unsigned char *p, const unsigned char *end,
                                              struct cell *c)
{
    size_t n = *p;
    if (n >= NULL_CELL) {
        return long_cell(p, end, c);
    }
    if (n >= (size_t)(end - p)) {
        return NULL;
    }
    c->p = p + 1;
    c->len = n;
    return p + 1 + n;
}

bool row_split_text(struct rd_range row, struct cell *cells, size_t ncols)
{
    const unsigned char *p = row.p, *end = row.p + row.n;
    for (struct cell *c = cells; c < cells + ncols; c++) {
        if (p == end) {
            return false;
        }
        if (*p == NULL_CELL) {
            *c = (struct cell){NULL, 0};
            p++;
            continue;
        }
        p = short_cell(p, end, c);
        if (!p) {
            return false;
        }
    }
    return p == end;
}

/* One value that is not NULL; returns the byte behind it, or NULL. */
static inline const unsigned char *binary_cell(const unsigned char *p, const unsigned char *end,
                                               int width, struct cell *c)
{
    if (width >= 0) {
        if ((size_t)width > (size_t)(end - p)) {
            return NULL;
        }
        *c = (struct cell){p, (size_t)width};
        return p + width;
    }
    if (p == end) {
        return NULL;
    }
    const unsigned char *next = short_cell(p, end, c);
    return next && width == WIRE_TEMPORAL && !row_is_temporal_length(c->len) ? NULL : next;
}

bool row_split_binary(struct rd_range row, struct cell *cells, const int8_t *widths, size_t ncols)
{
    size_t nbits = (ncols + 7 + 2) / 8;
    if (row.n < 1 + nbits || row.p[0] != 0) {
        return false;
    }
    const unsigned char *bits = row.p + 1, *p = bits + nbits, *end = row.p + row.n;
    for (size_t i = 0; i < ncols; i++) {
        if (bits[(i + 2) / 8] >> ((i + 2) % 8) & 1) {
            cells[i] = (struct cell){NULL, 0};
            continue;
        }
        p = binary_cell(p, end, widths[i], &cells[i]);
        if (!p) {
            return false;
        }
    }
    return p == end;
}
