/* keyword.c - reads table/keyword.def. */
#include "sql/keyword.h"

void sql_keywords(struct buf *out, enum product_id product, unsigned version)
{
    static const struct {
        const char *word;
        unsigned mysql, mariadb;
    } rows[] = {
#define KEYWORD(word, mysql, mariadb) {word, mysql, mariadb},
#include "table/keyword.def"
#undef KEYWORD
    };
    enum product_reserved column = product_row(product)->reserved;
    const char *comma = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned from = column == RESERVED_MARIADB ? rows[i].mariadb : rows[i].mysql;
        if (from && from <= version) {
            buf_puts(out, comma);
            buf_puts(out, rows[i].word);
            comma = ",";
        }
    }
}
