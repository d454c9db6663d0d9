/* rows.h - the rows of tests/data/conv*.txt, parsed.  The file's head tells the form. */
#ifndef ROWS_H
#define ROWS_H

#include "conv/plan.h"

#define ROW_BYTES 256

struct bytes {
    bool given;
    size_t n;
    unsigned char p[ROW_BYTES];
};

struct row {
    char text[512]; /* "file:line: ..." for messages */
    struct conv_source source;
    struct conv_opts opts;
    struct conv_target target;
    char ext[16];
    struct bytes cell[2]; /* text form, binary form */
    long cap;             /* -1: size of the C type */
    char state[8];
    long len;           /* -1: not looked at */
    struct bytes value; /* as written, escapes resolved */
};

struct rows {
    struct row *row;
    size_t n;
};

/* rows_load - all rows of tests/data/NAME; ends the program when the file cannot be read or a line
 * not be understood. */
struct rows rows_load(const char *name);

/* state_of - "OK", "01004" ... for a status. */
const char *state_of(enum conv_status st);

/* value_text - what was stored, as the data file writes it.  n: bytes stored. */
void value_show(const struct conv_plan *p, const void *data, size_t n, char *out, size_t cap);

/* value_is - does the stored value agree with the row? */
bool value_is(const struct conv_plan *p, const void *data, size_t n, const struct bytes *expected);

#endif
