#!/usr/bin/env bash
# iusql.sh DSN - the statements of isql.sh through iusql, which calls the W entries.
exec "$(dirname "$0")/isql.sh" "$1" iusql
