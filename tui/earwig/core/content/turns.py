"""Tells failed turns and tool traffic from conversation."""

from __future__ import annotations

import orjson

from earwig.core.content.turn_outcome import has_failed
from earwig.core.model.message import ChatMessage

_TOOL_TEXTS = ("[Used tools: ", "<tool_call>", "<toolcall>", "<tool-call>", "<invoke>")
"""How an answer of the older, textual kind tells of tools (`S:src/channels/mod.rs` 1363)."""


def is_failure(message: ChatMessage) -> bool:
    """Return whether the bot closed with it a turn that it could not answer."""
    return has_failed(message.role, message.content)


def is_tool_call(message: ChatMessage) -> bool:
    """Return whether it asks for tools, or tells which were used."""
    content = message.content
    if message.role != "assistant":
        return False
    return content.startswith(_TOOL_TEXTS) or (content.startswith("{") and _has_calls(content))


def is_tool_traffic(message: ChatMessage) -> bool:
    """Return whether it is between the bot and its tools: a call or a result."""
    return message.role == "tool" or is_tool_call(message)


def _has_calls(content: str) -> bool:
    if '"tool_calls"' not in content:
        return False
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and isinstance(value.get("tool_calls"), list)
