"""Writes tests/fixtures/salib/ and tests/fixtures/prim/: tables with what SALib and the EMA Workbench find in them.

Needs SALib 1.6, ema_workbench 2.5, numpy, pandas, scipy.
"""

import contextlib
import json
import logging
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
from SALib.analyze import delta as delta_analyze
from SALib.analyze import morris as morris_analyze
from SALib.analyze import pawn as pawn_analyze
from SALib.analyze import sobol as sobol_analyze
from SALib.sample import latin
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from ema_workbench.analysis import prim

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
root = pathlib.Path(__file__).resolve().parent.parent / "fixtures"


@contextlib.contextmanager
def closed_top():
    """SALib leaves every run at a factor's largest value out of all slices; here the last slice holds its upper end."""
    plain = np.nanquantile
    np.nanquantile = lambda values, q: np.append(plain(values, q)[:-1], np.inf)
    try:
        yield
    finally:
        np.nanquantile = plain


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def linear(x):
    return x @ np.arange(1, x.shape[1] + 1) + 5 * x[:, 0] * x[:, 1]


def plain(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in np.asarray(value).tolist()] if not isinstance(value, list) else [plain(v) for v in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def write(folder, name, problem, x, y, expected):
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(x, columns=problem["names"]).assign(y=y).to_csv(folder / f"{name}.csv", index=False)
    (folder / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")


def main():
    out = root / "salib"
    three = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
    x = sobol_sample.sample(three, 32, calc_second_order=True, seed=1)
    y = ishigami(x) + 100.0
    found = sobol_analyze.analyze(three, y, calc_second_order=True, seed=1)
    expected = {"first": plain(found["S1"]), "total": plain(found["ST"]),
                "second": [found["S2"][0, 1], found["S2"][0, 2], found["S2"][1, 2]]}
    write(out, "sobol_second", three, x, y, expected)

    four = {"num_vars": 4, "names": ["a", "b", "c", "d"], "bounds": [[0, 1], [-1, 1], [0, 2], [5, 6]],
            "groups": ["g1", "g2", "g1", "g3"]}
    x = sobol_sample.sample(four, 32, calc_second_order=False, seed=2)
    y = linear(x)
    found = sobol_analyze.analyze(four, y, calc_second_order=False, seed=1)
    write(out, "sobol_groups", four, x, y, {"names": ["g1", "g2", "g3"], "first": plain(found["S1"]),
                                            "total": plain(found["ST"])})

    free = {k: v for k, v in four.items() if k != "groups"}
    x = morris_sample.sample(free, 12, num_levels=4, seed=3)
    y = linear(x) + np.exp(x[:, 2])
    found = morris_analyze.analyze(free, x, y, num_levels=4, seed=1)
    write(out, "morris", free, x, y, {"mu": plain(found["mu"]), "mu_star": plain(found["mu_star"]),
                                      "sigma": plain(found["sigma"])})

    x = morris_sample.sample(four, 12, num_levels=4, seed=4)
    y = linear(x) + np.exp(x[:, 2])
    found = morris_analyze.analyze(four, x, y, num_levels=4, seed=1)
    write(out, "morris_groups", four, x, y, {"names": list(found["names"]), "mu_star": plain(found["mu_star"])})

    x = latin.sample(three, 300, seed=5)
    y = ishigami(x)
    with closed_top():
        found = pawn_analyze.analyze(three, x, y, S=10)
    n = len(y)
    m = np.linspace(0, n, int(round(min(int(np.ceil(n ** (2 / (7 + np.tanh((1500 - n) / 500))))), 48))) + 1)
    grid = np.linspace(y.min(), y.max(), 100)
    expected = {k: plain(found[k]) for k in ["median", "mean", "minimum", "maximum", "CV"]}
    expected["delta_raw"] = [delta_analyze.calc_delta(y, grid, x[:, j], m) for j in range(3)]
    expected["first"] = [delta_analyze.sobol_first(y, x[:, j], m) for j in range(3)]
    write(out, "given_data", three, x, y, expected)

    out = root / "prim"
    rng = np.random.default_rng(6)
    # A box in two of five factors with five per cent of the labels flipped, after Bryant and Lempert's setting.
    x = rng.random((600, 5))
    y = (x[:, 0] < 0.4) & (x[:, 2] > 0.55)
    y = y ^ (rng.random(600) < 0.05)
    # A curved region, the quadratic benefit against a cost.
    z = rng.random((500, 3)) * [10, 1, 4] + [0, 0, 1]
    w = z[:, 0] * z[:, 1] > 0.8 * z[:, 2] + 1.2
    for name, frame, label in [("planted", x, y), ("curved", z, w)]:
        frame = pd.DataFrame(np.round(frame, 6), columns=[f"x{j + 1}" for j in range(frame.shape[1])])
        label = label.astype(int)
        algorithm = prim.Prim(frame, label, threshold=0.01, peel_alpha=0.05, paste_alpha=0.05, mass_min=0.05)
        steps = []
        for _ in range(1):
            box = algorithm.find_box()
            path = box.peeling_trajectory
            last = box.box_lims[-1]
            steps.append({
                "coverage": plain(path["coverage"].tolist()), "density": plain(path["density"].tolist()),
                "mass": plain(path["mass"].tolist()), "restricted": [int(v) for v in path["res_dim"]],
                "low": [float(v) for v in last.loc[0]], "high": [float(v) for v in last.loc[1]],
                "quasi_p": {k: [float(v) for v in vs] for k, vs in box.qp[-1].items()},
            })
        out.mkdir(parents=True, exist_ok=True)
        frame.assign(y=label).to_csv(out / f"{name}.csv", index=False)
        (out / f"{name}.json").write_text(json.dumps(steps, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
