/* fault.c - which fault strikes whom: demanded by the request, by the test, or by chance. */
#include "fk.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    uint64_t arg;
    bool chaos;
    const char *help;
} rows[FK_FAULTS + 1] = {
#define FAULT(id, name, arg, chaos, help) {name, arg, chaos, help},
#include "fault.def"
#undef FAULT
};

const char *fake_fault_name(size_t i, const char **help)
{
    if (i >= FK_FAULTS)
        return NULL;
    if (help)
        *help = rows[i].help;
    return rows[i].name;
}

static bool number(const char **p, uint64_t *out)
{
    size_t n = strspn(*p, "0123456789");
    bool ok = fk_u64(*p, n, out);
    *p += n;
    return ok;
}

/* rule_tail - :ARG @PERMILLE *COUNT +SKIP in any order. */
static bool rule_tail(const char *p, struct fk_rule *out)
{
    bool chance = false, count = false;
    while (*p) {
        char c = *p++;
        uint64_t v;
        if (!number(&p, &v))
            return false;
        if (c == ':') {
            out->arg = v;
        } else if (c == '@' && v <= 1000) {
            out->chance = (unsigned)v;
            chance = true;
        } else if (c == '*') {
            out->count = v ? (long)v : -1;
            count = true;
        } else if (c == '+') {
            out->skip = (long)v;
        } else {
            return false;
        }
    }
    if (chance && !count)
        out->count = -1;
    return true;
}

bool fk_rule_parse(const char *spec, struct fk_rule *out)
{
    size_t n = strcspn(spec, ":@*+");
    for (int i = 0; i < FK_FAULTS; i++) {
        if (!fk_same_n(spec, n, rows[i].name))
            continue;
        *out = (struct fk_rule){.id = i, .arg = rows[i].arg, .chance = 1000, .count = 1};
        return rule_tail(spec + n, out);
    }
    return false;
}

static uint64_t random_next(struct fake *f)
{
    f->rng ^= f->rng << 13;
    f->rng ^= f->rng >> 7;
    f->rng ^= f->rng << 17;
    return f->rng;
}

static bool rule_strikes(struct fake *f, struct fk_rule *rule)
{
    if (rule->chance < 1000 && random_next(f) % 1000 >= rule->chance)
        return false;
    if (rule->skip > 0) {
        rule->skip--;
        return false;
    }
    if (rule->count > 0 && --rule->count == 0)
        rule->id = -1;
    return true;
}

static bool by_request(const struct fk_request *r, enum fk_fault_id id, uint64_t *arg)
{
    const char *p = r ? fk_request_header(r, "X-Fake-Fault") : NULL;
    while (p && *p) {
        size_t n = strcspn(p, ", ");
        char *one = fk_dup(p, n);
        struct fk_rule rule;
        bool hit = fk_rule_parse(one, &rule) && rule.id == (int)id;
        free(one);
        if (hit) {
            *arg = rule.arg;
            return true;
        }
        p += n + (p[n] != '\0');
    }
    return false;
}

bool fk_fault(struct fake *f, const struct fk_request *r, enum fk_fault_id id, uint64_t *arg)
{
    uint64_t value = rows[id].arg;
    bool hit = by_request(r, id, &value);
    fk_lock(f);
    for (size_t i = 0; !hit && i < f->nrules; i++) {
        if (f->rules[i].id == (int)id) {
            value = f->rules[i].arg;
            hit = rule_strikes(f, &f->rules[i]);
        }
    }
    if (!hit && rows[id].chaos && f->o.chaos > 0) {
        hit = random_next(f) % 1000 < f->o.chaos;
        value = value >= 1000 && id != FK_BE_SLOW_100 && id != FK_FE_SLOW
                    ? random_next(f) % (value * 4)
                    : value / 10 + (value > 0); /* waits shorter, places in the body anywhere */
    }
    f->stats.faults += hit;
    fk_unlock(f);
    if (hit && arg)
        *arg = value;
    return hit;
}

bool fake_fault(struct fake *f, const char *spec)
{
    struct fk_rule rule;
    if (!fk_rule_parse(spec, &rule))
        return false;
    fk_lock(f);
    size_t i = 0;
    while (i < f->nrules && f->rules[i].id >= 0)
        i++;
    if (i == f->nrules) {
        f->rules = realloc(f->rules, (i + 1) * sizeof *f->rules);
        if (!f->rules)
            abort();
        f->nrules++;
    }
    f->rules[i] = rule;
    fk_unlock(f);
    return true;
}

void fake_fault_clear(struct fake *f)
{
    fk_lock(f);
    f->nrules = 0;
    fk_unlock(f);
}

void fk_sleep(struct fake *f, uint64_t ms)
{
    int64_t until = ms ? fk_now_ms() + (int64_t)ms : INT64_MAX;
    fk_lock(f);
    while (!f->stopping && fk_now_ms() < until) {
        struct timespec t;
        (void)clock_gettime(CLOCK_REALTIME, &t);
        int64_t left = until - fk_now_ms();
        left = left > 1000 ? 1000 : left;
        t.tv_nsec += left * 1000000;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&f->change, &f->lock, &t);
    }
    fk_unlock(f);
}
