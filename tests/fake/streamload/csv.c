/* csv.c - splitting, and the state machine with enclose and escape. */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

enum state { ST_START, ST_ORDINARY, ST_ENCLOSE, ST_ESCAPE };
enum mark { MARK_NONE, MARK_ENCLOSED };

void fk_csv_init(struct fk_csv *c, const struct fk_csv_form *form, fk_csv_row_fn *row, void *to)
{
    *c = (struct fk_csv){.form = *form, .row = row, .to = to};
}

void fk_csv_free(struct fk_csv *c)
{
    fk_sb_free(&c->in);
    fk_sb_free(&c->out);
    free(c->ends);
    free(c->marks);
    free(c->fields);
    *c = (struct fk_csv){0};
}

static struct fk_cell *field_slot(struct fk_csv *c, size_t i)
{
    if (i == c->nfields_cap) {
        c->nfields_cap = i ? i * 2 : 16;
        c->fields = realloc(c->fields, c->nfields_cap * sizeof *c->fields);
        if (!c->fields)
            abort();
    }
    return &c->fields[i];
}

static void trim(struct fk_cell *f)
{
    while (f->n && f->p[0] == ' ')
        f->p++, f->n--;
    while (f->n && f->p[f->n - 1] == ' ')
        f->n--;
}

static void give(struct fk_csv *c, size_t n, struct fk_cell line)
{
    if (c->form.skip > 0)
        c->form.skip--;
    else
        c->row(c->to, c->fields, n, line);
}

/* --- parser 1 --- */

static void split_row(struct fk_csv *c, const char *p, size_t n)
{
    const struct fk_csv_form *f = &c->form;
    struct fk_cell line = {.p = p, .n = n};
    size_t count = 0;
    if (n == 0)
        return; /* blank rows are skipped */
    for (bool more = true; more;) {
        const char *sep = f->nsep == 1 ? memchr(p, f->sep[0], n) : memmem(p, n, f->sep, f->nsep);
        struct fk_cell *cell = field_slot(c, count++);
        *cell = (struct fk_cell){.p = p, .n = sep ? (size_t)(sep - p) : n};
        if (f->trim_space)
            trim(cell);
        cell->null = cell->n == 2 && memcmp(cell->p, "\\N", 2) == 0;
        more = sep != NULL;
        if (more) {
            n -= (size_t)(sep - p) + f->nsep;
            p = sep + f->nsep;
        }
    }
    give(c, count, line);
}

static void split_feed(struct fk_csv *c)
{
    const struct fk_csv_form *f = &c->form;
    size_t at = 0;
    for (;;) {
        const char *from = c->in.p + c->scan;
        size_t left = c->in.n - c->scan;
        const char *end = f->ndelim == 1 ? memchr(from, f->delim[0], left)
                                         : memmem(from, left, f->delim, f->ndelim);
        if (!end)
            break;
        split_row(c, c->in.p + at, (size_t)(end - c->in.p) - at);
        at = c->scan = (size_t)(end - c->in.p) + f->ndelim;
    }
    size_t tail = c->in.n >= f->ndelim ? c->in.n - f->ndelim + 1 : 0;
    if (tail > c->scan)
        c->scan = tail;
    fk_sb_drop(&c->in, at);
    c->scan -= at;
}

/* --- parser 2 --- */

/* is_here - does sep stand at i?  A separator of several bytes that ends exactly at the end of the
 * input is not recognised (sheet, 5.2, consequence 4). */
static bool is_here(const struct fk_csv *c, size_t i, const char *sep, size_t n)
{
    if (n == 1)
        return i < c->in.n && c->in.p[i] == sep[0];
    return i + n < c->in.n && memcmp(c->in.p + i, sep, n) == 0;
}

static size_t is_delim(const struct fk_csv *c, size_t i)
{
    return is_here(c, i, c->form.delim, c->form.ndelim) ? c->form.ndelim : 0;
}

static size_t is_sep(const struct fk_csv *c, size_t i)
{
    return is_here(c, i, c->form.sep, c->form.nsep) ? c->form.nsep : 0;
}

static void field_end(struct fk_csv *c)
{
    const char *raw = c->in.p + c->raw_begin;
    if (c->nends == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 16;
        c->ends = realloc(c->ends, c->cap * sizeof *c->ends);
        c->marks = realloc(c->marks, c->cap);
        if (!c->ends || !c->marks)
            abort();
    }
    while (c->form.trim_space && c->out.n > c->begin && c->out.p[c->out.n - 1] == ' ')
        c->out.n--;
    if (c->enclosed && c->out.n > c->begin && !c->form.keep_quotes)
        c->out.n--; /* exactly one byte: the closing enclose, if all is well */
    size_t nraw = c->scan - c->raw_begin;
    bool raw_null = nraw == 2 && memcmp(raw, "\\N", 2) == 0;
    bool same = c->out.n - c->begin == 2 && memcmp(c->out.p + c->begin, "\\N", 2) == 0;
    c->marks[c->nends] = c->form.null_raw ? raw_null : same;
    c->ends[c->nends++] = c->out.n;
    c->begin = c->out.n;
    c->enclosed = false;
    c->state = ST_START;
}

static void row_end(struct fk_csv *c, size_t nline)
{
    size_t from = 0;
    for (size_t i = 0; i < c->nends; i++) {
        *field_slot(c, i) = (struct fk_cell){
            .p = c->out.p + from, .n = c->ends[i] - from, .null = c->marks[i] != 0};
        from = c->ends[i];
    }
    if (c->nends > 0)
        give(c, c->nends, (struct fk_cell){.p = c->in.p + c->line, .n = nline});
    c->nends = 0;
    c->out.n = c->begin = 0;
}

/* row_next - the delimiter of n bytes stands at scan: give the row. */
static void row_next(struct fk_csv *c, size_t n)
{
    row_end(c, c->scan - c->line);
    c->line = c->raw_begin = c->scan += n;
    c->state = ST_START;
}

static void literal(struct fk_csv *c, size_t n)
{
    fk_sb_add(&c->out, c->in.p + c->scan, n);
    c->scan += n;
}

/* quote_at_start - the enclose byte begins a field. */
static void quote_at_start(struct fk_csv *c)
{
    unsigned char next = c->scan + 1 < c->in.n ? (unsigned char)c->in.p[c->scan + 1] : 0;
    bool twice = c->scan + 1 < c->in.n && next == c->form.enclose;
    if (c->form.keep_quotes)
        fk_sb_ch(&c->out, (char)c->form.enclose);
    if (!twice) {
        c->scan++;
        c->enclosed = true;
        c->state = ST_ENCLOSE;
        return;
    }
    c->scan++;
    c->enclosed = is_delim(c, c->scan + 1) || is_sep(c, c->scan + 1) || c->scan + 1 == c->in.n;
    c->state = ST_ORDINARY;
    literal(c, 1); /* enclosed: cut off again at the end of the field */
}

static void at_start(struct fk_csv *c)
{
    unsigned char b = (unsigned char)c->in.p[c->scan];
    size_t n;
    if (c->form.trim_space && b == ' ') {
        c->scan++;
        return;
    }
    n = is_delim(c, c->scan);
    if (n) {
        if (c->nends > 0)
            field_end(c);
        row_next(c, n);
        return;
    }
    n = is_sep(c, c->scan);
    if (n) {
        field_end(c);
        c->scan += n;
        c->raw_begin = c->scan;
    } else if (b == c->form.escape) {
        c->scan++;
        c->back = ST_ORDINARY;
        c->state = ST_ESCAPE;
    } else if (b == c->form.enclose) {
        quote_at_start(c);
    } else {
        literal(c, 1);
        c->state = ST_ORDINARY;
    }
}

static void in_enclose(struct fk_csv *c)
{
    unsigned char b = (unsigned char)c->in.p[c->scan];
    if (b == c->form.enclose) {
        bool twice =
            c->scan + 1 < c->in.n && (unsigned char)c->in.p[c->scan + 1] == c->form.enclose;
        literal(c, 1); /* a literal one, or the closing one, which the end of the field cuts */
        c->scan += twice;
        if (!twice)
            c->state = ST_ORDINARY;
    } else if (b == c->form.escape) {
        c->scan++;
        c->back = ST_ENCLOSE;
        c->state = ST_ESCAPE;
    } else {
        literal(c, 1);
    }
}

static void after_escape(struct fk_csv *c)
{
    unsigned char b = (unsigned char)c->in.p[c->scan];
    size_t n = is_delim(c, c->scan);
    n = n ? n : is_sep(c, c->scan);
    n = n ? n : b == c->form.enclose || b == c->form.escape;
    c->state = n ? c->back : ST_ORDINARY; /* the enclosed state is lost */
    literal(c, n);
}

static void in_ordinary(struct fk_csv *c)
{
    unsigned char b = (unsigned char)c->in.p[c->scan];
    size_t n = is_delim(c, c->scan);
    if (n) {
        field_end(c);
        row_next(c, n);
        return;
    }
    n = is_sep(c, c->scan);
    if (n) {
        field_end(c);
        c->scan += n;
        c->raw_begin = c->scan;
    } else if (b == c->form.escape) {
        c->scan++;
        c->back = ST_ORDINARY;
        c->state = ST_ESCAPE;
    } else if (b == c->form.enclose) {
        c->scan++; /* removed, and the next byte is data whatever it is */
        if (c->scan < c->in.n)
            literal(c, 1);
    } else {
        literal(c, 1);
    }
}

/* machine_run - as long as the longest look-ahead (two bytes and a separator) is there; at the end
 * of the input without looking ahead. */
static void machine_run(struct fk_csv *c, bool last)
{
    size_t ahead = 2 + (c->form.nsep > c->form.ndelim ? c->form.nsep : c->form.ndelim) + 1;
    while (c->scan < c->in.n && (last || c->in.n - c->scan > ahead)) {
        switch ((enum state)c->state) {
        case ST_START:
            at_start(c);
            break;
        case ST_ORDINARY:
            in_ordinary(c);
            break;
        case ST_ENCLOSE:
            in_enclose(c);
            break;
        case ST_ESCAPE:
            after_escape(c);
            break;
        }
    }
    fk_sb_drop(&c->in, c->line);
    c->scan -= c->line;
    c->raw_begin -= c->line;
    c->line = 0;
}

/* --- both --- */

void fk_csv_feed(struct fk_csv *c, const char *p, size_t n)
{
    fk_sb_add(&c->in, p, n);
    if (c->form.machine)
        machine_run(c, false);
    else
        split_feed(c);
}

bool fk_csv_pending(const struct fk_csv *c)
{
    return c->in.n > 0;
}

void fk_csv_end(struct fk_csv *c)
{
    if (c->form.machine) {
        machine_run(c, true);
        if (c->state != ST_START || c->nends > 0)
            field_end(c);
        row_end(c, c->in.n);
    } else if (c->in.n > 0) {
        split_row(c, c->in.p, c->in.n);
    }
    fk_sb_drop(&c->in, c->in.n);
    c->scan = c->raw_begin = 0;
    c->state = ST_START;
}

const char *fk_csv_separator(const char *value, char *out, size_t *n)
{
    size_t len = value ? strlen(value) : 0;
    *n = 0;
    if (len == 0)
        return "Delimiter cannot be empty or null";
    bool hex =
        len >= 2 && (value[0] == '\\' || value[0] == '0') && (value[1] == 'x' || value[1] == 'X');
    if (!hex) {
        if (len > FK_SEP)
            return "delimiter is longer than 50 bytes";
        memcpy(out, value, len);
        *n = len;
        return NULL;
    }
    if (len == 2)
        return "empty hex string";
    if (len % 2)
        return "hex length must be a even number";
    if (len / 2 - 1 > FK_SEP)
        return "delimiter is longer than 50 bytes";
    for (size_t i = 2; i < len; i += 2) {
        int high = fk_hex_digit(value[i]), low = fk_hex_digit(value[i + 1]);
        if (high < 0 || low < 0)
            return "invalid hex format";
        out[(*n)++] = (char)(high * 16 + low);
    }
    return NULL;
}
