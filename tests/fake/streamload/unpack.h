/* unpack.h - the body's compression: none, gzip (also zlib), zstd. */
#ifndef FAKE_STREAMLOAD_UNPACK_H
#define FAKE_STREAMLOAD_UNPACK_H

#include "text.h"

enum fk_packing { FK_PLAIN, FK_GZIP, FK_ZSTD };

struct fk_unpack;
typedef void fk_bytes_fn(void *to, const char *p, size_t n);

struct fk_unpack *fk_unpack_new(enum fk_packing how, fk_bytes_fn *out, void *to);
bool fk_unpack_feed(struct fk_unpack *u, const char *p, size_t n); /* false: no such data */
bool fk_unpack_end(struct fk_unpack *u);                           /* false: cut off */
void fk_unpack_free(struct fk_unpack *u);

#endif
