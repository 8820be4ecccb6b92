"""What all tests share: the shipped scenario, the program, runs that are made once."""

import os
import pathlib
import signal
import subprocess
import sys

import forestall
import pytest

ROOT = pathlib.Path(os.environ.get("FORESTALL_ROOT") or pathlib.Path(__file__).parents[2])
QUICKSTART = ROOT / "scenarios" / "quickstart.toml"
#: The command that came with the package.
COMMAND = pathlib.Path(sys.executable).parent / "forestall"
#: The program that results are held against; the package's own command where none is named.
PROGRAM = pathlib.Path(os.environ.get("FORESTALL_PROGRAM") or COMMAND)
REPLICATIONS = 32


def pytest_configure(config):
    """Short runs have few events, and say so; interrupts arrive."""
    config.addinivalue_line("filterwarnings", "ignore:the question is hardly answered")
    # Where the tests are started in the background, an interrupt is ignored, by Python and by all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def scenario():
    """The shipped scenario as it is."""
    return forestall.Scenario.load(QUICKSTART)


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    """A folder for the run that is made once."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def run(out):
    """A short run of the shipped scenario, which no test may change."""
    scenario = forestall.Scenario.load(QUICKSTART)
    return scenario.run(replications=REPLICATIONS, out=out, progress=False)


def program(*arguments, cwd=None, check=True, command=PROGRAM):
    """Runs the program."""
    words = [str(command), *map(str, arguments)]
    return subprocess.run(words, cwd=cwd, check=check, capture_output=True, text=True, stdin=subprocess.DEVNULL)
