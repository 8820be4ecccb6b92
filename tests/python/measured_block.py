"""Rewrites the measured part of docs/validation.md from a finished run of the Europe scenario.

    python tests/python/measured_block.py RUN docs/validation.md

RUN is the run's folder. Nothing is computed here but rounding: the table of patterns is the report's, the policies
are results/comparisons.csv. Sentences about the figures stay as they are; read them again after a new run.
"""

import csv
import html
import json
import pathlib
import re
import sys

folder, page = map(pathlib.Path, sys.argv[1:])
report = (folder / "report.html").read_text()
manifest = json.loads((folder / "manifest.json").read_text())


def patterns():
    table = re.search(r'<table[^>]*id="fit".*?</table>', report, re.S).group(0)
    for row in re.findall(r"<tr>(.*?)</tr>", table, re.S):
        cells = [html.unescape(re.sub(r"<[^>]+>", "", c)) for c in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        if cells:
            yield "| " + " | ".join(cells) + " |"


def policies():
    rows = list(csv.DictReader((folder / "results/comparisons.csv").open()))
    found = {(r["policy"], r["outcome"]): r for r in rows}
    number = lambda r, key="difference": float(r[key]) + 0.0
    for policy in dict.fromkeys(r["policy"] for r in rows):
        attacks = found[policy, "attacks_completed"]
        cells = [
            attacks["label"],
            f"{-number(attacks):.2f} [{-number(attacks, 'ci_high'):.2f}, {-number(attacks, 'ci_low'):.2f}]",
            f"{number(found[policy, 'attacks_averted'], 'policy_mean'):.2f}",
            f"{number(found[policy, 'attacks_induced'], 'policy_mean'):.2f}",
            f"{number(found[policy, 'held_without_plot']):.1f}",
            # Thousands of euros in the file, millions on the page.
            f"{number(found[policy, 'cost']) / 1000.0:.0f}",
        ]
        yield "| " + " | ".join(cells) + " |", float(attacks["baseline_mean"]), int(attacks["n"])


effects = list(policies())
text = page.read_text()
text = re.sub(r"(\| pattern \|[^\n]*\n\|[-|: ]+\|\n)(?:\|[^\n]*\n)+", lambda m: m[1] + "\n".join(patterns()) + "\n", text)
text = re.sub(
    r"(\| policy \| attacks prevented[^\n]*\n\|[-|: ]+\|\n)(?:\|[^\n]*\n)+",
    lambda m: m[1] + "\n".join(e[0] for e in effects) + "\n",
    text,
)
text = re.sub(r"Baseline: [\d.]+ completed", f"Baseline: {effects[0][1]:.2f} completed", text)
text = re.sub(r"with \d+ replications -->", f"with {effects[0][2]} replications -->", text)
page.write_text(text.replace("| -0.0 |", "| 0.0 |").replace("-0.00", "0.00"))
print(f"{effects[0][2]} replications of {len(effects)} policies, seed {manifest['seed']}")
