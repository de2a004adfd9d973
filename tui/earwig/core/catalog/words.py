"""Matches the words of a filter with the names and newest messages of sessions."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum

from earwig.core.model.session import SessionId

AT_ONCE = 2_000
"""Sessions that are looked through in one go, with the key that changed the filter."""

_BATCH = 200
"""Sessions between two looks at the clock."""

_LONGEST = 32
"""The most letters of a word that may stand apart. More is a text that somebody pasted."""


STORE = "store:"
"""The beginning of a word that names a store: `store:archived`."""


class Closeness(Enum):
    """How closely a session matches. In this order they are shown."""

    NAME = "name"
    """Every word is in its key, its title or its channel."""

    TEXT = "text"
    """Every word is in those or in its newest message."""

    LETTERS = "letters"
    """The letters of every word are in its key, in their order, with others between them."""


class Words:
    """A filter's words, and what they leave of a list.

    Names that hold the words are found when they are asked for: 100,000 take some hundredths of a second.
    What takes longer is found in steps: letters that stand apart, and words of the newest messages.
    """

    def __init__(
        self,
        ids: Callable[[], Iterable[SessionId]],
        name_of: Callable[[SessionId], str],
        text_of: Callable[[SessionId], str | None],
    ) -> None:
        """`ids` gives all; `name_of` what a name is looked for in, `text_of` a message or None."""
        self.names: dict[SessionId, str] = {}
        """What a name is looked for in, of each session that was looked at."""

        self.store_of: Callable[[SessionId], str] = lambda session_id: ""
        """The name of the store that a session is in: what `store:` words ask for."""

        self.stores: list[str] = []
        self._locations = ids
        self._name_of = name_of
        self._text_of = text_of
        self.text = ""
        self.words: list[str] = []
        self._scattered: list[Callable[[str], object]] = []
        self._named: list[SessionId] | None = None
        self._among: list[SessionId] | None = None
        self._further: Iterator[None] | None = None
        self._by_text: set[SessionId] = set()
        self._by_letters: set[SessionId] = set()

    def __bool__(self) -> bool:
        return bool(self.words or self.stores)

    def set(self, text: str) -> None:
        """Look for the words of `text`; "" for none."""
        needle = text.casefold()
        was_set, before, shorter = bool(self), self.words, self.text
        self.text, words = needle, needle.split()
        self.words = [word for word in words if not word.startswith(STORE)]
        # What the longer text leaves is among what the shorter one left: but not where `store` has become
        # `store:`, which is no word to be looked for any more.
        is_longer = was_set and needle.startswith(shorter) and _go_on_from(before, self.words)
        self._among = self._named if is_longer else None
        # Half a word leaves all stores that it may become.
        self.stores = [word.removeprefix(STORE) for word in words if word.startswith(STORE)]
        self._named = None
        self._by_text, self._by_letters = set(), set()
        self._scattered = [_letters_in_order(word) for word in self.words]
        self._further = self._steps() if self else None

    def changed(self) -> None:
        """Forget what was found: the list, or its order, is another."""
        self._named = self._among = None

    def forget(self, session_id: SessionId) -> None:
        self.names.pop(session_id, None)
        self._by_text.discard(session_id)
        self._by_letters.discard(session_id)

    def named(self, order: list[SessionId]) -> list[SessionId]:
        """Return those of a list whose names have the words."""
        if self._named is None:
            self._named = self._match(order if self._among is None else self._among)
            self._among = None
        return self._named

    def others(self, order: Sequence[SessionId]) -> list[tuple[Closeness, list[SessionId]]]:
        """Return those that match less closely, as far as they were found, in the list's order."""
        found: list[tuple[Closeness, list[SessionId]]] = []
        for closeness, those in ((Closeness.TEXT, self._by_text), (Closeness.LETTERS, self._by_letters)):
            if those:
                found.append((closeness, [session_id for session_id in order if session_id in those]))
        return found

    def learn(self, session_id: SessionId) -> bool:
        """Take in a session's newest message; return whether that changes what is found."""
        found = self._closeness(session_id)
        before = session_id in self._by_text
        self._put(session_id, found)
        return before != (found is Closeness.TEXT)

    def came(self, session_id: SessionId) -> None:
        """Take in a session that is new on the list, or is called otherwise."""
        self.names.pop(session_id, None)
        if self:
            self._put(session_id, self._closeness(session_id))

    @property
    def looking(self) -> bool:
        """Whether there may be more to find in what is known of the sessions."""
        return self._further is not None

    def look_further(self, seconds: float | None) -> bool:
        """Go on for at most `seconds` (None: to the end); return whether all is found."""
        if self._further is not None:
            until = None if seconds is None else time.monotonic() + seconds
            for _ in self._further:
                if until is not None and time.monotonic() >= until:
                    return False
            self._further = None
        return True

    def _steps(self) -> Iterator[None]:
        ids = list(self._locations())
        for start in range(0, len(ids), _BATCH):
            for session_id in ids[start : start + _BATCH]:
                found = self._closeness(session_id)
                if found is not None and found is not Closeness.NAME:
                    self._put(session_id, found)
            yield

    def _put(self, session_id: SessionId, found: Closeness | None) -> None:
        for closeness, those in ((Closeness.TEXT, self._by_text), (Closeness.LETTERS, self._by_letters)):
            if found is closeness:
                those.add(session_id)
            else:
                those.discard(session_id)

    def _closeness(self, session_id: SessionId) -> Closeness | None:
        """Return how one session matches, by what is known of it now."""
        if self.stores and not self._is_in_store(session_id):
            return None
        name = self.names.get(session_id)
        if name is None:
            name = self._name_of(session_id)
        missing = [word for word in self.words if word not in name]
        if not missing:
            return Closeness.NAME
        text = self._text_of(session_id)
        if text is not None and all(word in text for word in missing):
            return Closeness.TEXT
        return Closeness.LETTERS if all(test(name) for test in self._scattered) else None

    def _is_in_store(self, session_id: SessionId) -> bool:
        name = self.store_of(session_id)
        return all(name.startswith(store) for store in self.stores)

    def _match(self, among: list[SessionId]) -> list[SessionId]:
        names = self.names
        if self.stores:
            among = list(filter(self._is_in_store, among))
        try:
            return _with_words(self.words, among, names)
        except KeyError:
            names.update((it, self._name_of(it)) for it in among if it not in names)
            return _with_words(self.words, among, names)


def _go_on_from(before: list[str], words: list[str]) -> bool:
    """Return whether each word of before is still one, or the beginning of one."""
    return len(words) >= len(before) and all(map(str.startswith, words, before))


def _with_words(
    words: Iterable[str], among: list[SessionId], names: Mapping[SessionId, str]
) -> list[SessionId]:
    for word in words:
        among = [session_id for session_id in among if word in names[session_id]]
    return among


def _letters_in_order(word: str) -> Callable[[str], object]:
    """Return a test for a text with these letters in this order. Its time grows with the text alone."""
    if len(word) > _LONGEST:
        return lambda text: None
    pattern = "".join(f"[^{re.escape(letter)}]*+{re.escape(letter)}" for letter in word)
    return re.compile(pattern, re.DOTALL).match
