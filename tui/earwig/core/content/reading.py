"""Reads a message into parts, which together are all of the stored content."""

from __future__ import annotations

import re
from typing import Final

from earwig.core.content.envelopes import (
    ASSISTANT_HEADS,
    USER_HEADS,
    at_line_start,
    attachments_at,
    footer_at,
    heads,
    sent,
)
from earwig.core.content.parts import Part, Parts, Quiet, QuietKind, Text
from earwig.core.content.tools import CALL_TAGS, native_calls, tagged_call, tagged_results, tool_result
from earwig.core.content.turn_outcome import closing_of, stopped_at

LOOKED_AT = 64_000
"""Characters of text in which forms are looked for. Data in a marker does not count."""

TRIED = 500
"""The most places of one message that are tried for a form."""

KEPT = 100
"""The most parts of one message. What follows them is text."""

_FENCE: Final = ("```", "~~~")
_CANDIDATE: Final = re.compile(
    r"```|~~~|<(?:tool_?call|tool-call|invoke|think|VOICE_TRANSCRIPTION_\d{1,4})>"
    r"|\[(?:(?:IMAGE|PHOTO|DOCUMENT|VOICE|VIDEO|AUDIO|FILE|ATTACHMENT|SNIPPET):"
    r"|(?:Image|Document|Video|Audio|Audio transcription|Attachment|Location): "
    r"|Image attachment omitted|Voice|voice transcript)"
)
"""What may begin a form inside of a text."""


def read_content(role: str, content: str) -> Parts:
    """Return the parts of a message.

    The parts follow one another from the content's first character to its last; an empty content has none.
    Whatever is not exactly as the bot writes it, where the bot writes it, is text. The work is bounded: it
    does not grow with the length of a text beyond `LOOKED_AT`, but for searches for a word.
    """
    if not content:
        return ()
    if role == "tool":
        return (tool_result(content),)
    if role == "assistant":
        return _assistant(content)
    if role == "user":
        return _user(content)
    return (Text(0, len(content)),)


def text_of(content: str, parts: Parts) -> str:
    """Return what somebody said, without what is around it."""
    return "".join(content[part.start : part.stop] for part in parts if isinstance(part, Text))


def _assistant(content: str) -> Parts:
    whole = native_calls(content) or closing_of(content)
    if whole is not None:
        return (whole,)
    before = heads(content, ASSISTANT_HEADS)
    start = before[-1].stop if before else 0
    after = stopped_at(content) or footer_at(content)
    stop = len(content)
    if after is not None and after.start >= start:
        stop = after.start
    else:
        after = None
    return (*before, *_body(content, start, stop, user=False), *([after] if after is not None else []))


def _user(content: str) -> Parts:
    results = tagged_results(content)
    if results is not None:
        return results
    before = heads(content, USER_HEADS)
    start = before[-1].stop if before else 0
    block = attachments_at(content, start) if start < len(content) else None
    stop = len(content) if block is None else block.start
    return (*before, *_body(content, start, stop, user=True), *([block] if block is not None else []))


def _body(content: str, start: int, stop: int, *, user: bool) -> list[Part]:
    """Return the text between what stands before and behind it, and the forms in it."""
    parts: list[Part] = []
    said = at = start
    left, tried, fence = LOOKED_AT, 0, ""
    while at < stop and left > 0 and tried < TRIED and len(parts) < KEPT:
        found = _CANDIDATE.search(content, at, min(stop, at + left))
        if found is None:
            break
        tried += 1
        left -= found.end() - at
        at = found.end()
        if found[0] in _FENCE:
            fence = _fence_after(content, found.start(), found[0], fence)
            continue
        part = _form_at(content, found.start(), (start, stop), found[0], fence, user=user)
        if part is None or part.stop > stop:
            continue
        if part.start > said:
            parts.append(Text(said, part.start))
        parts.append(part)
        said = at = part.stop
    if said < stop:
        parts.append(Text(said, stop))
    return parts


def _fence_after(content: str, at: int, mark: str, fence: str) -> str:
    """Return the fence that is open behind a mark: in a block of code, a form is only shown, not meant."""
    if at and content[at - 1] != "\n":
        return fence
    return mark if not fence else "" if mark == fence else fence


def _form_at(
    content: str, at: int, text: tuple[int, int], begins: str, fence: str, *, user: bool
) -> Part | None:
    from earwig.core.content.media import media_at  # few texts have what begins a form

    start, stop = text
    if fence:
        # Data is no text to read, whatever is around it.
        return media_at(content, at, start) if content.startswith("data:", at + len(begins)) else None
    alone = at == start or content[at - 1] == "\n"
    if begins[0] == "<" and not begins.startswith("<VOICE"):
        return _tag_at(content, at, stop, begins[1:-1]) if alone and not user else None
    quiet = at_line_start(content, at, stop) if user and alone else None
    return quiet or media_at(content, at, start)


def _tag_at(content: str, at: int, stop: int, tag: str) -> Part | None:
    if tag in CALL_TAGS:
        return tagged_call(content, at, tag)
    inside = at + len("<think>")
    end = content.find("</think>", inside, stop)
    behind = stop if end < 0 else end + len("</think>")
    return Quiet(at, behind, QuietKind.THINKING, "", inside, stop if end < 0 else end)


__all__ = ["Parts", "read_content", "sent", "text_of"]
