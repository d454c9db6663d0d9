/* descfield.h - explicit descriptors, and descriptor fields by number: SQLGetDescField,
 * SQLSetDescField, SQLGetDescRec, SQLSetDescRec, SQLCopyDesc.
 *
 * table/field.def has a row for every field: where it lies, its kind, and which of the four
 * descriptors may read and write it. */
#ifndef MYWIRE_ODBC_DESCFIELD_H
#define MYWIRE_ODBC_DESCFIELD_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* desc_new - an explicit descriptor linked into d->descs.  d is locked by the caller.  NULL without
 * memory. */
struct desc *desc_new(struct dbc *d);

/* desc_drop - SQLFreeHandle(SQL_HANDLE_DESC): HY017 for an implicit one.  Statements that use it go
 * back to their own. */
SQLRETURN desc_drop(SQLHDESC h);

/* desc_free_all - give back every explicit descriptor of d. */
void desc_free_all(struct dbc *d);

/* desc_set_type - type and concise type, and what follows from them: code of datetimes and
 * intervals, default length, precision and scale (ODBC reference, SQLSetDescField, SQL_DESC_TYPE).
 * type may be verbose or concise.  False when it is no SQL type (IPD, IRD) or C type (ARD, APD). */
bool desc_set_type(const struct desc *d, struct desc_rec *r, SQLSMALLINT type);

/* The entries.  out: where text goes; value: SQLPOINTER of the entry. */
SQLRETURN desc_get_field(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                         SQLINTEGER cap, SQLINTEGER *len, bool wide);
SQLRETURN desc_set_field(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                         SQLINTEGER len, bool wide);

struct desc_rec_out {
    struct text_out name;
    SQLSMALLINT *type, *subtype;
    SQLLEN *length;
    SQLSMALLINT *precision, *scale, *nullable;
};
SQLRETURN desc_get_rec(SQLHDESC h, SQLSMALLINT rec, const struct desc_rec_out *out);

struct desc_rec_in {
    SQLSMALLINT type, subtype;
    SQLLEN length;
    SQLSMALLINT precision, scale;
    SQLPOINTER data;
    SQLLEN *octet_length, *indicator;
};
SQLRETURN desc_set_rec(SQLHDESC h, SQLSMALLINT rec, const struct desc_rec_in *in);
SQLRETURN desc_copy(SQLHDESC from, SQLHDESC to);

#endif
