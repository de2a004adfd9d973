"""Drawn entries, kept for as long as they may be shown again."""

from __future__ import annotations

from collections import OrderedDict

from earwig.core.safe_text import SafeText
from earwig.core.transcript.entries import Entry, Ghost
from earwig.ui.numbering import Numbering
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import markdown_is_loaded, render_entry, with_header
from earwig.ui.rendering.folding import shortened
from earwig.ui.rendering.look import Look

CACHED = 500
"""Blocks kept, most entries twice, with and without a number: some screens of short messages."""

ROWS = 10_000
"""Rows kept in them: a row takes some 1.5 kB. The neighbourhood of a screen may be three blocks of about
`FOLD_LINES` rows, and has to fit."""


REACH = 2_000
"""Cells to which a line goes on in its row where lines are not wrapped: what is far off costs memory."""


class Blocks:
    """Draws entries at one width in one look, each once.

    The key holds all that a block depends on but the look, so nothing has to be thrown away when an entry
    changes.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self.width = 80
        self.wrapped = True
        """Whether long lines go on in the next row, or in the same one beyond the width."""

        self.markdown = markdown_is_loaded()
        """Whether messages are rendered; until the parser is loaded they are shown as they are stored."""

        self.generation = 0
        self.numbers = Numbering()

        self.seen: dict[int, SafeText] = {}
        """When an entry was seen to arrive, by offset."""

        self.all_folded = False
        """Whether long entries are folded, but for those of which the reader wants it otherwise."""

        self._otherwise: set[int] = set()
        self._sources: set[int] = set()
        self._cache: OrderedDict[tuple[object, ...], tuple[Block, int]] = OrderedDict()
        self._rows = 0

    @property
    def look(self) -> Look:
        """The theme's styles."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        self._look = look
        self._forget()

    def clear(self) -> None:
        """Forget what belongs to a session."""
        self.numbers.clear()
        self.seen.clear()
        self._sources.clear()
        self._otherwise.clear()
        self._forget()

    def _forget(self) -> None:
        self._cache.clear()
        self._rows = 0

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
        """Show an entry as it is stored, or rendered again."""
        self._sources ^= {entry.identity}

    def toggle_fold(self, entry: Entry) -> None:
        """Fold an entry, or unfold it."""
        self._otherwise ^= {entry.identity}

    def toggle_all_folds(self) -> None:
        """Fold all entries, or unfold them: a state, whatever their number."""
        self.all_folded = not self.all_folded
        self._otherwise.clear()

    def is_drawn(self, entry: Entry) -> bool:
        """Whether the entry costs nothing more to be shown."""
        return self._key(entry, self._is_folded(entry)) in self._cache

    def block(self, entry: Entry) -> Block:
        """The entry, drawn."""
        number, guess = self.numbers.number_of(entry), self.numbers.guess_of(entry)
        seen = self.seen.get(entry.identity)
        told = (entry.item.at, entry.item.count) if isinstance(entry.item, Ghost) else None
        key = self._key(entry, self._is_folded(entry))
        named = (*key, number, guess, seen, told)
        block = self._known(named)
        if block is None:
            words = self.numbers.words(entry)
            named_block = with_header(self._body(entry), entry, self.width, self._look, words, seen)
            block = self._keep(named, named_block, 1)
        return block

    def height(self, entry: Entry) -> int:
        """Rows that the entry takes."""
        return len(self._body(entry).rows)

    def _body(self, entry: Entry) -> Block:
        """The entry with a header that does not count."""
        return self._shortened(entry) if self._is_folded(entry) else self._whole(entry)

    def _shortened(self, entry: Entry) -> Block:
        key = self._key(entry, True)
        return self._known(key) or self._keep(key, shortened(self._whole(entry), self.width, self._look), 1)

    def _whole(self, entry: Entry) -> Block:
        key = self._key(entry, False)
        block = self._known(key)
        if block is None:
            drawn = render_entry(
                entry,
                self.width,
                self._look,
                source=self._is_source(entry),
                reach=0 if self.wrapped else REACH,
            )
            block = self._keep(key, drawn, len(drawn.rows))
        return block

    def _key(self, entry: Entry, folded: bool) -> tuple[object, ...]:
        source = self._is_source(entry)
        return (
            entry.identity,
            entry.length,
            entry.complete,
            self.generation,
            source,
            folded,
            self.width,
            self.wrapped,
        )

    def _is_folded(self, entry: Entry) -> bool:
        return self.all_folded != (entry.identity in self._otherwise)

    def _is_source(self, entry: Entry) -> bool:
        return entry.identity in self._sources or not self.markdown
