/* reply.h - what servers answer: OK, ERR, EOF, column definitions, the answer to a prepare. Parsers
 * only.
 *
 * Source: MySQL source documentation, "OK_Packet", "ERR_Packet", "EOF_Packet",
 * "Protocol::ColumnDefinition41", "COM_STMT_PREPARE_OK", "Session Tracking"; MariaDB documentation,
 * "Result Set Packets" (extended metadata). */
#ifndef MYWIRE_WIRE_REPLY_H
#define MYWIRE_WIRE_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "wire/rd.h"
#include "wire/session.h"

#define STATUS_MORE_RESULTS   0x0008u
#define STATUS_SESSION_CHANGE 0x4000u

#define REPLY_INFO_MAX (16u << 10) /* longer words of the server are cut */

/* reply_err - an ERR packet (it begins with 0xFF) as a fault: RC_SERVER with number, state ("" when
 * the server sent none) and words; RC_PROTOCOL when it is too short.  The return value is f->rc. */
int reply_err(struct rd_range packet, struct fault *f);

/* Variables of the session that decide how the bytes of SQL and of results are read. */
enum reply_charset { CHARSET_CLIENT = 1, CHARSET_RESULTS = 2 };

/* What an OK packet says.  Ranges are borrowed from the packet. */
struct reply_ok {
    uint64_t affected, insert_id;
    uint16_t status, warnings;
    struct rd_range info;
    bool has_schema;        /* the default database changed ... */
    struct rd_range schema; /* ... to this */
    uint64_t connection_id; /* a proxy told the server's own id; 0: no */
    unsigned charset_told;  /* bits of enum reply_charset: these variables were set ... */
    unsigned charset_other; /* ... and these of them to another value than utf8mb4 */
};

/* reply_ok - an OK packet (header 0x00 or 0xFE).  tracks: CAP_SESSION_TRACK is on.  RC_PROTOCOL
 * when malformed. */
int reply_ok(struct reply_ok *ok, struct rd_range packet, bool tracks, struct fault *f) MUST_USE;

/* reply_eof - an EOF packet (header 0xFE, fewer than 9 bytes); the old one-byte form means status
 * 0. */
void reply_eof(struct rd_range packet, uint16_t *status, uint16_t *warnings);

/* reply_column - a column definition.  Strings go into a; those equal to the previous column's (may
 * be NULL) are shared. extended: CAP_MARIADB_METADATA is on.  RC_PROTOCOL, RC_MEMORY. */
int reply_column(struct wire_column *c, struct rd_range packet, bool extended,
                 const struct wire_column *previous, struct arena *a, struct fault *f) MUST_USE;

/* reply_prepared - the first packet of the answer to a prepare: id and counts.  RC_PROTOCOL. */
struct reply_prepared {
    uint32_t id;
    uint16_t ncols, nparams;
};
int reply_prepared(struct reply_prepared *out, struct rd_range packet, struct fault *f) MUST_USE;

#endif
