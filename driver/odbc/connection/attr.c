/* attr.c - reads table/attr.def: looks an attribute up, checks, and stores or calls. */
#include "odbc/connection/attr.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mywire.h"
#include "odbc/command/cancel.h"
#include "odbc/command/roundtrip.h"
#include "odbc/command/tranfacts.h"
#include "odbc/connection/connect.h"
#include "odbc/connection/tran.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/app.h"
#include "odbc/handle/text_io.h"
#include "odbc/load/streamload.h"
#include "odbc/result/cursor.h"
#include "wire/hello.h"

#define SQL_ULEN_MAX ((SQLULEN)-1)
#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))

/* Not in unixODBC's headers: ODBC 3.8, "SQLSetConnectAttr". */
#ifndef SQL_ATTR_ASYNC_STMT_EVENT
#define SQL_ATTR_ASYNC_STMT_EVENT 29
#endif
#ifndef SQL_ATTR_ASYNC_STMT_PCALLBACK
#define SQL_ATTR_ASYNC_STMT_PCALLBACK 30
#define SQL_ATTR_ASYNC_STMT_PCONTEXT  31
#endif
#ifndef SQL_ATTR_DBC_INFO_TOKEN
#define SQL_ATTR_DBC_INFO_TOKEN 118
#endif
#ifndef SQL_ATTR_ASYNC_DBC_EVENT
#define SQL_ATTR_ASYNC_DBC_EVENT 119
#endif
#ifndef SQL_ATTR_ASYNC_DBC_PCALLBACK
#define SQL_ATTR_ASYNC_DBC_PCALLBACK 120
#define SQL_ATTR_ASYNC_DBC_PCONTEXT  121
#endif

enum attr_kind { KIND_U32, KIND_ULEN, KIND_PTR, KIND_TEXT, KIND_NONE };
enum attr_when { WHEN_ANY, WHEN_BEFORE, WHEN_CONNECTED, WHEN_CLOSED, WHEN_READ };

struct attr_in {
    SQLPOINTER value;
    SQLULEN number; /* the value as a number, after substitution */
    SQLINTEGER len;
    bool wide;
};

struct attr_out {
    SQLPOINTER value;
    SQLINTEGER cap, *len;
    bool wide;
    SQLINTEGER id; /* the attribute, for getters of several */
};

struct attr_row;
typedef SQLRETURN attr_set_fn(void *owner, const struct attr_row *row, const struct attr_in *in);
typedef SQLRETURN attr_get_fn(void *owner, const struct attr_out *out);

struct attr_row {
    SQLINTEGER id;
    const char *name;
    enum attr_kind kind;
    enum attr_when when;
    size_t offset; /* of the field in the handle, or in the descriptor */
    size_t desc;   /* offset of the descriptor's pointer in struct stmt; 0: the handle itself */
    SQLULEN lowest, highest, honoured;
    attr_set_fn *set;
    attr_get_fn *get;
};

static SQLRETURN put_number(const struct attr_out *out, enum attr_kind kind, SQLULEN number)
{
    SQLUINTEGER small = (SQLUINTEGER)number;
    size_t width = kind == KIND_U32 ? sizeof(small) : sizeof(number);
    if (out->value)
        memcpy(out->value, kind == KIND_U32 ? (void *)&small : (void *)&number, width);
    if (out->len)
        *out->len = (SQLINTEGER)width;
    return SQL_SUCCESS;
}

static SQLRETURN put_text(struct handle *h, const struct attr_out *out, const char *s)
{
    struct text_out o = out->wide ? out_wbytes(out->value, out->cap, NULL, out->len)
                                  : out_a(out->value, out->cap, NULL, out->len);
    return text_write(h, &o, s, strlen(s));
}

/* -- environment -- */

static SQLRETURN set_odbc_version(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct env *e = owner;
    (void)row;
    if (in->number != SQL_OV_ODBC2 && in->number != SQL_OV_ODBC3 && in->number != SQL_OV_ODBC3_80)
        return diag(&e->h, ST_HY024, "there is no ODBC version %lu", (unsigned long)in->number);
    if (e->dbcs && e->odbc_version != (SQLINTEGER)in->number)
        return diag(&e->h, ST_HY010, "set the ODBC version before making connections");
    e->odbc_version = (SQLINTEGER)in->number;
    return SQL_SUCCESS;
}

static SQLRETURN set_output_nts(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct env *e = owner;
    (void)row;
    if (in->number == SQL_TRUE)
        return SQL_SUCCESS;
    return diag(&e->h, ST_HYC00, "text is always terminated; SQL_ATTR_OUTPUT_NTS stays SQL_TRUE");
}

/* -- connection -- */

static SQLRETURN set_access_mode(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct dbc *d = owner;
    (void)row;
    if (d->state == DBC_CONNECTED)
        return tran_set_access(d, (SQLUINTEGER)in->number);
    d->access_mode = (SQLUINTEGER)in->number;
    return SQL_SUCCESS;
}

static SQLRETURN set_autocommit(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct dbc *d = owner;
    (void)row;
    SQLUINTEGER now = d->autocommit;
    SQLRETURN rc = d->session ? tran_autocommit(d, &now) : SQL_SUCCESS;
    if (rc == SQL_SUCCESS && d->session && (now != in->number || d->autocommit != in->number))
        return tran_set_autocommit(d, in->number == SQL_AUTOCOMMIT_ON);
    if (rc == SQL_SUCCESS)
        d->autocommit = (SQLUINTEGER)in->number;
    return rc;
}

static SQLRETURN get_autocommit(void *owner, const struct attr_out *out)
{
    SQLUINTEGER now = SQL_AUTOCOMMIT_ON;
    SQLRETURN rc = tran_autocommit(owner, &now);
    return rc == SQL_SUCCESS ? put_number(out, KIND_U32, now) : rc;
}

static SQLRETURN set_connection_timeout(void *owner, const struct attr_row *row,
                                        const struct attr_in *in)
{
    struct dbc *d = owner;
    (void)row;
    d->connection_timeout = (SQLUINTEGER)in->number;
    if (d->session)
        session_set_timeout(d->session, command_read_timeout_ms(d));
    return SQL_SUCCESS;
}

static SQLRETURN set_isolation(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct dbc *d = owner;
    (void)row;
    SQLULEN n = in->number;
    if (n & (n - 1))
        return diag(&d->h, ST_HY024, "isolation level %lu is not one of the four of ODBC",
                    (unsigned long)n);
    if (d->state == DBC_CONNECTED)
        return tran_set_isolation(d, (SQLUINTEGER)n);
    d->isolation = (SQLUINTEGER)n;
    return SQL_SUCCESS;
}

static SQLUINTEGER isolation_of(const char *words)
{
    static const struct {
        const char *words;
        SQLUINTEGER level;
    } levels[] = {{"READ-UNCOMMITTED", SQL_TXN_READ_UNCOMMITTED},
                  {"READ-COMMITTED", SQL_TXN_READ_COMMITTED},
                  {"REPEATABLE-READ", SQL_TXN_REPEATABLE_READ},
                  {"SERIALIZABLE", SQL_TXN_SERIALIZABLE}};
    for (size_t i = 0; i < COUNT(levels); i++)
        if (text_eq(words, levels[i].words))
            return levels[i].level;
    return 0;
}

/* The level that the session has, also after the application's own SET.  The variable has two
 * names: tx_isolation of old, transaction_isolation since MySQL 5.7.20 and MariaDB 11.1.  A server
 * that knows neither has what was set, or its product's default. */
static SQLRETURN get_isolation(void *owner, const struct attr_out *out)
{
    static const char *const asks[] = {"SELECT @@transaction_isolation", "SELECT @@tx_isolation"};
    struct dbc *d = owner;
    struct buf words = {0};
    SQLUINTEGER level = 0;
    if (!d->session)
        return d->isolation ? put_number(out, KIND_U32, d->isolation) : dbc_need_connection(d);
    for (size_t i = 0; i < COUNT(asks) && !level && tran_can(d); i++) {
        struct fault f = {0};
        buf_reset(&words);
        int rc = dbc_ask(d, asks[i], &words, &f);
        if (rc == RC_OK)
            level = isolation_of(buf_str(&words));
        else if (rc != RC_SERVER) {
            buf_clear(&words);
            return diag_fault(&d->h, &f);
        }
    }
    buf_clear(&words);
    level = level ? level : d->isolation;
    return put_number(out, KIND_U32, level ? level : tran_default_isolation(d));
}

static SQLRETURN set_catalog(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct dbc *d = owner;
    struct buf name = {0};
    struct fault f = {0};
    (void)row;
    struct text_arg arg = in->wide ? in_wbytes(in->value, in->len) : in_a(in->value, in->len);
    if (!in->value)
        return diag(&d->h, ST_HY009, "the catalog name is NULL; give the name of a database");
    SQLRETURN rc = text_in(&d->h, &name, arg, "the catalog name");
    if (rc == SQL_SUCCESS && !name.len)
        rc = diag(&d->h, ST_3D000, "the catalog name is empty; give the name of a database");
    if (rc == SQL_SUCCESS && d->state != DBC_CONNECTED) {
        size_t n = 0;
        buf_putc(&name, 0);
        free(d->catalog_wanted);
        d->catalog_wanted = (char *)buf_take(&name, &n);
        if (!d->catalog_wanted)
            rc = diag(&d->h, ST_HY001, "out of memory for the catalog name");
    } else if (rc == SQL_SUCCESS) {
        if (dbc_free_wire(d, &f) != RC_OK || session_use(d->session, buf_str(&name), &f) != RC_OK)
            rc = diag_fault(&d->h, &f);
        d->world++;
    }
    buf_clear(&name);
    return rc;
}

static SQLRETURN get_catalog(void *owner, const struct attr_out *out)
{
    struct dbc *d = owner;
    struct buf name = {0};
    if (d->state != DBC_CONNECTED && !d->catalog_wanted)
        return dbc_need_connection(d);
    if (d->state != DBC_CONNECTED)
        return put_text(&d->h, out, d->catalog_wanted);
    SQLRETURN rc = dbc_current_catalog(d, &name);
    if (rc == SQL_SUCCESS)
        rc = put_text(&d->h, out, buf_str(&name));
    buf_clear(&name);
    return rc;
}

static SQLRETURN get_auto_ipd(void *owner, const struct attr_out *out)
{
    (void)owner;
    return put_number(out, KIND_U32, SQL_FALSE);
}

/* No round trip.  While rows are on their way, data waiting to be read is no sign of death. */
static SQLRETURN get_connection_dead(void *owner, const struct attr_out *out)
{
    struct dbc *d = owner;
    SQLRETURN rc = dbc_need_connection(d);
    if (rc != SQL_SUCCESS)
        return rc;
    bool alive = session_idle(d->session) ? session_alive(d->session) : !session_broken(d->session);
    return put_number(out, KIND_U32, (SQLULEN)(alive ? SQL_CD_FALSE : SQL_CD_TRUE));
}

static SQLRETURN set_reset(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    (void)row;
    (void)in;
    return connect_reset(owner);
}

static SQLRETURN get_nothing(void *owner, const struct attr_out *out)
{
    struct dbc *d = owner;
    (void)out;
    return diag(&d->h, ST_HY092, "this attribute can be set but not read");
}

static SQLRETURN set_ansi_app(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct dbc *d = owner;
    (void)row;
    d->wide = in->number == SQL_AA_FALSE;
    return SQL_SUCCESS;
}

static SQLRETURN get_ansi_app(void *owner, const struct attr_out *out)
{
    const struct dbc *d = owner;
    return put_number(out, KIND_U32, (SQLULEN)(d->wide ? SQL_AA_FALSE : SQL_AA_TRUE));
}

static SQLRETURN put_info(void *owner, const struct attr_out *out, const char *text)
{
    struct dbc *d = owner;
    SQLRETURN rc = dbc_need_connection(d);
    return rc == SQL_SUCCESS ? put_text(&d->h, out, text) : rc;
}

static const struct session_info *info_of(void *owner)
{
    static const struct session_info none;
    const struct dbc *d = owner;
    return d->session ? session_info(d->session) : &none;
}

static SQLRETURN get_product(void *owner, const struct attr_out *out)
{
    return put_info(owner, out, dbc_product_name(owner));
}

static SQLRETURN get_peer(void *owner, const struct attr_out *out)
{
    return put_info(owner, out, info_of(owner)->peer);
}

static SQLRETURN get_tls_version(void *owner, const struct attr_out *out)
{
    return put_info(owner, out, info_of(owner)->tls.version);
}

static SQLRETURN get_tls_cipher(void *owner, const struct attr_out *out)
{
    return put_info(owner, out, info_of(owner)->tls.cipher);
}

static SQLRETURN get_tls_subject(void *owner, const struct attr_out *out)
{
    return put_info(owner, out, info_of(owner)->tls.peer_subject);
}

static SQLRETURN get_auth_plugin(void *owner, const struct attr_out *out)
{
    return put_info(owner, out, info_of(owner)->auth_plugin);
}

/* -- Stream Load, of connections and statements -- */

static SQLRETURN set_load(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct text_arg arg = in->wide ? in_wbytes(in->value, in->len) : in_a(in->value, in->len);
    return streamload_set_attr(owner, row->id, arg);
}

static SQLRETURN get_load(void *owner, const struct attr_out *out)
{
    struct text_out o = out->wide ? out_wbytes(out->value, out->cap, NULL, out->len)
                                  : out_a(out->value, out->cap, NULL, out->len);
    return streamload_get_attr(owner, out->id, o);
}

/* -- statement -- */

static SQLRETURN get_row_number(void *owner, const struct attr_out *out)
{
    return put_number(out, KIND_ULEN, stmt_row_number(owner));
}

/* Type, scrollability and sensitivity say one thing in three ways, and follow each other. ODBC
 * reference, SQLSetStmtAttr. */
static void set_cursor(struct stmt *s, bool is_static)
{
    s->cursor_type = is_static ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY;
    s->cursor_scrollable = is_static ? SQL_SCROLLABLE : SQL_NONSCROLLABLE;
    s->cursor_sensitivity = is_static ? SQL_INSENSITIVE : SQL_UNSPECIFIED;
}

/* What follows the rows of a table needs the server's help, which there is none of: static. */
static SQLRETURN set_cursor_type(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct stmt *s = owner;
    set_cursor(s, in->number != SQL_CURSOR_FORWARD_ONLY && !s->dbc->dsn.forward_cursor);
    if (s->cursor_type == in->number)
        return SQL_SUCCESS;
    return diag(&s->h, ST_01S02, "%s: %lu is not supported%s, %lu is used", row->name,
                (unsigned long)in->number, s->dbc->dsn.forward_cursor ? " (FORWARD_CURSOR=1)" : "",
                (unsigned long)s->cursor_type);
}

static SQLRETURN set_scrollable(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct stmt *s = owner;
    set_cursor(s, in->number == SQL_SCROLLABLE && !s->dbc->dsn.forward_cursor);
    if (s->cursor_scrollable == in->number)
        return SQL_SUCCESS;
    return diag(&s->h, ST_01S02, "%s: cursors go forward only (FORWARD_CURSOR=1)", row->name);
}

/* A cursor that does not see changes is a static one; there is none that does. */
static SQLRETURN set_sensitivity(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct stmt *s = owner;
    if (in->number == SQL_UNSPECIFIED)
        s->cursor_sensitivity = SQL_UNSPECIFIED;
    else
        set_cursor(s, !s->dbc->dsn.forward_cursor);
    if (s->cursor_sensitivity == in->number)
        return SQL_SUCCESS;
    return diag(&s->h, ST_01S02, "%s: %lu is not supported%s, %lu is used", row->name,
                (unsigned long)in->number, s->dbc->dsn.forward_cursor ? " (FORWARD_CURSOR=1)" : "",
                (unsigned long)s->cursor_sensitivity);
}

/* Nothing would be like what is asked for, so nothing is put in its place. */
static SQLRETURN set_only_off(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct stmt *s = owner;
    if (!in->number)
        return SQL_SUCCESS;
    return diag(&s->h, ST_HYC00, "%s: %lu is not implemented by this driver; it stays off",
                row->name, (unsigned long)in->number);
}

/* NULL or the statement's own descriptor gives back the implicit one; otherwise an explicit one of
 * the same connection. */
static SQLRETURN set_app_desc(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct stmt *s = owner;
    bool is_row = row->id == SQL_ATTR_APP_ROW_DESC;
    struct desc *own = is_row ? &s->own_ard : &s->own_apd;
    struct desc *given = in->value ? in->value : own;
    if (given != own) {
        struct desc *known = s->dbc->descs;
        while (known && known != given)
            known = known->next;
        if (!known && given->h.magic == MAGIC_DESC && given->role != DESC_EXPLICIT)
            return diag(&s->h, ST_HY017,
                        "%s: the descriptor belongs to another statement; "
                        "allocate one with SQLAllocHandle",
                        row->name);
        if (!known)
            return diag(&s->h, ST_HY024, "%s: this is no descriptor of the connection", row->name);
    }
    *(is_row ? &s->ard : &s->apd) = given;
    return SQL_SUCCESS;
}

static SQLRETURN refuse_imp_desc(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    struct stmt *s = owner;
    (void)in;
    return diag(&s->h, ST_HY017, "%s: the implementation's descriptors cannot be replaced",
                row->name);
}

/* -- the tables -- */

#define ROW(owner, name, id, kind, field, when, lowest, highest, honoured, set, get)               \
    {id,      name,     KIND_##kind, WHEN_##when, offsetof(struct owner, field), 0, lowest,        \
     highest, honoured, set,         get},

#define ENV_ATTR(id, ...) ROW(env, #id, id, __VA_ARGS__)
#define DBC_ATTR(...)
#define STMT_ATTR(...)
#define STMT_DESC(...)
static const struct attr_row env_rows[] = {
#include "table/attr.def"
};
#undef ENV_ATTR
#undef DBC_ATTR

#define ENV_ATTR(...)
#define DBC_ATTR(id, ...) ROW(dbc, #id, id, __VA_ARGS__)
static const struct attr_row dbc_rows[] = {
#include "table/attr.def"
};
#undef DBC_ATTR
#undef STMT_ATTR
#undef STMT_DESC

#define DBC_ATTR(...)
#define STMT_ATTR(id, ...) ROW(stmt, #id, id, __VA_ARGS__)
#define STMT_DESC(id, kind, which, field, lowest, highest)                                         \
    {id,                                                                                           \
     #id,                                                                                          \
     KIND_##kind,                                                                                  \
     WHEN_ANY,                                                                                     \
     offsetof(struct desc, hdr.field),                                                             \
     offsetof(struct stmt, which),                                                                 \
     lowest,                                                                                       \
     highest,                                                                                      \
     highest,                                                                                      \
     NULL,                                                                                         \
     NULL},
static const struct attr_row stmt_rows[] = {
#include "table/attr.def"
};
#undef ENV_ATTR
#undef DBC_ATTR
#undef STMT_ATTR
#undef STMT_DESC

static const struct attr_row *find(const struct attr_row *rows, size_t n, SQLINTEGER id)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

/* -- reading the tables -- */

static void *field_of(void *owner, const struct attr_row *row)
{
    unsigned char *base = owner;
    if (row->desc)
        base = *(unsigned char **)(void *)(base + row->desc);
    return base + row->offset;
}

static SQLULEN load(void *owner, const struct attr_row *row)
{
    void *at = field_of(owner, row);
    if (row->kind == KIND_U32)
        return *(SQLUINTEGER *)at;
    return *(SQLULEN *)at;
}

static void store(void *owner, const struct attr_row *row, const struct attr_in *in)
{
    void *at = field_of(owner, row);
    if (row->kind == KIND_PTR)
        *(SQLPOINTER *)at = in->value;
    else if (row->kind == KIND_U32)
        *(SQLUINTEGER *)at = (SQLUINTEGER)in->number;
    else
        *(SQLULEN *)at = in->number;
    if (row->desc)
        desc_changed(*(struct desc **)(void *)((unsigned char *)owner + row->desc));
}

static SQLRETURN unknown(struct handle *h, SQLINTEGER id)
{
    return diag(h, ST_HY092, "there is no attribute %d", (int)id);
}

static SQLRETURN get(struct handle *h, const struct attr_row *row, const struct attr_out *out)
{
    if (row->kind == KIND_NONE)
        return diag(h, ST_HYC00, "%s is not implemented by this driver", row->name);
    if (row->get)
        return row->get(h, out);
    return put_number(out, row->kind, load(h, row));
}

static bool is_number(const struct attr_row *row)
{
    return row->kind == KIND_U32 || row->kind == KIND_ULEN;
}

static SQLRETURN set(struct handle *h, const struct attr_row *row, struct attr_in *in)
{
    if (row->when == WHEN_READ)
        return diag(h, ST_HY092, "%s can only be read", row->name);
    if (row->kind == KIND_NONE)
        return diag(h, ST_HYC00, "%s is not implemented by this driver", row->name);
    in->number = (SQLULEN)(uintptr_t)in->value;
    if (row->kind == KIND_U32)
        in->number = (SQLUINTEGER)in->number;
    if (is_number(row) && (in->number < row->lowest || in->number > row->highest))
        return diag(h, ST_HY024, "%s: %" PRIu64 " is not a value of it", row->name,
                    (uint64_t)in->number);
    SQLULEN asked = in->number;
    if (is_number(row) && in->number > row->honoured)
        in->number = row->honoured;
    SQLRETURN rc = SQL_SUCCESS;
    if (row->set)
        rc = row->set(h, row, in);
    else
        store(h, row, in);
    if (SQL_SUCCEEDED(rc) && asked != in->number)
        rc = diag(h, ST_01S02, "%s: %" PRIu64 " is not supported, %" PRIu64 " is used", row->name,
                  (uint64_t)asked, (uint64_t)in->number);
    return rc;
}

SQLRETURN env_set_attr(SQLHENV h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len)
{
    struct env *e = env_enter(h);
    if (!e)
        return SQL_INVALID_HANDLE;
    struct attr_in in = {.value = value, .len = len};
    const struct attr_row *row = find(env_rows, COUNT(env_rows), id);
    return env_leave(e, row ? set(&e->h, row, &in) : unknown(&e->h, id));
}

SQLRETURN env_get_attr(SQLHENV h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap, SQLINTEGER *len)
{
    struct env *e = env_enter(h);
    if (!e)
        return SQL_INVALID_HANDLE;
    struct attr_out out = {value, cap, len, false, id};
    const struct attr_row *row = find(env_rows, COUNT(env_rows), id);
    return env_leave(e, row ? get(&e->h, row, &out) : unknown(&e->h, id));
}

static SQLRETURN dbc_may_set(struct dbc *d, const struct attr_row *row)
{
    if (row->when == WHEN_BEFORE && d->state == DBC_CONNECTED)
        return diag(&d->h, ST_HY011, "%s can only be set before connecting", row->name);
    return row->when == WHEN_CONNECTED ? dbc_need_connection(d) : SQL_SUCCESS;
}

SQLRETURN dbc_set_attr(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len, bool wide)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct attr_in in = {.value = value, .len = len, .wide = wide};
    const struct attr_row *row = find(dbc_rows, COUNT(dbc_rows), id);
    if (!row)
        return dbc_leave(d, unknown(&d->h, id));
    SQLRETURN rc = dbc_may_set(d, row);
    return dbc_leave(d, rc == SQL_SUCCESS ? set(&d->h, row, &in) : rc);
}

SQLRETURN dbc_get_attr(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap, SQLINTEGER *len,
                       bool wide)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct attr_out out = {value, cap, len, wide, id};
    const struct attr_row *row = find(dbc_rows, COUNT(dbc_rows), id);
    return dbc_leave(d, row ? get(&d->h, row, &out) : unknown(&d->h, id));
}

/* Attributes of the cursor stand once there is one, or a prepared statement that will make one. */
static SQLRETURN stmt_may_set(struct stmt *s, const struct attr_row *row)
{
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "%s: the statement waits for parameter data", row->name);
    if (row->when != WHEN_CLOSED)
        return SQL_SUCCESS;
    if (stmt_has_cursor(s))
        return diag(&s->h, ST_24000, "%s cannot change while a cursor is open", row->name);
    if (stmt_is_prepared(s))
        return diag(&s->h, ST_HY011, "%s cannot change once a statement is prepared", row->name);
    return SQL_SUCCESS;
}

SQLRETURN stmt_set_attr(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len, bool wide)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    struct attr_in in = {.value = value, .len = len, .wide = wide};
    const struct attr_row *row = find(stmt_rows, COUNT(stmt_rows), id);
    if (!row)
        return stmt_leave(s, unknown(&s->h, id));
    SQLRETURN rc = stmt_may_set(s, row);
    rc = rc == SQL_SUCCESS ? set(&s->h, row, &in) : rc;
    atomic_store(&s->wait_s, s->query_timeout);
    return stmt_leave(s, rc);
}

SQLRETURN stmt_get_attr(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                        SQLINTEGER *len, bool wide)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    struct attr_out out = {value, cap, len, wide, id};
    const struct attr_row *row = find(stmt_rows, COUNT(stmt_rows), id);
    return stmt_leave(s, row ? get(&s->h, row, &out) : unknown(&s->h, id));
}
