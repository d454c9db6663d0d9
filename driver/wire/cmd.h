/* cmd.h - requests: each function appends the payload of one command.  Writers only.
 * Source: MySQL source documentation, "Command Phase", "COM_STMT_EXECUTE". */
#ifndef MYWIRE_WIRE_CMD_H
#define MYWIRE_WIRE_CMD_H

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "wire/session.h"

enum cmd {
    CMD_QUIT = 0x01,
    CMD_INIT_DB = 0x02,
    CMD_QUERY = 0x03,
    CMD_PING = 0x0E,
    CMD_CHANGE_USER = 0x11,
    CMD_STMT_PREPARE = 0x16,
    CMD_STMT_EXECUTE = 0x17,
    CMD_STMT_SEND_LONG_DATA = 0x18,
    CMD_STMT_CLOSE = 0x19,
    CMD_RESET_CONNECTION = 0x1F,
    CMD_STMT_BULK_EXECUTE = 0xFA /* MariaDB */
};

/* cmd_stmt - CLOSE, RESET: the command and the statement's id. */
void cmd_stmt(struct buf *b, enum cmd c, uint32_t id);

/* cmd_execute - no cursor; params: nparams of them.  RC_UNSUPPORTED names the parameter whose bytes
 * do not fit its type (a mistake of ours, not of the server). */
int cmd_execute(struct buf *b, uint32_t id, const struct wire_param *params, size_t nparams,
                struct fault *f) MUST_USE;

/* cmd_long_data - head of a piece of a parameter; the bytes follow. */
void cmd_long_data(struct buf *b, uint32_t id, unsigned param);

/* cmd_execute_size - how many bytes that will be.  cmd_bulk_size - of cmd_bulk. */
size_t cmd_execute_size(const struct wire_param *params, size_t nparams);
size_t cmd_bulk_size(size_t nparams);

/* cmd_bulk - MariaDB's execute of many rows: the head, with the type of each parameter; what
 * cmd_bulk_row wrote follows.  params: only type and is_unsigned count, the same for every row.
 * Source: MariaDB documentation, "COM_STMT_BULK_EXECUTE". */
void cmd_bulk(struct buf *b, uint32_t id, const struct wire_param *params, size_t nparams);

/* cmd_bulk_row - one row of it.  RC_UNSUPPORTED as cmd_execute; RC_MEMORY is in b. */
int cmd_bulk_row(struct buf *b, const struct wire_param *params, size_t nparams,
                 struct fault *f) MUST_USE;

/* cmd_bulk_value - one value of a row.  False: its bytes do not fit its type. */
bool cmd_bulk_value(struct buf *b, const struct wire_param *p);

/* The same for those who have the bytes elsewhere, and room at `to`; each returns where the next
 * value begins.  cmd_bulk_begin - what stands before a value's bytes and, unless the type has a
 * fixed width, its length.  cmd_bulk_short - text or bytes, n of them, fewer than CMD_BULK_SHORT.
 * A value needs CMD_BULK_HEAD bytes besides its own. */
#define CMD_BULK_SHORT 251u
#define CMD_BULK_HEAD  2u
enum cmd_bulk { BULK_VALUE, BULK_NULL, BULK_DEFAULT };

static inline unsigned char *cmd_bulk_begin(unsigned char *to, enum cmd_bulk what)
{
    *to = (unsigned char)what;
    return to + 1;
}

static inline unsigned char *cmd_bulk_short(unsigned char *to, const void *p, size_t n)
{
    to[0] = BULK_VALUE;
    to[1] = (unsigned char)n;
    if (n) {
        memcpy(to + 2, p, n);
    }
    return to + 2 + n;
}

#endif
