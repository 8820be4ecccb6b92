"""How the package is called: what it takes, what it says, what it refuses."""

import datetime
import pickle
import warnings

import forestall
import numpy
import pytest
from conftest import QUICKSTART, program


def told(*arguments):
    """What the program tells as an error, and its exit code."""
    done = program("-q", *arguments, check=False)
    assert done.returncode not in (0, 101)
    return done.stderr.strip(), done.returncode


def test_values_of_each_kind_are_laid_over_a_scenario():
    laid = {
        "services.analysts": numpy.int64(77),
        "countries.AA.leads.committed_per_year": numpy.float64(0.4321),
        "membership.pool_member": numpy.bool_(True),
        "detection.visible_watched_share": 0.4,
    }
    scenario = forestall.Scenario.load(QUICKSTART, set=laid, until=datetime.date(2015, 6, 30), seed=3, replications=9)
    for path, value in [
        ("services.analysts", "77"),
        ("countries.AA.leads.committed_per_year", "0.4321"),
        ("membership.pool_member", "true"),
        ("detection.visible_watched_share", "0.4"),
    ]:
        assert f'"{path}" = {value}\n' in scenario.resolved
    assert (scenario.seed, scenario.replications, scenario.name) == (3, 9, "quickstart")
    plain = forestall.Scenario.load(QUICKSTART)
    assert scenario.hash != plain.hash and plain.policies == ["share", "watch", "both", "placebo"]
    assert plain.outcome == "attacks_completed" and plain.question and plain.alternatives == []


def test_a_scenario_given_as_text_is_the_same():
    text = QUICKSTART.read_text(encoding="utf-8")
    scenario = forestall.Scenario.from_text(text)
    assert scenario.path is None and scenario.hash == forestall.Scenario.load(QUICKSTART).hash


def test_mistakes_in_a_scenario_are_told_in_the_words_of_the_command_line(tmp_path):
    broken = tmp_path / "broken.toml"
    text = QUICKSTART.read_text(encoding="utf-8")
    text = text.replace("residents = ", "resident = ").replace("level = 0.8", "level = 8.0")
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(forestall.ForestallError) as caught:
        forestall.Scenario.load(broken)
    assert (str(caught.value).strip(), caught.value.exit_code) == told("check", broken)
    assert "did you mean `residents`" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({"set": {"services.analyst": 3}}, ["--set", "services.analyst=3"]),
        ({"set": {"services.analysts": "many"}}, ["--set", "services.analysts=many"]),
        ({"alternative": "none-such"}, ["--alternative", "none-such"]),
        ({"until": "2035-01-01"}, ["--until", "2035-01-01"]),
    ],
)
def test_what_cannot_be_laid_over_is_told_in_the_same_words(given, flags):
    with pytest.raises(forestall.ForestallError) as caught:
        forestall.Scenario.load(QUICKSTART, **given)
    assert (str(caught.value).strip(), caught.value.exit_code) == told("check", QUICKSTART, *flags)


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({"policies": ["shaer"]}, ["--policies", "shaer"]),
        ({"robust": 2}, ["--robust=2"]),
        ({"memory": "1K"}, ["--memory", "1K"]),
        ({"precision": "attacks_completed"}, ["--precision", "attacks_completed", "--max-replications", "9"]),
        ({"precision": "nothing:rel=0.1", "max_replications": 200},
         ["--precision", "nothing:rel=0.1", "--max-replications", "200"]),
    ],
)
def test_what_cannot_be_run_is_told_in_the_same_words(scenario, tmp_path, given, flags):
    with pytest.raises(forestall.ForestallError) as caught:
        scenario.run(out=tmp_path, progress=False, **given)
    words, code = told("run", QUICKSTART, "--out", tmp_path, *flags)
    assert (f"error: {caught.value}", caught.value.exit_code) == (words, code)


def test_damaged_and_missing_folders_are_told_in_the_same_words(scenario, tmp_path):
    run = scenario.run("", 2, out=tmp_path, progress=False)
    file = run.path / "results" / "replications.parquet"
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    for folder, code in ((run.path, 5), (tmp_path / "nothing", 2)):
        with pytest.raises(forestall.ForestallError) as caught:
            forestall.Run.open(folder)
        assert (f"error: {caught.value}", caught.value.exit_code) == told("report", folder)
        assert caught.value.exit_code == code


def test_a_table_that_is_not_there_lists_those_that_are(run):
    with pytest.raises(forestall.ForestallError, match="did you mean `monthly`.*by_country.*comparisons"):
        run.table("montly")
    for name in run.tables:
        assert run.table(name).name == name


def test_wrong_types_are_pythons_own_errors(scenario):
    with pytest.raises(TypeError, match="a number, a text, True or False"):
        forestall.Scenario.load(QUICKSTART, set={"services.analysts": [1]})
    with pytest.raises(TypeError, match="progress is True, False, or a function"):
        scenario.run("", 1, out=None, progress=3)
    with pytest.raises(TypeError, match="a run is a forestall.Run"):
        forestall.compare(3, 4)


def test_errors_can_be_sent_between_processes():
    error = pickle.loads(pickle.dumps(forestall.ForestallError("text", 5)))
    assert (str(error), error.exit_code) == ("text", 5)


def test_a_finished_run_is_done_at_once_and_a_longer_one_goes_on(scenario, tmp_path):
    first = scenario.run(["watch"], 4, out=tmp_path, progress=False)
    seen = []
    again = scenario.run(["watch"], 4, out=tmp_path, progress=seen.append)
    assert again.path == first.path and again.replications.to_arrow().equals(first.replications.to_arrow())
    longer = scenario.run(["watch"], 8, out=tmp_path, progress=False)
    rows = longer.replications.to_pandas()
    assert longer.path == first.path and len(rows) == 16
    with pytest.warns(forestall.ForestallWarning, match="holds more than is asked for"):
        scenario.run(["watch"], 4, out=tmp_path, progress=False)


def test_a_function_is_told_of_progress(scenario):
    seen = []
    scenario.run(replications=40, out=None, progress=seen.append)
    last = seen[-1]
    assert (last.done, last.all) == (200, 200) and "200/200 runs" in str(last)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert last.outcome == "attacks_completed" and last.baseline[1] <= last.baseline[0] <= last.baseline[2]


def test_an_error_of_that_function_stops_the_run(scenario, tmp_path):
    def fail(progress):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        scenario.run(replications=100_000, out=tmp_path, progress=fail)


def test_warnings_are_pythons_own(tmp_path):
    short = QUICKSTART.read_text(encoding="utf-8").replace("end = 2015-12-31", "end = 2015-01-10")
    scenario = forestall.Scenario.from_text(short)
    with pytest.warns(forestall.ForestallWarning, match="the question is hardly answered"):
        scenario.run("", 32, out=None, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(forestall.ForestallWarning):
            scenario.run("", 32, out=None, progress=False)


def test_what_a_notebook_shows_is_short_and_names_what_matters(run, scenario):
    assert repr(scenario) == "<forestall.Scenario quickstart: baseline and 4 policies, 200 replications>"
    assert repr(run).startswith("<forestall.Run quickstart: 32 replications of 5 policy runs, ")
    shown = run._repr_html_()
    assert "Watchers ×2" in shown and "Attacks prevented" in shown and len(shown) < 3_000
    assert "Share records" in scenario._repr_html_()
    answer = forestall.decide(run, 50e6)
    assert answer.verdict in repr(answer) and answer.verdict in answer._repr_html_()
