"""Many simulated studies: how often each estimator finds an effect that is there, and one that is not."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

import estimators
import panel
import synthetic

SHARES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
NAMES = {
    "two_way": "Two-way fixed effects, clustered errors",
    "wild": "Two-way fixed effects, wild bootstrap",
    "group_time": "Callaway and Sant'Anna",
    "poisson": "Poisson, clustered errors",
    "permuted": "Poisson, permuted dates",
    "score": "Poisson, score test, no clusters",
    "synthetic": "Synthetic control, ratio",
    "synthetic_gap": "Synthetic control, mean gap",
}
LEVEL = 0.05


@dataclass
class Setting:
    """What the researcher has: outcome, length of a period, last day, countries, and who adopts when."""

    outcome: str = "published attacks"
    period: str = "quarter"
    until: datetime.date | None = None
    copies: int = 1       # histories side by side in one study
    largest: int = 0      # only so many countries, those with most events in the baseline
    kept: float = 1.0     # share of the record that the researcher has
    spread: float = 0.0   # variance of a shock common to all events of a cell, mean one
    even: bool = False    # events spread evenly over adopters, and over the others
    shuffled: bool = False  # adopters drawn at random in every history
    draws: int = 499
    seed: int = 1


class Study:
    """All simulated studies of one setting: counts under any arm or injected effect, and their analysis."""

    def __init__(self, run, policy, setting):
        self.run, self.setting = run, setting
        self.when = panel.calendar(run, setting.period, setting.until)
        adopt = panel.adopted(run, policy, self.when)
        found = panel.events(run, "baseline", setting.outcome, self.when)
        self.chosen = np.arange(len(adopt))
        if setting.largest:
            most = np.argsort(-found.counts().sum((0, 2)), kind="stable")
            self.chosen = np.sort(most[:setting.largest])
        self.adopt = np.tile(adopt[self.chosen], setting.copies)
        self.residents = np.tile(run.residents[self.chosen], setting.copies)
        self.treat = panel.treated(self.adopt, self.when.periods)
        self.baseline = self.prepared(found)
        order = np.random.default_rng(setting.seed + 7)
        shape = self.baseline.shape[:2]
        self.order = np.argsort(order.random(shape), axis=1) if setting.shuffled else None
        means = self.baseline.counts().mean((0, 2)) * (self.adopt < self.when.periods)
        # The country of which a synthetic control is made: the adopter with most events.
        self.unit = int(np.argmax(means))
        self.cached = {}

    def prepared(self, found):
        s = self.setting
        if s.largest:
            found = panel.restricted(found, self.chosen)
        if s.even:
            rng = np.random.default_rng(s.seed + 9)
            first = self.adopt[:len(self.chosen)] < self.when.periods
            ours, others = np.flatnonzero(first), np.flatnonzero(~first)
            country = np.where(first[found.country], rng.choice(ours, len(found.country)),
                               rng.choice(others, len(found.country)))
            found = panel.Events(found.history, country, found.period, found.shape)
        if s.kept < 1 or s.spread > 0:
            rng = np.random.default_rng(s.seed + 3)
            times = (rng.random(len(found.history)) < s.kept).astype(int)
            if s.spread > 0:
                shock = rng.gamma(1 / s.spread, s.spread, found.shape)
                times *= rng.poisson(shock[found.history, found.country, found.period])
            found = panel.Events(*(np.repeat(part, times) for part in (found.history, found.country, found.period)),
                                 found.shape)
        return panel.stacked(found, s.copies, s.seed + 5) if s.copies > 1 else found

    def dates(self):
        """Treatment of each data set: the scenario's, or its dates dealt out at random."""
        return self.treat if self.order is None else self.treat[self.order]

    def injected(self, share):
        return self.baseline.thinned(self.dates(), share, self.setting.seed)

    def under(self, arm):
        return self.prepared(panel.events(self.run, arm, self.setting.outcome, self.when)).counts()

    def inside(self, counts):
        """The sum over all cells of adopters after adoption, for each data set."""
        return (counts * self.dates()).sum((1, 2))

    def analysed(self, counts, names):
        """Estimates by name. Where dates are dealt out at random, countries are put in the order of their dates."""
        if self.order is not None:
            back = np.argsort(self.order, axis=1)
            counts = np.take_along_axis(counts, back[:, :, None], axis=1)
        return analysed(counts, self.treat, self.adopt, names, self.setting, self)

    def concentration(self):
        """Of events in adopters after adoption: mean, variance over mean, and the share of the foremost country."""
        cells = self.baseline.counts() * self.dates()
        sums = cells.sum((1, 2))
        return sums.mean(), sums.var(ddof=1) / sums.mean(), cells.sum((0, 2)).max() / cells.sum()

    def ratio_can_reach(self):
        """The share of histories in which the ratio of a synthetic control can be significant at all."""
        rates = self.baseline.counts() / self.residents[:, None] * 1e6
        donors, before = np.flatnonzero(self.adopt >= self.when.periods), self.adopt[self.unit]
        return np.mean([synthetic.reachable(gaps, before, LEVEL) for gaps in self.placebos(rates, donors, before)])

    def placebos(self, counts, donors, before):
        """Gaps of placebos; under injected effects donors never change, so they are computed once."""
        key = counts[:, donors].tobytes()
        if self.cached.get("key") != key:
            self.cached = {"key": key, "gaps": [synthetic.placebo_gaps(v, donors, before) for v in counts]}
        return self.cached["gaps"]


def analysed(counts, treat, adopt, names, setting, study=None):
    found = {}
    for name in names:
        if name == "two_way":
            found[name] = estimators.two_way(counts, treat)
        elif name == "wild":
            found[name] = estimators.wild_bootstrap(counts, treat, setting.draws, setting.seed)
        elif name == "group_time":
            found[name] = estimators.group_time(counts, adopt)
        elif name in ("poisson", "permuted", "score"):
            base = found.get("poisson") or estimators.poisson(counts, treat)
            if name != "poisson":
                # Both tests have an answer without an estimate: where adopters have no event left, all are prevented.
                none = (counts * treat).sum((1, 2)) == 0
                p = (estimators.permuted(counts, treat, setting.draws, setting.seed) if name == "permuted"
                     else estimators.score_test(counts, treat))
                base = estimators.Estimates(np.where(none, -1.0, base.effect), base.error, p)
            found[name] = base
        else:
            unit, before = study.unit, study.adopt[study.unit]
            donors = np.flatnonzero(study.adopt >= study.when.periods)
            rates = counts / study.residents[:, None] * 1e6
            statistic = "gap" if name == "synthetic_gap" else "ratio"
            cached = study.placebos(rates, donors, before)
            found[name] = synthetic.placebo_test(rates, unit, donors, before, statistic, cached)
    return found


def truth(study, name, before, after):
    """The true effect in the unit of an estimator: a share, or events in a cell of adopters (or of the one)."""
    if name in ("poisson", "permuted", "score"):
        return study.inside(after).mean() / study.inside(before).mean() - 1
    difference = (after - before).mean(0)
    if name.startswith("synthetic"):
        at = study.unit
        return difference[at, study.adopt[at]:].mean() / study.residents[at] * 1e6
    return (difference * study.treat).sum() / study.treat.sum() if study.order is None else np.nan


def described(estimates, true):
    """Rate of significant results, how far they exaggerate and how often their sign is wrong, with standard errors."""
    hit = estimates.significant(LEVEL)
    n, rate = len(hit), hit.mean()
    exists = estimates.effect[np.isfinite(estimates.effect)]
    row = {"studies": n, "no_estimate": np.isnan(estimates.p).mean(), "rate": rate,
           "rate_se": np.sqrt(rate * (1 - rate) / n),
           "median_estimate": np.median(exists) if len(exists) else np.nan, "true": true,
           "found_fewer": (hit & (estimates.effect < 0)).mean(), "found_more": (hit & (estimates.effect > 0)).mean()}
    if hit.any() and true:
        effect = estimates.effect[hit & np.isfinite(estimates.effect)]
        ratio, wrong = np.abs(effect / true), (np.sign(effect) != np.sign(true)).mean() if len(effect) else np.nan
        # The median, since a share by which counts rise has no upper end; its error is bootstrapped.
        again = np.median(np.random.default_rng(3).choice(ratio, (200, len(ratio))), axis=1) if len(ratio) > 1 else []
        row |= {"exaggeration": np.median(ratio) if len(ratio) else np.nan,
                "exaggeration_se": np.std(again) if len(again) else np.nan,
                "wrong_sign": wrong, "wrong_sign_se": np.sqrt(wrong * (1 - wrong) / max(len(effect), 1))}
    return row


def power(study, names, policies=(), shares=SHARES):
    """Rates of significance under injected effects and under the model's policies; and hits by history."""
    before, rows, hits = study.baseline.counts(), [], {}
    worlds = [("injected", f"{share:.0%}", share, study.injected(share)) for share in shares]
    worlds += [("policy", arm, np.nan, study.under(arm)) for arm in policies]
    for kind, label, share, counts in worlds:
        for name, estimates in study.analysed(counts, names).items():
            true = truth(study, name, before, counts)
            prevented = 1 - study.inside(counts).mean() / study.inside(before).mean()
            rows.append({"kind": kind, "effect": label, "share_prevented": share if kind == "injected" else prevented,
                         "estimator": name, **described(estimates, true)})
            if kind == "injected":
                hits.setdefault(name, []).append(estimates.significant(LEVEL))
    return pd.DataFrame(rows), {name: np.array(found) for name, found in hits.items()}


def detectable(hits, shares=SHARES, target=0.8, draws=500, seed=2):
    """The least injected effect that is seen in four studies of five, with a bootstrap error over histories.

    NaN where even the end of all attacks in adopters is seen less often; `reached` says in how many bootstrap
    samples it was reached.
    """
    rng, rows = np.random.default_rng(seed), []
    for name, found in hits.items():
        picks = rng.integers(0, found.shape[1], (draws, found.shape[1]))
        again = np.array([crossing(shares, found[:, pick].mean(1), target) for pick in picks])
        reached = np.isfinite(again)
        rows.append({"estimator": name, "detectable": crossing(shares, found.mean(1), target),
                     "detectable_se": again[reached].std() if reached.any() else np.nan, "reached": reached.mean()})
    return pd.DataFrame(rows)


def crossing(shares, rates, target):
    """The first effect from which on power stays at the target, between grid points by a straight line."""
    below = np.flatnonzero(np.asarray(rates) < target)
    if len(below) == 0:
        return shares[0]
    k = below[-1]
    if k == len(shares) - 1:
        return np.nan
    part = (target - rates[k]) / (rates[k + 1] - rates[k])
    return shares[k] + part * (shares[k + 1] - shares[k])


def after_attacks(counts, first, last):
    """Adoption in the period after a country's first event between two periods; never, without one in between."""
    periods = counts.shape[-1]
    window = counts[:, :, first:last + 1] > 0
    return np.where(window.any(-1), first + window.argmax(-1) + 1, periods)


def false_positives(study, names, times=10):
    """How often a measure that does nothing is found to act, under four ways in which countries come to adopt.

    `scenario`: the countries and dates of the policy. `random`: the same dates dealt out to countries at random, ten
    times a history; errors are over histories. `hardest hit`: the same dates, for the countries which had most events
    before the first of them, in that history. `after an attack`: each country adopts in the period after its first
    event between the first and the last of these dates.
    """
    counts, rows = study.baseline.counts(), []

    def row(way, name, hits, fewer):
        by_history = hits.mean(0)
        rows.append({"adoption": way, "estimator": name, "studies": hits.size, "rate": by_history.mean(),
                     "rate_se": by_history.std(ddof=1) / np.sqrt(len(by_history)), "found_fewer": fewer.mean()})

    def dealt(way, orders):
        """Studies in which the countries of each order take the places of the scenario's."""
        every = {name: [] for name in panels}
        for order in orders:
            moved = np.take_along_axis(counts, order[:, :, None], axis=1)
            for name, found in analysed(moved, study.treat, study.adopt, panels, study.setting).items():
                hit = found.significant(LEVEL)
                every[name].append((hit, hit & (found.effect < 0)))
        for name, found in every.items():
            row(way, name, np.array([h for h, _ in found]), np.array([f for _, f in found]))

    for name, found in study.analysed(counts, names).items():
        hit = found.significant(LEVEL)
        row("scenario", name, hit[None], (hit & (found.effect < 0))[None])
    panels = [name for name in names if not name.startswith("synthetic")]
    rng = np.random.default_rng(study.setting.seed + 11)
    dealt("random", [np.argsort(rng.random(counts.shape[:2]), axis=1) for _ in range(times)])
    first = int(study.adopt.min())
    last = int(study.adopt[study.adopt < study.when.periods].max()) - 1
    # Ties among the hardest hit are broken at random, and so is who of them comes first.
    hit = counts[:, :, :first].sum(2) + 0.5 * rng.random(counts.shape[:2])
    hardest = np.argsort(-hit, axis=1)
    adopters = int((study.adopt < study.when.periods).sum())
    slots = np.argsort(study.adopt >= study.when.periods, kind="stable")
    order = np.empty_like(hardest)
    mixed = rng.permuted(hardest[:, :adopters], axis=1)
    order[:, slots] = np.concatenate([mixed, hardest[:, adopters:]], axis=1)
    dealt("hardest hit", [order])
    adopt = after_attacks(counts, first, last)
    treat = panel.treated(adopt, study.when.periods)
    every = {name: [] for name in panels}
    for i in range(len(counts)):
        # Cohorts differ from history to history, so that each is a study of its own.
        if (adopt[i] < study.when.periods).any() and (adopt[i] >= study.when.periods).any():
            for name, found in analysed(counts[i:i + 1], treat[i], adopt[i], panels, study.setting).items():
                hit = found.significant(LEVEL)[0]
                every[name].append((hit, hit and found.effect[0] < 0))
    for name, found in every.items():
        row("after an attack", name, np.array([[h for h, _ in found]]), np.array([[f for _, f in found]]))
    return pd.DataFrame(rows)


def true_effects(run, policy, policies, until, seed=1):
    """What policies do in truth, in adopters after adoption and in countries that never adopt, on common draws."""
    rows = []
    for outcome in panel.OUTCOMES:
        study = Study(run, policy, Setting(outcome=outcome, until=until, seed=seed))
        before = study.baseline.counts()
        never = (study.adopt >= study.when.periods).astype(float)
        years = (study.when.periods - study.adopt.min()) * study.when.years
        for arm in policies:
            after = study.under(arm)
            change = study.inside(after) - study.inside(before)
            elsewhere = ((after - before).sum(2) * never).sum(1)
            root = np.sqrt(len(change))
            base = study.inside(before).mean()
            # The error of a ratio of two means, by its linear part.
            part = change - change.mean() / base * study.inside(before)
            rows.append({"policy": arm, "outcome": outcome, "baseline": base, "change": change.mean(),
                         "change_se": change.std(ddof=1) / root, "change_a_year": change.mean() / years,
                         "change_a_year_se": change.std(ddof=1) / root / years, "share": change.mean() / base,
                         "share_se": part.std(ddof=1) / root / base, "elsewhere": elsewhere.mean(),
                         "elsewhere_se": elsewhere.std(ddof=1) / root})
    return pd.DataFrame(rows)
