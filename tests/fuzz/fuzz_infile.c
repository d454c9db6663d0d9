/* fuzz_infile.c - any name that a server may ask for: what is opened is one of the two files of the
 * folder, whatever links and dots the name goes through.
 *
 * Bytes from 128 on stand for the pieces of names below, so that the fuzzer finds paths that exist.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, symlink */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "wire/infile.h"

#include "fuzz.h"

/* The folder:  top/in/a.csv, top/in/sub/b.csv, links up and out, a pipe, and a secret beside it. */
static char top[64], in_dir[80];
static struct stat good[2];

static const char *path_of(const char *name)
{
    static char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", top, name);
    return path;
}

static void make_file(const char *name, struct stat *st)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    MUST(fd >= 0 && fstat(fd, st) == 0);
    (void)close(fd);
}

static void remove_all(void)
{
    static const char *const files[] = {"in/a.csv", "in/sub/b.csv", "in/out", "in/sub/up",
                                        "in/alias", "in/pipe",      "secret"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)unlink(path_of(files[i]));
    }
    (void)rmdir(path_of("in/sub"));
    (void)rmdir(path_of("in"));
    (void)rmdir(top);
}

static void make_all(void)
{
    const char *tmp = getenv("TMPDIR");
    struct stat st;
    (void)snprintf(top, sizeof top, "%.40s/fuzz_infile_XXXXXX", tmp && *tmp ? tmp : "/tmp");
    MUST(mkdtemp(top) != NULL && atexit(remove_all) == 0);
    (void)snprintf(in_dir, sizeof in_dir, "%s/in", top);
    MUST(mkdir(path_of("in"), 0700) == 0 && mkdir(path_of("in/sub"), 0700) == 0);
    make_file("in/a.csv", &good[0]);
    make_file("in/sub/b.csv", &good[1]);
    make_file("secret", &st);
    MUST(symlink("..", path_of("in/out")) == 0 && symlink("..", path_of("in/sub/up")) == 0);
    MUST(symlink("../secret", path_of("in/alias")) == 0 && mkfifo(path_of("in/pipe"), 0600) == 0);
}

static void put_piece(struct buf *b, unsigned byte)
{
    const char *const pieces[] = {"/",       "..",     ".",    "a.csv", "sub",  "b.csv",
                                  "sub/up",  "out",    "pipe", "alias", in_dir, top,
                                  "/secret", "secret", "in",   "//"};
    if (byte < 128) {
        buf_putc(b, byte);
    } else {
        buf_puts(b, pieces[byte % 16]);
    }
}

static int lowest_fd(void)
{
    int fd = open(top, O_RDONLY | O_CLOEXEC);
    MUST(fd >= 0 && close(fd) == 0);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf name = {0};
    struct fault f;
    struct stat st;
    int fd = -1;
    if (!top[0]) {
        make_all();
    }
    for (size_t i = 0; i < n; i++) {
        put_piece(&name, data[i]);
    }
    int free_fd = lowest_fd();
    int rc = infile_open(in_dir, (struct rd_range){name.p ? name.p : data, name.len}, &fd, &f);
    if (rc == RC_OK) {
        MUST(fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == good[0].st_dev);
        MUST(st.st_ino == good[0].st_ino || st.st_ino == good[1].st_ino);
        MUST((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        (void)close(fd);
    } else {
        MUST(rc == RC_CONFIG && f.rc == rc && f.text[0]);
        MUST(lowest_fd() == free_fd); /* nothing was left open */
    }
    buf_clear(&name);
    return 0;
}
