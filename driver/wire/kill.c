/* kill.c - ending a statement from a second connection, once that has proven which server it
 * reached.
 *
 * Behind a load balancer the second connection may be at another server, where our connection's id
 * is somebody else's.  So the list of connections is asked first, which shows everybody the own
 * account's without a privilege.  What proves that a row of it is ours, the cheapest first:
 *   - where the row of the second connection itself shows the port that it has here, nothing stands
 *     between: ours has to show the port of our socket, and that settles it either way; through a
 *     unix socket both rows show a host without a port;
 *   - the random attribute of our login, where the server keeps attributes (performance_schema);
 *     where it keeps that of the second connection, this settles it too;
 *   - the text of what we sent, begun when we sent it.
 * Unproven: no KILL. */
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "net/digest.h"
#include "wire/session_parts.h"

#define SQL_CHARS   400
#define HOST_CHARS  300
#define SLACK_MS    50 /* between sending a statement and its begin, besides the way there */
#define LOGINS_MORE 4  /* so many times what the first login took is added to a kill's time */

/* ---- what runs ---- */

int session_token(char out[SESSION_TOKEN_CHARS], struct fault *f)
{
    uint64_t r = 0;
    int rc = digest_random(&r, sizeof r, f);
    (void)snprintf(out, SESSION_TOKEN_CHARS, "%016llx", (unsigned long long)r);
    return rc;
}

/* Servers leave out what stands before and behind. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static void skip_blanks(const char **p, size_t *n)
{
    while (*n && is_blank(**p)) {
        (*p)++;
        (*n)--;
    }
}

void session_note_sent(struct session *s, const char *sql, size_t n)
{
    struct session_sent *t = &s->sent;
    skip_blanks(&sql, &n);
    int64_t now = clock_ms();
    (void)pthread_mutex_lock(&t->lock); /* never fails on a mutex that is sound */
    t->is_cut = n > sizeof t->text;
    t->n = t->is_cut ? sizeof t->text : n;
    if (t->n) {
        memcpy(t->text, sql, t->n);
    }
    t->at = now;
    (void)pthread_mutex_unlock(&t->lock);
}

/* ---- the list of connections ---- */

struct row {
    bool is_there, is_idle;
    uint64_t id;
    char host[HOST_CHARS];
    char text[SESSION_SENT_CHARS];
    size_t ntext;
    bool is_text_cut;
    double time;
};

struct list {
    struct row ours, killers;
    int64_t asked, answered; /* clock_ms */
    bool has_ms;
};

enum column { COL_ID, COL_HOST, COL_COMMAND, COL_INFO, COL_TIME, COLS };

static bool find_columns(const struct wire_reply *r, size_t at[COLS])
{
    static const char *const names[COLS] = {"Id", "Host", "Command", "Info", "Time"};
    for (size_t c = 0; c < COLS; c++) {
        at[c] = r->ncols;
        for (size_t i = 0; i < r->ncols && at[c] == r->ncols; i++) {
            at[c] = text_eq(r->cols[i].name, names[c]) ? i : r->ncols;
        }
        if (at[c] == r->ncols) {
            return false;
        }
    }
    return true;
}

static void row_take(struct row *r, uint64_t id, const struct cell *cells, const size_t at[COLS])
{
    const struct cell *host = &cells[at[COL_HOST]], *info = &cells[at[COL_INFO]],
                      *command = &cells[at[COL_COMMAND]], *time = &cells[at[COL_TIME]];
    *r = (struct row){.is_there = true, .id = id, .time = -1};
    (void)snprintf(r->host, sizeof r->host, "%.*s", (int)(host->p ? host->len : 0),
                   host->p ? (const char *)host->p : "");
    r->is_idle = command->p && text_eqn((const char *)command->p, command->len, "Sleep");
    r->is_text_cut = info->p && info->len > sizeof r->text;
    r->ntext = !info->p ? 0 : r->is_text_cut ? sizeof r->text : info->len;
    if (r->ntext) {
        memcpy(r->text, info->p, r->ntext);
    }
    if (time->p && num_get_double((const char *)time->p, time->len, &r->time) != NUM_OK) {
        r->time = -1;
    }
}

static bool is_id(uint64_t listed, uint64_t wanted, bool is_cut)
{
    return is_cut ? (uint32_t)listed == (uint32_t)wanted : listed == wanted;
}

static int read_list(const struct session *s, struct session *killer, struct list *l,
                     struct fault *f)
{
    const struct cell *cells = NULL;
    size_t at[COLS];
    bool is_cut = session_product(s)->is_id_cut;
    if (!session_reply(killer)->has_rows || !find_columns(session_reply(killer), at)) {
        int skipped = session_skip(killer, f);
        return skipped ? skipped : fault(f, RC_PROTOCOL, "%s lists no connections", s->label);
    }
    int got = 1;
    while (got == 1) {
        uint64_t id = 0;
        got = session_row(killer, &cells, f);
        const struct cell *c = got == 1 ? &cells[at[COL_ID]] : NULL;
        if (!c || !c->p || num_get_u64((const char *)c->p, c->len, &id) != NUM_OK) {
            continue;
        }
        if (is_id(id, s->info.connection_id, is_cut)) {
            row_take(&l->ours, id, cells, at);
        } else if (is_id(id, killer->info.connection_id, is_cut)) {
            row_take(&l->killers, id, cells, at);
        }
    }
    l->answered = clock_ms();
    int rc = got < 0 ? got : session_skip(killer, f);
    return rc == RC_OK && !l->killers.is_there
               ? fault(f, RC_PROTOCOL, "%s does not list the connection that asks", s->label)
               : rc;
}

static int ask_list(const struct session *s, struct session *killer, struct list *l,
                    struct fault *f)
{
    static const char plain[] = "SHOW FULL PROCESSLIST";
    const char *list = session_product(s)->list;
    char sql[SQL_CHARS];
    int rc = RC_SERVER;
    if (list) {
        int n = snprintf(sql, sizeof sql, "%s (%llu, %llu)", list,
                         (unsigned long long)s->info.connection_id,
                         (unsigned long long)killer->info.connection_id);
        l->asked = clock_ms();
        l->has_ms = session_product(s)->list_has_ms;
        rc = session_query(killer, sql, (size_t)n, f);
    }
    if (rc == RC_SERVER) { /* too old for it, or there is none */
        l->asked = clock_ms();
        l->has_ms = false;
        rc = session_query(killer, plain, sizeof plain - 1, f);
    }
    return rc ? rc : read_list(s, killer, l, f);
}

/* ---- proofs ---- */

enum proof { PROOF_NONE, PROOF_OTHER, PROOF_GONE, PROOF_OURS };

/* "10.0.0.3:41234": where the port begins; NULL for "localhost" and other hosts without one. */
static const char *port_of(const char *host)
{
    const char *colon = strrchr(host, ':');
    return colon ? colon + 1 : NULL;
}

static bool has_port(const char *host, unsigned port)
{
    const char *p = port_of(host);
    uint64_t told = 0;
    return p && num_get_u64(p, strlen(p), &told) == NUM_OK && told == port;
}

static bool is_same_address(const char *a, const char *b)
{
    size_t n = (size_t)(port_of(a) - a);
    return (size_t)(port_of(b) - b) == n && memcmp(a, b, n) == 0;
}

static enum proof by_port(const struct session *s, const struct session *killer,
                          const struct list *l)
{
    const char *ours = l->ours.host, *killers = l->killers.host;
    if (s->info.is_unix && !port_of(killers)) {
        return !l->ours.is_there            ? PROOF_GONE
               : strcmp(ours, killers) == 0 ? PROOF_OURS
                                            : PROOF_OTHER;
    }
    if (!killer->local_port || !has_port(killers, killer->local_port)) {
        return PROOF_NONE; /* somebody is between us */
    }
    if (!l->ours.is_there) {
        return PROOF_GONE;
    }
    bool is_ours = has_port(ours, s->local_port) && is_same_address(ours, killers);
    return is_ours ? PROOF_OURS : PROOF_OTHER;
}

static const char *token_of(const struct session *s)
{
    for (size_t i = 0; i < s->login.o.nattrs; i++) {
        if (strcmp(s->login.o.attrs[i].key, SESSION_TOKEN_KEY) == 0) {
            return s->login.o.attrs[i].value;
        }
    }
    return NULL;
}

/* The second connection logs in with the token of the first: where it is shown, tokens are kept. */
static int by_token(const struct session *s, struct session *killer, enum proof *proof,
                    struct fault *f)
{
    char sql[SQL_CHARS];
    const char *token = token_of(s);
    if (!token || !session_product(s)->keeps_attributes) {
        return RC_OK;
    }
    int n = snprintf(sql, sizeof sql,
                     "SELECT PROCESSLIST_ID FROM performance_schema.session_account_connect_attrs"
                     " WHERE ATTR_NAME = '%s' AND ATTR_VALUE = '%s'",
                     SESSION_TOKEN_KEY, token);
    int rc = session_query(killer, sql, (size_t)n, f);
    bool has_ours = false, has_killers = false;
    const struct cell *cells = NULL;
    int got = rc ? rc : 1;
    while (got == 1) {
        uint64_t id = 0;
        got = session_row(killer, &cells, f);
        if (got == 1 && cells[0].p &&
            num_get_u64((const char *)cells[0].p, cells[0].len, &id) == NUM_OK) {
            has_ours |= id == s->info.connection_id;
            has_killers |= id == killer->info.connection_id;
        }
    }
    rc = got < 0 ? got : session_skip(killer, f);
    if (has_killers) {
        *proof = has_ours ? PROOF_OURS : PROOF_OTHER;
    }
    return rc == RC_SERVER ? RC_OK : rc; /* no such table, or not for us */
}

/* Is what the list shows what we sent?  The end of a statement may be missing: blanks, ';'. */
static bool is_text(const struct row *r, const struct session_sent *t)
{
    size_t n = r->ntext < t->n ? r->ntext : t->n;
    if (n == 0 || memcmp(r->text, t->text, n) != 0) {
        return false;
    }
    if (r->is_text_cut && t->is_cut) {
        return true;
    }
    for (size_t i = n; i < t->n; i++) {
        if (!is_blank(t->text[i]) && t->text[i] != ';') {
            return false;
        }
    }
    return r->ntext == n && !r->is_text_cut;
}

/* The server counts from its begin, which was a way after we sent it, to the moment that it made
 * the list. */
static bool is_time(const struct list *l, const struct session_sent *t)
{
    double way = (double)(l->answered - l->asked);
    double unit = l->has_ms ? 1 : 1000;
    double slack = SLACK_MS + way + (unit > 1 ? unit : 0);
    double from = (double)(l->asked - t->at) - slack, to = (double)(l->answered - t->at) + slack;
    double told = l->ours.time * unit;
    return l->ours.time >= 0 && told >= from && told <= to;
}

static enum proof by_text(struct session_sent *t, const struct list *l)
{
    if (!l->ours.is_there) {
        return PROOF_NONE;
    }
    (void)pthread_mutex_lock(&t->lock);
    bool is_ours = is_text(&l->ours, t) && is_time(l, t);
    (void)pthread_mutex_unlock(&t->lock);
    return is_ours ? PROOF_OURS : PROOF_NONE;
}

static int unproven(const struct session *s, enum proof proof, struct fault *f)
{
    if (proof == PROOF_GONE) {
        return fault(f, RC_LOST, "%s no longer knows our connection", s->label);
    }
    return fault(f, RC_UNSUPPORTED,
                 "the server that runs the statement could not be reached: the second connection "
                 "to %s %s (is a load balancer or a proxy between?)",
                 s->label,
                 proof == PROOF_OTHER ? "led to another server"
                                      : "led to a server that cannot be told to be the same one");
}

static int prove(struct session *s, struct session *killer, struct list *l,
                 enum session_killed *what, struct fault *f)
{
    int rc = ask_list(s, killer, l, f);
    if (rc != RC_OK) {
        return rc;
    }
    enum proof proof = by_port(s, killer, l);
    if (proof == PROOF_NONE) {
        rc = by_token(s, killer, &proof, f);
    }
    if (rc == RC_OK && proof == PROOF_NONE) {
        proof = by_text(&s->sent, l);
    }
    if (rc == RC_OK && proof == PROOF_GONE) {
        *what = KILL_GONE;
    }
    return rc ? rc : proof == PROOF_OURS ? RC_OK : unproven(s, proof, f);
}

/* ---- the second connection ---- */

/* "10.0.0.3:3306", "[::1]:3306" -> the address, without brackets. */
static void address_of(const char *peer, char *out, size_t cap)
{
    const char *colon = strrchr(peer, ':');
    size_t n = colon ? (size_t)(colon - peer) : strlen(peer);
    if (n >= 2 && peer[0] == '[' && peer[n - 1] == ']') {
        peer++;
        n -= 2;
    }
    (void)snprintf(out, cap, "%.*s", (int)n, peer);
}

static int connect_again(const struct session *s, int64_t deadline, struct stream **io,
                         struct fault *f)
{
    char peer[SOCK_PEER_CHARS], address[SOCK_PEER_CHARS];
    if (s->info.is_unix) {
        return sock_connect_unix(s->login.o.socket, deadline, io, peer, f);
    }
    struct sock_addrs *a = NULL;
    size_t used;
    address_of(s->info.peer, address, sizeof address);
    int rc = sock_resolve(address, s->info.port, &a, f);
    rc = rc ? rc : sock_connect(a, 0, deadline, io, &used, peer, f);
    sock_addrs_free(a);
    return rc;
}

static int open_killer(const struct session *s, int64_t timeout_ms, struct session **killer,
                       struct fault *f)
{
    struct session_opts o = s->login.o; /* shallow: it borrows from the copy */
    struct stream *io = NULL;
    o.database = NULL;
    o.compress = 0;
    o.login_timeout_ms = o.read_timeout_ms = o.write_timeout_ms = timeout_ms;
    int64_t deadline = deadline_in(timeout_ms);
    int rc = connect_again(s, deadline, &io, f);
    rc = rc ? rc : session_open_over(&o, io, s->info.peer, killer, f);
    if (rc == RC_OK) {
        session_set_deadline(*killer, deadline);
    }
    return rc;
}

int session_kill(struct session *s, int64_t timeout_ms, enum session_killed *what, struct fault *f)
{
    struct session *killer = NULL;
    struct list l = {.has_ms = false};
    char sql[64];
    *what = KILL_SENT;
    int rc = session_check_owner(s, f);
    rc = rc ? rc : open_killer(s, timeout_ms + LOGINS_MORE * s->login_ms, &killer, f);
    rc = rc ? rc : prove(s, killer, &l, what, f);
    if (rc == RC_OK && l.ours.is_idle) {
        *what = KILL_NOT_NEEDED;
    } else if (rc == RC_OK) {
        int n = snprintf(sql, sizeof sql, "%s %llu", session_product(s)->kill,
                         (unsigned long long)l.ours.id);
        rc = session_query(killer, sql, (size_t)n, f);
    }
    session_close(killer);
    if (rc != RC_OK) {
        (void)fault_prefix(f, "cancelling by a second connection: ");
    }
    return rc;
}
