"""What a verifier's own engine does with a portfolio and an export: DuckDB.

    join.py portfolio KEY ISSUER REVOKED OUT
        writes OUT.csv and Parquet files beside it: a row for each serial number
        (hexadecimal, one a line) of REVOKED, and customers who are on no list.
        KEY and ISSUER (a name in DER) are hexadecimal.
    join.py join EXPORT PORTFOLIO OUT
        writes as CSV which customers of PORTFOLIO (CSV) are in EXPORT (Parquet).
    join.py purpose EXPORT
        prints the purpose that is stated in EXPORT.

The keyed identities are computed here once more, by Python's hmac.
"""

import hashlib
import hmac
import sys
from pathlib import Path

import duckdb


def keyed(key, issuer, serial):
    message = len(issuer).to_bytes(8, "big") + issuer + serial
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def portfolio(key, issuer, revoked, out):
    key, issuer = bytes.fromhex(key), bytes.fromhex(issuer)
    rows = []
    for line in Path(revoked).read_text().split():
        serial = bytes.fromhex(line).lstrip(b"\0")
        rows.append((len(rows), keyed(key, issuer, serial)))
        # Somebody whose certificate has a number that no list names.
        rows.append((len(rows), keyed(key, issuer, b"\x7f" + serial)))
    database = duckdb.connect()
    database.execute("CREATE TABLE rows (reference BIGINT, key VARCHAR)")
    database.executemany("INSERT INTO rows VALUES (?, ?)", rows)
    columns = "reference, key, '' AS kind"
    for name, columns, options in [
        ("csv", columns, "HEADER"),
        ("text.parquet", columns, "FORMAT parquet"),
        ("groups.parquet", columns, "FORMAT parquet, ROW_GROUP_SIZE 2048"),
        ("plain.parquet", columns, "FORMAT parquet, COMPRESSION uncompressed"),
        (
            "octets.parquet",
            "1 AS other, unhex(key) AS key, reference::VARCHAR AS reference",
            "FORMAT parquet",
        ),
        (
            "nulls.parquet",
            "CASE WHEN reference % 10 = 1 THEN NULL ELSE key END AS key, reference, NULL::VARCHAR AS kind",
            "FORMAT parquet",
        ),
        ("zstd.parquet", columns, "FORMAT parquet, COMPRESSION zstd"),
        ("numbers.parquet", "reference AS key, 1.5::DOUBLE AS reference", "FORMAT parquet"),
    ]:
        query = f"SELECT {columns} FROM rows ORDER BY rows.reference"
        database.execute(f"COPY ({query}) TO '{out}.{name}' ({options})")


def join(export, portfolio, out):
    query = f"""
        SELECT p.reference, r.kind, r.reason,
               strftime(r.revoked_at, '%Y-%m-%dT%H:%M:%SZ') AS revoked_at
        FROM read_csv('{portfolio}', all_varchar = true) p
        JOIN read_parquet('{export}') r ON lower(hex(r.key)) = p.key
        ORDER BY p.reference::BIGINT
    """
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"COPY ({query}) TO '{out}' (HEADER)")


def purpose(export):
    metadata = duckdb.sql(
        f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{export}')"
    ).fetchall()
    print(dict(metadata)["tashika.purpose"])


if __name__ == "__main__":
    {"portfolio": portfolio, "join": join, "purpose": purpose}[sys.argv[1]](*sys.argv[2:])
