/* transcript.h - sessions of server and client written down as commented hex, and a stream that
 * plays the server's part.
 *
 * A transcript is a text file of lines; the first word says what it is:
 *   # ...           comment
 *   opt KEY VALUE   an option of the session, for play.c
 *   S N TOKENS      a frame of the server with sequence number N; the header is made for it
 *   S raw TOKENS    bytes of the server as they are
 *   C N TOKENS      a frame that the client must send now; "*" at the end: whatever follows
 *   do OP ARGS      a call, for play.c
 *   = TEXT          a line of the report that the calls must give, for play.c
 * TOKENS: bytes as two hex digits, HH*N for N times the same, and "text". */
#ifndef TESTS_UNIT_WIRE_TRANSCRIPT_H
#define TESTS_UNIT_WIRE_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "net/stream.h"

enum { TRANSCRIPT_ITEMS = 400, TRANSCRIPT_LINES = 200 };

struct transcript_item {
    bool is_server;
    bool is_open_ended; /* client: only the beginning is compared */
    unsigned char *p;   /* header and payload; owned */
    size_t n;
};

struct transcript_text {
    char *words[TRANSCRIPT_LINES]; /* owned */
    size_t n;
};

struct transcript {
    struct transcript_item items[TRANSCRIPT_ITEMS];
    size_t nitems;
    struct transcript_text opts, calls, report;
    size_t nserver; /* bytes of the server in all */
};

/* transcript_load - name: below tests/data/wire.  Fails the test on a mistake in the file. */
void transcript_load(struct transcript *t, const char *name);
void transcript_clear(struct transcript *t);

/* How the stream plays it. */
struct transcript_play {
    size_t cut;         /* the stream breaks after so many bytes of the server; SIZE_MAX: never */
    size_t flip;        /* this byte of the server ... */
    unsigned char mask; /* ... is XORed with this; 0: none is */
    size_t step;        /* bytes given at a read, at most; 0: as many as there are */
    /* What happened. */
    size_t at, off, given; /* item, offset in it, bytes of the server so far */
    struct buf sent;       /* of the client, not yet compared */
    char wrong[300];       /* the first thing the client did otherwise; "" if none */
    bool is_closed, is_aborted;
};

/* transcript_stream - t and p must outlive the stream.  NULL without memory. */
struct stream *transcript_stream(const struct transcript *t, struct transcript_play *p);

#endif
