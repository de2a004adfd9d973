"""Drawn entries, kept for as long as they may be shown again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from earwig.core.content.entry_relations import NO_RELATION, EntryRelation, Turn
from earwig.core.content.envelopes import sent_at
from earwig.core.model.entries import Entry, RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import markdown_is_loaded, render_entry, with_header
from earwig.ui.rendering.folding import shortened
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.shape import Shape
from earwig.ui.rendering.source_text import SourceText
from earwig.ui.rendering.times import TimeStyle, waiting_words
from earwig.ui.transcript.fold_state import FoldState, moved
from earwig.ui.transcript.numbering import Numbering

if TYPE_CHECKING:
    from earwig.ui.transcript.entry_relations import EntryRelations

CACHED = 500
"""Blocks kept, most entries twice, with and without a number: some screens of short messages."""

ROWS = 10_000
"""Rows kept in them: a row takes some 1.5 kB. The neighbourhood of a screen may be three blocks of about
`FOLD_LINES` rows, and has to fit."""


REACH = 2_000
"""Cells to which a line goes on in its row where lines are not wrapped: what is far off costs memory."""


class EntryCache:
    """Draws entries at one width in one look, each once.

    The key holds all that a block depends on but the look, the entry's content first of all, so nothing has
    to be thrown away when an entry changes, and no other one is ever taken for it.
    """

    def __init__(self, palette: Palette, *, clock: Callable[[], float] = time.time) -> None:
        self.palette = palette
        self.width = 80
        self.wrapped = True
        """Whether long lines go on in the next row, or in the same one beyond the width."""

        self.markdown = markdown_is_loaded()
        """Whether messages are rendered; until the parser is loaded they are shown as they are stored."""

        self.numbers = Numbering()

        self.seen: dict[int, float] = {}
        """When an entry was seen to arrive, by position (Unix time, seconds)."""

        self.times = TimeStyle()
        self.clock = clock
        self.active_at: float | None = None
        """When the session's file was changed last, as far as known (Unix time, seconds)."""

        self.relations: EntryRelations | None = None
        """Of what is held; None: every entry stands for itself."""

        self.folds = FoldState()
        self._sources: set[int] = set()
        self._cache: OrderedDict[tuple[object, ...], tuple[Block, int]] = OrderedDict()
        self._rows = 0
        self._source_changes = 0
        self._heights: dict[int, tuple[Entry, EntryRelation, int]] = {}
        self._measured_for: tuple[object, ...] = ()

    def dress(self, palette: Palette) -> None:
        self.palette = palette
        self._forget()

    def begin(self, active_at: float) -> None:
        """Draw another session's entries, whose file was changed then (Unix time, seconds)."""
        self.clear()
        self.active_at = active_at

    def arrive(self, position: int, most: int) -> None:
        """Note that an entry has arrived just now, if no more than so many have."""
        if len(self.seen) < most:
            self.seen.setdefault(position, self.clock())

    def clear(self) -> None:
        self.numbers.clear()
        self.seen.clear()
        self._sources.clear()
        self.folds.clear()
        if self.relations is not None:
            self.relations.clear()
        self._forget()

    def rewritten(self, place_of: Callable[[int], int | None]) -> None:
        """Keep what belongs to lines that are still there, under their new places, and forget the rest.

        `place_of` gives where a line is, by where it was; None: it is not there any more.
        """
        self.numbers.clear()
        self.seen = {now: at for was, at in self.seen.items() if (now := place_of(was)) is not None}
        self._sources = moved(self._sources, place_of)
        self._source_changes += 1
        self.folds.rewritten(place_of)

    def _forget(self) -> None:
        self._cache.clear()
        self._rows = 0
        self._heights.clear()

    def _known(self, key: tuple[object, ...]) -> Block | None:
        if key not in self._cache:
            return None
        self._cache.move_to_end(key)
        return self._cache[key][0]

    def _keep(self, key: tuple[object, ...], block: Block, own: int) -> Block:
        """Have it for the next time, without what was not used for longest; `own`: rows no other has."""
        self._cache[key] = (block, own)
        self._rows += own
        while (self._rows > ROWS or len(self._cache) > CACHED) and len(self._cache) > 1:
            _, (_, gone) = self._cache.popitem(last=False)
            self._rows -= gone
        return block

    def toggle_source(self, entry: Entry) -> None:
        self._sources ^= {entry.identity}
        self._source_changes += 1

    def toggle_fold(self, entry: Entry) -> None:
        """Unfold all that is folded in an entry; where nothing is, fold what is no text, or else the text."""
        self.folds.toggle(entry.identity, self.relation(entry), items=self._whole(entry).items)

    def reveal(self, entry: Entry) -> None:
        """See that an entry has rows of its own, if it can have any."""
        if not self.height(entry):
            self.folds.unfold(entry.identity, self.relation(entry))

    def leader(self, entry: Entry) -> int:
        """Return the identity of the entry together with which an entry is folded."""
        return self.folds.leader(entry.identity, self.relation(entry))

    def relation(self, entry: Entry) -> EntryRelation:
        if self.relations is None or self.numbers.sparse:
            return NO_RELATION  # those that a filter leaves are no neighbours
        return self.relations.of(entry)

    def waited(self, entry: Entry) -> float | None:
        """Seconds that an entry waits for an answer, None if it does not."""
        if self.relation(entry).turn is not Turn.WAITING:
            return None
        now = self.clock()
        known = (_own_time(entry), self.seen.get(entry.identity), self.active_at)
        since = next((at for at in known if at is not None and at <= now), None)
        return None if since is None else now - since

    def _turn_words(self, entry: Entry) -> SafeText | None:
        turn = self.relation(entry).turn
        if turn is None:
            return None
        if turn is Turn.UNANSWERED:
            return own_text("◌ not answered")
        waited = self.waited(entry)
        return own_text("◌ {}", own_text("waiting") if waited is None else waiting_words(waited))

    def _time_words(self, entry: Entry) -> SafeText | None:
        own = entry.item.at if isinstance(entry.item, RemovedEntry) else _own_time(entry)
        if own is not None:
            return self.times.when(own, self.clock())
        seen = self.seen.get(entry.identity)
        return None if seen is None else self.times.seen(seen, self.clock())

    def is_folded(self, entry: Entry) -> bool:
        return self.folds.is_folded(entry.identity)

    def is_source(self, entry: Entry) -> bool:
        return entry.identity in self._sources

    def is_drawn(self, entry: Entry) -> bool:
        return self._key(entry, self.is_folded(entry)) in self._cache

    def block(self, entry: Entry) -> Block:
        number, guess = self.numbers.number_of(entry), self.numbers.guess_of(entry)
        said, turn = self._time_words(entry), self._turn_words(entry)
        told = (entry.item.at, entry.item.messages) if isinstance(entry.item, RemovedEntry) else None
        key = self._key(entry, self.is_folded(entry))
        named = (*key, number, guess, said, turn, told)
        block = self._known(named)
        if block is None:
            words = self.numbers.words(entry)
            named_block = with_header(self._body(entry), entry, self.width, self.palette, words, said, turn)
            block = self._keep(named, named_block, 1)
        else:
            self._known(key)  # used as well: another header would be put on it
        return block

    def block_with_places(self, entry: Entry) -> Block:
        """Return the entry's rows, whose text knows where it is stored, below a header that does not count.

        Nothing of them is kept.
        """
        drawn = self._draw(_with_places(entry))
        return shortened(drawn, self.width, self.palette) if self.is_folded(entry) else drawn

    def height(self, entry: Entry) -> int:
        """Rows that the entry takes: asked for several times in a frame, of all that is on the screen."""
        folds = self.folds
        shown = self.width, self.wrapped, self.markdown, self._source_changes
        measured_for = (*shown, folds.changes, folds.ruled)
        if measured_for != self._measured_for or len(self._heights) > CACHED:
            self._heights.clear()
            self._measured_for = measured_for
        identity, relation = entry.identity, self.relation(entry)
        known = self._heights.get(identity)
        if known is not None and known[0] is entry and known[1] == relation:
            return known[2]
        height = len(self._body(entry).rows)
        self._heights[identity] = entry, relation, height
        return height

    def _body(self, entry: Entry) -> Block:
        """Return the entry with a header that does not count."""
        return self._shortened(entry) if self.is_folded(entry) else self._whole(entry)

    def _shortened(self, entry: Entry) -> Block:
        key = self._key(entry, True)
        return self._known(key) or self._keep(key, shortened(self._whole(entry), self.width, self.palette), 1)

    def _whole(self, entry: Entry) -> Block:
        key = self._key(entry, False)
        block = self._known(key)
        if block is None:
            drawn = self._draw(entry)
            block = self._keep(key, drawn, len(drawn.rows))
        return block

    def _draw(self, entry: Entry) -> Block:
        return render_entry(
            entry,
            self.width,
            self.palette,
            source=self.is_source(entry),
            shape=self._shape(entry),
            markdown=self.markdown,
            reach=0 if self.wrapped else REACH,
        )

    def _key(self, entry: Entry, folded: bool) -> tuple[object, ...]:
        shown = self.width, self.wrapped, self.is_source(entry), self.markdown, folded, self._shape(entry)
        return entry.identity, *entry.fingerprint, *shown

    def _shape(self, entry: Entry) -> Shape:
        return self.folds.shape(entry.identity, self.relation(entry))


def _with_places(entry: Entry) -> Entry:
    """Return an entry whose message's text knows where it is stored."""
    item = entry.item
    if isinstance(item, ChatMessage):
        return entry._replace(item=ChatMessage(item.role, SourceText.whole(item.content)))
    if isinstance(item, RemovedEntry) and isinstance(item.item, ChatMessage):
        message = ChatMessage(item.item.role, SourceText.whole(item.item.content))
        return entry._replace(item=item._replace(item=message))
    return entry


def _own_time(entry: Entry) -> float | None:
    """Return the entry's own time (Unix, seconds): that which its text begins with, or when it was stored."""
    own = sent_at(*entry.item) if isinstance(entry.item, ChatMessage) else None
    return entry.time if own is None else own.timestamp()
