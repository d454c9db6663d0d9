/* streamload_opt.c - what is said about a load: rows of table/load_option.def, where their values
 * come from, and the headers they become. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "conf/like.h"
#include "mywire.h"
#include "odbc/command/roundtrip.h"
#include "odbc/exec/exec.h"
#include "odbc/load/streamload_parts.h"
#include "sql/unquote.h"

enum check {
    CHECK_TEXT,
    CHECK_BOOL,
    CHECK_SECONDS,
    CHECK_RATIO,
    CHECK_LABEL,
    CHECK_PREFIX,
    CHECK_FORMAT,
    CHECK_MODE,
    CHECK_HEADERS
};
enum apply { FOR_ALL, FOR_BODY, FOR_SPECIAL };

#define DSN_KEY_NO_KEY DSN_KEYS

struct option_row {
    const char *name;
    SQLINTEGER attr;
    enum dsn_key key;
    enum check check;
    enum apply apply;
    const char *header[2]; /* by enum load_dialect */
};

#define LOAD_OPTION(id, n, field, how, when, starrocks, doris)                                     \
    [LOAD_OPT_##id] = {.name = (n),                                                                \
                       .attr = SQL_ATTR_MYWIRE_LOAD_##id,                                          \
                       .key = DSN_KEY_##field,                                                     \
                       .check = CHECK_##how,                                                       \
                       .apply = FOR_##when,                                                        \
                       .header = {[LOAD_STARROCKS] = (starrocks), [LOAD_DORIS] = (doris)}},
static const struct option_row rows[LOAD_OPTS] = {
#include "table/load_option.def"
};

/* --- checks ----------------------------------------------------------------------------------- */

static bool is_yes(const char *v)
{
    return text_eq(v, "true") || text_eq(v, "1") || text_eq(v, "on") || text_eq(v, "yes");
}

bool option_is_yes(const char *v)
{
    return v && is_yes(v);
}

static bool is_no(const char *v)
{
    return text_eq(v, "false") || text_eq(v, "0") || text_eq(v, "off") || text_eq(v, "no");
}

/* 0, 1, or 0.5 with any digits. */
static bool is_ratio(const char *v)
{
    size_t n = strspn(v, "0123456789."), points = 0;
    bool is_zero = v[0] == '0', is_one = v[0] == '1';
    for (size_t i = 0; i < n; i++) {
        points += v[i] == '.';
        if (i > 1 && is_one && v[i] != '0')
            return false;
    }
    return n && !v[n] && (is_zero || is_one) && (n == 1 || v[1] == '.') && points <= 1;
}

static bool is_seconds(const char *v)
{
    int64_t s = 0;
    return num_get_i64(v, strlen(v), &s) == NUM_OK && s >= 0 && s <= 259200;
}

/* The next "name: value" of a list; *s moves on.  1, 0 at the end, -1: it is none. */
struct header_span {
    const char *name, *value;
    size_t nname, nvalue;
};

static void trim(const char **s, size_t *n)
{
    while (*n && (**s == ' ' || **s == '\t')) {
        (*s)++;
        (*n)--;
    }
    while (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t' || (*s)[*n - 1] == '\r'))
        (*n)--;
}

static int next_header(const char **s, struct header_span *out)
{
    const char *item = *s;
    size_t n;
    do {
        item = *s;
        n = strcspn(item, ";\n");
        *s = item + n + (item[n] != '\0');
        trim(&item, &n);
    } while (!n && **s);
    if (!n)
        return 0;
    const char *colon = memchr(item, ':', n);
    if (!colon || colon == item)
        return -1;
    *out = (struct header_span){item, colon + 1, (size_t)(colon - item),
                                n - (size_t)(colon - item) - 1};
    trim(&out->name, &out->nname);
    trim(&out->value, &out->nvalue);
    return 1;
}

static bool are_headers(const char *v)
{
    struct header_span h;
    int got = 1;
    while (got == 1)
        got = next_header(&v, &h);
    return got == 0;
}

static bool is_good(enum check how, const char *v)
{
    switch (how) {
    case CHECK_BOOL:
        return is_yes(v) || is_no(v);
    case CHECK_SECONDS:
        return is_seconds(v);
    case CHECK_RATIO:
        return is_ratio(v);
    case CHECK_LABEL:
        return load_label_good(v, LOAD_LABEL_MAX);
    case CHECK_PREFIX:
        return load_label_good(v, LOAD_PREFIX_MAX);
    case CHECK_FORMAT:
        return text_eq(v, "auto") || text_eq(v, "csv") || text_eq(v, "json");
    case CHECK_MODE:
        return text_eq(v, "auto") || text_eq(v, "off") || text_eq(v, "required");
    case CHECK_HEADERS:
        return are_headers(v);
    default:
        return true;
    }
}

int option_check(enum load_opt id, const char *value, struct fault *f)
{
    static const char *const allowed[] = {
        [CHECK_TEXT] = "any text",
        [CHECK_BOOL] = "true or false",
        [CHECK_SECONDS] = "seconds from 0 to 259200",
        [CHECK_RATIO] = "a number from 0 to 1",
        [CHECK_LABEL] = "1 to 128 letters, digits, - and _",
        [CHECK_PREFIX] = "1 to 95 letters, digits, - and _",
        [CHECK_FORMAT] = "auto, csv or json",
        [CHECK_MODE] = "AUTO, OFF or REQUIRED",
        [CHECK_HEADERS] = "name: value, several with ; between them",
    };
    if (!*value || is_good(rows[id].check, value))
        return RC_OK;
    return fault(f, RC_CONFIG, "Stream Load: %s=%.100s cannot be used; it must be %s",
                 rows[id].name, value, allowed[rows[id].check]);
}

/* --- where values come from ------------------------------------------------------------------- */

struct streamload_own *own_of(struct handle *h)
{
    bool is_stmt = h->magic == MAGIC_STMT;
    struct streamload_own **own =
        is_stmt ? &((struct stmt *)(void *)h)->load_own : &((struct dbc *)(void *)h)->load_own;
    if (!*own)
        *own = calloc(1, sizeof **own);
    return *own;
}

/* NULL if there is none yet. */
static const struct streamload_own *own_get(const struct handle *h)
{
    return h->magic == MAGIC_STMT ? ((const struct stmt *)(const void *)h)->load_own
                                  : ((const struct dbc *)(const void *)h)->load_own;
}

static const char *own_value(const struct streamload_own *own, enum load_opt id)
{
    return own ? own->value[id] : NULL;
}

bool option_of_dsn(const struct dsn *d, enum load_opt id, struct buf *out)
{
    size_t before = out->len;
    if (rows[id].key != DSN_KEYS)
        dsn_get(d, rows[id].key, true, out);
    return out->len > before;
}

/* What the statement (or NULL), connection or DSN says; appended to out.  False:
 * nobody says anything. */
static bool option_now(const struct dbc *d, const struct stmt *s, enum load_opt id, struct buf *out)
{
    const char *v = s ? own_value(s->load_own, id) : NULL;
    if (!v)
        v = own_value(d->load_own, id);
    if (v) {
        buf_puts(out, v);
        return true;
    }
    return d->state == DBC_CONNECTED && option_of_dsn(&d->dsn, id, out);
}

enum dsn_load_mode mode_now(const struct stmt *s)
{
    const struct dbc *d = s->dbc;
    const char *v = own_value(s->load_own, LOAD_OPT_MODE);
    if (!d->dsn.load_url)
        return DSN_LOAD_OFF;
    if (!v)
        v = own_value(d->load_own, LOAD_OPT_MODE);
    if (!v)
        return d->dsn.load_mode;
    return text_eq(v, "off")        ? DSN_LOAD_OFF
           : text_eq(v, "required") ? DSN_LOAD_REQUIRED
                                    : DSN_LOAD_AUTO;
}

/* --- attributes ------------------------------------------------------------------------------- */

static enum load_opt option_of_attr(SQLINTEGER id)
{
    size_t i = 0;
    while (i < LOAD_OPTS && rows[i].attr != id)
        i++;
    return (enum load_opt)i;
}

SQLRETURN streamload_set_attr(struct handle *h, SQLINTEGER id, struct text_arg value)
{
    enum load_opt opt = option_of_attr(id);
    struct streamload_own *own = own_of(h);
    struct buf text = {0};
    struct fault f;
    if (!own || opt == LOAD_OPTS)
        return diag(h, own ? ST_HY092 : ST_HY001, "attribute %d cannot be set", (int)id);
    SQLRETURN rc = text_in(h, &text, value, rows[opt].name);
    if (rc == SQL_SUCCESS && option_check(opt, buf_str(&text), &f))
        rc = diag(h, ST_HY024, "%s", f.text);
    if (rc == SQL_SUCCESS) {
        size_t n = 0;
        bool is_set = text.len != 0;
        buf_putc(&text, 0);
        char *copy = (char *)buf_take(&text, &n);
        if (!copy)
            rc = diag(h, ST_HY001, "no memory for an attribute");
        if (rc == SQL_SUCCESS) {
            free(own->value[opt]);
            own->value[opt] = is_set ? copy : NULL;
        }
        if (!is_set)
            free(copy);
    }
    buf_clear(&text);
    return rc;
}

/* Numbers that the server did not tell are empty. */
static void put_count(struct buf *b, int64_t n)
{
    if (n >= 0)
        buf_printf(b, "%lld", (long long)n);
}

static void put_told(struct buf *b, const struct load_result *r, SQLINTEGER id)
{
    switch (id) {
    case SQL_ATTR_MYWIRE_LOADED_LABEL:
        buf_puts(b, r->label);
        return;
    case SQL_ATTR_MYWIRE_LOADED_STATUS:
        buf_puts(b, r->status);
        return;
    case SQL_ATTR_MYWIRE_LOADED_TRANSACTION:
        put_count(b, r->txn_id);
        return;
    case SQL_ATTR_MYWIRE_LOADED_TOTAL:
        put_count(b, r->rows_total);
        return;
    case SQL_ATTR_MYWIRE_LOADED_ROWS:
        put_count(b, r->rows_loaded);
        return;
    case SQL_ATTR_MYWIRE_LOADED_FILTERED:
        put_count(b, r->rows_filtered);
        return;
    case SQL_ATTR_MYWIRE_LOADED_UNSELECTED:
        put_count(b, r->rows_unselected);
        return;
    case SQL_ATTR_MYWIRE_LOADED_BYTES:
        put_count(b, r->bytes);
        return;
    case SQL_ATTR_MYWIRE_LOADED_MILLISECONDS:
        put_count(b, r->milliseconds);
        return;
    case SQL_ATTR_MYWIRE_LOADED_MESSAGE:
        buf_put(b, r->message.p, r->message.len);
        return;
    case SQL_ATTR_MYWIRE_LOADED_ERROR_URL:
        buf_put(b, r->error_url.p, r->error_url.len);
        return;
    default:
        buf_put(b, r->rejected.p, r->rejected.len);
    }
}

SQLRETURN streamload_get_attr(struct handle *h, SQLINTEGER id, struct text_out out)
{
    enum load_opt opt = option_of_attr(id);
    const struct streamload_own *own = own_get(h);
    const struct stmt *s = h->magic == MAGIC_STMT ? (const struct stmt *)(void *)h : NULL;
    struct buf text = {0};
    if (opt < LOAD_OPTS)
        (void)option_now(s ? s->dbc : (const struct dbc *)(void *)h, s, opt, &text);
    else if (own && own->has_told)
        put_told(&text, &own->told, id);
    SQLRETURN rc = text_write(h, &out, buf_str(&text), text.len);
    buf_clear(&text);
    return rc;
}

void streamload_forget(struct streamload_own *own)
{
    if (!own)
        return;
    for (size_t i = 0; i < LOAD_OPTS; i++)
        free(own->value[i]);
    load_result_clear(&own->told);
    free(own->parsed);
    free(own);
}

/* --- a load ----------------------------------------------------------------------------------- */

#define HEADERS_MAX 100

void call_free(struct load_call *c)
{
    if (!c)
        return;
    arena_clear(&c->arena);
    free(c);
}

bool call_header(struct load_call *c, const char *name, const char *value)
{
    if (!c->headers)
        c->headers = arena_zalloc(&c->arena, HEADERS_MAX * sizeof *c->headers);
    char *n = arena_strdup(&c->arena, name), *v = arena_strdup(&c->arena, value);
    if (!c->headers || !n || !v || c->nheaders == HEADERS_MAX)
        return false;
    c->headers[c->nheaders++] = (struct load_header){n, v};
    return true;
}

static SQLRETURN no_memory(struct stmt *s)
{
    return diag(&s->h, ST_HY001, "no memory for a Stream Load, or more than %d headers",
                HEADERS_MAX);
}

/* Values from the statement's and connection's attributes and the DSN. */
static bool take_values(struct stmt *s, struct load_call *c)
{
    struct buf b = {0};
    bool is_whole = true;
    for (size_t i = 0; i < LOAD_OPTS && is_whole; i++) {
        buf_reset(&b);
        if (option_now(s->dbc, s, (enum load_opt)i, &b))
            c->value[i] = arena_strdup(&c->arena, buf_str(&b));
        is_whole = buf_ok(&b) && (!b.len || c->value[i]);
    }
    buf_clear(&b);
    return is_whole;
}

/* Backslashes are ordinary in this statement, so that '\x01' is what the server reads. */
static void put_value(struct buf *out, const struct stmt *s, struct sql_span v)
{
    sql_unquote_name(out, (const char *)s->x->sql.p + v.at, v.len);
}

/* --- names of headers ------------------------------------------------------------------------- */

enum header_kind { HEADER_OTHER, HEADER_OF_BODY };

static const struct known_header {
    const char *name;
    enum header_kind kind;
} headers[] = {
#define LOAD_HEADER(name, kind) {name, HEADER_##kind},
#include "table/load_header.def"
};
#define NHEADERS (sizeof headers / sizeof *headers)

static const struct known_header *known_header(const char *name)
{
    for (size_t i = 0; i < NHEADERS; i++)
        if (text_eq(name, headers[i].name))
            return &headers[i];
    return NULL;
}

/* What the bytes are: of inserts, the driver alone knows. */
static bool is_of_body(const char *name)
{
    const struct known_header *h = known_header(name);
    return h && h->kind == HEADER_OF_BODY;
}

static void nearer(const char *name, const char *word, const char **best, size_t *slips)
{
    size_t n = like_slips(name, strlen(name), word);
    if (n >= *slips)
        return;
    *best = word;
    *slips = n;
}

/* The option or header that the name, which is none that is known, may be a slip of; or NULL. */
static const char *meant(const char *name)
{
    const char *best = NULL;
    size_t slips = SIZE_MAX;
    if (known_header(name))
        return NULL;
    for (size_t i = 0; i < LOAD_OPTS; i++)
        if (i != LOAD_OPT_MODE && i != LOAD_OPT_HEADERS)
            nearer(name, rows[i].name, &best, &slips);
    for (size_t i = 0; i < NHEADERS; i++)
        nearer(name, headers[i].name, &best, &slips);
    return best;
}

/* A name that is no option goes as a header.  One that is nearly a known name is a slip, or must be
 * quoted to say that it is none. */
static SQLRETURN take_header(struct stmt *s, struct load_call *c, struct sql_span written,
                             const char *name, const char *value)
{
    bool is_quoted = strchr("`\"'", ((const char *)s->x->sql.p)[written.at]);
    const char *other = is_quoted ? NULL : meant(name);
    if (other)
        return diag(&s->h, ST_42000,
                    "STREAM LOAD: %.64s is no option that is known; %s is.  To send it as a header "
                    "all the same, write `%.64s`",
                    name, other, name);
    return call_header(c, name, value) ? SQL_SUCCESS : no_memory(s);
}

/* One option of WITH: a row of the table by its name, else a header. */
static SQLRETURN take_option(struct stmt *s, struct load_call *c, const struct sql_load_option *o)
{
    struct buf name = {0}, value = {0};
    struct fault f;
    SQLRETURN rc = SQL_SUCCESS;
    put_value(&name, s, o->name);
    put_value(&value, s, o->value);
    size_t i = 0;
    while (i < LOAD_OPTS && !text_eq(rows[i].name, buf_str(&name)))
        i++;
    bool has_nul = memchr(name.p ? name.p : (unsigned char *)"", 0, name.len) ||
                   memchr(value.p ? value.p : (unsigned char *)"", 0, value.len);
    if (!buf_ok(&name) || !buf_ok(&value))
        rc = no_memory(s);
    else if (has_nul)
        rc = diag(&s->h, ST_42000, "STREAM LOAD: an option holds a NUL byte");
    else if (i == LOAD_OPT_MODE || i == LOAD_OPT_HEADERS)
        rc = diag(&s->h, ST_42000,
                  "STREAM LOAD: %s is no option of a statement; give headers by "
                  "their own names",
                  buf_str(&name));
    else if (i == LOAD_OPTS)
        rc = take_header(s, c, o->name, buf_str(&name), buf_str(&value));
    else if (option_check((enum load_opt)i, buf_str(&value), &f))
        rc = diag(&s->h, ST_HY024, "%s", f.text);
    else if ((c->value[i] = arena_strdup(&c->arena, buf_str(&value))) == NULL)
        rc = no_memory(s);
    buf_clear(&name);
    buf_clear(&value);
    return rc;
}

/* The headers of LOAD_OPT_HEADERS. */
static SQLRETURN take_headers(struct stmt *s, struct load_call *c, bool is_body)
{
    const char *list = c->value[LOAD_OPT_HEADERS];
    struct header_span h;
    while (list && next_header(&list, &h) == 1) {
        const char *name = arena_dup(&c->arena, h.name, h.nname);
        const char *value = arena_dup(&c->arena, h.value, h.nvalue);
        if (!name || !value || !call_header(c, name, value))
            return no_memory(s);
        if (!is_body && is_of_body(name))
            return diag(&s->h, ST_HY024,
                        "Stream Load: the header %s says what the bytes of a load are, and the "
                        "bytes of an INSERT are made by the driver; use it with STREAM LOAD",
                        name);
    }
    return SQL_SUCCESS;
}

struct load_call *call_new(struct stmt *s, const struct sql_loadstmt *with, bool is_body)
{
    struct load_call *c = calloc(1, sizeof *c);
    if (!c) {
        (void)no_memory(s);
        return NULL;
    }
    SQLRETURN rc = take_values(s, c) ? SQL_SUCCESS : no_memory(s);
    if (rc == SQL_SUCCESS)
        rc = take_headers(s, c, is_body);
    for (size_t i = 0; with && i < with->noptions && rc == SQL_SUCCESS; i++)
        rc = take_option(s, c, &with->options[i]);
    if (rc == SQL_SUCCESS)
        return c;
    call_free(c);
    return NULL;
}

SQLRETURN call_target(struct stmt *s, struct load_call *c, struct sql_span database,
                      struct sql_span table)
{
    const char *text = (const char *)s->x->sql.p;
    struct buf db = {0}, name = {0};
    SQLRETURN rc = SQL_SUCCESS;
    sql_unquote_name(&name, text + table.at, table.len);
    if (database.len)
        sql_unquote_name(&db, text + database.at, database.len);
    else
        rc = dbc_current_catalog(s->dbc, &db);
    c->q.database = arena_strdup(&c->arena, buf_str(&db));
    c->q.table = arena_strdup(&c->arena, buf_str(&name));
    if (!c->q.database || !c->q.table || !buf_ok(&db) || !buf_ok(&name))
        rc = no_memory(s);
    else if (strlen(c->q.database) != db.len || strlen(c->q.table) != name.len)
        rc = diag(&s->h, ST_42000, "Stream Load: the name of the table holds a NUL byte");
    else if (rc == SQL_SUCCESS && !c->q.database[0])
        rc = diag(&s->h, ST_3D000,
                  "Stream Load: no database is chosen; write db.%.64s, or give DATABASE",
                  c->q.table);
    buf_clear(&db);
    buf_clear(&name);
    return rc;
}

/* --- headers ---------------------------------------------------------------------------------- */

/* A separator as a header can carry it: in hexadecimal if it is not plain text. */
static const char *as_separator(struct load_call *c, const char *v)
{
    size_t n = strlen(v);
    bool is_plain = v[0] != ' ' && v[n - 1] != ' ';
    for (size_t i = 0; i < n; i++)
        is_plain = is_plain && v[i] >= ' ' && v[i] != 0x7f;
    char *hex = is_plain ? NULL : arena_alloc(&c->arena, 2 * n + 3);
    if (!hex)
        return v;
    memcpy(hex, "\\x", 3);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(hex + 2 + 2 * i, 3, "%02x", (unsigned char)v[i]); /* always two */
    return hex;
}

static SQLRETURN put_option(struct stmt *s, struct load_call *c, const struct option_row *r,
                            const char *value, enum load_dialect dialect)
{
    bool is_bool = r->check == CHECK_BOOL;
    const char *word = is_bool && is_yes(value) ? "true" : is_bool ? "false" : value;
    if (r->apply == FOR_BODY)
        word = as_separator(c, value);
    if (!r->header[dialect][0] && !(is_bool && is_no(value)))
        return diag(&s->h, ST_HYC00, "Stream Load: Apache Doris has no %s; take it away", r->name);
    return call_header(c, r->header[dialect], word) ? SQL_SUCCESS : no_memory(s);
}

/* The names of a compression: as StarRocks' format (of CSV) and compression (of JSON), and as
 * Doris' compress_type.  Empty: it is not there. */
struct codec {
    const char *name, *other, *format, *compression, *compress_type;
};
static const struct codec codecs[] = {
    {"gzip", "gz", "gzip", "gzip", "gz"},
    {"bzip2", "bz2", "bzip2", "bzip2", "bz2"},
    {"lz4_frame", "lz4", "lz4", "lz4_frame", "lz4"},
    {"zstd", "zst", "zstd", "zstd", ""},
    {"deflate", "zlib", "deflate", "", "deflate"},
    {"lzo", "lzo", "", "", "lzo"},
    {"lzop", "lzop", "", "", "lzop"},
};

/* How the compression is called there; an unknown name as it is, for the server to judge. */
static const char *codec_name(const char *how, bool is_json, enum load_dialect dialect)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        const struct codec *k = &codecs[i];
        if (text_eq(how, k->name) || text_eq(how, k->other))
            return dialect == LOAD_DORIS ? k->compress_type : is_json ? k->compression : k->format;
    }
    return how;
}

/* CSV says its compression in the format, as every release of StarRocks knows it. */
static SQLRETURN put_format(struct stmt *s, struct load_call *c, enum load_dialect dialect)
{
    const char *format = c->value[LOAD_OPT_FORMAT], *how = c->value[LOAD_OPT_COMPRESSION];
    bool is_json = format && text_eq(format, "json"), has_codec = how && *how;
    bool in_format = has_codec && !is_json && dialect == LOAD_STARROCKS;
    const char *codec = has_codec ? codec_name(how, is_json, dialect) : "";
    if (has_codec && !*codec)
        return diag(&s->h, ST_HYC00, "Stream Load: %s has no compression=%.64s for %s",
                    dialect == LOAD_DORIS ? "Apache Doris" : "StarRocks", how,
                    is_json ? "JSON" : "CSV");
    bool good = call_header(c, "format", is_json ? "json" : in_format ? codec : "csv");
    if (good && has_codec && !in_format)
        good = call_header(c, dialect == LOAD_DORIS ? "compress_type" : "compression", codec);
    return good ? SQL_SUCCESS : no_memory(s);
}

/* Seconds: the option's, but no more than SQL_ATTR_QUERY_TIMEOUT. */
static bool put_timeout(const struct stmt *s, struct load_call *c)
{
    const char *v = c->value[LOAD_OPT_TIMEOUT];
    int64_t own = 0;
    char text[NUM_INT_CHARS + 1];
    if (v && num_get_i64(v, strlen(v), &own) != NUM_OK)
        own = 0;
    if (s->query_timeout && (!own || (SQLULEN)own > s->query_timeout))
        own = s->query_timeout < 259200 ? (int64_t)s->query_timeout : 259200;
    if (!own)
        return true;
    text[num_put_i64(text, own)] = '\0';
    return call_header(c, "timeout", text);
}

const char *call_zone(const struct load_call *c)
{
    const char *zone = NULL;
    for (size_t i = 0; i < c->nheaders; i++)
        if (text_eq(c->headers[i].name, "timezone"))
            zone = c->headers[i].value;
    return zone;
}

/* The session's zone, unless the application says another: SQL and loads read times alike. */
static SQLRETURN put_zone(struct stmt *s, struct load_call *c)
{
    struct fault f;
    if (call_zone(c))
        return SQL_SUCCESS;
    if (streamload_ready(s, &f))
        return diag_fault(&s->h, &f);
    const char *zone = zone_now(s);
    return !*zone || call_header(c, "timezone", zone) ? SQL_SUCCESS : no_memory(s);
}

static SQLRETURN make_label(struct stmt *s, struct load_call *c)
{
    const char *own = c->value[LOAD_OPT_LABEL];
    struct fault f;
    c->q.label = own ? own : c->label;
    c->q.label_is_ours = !own;
    if (own || load_make_label(c->value[LOAD_OPT_LABEL_PREFIX], c->label, &f) == RC_OK)
        return SQL_SUCCESS;
    return diag_fault(&s->h, &f);
}

SQLRETURN call_seal(struct stmt *s, struct load_call *c, enum load_dialect dialect, bool is_body)
{
    SQLRETURN rc = make_label(s, c);
    for (size_t i = 0; i < LOAD_OPTS && rc == SQL_SUCCESS; i++) {
        const struct option_row *r = &rows[i];
        bool is_due = r->apply == FOR_ALL || (r->apply == FOR_BODY && is_body);
        if (is_due && c->value[i] && c->value[i][0])
            rc = put_option(s, c, r, c->value[i], dialect);
    }
    if (rc == SQL_SUCCESS && is_body)
        rc = put_format(s, c, dialect);
    if (rc == SQL_SUCCESS && !put_timeout(s, c))
        rc = no_memory(s);
    if (rc == SQL_SUCCESS)
        rc = put_zone(s, c);
    c->q.headers = c->headers;
    c->q.nheaders = c->nheaders;
    return rc;
}
