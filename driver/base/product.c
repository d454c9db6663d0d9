/* product.c - reads table/product.def. */
#include "base/product.h"

#include <string.h>

#include "base/text.h"

static const struct product rows[PRODUCTS] = {
#define PRODUCT(id, ...) [PRODUCT_##id] = {__VA_ARGS__},
#include "table/product.def"
#undef PRODUCT
};

const struct product *product_row(enum product_id id)
{
    return &rows[id];
}

/* What stands behind the word, without regard to case; NULL: it is not there. */
static const char *find_word(const char *words, const char *word, size_t n)
{
    for (; *words; words++) {
        if (strlen(words) >= n && text_eqn(words, n, word)) {
            return words + n;
        }
    }
    return NULL;
}

/* What stands behind one of the row's words. */
static const char *find_any(const char *words, const struct product *p)
{
    for (size_t i = 0; i < PRODUCT_WORDS && p->words[i]; i++) {
        const char *found = find_word(words, p->words[i], strlen(p->words[i]));
        if (found) {
            return found;
        }
    }
    return NULL;
}

enum product_id product_named(const char *words, const char **behind)
{
    const char *found = NULL;
    int i = 0;
    while (i < PRODUCTS && !found) {
        found = find_any(words, &rows[i++]);
    }
    if (behind) {
        *behind = found;
    }
    return found ? (enum product_id)(i - 1) : PRODUCT_MYSQL;
}

bool product_is_told(enum product_id id)
{
    return rows[id].words[0];
}

bool product_has(unsigned since, unsigned version)
{
    return since == PRODUCT_ALWAYS || (since && version >= since);
}
