/* batch.h - rows to a body that arrives byte for byte: split CSV, enclosed CSV, or JSON, whichever
 * is safe for the rows.
 *
 * batch_scan looks at every value and chooses the encoding; then the batch is read as a load_body,
 * as often as needed with the same bytes.  A batch of up to 16 MiB is encoded while it is looked
 * at and kept; a larger one is encoded again row by row at each reading, in constant memory.  Rows
 * come from a callback, which must give the same values each time.
 *
 * Choice, from the first that is safe for all rows:
 *   split CSV      the separators are two control characters that no value holds (in a transaction,
 *                  where later batches must fit too: two short sequences of them)
 *   enclosed CSV   every value in double quotes, " and \ escaped with \ (not in a transaction, and
 *                  not for Doris)
 *   JSON           all values as strings, but for those of columns that are documents themselves
 *                  (batch_documents_fn); for the text \N, which CSV cannot tell from NULL, and
 *                  for what is left
 * A table of one column with an empty text never goes as split CSV, because blank rows are skipped
 * there.  Bytes travel as hexadecimal text in a temporary column, from which the server makes bytes
 * (to_binary; unhex on Doris).  Text that is not UTF-8 is refused. */
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

/* Marks between fields and behind rows, of split CSV. */
#define BATCH_MARK 4
struct batch_marks {
    unsigned char sep[BATCH_MARK], delim[BATCH_MARK];
    size_t nsep, ndelim;
};

/* Rows that need no look, straight into the body: from `row` on, at most nrows, appended to out as
 * split CSV, as long as every value is NULL (\N) or well-formed text without control characters,
 * not the text \N, and not empty in an only column.  The bytes must be those that batch_row_fn's
 * fields become.  Returns how many rows; may stop early, and should after BATCH_PIECE bytes; 0: the
 * row at hand needs a look, or there is no memory. */
#define BATCH_PIECE 65536
typedef size_t batch_plain_fn(void *ctx, size_t row, size_t nrows, const struct batch_marks *marks,
                              struct buf *out);

/* Which columns (all false at first) are JSON documents for the server: JSON, ARRAY, MAP, STRUCT.
 * Asked when the rows are to go as JSON, where a document in quotes would be a text. */
typedef int batch_documents_fn(void *ctx, bool *is_document, struct fault *f);

enum batch_want { BATCH_ANY = 0, BATCH_CSV, BATCH_JSON };

struct batch_plan;

struct batch {
    const char *const *columns; /* names, UTF-8, unquoted; borrowed */
    size_t ncols;
    const bool *is_bytes; /* NULL, or a column: goes as bytes even if no value here asks for it (a
                             later batch of the transaction may) */
    size_t nrows;
    batch_row_fn *row;
    batch_plain_fn *plain;         /* NULL: every row needs a look */
    batch_documents_fn *documents; /* NULL: no column is */
    void *ctx;
    enum load_dialect dialect;
    bool in_transaction;  /* the transaction interface knows split CSV and JSON only */
    enum batch_want want; /* the application's wish; rows that it cannot carry are refused */
    const struct batch_plan *like; /* NULL, or the plan of the transaction's first batch, whose
                                      headers this one must share */
};

/* batch_scan - look at all rows, choose.  RC_CONFIG names row (1-based) and column of a value that
 * cannot be carried: text that is no UTF-8, no JSON for a column of documents, or one that `want`
 * or `like` exclude.  Errors of the
 * callback are returned as they are.  No rows or no columns: RC_CONFIG.  b is borrowed until
 * batch_plan_free, the plan `like` only for the call. */
int batch_scan(const struct batch *b, struct batch_plan **out, struct fault *f) MUST_USE;
/* The headers that tell the server the encoding (format, columns, separators ...), and the body.
 * Owned by the plan; the bodies of a plan share one position, so read one at a time. */
const struct load_header *batch_headers(const struct batch_plan *p, size_t *n);
struct load_body batch_body(struct batch_plan *p);
void batch_plan_free(struct batch_plan *p);

#endif
