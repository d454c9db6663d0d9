/* typeinfo.c - SQLGetTypeInfo: rows of conv/ as a result. */
#include "odbc/catalog/typeinfo.h"

#include "conv/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/text.h"
#include "odbc/result/convert.h"
#include "odbc/result/made.h"

static void put_type(struct made *m, const struct conv_typeinfo *t)
{
    made_put(m, t->type_name);
    made_put_int(m, t->data_type);
    made_put_opt(m, t->column_size, DESC_NONE);
    made_put(m, t->literal_prefix);
    made_put(m, t->literal_suffix);
    made_put(m, t->create_params);
    made_put_int(m, t->nullable);
    made_put_int(m, t->case_sensitive);
    made_put_int(m, t->searchable);
    made_put_opt(m, t->unsigned_attribute, DESC_NONE);
    made_put_int(m, t->fixed_prec_scale);
    made_put_opt(m, t->auto_unique_value, DESC_NONE);
    made_put(m, t->local_type_name);
    made_put_opt(m, t->minimum_scale, DESC_NONE);
    made_put_opt(m, t->maximum_scale, DESC_NONE);
    made_put_int(m, t->sql_data_type);
    made_put_opt(m, t->sql_datetime_sub, DESC_NONE);
    made_put_opt(m, t->num_prec_radix, DESC_NONE);
    made_put_opt(m, t->interval_precision, DESC_NONE);
    made_row(m);
}

static SQLRETURN type_info(struct stmt *s, SQLSMALLINT wanted)
{
    struct conv_opts opts = convert_opts(s->dbc);
    if (wanted != SQL_ALL_TYPES && !ctype_default(wanted, false, &opts))
        return diag(&s->h, ST_HY004, "%d is not an SQL type", wanted);
    SQLRETURN rc = exec_can_start(s);
    if (rc != SQL_SUCCESS)
        return rc;
    struct conv_typeinfo list[TYPEINFO_MAX];
    size_t n = typeinfo_list(&opts, wanted, list, TYPEINFO_MAX);
    struct made m;
    text_forget(s);
    if (made_open(&m, s, MADE_TYPES)) {
        for (size_t i = 0; i < n; i++)
            put_type(&m, &list[i]);
    }
    return made_end(&m);
}

SQLRETURN stmt_get_type_info(SQLHSTMT h, SQLSMALLINT wanted)
{
    struct stmt *s = stmt_enter_sending(h);
    return s ? stmt_leave(s, type_info(s, wanted)) : stmt_not_entered(h);
}
