/* made.c - results that the driver makes itself. */
#include "odbc/result/made.h"

#include <string.h>

#include "base/num.h"
#include "base/wire_type.h"
#include "odbc/result/cursor.h"

enum { KIND_TEXT, KIND_SHORT, KIND_INT, KIND_LONG };
enum { NULLS_NO, NULLS_YES };
#define CHARSET_UTF8MB4 45 /* utf8mb4_general_ci */
#define CHARSET_BINARY  63
#define NOT_NULL_FLAG   1

struct column_row {
    const char *name, *name2;
    int kind;
    uint32_t chars;
    int nulls;
};

#define CATALOG(set, name, name2, kind, chars, nulls)                                              \
    {MADE_##set, {name, name2, KIND_##kind, chars, NULLS_##nulls}},
static const struct {
    enum made_set set;
    struct column_row column;
} rows[] = {
#include "table/catalog.def"
};

static struct wire_column column_of(const struct column_row *r, bool odbc2)
{
    static const struct {
        uint8_t type;
        uint16_t charset;
        uint32_t length;
    } kinds[] = {
        [KIND_TEXT] = {MYSQL_TYPE_VAR_STRING, CHARSET_UTF8MB4, 0},
        [KIND_SHORT] = {MYSQL_TYPE_SHORT, CHARSET_BINARY, 6},
        [KIND_INT] = {MYSQL_TYPE_LONG, CHARSET_BINARY, 11},
        [KIND_LONG] = {MYSQL_TYPE_LONGLONG, CHARSET_BINARY, 20},
    };
    const char *name = odbc2 ? r->name2 : r->name;
    return (struct wire_column){
        .catalog = "def",
        .schema = "",
        .table = "",
        .org_table = "",
        .name = name,
        .org_name = name,
        .ext_type = "",
        .length = r->kind == KIND_TEXT ? r->chars * 4 : kinds[r->kind].length,
        .charset = kinds[r->kind].charset,
        .flags = r->nulls == NULLS_NO ? NOT_NULL_FLAG : 0,
        .type = kinds[r->kind].type,
    };
}

struct reply *made_columns(struct result *r, enum made_set set, bool odbc2)
{
    struct wire_column cols[MADE_COLUMNS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].set == set)
            cols[n++] = column_of(&rows[i].column, odbc2);
    }
    struct reply *p = result_add(r);
    if (!p)
        return NULL;
    p->cols = arena_dup(&p->arena, cols, n * sizeof *cols);
    if (!p->cols)
        return NULL;
    p->has_rows = p->owns_cols = p->at_end = true;
    p->ncols = n;
    return p;
}

bool made_open(struct made *m, struct stmt *s, enum made_set set)
{
    *m = (struct made){.s = s};
    m->reply = made_columns(&s->cursor->result, set, s->dbc->env->odbc_version == SQL_OV_ODBC2);
    return m->reply;
}

void made_put_n(struct made *m, const void *text, size_t n)
{
    unsigned char *copy = arena_dup(&m->arena, text, n);
    m->broken |= !copy || m->n >= MADE_COLUMNS_MAX;
    if (!m->broken)
        m->cells[m->n++] = (struct cell){copy, n};
}

void made_put_null(struct made *m)
{
    if (m->n < MADE_COLUMNS_MAX)
        m->cells[m->n++] = (struct cell){0};
}

void made_put(struct made *m, const char *text)
{
    if (text)
        made_put_n(m, text, strlen(text));
    else
        made_put_null(m);
}

void made_put_int(struct made *m, long long value)
{
    char text[NUM_INT_CHARS];
    made_put_n(m, text, num_put_i64(text, value));
}

void made_put_opt(struct made *m, long long value, long long none)
{
    if (value == none)
        made_put_null(m);
    else
        made_put_int(m, value);
}

void made_row(struct made *m)
{
    while (m->n < m->reply->ncols)
        made_put_null(m);
    m->broken |= !result_add_row(m->reply, m->cells);
    m->n = 0;
    arena_reset(&m->arena);
}

static void drop(struct stmt *s)
{
    struct fault f;
    int rc = cursor_close(s, &f);
    (void)rc; /* nothing of it is on the wire */
}

SQLRETURN made_end(struct made *m)
{
    struct stmt *s = m->s;
    arena_clear(&m->arena);
    if (m->broken || !m->reply || !m->reply->cols) {
        drop(s);
        return diag(&s->h, ST_HY001, "no memory for a result that the driver makes");
    }
    cursor_new_reply(s);
    return SQL_SUCCESS;
}

SQLRETURN made_end_or(struct made *m, SQLRETURN rc)
{
    if (rc == SQL_SUCCESS)
        return made_end(m);
    arena_clear(&m->arena);
    drop(m->s);
    return rc;
}
