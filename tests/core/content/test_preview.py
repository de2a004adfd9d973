"""What a list shows of a message: what was said, not what the bot puts around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.catalog.summary import summarise
from earwig.core.content.preview import preview_of
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import line_of

CALL = '{"content":null,"tool_calls":[{"arguments":"{\\"command\\":\\"ls -la\\"}","id":"1","name":"shell"}]}'
SAID = '{"content":"Let me look.","tool_calls":[{"arguments":"{}","id":"1","name":"shell"}]}'
TIME = "[2026-06-30 16:44:51 +08:00] "


@pytest.mark.parametrize(
    ("role", "content", "gist"),
    [
        ("user", "Where is my order?", "Where is my order?"),
        ("user", f"{TIME}Where is my order?", "Where is my order?"),
        ("user", f"[Observed WhatsApp group message from bob]\n{TIME}hi all", "hi all"),
        ("assistant", CALL, "shell ls -la"),
        ("assistant", SAID, "Let me look."),
        ("tool", '{"content":"12 lines","tool_call_id":"1"}', "12 lines"),
        ("user", "[IMAGE:/tmp/photo_99_1.jpg]", "image photo_99_1.jpg"),
        ("assistant", "[Task failed — not continuing this request]", "failed"),
        ("user", "", ""),
        ("critic", "[odd", "[odd"),
    ],
)
def test_the_gist(role: str, content: str, gist: str) -> None:
    assert preview_of(role, content) == gist


def test_no_base64_in_a_list() -> None:
    assert "aaaa" not in preview_of("user", f"[IMAGE:data:image/png;base64,{'a' * 9_000}]")


def test_a_summary_has_it_and_keeps_what_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line_of("user", f"{TIME}hello") + b"\n")
    summary = summarise(FileTranscript(path), 0)
    assert (summary.text, summary.said) == (f"{TIME}hello", "hello")
    path.write_bytes(line_of("user", "hello") + b"\n")
    assert summarise(FileTranscript(path), 0).said == "hello"
