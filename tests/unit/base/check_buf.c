/* check_buf.c - growable bytes: ceiling, sticky failure, ownership; and the arena. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "torture.h"

static void invariants(const struct buf *b)
{
    ck_assert(b->len <= b->cap && (b->p || b->cap == 0));
    ck_assert(!b->max || b->cap <= b->max);
}

START_TEST(appends)
{
    struct buf b = {0};
    for (unsigned i = 0; i < 3000; i++) {
        buf_putc(&b, i);
        buf_puts(&b, "ab");
        buf_put(&b, "\0c", 2);
        invariants(&b);
    }
    ck_assert(buf_ok(&b) && b.len == 15000);
    for (unsigned i = 0; i < 3000; i++) {
        ck_assert(b.p[i * 5] == (unsigned char)i && memcmp(b.p + i * 5 + 1, "ab\0c", 4) == 0);
    }
    buf_reset(&b);
    ck_assert(b.len == 0 && b.cap > 0);
    ck_assert_str_eq(buf_str(&b), "");
    buf_clear(&b);
    buf_clear(&b);
    buf_clear(NULL);
    ck_assert(b.p == NULL && b.cap == 0);
    ck_assert_str_eq(buf_str(&b), "");
}
END_TEST

START_TEST(formats)
{
    struct buf b = {0};
    char want[2000] = "";
    for (int i = 0; i < 90; i++) { /* every amount of room that may be left */
        buf_printf(&b, "%d-%s;", i, "xyz");
        char one[32];
        (void)snprintf(one, sizeof one, "%d-%s;", i, "xyz");
        (void)strcat(want, one);
        ck_assert_str_eq(buf_str(&b), want);
        invariants(&b);
    }
    buf_printf(&b, "%s", "");
    ck_assert_uint_eq(b.len, strlen(want));
    buf_clear(&b);
    buf_printf(&b, "%0300d", 7);
    ck_assert_uint_eq(b.len, 300);
    buf_clear(&b);
}
END_TEST

START_TEST(integers)
{
    struct buf b = {0};
    buf_put_u16(&b, 0x0201);
    buf_put_u32(&b, 0x06050403);
    buf_put_u64(&b, UINT64_C(0x0e0d0c0b0a090807));
    ck_assert_uint_eq(b.len, 14);
    for (unsigned i = 0; i < 14; i++) {
        ck_assert_uint_eq(b.p[i], i + 1);
    }
    buf_clear(&b);
}
END_TEST

static const struct {
    uint64_t v;
    size_t n;
    unsigned char bytes[9];
} lenencs[] = {
    {0, 1, {0}},
    {250, 1, {250}},
    {251, 3, {0xFC, 251, 0}},
    {0xFFFF, 3, {0xFC, 0xFF, 0xFF}},
    {0x10000, 4, {0xFD, 0, 0, 1}},
    {0xFFFFFF, 4, {0xFD, 0xFF, 0xFF, 0xFF}},
    {0x1000000, 9, {0xFE, 0, 0, 0, 1, 0, 0, 0, 0}},
    {UINT64_MAX, 9, {0xFE, 255, 255, 255, 255, 255, 255, 255, 255}},
};

START_TEST(length_encoded)
{
    struct buf b = {0};
    buf_put_lenenc(&b, lenencs[_i].v);
    ck_assert_msg(b.len == lenencs[_i].n && memcmp(b.p, lenencs[_i].bytes, b.len) == 0, "row %d",
                  _i);
    buf_reset(&b);
    buf_put_lenstr(&b, "abc", 3);
    ck_assert(b.len == 4 && memcmp(b.p, "\3abc", 4) == 0);
    buf_clear(&b);
}
END_TEST

/* At every ceiling: exactly that much fits, and after the failure nothing changes any more. */
START_TEST(ceiling)
{
    for (size_t max = 1; max < 300; max++) {
        struct buf b;
        buf_init(&b, max);
        for (size_t i = 0; i < max; i++) {
            buf_putc(&b, 'x');
        }
        ck_assert_msg(buf_ok(&b) && b.len == max, "max %zu", max);
        ck_assert_uint_eq(strlen(buf_str(&b)), max); /* the terminator is not counted */
        ck_assert(buf_grow(&b, 0) != NULL);
        buf_putc(&b, 'y');
        ck_assert_msg(!buf_ok(&b), "max %zu", max);
        size_t len = b.len;
        buf_puts(&b, "more");
        buf_printf(&b, "%d", 1);
        buf_put_u64(&b, 1);
        ck_assert(buf_grow(&b, 1) == NULL && !buf_reserve(&b, 1) && b.len == len);
        ck_assert_str_eq(buf_str(&b), "");
        size_t n = 9;
        ck_assert(buf_take(&b, &n) == NULL && n == 0);
        buf_reset(&b);
        buf_putc(&b, 'z');
        ck_assert(buf_ok(&b) && b.len == 1 && b.max == max);
        buf_clear(&b);
        ck_assert_uint_eq(b.max, max);
    }
}
END_TEST

/* A text keeps its beginning at every ceiling, cut between characters, in whatever way it came;
 * what comes later is dropped, also if it would fit. */
START_TEST(text_ceiling)
{
    static const char all[] = "ab\u20ac\U0001F600cd\u00e9 and so on";
    for (size_t max = 1; max <= sizeof all; max++) {
        for (int way = 0; way < 4; way++) {
            struct buf b;
            buf_init_text(&b, max);
            size_t n = sizeof all - 1, want = n <= max ? n : text_floor(all, n, max);
            for (size_t i = 0; i < n && way == 0; i++)
                buf_putc(&b, (unsigned char)all[i]);
            if (way == 1)
                buf_puts(&b, all);
            if (way == 2)
                buf_printf(&b, "%s", all);
            for (size_t i = 0; i < n && way == 3; i += 3)
                buf_printf(&b, "%.*s", n - i < 3 ? (int)(n - i) : 3, all + i);
            ck_assert_msg(buf_ok(&b) && b.len == want && !strncmp(buf_str(&b), all, want) &&
                              strlen(buf_str(&b)) == want,
                          "max %zu, way %d: %zu bytes, %s", max, way, b.len, buf_str(&b));
            if (want < n) {
                buf_putc(&b, 'x');
                buf_puts(&b, "y");
                buf_printf(&b, "%d", 1);
                ck_assert_msg(b.len == want && buf_ok(&b), "max %zu, way %d: %s", max, way,
                              buf_str(&b));
            }
            buf_reset(&b);
            buf_putc(&b, 'z');
            ck_assert_str_eq(buf_str(&b), "z");
            buf_clear(&b);
            buf_puts(&b, all);
            ck_assert_uint_eq(b.len, want);
            buf_wipe(&b);
        }
    }
}
END_TEST

/* Sizes that no machine has: refused by arithmetic, before any allocation. */
START_TEST(absurd_sizes)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1, (size_t)PTRDIFF_MAX};
    struct buf b = {0};
    buf_putc(&b, 'x');
    ck_assert(!buf_reserve(&b, sizes[_i]) && !buf_ok(&b));
    buf_clear(&b);
    struct arena a = {0};
    ck_assert(_i > 1 || arena_alloc(&a, sizes[_i]) == NULL);
    ck_assert(_i > 0 || arena_dup(&a, "", sizes[_i]) == NULL);
    arena_clear(&a);
}
END_TEST

START_TEST(take_and_wipe)
{
    struct buf b = {0};
    size_t n;
    unsigned char *p = buf_take(&b, &n);
    ck_assert(p && n == 0 && p[0] == 0);
    free(p);
    buf_puts(&b, "secret");
    p = buf_take(&b, &n);
    ck_assert(n == 6 && strcmp((char *)p, "secret") == 0 && b.p == NULL && b.len == 0);
    mem_wipe(p, 6);
    ck_assert(memcmp(p, "\0\0\0\0\0\0", 6) == 0);
    free(p);
    mem_wipe(NULL, 0);
    buf_puts(&b, "secret");
    buf_wipe(&b);
    buf_wipe(&b);
    buf_wipe(NULL);
    ck_assert_ptr_null(b.p);
}
END_TEST

START_TEST(arena_sizes)
{
    struct arena a = {0};
    unsigned char *p[400];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 400; i++) {
            size_t n = i * i;
            p[i] = arena_alloc(&a, n);
            ck_assert_msg(p[i] && ((uintptr_t)p[i] & 7) == 0, "size %zu", n);
            memset(p[i], (int)(i & 255), n);
        }
        for (size_t i = 0; i < 400; i++) { /* nothing overlaps */
            for (size_t k = 0; k < i * i; k++) {
                if (p[i][k] != (i & 255)) {
                    ck_abort_msg("block %zu byte %zu", i, k);
                }
            }
        }
        arena_reset(&a);
        ck_assert_msg(a.total <= 1024 * 1024 && a.used == 0, "total %zu", a.total);
    }
    ck_assert_str_eq(arena_strdup(&a, "hello"), "hello");
    char *d = arena_dup(&a, "a\0b", 3);
    ck_assert(memcmp(d, "a\0b", 4) == 0);
    d = arena_dup(&a, NULL, 0);
    ck_assert_str_eq(d, "");
    unsigned char *z = arena_zalloc(&a, 100);
    for (int i = 0; i < 100; i++) {
        ck_assert_uint_eq(z[i], 0);
    }
    arena_clear(&a);
    arena_clear(&a);
    ck_assert(a.head == NULL && a.total == 0);
    arena_reset(&a);
}
END_TEST

/* One large block alone is not kept, small ones reuse their block. */
START_TEST(arena_keeps_little)
{
    struct arena a = {0};
    (void)arena_alloc(&a, 64u << 20);
    arena_reset(&a);
    ck_assert_uint_eq(a.total, 0);
    void *first = arena_alloc(&a, 10);
    size_t total = a.total;
    for (int i = 0; i < 1000; i++) {
        arena_reset(&a);
        ck_assert(arena_alloc(&a, 10) == first && a.total == total);
    }
    arena_clear(&a);
}
END_TEST

/* A large request between small ones stands behind the head, whose room is still used. */
START_TEST(arena_large_between)
{
    struct arena a = {0};
    char *before = arena_strdup(&a, "before");
    unsigned char *big[3];
    for (int i = 0; i < 3; i++) {
        big[i] = arena_alloc(&a, 3u << 20);
        ck_assert_ptr_nonnull(big[i]);
        memset(big[i], i, 3u << 20);
    }
    char *after = arena_strdup(&a, "after");
    ck_assert_ptr_eq(after, before + 8);
    ck_assert(strcmp(before, "before") == 0 && big[0][0] == 0 && big[2][(3u << 20) - 1] == 2);
    arena_reset(&a);
    ck_assert_uint_eq(a.total, 4096);
    arena_clear(&a);
}
END_TEST

/* One after the other, each allocation of a growing buffer fails: nothing is lost that was there,
 * nothing leaks. */
START_TEST(buffer_without_memory)
{
    static const uint16_t units[] = {'a', 0xD83D, 0xDE00, 'b'};
    size_t n;
    for (n = 1; torture_begin(n); n++) {
        struct buf b = {0};
        bool well = true;
        for (int i = 0; i < 100; i++) {
            size_t at;
            buf_puts(&b, "0123456789");
            buf_printf(&b, "%d", i);
            well = text_from_utf16(&b, units, 4, &at) && well;
        }
        size_t len;
        bool ok = buf_ok(&b);
        unsigned char *p = buf_take(&b, &len);
        bool failed = torture_end();
        ck_assert_msg(well && ok == (p != NULL) && ok == !failed, "allocation %zu", n);
        ck_assert(!p || (len == 100 * 16 + 190 && memcmp(p, "01234567890a", 12) == 0));
        free(p);
        buf_clear(&b);
    }
    ck_assert_uint_gt(n, 3);
}
END_TEST

START_TEST(arena_without_memory)
{
    size_t n;
    for (n = 1; torture_begin(n); n++) {
        struct arena a = {0};
        size_t refused = 0;
        for (size_t i = 0; i < 300; i++) {
            void *p = i % 2 ? arena_alloc(&a, i * 40) : arena_dup(&a, "abc", 3);
            refused += p == NULL;
        }
        bool failed = torture_end();
        ck_assert_msg(refused == (failed ? 1u : 0u), "allocation %zu: %zu refused", n, refused);
        arena_reset(&a);
        ck_assert_ptr_nonnull(arena_zalloc(&a, 10));
        arena_clear(&a);
    }
    ck_assert_uint_gt(n, 3);
}
END_TEST

START_TEST(log_without_memory)
{
    size_t n;
    for (n = 1; torture_begin(n); n++) {
        struct log l;
        int rc = log_open(&l, "/dev/null", LOG_INFO, NULL);
        log_line(&l, LOG_INFO, "%0200d", 1); /* a line may get lost, nothing else */
        log_close(&l);
        (void)torture_end();
        ck_assert_int_eq(rc, RC_OK);
    }
    ck_assert_uint_gt(n, 2);
}
END_TEST

Suite *check_buf(void); /* called by the generated main */

Suite *check_buf(void)
{
    Suite *s = suite_create("buf");
    TCase *t = tcase_create("buf");
    tcase_add_test(t, appends);
    tcase_add_test(t, formats);
    tcase_add_test(t, integers);
    tcase_add_loop_test(t, length_encoded, 0, (int)(sizeof lenencs / sizeof *lenencs));
    tcase_add_test(t, ceiling);
    tcase_add_test(t, text_ceiling);
    tcase_add_loop_test(t, absurd_sizes, 0, 4);
    tcase_add_test(t, take_and_wipe);
    tcase_add_test(t, arena_sizes);
    tcase_add_test(t, arena_keeps_little);
    tcase_add_test(t, arena_large_between);
    tcase_add_test(t, buffer_without_memory);
    tcase_add_test(t, arena_without_memory);
    tcase_add_test(t, log_without_memory);
    suite_add_tcase(s, t);
    return s;
}
