"""The inside of a paragraph: emphasis beside Chinese, Japanese and Korean, and where each token stands."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Literal
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import entity
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

from earwig.core.text.safe_text import clean_line

_WIDE = frozenset("WFH")
_SYMBOLS = range(0x2300, 0x2C00)
_EMOJI = range(0x1F000, 0x1FB00)
_SELECTORS = range(0xFE00, 0xFE10)


class PlacedParser(ParserInline):
    """Notes in the `meta` of its tokens where they stand in the text of their paragraph.

    Of text: `stop`, the index behind it; the text is what stands there. Of code, a character that is written
    otherwise, an image (its label) and a link's end: `at`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ruler.at("entity", _entity)
        self.ruler2.before("fragments_join", "places", _place_of_used_marks)

    def parse(
        self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]
    ) -> list[Token]:
        """Add the tokens of a paragraph's text to `tokens`, and return these."""
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _entity(state: StateInline, silent: bool) -> bool:
    """Read `&amp;` and its like as the library does; what it stands for is cleaned: it may be a control."""
    is_one = entity(state, silent)
    if is_one and not silent:
        token = state.tokens[-1]
        token.content = clean_line(token.content)
    return is_one


def _place_of_used_marks(state: StateInline) -> None:
    """Let an empty text end where the one before it does: of two that are joined, the second is kept."""
    stop = 0
    for token in state.tokens:
        if token.type == "text":
            stop = token.meta["stop"] = token.meta["stop"] if token.content else stop


class _State(StateInline):
    """One paragraph, as far as it is parsed."""

    def __init__(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> None:
        super().__init__(src, md, env, tokens)
        self.pending_at = 0
        """Where the text begins that is no token yet."""

        self._marks_at = self._marks = self._run_length = 0

    def append_pending(self, text: str) -> None:
        if not self.pending:
            self.pending_at = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.meta["stop"] = self.pending_at + len(token.content)
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        match ttype:
            case "text":
                token.meta["stop"] = self._behind_text()
            case "code_inline":
                token.meta["at"] = self.pos + self._run(self.pos)
            case "image":
                token.meta["at"] = self.pos + len("![")
            case "text_special" | "link_close":
                token.meta["at"] = self.pos
        return token

    def _behind_text(self) -> int:
        """Where a text stops that a rule has pushed by itself: an address, or marks of emphasis."""
        if self.src[self.pos] == "<":
            return self.src.index(">", self.pos)
        if self._marks_at != self.pos or not self._marks:
            self._marks_at, self._marks, self._run_length = self.pos, 0, self._run(self.pos)
        self._marks += 1
        if self.src[self.pos] != "~":
            return self.pos + self._marks
        return self.pos + 2 * self._marks - self._run_length % 2

    def _run(self, at: int) -> int:
        """How often the character there is repeated."""
        stop = at + 1
        while stop < self.posMax and self.src[stop] == self.src[at]:
            stop += 1
        return stop - at

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Tell what marks at a place may do: CommonMark's rule, but that wide punctuation is as a letter is.

        Between Chinese, Japanese or Korean letters there are no blanks, and their quotation marks and full
        stops stand inside of emphasis (the amendment of markdown-cjk-friendly).
        """
        stop = start + self._run(start)
        before = self._before(start)
        after = self.src[stop] if stop < self.posMax else " "
        before_blank, after_blank = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
        before_sign, after_sign = _is_sign(before), _is_sign(after)
        before_wide, after_wide = _is_wide(before), _is_wide(after)
        opens = not after_blank and (
            not after_sign or after_wide or before_blank or before_sign or before_wide
        )
        closes = not before_blank and (
            not before_sign or before_wide or after_blank or after_sign or after_wide
        )
        return Scanned(
            opens and (canSplitWord or not closes or before_sign),
            closes and (canSplitWord or not opens or after_sign),
            stop - start,
        )

    def _before(self, start: int) -> str:
        if start and ord(self.src[start - 1]) in _SELECTORS:
            start -= 1  # it says how the character before it is drawn
        return self.src[start - 1] if start else " "


def _is_sign(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _is_wide(char: str) -> bool:
    """Whether a character belongs to text without blanks between words: wide, and no emoji."""
    code = ord(char)
    return east_asian_width(char) in _WIDE and code not in _SYMBOLS and code not in _EMOJI
