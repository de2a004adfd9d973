"""`earwig watch`: tells of messages that a rule is about, and runs a command for each."""

from __future__ import annotations

import argparse
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from earwig.cli.entry_printer import EntryPrinter
from earwig.cli.following import end_by_interrupt, following, next_events
from earwig.cli.output import CannotDo, Output
from earwig.cli.parser import Parser
from earwig.cli.sessions import complain, named, store_of
from earwig.core.find.matcher import BadPattern, Query
from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Heard, Listener
from earwig.core.model.entries import Entry
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.reading.newest import count_lines_to
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.moments import stored_at
from earwig.core.text.repeats import Repeats
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name
from earwig.core.watch_rules.rules import Firing, Watch, WatchRule, Why, seconds_of, shown_time
from earwig.core.watch_rules.runner import BadCommand, CommandRunner, words_of

_MORE = r"""
A message is told of if all that is asked for holds: once, also when the bot rewrites a file or the file is
away for a while. --match is a regular expression, as of `earwig search`: capitals matter if it has one.
--unanswered tells of a user's message that no answer follows for so long (90s, 5m, 2h); of one that waits
already, by the session's last activity.
CMD is split into words as a shell would, and run without one: the message comes as JSON on its standard
input. Four run at once, a thousand messages wait, further ones are left out. Each may take 60 s, and is
then ended. What it prints is not shown; what goes wrong is told on standard error, the same only once, and
then how often.
Interrupt watch to end it (Ctrl+C, SIGTERM, SIGHUP); the status is 0 then. What runs or waits has 5 s left,
or until a second interrupt; none by a signal of another kind (Ctrl+\, SIGQUIT). Then nothing more is begun,
and what runs is ended: SIGTERM to its process group (all that it started, but for what setsid took out of
it), and SIGKILL 2 s later.
JSON, also what CMD gets: why (said, failed or unanswered), session, id, key, store, path, line, role,
content, time where the store has one, seen (both UTC).

examples:
  earwig watch --match 'refund|chargeback' --role user
  earwig watch --failed --exec 'notify-send "A turn failed"'
  earwig watch --unanswered 5m --session 'telegram_*' --json
"""

_NEWEST = 20
_PATIENCE = 5.0
"""Seconds that commands have left once the reader has ended it."""


class _Options(argparse.Namespace):
    paths: list[Path]
    match: str | None
    role: list[str]
    session: list[str]
    failed: bool
    unanswered: int | None
    exec: str | None
    json: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Watch until interrupted, or until nobody reads; 0 then."""
    options = parser().parse_args(arguments, _Options())
    watch = Watch((_rule(options),))
    runner = _runner(options, err)
    end_by_interrupt()
    watcher = _Watcher(store_of(options.paths, err), watch, runner, out, err, as_json=options.json)
    patience = _PATIENCE
    try:
        with suppress(KeyboardInterrupt):
            watcher.run()
    except SystemExit:  # by a signal that gives nobody time
        patience = 0.0
        raise
    finally:
        if runner is not None:
            runner.finish(patience)
        watcher.finish()
    return 0


def parser() -> Parser:
    taken = Parser("earwig watch", "Tell of messages as they come, and run a command for each.", _MORE)
    taken.add_paths()
    taken.add_argument("--match", metavar="REGEX", help="messages whose content has this")
    taken.add_roles("messages of this role")
    taken.add_several("--session", "GLOB", "messages of sessions whose key fits (*, ?, [abc])")
    taken.add_flag("--failed", words="turns that failed, timed out or broke off")
    taken.add_argument(
        "--unanswered",
        metavar="T",
        type=duration,
        help="a user's messages that wait so long: 5m, 2h",
    )
    taken.add_argument("--exec", metavar="CMD", help="a command to run for each")
    taken.add_json()
    return taken


def duration(text: str) -> int:
    """Return a time in seconds, for argparse. Raises `ArgumentTypeError`."""
    seconds = seconds_of(text)
    if seconds is None:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time; give one as 90s, 5m or 2h")
    return seconds


def _rule(options: _Options) -> WatchRule:
    if not (options.match or options.role or options.session or options.failed or options.unanswered):
        raise CannotDo(
            own_text("what is to be watched for? give --match, --role, --session, --failed or --unanswered")
        )
    try:
        match = Query(options.match, regex=True).matcher() if options.match else None
    except BadPattern as error:
        pattern = clean_line(options.match or "", 60)
        raise CannotDo(
            own_text("{} is no regular expression: {}; give another", pattern, clean_line(str(error)))
        ) from error
    return WatchRule(match, tuple(options.role), tuple(options.session), options.failed, options.unanswered)


def _runner(options: _Options, err: Output) -> CommandRunner | None:
    if options.exec is None:
        return None
    try:
        words = words_of(options.exec)
    except BadCommand as error:
        raise CannotDo(
            own_text("--exec cannot be run: {}; give a program", clean_line(str(error)))
        ) from error
    lock = threading.Lock()

    def report(sentence: SafeText) -> None:
        with lock:
            complain(err, sentence)

    return CommandRunner(words, report)


class _Watcher:
    """Follows all sessions, and tells of what fires."""

    def __init__(
        self,
        store: Store,
        watch: Watch,
        runner: CommandRunner | None,
        out: Output,
        err: Output,
        *,
        as_json: bool,
    ) -> None:
        self._store = store
        self._watch = watch
        self._runner = runner
        self._out = out
        self._err = err
        self._as_json = as_json
        self._repeats = Repeats(lambda sentence: complain(err, sentence))
        self._slow = 0
        self._arrivals = Arrivals(store, self._listener, lambda _session, _sentence: None)

    def run(self) -> None:
        begun = time.time()
        with following(self._store, self._err) as (_, events, known):
            self._arrivals.know(known)
            self._take_waiting(known, begun)
            while not self._out.reader_is_gone():
                due = min((at for at in (self._arrivals.due, self._due) if at is not None), default=None)
                self._arrivals.take(next_events(events, due), time.monotonic())
                if self._runner is not None:
                    self._runner.tick()
                self._tell(self._watch.clock(time.time()))
                self._tell_slow()

    def finish(self) -> None:
        """Say how often was said what was said only once."""
        self._repeats.finish()

    def _tell_slow(self) -> None:
        """Say that an expression took too long: whether the messages are what it looks for is not known."""
        for _ in range(self._watch.slow - self._slow):
            self._repeats.say(own_text("--match took too long for a message: not told of; make it simpler"))
        self._slow = self._watch.slow
        self._repeats.tick()

    @property
    def _due(self) -> float | None:
        """When a message has waited too long, on the monotonic clock."""
        due = self._watch.due
        return None if due is None else time.monotonic() + max(0.0, due - time.time())

    def _take_waiting(self, known: list[Session], begun: float) -> None:
        """Those that wait for an answer, and have not waited too long before anybody watched.

        `begun`: when that was (Unix time, seconds); to list very many sessions takes a while.
        """
        oldest = begun - self._watch.patience
        for session in known:
            seen = session.activity_ns / 1e9
            if seen < oldest:
                return  # the newest activity comes first
            transcript = self._store.open(session)
            try:
                entries = transcript.tail(_NEWEST).entries
            except CannotOpen:
                continue
            said = [entry for entry in entries if isinstance(entry.item, ChatMessage)]
            last = said[-1] if said else None
            if last is not None and isinstance(last.item, ChatMessage) and last.item.role == "user":
                self._watch.message(session, _number_of(transcript, last), last.item, seen, last.time)

    def _listener(self, session: Session) -> Listener:
        def hear(heard: Heard) -> None:
            self._tell(self._watch.message(session, heard.number, heard.message, time.time(), heard.time))

        return hear

    def _tell(self, fired: list[Firing]) -> None:
        for firing in fired:
            record = record_of(firing)
            if self._as_json:
                self._out.record(record)
            else:
                self._print(firing)
            self._out.flush()
            if self._runner is not None:
                self._runner.submit(record)

    def _print(self, firing: Firing) -> None:
        key = firing.session.key
        if firing.rule.why is Why.UNANSWERED:
            waited = clean_line(shown_time(int(firing.rule.unanswered or 0)))
            self._out.line(own_text("{}  not answered for {}:", safe_name(key), waited))
        EntryPrinter(self._out, as_json=False, session=firing.session).message(firing.number, firing.message)


def _number_of(transcript: Transcript, entry: Entry) -> int | None:
    count_lines_to(transcript, entry.position)
    return transcript.numbers_of([entry.position])[0]


def record_of(firing: Firing) -> dict[str, object]:
    """Return what a program gets to know of a message."""
    seen = datetime.fromtimestamp(firing.seen, UTC).isoformat(timespec="seconds")
    return {
        "why": firing.rule.why.value,
        "session": firing.session.key,
        **named(firing.session),
        "line": firing.number,
        "role": firing.message.role,
        "content": firing.message.content,
        **stored_at(firing.time),
        "seen": seen,
    }
