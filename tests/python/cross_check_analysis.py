"""Holds `sensitivity` and `discover` against SALib and the EMA Workbench on tables drawn afresh.

Usage: cross_check_analysis.py FORESTALL. Needs SALib, ema_workbench, numpy, pandas. Exits with 1 on a difference.
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
from SALib.analyze import morris as morris_analyze
from SALib.analyze import pawn as pawn_analyze
from SALib.analyze import sobol as sobol_analyze
from ema_workbench.analysis import prim

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


(folder / "P.toml").write_text("".join(
    f'[[parameters]]\nname = "{n}"\nlow = {b[0]}\nhigh = {b[1]}\n' for n, b in zip(names, bounds)))
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
    theirs = pawn_analyze.analyze(problem, x, y, S=10)
    for key in ["median", "mean", "minimum", "maximum"]:
        note(f"PAWN {key}", ours(key), theirs[key])
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
