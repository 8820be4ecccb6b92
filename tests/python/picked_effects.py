"""What a report draws of the policy, outcome and country that a reader picks, against the files of the run.

The whole against results/comparisons.csv, countries against results/by_country.parquet where pyarrow is at hand; pickers
by keys alone; words apart from each other and within the drawing at three widths; downloads of what is picked.
"""

import csv
import html
import math
import re
from collections import defaultdict

try:
    import pyarrow.parquet as parquet
except ImportError:
    parquet = None

WIDTHS = (360, 768, 1440)
SOON = 120_000  # milliseconds, on a machine that does other things too
SCROLLS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
NUMBER = "[−0-9.,×⁻⁰¹²³⁴-⁹]+( M| bn| tn)?"
NEAR = 2e-5  # relative; numbers by country have six digits in the page
PICK = """([policy, outcome, country]) => {
  const set = (name, value) => {
    const select = document.getElementById(`closer-${name}`);
    if (!select || select.disabled || ![...select.options].some((option) => option.value === value)) return;
    select.value = value;
    select.dispatchEvent(new Event("change"));
  };
  set("outcome", outcome);
  set("policy", policy);
  set("country", country);
}"""
ROWS = """() => [...document.querySelectorAll("#closer-figure tbody tr")].map((row) =>
  [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent))"""
DRAWN = """() => [...document.querySelectorAll("#closer-figure svg title")].map((title) => title.textContent)"""
WORDS = """() => [...document.querySelectorAll("#closer-figure svg text")].map((text) => text.textContent)"""
AXIS = """() => [...document.querySelectorAll("#closer-figure svg text[text-anchor=middle]")].map((text) =>
  [text.textContent, Number(text.getAttribute("x"))])"""
EFFECTS = """() => [...document.querySelectorAll("#closer-figure svg text[text-anchor=end][font-size='12']")].map((text) =>
  text.textContent)"""
FIXED = """() => [...document.querySelectorAll("figure[data-chart=effect_attacks_completed] svg text")].map((text) =>
  text.textContent.trim())"""
DOTS = """() => [...document.querySelectorAll("#closer-figure svg circle")].map((dot) => Number(dot.getAttribute("cx")))"""
# Words that leave the drawing or meet others, by their boxes on the screen, less a pixel of air.
CROWDED = """() => {
  const svg = document.querySelector("#closer-figure svg");
  const whole = svg.getBoundingClientRect();
  const words = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const out = words.filter(([, box]) => box.left < whole.left - 1 || box.right > whole.right + 1
    || box.top < whole.top - 1 || box.bottom > whole.bottom + 1).map(([text]) => `cut: ${text}`);
  words.forEach(([text, a], i) => words.slice(i + 1).forEach(([other, b]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 1 && down > 3) out.push(`${text} meets ${other}`);
  }));
  return out;
}"""

# The country of what is true of all of them, with countries to pick and without.
WHOLE = ("All countries", "The whole")

def number(text):
    """A number as the page writes it, with half of its last digit."""
    text = text.strip().replace("−", "-").replace(",", "")
    if "×10" in text:
        mantissa, power = text.split("×10")
        factor = 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
        return float(mantissa) * factor, 0.05 * factor
    factor = {"M": 1e6, "bn": 1e9, "tn": 1e12}
    value, _, unit = text.partition(" ")
    decimals = len(value.partition(".")[2])
    size = factor.get(unit, 1.0)
    return float(value) * size, 0.5 * 10.0**-decimals * size


def within_interval(share, degrees):
    """The probability that Student's t lies within ± share, by the midpoint rule."""
    steps = 4000
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)
    points = (share * (i + 0.5) / steps for i in range(steps))
    return 2 * share / steps * sum(scale * (1 + x * x / degrees) ** (-(degrees + 1) / 2) for x in points)


class ByCountry:
    """Paired differences of the table by country, worked out anew."""

    def __init__(self, folder):
        table = parquet.read_table(folder / "results" / "by_country.parquet")
        self.table = table
        keys = [table.column(name).to_pylist() for name in ("arm", "country", "draw", "replication")]
        self.rows = defaultdict(dict)
        for row, (arm, country, *run) in enumerate(zip(*keys)):
            self.rows[arm, country][tuple(run)] = row
        self.values = {}

    def effect(self, policy, country, outcome):
        """Number of pairs, mean difference, standard error over draws or runs, size of that sample."""
        if outcome not in self.values:
            self.values[outcome] = self.table.column(outcome).to_pylist()
        values, base = self.values[outcome], self.rows["baseline", country]
        draws, differences = defaultdict(list), []
        for run, row in self.rows[policy, country].items():
            pair = values[base[run]] if run in base else None, values[row]
            if None in pair:
                continue
            draws[run[0]].append(pair[1] - pair[0])
            differences.append(pair[1] - pair[0])
        n = len(differences)
        if n < 2:
            return n, None, None, 0
        sample = [sum(d) / len(d) for d in draws.values()] if len(draws) > 1 else differences
        middle = sum(sample) / len(sample)
        variance = sum((x - middle) ** 2 for x in sample) / (len(sample) - 1)
        return n, sum(differences) / n, math.sqrt(variance / len(sample)), len(sample)


def near(a, b, size):
    return abs(a - b) <= NEAR * max(size, 1e-12)


def agrees(row, expected, sign):
    """Whether a row of the page's table has the very pairs, difference and interval that are expected."""
    n, difference, low, high = expected
    if difference is None:
        return int(row[4]) == n and row[7:10] == ["", "", ""]
    return int(row[4]) == n and [float(x) for x in row[7:10]] == [sign * difference, *sorted([sign * low, sign * high])]


def drawn_as_in_table(page):
    """What is drawn otherwise than it stands in the table: numbers to half of their last digit, dots to half a pixel."""
    wrong, words, rows = [], page.evaluate(WORDS), page.evaluate(ROWS)
    for told, row in zip(page.evaluate(DRAWN), rows, strict=True):
        text = re.search(r": (([^:]*?)(?: \[(.*?)\])?); baseline ", told)
        numbers = [text[2], *(re.split(r", (?=[−\d])", text[3]) if text[3] else [])]
        if text[1] not in words:
            wrong.append(f"{told} is not written")
        exact = row[7:10] if row[8] else row[7:8] + ["undefined"] if row[7] else ["undefined"]
        for shown, value in zip(numbers, exact, strict=True):
            if "undefined" in (shown, value):
                ok = shown == value
            else:
                ok = abs(number(shown)[0] - float(value)) <= number(shown)[1] * (1 + 1e-9)
            if not ok:
                wrong.append(f"{told}: {value}")
    values = [float(row[7]) for row in rows if row[7]]
    dots = page.evaluate(DOTS)
    if len(values) != len(dots):
        return [*wrong, f"{len(dots)} dots for {len(values)} effects"]
    axis = [(number(text)[0], x) for text, x in page.evaluate(AXIS) if re.fullmatch(NUMBER, text)]
    (first, left), (last, right) = axis[0], axis[-1]
    for value, dot in zip(values, dots):
        if abs(left + (right - left) * (value - first) / (last - first) - dot) > 0.5:
            wrong.append(f"the dot of {value} stands at {dot}")
    return wrong


def check(page, folder, scratch, violations, found):
    file = folder / "results" / "comparisons.csv"
    rows = list(csv.DictReader(file.open(encoding="utf-8"))) if file.exists() else []
    if not rows or page.locator("#closer-data").count() == 0:
        if rows or page.locator("#closer-data").count():
            found.append("effects to pick stand without comparisons, or comparisons without them")
        return
    data = page.evaluate("() => JSON.parse(document.getElementById('closer-data').textContent)")
    by_keys(page, data, found)
    of_the_whole(page, data, rows, found)
    if data["countries"]:
        by_country(page, data, folder, found)
        whole_only(page, data, found)
    fits(page, data, found)
    found += [f"{v} with picked effects" for v in violations(page)]
    downloads(page, data, scratch, found)


def shown(page):
    return page.inner_text("#closer-title"), page.get_attribute("#closer-figure", "data-chart")


def by_keys(page, data, found):
    """Tab comes to each picker, and arrows pick what is then drawn."""
    reached = []
    for _ in range(400):
        page.keyboard.press("Tab")
        name = page.evaluate("() => document.activeElement.id")
        if name.startswith("closer-"):
            reached.append(name.removeprefix("closer-"))
            page.keyboard.press("ArrowDown")
        if reached and name == "" and len(reached) >= 2:
            break
    wanted = ["policy", "outcome"] + (["country"] if data["countries"] else [])
    title, chart = shown(page)
    outcome = data["outcomes"][int(page.input_value("#closer-outcome"))]
    policy = data["policies"][int(page.input_value("#closer-policy"))]
    parts = [outcome["effect"], policy["label"]] + ([data["countries"][0]["name"]] if data["countries"] else [])
    if reached != wanted or not all(part in title for part in parts) or outcome["column"] not in chart:
        found.append(f"keys reach {reached} and draw {title!r} ({chart})")
    if outcome == data["outcomes"][data["first"]]:
        found.append("the arrow did not pick another outcome")


def of_the_whole(page, data, rows, found):
    number_of = lambda text: float(text) if text else None
    want = {
        (r["policy"], r["outcome"]): (int(r["n"]), *(number_of(r[c]) for c in ("difference", "ci_low", "ci_high")))
        for r in rows
    }
    seen, every = set(), "" if len(data["policies"]) > 1 else "0"
    for i, outcome in enumerate(data["outcomes"]):
        page.evaluate(PICK, [every, str(i), ""])
        for row in page.evaluate(ROWS):
            # Of a policy alone its countries stand below the whole.
            if row[2] not in WHOLE:
                continue
            seen.add((row[0], row[3]))
            if not agrees(row, want[row[0], row[3]], outcome["sign"]):
                found.append(f"the page has {row} where comparisons.csv has {want[row[0], row[3]]}")
        found += [f"drawn otherwise than in the table: {told}" for told in drawn_as_in_table(page)]
        fixed = page.evaluate(FIXED) if outcome["column"] == "attacks_completed" else []
        drawn = page.evaluate(EFFECTS)[: len(data["policies"])]
        if fixed and not set(drawn) <= set(fixed):
            found.append(f"{drawn} where the first chart has {fixed}")
    if seen != set(want):
        found.append(f"not to be picked: {sorted(set(want) - seen)[:5]}")


def by_country(page, data, folder, found):
    if parquet is None:
        print("  pyarrow is not at hand: countries are held against the page's own table alone")
    own = ByCountry(folder) if parquet else None
    codes = {country["name"]: country["code"] for country in data["countries"]}
    known = [i for i, outcome in enumerate(data["outcomes"]) if outcome["by"]]
    policies = [str(i) for i in range(len(data["policies"]))]
    # Every policy in every country; then every policy in one country, and one in one.
    picks = [(policy, i, "") for i in known[:: max(1, len(known) // 6)] for policy in policies]
    picks += [("" if len(policies) > 1 else "0", i, "0") for i in known[:4]] + [("0", known[0], "0")]
    for policy, i, country in picks:
        page.evaluate(PICK, [policy, str(i), country])
        outcome = data["outcomes"][i]
        rows = page.evaluate(ROWS)
        places = len(data["countries"]) + 1 if country == "" else len(data["policies"]) if policy == "" else 2
        if len(rows) != places:
            found.append(f"{len(rows)} rows where {places} were picked")
        found += [f"drawn otherwise than in the table: {told}" for told in drawn_as_in_table(page)]
        for row in rows if own else []:
            if row[2] not in codes:
                continue
            n, difference, error, size = own.effect(row[0], codes[row[2]], outcome["column"])
            if difference is None:
                ok = row[7] == "" and int(row[4]) == n
            else:
                reach = (float(row[9]) - float(row[8])) / 2
                scale = max(abs(difference), reach)
                ok = int(row[4]) == n and near(float(row[7]), outcome["sign"] * difference, scale)
                ok = ok and near((float(row[9]) + float(row[8])) / 2, float(row[7]), scale)
                tiny = error <= 1e-9 * max(1.0, abs(difference))
                ok = ok and (reach <= 1e-4 * scale if tiny else abs(within_interval(reach / error, size - 1) - 0.95) < 1e-3)
            if not ok:
                found.append(f"the page has {row} where the table by country has {(n, difference, error, size)}")


def whole_only(page, data, found):
    """An outcome without numbers by country says so, and the country comes back with the next one."""
    alone = next((i for i, outcome in enumerate(data["outcomes"]) if not outcome["by"]), None)
    if alone is None:
        return
    page.evaluate(PICK, ["", str(data["first"]), "1"])
    page.evaluate(PICK, ["", str(alone), "1"])
    if page.is_enabled("#closer-country") or "whole only" not in page.inner_text("#closer-note"):
        found.append("a country can be picked for an outcome that is counted for the whole only")
    if any(row[2] != "All countries" for row in page.evaluate(ROWS)):
        found.append("a country is drawn for an outcome that is counted for the whole only")
    page.evaluate(PICK, ["", str(data["first"]), "1"])
    if data["countries"][1]["name"] not in shown(page)[0] or page.inner_text("#closer-note") != "":
        found.append("the country does not come back")


def fits(page, data, found):
    """Words do not meet or leave the drawing, and the page does not scroll sideways, at three widths."""
    high = page.viewport_size["height"]
    several = "" if len(data["policies"]) > 1 else "0"
    picks = [(several, str(i), "") for i in range(0, len(data["outcomes"]), 5)] + [("0", str(data["first"]), "")]
    picks += [("0", str(data["first"]), "0")] if data["countries"] else []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": high})
        page.wait_for_function(
            "() => { const svg = document.querySelector('#closer-figure svg');"
            "return Math.abs(svg.getAttribute('width') - svg.getBoundingClientRect().width) < 1.5; }", timeout=SOON
        )
        for pick in picks:
            page.evaluate(PICK, list(pick))
            found += [f"{told} at {width}, {shown(page)[0]}" for told in page.evaluate(CROWDED)[:3]]
            if page.evaluate(SCROLLS):
                found.append(f"scrolls sideways at {width} with {shown(page)[0]}")


def downloads(page, data, scratch, found):
    """Each file is of what is picked, under its name."""
    country = "1" if data["countries"] else ""
    for policy in ("0", str(len(data["policies"]) - 1)):
        page.evaluate(PICK, [policy, str(data["first"]), country])
        title, chart = shown(page)
        for kind in ("svg", "png", "csv"):
            button = page.locator(f'#closer-figure button[data-download="{kind}"]')
            if title not in (button.get_attribute("aria-label") or ""):
                found.append(f"the download of {kind} does not say that it is of {title}")
            with page.expect_download(timeout=SOON) as started:
                button.click()
            target = scratch / f"picked.{kind}"
            started.value.save_as(target)
            if started.value.suggested_filename != f"{chart}.{kind}":
                found.append(f"{started.value.suggested_filename} is not {chart}.{kind}")
            content = target.read_bytes()
            if kind == "svg":
                told = [title.split(";")[0] for title in page.evaluate(DRAWN)]
                missing = [text for text in told if text not in html.unescape(content.decode())]
                if missing:
                    found.append(f"the SVG lacks {missing}")
            if kind == "png":
                wide = float(page.get_attribute("#closer-figure svg", "width"))
                if int.from_bytes(content[16:20], "big") != int(2 * wide):
                    found.append("the PNG has another width than twice the drawing's")
            if kind == "csv":
                lines = [line for line in content.decode().splitlines() if not line.startswith("# ")]
                rows = list(csv.reader(lines))[1:]
                if rows != page.evaluate(ROWS) or {row[0] for row in rows} != {data["policies"][int(policy)]["name"]}:
                    found.append(f"the CSV has {rows}")
