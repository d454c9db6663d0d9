/* label.c - names of loads.  The server takes a label once, so with one a load happens once. */
#include <stdio.h>
#include <string.h>

#include "bulk/load.h"
#include "net/digest.h"

static bool label_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '-';
}

bool load_label_good(const char *s, size_t most)
{
    size_t n = 0;
    while (n <= most && label_char(s[n]))
        n++;
    return n >= 1 && n <= most && !s[n];
}

int load_make_label(const char *prefix, char *out, struct fault *f)
{
    unsigned char random[16];
    const char *head = prefix && *prefix ? prefix : "mywire";
    size_t n = strlen(head);
    if (!load_label_good(head, LOAD_PREFIX_MAX))
        return fault(f, RC_CONFIG,
                     "\"%.100s\" cannot begin a label: use up to %u letters, digits, - and _", head,
                     LOAD_PREFIX_MAX);
    int rc = digest_random(random, sizeof random, f);
    if (rc)
        return rc;
    memcpy(out, head, n);
    out[n++] = '_';
    for (size_t i = 0; i < sizeof random; i++, n += 2)
        (void)snprintf(out + n, 3, "%02x", random[i]); /* always two */
    return RC_OK;
}
