"""Writes the tables of docs/answers.md from folders of results.

    python tests/python/answers.py OUTPUT docs/answers.md      (needs pandas and pyarrow)

OUTPUT is the folder that holds the runs, as given to `--out`. A table of the page stands between a mark and
`<!-- end -->`. The mark names the kind of table and the scenario, then what `--set` held, then what the kind wants:

    <!-- effects: travel-bans | | plots_started blocked_plotting -->      every policy against the baseline
    <!-- against: command-versus-influence | | command | command-tips -->  named arms against another arm
    <!-- grid: pool-or-watchers | | links_found -->                        what sharing is worth, by contribution and desk
    <!-- steps: pool-or-watchers | -->                                     what further central analysts add in that grid
    <!-- worth: pool-or-watchers | | analysts=141 all-in-desk=15@all-in -->
    <!-- periods: territory-collapse | | attacks_completed | years -->     by year or half year, fewer than the baseline
    <!-- ranks: published-record | -->                                     by attacks, and by the published share
    <!-- rules: europe-all-rules | -->                                     how effects move, of a run with --robust
    <!-- mechanisms: europe-all-rules | -->                                through what, after `replay RUN --summary`

Nothing is computed here but means, paired differences and their Student intervals of 95 %. A run that is missing or
unfinished is an error. Sentences stay as they are; read them again after a new run. Each caption has the hash of its
run, by which `docs::answers` in the test suite finds tables of scenarios that have changed since.
"""

import json
import math
import pathlib
import re
import statistics
import sys

import pandas

KEY = ["draw", "replication"]
CONTRIBUTIONS = ["0.1", "0.3", "0.6", "1.0"]
DESKS = ["0", "1", "4", "16"]


def held(arguments):
    """What `--set` held in a run, in any order."""
    pairs = [arguments[i + 1] for i, a in enumerate(arguments[:-1]) if a == "--set"]
    return frozenset(pairs + [a.removeprefix("--set=") for a in arguments if a.startswith("--set=")])


class Runs:
    """The finished runs of a folder, found by scenario and by what was held."""

    def __init__(self, folder):
        self.found = {}
        for path in sorted(folder.glob("*/manifest.json")):
            manifest = json.loads(path.read_text(encoding="utf-8"))
            # The page is about each scenario's own seed; repeats with another one may lie beside it.
            repeat = any(a.startswith("--seed") for a in manifest["arguments"])
            if manifest["status"] == "complete" and not repeat:
                self.found[manifest["name"], held(manifest["arguments"])] = (path.parent, manifest)

    def at(self, name, settings=""):
        wanted = frozenset(settings.split())
        if (name, wanted) not in self.found:
            sys.exit(f"no finished run of {name} with {sorted(wanted) or 'nothing held'}")
        return self.found[name, wanted]

    def table(self, name, settings="", kind="replications"):
        return pandas.read_parquet(self.at(name, settings)[0] / "results" / f"{kind}.parquet")

    def labels(self, name, settings=""):
        """Arms in the order of the scenario, with their labels."""
        rows = pandas.read_csv(self.at(name, settings)[0] / "results/comparisons.csv")
        return {"baseline": "Baseline", **dict(zip(rows["policy"], rows["label"]))}


def student(degrees):
    """The 97.5 % point of Student's law, by its expansion around the normal: right to 0.001 from 20 degrees up."""
    z = statistics.NormalDist().inv_cdf(0.975)
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)


def interval(values):
    """Mean with Student's interval; replications that share a draw are alike, so draws are the sample where they differ."""
    values = values.dropna()
    if "draw" in values.index.names and values.index.get_level_values("draw").nunique() > 1:
        values = values.groupby(level="draw").mean()
    mean, error = values.mean(), values.std(ddof=1) / math.sqrt(len(values))
    half = student(len(values) - 1) * error
    return mean, mean - half, mean + half


def number(value, digits=2):
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def shown(mean_low_high, digits=2, sign=1, scale=1.0):
    mean, low, high = (sign * scale * v for v in mean_low_high)
    low, high = min(low, high), max(low, high)
    return f"{number(mean, digits)} [{number(low, digits)}, {number(high, digits)}]"


def arm(table, name):
    rows = table[table["arm"] == name].set_index(KEY)
    if rows.empty:
        sys.exit(f"no arm is called {name}")
    return rows


def difference(one, other, column):
    """Paired, replication by replication; a pair with an undefined side is left out."""
    return interval(one[column].sub(other[column]).astype(float))


def digits_for(column):
    return 3 if column.endswith("share") else (2 if column.startswith(("attacks", "people_killed")) else 1)


def rows_against(table, labels, reference, arms, columns):
    head = ["policy", "attacks prevented", *(f"`{c}`" for c in columns), "detained though not plotting", "cost, million euros"]
    yield head
    base = arm(table, reference)
    for name in arms:
        here = arm(table, name)
        cells = [labels[name], shown(difference(here, base, "attacks_completed"), 2, -1)]
        cells += [shown(difference(here, base, c), digits_for(c)) for c in columns]
        cells.append(number(difference(here, base, "held_without_plot")[0], 1))
        cells.append(number(difference(here, base, "cost")[0] / 1000.0, 1))
        yield cells


def effects(runs, name, settings, columns=""):
    table, labels = runs.table(name, settings), runs.labels(name, settings)
    arms = [a for a in labels if a != "baseline"]
    yield from rows_against(table, labels, "baseline", arms, columns.split())


def against(runs, name, settings, reference, arms, columns=""):
    yield from rows_against(runs.table(name, settings), runs.labels(name, settings), reference, arms.split(), columns.split())


def grid(runs, name, settings, column="attacks_completed"):
    """Each cell is a run of the baseline alone, paired with the arm `no-pool` of the main run: same seed, same draws."""
    alone = arm(runs.table(name), "no-pool")
    sign = -1 if column == "attacks_completed" else 1
    yield ["share given", *(f"{d} central analyst{'' if d == '1' else 's'}" for d in DESKS)]
    for share in CONTRIBUTIONS:
        cells = [share]
        for desk in DESKS:
            held_here = f"pooled_database.contribution_share={share} link_analysis.central_analysts={desk} {settings}"
            here = arm(runs.table(name, held_here), "baseline")
            cells.append(shown(difference(here, alone, column), digits_for(column), sign))
        yield cells


def duration(runs, name, settings):
    """Years that a run counts."""
    text = (runs.at(name, settings)[0] / "scenario.resolved.toml").read_text(encoding="utf-8")
    first, last = (pandas.Timestamp(re.search(rf"^{k} = (\S+)", text, re.M).group(1)) for k in ("start", "end"))
    return ((last - first).days + 1) / 365.25


def steps(runs, name, settings):
    """What further central analysts prevent in 1,000 officer-years, between neighbouring cells of the grid."""
    pairs = list(zip(DESKS, DESKS[1:]))
    yield ["share given", *(f"from {few} to {more}" for few, more in pairs)]
    for share in CONTRIBUTIONS:
        held_here = lambda desk: f"pooled_database.contribution_share={share} link_analysis.central_analysts={desk}"
        cells = [share]
        for few, more in pairs:
            here, there = (arm(runs.table(name, held_here(desk)), "baseline") for desk in (more, few))
            scale = 1000.0 / ((int(more) - int(few)) * duration(runs, name, held_here(few)))
            cells.append(shown(difference(here, there, "attacks_completed"), 1, -1, scale))
        yield cells


def worth(runs, name, settings, officers):
    """What one more officer prevents in a thousand officer-years, and what ten million euros prevent."""
    table, labels = runs.table(name, settings), runs.labels(name, settings)
    years = duration(runs, name, settings)
    yield ["officers added", "attacks prevented", "in 1,000 officer-years", "for 10 million euros", "detained though not plotting"]
    for pair in officers.split():
        policy, count, *reference = re.split("[=@]", pair)
        base, here = arm(table, reference[0] if reference else "baseline"), arm(table, policy)
        effect = difference(here, base, "attacks_completed")
        spent = difference(here, base, "cost")[0] / 1000.0
        yield [
            labels[policy],
            shown(effect, 2, -1),
            shown(effect, 1, -1, 1000.0 / (int(count) * years)),
            shown(effect, 2, -1, 10.0 / spent),
            number(difference(here, base, "held_without_plot")[0], 1),
        ]


def periods(runs, name, settings, column, length, arms=""):
    """The baseline's mean by year or half year, and what each arm has less than that."""
    table, labels = runs.table(name, settings, "monthly"), runs.labels(name, settings)
    month = table["month_start"].astype(str)
    half = (month.str[5:7].astype(int) > 6).map({False: ", first half", True: ", second half"})
    table["period"] = month.str[:4] + (half if length == "halves" else "")
    sums = table.groupby(["arm", "period", *KEY])[column].sum().astype(float)
    named = arms.split() or [a for a in labels if a not in ("baseline", "placebo")]
    calendar = sorted(table["period"].unique())
    yield ["fewer than in the baseline", *calendar]
    yield ["(baseline)", *(number(sums["baseline", p].mean()) for p in calendar)]
    for a in named:
        yield [labels[a], *(shown(interval(sums[a, p] - sums["baseline", p]), 2, -1) for p in calendar)]


def ranks(runs, name, settings=""):
    """True and published figures side by side; ranks leave the placebo out, 1 is best."""
    table, labels = runs.table(name, settings), runs.labels(name, settings)
    arms = [a for a in labels if a != "placebo"]
    base = arm(table, "baseline")
    attacks = {a: arm(table, a)["attacks_completed"].mean() for a in arms}
    # Sums over all replications, as a long record would count them: a mean of shares leaves out runs without plots.
    def share(a, foiled, *launched):
        rows = arm(table, a)
        good = rows[foiled].sum()
        return good / (good + sum(rows[c].sum() for c in launched))
    true = {a: share(a, "plots_foiled", "attacks_completed", "attacks_failed") for a in arms}
    public = {a: share(a, "observed_foiled", "observed_launched") for a in arms}
    place = lambda of, best: {a: 1 + i for i, a in enumerate(sorted(arms, key=lambda a: best * of[a]))}
    by_attacks, by_true, by_public = place(attacks, 1), place(true, -1), place(public, -1)
    yield [
        "arm", "attacks", "rank", "foiled share", "rank", "published foiled share", "rank", "attacks prevented",
        "change of published share",
    ]
    for a in sorted(arms, key=lambda a: by_attacks[a]):
        here = arm(table, a)
        cells = [labels[a], number(attacks[a]), str(by_attacks[a]), number(true[a], 3), str(by_true[a])]
        cells += [number(public[a], 3), str(by_public[a])]
        if a == "baseline":
            cells += ["", ""]
        else:
            cells.append(shown(difference(here, base, "attacks_completed"), 2, -1))
            cells.append(shown(difference(here, base, "observed_foiled_share"), 3))
        yield cells


def rules(runs, name, settings=""):
    """Each policy's effect as run, the least and most that any alternative gives it, and how sure it prevents any."""
    table = pandas.read_csv(runs.at(name, settings)[0] / "results/alternatives.csv")
    yield ["policy", "as run", "prevents, as run", "least", "most", "prevents, mean over rules", "sign"]
    sure = lambda p: "no difference" if pandas.isna(p) else ("> .99" if p > 0.995 else "< .01" if p < 0.005 else f"{p:.2f}"[1:])
    for policy, rows in table.groupby("policy", sort=False):
        # The same rule with runs taken as independent is no other rule.
        rows = rows[rows["alternative"] != "not-paired"]
        cell = lambda row: shown((row["attacks_prevented"], row["low"], row["high"]))
        own = rows[rows["alternative"] == "as-run"].iloc[0]
        ordered = rows.sort_values("attacks_prevented", kind="stable")
        least, most = (f"{cell(row)}, {row['label']}" for row in (ordered.iloc[0], ordered.iloc[-1]))
        told = rows["probability_prevents"].dropna()
        yes, no, every = (told >= 0.9).sum(), (told <= 0.1).sum(), len(told)
        sign = "not told under any rule"
        if yes and no:
            sign = f"turns: prevents under {yes}, brings more under {no} of {every}"
        elif yes or no:
            word = "prevents" if yes else "brings more"
            sign = f"{word} under every rule" if max(yes, no) == every else f"{word} under {max(yes, no)} of {every}, else not told"
        mean = told.mean() if every else float("nan")
        yield [own["policy_label"], cell(own), sure(own["probability_prevents"]), least, most, sure(mean), sign]


def mechanisms(runs, name, settings="", most="4"):
    """Through which mechanisms each policy removes attacks and adds others, the most frequent first."""
    path = runs.at(name, settings)[0] / "results/mechanisms.csv"
    if not path.is_file():
        sys.exit(f"{path.parent.parent} has no summary: forestall replay {path.parent.parent} --summary")
    table, labels = pandas.read_csv(path), runs.labels(name, settings)
    yield ["policy", "attacks removed", "by", "attacks added", "by"]
    for policy, rows in table.groupby("policy", sort=False):
        cells = [labels[policy]]
        for effect in ("averted", "induced"):
            found = rows[rows[effect] > 0].sort_values([effect, "mechanism"], ascending=[False, True])
            named = [f"{m} {n}" for m, n in zip(found["mechanism"], found[effect])]
            rest = found[effect].iloc[int(most):].sum()
            cells += [str(found[effect].sum()), ", ".join(named[: int(most)] + ([f"others {rest}"] if rest else [])) or "none"]
        yield cells


KINDS = {"effects": effects, "against": against, "grid": grid, "steps": steps, "worth": worth, "periods": periods, "ranks": ranks, "rules": rules, "mechanisms": mechanisms}


def markdown(rows):
    rows = list(rows)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def caption(runs, name, settings):
    folder, manifest = runs.at(name, settings)
    base = arm(runs.table(name, settings), "baseline")
    attacks = shown(interval(base["attacks_completed"].astype(float)))
    run = manifest["hash"][:12]
    return f"{len(base)} replications, seed {manifest['seed']}, run {run}; attacks in the baseline: {attacks}."


def main():
    runs, page = Runs(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2])

    def write(match):
        fields = [f.strip() for f in match[2].split("|")]
        name, settings, rest = fields[0], fields[1] if len(fields) > 1 else "", fields[2:]
        rows = markdown(KINDS[match[1]](runs, name, settings, *rest))
        # A grid has runs of its own, so its caption is that of the arm it is measured against.
        return f"<!-- {match[1]}: {match[2]} -->\n\n{caption(runs, name, settings)}\n\n{rows}\n\n<!-- end -->"

    kinds = "|".join(KINDS)
    text, count = re.subn(rf"<!-- ({kinds}): (.*?) -->\n.*?<!-- end -->", write, page.read_text(encoding="utf-8"), flags=re.S)
    page.write_text(text, encoding="utf-8")
    print(f"{count} tables")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
