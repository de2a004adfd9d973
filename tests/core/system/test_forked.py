"""Copies of a process that work together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from earwig.core.search import job
from tests.conftest import SECONDS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot copy a process")

# In a program of its own: a test's process has threads, and is not copied.
PROGRAM = """
import itertools, json, os, signal, sys, time
from earwig.core.system import forked
from earwig.core.system.forked import ForkedWorkers

def once(work):  # of each share one result
    return lambda share: (work(each) for each in [share])

said = []
handles = os.listdir("/dev/fd")
{}
try:
    left = os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    left = None
print(json.dumps({{"said": said, "left": left, "handles": len(os.listdir("/dev/fd")) - len(handles)}}))
"""

RUN = """
workers = ForkedWorkers(lambda task: once(work), range(40), 3)
try:
    workers.begin(None)
    said += workers.results()
except ValueError as error:
    said.append(str(error))
finally:
    workers.end()
"""


def said_of(program: str) -> list[Any]:
    """What a program says, as JSON; no process and no handle is left by it."""
    command = [sys.executable, "-c", PROGRAM.format(program)]
    run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True, text=True)
    assert run.stderr == ""
    told: dict[str, Any] = json.loads(run.stdout)
    assert told["left"] is None
    assert told["handles"] == 0
    said: list[Any] = told["said"]
    return said


def test_own_shares_are_done_by_who_takes_the_results_in_their_place() -> None:
    run = """
here = os.getpid()
workers = ForkedWorkers(
    lambda task: once(lambda share: (share, os.getpid() == here)), range(40), 3, is_own=lambda it: it % 5 == 0
)
try:
    workers.begin(None)
    said += workers.results()
finally:
    workers.end()
"""
    assert said_of(run) == [[share, share % 5 == 0] for share in range(40)]


def test_results_come_in_order_from_several_processes() -> None:
    work = """
reading, writing = os.pipe()
def work(number):
    if number == 0:
        os.read(reading, 1)  # until another process works too
    if number == 1:
        os.write(writing, b"!")
    time.sleep((number * 7 % 5) / 1000)
    return number, os.getpid()
"""
    said = said_of(work + RUN + "said.append(os.getpid())\nos.close(reading)\nos.close(writing)\n")
    own = said.pop()
    assert [each[0] for each in said] == list(range(40))
    processes = {each[1] for each in said}
    assert 1 < len(processes) <= 3
    assert own not in processes


MANY = """
def work(number):
    for at in range(number % 3 * 100):
        yield number, at, "x" * 1000
workers = ForkedWorkers(lambda task: work, range(60), 3)
workers.begin(None)
said += ([number, at] for number, at, _ in workers.results())
workers.end()
"""
EACH_OF_MANY = [[number, at] for number in range(60) for at in range(number % 3 * 100)]


def test_each_share_has_any_number_of_results_in_order() -> None:
    assert said_of(MANY) == EACH_OF_MANY


def test_what_a_process_that_dies_has_not_told_is_done_here() -> None:
    dies = """
own = os.getpid()
def dying(work):
    def until_it_dies(number):
        for result in work(number):
            if result[:2] == (41, 150) and os.getpid() != own:
                time.sleep(0.05)  # what was told before is on its way
                os.kill(os.getpid(), signal.SIGKILL)
            yield result
    return until_it_dies
"""
    assert said_of(dies + MANY.replace("lambda task: work", "lambda task: dying(work)")) == EACH_OF_MANY


def test_nobody_works_far_ahead_of_what_is_taken() -> None:
    program = """
import mmap
made = mmap.mmap(-1, 8)
def work(number):
    for at in range(1000):
        if number == 1:
            made[:] = at.to_bytes(8, "little")
        yield b"x" * 100_000
workers = ForkedWorkers(lambda task: work, range(2), 2)
workers.begin(None)
results = workers.results()
next(results)
before = -1
while before != (before := int.from_bytes(made[:], "little")):
    time.sleep(0.2)  # the other process goes on until it is held up
    next(results)
said.append(before)
said.append(sum(1 for _ in results))
workers.end()
"""
    ahead, rest = said_of(program)
    assert ahead < 100
    assert 1900 < rest < 2000


def test_more_shares_than_are_laid_out_at_once() -> None:
    run = RUN.replace("range(40)", "range(500)")
    assert said_of(f"forked._WAITING = 8\nwork = abs\n{run}") == list(range(500))


def test_the_share_of_a_process_that_dies_is_worked_on_here() -> None:
    work = """
own = os.getpid()
def work(number):
    if number == 11 and os.getpid() != own:
        os.kill(os.getpid(), signal.SIGKILL)
    return number
"""
    assert said_of(work + RUN) == list(range(40))


def test_a_fault_is_raised_where_somebody_waits() -> None:
    work = "def work(number):\n    if number == 20:\n        raise ValueError('no 20')\n    return number\n"
    said = said_of(work + RUN)
    assert said[-1] == "no 20"
    assert said[:-1] == list(range(len(said) - 1))


def test_who_stops_taking_results_leaves_no_process() -> None:
    run = RUN.replace("workers.results()", "itertools.islice(workers.results(), 2)")
    assert said_of(f"def work(number):\n    time.sleep(number)\n    return number\n{run}") == [0, 1]


def test_they_begin_when_they_are_told_what_to_do() -> None:
    program = """
marks = os.pipe()
def work_of(task):
    return once(lambda number: task + number)
warm_up = lambda shares: os.write(marks[1], bytes([len(shares)]))
workers = ForkedWorkers(work_of, range(20), 3, warm_up=warm_up)
said.append([os.read(marks[0], 1)[0] for _ in range(3)])
workers.begin(100)
said += workers.results()
workers.end()
for mark in marks:
    os.close(mark)
"""
    assert said_of(program) == [[20, 20, 20], *range(100, 120)]


def test_who_never_begins_leaves_no_process() -> None:
    assert said_of("ForkedWorkers(lambda task: abs, range(20), 3).end()\n") == []


def test_they_end_with_the_process_that_made_them() -> None:
    program = """
reading, writing = os.pipe()
if os.fork() == 0:
    workers = ForkedWorkers(lambda task: abs, range(20), 3, apart=[reading])
    os._exit(0)
os.wait()
os.close(writing)
said.append(len(os.read(reading, 1)))  # the end: none of them holds the other end any more
os.close(reading)
"""
    assert said_of(program) == [0]


def test_results_do_not_wait_for_a_large_share() -> None:
    program = """
reading, writing = os.pipe()
def work(number):
    if number == 40:
        os.read(reading, 1)  # until the earlier ones have come
    return number
workers = ForkedWorkers(lambda task: once(work), range(41), 1, is_large=lambda number: number == 40)
workers.begin(None)
results = workers.results()
said += itertools.islice(results, 40)
os.write(writing, b"!")
said += results
workers.end()
os.close(reading)
os.close(writing)
"""
    assert said_of(program) == list(range(41))


def test_all_of_them_wait_on_processors_of_their_own_and_work_on_any() -> None:
    program = """
if not hasattr(os, "sched_getaffinity"):
    os.sched_getaffinity = lambda _: {0}
own = os.sched_getaffinity(0)
workers = ForkedWorkers(lambda task: once(lambda number: sorted(os.sched_getaffinity(0))), range(4), 3)
workers.begin(None)
said += [each == sorted(own) for each in workers.results()]
workers.end()
"""
    assert said_of(program) == [True] * 4


def test_a_process_with_threads_is_not_copied() -> None:
    assert said_of("said.append(forked.can_fork())\n") == [True]
    with_thread = (
        "import threading\nthread = threading.Thread(target=time.sleep, args=(0.2,))\nthread.start()\n"
    )
    assert said_of(f"{with_thread}said.append(forked.can_fork())\nthread.join()\n") == [False]


def test_a_large_search_says_the_same_as_many_small_ones(tmp_path: Path) -> None:
    """Large enough to be worth copies; with each kind of file that is read in a way of its own."""
    filler = json.dumps({"role": "user", "content": "nothing of note " * 60}) + "\n"
    for number in range(60):
        size = (3_000, 70_000, 400_000, 5_000_000)[(number % 20 == 7) * 3 or number % 3]
        needle = json.dumps({"role": "user", "content": f"needle {number}"})
        text = filler * (size // len(filler)) + needle + "\n" * (number % 4 != 1)
        (tmp_path / f"s{number:02}.jsonl").write_text(text + filler * (number % 3) * (number % 4 != 1))
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "empty.jsonl").touch()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > job._WORTH_A_PROCESS
    program = f"""
from pathlib import Path
from earwig.core.search.job import SearchJob
from earwig.core.query.search_query import SearchQuery
from earwig.core.stores.jsonl.folder import FolderStore
sessions = FolderStore([Path({str(tmp_path)!r})]).sessions()
def told(parts):
    all_of_them = {{}}
    for each in parts:
        problem, hits = all_of_them.setdefault(each.session.key, [each.problem, []])
        hits += [hit[1:5] for hit in each.hits]
    return [[key, *it] for key, it in all_of_them.items() if any(it)]
portions = SearchJob(SearchQuery("needle"), FolderStore()).run(sessions, 2)
said.append(told(found for portion in portions for found in portion.found))
alone = map(SearchJob(SearchQuery("needle"), FolderStore()).look, sessions)
said.append(told(itertools.chain(*alone)))
"""
    together, alone = said_of(program)
    assert together == alone
    assert len(together) == 61


def test_where_there_is_no_process_to_be_had_this_one_searches(tmp_path: Path) -> None:
    filler = json.dumps({"role": "user", "content": "nothing of note " * 60}) + "\n"
    for number in range(6):
        needle = json.dumps({"role": "user", "content": f"needle {number}"}) + "\n"
        (tmp_path / f"s{number}.jsonl").write_text(filler * 3500 + needle)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > job._WORTH_A_PROCESS
    program = f"""
from pathlib import Path
from earwig.core.search.job import SearchJob
from earwig.core.query.search_query import SearchQuery
from earwig.core.stores.jsonl.folder import FolderStore
def fork():
    said.append("asked")
    raise BlockingIOError
os.fork = fork
sessions = FolderStore([Path({str(tmp_path)!r})]).sessions()
for portion in SearchJob(SearchQuery("needle"), FolderStore()).run(sessions, 2):
    said += [hit.snippet for each in portion.found for hit in each.hits]
"""
    asked, *found = said_of(program)
    assert asked == "asked"
    assert sorted(found) == [f"needle {number}" for number in range(6)]


DONE = """
def slowly(each):
    while not os.path.exists({path!r}):
        time.sleep(0.01)
    return each

workers = ForkedWorkers(lambda task: once(slowly), range(40), 1)
workers.begin(None)
said.append(workers.are_done())
workers.join_in()
said.append(len(workers._children))
open({path!r}, "w").close()
end = time.monotonic() + 60
while not workers.are_done() and time.monotonic() < end:
    time.sleep(0.01)
workers.join_in()
said.append(len(workers._children))
said.append([*workers.results()] == [*range(40)])
workers.end()
"""


def test_one_joins_in_while_there_is_something_to_do(tmp_path: Path) -> None:
    assert said_of(DONE.format(path=str(tmp_path / "go on"))) == [False, 2, 2, True]
