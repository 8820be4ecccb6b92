"""Reads a merged sweep with pandas, polars and DuckDB and checks that the three agree.

Usage: python read_sweep.py PLAN_DIR      (needs duckdb, pandas, polars and pyarrow)
Prints OK and ends with 0, or names the first disagreement and ends with 1.
"""

import pathlib
import sys

import duckdb
import pandas as pd
import polars as pl

OUTCOME = "attacks_completed"


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def main():
    folder = pathlib.Path(sys.argv[1])
    runs, design = folder / "results/replications.parquet", folder / "design.parquet"

    frame = pd.read_parquet(runs).groupby(["point", "arm"], as_index=False)[OUTCOME].mean()
    by_pandas = frame.merge(pd.read_parquet(design), on="point").sort_values(["point", "arm"], ignore_index=True)

    by_polars = (
        pl.scan_parquet(runs)
        .group_by("point", "arm")
        .agg(pl.col(OUTCOME).mean())
        .join(pl.scan_parquet(design), on="point")
        .collect()
        .sort("point", "arm")
    )

    query = f"""
        SELECT point, arm, avg({OUTCOME}) AS mean FROM '{runs}' JOIN '{design}' USING (point)
        GROUP BY point, arm ORDER BY point, arm"""
    by_duckdb = duckdb.sql(query).df()

    check(len(by_pandas) > 0, "the sweep is empty")
    # Sums of small whole numbers are exact, so the means agree to the last digit or two.
    for name, means in (("polars", by_polars[OUTCOME].to_list()), ("DuckDB", by_duckdb["mean"].tolist())):
        check(len(means) == len(by_pandas), f"{name} has another number of rows")
        worst = max(abs(a - b) for a, b in zip(means, by_pandas[OUTCOME]))
        check(worst <= 1e-12, f"{name} differs by {worst}")
    check(set(by_polars.columns) == set(by_pandas.columns), "columns differ")
    print(f"OK: {len(by_pandas)} points and arms, {len(by_pandas.columns) - 3} factors")


if __name__ == "__main__":
    main()
