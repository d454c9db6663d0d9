/* url.h - the URLs of Stream Load: endpoints of the DSN, redirects, and where they really lead.
 *
 * Only http and https, only what the protocol uses: scheme, host, port, path with query.  User and
 * password in a URL are dropped here and never stored (Doris puts them into redirects). */
#ifndef MYWIRE_BULK_URL_H
#define MYWIRE_BULK_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fault.h"

#define URL_HOST_CHARS   256
#define URL_ORIGIN_CHARS 280

struct url {
    bool tls;
    unsigned port;
    char host[URL_HOST_CHARS];     /* IPv6 without brackets */
    char origin[URL_ORIGIN_CHARS]; /* "https://host:port", port always there */
    struct buf path;               /* "/..." with the query, or "" */
    bool had_login;                /* user information was there, and dropped */
};

/* url_parse - s: absolute, n bytes.  False: no URL that we can use, or no memory (u->path is broken
 * then); u needs no url_clear. */
bool url_parse(struct url *u, const char *s, size_t n);
/* url_redirect - Location (absolute, or "/path" on from) as a URL; a "?" at its end is dropped. */
bool url_redirect(struct url *u, const struct url *from, const char *s, size_t n);
/* url_map - rewrite host, port and scheme by the first pair of map that fits; false: the pair is no
 * host.  map: as load_opts.host_map. */
bool url_map(struct url *u, const char *const *map);
/* url_allowed - is the host in the list ("host[:port]", NULL-terminated)? */
bool url_allowed(const struct url *u, const char *const *list);
/* url_same_server - the same host and port. */
bool url_same_server(const struct url *a, const struct url *b);
/* url_put_encoded - append s percent-encoded as one piece of a path. */
void url_put_encoded(struct buf *out, const char *s);
void url_clear(struct url *u);

#endif
