/* told.h - records for a thread that does not have the connection: of a SQLCancel that failed, and
 * of a call whose wait for the connection was ended.  They stay until the statement is used again.
 */
#ifndef MYWIRE_ODBC_TOLD_H
#define MYWIRE_ODBC_TOLD_H

#include "odbc/handle/handle.h"

/* told_init, told_clear - with the statement.  False: no memory. */
bool told_init(struct stmt *s);
void told_clear(struct stmt *s);

/* told_begin, told_end - around the diag() of what is told, to the calling thread. */
void told_begin(struct stmt *s);
void told_end(struct stmt *s);

/* tell - a record that the calling thread can read at once, whoever has the connection. */
#define tell(s, ...)                                                                               \
    do {                                                                                           \
        told_begin(s);                                                                             \
        (s)->cancel.diag.rc = diag(&(s)->cancel, __VA_ARGS__);                                     \
        told_end(s);                                                                               \
    } while (0)

/* told_enter - the records for the calling thread, locked; NULL: there are none.  told_leave -
 * unlock.  told_owner - the statement of such a handle.  told_forget - it is used again. */
struct handle *told_enter(SQLHSTMT h);
void told_leave(struct handle *h);
struct stmt *told_owner(struct handle *h);
void told_forget(struct stmt *s);

#endif
