"""Drawn entries, kept for as long as they may be shown again."""

from __future__ import annotations

from textual.cache import LRUCache

from earwig.core.safe_text import SafeText, own_text
from earwig.core.transcript.entries import Entry
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import markdown_is_loaded, render_entry
from earwig.ui.rendering.look import Look

CACHED = 500
"""Blocks kept: a dozen screens. The longest block is bounded by the rendering's own budget."""


class Blocks:
    """Draws entries at one width in one look, each once.

    The key holds all that a block depends on, so nothing has to be thrown away when an entry changes.
    """

    def __init__(self, look: Look) -> None:
        self.look = look
        self.width = 80
        self.markdown = markdown_is_loaded()
        """Whether messages are rendered; until the parser is loaded they are shown as they are stored."""

        self.generation = 0
        self.numbers: dict[int, int] = {}
        """Line numbers learnt after the entry was read, by offset."""

        self.seen: dict[int, SafeText] = {}
        """When an entry was seen to arrive, by offset."""

        self._sources: set[int] = set()
        self._cache: LRUCache[tuple[object, ...], Block] = LRUCache(CACHED)

    def clear(self) -> None:
        """Forget what belongs to a session."""
        self.numbers.clear()
        self.seen.clear()
        self._sources.clear()
        self._cache.clear()

    def toggle_source(self, entry: Entry) -> None:
        """Show an entry as it is stored, or rendered again."""
        self._sources ^= {entry.offset}

    def block(self, entry: Entry) -> Block:
        """The entry, drawn."""
        number = self.number_of(entry)
        seen = self.seen.get(entry.offset)
        source = entry.offset in self._sources or not self.markdown
        key = (
            entry.offset,
            entry.length,
            entry.complete,
            self.generation,
            number,
            seen,
            source,
            self.width,
            self.look,
        )
        block = self._cache.get(key)
        if block is None:
            block = render_entry(
                entry, self.width, self.look, number_text=self._number_text(number), seen=seen, source=source
            )
            self._cache[key] = block
        return block

    @staticmethod
    def _number_text(number: int | None) -> SafeText:
        return own_text("#…") if number is None else own_text("#{}", number)

    def height(self, entry: Entry) -> int:
        """Rows that the entry takes."""
        return len(self.block(entry).rows)

    def number_of(self, entry: Entry) -> int | None:
        """The entry's line number, if it is known."""
        return entry.number if entry.number is not None else self.numbers.get(entry.offset)
