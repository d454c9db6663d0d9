/* suite.h - what the suites share: one fake, raw requests, and curl. */
#ifndef FAKE_STREAMLOAD_SUITE_H
#define FAKE_STREAMLOAD_SUITE_H

#include "fake_streamload.h"

#include <check.h>

Suite *check_parser(void);
Suite *check_load(void);
Suite *check_txn(void);
Suite *check_fault(void);
Suite *check_curl(void);

/* An answer as it came; text is all bytes, head and body, of everything the server sent. */
struct reply {
    char *text;
    size_t n;
    const char *body;
    int status;  /* of the last head; 0: none */
    bool ended;  /* the server closed, orderly */
    bool broken; /* reset */
};

extern struct fake *fake; /* started by start(), freed by stop() */

/* start - options as "name=value" separated by blanks, or NULL. */
void start(const char *options, const char *ddl);
void stop(void);

/* ask - head (without the empty line; %d-free) and body to a node; reads until the answer is whole,
 * the server closes, or ms have passed.  The body goes out when 100 Continue came, or at once if
 * the head has no Expect. */
struct reply ask(enum fake_node node, const char *head, const char *body, size_t n, int ms);
void reply_free(struct reply *r);

/* load - PUT to the BE of d.t with these further header lines ("a: b\r\n..."). */
struct reply load(const char *label, const char *headers, const char *body);
/* field - text of a field of the JSON answer, "" if it is not there; valid until the next call. */
const char *field(const struct reply *r, const char *name);
/* table_is - the rows of d.t as fake_dump gives them. */
void table_is(const char *expected, const char *what);

/* run - a command line through the shell; its standard output, to free(). */
char *run(const char *form, ...) __attribute__((format(printf, 1, 2)));

#define AUTH "Authorization: Basic cm9vdDo=\r\n" /* root: */

#endif
