/* guid.c - SQLGUID. */
#include "conv/guid.h"

#include <string.h>

#include "base/hex.h"
#include "base/num.h"
#include "conv/value.h"

/* Byte i of a GUID stands behind this many dashes. */
static size_t text_at(size_t i)
{
    return 2 * i + (i >= 4) + (i >= 6) + (i >= 8) + (i >= 10);
}

bool guid_get(const char *s, size_t n, SQLGUID *out)
{
    unsigned char b[16];
    num_trim(&s, &n);
    if (n == GUID_CHARS + 2 && s[0] == '{' && s[n - 1] == '}') {
        s++;
        n -= 2;
    }
    if (n != GUID_CHARS || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-') {
        return false;
    }
    for (size_t i = 0; i < 16; i++) {
        int high = hex_value(s[text_at(i)]), low = hex_value(s[text_at(i) + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        b[i] = (unsigned char)(high << 4 | low);
    }
    guid_get_bytes(b, out);
    return true;
}

void guid_get_bytes(const unsigned char *b, SQLGUID *out)
{
    memset(out, 0, sizeof *out);
    out->Data1 = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    out->Data2 = (uint16_t)(b[4] << 8 | b[5]);
    out->Data3 = (uint16_t)(b[6] << 8 | b[7]);
    memcpy(out->Data4, b + 8, 8);
}

void guid_put(const SQLGUID *g, char *out)
{
    unsigned char b[16] = {
        (unsigned char)(g->Data1 >> 24), (unsigned char)(g->Data1 >> 16),
        (unsigned char)(g->Data1 >> 8),  (unsigned char)g->Data1,
        (unsigned char)(g->Data2 >> 8),  (unsigned char)g->Data2,
        (unsigned char)(g->Data3 >> 8),  (unsigned char)g->Data3,
    };
    memcpy(b + 8, g->Data4, 8);
    memset(out, '-', GUID_CHARS);
    for (size_t i = 0; i < 16; i++) {
        out[text_at(i)] = hex_lower(b[i] >> 4U);
        out[text_at(i) + 1] = hex_lower(b[i]);
    }
}

enum conv_status put_text_guid(const struct conv_plan *p, const struct value *v, void *dst,
                               size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    SQLGUID g;
    return guid_get(v->p, v->n, &g) ? put_fixed(&g, sizeof g, dst, len) : CONV_SYNTAX;
}

enum conv_status put_bytes_guid(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    SQLGUID g;
    if (v->n != 16) {
        return CONV_SYNTAX;
    }
    guid_get_bytes((const unsigned char *)v->p, &g);
    return put_fixed(&g, sizeof g, dst, len);
}
