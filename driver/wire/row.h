/* row.h - rows to cells, in place: a cell points into the packet.  Hot: no allocation, no copy,
 * every length checked. Source: MySQL source documentation, "Text Resultset Row", "Binary Protocol
 * Resultset Row". */
#ifndef MYWIRE_WIRE_ROW_H
#define MYWIRE_WIRE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cell.h"
#include "base/wire_type.h"
#include "wire/rd.h"

/* row_width - bytes of a value of this type in the binary protocol, WIRE_LENENC or WIRE_TEMPORAL;
 * unknown: WIRE_LENENC. */
int row_width(uint8_t type);

/* row_is_temporal_length - may a date or time have so many bytes: 0, 4, 7, 8, 11 or 12? */
bool row_is_temporal_length(size_t n);

/* row_split_text - ncols cells of a text row.  False: it is not well-formed (too short, too long,
 * wrong lengths). */
bool row_split_text(struct rd_range row, struct cell *cells, size_t ncols);

/* row_split_binary - the same of a binary row; widths: row_width of each column.  Cells of dates
 * and times are without their length byte. */
bool row_split_binary(struct rd_range row, struct cell *cells, const int8_t *widths, size_t ncols);

#endif
