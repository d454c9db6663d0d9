#!/usr/bin/env bash
# isql_streamload.sh DSN - a file of 100,000 rows by STREAM LOAD in isql, over HTTPS with a client certificate into the fake FE and BE
# (tests/fake/streamload), and read back equal.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fake=${MYWIRE_FAKE:-$(find "$top"/build/*/tests/fake/streamload -name fake-streamload -type f 2>/dev/null | head -n 1)}
[ -x "$fake" ] || { echo "isql_streamload.sh: fake-streamload is not built" >&2; exit 1; }
mkdir "$work/files"
mkfifo "$work/end"
"$fake" --fe-tls on --be-tls on --cert "$MYWIRE_PKI/server-good.crt" --key "$MYWIRE_PKI/server-good.key" \
    --client-ca "$MYWIRE_PKI/ca.crt" --user app:app-secret --table 'test.t(id BIGINT, v VARCHAR(100), w VARCHAR(100))' \
    --stdin --file "$work/ports" <"$work/end" &
exec 9>"$work/end" # the fake ends when this does
for _ in $(seq 600); do [ -e "$work/ports" ] || sleep 0.05; done
port=$(sed -n 's/^FE_PORT=//p' "$work/ports")

awk 'BEGIN { for (i = 0; i < 100000; i++) printf "%d,Grüße \"%d\",%s\n", i, i, i % 7 ? "text" : "\\N" }' >"$work/files/rows.csv"
keys="DSN=$1;SSLCERT=$MYWIRE_PKI/client-good.crt;SSLKEY=$MYWIRE_PKI/client-good.key"
keys="$keys;STREAMLOADURL=https://localhost:$port;STREAMLOADHOSTMAP={127.0.0.1=localhost};STREAMLOADDIALECT=STARROCKS"
cat >"$work/statements" <<'END'
STREAM LOAD INTO t (id, v, w) FROM 'rows.csv' WITH (label='clients-isql', column_separator=',')
STREAM LOAD INTO t FROM 'rows.csv' WITH (label='clients-isql', column_separator=',')
STREAM LOAD INTO t FROM '../ports' WITH (label='clients-isql-2')
END
# printed: label, status, rows total, loaded, filtered, unselected; two of the three are refused
# shellcheck disable=SC2086
${CLIENT_WRAPPER:-} isql -k "$keys;STREAMLOADDIR=$work/files" -b -v '-d|' <"$work/statements" 2>&1 |
    sed -E 's/^(\[[0-9A-Z]{5}\])?\[MyWire\].*/\1 message/' | cut -d '|' -f 1,2,4-7 || true
curl --silent --cacert "$MYWIRE_PKI/ca.crt" --cert "$MYWIRE_PKI/client-good.crt" --key "$MYWIRE_PKI/client-good.key" \
    "https://localhost:$port/fake/test/t" |
    sed -E 's/^\{"id": ?([0-9]+), ?"v": ?"(.*)", ?"w": ?(null|"text")\}$/\1,\2,\3/; s/\\"/"/g; s/null$/\\N/; s/"text"$/text/' >"$work/back.csv"
if cmp -s "$work/files/rows.csv" "$work/back.csv"; then echo "read back: $(wc -l <"$work/back.csv") rows, equal"; else
    echo "read back: NOT EQUAL"
    diff "$work/files/rows.csv" "$work/back.csv" | head -n 4
fi
exec 9>&-
wait
