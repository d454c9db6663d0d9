/* streamload_plain.c - the usual rows of an array, straight from the application's buffers to the
 * body of a load.
 *
 * Decided once a column: where its values are, and the function that writes them (conv/plain.c).  A
 * row that is not plain to the last value leaves nothing behind; the general way takes it. */
#include <string.h>

#include "base/text.h"
#include "odbc/load/streamload_parts.h"

#define ROOM_TEXT 16384u /* of all texts of a row; longer rows go the general way */

bool plain_slot(struct plain_column *c, const struct param_slot *slot)
{
    *c = (struct plain_column){.slot = slot, .write = param_plain(&slot->plan)};
    return c->write && slot->data;
}

bool plain_constant(struct plain_column *c, const struct batch_field *v, struct arena *a)
{
    bool is_null = v->form == BATCH_NULL;
    size_t n = is_null ? 2 : v->len;
    unsigned char *p = arena_alloc(a, n + 1);
    *c = (struct plain_column){.p = p, .len = n};
    bool is_plain =
        p && v->form != BATCH_BYTES && text_copy_plain(p, is_null ? "\\N" : (const char *)v->p, n);
    return is_plain && n <= ROOM_TEXT / 2 && (is_null || n != 2 || memcmp(p, "\\N", 2) != 0);
}

/* One value; NULL: it is not plain.  end: of the room for texts. */
static inline unsigned char *put_value(const struct plain_column *c, SQLULEN row, unsigned char *to,
                                       const unsigned char *end)
{
    if (!c->slot) {
        if (to > end || c->len > (size_t)(end - to))
            return NULL;
        memcpy(to, c->p, c->len);
        return to + c->len;
    }
    struct param_bound v = param_bound_at(c->slot, row);
    if (v.ind == SQL_NULL_DATA) {
        memcpy(to, "\\N", 2);
        return to + 2;
    }
    bool is_usual = v.ind >= 0 || v.ind == SQL_NTS;
    return is_usual ? c->write(&c->slot->plan, v.data, v.ind, to, end) : NULL;
}

/* Marks are written with all their room; what is too much is written over. */
static inline unsigned char *put_row(const struct plain_column *columns, size_t ncols, SQLULEN row,
                                     const struct batch_marks *marks, unsigned char *to,
                                     const unsigned char *end)
{
    const unsigned char *from = to;
    for (size_t i = 0; i < ncols; i++) {
        if (i) {
            memcpy(to, marks->sep, BATCH_MARK);
            to += marks->nsep;
        }
        to = put_value(&columns[i], row, to, end);
        if (!to)
            return NULL;
    }
    if (to == from)
        return NULL; /* an empty text in the only column */
    memcpy(to, marks->delim, BATCH_MARK);
    return to + marks->ndelim;
}

static bool is_bound(const struct plain_column *columns, size_t ncols)
{
    for (size_t i = 0; i < ncols; i++)
        if (columns[i].slot && columns[i].slot->is_given)
            return false;
    return true;
}

size_t plain_put(const struct plain_column *columns, size_t ncols, const SQLULEN *rows, size_t row,
                 size_t nrows, const struct batch_marks *marks, struct buf *out)
{
    size_t done = 0, before = out->len;
    size_t others = (ncols + 1) * (PARAM_PLAIN_ROOM + BATCH_MARK);
    size_t for_text = ROOM_TEXT + others;
    if (!is_bound(columns, ncols))
        return 0;
    for (; done < nrows && out->len - before < BATCH_PIECE; done++) {
        if (!buf_reserve(out, for_text + others))
            break;
        unsigned char *to = out->p + out->len;
        SQLULEN at = rows ? rows[row + done] : row + done;
        to = put_row(columns, ncols, at, marks, to, to + for_text);
        if (!to)
            break;
        out->len = (size_t)(to - out->p);
    }
    return done;
}
