/* conformance.c - reads table/conformance.def. */
#include "odbc/connection/conformance.h"

#include "odbc/connection/function.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a row demands, as levels: from which level on it must be there; NEVER: not for that answer.
 */
enum { NEVER = CONFORM_LEVEL2 + 1 };
#define LEVEL_NONE   NEVER
#define LEVEL_CORE   CONFORM_CORE
#define LEVEL_LEVEL1 CONFORM_LEVEL1
#define LEVEL_LEVEL2 CONFORM_LEVEL2
#define CLI_NONE     NEVER, NEVER
#define CLI_XOPEN    CONFORM_CORE, NEVER
#define CLI_BOTH     CONFORM_CORE, CONFORM_CORE

static const struct {
    SQLUSMALLINT id;
    int from[CONFORM_ISO + 1]; /* by enum conformance */
} functions[] = {
#define CONFORM(id, level, api, cli) {(id), {LEVEL_##level, LEVEL_##api, CLI_##cli}},
#define CONFORM_FEATURE(...)
#include "table/conformance.def"
};

static const struct {
    int from;
    SQLUSMALLINT type;
    SQLUINTEGER bits;
} features[] = {
#define CONFORM(...)
#define CONFORM_FEATURE(level, type, bits) {LEVEL_##level, (type), (SQLUINTEGER)(bits)},
#include "table/conformance.def"
};

enum conform_level conformance_reached(enum conformance which, conform_number_fn *number,
                                       void *owner)
{
    int missing = which == CONFORM_INTERFACE || which == CONFORM_API ? NEVER : CONFORM_LEVEL1;
    for (size_t i = 0; i < COUNT(functions); i++)
        if (functions[i].from[which] < missing && !function_has(functions[i].id))
            missing = functions[i].from[which];
    for (size_t i = 0; which == CONFORM_INTERFACE && i < COUNT(features); i++)
        if (features[i].from < missing && !(number(owner, features[i].type) & features[i].bits))
            missing = features[i].from;
    return (enum conform_level)(missing - 1);
}
