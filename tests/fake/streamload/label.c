/* label.c - labels, states, deadlines, commit.  Clocks are looked at when somebody asks.
 * Source: sheet, sections 8, 9, 11, 12.2. */
#include "fk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t bucket(const char *label)
{
    uint64_t h = fk_hash(UINT64_C(14695981039346656037), label, strlen(label));
    return (size_t)(h ^ h >> 32) & (FK_BUCKETS - 1);
}

static int64_t seconds(const struct fake *f, uint64_t s)
{
    return (int64_t)(s * f->o.second_ms);
}

bool fk_label_ok(const char *label)
{
    size_t n = strlen(label);
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return n >= 1 && n <= 128 && strspn(label, set) == n;
}

static void loads_free(struct fk_txn *t)
{
    while (t->loads) {
        struct fk_load *l = t->loads;
        t->loads = l->next;
        fk_load_free(l);
    }
    t->tail = &t->loads;
}

/* seen_before - has a body with this hash been committed?  Remembers it. */
static bool seen_before(struct fake *f, uint64_t hash)
{
    if ((f->nseen + 1) * 2 > f->seen_cap) {
        uint64_t *old = f->seen;
        size_t n = f->seen_cap;
        f->seen_cap = n ? n * 2 : 1024;
        f->seen = fk_alloc(f->seen_cap * sizeof *f->seen);
        f->nseen = 0;
        for (size_t i = 0; i < n; i++)
            if (old[i])
                (void)seen_before(f, old[i]);
        free(old);
    }
    hash |= 1; /* 0 is a free place */
    size_t i = (size_t)(hash ^ hash >> 32) & (f->seen_cap - 1);
    for (; f->seen[i]; i = (i + 1) & (f->seen_cap - 1))
        if (f->seen[i] == hash)
            return true;
    f->seen[i] = hash;
    f->nseen++;
    return false;
}

void fk_txn_commit(struct fake *f, struct fk_txn *t)
{
    for (struct fk_load *l = t->loads; l; l = l->next) {
        for (size_t i = 0; i < l->nrows; i++) {
            fk_table_put(l->table, l->rows[i], l->plan.condition);
            l->rows[i] = NULL;
        }
        if (l->table && seen_before(f, l->hash))
            f->stats.duplicates++;
    }
    t->state = FS_COMMITTED;
    t->finished_at = fk_now_ms();
    t->visible_at = t->finished_at + (int64_t)f->o.publish_ms;
    t->decide = FD_NONE;
    f->stats.loads_committed++;
    f->running--;
    f->stats.rows += t->total - t->filtered - t->unselected;
    loads_free(t);
}

void fk_txn_abort(struct fake *f, struct fk_txn *t, const char *reason)
{
    if (t->state == FS_ABORTED || t->state == FS_COMMITTED || t->state == FS_VISIBLE)
        return;
    t->state = FS_ABORTED;
    t->finished_at = fk_now_ms();
    t->decide = FD_NONE;
    free(t->reason);
    t->reason = fk_dupz(reason);
    f->stats.loads_aborted++;
    f->running--;
    loads_free(t);
}

void fk_txn_prepare(struct fake *f, struct fk_txn *t, uint64_t s)
{
    t->state = FS_PREPARED;
    t->prepared_ms = fk_now_ms() + seconds(f, s);
}

void fk_txn_decide(struct fake *f, struct fk_txn *t, enum fk_decide what, uint64_t in_ms)
{
    (void)f;
    t->decide = what;
    t->decide_at = fk_now_ms() + (int64_t)in_ms;
}

static void timed_out(struct fake *f, struct fk_txn *t, uint64_t s)
{
    char text[80];
    (void)snprintf(text, sizeof text, "transaction is aborted by timeout %llu seconds.",
                   (unsigned long long)s);
    fk_txn_abort(f, t, text);
}

void fk_txn_settle(struct fake *f, struct fk_txn *t)
{
    int64_t now = fk_now_ms();
    if (t->decide == FD_COMMIT && now >= t->decide_at && t->two_phase) {
        fk_txn_prepare(f, t, 86400);
        t->decide = FD_NONE;
    } else if (t->decide == FD_COMMIT && now >= t->decide_at)
        fk_txn_commit(f, t);
    else if (t->decide == FD_ABORT && now >= t->decide_at)
        fk_txn_abort(f, t, "fault: aborted later");
    if (t->state == FS_PREPARE && t->decide == FD_NONE && !t->busy && now >= t->deadline)
        timed_out(f, t, t->timeout_s);
    if (t->state == FS_PREPARE && t->face && !t->busy && now >= t->last_used + t->idle_ms)
        timed_out(f, t, t->idle_s);
    if (t->state == FS_PREPARED && t->decide == FD_NONE && now >= t->prepared_ms)
        fk_txn_abort(f, t, "prepared transaction is aborted by timeout");
    if (t->state == FS_COMMITTED && now >= t->visible_at)
        t->state = FS_VISIBLE;
}

static bool expired(const struct fake *f, const struct fk_txn *t)
{
    return t->finished_at > 0 && fk_now_ms() > t->finished_at + seconds(f, f->o.label_keep_s);
}

struct fk_txn *fk_txn_find(struct fake *f, const char *db, const char *label)
{
    struct fk_txn *t = f->buckets[bucket(label)];
    while (t && (strcmp(t->label, label) != 0 || strcmp(t->db, db) != 0))
        t = t->next;
    if (!t)
        return NULL;
    fk_txn_settle(f, t);
    return expired(f, t) ? NULL : t;
}

struct fk_txn *fk_txn_by_id(struct fake *f, const char *db, uint64_t id)
{
    for (size_t i = 0; i < FK_BUCKETS; i++) {
        for (struct fk_txn *t = f->buckets[i]; t; t = t->next) {
            if (t->id == id && strcmp(t->db, db) == 0) {
                fk_txn_settle(f, t);
                return t;
            }
        }
    }
    return NULL;
}

struct fk_txn *fk_txn_face(struct fake *f, const char *label)
{
    struct fk_txn *t = f->buckets[bucket(label)];
    while (t && (strcmp(t->label, label) != 0 || !t->face))
        t = t->next;
    if (t)
        fk_txn_settle(f, t);
    return t;
}

unsigned fk_be_of(const struct fake *f, const char *label)
{
    return (unsigned)(bucket(label) % f->o.be_count);
}

struct fk_txn *fk_txn_begin(struct fake *f, const char *db, const char *table, const char *label,
                            uint64_t timeout_s, struct fk_txn **old)
{
    *old = fk_txn_find(f, db, label);
    if (*old && (*old)->state != FS_ABORTED) {
        f->stats.labels_in_use++;
        return NULL;
    }
    struct fk_txn *t = fk_alloc(sizeof *t);
    t->id = ++f->next_txn;
    t->db = fk_dupz(db);
    t->table = fk_dupz(table ? table : "");
    t->label = fk_dupz(label);
    t->tail = &t->loads;
    t->last_used = fk_now_ms();
    t->timeout_s = timeout_s;
    t->deadline = t->last_used + seconds(f, timeout_s);
    t->next = f->buckets[bucket(label)];
    f->buckets[bucket(label)] = t;
    f->stats.loads_begun++;
    f->running++;
    return t;
}

void fk_txn_add(struct fk_txn *t, struct fk_load *l)
{
    *t->tail = l;
    t->tail = &l->next;
    t->nloads++;
    t->total += l->total;
    t->filtered += l->filtered;
    t->unselected += l->unselected;
    t->bytes += l->bytes;
    t->max_ratio = l->plan.max_ratio;
    fk_sb_add(&t->errors, l->errors.p, l->errors.n);
}

bool fk_txn_good(const struct fk_txn *t)
{
    uint64_t judged = t->total - t->unselected;
    return t->filtered == 0 || (double)t->filtered <= t->max_ratio * (double)judged;
}

const char *fk_state_name(const struct fake *f, const struct fk_txn *t)
{
    static const char *const names[] = {"PREPARE", "PREPARED", "COMMITTED", "VISIBLE", "ABORTED"};
    if (!t)
        return "UNKNOWN";
    if (t->state == FS_PREPARED && fk_is_doris(f))
        return "PRECOMMITTED";
    return names[t->state];
}

const char *fk_existing(const struct fake *f, const struct fk_txn *t)
{
    if (t->multi)
        return t->state == FS_PREPARE ? "BEGIN" : t->state == FS_PREPARED ? "PREPARED" : "COMMITED";
    switch (t->state) {
    case FS_PREPARE:
        return "RUNNING";
    case FS_PREPARED:
        return fk_is_doris(f) ? "PRECOMMITTED" : "PREPARED";
    case FS_COMMITTED:
    case FS_VISIBLE:
    case FS_ABORTED:
        break;
    }
    return "FINISHED";
}
