/* ini.c - odbc.ini through the installer library; the only file that knows it.
 *
 * Two things about unixODBC (2.3.11; proven in tests/unit/conf/check_ini.c).  Asked for the names
 * of a section it returns the length of the first, so the list is walked to its double NUL in a
 * buffer that was zeroed before.  It cuts lines after 999 bytes and takes the rest for a line of
 * its own, so long entries are refused before their rest is looked at, and a name without a value
 * is not shown: it may be the rest of a password. */
#include "conf/ini.h"

#include <stdlib.h>
#include <string.h>

#include <odbcinst.h>

#include "base/text.h"
#include "conf/row.h"

#define FILE_NAME   "odbc.ini"
#define NAMES_BYTES 32768
#define VALUE_BYTES 4096
#define LINE_BYTES  950 /* of 999; spaces around '=' are gone when we see the entry */

/* Keys of a section that are for the driver manager. */
static bool is_managers(const char *name)
{
    static const char *const names[] = {
        "Setup",
        "Setup64",
        "Driver64",
        "Threading",
        "FileUsage",
        "UsageCount",
        "DontDLClose",
        "CPTimeout",
        "CPTimeToLive",
        "CPProbe",
        "CPReuse",
        "DMEnvAttr",
        "DMConnAttr",
        "DMStmtAttr",
        "IconvEncoding",
        "DisableGetFunctions",
        "TraceFile",
        "NoAlternateCPHandle",
        "ErrorMessagePrefix",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_eq(name, names[i]))
            return true;
    return false;
}

static int take_entry(struct dsn *d, const char *section, const char *name, char *value,
                      struct fault *f)
{
    memset(value, 0, VALUE_BYTES);
    (void)SQLGetPrivateProfileString(section, name, "", value, VALUE_BYTES, FILE_NAME);
    size_t n = strnlen(value, VALUE_BYTES);
    if (strlen(name) + n >= LINE_BYTES)
        return fault(f, RC_CONFIG,
                     "the line of %.32s is too long for odbc.ini (%d bytes); give it in the "
                     "connection string, or a password in PWDFILE",
                     name, LINE_BYTES);
    bool is_line = !n && dsn_find(name, strlen(name)) == DSN_KEYS; /* without '=', or its value */
    if (is_line && dsn_is_about_tls(name, strlen(name)))
        return fault(f, RC_CONFIG,
                     "a line that begins with %.3s is no key with a value (KEY = value); it is not "
                     "shown, because it may be the rest of a longer line",
                     name);
    if (is_line) {
        dsn_note(d, DSN_NOTE_UNKNOWN,
                 "the data source %s has a line in odbc.ini that is no key with a value; it was "
                 "ignored",
                 section);
        return RC_OK;
    }
    return dsn_take_pair(d, name, strlen(name), value, n, DSN_FROM_INI, f);
}

int ini_read(struct dsn *d, const char *name, struct fault *f)
{
    int rc = RC_OK;
    char *names = calloc(1, NAMES_BYTES + 2);
    char *value = malloc(VALUE_BYTES);
    if (!names || !value) {
        rc = fault(f, RC_MEMORY, "no memory to read the data source %s", name);
        goto out;
    }
    (void)SQLGetPrivateProfileString(name, NULL, "", names, NAMES_BYTES, FILE_NAME);
    for (const char *s = names; *s && !rc; s += strlen(s) + 1)
        if (!is_managers(s))
            rc = take_entry(d, name, s, value, f);
    if (rc)
        fault_prefix(f, "data source %s in odbc.ini: ", name);
out:
    if (value)
        mem_wipe(value, VALUE_BYTES);
    free(value);
    free(names);
    return rc;
}
