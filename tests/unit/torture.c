/* torture.c - see torture.h.  The linker sends the calls of driver and tests here (--wrap). */
#include "torture.h"

#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);

static atomic_size_t countdown; /* allocations until the failure; 0: off */
static atomic_bool failed;
static atomic_size_t largest;
static _Thread_local bool is_here; /* this thread began */

static void note(size_t n)
{
    size_t most = atomic_load(&largest);
    while (n > most && !atomic_compare_exchange_weak(&largest, &most, n)) {
    }
}

/* Is it the turn of this allocation of n bytes? */
static bool must_fail(size_t n)
{
    if (!is_here) {
        return false;
    }
    note(n);
    size_t left = atomic_load(&countdown);
    while (left && !atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
    }
    if (left == 1) {
        atomic_store(&failed, true);
    }
    return left == 1;
}

void *__wrap_malloc(size_t n)
{
    return must_fail(n) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    return must_fail(count * n) ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
    return must_fail(n) ? NULL : __real_realloc(p, n);
}

bool torture_begin(size_t n)
{
    if (n > 1 && !atomic_load(&failed)) {
        return false;
    }
    is_here = true;
    atomic_store(&failed, false);
    atomic_store(&largest, 0);
    atomic_store(&countdown, n);
    return true;
}

bool torture_end(void)
{
    atomic_store(&countdown, 0);
    return atomic_load(&failed);
}

size_t torture_largest(void)
{
    return atomic_load(&largest);
}
