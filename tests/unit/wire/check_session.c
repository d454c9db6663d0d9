/* check_session.c - whole sessions from transcripts: as written, byte by byte, cut at every byte,
 * with every byte damaged, and with every allocation failing. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"
#include "unit/torture.h"

/* Every transcript that there is. */
enum { NFILES_MAX = 200 };
static char files[NFILES_MAX][64];
static int nfiles;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void find_files(void)
{
    DIR *d = opendir(TEST_DATA_DIR "/wire");
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        if (strstr(e->d_name, ".txt") && nfiles < NFILES_MAX) {
            (void)snprintf(files[nfiles++], sizeof files[0], "%.60s", e->d_name);
        }
    }
    if (d) {
        (void)closedir(d);
    }
    qsort(files, (size_t)nfiles, sizeof files[0], by_name);
}

/* No announced length may cost more than the read buffer and what the login reserves. */
enum { LARGEST = 256 << 10 };

static void compare_report(const struct transcript *t, const struct transcript_play *p,
                           struct buf *report, const char *file)
{
    char *line = (char *)(size_t)buf_str(report);
    for (size_t i = 0; i < t->report.n; i++) {
        char *end = strchr(line, '\n');
        ck_assert_msg(end != NULL, "%s: the report ends before: %s", file, t->report.words[i]);
        *end = 0;
        ck_assert_msg(strcmp(line, t->report.words[i]) == 0,
                      "%s: line %zu of the report\n  is     %s\n  not    %s", file, i + 1, line,
                      t->report.words[i]);
        line = end + 1;
    }
    ck_assert_msg(*line == 0, "%s: the report goes on: %s", file, line);
    ck_assert_msg(p->wrong[0] == 0, "%s: %s", file, p->wrong);
}

static void play_as_written(const char *file, size_t step)
{
    struct transcript t;
    transcript_load(&t, file);
    for (size_t i = 0; i < t.opts.n && step; i++) {
        step = strcmp(t.opts.words[i], "whole") == 0 ? 0 : step;
    }
    struct transcript_play p = {.cut = SIZE_MAX, .step = step};
    struct buf report = {0};
    play(&t, &p, &report);
    if (getenv("WIRE_SHOW_REPORT")) {
        (void)fprintf(stderr, "== %s\n%s%s\n", file, buf_str(&report), p.wrong);
    }
    compare_report(&t, &p, &report, file);
    ck_assert_msg(p.is_closed, "%s: the stream was not closed", file);
    ck_assert_msg(p.at == t.nitems || (p.at + 1 == t.nitems && t.items[p.at].is_server),
                  "%s: the transcript goes on after line %zu", file, p.at);
    buf_clear(&report);
    transcript_clear(&t);
}

START_TEST(are_there)
{
    ck_assert_int_gt(nfiles, 40);
    ck_assert_int_lt(nfiles, NFILES_MAX);
}
END_TEST

START_TEST(as_written)
{
    play_as_written(files[_i], 0);
}
END_TEST

START_TEST(byte_by_byte)
{
    play_as_written(files[_i], 1);
}
END_TEST

/* The end of the report: after a cut nothing but a loss may follow. */
START_TEST(cut_anywhere)
{
    struct transcript t;
    transcript_load(&t, files[_i]);
    for (size_t cut = 0; cut < t.nserver; cut++) {
        struct transcript_play p = {.cut = cut};
        struct buf report = {0};
        play(&t, &p, &report);
        const char *text = buf_str(&report);
        ck_assert_msg(strstr(text, "rc=") != NULL || t.calls.n == 0,
                      "%s: cut at %zu, no error:\n%s", files[_i], cut, text);
        ck_assert_msg(p.is_closed, "%s: cut at %zu: not closed", files[_i], cut);
        buf_clear(&report);
    }
    transcript_clear(&t);
}
END_TEST

START_TEST(damaged_anywhere)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xFF, 0xFE};
    struct transcript t;
    transcript_load(&t, files[_i]);
    for (size_t i = 0; i < t.nserver * sizeof masks; i++) {
        struct transcript_play p = {
            .cut = SIZE_MAX, .flip = i / sizeof masks, .mask = masks[i % sizeof masks]};
        struct buf report = {0};
        bool is_on = torture_begin(0);
        play(&t, &p, &report);
        (void)torture_end();
        size_t largest = torture_largest();
        ck_assert(is_on);
        ck_assert_msg(p.is_closed, "%s: byte %zu damaged: not closed", files[_i], p.flip);
        ck_assert_msg(largest <= LARGEST, "%s: byte %zu damaged: %zu bytes allocated at once",
                      files[_i], p.flip, largest);
        buf_clear(&report);
    }
    transcript_clear(&t);
}
END_TEST

START_TEST(without_memory)
{
    struct transcript t;
    transcript_load(&t, files[_i]);
    struct buf report = {0};
    bool has_room = buf_reserve(&report, 64 << 10); /* the report itself asks for nothing */
    size_t n;
    for (n = 1; torture_begin(n); n++) {
        struct transcript_play p = {.cut = SIZE_MAX};
        buf_reset(&report);
        play(&t, &p, &report);
        (void)torture_end();
    }
    ck_assert(has_room && n > 2);
    buf_clear(&report);
    transcript_clear(&t);
}
END_TEST

Suite *check_session(void);
Suite *check_session(void)
{
    find_files();
    Suite *s = suite_create("session");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, are_there);
    tcase_add_loop_test(c, as_written, 0, nfiles);
    tcase_add_loop_test(c, byte_by_byte, 0, nfiles);
    tcase_add_loop_test(c, cut_anywhere, 0, nfiles);
    tcase_add_loop_test(c, damaged_anywhere, 0, nfiles);
    tcase_add_loop_test(c, without_memory, 0, nfiles);
    suite_add_tcase(s, c);
    return s;
}
