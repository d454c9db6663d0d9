/* text.h - UTF-8 and UTF-16, strictly: overlong forms, lone surrogates and values above U+10FFFF
 * are bad.
 *
 * Inside the driver all text is UTF-8 and all lengths are bytes.  UTF-16 is in the host's byte
 * order (SQLWCHAR), its lengths are in 16-bit units.  Nothing here knows the locale. */
#ifndef MYWIRE_BASE_TEXT_H
#define MYWIRE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TEXT_BAD SIZE_MAX

/* text_valid - is every character of s (n bytes) well formed? */
bool text_valid(const char *s, size_t n);

/* Plain text is well formed and has no control character (below 0x20).
 * text_copy_plain - copy n bytes of s to `to`.  False: s is not plain, and `to` holds anything.
 * text_plain_from_utf16 - the same for n units of UTF-16 (any alignment), which become at most 3
 * bytes each; returns bytes, or TEXT_BAD. */
bool text_copy_plain(void *to, const char *s, size_t n);
size_t text_plain_from_utf16(void *to, const void *s, size_t n);

/* text_step - bytes of the character that s begins with (1 to 4), or 0 if the first byte is bad.  n
 * >= 1. */
size_t text_step(const char *s, size_t n);

/* text_floor - largest k <= at such that s[0..k) does not end inside a character.  s: n >= at
 * bytes. */
size_t text_floor(const char *s, size_t n, size_t at);

/* text_mend - make well-formed text of s (n bytes, in place): what a ceiling like "%.64s" left of a
 * character goes, any other bad byte becomes '?'.  Returns the bytes that are left; no terminator
 * is written. */
size_t text_mend(char *s, size_t n);

/* text_chars - number of characters (code points) in n bytes; bad bytes count one each. */
size_t text_chars(const char *s, size_t n);

/* text_utf16_len - 16-bit units that s needs as UTF-16; a bad byte counts as one unit (U+FFFD). */
size_t text_utf16_len(const char *s, size_t n);

/* text_to_utf16 - write s as UTF-16 to out (cap units; no terminator is added).  Stops before a
 * character that does not fit whole.  *used: bytes of s consumed.  A bad byte becomes U+FFFD and
 * sets *bad (may be NULL).  Returns units written.  The ASCII run is the hot path. */
size_t text_to_utf16(const char *s, size_t n, uint16_t *out, size_t cap, size_t *used, bool *bad);

/* text_put_utf16 - the same to the application's memory, which has any alignment. */
size_t text_put_utf16(const char *s, size_t n, void *out, size_t cap, size_t *used);

/* text_from_utf16 - append n units to b as UTF-8.  Returns false, with b as it was, on a lone
 * surrogate; *at is then its index.  Without memory b is broken and the answer is true (one test at
 * the end: buf_ok). */
bool text_from_utf16(struct buf *b, const uint16_t *s, size_t n, size_t *at);

/* text_eq - equal without regard to ASCII case?  NUL-terminated. */
bool text_eq(const char *a, const char *b);

/* text_eqn - the same for n bytes of a against NUL-terminated b. */
bool text_eqn(const char *a, size_t n, const char *b);

/* text_has - does s (n bytes) hold the word somewhere, without regard to ASCII case?  word: of
 * lower case letters, not empty. */
bool text_has(const char *s, size_t n, const char *word);

#endif
