"""Writes the table of docs/levers.md from a finished run of scenarios/europe-levers.toml.

    python tests/python/levers.py RUN docs/levers.md

Expected signs stand in tests/suite/levers.txt. Effects are paired differences, lever minus baseline, with 95 % intervals.
"""

import csv
import pathlib
import re
import sys

folder, page = map(pathlib.Path, sys.argv[1:])
expected = pathlib.Path(__file__).parent.parent / "suite/levers.txt"
rows = {(r["policy"], r["outcome"]): r for r in csv.DictReader((folder / "results/comparisons.csv").open())}


def number(x):
    size = abs(x)
    return f"{x:,.0f}" if size >= 100 else f"{x:.1f}" if size >= 10 else f"{x:.2f}" if size >= 0.095 else f"{x:.3f}"


def effect(policy, outcome, sign):
    r = rows[policy, outcome]
    difference, low, high = (float(r[key]) + 0.0 for key in ("difference", "ci_low", "ci_high"))
    seen = "+" if low > 0 else "-" if high < 0 else "0"
    verdict = "as expected" if seen == sign else "not shown" if seen == "0" else "**the other way**"
    base = float(r["baseline_mean"])
    return f"{number(base)} | {number(difference)} [{number(low)}, {number(high)}] | {verdict}"


def attacks(policy):
    r = rows[policy, "attacks_completed"]
    return f"{-float(r['difference']):.2f} [{-float(r['ci_high']):.2f}, {-float(r['ci_low']):.2f}]"


lines = ["| lever | outcome | expected | baseline | difference [95 %] | |", "|---|---|---|---|---|---|"]
prevented = ["| lever | attacks prevented [95 %] |", "|---|---|"]
for line in expected.read_text().splitlines():
    if line.startswith("#"):
        continue
    policy, first, sign, side, side_sign, why = (cell.strip() for cell in line.split("|"))
    label = rows[policy, first]["label"]
    word = {"+": "more", "-": "fewer"}
    lines.append(f"| {label} | `{first}` | {word[sign]} | {effect(policy, first, sign)} |")
    lines.append(f"| … and | `{side}` | {word[side_sign]}: {why} | {effect(policy, side, side_sign)} |")
    prevented.append(f"| {label} | {attacks(policy)} |")
text = page.read_text()
for name, block in (("signs", lines), ("attacks", prevented)):
    text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m: m[1] + "\n".join(block) + "\n" + m[2], text, flags=re.S)
page.write_text(text)
print("\n".join(line for line in lines if "as expected" not in line))
