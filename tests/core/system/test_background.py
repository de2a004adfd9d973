"""The background thread: what is urgent comes first, and what is idle comes at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from earwig.core.system import background as module
from earwig.core.system.background import _FEW, _WAY, Background, Priority, somebody_waits

SECONDS = 30.0


@pytest.fixture
def background() -> Iterator[Background]:
    """A thread that is not started yet, so that what is submitted first is known."""
    background = Background()
    yield background
    background.stop()
    if background.is_alive():
        background.join(SECONDS)


def test_the_most_urgent_job_comes_first_and_equal_ones_keep_their_order(background: Background) -> None:
    done: list[str] = []
    ended = threading.Event()
    for name, priority in (
        ("idle 1", Priority.IDLE),
        ("soon", Priority.SOON),
        ("now 1", Priority.NOW),
        ("idle 2", Priority.IDLE),
        ("now 2", Priority.NOW),
    ):
        background.submit(lambda name=name: done.append(name), priority)  # type: ignore[misc]  # a default is no parameter
    background.submit(ended.set, Priority.IDLE)
    background.start()

    assert ended.wait(SECONDS)
    assert done == ["now 1", "now 2", "soon", "idle 1", "idle 2"]


def test_a_spare_job_comes_last_and_leaves_most_of_the_time(background: Background) -> None:
    done: list[str] = []
    begun: list[float] = []
    ended = threading.Event()

    def spare(number: int) -> None:
        done.append(f"spare {number}")
        begun.append(time.monotonic())
        until = begun[-1] + 0.02
        while time.monotonic() < until:
            pass
        if number < 3:
            background.submit(lambda: spare(number + 1), Priority.SPARE)
        else:
            ended.set()

    background.submit(lambda: spare(1), Priority.SPARE)
    for number in (1, 2):
        background.submit(lambda number=number: done.append(f"idle {number}"), Priority.IDLE)  # type: ignore[misc]  # as above
    background.start()

    assert ended.wait(SECONDS)
    assert done == ["idle 1", "idle 2", "spare 1", "spare 2", "spare 3"]
    assert all(after - before > 3 * 0.02 for before, after in pairwise(begun))


def test_a_job_that_is_wanted_now_comes_between_the_steps_of_an_idle_one(background: Background) -> None:
    done: list[str] = []
    ended = threading.Event()

    def step(number: int) -> None:
        done.append(f"step {number}")
        if number == 1:
            background.submit(lambda: done.append("now"), Priority.NOW)
        if number < 3:
            background.submit(lambda: step(number + 1), Priority.IDLE)
        else:
            ended.set()

    background.submit(lambda: step(1), Priority.IDLE)
    background.start()

    assert ended.wait(SECONDS)
    assert done == ["step 1", "now", "step 2", "step 3"]


def begun_idly(background: Background) -> tuple[threading.Event, list[bool]]:
    """Have idle work done until somebody waits; when it has begun, and what it was told at its end."""
    begun, told = threading.Event(), []

    def work() -> None:
        begun.set()
        end = time.monotonic() + SECONDS
        while not somebody_waits() and time.monotonic() < end:
            pass
        told.append(somebody_waits())

    background.submit(work, Priority.IDLE)
    return begun, told


def test_idle_work_ends_early_for_what_is_urgent(background: Background) -> None:
    done = threading.Event()
    begun, told = begun_idly(background)
    background.start()
    assert begun.wait(SECONDS)
    background.submit(done.set)
    assert done.wait(SECONDS)
    assert told == [True]


def test_idle_work_ends_early_for_a_job_that_another_thread_does_itself(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TURN", SECONDS)
    begun, told = begun_idly(background)
    background.start()
    assert begun.wait(SECONDS)
    threads: list[threading.Thread] = []
    assert background.run_here(lambda: threads.append(threading.current_thread()))
    assert threads == [threading.current_thread()]
    assert told == [True]


def test_idle_work_that_does_not_end_lets_a_job_wait_for_its_turn(background: Background) -> None:
    begun, goes_on, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        goes_on.wait(SECONDS)

    background.submit(work, Priority.IDLE)
    background.start()
    assert begun.wait(SECONDS)
    assert not background.run_here(done.set)
    goes_on.set()
    assert done.wait(SECONDS)


@pytest.mark.parametrize("priority", [Priority.NOW, Priority.SOON])
def test_urgent_work_goes_on_whoever_waits(background: Background, priority: Priority) -> None:
    told: list[bool] = []
    done = threading.Event()

    def work() -> None:
        background.submit(done.set)
        told.append(somebody_waits())

    background.submit(work, priority)
    background.start()
    assert done.wait(SECONDS)
    assert told == [False]
    assert not somebody_waits()


def test_an_idle_job_wakes_a_thread_that_waits(background: Background) -> None:
    first, second = threading.Event(), threading.Event()
    background.start()
    background.submit(first.set, Priority.IDLE)
    assert first.wait(SECONDS)

    background.submit(second.set, Priority.IDLE)

    assert second.wait(SECONDS)


def test_a_job_that_fails_is_reported_and_the_next_one_runs(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: reported.append(arguments.exc_type))
    ended = threading.Event()

    def fail() -> None:
        raise ValueError

    background.submit(fail)
    background.submit(ended.set, Priority.IDLE)
    background.start()

    assert ended.wait(SECONDS)
    assert reported == [ValueError]


def test_it_ends_although_idle_jobs_wait(background: Background) -> None:
    background.submit(lambda: None, Priority.IDLE)
    background.stop()
    background.start()

    background.join(SECONDS)

    assert not background.is_alive()


def test_idle_jobs_are_few_after_a_key(background: Background, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("earwig.core.system.background.time.monotonic", lambda: now)
    assert background.idle_in(now) == 0.0
    background.submit(lambda: None, Priority.IDLE)
    assert background._next() is not None  # what wakes the thread
    assert background._next() is not None  # the job
    background.make_way()
    assert background.idle_in(now) == pytest.approx(_FEW)
    assert background.idle_in(now + 0.9 * _FEW) == pytest.approx(0.1 * _FEW)
    assert background.idle_in(now + _FEW) == 0.0
    now += 10 * _WAY
    background.make_way()
    assert background.idle_in(now) == 0.0  # the last one began long ago


def test_a_job_runs_in_the_thread_that_calls_if_nothing_else_is_done(background: Background) -> None:
    ran_in: list[threading.Thread] = []
    background.start()
    background.run_here(lambda: ran_in.append(threading.current_thread()))
    assert ran_in == [threading.current_thread()]


def test_a_job_runs_where_it_does_not_meet_another(background: Background) -> None:
    """Two at once would read one transcript."""
    ran_in: list[threading.Thread] = []
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def long_job() -> None:
        begun.set()
        may_end.wait(SECONDS)

    background.start()
    background.submit(long_job)
    assert begun.wait(SECONDS)
    background.run_here(lambda: ran_in.append(threading.current_thread()))
    assert not ran_in
    background.submit(ended.set)
    may_end.set()
    assert ended.wait(SECONDS)
    assert ran_in == [background]


def test_what_is_idle_waits_for_what_runs_elsewhere(background: Background) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def long_job() -> None:
        begun.set()
        may_end.wait(SECONDS)

    elsewhere = threading.Thread(target=background.run_here, args=(long_job,))
    elsewhere.start()
    assert begun.wait(SECONDS)
    done = threading.Event()
    background.submit(done.set, Priority.IDLE)
    background.start()
    assert not done.wait(0.05)
    may_end.set()
    elsewhere.join(SECONDS)
    assert done.wait(SECONDS)


def test_a_fault_of_a_job_that_runs_here_is_reported_and_no_more(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: reported.append(told.exc_type))
    ran: list[int] = []
    background.run_here(lambda: 1 // 0)
    background.run_here(lambda: ran.append(1))
    assert reported == [ZeroDivisionError]
    assert ran == [1]
