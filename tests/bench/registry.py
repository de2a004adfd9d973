"""What a benchmark is: a function with a name, which measures and says what it was held against."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / ".bench-data"
"""Made once, kept for the next run; git does not see it."""


@dataclass(frozen=True)
class Options:
    """What the person who runs the benchmarks wants."""

    full: bool = False
    """Also what takes minutes, or a lot of disk."""

    rounds: int = 7
    """How often a measurement is repeated, where a median is taken."""


@dataclass(frozen=True)
class Result:
    """One figure, beside the same of a reference that ran in the same minutes on the same machine."""

    what: str
    figure: float
    reference: float
    reference_name: str
    budget: float | None
    """The ratio that must not be exceeded; None: the figure is only shown."""

    unit: str = "ms"

    at_least: bool = False
    """For speeds: the budget is the ratio that must be reached."""

    @property
    def ratio(self) -> float:
        """How many times the reference."""
        return self.figure / self.reference

    @property
    def held(self) -> bool:
        """Whether the budget is kept."""
        if self.budget is None:
            return True
        return self.ratio >= self.budget if self.at_least else self.ratio <= self.budget


Benchmark = Callable[[Options], Iterator[Result]]


@dataclass(frozen=True)
class Named:
    """A benchmark, as it is asked for and listed."""

    name: str
    summary: str
    run: Benchmark


_known: dict[str, Named] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Register a function by name; its docstring's first line is what the list says of it."""

    def register(function: Benchmark) -> Benchmark:
        _known[name] = Named(name, (function.__doc__ or "").strip().splitlines()[0], function)
        return function

    return register


def benchmarks() -> dict[str, Named]:
    """All benchmarks: those of the modules here whose names begin with `bench_`."""
    package = importlib.import_module("tests.bench")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("bench_"):
            importlib.import_module(f"tests.bench.{module.name}")
    return dict(sorted(_known.items()))
