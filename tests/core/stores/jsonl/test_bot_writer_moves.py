"""Each way in which the bot changes a file, by its name: what a reader and the follower make of it."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from earwig.core.stores.jsonl.follower import Follower
from earwig.core.stores.protocols import Change
from earwig.core.stores.store import WatchOptions
from earwig.core.system.opening import CannotOpen
from tests.core.bot_writer import BotWriter, line_of, lines_of, taking_turns
from tests.core.permissions import ordinary_user
from tests.core.reader import Reader, fresh

START = [("user", "Where is my order?"), ("assistant", "It left our depot."), ("user", "Thank you.")]
BAD = b"not JSON\n"


class Ears:
    """What the follower's thread would say, asked when the test likes."""

    def __init__(self, folder: Path) -> None:
        self.events = StoreEvents()
        self._follower = Follower(FolderStore([folder]), WatchOptions(self._hear, grace=0.0))
        self._follower._look(frozenset())

    def _hear(self, events: StoreEvents) -> None:
        self.events = events

    def told(self, path: Path) -> StoreEvents:
        """What it says after a notification of this file."""
        self.events = StoreEvents()
        self._follower._next_reconcile = math.inf
        self._follower._look(frozenset({str(path)}))
        return self.events


class Scene:
    """A session of three messages and a bad line, and two who look at it after each system call."""

    def __init__(self, folder: Path, *, renames: bool = False) -> None:
        self.folder = folder
        self.path = folder / "alice.jsonl"
        self.path.write_bytes(lines_of(START[:1]) + BAD + lines_of(START[1:]))
        self.bot = BotWriter(self.path, renames=renames, pause=self.look)
        self.reader = Reader(self.path)
        self.ears = Ears(folder)
        self.changes: list[Change] = []
        self.look()

    def look(self) -> None:
        """What is seen and heard is what is there."""
        told = self.ears.told(self.path)
        there = look_at(str(self.path))
        heard: list[Session | Vanished] = [*told.appeared, *told.changed, *told.vanished]
        assert heard in ([], [there]) or there is None
        self.changes.append(self.reader.look())
        assert self.reader.shown == fresh(self.bot.data)
        assert self.reader.transcript.absent == (there is None)

    @property
    def rewritten(self) -> int:
        """How often the past was taken to have changed."""
        return self.reader.generation


@pytest.fixture(params=[False, True], ids=["in place", "by rename"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    return Scene(tmp_path, renames=request.param)


@pytest.fixture
def growing(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def fused(bot: BotWriter) -> None:
    bot.append_fused("Two of us", "at once")
    assert bot.data.endswith(line_of("user", "Two of us") + line_of("user", "at once") + b"\n\n")


def interleaved_by_byte(bot: BotWriter) -> None:
    lines = (line_of("user", text) + b"\n" for text in ("one", "other"))
    bot.perform(taking_turns(*(bot.appending(bytes([byte]) for byte in line) for line in lines)))


def torn_and_completed(bot: BotWriter) -> None:
    line = line_of("user", "Grüße €") + b"\n"
    bot.append_torn("Grüße €", line.index(b"\xbc"))
    bot.append_bytes(line[line.index(b"\xbc") :])
    assert bot.messages()[-1] == ("user", "Grüße €")


def torn_and_fused_with_the_next(bot: BotWriter) -> None:
    bot.append_torn("never whole", 30)
    bot.append_in_two("lost with it")
    assert bot.messages() == START


@pytest.mark.parametrize(
    "append",
    [
        lambda bot: bot.append("hello"),
        lambda bot: bot.append_in_two("hello"),
        lambda bot: bot.append_by_byte("hello"),
        fused,
        interleaved_by_byte,
        torn_and_completed,
        torn_and_fused_with_the_next,
        lambda bot: bot.append_bytes(b"\0" * 20),
    ],
    ids=[
        *("one write", "two writes", "byte by byte", "two appenders", "two appenders byte by byte"),
        *("torn and completed", "torn and fused", "NULs"),
    ],
)
def test_appends_never_change_the_past(growing: Scene, append: Callable[[BotWriter], None]) -> None:
    append(growing.bot)
    growing.look()
    assert growing.rewritten == 0
    assert set(growing.changes) == {Change.GREW, Change.SAME}


@pytest.mark.parametrize(
    ("rewrite", "left"),
    [
        (lambda bot: bot.remove_last(), START[:-1]),
        (lambda bot: bot.update_last("Thank you!"), [*START[:-1], ("user", "Thank you!")]),
        (
            lambda bot: bot.update_last("Thank you. And when?"),
            [*START[:-1], ("user", "Thank you. And when?")],
        ),
        (lambda bot: bot.clear(), []),
        (lambda bot: bot.compact(), START),
    ],
    ids=["remove-last", "update-last", "update-last to a longer one", "clear", "compact"],
)
def test_a_rewrite_is_seen_at_each_of_its_steps(
    scene: Scene, rewrite: Callable[[BotWriter], None], left: list[tuple[str, str]]
) -> None:
    rewrite(scene.bot)
    scene.look()
    assert scene.rewritten
    assert scene.bot.data == lines_of(left)


def test_an_equal_size_a_kept_stamp_and_a_reused_inode_number_hide_nothing(scene: Scene) -> None:
    scene.bot.compact()
    before = scene.path.stat()
    scene.bot.pause = lambda: None  # nobody looks in between
    for number in range(30):
        scene.bot.update_last(f"Thank you {number % 10}")
        os.utime(scene.path, ns=(before.st_mtime_ns, before.st_mtime_ns))
        scene.look()
    assert scene.rewritten >= 30


def test_a_file_made_anew_with_the_same_size_and_stamp(growing: Scene) -> None:
    before = growing.path.stat()
    growing.bot.delete()
    growing.path.write_bytes(b"x" * (before.st_size - 1) + b"\n")
    os.utime(growing.path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    growing.look()
    assert growing.rewritten == 1


def test_a_rewrite_that_is_left_off_midway(scene: Scene) -> None:
    calls = scene.bot.rewriting([("user", "one"), ("user", "two")])
    for _ in range(3):
        next(calls)
        scene.look()
    del calls
    scene.bot.append("and on")
    scene.look()
    assert scene.reader.shown


def test_deletion_and_re_creation(growing: Scene) -> None:
    for content in ("again", "and again"):
        growing.bot.delete()
        growing.look()
        assert growing.changes[-1] is Change.VANISHED
        growing.bot.append(content)
        growing.look()
    assert growing.bot.messages() == [("user", "and again")]


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        (".jsonl.importing", RemovalReason.MIGRATED),
        (".jsonl.migrated", RemovalReason.MIGRATED),
        ("archive", RemovalReason.ARCHIVED),
        ("", RemovalReason.DELETED),
    ],
)
def test_a_file_that_goes_away_and_comes_back(growing: Scene, name: str, fate: RemovalReason) -> None:
    archive = growing.folder / "archive"
    archive.mkdir()
    place = archive / "alice.jsonl" if name == "archive" else growing.path.with_name("alice" + name)
    if name:
        growing.path.rename(place)
    else:
        growing.path.unlink()
    assert growing.ears.told(growing.path).vanished == (Vanished(SessionId(str(growing.path)), fate),)
    growing.look()
    if name:
        place.rename(growing.path)
    else:
        growing.bot.append("again")
    growing.look()
    assert growing.reader.shown


def test_a_folder_that_is_deleted_and_made_again(growing: Scene) -> None:
    shutil.rmtree(growing.folder)
    growing.look()
    growing.folder.mkdir()
    growing.look()
    growing.bot.append("again")
    growing.look()
    assert growing.bot.messages() == [("user", "again")]


@pytest.mark.parametrize("append", [False, True])
def test_permissions_taken_and_given_back(append: bool) -> None:
    with ordinary_user() as folder:
        scene = Scene(folder)
        shown = scene.reader.shown
        scene.path.chmod(0o200)
        [session] = scene.ears.told(scene.path).changed
        assert session.problem == "cannot be read: permission denied"
        with pytest.raises(CannotOpen, match="permission denied"):
            scene.reader.look()
        assert scene.reader.shown == shown
        if append:
            with scene.path.open("ab") as file:
                file.write(lines_of([("assistant", "unseen")]))
        scene.path.chmod(0o644)
        scene.look()
        assert scene.rewritten == 0
        assert (len(scene.reader.shown) > len(shown)) == append


def test_a_clock_set_back(growing: Scene) -> None:
    for year in (2030, 1975):
        then = (year - 1970) * 31_557_600
        os.utime(growing.path, (then, then))
        [session] = growing.ears.told(growing.path).changed
        assert session.activity_ns == then * 10**9
        growing.look()
        growing.bot.append(f"in {year}")
        os.utime(growing.path, (then - 99, then - 99))
        growing.look()
    assert growing.rewritten == 0
