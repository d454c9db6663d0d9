/* infile.c - the file that a server asks for, opened in the jail of base/jail.h. */
#include "wire/infile.h"

#include "base/jail.h"

int infile_open(const char *dir, struct rd_range name, int *fd, struct fault *f)
{
    const struct jail j = {dir, "LOAD_DATA_LOCAL_DIR", "LOAD DATA LOCAL", "sent to the server"};
    return jail_open(&j, name.p ? (const char *)name.p : "", name.n, fd, f);
}
