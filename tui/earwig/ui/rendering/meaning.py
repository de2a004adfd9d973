"""A message as what it means: text as text, and earwig's own rows for all that is none."""

from __future__ import annotations

from typing import Final

from earwig.core.content.entry_relations import Answer
from earwig.core.content.parts import Calls, Closing, Media, Part, Parts, Quiet, Result, Sent, Text
from earwig.core.content.tool_summary import laid_out
from earwig.core.content.words import quiet_words
from earwig.core.model.message import ChatMessage
from earwig.core.text.safe_text import SafeText, own_text
from earwig.core.text.sizes import human_size, utf8_size
from earwig.ui.rendering.block import FOLDED, QUIET_SIGN, UNFOLDED, Meaning
from earwig.ui.rendering.body import said_rows
from earwig.ui.rendering.cells import fit, width_of
from earwig.ui.rendering.folding import FOLD_BYTES, FOLD_LINES, fold
from earwig.ui.rendering.items import call_rows, call_runs, fitted, result_of, result_runs, value_rows
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.quiet import MEDIA_SIGN, closing_chip, media_words
from earwig.ui.rendering.roles import speaker
from earwig.ui.rendering.rows import Row, Run, prefixed, text_rows
from earwig.ui.rendering.shape import Level, Shape
from earwig.ui.rendering.source_text import cleaned

HEADER_CELLS: Final = 20
"""What a line's number and a time take at the right of a header."""

INDENT: Final = 2
"""Cells by which what is unfolded stands further right."""


def meaning_of(
    message: ChatMessage,
    parts: Parts,
    width: int,
    palette: Palette,
    shape: Shape,
    *,
    markdown: bool,
    spare: int = 0,
) -> Meaning | None:
    """Draw a message by its parts; None: it takes no room of its own.

    Args:
        message: What the parts are of.
        parts: As `read_content` gives them.
        width: Cells, at least one.
        palette: The theme.
        shape: How much is shown of what is no text.
        markdown: Whether text is rendered, and code coloured; else it is shown as it is stored.
        spare: Cells beyond the width for which long lines of a text go on.
    """
    if shape.tools is Level.HIDDEN and shape.relation.run is not None:
        return _hidden(shape, width, palette) if shape.run_first else None
    if shape.tools is not Level.FULL and shape.relation.call is not None:
        return None
    return _Writer(message, width, palette, shape, markdown=markdown, spare=spare).write(parts)


def _hidden(shape: Shape, width: int, palette: Palette) -> Meaning:
    count = shape.relation.run_length
    words = own_text("1 tool line hidden") if count == 1 else own_text("{:,} tool lines hidden", count)
    title = [(" ", palette.text), (fit(words, width - 1), palette.muted)]
    return Meaning(title=title, signs={-1: FOLDED}, items=True)


class _Writer:
    def __init__(
        self, message: ChatMessage, width: int, palette: Palette, shape: Shape, *, markdown: bool, spare: int
    ) -> None:
        self._content = message.content
        self._own_message = message.role == "tool"
        self._width = width
        self._spare = spare
        self._palette = palette
        self._shape = shape
        self._markdown = markdown
        self._answered = 0
        self._results = 0
        self._left = FOLD_BYTES
        self._after_media = False
        self._drawn = Meaning()
        self._role = speaker(message.role, palette)

    def write(self, parts: Parts) -> Meaning:
        drawn = self._drawn
        self._title(parts)
        for part in parts:
            self._after_media, before = isinstance(part, Media), self._after_media
            if len(drawn.rows) > FOLD_LINES or self._left <= 0:
                left = utf8_size(self._content[part.start :])
                drawn.remarks.append(own_text("… {} more: enter to read all", human_size(left)))
                drawn.more = True
                break
            if before and isinstance(part, Text):
                self._text(self._content[part.start : part.stop].lstrip(" "))
            else:
                self._part(part)
        if not drawn.title:
            drawn.title.append((self._role.name, self._role.style))
        return drawn

    def _title(self, parts: Parts) -> None:
        """The header says who speaks; where that says nothing but what follows, it is the first item."""
        first = parts[0]
        starts = isinstance(first, Result) or (isinstance(first, Calls) and not _said(first))
        if not (starts and self._shape.tools is not Level.HIDDEN):
            self._drawn.title.append((self._role.name, self._role.style))

    def _part(self, part: Part) -> None:
        match part:
            case Text():
                self._text(self._content[part.start : part.stop])
            case Sent():
                pass  # the header says it
            case Quiet():
                self._quiet(part)
            case Media():
                self._own(media_words(part), MEDIA_SIGN)
                self._text(self._content[part.body_start : part.body_stop])
            case Closing():
                self._drawn.title += [("  ", self._palette.text), closing_chip(part, self._palette)]
                if part.delivered:
                    self._text(self._content[part.start : part.stop])
            case Calls():
                self._calls(part)
            case Result():
                self._result(part)

    def _text(self, text: str) -> None:
        """A text between other things: blank lines at its ends only kept it apart from those."""
        text = text.strip("\n")
        if not text.strip():
            return
        folded = fold(text, self._width, self._left)
        said = said_rows(folded, self._markdown, self._width, self._palette, self._spare)
        self._left -= len(folded.text)
        drawn = self._drawn
        drawn.rows += said.rows
        drawn.remarks += said.remarks
        drawn.note = drawn.note or said.reason
        drawn.more = drawn.more or folded.more > 0

    def _own(self, words: SafeText, sign: str) -> None:
        """A row in earwig's own words, which no content can look like: its sign stands in the gutter."""
        self._item([(words, self._palette.muted)], sign)

    def _item(self, runs: list[Run] | tuple[Run, ...], sign: str) -> None:
        shown: list[Run] = [(" ", self._palette.text), *fitted(runs, self._width - 1)]
        drawn = self._drawn
        if not drawn.title:
            drawn.signs[-1] = sign
            drawn.title += shown
            return
        drawn.signs[len(drawn.rows)] = sign
        drawn.rows.append(Row(shown, sum(width_of(text) for text, _ in shown)))

    def _unfolded(self, rows: list[Row]) -> None:
        margin = (" " * INDENT, self._palette.text)
        self._drawn.rows += prefixed(rows, margin, margin, INDENT)

    def _item_cells(self) -> int:
        """Cells for an item: in the header, it leaves room for the number and the time."""
        taken = 0 if self._drawn.title else min(HEADER_CELLS, self._width // 3)
        return max(0, self._width - 1 - taken)

    def _inner(self) -> int:
        """Cells for what stands further right; in a very narrow row it does not."""
        return max(1, self._width - INDENT)

    def _quiet(self, part: Quiet) -> None:
        body = self._content[part.body_start : part.body_stop].strip("\n")
        words = quiet_words(part, self._content)
        if not body:
            self._own(words, QUIET_SIGN)
            return
        self._drawn.items = True
        self._own(words, UNFOLDED if self._shape.quiet else FOLDED)
        if self._shape.quiet and self._width > INDENT:
            folded = fold(body, self._width, max(1, self._left))
            self._left -= len(folded.text)
            self._unfolded(text_rows(cleaned(folded.text), self._inner(), self._palette.muted))
            self._drawn.more = self._drawn.more or folded.more > 0

    def _calls(self, part: Calls) -> None:
        drawn, shape = self._drawn, self._shape
        self._text(part.said)
        drawn.items = True
        start, self._answered = self._answered, self._answered + len(part.calls)
        if shape.tools is Level.HIDDEN:
            count = len(part.calls)
            words = (
                own_text("1 tool call hidden") if count == 1 else own_text("{:,} tool calls hidden", count)
            )
            self._own(words, FOLDED)
            return
        full = shape.tools is Level.FULL
        for at, call in enumerate(part.calls, start):
            answer: Answer | None = shape.relation.answers[at] if at < len(shape.relation.answers) else None
            runs = call_runs(call, answer, shape.relation.missing, self._item_cells(), self._palette)
            self._item(runs, UNFOLDED if full else FOLDED)
            if full and self._width > INDENT:
                self._unfolded(call_rows(call, self._inner(), self._palette, colours=self._markdown))
        if full and part.reasoning.strip():
            self._own(own_text("reasoning"), UNFOLDED)
            self._text(part.reasoning)

    def _result(self, part: Result) -> None:
        drawn, shape = self._drawn, self._shape
        at, self._results = self._results, self._results + 1
        called = shape.relation.called
        name = called[at].name if at < len(called) else part.name
        full = shape.tools is Level.FULL
        drawn.items = True
        if full and self._own_message:
            drawn.title.append((self._role.name, self._role.style))
            if name:
                drawn.title += result_of(name, self._palette)
            self._answer(self._content if part.text == self._content else part.text)
            return
        runs = result_runs(part, name, self._item_cells(), self._palette)
        self._item(runs, UNFOLDED if full else FOLDED)
        if full and self._width > INDENT and part.text.strip():
            self._unfolded(value_rows(part.text, self._inner(), self._palette, colours=self._markdown))

    def _answer(self, text: str) -> None:
        """A result that has a message of its own: JSON laid out, else as it is."""
        drawn = self._drawn
        if laid_out(text) is not None:
            drawn.rows += value_rows(text, self._width, self._palette, colours=self._markdown)
            return
        folded = fold(text, self._width)
        said = said_rows(folded, False, self._width, self._palette, self._spare)
        drawn.rows += said.rows
        drawn.remarks += said.remarks
        drawn.more = folded.more > 0


def _said(part: Calls) -> bool:
    return bool(part.said.strip())
