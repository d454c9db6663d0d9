/* load.c - a body to rows: unpack, parse, convert, judge.
 * Source: sheet, sections 5 and 7. */
#include "fk.h"

#include <stdlib.h>
#include <string.h>

/* --- the error log --- */

static void reject(struct fk_load *l, struct fk_cell line, const char *message)
{
    l->filtered++;
    if (l->nerrors++ >= FK_ERROR_LINES)
        return;
    fk_sb_fmt(&l->errors, l->plan.doris ? "Reason: %s. src line [" : "Error: %s. Row: ", message);
    fk_sb_add(&l->errors, line.p, line.n);
    fk_sb_str(&l->errors, l->plan.doris ? "]; \n" : "\n");
}

static void visible(struct fk_sb *s, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\n')
            fk_sb_str(s, "\\n");
        else if (p[i] == '\t')
            fk_sb_str(s, "\\t");
        else
            fk_sb_ch(s, p[i]);
    }
}

static void reject_count(struct fk_load *l, struct fk_cell line, size_t n)
{
    struct fk_sb s = {0};
    fk_sb_fmt(&s,
              "Target column count: %zu doesn't match source value column count: %zu. Column "
              "separator: '",
              l->plan.nsources, n);
    visible(&s, l->plan.csv.sep, l->plan.csv.nsep);
    fk_sb_str(&s, "', Row delimiter: '");
    visible(&s, l->plan.csv.delim, l->plan.csv.ndelim);
    fk_sb_str(&s, "'");
    reject(l, line, s.p);
    fk_sb_free(&s);
}

static void reject_value(struct fk_load *l, struct fk_cell line, size_t i, struct fk_cell v)
{
    struct fk_sb s = {0};
    const struct fk_column *c = &l->table->cols[i];
    fk_sb_fmt(&s,
              "The field (name = %s, pos = %zu) is out of range. Type: %s, Value length: %zu, "
              "Value: ",
              c->name, i, fk_type_name(c->type), v.n);
    fk_sb_add(&s, v.p, v.n < 200 ? v.n : 200);
    reject(l, line, s.p);
    fk_sb_free(&s);
}

/* --- a row --- */

struct names {
    struct fk_load *l;
    const struct fk_cell *values; /* sources, or columns */
    bool columns;
};

static struct fk_cell name_value(void *env, size_t slot, bool *number)
{
    const struct names *n = env;
    int column = n->columns ? (int)slot : n->l->plan.sources[slot].column;
    *number = column >= 0 && fk_type_is_number(n->l->table->cols[column].type);
    return n->values[slot];
}

static struct fk_cell absent(struct fk_load *l, const struct fk_column *c)
{
    if (l->plan.partial)
        return (struct fk_cell){0};
    if (c->auto_increment) {
        struct fk_sb s = {0};
        fk_lock(l->f);
        fk_sb_fmt(&s, "%llu", (unsigned long long)l->table->next_auto++);
        fk_unlock(l->f);
        struct fk_cell v = {.p = fk_arena_dup(&l->row, s.p, s.n), .n = s.n};
        fk_sb_free(&s);
        return v;
    }
    if (c->fallback)
        return (struct fk_cell){.p = c->fallback, .n = strlen(c->fallback)};
    return (struct fk_cell){.p = "", .null = true};
}

/* column_value - value of table column i, converted.  false: the row was rejected. */
static bool column_value(struct fk_load *l, size_t i, struct names *env, struct fk_cell line,
                         bool del)
{
    const struct fk_column *c = &l->table->cols[i];
    struct fk_rules rules = {.max_string = l->f->o.max_string,
                             .binary_base64 = fk_same(l->f->o.varbinary, "base64")};
    int from = l->plan.from[i];
    struct fk_cell v, *out = &l->cells[i];
    if (from == -1) {
        *out = absent(l, c);
        if (!out->p)
            return true;
    } else if (from <= -2) {
        v = fk_expr_value(l->plan.derived[-2 - from].expr, &l->row, name_value, env);
        if (c->type == FT_VARBINARY) { /* bytes already */
            *out = v;
            out->p = v.null ? "" : v.p;
        } else if (!fk_convert(c, &rules, v, &l->row, out)) {
            goto wrong;
        }
    } else {
        v = env->values[from];
        if (!fk_convert(c, &rules, v, &l->row, out))
            goto wrong;
    }
    if (!out->null || !c->not_null || (del && !c->key))
        return true;
    reject(l, line, "NULL value in non-nullable column");
    return false;
wrong:
    if (!l->plan.strict && !c->not_null) {
        *out = (struct fk_cell){.p = "", .null = true};
        return true;
    }
    reject_value(l, line, i, v);
    return false;
}

static bool op_is_delete(struct fk_load *l, struct names *env)
{
    struct fk_cell v = {.p = "0", .n = 1};
    if (l->plan.op_source >= 0)
        v = env->values[l->plan.op_source];
    else if (l->plan.op_derived >= 0)
        v = fk_expr_value(l->plan.derived[l->plan.op_derived].expr, &l->row, name_value, env);
    return l->plan.del_all ||
           (!v.null && (fk_same_n(v.p, v.n, "delete") || fk_same_n(v.p, v.n, "1")));
}

static void row_take(struct fk_load *l, const struct fk_cell *values, struct fk_cell line)
{
    struct names source = {.l = l, .values = values};
    struct names columns = {.l = l, .values = l->cells, .columns = true};
    bool del = op_is_delete(l, &source);
    for (size_t i = 0; i < l->table->ncols; i++)
        if (!column_value(l, i, &source, line, del))
            return;
    if (l->plan.where &&
        !fk_expr_true(fk_expr_value(l->plan.where, &l->row, name_value, &columns))) {
        l->unselected++;
        return;
    }
    if (l->nrows == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 64;
        l->rows = realloc(l->rows, l->cap * sizeof(struct fk_row *));
        if (!l->rows)
            abort();
    }
    l->rows[l->nrows++] = fk_row_pack(l->cells, l->table->ncols, del);
}

static void csv_row(void *to, struct fk_cell *fields, size_t n, struct fk_cell line)
{
    struct fk_load *l = to;
    l->total++;
    fk_arena_reset(&l->row);
    if (!fk_utf8(line.p, line.n)) {
        reject(l, line, "Invalid UTF-8 row");
        return;
    }
    if (n != l->plan.nsources) {
        reject_count(l, line, n);
        return;
    }
    for (size_t i = 0; l->plan.cut_quotes && i < n; i++) {
        struct fk_cell *f = &fields[i];
        if (f->n >= 2 && f->p[0] == '"' && f->p[f->n - 1] == '"')
            *f = (struct fk_cell){.p = f->p + 1, .n = f->n - 2};
    }
    row_take(l, fields, line);
}

/* --- JSON --- */

/* json_number - a number token; DECIMAL and LARGEINT may only get what a double holds. */
static struct fk_cell json_number(struct fk_load *l, const struct fk_json *j, int column)
{
    enum fk_type t = column < 0 ? FT_STRING : l->table->cols[column].type;
    struct fk_cell v = {.p = j->raw, .n = j->nraw};
    if (!l->f->o.json_double || (t != FT_DECIMAL && t != FT_LARGEINT))
        return v;
    struct fk_sb s = {0};
    const char *text = fk_arena_dup(&l->row, j->raw, j->nraw);
    fk_sb_fmt(&s, t == FT_LARGEINT ? "%.0f" : "%.17g", strtod(text, NULL));
    if (t == FT_DECIMAL && j->nraw <= 16)
        return fk_sb_free(&s), v;
    v = (struct fk_cell){.p = fk_arena_dup(&l->row, s.p, s.n), .n = s.n};
    fk_sb_free(&s);
    return v;
}

static struct fk_cell json_minified(struct fk_load *l, const struct fk_json *j)
{
    struct fk_sb s = {0};
    fk_json_write(&s, j);
    struct fk_cell v = {.p = fk_arena_dup(&l->row, s.p, s.n), .n = s.n};
    fk_sb_free(&s);
    return v;
}

static struct fk_cell json_cell(struct fk_load *l, const struct fk_json *j, int column)
{
    bool tree = column >= 0 && l->table->cols[column].type == FT_JSON;
    if (!j || j->kind == FJ_NULL)
        return (struct fk_cell){.p = "", .null = true};
    if (tree || j->is_tree)
        return json_minified(l, j);
    bool is_nested = column >= 0 && l->table->cols[column].type == FT_ARRAY;
    if (j->kind == FJ_STRING && is_nested)
        return (struct fk_cell){.p = "", .n = 0}; /* a text is no ARRAY, MAP or STRUCT */
    if (j->kind == FJ_STRING)
        return (struct fk_cell){.p = j->text, .n = j->ntext};
    if (j->kind == FJ_NUMBER)
        return json_number(l, j, column);
    return (struct fk_cell){.p = j->kind == FJ_TRUE ? "1" : "0", .n = 1};
}

static void json_row(struct fk_load *l, const struct fk_json *doc)
{
    struct fk_plan *p = &l->plan;
    struct fk_cell line = json_minified(l, doc);
    l->total++;
    if (doc->kind != FJ_OBJECT && p->npaths == 0) {
        reject(l, line, "the value is no JSON object");
        return;
    }
    for (size_t i = 0; i < p->nsources; i++) {
        const char *name = p->sources[i].name;
        const struct fk_json *j = p->npaths == 0  ? fk_json_find(doc, name, strlen(name))
                                  : i < p->npaths ? fk_json_path(doc, p->paths[i])
                                                  : NULL;
        int column = p->sources[i].column;
        if (column >= 0 && j && j->kind != FJ_NULL && l->table->cols[column].type == FT_VARBINARY &&
            p->from[column] == (int)i) {
            reject(l, line, "VARBINARY is not supported in JSON");
            return;
        }
        l->fields[i] = json_cell(l, j, column);
        if (!j && column >= 0) /* a missing key: the default */
            l->fields[i] = absent(l, &l->table->cols[column]);
        if (!l->fields[i].p)
            l->fields[i] = (struct fk_cell){.p = "", .null = true};
    }
    row_take(l, l->fields, line);
}

static void json_fail(struct fk_load *l, const char *what, const char *why)
{
    if (l->why.n == 0)
        fk_sb_fmt(&l->why, "%s%s%s", what, why ? ": " : "", why ? why : "");
}

static void json_document(struct fk_load *l, const struct fk_json *doc)
{
    if (l->plan.root)
        doc = fk_json_path(doc, l->plan.root);
    if (!doc) {
        json_fail(l, "Failed to find the json root", NULL);
    } else if (!l->plan.strip_array && doc->kind == FJ_ARRAY) {
        json_fail(l,
                  "The value is array type in json document stream, you can set "
                  "strip_outer_array=true to parse array as multiple rows",
                  NULL);
    } else if (l->plan.strip_array && doc->kind != FJ_ARRAY) {
        json_fail(l,
                  "The value is object type in json document stream, but strip_outer_array is "
                  "true",
                  NULL);
    } else if (doc->kind != FJ_ARRAY) {
        json_row(l, doc);
    } else {
        for (const struct fk_json *c = doc->first; c; c = c->next)
            json_row(l, c);
    }
}

/* json_elements - the usual big body [{...},{...}] without holding a tree of all of it. */
static void json_elements(struct fk_load *l, struct fk_json_text *t)
{
    if (fk_json_take(t, ']'))
        return;
    do {
        fk_arena_reset(&l->row);
        struct fk_json *doc = fk_json_next(t, &l->row);
        if (!doc) {
            json_fail(l, "Failed to parse json as document", t->error);
            return;
        }
        json_row(l, doc);
    } while (fk_json_take(t, ','));
    if (!fk_json_take(t, ']'))
        json_fail(l, "Failed to parse json as document", "end of array expected");
}

static void json_body(struct fk_load *l)
{
    struct fk_json_text t = {.p = l->body.p ? l->body.p : "", .n = l->body.n};
    unsigned documents = 0;
    while (l->why.n == 0 && !fk_json_at_end(&t)) {
        fk_arena_reset(&l->row);
        if (documents++ > 0 && l->plan.doris && !l->plan.by_line) {
            json_fail(l, "several JSON documents need read_json_by_line", NULL);
            return;
        }
        if (l->plan.strip_array && !l->plan.root && fk_json_take(&t, '[')) {
            json_elements(l, &t);
            continue;
        }
        struct fk_json *doc = fk_json_next(&t, &l->row);
        if (doc)
            json_document(l, doc);
        else
            json_fail(l, "Failed to parse json as document", t.error);
    }
}

/* --- the load --- */

static void unpacked(void *to, const char *p, size_t n)
{
    struct fk_load *l = to;
    l->bytes += n;
    l->hash = fk_hash(l->hash, p, n);
    if (l->plan.json)
        fk_sb_add(&l->body, p, n);
    else
        fk_csv_feed(&l->csv, p, n);
}

static struct fk_load *sink_new(struct fake *f, const struct fk_request *r)
{
    struct fk_load *l = fk_alloc(sizeof *l);
    char delim[FK_SEP] = "\n";
    size_t n = 1;
    const char *v = fk_request_header(r, fk_is_doris(f) ? "line_delimiter" : "row_delimiter");
    if (v && fk_csv_separator(v, delim, &n))
        n = 1;
    l->f = f;
    l->sink_end = delim[n - 1];
    return l;
}

struct fk_load *fk_load_new(struct fake *f, struct fk_table *t, const struct fk_request *r,
                            bool in_txn, struct fk_sb *why)
{
    if (f->o.sink)
        return sink_new(f, r);
    struct fk_load *l = fk_alloc(sizeof *l);
    l->f = f;
    l->table = t;
    l->hash = fk_hash(UINT64_C(14695981039346656037), t->name, strlen(t->name));
    l->plan.doris = fk_is_doris(f);
    l->plan.in_txn = in_txn;
    l->plan.csv.null_raw = f->o.null_raw;
    if (!fk_plan_make(l, r, why)) {
        fk_load_free(l);
        return NULL;
    }
    l->cells = fk_alloc(t->ncols * sizeof *l->cells);
    l->fields = fk_alloc((l->plan.nsources + 1) * sizeof *l->fields);
    fk_csv_init(&l->csv, &l->plan.csv, csv_row, l);
    l->unpack = fk_unpack_new(l->plan.packing, unpacked, l);
    return l;
}

void fk_load_body(struct fk_load *l, const char *p, size_t n)
{
    if (!l->table) {
        l->bytes += n;
        if (l->f->o.sink_rows)
            l->total += fk_count(p, n, l->sink_end);
        return;
    }
    if (l->why.n == 0 && !fk_unpack_feed(l->unpack, p, n))
        fk_sb_str(&l->why, "decompress failed: the body is not what the header says");
}

void fk_load_end(struct fk_load *l)
{
    if (!l->table || l->why.n > 0)
        return;
    if (!fk_unpack_end(l->unpack)) {
        fk_sb_str(&l->why, "decompress failed: the body is cut off");
    } else if (l->plan.json) {
        json_body(l);
    } else if (l->plan.in_txn && fk_csv_pending(&l->csv)) {
        struct fk_cell rest = {.p = l->csv.in.p, .n = l->csv.in.n};
        l->total++;
        reject(l, rest, "row without row delimiter at the end of the request");
    } else {
        fk_csv_end(&l->csv);
    }
}

void fk_load_free(struct fk_load *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->nrows; i++)
        free(l->rows[i]); /* NULL once they are in the table */
    free(l->rows);
    free(l->cells);
    free(l->fields);
    if (l->unpack)
        fk_unpack_free(l->unpack);
    fk_csv_free(&l->csv);
    fk_sb_free(&l->body);
    fk_sb_free(&l->why);
    fk_sb_free(&l->errors);
    fk_arena_free(&l->keep);
    fk_arena_free(&l->row);
    free(l);
}
