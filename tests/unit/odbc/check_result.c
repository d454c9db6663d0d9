/* check_result.c - results in memory: rows, copies, errors behind them, several replies. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/handle/handle.h"
#include "odbc/result/result.h"

static struct cell cell(const char *s)
{
    return (struct cell){(const unsigned char *)s, s ? strlen(s) : 0};
}

static bool cell_is(const struct cell *c, const char *s)
{
    if (!s)
        return c->p == NULL;
    return c->p && c->len == strlen(s) && !memcmp(c->p, s, c->len);
}

static struct reply *reply_of(struct result *r, size_t ncols)
{
    struct reply *p = result_add(r);
    ck_assert_ptr_nonnull(p);
    p->has_rows = p->at_end = true;
    p->ncols = ncols;
    return p;
}

static const char *const rows[][3] = {
    {"a", NULL, ""}, {NULL, NULL, NULL}, {"", "", ""}, {"a longer text", "b", "c"}};
enum { NROWS = sizeof rows / sizeof *rows };

static void fill(struct reply *p)
{
    for (int i = 0; i < NROWS; i++) {
        struct cell cells[3] = {cell(rows[i][0]), cell(rows[i][1]), cell(rows[i][2])};
        ck_assert(result_add_row(p, cells));
    }
}

START_TEST(rows_come_back)
{
    struct result r = {0};
    const struct cell *cells = NULL;
    struct fault f;
    fill(reply_of(&r, 3));
    for (int i = 0; i < NROWS; i++) {
        ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 1);
        for (int k = 0; k < 3; k++)
            ck_assert_msg(cell_is(&cells[k], rows[i][k]), "row %d column %d", i, k);
    }
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 0);
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 0);
    ck_assert_int_eq(result_next(&r, NULL, &f), 0);
    ck_assert_ptr_null(r.current);
    ck_assert_int_eq(result_next(&r, NULL, &f), 0);
    result_clear(&r);
    result_clear(&r);
}
END_TEST

START_TEST(error_behind_rows)
{
    struct result r = {0};
    const struct cell *cells = NULL;
    struct fault f, kept;
    struct reply *p = reply_of(&r, 3);
    fill(p);
    ck_assert_int_eq(fault(&kept, RC_SERVER, "half-way"), RC_SERVER);
    result_fail(p, &kept);
    for (int i = 0; i < NROWS; i++)
        ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 1);
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), RC_SERVER);
    ck_assert_str_eq(f.text, "half-way");
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 0); /* it is told once */
    result_clear(&r);
}
END_TEST

/* Rows, a count, and a reply that is only an error; rows that nobody read are dropped on the way.
 */
START_TEST(replies_in_order)
{
    struct result r = {0};
    struct fault f, kept;
    fill(reply_of(&r, 3));
    struct reply *p = result_add(&r);
    p->affected = 7;
    ck_assert_int_eq(fault(&kept, RC_SERVER, "second"), RC_SERVER);
    result_fail(result_add(&r), &kept);
    ck_assert_int_eq(result_next(&r, NULL, &f), 1);
    ck_assert_uint_eq(r.current->affected, 7);
    ck_assert_int_eq(result_next(&r, NULL, &f), RC_SERVER);
    ck_assert_str_eq(f.text, "second");
    ck_assert_int_eq(result_next(&r, NULL, &f), 0);
    ck_assert_ptr_null(r.tail);
    result_clear(&r);
}
END_TEST

START_TEST(copied_row)
{
    struct arena a = {0};
    char text[] = "borrowed";
    struct cell cells[2] = {cell(text), {0}};
    const struct cell *copy = result_copy_row(&a, cells, 2);
    ck_assert_ptr_nonnull(copy);
    memset(text, 'x', sizeof text - 1);
    ck_assert(cell_is(&copy[0], "borrowed"));
    ck_assert(cell_is(&copy[1], NULL));
    arena_clear(&a);
}
END_TEST

/* --- results that are too much ------------------------------------------------------------------
 */

/* A server that has said all it will ever say. */
struct tape {
    struct stream io;
    struct buf bytes;
    size_t at;
};

static int tape_read(struct stream *io, void *p, size_t n, size_t *got, int64_t deadline,
                     struct fault *f)
{
    struct tape *t = (struct tape *)io;
    (void)deadline;
    size_t left = t->bytes.len - t->at;
    *got = n < left ? n : left;
    memcpy(p, t->bytes.p + t->at, *got);
    t->at += *got;
    return *got ? RC_OK : fault(f, RC_LOST, "the tape is at its end");
}

static int tape_write(struct stream *io, const void *p, size_t n, int64_t deadline, struct fault *f)
{
    (void)io, (void)p, (void)n, (void)deadline, (void)f;
    return RC_OK;
}

static bool tape_alive(struct stream *io)
{
    (void)io;
    return true;
}

static void tape_abort(struct stream *io)
{
    (void)io;
}

static void tape_close(struct stream *io)
{
    buf_clear(&((struct tape *)io)->bytes);
    free(io);
}

static const struct stream_ops tape_ops = {tape_read, tape_write, tape_alive, tape_abort,
                                           tape_close};

static void say(struct tape *t, unsigned seq, const void *p, size_t n)
{
    buf_put_u16(&t->bytes, (uint16_t)n);
    buf_putc(&t->bytes, (unsigned)(n >> 16));
    buf_putc(&t->bytes, seq & 255);
    buf_put(&t->bytes, p, n);
}

enum { BIG_ROWS = 3000, BIG_CELL = 200 };

static struct session *session_with_big_result(void)
{
    static const char greeting[] =
        "\x0a"
        "8.4.0\0\7\0\0\0abcdefgh\0\x0d\xa2\xff\2\0\xbf\x01\x15\0\0\0\0\0\0\0\0\0\0"
        "ijklmnopqrst\0mysql_native_password";
    static const char column[] = "\3"
                                 "def\0\0\0\1c\0\x0c\x21\0\0\1\0\0\xfd\0\0\0\0";
    struct session_opts o = {
        .tls.mode = TLS_DISABLED, .user = "u", .socket = "/nonexistent/so/nobody/is/killed"};
    struct tape *t = calloc(1, sizeof *t);
    struct session *s = NULL;
    struct fault f = {0};
    ck_assert_ptr_nonnull(t);
    t->io.ops = &tape_ops;
    say(t, 0, greeting, sizeof greeting);
    say(t, 2, "\0\0\0\2\0\0\0", 7);
    say(t, 1, "\1", 1);
    say(t, 2, column, sizeof column);
    unsigned char row[1 + BIG_CELL];
    memset(row, 'x', sizeof row);
    row[0] = BIG_CELL;
    for (unsigned i = 0; i < BIG_ROWS; i++)
        say(t, 3 + i, row, sizeof row);
    say(t, 3 + BIG_ROWS, "\xfe\0\0\2\0\0\0", 7);
    say(t, 1, "\0\0\0\2\0\0\0", 7); /* to the next command */
    ck_assert_msg(session_open_stream(&o, &t->io, &s, &f) == RC_OK, "%s", f.text);
    ck_assert_msg(session_query(s, "SELECT c", 8, &f) == RC_OK, "%s", f.text);
    return s;
}

static const struct {
    size_t max;
    bool is_whole;
} keeps[] = {{0, true}, {BIG_ROWS * BIG_CELL * 2, true}, {100000, false}, {1, false}};

/* What is too much for memory becomes an error behind the rows that were kept; the wire is free. */
START_TEST(kept_so_far)
{
    struct session *s = session_with_big_result();
    struct result r = {0};
    struct fault f = {0};
    const struct cell *cells = NULL;
    ck_assert_int_eq(result_take(&r, s, &f), RC_OK);
    r.keep_max = keeps[_i].max;
    ck_assert_int_eq(result_keep(&r, &(struct dbc){.session = s}, &f), RC_OK);
    ck_assert(session_idle(s) && !r.on_wire);
    size_t n = 0;
    int got = result_row(&r, s, &cells, &f);
    for (; got == 1; n++)
        got = result_row(&r, s, &cells, &f);
    if (keeps[_i].is_whole) {
        ck_assert_msg(got == 0 && n == BIG_ROWS, "%zu rows, then %d", n, got);
    } else {
        ck_assert_msg(got == RC_MEMORY && n < BIG_ROWS, "%zu rows, then %d", n, got);
        ck_assert_msg(strstr(f.text, "second connection") != NULL, "%s", f.text);
    }
    ck_assert_int_eq(session_ping(s, &f), RC_OK);
    result_clear(&r);
    session_close(s);
}
END_TEST

/* Rows that stay: read as far as asked for, in any order, and on after the wire was given away. */
START_TEST(held_rows)
{
    struct session *s = session_with_big_result();
    struct result r = {0};
    struct fault f = {0};
    size_t have = 4711;
    ck_assert_int_eq(result_take(&r, s, &f), RC_OK);
    ck_assert_int_eq(result_hold(&r, s, 0, &have, &f), RC_OK);
    ck_assert_uint_eq(have, 0);
    ck_assert_int_eq(result_hold(&r, s, 3, &have, &f), RC_OK);
    ck_assert_uint_eq(have, 3);
    ck_assert_uint_eq(r.current->nindex, 3);
    ck_assert(r.on_wire);
    ck_assert_ptr_nonnull(result_held(&r, 2));
    if (_i)
        ck_assert_int_eq(result_keep(&r, &(struct dbc){.session = s}, &f), RC_OK);
    ck_assert_int_eq(result_hold(&r, s, SIZE_MAX, &have, &f), RC_OK);
    ck_assert_uint_eq(have, BIG_ROWS);
    for (size_t i = BIG_ROWS; i-- > 0;) {
        const struct cell *cells = result_held(&r, i);
        ck_assert_msg(cells && cells[0].p && cells[0].len == BIG_CELL, "row %zu", i);
    }
    ck_assert_int_eq(session_ping(s, &f), RC_OK);
    result_clear(&r);
    session_close(s);
}
END_TEST

/* Too much to hold: an error for every row behind those in memory, again and again. */
START_TEST(held_so_far)
{
    struct session *s = session_with_big_result();
    struct result r = {0};
    size_t have = 4711;
    struct fault f = {0};
    ck_assert_int_eq(result_take(&r, s, &f), RC_OK);
    r.keep_max = 100000;
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(result_hold(&r, s, SIZE_MAX, &have, &f), RC_MEMORY);
        ck_assert_msg(strstr(f.text, "forward-only") != NULL, "%s", f.text);
        ck_assert_msg(have > 0 && have < BIG_ROWS, "%zu rows", have);
        f = (struct fault){0};
    }
    ck_assert_int_eq(result_hold(&r, s, have, &have, &f), RC_OK);
    ck_assert_int_eq(session_ping(s, &f), RC_OK);
    result_clear(&r);
    session_close(s);
}
END_TEST

/* A result that nobody wants leaves the wire free. */
START_TEST(dropped)
{
    struct session *s = session_with_big_result();
    struct result r = {0};
    struct fault f = {0};
    ck_assert_int_eq(result_take(&r, s, &f), RC_OK);
    ck_assert_int_eq(result_drop(&r, s, &f), RC_OK);
    ck_assert(session_idle(s) && !r.on_wire);
    ck_assert_int_eq(session_ping(s, &f), RC_OK);
    result_clear(&r);
    session_close(s);
}
END_TEST

Suite *check_result(void);
Suite *check_result(void)
{
    Suite *s = suite_create("result");
    TCase *t = tcase_create("memory");
    tcase_add_test(t, rows_come_back);
    tcase_add_test(t, error_behind_rows);
    tcase_add_test(t, replies_in_order);
    tcase_add_test(t, copied_row);
    tcase_add_loop_test(t, kept_so_far, 0, (int)(sizeof keeps / sizeof *keeps));
    tcase_add_loop_test(t, held_rows, 0, 2);
    tcase_add_test(t, held_so_far);
    tcase_add_test(t, dropped);
    suite_add_tcase(s, t);
    return s;
}
