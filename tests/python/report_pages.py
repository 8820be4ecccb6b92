"""Pages in Chromium as readers meet them: three widths, light and dark, print, no scripts, keyboard, axe-core.

report_pages.py SCRATCH_FOLDER PAGE.html [PAGE.html ...]

Of each page: no part scrolls sideways, axe-core finds nothing, the console stays silent, nothing is asked of the outside,
every section is there without scripts.
Of a report besides: keys alone reach and use its tables, downloads are files, it reads whole without scripts, a print has
at most six pages before the annex, and picked effects are those of the run's files (picked_effects.py).
"""

import re
import shutil
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from picked_effects import SCROLLS, SOON, WIDTHS, check
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

SCRATCH, PAGES = Path(sys.argv[1]), [Path(p).resolve() for p in sys.argv[2:]]
MOST_PRINTED = 6


def opened(browser, path, found, width=1440, **more):
    """A page whose errors and outside requests are noted."""
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **more)
    page = context.new_page()
    page.on("console", lambda m: found.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: found.append(f"script: {e}"))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else found.append(f"outside: {r.url}"))
    page.goto(path.as_uri(), timeout=SOON)
    return page


def violations(page):
    """What axe-core finds, each with its first place."""
    results = Axe().run(page).response["violations"]
    return [f"axe {v['id']} ({len(v['nodes'])}): {v['nodes'][0]['html'][:160]}" for v in results]


def looked_at(browser, path, found):
    whole = path.name == "report.html"
    for width in WIDTHS if whole else (WIDTHS[0], WIDTHS[-1]):
        for scheme in ("light", "dark") if whole else ("light",):
            page = opened(browser, path, found, width, color_scheme=scheme)
            if page.evaluate(SCROLLS):
                found.append(f"scrolls sideways at {width}")
            found += [f"{v} at {width}, {scheme}" for v in violations(page)]
            page.screenshot(path=SCRATCH / f"{path.stem}-{width}-{scheme}.png", full_page=True)
            page.context.close()


def without_scripts(browser, path, found):
    page = opened(browser, path, found, java_script_enabled=False)
    text = page.inner_text("body")
    page.context.close()
    scripted = opened(browser, path, found)
    for heading in scripted.locator("h2").all_inner_texts():
        if heading.strip().split("\n")[0] not in text:
            found.append(f"without scripts the section {heading!r} is missing")
    scripted.context.close()


def by_keys(browser, path, found):
    """Tab comes to links, and Enter on the head of a table sorts it."""
    page = opened(browser, path, found)
    reached, sorted_by = set(), False
    for _ in range(200):
        page.keyboard.press("Tab")
        tag, inside = page.evaluate(
            "() => [document.activeElement.tagName, !!document.activeElement.closest('th')]"
        )
        reached.add(tag)
        if inside and not sorted_by:
            page.keyboard.press("Enter")
            sorted_by = page.locator("th[aria-sort]:not([aria-sort=none])").count() > 0
    if "A" not in reached or not sorted_by:
        found.append(f"keys reach {sorted(reached)}, and {'a' if sorted_by else 'no'} table is sorted by them")
    page.context.close()


def downloads(browser, path, found):
    page = opened(browser, path, found)
    for kind in ("svg", "png", "csv"):
        own = page.locator(f'button[data-download="{kind}"]')
        if own.count() == 0:
            found.append(f"no chart comes as {kind}")
            continue
        with page.expect_download(timeout=SOON) as started:
            own.first.click()
        target = SCRATCH / f"download.{kind}"
        started.value.save_as(target)
        head = target.read_bytes()[:8]
        right = {"svg": b"<svg", "png": b"\x89PNG", "csv": b"# "}[kind]
        if target.stat().st_size == 0 or not head.startswith(right):
            found.append(f"the download of {kind} begins with {head!r}")
    page.context.close()


def printed(browser, path, found):
    page = opened(browser, path, found)
    target = SCRATCH / f"{path.stem}.pdf"
    page.pdf(path=target, format="A4", prefer_css_page_size=True)
    page.context.close()
    texts = [p.extract_text() for p in PdfReader(target).pages]
    annex = next((i for i, text in enumerate(texts) if re.search(r"^\s*Annex: every chart", text, re.M)), len(texts))
    print(f"{path.name}: {annex} printed pages before the annex, {len(texts)} in all")
    if annex > MOST_PRINTED:
        found.append(f"{annex} printed pages before the annex, at most {MOST_PRINTED} are wanted")


def picked(browser, path, found):
    page = opened(browser, path, found)
    check(page, path.parent, SCRATCH, violations, found)
    page.context.close()


def main():
    SCRATCH.mkdir(parents=True, exist_ok=True)
    chromium, wrong = shutil.which("chromium"), {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in PAGES:
            found = []
            looked_at(browser, path, found)
            without_scripts(browser, path, found)
            if path.name == "report.html":
                by_keys(browser, path, found)
                downloads(browser, path, found)
                printed(browser, path, found)
                picked(browser, path, found)
            wrong[path] = found
            print(f"{path.parent.name}/{path.name}: {'as it should be' if not found else ''}")
            for line in found:
                print(f"  {line}")
        browser.close()
    sys.exit(any(wrong.values()))


main()
