/* play.h - runs the calls of a transcript against the session over it and writes down what they
 * gave. */
#ifndef TESTS_UNIT_WIRE_PLAY_H
#define TESTS_UNIT_WIRE_PLAY_H

#include "transcript.h"

/* play - all calls ("open" first).  report: a line a result, "\n" after each; the caller clears it.
 * Never fails the test.
 *
 * Options: user, password, password2, password3, database, default_auth, cleartext, getkey, token,
 * tls (a word of SSLMODE), pin, socket, infile (a folder), multi, compress, whole (the outcome
 * depends on bytes that come together).
 *
 * Calls: open | query SQL | rows (all of them) | row | next | skip | prepare SQL |
 * execute [VALUE|NULL|LONG ...] | long N TEXT | stmt_close | ping | use DB | reset |
 * detect | info | close. */
void play(const struct transcript *t, struct transcript_play *p, struct buf *report);

#endif
