"""Tables reach other libraries without a copy, and whole."""

import forestall
import duckdb
import pandas
import polars
import pyarrow
import pytest
from conftest import REPLICATIONS


def addresses(table):
    """Where every buffer of an Arrow table is."""
    columns = pyarrow.table(table).columns
    return [
        buffer.address
        for column in columns
        for chunk in column.chunks
        for buffer in chunk.buffers()
        if buffer is not None
    ]


def test_two_exports_share_their_memory(run):
    for name in ("replications", "monthly", "comparisons"):
        table = run.table(name)
        first, second = addresses(table), addresses(table)
        assert first == second and len(first) > len(table.column_names), name
        # The same table again is the same memory too.
        assert run.table(name) is table


def test_a_copy_would_be_seen(run):
    copied = forestall.Run.open(run.path)
    assert addresses(copied.replications) != addresses(run.replications)


def test_pyarrow_and_polars_share_their_memory(run):
    table = run.replications
    ours = pyarrow.table(table)["attacks_completed"].chunk(0).buffers()[1].address
    frame = polars.DataFrame(table)
    theirs = frame.to_arrow()["attacks_completed"].chunk(0).buffers()[1].address
    assert ours == theirs


def test_memory_outlives_the_run(run):
    table = forestall.Run.open(run.path).replications
    arrow = table.to_arrow()
    del table
    assert arrow.equals(run.replications.to_arrow())


def test_pandas_polars_duckdb_and_pyarrow_agree(run):
    table = run.replications
    frame = table.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    by_pandas = frame.groupby("arm")["attacks_completed"].mean().to_dict()
    lazily = table.to_polars().group_by("arm").agg(polars.col("attacks_completed").mean())
    by_polars = dict(lazily.iter_rows())
    arrow = table.to_arrow()
    rows = duckdb.sql("SELECT arm, avg(attacks_completed) FROM arrow GROUP BY arm").fetchall()
    by_pyarrow = arrow.group_by("arm").aggregate([("attacks_completed", "mean")]).to_pylist()
    assert set(by_pandas) == set(run.policies)
    for arm, mean in by_pandas.items():
        assert dict(rows)[arm] == pytest.approx(mean, rel=1e-12)
        assert by_polars[arm] == pytest.approx(mean, rel=1e-12)
    assert {row["arm"]: row["attacks_completed_mean"] for row in by_pyarrow} == pytest.approx(by_pandas)


def test_duckdb_takes_a_table_as_it_is(run):
    monthly = run.monthly
    assert duckdb.sql("SELECT count(*) FROM monthly").fetchall() == [(len(monthly),)]


def test_a_paired_difference_by_hand_is_that_of_the_comparisons(run):
    wide = run.replications.to_pandas().pivot(index="replication", columns="arm", values="attacks_completed")
    found = run.comparisons.to_pandas().query("outcome == 'attacks_completed'").set_index("policy")["difference"]
    for policy in ("share", "watch", "both", "placebo"):
        assert found[policy] == pytest.approx((wide[policy] - wide["baseline"]).mean(), abs=1e-12)


def test_size_names_and_values_without_any_library(run):
    table = run.replications
    assert len(table) == table.num_rows == 5 * REPLICATIONS
    assert table.num_columns == len(table.column_names) and table.column_names[0] == "arm"
    columns = table.to_pydict()
    assert list(columns) == table.column_names
    assert set(columns["arm"]) == set(run.policies)
    assert all(isinstance(value, int) for value in columns["replication"])
    assert table.to_arrow().to_pydict() == columns
    size = f"{5 * REPLICATIONS} rows × {table.num_columns} columns"
    assert repr(table) == f"<forestall.Table replications: {size}>"
    shown = table._repr_html_()
    assert shown.count("<tr>") == 9 and size in shown


def test_an_empty_table_and_one_without_columns_are_handed_over(run):
    events = run.table("events")
    assert len(events) == 0 and pyarrow.table(events).num_rows == 0


def test_the_schema_alone_is_handed_over(run):
    assert pyarrow.schema(run.replications) == run.replications.to_arrow().schema


def test_parameters_of_a_scenario_are_a_table(scenario):
    parameters = scenario.parameters.to_pydict()
    assert list(parameters) == ["parameter", "value", "unit", "evidence", "origin"]
    assert len(parameters["value"]) > 100 and "services.analysts" in parameters["parameter"]
