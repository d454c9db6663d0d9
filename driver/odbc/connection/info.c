/* info.c - reads table/info.def, and the few answers that depend on the connection. */
#include "odbc/connection/info.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "odbc/command/roundtrip.h"
#include "odbc/command/sqlmode.h"
#include "odbc/command/tranfacts.h"
#include "odbc/connection/conformance.h"
#include "odbc/connection/tran.h"
#include "odbc/handle/text_io.h"
#include "sql/escape.h"
#include "sql/keyword.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where drivers' own information types begin.  ODBC reference, "Driver-Specific Data Types,
 * Descriptor Types, Information Types, Diagnostic Types, and Attributes". */
#define INFO_DRIVERS_OLD 1000
#define INFO_DRIVERS     0x4000

#define INFO_FORWARD_ATTRIBUTES1                                                                   \
    (SQL_CA1_NEXT | SQL_CA1_LOCK_NO_CHANGE | SQL_CA1_POS_POSITION | SQL_CA1_BULK_ADD)
#define INFO_FORWARD_ATTRIBUTES2                                                                   \
    (SQL_CA2_READ_ONLY_CONCURRENCY | SQL_CA2_MAX_ROWS_SELECT | SQL_CA2_MAX_ROWS_CATALOG)
#define INFO_INTERVALS                                                                             \
    (SQL_FN_TSI_FRAC_SECOND | SQL_FN_TSI_SECOND | SQL_FN_TSI_MINUTE | SQL_FN_TSI_HOUR |            \
     SQL_FN_TSI_DAY | SQL_FN_TSI_WEEK | SQL_FN_TSI_MONTH | SQL_FN_TSI_QUARTER | SQL_FN_TSI_YEAR)
#define INFO_TO_TEXT                                                                               \
    (SQL_CVT_CHAR | SQL_CVT_VARCHAR | SQL_CVT_LONGVARCHAR | SQL_CVT_WCHAR | SQL_CVT_WVARCHAR |     \
     SQL_CVT_WLONGVARCHAR)
#define INFO_TO_BINARY (SQL_CVT_BINARY | SQL_CVT_VARBINARY | SQL_CVT_LONGVARBINARY)
#define INFO_TO_NUMBER                                                                             \
    (SQL_CVT_BIT | SQL_CVT_TINYINT | SQL_CVT_SMALLINT | SQL_CVT_INTEGER | SQL_CVT_BIGINT |         \
     SQL_CVT_DECIMAL | SQL_CVT_NUMERIC | SQL_CVT_REAL | SQL_CVT_FLOAT | SQL_CVT_DOUBLE)
#define INFO_FROM_TEXT                                                                             \
    (INFO_TO_TEXT | INFO_TO_BINARY | INFO_TO_NUMBER | SQL_CVT_DATE | SQL_CVT_TIME |                \
     SQL_CVT_TIMESTAMP | SQL_CVT_GUID)

struct info_out {
    SQLPOINTER value;
    SQLSMALLINT cap, *len;
    bool wide;
};

typedef SQLRETURN info_get_fn(struct dbc *d, const struct info_out *out);

enum info_kind { INFO_KIND_TEXT, INFO_KIND_U16, INFO_KIND_U32, INFO_KIND_GET, INFO_KIND_DM };

struct info_row {
    SQLUSMALLINT id;
    enum info_kind kind;
    const char *text;
    SQLUINTEGER number;
    info_get_fn *get;
};

static SQLRETURN put_text(struct dbc *d, const struct info_out *out, const char *s)
{
    struct text_out o = out->wide ? out_wbytes(out->value, out->cap, out->len, NULL)
                                  : out_a(out->value, out->cap, out->len, NULL);
    return text_write(&d->h, &o, s, strlen(s));
}

static SQLRETURN put_bytes(const struct info_out *out, const void *p, size_t n)
{
    if (out->value)
        memcpy(out->value, p, n);
    if (out->len)
        *out->len = (SQLSMALLINT)n;
    return SQL_SUCCESS;
}

static SQLRETURN put_u16(const struct info_out *out, SQLUINTEGER number)
{
    SQLUSMALLINT n = (SQLUSMALLINT)number;
    return put_bytes(out, &n, sizeof(n));
}

static SQLRETURN put_u32(const struct info_out *out, SQLUINTEGER number)
{
    return put_bytes(out, &number, sizeof(number));
}

/* ODBC wants versions as ##.##.####. */
static SQLRETURN put_version(struct dbc *d, const struct info_out *out, unsigned version)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%02u.%02u.%04u", version / 10000, version / 100 % 100,
                   version % 100);
    return put_text(d, out, text);
}

static SQLRETURN get_driver_version(struct dbc *d, const struct info_out *out)
{
    unsigned parts[3] = {0, 0, 0};
    size_t at = 0;
    for (const char *p = MYWIRE_VERSION; *p; p++) {
        if (*p == '.' && at < 2)
            at++;
        else if (*p >= '0' && *p <= '9')
            parts[at] = parts[at] * 10 + (unsigned)(*p - '0');
    }
    return put_version(d, out, parts[0] * 10000 + parts[1] * 100 + parts[2]);
}

static SQLRETURN get_data_source(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, d->dsn.dsn ? d->dsn.dsn : "");
}

static SQLRETURN get_server(struct dbc *d, const struct info_out *out)
{
    const struct session_info *i = session_info(d->session);
    return put_text(d, out, i->is_unix ? i->peer : i->host);
}

static SQLRETURN get_database(struct dbc *d, const struct info_out *out)
{
    struct buf name = {0};
    SQLRETURN rc = dbc_current_catalog(d, &name);
    if (rc == SQL_SUCCESS)
        rc = put_text(d, out, buf_str(&name));
    buf_clear(&name);
    return rc;
}

static SQLRETURN get_keywords(struct dbc *d, const struct info_out *out)
{
    struct buf words = {0};
    unsigned version = d->session ? session_info(d->session)->version : UINT_MAX;
    sql_keywords(&words, sqlmode_now(d).product, version);
    SQLRETURN rc = buf_ok(&words) ? put_text(d, out, buf_str(&words))
                                  : diag(&d->h, ST_HY001, "no memory for the reserved words");
    buf_clear(&words);
    return rc;
}

static SQLRETURN get_user(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, d->dsn.uid ? d->dsn.uid : "");
}

/* Programs choose their SQL by name and version.  MariaDB's SQL and its version numbers are its
 * own: as "MySQL 10.11" it would be sent what only MySQL 8 understands, so it gets its name, as
 * from the peers.  The others follow MySQL, in the version they state too, and "MySQL" is what
 * programs know of them. */
static SQLRETURN get_dbms_name(struct dbc *d, const struct info_out *out)
{
    const char *name = d->dsn.compat_mode ? "MySQL" : session_product(d->session)->dbms_name;
    return put_text(d, out, d->dsn.dbms_name ? d->dsn.dbms_name : name);
}

static SQLRETURN get_dbms_version(struct dbc *d, const struct info_out *out)
{
    return put_version(d, out, session_info(d->session)->version);
}

/* As grants name the user who asks. */
#define GRANTEE                                                                                    \
    "CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - 1 - "                         \
    "CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1))), '''@''', "                            \
    "SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')"
#define HAS_NONE_OF                                                                                \
    "NOT EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE grantee = " GRANTEE        \
    " AND privilege_type IN "

/* Empty: the product has no such mode.  What a role grants is not seen. */
static void put_read_only(struct buf *b, const struct session *w)
{
    const struct product *p = session_product(w);
    bool is_super_one = !p->super_until || session_info(w)->version < p->super_until;
    if (p->read_only)
        buf_printf(b, "SELECT %s OR (%s AND " HAS_NONE_OF "(%s%s)))", p->read_only, p->no_writers,
                   is_super_one ? "'SUPER', " : "", p->writers);
}

/* The connection was told to be so, or the server is for this user (a replica). */
static SQLRETURN get_read_only(struct dbc *d, const struct info_out *out)
{
    struct buf sql = {0}, answer = {0};
    struct fault f = {0};
    bool is_ours = d->access_mode == SQL_MODE_READ_ONLY;
    if (!is_ours)
        put_read_only(&sql, d->session);
    if (!buf_ok(&sql)) {
        buf_clear(&sql);
        return diag(&d->h, ST_HY001, "no memory for the question whether the server is read only");
    }
    int rc = sql.len ? dbc_ask(d, buf_str(&sql), &answer, &f) : RC_OK;
    bool is = is_ours || !strcmp(buf_str(&answer), "1");
    buf_clear(&sql);
    buf_clear(&answer);
    if (rc != RC_OK && rc != RC_SERVER) /* a server without the variable has no such mode */
        return diag_fault(&d->h, &f);
    return put_text(d, out, is ? "Y" : "N");
}

static SQLRETURN get_txn_capable(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, tran_can(d) ? SQL_TC_DDL_COMMIT : SQL_TC_NONE);
}

_Static_assert((int)ISOLATION_READ_UNCOMMITTED == SQL_TXN_READ_UNCOMMITTED &&
                   (int)ISOLATION_READ_COMMITTED == SQL_TXN_READ_COMMITTED &&
                   (int)ISOLATION_REPEATABLE_READ == SQL_TXN_REPEATABLE_READ &&
                   (int)ISOLATION_SERIALIZABLE == SQL_TXN_SERIALIZABLE,
               "the bits of product.def are ODBC's");

static SQLRETURN get_txn_isolations(struct dbc *d, const struct info_out *out)
{
    return put_u32(out, tran_can(d) ? session_product(d->session)->isolations : 0);
}

static SQLRETURN get_txn_default(struct dbc *d, const struct info_out *out)
{
    return put_u32(out, tran_default_isolation(d));
}

static bool has_procedures(const struct dbc *d)
{
    return session_product(d->session)->has_procedures;
}

static SQLRETURN get_procedures(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, has_procedures(d) ? "Y" : "N");
}

static SQLRETURN get_procedure_term(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, has_procedures(d) ? "stored procedure" : "");
}

static SQLRETURN get_procedure_length(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, has_procedures(d) ? 64 : 0);
}

/* Programs make their buffers by this, and names of expressions are longer than those of tables. */
static SQLRETURN get_column_name_length(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, session_product(d->session)->column_name_chars);
}

static SQLRETURN get_columns_in_table(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, session_product(d->session)->columns_in_table);
}

static SQLRETURN get_columns_in_select(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, session_product(d->session)->columns_in_select);
}

static SQLRETURN get_columns_in_index(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, session_product(d->session)->columns_in_index);
}

/* Scrollable cursors are static ones, unless the DSN wants none. */
static SQLRETURN get_scroll_options(struct dbc *d, const struct info_out *out)
{
    return put_u32(out, d->dsn.forward_cursor ? SQL_SO_FORWARD_ONLY
                                              : SQL_SO_FORWARD_ONLY | SQL_SO_STATIC);
}

static SQLRETURN get_fetch_direction(struct dbc *d, const struct info_out *out)
{
    SQLUINTEGER back = SQL_FD_FETCH_FIRST | SQL_FD_FETCH_LAST | SQL_FD_FETCH_PRIOR |
                       SQL_FD_FETCH_ABSOLUTE | SQL_FD_FETCH_RELATIVE;
    return put_u32(out, SQL_FD_FETCH_NEXT | (d->dsn.forward_cursor ? 0 : back));
}

/* What a static cursor can do, and so one asked for as keyset-driven or dynamic: it becomes static.
 */
static SQLRETURN get_scroll_attributes1(struct dbc *d, const struct info_out *out)
{
    return put_u32(out, d->dsn.forward_cursor
                            ? 0
                            : INFO_FORWARD_ATTRIBUTES1 | SQL_CA1_ABSOLUTE | SQL_CA1_RELATIVE);
}

static SQLRETURN get_scroll_attributes2(struct dbc *d, const struct info_out *out)
{
    return put_u32(out, d->dsn.forward_cursor ? 0 : INFO_FORWARD_ATTRIBUTES2 | SQL_CA2_CRC_EXACT);
}

static SQLRETURN get_batch_support(struct dbc *d, const struct info_out *out)
{
    SQLUINTEGER bits = has_procedures(d) ? SQL_BS_SELECT_PROC | SQL_BS_ROW_COUNT_PROC : 0;
    if (d->dsn.multi_statements)
        bits |= SQL_BS_SELECT_EXPLICIT | SQL_BS_ROW_COUNT_EXPLICIT;
    return put_u32(out, bits);
}

static SQLRETURN get_batch_row_count(struct dbc *d, const struct info_out *out)
{
    return put_u32(out, d->dsn.multi_statements ? SQL_BRC_EXPLICIT : 0);
}

/* lower_case_table_names: 0 as written and sensitive, 1 stored in lower case, 2 as written.  Column
 * names never depend on case; tables decide, because there an error hurts. */
static SQLRETURN get_identifier_case(struct dbc *d, const struct info_out *out)
{
    struct buf answer = {0};
    struct fault f = {0};
    SQLUINTEGER id_case = SQL_IC_SENSITIVE;
    int rc = dbc_ask(d, "SELECT @@lower_case_table_names", &answer, &f);
    const char *text = buf_str(&answer);
    if (!strcmp(text, "1"))
        id_case = SQL_IC_LOWER;
    else if (!strcmp(text, "2"))
        id_case = SQL_IC_MIXED;
    buf_clear(&answer);
    if (rc != RC_OK && rc != RC_SERVER) /* a server without the variable is sensitive */
        return diag_fault(&d->h, &f);
    return put_u16(out, id_case);
}

/* With NO_CATALOG there are no catalogs, and everything about them says so. */
static SQLRETURN get_catalog_name(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, d->dsn.no_catalog ? "N" : "Y");
}

static SQLRETURN get_catalog_term(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, d->dsn.no_catalog ? "" : "database");
}

static SQLRETURN get_catalog_separator(struct dbc *d, const struct info_out *out)
{
    return put_text(d, out, d->dsn.no_catalog ? "" : ".");
}

static SQLRETURN get_catalog_location(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, d->dsn.no_catalog ? 0 : SQL_CL_START);
}

static SQLRETURN get_catalog_usage(struct dbc *d, const struct info_out *out)
{
    SQLUINTEGER all = SQL_CU_DML_STATEMENTS | SQL_CU_TABLE_DEFINITION | SQL_CU_INDEX_DEFINITION |
                      SQL_CU_PRIVILEGE_DEFINITION;
    if (has_procedures(d))
        all |= SQL_CU_PROCEDURE_INVOCATION;
    return put_u32(out, d->dsn.no_catalog ? 0 : all);
}

static SQLRETURN get_catalog_length(struct dbc *d, const struct info_out *out)
{
    return put_u16(out, d->dsn.no_catalog ? 0 : 64);
}

static SQLRETURN get_string_functions(struct dbc *d, const struct info_out *out)
{
    (void)d;
    return put_u32(out, sql_function_bits(SQL_GROUP_STRING));
}

static SQLRETURN get_numeric_functions(struct dbc *d, const struct info_out *out)
{
    (void)d;
    return put_u32(out, sql_function_bits(SQL_GROUP_NUMERIC));
}

static SQLRETURN get_timedate_functions(struct dbc *d, const struct info_out *out)
{
    (void)d;
    return put_u32(out, sql_function_bits(SQL_GROUP_TIMEDATE));
}

static SQLRETURN get_system_functions(struct dbc *d, const struct info_out *out)
{
    (void)d;
    return put_u32(out, sql_function_bits(SQL_GROUP_SYSTEM));
}

/* The default collation of the server; empty where it cannot be asked. */
static SQLRETURN get_collation(struct dbc *d, const struct info_out *out)
{
    struct buf answer = {0};
    struct fault f = {0};
    int rc = dbc_ask(d, "SELECT @@collation_server", &answer, &f);
    SQLRETURN ret =
        rc == RC_OK || rc == RC_SERVER ? put_text(d, out, buf_str(&answer)) : diag_fault(&d->h, &f);
    buf_clear(&answer);
    return ret;
}

static SQLUINTEGER answer_number(void *owner, SQLUSMALLINT id);

static SQLRETURN get_interface_conformance(struct dbc *d, const struct info_out *out)
{
    static const SQLUINTEGER levels[] = {[CONFORM_NOT] = 0,
                                         [CONFORM_CORE] = SQL_OIC_CORE,
                                         [CONFORM_LEVEL1] = SQL_OIC_LEVEL1,
                                         [CONFORM_LEVEL2] = SQL_OIC_LEVEL2};
    return put_u32(out, levels[conformance_reached(CONFORM_INTERFACE, answer_number, d)]);
}

static SQLRETURN get_api_conformance(struct dbc *d, const struct info_out *out)
{
    static const SQLUINTEGER levels[] = {[CONFORM_NOT] = SQL_OAC_NONE,
                                         [CONFORM_CORE] = SQL_OAC_NONE,
                                         [CONFORM_LEVEL1] = SQL_OAC_LEVEL1,
                                         [CONFORM_LEVEL2] = SQL_OAC_LEVEL2};
    return put_u16(out, levels[conformance_reached(CONFORM_API, answer_number, d)]);
}

/* The SAG CLI is the core of ODBC 2. */
static SQLRETURN get_sag_conformance(struct dbc *d, const struct info_out *out)
{
    bool has_core = conformance_reached(CONFORM_API, answer_number, d) >= CONFORM_CORE;
    return put_u16(out, has_core ? SQL_OSCC_COMPLIANT : SQL_OSCC_NOT_COMPLIANT);
}

static SQLRETURN get_cli_conformance(struct dbc *d, const struct info_out *out)
{
    SQLUINTEGER bits = 0;
    if (conformance_reached(CONFORM_XOPEN, answer_number, d) >= CONFORM_CORE)
        bits |= SQL_SCC_XOPEN_CLI_VERSION1;
    if (conformance_reached(CONFORM_ISO, answer_number, d) >= CONFORM_CORE)
        bits |= SQL_SCC_ISO92_CLI;
    return put_u32(out, bits);
}

#define VALUE_TEXT(value) .text = (value)
#define VALUE_U16(value)  .number = (SQLUINTEGER)(value)
#define VALUE_U32(value)  .number = (SQLUINTEGER)(value)
#define VALUE_GET(value)  .get = (value)
#define VALUE_DM(value)   .number = (value)
static const struct info_row rows[] = {
#define INFO(id, kind, value) {(id), INFO_KIND_##kind, VALUE_##kind(value)},
#include "table/info.def"
#undef INFO
};

static const struct info_row *find(SQLUSMALLINT id)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

bool info_has(SQLUSMALLINT id)
{
    return find(id) != NULL;
}

static SQLRETURN answer(struct dbc *d, const struct info_row *row, const struct info_out *out)
{
    switch (row->kind) {
    case INFO_KIND_TEXT:
        return put_text(d, out, row->text);
    case INFO_KIND_U16:
        return put_u16(out, row->number);
    case INFO_KIND_U32:
        return put_u32(out, row->number);
    case INFO_KIND_GET:
        return row->get(d, out);
    case INFO_KIND_DM:
        break;
    }
    return diag(&d->h, ST_HYC00, "information type %u is answered by the driver manager", row->id);
}

/* An answer that is a number; 0 for what is none or cannot be had. */
static SQLUINTEGER answer_number(void *owner, SQLUSMALLINT id)
{
    SQLUINTEGER number = 0;
    SQLUSMALLINT small = 0;
    unsigned char bytes[sizeof number] = {0};
    SQLSMALLINT len = 0;
    struct info_out out = {bytes, sizeof bytes, &len, false};
    const struct info_row *row = find(id);
    if (!row || !SQL_SUCCEEDED(answer(owner, row, &out)))
        return 0;
    memcpy(&number, bytes, sizeof number);
    memcpy(&small, bytes, sizeof small);
    return len == sizeof small ? small : number;
}

/* A type that has no row: drivers' are HYC00. */
static SQLRETURN refuse_type(struct dbc *d, SQLUSMALLINT id)
{
    bool is_drivers = (id >= INFO_DRIVERS_OLD && id < SQL_XOPEN_CLI_YEAR) || id >= INFO_DRIVERS;
    return diag(&d->h, is_drivers ? ST_HYC00 : ST_HY096, "there is no information type %u", id);
}

SQLRETURN dbc_get_info(SQLHDBC h, SQLUSMALLINT id, SQLPOINTER value, SQLSMALLINT cap,
                       SQLSMALLINT *len, bool wide)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct info_out out = {value, cap, len, wide};
    const struct info_row *row = find(id);
    if (!row)
        return dbc_leave(d, refuse_type(d, id));
    SQLRETURN rc = dbc_need_connection(d);
    return dbc_leave(d, rc == SQL_SUCCESS ? answer(d, row, &out) : rc);
}
