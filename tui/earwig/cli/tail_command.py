"""`earwig tail`: the newest messages, then what is appended, until interrupted."""

from __future__ import annotations

import argparse
import signal
import time
from collections import OrderedDict
from pathlib import Path
from queue import Empty, SimpleQueue

from earwig.cli.entry_printer import EntryPrinter
from earwig.cli.output import Output
from earwig.cli.parser import Parser, count
from earwig.cli.session_tail import SessionTail
from earwig.cli.sessions import cannot_open, complain, find_session, no_sessions, store_of
from earwig.core.following.facts import Facts
from earwig.core.following.follower import Follower
from earwig.core.opening import CannotOpen
from earwig.core.safe_text import SafeText, clean_line, own_text, safe_name
from earwig.core.store import FolderStore, Session, look_at

_AWAKE = 64
"""Sessions whose transcripts are kept at hand; each may remember 64 KiB of its file."""

_BREATH = 1.0
"""Seconds between looks at whether anybody still reads what is printed."""

_MORE = """
With no SESSION or several, each line begins with its key, and in JSON there is a key. With no SESSION,
sessions that begin later join by themselves. Each message comes once, also when the bot rewrites a file.
Interrupt it (Ctrl+C) to end it; the status is 0 then. JSON: [key,] line, role, content.

examples:
  earwig tail                           everything that is said, by all
  earwig tail telegram_alice -n 50
  earwig tail -n 0 --json | jq -r 'select(.role == "user").content'
"""


class _Options(argparse.Namespace):
    sessions: list[str]
    workspace: Path | None
    number: int
    json: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Print until interrupted, or until nobody reads; 0 then."""
    options = _parser().parse_args(arguments, _Options())
    # A shell starts background jobs with interrupts ignored; a command that only they can end needs them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        store = store_of([options.workspace] if options.workspace else [], err)
        if options.sessions:
            named = [find_session(name, store) for name in options.sessions]
            store = FolderStore(files=[session.path for session in named])
        _Tail(store, options, out, err).run()
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> Parser:
    parser = Parser("earwig tail", "Print the newest messages, then what is appended.", _MORE)
    parser.add_argument("sessions", metavar="SESSION", nargs="*", help="keys, or paths to .jsonl files")
    parser.add_workspace()
    parser.add_argument(
        *("-n", "--lines"),
        dest="number",
        metavar="N",
        type=count,
        default=10,
        help="how many messages of each session to begin with (10)",
    )
    parser.add_json()
    return parser


class _Tail:
    """All the sessions that are followed."""

    def __init__(self, store: FolderStore, options: _Options, out: Output, err: Output) -> None:
        self._store = store
        self._out = out
        self._err = err
        self._count = options.number
        self._as_json = options.json
        self._named = bool(options.sessions)
        self._with_key = len(options.sessions) != 1
        self._tails: dict[str, SessionTail] = {}
        self._awake: OrderedDict[str, None] = OrderedDict()
        self._due: dict[str, float] = {}

    def run(self) -> None:
        """Follow until interrupted, or until nobody reads."""
        known = self._store.sessions()
        facts: SimpleQueue[Facts] = SimpleQueue()
        follower = Follower(self._store, facts.put, known=known)
        if self._named:
            follower.watch_closely(session.location for session in known)
        follower.start()
        try:
            if not known:
                complain(self._err, own_text("{}; waiting for one", no_sessions(self._store)))
            for session in reversed(known):
                self._begin(session)
            while not self._out.reader_is_gone():
                self._look_at(self._next(facts))
        finally:
            follower.stop()
            follower.join(_BREATH)

    def _begin(self, session: Session) -> None:
        try:
            self._tail(session.location).begin(self._count)
        except CannotOpen as error:
            if self._named:
                raise cannot_open(session, error) from error
            if not error.missing:
                complain(self._err, own_text("{} {}", safe_name(session.location), clean_line(error.reason)))
        self._out.flush()

    def _next(self, facts: SimpleQueue[Facts]) -> list[str]:
        """The sessions to look at, after waiting for the next thing that happens."""
        wait = min((due - time.monotonic() for due in self._due.values()), default=_BREATH)
        try:
            fact = facts.get(timeout=max(0.0, min(wait, _BREATH)))
        except Empty:
            fact = Facts()
        now = time.monotonic()
        locations = [session.location for session in (*fact.appeared, *fact.changed)]
        locations += [vanished.location for vanished in fact.vanished]
        locations += [location for location, due in self._due.items() if due <= now]
        return list(dict.fromkeys(locations))

    def _look_at(self, locations: list[str]) -> None:
        for location in locations:
            due = self._tail(location).look(time.monotonic())
            self._due.pop(location, None)
            if due is not None:
                self._due[location] = due

    def _tail(self, location: str) -> SessionTail:
        """The tail of a session, which is new if the session is."""
        if location not in self._tails:
            self._tails[location] = self._new_tail(location)
        self._awake[location] = None
        self._awake.move_to_end(location)
        if len(self._awake) > _AWAKE:
            oldest, _ = self._awake.popitem(last=False)
            self._tails[oldest].rest()
        return self._tails[location]

    def _new_tail(self, location: str) -> SessionTail:
        session = look_at(location) or Session(location, 0, 0, (0, 0))
        printer = EntryPrinter(
            self._out, as_json=self._as_json, key=session.key if self._with_key else None, flushing=True
        )

        def note(sentence: SafeText) -> None:
            if not self._as_json:
                complain(self._err, own_text("{}: {}", safe_name(session.key), sentence))

        return SessionTail(lambda: self._store.open(session), printer, note)
