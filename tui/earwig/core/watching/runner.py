"""Runs a reader's command for each message that a rule tells of; nothing waits for it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from queue import Full, Queue

from earwig.core.safe_text import SafeText, clean_line, own_text

LIMIT = 60.0
"""Seconds that a command may take; then it is ended."""

AT_ONCE = 4
"""Commands that run side by side."""

WAITING = 1_000
"""Messages that may wait for their command; beyond, they are dropped, and that is told."""

_SHOWN = 160
_NO_ROOM = "too many messages wait for their command: one was left out"


class BadCommand(ValueError):
    """The text is no command; says why, in words for the reader."""


def words_of(command: str) -> list[str]:
    """A command split into its words, as a shell would, and never given to one. Raises `BadCommand`."""
    try:
        words = shlex.split(command, posix=sys.platform != "win32")
    except ValueError as error:
        raise BadCommand("it has a quote that is not closed") from error
    if not words:
        raise BadCommand("it is empty")
    return words


class CommandRunner:
    """Gives each message, as JSON, to a command's standard input; what goes wrong is reported."""

    def __init__(self, words: Sequence[str], report: Callable[[SafeText], object]) -> None:
        """`report` is called from any thread."""
        self._words = list(words)
        self._report = report
        self._jobs: Queue[bytes | None] = Queue(WAITING)
        self._threads = [
            threading.Thread(target=self._work, name="earwig-command", daemon=True) for _ in range(AT_ONCE)
        ]
        self._begun = False

    def submit(self, values: Mapping[str, object]) -> None:
        """Have the command run for a message, some time soon."""
        if not self._begun:
            self._begun = True
            for thread in self._threads:
                thread.start()
        try:
            self._jobs.put_nowait(json.dumps(values).encode() + b"\n")
        except Full:
            self._report(own_text(_NO_ROOM))

    def finish(self, seconds: float) -> None:
        """Let what waits be done, for so long at most; what is not done then is left to end by itself."""
        if not self._begun:
            return
        for _ in self._threads:
            try:
                self._jobs.put(None, timeout=seconds)
            except Full:
                return
        for thread in self._threads:
            thread.join(seconds)

    def _work(self) -> None:
        while (data := self._jobs.get()) is not None:
            self._run(data)

    def _run(self, data: bytes) -> None:
        name = clean_line(self._words[0], 60)
        with tempfile.TemporaryFile() as said:
            try:
                done = subprocess.run(
                    self._words,
                    input=data,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    timeout=LIMIT,
                    check=False,
                    start_new_session=True,  # an interrupt is meant for us, not for what was begun
                )
            except subprocess.TimeoutExpired:
                self._report(own_text("{} took longer than {:.0f} s, and was ended", name, LIMIT))
                return
            except OSError as error:
                reason = clean_line(error.strerror or "the system does not say why")
                self._report(own_text("{} cannot be run: {}", name, reason))
                return
            if done.returncode:
                said.seek(0)
                words = said.read(4 * _SHOWN).decode("utf-8", "replace").strip().partition("\n")[0]
                why = own_text(": {}", clean_line(words, _SHOWN)) if words else own_text("")
                self._report(own_text("{} ended with status {}{}", name, done.returncode, why))
