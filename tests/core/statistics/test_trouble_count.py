"""What is wrong in a session, counted in one go, as it grows, and on from where a count ended."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from earwig.core.content.turn_outcome import PARTS_OF_FAILURES, has_failed
from earwig.core.statistics import trouble_count
from earwig.core.statistics.trouble_count import BEGINNING, Start, TroubleCount
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import line_of

FAILURE = "[Task failed — no model]"
FAILURES = (
    FAILURE,
    "[Task timed out — after 300 s]",
    "[Session interrupted — restart] ",
    "I encountered malformed tool-call output and could not produce a safe reply. Please try again.",
)
said = st.sampled_from(
    [("user", "hi"), ("assistant", "hello"), ("assistant", FAILURE), ("tool", "{}"), ("user", FAILURE), None]
)


def counted(path: Path, start: Start = BEGINNING) -> TroubleCount:
    return on(TroubleCount(FileTranscript(path), start))


def on(count: TroubleCount) -> TroubleCount:
    while not count.step():
        pass
    return count


def stored(messages: list[tuple[str, str] | None]) -> bytes:
    return b"".join(line_of(*message) + b"\n" if message else b"{bad\n\n" for message in messages)


def plainly(messages: list[tuple[str, str] | None]) -> Troubles:
    at, last, failed = 0, 0, 0
    for message in messages:
        at += 1 if message else 2
        if message == ("assistant", FAILURE):
            failed, last = failed + 1, at
    return Troubles(messages.count(None), failed, last)


@pytest.mark.parametrize("step", [1, 200, 10**6])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(messages=st.lists(said, max_size=12), cut=st.integers(0, 12), rewritten=st.booleans())
def test_growing_counts_to_the_same(
    tmp_path: Path, step: int, messages: list[tuple[str, str] | None], cut: int, rewritten: bool
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(stored(messages[:cut]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(trouble_count, "STEP", step)
        count = counted(path)
        assert count.troubles == plainly(messages[:cut])
        end = count.end
        if rewritten:
            messages = [("user", "quite another beginning"), *messages]
            path.unlink()
        path.write_bytes(stored(messages))
        assert on(count).troubles == plainly(messages)
        if not rewritten:
            second = counted(path, end)
            assert (second.troubles, second.end) == (count.troubles, count.end)


def test_a_last_line_that_failed_is_the_same_with_and_without_its_newline(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(stored([("user", "one")]) + line_of("assistant", FAILURE))
    count = TroubleCount(FileTranscript(path))
    for end in (b"", b"\n", stored([("user", "two")])):
        with path.open("ab") as file:
            file.write(end)
        assert on(count).troubles == Troubles(failed=1, last_failed=2)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_found_however_a_file_writes_it(tmp_path: Path, failure: str) -> None:
    assert has_failed("assistant", failure)
    path = tmp_path / "a.jsonl"
    escaped = "".join(f"\\u{ord(char):04X}" for char in failure)
    for text in (json.dumps(failure), json.dumps(failure, ensure_ascii=False), f'"{escaped}"'):
        path.write_text(f'{{"role":"user","content":"hi"}}\n{{"role":"assistant","content":{text}}}\n')
        assert counted(path).troubles == Troubles(failed=1, last_failed=2)


def test_what_is_looked_for_is_written_in_json_as_it_is() -> None:
    assert PARTS_OF_FAILURES
    assert all(json.dumps(part.decode("ascii")).encode() == b'"%b"' % part for part in PARTS_OF_FAILURES)


def test_what_has_no_trouble_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(stored([("user", "one"), ("assistant", "two"), None]))

    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(FileTranscript, "scan", refuse)
    assert counted(path).troubles == Troubles(bad_lines=1)
