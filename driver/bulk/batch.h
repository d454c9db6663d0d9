/* batch.h - rows to a body that arrives byte for byte: split CSV, enclosed CSV, or JSON, whichever
 * is safe for the rows.
 *
 * Two passes over the rows: batch_scan looks at every value and chooses the encoding; then the
 * batch is read as a load_body, row by row, in constant memory, as often as needed with the same
 * bytes.  Rows come from a callback, which must give the same values each time. Rules: stream-load
 * CSV parsers 1 and 2; NULL is \N; the text \N cannot be told from it in CSV and goes as JSON. */
#ifndef MYWIRE_BULK_BATCH_H
#define MYWIRE_BULK_BATCH_H

#include "bulk/load.h"

enum batch_form { BATCH_NULL = 0, BATCH_NUMBER, BATCH_TEXT, BATCH_BYTES };

struct batch_field {
    enum batch_form form;
    const unsigned char *p; /* UTF-8 text, digits, or raw bytes; borrowed until the next row */
    size_t len;
};

/* Fields of row number `row` (0-based, counted without skipped rows).  RC_OK, or an error that ends
 * the load. */
typedef int batch_row_fn(void *ctx, size_t row, struct batch_field *fields, struct fault *f);

struct batch {
    const char *const *columns; /* names, UTF-8, unquoted; borrowed */
    size_t ncols;
    size_t nrows;
    batch_row_fn *row;
    void *ctx;
    enum load_dialect dialect;
    bool in_transaction; /* the transaction interface knows split CSV and JSON only */
};

struct batch_plan;

/* batch_scan - look at all rows, choose.  RC_CONFIG names row and column of a value that no
 * encoding can carry. */
int batch_scan(const struct batch *b, struct batch_plan **out, struct fault *f) MUST_USE;
/* The headers that tell the server the encoding (format, columns, separators ...), and the body.
 * Owned by the plan. */
const struct load_header *batch_headers(const struct batch_plan *p, size_t *n);
struct load_body batch_body(struct batch_plan *p);
void batch_plan_free(struct batch_plan *p);

#endif
