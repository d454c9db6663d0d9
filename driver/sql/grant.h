/* grant.h - which of SHOW GRANTS' lines give a privilege on a table.  Pure. */
#ifndef MYWIRE_SQL_GRANT_H
#define MYWIRE_SQL_GRANT_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lex.h"

/* What is asked: names without quotes; all borrowed. */
struct sql_grant_on {
    const char *privilege; /* one word */
    const char *database, *table;
    size_t ndatabase, ntable;
};

/* What the lines so far say; zeroed before the first. */
struct sql_grants {
    bool everywhere;      /* ON *.* */
    bool in_database;     /* ON db.*, a name or a pattern that fits */
    bool not_in_database; /* another such line that lacks the privilege: which counts, we leave open
                           */
    bool on_table;        /* ON db.table */
    bool has_revoke;      /* MySQL's partial revokes */
};

/* sql_grants_add - a line (n bytes): "GRANT SELECT, INSERT ON `db`.* TO ...".  A line of another
 * form says nothing.  Source: MySQL manual, "SHOW GRANTS Statement", "GRANT Statement" (patterns),
 * "Privilege Restriction Using Partial Revokes". */
void sql_grants_add(struct sql_grants *g, const struct sql_grant_on *on, const char *line, size_t n,
                    struct sql_mode mode);

/* sql_grants_has - the privilege is there for certain. */
bool sql_grants_has(const struct sql_grants *g);

#endif
