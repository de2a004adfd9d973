"""A letter that nearly every message has: found as it is read, in little memory, and counted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import Portion
from earwig.core.search.live_search import MOST
from earwig.core.search.server import SearchServer
from earwig.core.stores.jsonl.folder import FolderStore
from tests.bench.processes import environment, told
from tests.bench.registry import DATA, Options, Result, benchmark
from tests.bench.sessions import MEGABYTE, session_of
from tests.bench.together import PeakMemory
from tests.e2e.terminal import earwig

SIZE, FULL_SIZE = 100 * MEGABYTE, 1000 * MEGABYTE
ROUNDS = 3
FIRST = 150.0
"""Milliseconds to the first hit, for the command beyond what it takes where there is nothing."""

MEMORY = 100.0
"""Megabytes of all processes of a search together."""

MOMENT = 0.5
"""Seconds from opening the search to the letter."""

EXPRESSION = r"e\w+"
_PLAIN = {
    "e": "look = lambda text: 'e' in text.casefold()",
    EXPRESSION: "import regex; look = regex.compile(r'e\\w+', regex.IGNORECASE).search",
}
_LOOP = """
import sys
import orjson
{}
with open(sys.argv[1], "rb") as file:
    print(sum(1 for line in file if look(orjson.loads(line)["content"])))
"""


@benchmark("common")
def run(options: Options) -> Iterator[Result]:
    """A letter that is nearly everywhere, in one large session: the first hit, the memory, counting."""
    if not told():
        return
    path = session_of(FULL_SIZE if options.full else SIZE)
    path.read_bytes()  # so that no round reads from the disk
    size = "1 GB" if options.full else "100 MB"
    yield from _command(path, size)
    yield from _browser(path, size)
    for text in _PLAIN:
        yield _counting(path, text, size)


def _command(path: Path, size: str) -> Iterator[Result]:
    nothing = DATA / "nothing"
    nothing.mkdir(parents=True, exist_ok=True)
    bare = median(_timed([*earwig("search", "e"), str(nothing)])[0] for _ in range(ROUNDS))
    for name, arguments in {"as text": (), "as JSON": ("--json",), "with neighbours": ("-C", "1")}.items():
        command = [*earwig("search", "e", *arguments), str(path)]
        begun = time.perf_counter()
        with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            with closing(PeakMemory(process.pid)) as memory:
                process.stdout.readline()
                first = (time.perf_counter() - begun) * 1000
                while process.stdout.read(MEGABYTE):
                    pass
        what = f"`e` in {size}, the command, {name}"
        limit = "150 ms more than in an empty folder"
        yield Result(f"{what}, to the first line", first, bare + FIRST, limit, 1.0)
        yield Result(f"{what}, memory of all processes", memory.megabytes, MEMORY, "limit", 1.0, "MB")


def _browser(path: Path, size: str) -> Iterator[Result]:
    store = FolderStore(files=[path])
    with closing(SearchServer()) as server:
        server.get_ready(store)
        time.sleep(MOMENT)
        begun, first = time.perf_counter(), 0.0
        with closing(PeakMemory(server._process.pid)) as memory:
            for each in server.search(store, SearchQuery("e"), most=MOST):
                if isinstance(each, Portion) and each.hits and not first:
                    first = (time.perf_counter() - begun) * 1000
        total = (time.perf_counter() - begun) * 1000
    what = f"`e` in {size}, in the browser"
    yield Result(f"{what}, to the first hit", first, FIRST, "limit", 1.0)
    yield Result(f"{what}, until {MOST:,} are listed and all counted", total, FIRST, "limit", None)
    yield Result(f"{what}, memory of the search's processes", memory.megabytes, MEMORY, "limit", 1.0, "MB")


def _counting(path: Path, text: str, size: str) -> Result:
    command = [*earwig("search", "-c", text), str(path)]
    plain = [sys.executable, "-c", _LOOP.format(_PLAIN[text]), str(path)]
    rounds = [(_timed(command), _timed(plain)) for _ in range(ROUNDS)]
    assert len({said.rpartition(":")[2] for pair in rounds for _, said in pair}) == 1
    return Result(
        what=f"`{text}` in {size}, counted, median of {ROUNDS}",
        figure=median(ours[0] for ours, _ in rounds),
        reference=median(theirs[0] for _, theirs in rounds),
        reference_name="a loop of orjson.loads",
        budget=None if text is EXPRESSION else 1.5,  # an expression is given up when it takes too long
    )


def _timed(command: Sequence[str]) -> tuple[float, str]:
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    return (time.perf_counter() - begun) * 1000, done.stdout.strip()
