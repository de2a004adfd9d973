"""The parts of a transcript view without a widget: their host and feed only note what they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

from textual.geometry import Size
from textual.message import Message

from earwig.core.model.entries import Entry, Item, Page
from earwig.core.model.message import ChatMessage
from earwig.core.text.safe_text import SafeText
from earwig.ui.session.messages import Counted, PageArrived, Place
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.parts import TranscriptParts
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.widgets.debounce import Debounce
from tests.made_entries import line_entry
from tests.ui.rendering.drawing import PALETTE

LENGTH = 10
"""Bytes of each line."""


def entry(at: int, item: Item | None = None) -> Entry:
    """The line of a number, from 0: `say 0`, `say 1`, ..."""
    return line_entry(at * LENGTH, LENGTH - 1, item or ChatMessage.user(f"say {at}"), at + 1)


def page(
    first: int, stop: int, total: int, *, generation: int = 0, items: dict[int, Item] | None = None
) -> Page:
    """The lines from one to another of a session of so many."""
    entries = tuple(entry(at, (items or {}).get(at)) for at in range(first, stop))
    return Page(entries, first * LENGTH, stop * LENGTH, first == 0, stop == total, generation)


class FakeDebounce:
    """What calls back when the test says so."""

    def __init__(self, callback: Callable[[], ViewChange]) -> None:
        self.callback = callback
        self.is_due = False

    def call_in(self, seconds: float) -> None:
        self.is_due = True

    def cancel(self) -> None:
        self.is_due = False

    def fire(self) -> ViewChange:
        assert self.is_due
        self.is_due = False
        return self.callback()


class FakeHost:
    """Remembers what was told and posted."""

    def __init__(self) -> None:
        self.told: list[SafeText] = []
        self.posted: list[Message] = []
        self.timers: list[FakeDebounce] = []

    def tell(self, words: SafeText, *, severity: str = "information", timeout: float | None = None) -> None:
        self.told.append(words)

    def post_message(self, message: Message) -> bool:
        self.posted.append(message)
        return True

    def later(self, callback: Callable[[], ViewChange]) -> Debounce:
        self.timers.append(FakeDebounce(callback))
        return cast("Debounce", self.timers[-1])

    @property
    def due(self) -> list[FakeDebounce]:
        """The timers that have something to do."""
        return [timer for timer in self.timers if timer.is_due]


class FakeReader:
    """Remembers what was asked for, as tuples of a method's name and what it was given."""

    def __init__(self, name: str = "alice", prefix: str = "", asked: list[Any] | None = None) -> None:
        self.session = SimpleNamespace(id=name, key=name, activity_ns=0)
        self.asked: list[Any] = [] if asked is None else asked
        self._prefix = prefix

    @property
    def search(self) -> FakeReader:
        return FakeReader(self.session.id, "search.", self.asked)

    @property
    def links(self) -> FakeReader:
        return FakeReader(self.session.id, "links.", self.asked)

    def want(self, place: Place, *position: int) -> None:
        self.asked.append((place.value, *position))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*given: Any, **named: Any) -> Any:
            self.asked.append((self._prefix + name, *given))
            if self._prefix + name == "search.find" and given[0] is not None:
                return SimpleNamespace(query=given[0], match_count=None)
            return None

        return ask

    def take(self, name: str) -> list[Any]:
        """What was asked for under a name since the last time."""
        found = [it for it in self.asked if it[0] == name]
        self.asked[:] = [it for it in self.asked if it[0] != name]
        return found


class Rig:
    """Parts over a fake feed; `commit` does what the widget would."""

    def __init__(self) -> None:
        self.host = FakeHost()
        self.reader = FakeReader()
        self.parts = TranscriptParts(self.host, PALETTE, lambda: 0.0)
        self.parts.options.fit(Size(60, 12))
        self.told: list[ViewChange] = []

    def show(self, newest: Page | None) -> None:
        self.commit(self.parts.show(cast("SessionReader", self.reader), newest))
        self.reader.asked.clear()

    def commit(self, change: ViewChange) -> None:
        self.told.append(change)
        if ViewChange.ROWS in change:
            self.parts.see()
        if ViewChange.PLACE in change:
            self.parts.pages.read_ahead()
            self.parts.navigator.run_waiting(self.commit)

    def arrive(self, it: Page, place: Place, anchor: int = 0) -> ViewChange:
        change = self.parts.pages.take_page(
            PageArrived(self.reader, it, place, anchor, self.parts.session.filter)
        )
        self.commit(change)
        return change

    def count(self, messages: int, *, new: int = 0, done: bool = True) -> None:
        counted = Counted(
            self.reader,
            span=(0, messages * LENGTH),
            messages=messages,
            bad_lines=0,
            long_lines=0,
            new=new,
            done=done,
            lines=messages if done else None,
        )
        self.commit(self.parts.takers()["Counted"](counted))

    def rows(self) -> list[str]:
        """The rows of the screen, painted."""
        height = self.parts.viewport.height
        return [self.parts.painter.paint(y, None).text.rstrip() for y in range(height)]

    def said(self) -> list[str]:
        """The messages on the screen, from the top."""
        rows = [row.rstrip("┃ ") for row in self.rows()]
        return [row[2:] for row in rows if row[2:].startswith("say ")]


def shown(count: int = 100) -> Rig:
    """A rig that shows a session of so many lines, all of them held, and follows it."""
    rig = Rig()
    rig.show(page(0, count, count))
    rig.count(count)
    return rig


def texts(entries: Sequence[Entry]) -> list[str]:
    return [entry.item.content for entry in entries if isinstance(entry.item, ChatMessage)]
