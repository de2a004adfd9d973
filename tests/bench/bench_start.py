"""What the program costs before it does anything: its start, where no screen is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import median

from tests.bench.folders import folder_of
from tests.bench.processes import environment
from tests.bench.registry import ROOT, Options, Result, benchmark
from tests.e2e.terminal import earwig

SESSIONS = 1000
REFERENCE = [sys.executable, "-c", "pass"]

_COUNT = """
import sys
{}
print(sum(name.partition(".")[0] in ("textual", "rich") for name in sys.modules), file=sys.stderr)
"""
_RUN = "from earwig.cli.main import main; main({!r})"


@benchmark("start")
def run(options: Options) -> Iterator[Result]:
    """The commands that need no screen, beside a Python that does nothing."""
    folder = folder_of(SESSIONS)
    commands = {
        "earwig --version": earwig("--version"),
        f"earwig list, {SESSIONS:,} sessions": earwig("list", folder),
        "import earwig.core": [sys.executable, "-c", "import earwig.core"],
    }
    for name, command in commands.items():
        milliseconds(command), milliseconds(REFERENCE)
        pairs = [(milliseconds(command), milliseconds(REFERENCE)) for _ in range(options.rounds)]
        yield Result(
            what=f"{name}, median of {options.rounds}",
            figure=median(pair[0] for pair in pairs),
            reference=median(pair[1] for pair in pairs),
            reference_name="python -c pass",
            budget=None,
        )
    path = os.fspath(folder)
    quiet = [_RUN.format(["--version"]), _RUN.format(["list", path]), _RUN.format(["check", path])]
    yield Result(
        what="most modules of Textual and Rich in --version, list, check, import earwig.core",
        figure=max(screen_modules(program) for program in (*quiet, "import earwig.core")),
        reference=screen_modules("import earwig.ui.app.app"),
        reference_name="the browser",
        budget=0.0,
        unit="modules",
    )


def milliseconds(command: Sequence[str]) -> float:
    """How long a program takes from its start to its end."""
    begun = time.perf_counter()
    _run(command)
    return (time.perf_counter() - begun) * 1000


def screen_modules(program: str) -> int:
    """How many modules of Textual and Rich a piece of Python has loaded at its end."""
    return int(_run([sys.executable, "-c", _COUNT.format(program)]).split()[-1])


def _run(command: Sequence[str]) -> bytes:
    """Run to the end; what comes on standard error. Raises `CalledProcessError`."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ).stderr
