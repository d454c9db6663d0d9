/* cmd.c - requests. */
#include "wire/cmd.h"

#include "wire/row.h"

#define FLAG_UNSIGNED    0x80u
#define BULK_SENDS_TYPES 128u
#define EXECUTE_HEAD     (1u + 4u + 1u + 4u) /* command, statement, flags, iterations */
#define BULK_HEAD        (1u + 4u + 2u)      /* command, statement, flags */

void cmd_stmt(struct buf *b, enum cmd c, uint32_t id)
{
    buf_putc(b, c);
    buf_put_u32(b, id);
}

static bool has_value(const struct wire_param *p)
{
    return !p->is_null && !p->is_long;
}

static void put_nulls(struct buf *b, const struct wire_param *params, size_t n)
{
    unsigned char *bits = buf_grow(b, (n + 7) / 8);
    if (!bits) {
        return;
    }
    memset(bits, 0, (n + 7) / 8);
    for (size_t i = 0; i < n; i++) {
        if (params[i].is_null) {
            bits[i / 8] |= (unsigned char)(1u << (i % 8));
        }
    }
}

static bool put_value(struct buf *b, const struct wire_param *p)
{
    int width = row_width(p->type);
    if (width >= 0) {
        buf_put(b, p->p, p->len);
        return p->len == (size_t)width;
    }
    buf_put_lenstr(b, p->p, p->len); /* of dates and times the length byte is the same */
    return width != WIRE_TEMPORAL || row_is_temporal_length(p->len);
}

static void put_types(struct buf *b, const struct wire_param *params, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_putc(b, params[i].type);
        buf_putc(b, params[i].is_unsigned ? FLAG_UNSIGNED : 0);
    }
}

static int bad_value(struct fault *f, size_t i, const struct wire_param *p)
{
    return fault(f, RC_UNSUPPORTED, "parameter %zu: %zu bytes for type %u", i + 1, p->len, p->type);
}

int cmd_execute(struct buf *b, uint32_t id, const struct wire_param *params, size_t nparams,
                struct fault *f)
{
    cmd_stmt(b, CMD_STMT_EXECUTE, id);
    buf_putc(b, 0);    /* no cursor */
    buf_put_u32(b, 1); /* iterations: always 1 */
    if (nparams == 0) {
        return RC_OK;
    }
    put_nulls(b, params, nparams);
    buf_putc(b, 1); /* types follow */
    put_types(b, params, nparams);
    for (size_t i = 0; i < nparams; i++) {
        if (has_value(&params[i]) && !put_value(b, &params[i])) {
            return bad_value(f, i, &params[i]);
        }
    }
    return RC_OK;
}

static size_t lenenc_size(size_t n)
{
    return n < 251 ? 1 : n < 1u << 16 ? 3 : n < 1u << 24 ? 4 : 9;
}

size_t cmd_execute_size(const struct wire_param *params, size_t nparams)
{
    size_t n = EXECUTE_HEAD + (nparams ? (nparams + 7) / 8 + 1 + 2 * nparams : 0);
    for (size_t i = 0; i < nparams; i++) {
        if (has_value(&params[i])) {
            n += params[i].len + (row_width(params[i].type) < 0 ? lenenc_size(params[i].len) : 0);
        }
    }
    return n;
}

size_t cmd_bulk_size(size_t nparams)
{
    return BULK_HEAD + 2 * nparams;
}

void cmd_bulk(struct buf *b, uint32_t id, const struct wire_param *params, size_t nparams)
{
    cmd_stmt(b, CMD_STMT_BULK_EXECUTE, id);
    buf_put_u16(b, BULK_SENDS_TYPES);
    put_types(b, params, nparams);
}

bool cmd_bulk_value(struct buf *b, const struct wire_param *p)
{
    buf_putc(b, p->is_default ? BULK_DEFAULT : p->is_null ? BULK_NULL : BULK_VALUE);
    return p->is_default || p->is_null || put_value(b, p);
}

int cmd_bulk_row(struct buf *b, const struct wire_param *params, size_t nparams, struct fault *f)
{
    for (size_t i = 0; i < nparams; i++) {
        if (!cmd_bulk_value(b, &params[i])) {
            return bad_value(f, i, &params[i]);
        }
    }
    return RC_OK;
}

void cmd_long_data(struct buf *b, uint32_t id, unsigned param)
{
    cmd_stmt(b, CMD_STMT_SEND_LONG_DATA, id);
    buf_put_u16(b, (uint16_t)param);
}
