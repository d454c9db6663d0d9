/* frontend.h - a server with the manners of a StarRocks frontend or another that cannot do all that
 * MySQL does: for what the driver does when preparing is refused.
 *
 * It listens on a free port of 127.0.0.1, lets everybody in with mysql_native_password, serves one
 * connection after the other in a thread, and counts what it was asked.  A query that begins SELECT
 * or WITH is answered with one row of one column `echo`: the query's own text (or no row, if it
 * ends in LIMIT 0); `@@version_comment` with the comment of the plan, `@@time_zone` with its
 * zone, other variables with an error; SHOW COLUMNS with its columns;
 * `SELECT DATABASE()` with what COM_INIT_DB named; all else with OK.  The plan
 * says what becomes of prepared statements; whatever it does not allow is an error, as is long
 * data. Source: MySQL source documentation, "Protocol::HandshakeV10", "Text Resultset",
 * "COM_STMT_PREPARE". */
#ifndef TESTS_FAKE_FRONTEND_H
#define TESTS_FAKE_FRONTEND_H

struct frontend;

struct frontend_error {
    unsigned number; /* 0: no error */
    const char *text;
};

struct frontend_column {
    const char *name, *type; /* NULL ends a list */
};

struct frontend_plan {
    const char *comment;           /* @@version_comment */
    struct frontend_error prepare; /* the answer to every prepare */
    struct frontend_error execute; /* the answer to the first `nrefused` executes */
    unsigned nrefused;
};

struct frontend_counts {
    unsigned queries, prepares, executes, long_data;
    char last_query[4096];     /* text of the last query, cut */
    unsigned long last_length; /* its full length */
};

struct frontend *frontend_start(const struct frontend_plan *plan); /* NULL: no port or thread */
/* frontend_names - before anybody connects: the name of the column, instead of "echo". */
void frontend_names(struct frontend *f, const char *column);

/* frontend_knows - before anybody connects: @@time_zone, and the columns of SHOW COLUMNS, whatever
 * the table; NULL: an error.  Borrowed. */
void frontend_knows(struct frontend *f, const char *zone, const struct frontend_column *columns);
unsigned frontend_port(const struct frontend *f);
struct frontend_counts frontend_counts(struct frontend *f);
void frontend_stop(struct frontend *f);

#endif
