"""`earwig tail`: the newest messages, then what is appended, until interrupted."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from earwig.cli.entry_printer import EntryPrinter
from earwig.cli.following import end_by_interrupt, following, next_events
from earwig.cli.output import Output
from earwig.cli.parser import Parser, count
from earwig.cli.sessions import cannot_open, complain, find_session, store_of
from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Listener
from earwig.core.model.events import RemovalReason, StoreEvents
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.repeats import Repeats
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_MORE = """
With no SESSION or several, each line begins with its key, and in JSON there is a key. With no SESSION,
sessions that begin later join by themselves. Each message comes once, also when the bot rewrites a file or
the file is away for a while; an earlier one that is changed where it stands does not come.
Interrupt it (Ctrl+C) to end it; the status is 0 then. JSON: line, role, content, and time (UTC) where the
store has one; with no SESSION or several also id, key, store, path.

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
    options = parser().parse_args(arguments, _Options())
    end_by_interrupt()
    try:
        store = store_of([options.workspace] if options.workspace else [], err)
        if options.sessions:
            named = [find_session(name, store, err) for name in options.sessions]
            _Tail(store.only(named), store, options, out, err).run()
        else:
            _Tail(store, store, options, out, err).run()
    except KeyboardInterrupt:
        return 0
    return 0


def parser() -> Parser:
    taken = Parser("earwig tail", "Print the newest messages, then what is appended.", _MORE)
    taken.add_argument("sessions", metavar="SESSION", nargs="*", help="keys, ids, or paths to .jsonl files")
    taken.add_workspace()
    taken.add_argument(
        *("-n", "--lines"),
        dest="number",
        metavar="N",
        type=count,
        default=10,
        help="how many messages of each session to begin with (10)",
    )
    taken.add_json()
    return taken


class _Tail:
    """All the sessions that are followed."""

    def __init__(self, store: Store, whole: Store, options: _Options, out: Output, err: Output) -> None:
        """`whole`: where what the bot does with a session is looked up."""
        self._store = store
        self._out = out
        self._err = err
        self._count = options.number
        self._as_json = options.json
        self._named = bool(options.sessions)
        self._with_key = len(options.sessions) != 1
        self._repeats = Repeats(lambda sentence: complain(err, sentence))
        self._arrivals = Arrivals(whole, self._printer, self._note)
        self._moved: set[SessionId] = set()

    def run(self) -> None:
        with following(self._store, self._err) as (watcher, events, known):
            if self._named:
                watcher.watch_closely(session.id for session in known)
            for session in reversed(known):
                self._begin(session)
            if not self._named:
                self._arrivals.know(known)
            try:
                while not self._out.reader_is_gone():
                    news = next_events(events, self._arrivals.due)
                    self._tell_moved(news, known)
                    self._arrivals.take(news, time.monotonic())
                    self._repeats.tick()
            finally:
                self._repeats.finish()

    def _tell_moved(self, news: StoreEvents, known: Sequence[Session]) -> None:
        """Say of a session that was named that nothing comes to its file any more, and where it goes on."""
        came = {it.imported_from for it in (*news.found, *news.appeared)}
        gone = {it.id for it in news.vanished if it.removal_reason is RemovalReason.MIGRATED}
        for session in known if self._named and (came or gone) else ():
            if session.id in came:
                told = own_text("the bot has read it into its database; it is followed there")
            elif session.id in gone - self._moved:
                told = own_text("the bot reads it into its database; begin again if nothing follows")
            else:
                continue
            self._moved.add(session.id)
            complain(self._err, own_text("{}: {}", safe_name(session.key), told))

    def _begin(self, session: Session) -> None:
        begin = self._arrivals.begin if self._named else self._arrivals.begin_lightly
        try:
            begin(session, self._count)
        except CannotOpen as error:
            if self._named:
                raise cannot_open(session, error) from error
            if not error.missing:
                complain(self._err, own_text("{} {}", safe_name(session.place), clean_line(error.reason)))
        self._out.flush()

    def _printer(self, session: Session) -> Listener:
        named = session if self._with_key else None
        printer = EntryPrinter(self._out, as_json=self._as_json, session=named, flushing=True)
        return lambda heard: printer.message(heard.number, heard.message, heard.time)

    def _note(self, session: Session, sentence: SafeText) -> None:
        if not self._as_json:
            self._repeats.say(own_text("{}: {}", safe_name(session.key), sentence))
