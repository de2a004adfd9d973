"""Every stream beside a bot that does anything to many files at once: each new message once, and in order.

`EARWIG_BURSTS=2000` makes so many bursts instead of the few of each time, `EARWIG_SEED` other ones.
"""

from __future__ import annotations

import heapq
import itertools
import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from earwig.core.follow.live import Arrival, LiveFeed
from earwig.core.follow.recovery import LONG
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import resolve_path
from earwig.core.stores.store import WatchOptions
from tests.core.bot_conversation import Calls, Conversation
from tests.core.bot_writer import lines_of
from tests.e2e.terminal import ROOT, clean_environment, earwig

BURSTS = int(os.environ.get("EARWIG_BURSTS", "16"))
SEED = int(os.environ.get("EARWIG_SEED", "3"))
SESSIONS = 8
SECONDS = 30.0
LONGEST = 0.7 * LONG
"""Seconds that may pass between two calls of which the second must follow soon: else nothing is promised."""

Told = Callable[[], list[str]]
"""The contents that a stream has told so far, in its order."""


class Streams:
    """All that tells of messages, each with what it has told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.probe = folder / "probe.jsonl"
        self.told: dict[str, Told] = {}

    def wait_for(self, condition: Callable[[Told], object]) -> None:
        """Until it is so for each stream."""
        end = time.monotonic() + SECONDS
        while not all(condition(told) for told in self.told.values()):
            assert time.monotonic() < end, {name: told()[-3:] for name, told in self.told.items()}
            time.sleep(0.01)

    def wait_for_all_of(self, conversation: Conversation) -> None:
        """Until each stream has told all that is there and new."""
        end = time.monotonic() + SECONDS
        while missing := {
            name: left[:3] for name, told in self.told.items() if (left := conversation.missing(told()))
        }:
            assert time.monotonic() < end, f"not told: {missing}"
            time.sleep(0.01)

    def wait_until_they_follow(self) -> None:
        """Some messages are told by all: whoever tells of the last has long read what was there before."""
        for number in range(5):
            text = f"probe {number}"

            def is_told(told: Told, text: str = text) -> bool:
                return text in told()

            for attempt in itertools.count():
                with self.probe.open("ab") as file:
                    file.write(lines_of([("user", text)]))
                if attempt > 20 or self._comes(is_told):
                    break
        self.wait_for(lambda told: "probe 4" in told())

    def _comes(self, condition: Callable[[Told], bool]) -> bool:
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            if all(condition(told) for told in self.told.values()):
                return True
            time.sleep(0.01)
        return False


@contextmanager
def streaming(home: Path, sessions: Path, out: Path) -> Iterator[Streams]:
    """`tail --json`, `watch --json --exec`, and the live view's feed, at work."""
    streams = Streams(sessions)
    (sessions / "probe.jsonl").touch()
    ran = out / "ran"
    ran.touch()
    commands = {
        "tail": ["tail", "--json", "-n", "0", "-w", str(sessions.parent)],
        "watch": ["watch", str(sessions), "--role", "user", "--json", "--exec", f"sh -c 'cat >> {ran}'"],
    }
    with ExitStack() as cleanup:
        for name, arguments in commands.items():
            path = out / name
            with path.open("wb") as stdout:
                process = subprocess.Popen(
                    earwig(*arguments), env=clean_environment(home), cwd=ROOT, stdout=stdout
                )
            cleanup.callback(process.wait)
            cleanup.callback(process.kill)
            streams.told[name] = contents_of(path)
        streams.told["watch --exec"] = contents_of(ran)
        store = store_for(
            [resolve_path(sessions)]
        )  # as the browser has it: a file that is put away is no new one
        arrivals: list[Arrival] = []
        feed = LiveFeed(store, arrivals.extend)
        watcher = store.watcher(WatchOptions(feed.take, known=store.sessions()))
        watcher.start()
        cleanup.callback(watcher.join, SECONDS)
        cleanup.callback(watcher.stop)
        feed.start()
        cleanup.callback(feed.stop)
        streams.told["live view"] = lambda: [it.message.content for it in list(arrivals) if it.seen]
        streams.wait_until_they_follow()
        yield streams


def contents_of(path: Path) -> Told:
    """The contents of the messages in a file to which JSON is written."""
    told: list[str] = []
    place = 0

    def read() -> list[str]:
        nonlocal place
        with path.open("rb") as file:
            file.seek(place)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        place += len(whole)
        told.extend(str(json.loads(line)["content"]) for line in whole.splitlines())
        return told

    return read


def at_once(chance: random.Random, bursts: list[Calls], *, patient: bool) -> set[int]:
    """Make the calls of several bots, each at its own pace and with stalls of its own.

    Returns the indices of those that were held up, by a machine that stood still, where they must not be.
    """
    stalls = [0.05, 0.3, 0.6] if chance.random() < 0.9 or not patient else [1.5, 7.0]
    share = chance.choice([0.0, 0.01, 0.05])
    paces = [chance.choice([0.0, 0.0, 0.001, 0.005]) for _ in bursts]
    waiting = [(0.0, index) for index in range(len(bursts))]
    hurried: dict[int, float] = {}
    held_up: set[int] = set()
    while waiting:
        at, index = heapq.heappop(waiting)
        time.sleep(max(0.0, at - time.monotonic()))
        begun = time.monotonic()
        may_stall = next(bursts[index], None)
        if time.monotonic() - hurried.pop(index, begun) > LONGEST and may_stall is not None:
            held_up.add(index)
        if may_stall is None:
            continue
        if not may_stall:
            hurried[index] = begun
        pause = paces[index] * chance.random()
        if chance.random() < share:
            pause = min(chance.choice(stalls), 10.0 if may_stall else 0.3)
        heapq.heappush(waiting, (time.monotonic() + pause, index))
    return held_up


def of_one(conversation: Conversation, contents: list[str]) -> list[str]:
    return [text for text in contents if text.startswith(conversation.path.stem + " ")]


def check(streams: Streams, conversations: list[Conversation]) -> None:
    """Wait until all that is there was told; fail if anything was told that must not be."""
    for conversation in conversations:
        streams.wait_for_all_of(conversation)
        for name, told in streams.told.items():
            contents = of_one(conversation, told())
            if name == "watch --exec":  # commands run side by side
                contents.sort(key=[*conversation.said, *contents].index)
            try:
                conversation.check(contents)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error


def test_each_new_message_is_told_once_whatever_the_bot_does(home: Path, tmp_path: Path) -> None:
    sessions = tmp_path / "bot" / "sessions"
    sessions.mkdir(parents=True)
    chance = random.Random(SEED)
    conversations = [
        Conversation(sessions / f"s{number}.jsonl", chance.choice([0, 1, 3, 10, 200]), chance)
        for number in range(SESSIONS)
    ]
    made, names = 0, itertools.count(SESSIONS)
    with streaming(home, sessions, tmp_path) as streams:
        while made < BURSTS:
            held_up = at_once(chance, [it.burst() for it in conversations], patient=BURSTS > 100)
            made += SESSIONS - len(held_up)
            for index in held_up:  # another one in its place
                conversations[index] = Conversation(sessions / f"s{next(names)}.jsonl", 0, chance)
            if chance.random() < 0.1:
                away = sessions.with_name("away")
                sessions.rename(away)
                time.sleep(chance.choice([0.01, 0.3]))
                away.rename(sessions)
            if chance.random() < 0.7 or made >= BURSTS:
                check(streams, conversations)
        if BURSTS > 100:
            print(made, "bursts,", sum(len(it.said) for it in conversations), "messages")
