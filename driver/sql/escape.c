/* escape.c - one pass over the tokens; everything outside an escape is copied as it stands.
 *
 * What follows '{' decides by the table `escapes`.  Braces with another content (StarRocks has
 * map{1: 'a'}) are not ODBC's and pass through, with the escapes inside them translated. */
#include "sql/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cal.h"
#include "base/text.h"
#include "sql/cast.h"
#include "sql/function.h"

#define MOST_DEPTH 64 /* nested escapes; each is one level of recursion */
#define MOST_ARGS  4

struct tr {
    struct sql_lexer lx;
    struct sql_escape_result res;
    enum product_id product;
    int depth;
    bool changed;
};

static bool fail(struct tr *tr, enum sql_escape_status status, size_t at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* A piece of the text may have been cut inside a character, or the application's bytes are bad. */
static void make_valid(char *s)
{
    for (size_t n = strlen(s), i = 0; i < n;) {
        size_t k = text_step(s + i, n - i);
        s[i] = k ? s[i] : '?';
        i += k ? k : 1;
    }
}

/* The first mistake counts. */
static bool fail(struct tr *tr, enum sql_escape_status status, size_t at, const char *fmt, ...)
{
    if (tr->res.status > SQL_ESCAPE_DONE) {
        return false;
    }
    tr->res.status = status;
    tr->res.at = at;
    char *words = tr->res.words;
    size_t cap = sizeof tr->res.words;
    int n = snprintf(words, cap, "character %zu: ", text_chars(tr->lx.text, at) + 1);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(words + n, cap - (size_t)n, fmt, ap); /* cut if too long */
    va_end(ap);
    make_valid(words);
    return false;
}

static void put_token(struct tr *tr, struct buf *out, struct sql_token t)
{
    buf_put(out, tr->lx.text + t.at, t.len);
}

static const char *token_text(const struct tr *tr, struct sql_token t)
{
    return tr->lx.text + t.at;
}

/* How many bytes of a token an error message shows; whole characters. */
static int shown(const struct tr *tr, struct sql_token t)
{
    return (int)text_floor(tr->lx.text + t.at, t.len, t.len < 60 ? t.len : 60);
}

static struct sql_token peek_code(const struct tr *tr)
{
    struct sql_lexer ahead = tr->lx;
    return sql_next_code(&ahead);
}

static bool one_escape(struct tr *tr, struct buf *out, struct sql_token open);

/* Copy tokens up to the brace that ends this level, which is consumed. */
static bool copy_to_close(struct tr *tr, struct buf *out, size_t opened_at)
{
    for (;;) {
        struct sql_token t = sql_next(&tr->lx);
        if (t.kind == TOK_END) {
            return fail(tr, SQL_ESCAPE_SYNTAX, opened_at, "the brace { has no matching }");
        }
        if (t.kind == TOK_CLOSE) {
            return true;
        }
        if (t.kind != TOK_OPEN) {
            put_token(tr, out, t);
        } else if (!one_escape(tr, out, t)) {
            return false;
        }
    }
}

static bool expect_close(struct tr *tr, size_t opened_at, const char *what)
{
    struct sql_token t = sql_next_code(&tr->lx);
    if (t.kind == TOK_CLOSE) {
        return true;
    }
    if (t.kind == TOK_END) {
        return fail(tr, SQL_ESCAPE_SYNTAX, opened_at, "the brace { has no matching }");
    }
    return fail(tr, SQL_ESCAPE_SYNTAX, t.at, "expected } after %s, found %.*s", what, shown(tr, t),
                token_text(tr, t));
}

static void skip_space(struct tr *tr)
{
    struct sql_lexer ahead = tr->lx;
    if (sql_next(&ahead).kind == TOK_SPACE) {
        tr->lx = ahead;
    }
}

static bool is_wordy(unsigned char c)
{
    return (c | 32u) - 'a' < 26 || c - 48u < 10 || c >= 0x80 || (c && strchr("_$@'\"`", c));
}

/* Where the white space at the end of s begins; n if a line feed in it may end a comment. */
static size_t end_of_code(const unsigned char *s, size_t n)
{
    size_t end = n;
    while (end && s[end - 1] <= ' ') {
        end--;
    }
    if (end == n || !memchr(s + end, '\n', n - end)) {
        return end;
    }
    for (size_t i = end; i && s[i - 1] != '\n'; i--) {
        if (s[i - 1] == '#' || (i > 1 && s[i - 1] == '-' && s[i - 2] == '-')) {
            return n;
        }
    }
    return end;
}

/* Take off spaces that stand at the end of out, but not what was there before `from`. */
static void trim_end(struct buf *out, size_t from)
{
    if (buf_ok(out) && out->len > from) {
        out->len = from + end_of_code(out->p + from, out->len - from);
    }
}

/* ---- dates, times, guids ---- */

struct literal {
    const char *what, *expected;
    enum cal_status (*get)(const char *s, size_t n, struct cal *out);
    size_t (*put)(char *out, const struct cal *c, int decimals);
    bool has_date;
};

static size_t put_day(char *out, const struct cal *c, int decimals)
{
    (void)decimals; /* a day has none */
    return cal_put_date(out, c);
}

static const struct literal date = {"date", "'yyyy-mm-dd'", cal_get_date, put_day, true};
static const struct literal time_of_day = {"time", "'hh:mm:ss[.f]'", cal_get_time, cal_put_time,
                                           false};
static const struct literal timestamp = {"timestamp", "'yyyy-mm-dd hh:mm:ss[.f]'",
                                         cal_get_timestamp, cal_put_timestamp, true};

/* Digits of the fraction as they were written, of which servers keep six: '...05.000' has a type
 * with three. */
static int decimals_of(const char *s, size_t n)
{
    const char *point = memchr(s, '.', n);
    int count = 0;
    while (point && count < 6 && point + count + 1 < s + n &&
           (unsigned)point[count + 1] - '0' < 10) {
        count++;
    }
    return count;
}

/* Does the text so far end with the word DEFAULT?  MySQL takes no typed literal behind it. */
static bool is_behind_default(const struct buf *out)
{
    static const char word[] = "DEFAULT";
    size_t end = out->len, len = sizeof word - 1;
    while (end && out->p[end - 1] <= ' ') {
        end--;
    }
    return end >= len && text_eqn((const char *)out->p + end - len, len, word) &&
           (end == len || !is_wordy(out->p[end - len - 1]));
}

/* Is `at` in a CREATE or ALTER, before its SELECT? */
static bool is_in_definition(const struct tr *tr, size_t at)
{
    struct sql_lexer lx = tr->lx;
    lx.pos = 0;
    lx.in_executable = false;
    struct sql_token t = sql_next_code(&lx);
    bool is = sql_is(&lx, t, "create") || sql_is(&lx, t, "alter");
    while (is && t.at < at && t.kind != TOK_END) {
        t = sql_next_code(&lx);
        is = !sql_is(&lx, t, "select");
    }
    return is;
}

/* The value in the server's own type; as text where the server takes no other: also a day or month
 * 0, which its mode may forbid in a literal. */
static void put_typed(struct tr *tr, struct buf *out, const struct literal *l, const char *value,
                      size_t n, bool is_zero)
{
    const struct product *row = product_row(tr->product);
    const char *form = l == &date ? row->date : l == &timestamp ? row->timestamp : row->time;
    if (is_zero || (buf_ok(out) && is_behind_default(out)) ||
        (row->is_plain_in_ddl && is_in_definition(tr, tr->lx.pos))) {
        form = "'$'";
    }
    for (; *form; form++) {
        if (*form == '$') {
            buf_put(out, value, n);
        } else {
            buf_putc(out, (unsigned char)*form);
        }
    }
}

/* {d '...'}: lx stands behind the keyword. */
static bool put_literal(struct tr *tr, struct buf *out, size_t opened_at, const struct literal *l)
{
    struct sql_token t = sql_next_code(&tr->lx);
    struct cal c;
    if (t.unterminated) {
        return fail(tr, SQL_ESCAPE_SYNTAX, t.at, "the string is not terminated");
    }
    const char *text = token_text(tr, t) + 1;
    enum cal_status st = l->get(text, t.len - 2, &c);
    if (st != CAL_OK) {
        return fail(tr, SQL_ESCAPE_DATE, t.at, "%.*s is not a %s: %s%s", shown(tr, t),
                    token_text(tr, t), l->what,
                    st == CAL_RANGE ? "a part is out of range" : "expected ",
                    st == CAL_RANGE ? "" : l->expected);
    }
    char value[CAL_CHARS];
    size_t n = l->put(value, &c, decimals_of(text, t.len - 2));
    put_typed(tr, out, l, value, n, l->has_date && cal_is_zero(&c));
    return expect_close(tr, opened_at, "the literal");
}

static bool put_date(struct tr *tr, struct buf *out, size_t opened_at)
{
    return put_literal(tr, out, opened_at, &date);
}

static bool put_time(struct tr *tr, struct buf *out, size_t opened_at)
{
    return put_literal(tr, out, opened_at, &time_of_day);
}

static bool put_timestamp(struct tr *tr, struct buf *out, size_t opened_at)
{
    return put_literal(tr, out, opened_at, &timestamp);
}

static bool put_guid(struct tr *tr, struct buf *out, size_t opened_at)
{
    struct sql_token t = sql_next_code(&tr->lx);
    put_token(tr, out, t);
    return expect_close(tr, opened_at, "the literal");
}

/* ---- outer joins, LIKE escapes, limits, intervals, calls ---- */

static bool put_inside(struct tr *tr, struct buf *out, size_t opened_at)
{
    skip_space(tr);
    size_t from = out->len;
    bool ok = copy_to_close(tr, out, opened_at);
    trim_end(out, from);
    return ok;
}

/* '\' is what many applications write, whatever the server makes of a backslash. */
static bool put_like_escape(struct tr *tr, struct buf *out, size_t opened_at)
{
    static const char lone[] = "'\\'";
    skip_space(tr);
    buf_puts(out, "ESCAPE ");
    size_t left = tr->lx.len - tr->lx.pos, close = 3;
    const char *s = tr->lx.text + tr->lx.pos;
    while (close < left && s[close] == ' ') {
        close++;
    }
    if (left > close && memcmp(s, lone, 3) == 0 && s[close] == '}') {
        buf_puts(out, tr->lx.no_backslash_escapes ? lone : "'\\\\'");
        tr->lx.pos += close + 1;
        return true;
    }
    return put_inside(tr, out, opened_at);
}

static bool put_limit(struct tr *tr, struct buf *out, size_t opened_at)
{
    buf_puts(out, "LIMIT ");
    return put_inside(tr, out, opened_at);
}

/* May this token stand in an interval?  In parentheses there are only precisions. */
static bool is_of_interval(const struct tr *tr, struct sql_token t, int depth)
{
    if (depth == 0) {
        return t.kind != TOK_OPEN && !t.unterminated;
    }
    return t.kind == TOK_NUMBER || sql_is_punct(&tr->lx, t, '(') || sql_is_punct(&tr->lx, t, ',') ||
           sql_is_punct(&tr->lx, t, ')');
}

/* The value with the sign before it inside its quotes: the servers make a number of -'4 5:12:10',
 * which is -4.  Its fraction is cut to six digits: they take the digits as millionths. */
static void put_interval_value(struct tr *tr, struct buf *out, struct sql_token t, bool minus)
{
    const char *s = token_text(tr, t), *end = s + t.len - 1;
    buf_putc(out, (unsigned char)*s++);
    if (s < end && (*s == '-' || *s == '+')) {
        minus ^= *s++ == '-';
    }
    buf_puts(out, minus ? "-" : "");
    const char *point = memchr(s, '.', (size_t)(end - s));
    if (point && end - point > 7) {
        buf_put(out, s, (size_t)(point + 7 - s));
        s = end;
    }
    buf_put(out, s, (size_t)(end + 1 - s));
}

struct interval {
    bool minus;        /* a sign before the value, not written yet */
    bool has_fraction; /* the value has one */
    bool is_end;       /* TO was read: the next word is the second unit */
};

static void put_interval_part(struct tr *tr, struct buf *out, struct sql_token t,
                              struct interval *in)
{
    buf_putc(out, in->is_end ? '_' : ' ');
    if (t.kind == TOK_STRING) {
        put_interval_value(tr, out, t, in->minus);
        in->has_fraction = memchr(token_text(tr, t), '.', t.len);
    } else if (in->is_end && in->has_fraction && sql_is(&tr->lx, t, "second")) {
        buf_puts(out, "MICROSECOND");
    } else {
        buf_puts(out, in->minus ? "-" : "");
        put_token(tr, out, t);
    }
    in->minus = in->is_end = false;
}

/* DAY(2) TO SECOND(3) is DAY_SECOND in MySQL, or DAY_MICROSECOND for a value with a fraction. */
static bool put_interval(struct tr *tr, struct buf *out, size_t opened_at)
{
    int depth = 0;
    struct interval in = {0};
    buf_puts(out, "INTERVAL");
    for (;;) {
        struct sql_token t = sql_next_code(&tr->lx);
        if (t.kind == TOK_CLOSE) {
            return true;
        }
        if (t.kind == TOK_END) {
            return fail(tr, SQL_ESCAPE_SYNTAX, opened_at, "the brace { has no matching }");
        }
        if (!is_of_interval(tr, t, depth)) {
            return fail(tr, SQL_ESCAPE_SYNTAX, t.at,
                        "expected {INTERVAL 'value' unit(precision)}, found %.*s", shown(tr, t),
                        token_text(tr, t));
        }
        depth += sql_is_punct(&tr->lx, t, '(');
        if (depth == 0 && sql_is_punct(&tr->lx, t, '-')) {
            in.minus = !in.minus;
        } else if (depth == 0 && sql_is(&tr->lx, t, "to")) {
            in.is_end = true;
        } else if (depth == 0 && !sql_is_punct(&tr->lx, t, '+')) {
            put_interval_part(tr, out, t, &in);
        }
        depth -= depth > 0 && sql_is_punct(&tr->lx, t, ')');
    }
}

/* The name and arguments of a routine; without arguments "()" is added. */
static bool put_routine(struct tr *tr, struct buf *out, size_t opened_at, const char *before)
{
    skip_space(tr);
    buf_puts(out, before);
    size_t from = out->len;
    if (!copy_to_close(tr, out, opened_at)) {
        return false;
    }
    trim_end(out, from);
    if (!buf_ok(out)) {
        return true; /* told at the end */
    }
    if (out->len == from) {
        return fail(tr, SQL_ESCAPE_SYNTAX, opened_at,
                    "expected the name of a procedure after CALL");
    }
    unsigned char last = out->p[out->len - 1];
    if (last != ')' && last != '\n') { /* behind a comment: CALL needs none */
        buf_puts(out, "()");
    }
    return true;
}

static bool put_call(struct tr *tr, struct buf *out, size_t opened_at)
{
    return put_routine(tr, out, opened_at, "CALL ");
}

/* {?= call f(...)}: lx stands behind the '?', the '=' has been seen.  It begins the statement,
 * because its result is the first parameter. */
static bool put_function_call(struct tr *tr, struct buf *out, size_t opened_at)
{
    struct sql_lexer first = tr->lx;
    first.pos = 0;
    first.in_executable = false;
    struct sql_token equals = sql_next_code(&tr->lx), call = sql_next_code(&tr->lx);
    if (equals.kind == TOK_END || !sql_is(&tr->lx, call, "call")) {
        return fail(tr, SQL_ESCAPE_SYNTAX, call.at, "expected {?=call name(...)}");
    }
    if (sql_next_code(&first).at != opened_at) {
        return fail(tr, SQL_ESCAPE_SYNTAX, opened_at,
                    "{?=call name(...)} must stand at the beginning of the statement");
    }
    tr->res.returns = true;
    return put_routine(tr, out, opened_at, "SELECT ");
}

/* ---- scalar functions ---- */

struct args {
    struct buf text; /* everything between the parentheses, translated */
    size_t at[MOST_ARGS], len[MOST_ARGS];
    size_t n; /* also beyond MOST_ARGS */
};

static void end_arg(struct args *a, size_t start)
{
    if (a->n < MOST_ARGS && buf_ok(&a->text)) {
        size_t end = a->text.len;
        while (start < end && a->text.p[start] <= ' ') {
            start++;
        }
        end = start < end ? start + end_of_code(a->text.p + start, end - start) : end;
        a->at[a->n] = start;
        a->len[a->n] = end - start;
    }
    a->n++;
}

/* Up to the closing parenthesis, which is consumed.  "()" and "( )" are no arguments. */
static bool read_args(struct tr *tr, struct args *a, size_t opened_at)
{
    int depth = 0;
    size_t start = 0;
    bool any = false;
    for (;;) {
        struct sql_token t = sql_next(&tr->lx);
        if (t.kind == TOK_END || t.kind == TOK_CLOSE) {
            return fail(tr, SQL_ESCAPE_SYNTAX, opened_at, "the parenthesis ( has no matching )");
        }
        bool close = sql_is_punct(&tr->lx, t, ')');
        if (close && depth == 0) {
            break;
        }
        depth += sql_is_punct(&tr->lx, t, '(') - close;
        any = any || t.kind != TOK_SPACE;
        if (depth == 0 && sql_is_punct(&tr->lx, t, ',')) {
            end_arg(a, start);
            start = a->text.len + 1;
        }
        if (t.kind != TOK_OPEN) {
            put_token(tr, &a->text, t);
        } else if (!one_escape(tr, &a->text, t)) {
            return false;
        }
    }
    if (any) {
        end_arg(a, start);
    }
    return true;
}

static void put_arg(struct buf *out, const struct args *a, size_t i)
{
    if (buf_ok(&a->text)) {
        buf_put(out, a->text.p + a->at[i], a->len[i]);
    }
}

static void put_pattern(struct buf *out, const char *pattern, const struct args *a)
{
    for (const char *p = pattern; *p; p++) {
        if (*p == '$' && p[1] >= '1' && p[1] <= '0' + MOST_ARGS) {
            p++;
            put_arg(out, a, (size_t)(*p - '1'));
        } else {
            buf_putc(out, (unsigned char)*p);
        }
    }
}

static const char *arg_text(const struct args *a, size_t i)
{
    return (const char *)a->text.p + a->at[i];
}

static bool starts_with(const char *s, size_t n, const char *head)
{
    size_t len = strlen(head);
    return n >= len && text_eqn(s, len, head);
}

/* The tokens of an argument, for a look. */
static struct sql_lexer arg_tokens(const struct tr *tr, const struct args *a, size_t i)
{
    struct sql_lexer lx = tr->lx;
    lx.text = arg_text(a, i);
    lx.len = a->len[i];
    lx.pos = 0;
    lx.in_executable = false;
    return lx;
}

struct word {
    const char *p;
    size_t n;
};

/* The argument that is one word, whatever comments are around it; n 0 if it is something else. */
static struct word arg_word(const struct tr *tr, const struct args *a, size_t i)
{
    struct sql_lexer lx = arg_tokens(tr, a, i);
    struct sql_token t = sql_next_code(&lx);
    bool is = t.kind == TOK_WORD && sql_next_code(&lx).kind == TOK_END;
    return (struct word){lx.text + t.at, is ? t.len : 0};
}

/* CONVERT(x, SQL_INTEGER).  *done: written; otherwise it is a CONVERT of the server's own and
 * passes through. */
static bool put_convert(struct tr *tr, struct buf *out, const struct args *a, size_t at, bool *done)
{
    *done = false;
    struct word type = a->n == 2 ? arg_word(tr, a, 1) : (struct word){0};
    if (!starts_with(type.p, type.n, "SQL_")) {
        return true;
    }
    const char *pattern = sql_convert_pattern(type.p, type.n, tr->product);
    if (!pattern) {
        return fail(tr, SQL_ESCAPE_SYNTAX, at, "there is no conversion to %.*s",
                    (int)(type.n < 60 ? type.n : 60), type.p);
    }
    put_pattern(out, pattern, a);
    *done = true;
    return true;
}

/* A time of day that a number of days is added to has today's date, says the reference; MariaDB
 * would make 34:00:00 or NULL. */
static bool is_time_of_day(const struct tr *tr, const struct args *a, size_t i)
{
    static const char *const calls[] = {"curtime", "current_time", NULL};
    struct sql_lexer lx = arg_tokens(tr, a, i);
    struct sql_token t = sql_next_code(&lx), next = sql_next_code(&lx);
    return sql_is_any(&lx, t, calls) || (sql_is(&lx, t, "time") && next.kind == TOK_STRING);
}

static bool is_of_days(const char *unit)
{
    static const char *const units[] = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (text_eq(unit, units[i])) {
            return true;
        }
    }
    return false;
}

/* TIMESTAMPADD and TIMESTAMPDIFF with an interval of ODBC.  SQL_TSI_FRAC_SECOND counts billionths,
 * MICROSECOND millionths. */
static bool put_timestamp_function(const struct tr *tr, struct buf *out,
                                   const struct sql_function *fn, const struct args *a)
{
    struct word interval = arg_word(tr, a, 0);
    const char *unit = sql_interval_unit(interval.p, interval.n);
    if (!unit) {
        return false;
    }
    bool billionths = text_eqn(interval.p, interval.n, "SQL_TSI_FRAC_SECOND");
    bool add = text_eq(fn->name, "TIMESTAMPADD");
    bool needs_date = add && is_of_days(unit) && is_time_of_day(tr, a, 2);
    buf_printf(out, "%s%s(%s, %s", billionths && !add ? "(" : "", fn->name, unit,
               billionths && add ? "(" : "");
    put_arg(out, a, 1);
    buf_puts(out, billionths && add ? ") DIV 1000, " : ", ");
    buf_puts(out, needs_date ? "TIMESTAMP(" : "");
    put_arg(out, a, 2);
    buf_puts(out, needs_date ? ")" : "");
    buf_puts(out, billionths && !add ? ") * 1000)" : ")");
    return true;
}

/* EXTRACT(SECOND FROM x) has the fraction too: its scale is not less than that of x. */
static bool put_extract(const struct tr *tr, struct buf *out, const struct args *a)
{
    struct sql_lexer lx = arg_tokens(tr, a, 0);
    bool is_second =
        sql_is(&lx, sql_next_code(&lx), "second") && sql_is(&lx, sql_next_code(&lx), "from");
    if (!is_second || !product_row(tr->product)->extracts_microseconds) {
        return false;
    }
    buf_puts(out, "(EXTRACT(SECOND_MICROSECOND FROM");
    buf_put(out, lx.text + lx.pos, lx.len - lx.pos);
    buf_puts(out, ") * 0.000001)");
    return true;
}

/* Those that a pattern cannot say.  False: not written. */
static bool put_special(const struct tr *tr, struct buf *out, const struct sql_function *fn,
                        const struct args *a)
{
    if (starts_with(fn->name, strlen(fn->name), "TIMESTAMP")) {
        return put_timestamp_function(tr, out, fn, a);
    }
    return text_eq(fn->name, "EXTRACT") && put_extract(tr, out, a);
}

/* The call of a function whose arguments are read. */
static bool put_function(struct tr *tr, struct buf *out, struct sql_token name,
                         const struct args *a)
{
    const struct sql_function *fn = sql_function_find(token_text(tr, name), name.len);
    bool done = false;
    if (!buf_ok(&a->text)) {
        out->broken = true;
        return true;
    }
    if (sql_is(&tr->lx, name, "convert") && !put_convert(tr, out, a, name.at, &done)) {
        return false;
    }
    bool stands = fn && a->n >= fn->min && a->n <= fn->max;
    if (done || (stands && put_special(tr, out, fn, a))) {
        return true;
    }
    const char *pattern = stands ? sql_function_pattern(fn, tr->product) : NULL;
    if (pattern) {
        put_pattern(out, pattern, a);
        return true;
    }
    put_token(tr, out,
              name); /* no space before the parenthesis: MySQL would not know its own function */
    buf_putc(out, '(');
    if (a->n) {
        buf_put(out, a->text.p, a->text.len);
    }
    buf_putc(out, ')');
    return true;
}

static bool put_scalar(struct tr *tr, struct buf *out, size_t opened_at)
{
    struct sql_token name = sql_next_code(&tr->lx), paren = peek_code(tr);
    if (name.kind != TOK_WORD) {
        return fail(tr, SQL_ESCAPE_SYNTAX, name.at, "expected the name of a function after {fn");
    }
    if (!sql_is_punct(&tr->lx, paren, '(')) {
        put_token(tr, out, name);
        size_t end = out->len;
        bool closed = copy_to_close(tr, out, opened_at);
        trim_end(out, end);
        return closed;
    }
    (void)sql_next_code(&tr->lx); /* the parenthesis just seen */
    struct args a = {0};
    bool ok = read_args(tr, &a, paren.at) && put_function(tr, out, name, &a);
    buf_clear(&a.text);
    size_t from = out->len;
    ok = ok && copy_to_close(tr, out, opened_at); /* {fn F(x) + 1} is no ODBC, but it is meant */
    trim_end(out, from);
    return ok;
}

/* ---- which escape is it ---- */

/* Writes one escape; tr->lx stands behind its word and is left behind its closing brace. */
typedef bool put_fn(struct tr *tr, struct buf *out, size_t opened_at);

static const struct {
    const char *word;
    enum sql_token_kind next; /* what must follow, or it is not an escape; TOK_END: anything */
    put_fn *put;
} escapes[] = {
    {"d", TOK_STRING, put_date},
    {"t", TOK_STRING, put_time},
    {"ts", TOK_STRING, put_timestamp},
    {"guid", TOK_STRING, put_guid},
    {"fn", TOK_END, put_scalar},
    {"oj", TOK_END, put_inside},
    {"escape", TOK_STRING, put_like_escape},
    {"limit", TOK_END, put_limit},
    {"interval", TOK_END, put_interval},
    {"call", TOK_END, put_call},
};

#define NESCAPES (sizeof escapes / sizeof *escapes)

static size_t find_escape(const struct tr *tr, struct sql_token word, struct sql_token next)
{
    for (size_t i = 0; i < NESCAPES; i++) {
        bool follows = escapes[i].next == TOK_END ? !sql_is_punct(&tr->lx, next, ':')
                                                  : next.kind == escapes[i].next;
        if (follows && sql_is(&tr->lx, word, escapes[i].word)) {
            return i;
        }
    }
    return NESCAPES;
}

/* Would these bytes, side by side, be another token than apart? */
static bool glues(unsigned char a, unsigned char b)
{
    return (is_wordy(a) && is_wordy(b)) || (a == '/' && b == '*') || (a == '*' && b == '/');
}

/* The braces kept the escape apart from its neighbours, as in SELECT{fn NOW()}; without them a
 * space does. */
static bool put_apart(struct tr *tr, struct buf *out, size_t opened_at, put_fn *put)
{
    size_t from = out->len;
    if (!put(tr, out, opened_at)) {
        return false;
    }
    if (buf_ok(out) && from && from < out->len && glues(out->p[from - 1], out->p[from])) {
        buf_putc(out, ' ');
        if (buf_ok(out)) {
            memmove(out->p + from + 1, out->p + from, out->len - from - 1);
            out->p[from] = ' ';
        }
    }
    const struct sql_lexer *lx = &tr->lx;
    if (buf_ok(out) && out->len > from && lx->pos < lx->len &&
        glues(out->p[out->len - 1], (unsigned char)lx->text[lx->pos])) {
        buf_putc(out, ' ');
    }
    return true;
}

/* open was read; lx stands behind it. */
static bool translate(struct tr *tr, struct buf *out, struct sql_token open)
{
    struct sql_lexer ahead = tr->lx;
    struct sql_token word = sql_next_code(&ahead);
    struct sql_lexer behind = ahead;
    struct sql_token next = sql_next_code(&ahead);
    if (word.kind == TOK_MARKER && sql_is_punct(&tr->lx, next, '=')) {
        tr->lx = behind;
        tr->changed = true;
        return put_apart(tr, out, open.at, put_function_call);
    }
    size_t i = find_escape(tr, word, next);
    if (i < NESCAPES) {
        tr->lx = behind;
        tr->changed = true;
        return put_apart(tr, out, open.at, escapes[i].put);
    }
    buf_putc(out, '{');
    bool ok = copy_to_close(tr, out, open.at);
    buf_putc(out, '}');
    return ok;
}

static bool one_escape(struct tr *tr, struct buf *out, struct sql_token open)
{
    if (tr->depth == MOST_DEPTH) {
        return fail(tr, SQL_ESCAPE_SYNTAX, open.at, "more than %d escapes inside each other",
                    MOST_DEPTH);
    }
    tr->depth++;
    bool ok = translate(tr, out, open);
    tr->depth--;
    return ok;
}

static bool whole_text(struct tr *tr, struct buf *out)
{
    for (struct sql_token t = sql_next(&tr->lx); t.kind != TOK_END; t = sql_next(&tr->lx)) {
        if (t.kind != TOK_OPEN) {
            put_token(tr, out, t);
        } else if (!one_escape(tr, out, t)) {
            return false;
        }
    }
    return true;
}

/* The escapes of a text that has a brace. */
static void put_escapes(struct tr *tr, struct buf *out)
{
    size_t start = out->len;
    bool ok = whole_text(tr, out);
    if (buf_ok(out) && (!ok || !tr->changed)) {
        out->len = start;
    }
    if (ok && tr->changed) {
        tr->res.status = SQL_ESCAPE_DONE;
    }
}

/* The types of CASTs, in what the escapes made of the text. */
static void put_casts(struct tr *tr, struct buf *out, size_t start, struct sql_mode mode)
{
    bool is_done = tr->res.status == SQL_ESCAPE_DONE;
    const char *text = is_done ? (const char *)out->p + start : tr->lx.text;
    struct buf cast = {.max = out->max};
    if (sql_cast_types(&cast, text, is_done ? out->len - start : tr->lx.len, mode)) {
        out->len = start;
        out->broken = out->broken || !buf_ok(&cast);
        buf_put(out, buf_str(&cast), cast.len);
        tr->res.status = SQL_ESCAPE_DONE;
    }
    buf_clear(&cast);
}

struct sql_escape_result sql_escape(struct buf *out, const char *text, size_t len,
                                    struct sql_mode mode)
{
    struct tr tr = {.product = mode.product};
    size_t start = out->len;
    sql_lex_init(&tr.lx, text, len, mode);
    if (len && memchr(text, '{', len)) {
        put_escapes(&tr, out);
    }
    if (buf_ok(out) && tr.res.status <= SQL_ESCAPE_DONE) {
        put_casts(&tr, out, start, mode);
    }
    if (!buf_ok(out)) {
        tr.res.status = SQL_ESCAPE_MEMORY;
        (void)snprintf(tr.res.words, sizeof tr.res.words, "no memory for a statement of %zu bytes",
                       len); /* fits */
    }
    return tr.res;
}
