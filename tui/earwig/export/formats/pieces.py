"""A message as pieces that every document for people has: what was said, rows, and what folds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from earwig.core.content.entry_relations import answer_of
from earwig.core.content.parts import (
    Call,
    Calls,
    Closing,
    ClosingKind,
    Media,
    Part,
    Quiet,
    QuietKind,
    Result,
    Sent,
)
from earwig.core.content.tool_summary import laid_out, telling_argument
from earwig.core.content.turn_outcome import UNANSWERED
from earwig.core.content.words import LABEL, quiet_words
from earwig.core.text.entry_words import number_words
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text
from earwig.core.text.sizes import human_size
from earwig.export.formats.wording import MARKDOWN_ROLES, without_base64
from earwig.export.message import Answered, ExportedMessage

_ARGUMENT: Final = 120
_FIRST: Final = 100
"""Characters of an argument, and of a result's only line, that are told in a summary."""

_NO_NAME: Final = own_text("(no name)")
_DATA: Final = re.compile(r"\[[A-Z]+:\s*data:")
# With `++` and `*+`, nothing is kept for each round, to go back to; a picture has millions of characters.
_BASE64: Final = re.compile(
    r"[^,]{0,400};base64,(?:[A-Za-z0-9+/_=-]++|\r?\n(?=[A-Za-z0-9+/_=-]{60}))*+", re.ASCII
)


class Said(NamedTuple):
    """What somebody said, or a tool or the system, as stored but for embedded files."""

    text: str
    markdown: bool


class Note(NamedTuple):
    """A row in the document's own words."""

    words: SafeText
    detail: SafeText


class NamedText(NamedTuple):
    """A text of any length with its name."""

    label: SafeText
    """May be empty."""

    text: str


class Folded(NamedTuple):
    """What a reader mostly needs to know only in short."""

    summary: SafeText
    blocks: tuple[NamedText, ...]
    quiet: bool = False
    """Whether it only stands around a text."""


Piece = Said | Note | Folded
_NONE: Final = own_text("")


@dataclass(slots=True)
class Told:
    """A message to be laid out."""

    pieces: list[Piece] = field(default_factory=list)
    sent: datetime | None = None
    """When it came; in the zone that the bot told."""

    ending: SafeText = _NONE
    """How its turn ended, in a word, if not by an answer."""

    failed: bool = False
    """Whether that left the user without what was asked for."""


def told(message: ExportedMessage) -> Told:
    """Return all of a message: whatever is not told in a row or a header is in a piece."""
    made = Told()
    numbers = _Numbers()
    for part in message.parts:
        if isinstance(part, Sent):
            made.sent = part.at
        elif isinstance(part, Closing):
            made.ending = clean_line(part.kind.value)
            made.failed = part.kind in UNANSWERED
        made.pieces += _pieces(part, message, numbers)
    if not made.pieces and not message.content.strip():
        made.pieces.append(Said(message.content, message.role in MARKDOWN_ROLES))
    return made


def time_words(at: datetime, *, utc: bool) -> SafeText:
    """`2026-06-30 14:03:09 +02:00`, in the reader's zone, or `… UTC`."""
    try:
        shown = at.astimezone(UTC) if utc else at.astimezone()
    except (OverflowError, OSError, ValueError):
        shown = at
    zone = "UTC" if utc else shown.isoformat()[-6:]
    return clean_line(f"{shown:%Y-%m-%d %H:%M:%S} {zone}")


@dataclass(slots=True)
class _Numbers:
    """How many calls and results of a message are told so far."""

    calls: int = 0
    results: int = 0


def _pieces(part: Part, message: ExportedMessage, numbers: _Numbers) -> Iterator[Piece]:
    content = message.content
    match part:
        case Sent():
            pass
        case Quiet():
            yield _quiet(part, content)
        case Media():
            yield from _media(part, content)
        case Closing():
            if part.delivered:
                yield Said(content[part.start : part.stop], markdown=True)
            elif part.kind is not ClosingKind.STOPPED:
                yield Note(clean_line(content[part.start : part.stop].strip()), _NONE)
        case Calls():
            yield from _calls(part, message, numbers)
        case Result():
            yield _result(part, message, numbers)
        case _:
            text = content[part.start : part.stop]
            # Blank lines at its ends only keep it apart from other parts.
            text = text if len(message.parts) == 1 else text.strip("\n")
            if text.strip():
                yield Said(without_base64(text), message.role in MARKDOWN_ROLES)


def _quiet(quiet: Quiet, content: str) -> Piece:
    blocks = []
    if len(quiet.label.strip()) > LABEL:
        blocks.append(NamedText(_NONE, quiet.label))
    body = content[quiet.body_start : quiet.body_stop].strip("\n")
    if body:
        blocks.append(NamedText(_NONE, without_base64(body)))
    words = quiet_words(quiet, content)
    return Folded(words, tuple(blocks), quiet=True) if blocks else Note(words, _NONE)


def _media(media: Media, content: str) -> Iterator[Piece]:
    words = [clean_line(media.kind.value)]
    if media.name:
        words.append(clean_line(media.name))
    shown = joined(own_text(" "), words)
    more = [clean_line(media.mime)] if media.mime else []
    more += [human_size(media.size)] if media.size is not None else []
    more += [clean_line(media.remark)] if media.remark else []
    source = clean_line(without_base64(media.source)) if media.source != media.name else _NONE
    yield Note(own_text("[{}]", joined(own_text(", "), [shown, *more])), source)
    heard = content[media.body_start : media.body_stop]
    if heard.strip():
        yield Said(heard.strip("\n"), markdown=True)
    if _DATA.match(content, media.start):
        yield from _unembedded(content[media.start : media.stop])


def _unembedded(marker: str) -> Iterator[Piece]:
    """Yield what a marker with data in it holds beside base64."""
    found = _BASE64.match(marker)
    rest = marker[found.end() :] if found is not None else marker
    rest = rest.strip() if found is None else rest.removesuffix("]").strip()
    if rest:
        yield Folded(own_text("what is in it beside that"), (NamedText(_NONE, without_base64(rest)),))


def _calls(part: Calls, message: ExportedMessage, numbers: _Numbers) -> Iterator[Piece]:
    if part.reasoning.strip():
        words = clean_line(QuietKind.THINKING.value)
        yield Folded(words, (NamedText(_NONE, without_base64(part.reasoning)),), quiet=True)
    if part.said.strip():
        yield Said(without_base64(part.said), markdown=True)
    for call in part.calls:
        yield _call(call, message.answers.get(numbers.calls))
        numbers.calls += 1


def _call(call: Call, answer: Answered | None) -> Folded:
    """`shell: ls -la /orders → 12 lines`, with all that the call holds and what came of it."""
    call = call._replace(arguments=without_base64(call.arguments), extra=without_base64(call.extra))
    summary = clean_line(call.name, LABEL) if call.name.strip() else _NO_NAME
    argument = " ".join(telling_argument(call).split())
    if argument:
        summary = own_text("{}: {}", summary, clean_line(argument, _ARGUMENT))
    given = own_text("arguments") if call.id is None else own_text("arguments, id {}", clean_line(call.id))
    blocks = [NamedText(given, _readable(call.arguments))]
    if len(call.name) > LABEL:
        blocks.insert(0, NamedText(own_text("name"), call.name))
    if call.extra:
        blocks.append(NamedText(own_text("more of the call"), _readable(call.extra)))
    if answer is not None:
        summary = own_text("{} → {}", summary, _outcome(answer.result))
        label = own_text("result, {}", number_words(answer.number))
        blocks.append(_answer(label, answer.result))
    return Folded(summary, tuple(blocks))


def _result(result: Result, message: ExportedMessage, numbers: _Numbers) -> Piece:
    """Return a result by itself; a row where it stands beside its call."""
    asked = message.asked.get(numbers.results)
    numbers.results += 1
    if asked is not None:
        name = clean_line(asked.name, LABEL) if asked.name.strip() else _NO_NAME
        return Note(own_text("result of {}: with its call, {}", name, number_words(asked.number)), _NONE)
    if not result.pairs:
        return Said(without_base64(result.text), markdown=False)
    name = own_text("result of {}", clean_line(result.name, LABEL)) if result.name else own_text("result")
    label = _NONE if result.call is None else own_text("id {}", clean_line(result.call))
    blocks = [_answer(label, result)]
    if len(result.name) > LABEL:
        blocks.insert(0, NamedText(own_text("name"), result.name))
    return Folded(own_text("{} → {}", name, _outcome(result)), tuple(blocks))


def _answer(label: SafeText, result: Result) -> NamedText:
    said = [label, *([clean_line(result.status)] if result.status else [])]
    return NamedText(joined(own_text(", "), filter(None, said)), _readable(without_base64(result.text)))


def _outcome(result: Result) -> SafeText:
    answer = answer_of(result._replace(text=without_base64(result.text)), 0)
    if answer.lines == 0:
        shown = own_text("nothing")
    elif answer.lines == 1:
        shown = clean_line(answer.first, _FIRST)
    else:
        shown = own_text("{:,} lines", answer.lines)
    if answer.status in ("", "ok", "success"):
        return shown
    return own_text("{} · {}", clean_line(answer.status, _FIRST), shown)


def _readable(text: str) -> str:
    """JSON laid out; any other text as it is."""
    return laid_out(text) or text
