/* rig.h - a loader and a fake FE and BE in one process, for tests. */
#ifndef TESTS_UNIT_BULK_RIG_H
#define TESTS_UNIT_BULK_RIG_H

#include <stdbool.h>

#include "bulk/load.h"
#include "fake_streamload.h"

struct rig {
    struct fake *fake;
    struct loader *loader;
    struct load_opts o;
    const char *urls[4];
    char url[4][128];
};

/* rig_up - a fake with table d.t(id BIGINT, v STRING), a loader at its FE.  tls: both speak it,
 * with the certificates of tests/lib/pki.sh; the loader verifies identity. */
void rig_up(struct rig *r, bool tls);
/* rig_fake, rig_loader - the two halves, for tests that set options between them. */
void rig_fake(struct rig *r, bool tls, const char *const *options); /* name, value, ..., NULL */
void rig_loader(struct rig *r);
void rig_down(struct rig *r);
const char *rig_pki(const char *file); /* one of 8 static buffers */

/* A body in memory; parts: bytes given at a time (0: all). */
struct text_body {
    const char *p;
    size_t n, at, part;
    int64_t size;
    int rewinds;
    int fail_at; /* fail once so many bytes were read; 0: never */
};
struct load_body text_body(struct text_body *t, const char *s);

/* rig_request - label NULL: made; its memory is static. */
struct load_request rig_request(const char *label);
/* rig_none_open - is no transaction open? */
bool rig_none_open(const struct rig *r);

/* rig_load - one load of s; the outcome.  Words of the fault are kept in rig_words. */
enum load_outcome rig_load(struct rig *r, const char *label, const char *s);
extern struct fault rig_words;
extern struct load_result rig_result; /* cleared at the next load */

#endif
