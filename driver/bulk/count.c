/* count.c - see count.h.  One pass over the bytes; lines that end in a single byte go by memchr. */
#include "bulk/count.h"

#include <string.h>

#include "base/hex.h"
#include "base/num.h"
#include "base/text.h"
#include "bulk/load_parts.h"

/* --- what the headers say --------------------------------------------------------------------- */

/* Names of the headers, by dialect; NULL: there is none. */
struct names {
    const char *delim, *skip, *codec;
};
static const struct names names[] = {
    [LOAD_STARROCKS] = {"row_delimiter", "skip_header", "compression"},
    [LOAD_DORIS] = {"line_delimiter", "skip_lines", "compress_type"},
};

/* The value that counts; "": none. */
static const char *said(const struct load_request *q, const char *name)
{
    const char *v = request_header(q, name);
    return v ? v : "";
}

static bool take_hex(struct count_mark *m, const char *s)
{
    for (; s[0] && s[1] && m->n < COUNT_MARK; s += 2) {
        int high = hex_value(s[0]), low = hex_value(s[1]);
        if (high < 0 || low < 0)
            return false;
        m->p[m->n++] = (unsigned char)(high << 4 | low);
    }
    return !*s && m->n;
}

/* "\x01", "0x01", or the bytes themselves; a backslash that is no \x means different things to
 * different releases. */
static bool take_mark(struct count_mark *m, const char *s, char usual)
{
    size_t n = strlen(s);
    *m = (struct count_mark){0};
    if (!n) {
        m->p[m->n++] = (unsigned char)usual;
        return true;
    }
    if ((s[0] == '\\' || s[0] == '0') && (s[1] | 0x20) == 'x')
        return take_hex(m, s + 2);
    if (n > COUNT_MARK || strchr(s, '\\'))
        return false;
    memcpy(m->p, s, n);
    m->n = n;
    return true;
}

/* back[i]: how much of the mark is still there when i bytes fitted and the next one does not. */
static void make_back(struct count_mark *m)
{
    size_t k = 0;
    for (size_t i = 1; i < m->n; i++) {
        while (k && m->p[i] != m->p[k])
            k = m->back[k];
        k += m->p[i] == m->p[k];
        m->back[i + 1] = (unsigned char)k;
    }
}

/* Both are one too many: Doris then looks at the format only, and nothing says that it always did.
 */
static bool take_skip(struct count *c, const char *v, unsigned names_of_columns)
{
    int64_t n = 0;
    bool good = !*v || (num_get_i64(v, strlen(v), &n) == NUM_OK && n >= 0);
    c->skip = (uint64_t)n + names_of_columns;
    return good && (!*v || !names_of_columns);
}

static enum count_how csv_begin(struct count *c, const struct load_request *q,
                                const struct names *n, unsigned names_of_columns)
{
    struct count_mark sep;
    const char *enclose = said(q, "enclose"), *escape = said(q, "escape");
    bool good = take_mark(&c->delim, said(q, n->delim), '\n') &&
                take_mark(&sep, said(q, "column_separator"), '\t') &&
                take_skip(c, said(q, n->skip), names_of_columns);
    if (!good)
        return COUNT_NOTHING;
    make_back(&c->delim);
    c->sep = sep.p[0];
    c->enclose = (unsigned char)*enclose; /* 0 where not given, as the servers have it */
    c->escape = (unsigned char)*escape;
    if (!*enclose && !*escape)
        return COUNT_LINES;
    bool is_simple = c->delim.n == 1 && sep.n == 1 && c->enclose != c->escape;
    return is_simple ? COUNT_QUOTED : COUNT_NOTHING;
}

static bool is_true(const char *v)
{
    return text_eq(v, "true");
}

/* Paths choose rows of their own. */
static enum count_how json_begin(struct count *c, const struct load_request *q)
{
    c->strip = is_true(said(q, "strip_outer_array"));
    bool has_paths = *said(q, "jsonpaths") || *said(q, "json_root") || *said(q, "envelope");
    return has_paths ? COUNT_NOTHING : COUNT_JSON;
}

void count_begin(struct count *c, const struct load_request *q, enum load_dialect dialect)
{
    const struct names *n = &names[dialect];
    const char *format = said(q, "format");
    bool is_packed = *said(q, n->codec) || *said(q, "Content-Encoding");
    unsigned lines_of_names = dialect != LOAD_DORIS                         ? 0
                              : text_eq(format, "csv_with_names")           ? 1
                              : text_eq(format, "csv_with_names_and_types") ? 2
                                                                            : 0;
    *c = (struct count){0};
    if (is_packed)
        return;
    if (!*format || text_eq(format, "csv") || lines_of_names)
        c->how = csv_begin(c, q, n, lines_of_names);
    else if (text_eq(format, "json"))
        c->how = json_begin(c, q);
}

void count_again(struct count *c)
{
    struct count old = *c;
    *c = (struct count){.how = old.how,
                        .delim = old.delim,
                        .sep = old.sep,
                        .enclose = old.enclose,
                        .escape = old.escape,
                        .skip = old.skip,
                        .strip = old.strip};
}

/* --- CSV -------------------------------------------------------------------------------------- */

/* A row of n bytes, the delimiter not among them. */
static void row_end(struct count *c, uint64_t n)
{
    c->rows++;
    c->blank += c->solid >= n;
    c->past += c->at;
    c->at = c->solid = 0;
}

/* Also the mark of UTF-8 at the very beginning, which Doris takes away, and a newline that somebody
 * wrote behind a delimiter of his own. */
static bool is_blank(const struct count *c, unsigned char b)
{
    static const unsigned char bom[] = {0xEF, 0xBB, 0xBF};
    uint64_t at = c->past + c->solid;
    return b == ' ' || b == '\r' || b == '\n' || (at < sizeof bom && b == bom[at]);
}

/* n bytes of a row. */
static void row_bytes(struct count *c, const unsigned char *p, size_t n)
{
    if (c->solid == c->at)
        for (size_t i = 0; i < n && is_blank(c, p[i]); i++)
            c->solid++;
    c->at += n;
}

static void put_lines(struct count *c, const unsigned char *p, size_t n)
{
    const unsigned char *end = p + n;
    while (p < end) {
        const unsigned char *mark = memchr(p, c->delim.p[0], (size_t)(end - p));
        row_bytes(c, p, (size_t)((mark ? mark : end) - p));
        if (!mark)
            return;
        row_end(c, c->at);
        p = mark + 1;
    }
}

/* Delimiters of several bytes, the leftmost first. */
static void put_long_lines(struct count *c, const unsigned char *p, size_t n)
{
    const struct count_mark *m = &c->delim;
    for (size_t i = 0; i < n; i++) {
        row_bytes(c, p + i, 1);
        while (c->matched && p[i] != m->p[c->matched])
            c->matched = m->back[c->matched];
        c->matched += p[i] == m->p[c->matched];
        if (c->matched < m->n)
            continue;
        c->matched = 0;
        row_end(c, c->at - m->n);
    }
}

enum { FIELD, ORDINARY, ORDINARY_ESCAPED, ENCLOSED, ENCLOSED_ESCAPED, CLOSED };

static bool is_special(const struct count *c, unsigned char b)
{
    return b == c->enclose || b == c->escape;
}

/* What ends a field; the rest is odd to one of the servers. */
static unsigned after_close(struct count *c, unsigned char b)
{
    if (b == c->enclose && !c->is_first)
        return ENCLOSED; /* doubled; at the beginning of a field StarRocks takes it apart */
    c->is_odd = c->is_odd || b != '\r';
    return ORDINARY;
}

static unsigned in_enclosed(struct count *c, unsigned char b)
{
    if (b == c->enclose)
        return CLOSED;
    c->is_first = false;
    return b == c->escape ? ENCLOSED_ESCAPED : ENCLOSED;
}

static unsigned in_ordinary(struct count *c, unsigned char b)
{
    if (b == c->sep)
        return FIELD;
    if (b == c->escape)
        return ORDINARY_ESCAPED;
    c->is_odd = c->is_odd || b == c->enclose;
    return ORDINARY;
}

static unsigned quoted_next(struct count *c, unsigned char b)
{
    switch (c->state) {
    case ENCLOSED:
        return in_enclosed(c, b);
    case ENCLOSED_ESCAPED:
        c->is_odd = c->is_odd || !(is_special(c, b) || b == c->sep || b == c->delim.p[0]);
        return ENCLOSED;
    case CLOSED:
        return b == c->sep ? FIELD : after_close(c, b);
    case ORDINARY_ESCAPED:
        c->is_odd = c->is_odd || b == c->delim.p[0];
        return ORDINARY;
    case FIELD:
        if (b == c->enclose) {
            c->is_first = true;
            return ENCLOSED;
        }
        break;
    default:
        break;
    }
    return in_ordinary(c, b);
}

/* StarRocks skips lines without a look at quotes. */
static bool is_odd_to_skip(const struct count *c, bool is_quoted_break)
{
    return is_quoted_break && c->rows < c->skip;
}

/* The one of the two marks that is not given is a NUL to StarRocks. */
static bool is_nul_mark(const struct count *c, unsigned char b)
{
    return !b && !(c->enclose && c->escape);
}

/* enclose or escape: a delimiter may be data. */
static void put_quoted(struct count *c, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_break = p[i] == c->delim.p[0];
        bool may_end = c->state == FIELD || c->state == ORDINARY || c->state == CLOSED;
        c->breaks += is_break;
        c->is_odd = c->is_odd || is_odd_to_skip(c, is_break && !may_end) || is_nul_mark(c, p[i]);
        if (is_break && may_end) {
            row_end(c, c->at);
            c->state = FIELD;
            continue;
        }
        row_bytes(c, p + i, 1);
        c->state = quoted_next(c, p[i]);
    }
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static struct count_rows csv_end(const struct count *c)
{
    bool has_rest = c->at > 0, is_blank_rest = c->solid >= c->at;
    uint64_t rows = c->rows + has_rest, blank = c->blank + (has_rest && is_blank_rest);
    bool is_open = c->state == ENCLOSED || c->state == ENCLOSED_ESCAPED;
    if (!c->is_odd && !is_open)
        return (struct count_rows){less(rows - blank, c->skip), less(rows, c->skip), false};
    return (struct count_rows){rows > blank && !c->skip, c->breaks + 1, false};
}

/* --- JSON ------------------------------------------------------------------------------------- */

static bool is_space(unsigned char b)
{
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
}

static void json_text(struct count *c, unsigned char b)
{
    if (c->is_escaped)
        c->is_escaped = false;
    else if (b == '\\')
        c->is_escaped = true;
    else
        c->in_text = b != '"';
}

/* Between documents. */
static void json_top(struct count *c, unsigned char b)
{
    c->is_array = c->is_due = b == '[';
    c->arrays += c->is_array;
    c->tops += b == '{';
    c->is_odd = c->is_odd || (b != '[' && b != '{');
    c->depth = 1;
}

static void json_element(struct count *c, unsigned char b)
{
    c->is_due = false;
    if (b == ']')
        return;
    c->elements++;
    c->objects += b == '{';
}

static void json_byte(struct count *c, unsigned char b)
{
    if (c->depth == 1 && c->is_array && c->is_due)
        json_element(c, b);
    if (b == '"')
        c->in_text = true;
    else if (b == '{' || b == '[')
        c->depth++;
    else if (b == '}' || b == ']')
        c->depth--;
    else if (b == ',' && c->depth == 1)
        c->is_due = true;
}

static void put_json(struct count *c, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c->in_text)
            json_text(c, p[i]);
        else if (is_space(p[i]))
            continue;
        else if (!c->depth)
            json_top(c, p[i]);
        else
            json_byte(c, p[i]);
    }
}

static const struct count_rows any_rows = {0, UINT64_MAX, false};

static struct count_rows json_end(const struct count *c)
{
    bool is_whole = !c->is_odd && !c->depth && !c->in_text;
    if (is_whole && c->strip && !c->tops)
        return (struct count_rows){c->objects, c->elements, true};
    if (is_whole && !c->strip && !c->arrays)
        return (struct count_rows){c->tops, c->tops, true};
    return any_rows;
}

/* --- either ----------------------------------------------------------------------------------- */

void count_put(struct count *c, const void *p, size_t n)
{
    switch (c->how) {
    case COUNT_LINES:
        if (c->delim.n == 1)
            put_lines(c, p, n);
        else
            put_long_lines(c, p, n);
        break;
    case COUNT_QUOTED:
        put_quoted(c, p, n);
        break;
    case COUNT_JSON:
        put_json(c, p, n);
        break;
    default:
        break;
    }
}

struct count_rows count_end(const struct count *c)
{
    switch (c->how) {
    case COUNT_LINES:
    case COUNT_QUOTED:
        return csv_end(c);
    case COUNT_JSON:
        return json_end(c);
    default:
        return any_rows;
    }
}

struct count_rows count_exact(uint64_t n)
{
    return (struct count_rows){n, n, false};
}

struct count_rows count_add(struct count_rows a, struct count_rows b)
{
    bool is_known = a.most < UINT64_MAX - b.most;
    return (struct count_rows){a.least + b.least, is_known ? a.most + b.most : UINT64_MAX,
                               a.of_documents || b.of_documents};
}

bool count_fits(struct count_rows sent, uint64_t n, bool has_rejected)
{
    return (sent.of_documents && has_rejected) || (n >= sent.least && n <= sent.most);
}
