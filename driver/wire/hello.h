/* hello.h - the greeting of a server and our answers to it: SSL request, handshake response, change
 * of user.
 *
 * Reader and writers only; what is asked for is decided in login.c.  Source: MySQL source
 * documentation, "Protocol::HandshakeV10", "Protocol::HandshakeResponse41", "Protocol::SSLRequest",
 * "COM_CHANGE_USER"; MariaDB's extended capabilities in the last four reserved bytes: MariaDB
 * documentation, "Connection". */
#ifndef MYWIRE_WIRE_HELLO_H
#define MYWIRE_WIRE_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/product.h"
#include "wire/rd.h"

#define CAP_LONG_PASSWORD                                                                          \
    (UINT64_C(1) << 0) /* clear: MariaDB's extended capabilities are present */
#define CAP_FOUND_ROWS        (UINT64_C(1) << 1)
#define CAP_LONG_FLAG         (UINT64_C(1) << 2)
#define CAP_CONNECT_WITH_DB   (UINT64_C(1) << 3)
#define CAP_COMPRESS          (UINT64_C(1) << 5)
#define CAP_LOCAL_FILES       (UINT64_C(1) << 7)
#define CAP_IGNORE_SPACE      (UINT64_C(1) << 8)
#define CAP_PROTOCOL_41       (UINT64_C(1) << 9)
#define CAP_INTERACTIVE       (UINT64_C(1) << 10)
#define CAP_SSL               (UINT64_C(1) << 11)
#define CAP_TRANSACTIONS      (UINT64_C(1) << 13)
#define CAP_SECURE_CONNECTION (UINT64_C(1) << 15)
#define CAP_MULTI_STATEMENTS  (UINT64_C(1) << 16)
#define CAP_MULTI_RESULTS     (UINT64_C(1) << 17)
#define CAP_PS_MULTI_RESULTS  (UINT64_C(1) << 18)
#define CAP_PLUGIN_AUTH       (UINT64_C(1) << 19)
#define CAP_CONNECT_ATTRS     (UINT64_C(1) << 20)
#define CAP_AUTH_LENENC       (UINT64_C(1) << 21)
#define CAP_EXPIRED_PASSWORD  (UINT64_C(1) << 22)
#define CAP_SESSION_TRACK     (UINT64_C(1) << 23)
#define CAP_DEPRECATE_EOF     (UINT64_C(1) << 24)
#define CAP_ZSTD              (UINT64_C(1) << 26)
#define CAP_MULTI_FACTOR      (UINT64_C(1) << 28)
#define CAP_MARIADB_BULK      (UINT64_C(1) << 34) /* COM_STMT_BULK_EXECUTE */
#define CAP_MARIADB_METADATA  (UINT64_C(1) << 35) /* extended column metadata */

#define HELLO_NONCE_MAX   255
#define HELLO_NONCE_BYTES 20u /* of every server so far */
#define HELLO_ZSTD_LEVEL  3

struct hello {
    char version[128]; /* as greeted, without MariaDB's "5.5.5-"; printable ASCII */
    unsigned number;   /* major * 10000 + minor * 100 + patch */
    bool is_extended;  /* the product that the version names extends_protocol */
    uint32_t connection_id;
    uint64_t capabilities;
    uint16_t status;
    uint8_t charset; /* collation to answer with, see hello_charset */
    unsigned char nonce[HELLO_NONCE_MAX];
    size_t nnonce;   /* without the trailing NUL */
    char plugin[64]; /* the server's first choice; "" if not told */
};

/* hello_version - the number that a version begins with: major * 10000 + minor * 100 + patch. */
unsigned hello_version(const char *s);

/* hello_is_passing - is the server's error number a condition of that server, which another one may
 * not have: too many connections, shutting down, offline, host blocked? */
bool hello_is_passing(uint32_t number);

/* hello_parse - read the first packet of a server.  RC_DENIED or RC_CONNECT: it is an ERR packet
 * (number and words of the server; RC_CONNECT for conditions that another host may not have: too
 * many connections, shutting down). RC_UNSUPPORTED: a protocol other than 10, or older than 4.1.
 * RC_PROTOCOL: malformed. */
int hello_parse(struct hello *h, struct rd_range packet, struct fault *f) MUST_USE;

/* hello_charset - the collation byte of our answer, always one of utf8mb4: the server's own default
 * when that is one, so that literals compare as columns that were made without a word do; else
 * utf8mb4_general_ci, which every server knows. MariaDB picks its default by itself, and its byte
 * is only the low half of an id. */
uint8_t hello_charset(uint8_t greeted, bool is_extended);

/* hello_nonce - the part of a nonce that counts: one of 20 bytes has a NUL behind it. */
struct rd_range hello_nonce(struct rd_range nonce);

/* Key and value of one connection attribute. */
struct session_attr;

/* What our answer says.  Borrowed. */
struct hello_answer {
    uint64_t capabilities;
    const char *user, *database, *plugin;
    struct rd_range auth;
    const struct session_attr *attrs;
    size_t nattrs;
    uint8_t charset;
};

/* hello_put_ssl_request, hello_put_response, hello_put_change_user - append the payload.  The last
 * is a whole command. */
void hello_put_ssl_request(struct buf *b, uint64_t capabilities, uint8_t charset);
void hello_put_response(struct buf *b, const struct hello_answer *a);
void hello_put_change_user(struct buf *b, const struct hello_answer *a);

#endif
