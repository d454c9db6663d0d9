/* streamload_rows.c - which row of the array a line of the server's error log is about.
 *
 * The log quotes the row as it came, so the body is made once more and its rows compared with the
 * quotes.  That tells nothing where the body is not plain split CSV, or where two rows are alike;
 * a number that may be wrong is not given. */
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "odbc/load/streamload_parts.h"

#define PIECE         65536u
#define SEPARATOR_MAX 50u

struct reader {
    struct quoted_rows *q;
    const SQLULEN *rows; /* of the array, by number of the batch; NULL: the same */
    unsigned char delim[SEPARATOR_MAX];
    size_t ndelim, at; /* at: number of the row that comes next */
};

/* What stands behind the word; NULL: it is not there. */
static const char *behind(const char *line, size_t n, const char *word, size_t *len)
{
    const size_t nword = strlen(word);
    for (size_t i = 0; i + nword <= n; i++) {
        if (memcmp(line + i, word, nword) != 0)
            continue;
        *len = n - i - nword;
        return line + i + nword;
    }
    return NULL;
}

/* StarRocks: "...Row: <text>"; Doris: "...src line [<text>]; ".  NULL: the line quotes none. */
static const char *quote_in(const char *line, size_t n, size_t *len)
{
    const char *p = behind(line, n, "src line [", len);
    if (!p)
        return behind(line, n, "Row: ", len);
    while (*len && p[*len - 1] != ']')
        --*len;
    if (!*len)
        return NULL;
    --*len;
    return p;
}

void quoted_add(struct quoted_rows *q, const char *line, size_t n)
{
    if (q->n == TOLD_MOST)
        return;
    struct quoted_row *r = &q->row[q->n++];
    *r = (struct quoted_row){.line = line, .nline = n};
    r->p = quote_in(line, n, &r->len);
}

/* What ends a row; false: the rows are not split at it alone. */
static bool find_delimiter(const struct batch_plan *plan, struct reader *rd)
{
    size_t n = 0;
    const struct load_header *h = batch_headers(plan, &n);
    bool is_csv = true;
    rd->delim[0] = '\n';
    rd->ndelim = 1;
    for (size_t i = 0; i < n; i++) {
        const char *v = h[i].value;
        is_csv = is_csv && !(text_eq(h[i].name, "format") && !text_eq(v, "csv")) &&
                 !text_eq(h[i].name, "enclose");
        if (!text_eq(h[i].name, "row_delimiter") && !text_eq(h[i].name, "line_delimiter"))
            continue;
        if (v[0] != '\\' || v[1] != 'x')
            return false;
        rd->ndelim = 0;
        for (v += 2; hex_value(v[0]) >= 0 && hex_value(v[1]) >= 0 && rd->ndelim < SEPARATOR_MAX;
             v += 2)
            rd->delim[rd->ndelim++] = (unsigned char)(hex_value(v[0]) * 16 + hex_value(v[1]));
    }
    return is_csv && rd->ndelim;
}

static void compare(struct reader *rd, const unsigned char *row, size_t n)
{
    SQLULEN number = (rd->rows ? rd->rows[rd->at] : rd->at) + 1;
    rd->at++;
    for (size_t i = 0; i < rd->q->n; i++) {
        struct quoted_row *r = &rd->q->row[i];
        if (!r->p || r->len != n || memcmp(r->p, row, n) != 0)
            continue;
        r->number = number;
        r->hits++;
    }
}

/* The rows that are whole; what is left moves to the front. */
static void take_rows(struct reader *rd, struct buf *b)
{
    size_t start = 0, i = 0;
    while (i + rd->ndelim <= b->len) {
        const unsigned char *hit = memchr(b->p + i, rd->delim[0], b->len - rd->ndelim + 1 - i);
        if (!hit)
            break;
        i = (size_t)(hit - b->p);
        if (memcmp(hit, rd->delim, rd->ndelim) != 0) {
            i++;
            continue;
        }
        compare(rd, b->p + start, i - start);
        start = i += rd->ndelim;
    }
    if (start)
        memmove(b->p, b->p + start, b->len - start);
    b->len -= start;
}

void quoted_find(struct quoted_rows *q, struct batch_plan *plan, const SQLULEN *rows)
{
    struct reader rd = {.q = q, .rows = rows};
    struct buf b = {0};
    struct fault f;
    size_t got = 1;
    bool has_quote = false;
    for (size_t i = 0; i < q->n; i++)
        has_quote = has_quote || q->row[i].p;
    struct load_body body = batch_body(plan);
    if (!has_quote || !find_delimiter(plan, &rd) || body.rewind(body.ctx, &f))
        return;
    while (got && buf_reserve(&b, PIECE)) {
        if (body.read(body.ctx, b.p + b.len, PIECE, &got, &f))
            break;
        b.len += got;
        take_rows(&rd, &b);
    }
    bool is_whole = !got && buf_ok(&b);
    buf_clear(&b);
    for (size_t i = 0; i < q->n; i++)
        if (!is_whole || q->row[i].hits != 1)
            q->row[i].number = 0;
}
