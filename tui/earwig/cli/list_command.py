"""`earwig list`: one line a session, newest first."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.cli.progress import progress
from earwig.cli.sessions import complain, listed, named, no_sessions, store_of
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session
from earwig.core.model.standing import words_of
from earwig.core.model.titles import channel_title, title_of
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.moments import moment_of
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name

_NAME = 80
"""Characters of a name that a store gives."""

# Texts that are the same for 100,000 sessions are made once.
_AGES = tuple((length, own_text(unit)) for length, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")))
_NOTHING, _NO_CHANNEL = own_text(""), own_text("-")
_MORE = """
Columns: age of the last activity, size (rows in a database), channel, key, and what else is known: its
name, what its turn is doing, the store, where else it is. With --count messages and bad lines before the
channel. JSON: id, key, title, store, path, bytes (null in a database; rows there), last_activity (UTC);
where known name, channel, room, sender, agent, state, since, hidden, also_in, beside (same messages, but
lines only_here or only_there); with --count messages and bad_lines; problem, if it cannot be opened.
`earwig show ID` shows what an id names.
The status is 1 if there is no session, 2 if a folder could not be listed whole.

examples:
  earwig list                           the bot's own sessions
  earwig list ~/backup/sessions         those of another folder
  earwig list --count --json | jq -r 'select(.bad_lines > 0).key'
"""


class _Options(argparse.Namespace):
    paths: list[Path]
    json: bool
    count: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    """List the sessions; 1 if there is none, 2 if not all could be listed."""
    options = parser().parse_args(arguments, _Options())
    store = store_of(options.paths, err)
    sessions, whole = listed(store, err)
    if not sessions and whole:
        complain(err, no_sessions(store))
        return 1
    now_ns = time.time_ns()
    size = sum(session.extent for session in sessions) if options.count else 0
    with progress(own_text("counting"), size, out) as bar:
        done = 0
        for session in sessions:
            row = _Row(session)
            if options.count:
                row.count(store, partial(bar.reach_in, done, session.extent))
            done += session.extent
            if options.json:
                bar.print(partial(out.record, row.record()))
            else:
                bar.print(partial(out.line, row.line(now_ns)))
            bar.reach(done)
    return 0 if whole else 2


def parser() -> Parser:
    taken = Parser("earwig list", "List the sessions, newest activity first.", _MORE)
    taken.add_paths()
    taken.add_json()
    taken.add_flag("--count", words="count messages and bad lines (reads every file)")
    return taken


class _Row:
    """What the list says of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._counting = False
        self._problem = session.problem
        self._messages: int | None = None
        self._bad_lines: int | None = None

    def count(self, store: Store, reached: Callable[[float], object]) -> None:
        """Have its messages and bad lines counted too; `reached` is told what share of them is."""
        self._counting = True
        if self._session.problem is None:
            try:
                self._messages, self._bad_lines = count_lines(store, self._session, reached)
            except CannotOpen as error:
                self._problem = error.reason

    def record(self) -> dict[str, object]:
        session = self._session
        title = title_of(session)
        is_file = session.is_file
        values = named(session)
        values["title"] = title.name
        values["bytes"] = session.extent if is_file else None
        values["last_activity"] = last_activity(session)
        if not is_file:
            values["rows"] = session.extent
        values |= _known(session, title.channel or None)
        if self._counting:
            values |= {"messages": self._messages, "bad_lines": self._bad_lines}
        if self._problem is not None:
            values["problem"] = self._problem
        return values

    def line(self, now_ns: int) -> SafeText:
        session = self._session
        counts = _NOTHING
        if self._counting:
            counts = own_text("{:>8}  {:>5}  ", _number(self._messages), _number(self._bad_lines))
        key = safe_name(session.key)
        if self._problem is not None:
            key = own_text("{}  ({})", key, clean_line(self._problem))
        said = [*_name(session), *words_of(session, now_ns)]
        if said:
            key = own_text("{}  [{}]", key, joined(own_text("; "), said))
        channel = channel_title(session) or _NO_CHANNEL
        return own_text(
            "{:>4}  {:>8}  {}{:<14}  {}", age(session, now_ns), _size(session), counts, channel, key
        )


def count_lines(store: Store, session: Session, reached: Callable[[float], object]) -> tuple[int, int]:
    """Return how many messages the bot would load, and how many lines it would skip. Raises `CannotOpen`."""
    from earwig.core.reading.counting import LineCounter
    from earwig.core.reading.share import share_before

    transcript = store.open(session)
    transcript.refresh()
    counter = LineCounter(transcript)
    while not counter.step():
        reached(share_before(transcript, counter.counted))
    messages, bad_lines = counter.messages, counter.bad_lines
    # The counter leaves out a last line that no newline ends; the bot loads it if it is whole.
    for entry in transcript.entries(counter.counted):
        messages += isinstance(entry.item, ChatMessage)
        bad_lines += isinstance(entry.item, BadLine)
    return messages, bad_lines


def _known(session: Session, channel: str | None) -> dict[str, object]:
    """Return what a store, or the key, says of a session, where it does."""
    detail = session.detail
    if detail is None:
        return {} if channel is None else {"channel": channel}
    since = None if detail.since_ns is None else moment_of(detail.since_ns)
    values: dict[str, object] = {
        "name": detail.name,
        "channel": detail.channel or channel,
        "room": detail.room,
        "sender": detail.sender,
        "agent": detail.agent,
        "state": detail.state,
        "since": since,
        "hidden": detail.hidden or None,
        "also_in": list(detail.also_in) or None,
        "beside": [it._asdict() for it in detail.beside] or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _name(session: Session) -> list[SafeText]:
    name = None if session.detail is None else session.detail.name
    return [clean_line(name, limit=_NAME)] if name else []


def last_activity(session: Session) -> str | None:
    """Return when the session was last written to, by RFC 3339; None where that is unknown or no date."""
    return moment_of(session.activity_ns) if session.was_seen else None


def age(session: Session, now_ns: int) -> SafeText:
    """Return how long ago its last activity was at `now_ns` (of the epoch), in the largest whole unit."""
    seconds = (now_ns - session.activity_ns) // 1_000_000_000
    if not session.was_seen or seconds < -1 or seconds > 99_999 * 86_400:
        return own_text("?")
    for length, unit in _AGES:
        if seconds >= length:
            return own_text("{}{}", seconds // length, unit)
    return own_text("now")


def _size(session: Session) -> SafeText:
    size = session.extent
    if not session.is_file:
        return own_text("1 row") if size == 1 else own_text("{} rows", size)
    if size < 1000:
        return own_text("{} B", size)
    if size < 999_950:
        return own_text("{:.1f} kB", size / 1e3)
    if size < 999_950_000:
        return own_text("{:.1f} MB", size / 1e6)
    return own_text("{:.1f} GB", size / 1e9)


def _number(number: int | None) -> SafeText:
    return own_text("?") if number is None else own_text("{}", number)
