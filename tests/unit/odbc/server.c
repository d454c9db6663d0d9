#include "server.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/stream.h"
#include "wire/hello.h"

enum { IN_TRANS = 1, AUTOCOMMIT = 2 };
enum { INIT_DB = 2, QUERY = 3, PING = 14, PREPARE = 22, EXECUTE = 23, RESET = 31 };

struct server {
    struct stream io;
    const struct server_kind *kind;
    struct buf in, out, asked, told;
    size_t read; /* of out */
    bool is_aborted;
    bool is_known; /* logged in */
    unsigned status;
};

static void send_packet(struct server *s, unsigned sequence, const void *p, size_t n)
{
    buf_put_u16(&s->out, (uint16_t)n);
    buf_putc(&s->out, (unsigned)(n >> 16));
    buf_putc(&s->out, sequence);
    buf_put(&s->out, p, n);
}

static void greet(struct server *s)
{
    uint64_t caps = CAP_PROTOCOL_41 | CAP_CONNECT_WITH_DB | CAP_SECURE_CONNECTION |
                    CAP_PLUGIN_AUTH | CAP_LONG_PASSWORD |
                    (s->kind->has_transactions ? CAP_TRANSACTIONS : 0);
    struct buf b = {0};
    buf_putc(&b, 10);
    buf_put(&b, s->kind->version, strlen(s->kind->version) + 1);
    buf_put_u32(&b, 7);
    buf_put(&b, "12345678", 9);
    buf_put_u16(&b, (uint16_t)caps);
    buf_putc(&b, 45);
    buf_put_u16(&b, (uint16_t)s->status);
    buf_put_u16(&b, (uint16_t)(caps >> 16));
    buf_putc(&b, 21);
    buf_put(&b, "\0\0\0\0\0\0\0\0\0\0", 10);
    buf_put(&b, "901234567890", 13);
    buf_put(&b, "mysql_native_password", 22);
    send_packet(s, 0, b.p, b.len);
    buf_clear(&b);
}

static void say_ok(struct server *s, unsigned sequence)
{
    unsigned status = s->status | s->kind->flags;
    unsigned char ok[7] = {0, 0, 0, (unsigned char)status, (unsigned char)(status >> 8), 0, 0};
    send_packet(s, sequence, ok, sizeof(ok));
}

/* What statements do to the flags. */
static void follow(struct server *s, const char *sql)
{
    if (!s->kind->has_transactions)
        return;
    if (!strcmp(sql, "SET autocommit=0"))
        s->status &= ~(unsigned)AUTOCOMMIT;
    else if (!strcmp(sql, "SET autocommit=1"))
        s->status = AUTOCOMMIT;
    else if (!strcmp(sql, "COMMIT") || !strcmp(sql, "ROLLBACK"))
        s->status &= ~(unsigned)IN_TRANS;
    else if (!strncmp(sql, "INSERT", 6) && !(s->status & AUTOCOMMIT))
        s->status |= IN_TRANS;
}

/* Statement 1, with as many parameters as there are question marks. */
static void say_prepared(struct server *s, const char *sql, size_t n)
{
    static const char column[] = "\3def\0\0\0\1?\0\x0c\x3f\0\0\0\0\0\xfd\0\0\0\0\0";
    unsigned char head[12] = {0, 1}, count = 0, sequence = 1;
    for (size_t i = 0; i < n; i++)
        count = (unsigned char)(count + (sql[i] == '?'));
    head[7] = count;
    send_packet(s, sequence, head, sizeof head);
    for (unsigned i = 0; i < count; i++)
        send_packet(s, ++sequence, column, sizeof column - 1);
    if (count)
        send_packet(s, ++sequence, "\xfe\0\0\2\0", 5);
}

/* Prepared statements; false: it is another command. */
static bool answer_prepared(struct server *s, const unsigned char *p, size_t n)
{
    if (p[0] == PREPARE) {
        buf_printf(&s->asked, "prepare %.*s\n", (int)n - 1, (const char *)p + 1);
        say_prepared(s, (const char *)p + 1, n - 1);
    } else if (p[0] == EXECUTE) {
        buf_puts(&s->asked, "execute ");
        for (size_t i = 1; i < n; i++)
            buf_printf(&s->asked, "%02x", p[i]);
        buf_putc(&s->asked, '\n');
        say_ok(s, 1);
    }
    return p[0] == PREPARE || p[0] == EXECUTE;
}

static void answer(struct server *s, const unsigned char *p, size_t n)
{
    char text[256];
    if (answer_prepared(s, p, n))
        return;
    snprintf(text, sizeof(text), "%.*s", (int)n - 1, (const char *)p + 1);
    if (p[0] != QUERY && p[0] != INIT_DB && p[0] != RESET && p[0] != PING)
        return; /* needs no answer */
    buf_printf(&s->asked, "%s%s\n", p[0] == INIT_DB ? "use " : "",
               p[0] == RESET  ? "reset"
               : p[0] == PING ? "ping"
                              : text);
    if (s->kind->refused && !strcmp(text, s->kind->refused)) {
        send_packet(s, 1, "\xff\x28\x04#42000no", 11);
        return;
    }
    follow(s, text);
    say_ok(s, 1);
}

static int server_write(struct stream *io, const void *p, size_t n, int64_t deadline,
                        struct fault *f)
{
    struct server *s = (struct server *)io;
    (void)deadline;
    if (s->is_aborted)
        return fault(f, RC_LOST, "the connection was given up");
    buf_put(&s->in, p, n);
    while (s->in.len >= 4) {
        size_t size = (size_t)(s->in.p[0] | s->in.p[1] << 8 | s->in.p[2] << 16);
        if (s->in.len < 4 + size)
            break;
        if (s->is_known)
            answer(s, s->in.p + 4, size);
        else
            say_ok(s, s->in.p[3] + 1u);
        s->is_known = true;
        memmove(s->in.p, s->in.p + 4 + size, s->in.len - 4 - size);
        s->in.len -= 4 + size;
    }
    return RC_OK;
}

static int server_read(struct stream *io, void *p, size_t n, size_t *got, int64_t deadline,
                       struct fault *f)
{
    struct server *s = (struct server *)io;
    (void)deadline;
    size_t left = s->out.len - s->read;
    if (!left || s->is_aborted)
        return fault(f, RC_LOST, "the server has nothing to say");
    *got = n < left ? n : left;
    memcpy(p, s->out.p + s->read, *got);
    s->read += *got;
    return RC_OK;
}

static bool server_alive(struct stream *io)
{
    return !((struct server *)io)->is_aborted;
}

static void server_abort(struct stream *io)
{
    ((struct server *)io)->is_aborted = true;
}

static void server_close(struct stream *io)
{
    struct server *s = (struct server *)io;
    buf_clear(&s->in);
    buf_clear(&s->out);
    buf_clear(&s->asked);
    buf_clear(&s->told);
    free(s);
}

static const struct stream_ops ops = {server_read, server_write, server_alive, server_abort,
                                      server_close};

struct server *server_join(struct handles *h, const struct server_kind *kind)
{
    struct fault f = {0};
    struct session_opts o = {.user = "app", .tls.mode = TLS_DISABLED};
    struct server *s = calloc(1, sizeof(*s));
    ck_assert_ptr_nonnull(s);
    s->io.ops = &ops;
    s->kind = kind;
    s->status = kind->has_transactions ? AUTOCOMMIT : 0;
    greet(s);
    ck_assert_msg(session_open_stream(&o, &s->io, &h->dbc->session, &f) == RC_OK, "%s", f.text);
    return s;
}

void server_reserve(struct server *s)
{
    struct buf *all[] = {&s->in, &s->out, &s->asked, &s->told};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        (void)buf_reserve(all[i], 1 << 20); /* one that fails shows in what is asked */
}

const char *server_asked(struct server *s)
{
    struct buf last = s->told;
    s->told = s->asked;
    s->asked = last;
    buf_reset(&s->asked);
    return buf_str(&s->told);
}
