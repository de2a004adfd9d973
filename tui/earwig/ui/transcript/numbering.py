"""The line numbers of the entries that are held: what is known, and what can be guessed until then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from earwig.core.model.entries import Entry, RemovedEntry
from earwig.core.text.safe_text import SafeText, own_text


class Numbering:
    """Numbers by position; guessed ones count from one entry, so that they rise by one and do not jump."""

    def __init__(self) -> None:
        self.known: dict[int, int] = {}
        """Numbers learnt after the entry was read."""

        self._guessed: dict[int, int] = {}
        self.sparse = False
        """Whether lines are left out between those that are held: then no number follows from another."""

    def clear(self) -> None:
        self.known.clear()
        self._guessed.clear()

    def number_of(self, entry: Entry) -> int | None:
        return entry.number if entry.number is not None else self.known.get(entry.identity)

    def guess_of(self, entry: Entry) -> int | None:
        return self._guessed.get(entry.identity)

    def words(self, entry: Entry) -> SafeText:
        """Return the number as shown: `1202`, `~1202` for a guess; empty where there is not even that."""
        number, guess = self.number_of(entry), self.guess_of(entry)
        if number is not None:
            return own_text("{}", number)
        return own_text("") if guess is None else own_text("~{}", guess)

    def unknown(self, entries: Sequence[Entry], stop: int) -> list[int]:
        """Return the positions before `stop` of the entries whose numbers are not known."""
        return [
            entry.position
            for entry in entries
            if entry.position <= stop
            and self.number_of(entry) is None
            and not isinstance(entry.item, RemovedEntry)
        ]

    def learn(self, numbers: Mapping[int, int], entries: Sequence[Entry]) -> None:
        self.known.update(numbers)
        self._count(entries, None)

    def guess(self, position: int, number: int, entries: Sequence[Entry]) -> None:
        """Count from the entry at `position`."""
        self._guessed = {position: number}
        self._count(entries, None)

    def hold(self, entries: Sequence[Entry], about: int | None) -> None:
        """Number the entries that are held from now on, and forget all others.

        `about` is what the first one's number may be; it counts where none of them was held before.
        """
        held = {entry.position for entry in entries}
        self.known = {position: number for position, number in self.known.items() if position in held}
        self._count(entries, about)

    def _count(self, held: Sequence[Entry], about: int | None) -> None:
        entries = [entry for entry in held if not isinstance(entry.item, RemovedEntry)]
        known = [self.number_of(entry) for entry in entries]
        from_known = any(number is not None for number in known)
        fixed = known if from_known else [self._guessed.get(entry.position) for entry in entries]
        if fixed and not any(fixed):
            fixed[0] = about
        first = next((at for at, number in enumerate(fixed) if number is not None), None)
        self._guessed = {}
        if first is None or self.sparse:
            return
        number = (fixed[first] or 0) - first - 1
        for entry, there, exact in zip(entries, fixed, known, strict=True):
            number = number + 1 if there is None else there
            if exact is None:
                self._guessed[entry.position] = max(1, number)
