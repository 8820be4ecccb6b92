"""Holds the estimators of examples/evaluations against worlds with known answers and against other programs.

Usage: evaluations.py FORESTALL SCRATCH_FOLDER. Needs numpy, scipy, pandas, pyarrow, statsmodels, pyfixest, matplotlib.
Seeds are fixed, so that a failure is one of the code; tolerances are in standard errors of the number of data sets.
"""

import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples/evaluations"))
import estimators
import panel
import study
import synthetic

program, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
N, T = 28, 20
ADOPT = np.array([8] * 3 + [10] * 3 + [12] * 3 + [T] * 19)
TREAT = panel.treated(ADOPT, T)
PANELS = ["two_way", "wild", "group_time", "poisson", "permuted", "score"]
SETTING = study.Setting(draws=199)


def worlds(number, share=0.0, mean=1.0, seed=1, alike=False):
    """Poisson counts of countries of very different size, with a common course and an effect of a known share."""
    rng = np.random.default_rng(seed)
    size = np.full(N, mean) if alike else mean * np.exp(rng.permutation(np.linspace(-1.5, 1.5, N)))
    course = 1 + 0.5 * np.sin(np.arange(T) / 3)
    return rng.poisson(size[:, None] * course * (1 - share * TREAT), (number, N, T)).astype(float)


def within(what, found, wanted, error, most=4):
    """Four standard errors: among some forty comparisons of fixed seed one in four hundred would fail by chance."""
    assert abs(found - wanted) <= most * error, f"{what}: {found:.4f}, not {wanted:.4f} within {most} × {error:.4f}"


def rate(p):
    return np.mean(p <= 0.05), np.sqrt(0.05 * 0.95 / len(p))


def same(what, ours, theirs, tolerance):
    assert np.allclose(ours, theirs, rtol=tolerance, atol=tolerance), f"{what}: {ours}, {theirs}"


# ---- other programs ----------------------------------------------------------------------------------------

def other_programs():
    import pyfixest
    import statsmodels.api as sm
    counts = worlds(4, 0.4, mean=0.5, seed=2)
    ours, poisson = estimators.two_way(counts, TREAT), estimators.poisson(counts, TREAT)
    for k, y in enumerate(counts):
        cells = pd.DataFrame({"y": y.ravel(), "d": TREAT.ravel(), "i": np.repeat(np.arange(N), T),
                              "t": np.tile(np.arange(T), N)})
        kept = cells[cells.groupby("i").y.transform("sum") > 0]
        for table, fit, got in [(cells, pyfixest.feols, (ours.effect, ours.error, ours.p)),
                                (kept, pyfixest.fepois, (np.log1p(poisson.effect), poisson.error, poisson.p))]:
            theirs = fit("y ~ d | i + t", table, vcov={"CRV1": "i"})
            row = [float(theirs.coef().iloc[0]), float(theirs.se().iloc[0]), float(theirs.pvalue().iloc[0])]
            # Of Poisson regression it has the normal p-value; ours is Student's, for few clusters.
            upto = 3 if fit is pyfixest.feols else 2
            same(fit.__name__, [part[k] for part in got][:upto], row[:upto], 1e-6)
        # The same two models with a column for every fixed effect, by a program that knows nothing of panels.
        for table, got, family in [(cells, (ours.effect, ours.error), sm.families.Gaussian()),
                                   (kept, (np.log1p(poisson.effect), poisson.error), sm.families.Poisson())]:
            dummies = [pd.get_dummies(table[c]).to_numpy(float)[:, c == "t":] for c in ("i", "t")]
            x = np.hstack([table.d.to_numpy()[:, None], *dummies])
            model = sm.GLM(table.y.to_numpy(), x, family=family)
            fit = model.fit(tol=1e-13, maxiter=200, cov_type="cluster", cov_kwds={"groups": table.i.to_numpy()})
            # It counts every column among the degrees of freedom, here those nested in clusters cost none.
            few = np.sqrt((len(x) - x.shape[1]) / (len(x) - 1 - T))
            same("statsmodels", [part[k] for part in got], [fit.params[0], fit.bse[0] * few], 1e-6)
        null = sm.GLM(table.y.to_numpy(), x[:, 1:], family=sm.families.Poisson())
        told = null.score_test(null.fit(tol=1e-13, maxiter=200).params, exog_extra=x[:, :1])
        same("score test", estimators.score_test(counts, TREAT)[k], np.squeeze(told[1]), 1e-6)


# ---- planted effects, and none -------------------------------------------------------------------------------

def planted():
    number, share = 400, 0.4
    counts = worlds(number, share, mean=1.0, seed=3)
    # Least squares and Callaway and Sant'Anna aim at the mean over cells in counts, which differs by country: with
    # countries alike and a flat course both are unbiased for the same number.
    flat = np.random.default_rng(4).poisson(1.0 - share * TREAT, (number, N, T)).astype(float)
    for name, found in study.analysed(flat, TREAT, ADOPT, ["two_way", "group_time"], SETTING).items():
        within(name, found.effect.mean(), -share, found.effect.std() / np.sqrt(number))
    found = estimators.poisson(counts, TREAT)
    b, true = np.log1p(found.effect), np.log(1 - share)
    # Maximum likelihood is biased by the order of 1/events, here some 250 of adopters: allow 0.01.
    within("poisson", b.mean(), true, b.std() / np.sqrt(number) + 0.01 / 4)
    covered = np.abs(b - true) <= 2.05 * found.error  # Student's quantile of 27 degrees of freedom
    # Cluster-robust intervals of nine adopters cover too little (MacKinnon and Webb 2018): 88 to 96 %.
    assert 0.85 < covered.mean() < 0.97, covered.mean()
    power = [np.mean(estimators.poisson(worlds(200, s, seed=5), TREAT).p <= 0.05) for s in (0, 0.15, 0.3)]
    assert power[0] < power[1] < power[2], power


def nothing():
    number = 400
    alike = worlds(number, alike=True, seed=6)
    for name, found in study.analysed(alike, TREAT, ADOPT, PANELS, SETTING).items():
        hit, error = rate(found.p)
        if name in ("wild", "permuted", "score"):
            within(f"size of {name}", hit, 0.05, error)
        else:
            # Known to find too much with few adopters; more than three times too much would be a mistake.
            assert 0.02 < hit < 0.16, (name, hit)
    # Where all events of a cell share a shock the score test finds too much, and those by country do not.
    shock = np.random.default_rng(10).gamma(0.5, 2.0, (number, N, T))
    shaken = np.random.default_rng(11).poisson(2 * shock).astype(float)
    found = study.analysed(shaken, TREAT, ADOPT, ["permuted", "score"], SETTING)
    assert rate(found["score"].p)[0] > 0.15, rate(found["score"].p)
    within("permutation, shaken counts", rate(found["permuted"].p)[0], 0.05, rate(found["permuted"].p)[1])
    # With only two adopters of 28 the same errors find far too much, which is why the page has a bootstrap at all
    # (MacKinnon and Webb 2017), and the bootstrap finds almost nothing. A permutation stays right.
    few = np.where(np.arange(N) < 2, 10, T)
    treat = panel.treated(few, T)
    found = study.analysed(alike, treat, few, PANELS, SETTING)
    assert rate(found["two_way"].p)[0] > 0.12, rate(found["two_way"].p)
    assert rate(found["wild"].p)[0] < 0.03, rate(found["wild"].p)
    within("permutation, two adopters", rate(found["permuted"].p)[0], 0.05, rate(found["permuted"].p)[1])


def periods():
    """Where dates fall on longer periods, shorter ones add nothing: sums over cells treated alike are enough."""
    counts, draws = worlds(3, 0.5, seed=12), {"draws": 99, "seed": 1}
    longer, treat = counts.reshape(3, N, T // 2, 2).sum(-1), TREAT[:, ::2]
    for name, fit in [("poisson", lambda y, d: np.log1p(estimators.poisson(y, d).effect)),
                      ("permuted", lambda y, d: estimators.permuted(y, d, **draws)),
                      ("score", estimators.score_test), ("two_way", lambda y, d: estimators.two_way(y, d).effect)]:
        scale = 2 if name == "two_way" else 1
        same(f"{name} by longer periods", fit(longer, treat), scale * fit(counts, TREAT), 1e-8)


def heterogeneous():
    """Effects that grow with time in early adopters: two-way fixed effects are biased (Goodman-Bacon 2021)."""
    rng = np.random.default_rng(7)
    adopt = np.array([5] * 14 + [12] * 8 + [T] * 6)
    treat = panel.treated(adopt, T)
    grown = np.where(treat > 0, np.arange(T) - adopt[:, None] + 1, 0.0)
    truth = grown[treat > 0].mean()
    counts = rng.normal(0, 1, (200, N, T)) + rng.normal(0, 3, (1, N, 1)) + np.linspace(0, 4, T) + grown
    for controls in ("never", "later"):
        found = estimators.group_time(counts, adopt, controls)
        within(f"Callaway and Sant'Anna, {controls}", found.effect.mean(), truth, found.effect.std() / np.sqrt(200))
    biased = estimators.two_way(counts, treat).effect
    assert truth - biased.mean() > 10 * biased.std() / np.sqrt(200), (biased.mean(), truth)
    # One cohort and period by its definition.
    y = counts[0]
    only = np.array([5] * 14 + [T] * 14)
    by_hand = np.mean([(y[:14, t] - y[:14, 4]).mean() - (y[14:, t] - y[14:, 4]).mean() for t in range(5, T)])
    same("one cohort", estimators.group_time(counts[:1], only).effect[0], by_hand, 1e-12)


def without_estimate():
    counts = worlds(3, seed=8)
    counts[0] *= 1 - TREAT          # no event of adopters after adoption
    counts[1, ADOPT >= T] = 0       # nobody left to compare with but later adopters: still an estimate
    counts[2, 9:] = 0
    counts[2, :9, 8:] = 0           # nothing at all after adoption
    found = estimators.poisson(counts, TREAT)
    assert np.isnan(found.effect[[0, 2]]).all() and np.isfinite(found.effect[1]), found
    assert not found.significant()[[0, 2]].any()


# ---- synthetic control ---------------------------------------------------------------------------------------

def control():
    rng = np.random.default_rng(9)
    donors = rng.random((6, 12))
    mix = np.array([0.0, 0.25, 0.0, 0.6, 0.15, 0.0])
    same("weights", synthetic.weights(donors, mix @ donors), mix, 1e-5)
    outside = synthetic.weights(donors, donors.max(0) + 1)
    assert outside.min() >= 0 and abs(outside.sum() - 1) < 1e-9, outside
    # No feasible step lowers the squared distance: the condition of a minimum on the simplex.
    slope = 2 * donors @ (outside @ donors - donors.max(0) - 1)
    assert (slope >= slope @ outside - 1e-5).all(), slope
    # Exchangeable countries: the rank is uniform, so of 28 countries it is among the least one in 28.
    values = rng.normal(0, 1, (150, N, T))
    for statistic in ("ratio", "gap"):
        p = synthetic.placebo_test(values[:, :, :], 0, list(range(1, N)), 10, statistic).p
        within(f"placebo test, {statistic}", np.mean(p <= 0.05), 1 / N, np.sqrt(1 / N * (1 - 1 / N) / len(p)))
    values[:, 0, 10:] -= 5
    # A gap of five standard deviations is the largest. The ratio need not be: donors that are matched all but exactly
    # before have a large one by chance, which is why both are reported.
    found = {s: synthetic.placebo_test(values[:60], 0, list(range(1, N)), 10, s).p for s in ("gap", "ratio")}
    assert np.mean(found["gap"] <= 0.05) > 0.95 and np.mean(found["ratio"] <= 0.05) > 3 / N, found


# ---- a run of the program --------------------------------------------------------------------------------------

SCENARIO = """schema_version = 1
extends = "{quickstart}"
[scenario]
name = "two-adopt"
question = "Would a study see it?"
[policies.tips]
label = "Tips"
from = 2015-07-01
set = {{ "countries.AA.leads.tip_programme_factor" = 10.0 }}
"""


def run():
    scratch.mkdir(parents=True, exist_ok=True)
    file = scratch / "two-adopt.toml"
    quickstart = pathlib.Path(__file__).resolve().parents[2] / "scenarios/quickstart.toml"
    file.write_text(SCENARIO.format(quickstart=quickstart))
    subprocess.run([program, "-q", "run", file, "--policies", "tips", "--replications", "30", "--out", scratch],
                   check=True, stdout=subprocess.DEVNULL)
    folder = next(path for path in scratch.iterdir() if path.is_dir() and path.name.startswith("two-adopt"))
    found = panel.read(folder)
    when = panel.calendar(found, "month")
    assert (when.periods, found.histories, found.countries) == (12, 30, ["AA", "BB"])
    assert panel.adopted(found, "tips", when).tolist() == [6, 12]
    told = pd.read_parquet(folder / "results/monthly.parquet")
    by_country = pd.read_parquet(folder / "results/by_country.parquet")
    for arm in ("baseline", "tips"):
        for outcome, columns in [("published attacks", ["observed_launched"]), ("attacks completed",
                                 ["attacks_completed"]), ("published plots", ["observed_launched", "observed_foiled"])]:
            counts = panel.events(found, arm, outcome, when).counts()
            months = told[told.arm == arm].groupby("month")[columns].sum().sum(axis=1)
            same(f"{outcome} by month", counts.sum((0, 1)), months.to_numpy(), 0)
            countries = by_country[by_country.arm == arm].groupby("country")[columns].sum().sum(axis=1)
            same(f"{outcome} by country", counts.sum((0, 2)), countries[found.countries].to_numpy(), 0)
    world = study.Study(found, "tips", study.Setting(period="month"))
    assert world.injected(0).sum() == world.baseline.counts().sum()
    assert world.inside(world.injected(1)).sum() == 0
    half, all_of_it = world.inside(world.injected(0.5)).sum(), world.inside(world.injected(0)).sum()
    within("half of the events", half, all_of_it / 2, np.sqrt(all_of_it) / 2)
    assert (world.injected(0.2) >= world.injected(0.3)).all(), "what is removed at a fifth is at three tenths"
    outside = 1 - world.treat
    assert (world.injected(0.5) * outside == world.baseline.counts() * outside).all()
    two = panel.stacked(world.baseline, 2, 1)
    assert two.shape == (15, 4, 12) and two.counts().sum() == world.baseline.counts().sum()
    effects = study.true_effects(found, "tips", ["tips"], None).set_index("outcome")
    rows = pd.read_parquet(folder / "results/by_country.parquet").query("country == 'AA'").set_index("arm")
    change = (rows.attacks_completed["tips"].sum() - rows.attacks_completed["baseline"].sum()) / 30
    # Before adoption the two arms are one history, so that the difference of the year is that after adoption.
    same("true effect", effects.change["attacks completed"], change, 1e-12)


def rates_and_thresholds():
    same("between two grid points", study.crossing([0, 0.5, 1], [0.1, 0.6, 1.0], 0.8), 0.75, 1e-12)
    assert np.isnan(study.crossing([0, 1], [0.9, 0.5], 0.8)), "power that falls again is not enough"
    effect = np.array([-2.0, -3.0, 1.0, -0.1])
    told = study.described(estimators.Estimates(effect, effect, np.array([0.01, 0.05, 0.02, 0.9])), -1.0)
    same("rate, exaggeration, sign", [told["rate"], told["exaggeration"], told["wrong_sign"]], [0.75, 2, 1 / 3], 1e-12)
    counts = np.zeros((1, 3, 6))
    counts[0, 0, 3] = counts[0, 1, 0] = counts[0, 1, 5] = 1
    assert study.after_attacks(counts, 2, 4).tolist() == [[4, 6, 6]]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for check in (other_programs, planted, nothing, periods, heterogeneous, without_estimate, control,
                  rates_and_thresholds, run):
        check()
        print(f"evaluations: {check.__name__.replace('_', ' ')} as known", flush=True)
