"""Finds markers that stand for a picture, a recording or a file.

Sources, in ZeroClaw: `providers/src/multimodal.rs` (269, 342), `media_pipeline.rs`, the channels' own modules
(`telegram.rs` 188, `slack.rs` 908 and 3758, `matrix.rs`, `qq.rs`), `util.rs` (716).
"""

from __future__ import annotations

import re
from typing import Final

from earwig.core.content.parts import Media, MediaKind

MARKER_LIMIT = 4_096
"""The most characters of a marker without data in it."""

TRANSCRIPT_LIMIT = 64_000
"""The most characters of a transcription."""

_OUTBOUND: Final = {
    "IMAGE": MediaKind.IMAGE,
    "PHOTO": MediaKind.IMAGE,
    "DOCUMENT": MediaKind.DOCUMENT,
    "VOICE": MediaKind.VOICE,
    "VIDEO": MediaKind.VIDEO,
    "AUDIO": MediaKind.AUDIO,
    "FILE": MediaKind.FILE,
}
_SPOKEN: Final = {
    "Image": MediaKind.IMAGE,
    "Document": MediaKind.DOCUMENT,
    "Video": MediaKind.VIDEO,
    "Audio": MediaKind.AUDIO,
}
_MARKER: Final = re.compile(r"\[(IMAGE|PHOTO|DOCUMENT|VOICE|VIDEO|AUDIO|FILE):")
_TARGET: Final = re.compile(
    r"\s*(?:/[^/\s]|~/|\.{1,2}/|https?://|[A-Za-z]:[\\/]|\\\\[^\\]|[^\s\[\]/\\|<>]+\.[A-Za-z0-9]{1,8}\s*$)"
)
"""What the bot takes for a path or an address; `[IMAGE:…]` in a sentence about markers has none."""

_DATA: Final = re.compile(r"\s*data:([\w.+-]{1,64}/[\w.+-]{1,64})?((?:;[\w.+=-]{1,64}){0,4}),")
_ATTACHED: Final = re.compile(
    r"\[(Image|Video|Audio|Document): (?:(?P<name>[^\[\]\n]{1,400}?) )?"
    r"(?P<remark>attached(?:, will be processed by vision model)?|transcription failed)\]"
)
_DOCUMENT: Final = re.compile(
    r"\[Document: (?P<inside>[^\[\]\n]{1,4000})\](?: (?P<path>(?:/|[A-Za-z]:\\)[^\n]{1,4000}))?"
)
_VOICE: Final = re.compile(r"\[(?:Voice message|voice transcript|Voice)\]:?(?=\s|$)")
_TRANSCRIPTION: Final = re.compile(r"\[Audio transcription: ")
_QQ_VOICE: Final = re.compile(r"<(VOICE_TRANSCRIPTION_\d{1,4})>")
_OMITTED: Final = "[Image attachment omitted from history]"
_SLACK: Final = re.compile(
    r"\[ATTACHMENT:(?P<name>[^\[\]|\n]{1,400}?)(?: \| mime=(?P<mime>[^\[\]|\n]{1,100}))?"
    r"(?: \| size=(?P<size>\d{1,15}) bytes)?\]"
)


def media_at(content: str, at: int, first: int = 0) -> Media | None:
    """Return the marker that starts at a character; None without one. `first`: where the text begins."""
    found = _MARKER.match(content, at)
    if found is not None:
        return _outbound(content, at, found.end(), _OUTBOUND[found[1]], first)
    return _at_line_start(content, at) if at == first or content[at - 1] == "\n" else None


def _outbound(content: str, at: int, inside: int, kind: MediaKind, first: int) -> Media | None:
    data = _DATA.match(content, inside)
    if data is not None:
        end = content.find("]", data.end())
        # Data that is cut off is still no text to read.
        stop = len(content) if end < 0 else end + 1
        return _data(at, stop, kind, data, (len(content) if end < 0 else end) - data.end(), content)
    end = content.find("]", inside, inside + MARKER_LIMIT)
    target = content[inside : max(end, inside)]
    if (
        end < 0
        or "\n" in target
        or not _TARGET.match(target)
        or not _stands_apart(content, at, end + 1, first)
    ):
        return None
    target = target.strip()
    return Media(at, end + 1, kind, _last_name(target), source=target)


def _data(at: int, stop: int, kind: MediaKind, head: re.Match[str], length: int, content: str) -> Media:
    size = length
    if ";base64" in (head[2] or ""):
        padding = content[max(head.end(), head.end() + length - 2) : head.end() + length].count("=")
        size = max(0, length * 3 // 4 - padding)
    return Media(at, stop, kind, mime=head[1] or "", size=size)


def _stands_apart(content: str, start: int, stop: int, first: int) -> bool:
    """Return whether a marker begins or ends its line: in the middle of a sentence it is quoted."""
    before = content.rfind("\n", max(0, start - MARKER_LIMIT), start)
    head = content[max(before + 1, start - MARKER_LIMIT, first) : start]
    line_end = content.find("\n", stop, stop + MARKER_LIMIT)
    tail = content[stop : stop + MARKER_LIMIT if line_end < 0 else line_end]
    return _only_markers(head) or _only_markers(tail)


def _only_markers(text: str) -> bool:
    rest = text.strip()
    return not rest or (rest[0] == "[" and rest[-1] == "]" and _MARKER.match(rest) is not None)


def _last_name(target: str) -> str:
    path = re.split(r"[?#]", target, maxsplit=1)[0] if "://" in target else target
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1] or target


def _at_line_start(content: str, at: int) -> Media | None:
    if content.startswith(_OMITTED, at):
        return Media(at, at + len(_OMITTED), MediaKind.IMAGE, remark="left out of the history")
    if (found := _ATTACHED.match(content, at)) is not None:
        return Media(at, found.end(), _SPOKEN[found[1]], found["name"] or "", remark=found["remark"])
    if (found := _DOCUMENT.match(content, at)) is not None:
        inside, path = found["inside"], found["path"] or ""
        if path:
            return Media(at, found.end(), MediaKind.DOCUMENT, inside, source=path.rstrip())
        if _TARGET.match(inside):
            return Media(at, found.end(), MediaKind.DOCUMENT, _last_name(inside), source=inside)
        return None
    if (found := _VOICE.match(content, at)) is not None:
        return Media(at, found.end(), MediaKind.VOICE)
    if (found := _SLACK.match(content, at)) is not None and (found["mime"] or found["size"]):
        size = int(found["size"]) if found["size"] else None
        return Media(at, found.end(), MediaKind.FILE, found["name"], found["mime"] or "", size)
    return _heard(content, at)


def _heard(content: str, at: int) -> Media | None:
    """Return a recording of which the marker holds what was said."""
    if (found := _TRANSCRIPTION.match(content, at)) is not None:
        end, kind, closing = _closing_bracket(content, found.end()), MediaKind.AUDIO, 1
    elif (found := _QQ_VOICE.match(content, at)) is not None:
        end_tag = f"</{found[1]}>"
        end, kind = content.find(end_tag, found.end(), found.end() + TRANSCRIPT_LIMIT), MediaKind.VOICE
        closing = len(end_tag)
    else:
        return None
    return None if end < 0 else Media(at, end + closing, kind, body_start=found.end(), body_stop=end)


def _closing_bracket(content: str, start: int) -> int:
    """Return the bracket that ends a transcription: the first that ends a line."""
    end = content.find("]\n", start, start + TRANSCRIPT_LIMIT)
    if end < 0 and len(content) - start <= TRANSCRIPT_LIMIT and content.rstrip().endswith("]"):
        end = len(content.rstrip()) - 1
    return end
