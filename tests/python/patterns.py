"""Patterns P1 to P14 of the model document from finished runs, as the tables of docs/calibration.md.

    python tests/python/patterns.py EUROPE [--staff STAFF] [--us US] [--later LATER]

EUROPE, STAFF, US and LATER are folders of runs: europe-2014-2016, calibration/finite-staff (with all its
policies), the United States, and Europe carried on to 2019. Each row gives the mean over runs, the 90 % of
runs, the fact as an interval, and whether the mean lies in it. Needs pandas and pyarrow.
"""

import argparse
import pathlib
import sys

import numpy as np
import pandas as pd

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("europe", type=pathlib.Path)
arguments.add_argument("--staff", type=pathlib.Path)
arguments.add_argument("--us", type=pathlib.Path)
arguments.add_argument("--later", type=pathlib.Path)
given = arguments.parse_args()


class Run:
    """The tables of one finished run."""

    def __init__(self, folder):
        if not (folder / "results/replications.parquet").exists():
            sys.exit(f"{folder} is no folder of a finished run: results/replications.parquet is missing")
        read = lambda name: pd.read_parquet(folder / f"results/{name}.parquet")
        self.runs, self.months = read("replications"), read("monthly")
        self.countries, self.plots = read("by_country"), read("matched")
        self.start = pd.Timestamp(self.months["month_start"].astype(str).min())

    def of(self, arm="baseline"):
        return self.runs[self.runs.arm == arm].set_index("replication")

    def country(self, code):
        rows = self.countries[(self.countries.arm == "baseline") & (self.countries.country == code)]
        return rows.set_index("replication")

    def years(self, column, arm="baseline"):
        rows = self.months[self.months.arm == arm]
        year = pd.to_datetime(rows["month_start"].astype(str)).dt.year
        return rows.groupby(["replication", year])[column].sum().unstack()

    def published(self, arm="baseline"):
        rows = self.plots[(self.plots.arm == arm) & (self.plots.observed != "")]
        rows = rows.assign(observed_foiled=(rows.outcome == "foiled").astype(int))
        return rows.assign(year=(self.start + pd.to_timedelta(rows.end_day, unit="D")).dt.year)


def number(x):
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 10 else f"{x:.3g}"


def row(code, pattern, fact, low, high, values):
    values = pd.Series(values).dropna()
    mean, least, most = values.mean(), values.quantile(0.05), values.quantile(0.95)
    verdict = "hit" if low <= mean <= high else "miss"
    print(
        f"| {code} | {pattern} | {fact} | {number(low)} to {number(high)} | {number(mean)} "
        f"| {number(least)} to {number(most)} | {verdict} |"
    )


def missed_for_staff(runs):
    missed = runs.chances_missed_for_staff
    return missed / (missed + runs.chances_missed_by_judgement + runs.chances_missed_between)


def fall_of(counts):
    """Foiled share of 2014 less that of 2016, from sums and sizes by pathway and year."""
    foiled, all_of = counts["sum"].groupby("year").sum(), counts["size"].groupby("year").sum()
    share = foiled / all_of
    return share[2014] - share[2016]


def fall_in_odds(counts):
    """The same in log odds, which no ceiling compresses."""
    foiled, all_of = counts["sum"].groupby("year").sum(), counts["size"].groupby("year").sum()
    odds = np.log((foiled + 0.5) / (all_of - foiled + 0.5))
    return odds[2014] - odds[2016]


def fall_at_one_mix(counts):
    """The same with each year's shares by pathway weighed by the pathways of all years: what a change of mix leaves."""
    foiled, all_of = counts["sum"].unstack("year"), counts["size"].unstack("year")
    share, weight = foiled / all_of.where(all_of > 0), all_of.sum(axis=1)
    known = share[[2014, 2016]].notna().all(axis=1)
    weight = weight[known] / weight[known].sum()
    return ((share[2014] - share[2016])[known] * weight).sum()


def head():
    print("| | pattern | fact | range | simulated mean | 90 % of runs | verdict |\n|---|---|---|---|---|---|---|")


europe = Run(given.europe)
runs = europe.of()
print(f"Europe: {len(runs)} runs on {runs.draw.nunique()} draws\n")
head()
for pathway, fact, value in [
    ("online_directed", "F2 (19), factor 2", 19),
    ("dispatched", "F2 (12), factor 2", 12),
    ("inspired", "F2 (6), factor 2", 6),
    ("networked", "F2 (5), factor 2", 5),
]:
    row("P1", f"{pathway.replace('_', ' ')}, published", fact, value / 2, value * 2, runs[f"observed_{pathway}"])
launched, foiled = europe.years("observed_launched"), europe.years("observed_foiled")
share = foiled / (foiled + launched)
poisson = {2: (0.24, 7.2), 8: (3.5, 15.8), 17: (9.9, 27.2), 7: (2.8, 14.4), 12: (6.2, 21.0), 13: (6.9, 22.2)}
for year, l, f in [(2014, 2, 7), (2015, 8, 12), (2016, 17, 13)]:
    row("P3", f"launched {year}, published", f"F20 ({l})", *poisson[l], launched[year])
    row("P3", f"foiled {year}, published", f"F20 ({f})", *poisson[f], foiled[year])
pooled = foiled.sum() / (foiled.sum() + launched.sum())
fall = share[2014] - share[2016]
row("P3", "fall of the published foiled share, 2014 to 2016", "F20 (.78 to .43)", 0.1, 0.6, fall)
for code, l, f in [("FR", 12, 10), ("UK", 2, 11), ("DE", 8, 4), ("BE", 3, 1)]:
    c = europe.country(code)
    total = l + f
    row("P4", f"plots in {code}, published", f"F21 ({total}), factor 2", total / 2, total * 2,
        c.observed_launched + c.observed_foiled)
seen = europe.published()
cells = seen.groupby(["replication", "target_country", "year"]).size().groupby("replication").size()
all_cells = 3 * (europe.countries.country.nunique() - 1)
row("P4", "share of country-years without a published plot", "F21 (most)", 0.5, 1.0,
    1 - cells.reindex(runs.index, fill_value=0) / all_cells)

by_cell = seen.groupby(["replication", "target_country", "year"]).size().groupby("replication")
mean = by_cell.sum().reindex(runs.index, fill_value=0) / all_cells
square = by_cell.apply(lambda x: (x**2).sum()).reindex(runs.index, fill_value=0) / all_cells
excess = (square - mean**2) * all_cells / (all_cells - 1) - mean
# No fact gives it; it is shown so that a record by country and year can be held against it.
k = (mean**2 / excess).where(excess > 0)
print(f"| P4 | k of a negative binomial over country-years, published plots | none | | {number(k.mean())} "
      f"| {number(k.quantile(0.05))} to {number(k.quantile(0.95))} | |")


def dispersion(column):
    rows = europe.months[europe.months.arm == "baseline"]
    groups = rows.groupby("replication")[column]
    return groups.var() / groups.mean().where(groups.mean() > 0)


difference = dispersion("attacks_completed") - dispersion("plots_foiled")
row("P5", "variance over mean of monthly attacks, less that of foiled plots", "attacks cluster more", 0.0, 10, difference)
row("P6", "attackers known to any service", "F27 (.82 in the West)", 0.7, 0.92, runs.attackers_known_any_share)
done = europe.plots[(europe.plots.arm == "baseline") & europe.plots.outcome.isin(["completed", "failed", "foiled"])]
done = done[done.pathway != "sting"]
months = ((done.end_day - done.start_day) / 30.44).groupby(done.replication)
row("P7", "mean life of plots, months", "F24 (9, other era), factor 2", 4.5, 18, months.mean())
row("P8", "left within half a year of the first step", "F36 (nearly a quarter)", 0.15, 0.35,
    runs.departed_within_half_year / runs.fighters_departed)
row("P8", "left within a year of the first step", "F36 (about half)", 0.4, 0.6,
    runs.departed_within_year / runs.fighters_departed)
row("P9", "share of recruits introduced by friends", "F35 (.5 to .9)", 0.5, 0.9,
    runs.onset_peer / runs.residents_radicalised)
row("P11", "fighters back, share of all", "F30 (.30)", 0.2, 0.4,
    runs.fighters_returned / (runs.fighters_returned + runs.fighters_died + runs.fighters_abroad))
row("P11", "fighters dead, share of all", "F30 (.14)", 0.09, 0.2,
    runs.fighters_died / (runs.fighters_returned + runs.fighters_died + runs.fighters_abroad))
for code, low, high, text in [("FR", 0.09, 0.22, ".14"), ("BE", 0.11, 0.27, ".18"), ("DE", 0.22, 0.45, "a third"),
                              ("UK", 0.35, 0.65, "half")]:
    c = europe.country(code)
    row("P11", f"share returned, {code}", f"F31 ({text})", low, high,
        c.fighters_returned / (c.fighters_returned + c.fighters_died + c.fighters_abroad))
base = europe.countries[europe.countries.arm == "baseline"]
pool = base.groupby("replication").records_pooled
row("P12", "five states' share of the pooled records", "F43 (above .9)", 0.9, 1.0,
    pool.apply(lambda x: x.nlargest(5).sum() / x.sum() if x.sum() else float("nan")))
fr = europe.country("FR")
base = europe.plots[europe.plots.arm == "baseline"]
found = base[(base.channel == "raid") & (base.foiled_by == "FR")].groupby("replication").size()
raids = fr.raids.where(fr.raids > 0)
row("P13", "plots foiled by raids over raids, France", "F45 (4 cases of 3,200)", 0.0, 0.01,
    found.reindex(fr.index, fill_value=0) / raids)
row("P14", "returnees' plots over returns", "F33 (1 in 360 to 1 in 9)", 1 / 360, 1 / 9,
    runs.returnees_plotting / runs.fighters_returned)
row("", "missed chances, share for lack of staff", "F44 (6 of 13)", 0.19, 0.75, missed_for_staff(runs))
row("", "people killed", "F23 (273)", 100, 500, runs.people_killed)
row("", "arrests, three years", "F46 (1,800; more offences)", 900, 2700, runs.arrests)

print("\nPublished foiled share by year, pooled over runs:", ", ".join(f"{y} {v:.2f}" for y, v in pooled.items()))
random = np.random.default_rng(20140101)
seen = europe.published().assign(draw=lambda t: t.replication.map(runs.draw))
counts = seen.groupby(["draw", "year"]).observed_foiled.agg(["sum", "size"]).unstack(fill_value=0)
counts = counts.reindex(runs.draw.unique(), fill_value=0)
share = lambda rows: counts.iloc[rows]["sum"].sum() / counts.iloc[rows]["size"].sum()
again = pd.DataFrame([share(random.integers(0, len(counts), len(counts))) for _ in range(500)])
print("  standard errors, draws resampled:", ", ".join(f"{y} {v:.3f}" for y, v in again.std().items()))
if {2014, 2015, 2016} <= set(again):
    whole = share(np.arange(len(counts)))
    for early in (2014, 2015):
        print(f"  fall {early} to 2016: {whole[early] - whole[2016]:.3f} ({(again[early] - again[2016]).std():.3f})")
    single = seen.groupby(["replication", "year"]).observed_foiled.mean().unstack()
    print(f"  histories in which it falls by .1 or more from 2014: {(single[2014] - single[2016] >= 0.1).sum() / len(runs):.2f}")
if given.staff:
    staff = Run(given.staff)
    known = ("baseline", "half-the-staff", "twice-the-staff", "four-times-the-staff", "staff-keeps-pace",
             "no-investigations", "files-parked", "unlimited-staff")
    arms = [a for a in known if a in set(staff.runs.arm)]
    random = np.random.default_rng(20140101)
    draws = staff.of().draw.unique()
    # Whole draws are resampled, the same in every arm, so that the difference of two arms keeps its pairing.
    samples = [np.bincount(random.choice(len(draws), len(draws)), minlength=len(draws)) for _ in range(1000)]
    crude, odds, mixed = {}, {}, {}
    for arm in arms:
        seen = staff.published(arm)
        seen = seen.assign(foiled=seen.observed_foiled, draw=seen.draw.map({d: i for i, d in enumerate(draws)}))
        counts = seen.groupby(["draw", "pathway", "year"]).foiled.agg(["sum", "size"]).unstack(fill_value=0)
        counts = counts.unstack(fill_value=0).reindex(range(len(draws)), fill_value=0)
        crude[arm] = [fall_of(counts.mul(w, axis=0).sum()) for w in [np.ones(len(draws)), *samples]]
        odds[arm] = [fall_in_odds(counts.mul(w, axis=0).sum()) for w in [np.ones(len(draws)), *samples]]
        mixed[arm] = [fall_at_one_mix(counts.mul(w, axis=0).sum()) for w in [np.ones(len(draws)), *samples]]
        l, f = staff.years("observed_launched", arm), staff.years("observed_foiled", arm)
        print(f"\n{arm}: published a year", ", ".join(f"{y} {l[y].mean():.1f} / {f[y].mean():.1f}" for y in l.columns))
        print("  foiled share", ", ".join(f"{y} {v:.3f}" for y, v in (f.sum() / (f.sum() + l.sum())).items()))
        print(f"  fall 2014 to 2016: {crude[arm][0]:.3f}, standard error {np.std(crude[arm][1:]):.3f}")
        print(f"  in log odds: {odds[arm][0]:.3f}, standard error {np.std(odds[arm][1:]):.3f}")
        print(f"  at one mix of pathways: {mixed[arm][0]:.3f}, standard error {np.std(mixed[arm][1:]):.3f}")
        use = staff.months[staff.months.arm == arm]
        year = pd.to_datetime(use["month_start"].astype(str)).dt.year
        print("  teams in use", ", ".join(f"{y} {v:.2f}" for y, v in use.groupby(year).surveillance_use_share.mean().items()))
    for name, falls in [("fall", crude), ("fall in log odds", odds), ("fall at one mix", mixed)]:
        for arm in arms[1:]:
            gap = np.subtract(falls["baseline"], falls[arm])
            print(f"{name}, baseline less {arm}: {gap[0]:.3f}, standard error {gap[1:].std():.3f}")
    print("\nMissed chances a run: for staff, between services, by judgement, share for staff of all")
    for arm in dict.fromkeys(staff.runs.arm):
        rows = staff.of(arm)
        counts = [rows[f"chances_missed_{why}"].mean() for why in ("for_staff", "between", "by_judgement")]
        print(f"  {arm}: " + ", ".join(f"{c:.1f}" for c in counts) + f", {counts[0] / sum(counts):.3f}")
    pairs = [("twice-the-plots", "baseline"), ("twice-the-plots-unlimited", "unlimited-staff")]
    for more, less in [*pairs, *((arm, "baseline") for arm in known[1:-1])]:
        if more not in set(staff.runs.arm):
            continue
        sums = {}
        for arm in (more, less):
            rows = staff.of(arm)
            ended = rows.plots_foiled + rows.attacks_completed + rows.attacks_failed
            table = pd.DataFrame({"foiled": rows.plots_foiled, "ended": ended, "draw": rows.draw})
            sums[arm] = table.groupby("draw").sum().reindex(draws).to_numpy()
        share = lambda arm, w: (w @ sums[arm][:, 0]) / (w @ sums[arm][:, 1])
        change = [share(more, w) - share(less, w) for w in [np.ones(len(draws)), *samples]]
        load = sums[more][:, 1].sum() / sums[less][:, 1].sum()
        print(f"{more}: {load:.2f} times the plots that end; foiled share {share(less, np.ones(len(draws))):.3f}, "
              f"changed by {change[0]:+.3f}, standard error {np.std(change[1:]):.3f}")

if given.us:
    us = Run(given.us)
    runs = us.of()
    print(f"\nUnited States: {len(runs)} runs on {runs.draw.nunique()} draws\n")
    head()
    total = runs.observed_launched + runs.observed_foiled
    row("P2", "published plots", "F3 (38), factor 2", 19, 76, total)
    row("P2", "with a virtual entrepreneur", "F3 (8), factor 2", 4, 16, runs.observed_online_directed)
    row("P2", "dispatched", "F3 (0)", 0, 3.7, runs.observed_dispatched)
    row("P2", "share of lone plots", "F3 (.79)", 0.65, 0.9, runs.observed_inspired / total.where(total > 0))
    done = us.plots[(us.plots.arm == "baseline") & us.plots.outcome.isin(["completed", "failed", "foiled"])]
    done = done[done.pathway != "sting"]
    months = ((done.end_day - done.start_day) / 30.44).groupby(done.replication)
    row("P7", "mean life of plots, months", "F24 (9, other era), factor 2", 4.5, 18, months.mean())
    row("P7", "plots in progress, mean", "F24 (about 3), factor 2", 1.5, 6, runs.plots_in_progress_mean)

if given.later:
    later = Run(given.later)
    print("\nForecast, published plots a year in Europe\n")
    print("| year | launched, mean | 90 % of runs | foiled, mean | 90 % of runs |\n|---|---|---|---|---|")
    l, f = later.years("observed_launched"), later.years("observed_foiled")
    for year in l.columns:
        cells = [f"{x[year].mean():.1f} | {x[year].quantile(0.05):.0f} to {x[year].quantile(0.95):.0f}" for x in (l, f)]
        print(f"| {year} | {cells[0]} | {cells[1]} |")
    a = later.years("attacks_completed")
    print("\nCompleted attacks a year:", ", ".join(f"{y} {v:.1f}" for y, v in a.mean().items()))
