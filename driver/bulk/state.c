/* state.c - what became of a label, and waiting.
 * Source: GET /api/{db}/get_load_state?label=L, answered by any FE (a follower redirects). */
#include "bulk/load_parts.h"

#include "net/digest.h"

/* Doris says it in the body of a 200. */
static bool is_denied(const struct chain *c)
{
    struct reply a;
    unsigned s = c->call.status;
    if (s == 401 || s == 403)
        return true;
    reply_parse(&a, c->call.answer.p, c->call.answer.len);
    bool denied = a.denied;
    reply_clear(&a);
    return denied;
}

static int ask_failed(const struct chain *c, struct buf *reason, struct fault *f)
{
    const char *who = chain_last(c)->origin;
    if (is_denied(c))
        return fault(f, RC_DENIED, "%s does not tell the state of the load (HTTP %u)", who,
                     c->call.status);
    if (c->call.status == 404 || c->call.status == 405 || c->call.status == 501)
        return fault(f, RC_UNSUPPORTED, "%s has no get_load_state (HTTP %u)", who, c->call.status);
    return fault(f, RC_LOST, "%s did not tell the state of the load (HTTP %u%s%.200s)", who,
                 c->call.status, reason->len ? ": " : "", buf_str(reason));
}

static int ask(struct loader *l, const char *path, int64_t deadline, enum load_state *out,
               struct buf *reason, struct fault *f)
{
    struct lines lines;
    struct chain c = {0};
    int64_t soon = deadline_in(LOAD_ASK_MS);
    lines_init(&lines);
    lines_add(&lines, "Authorization", (const char *)l->login.p);
    int rc = lines_seal(&lines, f);
    c.call = (struct http_call){.method = "GET",
                                .headers = lines.p,
                                .connect_timeout_ms = l->o.connect_timeout_ms,
                                .deadline = deadline < soon ? deadline : soon,
                                .max_answer = LOAD_ANSWER,
                                .whole = reply_whole};
    if (!rc)
        rc = chain_run(l, &c, NULL, path, false, NULL, f);
    if (!rc && c.call.status == 200)
        *out = state_parse(c.call.answer.p, c.call.answer.len, reason);
    if (!rc && !*out)
        rc = ask_failed(&c, reason, f);
    if (rc == RC_LOST || rc == RC_CONNECT || rc == RC_TIMEOUT || rc == RC_PROTOCOL)
        l->current = (l->current + 1) % l->o.nurls; /* somebody else may know */
    chain_clear(&c);
    lines_clear(&lines);
    return rc;
}

int state_ask(struct loader *l, const char *database, const char *label, int64_t deadline,
              enum load_state *out, struct buf *reason, struct fault *f)
{
    struct buf path;
    *out = STATE_UNREADABLE;
    buf_init(&path, 0);
    buf_reset(reason);
    buf_puts(&path, "/api/");
    url_put_encoded(&path, database);
    buf_puts(&path, "/get_load_state?label=");
    url_put_encoded(&path, label);
    const char *text = buf_str(&path);
    int rc = buf_ok(&path) ? ask(l, text, deadline, out, reason, f)
                           : fault(f, RC_MEMORY, "out of memory for a URL");
    buf_clear(&path);
    log_line(l->o.log, LOG_INFO, "Stream Load: label %s is %s", label, state_name(*out));
    return rc;
}

static bool is_final(int rc)
{
    return rc && rc != RC_LOST && rc != RC_CONNECT && rc != RC_TIMEOUT && rc != RC_PROTOCOL;
}

int state_settle(struct loader *l, const char *database, const char *label, unsigned wanted,
                 int64_t deadline, int64_t mute_ms, enum load_state *out, struct buf *reason,
                 struct fault *f)
{
    struct pause pause = {.ms = 50};
    enum load_state last = STATE_UNREADABLE;
    int64_t begin = clock_ms();
    for (;;) {
        int rc = state_ask(l, database, label, deadline, out, reason, f);
        if (is_final(rc) || (STATE_BIT(*out) & wanted))
            return rc;
        last = *out ? *out : last;
        if (!*out && clock_ms() - begin >= mute_ms)
            return rc;
        rc = pause_wait(l, &pause, 5000, deadline, f);
        *out = last;
        if (rc == RC_TIMEOUT)
            return fault(f, RC_TIMEOUT, "its state is still %s", state_name(last));
        if (rc)
            return rc;
    }
}

/* Half of it, and up to half more by chance, so that many clients do not come back together. */
static int64_t with_chance(int64_t ms)
{
    uint16_t dice = 0;
    if (digest_random(&dice, sizeof dice, NULL))
        dice = 0; /* without chance: the shorter pause */
    return ms / 2 + ms / 2 * dice / 65535;
}

int pause_wait(struct loader *l, struct pause *p, int64_t most_ms, int64_t deadline,
               struct fault *f)
{
    int64_t ms = with_chance(p->ms > 0 ? p->ms : 100), now = clock_ms();
    p->ms = p->ms > 0 ? p->ms * 2 : 200;
    if (p->ms > most_ms)
        p->ms = most_ms;
    if (now >= deadline)
        return fault(f, RC_TIMEOUT, "Stream Load: time is up");
    if (ms > deadline - now)
        ms = deadline - now;
    return http_sleep(l->http, ms, f);
}
