/* json.h - JSON as the BE reads it: one document after the other out of a buffer. */
#ifndef FAKE_STREAMLOAD_JSON_H
#define FAKE_STREAMLOAD_JSON_H

#include "text.h"

enum fk_json_kind { FJ_NULL, FJ_FALSE, FJ_TRUE, FJ_NUMBER, FJ_STRING, FJ_ARRAY, FJ_OBJECT };

struct fk_json {
    enum fk_json_kind kind;
    bool is_tree;    /* array or object */
    const char *raw; /* the token as written: number, string with its quotes */
    size_t nraw;
    const char *text; /* string: decoded */
    size_t ntext;
    const char *key; /* member of an object: decoded */
    size_t nkey;
    struct fk_json *first, *next;
};

struct fk_json_text {
    const char *p;
    size_t n, at;
    int depth;
    const char *error; /* NULL: fine */
};

/* fk_json_next - the next document, memory from a; NULL at a mistake (t->error) or the end. */
struct fk_json *fk_json_next(struct fk_json_text *t, struct fk_arena *a);
bool fk_json_at_end(struct fk_json_text *t);       /* only blanks left */
bool fk_json_take(struct fk_json_text *t, char c); /* skip blanks, take c if it is next */
void fk_json_write(struct fk_sb *out, const struct fk_json *j); /* without blanks */

/* fk_json_find - member of an object, or NULL. */
const struct fk_json *fk_json_find(const struct fk_json *j, const char *key, size_t n);

/* fk_json_path - follow $.a.b[0]."c d"; NULL when nothing is there.  fk_json_path_ok: is it one? */
const struct fk_json *fk_json_path(const struct fk_json *j, const char *path);
bool fk_json_path_ok(const char *path);

#endif
