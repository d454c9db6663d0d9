/* fuzz_session.c - any server against a whole session: login, then the commands that the input
 * names.  Each call ends in a known way, cells lie in the read buffer, memory stays near to what
 * has arrived, the password does not leave in clear, and reading stops where the server does.
 *
 * Input: options, step of reads, number of commands, the commands, then what the server sends (see
 * wire_stream.h). */
#include "wire/row.h"
#include "wire/session_parts.h"

#include "wire_stream.h"

#define MEMORY_BASE (4u << 20)

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak)); /* AddressSanitizer */

static const char secret[] = "fuzz-pass-word";

struct run {
    struct session *s;
    struct wire_stmt st;
    struct fault f;
    size_t before, most; /* bytes of memory: when it began, and allowed above that */
};

static void check_result(struct run *r, int rc)
{
    const struct fault *f = &r->f;
    bool lives = rc >= 0 || rc == RC_SERVER || rc == RC_CONFIG || rc == RC_UNSUPPORTED;
    MUST(session_broken(r->s) != lives || session_broken(r->s));
    MUST(rc <= 1 && rc >= RC_CANCELLED && rc != RC_CONNECT && rc != RC_TIMEOUT && rc != RC_MEMORY);
    MUST(rc >= 0 || (f->rc == rc && f->text[0] && memchr(f->text, 0, sizeof f->text)));
    MUST(rc >= 0 || !strstr(f->text, secret));
    MUST(rc < 0 || !session_broken(r->s));
    if (&__sanitizer_get_current_allocated_bytes) {
        MUST(__sanitizer_get_current_allocated_bytes() < r->before + r->most);
    }
}

static void check_columns(const struct wire_column *cols, size_t ncols)
{
    size_t sum = 0;
    for (size_t i = 0; i < ncols; i++) {
        sum += strlen(cols[i].name) + strlen(cols[i].org_name) + strlen(cols[i].table) +
               strlen(cols[i].org_table) + strlen(cols[i].schema) + strlen(cols[i].catalog) +
               strlen(cols[i].ext_type);
    }
    MUST(sum < SIZE_MAX);
}

static void check_reply(struct run *r, int rc)
{
    check_result(r, rc);
    const struct wire_reply *a = session_reply(r->s);
    if (rc == RC_OK) {
        MUST(strlen(a->info) <= 16384);
        MUST(a->has_rows == (r->s->state == SESSION_ROWS) && (!a->has_rows || a->ncols > 0));
        check_columns(a->cols, a->has_rows ? a->ncols : 0);
    }
}

/* Rows until the end, but not more than at_most. */
static void rows(struct run *r, unsigned at_most)
{
    const struct cell *cells = NULL;
    int rc = 1;
    while (rc == 1 && at_most--) {
        rc = session_row(r->s, &cells, &r->f);
        check_result(r, rc);
        size_t ncols = rc == 1 ? session_reply(r->s)->ncols : 0;
        for (size_t i = 0; i < ncols; i++) {
            const unsigned char *from = r->s->k.buf, *p = cells[i].p;
            MUST(!p || (p >= from && cells[i].len <= r->s->k.cap &&
                        p + cells[i].len <= from + r->s->k.cap));
        }
    }
}

static void prepare(struct run *r)
{
    wire_stmt_close(r->s, &r->st);
    int rc = session_prepare(r->s, "select ?", 8, &r->st, &r->f);
    check_result(r, rc);
    if (rc == RC_OK) {
        check_columns(r->st.cols, r->st.ncols);
        check_columns(r->st.params, r->st.params ? r->st.nparams : 0);
    }
}

static void execute(struct run *r)
{
    struct wire_param *params = calloc((size_t)r->st.nparams + 1, sizeof *params);
    for (size_t i = 0; i < r->st.nparams; i++) {
        params[i] = (struct wire_param){
            .type = MYSQL_TYPE_VAR_STRING, .p = (const unsigned char *)"abc", .len = 3};
        params[i].is_null = i % 3 == 1;
        params[i].is_long = i == 0 && r->st.long_data_sent;
    }
    if (r->st.id) {
        check_reply(r, session_execute(r->s, &r->st, params, &r->f));
    }
    free(params);
}

static void long_data(struct run *r)
{
    if (r->st.nparams) {
        check_result(r, session_send_long_data(r->s, &r->st, 0, "piece", 5, &r->f));
    }
}

static void query(struct run *r)
{
    check_reply(r, session_query(r->s, "select 1", 8, &r->f));
}

static void load(struct run *r)
{
    static const char sql[] = "LOAD DATA LOCAL INFILE 'a' INTO TABLE t";
    check_reply(r, session_query(r->s, sql, sizeof sql - 1, &r->f));
}

static void all_rows(struct run *r)
{
    rows(r, 100000);
}

static void one_row(struct run *r)
{
    rows(r, 1);
}

static void next(struct run *r)
{
    check_reply(r, session_next(r->s, &r->f));
}

static void skip(struct run *r)
{
    check_result(r, session_skip(r->s, &r->f));
}

static void ping(struct run *r)
{
    check_result(r, session_ping(r->s, &r->f));
}

static void use(struct run *r)
{
    check_result(r, session_use(r->s, "d2", &r->f));
}

static void reset(struct run *r)
{
    check_result(r, session_reset(r->s, &r->f));
}

static void detect(struct run *r)
{
    if (session_idle(r->s)) { /* else it may know the answer already */
        check_result(r, session_detect(r->s, &r->f));
    }
}

static void stmt_close(struct run *r)
{
    wire_stmt_close(r->s, &r->st);
}

/* By the byte of the input; tests/fuzz/seeds knows the numbers. */
static void (*const commands[16])(struct run *) = {
    query, all_rows, one_row, next, skip,   prepare, execute, long_data,
    ping,  use,      reset,   ping, detect, load,    ping,    stmt_close,
};

static struct session_opts options(unsigned bits)
{
    static const struct session_host host = {"db1", 3306};
    static const struct session_attr attr = {"_a", "b"};
    return (struct session_opts){.hosts = &host,
                                 .nhosts = 1,
                                 .user = "u",
                                 .password = {bits & 1 ? secret : "", secret, NULL},
                                 .database = bits & 2 ? "d" : NULL,
                                 .allow_cleartext = bits & 4,
                                 .get_server_public_key = bits & 8,
                                 .compress = bits & 16 ? COMPRESS_ZLIB | COMPRESS_ZSTD : 0,
                                 .multi_statements = bits & 32,
                                 .tls.mode = bits & 128 ? TLS_PREFERRED : TLS_DISABLED,
                                 .attrs = &attr,
                                 .nattrs = 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    if (fuzz_has(data, n, secret)) { /* the server cannot know it */
        return 0;
    }
    unsigned bits = fuzz_byte(&in), step = fuzz_byte(&in);
    size_t ncommands = fuzz_byte(&in) % 32;
    unsigned char *script = fuzz_copy(&in, ncommands, &ncommands);
    struct session_opts o = options(bits);
    struct run r = {.most = MEMORY_BASE + 64 * n};
    struct wire_stream w;
    wire_stream_init(&w, in);
    w.is_framed = bits & 64;
    w.step = step;
    if (&__sanitizer_get_current_allocated_bytes) {
        r.before = __sanitizer_get_current_allocated_bytes();
    }
    int rc = session_open_stream(&o, &w.base, &r.s, &r.f);
    MUST((rc == RC_OK) == (r.s != NULL) && (rc == RC_OK || w.is_closed));
    MUST(rc == RC_OK || (r.f.text[0] && !strstr(r.f.text, secret)));
    for (size_t i = 0; r.s && i < ncommands; i++) {
        commands[script[i] % 16](&r);
    }
    wire_stmt_close(r.s, &r.st);
    session_close(r.s);
    MUST(w.is_closed && (o.allow_cleartext || !fuzz_has(w.written.p, w.written.len, secret)));
    wire_stream_clear(&w);
    free(script);
    return 0;
}
