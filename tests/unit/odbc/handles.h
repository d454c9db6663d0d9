/* handles.h - an environment, a connection that believes to be open (there is no session), and a
 * statement, for tests. */
#ifndef MYWIRE_TEST_HANDLES_H
#define MYWIRE_TEST_HANDLES_H

#include "odbc/handle/handle.h"

struct handles {
    struct env *env;
    struct dbc *dbc;
    struct stmt *stmt;
};

void handles_make(struct handles *h);
void handles_free(struct handles *h);

/* state_of - the SQLSTATE of the handle's first record, "" without one. */
const char *state_of(void *handle);

#endif
