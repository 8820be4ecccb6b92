"""Opens every Parquet table of a results folder with DuckDB and pandas and checks that they agree.

Usage: python read_results.py RESULTS_FOLDER      (needs duckdb, pandas and pyarrow)
Prints OK and ends with 0, or names the first disagreement and ends with 1.
"""

import csv
import hashlib
import json
import pathlib
import sys

import duckdb
import pandas

# The only column types that the tables have, by their name in DuckDB.
TYPES = {"VARCHAR", "BIGINT", "DOUBLE"}
KEYS = ("arm", "draw", "replication")


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def check_table(path):
    frame = pandas.read_parquet(path)
    relation = duckdb.read_parquet(str(path))
    columns, types = relation.columns, [str(kind) for kind in relation.types]
    rows = duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0]
    check(rows == len(frame), f"{path}: DuckDB counts {rows} rows, pandas {len(frame)}")
    check(list(frame.columns) == columns, f"{path}: the two see different columns")
    for name, kind in zip(columns, types):
        check(kind in TYPES, f"{path}: column {name} is of type {kind}")
        nulls = relation.aggregate(f'count(*) - count("{name}")').fetchall()[0][0]
        check(nulls == int(frame[name].isna().sum()), f"{path}: column {name} has different nulls")
        check(kind != "VARCHAR" or nulls == 0, f"{path}: text column {name} has nulls")
        if kind != "VARCHAR" and rows > nulls:
            here = relation.aggregate(f'min("{name}"), max("{name}")').fetchall()[0]
            there = (frame[name].min(), frame[name].max())
            check(here == there, f"{path}: column {name} ranges over {here} in DuckDB, {there} in pandas")
    for name in KEYS:
        check(name in columns, f"{path}: no column {name}")
        check(not frame[name].isna().any(), f"{path}: {name} has nulls")
    order = frame[["draw", "replication"]]
    check(order.apply(tuple, axis=1).is_monotonic_increasing if rows else True, f"{path}: rows are out of order")
    return rows


def check_csv(path):
    with open(path, newline="", encoding="utf-8") as source:
        records = list(csv.reader(source))
    check(records, f"{path}: no header")
    check(all(len(record) == len(records[0]) for record in records), f"{path}: records of different lengths")
    return len(records) - 1


def main():
    folder = pathlib.Path(sys.argv[1])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    check(manifest["status"] == "complete", f"the run is {manifest['status']}, not complete")
    for name, expected in manifest["files"].items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        check(found == expected, f"{name}: checksum differs from the manifest")
    tables = sorted((folder / "results").glob("*.parquet"))
    check(tables, f"no Parquet files in {folder / 'results'}")
    for path in tables:
        print(f"{path.name}: {check_table(path)} rows")
    for path in sorted((folder / "results").glob("*.csv")):
        print(f"{path.name}: {check_csv(path)} rows")
    print("OK")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
