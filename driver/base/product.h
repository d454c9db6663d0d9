/* product.h - what differs from server product to server product (table/product.def).
 *
 * Code asks for what a product can or how it wants a thing, never which one it is: a new product is
 * a row.  Every column's zero is the careful choice: it cannot, it has none, it is not known; what
 * no product can be without is proven by tests/unit/base/check_product.c. */
#ifndef MYWIRE_BASE_PRODUCT_H
#define MYWIRE_BASE_PRODUCT_H

#include <stdbool.h>

/* Zero is MySQL, and what a server of unknown make is taken for. */
enum product_id {
#define PRODUCT(id, ...) PRODUCT_##id,
#include "table/product.def"
#undef PRODUCT
    PRODUCTS
};

#define PRODUCT_WORDS  2u /* at most */
#define PRODUCT_ALWAYS 1u /* in columns "since": every version */

/* The column of keyword.def, cast_type.def, CONVERT_TYPE of scalar_keyword.def, .where of type.def
 * that is right for the product. */
enum product_reserved { RESERVED_MYSQL = 0, RESERVED_MARIADB };
enum product_casts { CASTS_AS_WRITTEN = 0, CASTS_MYSQL, CASTS_MARIADB };
enum product_converts { CONVERTS_MYSQL = 0, CONVERTS_STARROCKS, CONVERTS_DORIS, CONVERTS };
enum product_types { TYPES_MYSQL = 0, TYPES_STARROCKS, TYPES_DORIS };

/* How Stream Load is spoken; also what the key LOAD_DIALECT says. */
enum load_dialect { LOAD_STARROCKS = 0, LOAD_DORIS };

/* How it is found out whether an INSERT of many rows that failed left nothing behind. */
enum product_insert {
    INSERT_ASKED = 0,     /* by the table's engine, its triggers and sql_mode */
    INSERT_TRANSACTIONAL, /* it did: every table is transactional, has no triggers, is strict */
    INSERT_LOADS          /* it did: each is a load; nothing has to be asked */
};

/* Bits; numbered as ODBC's SQL_TXN_... */
enum product_isolation {
    ISOLATION_READ_UNCOMMITTED = 1,
    ISOLATION_READ_COMMITTED = 2,
    ISOLATION_REPEATABLE_READ = 4,
    ISOLATION_SERIALIZABLE = 8,
    ISOLATION_ALL = 15
};

/* Bits: kinds of statements. */
enum product_limits {
    LIMIT_INSERT = 1,
    LIMIT_CHANGE = 2, /* UPDATE and DELETE */
    LIMIT_DEFINE = 4  /* REPLACE, CREATE ... */
};

struct product {
    /* ---- the product itself ---- */
    const char *name;                 /* in messages */
    const char *words[PRODUCT_WORDS]; /* one of them in version or version_comment tells it */
    bool has_release;  /* a number behind that word is its version, which columns "since" mean;
                          else they mean the greeting's */
    const char *query; /* a question that only this product answers, where words may be missing;
                          asked of servers that do not leave out EOF packets */
    /* As MariaDB: "5.5.5-" before its version, capabilities in the greeting's reserved bytes, a
     * proof of its certificate at the end of the login. */
    bool extends_protocol;
    const char *dbms_name; /* SQL_DBMS_NAME: the name whose SQL and versions programs know */

    /* ---- prepared statements; since: a version, 0 never ---- */
    bool prepares;         /* every statement that MySQL prepares, and executes it in binary form */
    bool takes_pieces;     /* COM_STMT_SEND_LONG_DATA */
    unsigned pipes_since;  /* several executes may be sent before the first answer is read */
    bool has_bulk_execute; /* COM_STMT_BULK_EXECUTE, where its capability is offered too */
    bool drops_fractions;  /* of a binary time that goes into a column of characters */
    bool rounds_floats;    /* FLOAT and DOUBLE(m,d) are printed in text with fewer digits than they
                              have in binary form */

    /* ---- answers ---- */
    bool tells_status;      /* SERVER_STATUS_IN_TRANS and _AUTOCOMMIT are right in every answer */
    bool tells_tables;      /* column definitions name table and database */
    bool has_bare_metadata; /* column definitions have no flags, and lengths of their own */
    bool has_packet_limit;  /* hangs up on commands longer than max_allowed_packet */

    /* ---- SQL text ---- */
    bool has_backslash_mode;   /* sql_mode NO_BACKSLASH_ESCAPES and the status flag that tells it */
    bool has_ansi_mode;        /* sql_mode ANSI_QUOTES */
    unsigned introducer_since; /* _binary '...' is a string of bytes */
    const char *date, *time, *timestamp; /* its literal: $ is the value; '$' has no type */
    bool is_plain_in_ddl;       /* CREATE and ALTER know no typed literal before their SELECT */
    bool extracts_microseconds; /* EXTRACT(SECOND_MICROSECOND FROM x) */
    bool explains_tree;         /* EXPLAIN ANALYZE answers as EXPLAIN FORMAT=TREE */
    bool hides_maintenance;     /* preparing CHECK TABLE and the like does not tell their columns */
    enum product_reserved reserved;
    enum product_casts casts;
    enum product_converts converts;

    /* ---- transactions and INSERTs ---- */
    unsigned isolations;        /* bits of enum product_isolation */
    unsigned default_isolation; /* one of them */
    bool checkread_ends;        /* error 1020 rolls the transaction back, not the statement alone */
    enum product_insert insert;
    bool shows_triggers;  /* information_schema.TRIGGERS has those of every table one may write */
    bool ignores_by_row;  /* INSERT IGNORE of many rows does to each what it does to one alone */
    unsigned insert_rows; /* in one INSERT at most */

    /* ---- a second connection, limits ---- */
    const char *kill;      /* ends a statement: goes on with its id in the list */
    const char *list;      /* of connections: goes on with two ids in brackets; columns as SHOW FULL
                              PROCESSLIST has them, which is asked where this is NULL */
    bool list_has_ms;      /* its time is in milliseconds, else in whole seconds */
    bool is_id_cut;        /* the greeting has but the low 32 bits of the id in the list */
    bool keeps_attributes; /* of logins, in performance_schema */
    /* In a statement: ends it after $ seconds.  Stands before it, or if it is a hint behind its
     * first word. */
    const char *limit;
    unsigned limit_since;
    unsigned limit_max; /* seconds */
    unsigned limits;    /* for which statements: bits of enum product_limits */

    /* ---- what SQLGetInfo and the catalog tell ---- */
    enum product_types types;
    bool has_procedures;
    bool defaults_are_sql; /* COLUMNS.COLUMN_DEFAULT is SQL text, else the value */
    unsigned columns_in_table, columns_in_select, columns_in_index, column_name_chars; /* 0: none */
    const char *read_only;  /* condition: it is so whoever asks; NULL: there is no such mode */
    const char *no_writers; /* condition: it is so but for those who have one of the rights */
    const char *writers;    /* these rights, quoted, besides SUPER ... */
    unsigned super_until;   /* ... which is one before this version; 0: always */

    /* ---- Stream Load ---- */
    enum load_dialect load;
    bool has_tracking_log; /* rejected rows can be asked for over SQL, by label */
};

const struct product *product_row(enum product_id id);

/* product_named - the product that words of a server (version, comment) name, without regard to
 * case; PRODUCT_MYSQL if none.  behind: what stands behind its word, borrowed from words, NULL if
 * none; may be NULL. */
enum product_id product_named(const char *words, const char **behind);

/* product_is_told - was it words that told the product?  Else it may still be another one. */
bool product_is_told(enum product_id id);

/* product_has - does this version have what came with `since`? */
bool product_has(unsigned since, unsigned version);

#endif
