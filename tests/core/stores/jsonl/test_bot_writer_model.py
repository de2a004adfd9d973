"""Any sequence of what the bot does to a file, and at any moment of it any look at the file.

`EARWIG_SEQUENCES=10000` runs so many of them instead of the few that are run each time.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from earwig.core import SessionStore
from earwig.core.model.events import RemovalReason, StoreEvents
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session
from earwig.core.stores.jsonl import serde_json
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from earwig.core.stores.jsonl.follower import Follower
from earwig.core.stores.store import WatchOptions
from earwig.core.system.opening import CannotOpen
from tests.core.bot_writer import BotWriter, line_of, taking_turns
from tests.core.looks import (
    Count,
    Eyes,
    Follow,
    Look,
    State,
    any_look,
    fits,
    looks_without_a_place,
    seen,
    seen_while,
    small_blocks,
)
from tests.core.permissions import ordinary_user
from tests.core.reference import entries_of

_ = serde_json
"""Imported now: an ordinary user may not be allowed to read the source."""

SEQUENCES = int(os.environ.get("EARWIG_SEQUENCES", "100"))
LONG_AGO = 1_000_000_000


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    with small_blocks():
        yield


shapes = st.sampled_from(["{}", "{}.{}", "{} line\nbreak", "{} Grüße €", "{0}" * 40])
"""Of a message's text, with its number: no two texts are alike, and so no two files by chance."""

odd_bytes = st.sampled_from(
    [
        b"\n",
        b"\r\n",
        b" \t\n",
        b"not JSON %d\n",
        b"\xff%d\n",
        b'{"role":"user"}%d\n',
        b'["user","%d"]\n',
        b'{"role":"user","content":"%d"}',
        b'{"role":"user","content":"%d"}\r\n',
        b"\0\0\0\0%d",
        b"\xe2\x82%d",
    ]
)
moments = st.tuples(st.integers(0, 3), any_look)
"""A look after each so many system calls (0: none)."""


class FileOfTheBot(RuleBasedStateMachine):
    """One session's file, the bot that writes it, a program that looks at it, and a follower's thread.

    The program looks between two system calls of the bot, and then must see what is there; or while the bot
    makes some, and then what was there before or after one of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        workspace = self.cleanup.enter_context(ordinary_user())
        self.store = SessionStore(workspace)
        self.path = self.store.session_path("alice")
        self.folder = self.path.parent
        self.bot = BotWriter(self.path, pause=self.pause)
        self.eyes = Eyes(self.path)
        self.moment: tuple[int, Look] = (0, Follow())
        self.calls = 0
        self.number = 100
        self.rest = b""
        self.made_anew = False
        """Whether the folder is another one than that in which the session was last."""

        self.follower = Follower(FolderStore([self.folder]), WatchOptions(self.hear, grace=0.0))
        self.told: dict[str, Session] = {}
        self.fates: set[RemovalReason] = set()

    def teardown(self) -> None:
        self.cleanup.close()

    @initialize(count=st.integers(0, 6))
    def begin(self, count: int) -> None:
        for _ in range(count):
            self.bot.append(self.text("{}.{}"))

    # What is there.

    def state(self) -> State:
        return self.path.read_bytes() if self.path.exists() else None

    @property
    def closed(self) -> bool:
        return self.path.exists() and not os.access(self.path, os.R_OK)

    def text(self, shape: str) -> str:
        self.number += 1
        return shape.format(self.number, self.number)

    # Looking.

    def look(self, look: Look) -> None:
        if self.closed:
            with pytest.raises(CannotOpen) as refused:
                seen(look, self.eyes, b"")
            assert not refused.value.missing
            return
        state = self.state()
        found = seen(look, self.eyes, state)
        assert fits(found, look, state), (look, found, state)

    def pause(self) -> None:
        self.calls += 1
        every, look = self.moment
        if every and self.calls % every == 0:
            self.look(look)

    @rule(look=any_look)
    def look_now(self, look: Look) -> None:
        self.look(look)

    @rule()
    def nothing_more_happens(self) -> None:
        """What is followed and what is counted are what a fresh load gives."""
        if self.closed:
            return
        self.look(Follow())
        data = self.state() or b""
        items = [entry.item for entry in (*self.eyes.reader.complete, *self.eyes.reader.provisional)]
        assert [item for item in items if isinstance(item, ChatMessage)] == self.store.load("alice")
        bad_lines = [entry.item for entry in entries_of(data) if isinstance(entry.item, BadLine)]
        assert [item for item in items if isinstance(item, BadLine)] == bad_lines
        self.look(Count(64))

    # The follower's thread.

    def hear(self, events: StoreEvents) -> None:
        for session in events.appeared:
            assert session.id not in self.told
            self.told[session.id] = session
        for session in events.changed:
            assert self.told[session.id] != session
            self.told[session.id] = session
        for vanished in events.vanished:
            del self.told[vanished.id]
            if vanished.id == str(self.path):
                assert vanished.removal_reason in self.fates

    @rule(all_of_it=st.booleans())
    def the_follower_looks(self, all_of_it: bool) -> None:
        """By a notification of this file, or at all that is there."""
        self.follower._next_reconcile = 0.0 if all_of_it else math.inf
        self.follower._look(frozenset({str(self.path)}))
        there = look_at(str(self.path))
        if there is not None:
            self.made_anew = False
        # A folder made anew may be a mount point: while nothing is in it, it is waited for.
        waited_for = there is None and self.made_anew
        own = {it: session for it, session in self.told.items() if not session.is_put_away}
        assert waited_for or own == ({} if there is None else {str(self.path): there})

    @rule()
    def the_follower_is_told_of_something_else(self) -> None:
        self.follower._next_reconcile = math.inf
        told = dict(self.told)
        self.follower._look(frozenset({str(self.folder), str(self.folder / ".tmpabc")}))
        assert self.made_anew or self.told == told

    # What the bot does.

    @rule(shape=shapes, pieces=st.sampled_from(["append", "append_in_two", "append_by_byte"]), moment=moments)
    def append(self, shape: str, pieces: str, moment: tuple[int, Look]) -> None:
        self.moment = moment
        getattr(self.bot, pieces)(self.text(shape))

    @rule(shape=shapes, moment=moments)
    def append_two_at_once(self, shape: str, moment: tuple[int, Look]) -> None:
        self.moment = moment
        self.bot.append_fused(self.text(shape), self.text(shape))

    @rule(shape=shapes, size=st.integers(1, 140), moment=moments)
    def append_torn(self, shape: str, size: int, moment: tuple[int, Look]) -> None:
        self.moment = moment
        text = self.text(shape)
        self.bot.append_torn(text, size)
        self.rest = line_of("user", text)[size:] + b"\n"

    @precondition(lambda self: self.rest)
    @rule(moment=moments)
    def append_the_rest(self, moment: tuple[int, Look]) -> None:
        self.moment = moment
        self.bot.append_bytes(self.rest)
        self.rest = b""

    @rule(data=odd_bytes, moment=moments)
    def append_odd_bytes(self, data: bytes, moment: tuple[int, Look]) -> None:
        self.moment = moment
        self.number += 1
        self.bot.append_bytes(data.replace(b"%d", b"%d" % self.number))

    @rule(
        what=st.sampled_from(["remove_last", "compact", "clear"]),
        renames=st.booleans(),
        old_stamp=st.booleans(),
        moment=moments,
    )
    def rewrite(self, what: str, renames: bool, old_stamp: bool, moment: tuple[int, Look]) -> None:
        self.begin_rewrite(renames, moment)
        stamp = self.path.stat().st_mtime_ns if self.path.exists() else 0
        getattr(self.bot, what)()
        if old_stamp:
            os.utime(self.path, ns=(stamp, stamp))
        self.look(moment[1])

    @rule(shape=shapes, same_size=st.booleans(), renames=st.booleans(), moment=moments)
    def update_last(self, shape: str, same_size: bool, renames: bool, moment: tuple[int, Look]) -> None:
        self.begin_rewrite(renames, moment)
        text = self.text(shape)
        messages = self.bot.messages()
        if same_size and messages and (size := len(messages[-1][1])) >= 3 and messages[-1][1].isascii():
            text = (f"{self.number}" * size)[:size]
        self.bot.update_last(text)
        self.look(moment[1])

    def begin_rewrite(self, renames: bool, moment: tuple[int, Look]) -> None:
        """The same look before as after it: what a rewrite hides, it hides between two."""
        self.moment = moment
        self.look(moment[1])
        self.bot.renames = renames
        self.give_permission()

    @rule(renames=st.booleans(), calls=st.integers(1, 9))
    def die_in_a_rewrite(self, renames: bool, calls: int) -> None:
        self.begin_rewrite(renames, (0, Follow()))
        for _ in islice(self.bot.rewriting(self.bot.messages()), calls):
            pass

    @rule(
        shape=shapes,
        doing=st.sampled_from(["append", "append two", "rewrite", "same again", "both", "replace"]),
        look=looks_without_a_place,
        pattern=st.lists(st.integers(0, 4), max_size=12),
    )
    def write_during_a_look(self, shape: str, doing: str, look: Look, pattern: list[int]) -> None:
        self.begin_rewrite(doing == "replace", (0, Follow()))
        appending = self.bot.appending([line_of("user", self.text(shape)), b"\n"])
        rewriting = self.bot.rewriting([*self.bot.messages()[:-1], ("assistant", self.text(shape))])
        short = self.bot.appending([b"{%d}\n" % self.number])
        calls = {
            "append": appending,
            "append two": taking_turns(appending, short),
            "rewrite": rewriting,
            "same again": self.bot.rewriting(self.bot.messages()),
            "both": taking_turns(rewriting, short),
            "replace": rewriting,
        }
        found, states = seen_while(look, self.eyes, self.path, calls[doing], pattern)
        assert any(fits(found, look, state) for state in states), (look, found, states)

    @rule()
    def delete(self) -> None:
        self.goes(RemovalReason.DELETED)
        self.bot.delete()

    @rule()
    def make_anew_with_the_same_size(self) -> None:
        """As a rule with the same inode number too, and then its stamp is set as well."""
        self.begin_rewrite(False, (0, Follow()))
        data = self.state() or b""
        stamp = self.path.stat().st_mtime_ns if data else 0
        self.goes(RemovalReason.DELETED)
        self.bot.delete()
        self.number += 1
        self.bot.append_bytes((b"%d" % self.number * len(data))[: max(3, len(data)) - 1] + b"\n")
        os.utime(self.path, ns=(stamp, stamp))

    @precondition(lambda self: self.path.exists())
    @rule(name=st.sampled_from(["alice.jsonl.importing", "alice.jsonl.migrated", "archive/alice.jsonl"]))
    def move_away(self, name: str) -> None:
        self.goes(RemovalReason.ARCHIVED if name.startswith("archive") else RemovalReason.MIGRATED)
        (self.folder / "archive").mkdir(exist_ok=True)
        self.path.replace(self.folder / name)

    @rule(name=st.sampled_from(["alice.jsonl.importing", "alice.jsonl.migrated", "archive/alice.jsonl"]))
    def move_back(self, name: str) -> None:
        place = self.folder / name
        if place.exists():
            place.replace(self.path)

    @rule()
    def delete_the_folder_and_make_it_again(self) -> None:
        self.goes(RemovalReason.DELETED)
        shutil.rmtree(self.folder)
        self.look(Follow())
        self.folder.mkdir()
        self.made_anew = True

    def goes(self, fate: RemovalReason) -> None:
        """By a coarse clock, an earlier fate of the same moment may be taken for it."""
        self.fates.add(fate)

    @precondition(lambda self: self.path.exists())
    @rule()
    def take_permission(self) -> None:
        """To read; the bot can still append."""
        self.path.chmod(0o200)

    @rule()
    def give_permission(self) -> None:
        if self.path.exists():
            self.path.chmod(0o644)

    @precondition(lambda self: self.path.exists())
    @rule(seconds=st.sampled_from([0, LONG_AGO, 4_000_000_000]))
    def set_the_clock(self, seconds: int) -> None:
        os.utime(self.path, (seconds, seconds))


FileOfTheBot.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnySequence = FileOfTheBot.TestCase
