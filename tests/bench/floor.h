/* floor.h - the least a client could pay: reading the same number of bytes with recv, and with
 * SSL_read. */
#ifndef MYWIRE_BENCH_FLOOR_H
#define MYWIRE_BENCH_FLOOR_H

#include <stddef.h>

struct floor_cost {
    double recv_s, tls_s; /* CPU seconds of the reader; negative: could not be measured */
};

/* floor_measure - let a child send n bytes over a socket pair, once plain and once as TLS 1.3, and
 * drain them. */
struct floor_cost floor_measure(size_t n);

#endif
