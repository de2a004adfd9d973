"""Reads tool calls and results as the bot stores them: in JSON, or in tags where a model knows no tools.

Sources, in ZeroClaw: `agent/loop_.rs` of v0.4.0 (1966, 2866, 2887), `agent/turn/parse_response.rs`,
`history_append.rs` and `dispatcher.rs` of v0.8 and later.
"""

from __future__ import annotations

import re
from typing import Final

from earwig.core.content.parts import Call, Calls, Part, Result, Text

JSON_LIMIT = 2_000_000
"""The most characters of JSON that is looked into (a parse takes a millisecond for a megabyte)."""

TAG_LIMIT = 64_000
"""The most characters of a call in tags."""

RESULTS = 100
"""The most tags of one message that are read."""

CALL_TAGS: Final = ("tool_call", "toolcall", "tool-call", "invoke")
RESULTS_HEAD: Final = "[Tool results]\n"
_RESULT: Final = re.compile(r'<tool_result name="([^"\n]*)"(?: status="([^"\n]*)")?>\n?')
_RESULT_END: Final = "</tool_result>"


def native_calls(content: str) -> Calls | None:
    """Return the calls of an assistant's content, if that is JSON as the bot stores them; else None."""
    if len(content) > JSON_LIMIT or not content.startswith("{") or '"tool_calls"' not in content:
        return None
    data = _object(content)
    if data is None or not data.keys() <= {"content", "tool_calls", "reasoning_content"}:
        return None
    said, reasoning, calls = data.get("content"), data.get("reasoning_content"), data.get("tool_calls")
    if not isinstance(calls, list) or not calls:
        return None
    if not isinstance(said, str | None) or not isinstance(reasoning, str | None):
        return None
    read = [_native_call(call) for call in calls]
    if any(call is None for call in read):
        return None
    known = tuple(call for call in read if call is not None)
    return Calls(0, len(content), known, said or "", reasoning or "")


def _native_call(data: object) -> Call | None:
    if not isinstance(data, dict):
        return None
    name, arguments, call = data.get("name"), data.get("arguments"), data.get("id")
    if not isinstance(name, str) or not isinstance(arguments, str) or not isinstance(call, str | None):
        return None
    rest = {key: data[key] for key in data.keys() - {"name", "arguments", "id"}}
    return Call(call, name, arguments, _dumped(rest) if rest else "")


def tool_result(content: str) -> Result:
    """Return the result in a message of the role `tool`: JSON, or text that belongs to no known call."""
    data = _object(content) if content.startswith("{") else None
    if data is not None and data.keys() == {"content", "tool_call_id"}:
        text, call = data["content"], data["tool_call_id"]
        if isinstance(text, str) and isinstance(call, str | None):
            return Result(0, len(content), text, call)
    return Result(0, len(content), content, pairs=False)


def tagged_call(content: str, start: int, tag: str) -> Calls | None:
    """Return the call in tags that starts there; None unless its JSON is whole and names a tool."""
    inside = start + len(tag) + 2
    end_tag = f"</{tag}>"
    end = content.find(end_tag, inside, inside + TAG_LIMIT)
    if end < 0:
        return None
    data = _object(content[inside:end])
    name, call = (None, None) if data is None else (data.get("name"), data.get("id"))
    if data is None or not isinstance(name, str):
        return None
    arguments = data.get("arguments", {})
    rest = {key: data[key] for key in data.keys() - {"name", "arguments"}}
    shown = arguments if isinstance(arguments, str) else _dumped(arguments)
    read = Call(call if isinstance(call, str) else None, name, shown, _dumped(rest) if rest else "")
    return Calls(start, end + len(end_tag), (read,))


def tagged_results(content: str) -> tuple[Part, ...] | None:
    """Return the parts of a user's content, if the bot so answers calls in tags; the rest is text."""
    if not content.startswith(RESULTS_HEAD):
        return None
    parts: list[Part] = []
    start, at = 0, len(RESULTS_HEAD)
    while len(parts) < RESULTS and (found := _RESULT.match(content, at)):
        end = content.find(_RESULT_END, found.end())
        if end < 0:
            break
        stop = end + len(_RESULT_END)
        while stop < len(content) and content[stop] in "\r\n":
            stop += 1
        text = content[found.end() : end].removesuffix("\n")
        parts.append(Result(start, stop, text, None, found[1], found[2] or ""))
        start = at = stop
    if not parts:
        return None
    if start < len(content):
        parts.append(Text(start, len(content)))
    return tuple(parts)


def _object(text: str) -> dict[str, object] | None:
    if len(text) > JSON_LIMIT:
        return None
    import orjson  # with the first of them: 3 ms that the first frame of a database does without

    try:
        data: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _dumped(data: object) -> str:
    import orjson

    return orjson.dumps(data).decode()
