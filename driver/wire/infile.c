/* infile.c - a file below a folder and nowhere else: one openat a part of the path, none of which
 * follows a link. */
#include "wire/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 4096u
#define PART_MAX       255u

static int refuse(struct rd_range name, const char *why, struct fault *f)
{
    return fault(f, RC_CONFIG, "LOAD DATA LOCAL: the file \"%.*s\" was not sent to the server: %s",
                 (int)(name.n < 300 ? name.n : 300), (const char *)name.p, why);
}

/* The part of name below dir: what follows dir in an absolute name, or all of a relative one. */
static bool below(const char *dir, struct rd_range name, struct rd_range *rest)
{
    *rest = name;
    if (name.n == 0 || name.p[0] != '/') {
        return true;
    }
    size_t n = strlen(dir);
    while (n && dir[n - 1] == '/') {
        n--;
    }
    if (name.n <= n || memcmp(name.p, dir, n) != 0 || name.p[n] != '/') {
        return false;
    }
    *rest = (struct rd_range){name.p + n, name.n - n};
    return true;
}

/* The next part of a path, without slashes; false at the end. */
static bool next_part(struct rd_range *path, struct rd_range *part)
{
    while (path->n && path->p[0] == '/') {
        path->p++;
        path->n--;
    }
    size_t n = 0;
    while (n < path->n && path->p[n] != '/') {
        n++;
    }
    *part = (struct rd_range){path->p, n};
    path->p += n;
    path->n -= n;
    return n != 0;
}

/* One step down from *fd, which is closed.  The last part is the file. */
static int descend(int *fd, struct rd_range part, bool is_last, int *err)
{
    char name[PART_MAX + 1];
    memcpy(name, part.p, part.n);
    name[part.n] = 0;
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (is_last ? O_NONBLOCK | O_NOCTTY : O_DIRECTORY);
    int next = openat(*fd, name, flags);
    *err = errno;
    (void)close(*fd); /* reading only */
    *fd = next;
    return next < 0 ? -1 : 0;
}

static int refuse_errno(struct rd_range name, int err, struct fault *f)
{
    if (err == ELOOP || err == ENOTDIR) {
        return refuse(name, "a part of its path is a symbolic link or no folder", f);
    }
    return fault_sys(f, RC_CONFIG, err,
                     "LOAD DATA LOCAL: opening the file \"%.*s\" below LOAD_DATA_LOCAL_DIR",
                     (int)(name.n < 300 ? name.n : 300), (const char *)name.p);
}

static bool is_allowed_part(struct rd_range part)
{
    return part.n <= PART_MAX && !rd_range_eq(part, "..") && !memchr(part.p, 0, part.n);
}

static int walk(int *fd, struct rd_range path, struct rd_range name, struct fault *f)
{
    struct rd_range part, after;
    bool has_more = next_part(&path, &part);
    if (!has_more) {
        return refuse(name, "it names no file", f);
    }
    while (has_more) {
        if (!is_allowed_part(part)) {
            return refuse(
                name, "its path has a part that is not allowed (\"..\", a NUL, or too long)", f);
        }
        has_more = next_part(&path, &after);
        int err = 0;
        if (descend(fd, part, !has_more, &err) < 0) {
            return refuse_errno(name, err, f);
        }
        part = after;
    }
    struct stat st;
    if (fstat(*fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        return refuse(name, "it is not a regular file", f);
    }
    return RC_OK;
}

int infile_open(const char *dir, struct rd_range name, int *fd, struct fault *f)
{
    struct rd_range path;
    if (name.n > NAME_MAX_BYTES || !below(dir, name, &path)) {
        return refuse(name, "it does not lie below the folder of LOAD_DATA_LOCAL_DIR", f);
    }
    int at = open(dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (at < 0) {
        return fault_sys(f, RC_CONFIG, errno, "LOAD_DATA_LOCAL_DIR: opening the folder %s", dir);
    }
    int rc = walk(&at, path, name, f);
    if (rc == RC_OK) {
        *fd = at;
    } else if (at >= 0) {
        (void)close(at); /* reading only */
    }
    return rc;
}
