/* guid.h - SQLGUID as text and as the 16 bytes of UUID_TO_BIN, in both directions.  Internal to
 * conv/. */
#ifndef MYWIRE_CONV_GUID_H
#define MYWIRE_CONV_GUID_H

#include "conv/plan.h"

#define GUID_CHARS 36

/* guid_get - 8-4-4-4-12 hexadecimal digits, with or without braces and surrounding spaces.  False:
 * not that. */
bool guid_get(const char *s, size_t n, SQLGUID *out);
/* guid_get_bytes - 16 bytes in the order of the text. */
void guid_get_bytes(const unsigned char *b, SQLGUID *out);
/* guid_put - lower case, GUID_CHARS bytes, no NUL. */
void guid_put(const SQLGUID *g, char *out);

#endif
