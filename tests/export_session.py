"""A session with all that a message can mean."""

from __future__ import annotations

import json

from tests.data.hostile_sessions import line

SECRET = "sk-proj-" + "Ab3dEf6hIj9kLmNoPqRsTuVwXyZ0123456789abcdefghij"
ADDRESS = "bob.jones@example.com"


def call(name: str, id: str | None, **arguments: object) -> dict[str, object]:
    """A call as it is stored."""
    return {"id": id, "name": name, "arguments": json.dumps(arguments)}


def calls(*made: dict[str, object], said: str | None = None) -> bytes:
    """A line of an assistant that calls."""
    return line("assistant", json.dumps({"content": said, "tool_calls": made}))


def result(id: str, text: str) -> bytes:
    """A line of a tool."""
    return line("tool", json.dumps({"content": text, "tool_call_id": id}))


TALK = (
    line("user", "[2026-03-01 10:00:00 +01:00] Where is my order?")
    + calls(
        call("shell", "c1", command="ls -la /orders", token=SECRET),
        call("mail", "c2", to=ADDRESS),
        said="I **look**.",
    )
    + result("c1", "\n".join(f"order {number}" for number in range(11)) + f"\nfor {ADDRESS}")
    + result("c2", '{"sent":true}')
    + line("assistant", "[Task failed — the model is overloaded]")
    + line("assistant", "[Task timed out — 300 s]")
    + line(
        "user",
        "[Memory context]\nlikes tea\n[/Memory context]\nLook\n[IMAGE:/media/photo_99_1.jpg]\n"
        "[IMAGE:data:image/png;base64," + "iVBORw0K" * 500 + "]",
    )
    + line("assistant", '<tool_call>\n{"name":"clock","arguments":{"zone":"UTC"}}\n</tool_call>')
    + line("user", '[Tool results]\n<tool_result name="clock" status="ok">\nnoon\n</tool_result>')
    + line("tool", "alone")
)
