/* read.c - what a test reads back: rows, states, counters, requests. */
#include "fk.h"

#include <stdlib.h>
#include <string.h>

bool fake_table(struct fake *f, const char *ddl, char *why, size_t nwhy)
{
    struct fk_table *t = fk_table_parse(ddl, why, nwhy);
    if (!t)
        return false;
    fk_lock(f);
    t->next = f->tables; /* an older one of that name stays behind it: loads may still use it */
    f->tables = t;
    fk_unlock(f);
    return true;
}

unsigned fake_port(struct fake *f, enum fake_node node)
{
    static const enum fk_role roles[] = {FR_LEADER, FR_FOLLOWER, FR_PROXY};
    bool be = node >= FAKE_BE;
    struct fk_listener *l =
        fk_listener_find(f, be ? FR_BE : roles[node], be ? (unsigned)node - FAKE_BE : 0);
    return l ? l->port : 0;
}

void fake_down(struct fake *f, enum fake_node node, unsigned ms)
{
    bool be = node >= FAKE_BE;
    struct fk_listener *l = be                ? fk_listener_find(f, FR_BE, (unsigned)node - FAKE_BE)
                            : node == FAKE_FE ? fk_listener_find(f, FR_LEADER, 0)
                            : node == FAKE_FOLLOWER ? fk_listener_find(f, FR_FOLLOWER, 0)
                                                    : fk_listener_find(f, FR_PROXY, 0);
    if (l)
        fk_listener_down(f, l, ms);
}

static struct fk_row *row_at(const struct fk_table *t, size_t row)
{
    if (t->live == t->nrows)
        return row < t->nrows ? t->rows[row] : NULL;
    for (size_t i = 0; i < t->nrows; i++)
        if (t->rows[i] && row-- == 0)
            return t->rows[i];
    return NULL;
}

size_t fake_rows(struct fake *f, const char *db, const char *table)
{
    fk_lock(f);
    struct fk_table *t = fk_table_find(f, db, table);
    size_t n = t ? t->live : 0;
    fk_unlock(f);
    return n;
}

size_t fake_columns(struct fake *f, const char *db, const char *table)
{
    fk_lock(f);
    struct fk_table *t = fk_table_find(f, db, table);
    size_t n = t ? t->ncols : 0;
    fk_unlock(f);
    return n;
}

int fake_cell(struct fake *f, const char *db, const char *table, size_t row, size_t column,
              const char **p, size_t *n)
{
    fk_lock(f);
    struct fk_table *t = fk_table_find(f, db, table);
    const struct fk_row *r = t && column < t->ncols ? row_at(t, row) : NULL;
    int result = !r ? -1 : r->c[column].null ? 0 : 1;
    *p = r ? r->c[column].p : NULL;
    *n = r ? r->c[column].n : 0;
    fk_unlock(f);
    return result;
}

char *fake_dump(struct fake *f, const char *db, const char *table)
{
    struct fk_sb s = {0};
    fk_lock(f);
    struct fk_table *t = fk_table_find(f, db, table);
    if (t) {
        fk_sb_add(&s, "", 0);
        fk_table_json(&s, t);
    }
    fk_unlock(f);
    return s.p;
}

bool fake_clear(struct fake *f, const char *db, const char *table)
{
    fk_lock(f);
    struct fk_table *t = fk_table_find(f, db, table);
    for (size_t i = 0; t && i < t->nrows; i++)
        free(t->rows[i]);
    if (t) {
        t->nrows = t->live = 0;
        if (t->index)
            memset(t->index, 0, t->nindex * sizeof *t->index);
    }
    fk_unlock(f);
    return t != NULL;
}

const char *fake_state(struct fake *f, const char *db, const char *label)
{
    fk_lock(f);
    const char *state = fk_state_name(f, fk_txn_find(f, db, label));
    fk_unlock(f);
    return state;
}

size_t fake_labels(struct fake *f, const char *db, const char *state)
{
    size_t n = 0;
    fk_lock(f);
    for (size_t i = 0; i < FK_BUCKETS; i++) {
        for (struct fk_txn *t = f->buckets[i]; t; t = t->next) {
            fk_txn_settle(f, t);
            n += strcmp(t->db, db) == 0 && strcmp(fk_state_name(f, t), state) == 0;
        }
    }
    fk_unlock(f);
    return n;
}

char *fake_tracking(struct fake *f, const char *db, const char *label, char **sql)
{
    struct fk_sb text = {0}, s = {0};
    fk_lock(f);
    struct fk_txn *t = fk_txn_find(f, db, label);
    if (t && t->errors.n > 0) {
        fk_sb_add(&text, t->errors.p, t->errors.n);
        fk_sb_fmt(&s,
                  "select tracking_log from information_schema.load_tracking_logs where "
                  "job_id=%llu",
                  (unsigned long long)t->id);
    }
    fk_unlock(f);
    if (sql)
        *sql = s.p;
    else
        free(s.p);
    return text.p;
}

void fake_stats_get(struct fake *f, struct fake_stats *out)
{
    fk_lock(f);
    *out = f->stats;
    fk_unlock(f);
}

void fake_stats_reset(struct fake *f)
{
    fk_lock(f);
    f->stats = (struct fake_stats){0};
    fk_unlock(f);
}

char *fake_request(struct fake *f, size_t i)
{
    char *head = NULL;
    fk_lock(f);
    if (i < FK_KEPT_REQUESTS && i < f->nkept) {
        const char *kept = f->kept[(f->nkept - 1 - i) % FK_KEPT_REQUESTS];
        head = kept ? fk_dupz(kept) : NULL;
    }
    fk_unlock(f);
    return head;
}
