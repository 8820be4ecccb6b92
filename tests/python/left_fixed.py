"""What moves the fit of Europe among the values that it leaves fixed: a table of effects, and its largest on a page.

    python tests/python/left_fixed.py FORESTALL SWEEP effects.csv docs/calibration.md

SWEEP is the finished sweep of scenarios/calibration/europe-left-fixed.toml. Every number is from `forestall sensitivity
--method prcc`: the effect is how far the mean moves from one end of a value's range to the other, all others as they
come. A row of the page moves attacks or what a policy prevents by more than chance moves the largest of all values
without any effect. Sentences about the figures stay as they are; read them again after a new run.
"""

import csv
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tomllib

import pandas as pd

program, sweep, table, page = sys.argv[1:]
policies = json.loads((pathlib.Path(sweep) / "plan.json").read_text())["arms"]
policies = [name for name in policies if name != "baseline"]
OUTCOMES = ["attacks_completed", "plots_foiled", "foiled_share", "held_without_plot"]


def asked(*flags):
    words = [program, "-q", "sensitivity", sweep, "--method", "prcc", "--json", *flags]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


found = {name: asked("--outcome", name) for name in OUTCOMES}
for policy in policies:
    flags = ["--outcome", "attacks_completed", "--policy", policy, "--against", "baseline"]
    found[policy] = asked(*flags)
problem = tomllib.loads((pathlib.Path(sweep) / "problem.toml").read_text())["parameters"]
ends = {p["name"]: (p["uniform"]["low"], p["uniform"]["high"]) if "uniform" in p else (p["low"], p["high"])
        for p in problem}
rows = {name: {row["parameter"]: row for row in of["indices"]} for name, of in found.items()}
points = found["attacks_completed"]["blocks"]
# A value without effect has a correlation with this spread; the largest of all lies within the bound in 95 of 100.
spread = 1.0 / math.sqrt(points - len(ends) - 2)
bound = math.tanh(statistics.NormalDist().inv_cdf(1 - 0.025 / len(ends)) * spread)


def beyond(response, parameter):
    at = rows[response][parameter]["prcc"]["estimate"]
    return at is not None and abs(at) > bound


with open(table, "w", newline="") as out:
    head = [f"{name}{part}" for name in found for part in ["", "_low", "_high", "_prcc"]]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["parameter", "low", "high", *head])
    for parameter, (low, high) in ends.items():
        cells = []
        for name in found:
            effect = rows[name][parameter]["effect"]
            sign = -1.0 if name in policies else 1.0
            values = [sign * effect[key] for key in ("estimate", "low", "high")]
            cells += [values[0], *sorted(values[1:]), sign * rows[name][parameter]["prcc"]["estimate"]]
        writer.writerow([parameter, low, high, *(f"{value:.4g}" for value in cells)])


def cell(response, parameter):
    value = rows[response][parameter]["effect"]["estimate"] * (-1.0 if response in policies else 1.0)
    text = f"{value:+.3f}" if response == "foiled_share" else f"{value:+.1f}"
    return f"**{text}**" if beyond(response, parameter) else text


shown = [p for p in ends if any(beyond(name, p) for name in ["attacks_completed", "foiled_share", *policies])]
shown.sort(key=lambda p: -abs(rows["attacks_completed"][p]["effect"]["estimate"]))
columns = ["attacks_completed", "foiled_share", *policies]
lines = [f"| `{p}` | {ends[p][0]:g} to {ends[p][1]:g} | " + " | ".join(cell(name, p) for name in columns) + " |"
         for p in shown]
text = pathlib.Path(page).read_text()
text, times = re.subn(r"(\| fixed value \|[^\n]*\n\|[-|: ]+\|\n)(?:\|[^\n]*\n)*",
                      lambda m: m[1] + "\n".join(lines) + "\n", text)
assert times == 1, "the page has no table of fixed values"
pathlib.Path(page).write_text(text)

# Means by level of the whole numbers that stand out, for the sentences of the page.
results = pathlib.Path(sweep) / "results"
runs = pd.read_parquet(results / "replications.parquet", columns=["point", "arm", "attacks_completed"])
arms = runs.pivot_table(index="point", columns="arm", values="attacks_completed")
effects = pd.DataFrame({policy: arms["baseline"] - arms[policy] for policy in policies})
means = effects.assign(attacks=arms["baseline"])
low, high = arms["baseline"].quantile([0.05, 0.95])
print(f"attacks {arms['baseline'].mean():.1f}, 90 % of histories {low:.0f} to {high:.0f}")
design = pd.read_parquet(pathlib.Path(sweep) / "design.parquet")
for parameter in shown:
    if design[parameter].nunique() <= 10:
        print(means.groupby(design[parameter].to_numpy()).mean().round(1).rename_axis(parameter))
    quarters = effects.groupby(pd.qcut(design[parameter].rank(method="first"), 4, labels=False).to_numpy()).mean()
    turned = [policy for policy in policies if (quarters[policy] * effects[policy].mean() < 0).any()]
    assert not turned, f"a quarter of the range of {parameter} turns the sign of {turned}"
print(f"{points} points, {len(ends)} values; |correlation| beyond {bound:.3f} counts")
for name in found:
    means = sum(1 for p in ends if beyond(name, p))
    print(f"{name}: {means} values beyond chance; {found[name]['notes'][0]}")
