"""`earwig watch --unanswered`, for a message that waited before anybody watched."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from earwig.cli import watch_command
from earwig.cli.output import Output
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.watch_rules.rules import Watch, WatchRule
from tests.cli.running import lines

PATIENCE = 30.0
"""Seconds that a message may wait."""

LATE = 60.0
"""Seconds that all sessions take to be listed."""


class Ending(Output):
    """Read until something was printed, or a while after nothing was."""

    def __init__(self, stream: io.StringIO) -> None:
        super().__init__(stream)
        self._printed = stream
        self._turns = 0

    def reader_is_gone(self) -> bool:
        self._turns += 1
        return bool(self._printed.getvalue()) or self._turns > 10


def test_a_message_whose_time_is_up_while_all_are_listed_is_told_of(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [0.0]
    clock = SimpleNamespace(time=lambda: time.time() + late[0], monotonic=time.monotonic)
    monkeypatch.setattr(watch_command, "time", clock)

    class Slow(FolderStore):
        def sessions(self, unlisted: list[Unlisted] | None = None) -> list[Session]:
            late[0] = LATE
            return super().sessions(unlisted)

    for key, age in (("al", PATIENCE / 2), ("bo", PATIENCE * 4)):
        path = sessions / f"{key}.jsonl"
        path.write_bytes(lines("where is it?"))
        os.utime(path, (time.time() - age, time.time() - age))
    stream = io.StringIO()
    watch = Watch((WatchRule(unanswered=PATIENCE),))
    out, err = Ending(stream), Output(io.StringIO())
    watch_command._Watcher(Slow([sessions]), watch, None, out, err, as_json=True).run()
    told = [json.loads(record) for record in stream.getvalue().splitlines()]
    assert [(it["why"], it["session"]) for it in told] == [("unanswered", "al")]
