/* process.c - counts the forks that led here. */
#include "base/process.h"

#include <pthread.h>
#include <stdatomic.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_uint forks; /* changes in a new child only */

static void in_child(void)
{
    atomic_fetch_add_explicit(&forks, 1, memory_order_relaxed);
}

/* Without memory for the handler a child counts as its parent, as everywhere else. */
static void once_ready(void)
{
    (void)pthread_atfork(NULL, NULL, in_child);
}

unsigned process_generation(void)
{
    (void)pthread_once(&once, once_ready); /* cannot fail with a valid control */
    return atomic_load_explicit(&forks, memory_order_relaxed);
}
