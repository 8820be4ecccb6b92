"""What policies prevent over the draws of a posterior, with its repeated points counted once in standard errors.

    python tests/python/posterior_effects.py RUN POSTERIOR [PARAMETER ...]

RUN is a finished run on draws of POSTERIOR (posterior.csv), each draw run as often as every other. Printed are: how many
different points its draws are and how many independent ones they are worth (n²/Σm² for points of m draws, Kish 1965);
each effect with its standard error, points as clusters, beside the one that takes each draw for its own; the same by
value of each PARAMETER, for whole numbers; how often strikes prevent more than teams; and, of each effect, the
parameters that a regression over the different points gives the largest slopes in standard errors. The sentences of
docs/answers.md and docs/calibration.md on these are from here. Needs pandas and pyarrow.
"""

import pathlib
import sys

import numpy as np
import pandas as pd

folder, posterior, *parameters = sys.argv[1:]
runs = pd.read_parquet(pathlib.Path(folder) / "results/replications.parquet", columns=["draw", "replication", "arm", "attacks_completed"])
wide = runs.pivot_table(index=["draw", "replication"], columns="arm", values="attacks_completed")
effects = pd.DataFrame({arm: wide["baseline"] - wide[arm] for arm in wide.columns if arm != "baseline"})
effects.insert(0, "attacks", wide["baseline"])
draw = effects.index.get_level_values("draw")
values = pd.read_csv(posterior).drop(columns="draw")
number = values.groupby(list(values.columns), sort=False).ngroup()
point = pd.Series(number.loc[draw].to_numpy(), index=effects.index)


def error(x, groups):
    """Standard error of a mean, whole groups drawn together."""
    sums = (x - x.mean()).groupby(groups.to_numpy()).sum()
    return np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(x)


sizes = number.loc[draw.unique()].value_counts()
print(f"{sizes.sum()} draws, {len(sizes)} different points, worth {sizes.sum() ** 2 / (sizes**2).sum():.0f}")
draws = pd.Series(draw, index=effects.index)
for name, x in effects.items():
    own, once = error(x, draws), error(x, point)
    print(f"  {name:20} {x.mean():6.2f}  points {once:.2f}, draws {own:.2f}" + (f", ratio {once / own:.2f}" if own > 0 else ""))
for parameter in parameters:
    at = pd.Series(values[parameter].loc[draw].to_numpy(), index=effects.index)
    for level in sorted(at.unique()):
        rows = effects[at == level]
        cells = [f"{name} {x.mean():.1f} ({error(x, point[at == level]):.1f})" for name, x in rows.items()]
        print(f"{parameter} = {level:g}, {point[at == level].nunique()} points: " + ", ".join(cells))
if {"strikes", "more-teams"} <= set(effects):
    lead = (effects["strikes"] - effects["more-teams"]).groupby(draw).mean()
    print(f"strikes prevent more than teams in {(lead > 0).mean():.2f} of draws as they were run, as many in {(lead == 0).mean():.2f}")
means = effects.groupby(point.to_numpy()).mean()
ranks = values.rank()
ranks = ((ranks - ranks.mean()) / ranks.std()).groupby(number).first().loc[means.index]
table = np.column_stack([np.ones(len(ranks)), ranks])
if len(table) > 1.5 * table.shape[1]:
    for name, y in means.items():
        slopes = np.linalg.lstsq(table, y, rcond=None)[0]
        left = y - table @ slopes
        noise = (left @ left) / (len(y) - table.shape[1])
        t = slopes / np.sqrt(noise * np.diag(np.linalg.inv(table.T @ table)))
        strongest = np.argsort(-abs(t[1:]))[:5]
        print(f"{name}: " + ", ".join(f"{ranks.columns[i]} {t[i + 1]:+.1f}" for i in strongest))
