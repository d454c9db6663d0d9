/* stream.c - loads whose bytes come when the application has them (SQLPutData): by themselves here,
 * as parts of a transaction in txn_stream.c. */
#include <stdlib.h>

#include "bulk/load_parts.h"

/* A pushed load lives between calls; its result is kept here until the end. */
struct pushed {
    struct job job;
    struct load_result r;
    struct load_request *q; /* owned */
    bool over;              /* the outcome is known already: */
    enum verdict verdict;
};

void push_abort(struct loader *l)
{
    struct pushed *p = (struct pushed *)l->push;
    l->push = NULL;
    if (!p)
        return;
    job_clear(&p->job);
    load_result_clear(&p->r);
    free(p->q);
    free(p);
}

/* A transaction that has no load to push into: the reason is told at once. */
static int push_refused(const struct pushed *p, struct fault *f)
{
    struct fault why;
    int rc = job_end(&p->job, p->verdict, &why);
    if (f)
        *f = why;
    return rc ? rc : why.rc ? why.rc : RC_SERVER;
}

int push_open(struct loader *l, const struct load_request *q, struct fault *f)
{
    struct pushed *p = calloc(1, sizeof *p);
    if (!p)
        return fault(f, RC_MEMORY, "out of memory for Stream Load");
    result_init(&p->r, q->label);
    p->q = request_dup(q);
    int rc = p->q ? job_init(&p->job, l, p->q, NULL, &p->r, f)
                  : fault(f, RC_MEMORY, "out of memory for Stream Load");
    l->push = &p->job;
    if (!rc) {
        p->verdict = job_run(&p->job, job_look(&p->job));
        p->over = p->verdict != V_STOP || p->job.rc;
        rc = p->verdict == V_STOP ? p->job.rc : RC_OK;
        if (rc && f)
            *f = p->job.f;
        if (p->over && !rc && l->txn.open)
            rc = push_refused(p, f);
    }
    if (rc)
        push_abort(l);
    return rc;
}

int push_write(struct loader *l, const void *data, size_t n, struct fault *f)
{
    struct pushed *p = (struct pushed *)l->push;
    if (p->over || !n)
        return RC_OK;
    p->job.touched = true;
    int rc = http_push(l->http, data, n, &p->job.f);
    if (!rc)
        return RC_OK;
    p->over = true;
    p->job.rc = rc;
    p->verdict = V_FAILED; /* without its end the server rolls the load back */
    if (rc == RC_CANCELLED || rc == RC_MEMORY) {
        p->verdict = V_STOP;
        if (f)
            *f = p->job.f;
        return rc;
    }
    return RC_OK;
}

int push_end(struct loader *l, struct load_result *r, struct fault *f)
{
    struct pushed *p = (struct pushed *)l->push;
    if (!p->over) {
        http_end_body(l->http);
        p->verdict = attempt_finish(&p->job);
        if (p->verdict == V_SETTLE || p->verdict == V_AGAIN)
            p->verdict = job_run(&p->job, p->verdict);
    }
    int rc = job_end(&p->job, p->verdict, f);
    *r = p->r;
    p->r = (struct load_result){0};
    push_abort(l);
    return rc;
}

/* ---- streams ---- */

static const struct load_stream alone = {push_write, push_end, push_abort};

static int begin_alone(struct loader *l, const struct load_request *q, struct fault *f)
{
    int rc = loader_busy(l, f);
    if (!rc)
        rc = request_check(q, f);
    if (!rc)
        rc = loader_ready(l, f);
    if (!rc)
        rc = push_open(l, q, f);
    if (!rc)
        l->stream = &alone;
    return rc;
}

static int none_open(struct fault *f)
{
    return fault(f, RC_CONFIG, "Stream Load: no load is open that could take bytes");
}

int load_stream_begin(struct loader *l, const struct load_request *q, struct fault *f)
{
    return q ? begin_alone(l, q, f) : part_begin(l, f);
}

int load_stream_write(struct loader *l, const void *p, size_t n, struct fault *f)
{
    return l->stream ? l->stream->write(l, p, n, f) : none_open(f);
}

int load_stream_end(struct loader *l, struct load_result *r, struct fault *f)
{
    const struct load_stream *stream = l->stream;
    l->stream = NULL;
    if (stream)
        return stream->end(l, r, f);
    result_init(r, "");
    return none_open(f);
}

void load_stream_abort(struct loader *l)
{
    const struct load_stream *stream = l->stream;
    l->stream = NULL;
    if (stream)
        stream->abort(l);
}
