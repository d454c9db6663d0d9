/* hex.h - hexadecimal digits. */
#ifndef MYWIRE_BASE_HEX_H
#define MYWIRE_BASE_HEX_H

/* hex_upper, hex_lower - the digit of the low four bits of v. */
static inline char hex_upper(unsigned v)
{
    return "0123456789ABCDEF"[v & 15];
}

static inline char hex_lower(unsigned v)
{
    return "0123456789abcdef"[v & 15];
}

/* hex_value - what a digit of either case is worth; -1: it is none. */
static inline int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
