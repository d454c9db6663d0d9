/* table.c - declarations, rows, and the index of tables with a key. */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- declaration --- */

static bool word_is(struct fk_lex *l, const char *w)
{
    char name[256];
    const char *back = l->p;
    if (fk_lex_name(l, name) && fk_same(name, w))
        return true;
    l->p = back;
    return false;
}

static unsigned digits(struct fk_lex *l)
{
    unsigned v = 0;
    while (*l->p == ' ')
        l->p++;
    while (*l->p >= '0' && *l->p <= '9')
        v = v * 10 + (unsigned)(*l->p++ - '0');
    return v;
}

static bool type_take(struct fk_lex *l, struct fk_column *c)
{
    char name[256];
    if (!fk_lex_name(l, name) || !fk_type_find(name, strlen(name), &c->type))
        return false;
    if (c->type == FT_DECIMAL)
        c->size = 10;
    if (c->type == FT_CHAR)
        c->size = 1;
    if (fk_lex_char(l, '<')) { /* what an ARRAY holds is not looked at */
        for (int depth = 1; *l->p && depth > 0; l->p++)
            depth += (*l->p == '<') - (*l->p == '>');
        return true;
    }
    if (!fk_lex_char(l, '('))
        return true;
    c->size = digits(l);
    if (fk_lex_char(l, ','))
        c->scale = digits(l);
    if (c->type == FT_DATETIME)
        c->size = 0;
    return fk_lex_char(l, ')') && c->scale <= c->size;
}

static char *default_take(struct fk_lex *l)
{
    while (*l->p == ' ')
        l->p++;
    char q = *l->p == '\'' || *l->p == '"' ? *l->p++ : '\0';
    size_t n = q ? strcspn(l->p, q == '"' ? "\"" : "'") : strcspn(l->p, " ,)");
    char *text = fk_dup(l->p, n);
    l->p += n + (q && l->p[n] == q);
    return text;
}

static bool column_take(struct fk_lex *l, struct fk_column *c)
{
    char name[256];
    if (!fk_lex_name(l, name))
        return false;
    c->name = fk_dupz(name);
    if (!type_take(l, c))
        return false;
    while (!fk_lex_char(l, ',')) {
        const char *at = l->p;
        if (*at == ')')
            return true;
        if (word_is(l, "not"))
            c->not_null = true;
        else if (word_is(l, "default"))
            c->fallback = default_take(l);
        else if (word_is(l, "auto_increment"))
            c->auto_increment = true;
        else if (word_is(l, "key"))
            c->key = true;
        else if (!word_is(l, "null") && !word_is(l, "primary"))
            return false;
    }
    l->p--; /* the comma is the caller's */
    return true;
}

/* default_check - bring DEFAULT into the form in which values are stored. */
static bool default_check(struct fk_column *c)
{
    struct fk_arena a = {0};
    struct fk_rules rules = {.max_string = 1048576};
    struct fk_cell in = {.p = c->fallback, .n = c->fallback ? strlen(c->fallback) : 0}, out;
    if (!c->fallback || c->type == FT_VARBINARY)
        return true;
    bool ok = fk_convert(c, &rules, in, &a, &out);
    if (ok) {
        free(c->fallback);
        c->fallback = fk_dup(out.p, out.n);
    }
    fk_arena_free(&a);
    return ok;
}

static bool keys_take(struct fk_lex *l, struct fk_table *t)
{
    char name[256];
    for (size_t i = 0; i < t->ncols; i++)
        if (!default_check(&t->cols[i]))
            return false;
    if (!word_is(l, "primary") && !word_is(l, "unique"))
        return fk_lex_end(l);
    if (!word_is(l, "key") || !fk_lex_char(l, '('))
        return false;
    do {
        int i = fk_lex_name(l, name) ? fk_table_column(t, name, strlen(name)) : -1;
        if (i < 0)
            return false;
        t->cols[i].key = true;
    } while (fk_lex_char(l, ','));
    return fk_lex_char(l, ')') && fk_lex_end(l);
}

static bool table_take(struct fk_lex *l, struct fk_table *t)
{
    char name[256];
    if (!fk_lex_name(l, name))
        return false;
    t->db = fk_dupz(name);
    if (!fk_lex_char(l, '.') || !fk_lex_name(l, name))
        return false;
    t->name = fk_dupz(name);
    if (!fk_lex_char(l, '('))
        return false;
    do {
        t->cols = realloc(t->cols, (t->ncols + 1) * sizeof *t->cols);
        if (!t->cols)
            abort();
        t->cols[t->ncols] = (struct fk_column){0};
        if (!column_take(l, &t->cols[t->ncols++]))
            return false;
    } while (fk_lex_char(l, ','));
    return fk_lex_char(l, ')') && keys_take(l, t);
}

struct fk_table *fk_table_parse(const char *ddl, char *why, size_t nwhy)
{
    struct fk_table *t = fk_alloc(sizeof *t);
    struct fk_lex l = {.p = ddl};
    t->next_auto = 1;
    if (!table_take(&l, t)) {
        (void)snprintf(why, nwhy, "table not understood near '%.40s' in '%.200s'", l.p, ddl);
        fk_table_free(t);
        return NULL;
    }
    for (size_t i = 0; i < t->ncols; i++)
        t->keyed |= t->cols[i].key;
    return t;
}

void fk_table_free(struct fk_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->ncols; i++) {
        free(t->cols[i].name);
        free(t->cols[i].fallback);
    }
    for (size_t i = 0; i < t->nrows; i++)
        free(t->rows[i]);
    free(t->cols);
    free(t->rows);
    free(t->index);
    free(t->db);
    free(t->name);
    free(t);
}

int fk_table_column(const struct fk_table *t, const char *name, size_t n)
{
    for (size_t i = 0; i < t->ncols; i++)
        if (fk_same_n(name, n, t->cols[i].name))
            return (int)i;
    return -1;
}

/* --- rows --- */

struct fk_row *fk_row_pack(const struct fk_cell *cells, size_t n, bool del)
{
    size_t bytes = sizeof(struct fk_row) + n * sizeof *cells;
    size_t at = bytes;
    for (size_t i = 0; i < n; i++)
        bytes += cells[i].n + 1;
    struct fk_row *row = fk_alloc(bytes);
    row->del = del;
    row->n = n;
    for (size_t i = 0; i < n; i++) {
        row->c[i] = cells[i];
        if (!cells[i].p)
            continue;
        char *to = (char *)row + at;
        memcpy(to, cells[i].p, cells[i].n);
        row->c[i].p = to;
        at += cells[i].n + 1;
    }
    return row;
}

static uint64_t key_hash(const struct fk_table *t, const struct fk_row *row)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < t->ncols; i++)
        if (t->cols[i].key)
            h = fk_hash(fk_hash(h, row->c[i].p, row->c[i].n), "\xff", 1);
    return h ^ h >> 29;
}

static bool key_same(const struct fk_table *t, const struct fk_row *x, const struct fk_row *y)
{
    for (size_t i = 0; i < t->ncols; i++) {
        const struct fk_cell *a = &x->c[i], *b = &y->c[i];
        if (t->cols[i].key && (a->null != b->null || a->n != b->n || memcmp(a->p, b->p, a->n) != 0))
            return false;
    }
    return true;
}

static void index_add(struct fk_table *t, size_t position)
{
    size_t i = (size_t)key_hash(t, t->rows[position]) & (t->nindex - 1);
    while (t->index[i])
        i = (i + 1) & (t->nindex - 1);
    t->index[i] = (uint32_t)(position + 1);
}

static void index_grow(struct fk_table *t)
{
    free(t->index);
    t->nindex = t->nindex ? t->nindex * 2 : 1024;
    t->index = fk_alloc(t->nindex * sizeof *t->index);
    for (size_t i = 0; i < t->nrows; i++)
        if (t->rows[i])
            index_add(t, i);
}

/* key_find - where the row with this key is; nrows: nowhere. */
static size_t key_find(const struct fk_table *t, const struct fk_row *row)
{
    if (!t->nindex)
        return t->nrows;
    for (size_t i = (size_t)key_hash(t, row) & (t->nindex - 1); t->index[i];
         i = (i + 1) & (t->nindex - 1)) {
        size_t position = t->index[i] - 1;
        if (t->rows[position] && key_same(t, t->rows[position], row))
            return position;
    }
    return t->nrows;
}

static void append(struct fk_table *t, struct fk_row *row)
{
    if (t->nrows == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 64;
        t->rows = realloc(t->rows, t->cap * sizeof(struct fk_row *));
        if (!t->rows)
            abort();
    }
    t->rows[t->nrows++] = row;
    t->live++;
    if (t->keyed && (t->nrows + 1) * 2 > t->nindex)
        index_grow(t);
    else if (t->keyed)
        index_add(t, t->nrows - 1);
}

/* fill - absent cells from the row that was there, or from the defaults. */
static struct fk_row *fill(const struct fk_table *t, struct fk_row *row, const struct fk_row *old)
{
    struct fk_cell *cells = fk_alloc(t->ncols * sizeof *cells);
    bool any = false;
    for (size_t i = 0; i < t->ncols; i++) {
        const char *d = t->cols[i].fallback;
        cells[i] = row->c[i];
        if (cells[i].p)
            continue;
        any = true;
        if (old)
            cells[i] = old->c[i];
        else
            cells[i] = (struct fk_cell){.p = d ? d : "", .n = d ? strlen(d) : 0, .null = !d};
    }
    struct fk_row *full = any ? fk_row_pack(cells, t->ncols, row->del) : row;
    free(cells);
    if (any)
        free(row);
    return full;
}

static bool condition_holds(const struct fk_table *t, int column, const struct fk_row *row,
                            const struct fk_row *old)
{
    if (column < 0 || !row->c[column].p || old->c[column].null)
        return true;
    return !row->c[column].null &&
           fk_cell_compare(&t->cols[column], row->c[column], old->c[column]) >= 0;
}

void fk_table_put(struct fk_table *t, struct fk_row *row, int condition)
{
    size_t at = t->keyed ? key_find(t, row) : t->nrows;
    struct fk_row *old = at < t->nrows ? t->rows[at] : NULL;
    if (old && !row->del && !condition_holds(t, condition, row, old)) {
        free(row);
        return;
    }
    if (row->del) {
        if (old) {
            free(old);
            t->rows[at] = NULL;
            t->live--;
        }
        free(row);
        return;
    }
    row = fill(t, row, old);
    if (!old) {
        append(t, row);
        return;
    }
    free(old);
    t->rows[at] = row;
}

void fk_table_json(struct fk_sb *out, const struct fk_table *t)
{
    for (size_t i = 0; i < t->nrows; i++) {
        if (!t->rows[i])
            continue;
        fk_sb_ch(out, '{');
        for (size_t k = 0; k < t->ncols; k++) {
            if (k)
                fk_sb_ch(out, ',');
            fk_sb_json(out, t->cols[k].name, strlen(t->cols[k].name));
            fk_sb_ch(out, ':');
            fk_cell_json(out, &t->cols[k], t->rows[i]->c[k]);
        }
        fk_sb_str(out, "}\n");
    }
}
