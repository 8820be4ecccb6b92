"""Holds `sensitivity` and `discover` against SALib, statsmodels and the EMA Workbench on tables drawn afresh.

Usage: cross_check_analysis.py FORESTALL. Needs SALib, ema_workbench, numpy, pandas, statsmodels. Exits with 1 on a difference.
"""

import json
import logging
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
import statsmodels.api as sm
from SALib.analyze import delta as delta_analyze
from SALib.analyze import morris as morris_analyze
from SALib.analyze import pawn as pawn_analyze
from SALib.analyze import sobol as sobol_analyze
from analysis_fixtures import closed_top
from ema_workbench.analysis import prim
from scipy.stats import rankdata

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
program = sys.argv[1]
folder = pathlib.Path(tempfile.mkdtemp())
names = ["a", "b", "c", "d", "e"]
bounds = [[0, 1], [-1, 3], [0, 10], [2, 5], [-4, -1]]
problem = {"num_vars": 5, "names": names, "bounds": bounds}
worst = {}


def call(*words):
    return subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True, cwd=folder).stdout


def note(what, ours, theirs):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape, (what, ours.shape, theirs.shape)
    gap = float(np.max(np.abs(ours - theirs) / np.maximum(1, np.abs(theirs)))) if ours.size else 0.0
    worst[what] = max(worst.get(what, 0.0), gap)


def model(x, rng):
    slopes, mixed = rng.normal(size=5), rng.normal(size=(5, 5))
    z = (x - [b[0] for b in bounds]) / [b[1] - b[0] for b in bounds]
    return 50 + z @ slopes + np.einsum("ni,ij,nj->n", z, mixed, z) + np.sin(6 * z[:, 0])


def sensitivity(method, design, rng):
    x = pd.read_csv(folder / "d" / "design.csv")[names].to_numpy()
    y = model(x, rng)
    pd.DataFrame({"y": y}).to_csv(folder / "y.csv", index=False)
    found = json.loads(call("sensitivity", "--problem", "P.toml", "--design", "d/design.csv", "--response", "y.csv",
                            "--method", method, "--json", "-q", "--resamples", 20))
    return x, y, found, lambda k: [row[k]["estimate"] for row in found["indices"]]


def problem_file(name, names, bounds):
    (folder / name).write_text("".join(
        f'[[parameters]]\nname = "{n}"\nlow = {b[0]}\nhigh = {b[1]}\n' for n, b in zip(names, bounds)))


def given_data(x, y, method):
    """Ours on a table of points from elsewhere: all numbers, and the estimates by index."""
    pd.DataFrame(x, columns=tied).to_csv(folder / "tied.csv", index=False)
    pd.DataFrame({"y": y}).to_csv(folder / "y.csv", index=False)
    found = json.loads(call("sensitivity", "--problem", "tied.toml", "--design", "tied.csv", "--response", "y.csv",
                            "--method", method, "--json", "-q", "--resamples", 20))
    return found["indices"], lambda k: [row[k]["estimate"] for row in found["indices"]]


def ties(rng):
    """Tables with ties, in rows of two orders. SALib cuts ties by the order of rows: it is right where its cuts fall
    between levels, which five levels of 80 rows each do. Its PAWN leaves the largest level out (see closed_top), and
    puts equal values where the last of them is, ours where their middle is: the thirty levels are cut otherwise."""
    n = 400
    x = rng.random((n, len(tied)))
    x[:, 1] = rng.permutation(np.arange(n) % 5)
    x[:, 2] = rng.permutation(np.arange(n) % 2)
    x[:, 3] = np.floor(30 * x[:, 3])
    y = x @ rng.normal(size=len(tied)) + x[:, 0] * x[:, 1] + rng.random(n)
    table = {"num_vars": len(tied), "names": tied, "bounds": [[0, 30]] * len(tied)}
    with closed_top():
        theirs = pawn_analyze.analyze(table, x, y, S=10)
    every, ours = given_data(x, y, "pawn")
    for key in ["median", "mean", "minimum", "maximum"]:
        note(f"PAWN tied {key}", ours(key)[:3], theirs[key][:3])
    classes = np.linspace(0, n, 6)
    grid = np.linspace(y.min(), y.max(), 100)
    every_delta, ours = given_data(x, y, "delta")
    for key, f in [("delta_raw", lambda j: delta_analyze.calc_delta(y, grid, x[:, j], classes)),
                   ("first", lambda j: delta_analyze.sobol_first(y, x[:, j], classes))]:
        note(f"delta tied {key}", ours(key)[:2], [f(0), f(1)])
    for order in [rng.permutation(n), np.argsort(x[:, 0]), np.argsort(y)]:
        assert given_data(x[order], y[order], "pawn")[0] == every, "PAWN hangs on the order of rows"
        assert given_data(x[order], y[order], "delta")[0] == every_delta, "delta hangs on the order of rows"


def regressions(x, y, found, ours):
    """Partial rank correlations as residuals' correlations, slopes and their HC3 errors by statsmodels."""
    ranks = np.column_stack([rankdata(column) for column in x.T])
    of_y = rankdata(y)
    partial = []
    for j in range(x.shape[1]):
        others = np.column_stack([np.ones(len(y)), np.delete(ranks, j, axis=1)])
        rest = [v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in (ranks[:, j], of_y)]
        partial.append(np.corrcoef(*rest)[0, 1])
    note("PRCC", ours("prcc"), partial)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    for key, columns, response in [("src", scaled, (y - y.mean()) / y.std(ddof=1)),
                                   ("effect", (ranks - 1) / (len(y) - 1), y)]:
        fit = sm.OLS(response, sm.add_constant(columns)).fit(cov_type="HC3", use_t=True)
        note(f"regression {key}", ours(key), fit.params[1:])
        for end, theirs in zip(["low", "high"], fit.conf_int().T):
            note(f"regression {key}, ends", [row[key][end] for row in found["indices"]], theirs[1:])


tied = ["plain", "five", "two", "thirty"]
problem_file("tied.toml", tied, [[0, 30]] * len(tied))
problem_file("P.toml", names, bounds)
for seed in range(10):
    rng = np.random.default_rng(seed)
    call("sweep", "plan", "--problem", "P.toml", "--design", "saltelli", "--second-order", "--base", 128,
         "--seed", seed, "--out", "d")
    _, y, found, ours = sensitivity("sobol", "saltelli", rng)
    theirs = sobol_analyze.analyze(problem, y, calc_second_order=True, num_resamples=2)
    note("Sobol first", ours("first"), theirs["S1"])
    note("Sobol total", ours("total"), theirs["ST"])
    pairs = [theirs["S2"][i, j] for i in range(5) for j in range(i + 1, 5)]
    note("Sobol second", [p["second"]["estimate"] for p in found["second_order"]], pairs)
    call("sweep", "plan", "--problem", "P.toml", "--design", "morris", "--base", 12, "--seed", seed, "--out", "d")
    x, y, found, ours = sensitivity("morris", "morris", rng)
    theirs = morris_analyze.analyze(problem, x, y, num_levels=4, num_resamples=2)
    for key in ["mu", "mu_star", "sigma"]:
        note(f"Morris {key}", ours(key), np.asarray(theirs[key], float))
    call("sweep", "plan", "--problem", "P.toml", "--design", "lhs", "--base", 400, "--seed", seed, "--out", "d")
    x, y, found, ours = sensitivity("pawn", "lhs", rng)
    with closed_top():
        theirs = pawn_analyze.analyze(problem, x, y, S=10)
    for key in ["median", "mean", "minimum", "maximum"]:
        note(f"PAWN {key}", ours(key), theirs[key])
    x, y, found, ours = sensitivity("prcc", "lhs", rng)
    regressions(x, y, found, ours)
    ties(rng)
    table = pd.DataFrame(x, columns=names)
    label = (y > np.quantile(y, 0.75)).astype(int)
    table.assign(y=label).to_csv(folder / "T.csv", index=False)
    found = json.loads(call("discover", "--table", "T.csv", "--outcome", "y", "--inside", "y==1", "--json"))
    box = prim.Prim(table, label, threshold=0.01, peel_alpha=0.05, mass_min=0.05).find_box()
    path, steps = box.peeling_trajectory, found["trade_off"][0]["steps"]
    for key in ["coverage", "density", "mass"]:
        note(f"PRIM {key}", [s[key] for s in steps], path[key])

for what, gap in worst.items():
    print(f"{what:16} largest difference {gap:.1e}")
sys.exit(any(gap > 1e-9 for gap in worst.values()))
