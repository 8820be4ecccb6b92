"""From the folder of a run to what a researcher would have: counts of attacks by country and period.

A run holds many simulated histories, each under a baseline and under policies, on common random numbers. One history
under one arm is one data set for one study.
"""

import datetime
import pathlib
import tomllib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

# What may be counted. The first two are the published record, the others what happened.
OUTCOMES = {
    "published attacks": lambda p: p.observed.str.endswith("_launched"),
    "published plots": lambda p: p.observed != "",
    "attacks": lambda p: p.outcome.isin(["completed", "failed"]),
    "attacks completed": lambda p: p.outcome == "completed",
    "plots": lambda p: p.outcome.isin(["completed", "failed", "foiled"]),
}
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


@dataclass
class Run:
    """A finished run: its countries, its plots with country and day of their end, and when who adopts what."""

    countries: list
    residents: np.ndarray
    start: datetime.date
    end: datetime.date
    plots: pd.DataFrame
    histories: int
    arms: list
    adoption: dict = field(default_factory=dict)


def read(folder):
    folder = pathlib.Path(folder)
    scenario = tomllib.loads((folder / "scenario.resolved.toml").read_text())
    # A transit partner has no plots: no researcher would list it.
    entries = [entry for entry in scenario["countries"] if not entry.get("transit_partner")]
    columns = ["arm", "draw", "replication", "target_country", "outcome", "end_day", "observed"]
    plots = pd.read_parquet(folder / "results/matched.parquet", columns=columns)
    runs = pd.read_parquet(folder / "results/replications.parquet", columns=["arm", "draw", "replication"])
    runs["history"] = runs.groupby(["draw", "replication"]).ngroup()
    plots = plots.merge(runs, on=["arm", "draw", "replication"]).dropna(subset=["end_day"])
    codes = [entry["code"] for entry in entries]
    plots["country"] = plots.target_country.map({code: index for index, code in enumerate(codes)})
    plots = plots.dropna(subset=["country"]).astype({"country": int})
    # A fixed order, whatever the order of rows on disk: events are numbered when effects are injected.
    plots = plots.sort_values(["arm", "history", "end_day", "country"], kind="stable").reset_index(drop=True)
    return Run(
        countries=codes,
        residents=np.array([number(entry["residents"]) for entry in entries]),
        start=scenario["scenario"]["start"],
        end=scenario["scenario"]["end"],
        plots=plots,
        histories=int(runs.history.max()) + 1,
        arms=list(runs.arm.unique()),
        adoption={name: adoption(policy) for name, policy in scenario.get("policies", {}).items()},
    )


def number(value):
    return float(value["value"] if isinstance(value, dict) else value)


def adoption(policy):
    """The first date from which a policy sets anything of one country, by country."""
    first = {}
    for part in [policy, *policy.get("also", [])]:
        for path in part.get("set", {}):
            words = path.split(".")
            if words[0] == "countries" and "from" in part:
                first[words[1]] = min(first.get(words[1], part["from"]), part["from"])
    return first


@dataclass
class Calendar:
    """Periods of equal months, the first from the first day of the run."""

    start: datetime.date
    days: np.ndarray  # the first day of each period, and the day after the last
    years: float      # the length of a period

    @property
    def periods(self):
        return len(self.days) - 1

    def period(self, date):
        """The first period that lies wholly after a date begins."""
        return int(np.searchsorted(self.days[:-1], (date - self.start).days))


def calendar(run, period="quarter", until=None):
    end = min(until or run.end, run.end)
    months, date, days = MONTHS[period], run.start, [0]
    while date <= end:
        month = date.month - 1 + months
        date = datetime.date(date.year + month // 12, month % 12 + 1, date.day)
        days.append((date - run.start).days)
    if date > end + datetime.timedelta(days=1):
        days.pop()  # the last period is not complete
    return Calendar(run.start, np.array(days), months / 12)


def adopted(run, policy, when):
    """The period in which each country adopts; that after the last for those who never do."""
    dates = run.adoption[policy]
    periods = [when.period(dates[code]) if code in dates else when.periods for code in run.countries]
    return np.array(periods)


def treated(adopt, periods):
    """1 where a country has adopted, from adoption periods of any shape (..., countries)."""
    return (np.arange(periods) >= np.asarray(adopt)[..., None]).astype(float)


@dataclass
class Events:
    """The counted plots of one arm: history, country and period of each."""

    history: np.ndarray
    country: np.ndarray
    period: np.ndarray
    shape: tuple

    def counts(self, kept=None):
        cells = np.ravel_multi_index((self.history, self.country, self.period), self.shape)
        cells = cells if kept is None else cells[kept]
        return np.bincount(cells, minlength=np.prod(self.shape)).reshape(self.shape).astype(float)

    def thinned(self, treat, share, seed):
        """Counts with each event of a treated cell removed with a given chance: an effect of known size.

        One number an event decides at every share, so that what goes at a fifth goes at two fifths too.
        """
        luck = np.random.default_rng(seed).random(len(self.history))
        inside = np.broadcast_to(treat, self.shape)[self.history, self.country, self.period] > 0
        return self.counts(~(inside & (luck < share)))


def events(run, arm, outcome, when):
    plots = run.plots[run.plots.arm == arm]
    plots = plots[OUTCOMES[outcome](plots)]
    period = np.searchsorted(when.days, plots.end_day.to_numpy(), side="right") - 1
    inside = (period >= 0) & (period < when.periods)
    shape = (run.histories, len(run.countries), when.periods)
    return Events(plots.history.to_numpy()[inside], plots.country.to_numpy()[inside], period[inside], shape)


def restricted(found, countries):
    """Events of some countries only, in their order."""
    place = np.full(found.shape[1], -1)
    place[countries] = np.arange(len(countries))
    inside = place[found.country] >= 0
    shape = (found.shape[0], len(countries), found.shape[2])
    return Events(found.history[inside], place[found.country[inside]], found.period[inside], shape)


def stacked(found, copies, seed):
    """Several independent histories side by side as one larger world, each with all countries."""
    order = np.random.default_rng(seed).permutation(found.shape[0])
    worlds = found.shape[0] // copies
    place = np.empty(found.shape[0], int)
    place[order] = np.arange(found.shape[0])
    at = place[found.history]
    inside = at < worlds * copies
    shape = (worlds, found.shape[1] * copies, found.shape[2])
    country = found.country + found.shape[1] * (at // worlds)
    return Events((at % worlds)[inside], country[inside], found.period[inside], shape)
