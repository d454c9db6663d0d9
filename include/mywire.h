/* mywire.h - what an application may use of MyWire beyond ODBC.
 *
 * Connection attributes for SQLGetConnectAttr, read only, text; valid while connected.  A text is
 * empty where there is nothing to tell (no TLS). */
#ifndef MYWIRE_H
#define MYWIRE_H

#define SQL_ATTR_MYWIRE_PRODUCT 0x4d01 /* "MySQL", "MariaDB", "StarRocks" ... */
#define SQL_ATTR_MYWIRE_PEER                                                                       \
    0x4d02 /* address and port, or path of the socket, of the server that answered */
#define SQL_ATTR_MYWIRE_TLS_VERSION 0x4d03 /* "TLSv1.3" */
#define SQL_ATTR_MYWIRE_TLS_CIPHER  0x4d04 /* "TLS_AES_256_GCM_SHA384" */
#define SQL_ATTR_MYWIRE_TLS_SUBJECT 0x4d05 /* subject of the server's certificate */
#define SQL_ATTR_MYWIRE_AUTH_PLUGIN 0x4d06 /* method of the login: "caching_sha2_password" */

#endif
