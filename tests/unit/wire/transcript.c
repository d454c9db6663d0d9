/* transcript.c - reads transcripts and plays the server's part. */
#include "transcript.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading the file ---- */

static unsigned hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                  : 99;
}

/* One token at s into b; returns the character behind it, or NULL. */
static const char *put_token(struct buf *b, const char *s)
{
    if (*s == '"') {
        const char *end = strchr(s + 1, '"');
        if (end) {
            buf_put(b, s + 1, (size_t)(end - s - 1));
        }
        return end ? end + 1 : NULL;
    }
    unsigned high = hex_digit(s[0]), low = high > 15 ? 99 : hex_digit(s[1]);
    if (low > 15) {
        return NULL;
    }
    unsigned long times = 1;
    char *end = (char *)(size_t)(s + 2);
    if (s[2] == '*' && s[3] >= '0' && s[3] <= '9') {
        times = strtoul(s + 3, &end, 10);
    }
    for (unsigned long i = 0; i < times; i++) {
        buf_putc(b, high << 4 | low);
    }
    return end;
}

static void put_tokens(struct transcript_item *item, struct buf *b, const char *s, const char *line)
{
    while (*s) {
        if (*s == ' ') {
            s++;
        } else if (strcmp(s, "*") == 0) {
            item->is_open_ended = true;
            s++;
        } else {
            s = put_token(b, s);
            ck_assert_msg(s != NULL, "bad token in: %s", line);
        }
    }
}

static void add_item(struct transcript *t, const char *line)
{
    ck_assert(t->nitems < TRANSCRIPT_ITEMS);
    struct transcript_item *item = &t->items[t->nitems++];
    struct buf b = {0};
    char *end = NULL;
    bool is_raw = strncmp(line + 2, "raw", 3) == 0;
    unsigned long seq = is_raw ? 0 : strtoul(line + 2, &end, 10);
    const char *tokens = is_raw ? line + 5 : end;
    item->is_server = line[0] == 'S';
    if (!is_raw) {
        buf_put_u32(&b, 0);
    }
    put_tokens(item, &b, tokens, line);
    item->p = buf_take(&b, &item->n);
    ck_assert(item->p != NULL);
    if (!is_raw) {
        item->p[0] = (unsigned char)(item->n - 4);
        item->p[1] = (unsigned char)((item->n - 4) >> 8);
        item->p[2] = (unsigned char)((item->n - 4) >> 16);
        item->p[3] = (unsigned char)seq;
    }
    t->nserver += item->is_server ? item->n : 0;
}

static void add_text(struct transcript_text *x, const char *s)
{
    ck_assert(x->n < TRANSCRIPT_LINES);
    x->words[x->n] = malloc(strlen(s) + 1);
    ck_assert(x->words[x->n] != NULL);
    memcpy(x->words[x->n++], s, strlen(s) + 1);
}

static void add_line(struct transcript *t, const char *line)
{
    if (strncmp(line, "S ", 2) == 0 || strncmp(line, "C ", 2) == 0) {
        add_item(t, line);
    } else if (strncmp(line, "opt ", 4) == 0) {
        add_text(&t->opts, line + 4);
    } else if (strncmp(line, "do ", 3) == 0) {
        add_text(&t->calls, line + 3);
    } else if (strncmp(line, "= ", 2) == 0) {
        add_text(&t->report, line + 2);
    } else {
        ck_assert_msg(*line == 0 || *line == '#', "what is this line? %s", line);
    }
}

void transcript_load(struct transcript *t, const char *name)
{
    char path[300], line[4000];
    *t = (struct transcript){.nitems = 0};
    (void)snprintf(path, sizeof path, "%s/wire/%s", TEST_DATA_DIR, name);
    FILE *in = fopen(path, "r");
    ck_assert_msg(in != NULL, "%s cannot be opened", path);
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        add_line(t, line);
    }
    (void)fclose(in);
}

static void text_clear(struct transcript_text *x)
{
    for (size_t i = 0; i < x->n; i++) {
        free(x->words[i]);
    }
    x->n = 0;
}

void transcript_clear(struct transcript *t)
{
    for (size_t i = 0; i < t->nitems; i++) {
        free(t->items[i].p);
    }
    t->nitems = 0;
    text_clear(&t->opts);
    text_clear(&t->calls);
    text_clear(&t->report);
}

/* ---- the stream ---- */

struct playing {
    struct stream base;
    const struct transcript *t;
    struct transcript_play *p;
};

static struct playing *playing_of(struct stream *s)
{
    return (struct playing *)(void *)s;
}

static void wrong(struct transcript_play *p, const char *what, size_t item)
{
    if (!p->wrong[0]) {
        (void)snprintf(p->wrong, sizeof p->wrong,
                       "%s (at S/C line %zu, %zu bytes of the server given)", what, item + 1,
                       p->given);
    }
}

/* The next byte of the server; false when it is not the server's turn. */
static bool next_byte(const struct playing *y, unsigned char *byte)
{
    struct transcript_play *p = y->p;
    while (p->at < y->t->nitems && y->t->items[p->at].is_server && p->off == y->t->items[p->at].n) {
        p->at++;
        p->off = 0;
    }
    if (p->at == y->t->nitems || !y->t->items[p->at].is_server || p->given >= p->cut) {
        return false;
    }
    *byte = y->t->items[p->at].p[p->off++];
    if (p->given++ == p->flip) {
        *byte ^= p->mask;
    }
    return true;
}

static int play_read(struct stream *s, void *to, size_t n, size_t *got, int64_t deadline,
                     struct fault *f)
{
    struct playing *y = playing_of(s);
    struct transcript_play *p = y->p;
    unsigned char *out = to;
    size_t most = p->step && p->step < n ? p->step : n;
    (void)deadline;
    *got = 0;
    while (*got < most && !p->is_aborted && next_byte(y, &out[*got])) {
        ++*got;
    }
    if (*got) {
        return RC_OK;
    }
    if (p->at < y->t->nitems && p->given < p->cut && !p->is_aborted) {
        wrong(p, "the client waits for the server, and it is the client's turn", p->at);
    }
    return fault(f, RC_LOST, "the transcript ended");
}

/* Compare what the client has sent with what is due, frame by frame. */
static void compare(struct playing *y)
{
    struct transcript_play *p = y->p;
    for (;;) {
        unsigned char *b = p->sent.p;
        size_t have = p->sent.len,
               n = have < 4 ? 0 : 4 + ((size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16);
        if (have < 4 || have < n) {
            return;
        }
        while (p->at < y->t->nitems && y->t->items[p->at].is_server &&
               p->off == y->t->items[p->at].n) {
            p->at++;
            p->off = 0;
        }
        const struct transcript_item *item = p->at < y->t->nitems ? &y->t->items[p->at] : NULL;
        if (!item || item->is_server) {
            wrong(p, "the client sends a packet, and none is due", p->at);
        } else if (b[3] != item->p[3]) {
            wrong(p, "the client sends another sequence number", p->at);
        } else if (item->is_open_ended ? n < item->n || memcmp(b + 4, item->p + 4, item->n - 4) != 0
                                       : n != item->n || memcmp(b, item->p, n) != 0) {
            wrong(p, "the client sends something else", p->at);
        }
        if (item && !item->is_server) {
            p->at++;
        }
        memmove(b, b + n, have - n);
        p->sent.len -= n;
    }
}

static int play_write(struct stream *s, const void *from, size_t n, int64_t deadline,
                      struct fault *f)
{
    struct playing *y = playing_of(s);
    (void)deadline;
    if (y->p->is_aborted || y->p->given >= y->p->cut) {
        return fault(f, RC_LOST, "the transcript was cut");
    }
    buf_put(&y->p->sent, from, n);
    if (!buf_ok(&y->p->sent)) {
        return fault(f, RC_MEMORY, "no memory in the transcript");
    }
    compare(y);
    return RC_OK;
}

static bool play_alive(struct stream *s)
{
    return !playing_of(s)->p->is_aborted;
}

static void play_abort(struct stream *s)
{
    playing_of(s)->p->is_aborted = true;
}

static void play_close(struct stream *s)
{
    struct playing *y = playing_of(s);
    y->p->is_closed = true;
    buf_clear(&y->p->sent);
    free(y);
}

static const struct stream_ops play_ops = {play_read, play_write, play_alive, play_abort,
                                           play_close};

struct stream *transcript_stream(const struct transcript *t, struct transcript_play *p)
{
    struct playing *y = malloc(sizeof *y);
    if (!y) {
        return NULL;
    }
    *y = (struct playing){.base = {&play_ops}, .t = t, .p = p};
    return &y->base;
}
