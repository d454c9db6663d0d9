#!/usr/bin/python3
"""python.py DSN - what a Python program does with an ODBC driver: types both ways, parameters, errors, transactions."""
import datetime
import decimal
import hashlib
import re
import sys

import pyodbc

DATABASE = "client_pyodbc"


def show(label, value):
    print(f"{label}: {value!r}")


def refused(label, cursor, sql, *parameters):
    """A refusal: its SQLSTATE and the number of the server, which SQLAlchemy reads from the text."""
    try:
        cursor.execute(sql, *parameters)
        show(label, "was not refused")
    except pyodbc.Error as error:
        number = re.search(r"\((\d+)\)", str(error.args))
        state = error.args[0] if len(error.args) > 1 else ""
        show(label, (type(error).__name__, state, number and number.group(1)))


def types_both_ways(cursor):
    cursor.execute(
        "CREATE TABLE kinds (id INT PRIMARY KEY, tiny TINYINT, utiny TINYINT UNSIGNED, big BIGINT, ubig BIGINT UNSIGNED,"
        " amount DECIMAL(20,4), ratio DOUBLE, name VARCHAR(60), body LONGTEXT, raw VARBINARY(20), blobs LONGBLOB,"
        " day DATE, at DATETIME(6), clock TIME, flag BIT(1))"
    )
    rows = [
        (1, -128, 255, -(2**63), decimal.Decimal(2**64 - 1), decimal.Decimal("-1234567890123456.7891"), 1.5e300, "Grüße 😀 '\\\"",
         "long", b"\x00\xff'\\", b"", datetime.date(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
         datetime.time(23, 59, 59), True),
        (2, 127, 0, 2**63 - 1, 0, decimal.Decimal("0.0001"), -0.25, "", "", b"", b"x" * 10,
         datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 0, 0, 0, 1), datetime.time(0, 0, 0), False),
        (3,) + (None,) * 14,
    ]
    marks = ", ".join("?" * 15)
    for row in rows:
        cursor.execute(f"INSERT INTO kinds VALUES ({marks})", row)
        show("inserted", cursor.rowcount)
    cursor.execute("SELECT * FROM kinds ORDER BY id")
    for name, kind, _, size, precision, scale, nullable in cursor.description:
        show("column", (name, kind.__name__, size, precision, scale, nullable))
    for row, want in zip(cursor.fetchall(), rows):
        show("row", tuple(row))
        show("is what was inserted", [name[0] for name, got, sent in zip(cursor.description, row, want) if got != sent])


def parameters(cursor):
    show("no parameter", cursor.execute("SELECT 1").fetchval())
    show("text", cursor.execute("SELECT ?", "ü").fetchval())
    show("two", tuple(cursor.execute("SELECT ? + 1, ?", 41, None).fetchone()))
    show("where", [tuple(r) for r in cursor.execute("SELECT id FROM kinds WHERE name = ? AND id < ?", "", 9)])
    show("marker in text", cursor.execute("SELECT '?', ?", "x").fetchone()[0])
    cursor.execute("CREATE TABLE many (id INT, name VARCHAR(20))")
    cursor.executemany("INSERT INTO many VALUES (?, ?)", [(i, f"name {i}") for i in range(200)])
    show("executemany", tuple(cursor.execute("SELECT COUNT(*), SUM(id), MAX(name) FROM many").fetchone()))
    cursor.fast_executemany = True
    cursor.executemany("INSERT INTO many VALUES (?, ?)", [(i, f"fast {i}" if i % 2 else None) for i in range(200)])
    cursor.fast_executemany = False
    show("fast_executemany", tuple(cursor.execute("SELECT COUNT(*), COUNT(name) FROM many").fetchone()))
    show("update counts", cursor.execute("UPDATE many SET name = 'z' WHERE id = ?", 7).rowcount)


def long_values(cursor):
    cursor.execute("CREATE TABLE longs (id INT, body LONGTEXT, raw LONGBLOB)")
    body, raw = "añ😀" * 300000, bytes(range(256)) * 80000
    cursor.execute("INSERT INTO longs VALUES (1, ?, ?)", body, raw)
    row = cursor.execute("SELECT body, raw FROM longs").fetchone()
    show("long text", (len(row[0]), row[0] == body))
    show("long bytes", (len(row[1]), hashlib.sha256(row[1]).hexdigest()[:16], row[1] == raw))


def errors(cursor):
    refused("no such table", cursor, "SELECT * FROM nowhere")
    refused("syntax", cursor, "SELECT FROM WHERE")
    refused("duplicate", cursor, "INSERT INTO kinds (id) VALUES (?)", 1)
    refused("too few parameters", cursor, "SELECT ?, ?", 1)
    show("usable afterwards", cursor.execute("SELECT 'yes'").fetchval())


def transactions(connection):
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE money (id INT, amount INT) ENGINE = InnoDB")
    cursor.execute("INSERT INTO money VALUES (1, 100)")
    connection.commit()
    cursor.execute("UPDATE money SET amount = 0")
    connection.rollback()
    show("rolled back", cursor.execute("SELECT amount FROM money").fetchval())
    connection.commit()
    connection.autocommit = True


def two_statements(connection):
    first, second = connection.cursor(), connection.cursor()
    first.execute("SELECT id FROM many ORDER BY id")
    got = [first.fetchone()[0]]
    show("second while first is open", second.execute("SELECT COUNT(*) FROM many").fetchval())
    got += [row[0] for row in first]
    show("first goes on", (len(got), sum(got)))


def catalog(connection, cursor):
    show("tables", sorted(row.table_name for row in cursor.tables(catalog=DATABASE, tableType="TABLE")))
    columns = list(cursor.columns(table="many", catalog=DATABASE))
    show("columns", [(c.column_name, c.data_type, c.type_name.lower(), c.nullable) for c in columns])
    show("quote", connection.getinfo(pyodbc.SQL_IDENTIFIER_QUOTE_CHAR))
    show("ODBC version", connection.getinfo(pyodbc.SQL_DRIVER_ODBC_VER))
    show("transactions", connection.getinfo(pyodbc.SQL_TXN_CAPABLE) > 0)


def main(dsn):
    connection = pyodbc.connect(f"DSN={dsn}", autocommit=True, timeout=20)
    cursor = connection.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
    cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
    cursor.execute(f"USE {DATABASE}")
    types_both_ways(cursor)
    parameters(cursor)
    long_values(cursor)
    errors(cursor)
    transactions(connection)
    two_statements(connection)
    catalog(connection, cursor)
    cursor.execute(f"DROP DATABASE {DATABASE}")
    connection.close()
    print("end")


main(sys.argv[1])
