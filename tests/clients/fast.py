#!/usr/bin/python3
"""fast.py DSN - pyodbc's fast_executemany: 100,000 rows of many types, read back equal; and what happens to a bad row."""
import datetime
import decimal
import sys

import pyodbc

DATABASE = "client_fast"
ROWS = 100000


def row(i):
    """Values of row i: NULLs, hostile text, limits, in every column."""
    return (
        i,
        None if i % 7 == 0 else i * 92233720368547 - 2**62,
        None if i % 11 == 0 else decimal.Decimal(i * 13 - 5000) / 100,
        i / 7,
        None if i % 5 == 0 else f"Grüße 😀 {i} '\\\"\n\0?" if i % 3 else "",
        bytes([i % 256, 0, 39, 92, 255]) * (i % 4),
        datetime.datetime(1000 + i % 8999, 1 + i % 12, 1 + i % 28, i % 24, i % 60, 59, i % 1000000),
        datetime.date(1 + i % 9999, 12, 31),
        i % 2 == 0,
    )


def main(dsn):
    connection = pyodbc.connect(f"DSN={dsn}", autocommit=True, timeout=20)
    cursor = connection.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
    cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
    cursor.execute(f"USE {DATABASE}")
    cursor.execute(
        "CREATE TABLE fast (id INT PRIMARY KEY, big BIGINT, amount DECIMAL(12,2), ratio DOUBLE, name VARCHAR(60),"
        " raw VARBINARY(40), at DATETIME(6), day DATE, flag BIT(1)) ENGINE=InnoDB"
    )
    insert = "INSERT INTO fast VALUES (" + ", ".join("?" * 9) + ")"
    cursor.fast_executemany = True
    rows = [row(i) for i in range(ROWS)]
    cursor.executemany(insert, rows)
    read = connection.cursor().execute("SELECT * FROM fast ORDER BY id").fetchall()
    print("rows:", len(read))
    print("rows that differ:", [i for i, (got, sent) in enumerate(zip(read, rows)) if tuple(got) != sent][:5])

    connection.autocommit = False
    try:
        cursor.executemany(insert, [row(i) for i in (ROWS, ROWS + 1, 5, ROWS + 2, *range(ROWS + 3, ROWS + 20))])
    except pyodbc.Error as error:
        print("a duplicate:", type(error).__name__, error.args[0])
    connection.rollback()
    print("after rollback:", connection.cursor().execute("SELECT COUNT(*) FROM fast").fetchval())
    cursor.executemany("UPDATE fast SET ratio = ? WHERE id = ?", [(0.5, i) for i in range(1000)])
    connection.commit()
    print("updated:", connection.cursor().execute("SELECT COUNT(*) FROM fast WHERE ratio = 0.5").fetchval())
    connection.autocommit = True
    cursor.execute(f"DROP DATABASE {DATABASE}")
    connection.close()
    print("end")


main(sys.argv[1])
