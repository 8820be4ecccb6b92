"""The same bytes as the command line: folders, tables, pages, answers."""

import json
import pathlib
import re

import forestall
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest
from conftest import QUICKSTART, REPLICATIONS, program

#: What the clock decides, in a record and on a page.
CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def files(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def same(ours, theirs):
    """Whether two files of a run are the same, but for the time at which they were made."""
    one, other = ours.read_bytes(), theirs.read_bytes()
    if ours.name == "manifest.json":
        records = [json.loads(text) for text in (one, other)]
        for record in records:
            del record["started"], record["finished"], record["checksum"]
        return records[0] == records[1]
    if ours.name == "report.html":
        one, other = (CLOCK.sub("TIME", text.decode()) for text in (one, other))
    return one == other


@pytest.mark.parametrize(
    ("laid", "asked"),
    [
        ({}, {"replications": REPLICATIONS}),
        (
            {"set": {"services.analysts": 30, "membership.pool_member!": True}, "seed": 7, "until": "2015-06-30"},
            {"replications": 8, "policies": ["watch", "both"], "threads": 1, "events": [1, 3]},
        ),
    ],
)
def test_the_folder_of_a_run_is_that_of_the_command_line(tmp_path, monkeypatch, laid, asked):
    for name in ("python", "program"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "python")
    run = forestall.Scenario.load(QUICKSTART, **laid).run(out="runs", progress=False, **asked)
    report = run.report()
    assert report == run.path / "report.html"
    # What the record says is a command that does the same.
    program(*run.manifest["arguments"], cwd=tmp_path / "program")
    ours, theirs = tmp_path / "python" / run.path, tmp_path / "program" / run.path
    found = [path for path in files(ours) if path.name != ".lock"]
    assert found == [path for path in files(theirs) if path.name != ".lock"]
    assert len(found) > 40, "the folders were read"
    assert [path for path in found if not same(ours / path, theirs / path)] == []


def test_another_seed_would_be_seen(tmp_path):
    runs = [forestall.Scenario.load(QUICKSTART, seed=seed, replications=2) for seed in (1, 2)]
    one, other = (run.run("", out=tmp_path, progress=False).path for run in runs)
    table = pathlib.Path("results/replications.parquet")
    assert same(one / table, one / table) and not same(one / table, other / table)


def test_tables_are_those_of_the_files(run):
    names = [path.stem for path in (run.path / "results").glob("*.parquet")]
    assert {"replications", "monthly", "by_country", "matched"} <= set(names) <= set(run.tables)
    for name in names:
        file = pyarrow.parquet.read_table(run.path / "results" / f"{name}.parquet")
        table = run.table(name).to_arrow()
        assert table.schema.equals(file.schema), name
        assert table.equals(file), name
    rows = pyarrow.csv.read_csv(run.path / "results" / "comparisons.csv")
    comparisons = run.comparisons.to_arrow()
    assert comparisons.column_names == rows.column_names
    assert comparisons.num_rows == rows.num_rows > 100
    assert comparisons["difference"].to_pylist() == rows["difference"].cast("float64").to_pylist()


def test_a_run_in_memory_has_the_same_tables(scenario, run, tmp_path):
    memory = scenario.run(replications=REPLICATIONS, out=None, progress=False)
    assert memory.path is None and "in memory" in repr(memory)
    for name in ("replications", "monthly", "by_country", "matched", "comparisons", "twin_share", "endings"):
        assert memory.table(name).to_arrow().equals(run.table(name).to_arrow()), name
    assert memory.summary() == run.summary()
    with pytest.raises(forestall.ForestallError, match="in memory alone"):
        memory.report()
    page = memory.report(tmp_path / "page.html")
    assert "</html>" in page.read_text(encoding="utf-8")


def test_a_run_is_opened_again(run):
    again = forestall.Run.open(run.path)
    assert again.manifest == run.manifest
    assert again.policies == ["baseline", "share", "watch", "both", "placebo"]
    assert again.labels["watch"] == "Watchers ×2"
    assert again.replications.to_arrow().equals(run.replications.to_arrow())
    assert again.verdict == run.verdict
    assert run.verdict["replications"] == REPLICATIONS


def test_the_first_lines_are_those_of_the_command_line(run, out):
    lines = program("-q", "run", QUICKSTART, "--replications", REPLICATIONS, "--out", out).stdout
    assert lines.startswith(run.summary())
    sentence = run.verdict["sentence"]
    assert sentence in lines and sentence in run._repr_html_()


def test_a_check_is_that_of_the_command_line(scenario):
    theirs = json.loads(program("-q", "check", QUICKSTART, "--brief", "--json").stdout)
    assert scenario.check(brief=True) == theirs
    whole = scenario.check()
    assert whole["resolved"] == scenario.resolved == program("-q", "check", QUICKSTART).stdout
    assert whole["runs"] == 1000 and whole["seconds"] > 0


def test_comparison_and_decision_are_those_of_the_command_line(run, tmp_path):
    other = forestall.Scenario.load(QUICKSTART, seed=2).run(replications=REPLICATIONS, out=tmp_path, progress=False)
    theirs = json.loads(program("compare", run.path, other.path, "--json").stdout)
    for ours in (forestall.compare(run, other), forestall.compare(run.path, str(other.path))):
        assert ours.as_dict() == theirs
        assert ours.verdict == theirs["verdict"]["answer"]
    assert program("-q", "compare", run.path, other.path).stdout.startswith(str(ours))
    assert "outcomes" in ours.tables and len(ours.table("outcomes")) > 10
    theirs = json.loads(program("decide", run.path, "--value-per-attack", "50e6", "--json").stdout)
    ours = forestall.decide(run, 50e6)
    assert ours.as_dict() == theirs and ours.verdict == theirs["verdict"]
    assert program("-q", "decide", run.path, "--value-per-attack", "50e6").stdout.startswith(str(ours))


def test_a_sensitivity_is_that_of_the_command_line(tmp_path):
    lever = ["--lever", "services.analysts=10..60", "--lever", "services.case_officers=20..150"]
    plan = ["sweep", "plan", QUICKSTART, "--design", "lhs", "--points", 24, "--replications", 1, "--no-pilot", *lever]
    folder = program("-q", *plan, "--until", "2015-02-28", "--out", tmp_path).stdout.strip()
    program("-q", "sweep", "run", folder)
    words = ["sensitivity", folder, "--outcome", "leads_received", "--method", "pawn", "--resamples", 50]
    theirs = json.loads(program(*words, "--json").stdout)
    ours = forestall.sensitivity(folder, outcome="leads_received", method="pawn", resamples=50)
    assert ours.as_dict() == theirs
    assert program("-q", *words).stdout.startswith(str(ours))
    assert ours.table("sensitivity").column_names[:2] == ["parameter", "with"]


WORLD = """
[uncertain]
"onset.spontaneous_per_million_per_year" = { uniform = { low = 10, high = 110 } }
"""
FACTS = """
[[targets]]
pattern = "Unprompted sympathisers"
fact = "made up"
outcome = "onset_spontaneous"
low = 100
high = 400
"""


def test_a_calibration_is_that_of_the_command_line(tmp_path, monkeypatch):
    (tmp_path / "world.toml").write_text(QUICKSTART.read_text(encoding="utf-8") + WORLD, encoding="utf-8")
    (tmp_path / "facts.toml").write_text(FACTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    scenario = forestall.Scenario.load("world.toml", until="2015-01-31")
    fit = {"method": "regression", "simulations": 60, "accept": 0.5, "truths": 10, "draws": 10}
    ours = scenario.calibrate("facts.toml", out="ours", progress=False, **fit)
    flags = [word for name, value in fit.items() for word in (f"--{name}", value)]
    words = ["-q", "calibrate", "world.toml", "--targets", "facts.toml", "--until", "2015-01-31", *flags]
    theirs = json.loads(program(*words, "--json", "--out", "theirs").stdout)
    found = ours.as_dict()
    for paths in (found, theirs):
        assert pathlib.Path(paths.pop("folder")).is_dir() and pathlib.Path(paths.pop("draws")).is_file()
    assert found == theirs
    here, there = ours.path, tmp_path / "theirs" / ours.path.name
    for name in ("posterior.csv", "parameters.csv", "patterns.csv"):
        assert same(here / name, there / name), name
    assert (here / "calibration.html").is_file()
    assert ours.table("parameters").to_pydict()["parameter"] == ["onset.spontaneous_per_million_per_year"]
