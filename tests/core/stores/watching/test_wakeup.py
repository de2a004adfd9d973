"""How a change wakes the follower: by the system's word, or by looking where there is none."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwig.core.stores.watching import wakeup
from earwig.core.stores.watching.inotify import ChangeSignal
from earwig.core.stores.watching.wakeup import Notified

PATIENT = 30.0

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has inotify")


@contextmanager
def notified(folder: Path, *, silent: bool = False) -> Iterator[Notified]:
    """A watch that stands."""
    watch = Notified([folder], threading.Event(), silent=silent)
    watch.wait(0.0)
    try:
        yield watch
    finally:
        watch.close()


def changed_in(watch: Notified, name: str, change: Callable[[], object]) -> bool:
    """Whether the watch tells of `name` once `change` has happened while it waits."""
    with ThreadPoolExecutor(1) as pool:
        told: Future[bool] = pool.submit(_tells_of, watch, name)
        change()
        return told.result(PATIENT)


def _tells_of(watch: Notified, name: str) -> bool:
    while changed := watch.wait(PATIENT):
        if name in {Path(location).name for location in changed}:
            return True
    return False


@pytest.mark.parametrize("silent", [False, True])
def test_a_change_is_told_by_name(tmp_path: Path, silent: bool) -> None:
    with notified(tmp_path, silent=silent) as watch:
        assert changed_in(watch, "alice.jsonl", (tmp_path / "alice.jsonl").touch)


@needs_linux
def test_a_change_that_breaks_a_silence_waits_for_no_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeup, "_BUSY_AT_FIRST", 0.0)
    monkeypatch.setattr(wakeup, "_IDLE_STEP_MS", 100_000)
    with notified(tmp_path) as watch:
        assert changed_in(watch, "alice.jsonl", (tmp_path / "alice.jsonl").touch)


@needs_linux
def test_what_is_on_the_screen_is_glanced_at_before_the_watcher_is_asked(tmp_path: Path) -> None:
    with notified(tmp_path) as watch:
        (tmp_path / "alice.jsonl").touch()
        assert watch.wait(PATIENT, lambda: True) == frozenset()
        assert {Path(it).name for it in watch.wait(PATIENT)} == {"alice.jsonl"}


@needs_linux
def test_a_flood_of_what_is_on_the_screen_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "bob.jsonl").touch()
    with notified(tmp_path) as watch:
        (tmp_path / "bob.jsonl").write_text("more")
        told: set[str] = set()
        for _ in range(1_000):
            with (tmp_path / "alice.jsonl").open("a") as alice:
                alice.write("more")
            told |= {Path(it).name for it in watch.wait(PATIENT, lambda: True)}
            if "bob.jsonl" in told:
                break
        assert "bob.jsonl" in told


@needs_linux
def test_a_wait_ends_when_the_follower_is_told_to(tmp_path: Path) -> None:
    stop = threading.Event()
    watch = Notified([tmp_path], stop)
    watch.wait(0.0)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(watch.wait, 1_000.0)
        stop.set()
        assert told.result(PATIENT) == frozenset()
    watch.close()


@needs_linux
def test_a_signal_wakes_for_a_change_and_for_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "alice.jsonl"
    path.write_text("hello")
    signal = ChangeSignal.of([tmp_path])
    assert signal is not None
    assert path.read_text() == "hello"
    assert not signal.wait(0.0)
    path.write_text("more")
    assert signal.wait(PATIENT)
    assert not signal.wait(0.0)
    signal.close()


@needs_linux
def test_a_signal_keeps_one_handle_and_none_on_the_folder(tmp_path: Path) -> None:
    signal = ChangeSignal.of([tmp_path])
    assert signal is not None
    held = {it.readlink() for it in Path("/proc/self/fd").iterdir() if it.is_symlink()}
    assert not [place for place in held if tmp_path in (place, *place.parents)]
    signal.close()
    signal.close()


def test_there_is_no_signal_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert ChangeSignal.of([tmp_path / "missing"]) is None
