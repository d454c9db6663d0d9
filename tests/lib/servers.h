/* servers.h - how an integration test finds the servers that tests/run started.
 *
 * A test program serves one question per server: server_need("mysql") fills the facts or ends the
 * program, with a loud skip (exit 77) on a developer's machine and with an error where CI is set.
 * All text is borrowed from the struct. Which servers and users there are: README.md next to this
 * file.  For tests only: exits, prints, static inline. */
#ifndef TESTS_LIB_SERVERS_H
#define TESTS_LIB_SERVERS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER_SKIP = 77, SERVER_TEXT = 512 };

/* server - the lines of a server's env file.  An absent line is an empty string. */
struct server {
    char kind[SERVER_TEXT], family[SERVER_TEXT], version[SERVER_TEXT], host[SERVER_TEXT],
        port[SERVER_TEXT], socket[SERVER_TEXT], dir[SERVER_TEXT], log[SERVER_TEXT],
        tls[SERVER_TEXT], pki[SERVER_TEXT], rsakey[SERVER_TEXT];
};

/* server_set - one line of the env file into its field; other names are for other readers. */
static inline void server_set(struct server *s, const char *name, const char *value)
{
    const struct {
        const char *name;
        char *field;
    } fields[] = {
        {"KIND", s->kind}, {"FAMILY", s->family}, {"VERSION", s->version}, {"HOST", s->host},
        {"PORT", s->port}, {"SOCKET", s->socket}, {"DIR", s->dir},         {"LOG", s->log},
        {"TLS", s->tls},   {"PKI", s->pki},       {"RSAKEY", s->rsakey},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(name, fields[i].name) == 0)
            (void)snprintf(fields[i].field, SERVER_TEXT, "%s", value);
    }
}

/* server_find - the facts of the server NAME ("mariadb", "mysql-tls"...).  Returns 1, or 0 when it
 * was not started. */
static inline int server_find(struct server *s, const char *name)
{
    char path[2 * SERVER_TEXT], line[2 * SERVER_TEXT];
    const char *folder = getenv("MYWIRE_SERVERS");
    memset(s, 0, sizeof *s);
    (void)snprintf(path, sizeof path, "%s/%s/env", folder ? folder : "", name);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *equals = strchr(line, '=');
        if (!equals)
            continue;
        *equals = '\0';
        server_set(s, line, equals + 1);
    }
    (void)fclose(file);
    return s->port[0] != '\0';
}

/* server_need - server_find, or the end of the program: exit 77 (skipped), or 1 where CI is set. */
static inline struct server server_need(const char *name)
{
    struct server s;
    if (server_find(&s, name))
        return s;
    fprintf(stderr, "%s: NO SERVER '%s': run this through tests/run, or see tests/lib/README.md\n",
            getenv("CI") ? "ERROR" : "SKIPPED", name);
    exit(getenv("CI") ? EXIT_FAILURE : SERVER_SKIP);
}

/* server_pki - path of a file of the PKI, e.g. server_pki(path, "ca.crt").  path: SERVER_TEXT
 * bytes.  Returns path. */
static inline const char *server_pki(char *path, const char *file)
{
    const char *folder = getenv("MYWIRE_PKI");
    (void)snprintf(path, SERVER_TEXT, "%s/%s", folder ? folder : "MYWIRE_PKI-is-not-set", file);
    return path;
}

/* server_connection - a connection string for SQLDriverConnect: driver, server, port, database,
 * user and password (NULL: left out; a } in it is doubled), then extra ("KEY=value;..." or ""),
 * whose keys must not repeat those. out: cap bytes.  Returns out. */
static inline const char *server_connection(const struct server *s, const char *user,
                                            const char *password, const char *extra, char *out,
                                            size_t cap)
{
    char quoted[2 * SERVER_TEXT] = "";
    size_t n = 0;
    for (const char *p = password ? password : ""; *p && n + 2 < sizeof quoted; p++) {
        quoted[n++] = *p;
        if (*p == '}')
            quoted[n++] = '}';
    }
    quoted[n] = '\0';
    int len = snprintf(out, cap, "DRIVER={MyWire};SERVER=%s;PORT=%s;DATABASE=test;UID=%s;", s->host,
                       s->port, user);
    if (password && len > 0 && (size_t)len < cap)
        len += snprintf(out + len, cap - (size_t)len, "PWD={%s};", quoted);
    if (len > 0 && (size_t)len < cap)
        (void)snprintf(out + len, cap - (size_t)len, "%s", extra);
    return out;
}

/* server_swap_certificate - the server presents pki/NAME.crt from now on.  Only for "mariadb-tls"
 * and "mysql-tls". Returns 1, or 0 with the reason on stderr.  MySQL may restart for it: open
 * connections end. */
static inline int server_swap_certificate(const struct server *s, const char *name)
{
    char command[4 * SERVER_TEXT];
    (void)snprintf(command, sizeof command, "'%s/servers' tls '%s' '%s'", TEST_LIB_DIR, s->dir,
                   name);
    return system(command) == 0;
}

#endif
