/* batch.c - looks at rows, chooses how they travel, and gives them as a body.
 *
 * While the rows are looked at they are encoded in the form that nearly always fits (split CSV) and
 * kept, so that most batches are read and converted once.  Rows without a control character, and
 * that is nearly all, are written there by their owner and not looked at again (batch_plain_fn).
 * Source: the rules of both CSV parsers; see encode.c and batch.h. */
#include "bulk/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bulk/encode.h"

#define KEEP_BYTES  16777216
#define JSON_LIMIT  52428800 /* the server's is 100 MiB; lifted in time */
#define MAX_HEADERS 8
#define PAUSE_MOST  64

/* Separators of several bytes.  No byte occurs twice in a pair, so that no separator can be found
 * across a border of fields (tests/unit/bulk/check_batch.c proves it). */
static const struct {
    unsigned char sep[3], delim[3];
} pairs[] = {
    {{0x01, 0x05, 0x03}, {0x02, 0x06, 0x04}},
    {{0x0e, 0x10, 0x12}, {0x0f, 0x11, 0x13}},
    {{0x14, 0x16, 0x18}, {0x15, 0x17, 0x19}},
    {{0x1a, 0x1c, 0x1e}, {0x1b, 0x1d, 0x1f}},
};
#define PAIRS (sizeof pairs / sizeof pairs[0])

/* Separators of one byte, in the order of preference. */
static const unsigned char singles[] = {1,  2,  3,  4,  5,  6,  7,  8,  14, 15, 16,
                                        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
                                        28, 29, 30, 31, 11, 12, 9,  10, 13};

struct batch_plan {
    struct batch b;
    struct format fmt;
    bool *is_bytes;    /* per column */
    bool *is_plain;    /* per column: a value came that is no bytes */
    bool *is_document; /* per column, for JSON */
    struct batch_field *fields;
    /* what the rows hold */
    bool seen[32];              /* control characters */
    bool hit[PAIRS];            /* a pair's separator or delimiter */
    bool null_text;             /* the text \N */
    bool blank;                 /* an empty text in the only column */
    size_t odd_row, odd_column; /* of the first such text or blank */
    int64_t payload;            /* bytes as split CSV without separators */
    size_t plain_from, pause;   /* the next row that may need no look; rows to pass by then */
    /* headers */
    struct buf text;
    size_t at[MAX_HEADERS];
    struct load_header headers[MAX_HEADERS];
    size_t nheaders;
    /* body */
    struct buf bytes; /* the whole batch if kept, else the row at hand */
    bool kept;
    size_t pos; /* in bytes */
    size_t row; /* next */
    bool ended;
};

/* ---- looking ---- */

static int refuse(const struct batch_plan *p, size_t row, size_t column, struct fault *f,
                  const char *why)
{
    return fault(f, RC_CONFIG, "row %zu, column %.64s: %s", row + 1, p->b.columns[column], why);
}

static bool contains(const unsigned char *p, size_t n, const unsigned char *word, size_t nword)
{
    for (size_t i = 0; nword && i + nword <= n; i++) {
        const unsigned char *at = memchr(p + i, word[0], n - i - nword + 1);
        if (!at)
            return false;
        if (memcmp(at, word, nword) == 0)
            return true;
        i = (size_t)(at - p);
    }
    return false;
}

static void look_closer(struct batch_plan *p, const struct batch_field *v)
{
    for (size_t i = 0; i < v->len; i++)
        if (v->p[i] < 32)
            p->seen[v->p[i]] = true;
    for (size_t i = 0; i < PAIRS; i++)
        p->hit[i] = p->hit[i] || contains(v->p, v->len, pairs[i].sep, 3) ||
                    contains(v->p, v->len, pairs[i].delim, 3);
}

static bool is_null_text(const struct batch_field *v)
{
    return v->len == 2 && v->p[0] == '\\' && v->p[1] == 'N';
}

/* The transaction's first batch has decided.  Every separator of split CSV is made of control
 * characters. */
static int look_document(const struct batch_plan *p, const struct batch_field *v, size_t row,
                         size_t column, struct fault *f)
{
    int rc = p->is_document[column] && v->form != BATCH_NULL ? encode_check_document(v->p, v->len)
                                                             : RC_OK;
    if (rc == RC_MEMORY)
        return fault(f, rc, "out of memory for a batch");
    return !rc ? RC_OK
               : refuse(p, row, column, f,
                        "the value is no JSON, which its column (JSON, ARRAY, MAP or STRUCT) "
                        "demands in "
                        "rows that travel as JSON");
}

static int look_like(const struct batch_plan *p, const struct batch_field *v, unsigned look,
                     size_t row, size_t column, struct fault *f)
{
    const struct format *fmt = &p->fmt;
    if (fmt->encoding == ENC_JSON)
        return look_document(p, v, row, column, f);
    if (fmt->encoding != ENC_SPLIT)
        return RC_OK;
    if (look & LOOK_CONTROL && (contains(v->p, v->len, fmt->marks.sep, fmt->marks.nsep) ||
                                contains(v->p, v->len, fmt->marks.delim, fmt->marks.ndelim)))
        return refuse(p, row, column, f,
                      "the text holds the separator that the transaction began with; commit first, "
                      "or ask for JSON");
    if (is_null_text(v) || (p->b.ncols == 1 && v->len == 0))
        return refuse(p, row, column, f,
                      "CSV, in which the transaction began, cannot carry this text (\\N, or an "
                      "empty one in the only column); commit first, or ask for JSON");
    return RC_OK;
}

static int look_bytes(struct batch_plan *p, size_t row, size_t column, struct fault *f)
{
    const struct batch_field *v = &p->fields[column];
    p->payload += (int64_t)v->len * 2;
    if (!p->b.like || p->is_bytes[column]) {
        p->is_bytes[column] = true;
        bool empty = p->b.like && v->len == 0; /* the others become hexadecimal digits */
        return empty ? look_like(p, v, 0, row, column, f) : RC_OK;
    }
    return refuse(p, row, column, f,
                  "bytes come in a column that had none when the transaction began; commit first");
}

static void note_odd(struct batch_plan *p, bool *what, size_t row, size_t column)
{
    if (!p->null_text && !p->blank) {
        p->odd_row = row;
        p->odd_column = column;
    }
    *what = true;
}

static int look_field(struct batch_plan *p, size_t row, size_t column, struct fault *f)
{
    const struct batch_field *v = &p->fields[column];
    if (v->form == BATCH_NULL) {
        p->payload += 2;
        return RC_OK;
    }
    if (v->form == BATCH_BYTES || p->is_bytes[column]) {
        if (v->len == 0 && p->b.ncols == 1)
            note_odd(p, &p->blank, row, column);
        return look_bytes(p, row, column, f);
    }
    unsigned look = encode_look(v->p, v->len);
    p->is_plain[column] = true;
    p->payload += (int64_t)v->len;
    if (look & LOOK_HIGH && !text_valid((const char *)v->p, v->len))
        return refuse(p, row, column, f,
                      "the text is not valid UTF-8; bind bytes as binary (SQL_C_BINARY)");
    if (look & LOOK_CONTROL)
        look_closer(p, v);
    if (is_null_text(v))
        note_odd(p, &p->null_text, row, column);
    if (v->len == 0 && p->b.ncols == 1)
        note_odd(p, &p->blank, row, column);
    return p->b.like ? look_like(p, v, look, row, column, f) : RC_OK;
}

/* ---- choosing ---- */

static bool choose_single(struct batch_plan *p)
{
    unsigned char found[2];
    size_t n = 0;
    for (size_t i = 0; i < sizeof singles && n < 2; i++)
        if (!p->seen[singles[i]])
            found[n++] = singles[i];
    if (n < 2)
        return false;
    p->fmt.marks.sep[0] = found[0];
    p->fmt.marks.delim[0] = found[1];
    p->fmt.marks.nsep = p->fmt.marks.ndelim = 1;
    return true;
}

static bool choose_pair(struct batch_plan *p)
{
    for (size_t i = 0; i < PAIRS; i++) {
        if (p->hit[i])
            continue;
        memcpy(p->fmt.marks.sep, pairs[i].sep, 3);
        memcpy(p->fmt.marks.delim, pairs[i].delim, 3);
        p->fmt.marks.nsep = p->fmt.marks.ndelim = 3;
        return true;
    }
    return false;
}

static bool choose_separators(struct batch_plan *p)
{
    if (p->b.in_transaction)
        return choose_pair(p) || choose_single(p);
    return choose_single(p) || choose_pair(p);
}

static void choose_enclosed(struct batch_plan *p)
{
    p->fmt.encoding = ENC_ENCLOSED;
    p->fmt.marks.sep[0] = ',';
    p->fmt.marks.delim[0] = '\n';
    p->fmt.marks.nsep = p->fmt.marks.ndelim = 1;
}

static int choose(struct batch_plan *p, struct fault *f)
{
    bool csv = p->b.want != BATCH_JSON && !p->null_text;
    bool enclosed = csv && !p->b.in_transaction && p->b.dialect == LOAD_STARROCKS;
    p->fmt.encoding = ENC_SPLIT;
    if (csv && !p->blank && choose_separators(p))
        return RC_OK;
    if (enclosed) {
        choose_enclosed(p);
        return RC_OK;
    }
    p->fmt.encoding = ENC_JSON;
    p->fmt.by_line = p->b.dialect == LOAD_DORIS;
    if (p->b.want != BATCH_CSV)
        return RC_OK;
    return refuse(p, p->odd_row, p->odd_column, f,
                  "CSV, which was asked for, cannot carry the text \\N, an empty text in the only "
                  "column (in a transaction or on Doris), or a batch with every separator in it");
}

/* ---- headers ---- */

static void header_begin(struct batch_plan *p, const char *name)
{
    p->headers[p->nheaders].name = name;
    p->at[p->nheaders++] = p->text.len;
}

static void header_end(struct batch_plan *p)
{
    buf_putc(&p->text, 0);
}

static void header(struct batch_plan *p, const char *name, const char *value)
{
    header_begin(p, name);
    buf_puts(&p->text, value);
    header_end(p);
}

static void header_hex(struct batch_plan *p, const char *name, const unsigned char *s, size_t n)
{
    header_begin(p, name);
    buf_puts(&p->text, "\\x");
    for (size_t i = 0; i < n; i++)
        buf_printf(&p->text, "%02X", s[i]);
    header_end(p);
}

static void put_name(struct buf *out, const char *name)
{
    buf_putc(out, '`');
    for (; *name; name++) {
        if (*name == '`')
            buf_putc(out, '`');
        buf_putc(out, (unsigned char)*name);
    }
    buf_putc(out, '`');
}

/* Temporary columns are named mywire_x...0 with one x more than any column of that head has, so
 * that none is met twice. */
static const char temporary[] = "mywire_";

static size_t temporary_tail(const struct batch *b)
{
    size_t most = 0;
    for (size_t i = 0; i < b->ncols; i++) {
        const char *name = b->columns[i];
        size_t n = strlen(name), at = sizeof temporary - 1;
        if (n < at || !text_eqn(name, at, temporary))
            continue;
        while (at < n && (name[at] | 0x20) == 'x')
            at++;
        most = at > most ? at : most;
    }
    return most ? most - (sizeof temporary - 1) + 1 : 1;
}

static void put_temporary(struct batch_plan *p, size_t column)
{
    buf_printf(&p->text, "`%s", temporary);
    for (size_t i = temporary_tail(&p->b); i > 0; i--)
        buf_putc(&p->text, 'x');
    buf_printf(&p->text, "%zu`", column);
}

static void header_columns(struct batch_plan *p)
{
    const char *call = p->b.dialect == LOAD_DORIS ? "unhex(" : "to_binary(";
    const char *rest = p->b.dialect == LOAD_DORIS ? ")" : ",'hex')";
    header_begin(p, "columns");
    for (size_t i = 0; i < p->b.ncols; i++) {
        if (i)
            buf_putc(&p->text, ',');
        if (p->is_bytes[i])
            put_temporary(p, i);
        else
            put_name(&p->text, p->b.columns[i]);
    }
    for (size_t i = 0; i < p->b.ncols; i++) {
        if (!p->is_bytes[i])
            continue;
        buf_putc(&p->text, ',');
        put_name(&p->text, p->b.columns[i]);
        buf_putc(&p->text, '=');
        buf_puts(&p->text, call);
        put_temporary(p, i);
        buf_puts(&p->text, rest);
    }
    header_end(p);
}

static void headers_json(struct batch_plan *p)
{
    header(p, "format", "json");
    header(p, p->fmt.by_line ? "read_json_by_line" : "strip_outer_array", "true");
    header_begin(p, "jsonpaths");
    for (size_t i = 0; i < p->b.ncols; i++)
        buf_printf(&p->text, "%s\"$.k%zu\"", i ? "," : "[", i);
    buf_puts(&p->text, "]");
    header_end(p);
    if (p->payload + (int64_t)(p->b.nrows * p->b.ncols) * 16 > JSON_LIMIT &&
        p->b.dialect == LOAD_STARROCKS)
        header(p, "ignore_json_size", "true");
}

static void headers_csv(struct batch_plan *p)
{
    const struct format *fmt = &p->fmt;
    header(p, "format", "csv");
    header_hex(p, "column_separator", fmt->marks.sep, fmt->marks.nsep);
    header_hex(p, p->b.dialect == LOAD_DORIS ? "line_delimiter" : "row_delimiter", fmt->marks.delim,
               fmt->marks.ndelim);
    if (fmt->encoding == ENC_ENCLOSED) {
        header(p, "enclose", "\"");
        header(p, "escape", "\\");
    }
}

static int make_headers(struct batch_plan *p, struct fault *f)
{
    if (p->fmt.encoding == ENC_JSON)
        headers_json(p);
    else
        headers_csv(p);
    header_columns(p);
    if (!buf_ok(&p->text))
        return fault(f, RC_MEMORY, "out of memory for a batch");
    for (size_t i = 0; i < p->nheaders; i++)
        p->headers[i].value = (const char *)p->text.p + p->at[i];
    return RC_OK;
}

static int check_names(const struct batch *b, struct fault *f)
{
    for (size_t i = 0; i < b->ncols; i++) {
        const char *s = b->columns[i];
        size_t n = strlen(s);
        bool good = n && text_valid(s, n);
        for (size_t k = 0; k < n && good; k++)
            good = (unsigned char)s[k] >= 0x20 && s[k] != 0x7f;
        if (!good)
            return fault(f, RC_CONFIG,
                         "column %zu: its name is empty, not UTF-8, or has a control character, "
                         "which HTTP cannot carry",
                         i + 1);
    }
    return RC_OK;
}

/* ---- the plan ---- */

static int fetch_row(struct batch_plan *p, size_t row, struct fault *f)
{
    return p->b.row(p->b.ctx, row, p->fields, f);
}

/* A column that turned into bytes after other values: those were neither counted nor kept right. */
static bool is_mixed(const struct batch_plan *p)
{
    bool mixed = false;
    for (size_t i = 0; i < p->b.ncols; i++)
        mixed = mixed || (p->is_bytes[i] && p->is_plain[i]);
    return mixed;
}

static bool spoilt(const struct batch_plan *p, const struct format *guess)
{
    bool pair = guess->marks.nsep > 1;
    return p->null_text || p->blank || (pair ? p->hit[0] : p->seen[1] || p->seen[2]);
}

static void give_up_keeping(struct batch_plan *p)
{
    p->kept = false;
    buf_clear(&p->bytes);
}

/* The form that nearly always fits, before anything is known; with `like`, the one it must be. */
static struct format first_guess(struct batch_plan *p)
{
    if (p->b.like)
        return p->fmt;
    choose_separators(p);
    p->fmt.encoding = ENC_SPLIT;
    return p->fmt;
}

/* A row is added to what is kept while the guess holds. */
static void keep_row(struct batch_plan *p, const struct format *guess, size_t row)
{
    if (!p->kept)
        return;
    if (is_mixed(p) || (!p->b.like && spoilt(p, guess)))
        give_up_keeping(p);
    else
        encode_row(&p->bytes, guess, p->fields, p->is_bytes, p->b.ncols, row == 0);
    if (p->kept && (!buf_ok(&p->bytes) || p->bytes.len > KEEP_BYTES))
        give_up_keeping(p);
}

/* Bytes that a row of split CSV has besides its values. */
static size_t marks_of_row(const struct batch_plan *p, const struct batch_marks *m)
{
    return (p->b.ncols - 1) * m->nsep + m->ndelim;
}

static bool has_bytes(const struct batch_plan *p)
{
    bool has = false;
    for (size_t i = 0; i < p->b.ncols; i++)
        has = has || p->is_bytes[i];
    return has;
}

/* Rows that need no look, into p->bytes; returns how many.  Where row after row needs one, that is
 * tried ever more rarely. */
static size_t put_plain(struct batch_plan *p, const struct format *fmt, size_t row)
{
    if (!p->b.plain || row < p->plain_from || fmt->encoding != ENC_SPLIT || has_bytes(p))
        return 0;
    size_t n = p->b.plain(p->b.ctx, row, p->b.nrows - row, &fmt->marks, &p->bytes);
    p->plain_from = n ? 0 : row + 1 + p->pause;
    p->pause = n ? 0 : !p->pause ? 1 : p->pause < PAUSE_MOST ? p->pause * 2 : p->pause;
    return n;
}

/* Room at once for a batch that will be kept, if its rows are like the first n. */
static void foresee(struct batch_plan *p, size_t n)
{
    size_t each = p->bytes.len / n + 1, left = p->b.nrows - n;
    size_t more = left < KEEP_BYTES / each ? left * each + left * each / 16 : 0;
    if (more > p->bytes.cap - p->bytes.len && p->bytes.len + more <= KEEP_BYTES)
        (void)buf_reserve(&p->bytes, more); /* without memory it is broken, and not kept */
}

/* The same while rows are looked at. */
static size_t look_plain(struct batch_plan *p, const struct format *guess, size_t row)
{
    size_t before = p->bytes.len;
    size_t n = put_plain(p, guess, row);
    if (!n)
        return 0;
    p->payload += (int64_t)(p->bytes.len - before - n * marks_of_row(p, &guess->marks));
    for (size_t i = 0; i < p->b.ncols; i++)
        p->is_plain[i] = true;
    if (!p->kept)
        buf_reset(&p->bytes);
    else if (p->bytes.len > KEEP_BYTES)
        give_up_keeping(p);
    else if (row == 0)
        foresee(p, n);
    return n;
}

static int look_row(struct batch_plan *p, const struct format *guess, size_t row, struct fault *f)
{
    int rc = fetch_row(p, row, f);
    for (size_t i = 0; i < p->b.ncols && !rc; i++)
        rc = look_field(p, row, i, f);
    if (!rc)
        keep_row(p, guess, row);
    return rc;
}

static int look_rows(struct batch_plan *p, const struct format *guess, struct fault *f)
{
    int rc = RC_OK;
    for (size_t row = 0; row < p->b.nrows && !rc;) {
        size_t n = look_plain(p, guess, row);
        if (!n) {
            rc = look_row(p, guess, row, f);
            n = 1;
        }
        row += n;
    }
    return rc;
}

static bool same_marks(const struct batch_marks *a, const struct batch_marks *b)
{
    return a->nsep == b->nsep && a->ndelim == b->ndelim && memcmp(a->sep, b->sep, a->nsep) == 0 &&
           memcmp(a->delim, b->delim, a->ndelim) == 0;
}

static bool same_format(const struct format *a, const struct format *b)
{
    return a->encoding == b->encoding && same_marks(&a->marks, &b->marks);
}

/* The values of columns that are documents, looked at once more. */
static int look_documents(struct batch_plan *p, struct fault *f)
{
    for (size_t row = 0; row < p->b.nrows; row++) {
        int rc = fetch_row(p, row, f);
        for (size_t i = 0; i < p->b.ncols && !rc; i++)
            rc = look_document(p, &p->fields[i], row, i, f);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static int find_documents(struct batch_plan *p, struct fault *f)
{
    bool has = false;
    int rc = p->b.documents ? p->b.documents(p->b.ctx, p->is_document, f) : RC_OK;
    for (size_t i = 0; i < p->b.ncols; i++) {
        p->is_document[i] = p->is_document[i] && !p->is_bytes[i];
        has = has || p->is_document[i];
    }
    return !rc && has ? look_documents(p, f) : rc;
}

static int plan_scan(struct batch_plan *p, struct fault *f)
{
    struct format guess = first_guess(p);
    p->kept = p->b.like || p->b.want != BATCH_JSON;
    int rc = look_rows(p, &guess, f);
    if (!rc && !p->b.like)
        rc = choose(p, f);
    if (!rc && !p->b.like && p->fmt.encoding == ENC_JSON)
        rc = find_documents(p, f);
    if (rc)
        return rc;
    if (p->kept && !same_format(&p->fmt, &guess))
        give_up_keeping(p);
    if (p->kept)
        encode_end(&p->bytes, &p->fmt);
    if (p->kept && !buf_ok(&p->bytes))
        give_up_keeping(p);
    return make_headers(p, f);
}

static int plan_new(const struct batch *b, struct batch_plan **out, struct fault *f)
{
    struct batch_plan *p = calloc(1, sizeof *p);
    if (p) {
        p->b = *b;
        p->fields = calloc(b->ncols, sizeof *p->fields);
        p->is_bytes = calloc(b->ncols, sizeof *p->is_bytes);
        p->is_plain = calloc(b->ncols, sizeof *p->is_plain);
        p->is_document = calloc(b->ncols, sizeof *p->is_document);
    }
    if (!p || !p->fields || !p->is_bytes || !p->is_plain || !p->is_document) {
        batch_plan_free(p);
        return fault(f, RC_MEMORY, "out of memory for a batch");
    }
    for (size_t i = 0; i < b->ncols; i++)
        p->is_bytes[i] = (b->is_bytes && b->is_bytes[i]) || (b->like && b->like->is_bytes[i]);
    if (b->like) {
        p->fmt = b->like->fmt;
        memcpy(p->is_document, b->like->is_document, b->ncols * sizeof *p->is_document);
    }
    p->fmt.is_document = p->is_document;
    *out = p;
    return RC_OK;
}

int batch_scan(const struct batch *b, struct batch_plan **out, struct fault *f)
{
    struct batch_plan *p = NULL;
    if (!b->nrows || !b->ncols)
        return fault(f, RC_CONFIG, "a batch without rows or columns cannot be loaded");
    if (b->like && b->like->b.ncols != b->ncols)
        return fault(f, RC_CONFIG, "a batch of the transaction has other columns than the first");
    int rc = check_names(b, f);
    if (!rc)
        rc = plan_new(b, &p, f);
    if (rc)
        return rc;
    rc = plan_scan(p, f);
    if (rc) {
        batch_plan_free(p);
        return rc;
    }
    p->b.like = NULL; /* borrowed for this call */
    *out = p;
    return RC_OK;
}

void batch_plan_free(struct batch_plan *p)
{
    if (!p)
        return;
    buf_clear(&p->bytes);
    buf_clear(&p->text);
    free(p->fields);
    free(p->is_bytes);
    free(p->is_plain);
    free(p->is_document);
    free(p);
}

const struct load_header *batch_headers(const struct batch_plan *p, size_t *n)
{
    *n = p->nheaders;
    return p->headers;
}

/* ---- the body ---- */

static int next_piece(struct batch_plan *p, struct fault *f)
{
    p->pos = 0;
    buf_reset(&p->bytes);
    if (p->ended)
        return RC_OK;
    if (p->row == p->b.nrows) {
        encode_end(&p->bytes, &p->fmt);
        p->ended = true;
        return buf_ok(&p->bytes) ? RC_OK : fault(f, RC_MEMORY, "out of memory for the last row");
    }
    size_t n = put_plain(p, &p->fmt, p->row);
    p->row += n;
    if (!n) {
        int rc = fetch_row(p, p->row, f);
        if (rc)
            return rc;
        encode_row(&p->bytes, &p->fmt, p->fields, p->is_bytes, p->b.ncols, p->row == 0);
        p->row++;
    }
    return buf_ok(&p->bytes) ? RC_OK : fault(f, RC_MEMORY, "out of memory for row %zu", p->row);
}

static int body_read(void *ctx, unsigned char *out, size_t cap, size_t *n, struct fault *f)
{
    struct batch_plan *p = ctx;
    *n = 0;
    while (*n < cap) {
        size_t left = p->bytes.len - p->pos;
        size_t k = left < cap - *n ? left : cap - *n;
        if (k)
            memcpy(out + *n, p->bytes.p + p->pos, k);
        *n += k;
        p->pos += k;
        if (*n == cap || p->kept || p->ended)
            return RC_OK;
        int rc = next_piece(p, f);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static int body_rewind(void *ctx, struct fault *f)
{
    struct batch_plan *p = ctx;
    (void)f;
    p->pos = p->row = 0;
    p->plain_from = p->pause = 0;
    p->ended = false;
    if (!p->kept)
        buf_reset(&p->bytes);
    return RC_OK;
}

static int64_t body_size(const struct batch_plan *p)
{
    const struct format *fmt = &p->fmt;
    if (p->kept)
        return (int64_t)p->bytes.len;
    if (fmt->encoding != ENC_SPLIT || is_mixed(p))
        return -1;
    return p->payload + (int64_t)(p->b.nrows * marks_of_row(p, &fmt->marks));
}

struct load_body batch_body(struct batch_plan *p)
{
    (void)body_rewind(p, NULL); /* cannot fail */
    return (struct load_body){
        .ctx = p, .read = body_read, .rewind = body_rewind, .size = body_size(p)};
}
