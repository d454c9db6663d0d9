/* dsn.h - the keys of a connection: from connection strings and odbc.ini to struct dsn, and back.
 *
 * The life of a connection's keys, in this order:
 * - dsn_init: defaults.
 * - dsn_put: SQLConnect's arguments, DSN_FROM_ARGUMENT.
 * - dsn_parse: the string of SQLDriverConnect or SQLBrowseConnect, DSN_FROM_STRING.
 * - ini_read (conf/ini.h): the section d->dsn of odbc.ini, DSN_FROM_INI, unless DRIVER is given.
 * - dsn_finish: OPTION's bits, older keys, files that keys name; checks.
 * - dsn_hosts: SERVER as an array.
 * - dsn_write: the completed connection string, or a masked one for the log.
 * - dsn_clear: wipes secrets, frees all.
 *
 * A key keeps the value of the strongest source; of one source the first value counts, but the last
 * of arguments.
 *
 * Every key is a row of table/dsn.def.  What should be told to the user without failing is
 * collected in notes. Nothing here prints or logs; no message holds a secret.  Source: ODBC
 * reference, "SQLDriverConnect", "Connection Strings". */
#ifndef MYWIRE_CONF_DSN_H
#define MYWIRE_CONF_DSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/tls_mode.h"

#define DSN_ENUM(constant, number, word) constant = (number),
#define DSN_ENUM_OF(list)                enum list { DSN_LIST_##list(DSN_ENUM) };
DSN_LISTS(DSN_ENUM_OF)
#undef DSN_ENUM
#undef DSN_ENUM_OF

/* Where a value came from; a larger number is stronger. */
enum dsn_source {
    DSN_FROM_DEFAULT = 0,
    DSN_FROM_DERIVED, /* dsn_finish made it out of other keys or read it from a file; never written
                         back */
    DSN_FROM_INI,     /* odbc.ini */
    DSN_FROM_STRING,  /* connection string */
    DSN_FROM_ARGUMENT /* SQLConnect */
};

/* DSN_KEY_ssl_ca and so on, in the order of the table; DSN_KEYS: no such key. */
enum dsn_key {
#define DSN(field, ...) DSN_KEY_##field,
#include "table/dsn.def"
    DSN_KEYS
};

enum dsn_note_kind {
    DSN_NOTE_UNKNOWN,   /* 01S00: no such key */
    DSN_NOTE_BAD_VALUE, /* 01S00: the value cannot be used, the default stays */
    DSN_NOTE_NO_EFFECT, /* 01S02: known, but nothing is done about it */
    DSN_NOTE_CONFLICT,  /* 01S02: two keys say different things; the text tells which one counts */
    DSN_NOTE_EXPOSED    /* 01000: a file with a secret in it is not private */
};

struct dsn_note {
    enum dsn_note_kind kind;
    char *text; /* one sentence for the user, names the key; owned */
};

#define DSN_NOTES_MAX 64 /* further notes are dropped */

#define DSN_C_TEXT                 char *
#define DSN_C_PATH                 char *
#define DSN_C_SECRET               char *
#define DSN_C_PAIRS                char *
#define DSN_C_INT(lowest, highest) int
#define DSN_C_BOOL                 bool
#define DSN_C_FLAGS(list)          uint32_t
#define DSN_C_BITS                 uint32_t
#define DSN_C_CHOICE(list)         enum list

/* struct dsn - one field a key: char * (owned; NULL when not given or empty), int, bool, uint32_t
 * or an enum. Read the fields directly; change them only through the functions below.  Zeroed is
 * valid and empty. */
struct dsn {
#define DSN(field, kind, ...) DSN_C_##kind field;
#include "table/dsn.def"
    enum tls_mode tls_mode;       /* the SSLMODE that counts; of dsn_finish */
    unsigned char from[DSN_KEYS]; /* enum dsn_source of each key */
    struct dsn_note *notes;       /* owned; see dsn_note_kind */
    size_t nnotes;
};

/* dsn_init - every key at its default.  d is overwritten, not cleared.  RC_MEMORY. */
int dsn_init(struct dsn *d, struct fault *f) MUST_USE;

/* dsn_clear - wipe secrets, free all; d is zeroed and may be cleared again. */
void dsn_clear(struct dsn *d);

/* dsn_copy - to becomes a copy of all of from, with notes; to is overwritten, and empty after
 * RC_MEMORY. */
int dsn_copy(struct dsn *to, const struct dsn *from, struct fault *f) MUST_USE;

enum dsn_verdict {
    DSN_ACCEPTED = 0, /* stored, or a stronger source had already given the key */
    DSN_UNKNOWN,      /* no key of this name */
    DSN_BAD_VALUE,    /* known, but not with this value; the field is unchanged */
    DSN_NO_MEMORY
};

/* dsn_find - the key of that name (n bytes; any alias; case, '_' and '-' do not count), or
 * DSN_KEYS. */
enum dsn_key dsn_find(const char *name, size_t n);

/* dsn_put - give a key its value as text.  value: UTF-8, nvalue bytes, borrowed.
 * Spaces around numbers and words do not count.  Anything but DSN_ACCEPTED fills f (RC_CONFIG,
 * RC_MEMORY) with a text that names key, value (masked if secret) and what is allowed.  Makes no
 * notes. */
enum dsn_verdict dsn_put(struct dsn *d, enum dsn_key key, const char *value, size_t nvalue,
                         enum dsn_source from, struct fault *f) MUST_USE;

/* dsn_take_pair - dsn_put to the key of that name, and what it says becomes a note, as a connection
 * string or odbc.ini needs it: an unknown key and a bad value are noted, keys without effect too.
 * RC_CONFIG for a bad value of a key that must not be ignored (STRICT in table/dsn.def), and for an
 * unknown key that begins with SSL or TLS or is nearest to a strict one; RC_MEMORY. */
int dsn_take_pair(struct dsn *d, const char *name, size_t nname, const char *value, size_t nvalue,
                  enum dsn_source from, struct fault *f) MUST_USE;

/* dsn_parse - a connection string, n bytes of UTF-8, borrowed: key=value;key={value};...  In braces
 * '}}' is one '}', and any other character is itself.  Spaces around keys and values outside braces
 * do not count.  The first of repeated keys wins; of DSN and DRIVER the first one.  RC_CONFIG: a
 * brace that is not closed, text after a closing brace, a pair without '=' or key, a NUL or bad
 * UTF-8 in it, or what dsn_take_pair refuses; the text names the key. */
int dsn_parse(struct dsn *d, const char *s, size_t n, enum dsn_source from,
              struct fault *f) MUST_USE;

/* dsn_finish - after the last source: turns on what OPTION's bits and older keys stand for, reads
 * PWDFILE into pwd (if PWD is not given), OPENID-TOKEN-FILE into token, TLSPEERFPLIST into
 * tls_peer_fp, sets port 0 to 3306, and checks what can only be checked together (server list, TLS
 * versions, certificate and key).  Notes conflicts.  RC_CONFIG names key and cure; RC_MEMORY.
 *
 * d->tls_mode is the mode to act on.  SSLMODE if given; else VERIFY_CA if SSLCA, SSLCAPATH or
 * SSLBUNDLE is given; else PREFERRED.  FORCETLS=1 and a fingerprint raise it to REQUIRED,
 * SSLVERIFY=1 to VERIFY_IDENTITY, unless SSLMODE comes from a stronger source than they (a
 * fingerprint is never given up).  Nothing lowers it.  SSLVERIFY=1 with a fingerprint, which names
 * the one certificate, is REQUIRED, as with MariaDB, which then leaves the chain alone. */
int dsn_finish(struct dsn *d, struct fault *f) MUST_USE;

/* dsn_is_set - did any source give the key a value (also an empty one)? */
bool dsn_is_set(const struct dsn *d, enum dsn_key key);

/* dsn_tls_versions - DSN_TLS_1_2 | DSN_TLS_1_3 as TLSVERSION and NO_TLS_* leave them; never 0 after
 * dsn_finish. */
unsigned dsn_tls_versions(const struct dsn *d);

/* One host of SERVER. */
struct dsn_host {
    char *host; /* name or address without brackets; owned */
    uint16_t port;
};
struct dsn_hosts {
    struct dsn_host *list;
    size_t n; /* at least 1 after dsn_hosts */
};
#define DSN_HOSTS_MAX 256

/* dsn_hosts - SERVER taken apart: h1:p1,h2:p2,[::1]:p3; an IPv6 address without port needs no
 * brackets.  With HOSTORDER=RANDOM the list is shuffled by seed (any number that differs between
 * connections).  h is overwritten.  RC_CONFIG names the item; RC_MEMORY. */
int dsn_hosts(const struct dsn *d, uint32_t seed, struct dsn_hosts *h, struct fault *f) MUST_USE;
void dsn_hosts_clear(struct dsn_hosts *h);

/* dsn_pairs_next - walk a PAIRS value ("name=value,name=value", optionally in braces): *s is the
 * cursor, first the field itself. Names and values are borrowed from the field.  False at the end.
 */
struct dsn_pair {
    const char *name, *value;
    size_t nname, nvalue;
};
bool dsn_pairs_next(const char **s, struct dsn_pair *out);

/* dsn_get - append the key's value as text to out; a secret is written as *** unless reveal. */
void dsn_get(const struct dsn *d, enum dsn_key key, bool reveal, struct buf *out);

enum dsn_write_how {
    DSN_WRITE_COMPLETED, /* keys given by string or argument, with secrets given there:
                            SQLDriverConnect's answer */
    DSN_WRITE_MASKED     /* every key that is set from anywhere, secrets as ***: for the log */
};
/* dsn_write - append a connection string to out (buf_ok says whether it is whole).  Values get
 * braces where they need them, so dsn_parse reads back what was written.  Never writes what came
 * from PWDFILE or another file. */
void dsn_write(const struct dsn *d, enum dsn_write_how how, struct buf *out);

/* dsn_browse - the browse result string of SQLBrowseConnect: keys that can still be given, optional
 * ones with '*', in the form UID:User=?;*SSLMODE:TLS mode={DISABLED,...}.  Returns how many of them
 * are required; 0: connect, and use dsn_write. */
size_t dsn_browse(const struct dsn *d, struct buf *out);

/* dsn_missing - the required key that is not given, or DSN_KEYS.  Only UID is required; a server
 * may know an anonymous user, so SQLConnect and SQLDriverConnect try without it and use this to
 * explain a refusal. */
enum dsn_key dsn_missing(const struct dsn *d);

/* dsn_note - add a note; a full list drops it, no memory too. */
void dsn_note(struct dsn *d, enum dsn_note_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* What the table says about a key, for documentation, setup and tests. */
enum dsn_kind {
    DSN_TEXT,
    DSN_PATH,
    DSN_SECRET,
    DSN_PAIRS,
    DSN_INT,
    DSN_BOOL,
    DSN_CHOICE,
    DSN_FLAGS,
    DSN_BITS
};
enum dsn_prompt { DSN_HIDDEN, DSN_EDIT, DSN_PASSWORD, DSN_LIST, DSN_CHECK, DSN_FILE };
enum dsn_effect { DSN_ACTS, DSN_STRICT, DSN_SILENT, DSN_WARNS };
struct dsn_word {
    const char *word;
    uint32_t number;
};
struct dsn_row {
    const char *key, *aliases, *preset,
        *help;                    /* preset: the default as text; aliases: separated by spaces */
    const struct dsn_word *words; /* of CHOICE and FLAGS; ends with a NULL word */
    size_t offset;                /* of the field in struct dsn */
    enum dsn_kind kind;
    int lowest, highest; /* of INT */
    enum dsn_prompt prompt;
    enum dsn_effect effect;
};
const struct dsn_row *dsn_row(enum dsn_key key);

#endif
