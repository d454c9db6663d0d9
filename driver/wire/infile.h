/* infile.h - opening the file that a LOAD DATA LOCAL statement names, in a jail.
 *
 * The server chooses the name, and a server may lie.  So a file is only opened below the one folder
 * that the DSN opens (LOAD_DATA_LOCAL_DIR), and no part of its path below that folder may be a
 * symbolic link or "..".  Names may be relative to the folder, or absolute and begin with it.  Only
 * regular files. */
#ifndef MYWIRE_WIRE_INFILE_H
#define MYWIRE_WIRE_INFILE_H

#include "base/fault.h"
#include "wire/rd.h"

/* infile_open - *fd is the caller's to close.  dir: not NULL.  RC_CONFIG says why not. */
int infile_open(const char *dir, struct rd_range name, int *fd, struct fault *f) MUST_USE;

#endif
