/* replay.c - main of a fuzz target in builds without libFuzzer: every file of the folders (or every
 * file) named as argument goes through the target once. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static size_t ninputs;

static void run_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    struct stat st;
    if (!in || fstat(fileno(in), &st) || !S_ISREG(st.st_mode)) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    size_t n = (size_t)st.st_size;
    uint8_t *data = malloc(n);
    if (!data || fread(data, 1, n, in) != n) {
        (void)fprintf(stderr, "%s: cannot be read whole\n", path);
        exit(1);
    }
    (void)fclose(in);
    (void)fprintf(stderr, "%s\n", path); /* the last one told is the one that failed */
    (void)LLVMFuzzerTestOneInput(data, n);
    free(data);
    ninputs++;
}

static void run_folder(const char *path, DIR *d)
{
    char name[4096];
    for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (e->d_name[0] != '.') {
            (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
            run_file(name);
        }
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        if (d) {
            run_folder(argv[i], d);
            (void)closedir(d);
        } else {
            run_file(argv[i]);
        }
    }
    (void)printf("%zu inputs\n", ninputs);
    return ninputs ? 0 : 1; /* an empty corpus proves nothing */
}
