#!/usr/bin/env bash
# isql_streamload.sh DSN - a file of 100,000 rows by STREAM LOAD in isql, over HTTPS with a client certificate into the fake FE and BE
# (tests/fake/streamload), and the same rows by INSERT into the DSN's own server; both read back equal.
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
compare() { # WHERE
    if cmp -s "$work/files/rows.csv" "$work/back.csv"; then echo "$1: $(wc -l <"$work/back.csv") rows, equal"; else
        echo "$1: NOT EQUAL"
        diff "$work/files/rows.csv" "$work/back.csv" | head -n 4
    fi
}
compare 'Stream Load'
exec 9>&-
wait

# Lines of 200 rows: isql cuts lines at 9,000 bytes.
{
    echo 'DROP TABLE IF EXISTS clients_isql'
    echo 'CREATE TABLE clients_isql (id BIGINT PRIMARY KEY, v VARCHAR(100) CHARACTER SET utf8mb4, w VARCHAR(100))'
    sed -E "s/^([0-9]+),(.*),(text|.N)$/(\\1,'\\2','\\3')/; s/'.N'\)$/NULL)/" "$work/files/rows.csv" |
        awk '{ printf "%s%s", NR % 200 == 1 ? "INSERT INTO clients_isql VALUES " : ",", $0 } NR % 200 == 0 { print "" }'
} >"$work/inserts"
echo "SELECT CONCAT(id, ',', v, ',', IFNULL(w, CHAR(92, 78 USING utf8mb4))) FROM clients_isql ORDER BY id" >"$work/select"
script() { # FILE; errors on standard error
    # shellcheck disable=SC2086
    ${CLIENT_WRAPPER:-} isql -k "DSN=$1" -b -d'|' <"$2"
}
script "$1" "$work/inserts"
script "$1" "$work/select" >"$work/back.csv"
echo 'DROP TABLE clients_isql' >"$work/drop"
script "$1" "$work/drop"
compare SQL
