/* load.h - Stream Load: one body into one table of StarRocks, CelerData or Apache Doris over
 * HTTP(S), exactly once.
 *
 * A loader belongs to one connection.  It keeps the endpoint that answered last and the HTTP
 * connections to it; libcurl is opened at the first load (dlopen), not before.  A load has a label;
 * whatever happens on the wire, the same label and the same bytes are sent again, or the label's
 * state is asked for, until the outcome is known or the deadline passes: so a load happens once or
 * not at all, and an outcome that cannot be found out is said to be unknown (LOAD_UNKNOWN), with
 * the label.  Where autocommit is off, loads between load_begin and load_commit or load_rollback
 * are one transaction.
 *
 * Security: user and password go to the endpoints and along their redirects only, and never into a
 * message or the log.  They go as Basic authentication, which is in clear to whoever reads it.  So
 * over https the server must prove who it is, as with methods of login that show the password
 * (wire/auth.h): by VERIFY_IDENTITY, by VERIFY_CA with an authority of the DSN's own, or by a pin.
 * Weaker modes of the MySQL connection are VERIFY_IDENTITY here, and ENABLE_CLEARTEXT_PLUGIN=1
 * (allow_cleartext) leaves them as they are.  http in an endpoint is the choice of who wrote the
 * DSN; a FE speaks nothing else by default.  A chain that has been https does not go on as http,
 * and does not leave redirect_hosts, unless the options allow it.  No byte of a body is sent before
 * the node that gets it has said "100 Continue".  Proxies named by the environment are not used.
 *
 * Not thread-safe: one call at a time, but for load_abort.
 * Source: the protocol of StarRocks and Apache Doris as documented and observed. */
#ifndef MYWIRE_BULK_LOAD_H
#define MYWIRE_BULK_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/product.h"
#include "net/tls.h"

struct load_header {
    const char *name, *value;
};

/* Everything is borrowed for the life of the loader. */
struct load_opts {
    const char *const *urls; /* FE (or BE, or proxy) endpoints: "https://fe1:8030"; tried in order,
                                the last good one first */
    size_t nurls;
    const char *user, *password;
    struct tls_opts tls; /* for https; the same keys as the MySQL connection */
    enum load_dialect dialect;
    bool allow_cleartext;        /* https need not prove who it is, if tls does not ask for it */
    bool allow_plain_redirect;   /* https may go on as http: only if the DSN says so in words */
    const char *const *host_map; /* pairs "from[:port]", "[http[s]://]to[:port]": where a redirect
                                    really leads; NULL-terminated, NULL: none.  Certificates are
                                    compared with `to` */
    const char *const *redirect_hosts; /* "host[:port]" that a redirect may lead to (after mapping);
                                          NULL-terminated, NULL: any */
    int64_t connect_timeout_ms;        /* of each hop; 0: 10 s */
    int64_t begin_timeout_ms; /* until a node asks for the body, over all endpoints and tries; 0: 30
                                 s.  After the first byte timeout_s counts */
    int64_t timeout_s; /* of a load, 1..259200: the server's and, with a margin (as much again, 15 s
                          at most), ours; 0: 600.  A header "timeout" of the request goes first */
    struct log *log;
};

/* Where the bytes come from.  read gives 1..cap bytes in *n, or *n = 0 at the end; an error of it
 * ends the load (nothing is loaded) and is the error of the load.  rewind starts again with the
 * very same bytes; NULL: cannot, then a load that broke after its first byte is not sent again.
 * size in bytes, or -1: not known. */
struct load_body {
    void *ctx;
    int (*read)(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f);
    int (*rewind)(void *ctx, struct fault *f);
    int64_t size;
};

struct load_request {
    const char *database, *table; /* unquoted names, UTF-8 */
    const char *label;  /* 1..128 of [-A-Za-z0-9_]; the caller's own or load_make_label's */
    bool label_is_ours; /* we made it: then "label already exists" can only be our own earlier
                           attempt */
    const struct load_header *headers; /* format, columns, column_separator ...  Sent as they are;
                                          of two with one name the last counts, one with the value
                                          "" is not sent.  Without them strict_mode is true and
                                          max_filter_ratio 0.  RC_CONFIG for a name or value that
                                          HTTP cannot carry and for headers that are ours (label,
                                          Authorization, Expect ...); RC_UNSUPPORTED for
                                          enable_merge_commit and group_commit, which give up the
                                          label */
    size_t nheaders;
};

enum load_outcome {
    LOAD_DONE = 0,   /* committed (visible now or, with Publish Timeout, later) */
    LOAD_FAILED,     /* nothing was loaded */
    LOAD_LABEL_USED, /* the caller's label belongs to an earlier load; nothing was loaded now */
    LOAD_UNKNOWN     /* cannot be found out: SQLSTATE 08007; f and r->label have the label */
};

#define LOAD_ROWS_UNKNOWN (-1)

/* What the server said.  Text is UTF-8, owned by the result: load_result_clear. */
struct load_result {
    enum load_outcome outcome;
    char label[129];
    char status[64]; /* the server's word: "Success", "Publish Timeout", "Fail" ... */
    int64_t txn_id;
    int64_t rows_total, rows_loaded, rows_filtered,
        rows_unselected; /* LOAD_ROWS_UNKNOWN where not told */
    int64_t bytes, milliseconds;
    int64_t sent;      /* bytes of the body that the answer is about, to compare with bytes (also
                          where the server adds up those of a transaction); -1: not known */
    unsigned attempts; /* how often the body was sent */
    bool untaken; /* LOAD_FAILED, and nobody has looked at it: no endpoint was reached, none of them
                     is one, or none would take it in time */
    struct buf message; /* the server's words */
    struct buf error_url;
    struct buf
        rejected; /* text behind the error URL: lines "Error: ... Row: ...", at most 64 KiB */
};

struct loader;

int loader_new(const struct load_opts *o, struct loader **out, struct fault *f) MUST_USE;
void loader_free(struct loader *l); /* NULL is fine; a transaction that is open is rolled back */

#define LOAD_LABEL_MAX  128u
#define LOAD_PREFIX_MAX 95u /* of a label that we make */

/* load_make_label - prefix (NULL: "mywire") + "_" + 128 random bits as hex.  out: 129 bytes.
 * load_label_good - 1 to `most` letters, digits, - and _? */
int load_make_label(const char *prefix, char *out, struct fault *f) MUST_USE;
bool load_label_good(const char *s, size_t most);

/* load_run - one load, start to end; body is read, and rewound for every further attempt.  r need
 * not be initialised; the caller clears it whatever is returned.  RC_OK with every outcome filled
 * in r; passing troubles are waited for until the timeout, but begin_timeout_ms before the first
 * byte, and 60 s at most while nobody can be reached; what speaks no HTTP is not asked twice;
 * negative only where nothing was tried (RC_CONFIG, RC_MEMORY, RC_UNSUPPORTED: libcurl is
 * missing; RC_TLS: the options of TLS), where body->read failed (its code), or after load_abort
 * (RC_CANCELLED: r->outcome is LOAD_FAILED, or LOAD_UNKNOWN when all bytes had been sent).  f then
 * says why; for outcomes other than LOAD_DONE f says what happened in words too: f->rc is RC_TLS,
 * RC_DENIED, RC_CONNECT, RC_LOST, RC_TIMEOUT, RC_PROTOCOL, RC_SERVER (the server refused the data),
 * RC_TAKEN (the label was used before), RC_UNSUPPORTED (no such interface). */
int load_run(struct loader *l, const struct load_request *q, const struct load_body *body,
             struct load_result *r, struct fault *f) MUST_USE;

/* load_stream_* - a load whose bytes come when the application has them (SQLPutData): begin, any
 * number of writes, end or abort.  A loader has one open at most, and no other load, prepare or
 * commit meanwhile.
 * With q it is a load by itself: begin copies q and tries until a node takes bytes (or has refused;
 * then the writes swallow bytes and the end tells the outcome).  After the first byte nothing is
 * sent again; an unknown outcome is settled as ever.  The end is that of load_run.  abort: the
 * server rolls it back.
 * With q NULL it is one more load of the open transaction: an error of begin or write dooms the
 * transaction and is told at once; the end is that of load_append.  abort dooms the transaction
 * too, because the server has a part of the load; so do load_prepare and load_commit. */
int load_stream_begin(struct loader *l, const struct load_request *q, struct fault *f) MUST_USE;
int load_stream_write(struct loader *l, const void *p, size_t n, struct fault *f) MUST_USE;
int load_stream_end(struct loader *l, struct load_result *r, struct fault *f) MUST_USE;
void load_stream_abort(struct loader *l);

/* load_begin - open a transaction for this table; the loads that follow belong to it and all use
 * the headers of q, which is copied.  Bodies end with the row delimiter, and are split CSV or JSON
 * (batch.in_transaction, batch.like).  RC_UNSUPPORTED where the server has no such interface;
 * RC_TAKEN where the label was used before; RC_SERVER where it is at work or the server refuses;
 * RC_DENIED, RC_TLS, RC_CONNECT, RC_LOST, RC_TIMEOUT.  A loader has at most one open. load_append -
 * one more body.  Nothing is sent twice, so a load that broke after its first byte dooms the
 * transaction: LOAD_FAILED, and commit will say so.  LOAD_DONE: taken, not committed.
 * load_prepare - the server has all rows, and has promised that they can be committed: LOAD_DONE;
 * then only load_commit or load_rollback may follow.  Any other outcome, or an error, is the end of
 * the transaction.
 * load_commit prepares, if need be, and commits; its outcome counts for all, as do its counts.
 * Commit of a transaction without loads rolls back and is LOAD_DONE.  Whatever it returns, the
 * transaction is no longer open here.
 * load_rollback - RC_OK also where the server had aborted it already; an error means that the
 * server was not reached (it aborts by itself when the timeout passes) or had committed.
 * On Doris a transaction is one load with two_phase_commit, sent as it comes. */
int load_begin(struct loader *l, const struct load_request *q, struct fault *f) MUST_USE;
int load_append(struct loader *l, const struct load_body *body, struct load_result *r,
                struct fault *f) MUST_USE;
int load_prepare(struct loader *l, struct load_result *r, struct fault *f) MUST_USE;
int load_commit(struct loader *l, struct load_result *r, struct fault *f) MUST_USE;
int load_rollback(struct loader *l, struct fault *f) MUST_USE;

/* load_abort - from any thread (SQLCancel): what runs now fails with RC_CANCELLED, and so does all
 * that begins later, until load_ready.  load_ready - before an operation, and before others may
 * learn that it is about to begin; an abort that comes any time after it counts. */
void load_abort(struct loader *l);
void load_ready(struct loader *l);

void load_result_clear(struct load_result *r);

#endif
