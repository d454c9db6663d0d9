/* fuzz_row.c - any bytes as a text or binary row of any columns: the cells lie in the packet,
 * follow each other, and are those of a slow and simple reader. */
#include "wire/row.h"

#include "fuzz.h"

enum { COLUMNS = 255 };

static bool is_cell(const struct cell *c, const unsigned char *p, size_t n)
{
    return c->p == p && c->len == n;
}

static void check_text(struct rd_range row, const struct cell *cells, size_t ncols, bool is_good)
{
    struct rd r = rd_init(row.p, row.n);
    for (size_t i = 0; i < ncols; i++) {
        if (rd_left(&r) && *r.p == 0xFB) {
            rd_u8(&r);
            MUST(!is_good || is_cell(&cells[i], NULL, 0));
        } else {
            struct rd_range s = rd_lenstr(&r);
            MUST(!is_good || is_cell(&cells[i], s.p, s.n));
        }
    }
    MUST(rd_end(&r) == is_good);
}

static struct rd_range simple_value(struct rd *r, int width)
{
    struct rd_range s = width >= 0 ? rd_bytes(r, (uint64_t)width) : rd_lenstr(r);
    if (width == WIRE_TEMPORAL && !row_is_temporal_length(s.n)) {
        r->bad = true;
    }
    return s;
}

static void check_binary(struct rd_range row, const struct cell *cells, const int8_t *widths,
                         size_t ncols, bool is_good)
{
    struct rd r = rd_init(row.p, row.n);
    unsigned header = rd_u8(&r);
    struct rd_range bits = rd_bytes(&r, (ncols + 9) / 8);
    bool is_bad = header != 0 || !rd_ok(&r);
    for (size_t i = 0; i < ncols && !is_bad; i++) {
        if (bits.p[(i + 2) / 8] >> (i + 2) % 8 & 1) {
            MUST(!is_good || is_cell(&cells[i], NULL, 0));
            continue;
        }
        struct rd_range s = simple_value(&r, widths[i]);
        is_bad = !rd_ok(&r);
        MUST(!is_good || is_cell(&cells[i], s.p, s.n));
    }
    MUST((!is_bad && rd_end(&r)) == is_good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    struct cell cells[COLUMNS];
    int8_t widths[COLUMNS] = {0};
    bool is_binary = fuzz_byte(&in) & 1;
    size_t ncols = fuzz_byte(&in);
    for (size_t i = 0; i < ncols && is_binary; i++) {
        int w = row_width((uint8_t)fuzz_byte(&in));
        MUST(w >= WIRE_TEMPORAL && w <= 8);
        widths[i] = (int8_t)w;
    }
    struct rd_range row = {in.p, in.n};
    if (is_binary) {
        bool is_good = row_split_binary(row, cells, widths, ncols);
        check_binary(row, cells, widths, ncols, is_good);
    } else {
        bool is_good = row_split_text(row, cells, ncols);
        check_text(row, cells, ncols, is_good);
    }
    return 0;
}
