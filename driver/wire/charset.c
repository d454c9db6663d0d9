/* charset.c - the character set of a connection stays utf8mb4, whatever statements do to it.
 *
 * Texts and literals are UTF-8.  Read as gbk, big5 or sjis, the last byte of a character and the
 * backslash or quote behind it can be one character, and a value of the application ends its
 * literal. So a change is noticed and taken back before the next command.  Servers tell of it in
 * their session tracking; of those that do not, or have been told not to, the statement's text is
 * looked at.  Source: MySQL manual, "Server Tracking of Client Session State", "Connection
 * Character Sets". */
#include "base/text.h"
#include "wire/reply.h"
#include "wire/session_parts.h"

/* Character sets are set by SET, and by the versioned comments of dumps. */
bool charset_may_change(const char *sql, size_t n)
{
    while (n && strchr(" \t\r\n", *sql) && *sql) {
        sql++;
        n--;
    }
    return n > 3 && (text_eqn(sql, 3, "set") || memcmp(sql, "/*", 2) == 0) &&
           (text_has(sql, n, "names") || text_has(sql, n, "charset") ||
            text_has(sql, n, "character"));
}

/* What the answer says comes after this. */
void charset_suspect(struct session *s, bool may_change)
{
    if (may_change) {
        s->charset_other = CHARSET_CLIENT | CHARSET_RESULTS;
    }
}

int charset_take_back(struct session *s, struct fault *f)
{
    static const char names[] = "SET NAMES utf8mb4";
    unsigned before = s->charset_other;
    s->charset_other = 0;
    int rc = session_query(s, names, sizeof names - 1, f);
    rc = rc == RC_OK ? session_skip(s, f) : rc;
    s->charset_other = rc == RC_OK ? 0 : before;
    if (rc == RC_SERVER) {
        (void)fault_prefix(f, "a statement may have changed the character set of the connection, "
                              "which must be utf8mb4, and it cannot be set back: ");
    }
    return rc;
}
