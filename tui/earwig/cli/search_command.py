"""`earwig search`: what was said, in any session."""

from __future__ import annotations

import argparse
import re
from collections.abc import Generator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.cli.output import CannotDo, Output
from earwig.cli.parser import Parser, count
from earwig.cli.sessions import complain, listed, named, store_of
from earwig.core.find.matcher import BadPattern
from earwig.core.model.session import Session
from earwig.core.query.found import Found
from earwig.core.query.hits import Hit
from earwig.core.query.search_query import Case, SearchQuery
from earwig.core.search.job import Portion, SearchJob
from earwig.core.stores.store import Store
from earwig.core.text.moments import stored_at
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

if TYPE_CHECKING:
    from earwig.cli.search_context import Around, Context

_MORE = r"""
What is looked for is what a reader sees: the content, not the JSON around it. PATTERN is a regular
expression, as of Python's `regex` module, or with -F a text. The case of letters does not matter unless
PATTERN has a capital. The sessions come in the order of their last activity, the newest first; messages have
no times of their own, so T is compared with a session's last activity: 2026-06-30, 2026-06-30T14:03, or how
long ago (90m, 12h, 3d). -C is for text, not for JSON.
The status is 0 if something was found, 1 if nothing, 2 if it could not be done, or not in all of it.
JSON: session, id, key, store, path, line, role, snippet, ranges (of the matches in the snippet: from, to; in
characters), time (UTC) where the store has one; bad: true for a bad line. With -c session, id, key, store,
path, count; with -l the same without count.

examples:
  earwig search refund                         in all of the bot's sessions
  earwig search -F 'where is my' -C 2          with two messages before and after
  earwig search 'order \d+' --role user --json
  earwig search invoice --session 'telegram_*' --since 3d -l
"""

_SPECIAL = frozenset(r".^$*+?{}[]\|()")
"""Characters that make an expression of a text; without any, it is found as a text, which is faster."""

_SPEAKER, _SHOWN = 60, 200
"""Characters of a role, and of a content, that are printed at most."""

_AGE = re.compile(r"(\d{1,6})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class _Options(argparse.Namespace):
    pattern: str
    paths: list[Path]
    ignore_case: bool
    fixed: bool
    words: bool
    fold_accents: bool
    role: list[str]
    session: list[str]
    since: int | None
    until: int | None
    context: int
    list: bool
    count: bool
    bad: bool
    json: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Print what is found; 1 if that is nothing."""
    options = parser().parse_intermixed_args(arguments, _Options())
    store = store_of(options.paths, err)
    query = SearchQuery(
        options.pattern,
        regex=not options.fixed and not _SPECIAL.isdisjoint(options.pattern),
        case=Case.IGNORED if options.ignore_case else Case.SMART,
        whole_words=options.words,
        accents_folded=options.fold_accents,
        roles=tuple(options.role),
        sessions=tuple(options.session),
        since_ns=options.since,
        until_ns=options.until,
        bad_lines=options.bad,
    )
    try:
        job = SearchJob(query, store, hits=not (options.list or options.count), one_is_enough=options.list)
    except BadPattern as error:
        raise CannotDo(
            own_text("{} is no regular expression: {}; -F looks for it as a text", *_words(options, error))
        ) from error
    except ValueError as error:
        raise CannotDo(own_text("nothing to look for; give a text")) from error
    printer = _Printer(store, options, out, err)
    job.begin()
    foremost = store.foremost()  # what is found in these is told while the others are still being listed
    printer.print_all(job.run(foremost))
    job.begin()
    sessions, whole = listed(store, err)
    known = {it.id for it in foremost}
    printer.print_all(job.run([it for it in sessions if it.id not in known] if known else sessions))
    printer.print_end()
    if not whole:
        return 2
    return 0 if printer.some else 1


def _words(options: _Options, error: BadPattern) -> tuple[SafeText, SafeText]:
    return clean_line(options.pattern, 60), clean_line(str(error))


def parser() -> Parser:
    taken = Parser("earwig search", "Find what was said, in any session.", _MORE)
    taken.add_argument("pattern", metavar="PATTERN", help="a regular expression, or with -F a text")
    taken.add_paths()
    taken.add_flag("-i", "--ignore-case", words="capitals never matter")
    taken.add_flag("-F", "--fixed", words="PATTERN is a text, nothing else")
    taken.add_flag("-w", "--words", words="only matches that are whole words")
    taken.add_flag("--fold-accents", words="accents do not matter")
    taken.add_roles()
    taken.add_several("--session", "GLOB", "only sessions whose key fits (*, ?, [abc])")
    taken.add_argument("--since", metavar="T", type=moment, help="only sessions active since then")
    taken.add_argument("--until", metavar="T", type=moment, help="only sessions not active since then")
    taken.add_argument(
        "-C", "--context", metavar="N", type=count, default=0, help="with N messages before and after each"
    )
    taken.add_flag("-l", "--list", words="only the keys of the sessions")
    taken.add_flag("-c", "--count", words="only how many messages match, by session")
    taken.add_flag("--bad", words="also in lines that the bot would skip")
    taken.add_json()
    return taken


def moment(text: str) -> int:
    """Return a time in ns of the epoch: a date, maybe with a time, or an age. Raises `ArgumentTypeError`."""
    try:
        if age := _AGE.fullmatch(text):
            then = datetime.now().astimezone() - timedelta(seconds=int(age[1]) * _SECONDS[age[2]])
        else:
            then = datetime.fromisoformat(text)
        return int(then.timestamp() * 1e9)
    except (ValueError, OverflowError, OSError) as error:
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is no time; give one as 2026-06-30, 2026-06-30T14:03 or 3d"
        ) from error


class _Printer:
    """Prints what is found as the options say."""

    def __init__(self, store: Store, options: _Options, out: Output, err: Output) -> None:
        self._store = store
        self._options = options
        self._out, self._err = out, err
        self._slow = self._too_long = 0
        self._matches = 0
        """Of the session that parts are coming of."""

        self._context: Context | None = None
        self.some = False

    def print_all(self, portions: Generator[Portion]) -> None:
        """Print what a search finds, as it finds it. Raises `BrokenPipeError` once nobody reads it."""
        with closing(portions):
            for portion in portions:
                for found in portion.found:
                    self._slow, self._too_long = self._slow + found.slow, self._too_long + found.too_long
                    self.print(found)
                    if found.problem is not None:
                        words = safe_name(found.session.place), clean_line(found.problem)
                        complain(self._err, own_text("{} {}", *words))
                if self._out.reader_is_gone():
                    raise BrokenPipeError  # also where nothing more is found that could not be printed
                self._out.flush()

    def print_end(self) -> None:
        """Tell on standard error what was not looked through."""
        if self._slow:
            complain(self._err, own_text("messages that took the expression too long: {}", self._slow))
        if self._too_long:
            complain(self._err, own_text("lines too long to be looked through: {}", self._too_long))

    def print(self, found: Found) -> None:
        """Print what was found in one session, or in a part of it."""
        options = self._options
        self._matches += found.matches
        if options.list or options.count:
            if self._matches and not found.more:
                self._sum(found.session, self._matches)
        elif options.json:
            for hit in found.hits:
                self._out.record(_record(hit))
        elif options.context:
            self._in_context(found)
        else:
            for hit in found.hits:
                self._hit(hit)
        self.some = self.some or self._matches > 0
        if not found.more:
            self._matches = 0

    def _sum(self, session: Session, matches: int) -> None:
        if self._options.json:
            values: dict[str, object] = {"session": session.key, **named(session)}
            self._out.record(values if self._options.list else {**values, "count": matches})
        elif self._options.list:
            self._out.line(safe_name(session.key))
        else:
            self._out.line(own_text("{}:{}", safe_name(session.key), matches))

    def _in_context(self, found: Found) -> None:
        """Print hits and the messages around them, each line once, with a rule where some are left out."""
        if self._context is None:
            self._context = self._context_of(found.session)
        for hit in found.hits:
            self._context.take(hit)
        if not found.more:
            self._context.end()
            self._context = None

    def _context_of(self, session: Session) -> Context:
        from earwig.cli.search_context import Context  # only here: the first hit does not wait for it

        def show(it: Around) -> None:
            self._line(session, it.number, it.message.role, it.message.content, "-")

        def gap() -> None:
            self._out.line(own_text("--"))

        return Context(
            self._store.open(session), self._options.context, self._hit, show, gap, is_first=not self.some
        )

    def _hit(self, hit: Hit) -> None:
        self._line(hit.session, hit.number, "bad line" if hit.bad else hit.role, hit.snippet, ":")

    def _line(self, session: Session, number: int, speaker: str, text: str, mark: str) -> None:
        key, sign, name = safe_name(session.key), clean_line(mark), clean_line(speaker, _SPEAKER)
        shown = clean_line(text.strip(), _SHOWN)
        self._out.line(own_text("{}{}{}{}{}{} {}", key, sign, number, sign, name, sign, shown))


def _record(hit: Hit) -> dict[str, object]:
    values: dict[str, object] = {
        "session": hit.session.key,
        **named(hit.session),
        "line": hit.number,
        "role": hit.role,
        "snippet": hit.snippet,
        "ranges": [list(span) for span in hit.ranges],
        **stored_at(hit.time),
    }
    if hit.bad:
        values["bad"] = True
    return values
