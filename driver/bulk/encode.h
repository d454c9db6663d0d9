/* encode.h - one row as split CSV, enclosed CSV or JSON.  Pure. */
#ifndef MYWIRE_BULK_ENCODE_H
#define MYWIRE_BULK_ENCODE_H

#include "bulk/batch.h"

enum encoding { ENC_SPLIT, ENC_ENCLOSED, ENC_JSON };

struct format {
    enum encoding encoding;
    struct batch_marks marks;
    bool by_line;            /* JSON: an object a line, not one array */
    const bool *is_document; /* JSON: per column; its values are JSON as they are, not texts */
};

/* What bytes a value holds. */
enum look { LOOK_CONTROL = 1, LOOK_HIGH = 2 }; /* below 0x20; above 0x7f */
unsigned encode_look(const unsigned char *p, size_t n);

/* encode_check_document - are the n bytes one JSON value?  RC_OK, RC_CONFIG, RC_MEMORY. */
int encode_check_document(const unsigned char *p, size_t n);

/* encode_row - append a row.  is_bytes: per column; its values go as hexadecimal text.  first: no
 * row came before (JSON).  Out of memory: out is broken. */
void encode_row(struct buf *out, const struct format *fmt, const struct batch_field *fields,
                const bool *is_bytes, size_t ncols, bool first);
/* encode_end - append what follows the last row. */
void encode_end(struct buf *out, const struct format *fmt);

#endif
