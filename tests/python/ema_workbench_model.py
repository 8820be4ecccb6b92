"""Drives forestall as a model from the EMA Workbench, through its command line.

Usage: python ema_workbench_model.py PROGRAM SCENARIO      (needs ema_workbench, pandas and pyarrow)
Prints OK and ends with 0, or ends with 1.
"""

import pathlib
import subprocess
import sys
import tempfile

import pandas as pd
from ema_workbench import IntegerParameter, Model, RealParameter, ScalarOutcome, perform_experiments

PROGRAM, SCENARIO = sys.argv[1:3]
OUTCOMES = ["attacks_completed", "subjects_opened", "cost"]


def forestall(**values):
    """Means over replications at one point; `__` in a name stands for a dot."""
    with tempfile.TemporaryDirectory() as out:
        command = [PROGRAM, "-q", "run", SCENARIO, "--policies", "", "--replications", "5", "--threads", "1", "--out", out]
        for name, value in values.items():
            # NumPy's numbers print with their type.
            value = int(value) if float(value).is_integer() else float(value)
            command += ["--set", f"{name.replace('__', '.')}={value}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        (folder,) = pathlib.Path(out).iterdir()
        runs = pd.read_parquet(folder / "results/replications.parquet")
    return {name: float(runs[name].mean()) for name in OUTCOMES}


def main():
    model = Model("forestall", function=forestall)
    model.uncertainties = [RealParameter("leads__committed_per_year", 0.1, 2.0)]
    model.levers = [IntegerParameter("services__case_officers", 20, 150)]
    model.outcomes = [ScalarOutcome(name) for name in OUTCOMES]
    experiments, outcomes = perform_experiments(model, scenarios=4, policies=2)
    assert len(experiments) == 8, len(experiments)
    for name in OUTCOMES:
        assert len(outcomes[name]) == 8 and all(value >= 0 for value in outcomes[name]), name
    # One point by hand gives what the workbench got.
    first = experiments.iloc[0]
    names = ["leads__committed_per_year", "services__case_officers"]
    again = forestall(**{name: first[name] for name in names})
    assert all(again[name] == outcomes[name][0] for name in OUTCOMES), (again, outcomes)
    assert len(set(outcomes["subjects_opened"])) > 2, "nothing that was varied had an effect"
    print(f"OK: {len(experiments)} experiments, {len(OUTCOMES)} outcomes")


if __name__ == "__main__":
    main()
