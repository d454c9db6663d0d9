/* bulk.c - commands that carry many rows.  Steers; the bytes are written by cmd.c. */
#include "wire/bulk.h"

#include "wire/cmd.h"
#include "wire/session_parts.h"

bool session_can_bulk(const struct session *s)
{
    return session_product(s)->has_bulk_execute && session_can(s, CAP_MARIADB_BULK);
}

bool session_can_pipe(const struct session *s)
{
    return session_has(s, session_product(s)->pipes_since) && !s->k.compressed;
}

int session_bulk(struct session *s, struct wire_stmt *st, const struct wire_param *params,
                 const void *rows, size_t n, struct fault *f)
{
    int rc = session_check_stmt(s, st, f);
    rc = rc ? rc : session_check_room(s, cmd_bulk_size(st->nparams) + n, f);
    rc = rc ? rc : session_begin(s, "reading the reply to a bulk execute", f);
    if (rc == RC_OK) {
        log_line(s->log, LOG_TRACE, "bulk execute statement %u, %zu bytes", st->id, n);
        session_note_sent(s, st->text, st->ntext);
        s->is_secret = st->is_secret;
        cmd_bulk(packet_start(&s->k), st->id, params, st->nparams);
        rc = packet_send(&s->k, rows, n, f);
        rc = rc ? rc : session_read_reply(s, true, f);
    }
    return session_end(s, rc, f);
}

int session_query_parts(struct session *s, struct wire_text head, struct wire_text tail,
                        struct fault *f)
{
    int rc = session_check_room(s, 1 + head.n + tail.n, f);
    rc = rc ? rc : session_begin(s, "reading the reply to a query", f);
    if (rc == RC_OK) {
        session_log_text(s, "query", head, tail);
        session_note_sent(s, head.p, head.n);
        struct buf *b = packet_start(&s->k);
        buf_putc(b, CMD_QUERY);
        buf_put(b, head.p, head.n);
        rc = packet_send(&s->k, tail.p, tail.n, f);
        rc = rc ? rc : session_read_reply(s, false, f);
    }
    return session_end(s, rc, f);
}

/* ---- pipes ---- */

int session_pipe_begin(struct session *s, struct fault *f)
{
    return session_end(s, session_begin(s, "reading the replies to prepared statements", f), f);
}

int session_pipe_put(struct session *s, struct wire_stmt *st, const struct wire_param *params,
                     struct fault *f)
{
    struct buf *out = &s->k.out;
    size_t before = out->len;
    int rc = session_check_stmt(s, st, f);
    if (rc == RC_OK && !before) { /* else what is too large does not fit behind the others */
        rc = session_check_room(s, cmd_execute_size(params, st->nparams), f);
    }
    if (rc != RC_OK) {
        return rc;
    }
    packet_reset(&s->k); /* numbers of each command begin at 0 */
    rc = cmd_execute(packet_start(&s->k), st->id, params, st->nparams, f);
    bool is_first = before == 0;
    if (rc == RC_OK && out->len > (is_first ? PACKET_FRAME : PIPE_BYTES)) {
        rc = fault(f, RC_UNSUPPORTED, "an execute of %zu bytes does not fit", out->len - before);
    }
    if (!buf_ok(out)) {
        return session_end(s, fault(f, RC_MEMORY, "no memory for an execute"), f);
    }
    if (rc != RC_OK) {
        out->len = before;
        return rc;
    }
    packet_end(&s->k);
    s->is_secret = st->is_secret;
    return RC_OK;
}

int session_pipe_send(struct session *s, struct fault *f)
{
    s->state = SESSION_MORE; /* until the last reply is read */
    return session_end(s, packet_flush(&s->k, f), f);
}

int session_pipe_reply(struct session *s, struct fault *f)
{
    if (s->state == SESSION_BROKEN) {
        return session_lost(s, f);
    }
    packet_expect(&s->k);
    return session_end(s, session_read_reply(s, true, f), f);
}
