/* login.c - steers one login: greeting, TLS, credentials, until the server's OK.
 *
 * Over a unix socket SSLMODE=PREFERRED does not use TLS, REQUIRED and stronger do.  Source: MySQL
 * manual, "Command Options for Encrypted Connections". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/reply.h"
#include "wire/session_parts.h"

#define ROUNDS_MAX  32u /* packets of a server in one login */
#define RSA_KEY_MAX (64u << 10)
#define NATIVE      "mysql_native_password"

/* A login that is being done; lives on the stack of login_run. */
struct login {
    struct session *s;
    const struct session_opts *o;
    struct auth auth;
    struct buf answer; /* may hold the password: has its room from the start and is wiped */
    struct buf rsa_key;
};

/* ---- the server's and our capabilities ---- */

static bool is_given(const char *s)
{
    return s && *s;
}

static struct rd_range range_of(const char *s)
{
    return (struct rd_range){(const unsigned char *)s, strlen(s)};
}

static uint64_t when(bool wanted, uint64_t capability)
{
    return wanted ? capability : 0;
}

/* What we can and want, cut to what the server can.  Compression: one format, zstd rather than
 * zlib. */
static uint64_t choose_capabilities(const struct hello *h, const struct session_opts *o)
{
    uint64_t can = CAP_LONG_PASSWORD | CAP_LONG_FLAG | CAP_PROTOCOL_41 | CAP_TRANSACTIONS |
                   CAP_SECURE_CONNECTION | CAP_MULTI_RESULTS | CAP_PS_MULTI_RESULTS |
                   CAP_PLUGIN_AUTH | CAP_CONNECT_ATTRS | CAP_AUTH_LENENC | CAP_SESSION_TRACK |
                   CAP_DEPRECATE_EOF | CAP_MULTI_FACTOR | CAP_MARIADB_METADATA | CAP_MARIADB_BULK;
    can |= when(o->found_rows, CAP_FOUND_ROWS) | when(o->multi_statements, CAP_MULTI_STATEMENTS) |
           when(o->interactive, CAP_INTERACTIVE) | when(o->ignore_space, CAP_IGNORE_SPACE) |
           when(o->can_handle_expired_password, CAP_EXPIRED_PASSWORD) |
           when(is_given(o->local_infile_dir), CAP_LOCAL_FILES) |
           when(is_given(o->database), CAP_CONNECT_WITH_DB) |
           when(o->compress & COMPRESS_ZSTD, CAP_ZSTD) |
           when(o->compress & COMPRESS_ZLIB, CAP_COMPRESS);
    uint64_t both = can & h->capabilities;
    return both & CAP_ZSTD ? both & ~CAP_COMPRESS : both;
}

void session_take_product(struct session *s, const char *words)
{
    const char *behind;
    s->info.product = product_named(words, &behind);
    bool has = session_product(s)->has_release && behind;
    s->info.release = has ? hello_version(behind + strcspn(behind, "0123456789")) : 0;
}

static void tell_info(struct session *s)
{
    struct session_info *i = &s->info;
    memcpy(i->server_version, s->hello.version, sizeof i->server_version);
    i->version = s->hello.number;
    session_take_product(s, s->hello.version);
    i->connection_id = s->hello.connection_id;
    s->status = s->hello.status;
}

static int read_greeting(struct login *l, struct fault *f)
{
    struct session *s = l->s;
    struct rd_range packet;
    s->k.doing = "waiting for its greeting";
    int rc = packet_read(&s->k, &packet, f);
    if (rc == RC_PROTOCOL || rc == RC_TIMEOUT || rc == RC_LOST) {
        (void)fault_suffix(f, ". Does a server of the MySQL protocol listen there? Check %s",
                           s->info.is_unix ? "SOCKET" : "PORT");
    }
    if (rc == RC_OK) {
        rc = hello_parse(&s->hello, packet, f);
        if (rc != RC_OK) {
            packet_blame(&s->k, f);
        }
    }
    if (rc != RC_OK) {
        return rc;
    }
    s->info.capabilities = choose_capabilities(&s->hello, l->o);
    tell_info(s);
    return RC_OK;
}

/* ---- TLS ---- */

/* Could the proof of a MariaDB server help?  It makes itself a certificate (since 11.4), and proves
 * at the end of the login, with the help of the password, that it is its own; this is only worth
 * waiting for where nothing else could tell.  The greeting that says MariaDB proves nothing yet. */
static bool is_provable(const struct login *l)
{
    const struct tls_opts *t = &l->o->tls;
    bool is_told = is_given(t->ca) || is_given(t->capath) || is_given(t->bundle) ||
                   is_given(t->fingerprint) || is_given(t->crl) || is_given(t->crlpath);
    return tls_mode_verifies(t->mode) && !is_told && l->s->hello.is_extended &&
           is_given(l->o->password[0]) && !l->s->info.is_unix;
}

/* Whoever stands in between could relay such a login and have the user's session at the real server
 * before the proof fails, so only who asks for it goes on without trust. */
static void advise_zero_config(const struct login *l, int rc, struct fault *f)
{
    enum { FIRST = 110400 };
    if (rc == RC_TLS && !l->o->zero_config && is_provable(l) && l->s->hello.number >= FIRST) {
        (void)fault_suffix(f, ".  If MariaDB made it by itself, see SSLZEROCONFIG");
    }
}

static int upgrade(struct login *l, struct fault *f)
{
    struct session *s = l->s;
    s->k.doing = "setting up TLS";
    if (packet_unread(&s->k)) {
        int rc = fault(f, RC_PROTOCOL, "%zu bytes after the greeting that TLS would not protect",
                       packet_unread(&s->k));
        packet_blame(&s->k, f);
        return rc;
    }
    s->info.capabilities |= CAP_SSL;
    hello_put_ssl_request(packet_start(&s->k), s->info.capabilities, s->hello.charset);
    int rc = packet_send(&s->k, "", 0, f);
    if (rc != RC_OK) {
        return rc;
    }
    struct tls_opts t = l->o->tls;
    t.may_prove_later = l->o->zero_config && is_provable(l);
    struct tls_context *own = NULL;
    if (t.may_prove_later || !s->tls) {
        rc = tls_context_get(&t, &own, f);
    }
    if (rc == RC_OK) {
        struct tls_context *c = own ? own : s->tls;
        rc = tls_wrap(&s->k.io, c, s->info.is_unix ? NULL : s->info.host, s->info.port,
                      s->k.deadline, &s->info.tls, f);
        if (rc != RC_OK) {
            advise_zero_config(l, rc, f);
            packet_blame(&s->k, f);
        }
    }
    tls_context_put(own);
    s->info.is_tls = rc == RC_OK;
    return rc;
}

static int secure(struct login *l, struct fault *f)
{
    struct session *s = l->s;
    enum tls_mode mode = l->o->tls.mode;
    if (mode == TLS_DISABLED || (mode == TLS_PREFERRED && s->info.is_unix)) {
        return RC_OK;
    }
    if (s->hello.capabilities & CAP_SSL) { /* offered: no way back to plain text */
        return upgrade(l, f);
    }
    if (mode == TLS_PREFERRED) {
        return RC_OK;
    }
    return fault(
        f, RC_TLS,
        "%s does not offer TLS, and SSLMODE=%s demands it; nothing was sent.  Turn TLS on in the "
        "server (is this the right port? is somebody in between?), or lower SSLMODE",
        s->label, tls_mode_name(mode));
}

/* ---- credentials ---- */

static int read_rsa_key(struct login *l, struct fault *f)
{
    const char *path = l->o->rsa_key_file;
    if (!is_given(path)) {
        return RC_OK;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a pipe must not hang */
    if (fd < 0) {
        return fault_sys(f, RC_CONFIG, errno, "RSAKEY: opening %s", path);
    }
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd); /* reading only */
        return fault(f, RC_CONFIG, "RSAKEY: %s is not a regular file", path);
    }
    buf_init(&l->rsa_key, RSA_KEY_MAX);
    ssize_t got = 1;
    while (got > 0 && buf_ok(&l->rsa_key)) {
        unsigned char part[4096];
        got = read(fd, part, sizeof part);
        buf_put(&l->rsa_key, part, got > 0 ? (size_t)got : 0);
    }
    int err = errno;
    (void)close(fd); /* reading only */
    if (got < 0) {
        return fault_sys(f, RC_CONFIG, err, "RSAKEY: reading %s", path);
    }
    if (!buf_ok(&l->rsa_key) || !strstr(buf_str(&l->rsa_key), "PUBLIC KEY")) {
        return fault(f, RC_CONFIG, "RSAKEY: %s holds no public key in PEM form", path);
    }
    l->auth.rsa_key = buf_str(&l->rsa_key);
    return RC_OK;
}

static void prepare_auth(struct login *l)
{
    struct session *s = l->s;
    struct auth *a = &l->auth;
    for (size_t i = 0; i < AUTH_FACTORS; i++) {
        a->password[i] = l->o->password[i] ? l->o->password[i] : "";
    }
    const struct tls_info *t = &s->info.tls;
    bool is_waiting = s->info.is_tls && t->untrusted && !t->verified;
    a->openid_token = l->o->openid_token;
    a->channel = s->info.is_unix || (s->info.is_tls && t->verified) ? CHANNEL_TRUSTED
                 : s->info.is_tls                                   ? CHANNEL_ENCRYPTED
                                                                    : CHANNEL_PLAIN;
    a->chosen = is_given(l->o->default_auth) ? auth_find(range_of(l->o->default_auth)) : NULL;
    a->allow_cleartext = l->o->allow_cleartext;
    a->get_server_public_key = l->o->get_server_public_key;
    a->refusal = is_waiting ? &t->refusal : NULL;
}

/* Begin with the method that the server names, and the nonce that came with it. */
static int take_method(struct login *l, struct rd_range name, struct rd_range nonce,
                       struct fault *f)
{
    const struct auth_method *m = auth_find(name);
    int n = (int)(name.n < 64 ? name.n : 64);
    if (!m || !m->step) {
        return fault(f, RC_UNSUPPORTED, "the server wants the login method %.*s: %s", n,
                     (const char *)name.p,
                     m ? m->hint
                       : "this driver does not know it; use a user with a password method of MySQL "
                         "or MariaDB, or a client certificate");
    }
    auth_begin(&l->auth, m, hello_nonce(nonce));
    (void)snprintf(l->s->info.auth_plugin, sizeof l->s->info.auth_plugin, "%s", m->name);
    return RC_OK;
}

/* One step of the method; what it answers stands in l->answer.  Returns enum auth_next or a
 * negative RC_*. */
static int step(struct login *l, struct rd_range in, struct fault *f)
{
    buf_reset(&l->answer);
    int next = l->auth.method->step(&l->auth, in, &l->answer, f);
    l->auth.step++;
    return next >= 0 && !buf_ok(&l->answer) ? fault(f, RC_MEMORY, "no memory for the login") : next;
}

static int step_and_send(struct login *l, struct rd_range in, struct fault *f)
{
    int next = step(l, in, f);
    if (next < 0) {
        packet_blame(&l->s->k, f);
        return next;
    }
    if (next == AUTH_WAIT) {
        return RC_OK;
    }
    packet_start(&l->s->k);
    return packet_send(&l->s->k, l->answer.p, l->answer.len, f);
}

static struct rd_range greeted_nonce(const struct session *s)
{
    return (struct rd_range){s->hello.nonce, s->hello.nnonce};
}

/* Answer with a method that waits for nothing the server would say.  Returns as a step does. */
static int answer_with(struct login *l, const struct auth_method *m, struct fault *f)
{
    struct rd_range nothing = {l->s->hello.nonce, 0};
    auth_begin(&l->auth, m, greeted_nonce(l->s));
    return step(l, nothing, f);
}

static int check_chosen(const struct session_opts *o, struct fault *f)
{
    const struct auth_method *m =
        is_given(o->default_auth) ? auth_find(range_of(o->default_auth)) : NULL;
    if (!is_given(o->default_auth) || (m && m->step)) {
        return RC_OK;
    }
    return fault(f, RC_CONFIG,
                 "DEFAULT_AUTH: this driver cannot use the login method \"%.64s\"%s%s",
                 o->default_auth, m ? ": " : "", m ? m->hint : "");
}

/* The DSN names the method: what it refuses to do is final; one that needs the server's word first
 * begins with an empty answer. */
static int answer_chosen(struct login *l, const struct auth_method *m, struct fault *f)
{
    if (m->when != AUTH_ASKED) {
        int next = answer_with(l, m, f);
        if (next < 0) {
            packet_blame(&l->s->k, f);
        }
        return next < 0 ? next : RC_OK;
    }
    auth_begin(&l->auth, m, greeted_nonce(l->s));
    return RC_OK;
}

/* The server's first choice, where it needs nothing more and reveals nothing; else, or when it
 * cannot be done, that of mysql_native_password: the server then asks for what the user needs. */
static void answer_greeted(struct login *l)
{
    const struct auth_method *m = auth_find(range_of(l->s->hello.plugin));
    if (m && m->step && m->when == AUTH_EARLY && answer_with(l, m, NULL) == AUTH_SEND) {
        return;
    }
    if (answer_with(l, auth_find(range_of(NATIVE)), NULL) != AUTH_SEND) {
        buf_reset(&l->answer); /* an odd nonce */
    }
}

/* What the first response answers with, into l->auth.method and l->answer. */
static int first_answer(struct login *l, struct fault *f)
{
    int rc = RC_OK;
    if (l->auth.chosen) {
        rc = answer_chosen(l, l->auth.chosen, f);
    } else {
        answer_greeted(l);
    }
    (void)snprintf(l->s->info.auth_plugin, sizeof l->s->info.auth_plugin, "%s",
                   l->auth.method->name);
    return rc;
}

static struct hello_answer answer_of(const struct login *l)
{
    return (struct hello_answer){
        .capabilities = l->s->info.capabilities,
        .charset = l->s->hello.charset,
        .user = l->o->user,
        .database = l->o->database,
        .plugin = l->auth.method->name,
        .auth = {l->answer.p, l->answer.len},
        .attrs = l->o->attrs,
        .nattrs = l->o->nattrs,
    };
}

/* ---- what the server says until it is content ---- */

/* 0xFE: another method, its name and data.  Alone it means the method of MySQL 4.0. */
static int on_switch(struct login *l, struct rd_range packet, struct fault *f)
{
    struct rd r = rd_init(packet.p + 1, packet.n - 1);
    struct rd_range name = range_of("mysql_old_password");
    if (packet.n > 1) {
        name = rd_nulstr(&r);
    }
    struct rd_range data = rd_rest(&r);
    if (!rd_ok(&r)) {
        return fault(f, RC_PROTOCOL, "a request for another login method that is not well-formed");
    }
    int rc = take_method(l, name, data, f);
    if (rc != RC_OK) {
        packet_blame(&l->s->k, f);
        return rc;
    }
    return step_and_send(l, data, f);
}

/* 0x02: this factor is accepted, the next one is due. */
static int on_factor(struct login *l, struct rd_range packet, struct fault *f)
{
    if (l->auth.factor + 1 >= AUTH_FACTORS) {
        return fault(f, RC_PROTOCOL, "the server asks for more than %d factors", AUTH_FACTORS);
    }
    l->auth.factor++;
    return on_switch(l, packet, f);
}

/* The server denies for reasons that it does not tell: what it cannot have liked.  A certificate is
 * spoken of where there was no password, or where the server had said that it was right; else the
 * password is wrong, as nearly always. */
static void advise_denied(const struct login *l, struct fault *f)
{
    const struct auth *a = &l->auth;
    const struct tls_opts *t = &l->o->tls;
    bool has_cert = is_given(t->cert) || is_given(t->pkcs12) || is_given(t->bundle);
    bool may_want_cert = l->s->info.tls.cert_asked && (a->is_right || !*a->password[a->factor]);
    (void)fault_suffix(f, a->is_right ? ". The password is right" : ". Check UID and PWD");
    if (!l->s->info.is_tls) {
        (void)fault_suffix(f, "; this login was not encrypted, which an account with REQUIRE SSL "
                              "refuses too (SSLMODE)");
    } else if (may_want_cert && !has_cert) {
        (void)fault_suffix(f, "; no client certificate was given, without which an account with "
                              "REQUIRE X509 refuses too (SSLCERT, SSLKEY)");
    } else if (may_want_cert) {
        (void)fault_suffix(f, "; does the account ask for the subject and issuer of this client "
                              "certificate?");
    }
}

static void advise(const struct login *l, struct fault *f)
{
    enum {
        ACCESS_DENIED = 1045,
        ACCESS_DENIED_NO_PASSWORD = 1698,
        MUST_CHANGE_PASSWORD_LOGIN = 1862
    };
    if (f->number == ACCESS_DENIED || f->number == ACCESS_DENIED_NO_PASSWORD) {
        advise_denied(l, f);
    } else if (f->number == MUST_CHANGE_PASSWORD_LOGIN) {
        (void)fault_suffix(f, " CAN_HANDLE_EXP_PWD=1 lets it in to do that");
    }
}

static int on_err(struct login *l, struct rd_range packet, struct fault *f)
{
    struct fault words;
    int rc = reply_err(packet, &words);
    if (rc != RC_SERVER) {
        return fault(f, rc, "%s", words.text);
    }
    rc = fault_server(f, hello_is_passing(words.number) ? RC_CONNECT : RC_DENIED, words.number,
                      words.state[0] ? words.state : NULL, words.text, strlen(words.text));
    if (f) {
        advise(l, f);
    }
    packet_blame(&l->s->k, f);
    return rc;
}

/* The proof is no message for people. */
static void hide_proof(struct session *s)
{
    if (s->reply.info[0] == 1) {
        s->reply.info = "";
    }
}

static int on_ok(struct login *l, struct rd_range packet, struct fault *f)
{
    struct session *s = l->s;
    int rc = session_take_ok(s, packet, f);
    if (rc == RC_OK && s->info.is_tls && s->info.tls.untrusted && !s->info.tls.verified) {
        struct rd_range proof = range_of(s->reply.info);
        rc = auth_check_proof(&l->auth, proof, greeted_nonce(s), s->info.tls.fingerprint, f);
        s->info.tls.verified = rc == RC_OK;
        if (rc != RC_OK) {
            packet_blame(&s->k, f);
        }
    }
    hide_proof(s);
    return rc;
}

/* Is this packet the start of the next factor?  A dialog that still has questions may begin one
 * with the same byte. */
static bool is_factor(const struct login *l, struct rd_range packet)
{
    return packet.p[0] == 2 && session_can(l->s, CAP_MULTI_FACTOR) &&
           l->auth.method->step != auth_dialog;
}

/* Anything else is for the method; a first byte that could be mistaken is escaped with 0x01. */
static int on_data(struct login *l, struct rd_range packet, struct fault *f)
{
    if (packet.p[0] == 1) {
        packet.p++;
        packet.n--;
    }
    return step_and_send(l, packet, f);
}

static int converse(struct login *l, struct fault *f)
{
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        struct rd_range packet;
        int rc = packet_read(&l->s->k, &packet, f);
        if (rc == RC_OK && packet.n == 0) {
            rc = fault(f, RC_PROTOCOL, "%s sent an empty packet during the login", l->s->label);
        }
        if (rc != RC_OK) {
            return rc;
        }
        if (packet.p[0] == 0) {
            return on_ok(l, packet, f);
        }
        if (packet.p[0] == 0xFF) {
            return on_err(l, packet, f);
        }
        rc = packet.p[0] == 0xFE    ? on_switch(l, packet, f)
             : is_factor(l, packet) ? on_factor(l, packet, f)
                                    : on_data(l, packet, f);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return fault(f, RC_PROTOCOL, "%s never came to an end of the login in %u packets", l->s->label,
                 ROUNDS_MAX);
}

/* Room from the start, so that growing leaves no copy of a secret behind. */
static int login_init(struct login *l, struct session *s, const struct session_opts *o,
                      struct fault *f)
{
    size_t room = 4096;
    for (size_t i = 0; i < AUTH_FACTORS; i++) {
        room += o->password[i] ? strlen(o->password[i]) : 0;
    }
    room += o->openid_token ? strlen(o->openid_token) : 0;
    *l = (struct login){.s = s, .o = o};
    int rc = check_chosen(o, f);
    if (rc != RC_OK) {
        return rc;
    }
    if (!buf_reserve(&l->answer, room) || !buf_reserve(&s->k.out, room + PACKET_MAX_LOGIN)) {
        return fault(f, RC_MEMORY, "no memory for the login");
    }
    return RC_OK;
}

static void login_done(struct login *l)
{
    buf_wipe(&l->answer);
    buf_wipe(&l->s->k.out);
    buf_clear(&l->rsa_key);
    auth_wipe(&l->auth);
}

static int respond(struct login *l, struct fault *f)
{
    struct session *s = l->s;
    s->k.doing = "logging in";
    int rc = read_rsa_key(l, f);
    if (rc != RC_OK) {
        return rc;
    }
    prepare_auth(l);
    rc = first_answer(l, f);
    if (rc != RC_OK) {
        return rc;
    }
    struct hello_answer a = answer_of(l);
    hello_put_response(packet_start(&s->k), &a);
    rc = packet_send(&s->k, "", 0, f);
    return rc ? rc : converse(l, f);
}

int login_run(struct session *s, const struct session_opts *o, struct fault *f)
{
    struct login l;
    int rc = login_init(&l, s, o, f);
    rc = rc ? rc : read_greeting(&l, f);
    rc = rc ? rc : secure(&l, f);
    rc = rc ? rc : respond(&l, f);
    login_done(&l);
    if (rc == RC_OK && (session_can(s, CAP_ZSTD) || session_can(s, CAP_COMPRESS))) {
        rc = packet_compress(&s->k, session_can(s, CAP_ZSTD), HELLO_ZSTD_LEVEL, f);
    }
    return rc;
}

int login_again(struct session *s, struct fault *f)
{
    struct login l;
    int rc = login_init(&l, s, &s->login.o, f);
    rc = rc ? rc : read_rsa_key(&l, f);
    if (rc == RC_OK) {
        prepare_auth(&l);
        rc = first_answer(&l, f);
    }
    if (rc == RC_OK) {
        struct hello_answer a = answer_of(&l);
        hello_put_change_user(packet_start(&s->k), &a);
        rc = packet_send(&s->k, "", 0, f);
        rc = rc ? rc : converse(&l, f);
    }
    login_done(&l);
    return rc;
}
