"""Writes the tables of a fit by regression, and of the policies run on it, into docs/calibration.md.

    python tests/python/fit_tables.py FIT docs/calibration.md [--main RUN] [--many RUN]

FIT is the folder of a finished `calibrate --method regression`, with the name that the marks of the page have:

    <!-- fit parameters: europe-all-rules -->    what the facts narrow, narrowest first
    <!-- fit patterns: europe-all-rules -->      each fact beside what single histories show
    <!-- fit policies: europe-all-rules -->      what policies prevent, and how much of their variance is not knowing

The last wants two runs on draws of the fit, each draw twice: the main run, of which effects and intervals are, and one
with many draws, which tells how much of an effect's variance between draws goes with the parameters that the facts did
not narrow: the adjusted R² of a regression of the draws' effects on these, over the share of their variance that is no
chance. Its standard error is by bootstrap over draws. Nothing else is computed here but rounding. Sentences stay as
they are; read them again after a new fit. Needs pandas and pyarrow.
"""

import argparse
import csv
import json
import pathlib
import re

import numpy as np
import pandas as pd

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("fit", type=pathlib.Path)
arguments.add_argument("page", type=pathlib.Path)
arguments.add_argument("--main", type=pathlib.Path)
arguments.add_argument("--many", type=pathlib.Path)
given = arguments.parse_args()
name = json.loads((given.fit / "manifest.json").read_text())["name"]


def rows(path):
    return list(csv.DictReader(path.open()))


def number(x):
    """Two significant digits, plain where a reader would write it plain."""
    x = float(x)
    if abs(x) >= 1000:
        return f"{float(f'{x:.3g}'):,.0f}"
    text = f"{x:.2g}" if abs(x) < 100 else f"{x:.0f}"
    return text if "e" not in text or abs(x) < 1e-4 else f"{x:.6f}".rstrip("0").rstrip(".")


def count(x):
    x = float(x)
    text = f"{x:,.0f}" if x == int(x) or abs(x) >= 1000 else f"{x:.3g}"
    return text


parameters = rows(given.fit / "parameters.csv")
WORDS = {"identified": "identified", "weakly identified": "weakly identified", "unidentified": "not constrained"}


def narrowed():
    known = sorted((p for p in parameters if p["verdict"] != "unidentified"), key=lambda p: float(p["width_ratio"]))
    yield "| parameter | prior 90 % | posterior 90 % | width | verdict |"
    yield "|---|---|---|---|---|"
    for p in known:
        prior = f"{number(p['prior_low'])} to {number(p['prior_high'])}"
        posterior = f"{number(p['posterior_low'])} to {number(p['posterior_high'])}"
        yield f"| `{p['parameter']}` | {prior} | {posterior} | {float(p['width_ratio']):.2f} | {WORDS[p['verdict']]} |"


def patterns():
    yield "| pattern | fact | range | simulated median | 90 % of histories | median in range | PIT |"
    yield "|---|---|---|---|---|---|---|"
    for p in rows(given.fit / "patterns.csv"):
        held = " (held out)" if p["held_out"] == "yes" else ""
        middle, low, high = (count(p[f"simulated_{part}"]) for part in ("median", "low", "high"))
        pit = "" if p["pit"] == "" else f"{float(p['pit']):.2f}".lstrip("0") if float(p["pit"]) < 0.995 else "1"
        yield (f"| {p['pattern']}{held} | {p['fact']} | {count(p['low'])} to {count(p['high'])} | {middle} "
               f"| {low} to {high} | {p['verdict']} | {pit} |")


def by_draw(folder, arm):
    """The mean effect of each draw, the variance that chance leaves in such a mean, and the number of runs in it."""
    runs = pd.read_parquet(folder / "results/replications.parquet", columns=["draw", "replication", "arm", "attacks_completed"])
    wide = runs.pivot_table(index=["draw", "replication"], columns="arm", values="attacks_completed")
    effect = (wide["baseline"] - wide[arm]).groupby("draw")
    means, each = effect.mean(), effect.size().iloc[0]
    return means, effect.var().mean() / each, each


def adjusted(x, y):
    x = np.column_stack([np.ones(len(y)), x])
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    n, k = x.shape
    return 1.0 - (left @ left / (n - k)) / y.var(ddof=1)


def not_narrowed(arm):
    """Share of the variance between points that goes with parameters as wide as their priors, and its error."""
    runs = pd.read_parquet(given.many / "results/replications.parquet", columns=["draw", "replication", "arm", "attacks_completed"])
    wide = runs.pivot_table(index=["draw", "replication"], columns="arm", values="attacks_completed")
    effect = (wide["baseline"] - wide[arm]).reset_index(name="effect")
    posterior = pd.read_csv(given.fit / "posterior.csv").drop(columns="draw")
    # A posterior repeats its likelier points: draws that are alike are one point with more runs.
    point = posterior.groupby(list(posterior.columns), sort=False).ngroup()
    groups = effect.groupby(effect["draw"].map(point))["effect"]
    y, chance = groups.mean(), (groups.var() / groups.size()).mean()
    names = [p["parameter"] for p in parameters if p["verdict"] == "unidentified"]
    x = posterior[names].iloc[[point[point == at].index[0] for at in y.index]].rank().to_numpy()
    x, y = (x - x.mean(0)) / x.std(0), y.to_numpy()
    between = 1.0 - chance / y.var(ddof=1)
    share = adjusted(x, y)
    n, k = x.shape
    free, known = n - k - 1, min(max(share, 0.0), 1.0)
    # The variance of an adjusted R² of normal columns: what chance does, and Wishart's for what is told.
    idle = 2 * k * free / ((n - 1) ** 2 * (n + 1))
    told = 4 * known * free**2 / ((n**2 - 1) * (n + 3))
    error = (n - 1) / free * np.sqrt((idle + told) * (1 - known) ** 2)
    return share / between, error / between, n


def policies():
    wide = sum(1 for p in parameters if p["verdict"] == "unidentified")
    yield f"| policy | attacks prevented | parameter uncertainty | of it with the {wide} not narrowed |"
    yield "|---|---|---|---|"
    found = {(r["policy"], r["outcome"]): r for r in rows(given.main / "results/comparisons.csv")}
    many = pd.read_parquet(given.many / "results/replications.parquet", columns=["arm"])["arm"].unique()
    lines = []
    for (policy, outcome), r in found.items():
        if outcome != "attacks_completed" or policy == "placebo":
            continue
        means, chance, each = by_draw(given.main, policy)
        between = max(means.var(ddof=1) - chance, 0.0)
        share = between / (between + each * chance)
        told = ""
        if policy in many:
            value, error, points = not_narrowed(policy)
            told = f"{100 * value:.0f} % ({100 * error:.0f})"
        low, middle, high = (-float(r[key]) + 0.0 for key in ("ci_high", "difference", "ci_low"))
        lines.append((middle, f"| {r['label']} | {middle:.2f} [{low:.2f}, {high:.2f}] | {100 * share:.0f} % | {told} |"))
    yield from (line for _, line in sorted(lines, reverse=True))
    print(f"shares over {points} different points")


text = given.page.read_text()
for kind, maker in {"parameters": narrowed, "patterns": patterns, "policies": policies}.items():
    if kind == "policies" and not (given.main and given.many):
        continue
    mark = f"<!-- fit {kind}: {name} -->"
    block = re.compile(re.escape(mark) + r"\n.*?<!-- end -->", re.S)
    if not block.search(text):
        print(f"no mark {mark}")
        continue
    text = block.sub(lambda _: mark + "\n\n" + "\n".join(maker()) + "\n\n<!-- end -->", text)
given.page.write_text(text)

states = [p["verdict"] for p in parameters]
print(f"{name}: {len(states)} parameters, " + ", ".join(f"{states.count(v)} {w}" for v, w in WORDS.items()))
truths = rows(given.fit / "truths.csv")
total = sum(int(t["truths"]) for t in truths)
inside = [100 * sum(int(t[f"inside_{part}"]) for t in truths) / total for part in (50, 90)]
least = min(float(t["uniformity_probability"]) for t in truths) * len(truths)
print(f"known truths: {inside[0]:.0f} % inside the central 50 %, {inside[1]:.0f} % inside 90 %; least p {min(least, 1):.2f}")
for r in rows(given.fit / "ridges.csv"):
    print(f"ridge {r['first']} and {r['second']}: {float(r['correlation']):.2f}")
states = [(p["held_out"], p["verdict"]) for p in rows(given.fit / "patterns.csv")]
print(f"fitted: {states.count(('no', 'hit'))} hit, {states.count(('no', 'miss'))} missed; "
      f"held out: {states.count(('yes', 'hit'))} hit, {states.count(('yes', 'miss'))} missed")
