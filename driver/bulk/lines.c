/* lines.c - the header lines of a request.
 *
 * A header cannot carry CR, LF or NUL, and must not speak for the driver: names are checked against
 * the characters of RFC 9110 5.6.2 and the list of what is ours. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "bulk/load_parts.h"

void lines_init(struct lines *l)
{
    *l = (struct lines){0};
    /* room beforehand, so that the login is not left behind in a block that was outgrown */
    (void)buf_reserve(&l->text, 65536); /* breaks the buffer: lines_seal tells */
}

void lines_add(struct lines *l, const char *name, const char *value)
{
    if (l->n == LINES_MAX) {
        l->text.broken = true;
        return;
    }
    l->at[l->n++] = l->text.len;
    buf_printf(&l->text, "%s: %s", name, value);
    buf_putc(&l->text, 0);
}

void lines_add_number(struct lines *l, const char *name, int64_t value)
{
    char digits[NUM_INT_CHARS + 1];
    digits[num_put_i64(digits, value)] = 0;
    lines_add(l, name, digits);
}

int lines_seal(struct lines *l, struct fault *f)
{
    if (!buf_ok(&l->text))
        return fault(f, RC_MEMORY, "Stream Load: out of memory, or more than %d headers",
                     LINES_MAX);
    for (size_t i = 0; i < l->n; i++)
        l->p[i] = (const char *)l->text.p + l->at[i];
    l->p[l->n] = NULL;
    return RC_OK;
}

void lines_clear(struct lines *l)
{
    buf_wipe(&l->text);
    l->n = 0;
    l->p[0] = NULL;
}

/* ---- headers of a request ---- */

/* The one that counts: the last of its name. */
static bool counts(const struct load_request *q, size_t at)
{
    for (size_t i = at + 1; i < q->nheaders; i++)
        if (text_eq(q->headers[i].name, q->headers[at].name))
            return false;
    return q->headers[at].value[0] != 0;
}

const char *request_header(const struct load_request *q, const char *name)
{
    for (size_t i = q->nheaders; i-- > 0;)
        if (text_eq(q->headers[i].name, name))
            return q->headers[i].value;
    return NULL;
}

static const char *take_text(char **to, const char *s)
{
    size_t n = strlen(s) + 1;
    char *at = *to;
    memcpy(at, s, n);
    *to += n;
    return at;
}

struct load_request *request_dup(const struct load_request *q)
{
    size_t n = strlen(q->database) + strlen(q->table) + strlen(q->label) + 3;
    for (size_t i = 0; i < q->nheaders; i++)
        n += strlen(q->headers[i].name) + strlen(q->headers[i].value) + 2;
    size_t head = sizeof *q + q->nheaders * sizeof *q->headers;
    struct load_request *out = malloc(head + n);
    if (!out)
        return NULL;
    struct load_header *h = (struct load_header *)(out + 1);
    char *text = (char *)out + head;
    *out = *q;
    out->database = take_text(&text, q->database);
    out->table = take_text(&text, q->table);
    out->label = take_text(&text, q->label);
    out->headers = h;
    for (size_t i = 0; i < q->nheaders; i++) {
        h[i].name = take_text(&text, q->headers[i].name);
        h[i].value = take_text(&text, q->headers[i].value);
    }
    return out;
}

void lines_add_request(struct lines *l, const struct load_request *q)
{
    static const struct load_header defaults[] = {{"strict_mode", "true"},
                                                  {"max_filter_ratio", "0"}};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (!request_header(q, defaults[i].name))
            lines_add(l, defaults[i].name, defaults[i].value);
    for (size_t i = 0; i < q->nheaders; i++)
        if (counts(q, i) && !text_eq(q->headers[i].name, "timeout"))
            lines_add(l, q->headers[i].name, q->headers[i].value);
}

static bool is_token(const char *s)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    const char *start = s;
    for (; *s; s++) {
        bool alnum = (*s >= '0' && *s <= '9') || ((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z');
        if (!alnum && !strchr(others, *s))
            return false;
    }
    return s != start && s - start <= 128;
}

static bool is_ours(const char *name)
{
    static const char *const ours[] = {"host",
                                       "authorization",
                                       "expect",
                                       "content-length",
                                       "connection",
                                       "label",
                                       "transfer-encoding",
                                       "db",
                                       "table",
                                       "two_phase_commit",
                                       "txn_id",
                                       "txn_operation",
                                       "te",
                                       "upgrade",
                                       "trailer",
                                       "proxy-authorization",
                                       "cookie",
                                       "transaction_type"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (text_eq(name, ours[i]))
            return true;
    return false;
}

static const char *control_in(const char *s)
{
    while (*s && ((unsigned char)*s >= 0x20 || *s == '\t') && *s != 0x7f)
        s++;
    return *s ? s : NULL;
}

static int check_value(const struct load_header *h, struct fault *f)
{
    const char *c = control_in(h->value);
    if (c)
        return fault(f, RC_CONFIG,
                     "Stream Load: the header %.64s has a control character (0x%02x), which "
                     "HTTP cannot carry; write separators in hexadecimal, as in \\x0A",
                     h->name, (unsigned)(unsigned char)*c);
    if (!text_valid(h->value, strlen(h->value)))
        return fault(f, RC_CONFIG, "Stream Load: the header %.64s is not UTF-8", h->name);
    return RC_OK;
}

/* The message does not quote it: what cannot be sent may not be fit to be shown. */
int lines_check_name(const char *what, const char *s, struct fault *f)
{
    const char *c = control_in(s);
    if (c || strchr(s, '\t'))
        return fault(f, RC_CONFIG,
                     "Stream Load: the name of the %s has a control character (0x%02x), which "
                     "HTTP cannot carry",
                     what, c ? (unsigned)(unsigned char)*c : 9U);
    if (!text_valid(s, strlen(s)))
        return fault(f, RC_CONFIG, "Stream Load: the name of the %s is not UTF-8", what);
    if (strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
        return fault(f, RC_CONFIG,
                     "Stream Load: the name of the %s is \"%s\", which cannot be part of a path",
                     what, s);
    return RC_OK;
}

/* What would take the label's meaning away. */
static int check_meaning(const struct load_header *h, struct fault *f)
{
    bool merge = text_eq(h->name, "enable_merge_commit") && !text_eq(h->value, "false");
    bool group = text_eq(h->name, "group_commit") && !text_eq(h->value, "off_mode");
    if ((merge || group) && h->value[0])
        return fault(f, RC_UNSUPPORTED,
                     "Stream Load: with %s the server ignores the label, so that a load could "
                     "happen twice; leave it out",
                     h->name);
    return RC_OK;
}

static int check_timeout(const struct load_header *h, struct fault *f)
{
    int64_t v = 0;
    bool good = num_get_i64(h->value, strlen(h->value), &v) == NUM_OK && v >= 1 && v <= 259200;
    if (!text_eq(h->name, "timeout") || !h->value[0] || good)
        return RC_OK;
    return fault(f, RC_CONFIG, "Stream Load: timeout is \"%.40s\"; allowed are 1 to 259200 seconds",
                 h->value);
}

int lines_check(const struct load_request *q, struct fault *f)
{
    for (size_t i = 0; i < q->nheaders; i++) {
        const struct load_header *h = &q->headers[i];
        if (!is_token(h->name))
            return fault(f, RC_CONFIG, "Stream Load: \"%.64s\" cannot be the name of a header",
                         h->name);
        if (is_ours(h->name))
            return fault(f, RC_CONFIG,
                         "Stream Load: the header %.64s is set by the driver and cannot be given",
                         h->name);
        int rc = check_value(h, f);
        if (!rc)
            rc = check_meaning(h, f);
        if (!rc)
            rc = check_timeout(h, f);
        if (rc)
            return rc;
    }
    return RC_OK;
}
