"""forestall: which security policy prevents how many attack plots, at what cost?

>>> import forestall
>>> scenario = forestall.Scenario.load("scenarios/quickstart.toml")
>>> run = scenario.run(replications=50)
>>> print(run.summary())
>>> run.replications.to_pandas().groupby("arm")["attacks_completed"].mean()

Everything is computed by the program's own library: tables and pages are those of the command line, byte for byte.
"""

from forestall._errors import ForestallError, ForestallWarning
from forestall._forestall import (
    Answer,
    Progress,
    Run,
    Scenario,
    Table,
    __version__,
    compare,
    decide,
    explore,
    sensitivity,
)

__all__ = [
    "Answer",
    "ForestallError",
    "ForestallWarning",
    "Progress",
    "Run",
    "Scenario",
    "Table",
    "__version__",
    "compare",
    "decide",
    "explore",
    "sensitivity",
]
