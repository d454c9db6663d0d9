/* value.h - column types, and text to the canonical form that is stored.
 * Source: sheet "Stream Load over HTTP(S)", sections 5.4 to 5.6; what it leaves open is decided in
 * README.md, "Decisions". */
#ifndef FAKE_STREAMLOAD_VALUE_H
#define FAKE_STREAMLOAD_VALUE_H

#include "text.h"

enum fk_type {
    FT_BOOLEAN,
    FT_TINYINT,
    FT_SMALLINT,
    FT_INT,
    FT_BIGINT,
    FT_LARGEINT,
    FT_FLOAT,
    FT_DOUBLE,
    FT_DECIMAL,
    FT_CHAR,
    FT_VARCHAR,
    FT_STRING,
    FT_DATE,
    FT_DATETIME,
    FT_JSON,
    FT_ARRAY, /* MAP and STRUCT too: JSON-like text */
    FT_VARBINARY,
    FT_TYPES
};

struct fk_column {
    char *name;
    enum fk_type type;
    unsigned size, scale; /* bytes of a string (0: the limit); digits of a decimal */
    bool not_null, key;
    char *fallback; /* DEFAULT, NULL: none */
    bool auto_increment;
};

/* A value as it is stored: canonical text (raw bytes for VARBINARY).  Borrowed. */
struct fk_cell {
    const char *p;
    size_t n;
    bool null;
};

struct fk_rules {
    size_t max_string;
    bool binary_base64; /* text into VARBINARY: base64 or raw; else hex */
};

const char *fk_type_name(enum fk_type t);
bool fk_type_find(const char *name, size_t n, enum fk_type *out);
bool fk_type_is_number(enum fk_type t);

/* fk_convert - text of a load to a stored value.  Memory comes from a.  false: it does not convert,
 * is out of range or too long.  NULL in gives NULL. */
bool fk_convert(const struct fk_column *c, const struct fk_rules *rules, struct fk_cell in,
                struct fk_arena *a, struct fk_cell *out);

/* fk_cell_compare - order of two values that are not NULL. */
int fk_cell_compare(const struct fk_column *c, struct fk_cell x, struct fk_cell y);

/* fk_cell_json - the value as JSON: numbers as numbers, VARBINARY as a string of hex digits. */
void fk_cell_json(struct fk_sb *out, const struct fk_column *c, struct fk_cell x);

#endif
