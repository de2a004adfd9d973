"""Sums up tool calls and JSON, and lays JSON out to be read."""

from __future__ import annotations

import re
from typing import Final

import orjson

from earwig.core.content.parts import Call

JSON_LIMIT: Final = 64_000
"""The most characters of JSON that is looked into to be shown."""

DEEPEST: Final = 40
"""The most levels. Deeper JSON is shown as it is stored."""

SHOWN: Final = 500
"""Characters of an argument that are shown beside the tool's name."""

TELLING: Final = (
    *("command", "cmd", "script", "code", "path", "file_path", "filename", "file", "query", "q", "pattern"),
    *("url", "uri", "prompt", "task", "message", "text", "content", "key", "name", "id"),
)
"""Names of arguments, the most telling first."""

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENERS: Final = ("{", "[")


def telling_argument(call: Call) -> str:
    """Return the argument that tells most of what a call does: its value, not JSON; cut where it is long."""
    if len(call.arguments) > JSON_LIMIT:
        return call.arguments[:SHOWN]
    try:
        data: object = orjson.loads(call.arguments)
    except orjson.JSONDecodeError:
        return call.arguments[:SHOWN]
    if isinstance(data, dict):
        texts = {name: value for name, value in data.items() if isinstance(value, str) and value.strip()}
        known = next((texts[name] for name in TELLING if name in texts), None)
        if known is None:
            known = next(iter(texts.values()), None)
        if known is None:
            known = "" if not data else call.arguments
        return known[:SHOWN]
    return (data if isinstance(data, str) else call.arguments)[:SHOWN]


def laid_out(text: str) -> str | None:
    """Return JSON indented, its tokens as stored; None for a text that is no object or array, or too long."""
    start = text.lstrip()[:1] if len(text) <= JSON_LIMIT else ""
    if start not in _OPENERS:
        return None
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return _indented([found[0] for found in _TOKEN.finditer(text)])


def _indented(parts: list[str]) -> str | None:
    pieces: list[str] = []
    depth, before = 0, ""
    for piece in parts:
        closes = piece in ("}", "]")
        if closes:
            depth -= 1
        if (before in ("{", "[", ",") and not closes) or (closes and before not in _OPENERS):
            pieces.append("\n" + "  " * depth)
        pieces.append(piece + " " if piece == ":" else piece)
        before = piece
        depth += piece in _OPENERS
        if depth > DEEPEST:
            return None
    return "".join(pieces)
