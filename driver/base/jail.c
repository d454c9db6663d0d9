/* jail.c - a file below a folder and nowhere else: one openat a part of the path, none of which
 * follows a link. */
#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 4096u
#define PART_MAX       255u
#define SHOWN_BYTES    300u

/* Borrowed text. */
struct span {
    const char *p;
    size_t n;
};

/* The walk from the folder to the file. */
struct walk {
    const struct jail *jail;
    struct span name; /* as it was given */
    int fd;           /* where it stands */
    struct fault *f;
};

static int shown(struct span s)
{
    return (int)(s.n < SHOWN_BYTES ? s.n : SHOWN_BYTES);
}

static int refuse(const struct walk *w, const char *why)
{
    return fault(w->f, RC_CONFIG, "%s: the file \"%.*s\" was not %s: %s", w->jail->what,
                 shown(w->name), w->name.p, w->jail->purpose, why);
}

/* The part of name below dir: what follows dir in an absolute name, or all of a relative one. */
static bool below(const char *dir, struct span name, struct span *rest)
{
    *rest = name;
    if (name.n == 0 || name.p[0] != '/')
        return true;
    size_t n = strlen(dir);
    while (n && dir[n - 1] == '/')
        n--;
    if (name.n <= n || memcmp(name.p, dir, n) != 0 || name.p[n] != '/')
        return false;
    *rest = (struct span){name.p + n, name.n - n};
    return true;
}

/* The next part of a path, without slashes; false at the end. */
static bool next_part(struct span *path, struct span *part)
{
    while (path->n && path->p[0] == '/') {
        path->p++;
        path->n--;
    }
    size_t n = 0;
    while (n < path->n && path->p[n] != '/')
        n++;
    *part = (struct span){path->p, n};
    path->p += n;
    path->n -= n;
    return n != 0;
}

/* One step down; the last part is the file.  0, or errno. */
static int descend(struct walk *w, struct span part, bool is_last)
{
    char name[PART_MAX + 1];
    memcpy(name, part.p, part.n);
    name[part.n] = 0;
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (is_last ? O_NONBLOCK | O_NOCTTY : O_DIRECTORY);
    int next = openat(w->fd, name, flags);
    int err = errno;
    (void)close(w->fd); /* reading only */
    w->fd = next;
    return next < 0 ? err : 0;
}

static int refuse_errno(const struct walk *w, int err)
{
    if (err == ELOOP || err == ENOTDIR)
        return refuse(w, "a part of its path is a symbolic link or no folder");
    return fault_sys(w->f, RC_CONFIG, err, "%s: opening the file \"%.*s\" below %s", w->jail->what,
                     shown(w->name), w->name.p, w->jail->key);
}

static bool is_allowed_part(struct span part)
{
    bool is_up = part.n == 2 && part.p[0] == '.' && part.p[1] == '.';
    return part.n <= PART_MAX && !is_up && !memchr(part.p, 0, part.n);
}

static int walk_down(struct walk *w, struct span path)
{
    struct span part, after;
    bool has_more = next_part(&path, &part);
    if (!has_more)
        return refuse(w, "it names no file");
    while (has_more) {
        if (!is_allowed_part(part))
            return refuse(w,
                          "its path has a part that is not allowed (\"..\", a NUL, or too long)");
        has_more = next_part(&path, &after);
        int err = descend(w, part, !has_more);
        if (err)
            return refuse_errno(w, err);
        part = after;
    }
    struct stat st;
    if (fstat(w->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return refuse(w, "it is not a regular file");
    return RC_OK;
}

int jail_open(const struct jail *j, const char *name, size_t n, int *fd, struct fault *f)
{
    struct walk w = {.jail = j, .name = {name, n}, .fd = -1, .f = f};
    struct span path;
    if (n > NAME_MAX_BYTES || !below(j->dir, w.name, &path))
        return fault(f, RC_CONFIG,
                     "%s: the file \"%.*s\" was not %s: it does not lie below the folder of %s",
                     j->what, shown(w.name), name, j->purpose, j->key);
    w.fd = open(j->dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (w.fd < 0)
        return fault_sys(f, RC_CONFIG, errno, "%s: opening the folder %s", j->key, j->dir);
    int rc = walk_down(&w, path);
    if (rc == RC_OK)
        *fd = w.fd;
    else if (w.fd >= 0)
        (void)close(w.fd); /* reading only */
    return rc;
}
