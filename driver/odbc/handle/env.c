/* env.c - environment handles. */
#include "odbc/handle/env.h"

#include <stdlib.h>

struct env *env_new(void)
{
    struct env *e = calloc(1, sizeof(*e));
    if (!e)
        return NULL;
    if (pthread_mutex_init(&e->lock, NULL)) {
        free(e);
        return NULL;
    }
    e->h.magic = MAGIC_ENV;
    e->output_nts = SQL_TRUE;
    return e;
}

SQLRETURN env_drop(SQLHENV h)
{
    struct env *e = env_enter(h);
    if (!e)
        return SQL_INVALID_HANDLE;
    if (e->dbcs)
        return env_leave(
            e, diag(&e->h, ST_HY010, "the environment still has connections; free them first"));
    e->h.magic = MAGIC_DEAD;
    diag_free(&e->h.diag);
    (void)pthread_mutex_unlock(&e->lock);
    (void)pthread_mutex_destroy(&e->lock);
    free(e);
    return SQL_SUCCESS;
}
