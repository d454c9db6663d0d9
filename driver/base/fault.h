/* fault.h - how a function below odbc/ says what went wrong.
 *
 * Every function that can fail returns int: RC_OK (0), or a negative RC_*, and fills the caller's
 * struct fault with the same code, the system's or server's number, the server's SQLSTATE, and
 * words.  The layer that meets the error writes the words: what was being done, to what, and what
 * to try.  Nothing here allocates.  Only odbc/ turns a fault into a SQLSTATE (table/fault.def). */
#ifndef MYWIRE_BASE_FAULT_H
#define MYWIRE_BASE_FAULT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE               __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum rc {
    RC_OK = 0,
    RC_MEMORY = -1,   /* out of memory, or a buffer passed its ceiling */
    RC_CONNECT = -2,  /* no address could be reached; number is the last errno */
    RC_TIMEOUT = -3,  /* a deadline passed; the connection is no longer usable */
    RC_LOST = -4,     /* the connection broke or was closed by the peer; number is errno or 0 */
    RC_PROTOCOL = -5, /* the peer sent what the protocol does not allow; the connection is closed */
    RC_TLS = -6,      /* TLS could not be set up as the DSN demands */
    RC_DENIED =
        -7, /* login refused: by the server (number, state) or by our own rules (number 0) */
    RC_SERVER = -8,       /* the server answered with an error; the connection lives on */
    RC_CONFIG = -9,       /* a value of the DSN is wrong, or a file it names cannot be used */
    RC_UNSUPPORTED = -10, /* the server or this driver cannot do it */
    RC_CANCELLED = -11,   /* SQLCancel stopped it */
    RC_TAKEN = -12,    /* a name that stands for one thing only (a load's label) was used before */
    RC_TOO_LARGE = -13 /* more than the server takes: nothing was sent, the connection lives on */
};

struct fault {
    int rc;          /* enum rc; 0: nothing happened */
    uint32_t number; /* errno or the server's error number; 0: none */
    char state[6];   /* the server's SQLSTATE, or "" */
    char text[1024]; /* UTF-8, NUL-terminated, never cut inside a character */
};

/* fault - record an error and return its code, so that one line raises it: `return fault(&f,
 * RC_LOST, "...");`. f may be NULL (then only the code is returned).  Overwrites what f held.
 * number and state become 0 and "". */
int fault(struct fault *f, int rc, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* fault_sys - the same for a failed system call: number = err, and ": strerror(err)" is appended.
 */
int fault_sys(struct fault *f, int rc, int err, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* fault_server - an ERR packet: number and the 5-character state (NULL: "HY000") of the server, its
 * words as n bytes. */
int fault_server(struct fault *f, int rc, uint32_t number, const char *state, const void *words,
                 size_t n);

/* fault_prefix - put words in front of the text that f holds (context added on the way up); returns
 * f->rc. */
int fault_prefix(struct fault *f, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* fault_suffix - the same behind the text: what to try. */
int fault_suffix(struct fault *f, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* fault_clear - f says that nothing happened. */
void fault_clear(struct fault *f);

#endif
