"""Holds `score` against SciPy and plain definitions, and `decide` against nested Monte Carlo, on tables drawn afresh.

Usage: scores_and_decisions.py FORESTALL. Needs numpy, scipy, pandas. Exits with 1 on a difference.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
from scipy import optimize, stats

program = sys.argv[1]
folder = pathlib.Path(tempfile.mkdtemp())
rng = np.random.default_rng()


def call(*words):
    done = subprocess.run([program, *map(str, words), "--json", "-q"], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, (words, done.stderr)
    return json.loads(done.stdout)


def near(what, ours, theirs, tolerance):
    gap = abs(ours - theirs) / max(1, abs(theirs))
    assert gap < tolerance, (what, ours, theirs)


# ---- scores --------------------------------------------------------------------------------------------

def nrd(x):
    return 1.06 * min(x.std(ddof=1), stats.iqr(x) / 1.34) * len(x) ** -0.2


def counts_mass(x, k):
    h = nrd(x)
    def at(k):
        return np.mean(stats.norm.cdf((k + 0.5 - x) / h) - stats.norm.cdf((k - 0.5 - x) / h))
    return at(k) + at(-k - 1)


n = 700
draws = pd.DataFrame({
    "normal": rng.normal(5, 2, n), "skewed": rng.lognormal(0, 1, n), "large": rng.normal(1e7, 3.0, n),
    "counts": rng.poisson(3.3, n), "many": rng.poisson(180, n)})
observed = {"normal": rng.normal(5, 2), "skewed": rng.lognormal(0, 1), "large": 1e7 + rng.normal(0, 3),
            "counts": rng.poisson(3.3), "many": rng.poisson(180)}
draws.to_csv(folder / "d.csv", index=False)
pd.DataFrame({"quantity": list(observed), "observed": list(observed.values()), "naive": [5, 1, 1e7, 3, 170]}).to_csv(
    folder / "o.csv", index=False)
rows = call("score", "--draws", "d.csv", "--observed", "o.csv")
assert [r["quantity"] for r in rows] == list(observed)
for row in rows:
    name, y = row["quantity"], observed[row["quantity"]]
    x = draws[name].to_numpy(float)
    near(name + " crps", row["crps"], np.mean(abs(x - y)) - 0.5 * np.mean(abs(x[:, None] - x[None, :])), 1e-9)
    if name in ("counts", "many"):
        log = -np.log(counts_mass(x, y))
    else:
        log = -np.log(stats.gaussian_kde(x, bw_method=nrd(x) / x.std(ddof=1))(y)[0])
    near(name + " log score", row["log_score"], log, 1e-6)
    near(name + " pit", row["pit"], np.mean(x < y) + 0.5 * np.mean(x == y), 1e-12)
    assert row["inside_90"] == bool(np.quantile(x, 0.05) <= y <= np.quantile(x, 0.95)), name
    near(name + " naive", row["naive"][0]["crps"], abs(row["naive"][0]["mean"] - y), 1e-12)

# Series: a local level by the likelihood of differences, an INGARCH by its own, both with SciPy's optimizers.
level = np.cumsum(rng.normal(0, 1.5, 14)) + 20
series = rng.poisson(np.maximum(level, 1))
pd.DataFrame({"year": range(2000, 2014), "count": series}).to_csv(folder / "h.csv", index=False)
coming = pd.DataFrame({"quantity": ["q"], "observed": [int(series[-1]) + 2]})
coming.to_csv(folder / "next.csv", index=False)
pd.DataFrame({"q": rng.poisson(20, 200)}).to_csv(folder / "q.csv", index=False)
row = call("score", "--draws", "q.csv", "--observed", "next.csv", "--history", "h.csv")[0]
plain = {p["forecast"]: p for p in row["naive"]}
y = row["observed"]
near("last year", plain["last year"]["crps"], abs(series[-1] - y), 1e-12)
near("mean of three", plain["mean of three"]["crps"], abs(series[-3:].mean() - y), 1e-12)


def level_cost(p):
    m = len(series) - 1
    cov = np.exp(p[0]) * np.eye(m) + np.exp(p[1]) * (2 * np.eye(m) - np.eye(m, k=1) - np.eye(m, k=-1))
    return -stats.multivariate_normal(np.zeros(m), cov, allow_singular=True).logpdf(np.diff(series))


best = min((optimize.minimize(level_cost, [a, b], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12,
            "maxiter": 4000}) for a in (-3, 0, 2) for b in (-3, 0, 3)), key=lambda r: r.fun)
move, noise = np.exp(best.x)
a, p = series[0], noise
for value in series[1:]:
    p += move
    gain = p / (p + noise)
    a, p = a + gain * (value - a), p * (1 - gain)
# Where one variance is 0 the optimizer on the logarithms stops short of it.
near("local level", plain["local level"]["mean"], a, 2e-3)
z, sd = (y - a) / np.sqrt(p + move + noise), np.sqrt(p + move + noise)
crps = sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
near("local level crps", plain["local level"]["crps"], crps, 5e-3)


def ingarch(p):
    omega, alpha, beta = p
    mean, cost = series.mean(), 0.0
    for value in series:
        cost -= stats.poisson.logpmf(value, mean)
        mean = omega + alpha * value + beta * mean
    return cost, mean


fits = [optimize.minimize(lambda p: ingarch(p)[0], [s * (1 - m), m * q, m * (1 - q)], method="SLSQP",
        bounds=[(1e-6, None), (0, 1), (0, 1)], constraints={"type": "ineq", "fun": lambda p: 0.999 - p[1] - p[2]})
        for s in [series.mean()] for m in (0.1, 0.5, 0.9) for q in (0.2, 0.5, 0.8)]
fit = min(fits, key=lambda r: r.fun)
mean = ingarch(fit.x)[1]
# The likelihood is flat along ω and β in so short a series.
near("INGARCH", plain["INGARCH"]["mean"], mean, 0.02)
mean = plain["INGARCH"]["mean"]
k = np.arange(0, 400)
near("INGARCH crps", plain["INGARCH"]["crps"], np.sum((stats.poisson.cdf(k, mean) - (k >= y)) ** 2), 1e-9)
near("INGARCH log score", plain["INGARCH"]["log_score"], -stats.poisson.logpmf(y, mean), 1e-9)


# ---- decisions -----------------------------------------------------------------------------------------

def worth(mean, sd):
    """E max(0, X) − max(0, E X) of a normal X."""
    return sd * stats.norm.pdf(mean / sd) + mean * stats.norm.cdf(mean / sd) - max(0, mean)


def hold(what, found, truth, errors=4):
    """The truth within so many standard errors, of which the interval's half width is 1.96."""
    error = max(found["high"] - found["low"], 1e-9) / 2 / 1.96
    assert abs(found["estimate"] - truth) < errors * error, (what, found, truth)


n = 4000
x = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]], n)
frame = pd.DataFrame(x, columns=["a", "b", "idle"])
frame["p1"], frame["p2"] = 0.0, 3 * frame.a + 2 * frame.b - 1
frame.to_csv(folder / "t.csv", index=False)
found = call("decide", "--table", "t.csv", "--parameters", "a,b,idle", "--benefit", "p1,p2", "--group", "ab=a,b",
             "--study", "a,n=5,sd=2")
evppi = {r["parameter"]: r for r in found["evppi"]}
benefits = frame[["p1", "p2"]].to_numpy()
assert found["best"] == "p1"
near("evpi", found["evpi"]["estimate"], benefits.max(1).mean() - benefits.mean(0).max(), 1e-9)
hold("evpi", found["evpi"], worth(-1, np.sqrt(20.2)))
hold("a", evppi["a"], worth(-1, 4.2))
hold("b", evppi["b"], worth(-1, 3.8))
hold("both", evppi["ab"], worth(-1, np.sqrt(20.2)))
assert evppi["idle"]["low"] == 0 and evppi["idle"]["estimate"] < 0.1, evppi["idle"]
hold("study", found["evsi"][0], worth(-1, 4.2 * np.sqrt(5 / 9)))
near("probability", found["probability_best"]["p2"], (frame.p2 > 0).mean(), 1e-12)
tip = {t["parameter"]: t for t in found["tipping_points"]}
assert abs(tip["a"]["value"] - 1 / 4.2) < 0.15 and abs(tip["b"]["value"] - 1 / 3.8) < 0.15, tip


# A model with three options that has no closed form: nested Monte Carlo gives the value of each parameter.
def model(u, v, w):
    return np.stack([np.zeros_like(u), 2 * np.sin(2 * u) + v - 0.2, u * v + np.exp(0.5 * w) - 1.3])


def sample(size):
    return rng.normal(size=size), rng.normal(size=size), rng.normal(size=size)


outer, inner = 2000, 2000
top = max(model(*sample(2_000_000)).mean(1))
truths = {}
for j, name in enumerate("uvw"):
    known, best = sample(outer)[0], 0.0
    for value in known:
        parts = list(sample(inner))
        parts[j] = np.full(inner, value)
        best += max(model(*parts).mean(1)) / outer
    truths[name] = best - top
u, v, w = sample(8000)
frame = pd.DataFrame({"u": u, "v": v, "w": w})
frame[["p1", "p2", "p3"]] = model(u, v, w).T
frame.to_csv(folder / "m.csv", index=False)
found = call("decide", "--table", "m.csv", "--parameters", "u,v,w", "--benefit", "p1,p2,p3", "--group", "uv=u,v")
for row in found["evppi"][:3]:
    # The nested estimate has an error of its own: 2,000 values outside, and noise inside that favours the largest.
    gap, error = abs(row["estimate"] - truths[row["parameter"]]), (row["high"] - row["low"]) / 2 / 1.96
    assert gap < 4 * error + 0.03, (row, truths)
    assert row["estimate"] <= found["evpi"]["estimate"] + 1e-12

# Size: rows, parameters and a group, in seconds.
n = 100_000
big = pd.DataFrame({f"x{i}": rng.normal(size=n) for i in range(8)})
for d in range(5):
    big[f"p{d}"] = rng.normal(size=n) + big.x0 * d / 4 + np.sin(big.x1 * d) - 0.1 * d
big.to_csv(folder / "big.csv", index=False)
began = time.monotonic()
call("decide", "--table", "big.csv", "--parameters", ",".join(f"x{i}" for i in range(8)), "--benefit",
     ",".join(f"p{d}" for d in range(5)), "--group", "two=x0,x1")
print(f"100,000 draws, 8 parameters, 5 options, a group of two: {time.monotonic() - began:.1f} s")
print("scores and decisions agree")
