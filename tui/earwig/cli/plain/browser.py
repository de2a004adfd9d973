"""Choose a session by typing, read it, follow it, choose the next: nothing is drawn, nothing moves."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from earwig.cli.following import forget_interrupt, raise_by_interrupt, raise_if_interrupted
from earwig.cli.output import Output
from earwig.cli.plain.paragraphs import Paragraphs
from earwig.cli.sessions import no_sessions
from earwig.core.follow.arrivals import Arrivals
from earwig.core.model.events import RemovalReason, StoreEvents
from earwig.core.model.session import Session, SessionId, in_order
from earwig.core.model.titles import title_of
from earwig.core.model.unlisted import Outages, Unlisted
from earwig.core.settings.settings import Settings
from earwig.core.stores.store import Store, WatchOptions
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

PAGE = 20
"""Sessions that are listed at a time: who listens cannot skim."""

NEWEST = 20
"""Messages of a transcript to begin with."""

_BREATH = 1.0
"""Seconds between looks at whether anybody still reads what is printed."""

_AGES = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_ASK = own_text("Type a number, part of a name, m for more, ? for help, or q to quit.")
_HELP = (
    own_text("A number opens that session: its newest messages are printed, then what is new as it comes."),
    own_text("Enter or Ctrl+C goes back from there to the list."),
    own_text("Part of a name lists the sessions that have it, or opens the only one."),
    own_text("m lists more sessions. Enter lists the newest again. q quits."),
)


class PlainBrowser:
    """A conversation with the reader, in lines."""

    def __init__(self, store: Store, settings: Settings, out: Output, err: Output) -> None:
        self._store = store
        self._settings = settings
        self._out = out
        self._err = err
        self._events: SimpleQueue[str | StoreEvents | None] = SimpleQueue()
        self._known: list[Session] = []
        """All sessions, as they were listed last."""

        self._listed: list[Session] = []
        """What the numbers mean, from 1."""

        self._rest: list[Session] = []
        """What `m` goes on with."""

    def run(self) -> int:
        """Ask and answer until the reader quits; the exit status."""
        # A shell starts some programs with interrupts ignored; here they are one of two ways back.
        raise_by_interrupt()
        TypedLines(self._events.put).start()
        self._list_all()
        while (line := self._typed()) is not None and line.lower() not in ("q", "quit", "exit"):
            self._answer(line)
            if self._out.reader_is_gone():
                break
        return 0

    def _typed(self) -> str | None:
        """Ask, and wait for a line; None where there is no more."""
        self._say(_ASK)
        while True:
            raise_if_interrupted()
            try:
                event = self._events.get(timeout=_BREATH)
            except Empty:
                if self._out.reader_is_gone():
                    return None
                continue
            if not isinstance(event, StoreEvents):
                return event

    def _answer(self, line: str) -> None:
        if not line:
            self._list_all()
        elif line == "?":
            for words in _HELP:
                self._out.line(words)
        elif line.lower() == "m":
            self._list(self._rest, own_text("There are no more sessions."))
        elif line.isdecimal():
            self._open_number(line)
        else:
            self._open_named(line)

    def _open_number(self, line: str) -> None:
        number = int(line) if len(line) < 10 else 0
        if 1 <= number <= len(self._listed):
            self._open(self._listed[number - 1])
        elif self._listed:
            words = own_text(
                "There is no session {}: the numbers listed are 1 to {}.",
                clean_line(line, 20),
                len(self._listed),
            )
            self._say(words)
        else:
            self._say(own_text("No session is listed."))

    def _open_named(self, line: str) -> None:
        wanted = line.casefold()
        found = [session for session in self._sessions() if wanted in name_of(session).casefold()]
        exact = [session for session in found if wanted == name_of(session).casefold()]
        if len(found) == 1 or len(exact) == 1:
            self._open((exact or found)[0])
        else:
            self._listed = []
            self._list(found, own_text('No session has "{}" in its name.', clean_line(line, 60)))

    def _sessions(self) -> list[Session]:
        """All, in the order that the reader likes; what other orders ask for is not known here."""
        unlisted: list[Unlisted] = []
        found = self._store.sessions(unlisted)
        ids = {session.id for session in found}
        kept: list[Session] = []
        for away in unlisted:
            left = [it for it in self._known if it.id not in ids and away.holds(it)]
            kept += left
            if left or not away.missing:
                words = away.no_more.words(safe_name(away.folder))
                self._say(own_text("{}. What is listed of it is as it was last seen.", words))
        self._known = in_order([*found, *kept])
        sessions = list(self._known)
        if self._settings.sort == "name":
            sessions.sort(key=lambda session: name_of(session).casefold())
        elif self._settings.sort == "size":
            sessions.sort(key=lambda session: -session.extent)
        return sessions

    def _list_all(self) -> None:
        self._listed = []
        self._list(self._sessions(), no_sessions(self._store))

    def _list(self, sessions: Sequence[Session], none: SafeText) -> None:
        """List the first of these, with the numbers after those that are listed."""
        if not sessions:
            self._say(none)
            return
        if not self._listed:
            self._out.line(
                own_text("{:,} {}:", len(sessions), own_text("session" if len(sessions) == 1 else "sessions"))
            )
        now = time.time()
        for session in sessions[:PAGE]:
            self._listed.append(session)
            about = ago_words(session, now) if session.problem is None else clean_line(session.problem)
            store = own_text("") if session.detail is None else own_text(", {}", clean_line(session.store))
            self._out.line(own_text("{}. {}{}, {}", len(self._listed), name_of(session), store, about))
        self._rest = list(sessions[PAGE:])
        if self._rest:
            self._out.line(own_text("{:,} more: m lists them.", len(self._rest)))
        self._out.flush()

    def _open(self, session: Session) -> None:
        """Print a session, and follow it until the reader has enough."""
        name = name_of(session)
        words = own_text("{}: the newest messages, then new ones as they come. Enter goes back.", name)
        self._say(words)
        self._out.line()
        paragraphs = Paragraphs(self._out)
        arrivals = Arrivals(
            self._store,
            lambda _session: lambda heard: paragraphs.message(heard.number, heard.message),
            lambda _session, sentence: self._remark(sentence),
        )
        alone = self._store.only([session])
        watcher = alone.watcher(WatchOptions(self._events.put, known=[session], poll=self._settings.poll))
        watcher.watch_closely([session.id])
        try:
            watcher.start()
            arrivals.begin(session, NEWEST)
            self._say(own_text("This is the end of {}; new messages follow.", name))
            self._follow(arrivals, session.id)
        except CannotOpen as error:
            self._say(own_text("{} {}.", name, clean_line(error.reason)))
        except KeyboardInterrupt:
            forget_interrupt()
            self._out.line()  # the terminal has printed ^C
        finally:
            watcher.stop()
            watcher.join(_BREATH)
        self._say(own_text("Back to the list: Enter lists it again."))

    def _follow(self, arrivals: Arrivals, session_id: SessionId) -> None:
        """Print what is new until a line is typed, or nobody reads."""
        outages = Outages(lambda sentence: self._say(own_text("{}.", sentence)))
        while not self._out.reader_is_gone():
            raise_if_interrupted()
            due = arrivals.due
            wait = _BREATH if due is None else max(0.0, min(_BREATH, due - time.monotonic()))
            try:
                event = self._events.get(timeout=wait)
            except Empty:
                if due is None:
                    continue
                event = StoreEvents()
            if event is None:
                self._events.put(None)  # for the one who asks next
                return
            if isinstance(event, str):
                return
            outages.take(event.unlisted)
            for gone in event.vanished:
                if gone.id == session_id and gone.removal_reason is RemovalReason.MIGRATED:
                    self._say(
                        own_text("The bot has read the session's file into its database; it goes on there.")
                    )
                elif gone.id == session_id:
                    self._say(own_text("The session's file is gone. What was printed is all there is."))
            arrivals.take(event, time.monotonic())

    def _remark(self, sentence: SafeText) -> None:
        """Tell of a line that is no message, as a paragraph of its own."""
        self._out.line(own_text("Remark: {}", sentence))
        self._out.line()
        self._out.flush()

    def _say(self, sentence: SafeText) -> None:
        self._out.line(sentence)
        self._out.flush()


def name_of(session: Session) -> SafeText:
    """Return a session as it is called: its channel and its name."""
    channel, name = title_of(session)
    return own_text("{} {}", channel, name) if channel else name


def ago_words(session: Session, now: float) -> SafeText:
    """Return how long ago its last activity was at `now` (Unix time), in a word that can be read aloud."""
    seconds = now - session.activity_ns / 1e9
    if seconds < -86_400:
        return own_text("at an unknown time")
    for length, unit in _AGES:
        count = int(seconds // length)
        if count >= 1:
            return own_text("{:,} {} ago", count, clean_line(unit if count == 1 else f"{unit}s"))
    return own_text("just now")


LONGEST = 1_000
"""Characters of a line that are taken; nobody types more."""

_CHUNK = 4096


class TypedLines(threading.Thread):
    """Hands over each line that is typed, then None.

    Reads the descriptor and not `sys.stdin`: a thread that waits inside that keeps Python from ending.
    """

    def __init__(self, give: Callable[[str | None], None]) -> None:
        super().__init__(name="earwig-typed", daemon=True)
        self._give = give

    def run(self) -> None:
        """Read to the end, or until the terminal is gone."""
        left = b""
        while data := self._read():
            *lines, left = (left + data).split(b"\n")
            for line in lines:
                self._give(self._text(line))
            left = left[: LONGEST * 4]
        if left:
            self._give(self._text(left))
        self._give(None)

    @staticmethod
    def _read() -> bytes:
        try:
            return b"" if sys.stdin is None else os.read(sys.stdin.fileno(), _CHUNK)
        except (OSError, ValueError):  # the terminal is gone; or there is no file behind it
            return b""

    @staticmethod
    def _text(line: bytes) -> str:
        return line.decode("utf-8", "replace")[:LONGEST].strip()
