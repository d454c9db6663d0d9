#include "handles.h"

#include <check.h>

#include "odbc/connection/dbc.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/env.h"

void handles_make(struct handles *h)
{
    h->env = env_new();
    ck_assert_ptr_nonnull(h->env);
    h->env->odbc_version = SQL_OV_ODBC3_80;
    h->dbc = dbc_new(h->env);
    ck_assert_ptr_nonnull(h->dbc);
    h->dbc->state = DBC_CONNECTED;
    h->stmt = stmt_new(h->dbc);
    ck_assert_ptr_nonnull(h->stmt);
}

void handles_free(struct handles *h)
{
    ck_assert_int_eq(dbc_disconnect(h->dbc), SQL_SUCCESS);
    ck_assert_int_eq(dbc_drop(h->dbc), SQL_SUCCESS);
    ck_assert_int_eq(env_drop(h->env), SQL_SUCCESS);
}

const char *state_of(void *handle)
{
    const struct diag_rec *r = diag_get(&((struct handle *)handle)->diag, 0);
    return r ? r->state : "";
}
