"""The command that comes with the package behaves as the program does."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import forestall
import pytest
from conftest import COMMAND, PROGRAM, QUICKSTART, program


def both(*arguments, **options):
    """What the command and the program do."""
    return [program(*arguments, command=command, check=False, **options) for command in (COMMAND, PROGRAM)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["run", "--help"],
        [],
        ["rnu"],
        ["run", "no-such.toml"],
        ["list", "mechanisms"],
        ["schema"],
        ["check", QUICKSTART, "--brief", "--json"],
        ["run", QUICKSTART, "--policies", "shaer"],
    ],
)
def test_words_and_codes_are_those_of_the_program(arguments):
    ours, theirs = both(*arguments)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_the_version_is_that_of_the_package():
    assert program("--version", command=COMMAND).stdout == f"forestall {forestall.__version__}\n"
    words = [sys.executable, "-m", "forestall", "--version"]
    module = subprocess.run(words, check=True, capture_output=True, text=True)
    assert module.stdout == f"forestall {forestall.__version__}\n"


def interrupted(command, arguments, folder, times=1):
    """The exit code, the last words and the seconds after interrupts in mid-run."""
    words = [str(command), *map(str, arguments)]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            end = time.monotonic() + 60
            while not list(pathlib.Path(folder).glob("**/parts/*")) and time.monotonic() < end:
                time.sleep(0.05)
            began = time.monotonic()
            for _ in range(times):
                running.send_signal(signal.SIGINT)
                time.sleep(0.02)
            _, error = running.communicate(timeout=60)
        finally:
            running.kill()
    return running.returncode, error, time.monotonic() - began


def test_an_interrupt_stops_after_the_runs_under_way(tmp_path):
    found = []
    for command in (COMMAND, PROGRAM):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        code, error, seconds = interrupted(command, ["run", QUICKSTART, "--replications", 100_000], folder)
        assert seconds < 10 and "stopping after the replications under way" in error
        assert "running the same command goes on" in error
        found.append(code)
    assert found == [75, 75]


def test_an_interrupt_ends_what_does_not_listen(tmp_path):
    # Checking a scenario at length listens to no signal of its own.
    for command in (COMMAND, PROGRAM):
        words = [str(command), "check", str(QUICKSTART), "--replications", "1000000"]
        codes = []
        for wait in (0.6, 1.2, 2.4):
            with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
                time.sleep(wait)
                running.send_signal(signal.SIGINT)
                codes.append(running.wait(timeout=30))
        # It may have ended before; it must never come to its own end after the signal as if there had been none.
        assert -signal.SIGINT in codes, codes


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_output_is_told():
    found = []
    for command in (COMMAND, PROGRAM):
        with open("/dev/full", "w") as full:
            done = subprocess.run([str(command), "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        found.append((done.returncode, done.stderr))
    assert found[0] == found[1] and found[0][0] == 1 and "standard output did not take all data" in found[0][1]


def shell(line, command, folder):
    """What a shell gives for a line in which COMMAND stands for the command."""
    done = subprocess.run(
        ["bash", "-c", line.replace("COMMAND", f"'{command}'")], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "COMMAND schema >&-",
        "COMMAND schema 2>&-",
        "COMMAND run no-such.toml 2>&-",
        "COMMAND check scenario.toml --brief <&- >&- 2>&-",
        "set -o pipefail; COMMAND schema | head -n 1",
    ],
)
def test_closed_streams_are_no_trouble(tmp_path, line):
    found = []
    for command in (COMMAND, PROGRAM):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        (folder / "scenario.toml").write_bytes(QUICKSTART.read_bytes())
        found.append((*shell(line, command, folder), sorted(path.name for path in folder.iterdir())))
        assert (folder / "scenario.toml").read_bytes() == QUICKSTART.read_bytes()
    assert found[0] == found[1]


def test_what_is_written_with_a_closed_output_is_whole(tmp_path):
    code, _, _ = shell(f"COMMAND -q run '{QUICKSTART}' --policies '' --replications 2 >&-", COMMAND, tmp_path)
    assert code == 0
    (folder,) = (tmp_path / "output").iterdir()
    assert len(forestall.Run.open(folder).replications) == 2
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
