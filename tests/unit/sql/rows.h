/* rows.h - lines of a file in tests/data, split at " | "; for the table-driven tests of this
 * folder. */
#ifndef MYWIRE_TEST_SQL_ROWS_H
#define MYWIRE_TEST_SQL_ROWS_H

#include <stddef.h>

#define ROW_FIELDS 10

struct row {
    int line;                /* in the file, from 1 */
    char *field[ROW_FIELDS]; /* NUL-terminated; the last takes the rest of the line */
    int nfields;
};

struct rows {
    struct row *row;
    int n;
    char *text; /* the file, cut up */
};

/* rows_load - without empty lines and lines that begin with '#'; at most max fields (1: whole
 * lines).  Ends the program when the file cannot be read. */
struct rows rows_load(const char *name, int max);
void rows_free(struct rows *r);

/* rows_unescape - \n, \t, \0 and \\ in place; returns the length. */
size_t rows_unescape(char *s);

/* exact - a copy of n bytes in an allocation of exactly that size, so that ASan sees any overread.
 */
char *exact(const char *s, size_t n);

/* MUST - as ck_assert_msg, without its cost for each check that holds. */
#define MUST(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ck_abort_msg(__VA_ARGS__);                                                             \
        }                                                                                          \
    } while (0)

#endif
