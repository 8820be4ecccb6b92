"""The estimators of a panel study, each as one researcher would use it, for many data sets at once.

Counts have the shape (data sets, countries, periods). Treatment is 0 or 1, of the shape (countries, periods), or one
for each data set. Every estimator gives for each data set an effect, a standard error where it has one, and a p-value;
an estimate that does not exist is NaN and counts as not significant.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass
class Estimates:
    effect: np.ndarray
    error: np.ndarray
    p: np.ndarray

    def significant(self, level=0.05):
        # A p-value of NaN is not below anything.
        return self.p <= level + 1e-12


def demeaned(values):
    """A balanced panel without its means of countries and of periods."""
    return (values - values.mean(-1, keepdims=True) - values.mean(-2, keepdims=True)
            + values.mean((-1, -2), keepdims=True))


def divided(above, below):
    below = np.asarray(below, float)
    return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0)


def two_way(counts, treat):
    """Two-way fixed effects by least squares, errors clustered by country, Student's t with one fewer than countries.

    The correction for few clusters is that of Stata's `xtreg, fe` and of pyfixest: fixed effects of countries are
    nested in clusters and cost no degrees of freedom.
    """
    y, d = demeaned(counts), demeaned(np.broadcast_to(treat, counts.shape))
    countries, periods = counts.shape[-2:]
    squares = (d * d).sum((-1, -2))
    effect = divided((d * y).sum((-1, -2)), squares)
    left = y - effect[..., None, None] * d
    scores = (d * left).sum(-1)
    n = countries * periods
    small = countries / (countries - 1) * (n - 1) / (n - 1 - periods)
    error = np.sqrt(small * (scores**2).sum(-1)) / squares
    p = 2 * stats.t.sf(np.abs(divided(effect, error)), countries - 1)
    return Estimates(effect, error, p)


def wild_bootstrap(counts, treat, draws=999, seed=0):
    """The same estimate with a p-value by the wild cluster bootstrap-t, the null imposed (Cameron and others 2008)."""
    base = two_way(counts, treat)
    y, d = demeaned(counts), np.broadcast_to(demeaned(np.broadcast_to(treat, counts.shape)), counts.shape)
    countries = counts.shape[-2]
    weights = np.random.default_rng(seed).choice([-1.0, 1.0], (draws, countries))
    p = np.empty(len(counts))
    for i in range(len(counts)):
        # What the flipped residuals of country h add to the score of country g, once means are taken out again.
        reach = -(d[i] @ y[i].T) / countries
        own = (d[i] * y[i]).sum(-1)
        reach[np.diag_indices(countries)] += own
        squares = (d[i] ** 2).sum(-1)
        total = weights @ own
        scores = weights @ reach.T - np.outer(total, squares / squares.sum())
        t = np.abs(divided(total, np.sqrt((scores**2).sum(-1))))
        seen = own - own.sum() * squares / squares.sum()
        seen = np.abs(divided(own.sum(), np.sqrt((seen**2).sum())))
        # Draws that flip all countries or none give the very same t: ties count as at least as far.
        p[i] = np.mean(t >= seen * (1 - 1e-10)) if np.isfinite(seen) else np.nan
    return Estimates(base.effect, base.error, p)


def group_time(counts, adopt, controls="never"):
    """Callaway and Sant'Anna (2021): effects by cohort and period, averaged over all cells after adoption.

    Each compares the change since the last period before adoption with that of countries that never adopt (or, with
    `controls="later"`, have not yet). Errors are those of the influence function, clustered by country, cohort shares
    taken as fixed; p-values are normal, as in the authors' program.
    """
    periods = counts.shape[-1]
    effect, influence = np.zeros(len(counts)), np.zeros(counts.shape[:2])
    cohorts = [g for g in np.unique(adopt) if 0 < g < periods]
    cells = sum((adopt == g).sum() * (periods - g) for g in cohorts)
    for g in cohorts:
        inside = adopt == g
        for t in range(g, periods):
            other = adopt >= periods if controls == "never" else adopt > t
            change = counts[:, :, t] - counts[:, :, g - 1]
            weight = inside.sum() / cells
            ours, theirs = change[:, inside], change[:, other]
            means = ours.mean(1, keepdims=True), theirs.mean(1, keepdims=True)
            effect += weight * (means[0] - means[1])[:, 0]
            influence[:, inside] += weight * (ours - means[0]) / inside.sum()
            influence[:, other] -= weight * (theirs - means[1]) / other.sum()
    error = np.sqrt((influence**2).sum(1))
    return Estimates(effect, error, 2 * stats.norm.sf(np.abs(divided(effect, error))))


def poisson(counts, treat, steps=60):
    """Poisson regression with effects of countries and periods (PPML), errors clustered by country.

    The effect is the share by which counts change, exp(b) − 1. Countries and periods without events say nothing and
    are left out, as `ppmlhdfe` does. Where adopters have no event after adoption b is infinite: no estimate.
    """
    sets, countries, periods = counts.shape
    d = np.array(np.broadcast_to(treat, counts.shape))
    rows, columns = counts.sum(-1), counts.sum(-2)
    total = rows.sum(-1)
    live = (rows > 0)[:, :, None] & (columns > 0)[:, None, :]
    # Without events anywhere after adoption, or everywhere but there, the likelihood has no maximum.
    possible = ((counts * d).sum((-1, -2)) > 0) & ((counts * (1 - d)).sum((-1, -2)) > 0)
    # Nor is there an effect to estimate where, among what is left, treatment is one of the fixed effects.
    p, q = (divided(part, total[:, None]) for part in (rows, columns))
    own = d - (d * q[:, None, :]).sum(-1, keepdims=True)
    own = own - (own * p[:, :, None]).sum(-2, keepdims=True)
    possible &= (own**2 * p[:, :, None] * q[:, None, :]).sum((-1, -2)) > 1e-9
    size = countries + periods + 1
    theta = np.zeros((sets, size))
    theta[:, :countries] = np.log(np.where(rows > 0, rows, 1.0)) - np.log(np.where(total > 0, total, 1.0))[:, None]
    theta[:, countries:-1] = np.log(np.where(columns > 0, columns, 1.0))
    # Effects of countries and periods are known up to a constant: this direction is held.
    free = np.concatenate([rows > 0, columns > 0, np.ones((sets, 1), bool)], 1)
    null = np.concatenate([(rows > 0) * 1.0, (columns > 0) * -1.0, np.zeros((sets, 1))], 1)
    for _ in range(steps):
        mu = expected(theta, d, live)
        # One that runs off to infinity is let go.
        possible &= np.abs(theta[:, -1]) < 12
        hessian = information(mu, d, free, null, possible)
        left = (counts - mu) * live
        gradient = np.concatenate([left.sum(-1), left.sum(-2), (left * d).sum((-1, -2))[:, None]], 1)
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        step = np.where(possible[:, None], step, 0)
        longest = np.abs(step).max(1, keepdims=True)
        step *= np.minimum(1, 2 / np.maximum(longest, 1e-300))
        theta += step
        if longest.max(initial=0) < 1e-10:
            break
    found = possible & (longest[:, 0] < 1e-6)
    mu = expected(theta, d, live)
    # The row of the inverse that belongs to the effect: how each residual moves it.
    unit = np.zeros((sets, size, 1))
    unit[:, -1] = 1
    row = np.linalg.solve(information(mu, d, free, null, found), unit)[..., 0]
    pull = row[:, :countries, None] + row[:, None, countries:-1] + row[:, -1, None, None] * d
    scores = (pull * (counts - mu) * live).sum(-1)
    clusters, seen = (rows > 0).sum(-1), (columns > 0).sum(-1)
    n = clusters * seen
    # The same correction as in least squares, over what is left.
    variance = (scores**2).sum(-1) * divided(clusters, clusters - 1) * divided(n - 1, n - 1 - seen)
    b = np.where(found, theta[:, -1], np.nan)
    error = np.where(found, np.sqrt(variance), np.nan)
    p = 2 * stats.t.sf(np.abs(divided(b, error)), np.maximum(clusters - 1, 1))
    return Estimates(np.expm1(b), error, p)


def score_test(counts, treat):
    """The p-value of Poisson regression by Rao's score test, which takes counts for independent: no clusters.

    It needs no fit but that without an effect, rows × columns ⁄ total, and so has an answer where adopters have no
    event left. It is right as long as counts scatter no more than Poisson counts do.
    """
    d = np.broadcast_to(treat, counts.shape)
    rows, columns = counts.sum(-1), counts.sum(-2)
    total = np.maximum(rows.sum(-1), 1)[:, None]
    p, q = rows / total, columns / total
    own = d - (d * q[:, None, :]).sum(-1, keepdims=True)
    own = own - (own * p[:, :, None]).sum(-2, keepdims=True)
    mean = rows[:, :, None] * q[:, None, :]
    z = divided((own * (counts - mean)).sum((-1, -2)), np.sqrt((own**2 * mean).sum((-1, -2))))
    return 2 * stats.norm.sf(np.abs(z))


def expected(theta, d, live):
    countries = d.shape[1]
    linear = theta[:, :countries, None] + theta[:, None, countries:-1] + theta[:, -1, None, None] * d
    return np.exp(np.clip(linear, -40, 40)) * live


def information(mu, d, free, null, wanted):
    """Fisher's information, with ones on what is left out and on the direction that is not known.

    Of data sets that are not wanted it is the identity.
    """
    sets, countries, periods = mu.shape
    found = np.zeros((sets, countries + periods + 1, countries + periods + 1))
    a, b = slice(0, countries), slice(countries, countries + periods)
    found[:, a, b] = mu
    found[:, b, a] = mu.transpose(0, 2, 1)
    found[:, a, -1] = found[:, -1, a] = (mu * d).sum(-1)
    found[:, b, -1] = found[:, -1, b] = (mu * d).sum(-2)
    diagonal = np.concatenate([mu.sum(-1), mu.sum(-2), (mu * d).sum((-1, -2))[:, None]], 1)
    found[:, np.arange(diagonal.shape[1]), np.arange(diagonal.shape[1])] = np.where(free, diagonal, 1.0)
    found += null[:, :, None] * null[:, None, :]
    return np.where(wanted[:, None, None], found, np.eye(found.shape[1]))


def permuted(counts, treat, draws=999, seed=0, model="poisson"):
    """A p-value by permuting adoption dates among countries, of a t that needs no fit but that without an effect.

    Without an effect the Poisson model with two fixed effects is fitted by rows × columns ⁄ total. The statistic is the
    score of the treatment over its error clustered by country, since a difference alone would take large countries
    for an effect. With `model="linear"` the same is done for least squares.
    """
    sets, countries, periods = counts.shape
    rng = np.random.default_rng(seed)
    orders = np.argsort(rng.random((draws, countries)), axis=1)
    orders = np.concatenate([np.arange(countries)[None], orders])
    p = np.empty(sets)
    for i in range(sets):
        y, d = counts[i], treat if np.ndim(treat) == 2 else treat[i]
        if model == "poisson":
            total = max(y.sum(), 1)
            left, weight = y - np.outer(y.sum(1), y.sum(0)) / total, y.sum(1) / total
        else:
            left, weight = demeaned(y), np.full(countries, 1 / countries)
        # Row: whose dates; column: whose residuals.
        reach = d @ left.T
        moved = reach[orders]
        scores = np.diagonal(moved, axis1=1, axis2=2) - np.einsum("j,bji->bi", weight, moved)
        spread = np.sqrt((scores**2).sum(1))
        t = np.abs(np.divide(scores.sum(1), spread, out=np.zeros(len(orders)), where=spread > 1e-12))
        p[i] = np.mean(t >= t[0] * (1 - 1e-10))
    return p
