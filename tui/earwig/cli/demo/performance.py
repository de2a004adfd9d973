"""Playing a scene: its script becomes the messages that a bot would have stored."""

from __future__ import annotations

import json
import string
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from earwig.cli.demo.script import Pools, Scene, ScriptLine
from earwig.cli.demo.slots import Slots, stamp
from earwig.core.model.message import ChatMessage

Said = ChatMessage | bytes
"""What goes into the file: a message, or bytes that a mishap left there."""

_ID_LETTERS = string.ascii_letters + string.digits

# Every list of wordings of a scene has fewer entries than this has divisors: one draw serves them all,
# so that the second answer belongs to the second question when their lists are equally long.
_DRAWS = 2520


class Performance:
    """One playing of one scene: the values that it drew and the tool calls that still wait."""

    def __init__(self, scene: Scene, pools: Pools, chance: Random) -> None:
        self.scene = scene
        self._slots = Slots(pools, chance)
        self._chance = chance
        self._draw = chance.randrange(_DRAWS)
        self._open_calls: deque[str] = deque()

    def key(self, at: datetime) -> str:
        """Return the session's key, for a scene that opens one at that time."""
        return self._slots.fill(self.scene.key, at)

    def say(self, line: ScriptLine, at: datetime) -> Said:
        """Return what the file holds of this line when it is said at that time."""
        text = self._slots.fill(line.wordings[self._draw % len(line.wordings)], at)
        match line.kind:
            case "raw":
                return text.encode()
            case "calls":
                return ChatMessage.assistant(self._calls(line, text, at))
            case "result":
                return ChatMessage.tool(_json({"content": text, "tool_call_id": self._open_calls.popleft()}))
            case "assistant":
                return ChatMessage.assistant(text)
            case _:
                return ChatMessage.user(self._stamped(line, text, at))

    def times(self, start: datetime) -> Iterator[tuple[ScriptLine, datetime]]:
        """Yield the lines, each with its time; the first one is said at `start`."""
        at, before = start, ""
        for line in self.scene.lines:
            if before:
                at += self._pause(line, before)
            yield line, at
            before = line.kind

    def _pause(self, line: ScriptLine, before: str) -> timedelta:
        if line.gap is not None:
            return timedelta(minutes=line.gap)
        if line.kind != "user":
            return timedelta(seconds=self._chance.randint(2, 14))
        return timedelta(
            seconds=self._chance.randint(8, 30) if before == "user" else self._chance.randint(40, 300)
        )

    def _calls(self, line: ScriptLine, text: str, at: datetime) -> str:
        calls = []
        for call in line.calls:
            number = "toolu_01" + "".join(self._chance.choices(_ID_LETTERS, k=22))
            self._open_calls.append(number)
            calls.append({**call, "arguments": self._slots.fill(call["arguments"], at), "id": number})
        return _json({"content": text or None, "tool_calls": calls})

    def _stamped(self, line: ScriptLine, text: str, at: datetime) -> str:
        told = any("«stamp»" in wording for wording in line.wordings)
        return f"{stamp(at)} {text}" if self.scene.stamped and not told else text


def _json(value: object) -> str:
    """Compact, with sorted keys, as the bot's serde_json writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
