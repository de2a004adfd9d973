"""A process of its own that is the bot at work on its database.

`python -m tests.e2e.database_writer WORKSPACE KEY --count 50 --pace 0.02`
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.core.stores.sqlite.bot_database import BotDatabase

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def bot_writing(
    workspace: Path, key: str, text: str, *, count: int = 1, pace: float = 0.0, stream: int = 0
) -> Iterator[subprocess.Popen[str]]:
    """Run the bot: it appends `count` messages, then waits until it is told to end.

    `text` has `{}` for the message's number. With `stream`, an answer is written so many times, longer each
    time, as the bot does while a model speaks.
    """
    command = [sys.executable, "-m", "tests.e2e.database_writer", str(workspace), key, text]
    command += ["--count", str(count), "--pace", str(pace), "--stream", str(stream)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        try:
            yield process
        finally:
            if process.poll() is None:
                end_cleanly(process)


def end_cleanly(process: subprocess.Popen[str]) -> None:
    """Have the bot close its database: its -wal goes."""
    assert process.stdin is not None
    process.stdin.close()
    process.wait()


def kill(process: subprocess.Popen[str]) -> None:
    """Let the bot crash: its -wal stays."""
    process.kill()
    process.wait()


def main() -> None:
    """Write as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("key")
    parser.add_argument("text")
    parser.add_argument("--count", type=int)
    parser.add_argument("--pace", type=float)
    parser.add_argument("--stream", type=int)
    asked = parser.parse_args()
    bot = BotDatabase(asked.workspace)
    for number in range(asked.count):
        bot.append(asked.key, "user", asked.text.replace("{}", str(number)))
        time.sleep(asked.pace)
    if asked.stream:
        bot.append(asked.key, "assistant", "word 0")
        for number in range(1, asked.stream):
            time.sleep(asked.pace)
            bot.update_last(asked.key, "assistant", " ".join(f"word {n}" for n in range(number + 1)))
    os.write(1, b"done\n")
    sys.stdin.read()
    bot.close()


if __name__ == "__main__":
    main()
