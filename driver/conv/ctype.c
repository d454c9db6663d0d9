/* ctype.c - looks up table/ctype.def. */
#include "conv/ctype.h"

static const struct ctype_row rows[] = {
#define CTYPE(id_, family_, ...) {.id = (id_), .name = #id_, .family = (family_), __VA_ARGS__},
#include "table/ctype.def"
#undef CTYPE
};

struct default_row {
    SQLSMALLINT sql_type, if_signed, if_unsigned;
};

static const struct default_row defaults[] = {
#define CTYPE_DEFAULT(sql, s, u) {(sql), (s), (u)},
#include "table/ctype.def"
#undef CTYPE_DEFAULT
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const struct ctype_row *ctype_find(SQLSMALLINT id)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].id == id) {
            return &rows[i];
        }
    }
    return NULL;
}

int ctype_size(SQLSMALLINT ctype)
{
    const struct ctype_row *row = ctype_find(ctype);
    return row ? row->size : -1;
}

const char *ctype_name(SQLSMALLINT ctype)
{
    const struct ctype_row *row = ctype_find(ctype);
    return row ? row->name : ctype == SQL_C_DEFAULT ? "SQL_C_DEFAULT" : "unknown";
}

SQLSMALLINT ctype_default(SQLSMALLINT sql_type, bool is_unsigned, const struct conv_opts *o)
{
    for (size_t i = 0; i < COUNT(defaults); i++) {
        if (defaults[i].sql_type != sql_type) {
            continue;
        }
        SQLSMALLINT c = is_unsigned ? defaults[i].if_unsigned : defaults[i].if_signed;
        return c == SQL_C_WCHAR && !o->wide_default ? SQL_C_CHAR : c;
    }
    return 0;
}
