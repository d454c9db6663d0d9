/* probe.h - a query that has the columns of a statement and changes nothing, for servers that do
 * not tell the columns when they prepare it.
 *
 *     SELECT, WITH, VALUES                    SELECT * FROM (statement) LIMIT 0
 *     SHOW, DESCRIBE, EXPLAIN, XA RECOVER     itself: they only look
 *     EXPLAIN ANALYZE, which executes         EXPLAIN FORMAT=TREE SELECT 1
 *     CHECK, ANALYZE, ... TABLE, CACHE INDEX  a SELECT with the columns that they always have
 *     INSERT, REPLACE, DELETE ... RETURNING   SELECT what is returned FROM the table LIMIT 0
 *
 * Markers are NULL in it, or a constant where none is allowed. */
#ifndef MYWIRE_SQL_PROBE_H
#define MYWIRE_SQL_PROBE_H

#include "base/buf.h"
#include "sql/kind.h"

/* sql_probe - append that query.  False: there is none, the columns are known by execution alone.
 */
bool sql_probe(struct buf *out, const char *text, size_t len, const struct sql_kind_info *kind,
               struct sql_mode mode);

/* sql_has_returning - does the INSERT, REPLACE or DELETE end with RETURNING? */
bool sql_has_returning(const char *text, size_t len, struct sql_mode mode);

#endif
