/* jail.h - opening a file below one folder and nowhere else.
 *
 * Who names the file may be a server that lies, or SQL that somebody else wrote.  So a file is only
 * opened below the one folder that the DSN opens, and no part of its path below that folder may be
 * a symbolic link or "..".  Names may be relative to the folder, or absolute and begin with it.
 * Only regular files. */
#ifndef MYWIRE_BASE_JAIL_H
#define MYWIRE_BASE_JAIL_H

#include "base/fault.h"

/* What messages say; all borrowed. */
struct jail {
    const char *dir;     /* the folder; not NULL */
    const char *key;     /* the DSN's key that opens it */
    const char *what;    /* who asks: "LOAD DATA LOCAL" */
    const char *purpose; /* what did not happen to a refused file: "sent to the server" */
};

/* jail_open - name: n bytes, any.  *fd is the caller's to close.  RC_CONFIG says why not. */
int jail_open(const struct jail *j, const char *name, size_t n, int *fd, struct fault *f) MUST_USE;

#endif
