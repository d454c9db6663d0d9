/* arena.h - memory that is given back all at once: rows, metadata, short-lived text.
 *
 * A zeroed struct arena is valid and empty.  Blocks grow geometrically up to a limit; one larger
 * request gets a block of its own.  Pointers stay valid until arena_reset or arena_clear.
 * Everything is aligned to 8 bytes. */
#ifndef MYWIRE_BASE_ARENA_H
#define MYWIRE_BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *head; /* newest block, owned */
    size_t used;              /* bytes used in head */
    size_t total;             /* bytes of all blocks, for limits and tests */
};

void *arena_alloc(struct arena *a, size_t n);  /* NULL without memory; not zeroed */
void *arena_zalloc(struct arena *a, size_t n); /* zeroed */
void *arena_dup(struct arena *a, const void *p,
                size_t n); /* copy of n bytes plus a NUL after them */
char *arena_strdup(struct arena *a, const char *s);
void arena_reset(struct arena *a); /* forget all, keep one block */
void arena_clear(struct arena *a); /* give all back */

#endif
