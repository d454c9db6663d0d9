/* infile.h - opening the file that a LOAD DATA LOCAL statement names, in a jail.
 *
 * The server chooses the name, and a server may lie: only what lies below the one folder that the
 * DSN opens (LOAD_DATA_LOCAL_DIR) is opened, by the rules of base/jail.h. */
#ifndef MYWIRE_WIRE_INFILE_H
#define MYWIRE_WIRE_INFILE_H

#include "base/fault.h"
#include "wire/rd.h"

/* infile_open - *fd is the caller's to close.  dir: not NULL.  RC_CONFIG says why not. */
int infile_open(const char *dir, struct rd_range name, int *fd, struct fault *f) MUST_USE;

#endif
