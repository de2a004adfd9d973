"""Runs a reader's command for each message that a rule tells of; nothing waits for it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import IO

from earwig.core.text.refusal import system_reason
from earwig.core.text.repeats import Repeats
from earwig.core.text.safe_text import SafeText, clean_line, many, own_text
from earwig.core.watch_rules.process_groups import ProcessGroups

LIMIT = 60.0
"""Seconds that a command may take; then it is ended."""

GRACE = 2.0
"""Seconds from telling a command to end to killing it."""

AT_ONCE = 4
"""The number of commands that run side by side."""

WAITING = 1_000
"""The most messages that wait for their command. Beyond, they are dropped, and that is told."""

_STEP = 0.02
_UNNOTICED = 0.5
"""Seconds after which somebody who has ended the program wonders why it goes on."""

_SHOWN = 160
_NO_ROOM = "too many messages wait for their command: one was left out"


class BadCommand(ValueError):
    """Raised for a text that is no command. Says why, in words for the reader."""


def words_of(command: str) -> list[str]:
    """Return a command split into words as a shell would do it; no shell is run. Raises `BadCommand`."""
    try:
        words = shlex.split(command, posix=sys.platform != "win32")
    except ValueError as error:
        raise BadCommand("it has a quote that is not closed") from error
    if not words:
        raise BadCommand("it is empty")
    return words


class CommandRunner:
    """Gives each message, as JSON, to a command's standard input, and reports what goes wrong.

    Each command has a process group of its own, and is ended with all of it.
    """

    def __init__(self, words: Sequence[str], report: Callable[[SafeText], object]) -> None:
        """`report` is called from any thread, by one at a time; `tick` has it told what was counted."""
        self._words = list(words)
        self._name = clean_line(self._words[0], 60)
        self._repeats = Repeats(report)
        self._jobs: Queue[bytes | None] = Queue(WAITING)
        self._threads = [
            threading.Thread(target=self._work, name="earwig-command", daemon=True) for _ in range(AT_ONCE)
        ]
        self._begun = False
        self._lock = threading.Lock()
        self._groups = ProcessGroups()
        self._ending = False
        self._dropped = 0

    def submit(self, values: Mapping[str, object]) -> None:
        """Have the command run for a message, some time soon."""
        if not self._begun:
            self._begun = True
            for thread in self._threads:
                thread.start()
        try:
            self._jobs.put_nowait(json.dumps(values).encode() + b"\n")
        except Full:
            self._repeats.say(own_text(_NO_ROOM))

    def tick(self) -> None:
        """Report what was counted since the last report. To be called now and then."""
        self._repeats.tick()

    def finish(self, seconds: float, grace: float = GRACE) -> None:
        """Let what waits be done for at most `seconds`; then end what runs, and report what was left out.

        Commands have `grace` seconds from SIGTERM to their end; then they are killed. An interrupt meanwhile
        leaves out the first wait, of which somebody is told; so does `SystemExit`, which is raised again once
        all is ended. Takes no longer than both times and a moment.
        """
        begun = time.monotonic()
        is_told = False
        try:
            with suppress(KeyboardInterrupt):
                while self._is_busy() and (waited := time.monotonic() - begun) < seconds:
                    if waited > _UNNOTICED and not is_told:
                        is_told = True
                        left = many(self._jobs.unfinished_tasks, "message")
                        self._repeats.say(
                            own_text("{} is still running for {}; ^C ends it", self._name, left)
                        )
                    time.sleep(_STEP)
        finally:
            self._finish(grace)

    def _finish(self, grace: float) -> None:
        ended = None
        while ended is None:
            try:
                ended = self._end(grace)
            except KeyboardInterrupt:
                grace = 0.0
        if ended:
            self._repeats.say(
                own_text("{} was still running for {}: ended", self._name, many(ended, "message"))
            )
        if self._dropped:
            self._repeats.say(
                own_text("{} was not run any more for {}", self._name, many(self._dropped, "message"))
            )
        self._repeats.finish()

    def _end(self, grace: float) -> int:
        """Begin nothing more, and end what runs: so many commands. May be done again, if interrupted."""
        with self._lock:
            self._ending = True
        ended = self._groups.end(grace)
        with suppress(Empty):
            while True:
                self._dropped += self._jobs.get_nowait() is not None
        for _ in self._threads:
            with suppress(Full):
                self._jobs.put_nowait(None)
        return ended

    def _is_busy(self) -> bool:
        return self._begun and self._jobs.unfinished_tasks > 0

    def _work(self) -> None:
        while (data := self._jobs.get()) is not None:
            try:
                self._run(data)
            finally:
                self._jobs.task_done()

    def _run(self, data: bytes) -> None:
        try:
            with tempfile.TemporaryFile() as said:
                process = self._started(said)
                if process is not None:
                    self._wait_for(process, data, said)
        except OSError as error:
            reason = system_reason(error)
            self._repeats.say(own_text("{} cannot be run: {}", self._name, reason))

    def _started(self, said: IO[bytes]) -> subprocess.Popen[bytes] | None:
        """Return the command, running; None if none is to be begun any more. Raises `OSError`."""
        with self._lock:
            if self._ending:
                self._dropped += 1
                return None
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,  # an interrupt is meant for us, not for what was begun
            )
            self._groups.add(process)
            return process

    def _wait_for(self, process: subprocess.Popen[bytes], data: bytes, said: IO[bytes]) -> None:
        try:
            process.communicate(data, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self._groups.end_one(process, GRACE)
            self._repeats.say(own_text("{} took longer than {:.0f} s, and was ended", self._name, LIMIT))
            return
        finally:
            self._groups.forget(process)
        if process.returncode and not self._ending:
            said.seek(0)
            words = said.read(4 * _SHOWN).decode("utf-8", "replace").strip().partition("\n")[0]
            why = own_text(": {}", clean_line(words, _SHOWN)) if words else own_text("")
            told = own_text("{} ended with status {}{}", self._name, process.returncode, why)
            # By the status: what it says may quote the message, and be another each time.
            self._repeats.say(told, f"status {process.returncode}")
