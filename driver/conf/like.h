/* like.h - names that are slips of others. */
#ifndef MYWIRE_CONF_LIKE_H
#define MYWIRE_CONF_LIKE_H

#include <stddef.h>

/* like_slips - how many letters (case, - and _ do not count) make the name of n bytes the word;
 * SIZE_MAX: too many for it to be the same word. */
size_t like_slips(const char *name, size_t n, const char *word);

#endif
