/* file.h - small files that a key names: passwords, tokens, fingerprints. */
#ifndef MYWIRE_CONF_FILE_H
#define MYWIRE_CONF_FILE_H

#include "conf/row.h"

/* file_read - the whole of the regular file path into out (owned by the caller, who wipes it; it
 * does not move while it is filled).  max: largest size in bytes.  key names the DSN key in
 * messages.  *exposed, if not NULL: others than its owner can read or change it; of root's files a
 * group may read, and on a file system that is mounted read-only (a secret in a container) all may.
 * RC_CONFIG: it cannot be opened or read, is no regular file, is larger, is empty, or has a NUL in
 * it; RC_MEMORY.
 */
int file_read(const char *path, const char *key, size_t max, struct buf *out, bool *exposed,
              struct fault *f) MUST_USE;

/* file_is_exposed - the same of a file that is read elsewhere.  False where there is none. */
bool file_is_exposed(const char *path) MUST_USE;

#endif
