/* fk.h - the fake's insides: catalog, labels, loads, faults, answers.  Nobody outside includes it.
 * One mutex guards everything that several connections see; functions marked (locked) want it held.
 */
#ifndef FAKE_STREAMLOAD_FK_H
#define FAKE_STREAMLOAD_FK_H

#include "csv.h"
#include "expr.h"
#include "fake_streamload.h"
#include "http.h"
#include "json.h"
#include "text.h"
#include "unpack.h"
#include "value.h"

#include <pthread.h>

enum { FK_MAX_BE = 4, FK_BUCKETS = 16384, FK_KEPT_REQUESTS = 64, FK_ERROR_LINES = 50 };

enum fk_fault_id {
#define FAULT(id, name, arg, chaos, help) FK_##id,
#include "fault.def"
#undef FAULT
    FK_FAULTS
};

struct fk_options {
#define OPT_text(field)                   char *field;
#define OPT_flag(field)                   bool field;
#define OPT_num(field)                    uint64_t field;
#define OPT(kind, field, name, def, help) OPT_##kind(field)
#include "option.def"
#undef OPT
#undef OPT_text
#undef OPT_flag
#undef OPT_num
};

/* --- catalog (table.c) --- */

struct fk_row {
    bool del;
    size_t n;
    struct fk_cell c[]; /* p NULL: absent (partial update) */
};

struct fk_table {
    char *db, *name;
    struct fk_column *cols;
    size_t ncols;
    bool keyed;           /* PRIMARY KEY or UNIQUE KEY: a row replaces the one with its key */
    struct fk_row **rows; /* NULL: deleted */
    size_t nrows, cap, live;
    uint32_t *index; /* 1 + position in rows, 0: free */
    size_t nindex;
    uint64_t next_auto;
    struct fk_table *next;
};

struct fk_table *fk_table_parse(const char *ddl, char *why, size_t nwhy); /* NULL: why */
void fk_table_free(struct fk_table *t);
int fk_table_column(const struct fk_table *t, const char *name, size_t n); /* -1: none */
/* fk_row_pack - cells copied into one block; free() it. */
struct fk_row *fk_row_pack(const struct fk_cell *cells, size_t n, bool del);
/* fk_table_put - take the row; condition: column of merge_condition or -1.  (locked) */
void fk_table_put(struct fk_table *t, struct fk_row *row, int condition);
void fk_table_json(struct fk_sb *out, const struct fk_table *t); /* (locked) */

/* --- one load: headers, plan, body, rows (plan.c, load.c) --- */

struct fk_source {
    char *name;
    int column; /* of the table, or -1: temporary */
};

struct fk_derived {
    int column; /* or -2: __op */
    struct fk_expr *expr;
};

struct fk_plan {
    bool json, strict, partial, strip_array, by_line, doris, del_all, cut_quotes, in_txn;
    enum fk_packing packing;
    struct fk_csv_form csv;
    double max_ratio;
    struct fk_source *sources;
    size_t nsources;
    struct fk_derived *derived;
    size_t nderived;
    int *from;                 /* per table column: source index, -1 absent, -2 - i: derived i */
    int op_source, op_derived; /* -1: none */
    int condition;             /* column of merge_condition, -1: none */
    struct fk_expr *where;
    char **paths;
    size_t npaths;
    char *root;
};

struct fk_load {
    struct fake *f;
    struct fk_table *table; /* NULL: sink */
    struct fk_plan plan;
    struct fk_arena keep, row; /* for the load; for a row */
    struct fk_csv csv;
    struct fk_unpack *unpack;
    struct fk_sb body; /* JSON */
    struct fk_sb why;  /* not empty: the whole load fails */
    char sink_end;
    uint64_t total, filtered, unselected, bytes;
    uint64_t hash;
    struct fk_sb errors; /* text of the error log */
    unsigned nerrors;
    struct fk_row **rows;
    size_t nrows, cap;
    struct fk_cell *cells;  /* of the row in work */
    struct fk_cell *fields; /* JSON: source values */
    struct fk_load *next;   /* of the transaction */
};

/* fk_head_check - format, timeout, limits: what a BE looks at before it begins.  false: why. */
bool fk_head_check(struct fake *f, const struct fk_request *r, struct fk_sb *why);
uint64_t fk_head_timeout(const struct fk_request *r, const char *name, uint64_t otherwise);
bool fk_plan_make(struct fk_load *l, const struct fk_request *r, struct fk_sb *why);
char *fk_plan_signature(const struct fk_request *r); /* the load headers but table; caller frees */
const char *fk_format_of(const struct fk_request *r);

struct fk_load *fk_load_new(struct fake *f, struct fk_table *t, const struct fk_request *r,
                            bool in_txn, struct fk_sb *why); /* NULL: why */
void fk_load_body(struct fk_load *l, const char *p, size_t n);
void fk_load_end(struct fk_load *l);
void fk_load_free(struct fk_load *l);

/* --- labels and transactions (label.c) --- */

enum fk_state { FS_PREPARE, FS_PREPARED, FS_COMMITTED, FS_VISIBLE, FS_ABORTED };
enum fk_decide { FD_NONE, FD_COMMIT, FD_ABORT };

struct fk_txn {
    uint64_t id;
    char *db, *table, *label;
    enum fk_state state;
    char *reason;
    bool face, multi, two_phase, busy; /* face: by the transaction interface */
    bool lost;                         /* its BE was restarted */
    unsigned be;
    int64_t deadline, idle_ms, last_used, visible_at, finished_at, decide_at, prepared_ms;
    uint64_t timeout_s, idle_s;
    enum fk_decide decide;
    char *signature;
    struct fk_load *loads, **tail;
    size_t nloads;
    double max_ratio;
    uint64_t total, filtered, unselected, bytes;
    uint64_t log; /* number of the error log, 0: none */
    struct fk_sb errors;
    struct fk_txn *next;
};

/* fk_txn_find - the newest transaction of the label, its clock brought up to date.  (locked) */
struct fk_txn *fk_txn_find(struct fake *f, const char *db, const char *label);
struct fk_txn *fk_txn_by_id(struct fake *f, const char *db, uint64_t id);
/* fk_txn_begin - NULL when the label is in use (*old).  timeout in server seconds.  (locked) */
struct fk_txn *fk_txn_begin(struct fake *f, const char *db, const char *table, const char *label,
                            uint64_t timeout_s, struct fk_txn **old);
void fk_txn_add(struct fk_txn *t, struct fk_load *l); /* takes l */
void fk_txn_commit(struct fake *f, struct fk_txn *t); /* (locked) */
void fk_txn_abort(struct fake *f, struct fk_txn *t, const char *reason);
void fk_txn_prepare(struct fake *f, struct fk_txn *t, uint64_t seconds);
void fk_txn_decide(struct fake *f, struct fk_txn *t, enum fk_decide what, uint64_t in_ms);
void fk_txn_settle(struct fake *f, struct fk_txn *t);
bool fk_label_ok(const char *label);
const char *fk_state_name(const struct fake *f, const struct fk_txn *t); /* get_load_state */
const char *fk_existing(const struct fake *f, const struct fk_txn *t);   /* ExistingJobStatus */
struct fk_txn *fk_txn_face(struct fake *f, const char *label); /* newest of any database */
bool fk_txn_good(const struct fk_txn *t);                      /* within max_filter_ratio? */

/* --- faults (fault.c) --- */

struct fk_rule {
    int id; /* -1: used up */
    uint64_t arg;
    unsigned chance;  /* per mille */
    long count, skip; /* count -1: for ever */
};

/* fk_fault - does the fault strike this request here?  *arg (may be NULL) is its argument. */
bool fk_fault(struct fake *f, const struct fk_request *r, enum fk_fault_id id, uint64_t *arg);
bool fk_rule_parse(const char *spec, struct fk_rule *out);
void fk_sleep(struct fake *f, uint64_t ms); /* ends early when the fake stops; 0: until then */

/* --- the server (server.c) --- */

enum fk_role { FR_LEADER, FR_FOLLOWER, FR_PROXY, FR_BE }; /* FR_BE + i: BE i */

struct fk_listener {
    struct fake *f;
    enum fk_role role;
    unsigned index; /* of the BE */
    int fd;
    unsigned port;
    bool tls, running;
    int64_t down_until;
    pthread_t thread;
};

struct fake {
    struct fk_options o;
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool started, stopping;
    SSL_CTX *ctx;
    struct fk_listener listeners[3 + FK_MAX_BE];
    size_t nlisteners;
    struct fk_conn *conns;
    size_t nthreads, running; /* connections; transactions that are open */
    struct fk_table *tables;
    struct fk_txn *buckets[FK_BUCKETS];
    uint64_t next_txn, next_log, next_label, next_be;
    uint64_t *seen; /* hashes of committed bodies */
    size_t nseen, seen_cap;
    char **old_texts; /* options that were replaced */
    size_t nold_texts;
    struct fk_rule *rules;
    size_t nrules;
    uint64_t rng;
    struct fake_stats stats;
    char *kept[FK_KEPT_REQUESTS]; /* heads of the last requests */
    uint64_t nkept;
};

struct fk_path {
    char *part[8]; /* decoded */
    size_t n;
};

void fk_lock(struct fake *f);
void fk_unlock(struct fake *f);
struct fk_table *fk_table_find(struct fake *f, const char *db, const char *name); /* (locked) */
bool fk_db_exists(struct fake *f, const char *db);
unsigned fk_be_of(const struct fake *f, const char *label); /* the BE that a transaction lives on */
struct fk_listener *fk_listener_find(struct fake *f, enum fk_role role, unsigned index);
void fk_listener_down(struct fake *f, struct fk_listener *l, uint64_t ms);
bool fk_ctx_load(struct fake *f, char *why, size_t nwhy);

/* what the handlers have in common (answer.c) */
enum fk_auth { FA_OK, FA_MISSING, FA_DENIED, FA_READER };
enum fk_auth fk_auth_check(struct fake *f, const struct fk_request *r, struct fk_sb *user);
void fk_unauthorized(struct fake *f); /* counts a refusal */
bool fk_is_doris(const struct fake *f);
void fk_html(struct fk_request *r, int status); /* of a proxy in front */
/* fk_rest_error - Doris says 401 in the body of a 200. */
void fk_rest_error(struct fake *f, struct fk_request *r, int status, const char *msg);
void fk_drop(struct fk_request *r, bool reset); /* no answer */
void fk_read_all(struct fk_request *r);         /* the rest of the body */
const char *fk_host(const struct fake *f);      /* for URLs */

/* The pretty-printed JSON of FE and BE. */
struct fk_answer {
    struct fk_sb s;
    bool lower, no_status, odd_status;
};
void fk_put_text(struct fk_answer *a, const char *name, const char *value);
void fk_put_num(struct fk_answer *a, const char *name, uint64_t value);
void fk_put_raw(struct fk_answer *a, const char *name, const char *value);
void fk_answer_begin(struct fake *f, struct fk_request *r, struct fk_answer *a);
/* fk_answer_send - HTTP 200.  effect: it reports something done, so the faults "after" may strike.
 */
void fk_answer_send(struct fake *f, struct fk_request *r, struct fk_answer *a, bool effect);
void fk_put_log(struct fake *f, struct fk_request *r, struct fk_answer *a, const struct fk_txn *t);
/* fk_fe_answer - a small answer of an FE: Status and Message, and ids if t is there. */
void fk_fe_answer(struct fake *f, struct fk_request *r, const char *status, const char *msg,
                  const struct fk_txn *t);

/* handlers */
void fk_handle_fe(struct fk_listener *l, struct fk_request *r, const struct fk_path *p);
void fk_handle_be(struct fk_listener *l, struct fk_request *r, const struct fk_path *p);
void fk_be_load(struct fk_listener *l, struct fk_request *r, const char *db, const char *table);
/* fk_be_take_body - 100 Continue and the body.  false: it did not come whole, why in load->why, or
 * the connection is gone (r->answered). */
bool fk_be_take_body(struct fake *f, struct fk_request *r, struct fk_load *load);
bool fk_be_faults_early(struct fk_listener *l, struct fk_request *r);
void fk_txn_fe(struct fk_listener *l, struct fk_request *r, const char *op);
void fk_txn_be(struct fk_listener *l, struct fk_request *r, const char *op);
void fk_2pc(struct fk_listener *l, struct fk_request *r, const char *db);
void fk_redirect(struct fk_listener *l, struct fk_request *r, struct fk_listener *to);
void fk_handle_fake(struct fk_listener *l, struct fk_request *r, const struct fk_path *p);

#endif
