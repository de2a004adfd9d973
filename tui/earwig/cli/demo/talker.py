"""The process that goes on talking in a made-up workspace: `python -m earwig.cli.demo.talker WORKSPACE`.

It writes as the bot does, into `WORKSPACE/sessions` and nowhere else, and ends by itself when the folder
vanishes, when the process that started it is gone, or after a few hours.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import orjson

from earwig.cli.demo.diary import bag
from earwig.cli.demo.performance import Said
from earwig.cli.demo.schedule import Cue, Manner, Schedule, Stage
from earwig.cli.demo.script import ZONE, Scene, ScriptedSession, conversations, pools, scenes, seeded
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.session_store import SessionStore

_MOST_LINES = 10_000
"""About seven hours: where a dead parent cannot be noticed (Windows), the process still ends some time."""

_SHORTEST_WAIT = 0.1
"""Seconds between two looks at whether to go on."""


class Talker:
    """Writes cue after cue until there is nobody left to talk for."""

    def __init__(self, workspace: Path, *, pace: float, parent: int | None) -> None:
        self._sessions = workspace / "sessions"
        self._store = SessionStore(workspace)
        self._pace = pace
        self._parent = parent

    def talk(self, cues: Iterator[Cue]) -> None:
        """Write every cue in its time. Raises `OSError` if the folder is there and cannot be written."""
        for cue in cues:
            if not self._wait(cue.pause):
                return
            try:
                going_on = self._write(cue)
            except FileNotFoundError:
                return  # the folder went away under our hands: the demo is over
            if not going_on:
                return

    def _write(self, cue: Cue) -> bool:
        said = cue.say(datetime.now(ZONE))
        if cue.manner is Manner.WHOLE and isinstance(said, ChatMessage):
            self._store.append(cue.key, said)
            return True
        first, second = _cut(said, cue.manner)
        self._append(cue.key, first)
        going_on = self._wait(1.2 if cue.manner is Manner.TORN else 0.15)
        if going_on:
            self._append(cue.key, second)
        return going_on

    def _append(self, key: str, data: bytes) -> None:
        with self._store.session_path(key).open("ab", buffering=0) as file:
            file.write(data)

    def _wait(self, seconds: float) -> bool:
        """Let that much of the story's time pass; False: end."""
        until = time.monotonic() + seconds * self._pace
        while self._wanted():
            left = until - time.monotonic()
            if left <= 0:
                return True
            time.sleep(min(left, _SHORTEST_WAIT))
        return False

    def _wanted(self) -> bool:
        parent_lives = self._parent is None or os.getppid() == self._parent
        return parent_lives and self._sessions.is_dir()


def cues(seed: int) -> Iterator[Cue]:
    """Return what is said next in the made-up workspace, without end."""
    chance = seeded(seed, "talker")
    going_on = [told for told in conversations() if told.live]
    # Their keys have no slots: they are the same whenever the workspace was built.
    stages = [Stage(told.opening.key, bag(_scenes(told), chance)) for told in going_on]
    return Schedule(stages, scenes("newcomers"), pools(), chance).cues(lambda: datetime.now(ZONE))


def _scenes(told: ScriptedSession) -> list[Scene]:
    """Return the scenes that fit any hour, their times written as in the rest of that conversation."""
    return [
        replace(scene, stamped=told.opening.stamped) for scene in scenes(told.live) if scene.when == "day"
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Talk until the end; status 2 if there is no workspace."""
    parser = argparse.ArgumentParser(prog="python -m earwig.cli.demo.talker")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--pace", type=float, default=1.0, help="factor on every pause; 0.01 is fast")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--parent", type=int, help="end when this process is no longer the parent")
    options = parser.parse_args(arguments)
    if not (options.workspace / "sessions").is_dir():
        parser.error(f"{options.workspace} has no folder `sessions`; give a workspace that the demo made")
    # On Windows `getppid` goes on naming a parent that is dead, and a launcher may stand in between.
    parent = (options.parent or os.getppid()) if os.name == "posix" else None
    talker = Talker(options.workspace, pace=options.pace, parent=parent)
    talker.talk(islice(cues(options.seed), _MOST_LINES))
    return 0


def _cut(said: Said, manner: Manner) -> tuple[bytes, bytes]:
    if isinstance(said, bytes):
        return said, b""
    line = orjson.dumps(said._asdict(), option=orjson.OPT_APPEND_NEWLINE)
    middle = len(line) // 2 if manner is Manner.TORN else len(line) - 1
    return line[:middle], line[middle:]


if __name__ == "__main__":
    raise SystemExit(main())
