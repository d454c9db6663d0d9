/* arena.c - bump allocation in a list of blocks; the newest ordinary block is the head, blocks of
 * one large request stand behind it so that the head's free room is not lost. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST 4096u
#define BLOCK_LIMIT (1024u * 1024u)
#define ALIGN       8u

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes of data */
    _Alignas(16) unsigned char data[];
};

static struct arena_block *new_block(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct arena_block)) {
        return NULL;
    }
    struct arena_block *b = malloc(sizeof *b + size);
    if (!b) {
        return NULL;
    }
    b->size = size;
    b->next = NULL;
    a->total += size;
    return b;
}

/* Blocks double up to the limit. */
static size_t next_size(const struct arena *a)
{
    if (!a->head) {
        return BLOCK_FIRST;
    }
    return a->head->size >= BLOCK_LIMIT / 2 ? BLOCK_LIMIT : a->head->size * 2;
}

static void *alloc_large(struct arena *a, size_t n)
{
    struct arena_block *b = new_block(a, n);
    if (!b) {
        return NULL;
    }
    if (!a->head) {
        a->head = b;
        a->used = n;
        return b->data;
    }
    b->next = a->head->next;
    a->head->next = b;
    return b->data;
}

static void *alloc_slow(struct arena *a, size_t n)
{
    size_t size = next_size(a);
    if (n > size / 2) {
        return alloc_large(a, n);
    }
    struct arena_block *b = new_block(a, size);
    if (!b) {
        return NULL;
    }
    b->next = a->head;
    a->head = b;
    a->used = n;
    return b->data;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX - ALIGN) {
        return NULL;
    }
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    n = n ? n : ALIGN;
    if (!a->head || n > a->head->size - a->used) {
        return alloc_slow(a, n);
    }
    void *p = a->head->data + a->used;
    a->used += n;
    return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);
    return p ? memset(p, 0, n) : NULL;
}

void *arena_dup(struct arena *a, const void *p, size_t n)
{
    if (n == SIZE_MAX) {
        return NULL;
    }
    unsigned char *copy = arena_alloc(a, n + 1);
    if (!copy) {
        return NULL;
    }
    if (n) {
        memcpy(copy, p, n);
    }
    copy[n] = 0;
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_dup(a, s, strlen(s));
}

static void free_list(struct arena_block *b)
{
    while (b) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = a->head;
    if (!keep || keep->size > BLOCK_LIMIT) {
        arena_clear(a);
        return;
    }
    free_list(keep->next);
    keep->next = NULL;
    a->used = 0;
    a->total = keep->size;
}

void arena_clear(struct arena *a)
{
    free_list(a->head);
    a->head = NULL;
    a->used = 0;
    a->total = 0;
}
