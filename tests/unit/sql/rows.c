/* rows.c - see rows.h. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *what, const char *name)
{
    (void)fprintf(stderr, "%s: %s\n", what, name);
    exit(EXIT_FAILURE);
}

static char *read_file(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", TEST_DATA_DIR, name);
    FILE *in = fopen(path, "rb");
    if (!in) {
        stop("cannot open", path);
    }
    (void)fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    char *text = malloc((size_t)size + 1);
    if (!text || fread(text, 1, (size_t)size, in) != (size_t)size) {
        stop("cannot read", path);
    }
    text[size] = 0;
    (void)fclose(in);
    return text;
}

/* Fields are separated by '|' with one space around it, which may be missing at the end of the
 * line. */
static void split(struct row *r, char *line, int max)
{
    r->field[r->nfields++] = line;
    while (r->nfields < max) {
        char *bar = strchr(line, '|');
        if (!bar) {
            return;
        }
        bar[0] = 0;
        if (bar > line && bar[-1] == ' ') {
            bar[-1] = 0;
        }
        line = bar + 1 + (bar[1] == ' ');
        r->field[r->nfields++] = line;
    }
}

struct rows rows_load(const char *name, int max)
{
    struct rows r = {.text = read_file(name)};
    int line = 0, cap = 0;
    for (char *p = r.text, *next; p; p = next) {
        line++;
        char *nl = strchr(p, '\n');
        next = nl ? nl + 1 : NULL;
        if (nl) {
            *nl = 0;
        }
        if (p[0] == 0 || p[0] == '#') {
            continue;
        }
        if (r.n == cap) {
            cap = cap ? cap * 2 : 64;
            r.row = realloc(r.row, (size_t)cap * sizeof *r.row);
        }
        if (!r.row) {
            stop("no memory for", name);
        }
        r.row[r.n] = (struct row){.line = line};
        split(&r.row[r.n++], p, max);
    }
    if (r.n == 0) {
        stop("no rows in", name);
    }
    return r;
}

void rows_free(struct rows *r)
{
    free(r->row);
    free(r->text);
    *r = (struct rows){0};
}

size_t rows_unescape(char *s)
{
    char *to = s;
    for (char *p = s; *p; p++) {
        if (*p != '\\' || !p[1]) {
            *to++ = *p;
            continue;
        }
        p++;
        *to++ = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == '0' ? 0 : *p;
    }
    *to = 0;
    return (size_t)(to - s);
}

char *exact(const char *s, size_t n)
{
    char *copy = malloc(n ? n : 1);
    if (!copy) {
        stop("no memory", "");
    }
    memcpy(copy, s, n);
    return copy;
}
