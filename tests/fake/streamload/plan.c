/* plan.c - request headers to a plan: what a BE looks at first, then what the FE's planner says.
 * Source: sheet, section 4 (headers, error texts) and 15 (Doris). */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- before the transaction begins --- */

static const struct {
    const char *name;
    bool json;
    enum fk_packing packing;
} formats[] = {{"csv", false, FK_PLAIN},
               {"json", true, FK_PLAIN},
               {"gzip", false, FK_GZIP},
               {"deflate", false, FK_GZIP},
               {"zstd", false, FK_ZSTD}};

static int format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (fk_same(name, formats[i].name))
            return (int)i;
    return -1;
}

const char *fk_format_of(const struct fk_request *r)
{
    const char *v = fk_request_header(r, "format");
    return v && *v ? v : "csv";
}

static bool flag_of(const struct fk_request *r, const char *name)
{
    return fk_same(fk_request_header(r, name), "true");
}

uint64_t fk_head_timeout(const struct fk_request *r, const char *name, uint64_t otherwise)
{
    const char *v = fk_request_header(r, name);
    uint64_t s = 0;
    if (!v)
        return otherwise;
    return fk_u64(v, strlen(v), &s) && s >= 1 && s <= 259200 ? s : 0;
}

bool fk_head_check(struct fake *f, const struct fk_request *r, struct fk_sb *why)
{
    const char *format = fk_format_of(r);
    bool json = fk_same(format, "json");
    bool lifted = flag_of(r, "ignore_json_size") || flag_of(r, "read_json_by_line");
    if (r->has_length && r->length > f->o.max_body) {
        fk_sb_fmt(why,
                  "body size %llu exceed limit: %llu, the request can not be accepted.  You can "
                  "increase the limit by setting streaming_load_max_mb in be.conf.",
                  (unsigned long long)r->length, (unsigned long long)f->o.max_body);
    } else if (json && r->has_length && r->length > f->o.max_json && !lifted) {
        fk_sb_fmt(why,
                  "The size of this batch exceed the max size [%llu]  of json type data  data [ "
                  "%llu ]. Set ignore_json_size to skip the check, although it may lead huge "
                  "memory consuming.",
                  (unsigned long long)f->o.max_json, (unsigned long long)r->length);
    } else if (format_find(format) < 0) {
        fk_sb_fmt(why, "unknown data format, format=%s", format);
    } else if (fk_head_timeout(r, "timeout", 600) == 0) {
        fk_sb_str(why, "Invalid timeout format");
    }
    return why->n == 0;
}

/* --- values of headers --- */

struct reader {
    const struct fk_request *r;
    struct fk_load *l;
    struct fk_sb *why;
};

static bool get_flag(const struct reader *p, const char *name, const char *words, bool *out)
{
    const char *v = fk_request_header(p->r, name);
    if (!v)
        return true;
    if (fk_same(v, "true") || fk_same(v, "false")) {
        *out = fk_same(v, "true");
        return true;
    }
    fk_sb_fmt(p->why, "Invalid %s format. Must be bool type", words);
    return false;
}

static bool get_separator(const struct reader *p, const char *name, const char *otherwise,
                          char *out, size_t *n)
{
    const char *v = fk_request_header(p->r, name);
    const char *wrong = fk_csv_separator(v ? v : otherwise, out, n);
    if (!wrong)
        return true;
    if (v && *v)
        fk_sb_fmt(p->why, "Invalid delimiter '%s': %s", v, wrong);
    else
        fk_sb_str(p->why, wrong);
    return false;
}

static bool get_ratio(const struct reader *p, double *out)
{
    const char *v = fk_request_header(p->r, "max_filter_ratio");
    char *end = NULL;
    if (!v)
        return true;
    *out = strtod(v, &end);
    if (end != v && *end == '\0' && *out >= 0 && *out <= 1)
        return true;
    fk_sb_str(p->why, "Invalid max_filter_ratio format. Must be between 0 and 1");
    return false;
}

/* a single byte of enclose or escape; in transactions nobody reads them */
static bool get_quote(const struct reader *p, const char *name, unsigned char *out, bool *given)
{
    const char *v = fk_request_header(p->r, name);
    if (!v || !*v || p->l->plan.in_txn)
        return true;
    if (p->l->plan.doris && v[1]) {
        fk_sb_fmt(p->why, "%s must be single-char, actually is %s", name, v);
        return false;
    }
    *out = (unsigned char)v[0];
    *given = true;
    return true;
}

static bool get_csv(const struct reader *p)
{
    struct fk_plan *l = &p->l->plan;
    struct fk_csv_form *c = &l->csv;
    const char *skip = fk_request_header(p->r, l->doris ? "skip_lines" : "skip_header");
    bool enclosed = false, cut = false;
    if (!get_separator(p, "column_separator", "\t", c->sep, &c->nsep) ||
        !get_separator(p, l->doris ? "line_delimiter" : "row_delimiter", "\n", c->delim,
                       &c->ndelim) ||
        !get_quote(p, "enclose", &c->enclose, &enclosed))
        return false;
    c->machine = enclosed;
    if (!get_quote(p, "escape", &c->escape, &c->machine) ||
        !get_flag(p, "trim_double_quotes", "trim double quotes", &cut))
        return false;
    c->keep_quotes = l->doris && enclosed && !cut;
    l->cut_quotes = l->doris && cut && !enclosed;
    if (l->in_txn)
        return true; /* skip_header and trim_space are not read there */
    if (!get_flag(p, "trim_space", "trim space", &c->trim_space))
        return false;
    if (!skip || fk_u64(skip, strlen(skip), &c->skip))
        return true;
    fk_sb_str(p->why, "Invalid csv load skip header format. Must be int type and >= 0");
    return false;
}

static bool get_packing(const struct reader *p)
{
    static const struct {
        const char *name;
        bool doris;
        enum fk_packing packing;
    } names[] = {{"gzip", false, FK_GZIP},
                 {"zstd", false, FK_ZSTD},
                 {"gz", true, FK_GZIP},
                 {"deflate", true, FK_GZIP}};
    bool doris = p->l->plan.doris;
    const char *a = fk_request_header(p->r, doris ? "compress_type" : "compression");
    const char *b = doris ? NULL : fk_request_header(p->r, "Content-Encoding");
    const char *v = a ? a : b;
    if (a && b) {
        fk_sb_str(p->why, "Only one of http header content-encoding and compression can be set");
        return false;
    }
    if (!v || !*v)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (fk_same(v, names[i].name) && names[i].doris == doris && !(doris && p->l->plan.json)) {
            p->l->plan.packing = names[i].packing;
            return true;
        }
    }
    if (doris) {
        fk_sb_fmt(p->why, "unknown data format, format=%s", fk_format_of(p->r));
        return false;
    }
    fk_sb_fmt(p->why, "Unsupported compression type: %s", v);
    for (char *c = p->why->p + strlen("Unsupported compression type: "); *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    return false;
}

static bool get_json(const struct reader *p)
{
    struct fk_plan *l = &p->l->plan;
    const char *paths = fk_request_header(p->r, "jsonpaths");
    const char *root = fk_request_header(p->r, "json_root");
    if (!get_flag(p, "strip_outer_array", "strip outer array", &l->strip_array) ||
        !get_flag(p, "read_json_by_line", "read json by line", &l->by_line))
        return false;
    if (root && *root) {
        l->root = fk_arena_dup(&p->l->keep, root, strlen(root));
        if (!fk_json_path_ok(root)) {
            fk_sb_fmt(p->why, "Invalid json path: %s", root);
            return false;
        }
    }
    if (!paths || !*paths)
        return true;
    struct fk_json_text t = {.p = paths, .n = strlen(paths)};
    struct fk_json *doc = fk_json_next(&t, &p->l->keep);
    if (!doc || doc->kind != FJ_ARRAY || !fk_json_at_end(&t)) {
        fk_sb_fmt(p->why, "Invalid json path: %s", paths);
        return false;
    }
    l->paths = fk_arena_get(&p->l->keep, FK_HEADERS * sizeof *l->paths);
    for (struct fk_json *c = doc->first; c && l->npaths < FK_HEADERS; c = c->next) {
        if (c->kind != FJ_STRING || !fk_json_path_ok(c->text)) {
            fk_sb_fmt(p->why, "Invalid json path: %s", paths);
            return false;
        }
        l->paths[l->npaths++] = fk_arena_dup(&p->l->keep, c->text, c->ntext);
    }
    return true;
}

/* --- columns --- */

static int slot_source(void *env, const char *name, size_t n)
{
    const struct fk_plan *l = &((struct fk_load *)env)->plan;
    for (size_t i = 0; i < l->nsources; i++)
        if (fk_same_n(name, n, l->sources[i].name))
            return (int)i;
    return -1;
}

static int slot_column(void *env, const char *name, size_t n)
{
    return fk_table_column(((struct fk_load *)env)->table, name, n);
}

static void source_add(struct fk_load *l, const char *name)
{
    struct fk_plan *p = &l->plan;
    size_t n = strlen(name);
    p->sources[p->nsources].name = fk_arena_dup(&l->keep, name, n);
    p->sources[p->nsources].column = fk_table_column(l->table, name, n);
    if (fk_same(name, "__op"))
        p->op_source = (int)p->nsources;
    p->nsources++;
}

/* expression_skip - up to the comma outside of brackets and quotes. */
static void expression_skip(struct fk_lex *lex)
{
    int depth = 0;
    char q = '\0';
    for (; *lex->p && (q || depth > 0 || *lex->p != ','); lex->p++) {
        if (q)
            q = *lex->p == q ? '\0' : q;
        else if (strchr("'\"`", *lex->p))
            q = *lex->p;
        else
            depth += (*lex->p == '(') - (*lex->p == ')');
    }
}

static bool derived_add(struct fk_load *l, const char *name, struct fk_expr *e, struct fk_lex *lex)
{
    struct fk_derived *d = &l->plan.derived[l->plan.nderived];
    d->expr = e;
    d->column = fk_table_column(l->table, name, strlen(name));
    if (fk_same(name, "__op")) {
        l->plan.op_derived = (int)l->plan.nderived;
    } else if (d->column < 0) {
        (void)snprintf(lex->error, sizeof lex->error, "unknown column '%s'", name);
        return false;
    }
    l->plan.nderived++;
    return true;
}

/* columns_scan - twice over the list: plain names first, then the expressions that use them. */
static bool columns_scan(const struct reader *p, const char *text, bool expressions)
{
    struct fk_load *l = p->l;
    struct fk_lex lex = {.p = text};
    char name[256];
    do {
        if (l->plan.nsources + l->plan.nderived >= 1024 || !fk_lex_name(&lex, name))
            goto wrong;
        if (!fk_lex_char(&lex, '=')) {
            if (!expressions)
                source_add(l, name);
            continue;
        }
        if (!expressions) {
            expression_skip(&lex);
            continue;
        }
        struct fk_expr *e = fk_expr_parse(&lex, &l->keep, slot_source, l);
        if (!e || !derived_add(l, name, e, &lex))
            goto wrong;
    } while (fk_lex_char(&lex, ','));
    if (fk_lex_end(&lex))
        return true;
wrong:
    fk_sb_fmt(p->why, "Getting analyzing error. Detail message: %s. columns: COLUMNS(%s)",
              lex.error[0] ? lex.error : "syntax error", text);
    return false;
}

static bool get_columns(const struct reader *p)
{
    struct fk_load *l = p->l;
    const char *text = fk_request_header(p->r, "columns");
    l->plan.op_source = l->plan.op_derived = -1;
    l->plan.sources = fk_arena_get(&l->keep, 1025 * sizeof *l->plan.sources);
    l->plan.derived = fk_arena_get(&l->keep, 1025 * sizeof *l->plan.derived);
    if (text && *text)
        return columns_scan(p, text, false) && columns_scan(p, text, true);
    for (size_t i = 0; i < l->table->ncols && i < 1024; i++)
        source_add(l, l->table->cols[i].name);
    return true;
}

/* resolve - per table column where its value comes from, and whether it may be missing. */
static bool resolve(const struct reader *p)
{
    struct fk_load *l = p->l;
    struct fk_table *t = l->table;
    l->plan.from = fk_arena_get(&l->keep, t->ncols * sizeof *l->plan.from);
    for (size_t i = 0; i < t->ncols; i++)
        l->plan.from[i] = -1;
    for (size_t i = 0; i < l->plan.nsources; i++)
        if (l->plan.sources[i].column >= 0)
            l->plan.from[l->plan.sources[i].column] = (int)i;
    for (size_t i = 0; i < l->plan.nderived; i++)
        if (l->plan.derived[i].column >= 0)
            l->plan.from[l->plan.derived[i].column] = -2 - (int)i;
    for (size_t i = 0; i < t->ncols; i++) {
        const struct fk_column *c = &t->cols[i];
        if (l->plan.from[i] != -1)
            continue;
        if (l->plan.partial && c->key) {
            fk_sb_str(p->why, "partial update should contain all key columns");
            return false;
        }
        if (!l->plan.partial && !l->plan.del_all && c->not_null && !c->fallback &&
            !c->auto_increment && l->plan.op_source < 0 && l->plan.op_derived < 0) {
            fk_sb_fmt(p->why, "Column has no default value. column: %s", c->name);
            return false;
        }
    }
    return true;
}

static bool get_update(const struct reader *p)
{
    struct fk_load *l = p->l;
    const char *condition = fk_request_header(p->r, "merge_condition");
    const char *merge = l->plan.doris ? fk_request_header(p->r, "merge_type") : NULL;
    l->plan.condition = -1;
    if (!get_flag(p, l->plan.doris ? "partial_columns" : "partial_update", "partial update",
                  &l->plan.partial))
        return false;
    if (l->plan.partial && !l->table->keyed) {
        fk_sb_str(p->why, "Only primary key table support partial update");
        return false;
    }
    l->plan.del_all = fk_same(merge, "DELETE");
    if (merge && !l->plan.del_all && !fk_same(merge, "APPEND")) {
        fk_sb_fmt(p->why, "merge_type %s is not supported by this server", merge);
        return false;
    }
    if (!condition || !*condition || l->plan.doris)
        return true;
    l->plan.condition = fk_table_column(l->table, condition, strlen(condition));
    if (!l->table->keyed || l->plan.condition < 0 || l->table->cols[l->plan.condition].key) {
        fk_sb_fmt(p->why,
                  "Merge condition column %s does not exist, or is a key, or the table has no "
                  "primary key",
                  condition);
        return false;
    }
    return true;
}

static bool get_where(const struct reader *p)
{
    const char *text = fk_request_header(p->r, "where");
    struct fk_lex lex = {.p = text};
    if (!text || !*text)
        return true;
    p->l->plan.where = fk_expr_parse(&lex, &p->l->keep, slot_column, p->l);
    if (p->l->plan.where && fk_lex_end(&lex))
        return true;
    fk_sb_fmt(p->why, "Getting analyzing error. Detail message: %s. where: %s",
              lex.error[0] ? lex.error : "syntax error", text);
    return false;
}

static bool get_partitions(const struct reader *p)
{
    if (!fk_request_header(p->r, "partitions") || !fk_request_header(p->r, "temporary_partitions"))
        return true;
    fk_sb_str(p->why, "Can not specify both partitions and temporary partitions");
    return false;
}

bool fk_plan_make(struct fk_load *l, const struct fk_request *r, struct fk_sb *why)
{
    struct reader p = {.r = r, .l = l, .why = why};
    int format = format_find(fk_format_of(r));
    l->plan.json = format >= 0 && formats[format].json;
    l->plan.packing = format >= 0 ? formats[format].packing : FK_PLAIN;
    return get_partitions(&p) && get_flag(&p, "strict_mode", "strict mode", &l->plan.strict) &&
           get_ratio(&p, &l->plan.max_ratio) && get_packing(&p) && get_csv(&p) && get_json(&p) &&
           get_update(&p) && get_columns(&p) && resolve(&p) && get_where(&p);
}

char *fk_plan_signature(const struct fk_request *r)
{
    static const char *const names[] = {"format",
                                        "columns",
                                        "where",
                                        "column_separator",
                                        "row_delimiter",
                                        "partitions",
                                        "temporary_partitions",
                                        "negative",
                                        "strict_mode",
                                        "max_filter_ratio",
                                        "timezone",
                                        "jsonpaths",
                                        "json_root",
                                        "strip_outer_array",
                                        "partial_update",
                                        "partial_update_mode",
                                        "merge_condition",
                                        "compression",
                                        "Content-Encoding"};
    struct fk_sb s = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = fk_request_header(r, names[i]);
        fk_sb_fmt(&s, "%s=%s\n", names[i], v ? v : "");
    }
    return s.p;
}
