/* told.c - records for a thread that does not have the connection. */
#include "odbc/handle/told.h"

#include <stddef.h>

bool told_init(struct stmt *s)
{
    s->cancel.magic = MAGIC_CANCEL;
    return !pthread_mutex_init(&s->told_lock, NULL);
}

void told_clear(struct stmt *s)
{
    (void)pthread_mutex_destroy(&s->told_lock); /* nobody has it any more */
    diag_free(&s->cancel.diag);
}

void told_begin(struct stmt *s)
{
    (void)pthread_mutex_lock(&s->told_lock);
    s->teller = pthread_self();
    diag_clear(&s->cancel.diag);
}

void told_end(struct stmt *s)
{
    atomic_store(&s->is_told, true);
    (void)pthread_mutex_unlock(&s->told_lock);
}

struct stmt *told_owner(struct handle *h)
{
    return (struct stmt *)(void *)((char *)h - offsetof(struct stmt, cancel));
}

struct handle *told_enter(SQLHSTMT h)
{
    struct stmt *s = h;
    (void)pthread_mutex_lock(&s->told_lock);
    if (diag_count(&s->cancel.diag) && pthread_equal(s->teller, pthread_self()))
        return &s->cancel;
    (void)pthread_mutex_unlock(&s->told_lock);
    return NULL;
}

void told_leave(struct handle *h)
{
    (void)pthread_mutex_unlock(&told_owner(h)->told_lock);
}

void told_forget(struct stmt *s)
{
    (void)pthread_mutex_lock(&s->told_lock);
    diag_clear(&s->cancel.diag);
    atomic_store(&s->is_told, false);
    (void)pthread_mutex_unlock(&s->told_lock);
}
