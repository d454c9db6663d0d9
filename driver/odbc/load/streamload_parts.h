/* streamload_parts.h - what the files streamload_*.c share; the manual for everybody else is
 * streamload.h. */
#ifndef MYWIRE_ODBC_STREAMLOAD_PARTS_H
#define MYWIRE_ODBC_STREAMLOAD_PARTS_H

#include "base/arena.h"
#include "bulk/batch.h"
#include "bulk/count.h"
#include "bulk/load.h"
#include "odbc/exec/param.h"
#include "odbc/load/streamload.h"
#include "sql/loadstmt.h"

#define LOAD_OPTION(id, ...) LOAD_OPT_##id,
enum load_opt {
#include "table/load_option.def"
    LOAD_OPTS
};

/* What a connection or a statement has of its own. */
struct streamload_own {
    char *value[LOAD_OPTS]; /* attributes; owned, NULL: not set */
    struct load_result told;
    bool has_told;
    struct sql_loadstmt *parsed; /* of a statement STREAM LOAD; owned */
    struct load_node *push_node; /* takes its bytes while they are pushed, or NULL */
    struct batch_plan *plan;     /* the rows of the load whose outcome is told, and their numbers */
    const SQLULEN *rows;
    struct count count; /* the rows of a STREAM LOAD that runs */
};

/* own_of - made at the first use; NULL without memory. */
struct streamload_own *own_of(struct handle *h);

/* One loader, and the transaction that is open on it. */
struct load_node {
    struct load_node *next;
    struct loader *loader;
    struct load_call *call;  /* of the transaction; NULL: none is open */
    struct batch_plan *plan; /* of its first batch; NULL: it began with a STREAM LOAD */
    struct batch *batch;     /* of the plan; in call's arena */
    struct count_rows rows;  /* sent in the transaction */
    bool is_pushing;         /* a statement brings bytes */
};

/* @@time_zone of the session; name "": it says none. */
struct load_zone {
    char name[65];
    bool is_known;
    unsigned long world; /* of the connection, when it was asked */
};

struct streamload {
    bool is_ready;      /* opts are made */
    int64_t lost_until; /* base/clock.h: rows go as SQL until then, because of */
    struct fault lost;
    struct load_zone zone;
    struct arena arena;
    struct load_opts opts;
    struct load_node *nodes; /* transactions in the order they were opened, then the others */
};

/* One load as it is asked for: options, names, headers.  Everything is in its arena. */
struct load_call {
    struct arena arena;
    const char *value[LOAD_OPTS]; /* NULL: not said */
    struct load_header *headers;
    size_t nheaders;
    char label[129];
    struct load_request q;
};

/* call_new - options of statement, connection and DSN, and of WITH (or NULL).  is_body: the bytes
 * are the application's.  Raises diagnostics; NULL then. */
struct load_call *call_new(struct stmt *s, const struct sql_loadstmt *with, bool is_body);
void call_free(struct load_call *c);
/* call_target - database and table as written in the text (database len 0: the current one). */
SQLRETURN call_target(struct stmt *s, struct load_call *c, struct sql_span database,
                      struct sql_span table);
/* call_header - one more header; names and values are copied.  False without memory. */
bool call_header(struct load_call *c, const char *name, const char *value);
/* call_seal - label, options as headers, the request.  Diagnostics were raised if it fails. */
SQLRETURN call_seal(struct stmt *s, struct load_call *c, enum load_dialect dialect, bool is_body);

/* zone_now - the session's time zone, or "": it is not known.  The connection has its loaders.
 * documents_find - which of the n columns of the call's table are JSON, ARRAY, MAP or STRUCT: out,
 * all false before. */
const char *zone_now(struct stmt *s);
int documents_find(struct stmt *s, const struct load_call *c, const char *const *names, size_t n,
                   bool *out, struct fault *f) MUST_USE;

/* call_zone - the header timezone of a call; NULL: it has none. */
const char *call_zone(const struct load_call *c);

/* option_check - may the option have this value?  RC_CONFIG. */
int option_check(enum load_opt id, const char *value, struct fault *f) MUST_USE;
bool option_is_yes(const char *v); /* of a BOOL; NULL: no */
/* option_of_dsn - what the DSN's key says; false: there is no such key, or it is empty. */
bool option_of_dsn(const struct dsn *d, enum load_opt id, struct buf *out);
enum dsn_load_mode mode_now(const struct stmt *s); /* OFF without STREAMLOADURL */

/* node_of_table - the open transaction of a table. */
struct load_node *node_of_table(const struct dbc *d, const struct load_call *c);
/* node_is_free - HY010 while another statement brings bytes for the transaction. */
SQLRETURN node_is_free(struct stmt *s, const struct load_node *n);
/* node_begin - open a transaction for c, which the node keeps.  Diagnostics were raised if it
 * fails; c is freed then. */
SQLRETURN node_begin(struct stmt *s, struct load_node **out, struct load_call *c);

/* node_run - one load by itself, as load_run.  node_append - one more body of the node's
 * transaction, as load_append; its rows are counted.  Both: SQLCancel reaches it.
 * node_stream - n takes bytes (load_stream_begin): for the transaction, or where *n is NULL, for a
 * load q by itself. */
int node_run(struct stmt *s, const struct load_request *q, const struct load_body *body,
             struct load_result *r, struct fault *f) MUST_USE;
int node_append(struct stmt *s, struct load_node *n, const struct load_body *body,
                struct load_result *r, struct fault *f) MUST_USE;
int node_stream(struct stmt *s, struct load_node **n, const struct load_request *q,
                struct fault *f) MUST_USE;
/* streamload_ready - the connection's options of loaders are made.  dialect_now - asks the server
 * once, if the DSN does not say. */
int streamload_ready(struct stmt *s, struct fault *f) MUST_USE;
int dialect_now(struct stmt *s, enum load_dialect *out, struct fault *f) MUST_USE;

/* running_begin, running_end - SQLCancel reaches the loader between them; one that came earlier in
 * this execution, while its rows were looked at, counts from the beginning. */
void running_begin(struct stmt *s, struct loader *l);
void running_end(struct stmt *s);

#define TOLD_MOST 50u /* records about rejected rows, at most */

/* Lines of the server's error log, and the rows they quote. */
struct quoted_rows {
    size_t n;
    struct quoted_row {
        const char *line, *p; /* borrowed; p: the quoted row, or NULL */
        size_t nline, len;
        SQLULEN number; /* of the row in the array, 1-based; 0: not known */
        unsigned hits;
    } row[TOLD_MOST];
};
/* quoted_add - one more line; a full list drops it.  quoted_find - compare with the rows of the
 * batch; rows: their numbers in the array (0-based), or NULL. */
void quoted_add(struct quoted_rows *q, const char *line, size_t n);
void quoted_find(struct quoted_rows *q, struct batch_plan *plan, const SQLULEN *rows);

/* The column of an array that goes as a load: a marker's values, or a constant.  plain_slot,
 * plain_constant - false: its rows always need a look.  A constant's bytes are kept by a.
 * plain_put - batch_plain_fn for such columns; rows: their numbers in the array, or NULL. */
struct plain_column {
    const struct param_slot *slot; /* NULL: a constant */
    param_plain_fn *write;
    const unsigned char *p;
    size_t len;
};
bool plain_slot(struct plain_column *c, const struct param_slot *slot);
bool plain_constant(struct plain_column *c, const struct batch_field *v, struct arena *a);
size_t plain_put(const struct plain_column *columns, size_t ncols, const SQLULEN *rows, size_t row,
                 size_t nrows, const struct batch_marks *marks, struct buf *out);

/* told_keep - r becomes the last result of the statement (or NULL) and the connection; r is moved.
 * told_failed - diagnostics of a load that did not succeed; rc: of load_run.  told_rejected -
 * warnings about rejected rows of one that did: SQL_SUCCESS or SQL_SUCCESS_WITH_INFO.  told_counts
 * - SQL_ERROR if the server speaks of other rows or bytes than were sent (a dialect that is not its
 * own lets five rows go in as one), or its counts are not those of one load: what is in is not what
 * was asked for, and a warning is not read. */
void told_keep(struct dbc *d, struct stmt *s, struct load_result *r);
SQLRETURN told_failed(struct dbc *d, struct stmt *s, int rc, struct load_result *r,
                      const struct fault *f);
SQLRETURN told_rejected(struct dbc *d, struct stmt *s, struct load_result *r);
SQLRETURN told_counts(struct dbc *d, struct stmt *s, const struct load_result *r,
                      struct count_rows sent);

/* What stands in streamload_loads (odbc/exec/loads.h). */
bool insert_is_single(const struct stmt *s);
enum array_fit insert_fits(struct stmt *s);
SQLRETURN insert_run(struct stmt *s);
SQLRETURN insert_collect(struct stmt *s);

#endif
