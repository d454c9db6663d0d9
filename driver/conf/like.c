/* like.c - which key a name that is none was meant to be. */
#include "conf/like.h"

#include <stdint.h>
#include <string.h>

#include "conf/row.h"

#define NAME_CHARS 40 /* longer names are no slip of the finger */

/* The letters that count, as dsn_find compares names; 0: none, or too many. */
static size_t letters(const char *s, size_t n, char out[NAME_CHARS])
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '_' || s[i] == '-')
            continue;
        if (len == NAME_CHARS)
            return 0;
        out[len++] = (char)(s[i] >= 'a' && s[i] <= 'z' ? s[i] - 'a' + 'A' : s[i]);
    }
    return len;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Letters to change, add, drop or swap with their neighbour so that a becomes b (the distance of
 * Damerau and Levenshtein, of which no letter is part of two swaps). */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3]
               [NAME_CHARS + 1]; /* [i % 3][k]: from the first i letters of a to the first k of b */
    for (size_t k = 0; k <= nb; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t k = 1; k <= nb; k++) {
            bool is_swap = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
            row[k] = least(row[k - 1] + 1, above[k] + 1, above[k - 1] + (a[i - 1] != b[k - 1]));
            if (is_swap && before[k - 2] + 1 < row[k])
                row[k] = before[k - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

/* From the letters of name to those of s, which is a row's key or alias of n bytes. */
static size_t distance_of(const char *s, size_t n, const char *name, size_t nname)
{
    char mine[NAME_CHARS];
    size_t len = letters(s, n, mine);
    return len ? distance(name, nname, mine, len) : NAME_CHARS;
}

size_t like_slips(const char *name, size_t n, const char *word)
{
    char mine[NAME_CHARS];
    size_t len = letters(name, n, mine);
    size_t most = len < 3 ? 0 : len < 6 ? 1 : 2;
    size_t slips = len ? distance_of(word, strlen(word), mine, len) : NAME_CHARS;
    return slips <= most ? slips : SIZE_MAX;
}

static size_t row_distance(const struct dsn_row *r, const char *name, size_t n)
{
    size_t best = distance_of(r->key, strlen(r->key), name, n);
    for (const char *s = r->aliases; *s;) {
        size_t len = strcspn(s, " ");
        size_t d = distance_of(s, len, name, n);
        best = d < best ? d : best;
        s += len + strspn(s + len, " ");
    }
    return best;
}

/* SSL and TLS are one word to many: the key that the name is with the other. */
static enum dsn_key twin(char *letters, size_t n)
{
    if (n < 3 || (memcmp(letters, "SSL", 3) != 0 && memcmp(letters, "TLS", 3) != 0))
        return DSN_KEYS;
    char other[NAME_CHARS];
    memcpy(other, letters, n);
    memcpy(other, letters[0] == 'S' ? "TLS" : "SSL", 3);
    return dsn_find(other, n);
}

/* Of keys that are equally near a strict one: to take it for the other could weaken a connection.
 */
static bool is_better(size_t d, size_t best, const struct dsn_row *r, enum dsn_key found)
{
    if (d != best || found == DSN_KEYS)
        return d <= best;
    return r->effect == DSN_STRICT && dsn_row(found)->effect != DSN_STRICT;
}

enum dsn_key dsn_like(const char *name, size_t n)
{
    char mine[NAME_CHARS];
    size_t len = letters(name, n, mine);
    enum dsn_key found = twin(mine, len);
    if (found != DSN_KEYS)
        return found;
    size_t best = len < 3 ? 0 : len < 6 ? 1 : 2; /* slips that are still the same word */
    for (int i = 0; i < DSN_KEYS && best; i++) {
        const struct dsn_row *r = dsn_row((enum dsn_key)i);
        size_t d = row_distance(r, mine, len);
        if (is_better(d, best, r, found)) {
            best = d;
            found = (enum dsn_key)i;
        }
    }
    return found;
}

bool dsn_is_about_tls(const char *name, size_t n)
{
    char mine[NAME_CHARS];
    size_t len = letters(name, n < NAME_CHARS ? n : NAME_CHARS, mine);
    return len >= 3 && (!memcmp(mine, "SSL", 3) || !memcmp(mine, "TLS", 3));
}
