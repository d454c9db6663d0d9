/* own.c - the fake's own endpoints under /fake/, for scripts that have no C.
 * GET /fake/stats, /fake/requests, /fake/state/{db}/{label}, /fake/tracking/{db}/{label},
 * /fake/{db}/{table}; POST /fake/fault?spec=, /fake/faults/clear, /fake/set?name=&value=,
 * /fake/table?ddl=, /fake/clear/{db}/{table}, /fake/down?node=fe|be&ms=,
 * /fake/certificate?cert=&key=&ca= */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ok_or(struct fk_request *r, bool ok, const char *why)
{
    fk_respond_text(r, ok ? 200 : 400, ok ? "OK\n" : why);
}

static void stats(struct fk_listener *l, struct fk_request *r)
{
    static const struct {
        const char *name;
        size_t at;
    } rows[] = {
#define ROW(field) {#field, offsetof(struct fake_stats, field)}
        ROW(connections),   ROW(requests),      ROW(handshakes_failed),
        ROW(unauthorized),  ROW(loads_begun),   ROW(loads_committed),
        ROW(loads_aborted), ROW(labels_in_use), ROW(fe_bodies),
        ROW(fe_body_bytes), ROW(body_bytes),    ROW(rows),
        ROW(duplicates),    ROW(downgrades),    ROW(faults),
        ROW(state_asked),
#undef ROW
    };
    struct fake_stats now;
    struct fk_sb s = {0};
    fake_stats_get(l->f, &now);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t v;
        memcpy(&v, (const char *)&now + rows[i].at, sizeof v);
        fk_sb_fmt(&s, "%s\"%s\": %llu", i ? ", " : "{", rows[i].name, (unsigned long long)v);
    }
    fk_sb_str(&s, "}\n");
    fk_respond(r, 200, "application/json", NULL, s.p, s.n);
    fk_sb_free(&s);
}

static void requests(struct fk_listener *l, struct fk_request *r)
{
    struct fk_sb s = {0};
    for (size_t i = 0; i < FK_KEPT_REQUESTS; i++) {
        char *head = fake_request(l->f, i);
        if (head)
            fk_sb_fmt(&s, "%s\r\n\r\n", head);
        free(head);
    }
    fk_respond(r, 200, "text/plain", NULL, s.p ? s.p : "", s.n);
    fk_sb_free(&s);
}

static void tracking(struct fk_listener *l, struct fk_request *r, const char *db, const char *label)
{
    char *sql = NULL;
    char *text = fake_tracking(l->f, db, label, &sql);
    struct fk_sb s = {0};
    fk_sb_fmt(&s, "%s\n%s", sql ? sql : "none", text ? text : "");
    fk_respond(r, text ? 200 : 404, "text/plain", NULL, s.p, s.n);
    fk_sb_free(&s);
    free(sql);
    free(text);
}

static void rows(struct fk_listener *l, struct fk_request *r, const char *db, const char *table)
{
    char *text = fake_dump(l->f, db, table);
    if (text)
        fk_respond(r, 200, "application/x-ndjson", NULL, text, strlen(text));
    else
        fk_respond_text(r, 404, "no such table\n");
    free(text);
}

static void certificate(struct fk_listener *l, struct fk_request *r)
{
    char why[400] = "cert and key are needed\n";
    char *cert = fk_request_arg(r, "cert"), *key = fk_request_arg(r, "key");
    char *ca = fk_request_arg(r, "ca");
    ok_or(r, cert && key && fake_certificate(l->f, cert, key, ca ? ca : "", why, sizeof why), why);
    free(cert);
    free(key);
    free(ca);
}

static void change(struct fk_listener *l, struct fk_request *r, const char *what)
{
    char why[300] = "unknown, or the value does not fit\n";
    char *name = fk_request_arg(r, "name"), *value = fk_request_arg(r, "value");
    char *spec = fk_request_arg(r, "spec"), *ddl = fk_request_arg(r, "ddl");
    char *node = fk_request_arg(r, "node"), *ms = fk_request_arg(r, "ms");
    uint64_t n = 0;
    if (strcmp(what, "fault") == 0)
        ok_or(r, spec && fake_fault(l->f, spec), why);
    else if (strcmp(what, "set") == 0)
        ok_or(r, name && fake_set(l->f, name, value ? value : ""), why);
    else if (strcmp(what, "table") == 0)
        ok_or(r, ddl && fake_table(l->f, ddl, why, sizeof why), why);
    else if (strcmp(what, "down") == 0 && node && ms && fk_u64(ms, strlen(ms), &n)) {
        fake_down(l->f, fk_same(node, "be") ? FAKE_BE : FAKE_FE, (unsigned)n);
        ok_or(r, true, why);
    } else
        ok_or(r, false, why);
    free(name);
    free(value);
    free(spec);
    free(ddl);
    free(node);
    free(ms);
}

void fk_handle_fake(struct fk_listener *l, struct fk_request *r, const struct fk_path *p)
{
    const char *what = p->n > 1 ? p->part[1] : "";
    bool post = strcmp(r->method, "POST") == 0;
    fk_read_all(r);
    if (post && p->n == 4 && strcmp(what, "clear") == 0) {
        ok_or(r, fake_clear(l->f, p->part[2], p->part[3]), "no such table\n");
    } else if (post && p->n == 3 && strcmp(what, "faults") == 0) {
        fake_fault_clear(l->f);
        ok_or(r, true, "");
    } else if (post && p->n == 2 && strcmp(what, "certificate") == 0) {
        certificate(l, r);
    } else if (post && p->n == 2) {
        change(l, r, what);
    } else if (p->n == 2 && strcmp(what, "stats") == 0) {
        stats(l, r);
    } else if (p->n == 2 && strcmp(what, "requests") == 0) {
        requests(l, r);
    } else if (p->n == 4 && strcmp(what, "state") == 0) {
        fk_respond_text(r, 200, fake_state(l->f, p->part[2], p->part[3]));
    } else if (p->n == 4 && strcmp(what, "tracking") == 0) {
        tracking(l, r, p->part[2], p->part[3]);
    } else if (p->n == 3) {
        rows(l, r, p->part[1], p->part[2]);
    } else {
        fk_respond_text(r, 404, "Not Found\n");
    }
}
