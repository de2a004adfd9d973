"""Markdown as tokens, within a budget, and with nothing decoded or left out."""

from __future__ import annotations

import re
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.core.text.sizes import human_size, utf8_size

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MAX_BYTES = 32_000
"""Of a message; a longer one is not parsed at all."""

MAX_TOKENS = 2_000
"""Of blocks; parsing is given up there. A paragraph takes 3, a cell of a table 3, an item of a list 5."""

MAX_CELLS = 500
"""Of all tables: a short line of dashes can ask for thousands in every row."""

MAX_BLOCKS = 200
"""Not inside another block: paragraphs, headings, lists, tables, pieces of code."""

MAX_STEPS = 10_000
"""Attempts to read a piece of text as some construct, and pieces that came of it: what a parse costs."""

DOCUMENT_STEPS = 500_000
"""Steps that all messages of one document share, beside what each brings with it: some three seconds."""

STEPS_A_MESSAGE, STEPS_A_CHARACTER = 64, 0.4
"""What each message brings with it: a few times what people and bots write takes."""

MAX_LEVEL = 16
"""Quotes and lists inside one another (a list counts twice); at 20 the parser would drop the text."""

KEPT, KEPT_CHARACTERS = 64, 32_000
"""Texts whose tokens are kept, and their characters: what is on a screen, and at worst some 10 MB."""

_LINK_CHARACTERS = 16
"""Looked through for the end of a link for the price of a step: brackets look through all the rest each."""

_TARGET = re.compile(r"\(\s*(?:<[^\n<]*|[^\s()]*(?:\(\S*)?)")
"""At least what is looked through for the end of a link's target."""

_BLOCK = re.compile(r"\s*[#>+*|=~`-]|\s*\d+[.)]")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_LINE_END = re.compile(r"\r\n|\n|\r")
_PREFIX = re.compile(r"(?:^|(?<=\r))[ >*+0-9.)-]+", re.MULTILINE)
"""What holds all signs of quotes and lists that a line begins with: a level takes at least one of them."""

_MARK = re.compile(r"[^\w ]|_")
_LOOKS = 4
"""Steps that each thing in a text may take at most: found by trying, with room to spare."""

_SYNTAX = re.compile(
    r"[*_`~\\\[]|&#?\w{1,32};"
    r"|<\w[^<>\s:@]{0,99}[:@]|^[ \t]{0,3}(?:[#>+=-]|\d{1,9}[.)]|\|[ \t:|]*-|:-)|^(?: {4}|\t)",
    re.MULTILINE,
)


class ShownPlain(Refusal):
    """The message is better shown as plain text; `sentence` continues "shown as plain text: "."""


def has_markdown(text: str) -> bool:
    """Return whether a text may mean anything in Markdown; most of what people type does not."""
    return _SYNTAX.search(text) is not None


def check_size(size: int) -> None:
    """Refuse a text of so many bytes if it is not to be parsed at all. Raises `ShownPlain`."""
    if size > MAX_BYTES:
        limit, shown = human_size(MAX_BYTES), human_size(size)
        if shown == limit:
            shown = own_text("{:,} bytes", size)
        raise ShownPlain(own_text("{} is over the {} for Markdown", shown, limit))


def stop_of_head(text: str) -> int:
    """Return where the part of a long text ends that can be parsed by itself: behind a blank line.

    That is within `MAX_BYTES` and `MAX_BLOCKS`. 0 where there is no such place: in one paragraph, or in one
    piece of code.
    """
    head = text[:MAX_BYTES].encode("utf-8", "surrogatepass")[:MAX_BYTES].decode("utf-8", "ignore")
    stop = at = blocks = 0
    fence, is_behind_blank = "", True
    for line in head.splitlines(keepends=True):
        found = _FENCE.match(line)
        is_blank = not line.strip()
        blocks += not fence and not is_blank and (is_behind_blank or _BLOCK.match(line) is not None)
        if blocks > MAX_BLOCKS:
            break
        if found is not None and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        at += len(line)
        is_behind_blank = is_blank
        if is_blank and not fence:
            stop = at
    return stop


def is_cheap(text: str) -> bool:
    """Return whether a text is within the budget for certain, by its length and its marks alone.

    Most of what is written is, and needs no parser to find out. Each line that is a block, each sign before
    one that may begin a quote or a list, each mark in a paragraph is counted as often as the parser may look
    at it at most; brackets let it look at all that follows them again.
    """
    lines = len(_LINE_END.findall(text)) + 1
    if len(text) > MAX_BYTES // 4 or lines > MAX_BLOCKS or "|" in text or "\t" in text:
        return False
    signs = [len(found) for found in _PREFIX.findall(text)]
    depth = max(signs, default=0)
    marks = len(_MARK.findall(text)) + 1
    brackets = text.count("[")
    steps = _LOOKS * (lines * (depth + 1) + sum(signs) + marks * (brackets + 1))
    steps += 2 * brackets * len(text) // _LINK_CHARACTERS
    return depth <= MAX_LEVEL and steps <= MAX_STEPS and 2 * sum(signs) + 3 * lines <= MAX_TOKENS


def parse(text: SafeText) -> list[Token]:
    """Return the tokens of a text, kept for when it is drawn at another width: do not change them.

    For the one thread that draws. Raises `ShownPlain` if it takes more than the budget, or the parser failed.
    """
    tokens = _parsed.pop(text, None)
    if tokens is None:
        tokens = parse_once(text)
    _parsed[text] = tokens
    while len(_parsed) > 1 and (len(_parsed) > KEPT or sum(map(len, _parsed)) > KEPT_CHARACTERS):
        del _parsed[next(iter(_parsed))]
    return tokens


def parse_once(text: str, steps: int = MAX_STEPS) -> list[Token]:
    """As `parse`, in any thread, in so many steps at most; nobody else has these tokens."""
    return _parse(text, _Budget(steps))


class Allowance:
    """What the Markdown of one document may cost, however many messages are made to cost much.

    Each message may take what it may take on the screen, as long as all of them together stay in proportion
    to their length. Not for two threads at once.
    """

    def __init__(self) -> None:
        self._left = float(DOCUMENT_STEPS)

    @property
    def left(self) -> int:
        """Steps that are left for the messages to come."""
        return int(self._left)

    def parse(self, text: str) -> list[Token]:
        """Return the tokens of one message's text.

        Raises `ShownPlain` if it or all before it took more than the budget, or the parser failed.
        """
        check_size(utf8_size(text))
        self._left = min(DOCUMENT_STEPS, self._left + STEPS_A_MESSAGE + len(text) * STEPS_A_CHARACTER)
        budget = _Budget(min(MAX_STEPS, self.left))
        try:
            return _parse(text, budget)
        finally:
            self._left -= budget.spent


def _parse(text: str, budget: _Budget) -> list[Token]:
    try:
        tokens = _parser().parse(text, {"budget": budget})
    except (LookupError, ValueError, RuntimeError) as error:
        raise ShownPlain(
            own_text("the Markdown parser gave up ({})", clean_line(type(error).__name__))
        ) from error
    budget.check_tokens(tokens)
    return tokens


_parsed: dict[SafeText, list[Token]] = {}
"""What was parsed last, the newest at the end."""


class _Budget:
    """What is left of the work that one message is worth."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.spent = 0
        self._counted = 0
        self._cells = 0
        self._blocks = 0
        self._pieces: list[Token] = []
        self._pieces_counted = 0

    def spend(self, steps: int = 1) -> None:
        self.spent += steps
        if self.spent > self._steps:
            if self._steps < MAX_STEPS:
                raise ShownPlain(own_text("this document has too much that is intricate in Markdown"))
            raise ShownPlain(own_text("it is too intricate for Markdown"))

    def spend_pieces(self, pieces: list[Token]) -> None:
        """Spend a step, and one for each piece that the step before it made; a row of stars makes many."""
        if pieces is not self._pieces:
            self._pieces, self._pieces_counted = pieces, 0
        self.spend(1 + len(pieces) - self._pieces_counted)
        self._pieces_counted = len(pieces)

    def check_tokens(self, tokens: list[Token]) -> None:
        if len(tokens) > MAX_TOKENS:
            raise ShownPlain(own_text("over {:,} elements are too many for Markdown", MAX_TOKENS))
        for token in tokens[self._counted :]:
            self._cells += token.type in ("td_open", "th_open")
            self._blocks += token.level == 0 and token.nesting >= 0
        self._counted = len(tokens)
        if self._blocks > MAX_BLOCKS:
            raise ShownPlain(own_text("over {:,} blocks are too many for Markdown", MAX_BLOCKS))
        if self._cells > MAX_CELLS:
            raise ShownPlain(own_text("over {:,} table cells are too many for Markdown", MAX_CELLS))


def _watch_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Return a rule that never matches: it is tried before each block, and between the rows of a table."""
    budget: _Budget = state.env["budget"]
    budget.spend()
    budget.check_tokens(state.tokens)
    if state.level > MAX_LEVEL:
        raise ShownPlain(own_text("it is nested too deep for Markdown"))
    return False


def _watch_inline(state: StateInline, silent: bool) -> bool:
    """Return a rule that never matches: it is tried before each piece of a paragraph."""
    budget: _Budget = state.env["budget"]
    budget.spend_pieces(state.tokens)
    return False


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Return the one parser; made when the first message needs it, because the import alone takes 20 ms.

    Not CommonMark in three places, so that what is stored is what is shown: HTML is text, definitions of
    links are text, and a link's target is neither decoded nor encoded.
    """
    from markdown_it import MarkdownIt
    from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle

    from earwig.markdown.inline_parser import PlacedParser

    def link_destination(source: str, start: int, stop: int) -> Any:
        found = parseLinkDestination(source, start, stop)
        if found.ok:
            stored = source[start : found.pos]
            found.str = stored[1:-1] if stored.startswith("<") else stored
        return found

    def link_label(state: StateInline, start: int, disable_nested: bool = False) -> int:
        stop = parseLinkLabel(state, start, disable_nested)
        looked_at = (stop if stop >= 0 else state.posMax) - start
        if stop >= 0 and (target := _TARGET.match(state.src, stop + 1)):
            looked_at += len(target[0])
        budget: _Budget = state.env["budget"]
        budget.spend(looked_at // _LINK_CHARACTERS)
        return stop

    class Parser(MarkdownIt):
        def normalizeLink(self, url: str) -> str:
            return url

        def normalizeLinkText(self, link: str) -> str:
            return link

    parser = Parser("commonmark", {"html": False})
    parser.inline = PlacedParser()
    parser.enable(["table", "strikethrough"])
    parser.disable(["reference", "html_block", "html_inline", "text_join"])
    helpers = ModuleType("helpers")
    vars(helpers).update(
        parseLinkDestination=link_destination, parseLinkLabel=link_label, parseLinkTitle=parseLinkTitle
    )
    parser.helpers = helpers
    parser.block.ruler.before("table", "budget", _watch_block, {"alt": ["paragraph", "blockquote", "list"]})
    parser.inline.ruler.before("text", "budget", _watch_inline)
    return parser
