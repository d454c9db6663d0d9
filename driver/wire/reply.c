/* reply.c - parsers of what servers answer. */
#include "wire/reply.h"

#include "base/num.h"

#define TRACK_SYSTEM_VARIABLE 0u
#define TRACK_SCHEMA          1u

int reply_err(struct rd_range packet, struct fault *f)
{
    struct rd r = rd_init(packet.p, packet.n);
    rd_u8(&r);
    uint32_t number = rd_u16(&r);
    if (!rd_ok(&r)) {
        return fault(f, RC_PROTOCOL, "an error packet of %zu bytes", packet.n);
    }
    char state[6] = "";
    if (rd_left(&r) >= 6 && *r.p == '#') { /* before login there is none */
        memcpy(state, rd_bytes(&r, 6).p + 1, 5);
    }
    struct rd_range words = rd_rest(&r);
    int rc = fault_server(f, RC_SERVER, number, state, words.p, words.n);
    if (f && f->text[0] == 0) {
        (void)fault_server(f, RC_SERVER, number, state, "the server gave no words", 24);
    }
    return rc;
}

static void track_charset(struct reply_ok *ok, unsigned which, struct rd_range value)
{
    ok->charset_told |= which;
    ok->charset_other =
        rd_range_eq(value, "utf8mb4") ? ok->charset_other & ~which : ok->charset_other | which;
}

static void track_variable(struct reply_ok *ok, struct rd_range data)
{
    struct rd r = rd_init(data.p, data.n);
    struct rd_range name = rd_lenstr(&r);
    struct rd_range value = rd_lenstr(&r);
    uint64_t id = 0;
    if (rd_ok(&r) && rd_range_eq(name, "character_set_client")) {
        track_charset(ok, CHARSET_CLIENT, value);
    } else if (rd_ok(&r) && rd_range_eq(name, "character_set_results")) {
        track_charset(ok, CHARSET_RESULTS, value);
    } else if (rd_ok(&r) && rd_range_eq(name, "connection_id") &&
               num_get_u64((const char *)value.p, value.n, &id) == NUM_OK) {
        ok->connection_id = id;
    }
}

static int track(struct reply_ok *ok, struct rd_range changes, struct fault *f)
{
    struct rd r = rd_init(changes.p, changes.n);
    while (rd_ok(&r) && rd_left(&r)) {
        unsigned kind = rd_u8(&r);
        struct rd_range data = rd_lenstr(&r);
        if (kind == TRACK_SYSTEM_VARIABLE && rd_ok(&r)) {
            track_variable(ok, data);
        } else if (kind == TRACK_SCHEMA && rd_ok(&r)) {
            struct rd inner = rd_init(data.p, data.n);
            ok->schema = rd_lenstr(&inner);
            ok->has_schema = rd_ok(&inner);
        }
    }
    return rd_ok(&r) ? RC_OK : fault(f, RC_PROTOCOL, "session changes that end too early");
}

int reply_ok(struct reply_ok *ok, struct rd_range packet, bool tracks, struct fault *f)
{
    *ok = (struct reply_ok){.info = {packet.p, 0}};
    struct rd r = rd_init(packet.p, packet.n);
    rd_u8(&r);
    ok->affected = rd_lenenc(&r);
    ok->insert_id = rd_lenenc(&r);
    ok->status = rd_u16(&r);
    ok->warnings = rd_u16(&r);
    if (!rd_ok(&r)) {
        return fault(f, RC_PROTOCOL, "an OK packet of %zu bytes that ends too early", packet.n);
    }
    if (!tracks) {
        ok->info = rd_rest(&r);
    } else if (rd_left(&r)) {
        ok->info = rd_lenstr(&r);
    }
    struct rd_range changes = {r.p, 0};
    if (tracks && ok->status & STATUS_SESSION_CHANGE && rd_left(&r)) {
        changes = rd_lenstr(&r);
    }
    if (!rd_ok(&r)) {
        return fault(f, RC_PROTOCOL, "an OK packet of %zu bytes that ends too early", packet.n);
    }
    return changes.n ? track(ok, changes, f) : RC_OK;
}

void reply_eof(struct rd_range packet, uint16_t *status, uint16_t *warnings)
{
    struct rd r = rd_init(packet.p, packet.n);
    rd_u8(&r);
    *warnings = rd_u16(&r);
    *status = rd_u16(&r);
}

/* A NUL-terminated copy, or the same text that stands there already. */
static const char *keep(struct arena *a, struct rd_range s, const char *same, bool *failed)
{
    if (s.n == 0) {
        return "";
    }
    if (same && rd_range_eq(s, same)) {
        return same;
    }
    const char *copy = arena_dup(a, s.p, s.n);
    *failed = *failed || !copy;
    return copy;
}

/* MariaDB's chunks: kind, text.  Kind 0 is a type name, 1 a format name; the last one told wins, as
 * "json" over "". */
static struct rd_range extended_type(struct rd_range chunks)
{
    struct rd r = rd_init(chunks.p, chunks.n);
    struct rd_range type = {chunks.p, 0};
    while (rd_ok(&r) && rd_left(&r)) {
        unsigned kind = rd_u8(&r);
        struct rd_range text = rd_lenstr(&r);
        if (kind <= 1 && rd_ok(&r)) {
            type = text;
        }
    }
    return type;
}

int reply_column(struct wire_column *c, struct rd_range packet, bool extended,
                 const struct wire_column *previous, struct arena *a, struct fault *f)
{
    struct rd r = rd_init(packet.p, packet.n);
    struct rd_range catalog = rd_lenstr(&r), schema = rd_lenstr(&r), table = rd_lenstr(&r);
    struct rd_range org_table = rd_lenstr(&r), name = rd_lenstr(&r), org_name = rd_lenstr(&r);
    struct rd_range type = extended ? extended_type(rd_lenstr(&r)) : (struct rd_range){packet.p, 0};
    struct rd_range block = rd_lenstr(&r); /* 12 bytes; SingleStore adds to it */
    struct rd b = rd_init(block.p, block.n);
    *c = (struct wire_column){.charset = rd_u16(&b)};
    c->length = rd_u32(&b);
    c->type = rd_u8(&b);
    c->flags = rd_u16(&b);
    c->decimals = rd_u8(&b);
    if (!rd_ok(&r) || !rd_ok(&b)) {
        return fault(f, RC_PROTOCOL, "a column definition of %zu bytes that is not well-formed",
                     packet.n);
    }
    static const struct wire_column none;
    const struct wire_column *same = previous ? previous : &none;
    bool failed = false;
    c->catalog = keep(a, catalog, same->catalog, &failed);
    c->schema = keep(a, schema, same->schema, &failed);
    c->table = keep(a, table, same->table, &failed);
    c->org_table = keep(a, org_table, c->table, &failed);
    c->name = keep(a, name, NULL, &failed);
    c->org_name = keep(a, org_name, c->name, &failed);
    c->ext_type = keep(a, type, same->ext_type, &failed);
    return failed ? fault(f, RC_MEMORY, "no memory for column definitions") : RC_OK;
}

int reply_prepared(struct reply_prepared *out, struct rd_range packet, struct fault *f)
{
    struct rd r = rd_init(packet.p, packet.n);
    rd_u8(&r);
    out->id = rd_u32(&r);
    out->ncols = rd_u16(&r);
    out->nparams = rd_u16(&r);
    return rd_ok(&r) ? RC_OK
                     : fault(f, RC_PROTOCOL, "an answer of %zu bytes to a prepare", packet.n);
}
