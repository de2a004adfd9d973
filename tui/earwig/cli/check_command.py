"""`earwig check`: what the bot would skip without a word."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.cli.progress import ProgressBar, progress
from earwig.cli.sessions import complain, listed, named, no_sessions, store_of
from earwig.cli.show_command import UNFINISHED
from earwig.core.model.entries import Entry, Unfinished
from earwig.core.model.message import BadLine
from earwig.core.model.session import Session
from earwig.core.reading.share import share_before
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.moments import stored_at
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_MORE = r"""
The status is 1 if there is a bad line. A last line without a newline that is no message yet may still
be being written: it is reported as unfinished and leaves the status 0. A session that cannot be
opened is named on standard error, and makes the status 2 if no bad line makes it 1. So is a folder that
cannot be listed whole, and the status is 2.
JSON: id, key, store, path, line, reason, raw (bytes that are not UTF-8 are \xNN in it); time (UTC) where the
store has one; unfinished, if it is so; whole_messages: how many messages stand whole on a line that the bot
skips, if any do. loaded: true for a remark on what the bot loads all the same (a time that is none, a counter
that lies, a session that is not described; line is null where it is on all of the session): the status stays
as it would be.

examples:
  earwig check                          the bot's own sessions
  earwig check ~/bot ~/backup/bob.jsonl
  earwig check --json | jq -r .reason | sort | uniq -c
"""


_STEP = 1024
"""Lines between two looks at how far it is."""


class _Options(argparse.Namespace):
    paths: list[Path]
    json: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Report every bad line; 1 if there is one, 2 if there is none but a session could not be opened."""
    options = parser().parse_args(arguments, _Options())
    store = store_of(options.paths, err)
    sessions, whole = listed(store, err)
    if not sessions and whole:
        complain(err, no_sessions(store))
        # An empty folder that was named has no bad lines; with none named, nothing was found to check.
        return 0 if options.paths else 1
    with progress(own_text("checking"), sum(session.extent for session in sessions), out) as bar:
        report, done = _Report(store, out, err, bar, as_json=options.json), 0
        for session in sessions:
            report.check(session, store.open(session), done)
            done += session.extent
    out.flush()
    if not options.json:
        told = own_text("{} bad lines in {} sessions", report.bad_lines, len(sessions))
        if report.remarks:
            told = own_text("{}; {} other remarks", told, report.remarks)
        err.line(told)
    if not whole:
        return 2
    if report.bad_lines:
        return 1
    return 2 if report.unopened else 0


def parser() -> Parser:
    taken = Parser("earwig check", "Report the lines that the bot would skip.", _MORE)
    taken.add_paths()
    taken.add_json()
    return taken


class _Report:
    """Prints what is found, and counts it."""

    def __init__(self, store: Store, out: Output, err: Output, bar: ProgressBar, *, as_json: bool) -> None:
        self._store = store
        self._out = out
        self._err = err
        self._bar = bar
        self._as_json = as_json
        self.bad_lines = self.remarks = 0
        self.unopened = 0

    def check(self, session: Session, transcript: Transcript, done: int) -> None:
        """Report the bad lines of one session; so much of others is `done`."""
        try:
            for place, entry in enumerate(transcript.entries()):
                if place % _STEP == 0:
                    self._bar.reach_in(done, session.extent, share_before(transcript, entry.position))
                if entry.remark is not None:
                    self._remark(session, entry.remark, entry)
                if isinstance(entry.item, BadLine):
                    self.bad_lines += 1
                    self._bad(session, entry, clean_line(entry.item.reason), entry.item)
                elif isinstance(entry.item, Unfinished):
                    self._bad(session, entry, UNFINISHED, entry.item)
            for remark in self._store.remarks(session):
                self._remark(session, remark)
        except CannotOpen as error:
            if error.missing:
                return  # deleted since it was listed: it holds no lines
            self.unopened += 1
            said = own_text("{} {}", safe_name(session.place), clean_line(error.reason))
            self._bar.print(partial(complain, self._err, said))

    def _remark(self, session: Session, remark: str, entry: Entry | None = None) -> None:
        """Print what is wrong with what the bot loads all the same: with an entry, or with the session."""
        number = None if entry is None else entry.number
        self.remarks += 1
        if self._as_json:
            record = {**named(session), "line": number, "reason": remark, "raw": "", "loaded": True}
            self._print_record(record | stored_at(None if entry is None else entry.time))
            return
        said = clean_line(remark)
        if entry is not None:
            said = own_text("line {} {} (the bot loads it)", _shown(number), said)
        self._bar.print(partial(self._out.line, own_text("{}  {}", safe_name(session.key), said)))

    def _print_record(self, record: Mapping[str, object]) -> None:
        self._bar.print(partial(self._out.record, record))

    def _bad(self, session: Session, entry: Entry, reason: SafeText, item: BadLine | Unfinished) -> None:
        number = entry.number
        lost = len(item.whole_messages()) if isinstance(item, BadLine) else 0
        if not self._as_json:
            if lost:
                reason = own_text("{}: {}", reason, _lost(lost))
            line = own_text("{}  line {} {}", _name(session), _shown(number), reason)
            self._bar.print(partial(self._out.line, line))
            return
        record: dict[str, object] = {
            **named(session),
            "line": number,
            "reason": reason,
            "raw": item.raw.decode("utf-8", "backslashreplace"),
            **stored_at(entry.time),
        }
        if isinstance(item, Unfinished):
            record["unfinished"] = True
        if lost:
            record["whole_messages"] = lost
        self._print_record(record)


def _shown(number: int | None) -> SafeText:
    return own_text("?") if number is None else own_text("{}", number)


def _name(session: Session) -> SafeText:
    """Return what a line begins with; what the bot has put away may have the key of another one."""
    key = safe_name(session.key)
    return own_text("{} ({})", key, clean_line(session.store)) if session.is_put_away else key


def _lost(count: int) -> SafeText:
    """Return what the bot loses with the line."""
    if count == 1:
        return own_text("1 whole message is lost to the bot with it")
    return own_text("{:,} whole messages are lost to the bot with it", count)
