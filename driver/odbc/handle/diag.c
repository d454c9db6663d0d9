/* diag.c - records of diagnostics: made, ranked, read.
 *
 * Order of records: row number, then errors about the transaction, other errors, warnings, then
 * age. Source: ODBC reference, "Sequence of Status Records". */
#include "odbc/handle/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "odbc/handle/desc.h"
#include "odbc/handle/handle.h"

#define MESSAGE_MAX     1536 /* bytes of a message without its prefix */
#define ANSI_RECORD_MAX 500
#define PREFIX_CHARS    64

struct state_row {
    const char *name;
    SQLRETURN rc;
    const char *text;
};

static const struct state_row states[ST_COUNT] = {
#define SQLSTATE(state, rc, text) [ST_##state] = {#state, rc, text},
#include "table/sqlstate.def"
#undef SQLSTATE
};

static const struct fault_row {
    int rc;
    enum sqlstate state, connecting;
    SQLINTEGER native;
} fault_rows[] = {
#define FAULT(rc, state, connecting, native) {rc, ST_##state, ST_##connecting, native},
#include "table/fault.def"
#undef FAULT
};

static const struct server_row {
    uint32_t number;
    const char *words; /* NULL: any */
    enum sqlstate state;
} server_rows[] = {
#define SERVER_ERROR(number, state, why)
#define SERVER_WORDS(number, words, state, why) {number, words, ST_##state},
#define SERVER_STATE(from, state, why)
#include "table/server_error.def"
#undef SERVER_ERROR
#undef SERVER_WORDS
#define SERVER_ERROR(number, state, why) {number, NULL, ST_##state},
#define SERVER_WORDS(number, words, state, why)
#include "table/server_error.def"
#undef SERVER_ERROR
#undef SERVER_WORDS
#undef SERVER_STATE
};

static const struct {
    const char *from;
    enum sqlstate state;
} server_states[] = {
#define SERVER_ERROR(number, state, why)
#define SERVER_WORDS(number, words, state, why)
#define SERVER_STATE(from, state, why) {from, ST_##state},
#include "table/server_error.def"
#undef SERVER_ERROR
#undef SERVER_WORDS
#undef SERVER_STATE
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char no_memory_text[] = "[MyWire] out of memory";
static const struct diag_rec no_memory = {
    .state = "HY001",
    .native = 2008,
    .row = SQL_NO_ROW_NUMBER,
    .column = SQL_NO_COLUMN_NUMBER,
    .text = no_memory_text,
    .is_error = true,
};

const char *diag_state_name(enum sqlstate st)
{
    return states[st].name;
}

size_t diag_count(const struct diag *d)
{
    return d->nrecs + (d->lost ? 1 : 0);
}

const struct diag_rec *diag_get(const struct diag *d, size_t i)
{
    if (i < d->nrecs)
        return &d->recs[i];
    return d->lost && i == d->nrecs ? &no_memory : NULL;
}

void diag_clear(struct diag *d)
{
    for (size_t i = 0; i < d->nrecs; i++)
        free(d->recs[i].text);
    struct diag_rec *recs = d->recs;
    size_t cap = d->cap;
    memset(d, 0, sizeof(*d));
    d->recs = recs;
    d->cap = cap;
}

void diag_free(struct diag *d)
{
    diag_clear(d);
    free(d->recs);
    memset(d, 0, sizeof(*d));
}

/* Smaller ranks come first among records of one row. */
static int rank(const struct diag_rec *r)
{
    if (!r->is_error)
        return 3;
    bool transaction =
        !strncmp(r->state, "40", 2) || !strncmp(r->state, "25S", 3) || !strcmp(r->state, "08007");
    if (transaction)
        return 0;
    bool standard = r->state[0] < 'H' && r->state[2] != 'S';
    return standard ? 1 : 2;
}

static bool goes_before(const struct diag_rec *a, const struct diag_rec *b)
{
    if (a->row != b->row)
        return a->row < b->row;
    return rank(a) < rank(b);
}

static bool make_room(struct diag *d)
{
    if (d->nrecs < d->cap)
        return true;
    size_t cap = d->cap ? d->cap * 2 : 4;
    struct diag_rec *recs = realloc(d->recs, cap * sizeof(*recs));
    if (!recs)
        return false;
    d->recs = recs;
    d->cap = cap;
    return true;
}

/* The record goes where its rank says; its text is taken.  False: lost for want of memory. */
static bool place(struct diag *d, const struct diag_rec *r)
{
    if (!r->text || !make_room(d)) {
        free(r->text);
        d->lost = true;
        return false;
    }
    size_t at = d->nrecs;
    while (at > 0 && goes_before(r, &d->recs[at - 1]))
        at--;
    memmove(&d->recs[at + 1], &d->recs[at], (d->nrecs - at) * sizeof(*r));
    d->recs[at] = *r;
    d->nrecs++;
    return true;
}

void diag_append(struct diag *to, const struct diag *from)
{
    for (size_t i = 0; i < from->nrecs; i++) {
        struct diag_rec copy = from->recs[i];
        copy.text = strdup(copy.text);
        (void)place(to, &copy); /* what is lost is noted there */
    }
    to->row_warnings += from->row_warnings;
    to->row_errors += from->row_errors;
    to->lost |= from->lost;
}

/* The text is "[MyWire] words", or "[MyWire][MariaDB 10.11.6] words" when the server spoke. */
static size_t put_prefix(const struct dbc *d, bool from_server, char out[PREFIX_CHARS])
{
    int n = snprintf(out, PREFIX_CHARS, "[MyWire] ");
    if (from_server && d && d->session) {
        unsigned v = session_info(d->session)->version;
        n = snprintf(out, PREFIX_CHARS, "[MyWire][%s %u.%u.%u] ", dbc_product_name(d), v / 10000,
                     v / 100 % 100, v % 100);
    }
    return (size_t)n;
}

static char *join(const char *prefix, const char *words, size_t n)
{
    size_t nprefix = strlen(prefix);
    char *text = malloc(nprefix + n + 1);
    if (!text)
        return NULL;
    memcpy(text, prefix, nprefix);
    memcpy(text + nprefix, words, n);
    text[nprefix + n] = '\0';
    return text;
}

/* Servers, files and applications put words into messages, and messages go to terminals and into
 * the files of others: a control character (also of the range from U+0080, which terminals obey)
 * becomes '?', only line ends and tabs stay. */
static void tame(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        bool is_control = (*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7F;
        if (is_control)
            *c = '?';
        else if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
            c[0] = c[1] = '?';
    }
}

/* Bytes of words, behind a prefix of nprefix, that one record may have.  An ANSI application sees
 * no more than 511 of a record through unixODBC 2.3.11 (extract_diag_error), and isql has room for
 * 500; to a W application all is told in one. */
static size_t whole_words(const struct dbc *d, const char *words, size_t nprefix)
{
    size_t n = strlen(words);
    size_t max = ANSI_RECORD_MAX - nprefix;
    if (!d || d->wide || n <= max)
        return n;
    size_t space = max;
    while (space > max / 2 && words[space] != ' ')
        space--;
    return words[space] == ' ' ? space : text_floor(words, n, max);
}

/* A server repeats what it does not like, and so do we: may the record hold a password? */
static bool may_be_secret(const struct handle *h, const struct dbc *d, const struct diag_rec *r)
{
    bool is_about_sql = r->from_server || !strncmp(r->state, "08", 2);
    if (h->magic == MAGIC_STMT && ((const struct stmt *)(const void *)h)->is_secret)
        return true;
    return is_about_sql && d->session && session_is_secret(d->session);
}

static void add_one(struct handle *h, struct diag_rec *r, const char *prefix, const char *words,
                    size_t n)
{
    struct dbc *dbc = handle_dbc(h);
    r->text = join(prefix, words, n);
    if (r->text)
        tame(r->text);
    if (place(&h->diag, r) && dbc)
        log_line(&dbc->log, r->is_error ? LOG_ERROR : LOG_INFO, "%s %d %s", r->state,
                 (int)r->native, may_be_secret(h, dbc, r) ? LOG_SECRET_WORDS : r->text);
}

/* The call that met the end of the connection has said so. */
static void note_told(const struct handle *h, const struct dbc *d, const struct diag_rec *r)
{
    if (r->is_error && h->magic != MAGIC_CANCEL && d && d->session && session_broken(d->session))
        session_told(d->session);
}

/* What one record cannot tell goes on in the next one of the same state. */
static void add(struct handle *h, struct diag_rec *r, const char *words)
{
    char prefix[PREFIX_CHARS];
    const struct dbc *d = handle_dbc(h);
    note_told(h, d, r);
    size_t nprefix = put_prefix(d, r->from_server, prefix);
    do {
        size_t n = whole_words(d, words, nprefix);
        add_one(h, r, prefix, words, n);
        words += n + strspn(words + n, " ");
    } while (*words);
}

static struct diag_rec make_rec(const char *state, bool is_error, SQLLEN row, SQLINTEGER column)
{
    struct diag_rec r = {.row = row ? row : SQL_NO_ROW_NUMBER,
                         .column = column ? column : SQL_NO_COLUMN_NUMBER,
                         .is_error = is_error};
    memcpy(r.state, state, 5);
    return r;
}

static SQLRETURN diag_v(struct handle *h, SQLLEN row, SQLINTEGER column, enum sqlstate st,
                        const char *fmt, va_list ap) PRINTF_LIKE(5, 0);

/* Of errors such as these there is one, and it is the one that counts. */
static bool is_about_all(const char *state)
{
    static const char *const classes[] = {"08", "25", "40", "HYT", "HY008"};
    for (size_t i = 0; i < COUNT(classes); i++)
        if (!strncmp(state, classes[i], strlen(classes[i])))
            return true;
    return false;
}

/* May one more record about a row be kept?  The first that may not is told to be so. */
static bool may_tell(struct handle *h, SQLLEN row, const char *state, bool is_error)
{
    if (row <= 0 || is_about_all(state))
        return true;
    size_t most = is_error ? DIAG_ROW_ERRORS : DIAG_ROW_WARNINGS;
    size_t n = is_error ? ++h->diag.row_errors : ++h->diag.row_warnings;
    if (n != most + 1)
        return n <= most;
    char words[200];
    (void)snprintf(words, sizeof words,
                   "after %zu %s about rows no more are kept; the row status array tells which "
                   "rows have them (SQL_ATTR_ROW_STATUS_PTR, SQL_ATTR_PARAM_STATUS_PTR)",
                   most, is_error ? "errors" : "warnings");
    struct diag_rec r = make_rec("01000", false, row, 0);
    add(h, &r, words);
    return false;
}

static SQLRETURN diag_v(struct handle *h, SQLLEN row, SQLINTEGER column, enum sqlstate st,
                        const char *fmt, va_list ap)
{
    if (!may_tell(h, row, states[st].name, states[st].rc == SQL_ERROR))
        return states[st].rc;
    char words[MESSAGE_MAX];
    int n = fmt ? vsnprintf(words, sizeof(words), fmt, ap) : -1;
    if (n < 0)
        (void)snprintf(words, sizeof(words), "%s", states[st].text);
    words[text_mend(words, strlen(words))] = '\0'; /* arguments may be cut, like the whole */
    struct diag_rec r = make_rec(states[st].name, states[st].rc == SQL_ERROR, row, column);
    add(h, &r, words);
    return states[st].rc;
}

SQLRETURN diag(struct handle *h, enum sqlstate st, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    SQLRETURN rc = diag_v(h, 0, 0, st, fmt, ap);
    va_end(ap);
    return rc;
}

SQLRETURN diag_at(struct handle *h, SQLLEN row, SQLINTEGER column, enum sqlstate st,
                  const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    SQLRETURN rc = diag_v(h, row, column, st, fmt, ap);
    va_end(ap);
    return rc;
}

SQLRETURN diag_repeat(struct handle *h, const struct diag_rec *r)
{
    struct diag_rec copy = *r;
    const char *end = strstr(r->text, "] "); /* of the prefix, which add() makes again */
    add(h, &copy, end ? end + 2 : r->text);
    return r->is_error ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

static const struct fault_row *find_fault(int rc)
{
    for (size_t i = 0; i < COUNT(fault_rows); i++)
        if (fault_rows[i].rc == rc)
            return &fault_rows[i];
    return find_fault(RC_PROTOCOL);
}

/* What the table makes of a server's error; NULL: nothing. */
static const char *find_server(const struct fault *f)
{
    for (size_t i = 0; i < COUNT(server_rows); i++) {
        const struct server_row *r = &server_rows[i];
        if (r->number == f->number && (!r->words || strstr(f->text, r->words)))
            return states[r->state].name;
    }
    for (size_t i = 0; i < COUNT(server_states); i++)
        if (!strcmp(server_states[i].from, f->state))
            return states[server_states[i].state].name;
    return NULL;
}

/* A state of five digits or capital letters that does not stand for success. */
static bool is_error_state(const char *s)
{
    for (int i = 0; i < 5; i++)
        if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z')))
            return false;
    return !(s[0] == '0' && s[1] <= '2');
}

/* Is the number the server's? */
static bool server_spoke(const struct fault *f)
{
    return f->rc == RC_SERVER || (f->rc == RC_DENIED && f->number) ||
           (f->rc == RC_CONNECT && f->state[0]);
}

/* May the state be told?  One that says the connection is gone may not where it goes on working. */
static bool is_true(const char *state, const struct fault *f, bool connecting)
{
    return connecting || f->rc != RC_SERVER || strncmp(state, "08", 2) != 0;
}

static const char *fault_state(const struct fault *f, bool connecting)
{
    const struct fault_row *row = find_fault(f->rc);
    const char *otherwise = states[connecting ? row->connecting : row->state].name;
    if (!server_spoke(f))
        return otherwise;
    const char *known = find_server(f);
    if (known && is_true(known, f, connecting))
        return known;
    bool is_own = f->rc == RC_SERVER && is_error_state(f->state);
    return is_own && is_true(f->state, f, connecting) ? f->state : otherwise;
}

/* The server read too much in one packet: it says so and hangs up.  Connecting again would not
 * help: the number is told.  (Of other last words only the text is; their number is that of a lost
 * connection, by which programs know to connect again.) */
static bool is_too_large(const struct fault *f)
{
    enum { ER_NET_PACKET_TOO_LARGE = 1153 };
    return f->number == ER_NET_PACKET_TOO_LARGE && f->rc == RC_LOST && f->state[0];
}

static SQLRETURN fault_to_diag(struct handle *h, SQLLEN row, const struct fault *f, bool connecting)
{
    bool spoke = server_spoke(f) || is_too_large(f);
    struct diag_rec r = make_rec(fault_state(f, connecting), true, row, 0);
    if (!may_tell(h, row, r.state, true))
        return SQL_ERROR;
    r.from_server = spoke;
    r.native = spoke ? (SQLINTEGER)f->number : find_fault(f->rc)->native;
    if (is_too_large(f)) {
        char words[sizeof f->text + 200];
        (void)snprintf(words, sizeof words,
                       "%s; the statement with its values is larger than max_allowed_packet of the "
                       "server, which has closed the connection: connect again and send less in "
                       "one statement, or raise max_allowed_packet there",
                       f->text);
        add(h, &r, words);
        return SQL_ERROR;
    }
    add(h, &r, f->text[0] ? f->text : "the layer below gave no words");
    return SQL_ERROR;
}

SQLRETURN diag_fault(struct handle *h, const struct fault *f)
{
    return fault_to_diag(h, 0, f, false);
}

SQLRETURN diag_fault_commit(struct handle *h, const struct fault *f)
{
    struct fault told = *f;
    struct diag_rec r = make_rec(states[ST_08007].name, true, 0, 0);
    r.native = find_fault(f->rc)->native;
    (void)fault_prefix(&told, "the answer to COMMIT was lost, the transaction may be committed or "
                              "not: ");
    add(h, &r, told.text);
    return SQL_ERROR;
}

SQLRETURN diag_fault_at(struct handle *h, SQLLEN row, const struct fault *f)
{
    return fault_to_diag(h, row, f, false);
}

SQLRETURN diag_fault_connect(struct handle *h, const struct fault *f)
{
    return fault_to_diag(h, 0, f, true);
}
