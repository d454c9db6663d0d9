/* cell.h - one field of one row as the server sent it: borrowed bytes, or SQL NULL. */
#ifndef MYWIRE_BASE_CELL_H
#define MYWIRE_BASE_CELL_H

#include <stddef.h>

struct cell {
    const unsigned char
        *p;     /* NULL: SQL NULL; otherwise valid (also for len 0) until the next row is read */
    size_t len; /* bytes */
};

#endif
