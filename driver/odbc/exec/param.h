/* param.h - parameters of a statement: bindings, the values of one row of the parameter array, data
 * at execution.
 *
 * A slot is made once for a marker from its records in APD and IPD, and used for every row until a
 * binding changes.  Data at execution is collected in the slot as the application gave it (pieces
 * may end inside a character); where the server takes long data, what is beyond PARAM_LONG_BYTES is
 * sent ahead, so that a large value needs little memory. */
#ifndef MYWIRE_ODBC_PARAM_H
#define MYWIRE_ODBC_PARAM_H

#include <string.h>

#include "base/buf.h"
#include "conv/param.h"
#include "odbc/exec/given.h"
#include "odbc/handle/handle.h"

#define PARAM_LONG_BYTES ((size_t)1 << 20)

struct param_slot {
    struct param_plan plan;
    char *data;        /* the application's; without bind offset */
    SQLLEN *len, *ind; /* the application's; may be NULL or the same */
    SQLLEN capacity;   /* SQLBindParameter's BufferLength: length of bytes without a length */
    size_t data_stride, ind_stride;
    struct {
        uintptr_t data;
        const char *len, *ind; /* NULL: none; ind also if it is the same as len */
    } at;                      /* of this execution's first row, with the bind offset */
    SQLLEN len_if_none;        /* what a value has without len */
    struct buf given;          /* data at execution of the present row, in the C type */
    bool is_given, is_null_given, is_default_given, is_begun;
    bool is_long;  /* the beginning was sent as long data */
    bool can_long; /* may be sent ahead */
    bool has_text; /* long data is UTF-8 text, converted from the C type; else bytes as they are */
};

struct params {
    struct param_slot *slots; /* owned; n of them are valid while the bindings have not changed */
    size_t n, cap;
    uint64_t apd_version, ipd_version; /* the slots' source */
    bool valid;
    bool for_bytes;          /* they were made for a runner that takes bytes as they are */
    bool for_dropping_store; /* and for a statement that stores where the product drops fractions */
    struct buf bytes;        /* binary values of the row */
    struct buf text;         /* statement with the row's values as literals */
    struct wire_param *wire; /* n; owned */
    size_t at;               /* the slot at work while data is awaited */
    struct given kept;       /* data at execution of rows that are to go together */
    bool has_default; /* params_binary: a value is the column's default, which only a bulk execute
                         or the text can say */
};

/* Entries; each enters and leaves. */
SQLRETURN stmt_bind_parameter(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT io, SQLSMALLINT ctype,
                              SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits,
                              SQLPOINTER data, SQLLEN capacity, SQLLEN *ind);
void params_clear(struct params *p);

/* Where a parameter of a row is, and its length or indicator. */
struct param_bound {
    const char *data;
    SQLLEN ind;
};

/* param_bound_at - the bound value of a row.  A separate indicator counts only if it says NULL.
 * The address may be nothing but an offset, or a token: no arithmetic on pointers into objects. */
static inline struct param_bound param_bound_at(const struct param_slot *slot, SQLULEN row)
{
    struct param_bound v = {(const char *)(slot->at.data + row * slot->data_stride),
                            slot->len_if_none};
    if (slot->at.ind) {
        SQLLEN ind;
        memcpy(&ind, slot->at.ind + row * slot->ind_stride, sizeof ind);
        if (ind == SQL_NULL_DATA) {
            v.ind = ind;
            return v;
        }
    }
    if (slot->at.len)
        memcpy(&v.ind, slot->at.len + row * slot->ind_stride, sizeof v.ind);
    return v;
}

/* params_ready - slots for n markers and the addresses of this execution: 07002 if a marker is not
 * bound, HYC00 for output parameters, 07006 for a pair of types. */
SQLRETURN params_ready(struct stmt *s, size_t n);

/* params_await - does the row need data at execution that was not given?  Then SQL_NEED_DATA and
 * the wait begins; SQL_SUCCESS otherwise. */
SQLRETURN params_await(struct stmt *s, SQLULEN row);

/* params_binary - the row's values into p->wire.  params_literal - the statement with the row's
 * values into p->text.  params_tuple - "(...)," of a plain INSERT with the row's values, appended
 * to out; on an error out is as it was.  Diagnostics carry row and parameter number; a warning
 * (01S07) is SQL_SUCCESS_WITH_INFO.  SQL_DEFAULT_PARAM and SQL_COLUMN_IGNORE are the column's
 * default in a plain INSERT, 07S01 elsewhere. */
SQLRETURN params_binary(struct stmt *s, SQLULEN row);
SQLRETURN params_literal(struct stmt *s, SQLULEN row);
SQLRETURN params_tuple(struct stmt *s, SQLULEN row, struct buf *out);

/* params_field - marker i (0-based) of the row in the text form of conv/param.h, appended to out;
 * for values that are there.  params_look - what the bound values of the run's rows are, but for
 * the ignored ones: bits of enum param_look. */
enum param_look {
    PARAM_LOOK_WAITS = 1,  /* data at execution */
    PARAM_LOOK_DEFAULT = 2 /* SQL_DEFAULT_PARAM, SQL_COLUMN_IGNORE */
};
SQLRETURN params_field(struct stmt *s, size_t i, SQLULEN row, struct buf *out,
                       enum param_form *form);
unsigned params_look(const struct stmt *s);

/* params_needs_data - does the row have data at execution that was not given? */
bool params_needs_data(struct stmt *s, SQLULEN row);

/* For data at execution (odbc/exec/paramdata.h).  params_slot_waits - does slot i of the row wait
 * for data?  params_refuse - why a value that is not there cannot be sent; SQL_SUCCESS: it can.
 * params_diag_row - the row's number for diagnostics. */
bool params_slot_waits(const struct params *p, size_t i, SQLULEN row);
SQLRETURN params_refuse(struct stmt *s, size_t i, const struct param_bound *v, SQLULEN row);
SQLLEN params_diag_row(const struct stmt *s, SQLULEN row);

/* params_row_end - forget the row's data at execution.  params_row_keep - keep it for later: the
 * row has all its values then until params_forget.  HY001. */
void params_row_end(struct stmt *s);
SQLRETURN params_row_keep(struct stmt *s, SQLULEN row);
void params_forget(struct stmt *s);

#endif
