/* fake_streamload.h - a StarRocks (or Apache Doris) FE and BE in this process, for tests.
 *
 * It speaks HTTP/1.1 and HTTPS on loopback, takes Stream Loads and their transactions, checks and
 * keeps the rows, and breaks in every way that fault.def lists.  Written from the project's sheet
 * "Stream Load over HTTP(S)"; README.md tells every option, fault, and decision.
 *
 *     struct fake *f = fake_new();
 *     fake_set(f, "be-tls", "on");                  the names of option.def, before or after start
 *     fake_table(f, "d.t(id BIGINT NOT NULL, v VARCHAR(20)) PRIMARY KEY(id)", why, sizeof why);
 *     fake_start(f, why, sizeof why);               ports are known now
 *     ... http://127.0.0.1:fake_port(f, FAKE_FE)/api/d/t/_stream_load
 *     fake_fault(f, "be_drop_after*2");             the next two loads
 *     fake_free(f);                                 ends every connection, waits for its threads
 *
 * All functions may be called from any thread while it runs.  Its threads block all signals and
 * touch nothing of the process but memory and sockets.  Out of memory aborts: this is test code. */
#ifndef FAKE_STREAMLOAD_H
#define FAKE_STREAMLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake;

enum fake_node { FAKE_FE, FAKE_FOLLOWER, FAKE_PROXY, FAKE_BE };

/* Counters since the start or fake_stats_reset.  fe_* are connections and bytes that should not be:
 * body bytes an FE has seen. */
struct fake_stats {
    uint64_t connections, requests, handshakes_failed, unauthorized;
    uint64_t loads_begun, loads_committed, loads_aborted, labels_in_use;
    uint64_t fe_bodies, fe_body_bytes; /* requests with body bytes at an FE; the bytes */
    uint64_t body_bytes, rows;         /* taken by BEs, framing not counted; rows committed */
    uint64_t duplicates;               /* committed bodies that were committed before */
    uint64_t downgrades;               /* loads that came to a plain BE while the FE speaks TLS */
    uint64_t faults;                   /* that struck */
    uint64_t state_asked;
};

struct fake *fake_new(void);
void fake_free(struct fake *f); /* NULL is fine */

/* fake_set - an option by its name.  false: no such option, or the value does not fit.  Options of
 * the listeners (ports, tls, follower, ...) count at fake_start; all others at once. */
bool fake_set(struct fake *f, const char *name, const char *value);

/* fake_table - db.table(column TYPE [NOT NULL] [DEFAULT x] [AUTO_INCREMENT], ...) [PRIMARY|UNIQUE
 * KEY(...)].  A table of that name is replaced.  false: why. */
bool fake_table(struct fake *f, const char *ddl, char *why, size_t nwhy);

bool fake_start(struct fake *f, char *why, size_t nwhy);
unsigned fake_port(struct fake *f, enum fake_node node); /* FAKE_BE + i: BE i; 0: there is none */

/* fake_fault - name[:ARG][@PERMILLE][*COUNT][+SKIP].  Without @ and * it strikes once; with @ alone
 * for ever; *0 is for ever.  SKIP requests pass first.  false: no such fault.  A request may also
 * carry specs in its header X-Fake-Fault. */
bool fake_fault(struct fake *f, const char *spec);
void fake_fault_clear(struct fake *f);

/* fake_certificate - from now on serve this chain and key (PEM).  client_ca: demand certificates of
 * that CA, "" demands none.  false: why; the old ones stay. */
bool fake_certificate(struct fake *f, const char *cert, const char *key, const char *client_ca,
                      char *why, size_t nwhy);

/* fake_down - refuse connections at a node for ms; running ones go on.  A BE forgets its open
 * transactions: they stay PREPARE until their deadline. */
void fake_down(struct fake *f, enum fake_node node, unsigned ms);

/* Rows that were committed.  fake_cell: canonical text (raw bytes for VARBINARY, 0 or 1 for
 * BOOLEAN) in *p until the table changes; returns 1, 0 for NULL, -1 when there is none. */
size_t fake_rows(struct fake *f, const char *db, const char *table);
size_t fake_columns(struct fake *f, const char *db, const char *table);
int fake_cell(struct fake *f, const char *db, const char *table, size_t row, size_t column,
              const char **p, size_t *n);
char *fake_dump(struct fake *f, const char *db, const char *table); /* JSON lines; free() it */
bool fake_clear(struct fake *f, const char *db, const char *table); /* forget its rows */

/* fake_state - what get_load_state would say, lies left out: "VISIBLE", "UNKNOWN", ... */
const char *fake_state(struct fake *f, const char *db, const char *label);
size_t fake_labels(struct fake *f, const char *db, const char *state); /* how many are in it */
/* fake_tracking - the rejected rows as information_schema.load_tracking_logs has them; *sql: the
 * TRACKING_SQL of that label.  Both to free(); NULL when there is none. */
char *fake_tracking(struct fake *f, const char *db, const char *label, char **sql);

void fake_stats_get(struct fake *f, struct fake_stats *out);
void fake_stats_reset(struct fake *f);

/* fake_request - head of the i-th last request (0: the last) as it came, to free(); NULL: none. */
char *fake_request(struct fake *f, size_t i);

/* Documentation of options and faults, for --help and the test of README.md; NULL ends the list. */
const char *fake_option_name(size_t i, const char **otherwise, const char **help);
const char *fake_fault_name(size_t i, const char **help);

#endif
