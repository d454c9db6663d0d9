/* desc.h - descriptors: the application's buffers (ARD, APD), and what columns and parameters are
 * (IRD, IPD).
 *
 * A descriptor has a header and records 0..count (record 0 is the bookmark).  Row and parameter
 * binding, statement attributes that ODBC maps to descriptor fields, and
 * SQLDescribeCol/SQLColAttribute all read and write these. */
#ifndef MYWIRE_ODBC_DESC_H
#define MYWIRE_ODBC_DESC_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

#include "base/arena.h"
#include "odbc/handle/diag.h"

enum desc_role { DESC_ARD, DESC_APD, DESC_IRD, DESC_IPD, DESC_EXPLICIT };

enum handle_magic {
    MAGIC_ENV = 0x4d57454e,
    MAGIC_DBC = 0x4d574442,
    MAGIC_STMT = 0x4d575354,
    MAGIC_DESC = 0x4d574445,
    MAGIC_CANCEL = 0x4d574341, /* the second one of a statement (cancel.c) */
    MAGIC_DEAD = 0x4d574f55
};

/* First member of every handle. */
struct handle {
    enum handle_magic magic;
    struct diag diag;
};

struct dbc;
struct stmt;

struct desc_rec {
    SQLSMALLINT type, concise_type, datetime_interval_code;
    SQLINTEGER datetime_interval_precision;
    SQLULEN length;      /* characters */
    SQLLEN octet_length; /* bytes; of the buffer in ARD/APD */
    SQLSMALLINT precision, scale;
    bool has_precision, has_scale; /* the application gave it; else it is the type's default */
    SQLPOINTER data_ptr;           /* the application's */
    SQLLEN *octet_length_ptr, *indicator_ptr;
    /* IPD */
    SQLSMALLINT parameter_type; /* SQL_PARAM_INPUT ... */
    /* IRD, IPD: all text is UTF-8; owned by the descriptor's arena (filled by result or prepare),
     * never NULL there */
    const char *name, *label, *base_column_name, *base_table_name, *table_name, *schema_name,
        *catalog_name;
    const char *type_name, *local_type_name, *literal_prefix, *literal_suffix;
    SQLLEN display_size;
    SQLINTEGER auto_unique, case_sensitive, num_prec_radix;
    SQLSMALLINT fixed_prec_scale, nullable, searchable, is_unsigned, unnamed, updatable, rowver;
};

struct desc_header {
    SQLSMALLINT alloc_type; /* SQL_DESC_ALLOC_AUTO or USER */
    SQLULEN array_size;
    SQLUSMALLINT *array_status_ptr;
    SQLLEN *bind_offset_ptr;
    SQLINTEGER bind_type; /* SQL_BIND_BY_COLUMN (0) or row length in bytes */
    SQLULEN *rows_processed_ptr;
    SQLSMALLINT count; /* highest record in use */
};

struct desc {
    struct handle h;
    struct dbc *dbc;
    struct stmt *stmt; /* owner of an implicit descriptor; NULL for explicit ones */
    struct desc *next; /* in dbc->descs, for explicit ones */
    SQLRETURN(*fill)
    (struct stmt *s); /* of an IRD: make its records valid (odbc/exec/describe.h) */
    enum desc_role role;
    struct desc_header hdr;
    struct desc_rec *recs; /* [0..cap), index = record number; owned */
    size_t cap;
    struct arena arena; /* text of IRD and IPD records */
    uint64_t version;   /* a new one with every change (desc_changed): plans name it */
};

void desc_init(struct desc *d, struct dbc *dbc, struct stmt *stmt, enum desc_role role);
void desc_fini(struct desc *d);
struct desc_rec *desc_rec_at(struct desc *d, SQLSMALLINT n); /* existing record or NULL */
struct desc_rec *desc_rec_make(struct desc *d,
                               SQLSMALLINT n); /* make it (count grows); NULL without memory */
void desc_drop_above(struct desc *d, SQLSMALLINT n); /* forget records above n; count = n */
void desc_unbind_all(struct desc *d);                /* count = 0; SQL_UNBIND, SQL_RESET_PARAMS */

/* desc_changed - the descriptor is another one than before: it takes a version that no descriptor
 * of the connection ever had, so that a plan which names its version can be of no other, whatever
 * stands at the address now.  Once after any change of a header or a record; a new descriptor has
 * one already. */
void desc_changed(struct desc *d);

#endif
