/* txn_stream.c - one load of a transaction whose bytes the application brings when it has them.
 *
 * StarRocks takes a chunked body, so memory stays small; on Doris the transaction is one request
 * that takes bytes anyway.  What was sent cannot be taken back, so a load that breaks or is given
 * up leaves nothing to do with the transaction but to roll it back. */
#include <stdlib.h>
#include <string.h>

#include "bulk/load_parts.h"

/* RC_OK: the node asks for bytes. */
static int open_once(struct loader *l, struct ask *a, bool *again, struct fault *f)
{
    struct load_result ignored;
    struct http_call *c = &a->chain.call;
    append_head(a, l);
    c->has_body = c->wait_for_100 = true;
    c->size = -1;
    int rc = lines_seal(&a->lines, f);
    if (!rc)
        rc = chain_run(l, &a->chain, l->txn.direct ? &l->txn.node : NULL, APPEND_PATH, true, NULL,
                       f);
    if (!rc && !c->status)
        return RC_OK;
    if (!rc)
        rc = ask_read(a, l, APPEND_PATH, f);
    result_init(&ignored, "");
    rc = append_judge(a, rc, &ignored, again, f);
    load_result_clear(&ignored);
    http_stop(l->http);
    ask_clear(a);
    return rc;
}

static int open_until(struct loader *l, struct ask *a, struct fault *f)
{
    struct pause pause = {0};
    struct fault late;
    int64_t until = loader_begin_until(l, l->txn.deadline);
    for (bool again = false;;) {
        int rc = open_once(l, a, &again, f);
        if (!rc || !again || pause_wait(l, &pause, 5000, until, &late))
            return rc;
    }
}

static int open_push(struct loader *l, struct fault *f)
{
    struct ask *a = calloc(1, sizeof *a);
    int rc = a ? open_until(l, a, f) : fault(f, RC_MEMORY, "out of memory for Stream Load");
    if (rc)
        free(a);
    else
        l->txn.push = a;
    return rc;
}

/* The load broke: the error of the call, and the end of the transaction. */
static int broke(struct loader *l, int rc, struct fault *f)
{
    struct load_result ignored;
    result_init(&ignored, "");
    int ended = append_end(l, rc, &ignored, f);
    load_result_clear(&ignored);
    return ended ? ended : rc;
}

static int part_write(struct loader *l, const void *p, size_t n, struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    int rc = l->txn.push ? http_push(l->http, p, n, f) : push_write(l, p, n, f);
    return rc ? broke(l, rc, f) : RC_OK;
}

static void close_push(struct loader *l)
{
    if (!l->txn.push)
        return;
    http_stop(l->http);
    ask_clear(l->txn.push);
    free(l->txn.push);
    l->txn.push = NULL;
}

static int answer(struct loader *l, struct load_result *r, struct fault *f)
{
    struct ask *a = l->txn.push;
    bool again = false; /* never */
    http_end_body(l->http);
    int rc = chain_wait(l, &a->chain, f);
    if (!rc)
        rc = ask_read(a, l, APPEND_PATH, f);
    return append_judge(a, rc, r, &again, f);
}

static int part_end(struct loader *l, struct load_result *r, struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    result_init(r, l->txn.q.label);
    int rc = l->txn.push ? answer(l, r, f) : RC_OK;
    close_push(l);
    return append_end(l, rc, r, f);
}

static void part_abort(struct loader *l)
{
    struct fault why;
    close_push(l);
    (void)fault(&why, RC_CONFIG,
                "a load of it was given up before its end, so it can only be rolled back");
    txn_words(l, "nothing was loaded", &why);
    (void)txn_doom(l, &why);
}

static const struct load_stream part = {part_write, part_end, part_abort};

int part_begin(struct loader *l, struct fault *f)
{
    struct fault own;
    f = f ? f : &own;
    int rc = append_check(l, f);
    if (rc)
        return rc;
    if (l->txn.doomed) {
        *f = l->txn.why;
        return f->rc;
    }
    rc = loader_ready(l, f);
    if (!rc && l->o.dialect == LOAD_STARROCKS)
        rc = open_push(l, f);
    if (!rc)
        l->stream = &part;
    return rc ? broke(l, rc, f) : RC_OK;
}
