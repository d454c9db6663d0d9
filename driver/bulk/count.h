/* count.h - how many rows the bytes of a load are, as far as the bytes tell.
 *
 * The bytes of a STREAM LOAD are the application's, so nobody has counted their rows; but a server
 * that reads other rows than were meant (a delimiter it did not understand, a header of another
 * dialect) says "Success" all the same.  What is counted here is compared with its answer.
 *
 * Two bounds, because servers differ in what is a row: CSV lines without anything but blanks are
 * skipped or not, and elements of a JSON array that are no objects are rejected or not looked at.
 * Nothing is guessed.  Where the headers or the bytes do not say (compressed, another format,
 * jsonpaths, a quote where none belongs, lines to skip that are quoted) the bounds are as wide as
 * what is certain: a complaint about a load that is right lets people load it again.
 *
 * Source: the CSV readers of StarRocks and Doris (split_record, more_rows; enclose and escape are
 * followed only as far as both agree; skip_header and skip_lines; _remove_bom); strip_outer_array
 * and read_json_by_line. */
#ifndef MYWIRE_BULK_COUNT_H
#define MYWIRE_BULK_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bulk/load.h"

#define COUNT_MARK 50 /* bytes of a separator, as servers allow */

/* Rows, at least and at most. */
struct count_rows {
    uint64_t least, most; /* most UINT64_MAX: not known */
    bool of_documents;    /* JSON: what the server rejects is no document, and may be any number of
                             rows to it */
};

struct count_mark {
    unsigned char p[COUNT_MARK], back[COUNT_MARK + 1]; /* back: of Knuth, Morris and Pratt */
    size_t n;
};

enum count_how { COUNT_NOTHING = 0, COUNT_LINES, COUNT_QUOTED, COUNT_JSON };

struct count {
    enum count_how how;
    bool is_odd; /* something that the two bounds cannot both follow */
    /* CSV */
    struct count_mark delim;
    unsigned char sep, enclose, escape;
    uint64_t skip, rows, blank; /* blank: of the rows */
    uint64_t breaks;            /* delimiters, wherever they stand */
    uint64_t at, solid; /* bytes of the row; of them before the first one that is no blank */
    uint64_t past;      /* bytes of the rows before it */
    size_t matched;     /* of the delimiter */
    unsigned state;
    bool is_first; /* of an enclosed field */
    /* JSON */
    bool strip, is_array, is_due, in_text, is_escaped; /* is_due: an element may begin */
    uint64_t depth, tops, arrays, elements, objects;
};

/* count_begin - for a load with these headers (of two with one name the last counts).  count_put -
 * the bytes, in pieces of any size.  count_again - from the beginning.  count_end - the rows so
 * far, if these are all bytes. */
void count_begin(struct count *c, const struct load_request *q, enum load_dialect dialect);
void count_put(struct count *c, const void *p, size_t n);
void count_again(struct count *c);
struct count_rows count_end(const struct count *c);

/* count_exact - n rows.  count_add - the rows of both.  count_fits - can n be the rows that a
 * server has read, when it rejected some or none? */
struct count_rows count_exact(uint64_t n);
struct count_rows count_add(struct count_rows a, struct count_rows b);
bool count_fits(struct count_rows sent, uint64_t n, bool has_rejected);

#endif
