"""`python -m tests.bench [NAME...]`: measures, and prints each figure beside its reference and its budget.

The budgets are ratios, because machines differ: the reference runs between the measurements, on the same
machine, in the same terminal.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from tests.bench.registry import Options, Result, benchmarks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is named, or all; 0 if every budget is held, 1 if not, 2 for a name that is not known."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help="what to measure; all, if none is named")
    parser.add_argument("--full", action="store_true", help="also what takes minutes, or gigabytes of disk")
    parser.add_argument("--rounds", type=int, default=Options.rounds, help="repetitions behind a median")
    parser.add_argument("--list", action="store_true", help="print what there is")
    options = parser.parse_args(arguments)
    known = benchmarks()
    if options.list:
        for named in known.values():
            print(f"{named.name:<10} {named.summary}")
        return 0
    unknown = [name for name in options.names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    results: list[tuple[str, Result]] = []
    for name in options.names or known:
        print(f"{name}: {known[name].summary}", flush=True)
        for result in known[name].run(Options(full=options.full, rounds=options.rounds)):
            print("  " + sentence(result), flush=True)
            results.append((name, result))
    print()
    for row in table(results):
        print(row)
    return 0 if all(result.held for _, result in results) else 1


def sentence(result: Result) -> str:
    """One result as it comes in."""
    budget = "" if result.budget is None else f", budget {result.budget:g} x"
    return (
        f"{result.what}: {result.figure:.1f} {result.unit}, {result.reference_name} "
        f"{result.reference:.1f} {result.unit}: {result.ratio:.2f} x{budget}"
    )


def table(results: Sequence[tuple[str, Result]]) -> list[str]:
    """All results in Markdown, below a line that says on what machine they were got."""
    rows = [("benchmark", "what", "earwig", "reference", "ratio", "budget", "held")]
    rows += [
        (
            name,
            result.what,
            f"{result.figure:.1f} {result.unit}",
            f"{result.reference:.1f} {result.unit} ({result.reference_name})",
            f"{result.ratio:.2f}",
            "-" if result.budget is None else f"{result.budget:g}",
            "-" if result.budget is None else "yes" if result.held else "NO",
        )
        for name, result in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    where = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    return [where, "", *lines]


if __name__ == "__main__":
    sys.exit(main())
