/* keyword.c - reads table/keyword.def. */
#include "sql/keyword.h"

void sql_keywords(struct buf *out, enum sql_dialect dialect, unsigned version)
{
    static const struct {
        const char *word;
        unsigned mysql, mariadb;
    } rows[] = {
#define KEYWORD(word, mysql, mariadb) {word, mysql, mariadb},
#include "table/keyword.def"
#undef KEYWORD
    };
    const char *comma = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned from = dialect == SQL_DIALECT_MARIADB ? rows[i].mariadb : rows[i].mysql;
        if (from && from <= version) {
            buf_puts(out, comma);
            buf_puts(out, rows[i].word);
            comma = ",";
        }
    }
}
