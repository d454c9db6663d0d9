/* diagfield.c - reads records and header of diagnostics for the application. */
#include "odbc/connection/diagfield.h"

#include <stdio.h>
#include <string.h>

#include "odbc/exec/exec.h"
#include "sql/kind.h"

SQLRETURN diag_read_rec(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT n, void *state,
                        SQLINTEGER *native, struct text_out message)
{
    struct handle *handle = handle_enter_diag(kind, h);
    if (!handle)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = SQL_SUCCESS;
    const struct diag_rec *r = n > 0 ? diag_get(&handle->diag, (size_t)n - 1) : NULL;
    if (n < 1 || message.cap < 0)
        rc = SQL_ERROR;
    else if (!r)
        rc = SQL_NO_DATA;
    if (rc == SQL_SUCCESS) {
        bool cut = false;
        struct text_out code =
            message.wide ? out_wchars(state, 6, NULL, NULL) : out_a(state, 6, NULL, NULL);
        text_put(&code, r->state, 5, &cut);
        if (native)
            *native = r->native;
        text_put(&message, r->text, strlen(r->text), &cut);
        rc = cut ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
    }
    handle_leave_diag(handle);
    return rc;
}

struct place {
    SQLPOINTER value;
    SQLSMALLINT cap, *len;
    bool wide;
};

static SQLRETURN put_bytes(const struct place *p, const void *value, size_t n)
{
    if (p->value)
        memcpy(p->value, value, n);
    return SQL_SUCCESS;
}

static SQLRETURN put_text(const struct place *p, const char *s)
{
    bool cut = false;
    struct text_out out = p->wide ? out_wbytes(p->value, p->cap, p->len, NULL)
                                  : out_a(p->value, p->cap, p->len, NULL);
    if (p->cap < 0)
        return SQL_ERROR;
    text_put(&out, s, strlen(s), &cut);
    return cut ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* SQL_DIAG_DYNAMIC_FUNCTION and its code, for kinds of statements that ODBC names. */
static const struct function_row {
    enum sql_kind kind;
    SQLINTEGER code;
    const char *name;
} functions[] = {
    {SQL_KIND_SELECT, SQL_DIAG_SELECT_CURSOR, "SELECT CURSOR"},
    {SQL_KIND_INSERT, SQL_DIAG_INSERT, "INSERT"},
    {SQL_KIND_UPDATE, SQL_DIAG_UPDATE_WHERE, "UPDATE WHERE"},
    {SQL_KIND_DELETE, SQL_DIAG_DELETE_WHERE, "DELETE WHERE"},
    {SQL_KIND_CALL, SQL_DIAG_CALL, "CALL"},
};

static struct function_row function_of(const struct stmt *s)
{
    if (s->x->has_sql)
        for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
            if (functions[i].kind == s->x->kind.kind)
                return functions[i];
    return (struct function_row){SQL_KIND_OTHER, SQL_DIAG_UNKNOWN_STATEMENT, ""};
}

/* Fields of the header; SQL_NO_DATA: not one of them. */
static SQLRETURN read_header(const struct handle *h, SQLSMALLINT field, const struct place *p)
{
    const struct diag *d = &h->diag;
    SQLINTEGER number = (SQLINTEGER)diag_count(d);
    if (field == SQL_DIAG_NUMBER)
        return put_bytes(p, &number, sizeof(number));
    if (field == SQL_DIAG_RETURNCODE)
        return put_bytes(p, &d->rc, sizeof(d->rc));
    bool of_stmt = field == SQL_DIAG_ROW_COUNT || field == SQL_DIAG_CURSOR_ROW_COUNT ||
                   field == SQL_DIAG_DYNAMIC_FUNCTION || field == SQL_DIAG_DYNAMIC_FUNCTION_CODE;
    if (!of_stmt)
        return SQL_NO_DATA;
    if (h->magic != MAGIC_STMT)
        return SQL_ERROR;
    if (field == SQL_DIAG_ROW_COUNT)
        return put_bytes(p, &d->row_count, sizeof(d->row_count));
    if (field == SQL_DIAG_CURSOR_ROW_COUNT)
        return put_bytes(p, &d->cursor_row_count, sizeof(d->cursor_row_count));
    struct function_row f = function_of((const struct stmt *)h);
    if (field == SQL_DIAG_DYNAMIC_FUNCTION_CODE)
        return put_bytes(p, &f.code, sizeof(f.code));
    return put_text(p, f.name);
}

/* ODBC reference, SQLGetDiagField, SQL_DIAG_SUBCLASS_ORIGIN: the states that are ODBC's own. */
static bool is_odbc_subclass(const char *state)
{
    static const char *const own[] = {"HY095", "HY097", "HY098", "HY099", "HY100", "HY101", "HY105",
                                      "HY107", "HY109", "HY110", "HY111", "HYT00", "HYT01"};
    if (state[2] == 'S' || !strncmp(state, "IM", 2))
        return true;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (!strcmp(state, own[i]))
            return true;
    return false;
}

static bool is_known_state(const char *state)
{
    for (int i = 0; i < ST_COUNT; i++)
        if (!strcmp(diag_state_name((enum sqlstate)i), state))
            return true;
    return false;
}

static const char *origin(struct handle *h, const struct diag_rec *r, bool subclass)
{
    const struct dbc *d = handle_dbc(h);
    if (r->from_server && !is_known_state(r->state) && d)
        return dbc_product_name(d);
    if (!strncmp(r->state, "LU", 2))
        return "MyWire"; /* states of our own */
    bool odbc = subclass ? is_odbc_subclass(r->state) : !strncmp(r->state, "IM", 2);
    return odbc ? "ODBC 3.0" : "ISO 9075";
}

static SQLRETURN put_connection(struct handle *h, const struct place *p)
{
    const struct dbc *d = handle_dbc(h);
    char text[160] = "";
    if (d && d->session)
        (void)snprintf(text, sizeof(text), "%s #%llu", session_info(d->session)->peer,
                       (unsigned long long)session_info(d->session)->connection_id);
    return put_text(p, text);
}

static SQLRETURN read_record(struct handle *h, const struct diag_rec *r, SQLSMALLINT field,
                             const struct place *p)
{
    const struct dbc *d = handle_dbc(h);
    switch (field) {
    case SQL_DIAG_SQLSTATE:
        return put_text(p, r->state);
    case SQL_DIAG_MESSAGE_TEXT:
        return put_text(p, r->text);
    case SQL_DIAG_NATIVE:
        return put_bytes(p, &r->native, sizeof(r->native));
    case SQL_DIAG_ROW_NUMBER:
        return put_bytes(p, &r->row, sizeof(r->row));
    case SQL_DIAG_COLUMN_NUMBER:
        return put_bytes(p, &r->column, sizeof(r->column));
    case SQL_DIAG_CLASS_ORIGIN:
        return put_text(p, origin(h, r, false));
    case SQL_DIAG_SUBCLASS_ORIGIN:
        return put_text(p, origin(h, r, true));
    case SQL_DIAG_CONNECTION_NAME:
        return put_connection(h, p);
    case SQL_DIAG_SERVER_NAME:
        return put_text(p, d && d->dsn.dsn ? d->dsn.dsn : "");
    default:
        return SQL_ERROR;
    }
}

SQLRETURN diag_read_field(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT n, SQLSMALLINT field,
                          SQLPOINTER value, SQLSMALLINT cap, SQLSMALLINT *len, bool wide)
{
    if (kind == SQL_HANDLE_STMT && field == SQL_DIAG_CURSOR_ROW_COUNT)
        stmt_count_rows(h);
    struct handle *handle = handle_enter_diag(kind, h);
    if (!handle)
        return SQL_INVALID_HANDLE;
    struct place p = {value, cap, len, wide};
    SQLRETURN rc = read_header(handle, field, &p);
    if (rc == SQL_NO_DATA) {
        const struct diag_rec *r = n > 0 ? diag_get(&handle->diag, (size_t)n - 1) : NULL;
        if (n < 1)
            rc = SQL_ERROR;
        else if (r)
            rc = read_record(handle, r, field, &p);
    }
    handle_leave_diag(handle);
    return rc;
}
