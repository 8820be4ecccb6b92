"""How much less chance the same runs could leave in what policies prevent, by two ways that have no bias.

    python tests/python/fewer_replications.py RUN POSTERIOR

RUN is a finished run on draws of a posterior, each draw run as often as every other; POSTERIOR the posterior.csv that it
took them from. Printed for the baseline and each policy: the effect with its standard error over draws, by attacks
completed; the same by attacks expected, with the difference of the two in its own standard errors; and the ratio of
variances to the first of three estimates: attacks expected, control variates, both. The control variates are the draw's
parameters, whose means over the whole posterior are known. A ridge regression, its penalty chosen by
cross-validation inside the training folds, is fitted to nine tenths of the draws and taken off the tenth, so that what
it learnt by chance does not count as a gain. Means of what is left keep their mean, since the regression is fitted elsewhere.
"""

import pathlib
import sys

import numpy as np
import pandas as pd

folder, posterior = sys.argv[1:]
runs = pd.read_parquet(pathlib.Path(folder) / "results/replications.parquet")
draws = pd.read_csv(posterior)
draws = draws.drop(columns=[name for name in draws.columns if name == "draw"])
columns = ((draws - draws.mean()) / draws.std()).to_numpy()
PENALTIES = [0.1, 0.3, 1.0, 3.0, 10.0, 100.0]


def by_draw(outcome, arm):
    table = runs.pivot_table(index=["draw", "replication"], columns="arm", values=outcome)
    value = table["baseline"] if arm == "baseline" else table["baseline"] - table[arm]
    return value.groupby("draw").mean()


def slopes(x, y, penalty):
    x = x - x.mean(0)
    return np.linalg.solve(x.T @ x + penalty * len(y) * np.eye(x.shape[1]), x.T @ (y - y.mean()))


def left(y, x, seed=1):
    """What a regression that has not seen a draw leaves of it."""
    order = np.random.default_rng(seed).permutation(len(y))
    out = np.zeros(len(y))
    for fold in range(10):
        test = order[fold::10]
        train = np.setdiff1d(order, test)
        losses = []
        for penalty in PENALTIES:
            loss = 0.0
            for inner in range(5):
                held = train[inner::5]
                rest = np.setdiff1d(train, held)
                at = y[rest].mean() + (x[held] - x[rest].mean(0)) @ slopes(x[rest], y[rest], penalty)
                loss += ((y[held] - at) ** 2).sum()
            losses.append(loss)
        out[test] = y[test] - x[test] @ slopes(x[train], y[train], PENALTIES[int(np.argmin(losses))])
    return out


print(f"{'':20} completed        expected         apart  expected  controls  both")
for arm in runs["arm"].unique():
    plain, smooth = by_draw("attacks_completed", arm), by_draw("attacks_expected", arm)
    n, x = len(plain), columns[plain.index]
    gap = plain - smooth
    apart = gap.mean() / (gap.std() / np.sqrt(n)) if gap.std() > 0 else 0.0
    whole = plain.var()
    ratios = [smooth.var(), left(plain.to_numpy(), x).var(ddof=1), left(smooth.to_numpy(), x).var(ddof=1)]
    print(f"{arm:20} {plain.mean():6.2f} ({(whole / n) ** 0.5:.3f})   {smooth.mean():6.2f} ({(smooth.var() / n) ** 0.5:.3f})"
          f"   {apart:5.2f}  " + "      ".join(f"{r / whole:.2f}" for r in ratios))
