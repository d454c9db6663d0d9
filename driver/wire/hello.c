/* hello.c - greeting and handshake response. */
#include "wire/hello.h"

#include <stdio.h>

#include "base/text.h"
#include "wire/cmd.h"
#include "wire/reply.h"
#include "wire/session.h"

#define PROTOCOL  10u
#define ATTRS_MAX 65535u /* MySQL cuts longer ones off; MariaDB refuses them */

/* Digits of one part of a version; stops behind the dot. */
static unsigned version_part(const char **s)
{
    unsigned v = 0;
    for (; **s >= '0' && **s <= '9'; (*s)++) {
        v = v < 100 ? v * 10 + (unsigned)(**s - '0') : v;
    }
    *s += **s == '.';
    return v;
}

unsigned hello_version(const char *s)
{
    unsigned number = version_part(&s) * 10000;
    number += version_part(&s) % 100 * 100;
    return number + version_part(&s) % 100;
}

/* A version string goes to messages and logs, so only printable ASCII stays. */
static void take_version(struct hello *h, struct rd_range version)
{
    size_t n = version.n < sizeof h->version - 1 ? version.n : sizeof h->version - 1;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = version.p[i];
        h->version[i] = c >= ' ' && c < 0x7F ? (char)c : '?';
    }
    h->version[n] = 0;
    h->is_extended = product_row(product_named(h->version, NULL))->extends_protocol;
    if (h->is_extended && strncmp(h->version, "5.5.5-", 6) == 0) {
        memmove(h->version, h->version + 6, n - 6 + 1);
    }
    h->number = hello_version(h->version);
}

bool hello_is_passing(uint32_t number)
{
    static const uint32_t passing[] = {
        1040, /* too many connections */
        1053, /* shutting down */
        1129, /* our host is blocked, for what other connections did */
        1203, /* max_user_connections */
        1226, /* a limit of the user's, also per hour */
        3032, /* offline mode */
        3168, /* not available (group replication) */
    };
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (passing[i] == number) {
            return true;
        }
    }
    return false;
}

/* The server answers with an error instead of a greeting. */
static int refused(struct rd_range packet, struct fault *f)
{
    struct fault words;
    int rc = reply_err(packet, &words);
    if (rc != RC_SERVER) {
        return fault(f, rc, "%s", words.text);
    }
    return fault_server(f, hello_is_passing(words.number) ? RC_CONNECT : RC_DENIED, words.number,
                        words.state[0] ? words.state : NULL, words.text, strlen(words.text));
}

uint8_t hello_charset(uint8_t greeted, bool is_extended)
{
    enum { GENERAL_CI = 45, BIN = 46, UNICODE_FIRST = 224, UNICODE_LAST = 247, UCA_0900 = 255 };
    bool is_utf8mb4 = greeted == BIN || greeted == UCA_0900 ||
                      (greeted >= UNICODE_FIRST && greeted <= UNICODE_LAST);
    return is_utf8mb4 && !is_extended ? greeted : GENERAL_CI;
}

struct rd_range hello_nonce(struct rd_range nonce)
{
    if (nonce.n == HELLO_NONCE_BYTES + 1 && nonce.p[HELLO_NONCE_BYTES] == 0) {
        nonce.n--;
    }
    return nonce;
}

/* The second half of the nonce, and the plugin's name.  Some old servers forget the NUL after the
 * name. */
static void take_auth(struct hello *h, struct rd *r, unsigned auth_len)
{
    size_t rest = auth_len > 8 + 13 ? auth_len - 8 : 13;
    rest = rest < rd_left(r) ? rest : rd_left(r);
    struct rd_range more = rd_bytes(r, rest);
    more.n = more.n < sizeof h->nonce - h->nnonce ? more.n : sizeof h->nonce - h->nnonce;
    memcpy(h->nonce + h->nnonce, more.p, more.n);
    h->nnonce = hello_nonce((struct rd_range){h->nonce, h->nnonce + more.n}).n;
    if (h->capabilities & CAP_PLUGIN_AUTH) {
        struct rd_range name = rd_rest(r);
        const unsigned char *nul = name.n ? memchr(name.p, 0, name.n) : NULL;
        size_t n = nul ? (size_t)(nul - name.p) : name.n;
        (void)snprintf(h->plugin, sizeof h->plugin, "%.*s",
                       (int)(n < sizeof h->plugin ? n : sizeof h->plugin - 1),
                       (const char *)name.p);
    }
}

int hello_parse(struct hello *h, struct rd_range packet, struct fault *f)
{
    *h = (struct hello){.charset = hello_charset(0, false)}; /* for a greeting that tells none */
    if (packet.n && packet.p[0] == 0xFF) {
        return refused(packet, f);
    }
    struct rd r = rd_init(packet.p, packet.n);
    unsigned protocol = rd_u8(&r);
    if (packet.n && protocol != PROTOCOL) {
        return fault(f, RC_UNSUPPORTED,
                     "the server speaks version %u of the protocol, this driver only version %u "
                     "(MySQL 4.1 and newer); is this the right port?",
                     protocol, PROTOCOL);
    }
    take_version(h, rd_nulstr(&r));
    h->connection_id = rd_u32(&r);
    struct rd_range nonce = rd_bytes(&r, 8);
    rd_u8(&r);
    uint64_t low = rd_u16(&r);
    if (!rd_ok(&r)) {
        return fault(
            f, RC_PROTOCOL,
            "a greeting of %zu bytes that ends too early; is this the port of a MySQL server?",
            packet.n);
    }
    memcpy(h->nonce, nonce.p, nonce.n);
    h->nnonce = nonce.n;
    h->capabilities = low;
    if (rd_left(&r)) {
        h->charset = hello_charset(rd_u8(&r), h->is_extended);
        h->status = rd_u16(&r);
        h->capabilities |= (uint64_t)rd_u16(&r) << 16;
        unsigned auth_len = rd_u8(&r);
        rd_bytes(&r, 6);
        uint64_t extended = rd_u32(&r);
        if (!(h->capabilities & CAP_LONG_PASSWORD) && h->is_extended) {
            h->capabilities |= extended << 32;
        }
        take_auth(h, &r, auth_len);
    }
    if (!rd_ok(&r)) {
        return fault(f, RC_PROTOCOL, "a greeting of %zu bytes that ends too early", packet.n);
    }
    if (!(h->capabilities & CAP_PROTOCOL_41) || !(h->capabilities & CAP_SECURE_CONNECTION)) {
        return fault(f, RC_UNSUPPORTED, "the server (%s) is older than MySQL 4.1", h->version);
    }
    return RC_OK;
}

/* The first 32 bytes of a response; they are the whole of an SSL request. */
void hello_put_ssl_request(struct buf *b, uint64_t capabilities, uint8_t charset)
{
    static const unsigned char filler[19];
    buf_put_u32(b, (uint32_t)capabilities);
    buf_put_u32(b, 1u << 30); /* the longest packet we take */
    buf_putc(b, charset);
    buf_put(b, filler, sizeof filler);
    buf_put_u32(b, (uint32_t)(capabilities >> 32));
}

static void put_nulstr(struct buf *b, const char *s)
{
    buf_puts(b, s ? s : "");
    buf_putc(b, 0);
}

static void put_attrs(struct buf *b, const struct hello_answer *a)
{
    struct buf all;
    buf_init(&all, ATTRS_MAX);
    for (size_t i = 0; i < a->nattrs; i++) {
        size_t before = all.len;
        buf_put_lenstr(&all, a->attrs[i].key, strlen(a->attrs[i].key));
        buf_put_lenstr(&all, a->attrs[i].value, strlen(a->attrs[i].value));
        if (!buf_ok(&all)) { /* those that fit are sent */
            all.len = before;
            break;
        }
    }
    buf_put_lenstr(b, all.p, all.len);
    buf_clear(&all);
}

/* The authentication answer in the form the capabilities ask for; one that is too long for a length
 * byte is left out: the server then asks for it by itself. */
static void put_auth(struct buf *b, const struct hello_answer *a, bool is_lenenc)
{
    size_t n = !is_lenenc && a->auth.n > 255 ? 0 : a->auth.n;
    if (is_lenenc) {
        buf_put_lenenc(b, n);
    } else {
        buf_putc(b, (unsigned)n);
    }
    buf_put(b, a->auth.p, n);
}

void hello_put_response(struct buf *b, const struct hello_answer *a)
{
    hello_put_ssl_request(b, a->capabilities, a->charset);
    put_nulstr(b, a->user);
    put_auth(b, a, (a->capabilities & CAP_AUTH_LENENC) != 0);
    if (a->capabilities & CAP_CONNECT_WITH_DB) {
        put_nulstr(b, a->database);
    }
    if (a->capabilities & CAP_PLUGIN_AUTH) {
        put_nulstr(b, a->plugin);
    }
    if (a->capabilities & CAP_CONNECT_ATTRS) {
        put_attrs(b, a);
    }
    if (a->capabilities & CAP_ZSTD) {
        buf_putc(b, HELLO_ZSTD_LEVEL);
    }
}

void hello_put_change_user(struct buf *b, const struct hello_answer *a)
{
    buf_putc(b, CMD_CHANGE_USER);
    put_nulstr(b, a->user);
    put_auth(b, a, false);
    put_nulstr(b, a->database);
    buf_put_u16(b, a->charset);
    if (a->capabilities & CAP_PLUGIN_AUTH) {
        put_nulstr(b, a->plugin);
    }
    if (a->capabilities & CAP_CONNECT_ATTRS) {
        put_attrs(b, a);
    }
}
