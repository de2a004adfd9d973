"""What is shown of a session that is rewritten again and again, whatever pages come of it in which order."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from earwig.core.model.entries import Entry, Page, RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.ui.transcript.removed_entries import RETURN, RemovedEntries
from earwig.ui.transcript.viewport import Viewport
from tests.made_entries import line_entry

_COUNT = 4
"""Lines of a page."""


class Rewrites(RuleBasedStateMachine):
    """A file of lines that never say the same, a window on it, and what was taken out of the file."""

    unique = True

    def __init__(self) -> None:
        super().__init__()
        self.pulse = 0.0
        self.removed_entries = RemovedEntries(pulse=lambda: self.pulse)
        self.view = Viewport(lambda _: 1)
        self.view.height = 10
        self.lines: list[str] = []
        self.states: list[list[str]] = [[]]
        self.generation = self.said = 0
        self.rewritten = False

    @initialize(count=st.integers(0, 12))
    def begin(self, count: int) -> None:
        """A session that is opened at its end."""
        self.lines = [self._text() for _ in range(count)]
        self.view.replace(self._page(count - _COUNT, count))

    # What the bot does.

    @rule(count=st.integers(1, 3))
    def append(self, count: int) -> None:
        """Messages come."""
        self.lines += [self._text() for _ in range(count)]

    @rule(data=st.data(), same_size=st.booleans())
    def edit(self, data: st.DataObject, same_size: bool) -> None:
        """One becomes another."""
        if self.lines:
            at = data.draw(st.integers(0, len(self.lines) - 1))
            self._rewrite([*self.lines[:at], self._text(0 if same_size else 5), *self.lines[at + 1 :]])

    @rule()
    def go_on(self) -> None:
        """The last one grows."""
        if self.lines:
            self._rewrite([*self.lines[:-1], self.lines[-1] + "+"])

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Some are taken out, wherever they are."""
        kept = [line for line in self.lines if data.draw(st.booleans(), label=line)]
        self._rewrite(kept)

    @rule(count=st.integers(0, 12))
    def cut(self, count: int) -> None:
        """A rewrite in place is seen on its way."""
        self._rewrite(self.lines[:count])

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """The file is what it was before; or the same as it is."""
        self._rewrite(data.draw(st.sampled_from([*self.states[-4:], self.lines])))

    @rule(seconds=st.sampled_from([RETURN / 2, 2 * RETURN]))
    def wait(self, seconds: float) -> None:
        """Nothing happens."""
        self.pulse += seconds

    # What is read.

    @rule()
    def look(self) -> None:
        """What is appended comes; a rewrite is seen as one."""
        if self.rewritten:
            self.read_newest()
            return
        if self.view.at_end or not self.view.entries:
            self.read_after()

    @rule(count=st.integers(1, 6))
    def read_after(self, count: int = 100) -> None:
        """The page behind what is held."""
        if not self.rewritten:
            first = self._number_at(self.view.stop)
            page = self._page(first, first + count)
            changed = self.removed_entries.look(page)
            assert self.view.append(self.removed_entries.weave(page))
            self._weave(changed)

    @rule(count=st.integers(1, 6))
    def read_before(self, count: int) -> None:
        """The page before what is held."""
        if not self.rewritten:
            stop = self._number_at(self.view.start)
            page = self._page(stop - count, stop)
            changed = self.removed_entries.look(page)
            assert self.view.prepend(self.removed_entries.weave(page))
            self._weave(changed)

    @rule()
    def read_newest(self) -> None:
        """The newest page, in place of what is held."""
        self._replace(self._page(len(self.lines) - _COUNT, len(self.lines)))

    @rule(at=st.integers(0, 20))
    def read_around(self, at: int) -> None:
        """A page of any place, in place of what is held."""
        at = min(at, len(self.lines))
        self._replace(self._page(at - _COUNT, at + _COUNT))

    # What must be so.

    @invariant()
    def nothing_is_there_and_gone(self) -> None:
        """No message is shown as removed and as one that is there; what is there is what was read."""
        gone = [_text_of(entry) for entry in self.view.entries if isinstance(entry.item, RemovedEntry)]
        live = [_text_of(entry) for entry in self.view.entries if not isinstance(entry.item, RemovedEntry)]
        if self.unique:
            assert not set(gone) & set(live)
            assert not [text for text, count in Counter(gone).items() if count > 1]
        if not self.rewritten:
            first = self._number_at(self.view.start)
            assert live == self.lines[first : self._number_at(self.view.stop)]
        offsets = [entry.position for entry in self.view.entries]
        assert offsets == sorted(offsets)

    # How.

    def _replace(self, page: Page) -> None:
        if self.rewritten:
            whole = self.view.at_start and self.view.at_end
            self.removed_entries.rewritten(self.view.entries, page, at=0.0, messages=None, whole=whole)
            self.rewritten = False
        else:
            self.removed_entries.look(page)
        self.view.replace(self.removed_entries.weave(page))

    def _weave(self, changed: bool) -> None:
        if changed:
            self.view.exchange(self.removed_entries.weave(self.view.lines).entries, lambda _: None)

    def _rewrite(self, lines: list[str]) -> None:
        self.states.append(self.lines)
        self.lines = list(lines)
        self.generation += 1
        self.rewritten = True

    def _text(self, more: int = 0) -> str:
        self.said += 1
        number = self.said if self.unique else self.said * self.said % 7 % 3
        return f"{number:05}" + "=" * more

    def _number_at(self, offset: int) -> int:
        at = number = 0
        while at < offset:
            at += len(self.lines[number]) + 1
            number += 1
        return number

    def _page(self, first: int, stop: int) -> Page:
        first, stop = max(0, first), max(0, min(stop, len(self.lines)))
        entries = []
        offset = sum(len(line) + 1 for line in self.lines[:first])
        start = offset
        for line in self.lines[first:stop]:
            entries.append(line_entry(offset, len(line), ChatMessage("user", line), None))
            offset += len(line) + 1
        at_end = stop == len(self.lines)
        return Page(tuple(entries), start, offset, first == 0, at_end, self.generation)


def _text_of(entry: Entry) -> str:
    item = entry.item.item if isinstance(entry.item, RemovedEntry) else entry.item
    return item.content if isinstance(item, ChatMessage) else repr(item)


class Repetitions(Rewrites):
    """The same, of lines that say the same again and again: who is who cannot be known."""

    unique = False


TestRewrites = Rewrites.TestCase
TestRewrites.settings = settings(max_examples=60, stateful_step_count=30)
TestRepetitions = Repetitions.TestCase
TestRepetitions.settings = settings(max_examples=25, stateful_step_count=30)
