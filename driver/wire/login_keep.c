/* login_keep.c - the copy of a login's options: one block, so that wiping it forgets everything. */
#include <stdlib.h>

#include "wire/session_parts.h"

/* Every text of the options. */
static const size_t texts[] = {
#define AT(field) offsetof(struct session_opts, field)
    AT(socket),       AT(user),         AT(password[0]),  AT(password[1]),
    AT(password[2]),  AT(database),
#define TLS_OPTION(field, key) AT(tls.field),
#include "table/tls_option.def"
    AT(default_auth), AT(rsa_key_file), AT(openid_token), AT(local_infile_dir),
#undef AT
};
#define NTEXTS (sizeof texts / sizeof texts[0])

static const char **text_at(struct session_opts *o, size_t i)
{
    return (const char **)(void *)((char *)o + texts[i]);
}

static size_t size_of(const char *s)
{
    return s ? strlen(s) + 1 : 0;
}

/* A copy of s at l->block + *at. */
static const char *put(struct session_login *l, size_t *at, const char *s)
{
    if (!s) {
        return NULL;
    }
    char *to = (char *)l->block + *at;
    memcpy(to, s, size_of(s));
    *at += size_of(s);
    return to;
}

static size_t size_all(struct session_opts *o, const char *host)
{
    size_t n = size_of(host);
    for (size_t i = 0; i < NTEXTS; i++) {
        n += size_of(*text_at(o, i));
    }
    for (size_t i = 0; i < o->nattrs; i++) {
        n += sizeof(struct session_attr) + size_of(o->attrs[i].key) + size_of(o->attrs[i].value);
    }
    return n;
}

int login_keep(struct session_login *l, const struct session_opts *o, const char *host,
               unsigned port, struct fault *f)
{
    *l = (struct session_login){.o = *o};
    l->nblock = size_all(&l->o, host);
    l->block = malloc(l->nblock);
    if (!l->block) {
        *l = (struct session_login){.block = NULL};
        return fault(f, RC_MEMORY, "no memory for the copy of a login");
    }
    size_t at = o->nattrs * sizeof(struct session_attr); /* first, for its alignment */
    l->attrs = (struct session_attr *)(void *)l->block;
    for (size_t i = 0; i < o->nattrs; i++) {
        l->attrs[i].key = put(l, &at, o->attrs[i].key);
        l->attrs[i].value = put(l, &at, o->attrs[i].value);
    }
    for (size_t i = 0; i < NTEXTS; i++) {
        *text_at(&l->o, i) = put(l, &at, *text_at(&l->o, i));
    }
    l->host = (struct session_host){put(l, &at, host), port};
    l->o.hosts = &l->host;
    l->o.nhosts = 1;
    l->o.attrs = l->attrs;
    l->o.log = NULL;
    return RC_OK;
}

void login_clear(struct session_login *l)
{
    if (l->block) {
        mem_wipe(l->block, l->nblock);
        free(l->block);
    }
    *l = (struct session_login){.block = NULL};
}
