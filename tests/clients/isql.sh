#!/usr/bin/env bash
# isql.sh DSN [PROGRAM] - statements.sql through isql in batch mode.
# Of messages only the SQLSTATE stays (iusql shows none), because their words are the server's.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2086
${CLIENT_WRAPPER:-} "${2:-isql}" "$1" -b -v <"$here/statements.sql" 2>&1 | sed -E 's/^(\[[0-9A-Z]{5}\])?\[MyWire\].*/\1 message/'
exit "${PIPESTATUS[0]}"
