"""Messages by how many stand before them."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage, line_of
from earwig.core.reading.ordinals import counterpart, done, messages_before, place_behind
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Transcript


def transcript_of(path: Path, lines: list[bytes]) -> Transcript:
    path.write_bytes(b"\n".join(lines))
    transcript = FileTranscript(path)
    transcript.refresh()
    return transcript


def said(text: str) -> bytes:
    return line_of(ChatMessage("user", text))


@pytest.mark.parametrize("length", [1, 3_000, 1_200_000])
@pytest.mark.parametrize("is_ended", [True, False])
def test_what_stands_before_is_found_again(tmp_path: Path, length: int, is_ended: bool) -> None:
    messages = [said(f"{number} " + "x" * length) for number in range(6)]
    lines = [b"no JSON", *messages[:2], b"", b"\xff", *messages[2:], *([b""] if is_ended else [])]
    transcript = transcript_of(tmp_path / "a.jsonl", lines)
    other = transcript_of(tmp_path / "b.jsonl", [*messages, b""])
    found = [it for it in transcript.entries() if isinstance(it.item, ChatMessage)]
    assert [done(messages_before(transcript, it.position)) for it in found] == [0, 1, 2, 3, 4, 5]
    assert done(messages_before(transcript, transcript.end)) == 6
    for entry in found:
        place = done(counterpart(transcript, entry.position, other))
        assert other.after(place, 1).entries[0].item == entry.item
    assert done(place_behind(other, 6)) == done(place_behind(other, 99)) == other.end
    assert done(place_behind(transcript, 0)) == transcript.start
