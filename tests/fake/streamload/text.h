/* text.h - growable bytes and memory that is freed in one go, for the fake only.
 * The fake shares no code with the driver, so that a mistake is not made on both sides.
 * Out of memory ends the process: this is a test program. */
#ifndef FAKE_STREAMLOAD_TEXT_H
#define FAKE_STREAMLOAD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes, always followed by a NUL that n does not count.  Zeroed is a valid empty one. */
struct fk_sb {
    char *p;
    size_t n, cap;
};

void *fk_alloc(size_t n); /* zeroed */
char *fk_dup(const char *p, size_t n);
char *fk_dupz(const char *p);

void fk_sb_add(struct fk_sb *s, const void *p, size_t n);
void fk_sb_str(struct fk_sb *s, const char *p);
void fk_sb_ch(struct fk_sb *s, char c);
void fk_sb_fmt(struct fk_sb *s, const char *form, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));
void fk_sb_json(struct fk_sb *s, const char *p, size_t n); /* quoted and escaped */
void fk_sb_hex(struct fk_sb *s, const char *p, size_t n);
void fk_sb_drop(struct fk_sb *s, size_t n); /* the first n bytes */
void fk_sb_free(struct fk_sb *s);

/* Memory that lives until fk_arena_reset, which keeps one block for the next round. */
struct fk_block {
    struct fk_block *next;
    size_t n, cap;
    char data[];
};
struct fk_arena {
    struct fk_block *first;
};
void *fk_arena_get(struct fk_arena *a, size_t n);                /* aligned, zeroed */
char *fk_arena_dup(struct fk_arena *a, const char *p, size_t n); /* with a NUL behind */
void fk_arena_reset(struct fk_arena *a);
void fk_arena_free(struct fk_arena *a);

bool fk_same(const char *a, const char *b);             /* ASCII letters of either case */
bool fk_same_n(const char *a, size_t n, const char *b); /* the same, a has n bytes */
bool fk_utf8(const char *p, size_t n);                  /* valid UTF-8? */
bool fk_bool(const char *text, bool *out);              /* true false on off 1 0 */
bool fk_u64(const char *text, size_t n, uint64_t *out); /* decimal digits only */
int fk_hex_digit(char c);                               /* -1: none */
uint64_t fk_hash(uint64_t h, const char *p, size_t n);  /* FNV-1a, 8 bytes a step */
void fk_url_decode(struct fk_sb *out, const char *p, size_t n);
const char *fk_base64(const char *p, size_t n, struct fk_sb *out); /* NULL, or why it is not */
size_t fk_count(const char *p, size_t n, char c);                  /* how often c occurs */
int64_t fk_now_ms(void);                                           /* monotonic */

#endif
