/* limit.c - the longest command that the server takes.
 *
 * A server that gets a longer one than its max_allowed_packet hangs up, often while we still write.
 * So a large command is measured first.  The variable cannot be changed within a session; the
 * server compares with "as long as or longer".  Other products than those asked here have the
 * variable for show, or a limit of another kind: they speak for themselves. Source: MySQL manual,
 * "Packet Too Large"; MariaDB, "max_allowed_packet". */
#include "base/num.h"
#include "wire/session_parts.h"

#define ASK_FROM   (64u << 10) /* shorter commands are not worth a question */
#define COMPRESSED 64u /* a compressed command is compared together with its frames' heads */

static size_t number_of(const struct cell *c)
{
    size_t v = 0;
    for (size_t i = 0; c->p && i < c->len && c->p[i] >= '0' && c->p[i] <= '9'; i++) {
        v = v < SIZE_MAX / 20 ? v * 10 + (size_t)(c->p[i] - '0') : v;
    }
    return v ? v : SIZE_MAX;
}

/* A server that does not know the variable has no limit that we know of. */
static int ask(struct session *s, struct fault *f)
{
    static const char sql[] = "SELECT @@max_allowed_packet";
    const struct cell *cells;
    int rc = session_detect(s, f);
    if (rc != RC_OK) {
        return rc;
    }
    s->max_command = SIZE_MAX;
    if (!session_product(s)->has_packet_limit) {
        return RC_OK;
    }
    rc = session_query(s, sql, sizeof sql - 1, f);
    int got = rc == RC_OK ? session_row(s, &cells, f) : rc;
    if (got == 1 && s->reply.ncols) {
        s->max_command = number_of(&cells[0]);
    }
    rc = got >= 0 ? session_skip(s, f) : got;
    return rc == RC_SERVER ? RC_OK : rc;
}

int session_check_room(struct session *s, size_t n, struct fault *f)
{
    if (n < ASK_FROM || s->state != SESSION_IDLE) {
        return RC_OK;
    }
    int rc = s->max_command ? RC_OK : ask(s, f);
    if (rc != RC_OK || n + (s->k.compressed ? COMPRESSED : 0) < s->max_command) {
        return rc;
    }
    return fault(f, RC_TOO_LARGE,
                 "the statement with its values is %zu bytes long, and %s takes less than %zu (its "
                 "variable max_allowed_packet): it was not sent; send less in one statement, or "
                 "raise max_allowed_packet there and connect again",
                 n, s->label, s->max_command);
}
