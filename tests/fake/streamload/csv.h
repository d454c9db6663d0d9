/* csv.h - the two CSV parsers of a BE, fed with pieces of any size.
 * Source: sheet, section 5.1 (splitting) and 5.2 (state machine); test vectors in check_parser.c.
 */
#ifndef FAKE_STREAMLOAD_CSV_H
#define FAKE_STREAMLOAD_CSV_H

#include "value.h"

enum { FK_SEP = 50 };

struct fk_csv_form {
    char sep[FK_SEP], delim[FK_SEP];
    size_t nsep, ndelim;
    unsigned char enclose, escape; /* byte 0 where not given */
    bool machine;                  /* enclose or escape was given: parser 2 */
    bool trim_space, keep_quotes, null_raw;
    uint64_t skip; /* rows at the start */
};

/* row - one row: fields (null: it was \N) and its text as it came.  All borrowed. */
typedef void fk_csv_row_fn(void *to, struct fk_cell *fields, size_t n, struct fk_cell line);

struct fk_csv {
    struct fk_csv_form form;
    fk_csv_row_fn *row;
    void *to;
    struct fk_sb in;  /* what is not a whole row yet */
    size_t scan;      /* parser 1: no delimiter begins before this; parser 2: next byte */
    struct fk_sb out; /* parser 2: fields of the row, unescaped */
    size_t *ends;     /* parser 2: where each field ends in out */
    unsigned char *marks;
    size_t nends, cap;
    struct fk_cell *fields;
    size_t nfields_cap;
    int state, back; /* parser 2 */
    bool enclosed, quoted_null;
    size_t begin;     /* of the field in out */
    size_t raw_begin; /* of the field in `in` */
    size_t line;      /* of the row in `in` */
};

void fk_csv_init(struct fk_csv *c, const struct fk_csv_form *form, fk_csv_row_fn *row, void *to);
void fk_csv_feed(struct fk_csv *c, const char *p, size_t n);
bool fk_csv_pending(const struct fk_csv *c); /* is there a row without its delimiter? */
void fk_csv_end(struct fk_csv *c);           /* gives the last row */
void fk_csv_free(struct fk_csv *c);

/* fk_csv_separator - text of a header to bytes; NULL, or the server's words why not. */
const char *fk_csv_separator(const char *value, char *out, size_t *n);

#endif
