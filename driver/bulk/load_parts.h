/* load_parts.h - what the files of loading share.  Nobody else includes it; the manual for users is
 * load.h.
 *
 *   loader.c   the life of a loader
 *   load.c     one load from label to outcome;  label.c  names of loads
 *   attempt.c  one sending of a body, and what its answer means
 *   stream.c   loads whose bytes come one by one;  txn_stream.c  as parts of a transaction
 *   chain.c    one request along its redirects;  lines.c  headers
 *   state.c    what became of a label; waiting between tries
 *   txn.c      transactions of StarRocks;  txn_doris.c  of Doris */
#ifndef MYWIRE_BULK_LOAD_PARTS_H
#define MYWIRE_BULK_LOAD_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "bulk/http.h"
#include "bulk/load.h"
#include "bulk/reply.h"
#include "bulk/url.h"

#define LOAD_MARGIN_MS 15000 /* we wait so much longer than the server */
#define LOAD_BEGIN_MS  30000 /* before the first byte of a body */
#define LOAD_REACH_MS  60000 /* after so long without a connection to anybody a load fails */
#define LOAD_FRESH_MS                                                                              \
    900000 /* so long a label is surely remembered, and UNKNOWN means never begun */
#define LOAD_ASK_MS     10000 /* one question */
#define LOAD_MUTE_MS    3000  /* of questions without answers; then the load itself is sent again */
#define LOAD_LOOK_MS    5000  /* what a caller's label stands for, before it is used */
#define LOAD_ANSWER     1048576 /* bytes of an answer */
#define LOAD_REJECTED   65536   /* bytes kept of the error log */
#define LOAD_HOPS       5
#define TXN_ROLLBACK_MS 10000 /* then the server's timeout ends it */

/* ---- headers ---- */

#define LINES_MAX 120

/* "Name: value" lines, the login among them; lines_clear wipes. */
struct lines {
    struct buf text; /* NUL after each line */
    size_t at[LINES_MAX];
    size_t n;
    const char *p[LINES_MAX + 1]; /* after lines_seal; NULL-terminated */
};

void lines_init(struct lines *l);
void lines_add(struct lines *l, const char *name, const char *value);
void lines_add_number(struct lines *l, const char *name, int64_t value);
int lines_seal(struct lines *l, struct fault *f) MUST_USE;
void lines_clear(struct lines *l);

/* lines_add_request - the load headers of q and the defaults that it does not have.
 * lines_check - may q's headers be sent?  RC_CONFIG, RC_UNSUPPORTED. */
void lines_add_request(struct lines *l, const struct load_request *q);
int lines_check(const struct load_request *q, struct fault *f) MUST_USE;
/* lines_check_name - may s name a database or table, in a path and in a header?  RC_CONFIG. */
int lines_check_name(const char *what, const char *s, struct fault *f) MUST_USE;
/* request_dup - a copy in one block of memory (free), NULL without memory. */
struct load_request *request_dup(const struct load_request *q);
/* request_header - the value that counts for name, or NULL. */
const char *request_header(const struct load_request *q, const char *name);

/* ---- one request along its redirects ---- */

struct chain {
    struct http_call call;
    struct url hop[LOAD_HOPS + 1]; /* where it went */
    unsigned hops;                 /* of them in use */
    bool was_tls;
    bool refused; /* by our rules, or no redirect can be right: trying again will not help */
};

struct loader;

/* chain_run - send c->call (all but url filled in; headers sealed) to `to`, or where that is NULL,
 * to path at the current endpoint, and follow redirects.  With to_body it is also over when the
 * body is asked for. rewind: for a body that has been read when a redirect comes; NULL: that is an
 * error.  Errors as http_wait; chain_clear at the end. */
int chain_run(struct loader *l, struct chain *c, const struct url *to, const char *path,
              bool to_body, const struct load_body *body, struct fault *f) MUST_USE;
/* chain_wait - to the end of what chain_run left at the body; a redirect then is an error. */
int chain_wait(struct loader *l, struct chain *c, struct fault *f) MUST_USE;
void chain_clear(struct chain *c);
/* chain_last - the node that answered. */
const struct url *chain_last(const struct chain *c);

/* ---- the loader ---- */

struct txn {
    bool open, doomed;
    bool loaded;             /* at least one body was taken */
    bool direct;             /* node is known: bodies go straight to it */
    bool was_free;           /* the label was ours, or stood for nothing before the first begin */
    bool begun;              /* perhaps, by a begin that was not answered */
    bool prepared;           /* can only be committed or rolled back */
    struct load_result told; /* prepared: what the server said then; owned */
    int64_t id;              /* as begin told it; -1: not told */
    int64_t sent, last;      /* bytes of all its bodies, and of the last one */
    struct load_request q;
    struct load_request *own; /* memory of q */
    struct url node;          /* that keeps the transaction */
    int64_t deadline;
    struct fault why; /* doomed */
    struct ask *push; /* of a stream: the request that takes bytes; owned, NULL for Doris */
};

struct job;

/* A load that takes bytes: by itself, or as a part of the transaction. */
struct load_stream {
    int (*write)(struct loader *l, const void *p, size_t n, struct fault *f);
    int (*end)(struct loader *l, struct load_result *r, struct fault *f);
    void (*abort)(struct loader *l);
};

struct loader {
    struct load_opts o;
    struct url *endpoints;
    size_t current;                   /* the endpoint that answered last */
    struct buf login;                 /* "Basic ..." */
    struct http *http;                /* made at the first load */
    pthread_mutex_t lock;             /* of http, against load_abort */
    atomic_bool stop;                 /* load_abort was called */
    const struct load_stream *stream; /* NULL: none is open */
    struct job *push; /* the request of a stream, or of a transaction of Doris; owned, or NULL */
    struct txn txn;
};

/* loader_ready - at the start of every operation: libcurl is there. */
int loader_ready(struct loader *l, struct fault *f) MUST_USE;
int loader_busy(const struct loader *l,
                struct fault *f) MUST_USE; /* a push or transaction is open */
int request_check(const struct load_request *q, struct fault *f) MUST_USE;
int64_t loader_timeout(const struct loader *l, const struct load_request *q); /* seconds */
int64_t loader_margin(int64_t timeout_ms); /* ms to wait beyond the server's timeout */
/* loader_begin_until - for a first byte, from now.  loader_begin_share - of one try: the endpoints
 * share the time, so that a mute one does not take all of it. */
int64_t loader_begin_until(const struct loader *l, int64_t deadline);
int64_t loader_begin_share(const struct loader *l, int64_t deadline);
/* path_of_table - "/api/db/table/<last>" */
void path_of_table(struct buf *out, const struct load_request *q, const char *last);
bool rc_is_setup(int rc); /* nothing can be tried with it */

/* ---- labels ---- */

/* state_ask - one question about the label, at most LOAD_ASK_MS.  STATE_UNREADABLE: f says why. */
int state_ask(struct loader *l, const char *database, const char *label, int64_t deadline,
              enum load_state *out, struct buf *reason, struct fault *f) MUST_USE;

#define STATE_BIT(s) (1u << (s))
/* state_settle - ask until the state is one of `wanted` (bits).  RC_TIMEOUT at the deadline, *out
 * is then the last one seen; RC_CANCELLED; at once RC_DENIED, RC_TLS, RC_UNSUPPORTED (nobody
 * answers such questions).  mute_ms: so long without a readable state is enough, and the error is
 * that of the last question. */
int state_settle(struct loader *l, const char *database, const char *label, unsigned wanted,
                 int64_t deadline, int64_t mute_ms, enum load_state *out, struct buf *reason,
                 struct fault *f) MUST_USE;

/* Growing pauses with chance in them. */
struct pause {
    int64_t ms;
};
int pause_wait(struct loader *l, struct pause *p, int64_t most_ms, int64_t deadline,
               struct fault *f) MUST_USE;

/* ---- one load ---- */

enum verdict {
    V_DONE,
    V_FAILED,
    V_USED,    /* the label was used by somebody else */
    V_UNKNOWN, /* cannot be found out */
    V_AGAIN,   /* nothing is loaded; the same once more may help */
    V_SETTLE,  /* the label must tell */
    V_STOP     /* job.rc: cancelled, the body failed, no memory */
};

/* One load over all its attempts. */
struct job {
    struct loader *l;
    const struct load_request *q;
    const struct load_body *body; /* NULL: pushed */
    struct load_result *r;
    struct chain chain;
    struct lines lines;
    struct buf path;
    int64_t start, until, deadline; /* until: no attempt begins later */
    int64_t begin_until;            /* while no byte was handed out */
    bool touched;                   /* bytes of the body were handed out */
    bool maybe;        /* a whole body may be in without our knowing; a later attempt's refusal does
                          not change that, unless the server had begun it */
    bool was_free;     /* a caller's own label stood for nothing before the first byte */
    unsigned odd;      /* answers 500 so far */
    unsigned foreign;  /* answers that are no HTTP */
    bool untaken;      /* as in load_result */
    int64_t unreached; /* since when nobody could be reached; 0: reached */
    struct pause pause;
    int rc;
    struct fault f; /* what happened last */
};

/* verdict_in - something is loaded under the label: is it this load?  V_DONE, V_USED, or V_UNKNOWN
 * where it may as well be an earlier one of the caller's. */
enum verdict verdict_in(const struct job *j);

/* attempt_run - send the body once (pushed: until a node takes bytes: then V_STOP with rc RC_OK).
 *  attempt_finish - the answer to a pushed body. */
enum verdict attempt_run(struct job *j);
enum verdict attempt_finish(struct job *j);
/* load_result_take - what the server said into r.  result_rejected - fetch what is behind the error
 * URL. */
void result_init(struct load_result *r, const char *label);
void load_result_take(struct load_result *r, const struct reply *a);
void result_rejected(struct loader *l, struct load_result *r, const struct chain *c);

/* job_init - q, body (NULL: pushed) and r are borrowed; job_clear at the end, whatever it returns.
 * job_look - what a caller's own label stands for before the first byte.  job_run - up to a verdict
 * that ends the load, or to a node that takes pushed bytes.  job_end - the outcome, in words too:
 * the return of load_run. */
int job_init(struct job *j, struct loader *l, const struct load_request *q,
             const struct load_body *body, struct load_result *r, struct fault *f) MUST_USE;
void job_clear(struct job *j);
enum verdict job_look(struct job *j);
enum verdict job_run(struct job *j, enum verdict v);
int job_end(const struct job *j, enum verdict v, struct fault *f) MUST_USE;

/* ---- loads whose bytes come one by one ---- */

/* push_open - one request for q until a node takes bytes; q is copied.  push_write, push_end,
 * push_abort - as load_stream_*; open is only what push_open has opened (abort: or nothing). */
int push_open(struct loader *l, const struct load_request *q, struct fault *f) MUST_USE;
int push_write(struct loader *l, const void *data, size_t n, struct fault *f) MUST_USE;
int push_end(struct loader *l, struct load_result *r, struct fault *f) MUST_USE;
void push_abort(struct loader *l);
/* part_begin - load_stream_begin in the transaction. */
int part_begin(struct loader *l, struct fault *f) MUST_USE;

/* ---- transactions ---- */

/* One call of a transaction interface and its answer; ask_clear at the end. */
struct ask {
    struct chain chain;
    struct lines lines;
    struct reply reply; /* of an answer 200 */
};

/* ask_begin - the login and whom it is about; the caller adds lines and fills in ask.chain.call.
 * ask_send - RC_OK: reply is there; else as http_wait, RC_DENIED, RC_UNSUPPORTED (404), RC_LOST
 * (5xx). */
void ask_begin(struct ask *a, const struct loader *l, const char *method, int64_t deadline);
int ask_send(struct ask *a, struct loader *l, const struct url *to, const char *path,
             const struct load_body *body, struct fault *f) MUST_USE;
void ask_clear(struct ask *a);
/* ask_refused - the words of an answer that is no OK: RC_SERVER, RC_DENIED, RC_MEMORY. */
int ask_refused(const struct ask *a, struct fault *f);
/* ask_read - the answer that came: the second half of ask_send. */
int ask_read(struct ask *a, struct loader *l, const char *path, struct fault *f) MUST_USE;

/* append_head - one load into the transaction: its lines.  append_judge - what the call (rc) and
 * its answer say about it; *again: nothing was taken, and the same once more may help.  append_end
 * - what becomes of the transaction: the return of load_append. */
#define APPEND_PATH "/api/transaction/load"
/* append_check - may the transaction take another load?  RC_CONFIG. */
int append_check(const struct loader *l, struct fault *f) MUST_USE;
void append_head(struct ask *a, const struct loader *l);
int append_judge(const struct ask *a, int rc, struct load_result *r, bool *again,
                 struct fault *f) MUST_USE;
int append_end(struct loader *l, int rc, struct load_result *r, struct fault *f) MUST_USE;
bool rc_passes(int rc); /* trouble on the way */

/* txn_doom - the transaction can only be rolled back. */
int txn_doom(struct loader *l, const struct fault *why);
void txn_words(const struct loader *l, const char *what, struct fault *f); /* put in front */

/* ---- Doris ---- */

int doris_begin(struct loader *l, const struct load_request *q, struct fault *f) MUST_USE;
int doris_append(struct loader *l, const struct load_body *body, struct load_result *r,
                 struct fault *f) MUST_USE;
/* doris_prepare - V_SETTLE: pre-committed. */
enum verdict doris_prepare(struct loader *l, struct load_result *r, struct fault *f);
enum verdict doris_commit(struct loader *l, struct load_result *r, struct fault *f);
int doris_rollback(struct loader *l, struct fault *f) MUST_USE;

#endif
