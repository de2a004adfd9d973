"""A process of its own that does to a session file whatever a bot, an editor or a backup may do, by a seed.

`python -m tests.e2e.rewriter FILE --seed 1`: for each line on its input it does a few things to the file, and
prints what it did. No two messages that it makes say the same.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.core.bot_writer import BotWriter, line_of

Message = tuple[str, str]

STALLS = [0.0, 0.0, 0.0005, 0.002, 0.005, 0.02, 0.06, 0.15, 0.4]
"""Seconds between two system calls."""

LONG_STALL = 3.3
"""More than what is gone is waited for."""

MOST = 16
"""Messages from which on the file is made shorter: all of it shall be on the screen."""


class Rewriter:
    """Does random things to one session file."""

    def __init__(self, path: Path, seed: int, *, keep: int = 0, long_stalls: bool = True) -> None:
        self._chance = random.Random(seed)
        self._path = path
        self._keep = keep
        self._long_stalls = long_stalls
        self._seed = seed
        self._said = 0
        self._did: list[str] = []
        self._before: list[list[Message]] = []

    def burst(self) -> str:
        """A few things, one right after the other; their names."""
        self._did = []
        for _ in range(self._chance.choice([1, 1, 1, 2, 2, 3])):
            self._before = [*self._before[-5:], self._messages()]
            operation = self._next_operation()
            self._did.append(operation.__name__)
            operation()
            if self._chance.random() < 0.5:
                self._stall()
        return " ".join(self._did)

    def _next_operation(self) -> Callable[[], object]:
        count = len(self._messages()) - self._keep
        if count > MOST:
            return self._chance.choice([self.clear, self.cut])
        operations: list[Callable[[], object]] = [self.append, self.append_in_two, self.append_some]
        if count > 0:
            operations += [
                self.remove_last,
                self.update_last,
                self.update_last_same_size,
                self.edit_same_size,
                self.edit_in_place,
                self.append_and_edit,
                self.rewrite_as_it_is,
                self.clear_and_append,
                self.away_and_back,
                self.folder_away_and_back,
                self.restore,
                self.clock_back,
                self.stream,
            ]
            if self._chance.random() < 0.2:
                operations += [self.clear]
        return self._chance.choice(operations)

    # What is done.

    def append(self) -> None:
        """A message in one write."""
        self._bot().append(self._text(), self._role())

    def append_in_two(self) -> None:
        """The JSON, then the newline."""
        self._bot().append_in_two(self._text(), self._role())

    def append_some(self) -> None:
        """Several."""
        for _ in range(self._chance.randrange(2, 6)):
            self._bot().append(self._text(), self._role())

    def remove_last(self) -> None:
        """The newest is taken out."""
        self._rewrite(self._messages()[:-1])

    def update_last(self) -> None:
        """The newest becomes another."""
        *rest, (role, _) = self._messages()
        self._rewrite([*rest, (role, self._text())])

    def stream(self) -> None:
        """The newest grows."""
        *rest, (role, content) = self._messages()
        for _ in range(3):
            content += f" and{self._chance.randrange(10)}"
            self._rewrite([*rest, (role, content)])

    def update_last_same_size(self) -> None:
        """The newest becomes another of the same length."""
        *rest, last = self._messages()
        self._rewrite([*rest, self._same_size(last)])

    def edit_same_size(self) -> None:
        """Any becomes another of the same length."""
        messages = self._messages()
        at = self._any_place(messages)
        messages[at] = self._same_size(messages[at])
        self._rewrite(messages)

    def edit_in_place(self) -> None:
        """Any becomes another of the same length, by a write over its bytes."""
        messages = self._messages()
        at = self._any_place(messages)
        start = sum(len(line_of(*message)) + 1 for message in messages[:at])
        with self._path.open("r+b", buffering=0) as file:
            file.seek(start)
            file.write(line_of(*self._same_size(messages[at])))

    def append_and_edit(self) -> None:
        """A line is appended, and any replaced by one of the same length at nearly the same time."""
        steps = [self.append, self.edit_in_place]
        self._chance.shuffle(steps)
        steps[0]()
        if gap := self._chance.choice([0, 0.0003, 0.001, 0.002, 0.003, 0.005]):
            time.sleep(gap)
        steps[1]()

    def rewrite_as_it_is(self) -> None:
        """The same once more."""
        self._rewrite(self._messages())

    def clear(self) -> None:
        """Nothing is left but what is kept for ever."""
        self._rewrite(self._messages()[: self._keep])

    def cut(self) -> None:
        """The newest half is taken out."""
        messages = self._messages()
        self._rewrite(messages[: self._keep + (len(messages) - self._keep) // 2])

    def clear_and_append(self) -> None:
        """Nothing is left, and one of the same length comes."""
        messages = self._messages()
        replacement = self._same_size(messages[self._keep])
        self._rewrite(messages[: self._keep])
        if self._chance.random() < 0.5:
            self._stall()
        self._bot().append(replacement[1], replacement[0])

    def away_and_back(self) -> None:
        """The file has another name for a moment."""
        away = self._path.with_name(self._path.name + ".importing")
        self._path.rename(away)
        self._stall()
        away.rename(self._path)

    def folder_away_and_back(self) -> None:
        """The folder is not there for a moment."""
        folder = self._path.parent
        away = folder.with_name(folder.name + ".away")
        folder.rename(away)
        time.sleep(self._chance.choice([0, 0.01, 0.1]))
        away.rename(folder)

    def restore(self) -> None:
        """The file is as it was before."""
        self._rewrite(self._chance.choice(self._before))

    def clock_back(self) -> None:
        """The file's time stamp is of the past; and the last message another."""
        then = time.time() - self._chance.choice([1, 3600])
        if self._chance.random() < 0.5:
            self.update_last_same_size()
        os.utime(self._path, (then, then))

    # How.

    def _bot(self) -> BotWriter:
        return BotWriter(self._path, renames=self._chance.random() < 0.4, pause=self._pause)

    def _pause(self) -> None:
        if self._chance.random() < 2 / (2 * len(self._before[-1]) + 10):
            self._stall()

    def _stall(self) -> None:
        chance = self._chance.random()
        long = self._long_stalls and chance < 0.01
        time.sleep(LONG_STALL if long else self._chance.choice(STALLS))

    def _rewrite(self, messages: Sequence[Message]) -> None:
        self._bot().rewrite(messages)

    def _messages(self) -> list[Message]:
        return self._bot().messages()

    def _any_place(self, messages: Sequence[Message]) -> int:
        first = min(self._keep, len(messages) - 1)
        return self._chance.choice([first, len(messages) - 1, self._chance.randrange(first, len(messages))])

    def _role(self) -> str:
        return self._chance.choice(["user", "assistant"])

    def _text(self) -> str:
        self._said += 1
        return f"m{self._seed % 1000:03}.{self._said:05}"

    def _same_size(self, message: Message) -> Message:
        role, content = message
        return role, self._text().ljust(len(content), "=")[: len(content)]


def main() -> None:
    """Do a burst for each line of the input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=int, default=0, help="messages at the beginning that stay")
    parser.add_argument("--no-long-stalls", action="store_true")
    options = parser.parse_args()
    writer = Rewriter(options.file, options.seed, keep=options.keep, long_stalls=not options.no_long_stalls)
    for _ in sys.stdin:
        print(writer.burst(), flush=True)


if __name__ == "__main__":
    main()
