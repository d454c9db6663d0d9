/* reply.h - the JSON answers of Stream Load, as facts: what was said, and what it means for a
 * load.  Pure: no I/O, no decisions about what comes next.
 *
 * Names are compared without regard to case, unknown ones ignored; FE, BE and Doris shapes are all
 * accepted.  A text that is cut off, is no object, or says two things at once is unreadable, never
 * a failure. */
#ifndef MYWIRE_BULK_REPLY_H
#define MYWIRE_BULK_REPLY_H

#include <stdbool.h>

#include "base/buf.h"

enum reply_kind {
    REPLY_UNREADABLE = 0, /* no JSON object, or without a status that is known */
    REPLY_OK,             /* Success, OK, Publish Timeout */
    REPLY_LABEL,          /* the label is in use */
    REPLY_UNSURE,         /* the server itself does not know */
    REPLY_BUSY,           /* refused for a passing reason: the same again later */
    REPLY_FAIL            /* refused for good */
};

struct reply {
    enum reply_kind kind;
    char status[64];   /* as written, or "" */
    char existing[32]; /* ExistingJobStatus, or "" */
    char label[129];   /* "" where not told */
    bool no_memory;    /* therefore unreadable */
    bool denied;       /* REPLY_FAIL because of user, password or privilege */
    bool is_envelope;  /* of a Doris FE, whose outcome stands in "code"; a FE has no body */
    int64_t txn_id;    /* -1: not told; so are the counts */
    int64_t rows_total, rows_loaded, rows_filtered, rows_unselected, bytes, milliseconds;
    struct buf message, error_url; /* owned */
};

/* reply_parse - n bytes of an answer.  r need not be initialised; reply_clear. */
void reply_parse(struct reply *r, const void *p, size_t n);
void reply_clear(struct reply *r);

/* reply_whole - is it a whole JSON object? */
bool reply_whole(const struct buf *answer);

enum load_state {
    STATE_UNREADABLE = 0, /* no answer of get_load_state */
    STATE_UNKNOWN,        /* no such label */
    STATE_PREPARE,        /* running */
    STATE_PREPARED,       /* first phase done (Doris: PRECOMMITTED) */
    STATE_COMMITTED,
    STATE_VISIBLE,
    STATE_ABORTED
};

/* state_parse - an answer of get_load_state; reason: where the server's words go (appended), or
 * NULL. */
enum load_state state_parse(const void *p, size_t n, struct buf *reason);
const char *state_name(enum load_state s);

#endif
