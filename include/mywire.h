/* mywire.h - what an application may use of MyWire beyond ODBC. */
#ifndef MYWIRE_H
#define MYWIRE_H

/* Connection attributes for SQLGetConnectAttr, read only, text; valid while connected.  A text is
 * empty where there is nothing to tell (no TLS). */
#define SQL_ATTR_MYWIRE_PRODUCT 0x4d01 /* "MySQL", "MariaDB", "StarRocks" ... */
#define SQL_ATTR_MYWIRE_PEER                                                                       \
    0x4d02 /* address and port, or path of the socket, of the server that answered */
#define SQL_ATTR_MYWIRE_TLS_VERSION 0x4d03 /* "TLSv1.3" */
#define SQL_ATTR_MYWIRE_TLS_CIPHER  0x4d04 /* "TLS_AES_256_GCM_SHA384" */
#define SQL_ATTR_MYWIRE_TLS_SUBJECT 0x4d05 /* subject of the server's certificate */
#define SQL_ATTR_MYWIRE_AUTH_PLUGIN 0x4d06 /* method of the login: "caching_sha2_password" */

/* Stream Load: how inserts and STREAM LOAD statements load.  Text, for SQLSetConnectAttr and
 * SQLSetStmtAttr (A and W) and the functions that get; a statement's counts before the
 * connection's, and that before the DSN's key (docs/keys.md tells what they mean).  The empty text
 * gives the word back to who stands behind. */
#define SQL_ATTR_MYWIRE_LOAD_MODE 0x4d20 /* "AUTO", "OFF", "REQUIRED" */
#define SQL_ATTR_MYWIRE_LOAD_LABEL                                                                 \
    0x4d21 /* label of the next loads.  A label loads once: set another, or "", after it */
#define SQL_ATTR_MYWIRE_LOAD_LABEL_PREFIX     0x4d22 /* beginning of labels the driver makes */
#define SQL_ATTR_MYWIRE_LOAD_FORMAT           0x4d23 /* "AUTO", "CSV", "JSON" */
#define SQL_ATTR_MYWIRE_LOAD_COMPRESSION      0x4d24 /* of the bytes of STREAM LOAD statements */
#define SQL_ATTR_MYWIRE_LOAD_TIMEOUT          0x4d25 /* seconds */
#define SQL_ATTR_MYWIRE_LOAD_COLUMN_SEPARATOR 0x4d26 /* of STREAM LOAD statements */
#define SQL_ATTR_MYWIRE_LOAD_ROW_DELIMITER    0x4d27 /* of STREAM LOAD statements */
#define SQL_ATTR_MYWIRE_LOAD_MAX_FILTER_RATIO 0x4d28 /* "0" to "1" */
#define SQL_ATTR_MYWIRE_LOAD_STRICT_MODE      0x4d29 /* "true", "false" */
#define SQL_ATTR_MYWIRE_LOAD_MERGE_CONDITION  0x4d2a /* a column */
#define SQL_ATTR_MYWIRE_LOAD_PARTIAL_UPDATE   0x4d2b /* "true", "false" */
#define SQL_ATTR_MYWIRE_LOAD_WAREHOUSE        0x4d2c
#define SQL_ATTR_MYWIRE_LOAD_WHERE            0x4d2d /* an SQL condition */
#define SQL_ATTR_MYWIRE_LOAD_PARTITIONS       0x4d2e /* with commas between them */
#define SQL_ATTR_MYWIRE_LOAD_HEADERS          0x4d2f /* any others: "name: value; name: value" */

/* What the last load of the statement, or of the connection, came to: read only, text; numbers as
 * digits; empty where nothing was loaded yet or the server did not tell. */
#define SQL_ATTR_MYWIRE_LOADED_LABEL        0x4d40
#define SQL_ATTR_MYWIRE_LOADED_STATUS       0x4d41 /* the server's word: "Success" ... */
#define SQL_ATTR_MYWIRE_LOADED_TRANSACTION  0x4d42
#define SQL_ATTR_MYWIRE_LOADED_TOTAL        0x4d43 /* rows that the server read */
#define SQL_ATTR_MYWIRE_LOADED_ROWS         0x4d44 /* rows that were loaded */
#define SQL_ATTR_MYWIRE_LOADED_FILTERED     0x4d45 /* rows that it rejected */
#define SQL_ATTR_MYWIRE_LOADED_UNSELECTED   0x4d46 /* rows that WHERE left out */
#define SQL_ATTR_MYWIRE_LOADED_BYTES        0x4d47
#define SQL_ATTR_MYWIRE_LOADED_MILLISECONDS 0x4d48
#define SQL_ATTR_MYWIRE_LOADED_MESSAGE      0x4d49
#define SQL_ATTR_MYWIRE_LOADED_ERROR_URL    0x4d4a
#define SQL_ATTR_MYWIRE_LOADED_REJECTED     0x4d4b /* the server's lines about rejected rows */

#endif
