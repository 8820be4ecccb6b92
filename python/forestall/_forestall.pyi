"""What the extension module holds; `forestall` hands it on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Union, final

import pandas
import polars
import pyarrow

_Path = Union[str, PathLike[str]]
_Value = Union[float, int, bool, str]
_Progress = Union[bool, Callable[["Progress"], object], None]

__all__ = [
    "Answer",
    "Progress",
    "Run",
    "Scenario",
    "Table",
    "__version__",
    "command_line",
    "compare",
    "decide",
    "explore",
    "sensitivity",
]

__version__: str

@final
class Table:
    """A table of named columns: text, whole numbers, or numbers, of which an undefined one is null.

    pandas, polars, DuckDB, pyarrow and others take it by the Arrow C data interface, without a copy.
    """

    @property
    def name(self) -> str: ...
    @property
    def num_rows(self) -> int: ...
    @property
    def num_columns(self) -> int: ...
    @property
    def column_names(self) -> list[str]: ...
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def to_arrow(self) -> pyarrow.Table: ...
    def to_pandas(self) -> pandas.DataFrame: ...
    def to_polars(self) -> polars.DataFrame: ...
    def to_pydict(self) -> dict[str, list[Any]]: ...
    def _repr_html_(self) -> str: ...

@final
class Progress:
    """How far a run is, as a function given by `progress` is told."""

    @property
    def done(self) -> int: ...
    @property
    def all(self) -> int: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def baseline(self) -> tuple[float, float, float] | None: ...
    @property
    def text(self) -> str: ...

@final
class Answer:
    """What an analysis has found."""

    @property
    def verdict(self) -> str: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def path(self) -> Path | None: ...
    @property
    def tables(self) -> list[str]: ...
    def table(self, name: str) -> Table: ...
    def as_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...

@final
class Run:
    """A finished run, or what an interrupted one has so far."""

    @staticmethod
    def open(path: _Path) -> Run: ...
    @property
    def path(self) -> Path | None: ...
    @property
    def manifest(self) -> dict[str, Any]: ...
    @property
    def policies(self) -> list[str]: ...
    @property
    def labels(self) -> dict[str, str]: ...
    @property
    def tables(self) -> list[str]: ...
    def table(self, name: str) -> Table: ...
    @property
    def replications(self) -> Table: ...
    @property
    def monthly(self) -> Table: ...
    @property
    def by_country(self) -> Table: ...
    @property
    def matched(self) -> Table: ...
    @property
    def comparisons(self) -> Table: ...
    def summary(self) -> str: ...
    @property
    def verdict(self) -> dict[str, Any]: ...
    def report(self, path: _Path | None = None, *, open: bool = False) -> Path: ...
    def _repr_html_(self) -> str: ...

@final
class Scenario:
    """A scenario, checked and ready to run."""

    @staticmethod
    def load(
        path: _Path,
        *,
        set: Mapping[str, _Value] | None = None,
        seed: int | None = None,
        until: date | str | None = None,
        alternative: str | None = None,
        replications: int | None = None,
        posterior: Literal["draws", "mean", "none"] = "draws",
    ) -> Scenario: ...
    @staticmethod
    def from_text(
        text: str,
        *,
        set: Mapping[str, _Value] | None = None,
        seed: int | None = None,
        until: date | str | None = None,
        alternative: str | None = None,
        replications: int | None = None,
        posterior: Literal["draws", "mean", "none"] = "draws",
    ) -> Scenario: ...
    @property
    def path(self) -> Path | None: ...
    @property
    def name(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def replications(self) -> int: ...
    @property
    def policies(self) -> list[str]: ...
    @property
    def alternatives(self) -> list[str]: ...
    @property
    def outcome(self) -> str: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def parameters(self) -> Table: ...
    @property
    def resolved(self) -> str: ...
    def run(
        self,
        policies: str | Sequence[str] | None = None,
        replications: int | None = None,
        *,
        out: _Path | None = ...,
        threads: int | None = None,
        memory: str | None = None,
        precision: str | None = None,
        max_replications: int | None = None,
        events: Sequence[int] | None = None,
        trust: int | None = None,
        robust: int | None = None,
        progress: _Progress = None,
    ) -> Run: ...
    def check(
        self, *, brief: bool = False, threads: int | None = None, memory: str | None = None
    ) -> dict[str, Any]: ...
    def calibrate(
        self,
        targets: _Path,
        *,
        method: Literal["smc", "regression"] = "smc",
        particles: int = 300,
        replications: int | None = None,
        accept: float = 0.1,
        truths: int = 200,
        simulations: int = 20_000,
        quantile: float = 0.5,
        least_acceptance: float = 0.03,
        goal: float = 0.0,
        distance: Literal["sum", "max"] = "sum",
        most_parameters: int = 10,
        keep: Sequence[str] | None = None,
        trajectories: int = 8,
        draws: int = 100,
        out: _Path = ...,
        threads: int | None = None,
        memory: str | None = None,
        progress: _Progress = None,
    ) -> Answer: ...
    def explore(self, *, open: bool = True, port: int = 0, replications: int = 1_000) -> None: ...
    def _repr_html_(self) -> str: ...

def compare(first: Run | _Path, second: Run | _Path) -> Answer: ...
def decide(
    run: Run | _Path,
    value_per_attack: float | Sequence[float],
    *,
    burdens: Mapping[str, float] | None = None,
    budget: float | None = None,
    sure: float = 1.0,
    without: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    studies: Sequence[tuple[str, int, float]] | None = None,
    seed: int = 1,
) -> Answer: ...
def explore(sweep: _Path, *, open: bool = True, port: int = 0) -> None: ...
def sensitivity(
    sweep: _Path | None = None,
    *,
    policy: str | None = None,
    against: str | None = None,
    problem: _Path | None = None,
    design: _Path | None = None,
    response: _Path | None = None,
    outcome: str | None = None,
    method: Literal["sobol", "morris", "pawn", "delta", "prcc"] = "sobol",
    resamples: int = 1_000,
    seed: int = 1,
) -> Answer: ...
def command_line(words: Sequence[str]) -> int: ...
