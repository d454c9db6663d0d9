/* file.c - small files that a key names.  Never waits: a pipe or terminal is opened without
 * blocking and refused. */
#include "conf/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Up to n bytes, over interruptions; how many, or -1 with errno. */
static ssize_t read_all(int fd, unsigned char *p, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t now = read(fd, p + got, n - got);
        if (now == 0)
            break;
        if (now > 0)
            got += (size_t)now;
        else if (errno != EINTR)
            return -1;
    }
    return (ssize_t)got;
}

/* Secrets that are mounted into a container (Kubernetes: root's, 0644): who may see the mount is
 * settled by who made it. */
static bool is_mounted_secret(int fd, const struct stat *st)
{
    struct statvfs fs;
    return st->st_uid == 0 && !fstatvfs(fd, &fs) && (fs.f_flag & ST_RDONLY);
}

/* As libpq judges its key files: a file of root's may be given to a group to read. */
static bool is_exposed(int fd, const struct stat *st)
{
    mode_t not_for_others = S_IRWXG | S_IRWXO;
    mode_t not_for_a_group = S_IWGRP | S_IXGRP | S_IRWXO;
    return (st->st_mode & (st->st_uid == 0 ? not_for_a_group : not_for_others)) &&
           !is_mounted_secret(fd, st);
}

static int read_open(int fd, const char *path, const char *key, size_t max, struct buf *out,
                     bool *exposed, struct fault *f)
{
    struct stat st;
    if (fstat(fd, &st))
        return fault_sys(f, RC_CONFIG, errno, "%s: the file %s cannot be examined", key, path);
    if (!S_ISREG(st.st_mode))
        return fault(f, RC_CONFIG, "%s: %s is not a regular file", key, path);
    if (exposed)
        *exposed = is_exposed(fd, &st);
    unsigned char *p = buf_grow(out, max + 1); /* one more, to see that it is too large */
    if (!p)
        return fault(f, RC_MEMORY, "no memory to read %s", path);
    ssize_t got = read_all(fd, p, max + 1);
    if (got < 0)
        return fault_sys(f, RC_CONFIG, errno, "%s: the file %s cannot be read", key, path);
    out->len = (size_t)got;
    if ((size_t)got > max)
        return fault(f, RC_CONFIG, "%s: the file %s is larger than %zu bytes", key, path, max);
    if (!got)
        return fault(f, RC_CONFIG, "%s: the file %s is empty", key, path);
    if (memchr(p, '\0', (size_t)got))
        return fault(f, RC_CONFIG, "%s: the file %s has a NUL byte in it, so it is not text", key,
                     path);
    return RC_OK;
}

int file_read(const char *path, const char *key, size_t max, struct buf *out, bool *exposed,
              struct fault *f)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fault_sys(f, RC_CONFIG, errno, "%s: the file %s cannot be opened", key, path);
    int rc = read_open(fd, path, key, max, out, exposed, f);
    (void)close(fd); /* reading only */
    return rc;
}

bool file_is_exposed(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool is = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && is_exposed(fd, &st);
    if (fd >= 0)
        (void)close(fd); /* reading only */
    return is;
}
