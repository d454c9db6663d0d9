/* compress.h - the compressed protocol as a stream over a stream: 3-byte compressed length,
 * sequence number, 3-byte plain length (0: stored as it is), body.
 *
 * Bodies are expanded straight into the reader's memory as it asks for them, so an announced length
 * costs nothing.  Sequence numbers of the compressed frames are checked.  Source: MySQL source
 * documentation, "Compressed Packet". */
#ifndef MYWIRE_WIRE_COMPRESS_H
#define MYWIRE_WIRE_COMPRESS_H

#include "net/stream.h"

/* compress_wrap_* - *io becomes the compressing stream, which owns the one below.  RC_MEMORY: *io
 * is unchanged. */
int compress_wrap_zlib(struct stream **io, struct fault *f) MUST_USE;
int compress_wrap_zstd(struct stream **io, int level, struct fault *f) MUST_USE;

/* compress_reset - a new command begins: sequence numbers start at 0.  io: of compress_wrap_*. */
void compress_reset(struct stream *io);

/* compress_is_farewell - the first frame read since then had number 0 where 1 was due: it was sent
 * before the command came, and can only be the ERR with which a server hangs up. */
bool compress_is_farewell(struct stream *io);

#endif
