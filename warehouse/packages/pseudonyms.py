"""Names that only one partner has: a keyed hash of our own ids, under the partner's key and its epoch.

The same person has the same pseudonym in every package to a partner of one epoch, and another in those to any other
partner: without the keys, which stay in the house, the two cannot be joined by them. A new epoch is a new key and new
names for all. Sets, not rows: SHA-256 is worked out by DuckDB, SM3 by one pass over distinct ids.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
from cryptography.hazmat.primitives import hashes, hmac

from warehouse.packages.agreement import Agreement
from warehouse.packages.rows import Column

# Half of the hash: 128 bits.
LENGTH = 32
_BLOCK = 64
# Hexadecimal digits as letters: by chance a run of digits would look like somebody's number.
_HEX, _AS_LETTERS = "0123456789abcdef", "abcdefghijklmnop"
_LETTERS = str.maketrans(_HEX, _AS_LETTERS)
_PART = "\x1f"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The table in which ``compose`` looks pseudonyms up, and the macro behind keyed hashes."""
    con.execute("CREATE TEMP TABLE pseudonyms (kind VARCHAR, own VARCHAR, pseudonym VARCHAR)")
    con.execute("CREATE TEMP TABLE hash_keys (purpose VARCHAR, inner_pad BLOB, outer_pad BLOB)")
    con.execute(
        """
        CREATE TEMP MACRO keyed(of_purpose, message) AS sha256(
            (SELECT outer_pad FROM hash_keys WHERE purpose = of_purpose)
            || unhex(sha256((SELECT inner_pad FROM hash_keys WHERE purpose = of_purpose) || encode(message)))
        )
        """
    )


def know_key(con: duckdb.DuckDBPyConnection, purpose: str, key: bytes) -> None:
    """Let ``keyed(purpose, …)`` be HMAC-SHA-256 under a key. The key is a value of a table, never a text of SQL."""
    padded = key.ljust(_BLOCK, b"\0")
    pads = [bytes(one ^ byte for one in padded) for byte in (0x36, 0x5C)]
    con.execute("DELETE FROM hash_keys WHERE purpose = ?", [purpose])
    con.execute("INSERT INTO hash_keys VALUES (?, ?, ?)", [purpose, *pads])


def give_names(
    con: duckdb.DuckDBPyConnection,
    agreement: Agreement,
    columns: tuple[Column, ...],
    key: bytes | None,
    source: str,
) -> None:
    """Fill ``pseudonyms`` for the keys among the columns, as ``source`` (a table or view) holds them."""
    con.execute("DELETE FROM pseudonyms")
    agreed = agreement.pseudonyms
    if agreed is None or key is None:
        return
    for column in columns:
        if not column.of.is_key:
            continue
        own = (
            f'SELECT DISTINCT "{column.name}"::VARCHAR AS own FROM {source} WHERE "{column.name}" IS NOT NULL'
        )
        prefix = _PART.join((agreement.partner_key, agreed.epoch, column.kind, ""))
        if agreed.method == "hmac-sha256":
            know_key(con, "pseudonym", key)
            name = in_letters(f"left(keyed('pseudonym', ? || own), {LENGTH})")
            con.execute(
                f"INSERT INTO pseudonyms SELECT ?, own, {name} FROM ({own})",
                [column.kind, prefix],
            )
            continue
        ids = con.execute(own).to_arrow_table()["own"].to_pylist()
        names = pa.table(
            {
                "own": ids,
                "pseudonym": [hmac_sm3(key, prefix + one)[:LENGTH].translate(_LETTERS) for one in ids],
            }
        )
        con.register("named_now", names)
        con.execute("INSERT INTO pseudonyms SELECT ?, own, pseudonym FROM named_now", [column.kind])
        con.unregister("named_now")


def in_letters(hexadecimal: str) -> str:
    """SQL: hexadecimal digits (an SQL expression) as letters."""
    return f"translate({hexadecimal}, '{_HEX}', '{_AS_LETTERS}')"


def hmac_sm3(key: bytes, message: str) -> str:
    """HMAC-SM3 of a text, as hexadecimal digits."""
    made = hmac.HMAC(key, hashes.SM3())
    made.update(message.encode())
    return made.finalize().hex()
