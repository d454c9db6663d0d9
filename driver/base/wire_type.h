/* wire_type.h - names for the column types of the MySQL protocol, shared by all who meet one. */
#ifndef MYWIRE_BASE_WIRE_TYPE_H
#define MYWIRE_BASE_WIRE_TYPE_H

#define WIRE_LENENC   (-1) /* widths in table/wire_type.def that are not a number of bytes */
#define WIRE_TEMPORAL (-2)

enum wire_type {
#define WIRE_TYPE(code, name, width) name = (code),
#include "table/wire_type.def"
#undef WIRE_TYPE
};

#endif
