"""What an evaluation would have seen in a run: python examples/evaluations RUN --policy tips-10 --out FOLDER.

RUN is the folder of a finished run with a baseline and policies that set something of single countries by date. The
policy named gives the countries and dates of adoption; the run's other policies with the same dates are analysed too.
Writes effects.csv (what policies do in truth), power.csv, detectable.csv, false_positives.csv and evaluations.png;
with --variants variants.csv, variants_power.csv and europes.png in their place, for which the baseline is enough.
Needs numpy, scipy, pandas, pyarrow, and matplotlib for charts.
"""

import argparse
import datetime
import pathlib

import pandas as pd

import panel
import study

VARIANTS = {
    "as it stands": {},
    "every attack is in the record": {"outcome": "attacks"},
    "half of what is published is in the data": {"kept": 0.5},
    "closed two years earlier": {"until": -2},
    "only the ten countries with most attacks": {"largest": 10},
    "adopters drawn at random": {"shuffled": True},
    "attacks spread evenly over countries": {"even": True},
    "attacks in clusters (shock of variance 1 a cell)": {"spread": 1.0},
    "two Europes": {"copies": 2},
    "four Europes": {"copies": 4},
    "eight Europes": {"copies": 8},
}


def arguments():
    parser = argparse.ArgumentParser(prog="evaluations", description=__doc__.split("\n")[0])
    parser.add_argument("run", type=pathlib.Path, help="the folder of a finished run")
    parser.add_argument("--policy", required=True, help="the policy that gives countries and dates of adoption")
    parser.add_argument("--until", type=datetime.date.fromisoformat, help="the last day that the researcher has")
    parser.add_argument("--outcome", choices=panel.OUTCOMES, default="published attacks")
    parser.add_argument("--period", choices=panel.MONTHS, default="quarter")
    parser.add_argument("--seed", type=int, default=1, help="of injected effects, permutations and bootstraps")
    parser.add_argument("--draws", type=int, default=499, help="permutations and bootstrap draws")
    parser.add_argument("--variants", action="store_true", help="other records, periods, countries, numbers of Europes")
    parser.add_argument("--brief", action="store_true", help="Poisson and least squares only, without false findings")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("evaluations"))
    return parser.parse_args()


def alike(run, policy):
    """Policies with the very dates of one, so that one design of a study fits all."""
    return [arm for arm in run.arms if arm != "baseline" and run.adoption.get(arm) == run.adoption[policy]]


def variants(run, given, base):
    rows, curves = [], []
    for label, change in VARIANTS.items():
        change = {**base, **change}
        if change["until"] == -2:
            change["until"] = run.end.replace(year=run.end.year - 2)
        world = study.Study(run, given.policy, study.Setting(**change))
        names = ["poisson", "permuted", "score"]
        rates, hits = study.power(world, names)
        found = study.detectable(hits).set_index("estimator")
        curves.append(rates.assign(variant=label, copies=change.get("copies", 1)))
        for name in names:
            mine = rates[rates.estimator == name].set_index("effect")
            row = {"variant": label, "estimator": name, "studies": mine.studies.iloc[0], "countries": len(world.adopt),
                   "events": world.baseline.counts().sum((1, 2)).mean(),
                   "events_in_adopters": world.inside(world.baseline.counts()).mean()}
            for effect in ("0%", "20%", "50%", "90%"):
                row |= {f"at_{effect}": mine.rate[effect], f"at_{effect}_se": mine.rate_se[effect]}
            rows.append(row | found.loc[name].to_dict())
        print(pd.DataFrame(rows[-3:]).round(3).to_string(header=len(rows) == 3), flush=True)
    return pd.DataFrame(rows), pd.concat(curves)


def main():
    given = arguments()
    run = panel.read(given.run)
    given.out.mkdir(parents=True, exist_ok=True)
    base = {"outcome": given.outcome, "period": given.period, "until": given.until, "draws": given.draws,
            "seed": given.seed}
    if given.variants:
        rows, curves = variants(run, given, base)
        rows.to_csv(given.out / "variants.csv", index=False)
        curves.to_csv(given.out / "variants_power.csv", index=False)
        import chart
        chart.europes(given.out, given.out / "europes.png")
        return
    policies = alike(run, given.policy)
    world = study.Study(run, given.policy, study.Setting(**base))
    print(f"{run.histories} histories, {len(run.countries)} countries, {world.when.periods} periods; "
          f"synthetic control of {run.countries[world.unit]}")
    mean, scatter, foremost = world.concentration()
    print(f"in adopters after adoption {mean:.1f} events, variance ÷ mean {scatter:.2f}, {foremost:.0%} of them in one "
          f"country; {(world.baseline.counts() == 0).mean():.0%} of cells have none, nor have "
          f"{(world.baseline.counts().sum(2) == 0).mean():.0%} of countries")
    tables = {"effects": study.true_effects(run, given.policy, policies, given.until)}
    names = ["poisson", "permuted", "score", "two_way"] if given.brief else list(study.NAMES)
    tables["power"], hits = study.power(world, names, policies)
    tables["detectable"] = study.detectable(hits)
    if not given.brief:
        print(f"the ratio of a synthetic control can reach 5 % in {world.ratio_can_reach():.1%} of histories")
        tables["false_positives"] = study.false_positives(world, names)
    for name, table in tables.items():
        table.to_csv(given.out / f"{name}.csv", index=False)
        print(f"\n{name}\n{table.round(3).to_string(index=False)}", flush=True)
    if not given.brief:
        import chart
        chart.draw(given.out, given.out / "evaluations.png")


if __name__ == "__main__":
    main()
