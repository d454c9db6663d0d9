/* fuzz_dsn.c - any bytes as a connection string: no crash, no hang; what is accepted is read back
 * as it was written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void write_again(const struct dsn *d, struct buf *first)
{
    struct dsn back;
    struct fault f;
    struct buf second;
    buf_init(&second, 0);
    dsn_write(d, DSN_WRITE_COMPLETED, first);
    if (dsn_init(&back, &f) || dsn_parse(&back, buf_str(first), first->len, DSN_FROM_STRING, &f))
        abort();
    dsn_write(&back, DSN_WRITE_COMPLETED, &second);
    if (strcmp(buf_str(first), buf_str(&second)))
        abort();
    buf_clear(&second);
    dsn_clear(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct dsn d;
    struct fault f;
    struct buf out;
    struct dsn_hosts hosts;
    buf_init(&out, 0);
    if (dsn_init(&d, &f))
        return 0;
    if (dsn_parse(&d, (const char *)data, n, DSN_FROM_STRING, &f) == RC_OK) {
        write_again(&d, &out);
        buf_reset(&out);
        dsn_write(&d, DSN_WRITE_MASKED, &out);
        (void)dsn_browse(&d, &out);
        (void)dsn_ssl_mode_effective(&d);
        if (dsn_hosts(&d, (uint32_t)n, &hosts, &f) == RC_OK)
            dsn_hosts_clear(&hosts);
        struct dsn_pair pair;
        const char *cursor = d.attr;
        while (dsn_pairs_next(&cursor, &pair))
            buf_put(&out, pair.value, pair.nvalue);
    }
    buf_clear(&out);
    dsn_clear(&d);
    return 0;
}
