/* reply.c - JSON to struct reply.
 *
 * What a message means is a table of the servers' phrases.  Whatever is in neither table and is no
 * success is a refusal for good: the server has rolled back, so that is true, and the caller may
 * try again. */
#include "bulk/reply.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "base/text.h"

/* ---- reading ---- */

/* A copy in which bad UTF-8 (of rejected data, say) is '?', because jansson refuses it. */
static json_t *parse(const void *p, size_t n, bool *no_memory)
{
    struct buf b;
    buf_init(&b, 0);
    buf_put(&b, p, n);
    json_t *out = NULL;
    for (size_t i = 0; buf_ok(&b) && i < b.len;) {
        size_t k = text_step((const char *)b.p + i, b.len - i);
        if (!k)
            b.p[i] = '?';
        i += k ? k : 1;
    }
    if (buf_ok(&b) && b.len)
        out = json_loadb((const char *)b.p, b.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    *no_memory = !buf_ok(&b);
    buf_clear(&b);
    if (out && !json_is_object(out)) {
        json_decref(out);
        out = NULL;
    }
    return out;
}

bool reply_whole(const struct buf *answer)
{
    size_t n = answer->len;
    while (n && strchr(" \r\n\t", answer->p[n - 1]))
        n--;
    if (!n || answer->p[n - 1] != '}')
        return false;
    bool no_memory;
    json_t *o = parse(answer->p, n, &no_memory);
    bool whole = o != NULL;
    json_decref(o);
    return whole;
}

static json_t *member(json_t *o, const char *name)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(o, key, value)
    {
        if (text_eq(key, name))
            return value;
    }
    return NULL;
}

static bool same_text(const json_t *a, const json_t *b)
{
    return json_is_string(a) && json_is_string(b) &&
           text_eq(json_string_value(a), json_string_value(b));
}

/* Two values under spellings of one name that say different things. */
static bool is_doubtful(json_t *o, const char *name)
{
    const char *key = NULL;
    json_t *value = NULL, *first = member(o, name);
    json_object_foreach(o, key, value)
    {
        if (text_eq(key, name) && value != first && !same_text(value, first))
            return true;
    }
    return false;
}

static const char *text_of(json_t *o, const char *name)
{
    json_t *v = member(o, name);
    const char *s = json_is_string(v) ? json_string_value(v) : NULL;
    return s ? s : "";
}

static void copy_text(char *to, size_t cap, const char *s)
{
    size_t n = strlen(s);
    n = n < cap ? n : text_floor(s, n, cap - 1);
    memcpy(to, s, n);
    to[n] = 0;
}

static int64_t count_of(json_t *o, const char *name)
{
    json_t *v = member(o, name);
    int64_t n = -1;
    if (json_is_integer(v))
        n = json_integer_value(v);
    else if (json_is_string(v) &&
             num_get_i64(json_string_value(v), json_string_length(v), &n) != NUM_OK)
        n = -1;
    return n < 0 ? -1 : n;
}

/* ---- meaning ---- */

struct phrase {
    const char *words;
    enum reply_kind kind;
};

/* Status words; the first that fits counts.  Fail and FAILED are judged by their message. */
static const struct phrase statuses[] = {
    {"Success", REPLY_OK},
    {"OK", REPLY_OK},
    {"Publish Timeout", REPLY_OK},
    {"Label Already Exists", REPLY_LABEL},
    {"LABEL_ALREADY_EXISTS", REPLY_LABEL},
    {"TXN_IN_PROCESSING", REPLY_BUSY},
    {"SERVICE_UNAVAILABLE", REPLY_BUSY},
    {"TIMEOUT", REPLY_UNSURE},
    {"Fail", REPLY_FAIL},
    {"FAILED", REPLY_FAIL},
    {"INTERNAL_ERROR", REPLY_FAIL},
    {"INVALID_ARGUMENT", REPLY_FAIL},
    {"ABORTED", REPLY_FAIL},
    {"TXN_NOT_EXISTS", REPLY_FAIL},
    {"NOT_FOUND", REPLY_FAIL},
    {"ANALYSIS_ERROR", REPLY_FAIL},
    {"NOT_AUTHORIZED", REPLY_FAIL},
    {"CANCELLED", REPLY_FAIL},
};

/* Phrases of messages under a failing status; the first that is contained counts. */
static const struct phrase phrases[] = {
    {"has already been used", REPLY_LABEL},
    {"status unknown", REPLY_UNSURE},
    {"THRIFT_RPC_ERROR", REPLY_UNSURE}, /* Doris: the FE may have committed */
    {"failed to call frontend service", REPLY_UNSURE},
    {"too many filtered rows", REPLY_FAIL},
    {"No backend alive", REPLY_BUSY},
    {"No backend or compute node alive", REPLY_BUSY},
    {"No alive backend", REPLY_BUSY},
    {"no available backend", REPLY_BUSY},
    {"No backend load available", REPLY_BUSY},
    {"current running txns on db", REPLY_BUSY},
    {"exceed http cuncurrent limit", REPLY_BUSY},
    {"exceed http concurrent limit", REPLY_BUSY},
    {"Service is shutting down", REPLY_BUSY},
    {"Too many versions", REPLY_BUSY},
    {"too many tablet versions", REPLY_BUSY},
    {"[E-235]", REPLY_BUSY}, /* Doris: version count */
    {"commit quorum", REPLY_BUSY},
    {"is not leader", REPLY_BUSY},
    {"Cluster not ready", REPLY_BUSY},
    {"FE is not ready", REPLY_BUSY},
    {"Reached timeout", REPLY_BUSY},
    {"Connection refused", REPLY_BUSY},
    {"Not connected to", REPLY_BUSY},
    {"rpc failed", REPLY_BUSY},
    {"RPC error", REPLY_BUSY},
};

static bool contains(const char *text, const char *words)
{
    size_t n = strlen(words);
    for (; *text; text++)
        if (strncasecmp(text, words, n) == 0)
            return true;
    return false;
}

static enum reply_kind kind_of(const char *status, const char *message)
{
    enum reply_kind kind = REPLY_UNREADABLE;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0] && !kind; i++)
        if (text_eq(status, statuses[i].words))
            kind = statuses[i].kind;
    for (size_t i = 0; kind == REPLY_FAIL && i < sizeof phrases / sizeof phrases[0]; i++)
        if (contains(message, phrases[i].words))
            return phrases[i].kind;
    return kind;
}

static const char *message_of(json_t *o)
{
    static const char *const names[] = {"Message", "msg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (*text_of(o, names[i]))
            return text_of(o, names[i]);
    return "";
}

/* {"msg":"Unauthorized","code":401,"data":"why","count":0}: an error of a Doris FE, which has no
 * Status.  The code, or 0: it is none. */
static int64_t envelope_code(json_t *o)
{
    int64_t code = count_of(o, "code");
    return code > 0 && !member(o, "Status") && member(o, "data") ? code : 0;
}

static void put_message(struct buf *out, json_t *o)
{
    const char *why = envelope_code(o) ? text_of(o, "data") : "";
    buf_puts(out, message_of(o));
    if (*why)
        buf_printf(out, ": %s", why);
}

static bool is_denial(const char *message)
{
    return contains(message, "no valid Basic authorization") || contains(message, "Access denied");
}

static void clear_values(struct reply *r)
{
    *r = (struct reply){.txn_id = -1,
                        .rows_total = -1,
                        .rows_loaded = -1,
                        .rows_filtered = -1,
                        .rows_unselected = -1,
                        .bytes = -1,
                        .milliseconds = -1};
    buf_init_text(&r->message, 65536);
    buf_init(&r->error_url, 4096);
}

void reply_parse(struct reply *r, const void *p, size_t n)
{
    clear_values(r);
    json_t *o = parse(p, n, &r->no_memory);
    if (!o)
        return;
    copy_text(r->status, sizeof r->status, text_of(o, "Status"));
    copy_text(r->existing, sizeof r->existing, text_of(o, "ExistingJobStatus"));
    copy_text(r->label, sizeof r->label, text_of(o, "Label"));
    int64_t code = envelope_code(o);
    r->is_envelope = code != 0;
    if (r->is_envelope)
        r->kind = REPLY_FAIL;
    else if (!is_doubtful(o, "Status"))
        r->kind = kind_of(r->status, message_of(o));
    r->denied = r->kind == REPLY_FAIL && (code == 401 || is_denial(message_of(o)));
    r->txn_id = count_of(o, "TxnId");
    r->rows_total = count_of(o, "NumberTotalRows");
    r->rows_loaded = count_of(o, "NumberLoadedRows");
    r->rows_filtered = count_of(o, "NumberFilteredRows");
    r->rows_unselected = count_of(o, "NumberUnselectedRows");
    r->bytes = count_of(o, "LoadBytes");
    r->milliseconds = count_of(o, "LoadTimeMs");
    put_message(&r->message, o);
    buf_puts(&r->error_url, text_of(o, "ErrorURL"));
    json_decref(o);
}

void reply_clear(struct reply *r)
{
    buf_clear(&r->message);
    buf_clear(&r->error_url);
}

/* ---- get_load_state ---- */

static const struct {
    const char *name;
    enum load_state state;
} states[] = {
    {"UNKNOWN", STATE_UNKNOWN},       {"PREPARE", STATE_PREPARE},     {"PREPARED", STATE_PREPARED},
    {"PRECOMMITTED", STATE_PREPARED}, {"COMMITTED", STATE_COMMITTED}, {"VISIBLE", STATE_VISIBLE},
    {"ABORTED", STATE_ABORTED},
};

enum load_state state_parse(const void *p, size_t n, struct buf *reason)
{
    bool no_memory;
    json_t *o = parse(p, n, &no_memory);
    enum load_state out = STATE_UNREADABLE;
    if (!o)
        return out;
    const char *name = text_of(o, "state");
    if (!*name)
        name = text_of(o, "data"); /* Doris */
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (text_eq(name, states[i].name) && !is_doubtful(o, "state"))
            out = states[i].state;
    if (reason)
        out ? buf_puts(reason, text_of(o, "reason")) : put_message(reason, o);
    json_decref(o);
    return out;
}

const char *state_name(enum load_state s)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (states[i].state == s)
            return states[i].name;
    return "unreadable";
}
