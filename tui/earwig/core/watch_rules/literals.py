"""Finds the rules, of very many, that a message may be about: by words that an expression needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LONGEST = 12
"""The most characters of a word that are looked for. More would hardly tell more."""

_PIECE = re.compile(
    r"\\[dDwWsSbB](?:[*+?]|\{[0-9,]*\})?"  # a class of characters: none that is known
    r"|[.^$](?:[*+?]|\{[0-9,]*\})?"
    r"|(?P<maybe>[A-Za-z0-9 _:,;=@#%&!'\"/<>~`-])(?:[*?]|\{[0-9,]*\})"
    r"|(?P<sure>[A-Za-z0-9 _:,;=@#%&!'\"/<>~`-])(?P<again>\+)?"
    r"|\\(?P<sign>[.^$*+?()\[\]{}|\\/-])(?![*+?{])"
    r"|(?P<or>\|)"
)


def words_in(expression: str) -> tuple[str, ...] | None:
    """Return lower-case words of which each text with a match has one; None: not known.

    What an expression made of these pieces alone means is certain, and that it is one.
    """
    words: list[str] = []
    longest = run = ""
    at = 0
    while at < len(expression):
        found = _PIECE.match(expression, at)
        if found is None or (expression[found.end() : found.end() + 1] or " ") in "*+?{":
            return None
        at = found.end()
        char = found["sure"] or found["sign"]
        if char is not None:
            run += char
            longest = max(longest, run, key=len)
        if char is None or found["again"]:
            run = ""
        if found["or"]:
            words.append(longest)
            longest = ""
    words.append(longest)
    return tuple(word.lower()[:_LONGEST] for word in words) if all(words) else None


class WordIndex:
    """Finds those of many words that are in a text, in a time that does not grow with their number."""

    def __init__(self, words: Iterable[tuple[int, tuple[str, ...]]]) -> None:
        """`words` are those of each rule, by its number."""
        self._rules: dict[str, list[int]] = {}
        for number, each in words:
            for word in set(each):
                self._rules.setdefault(word, []).append(number)
        self._lengths = sorted({len(word) for word in self._rules})

    def found(self, text: str) -> Iterator[int]:
        """Yield the numbers of the rules of which a word is in the text, in upper or lower case."""
        if not self._rules:
            return
        text = _folded(text)
        for length in self._lengths:
            pieces = {text[at : at + length] for at in range(len(text) - length + 1)}
            for word in self._rules.keys() & pieces:
                yield from self._rules[word]


def _folded(text: str) -> str:
    """The text in lower case, and with what the `regex` module takes for a letter of ASCII as that letter."""
    if text.isascii():
        return text.lower()
    # What U+0130 folds to has a dot of its own behind it.
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")
