/* answer.c - what FE and BE answer, and how an answer is spoiled. */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fk_is_doris(const struct fake *f)
{
    return fk_same(f->o.dialect, "doris");
}

const char *fk_host(const struct fake *f)
{
    return f->o.location_host[0] ? f->o.location_host : f->o.bind;
}

enum fk_auth fk_auth_check(struct fake *f, const struct fk_request *r, struct fk_sb *user)
{
    const char *v = fk_request_header(r, "Authorization");
    struct fk_sb plain = {0};
    enum fk_auth result = FA_MISSING;
    if (v && strncmp(v, "Basic ", 6) == 0 && !fk_base64(v + 6, strlen(v + 6), &plain) &&
        plain.n > 0) {
        const char *colon = memchr(plain.p, ':', plain.n);
        const char *at = memchr(plain.p, '@', colon ? (size_t)(colon - plain.p) : 0);
        if (colon) {
            fk_sb_add(user, plain.p, (size_t)((at ? at : colon) - plain.p));
            fk_sb_fmt(user, "%s", colon);
            fk_lock(f);
            result = strcmp(user->p, f->o.user) == 0                       ? FA_OK
                     : f->o.reader[0] && strcmp(user->p, f->o.reader) == 0 ? FA_READER
                                                                           : FA_DENIED;
            fk_unlock(f);
            user->n = strcspn(user->p, ":");
            user->p[user->n] = '\0';
        }
    }
    fk_sb_free(&plain);
    return result;
}

void fk_unauthorized(struct fake *f)
{
    fk_lock(f);
    f->stats.unauthorized++;
    fk_unlock(f);
}

void fk_html(struct fk_request *r, int status)
{
    char body[256];
    int n = snprintf(body, sizeof body,
                     "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d "
                     "%s</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
                     status, fk_reason(status), status, fk_reason(status));
    r->close = true;
    fk_respond(r, status, "text/html", status == 503 ? "Retry-After: 1\r\n" : NULL, body,
               (size_t)n);
}

static void doris_unauthorized(struct fk_request *r, const char *msg)
{
    struct fk_sb s = {0};
    fk_sb_str(&s, "{\"msg\":\"Unauthorized\",\"code\":401,\"data\":");
    fk_sb_json(&s, msg, strlen(msg));
    fk_sb_str(&s, ",\"count\":0}");
    r->close = true;
    fk_respond(r, 200, "application/json", NULL, s.p, s.n);
    fk_sb_free(&s);
}

void fk_rest_error(struct fake *f, struct fk_request *r, int status, const char *msg)
{
    struct fk_sb s = {0};
    if (status == 401 && fk_is_doris(f)) {
        doris_unauthorized(r, msg);
        return;
    }
    fk_sb_str(&s, "{\"status\":\"FAILED\",\"code\":\"1\",\"msg\":");
    fk_sb_json(&s, msg, strlen(msg));
    fk_sb_str(&s, ",\"message\":");
    fk_sb_json(&s, msg, strlen(msg));
    fk_sb_ch(&s, '}');
    r->close = true;
    fk_respond(r, status, "application/json",
               status == 401 ? "WWW-Authenticate: Basic realm=\"\"\r\n" : NULL, s.p, s.n);
    fk_sb_free(&s);
}

void fk_drop(struct fk_request *r, bool reset)
{
    r->answered = r->close = true;
    r->reset = reset;
}

void fk_read_all(struct fk_request *r)
{
    const char *p;
    size_t n;
    while (fk_body_next(r, &p, &n) > 0)
        ;
}

/* --- JSON --- */

static void put_name(struct fk_answer *a, const char *name)
{
    fk_sb_str(&a->s, a->s.n > 1 ? ",\n    \"" : "\n    \"");
    for (; *name; name++)
        fk_sb_ch(&a->s, a->lower && *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name);
    fk_sb_str(&a->s, "\": ");
}

void fk_put_raw(struct fk_answer *a, const char *name, const char *value)
{
    put_name(a, name);
    fk_sb_str(&a->s, value);
}

void fk_put_text(struct fk_answer *a, const char *name, const char *value)
{
    bool status = strcmp(name, "Status") == 0;
    if (status && a->no_status)
        return;
    if (status && a->odd_status)
        value = "Perhaps";
    put_name(a, name);
    fk_sb_json(&a->s, value, strlen(value));
}

void fk_put_num(struct fk_answer *a, const char *name, uint64_t value)
{
    put_name(a, name);
    fk_sb_fmt(&a->s, "%llu", (unsigned long long)value);
}

void fk_answer_begin(struct fake *f, struct fk_request *r, struct fk_answer *a)
{
    *a = (struct fk_answer){.lower = fk_fault(f, r, FK_BE_LOWER, NULL)};
    fk_sb_ch(&a->s, '{');
    if (fk_fault(f, r, FK_BE_FIELDS, NULL)) {
        fk_put_raw(a, "FutureField", "{\"Status\": \"Fail\", \"a\": [1, {\"TxnId\": -5}, null]}");
        fk_put_raw(a, "Another", "\"\\u00e4\\ud83d\\ude00 \\\"Status\\\": \\\"Fail\\\"\"");
        fk_put_raw(a, "Big", "123456789012345678901234567890.5e3");
    }
}

static void deepen(struct fk_answer *a, uint64_t depth)
{
    put_name(a, "Deep");
    for (uint64_t i = 0; i < depth; i++)
        fk_sb_ch(&a->s, '[');
    for (uint64_t i = 0; i < depth; i++)
        fk_sb_ch(&a->s, ']');
}

void fk_put_log(struct fake *f, struct fk_request *r, struct fk_answer *a, const struct fk_txn *t)
{
    struct fk_listener *be = fk_listener_find(f, FR_BE, t->be);
    char url[320];
    if (t->errors.n == 0 || fk_fault(f, r, FK_LOG_NONE, NULL))
        return;
    bool other = fk_fault(f, r, FK_LOG_OTHER, NULL);
    unsigned port = fk_fault(f, r, FK_LOG_UNREACHABLE, NULL) ? 1 : be->port;
    uint64_t arg = 0;
    if (fk_fault(f, r, FK_LOG_PORT, &arg))
        port = (unsigned)arg;
    if (fk_fault(f, r, FK_LOG_FILE, NULL))
        (void)snprintf(url, sizeof url, "file:///etc/passwd");
    else
        (void)snprintf(url, sizeof url, "%s://%s:%u%s?file=error_log_%llx_%llx",
                       be->tls ? "https" : "http", other ? "evil.invalid" : fk_host(f), port,
                       fk_fault(f, r, FK_LOG_PATH, NULL) ? "/api/_set_config"
                                                         : "/api/_load_error_log",
                       (unsigned long long)t->id, (unsigned long long)t->id * 2654435761U);
    fk_put_text(a, "ErrorURL", url);
}

/* --- sending --- */

static void send_raw(struct fk_request *r, const char *type, size_t announced, const char *p,
                     size_t n)
{
    struct fk_sb s = {0};
    fk_sb_fmt(&s, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type,
              announced);
    fk_sb_add(&s, p, n);
    (void)fk_conn_write(r->conn, s.p, s.n);
    fk_sb_free(&s);
    r->answered = r->close = true;
}

static void send_chunked(struct fk_request *r, const char *type, const struct fk_sb *body)
{
    struct fk_sb s = {0};
    fk_sb_fmt(&s, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n",
              type);
    for (size_t at = 0; at < body->n; at += 7) {
        size_t n = body->n - at < 7 ? body->n - at : 7;
        fk_sb_fmt(&s, "%zx;note=x\r\n", n);
        fk_sb_add(&s, body->p + at, n);
        fk_sb_str(&s, "\r\n");
    }
    fk_sb_str(&s, "0\r\nX-Trailer: y\r\n\r\n");
    (void)fk_conn_write(r->conn, s.p, s.n);
    fk_sb_free(&s);
    r->answered = true;
    r->close |= r->wants_close;
}

/* lost - is the answer to something done lost altogether? */
static bool lost(struct fake *f, struct fk_request *r)
{
    uint64_t ms;
    if (fk_fault(f, r, FK_BE_SLOW_ANSWER, &ms))
        fk_sleep(f, ms);
    if (fk_fault(f, r, FK_BE_HANG, NULL)) {
        fk_sleep(f, 0);
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_BE_DROP_AFTER, NULL)) {
        fk_drop(r, false);
    } else if (fk_fault(f, r, FK_BE_RESET_AFTER, NULL)) {
        fk_drop(r, true);
    } else if (fk_fault(f, r, FK_BE_504_AFTER, NULL)) {
        fk_html(r, 504);
    } else if (fk_fault(f, r, FK_BE_502_AFTER, NULL)) {
        fk_html(r, 502);
    } else if (fk_fault(f, r, FK_BE_HTML, NULL)) {
        fk_html(r, 200);
    }
    return r->answered;
}

static bool spoiled(struct fake *f, struct fk_request *r, const char *type, const struct fk_sb *s)
{
    if (lost(f, r))
        return true;
    if (fk_fault(f, r, FK_BE_EMPTY, NULL))
        fk_respond(r, 200, type, NULL, "", 0);
    else if (fk_fault(f, r, FK_BE_TRUNCATED, NULL))
        fk_respond(r, 200, type, NULL, s->p, s->n / 2);
    else if (fk_fault(f, r, FK_BE_CUT, NULL))
        send_raw(r, type, s->n, s->p, s->n / 2);
    else if (fk_fault(f, r, FK_BE_SHORT_LENGTH, NULL))
        send_raw(r, type, s->n - 9, s->p, s->n);
    else if (fk_fault(f, r, FK_BE_LONG_LENGTH, NULL))
        send_raw(r, type, s->n + 100, s->p, s->n);
    return r->answered;
}

void fk_answer_send(struct fake *f, struct fk_request *r, struct fk_answer *a, bool effect)
{
    const char *type = f->o.json_type ? "application/json" : "text/html";
    uint64_t n;
    if (fk_fault(f, r, FK_BE_DEEP, &n))
        deepen(a, n);
    if (fk_fault(f, r, FK_BE_ENDLESS, &n))
        for (uint64_t i = 0; i < n; i++)
            fk_sb_ch(&a->s, ' ');
    fk_sb_str(&a->s, "\n}\n");
    r->close |= !r->done; /* the body was not read */
    if (!effect || !spoiled(f, r, type, &a->s)) {
        if (fk_fault(f, r, FK_BE_CHUNKED, NULL))
            send_chunked(r, type, &a->s);
        else
            fk_respond(r, 200, type, NULL, a->s.p, a->s.n);
    }
    fk_sb_free(&a->s);
}

void fk_fe_answer(struct fake *f, struct fk_request *r, const char *status, const char *msg,
                  const struct fk_txn *t)
{
    struct fk_answer a = {0};
    (void)f;
    fk_sb_ch(&a.s, '{');
    fk_put_text(&a, "Status", status);
    fk_put_text(&a, "Message", msg);
    if (t) {
        fk_put_text(&a, "Label", t->label);
        fk_put_num(&a, "TxnId", t->id);
    }
    if (t && strcmp(status, "LABEL_ALREADY_EXISTS") == 0)
        fk_put_text(&a, "ExistingJobStatus", fk_existing(f, t));
    fk_sb_str(&a.s, "\n}\n");
    r->close |= !r->done;
    fk_respond(r, 200, "application/json", NULL, a.s.p, a.s.n);
    fk_sb_free(&a.s);
}
