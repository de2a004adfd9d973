"""Previews of messages, in one line: what somebody said, without what the bot puts around it."""

from __future__ import annotations

from earwig.core.content.parts import Call, Calls, Closing, Media, Part, Quiet, Result
from earwig.core.content.reading import read_content, text_of


def preview_of(role: str, content: str) -> str:
    """Return what was said, or else the first part that tells something; as stored, not yet clean."""
    parts = read_content(role, content)
    said = text_of(content, parts).strip()
    if said:
        return said
    return next(filter(None, (_in_words(part, content) for part in parts)), content)


def _call(call: Call) -> str:
    from earwig.core.content.tool_summary import telling_argument  # most of what is listed calls nothing

    return f"{call.name} {telling_argument(call)}".strip()


def _in_words(part: Part, content: str) -> str:
    match part:
        case Calls(calls=calls, said=said):
            return said.strip() or ", ".join(map(_call, calls))
        case Result(text=text):
            return text.strip()
        case Media(kind=kind, name=name, body_start=start, body_stop=stop):
            return f"{kind.value} {content[start:stop].strip() or name}".strip()
        case Closing(kind=kind, reason=reason):
            return f"{kind.value}: {reason}" if reason else kind.value
        case Quiet(kind=kind, label=label):
            return f"{kind.value} {label}".strip()
    return ""
