"""The model of the bot in a process of its own, which does what it is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from tests.core.stores.sqlite.bot_database import BotDatabase

_ROOT = Path(__file__).parents[4]


class BotProcess:
    """Another process that writes `sessions.db` below a folder."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", __name__, str(folder)]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.path = Path(self._answer())

    def __enter__(self) -> BotProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def do(self, what: str, *values: object) -> None:
        """Have it done: a method of `BotDatabase`, with what it takes."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, *values]) + "\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def main() -> None:
    """Do what is told, one line each."""
    bot = BotDatabase(Path(sys.argv[1]))
    print(bot.path, flush=True)
    for line in sys.stdin:
        what, *values = json.loads(line)
        getattr(bot, what)(*values)
        print("done", flush=True)


if __name__ == "__main__":
    main()
