"""Building the made-up workspace: a dozen conversations over many channels, as a bot would have left them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from earwig.cli.demo.diary import weeks_of
from earwig.cli.demo.performance import Performance, Said
from earwig.cli.demo.script import ZONE, Pools, ScriptedSession, conversations, pools, scenes, seeded
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.session_store import SessionStore


def build_workspace(workspace: Path, *, now: float, seed: int = 7) -> None:
    """Write the conversations below `workspace/sessions`, dated from seconds to weeks before `now`.

    The same `now` (seconds since the epoch) and seed give the same bytes, names and times. Raises `OSError`.
    """
    store = SessionStore(workspace)
    words = pools()
    for conversation in conversations():
        _write(store, conversation, words, now=now, seed=seed)


def _end(told: ScriptedSession, now: float) -> datetime:
    return datetime.fromtimestamp(now, ZONE) - timedelta(minutes=told.age)


def _write(store: SessionStore, told: ScriptedSession, words: Pools, *, now: float, seed: int) -> None:
    end = _end(told, now)
    playing = Performance(told.opening, words, seeded(seed, told.name))
    key = playing.key(end)
    path = store.session_path(key)
    path.touch()
    last = end
    for at, said in _said(told, playing, words, end=end, seed=seed):
        last = at
        if isinstance(said, ChatMessage):
            store.append(key, said)
        else:
            with path.open("ab") as file:
                file.write(said)
    nanoseconds = int(last.timestamp() * 1_000_000) * 1000
    os.utime(path, ns=(nanoseconds, nanoseconds))


def _said(
    told: ScriptedSession, playing: Performance, words: Pools, *, end: datetime, seed: int
) -> Iterable[tuple[datetime, Said]]:
    if told.weeks:
        chance = seeded(seed, told.name, "weeks")
        return weeks_of(scenes(told.live), words, chance, weeks=told.weeks, end=end)
    timed = list(playing.times(end))
    early = timed[-1][1] - end if timed else timedelta()
    return ((at - early, playing.say(line, at - early)) for line, at in timed)
