"""The month whose cards are answered, and how its tables are read."""

import duckdb

from warehouse.months import Month

AUGUST = Month(2026, 8)


SAME, DIFFERENT, UNSURE = "同一人", "不是同一人", "无法判断"


ALL = {"王建国": SAME, "李秀蓝": SAME, "才让": DIFFERENT, "张志墙": DIFFERENT}


def read(lake, table, columns="*", order="ALL"):
    if not any((lake.root / table).rglob("*.parquet")):
        return []
    con = duckdb.connect()
    found = con.execute(
        f"SELECT {columns} FROM read_parquet('{lake.root}/{table}/month=2026-08/*.parquet', hive_partitioning = false) ORDER BY {order}"
    ).fetchall()
    con.close()
    return found
