"""Synthetic control for one country (Abadie, Diamond and Hainmueller 2010), with placebos in space.

Weights of donors are not negative and sum to one; they make the treated country's periods before adoption as well as
they can. The same is done for each donor as if it had adopted, and the treated country's statistic takes its rank.
"""

import numpy as np
from scipy.optimize import nnls

from estimators import Estimates


def weights(donors, target):
    """Weights on the simplex that bring donors (donors, periods) closest to a target, by least squares."""
    scale = max(np.abs(donors).max(initial=0), np.abs(target).max(initial=0), 1e-12)
    # A heavy row holds the sum at one; what is left of it is divided out.
    heavy = 1e4
    system = np.vstack([donors.T / scale, np.full(len(donors), heavy)])
    found, _ = nnls(system, np.append(target / scale, heavy), maxiter=50 * len(donors))
    return found / found.sum()


def gaps(values, at, donors, before):
    """Country minus its synthetic control in every period."""
    w = weights(values[donors, :before], values[at, :before])
    return values[at] - w @ values[donors]


def placebo_test(counts, treated, donors, before, statistic="ratio", cached=None):
    """The mean gap after adoption, and its rank among placebos as a p-value, for each data set.

    `ratio`: the root mean square gap after adoption over that before. A country that is matched exactly before, as
    every country without an event is where another one has none, gives no ratio and takes no part.
    `gap`: the mean gap after adoption without its sign; every country takes part.
    """
    effect, p = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    for i, values in enumerate(counts):
        mine = gaps(values, treated, donors, before)
        effect[i] = mine[before:].mean()
        # Placebos do not see the treated country, so they are the same for every effect that is injected into it.
        others = cached[i] if cached is not None else placebo_gaps(values, donors, before)
        own, rest = measure(mine[None], before, statistic)[0], measure(others, before, statistic)
        rest = rest[np.isfinite(rest)]
        if np.isfinite(own):
            p[i] = (1 + (rest >= own * (1 - 1e-9)).sum()) / (1 + len(rest))
    return Estimates(effect, np.full(len(counts), np.nan), p)


def placebo_gaps(values, donors, before):
    return np.array([gaps(values, j, [k for k in donors if k != j], before) for j in donors])


def reachable(others, before, level=0.05):
    """Whether the least p-value that the ratio can take, with these placebos, is at most the level."""
    usable = np.isfinite(measure(others, before, "ratio")).sum()
    return 1 / (1 + usable) <= level


def measure(found, before, statistic):
    after = found[:, before:]
    if statistic == "gap":
        return np.abs(after.mean(1))
    first, second = (np.sqrt((part**2).mean(1)) for part in (found[:, :before], after))
    return np.divide(second, first, out=np.full(len(found), np.nan), where=first > 1e-6)
