/* ctype.c - looks up table/ctype.def. */
#include "conv/ctype.h"

static const struct ctype_row rows[] = {
#define CTYPE(id_, family_, ...) {.id = (id_), .name = #id_, .family = (family_), __VA_ARGS__},
#include "table/ctype.def"
#undef CTYPE
};

static const struct sqltype_row sqltypes[] = {
#define SQLTYPE(id_, s, u, family_, ...)                                                           \
    {.name = #id_,                                                                                 \
     .id = (id_),                                                                                  \
     .if_signed = (s),                                                                             \
     .if_unsigned = (u),                                                                           \
     .family = (family_),                                                                          \
     __VA_ARGS__},
#include "table/ctype.def"
#undef SQLTYPE
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

const struct sqltype_row *sqltype_find(SQLSMALLINT id)
{
    for (size_t i = 0; i < COUNT(sqltypes); i++) {
        if (sqltypes[i].id == id) {
            return &sqltypes[i];
        }
    }
    return NULL;
}

const char *sqltype_name(SQLSMALLINT sql_type)
{
    const struct sqltype_row *row = sqltype_find(sql_type);
    return row ? row->name : "unknown";
}

SQLSMALLINT ctype_default(SQLSMALLINT sql_type, bool is_unsigned, const struct conv_opts *o)
{
    const struct sqltype_row *row = sqltype_find(sql_type);
    if (!row) {
        return 0;
    }
    SQLSMALLINT c = is_unsigned ? row->if_unsigned : row->if_signed;
    return c == SQL_C_WCHAR && !o->wide_default ? SQL_C_CHAR : c;
}
