"""The explorer's page in Chromium: a slider moves, numbers change, a policy is saved, and its file gives the same numbers.

explore_page.py PROGRAM SCENARIO SCRATCH_FOLDER [SWEEP_FOLDER]
"""

import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

PROGRAM, SCENARIO, SCRATCH = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
SWEEP = sys.argv[4] if len(sys.argv) > 4 else None
REPLICATIONS = 40
SOON = 120_000  # milliseconds, on a machine that does other things too
WIDTHS = (360, 768, 1440)


def served(*arguments):
    """The program, and the address that it prints."""
    command = [PROGRAM, "explore", *map(str, arguments), "--no-open", "-q"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return program, program.stdout.readline().strip()


def number(text):
    """A number as the page writes it."""
    return float(text.replace("−", "-").replace(",", ""))


def status(address):
    with urllib.request.urlopen(f"{address}api/status") as answer:
        return json.load(answer)


def watched(context, address, found):
    """A page whose errors and outside requests are noted."""
    page = context.new_page()
    page.on("console", lambda m: found.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: found.append(f"script: {e}"))
    page.on("request", lambda r: None if r.url.startswith((address, "data:")) else found.append(f"outside: {r.url}"))
    return page


def told(page, place, words):
    """Waits for words; the page's own policy lets nobody evaluate texts in it, so this looks from outside."""
    expect(page.locator(place)).to_have_text(re.compile(words), timeout=SOON)


def done(page):
    told(page, "#pairs", "; done")


def shown(page):
    return page.inner_text("#number"), page.inner_text("#interval"), page.inner_text("#pairs")


def fits(page, name):
    """No part of the page scrolls sideways; a picture is kept."""
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(150)
            wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            page.screenshot(path=SCRATCH / f"{name}-{width}-{scheme}.png", full_page=True)
            assert wide <= 0, f"{name} scrolls sideways by {wide} pixels at {width}"
    page.emulate_media(color_scheme="light")


def scenario(context, address, file, found):
    page = watched(context, address, found)
    page.set_viewport_size({"width": 1440, "height": 900})
    began = time.monotonic()
    page.goto(address)
    told(page, "#pairs", "n = [0-9]")
    print(f"first figures after {time.monotonic() - began:.2f} s")
    done(page)
    assert page.inner_text("#answer-heading") == "Attacks completed, baseline", page.inner_text("#answer-heading")
    assert page.is_disabled("#save")

    slider = page.locator('[data-path="services.surveillance_officers"] input[type=range]')
    slider.focus()
    slider.press("PageUp")
    between = page.inner_text("#number")
    assert between == "…", f"no number of the setting before is left: {between}"
    began = time.monotonic()
    told(page, "#pairs", "n = [0-9]")
    print(f"first interval of a new setting after {time.monotonic() - began:.2f} s: {shown(page)}")
    done(page)
    first, prices = shown(page), page.inner_text("#price")
    assert page.inner_text("#answer-heading") == "Attacks prevented"
    assert f"n = {REPLICATIONS} of {REPLICATIONS} pairs" in first[2], first
    for _ in range(6):
        slider.press("PageUp")
    done(page)
    assert page.inner_text("#price") != prices, "another setting has other numbers"

    page.click("#policies button:has-text('Both')")
    done(page)
    assert page.locator("#policies button[aria-pressed=true]").inner_text() == "Both"
    assert page.is_checked('[data-path="membership.pool_member"] input')
    box = page.locator('[data-path="pooled_database.lag_days"] input[type=number]')
    box.fill("-3")
    box.press("Enter")
    assert page.is_visible('[data-path="pooled_database.lag_days"] .wrong'), "a value out of range is told"
    box.fill("12.5")
    box.press("Enter")
    done(page)
    assert "Both" not in page.locator("#policies button[aria-pressed=true]").all_inner_texts()
    for part in ("#months svg", "#spread svg", "#pathways svg", "#places svg"):
        assert page.locator(part).count() == 1, part
    assert page.locator("#price tbody tr").count() == 9
    fits(page, "scenario")

    before = file.read_text()
    page.set_viewport_size({"width": 1440, "height": 900})
    own = number(page.inner_text("#number"))
    page.click("#save")
    page.fill("#name", "from-the-page")
    page.fill("#description", 'Both, with a lag of "12.5" days')
    page.click("#do-save")
    page.wait_for_selector("#saved:not([hidden])", timeout=SOON)
    page.screenshot(path=SCRATCH / "saved.png")
    command = page.inner_text("#command").split()
    assert command[0] == "forestall", command
    page.click("#close")
    assert page.locator("#policies button:has-text('from the page')").count() == 1
    assert file.read_text().startswith(before), "nothing that stood in the file has changed"
    run = subprocess.run([PROGRAM, *command[1:], "--json", "-q", "--out", SCRATCH / "out"], capture_output=True, check=True)
    rows = json.loads(run.stdout)["comparisons"]
    (row,) = [r for r in rows if r["policy"] == "from-the-page" and r["outcome"] == "attacks_completed"]
    assert row["n"] == REPLICATIONS, row
    # The page writes three figures.
    assert abs(own + row["difference"]) <= 0.005 + 0.005 * abs(row["difference"]), (own, row)
    print(f"saved and run: {-row['difference']:.4f} prevented, {own} on the page")

    page.click("#save")
    page.fill("#name", "from-the-page")
    page.click("#do-save")
    page.wait_for_selector("#save-trouble:not([hidden])", timeout=SOON)
    assert "nothing is overwritten" in page.inner_text("#save-trouble")
    page.keyboard.press("Escape")

    # What the test itself provokes: the browser notes a refusal as an error.
    found[:] = [f for f in found if "409 (Conflict)" not in f]
    page.fill("#find", "prosecute")
    assert page.locator(".lever:visible").count() >= 1
    page.fill("#find", "")
    page.click("#reset")
    done(page)
    slider.focus()
    slider.press("PageUp")
    page.wait_for_timeout(300)
    page.close()
    for _ in range(200):
        if status(address)["running"] == 0:
            break
        time.sleep(0.1)
    assert status(address)["running"] == 0, "a page that is closed stops its work"


def sweep(context, address, found):
    page = watched(context, address, found)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    told(page, "#pairs", "points")
    whole = shown(page)
    page.locator("#policies button").nth(1).click()
    told(page, "#answer-heading", "Attacks prevented")
    told(page, "#pairs", "points")
    before = shown(page)
    slider = page.locator('[data-path="services.case_officers"] input[type=range]')
    slider.focus()
    slider.press("PageUp")
    told(page, "#pairs", "points|nearest")
    after = shown(page)
    assert after != before, (before, after)
    print(f"sweep: {whole[2]} | {before[2]} | {after[2]}")
    fits(page, "sweep")
    page.close()


def main():
    SCRATCH.mkdir(parents=True, exist_ok=True)
    file = SCRATCH / "scenario.toml"
    shutil.copy(SCENARIO, file)
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        program, address = served(file, "--replications", REPLICATIONS, "--threads", 2)
        try:
            scenario(context, address, file, found)
        finally:
            program.send_signal(2)
            assert program.wait(60) == 75, program.returncode
        if SWEEP:
            program, address = served(SWEEP)
            try:
                sweep(context, address, found)
            finally:
                program.send_signal(2)
                assert program.wait(60) == 75, program.returncode
        browser.close()
    assert not found, found
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}/", address), address
    print("the explorer's page holds")


main()
