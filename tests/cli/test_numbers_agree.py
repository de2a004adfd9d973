"""What is a bad line, and what a failed turn, is the same wherever it is counted."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from earwig.cli import check_command, list_command, stats_command
from earwig.cli.output import Output
from earwig.core.catalog.session_counting import SessionCounting
from earwig.core.model.session import Session
from earwig.core.reading.filtering import read_filter
from earwig.core.statistics.live import LiveStatistics, Picture
from earwig.core.statistics.troubles import Troubles
from earwig.core.stores.jsonl.folder import FolderStore
from tests.cli.running import lines, message

FAILURES = (
    "[Task failed — no model]",
    "[Task timed out — not continuing this request]",
    "[Session interrupted — restart]  ",
    f"[Task failed — {'at great length ' * 100}]",
    "I encountered malformed tool-call output and could not produce a safe reply. Please try again.",
)
NONE = (
    "[No reply sent]",
    "🚫 I can't help with that request.",
    "half an answer\n\n[interrupted by user]",
    "He said: [Task failed — no model]",
    f"[Task failed — {'x' * 3000}]",
)
SESSIONS = {
    "all": b"\n  \n".join(message("assistant", it) for it in (*FAILURES, *NONE)) + b"\n{bad\n" + lines("bye"),
    "users": lines(*FAILURES) + lines(*FAILURES, role="tool") + lines("one"),
    "escaped": b'{"role":"assistant","content":"\\u005bTask failed \\u2014 no model]"}\n',
    "spaced": b' { "content" : "[Task failed \xe2\x80\x94 a]" , "role" : "assistant" } \r\n\r\n',
    "bad": b"{}\n[]\nnull\n\xff\n"
    + lines("hi")
    + b'{"role":"user","role":"user","content":""}\n'
    + lines("bye"),
    "open": lines("hi") + message("assistant", FAILURES[0]),
    "torn": lines("hi") + message("assistant", FAILURES[0])[:-4],
    "fused": message("assistant", FAILURES[0]) * 2 + b"\n",
    "far": message("assistant", FAILURES[0]) + b"\n{bad\n" + lines(*["x" * 900] * 900, role="assistant"),
    "empty": b"",
}
EXPECTED = {
    "all": (5, 1),
    "users": (0, 0),
    "escaped": (1, 0),
    "spaced": (1, 0),
    "bad": (0, 5),
    "open": (1, 0),
    "torn": (0, 0),
    "fused": (0, 1),
    "far": (1, 1),
    "empty": (0, 0),
}
"""Failed turns and bad lines."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in SESSIONS.items():
        (tmp_path / f"{name}.jsonl").write_bytes(data)
    return tmp_path


def records(run: Callable[[list[str], Output, Output], int], *arguments: str) -> list[dict[str, Any]]:
    """What a command prints as JSON."""
    printed = io.TextIOWrapper(io.BytesIO())
    run([*arguments, "--json"], Output(printed), Output(io.TextIOWrapper(io.BytesIO())))
    printed.flush()
    printed.seek(0)
    return [json.loads(row) for row in printed]


def troubles(counting: SessionCounting, session: Session) -> Troubles:
    while (found := counting.step(session)) is None:
        pass
    return found


def test_failed_turns_are_the_same_everywhere(folder: Path) -> None:
    store, expected = FolderStore([folder]), {name: failed for name, (failed, _) in EXPECTED.items()}
    stats = {it["name"]: it["failed"] for it in records(stats_command.run, str(folder)) if "path" in it}
    assert stats == expected
    counting = SessionCounting(store, None)
    assert {it.key: troubles(counting, it).failed for it in store.sessions()} == expected
    pictures: SimpleQueue[Picture] = SimpleQueue()
    live = LiveStatistics(store, pictures.put)
    live.start()
    while (picture := pictures.get(timeout=30)).share < 1:
        pass
    live.stop()
    assert {session.key: numbers.failed for session, numbers in picture.counted.items()} == expected
    failed = read_filter("failed")
    assert failed is not None
    shown = {it.key: sum(map(failed.matches, store.open(it).entries())) for it in store.sessions()}
    assert shown == expected


def test_bad_lines_and_messages_are_the_same_everywhere(folder: Path) -> None:
    store, expected = FolderStore([folder]), {name: bad for name, (_, bad) in EXPECTED.items()}
    stats = {it["name"]: it for it in records(stats_command.run, str(folder)) if "path" in it}
    listed = {it["key"]: it for it in records(list_command.run, str(folder), "--count")}
    assert {name: it["bad_lines"] for name, it in stats.items()} == expected
    assert {name: it["bad_lines"] for name, it in listed.items()} == expected
    found = {name: it["messages"] for name, it in stats.items()}
    assert found == {name: it["messages"] for name, it in listed.items()}
    checked = Counter(it["key"] for it in records(check_command.run, str(folder)) if "unfinished" not in it)
    assert {name: checked[name] for name in expected} == expected
    counting = SessionCounting(store, None)
    assert {it.key: troubles(counting, it).bad_lines for it in store.sessions()} == expected
