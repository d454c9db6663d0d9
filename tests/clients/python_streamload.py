#!/usr/bin/python3
"""python_streamload.py DSN - 100,000 rows through executemany with fast_executemany, read back equal: by Stream Load over HTTPS with a
client certificate into the fake FE and BE (tests/fake/streamload), and as SQL into the DSN's own server."""
import datetime
import decimal
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

import pyodbc

TOP = pathlib.Path(__file__).resolve().parents[2]
PKI = os.environ["MYWIRE_PKI"]
ROWS = 100_000
COLUMNS = "id BIGINT, name VARCHAR(100), amount DECIMAL(20,4), ratio DOUBLE, at DATETIME"
INSERT = "INSERT INTO {} (id, name, amount, ratio, at) VALUES (?, ?, ?, ?, ?)"
NAMES = ["plain", '"quoted"', "a,b\tc", "line\nfeed\r\n", "\\N", "", "Grüße 😀", "\x01\x02\x1f", None, "back\\slash"]


def program():
    given = os.environ.get("MYWIRE_FAKE")
    places = [pathlib.Path(given)] if given else sorted(TOP.glob("build/*/tests/fake/streamload/fake-streamload"))
    for place in places:
        if place.exists():
            return str(place)
    sys.exit("python_streamload.py: fake-streamload is not built")


def start_fake(folder):
    facts = pathlib.Path(folder, "ports.env")
    quiet = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    fake = subprocess.Popen(
        [program(), "--fe-tls", "on", "--be-tls", "on", "--cert", f"{PKI}/server-good.crt", "--key", f"{PKI}/server-good.key",
         "--client-ca", f"{PKI}/ca.crt", "--user", "app:app-secret", "--stdin", "--table", f"test.loaded({COLUMNS})",
         "--file", str(facts)], stdin=subprocess.PIPE, env=quiet)
    for _ in range(600):
        if facts.exists():
            break
        time.sleep(0.05)
    lines = dict(line.split("=", 1) for line in facts.read_text().split())
    return fake, lines["FE_PORT"]


def rows():
    start = datetime.datetime(2024, 1, 1)
    return [(i, NAMES[i % len(NAMES)], decimal.Decimal(i * 7) / 10000, i / 3, start + datetime.timedelta(seconds=i))
            for i in range(ROWS)]


def read_fake(port):
    trust = ssl.create_default_context(cafile=f"{PKI}/ca.crt")
    trust.load_cert_chain(f"{PKI}/client-good.crt", f"{PKI}/client-good.key")
    with urllib.request.urlopen(f"https://localhost:{port}/fake/test/loaded", context=trust) as answer:
        for line in answer:
            row = json.loads(line)
            yield (row["id"], row["name"], decimal.Decimal(row["amount"]), row["ratio"], datetime.datetime.fromisoformat(row["at"]))


def insert(connection, table, given):
    cursor = connection.cursor()
    cursor.fast_executemany = True
    for first in range(0, ROWS, 10_000):
        cursor.executemany(INSERT.format(table), given[first : first + 10_000])


def equal(label, given, seen):
    seen = sorted(seen, key=lambda row: row[0])
    print(f"{label}: {len(seen)} rows, {'equal' if [tuple(row) for row in seen] == given else 'NOT EQUAL'}")


def main():
    dsn, given = sys.argv[1], rows()
    with tempfile.TemporaryDirectory() as folder:
        fake, port = start_fake(folder)
        keys = f"DSN={dsn};SSLCERT={PKI}/client-good.crt;SSLKEY={PKI}/client-good.key"
        load = pyodbc.connect(f"{keys};STREAMLOADURL=https://localhost:{port};STREAMLOADDIALECT=STARROCKS;STREAMLOAD=REQUIRED;"
                              f"STREAMLOADHOSTMAP={{127.0.0.1=localhost}}", autocommit=True)
        load.execute(f"CREATE TEMPORARY TABLE loaded ({COLUMNS}) CHARACTER SET utf8mb4")  # tells the types
        insert(load, "loaded", given)
        equal("Stream Load", given, read_fake(port))
        load.close()
        fake.stdin.close()
        fake.wait()
    plain = pyodbc.connect(keys, autocommit=True)
    plain.execute(f"CREATE TEMPORARY TABLE loaded ({COLUMNS}) CHARACTER SET utf8mb4")
    insert(plain, "loaded", given)
    equal("SQL", given, plain.execute("SELECT id, name, amount, ratio, at FROM loaded").fetchall())


main()
