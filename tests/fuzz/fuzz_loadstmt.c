/* fuzz_loadstmt.c - any text as STREAM LOAD, as SELECT, and as quoted text: spans lie in the text,
 * refusals say why, and nothing grows by losing its quotes. */
#include "base/text.h"
#include "sql/loadstmt.h"
#include "sql/select.h"
#include "sql/unquote.h"

#include "fuzz.h"

static bool lies_in(struct sql_span s, size_t n)
{
    return s.at <= n && s.len <= n - s.at;
}

static void check_statement(const char *s, size_t n, struct sql_mode mode)
{
    struct sql_loadstmt l;
    struct fault f = {0};
    int rc = sql_loadstmt_parse(s, n, mode, &l, &f);
    MUST(rc == RC_OK || (rc == RC_CONFIG && f.text[0]));
    MUST(rc != RC_OK || (sql_loadstmt_is(s, n, mode) && l.table.len));
    MUST(rc || (lies_in(l.database, n) && lies_in(l.table, n) && lies_in(l.columns, n) &&
                lies_in(l.file, n)));
    for (size_t i = 0; !rc && i < l.noptions; i++)
        MUST(lies_in(l.options[i].name, n) && l.options[i].name.len &&
             lies_in(l.options[i].value, n) && l.options[i].value.len);
}

static void check_unquoted(const char *s, size_t n, struct sql_mode mode)
{
    struct buf out;
    buf_init(&out, 1u << 20);
    sql_unquote_name(&out, s, n);
    MUST(out.len <= n);
    buf_reset(&out);
    sql_unquote_string(&out, s, n, mode);
    MUST(out.len <= n);
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    struct sql_mode mode = {.no_backslash_escapes = fuzz_byte(&in) & 1};
    struct sql_span table = {0};
    size_t len = 0;
    char *text = (char *)fuzz_copy(&in, in.n, &len);
    check_statement(text, len, mode);
    check_unquoted(text, len, mode);
    MUST(!sql_select_table(text, len, mode, &table) || (table.len && lies_in(table, len)));
    free(text);
    return 0;
}
