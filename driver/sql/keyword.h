/* keyword.h - the reserved words of a server, as SQLGetInfo(SQL_KEYWORDS) tells them. */
#ifndef MYWIRE_SQL_KEYWORD_H
#define MYWIRE_SQL_KEYWORD_H

#include "base/buf.h"
#include "base/product.h"

/* sql_keywords - append "ACCESSIBLE,ANALYZE,...": what is reserved in this version (major * 10000 +
 * minor * 100 + patch) and is not ODBC's.  By table/keyword.def. */
void sql_keywords(struct buf *out, enum product_id product, unsigned version);

#endif
