/* check_grant.c - which lines of SHOW GRANTS give a privilege on a table. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/grant.h"
#include "rows.h"

#define APP  "GRANT USAGE ON *.* TO `app`@`%`"
#define SOME "GRANT SELECT, INSERT, UPDATE, DELETE ON `shop`.* TO `app`@`%`"

static const struct {
    const char *lines[3];
    bool has; /* TRIGGER on shop.orders */
} rows[] = {
    {{APP}, false},
    {{APP, SOME}, false},
    {{APP, "GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`"}, true},
    {{"GRANT ALL PRIVILEGES ON *.* TO 'app'@'%' IDENTIFIED BY PASSWORD '*6C' WITH GRANT OPTION"},
     true},
    {{"GRANT SELECT, TRIGGER, CREATE ROLE ON *.* TO `app`@`%`"}, true},
    {{"GRANT BACKUP_ADMIN,TRIGGER_ADMIN ON *.* TO `app`@`%`"}, false},
    {{APP, "GRANT TRIGGER ON `shop`.`orders` TO `app`@`%`"}, true},
    {{APP, "GRANT SELECT (`trigger`), INSERT ON `shop`.`orders` TO `app`@`%`"}, false},
    {{APP, "GRANT SELECT (`a`, `on`), TRIGGER ON `shop`.`orders` TO `app`@`%`"}, true},
    {{APP, "GRANT ALL PRIVILEGES ON `shop`.`order` TO `app`@`%`"}, false},
    {{APP, "GRANT ALL PRIVILEGES ON `other`.`orders` TO `app`@`%`"}, false},
    {{APP, "GRANT ALL PRIVILEGES ON `s%`.* TO `app`@`%`"}, true},
    {{APP, "GRANT ALL PRIVILEGES ON `%h_p`.* TO `app`@`%`"}, true},
    {{APP, "GRANT ALL PRIVILEGES ON `%`.* TO `app`@`%`"}, true},
    {{APP, "GRANT ALL PRIVILEGES ON `sh\\_p`.* TO `app`@`%`"}, false},
    {{APP, "GRANT ALL PRIVILEGES ON `shop_`.* TO `app`@`%`"}, false},
    {{APP, "GRANT ALL PRIVILEGES ON `sho`.* TO `app`@`%`"}, false},
    {{APP, "GRANT ALL PRIVILEGES ON `shop\\`.* TO `app`@`%`"}, false},
    /* two lines fit: the server takes one of them, and which, we do not know */
    {{SOME, "GRANT ALL PRIVILEGES ON `sh%`.* TO `app`@`%`"}, false},
    {{SOME, "GRANT ALL PRIVILEGES ON *.* TO `app`@`%`"}, true},
    {{"GRANT TRIGGER ON *.* TO `app`@`%`", "REVOKE TRIGGER ON `shop`.* FROM `app`@`%`"}, false},
    {{"GRANT `admin`@`%` TO `app`@`%`"}, false},
    {{"GRANT PROXY ON ''@'' TO 'root'@'localhost' WITH GRANT OPTION"}, false},
    {{"GRANT EXECUTE ON PROCEDURE `shop`.`orders` TO `app`@`%`"}, false},
    {{"GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`", "GRANT ALL ON"}, true},
    {{"SET DEFAULT ROLE `trigger` FOR `app`@`%`"}, false},
    {{""}, false},
};

static const struct sql_grant_on on = {"TRIGGER", "shop", "orders", 4, 6};

START_TEST(lines)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sql_grants g = {0};
        for (size_t k = 0; k < 3 && rows[i].lines[k]; k++)
            sql_grants_add(&g, &on, rows[i].lines[k], strlen(rows[i].lines[k]),
                           (struct sql_mode){0});
        MUST(sql_grants_has(&g) == rows[i].has, "%s", rows[i].lines[rows[i].lines[1] != NULL]);
    }
}
END_TEST

/* ASan sees what is read beyond. */
START_TEST(cut)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *line = rows[i].lines[rows[i].lines[1] != NULL];
        for (size_t n = 0; n <= strlen(line); n++) {
            struct sql_grants g = {0};
            char *copy = exact(line, n);
            sql_grants_add(&g, &on, copy, n, (struct sql_mode){0});
            free(copy);
        }
    }
}
END_TEST

/* Under ANSI_QUOTES the server quotes names so. */
START_TEST(quotes)
{
    struct sql_grants g = {0};
    static const char line[] = "GRANT TRIGGER ON \"shop\".* TO \"app\"@\"%\"";
    sql_grants_add(&g, &on, line, sizeof line - 1, (struct sql_mode){.ansi_quotes = true});
    ck_assert(sql_grants_has(&g));
}
END_TEST

Suite *check_grant(void);
Suite *check_grant(void)
{
    Suite *s = suite_create("grant");
    TCase *t = tcase_create("grant");
    tcase_add_test(t, lines);
    tcase_add_test(t, cut);
    tcase_add_test(t, quotes);
    suite_add_tcase(s, t);
    return s;
}
