"""The chart of an evaluation study: power against the true effect, and false findings by estimator."""

import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

from study import NAMES

# Colours that stay apart for colour-blind readers (Okabe and Ito), one for each estimator.
COLOURS = {"two_way": "#999999", "wild": "#000000", "group_time": "#E69F00", "poisson": "#0072B2",
           "permuted": "#56B4E9", "score": "#009E73", "synthetic": "#D55E00",
           "synthetic_gap": "#CC79A7"}
WAYS = {"random": ("adopters drawn at random", "o", "#0072B2"),
        "scenario": ("adopters of the scenario", "s", "#000000"),
        "hardest hit": ("adopters hit hardest before", "v", "#D55E00"),
        "after an attack": ("each adopts after an attack", "^", "#009E73")}
LOOK = {"font.family": "DejaVu Sans", "font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False}


def draw(folder, path):
    folder = pathlib.Path(folder)
    power, false = pd.read_csv(folder / "power.csv"), pd.read_csv(folder / "false_positives.csv")
    plt.rcParams.update(LOOK)
    figure = plt.figure(figsize=(9, 10), layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.35, 1])
    lines(upper.subplots(), power)
    dots(lower.subplots(), false)
    figure.savefig(path, dpi=150, metadata={"Software": None})
    plt.close(figure)


def lines(axes, power):
    injected, policies = power[power.kind == "injected"], power[power.kind == "policy"]
    for name, label in NAMES.items():
        mine = injected[injected.estimator == name].sort_values("share_prevented")
        x, y = mine.share_prevented * 100, mine.rate * 100
        error = 196 * mine.rate_se
        axes.fill_between(x, (y - error).clip(lower=0), (y + error).clip(upper=100), color=COLOURS[name], alpha=0.13,
                          lw=0)
        axes.plot(x, y, color=COLOURS[name], lw=1.8, label=label)
        dots = policies[(policies.estimator == name) & (policies.share_prevented > 0.01)]
        axes.plot(dots.share_prevented * 100, dots.rate * 100, "D", color=COLOURS[name], ms=6, mec="white", mew=0.6,
                  clip_on=False)
    axes.plot([], [], "D", color="#444444", ms=5, label="policies of the model, each at its true effect")
    framed(axes)
    axes.set_title("How large must an effect be to be seen?", loc="left", weight="bold", pad=96)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncol=2, frameon=False, labelspacing=0.35)


def framed(axes):
    for height, look in ((5, "--"), (80, ":")):
        axes.axhline(height, color="#444444", lw=0.9, ls=look)
        axes.text(101, height, f"{height} %", color="#444444", va="center")
    axes.set(xlim=(0, 100), ylim=(0, 100), xlabel="true effect: share of published attacks prevented in adopters, %",
             ylabel="studies that find an effect at 5 %, %")


def europes(folder, path):
    """Power in worlds of several independent Europes side by side, by Poisson regression and permuted dates."""
    rates = pd.read_csv(pathlib.Path(folder) / "variants_power.csv")
    rates = rates[(rates.estimator == "permuted") & rates.variant.str.contains("it stands|Europes")]
    plt.rcParams.update(LOOK)
    figure, axes = plt.subplots(figsize=(9, 5), layout="constrained")
    copies = sorted(rates.copies.unique())
    for shade, number in zip(plt.cm.viridis_r([0.15 + 0.8 * k / max(len(copies) - 1, 1) for k in range(len(copies))]),
                             copies):
        mine = rates[rates.copies == number].sort_values("share_prevented")
        x, y, error = mine.share_prevented * 100, mine.rate * 100, 196 * mine.rate_se
        axes.fill_between(x, (y - error).clip(lower=0), (y + error).clip(upper=100), color=shade, alpha=0.15, lw=0)
        axes.plot(x, y, color=shade, lw=2, label=f"{number} × 28 countries" if number > 1 else "28 countries")
    framed(axes)
    axes.set_title("How many countries would be enough? (Poisson, permuted dates)", loc="left", weight="bold", pad=28)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncol=5, frameon=False, columnspacing=1.2)
    figure.savefig(path, dpi=150, metadata={"Software": None})
    plt.close(figure)


def dots(axes, false):
    names = [name for name in NAMES if name in set(false.estimator)]
    for number, (way, (label, mark, colour)) in enumerate(WAYS.items()):
        mine = false[false.adoption == way].set_index("estimator")
        shown = [name for name in names if name in mine.index]
        at = [len(names) - 1 - names.index(name) + 0.2 * (1.5 - number) for name in shown]
        rate, error = mine.rate[shown] * 100, 196 * mine.rate_se[shown]
        reach = [error.clip(upper=rate), error.clip(upper=100 - rate)]
        axes.errorbar(rate, at, xerr=reach, fmt=mark, ms=6, capsize=2, lw=1.1, clip_on=False, color=colour, label=label)
    axes.axvline(5, color="#444444", lw=0.9, ls="--")
    axes.set_yticks(range(len(names)), [NAMES[name] for name in reversed(names)])
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(-0.6, len(names) - 0.4), xlim=(-1, None),
             xlabel="studies of a measure that does nothing which find an effect at 5 %, % (dashed: 5 %)")
    axes.set_title("How often is an effect found that is not there?", loc="left", weight="bold", pad=44)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncol=2, frameon=False, labelspacing=0.35)
    axes.grid(axis="x", color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
