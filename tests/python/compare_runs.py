"""Holds `forestall compare` against pandas and SciPy: compare_runs.py FORESTALL SCENARIO SCRATCH_FOLDER."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
from scipy import stats

program, scenario, scratch = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
OUTCOMES = ["attacks_completed", "leads_received", "cost", "subjects_opened", "foiled_share"]


def run(name, *more):
    out = scratch / name
    subprocess.run([program, "-q", "run", scenario, "--replications", "30", "--out", out, *more], check=True,
                   stdout=subprocess.DEVNULL)
    return next(path for path in out.iterdir() if path.is_dir())


def table(folder):
    rows = pd.read_parquet(folder / "results/replications.parquet")
    return rows.set_index(["arm", "draw", "replication"]).sort_index()


def compare(first, second):
    done = subprocess.run([program, "-q", "compare", first, second, "--json"], check=True, capture_output=True)
    return json.loads(done.stdout)


def interval(differences):
    centre, error = differences.mean(), stats.sem(differences)
    reach = stats.t.ppf(0.975, len(differences) - 1) * error
    return centre, centre - reach, centre + reach


def near(told, expected, place):
    found = [told["estimate"], told["low"], told["high"]]
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-9), f"{place}: {found} and {expected}"


def rows(found, name):
    return {(row["policy"], row["outcome"]): row for row in found[name]}


base = run("base")
changed = run("changed", "--set", "peers.introductions_per_year=0.25")
seed = run("seed", "--seed", "77")
a = table(base)
policies = [arm for arm in a.index.get_level_values("arm").unique() if arm != "baseline"]
checked = 0
for other, paired in [(changed, True), (seed, False)]:
    found, b = compare(base, other), table(other)
    assert found["verdict"]["paired"] is paired, found["pairing"]
    outcomes, effects = rows(found, "outcomes"), rows(found, "effects")
    for outcome in OUTCOMES:
        for arm in ["baseline", *policies]:
            cases = [(outcomes, [t.loc[arm, outcome] for t in (a, b)])]
            if arm != "baseline":
                cases.append((effects, [t.loc[arm, outcome] - t.loc["baseline", outcome] for t in (a, b)]))
            for told, (one, two) in cases:
                one, two = one.dropna(), two.dropna()
                row = told[(arm, outcome)]
                if paired:
                    both = one.index.intersection(two.index)
                    expected = interval((two[both] - one[both]).to_numpy())
                else:
                    # Without any spread SciPy has no interval, and the program's is the difference itself.
                    test = stats.ttest_ind(two, one, equal_var=False).confidence_interval(0.95)
                    ends = [test.low, test.high] if one.var() + two.var() > 0 else [two.mean() - one.mean()] * 2
                    expected = [two.mean() - one.mean(), *ends]
                near(row["difference"], expected, f"{arm} {outcome} paired={paired}")
                checked += 1
settings = [row["setting"] for row in compare(base, changed)["settings"]]
assert settings == ["held: peers.introductions_per_year"], settings
assert compare(base, base)["verdict"]["nothing_differs"] is True
print(f"{checked} differences agree with pandas and SciPy")
