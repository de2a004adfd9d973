"""`earwig stats`: how many messages of whom, in which channels, and how their turns ended."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.cli.progress import progress
from earwig.cli.sessions import complain, listed, named, no_sessions, store_of
from earwig.core.model.session import Session
from earwig.core.reading.share import share_before
from earwig.core.statistics.grouping import by_channel, by_day
from earwig.core.statistics.numbers import Numbers, SessionCount, sum_of
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_MORE = """
Tokens are estimated as the bot does. A failed turn is one that the bot closed with a failure, a time-out
or an interruption; unanswered is a user's message with no answer before the next one, or before the end.
Messages have no times of their own: a day counts the sessions whose last activity was on it (UTC), whole.
JSON: kind (total, channel, day or session), name (of the channel, the day or the session), sessions,
messages, roles (messages by role), bad_lines, tokens, failed, unanswered; long_lines, if lines were too
long to be read; of a session also id, key, store, path.
The status is 1 if there is no session, 2 if none could be read, or a folder not be listed whole.

examples:
  earwig stats                          the bot's own sessions
  earwig stats ~/backup/sessions bob.jsonl
  earwig stats --json | jq -r 'select(.kind == "session" and .failed > 0).name'
"""
_ROLES = ("user", "assistant", "tool", "system")
_HEAD = ("", "sessions", "messages", *_ROLES, "bad", "tokens", "failed", "unanswered")
_SHOWN = 30
"""Rows of days, and of sessions, that are printed at most: JSON has all."""


class _Options(argparse.Namespace):
    paths: list[Path]
    json: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Print the numbers; 1 if there is no session."""
    options = parser().parse_args(arguments, _Options())
    store = store_of(options.paths, err)
    sessions, whole = listed(store, err)
    if not sessions and whole:
        complain(err, no_sessions(store))
        return 1
    counted: dict[Session, Numbers] = {}
    with progress(own_text("counting"), sum(session.extent for session in sessions), out) as bar:
        done = 0
        for session in sessions:
            try:
                counted[session] = _count(store, session, partial(bar.reach_in, done, session.extent))
            except CannotOpen as error:
                said = own_text("{} {}", safe_name(session.place), clean_line(error.reason))
                bar.print(partial(complain, err, said))
            done += session.extent
            bar.reach(done)
    if options.json:
        _print_records(counted, out)
    else:
        _print_tables(counted, out)
    return 0 if counted and whole else 2


def parser() -> Parser:
    taken = Parser("earwig stats", "Count messages, bad lines and turns.", _MORE)
    taken.add_paths()
    taken.add_json()
    return taken


def _count(store: Store, session: Session, reached: Callable[[float], object]) -> Numbers:
    transcript = store.open(session)
    count = SessionCount(transcript)
    while not count.step():
        reached(share_before(transcript, count.counted))
    return count.numbers


def _print_records(counted: Mapping[Session, Numbers], out: Output) -> None:
    out.record(_record("total", None, sum_of(counted.values())))
    for kind, groups in (("channel", by_channel(counted)), ("day", by_day(counted))):
        for name, numbers in groups.items():
            out.record(_record(kind, name, numbers))
    for session, numbers in counted.items():
        out.record(_record("session", session.key, numbers) | named(session))


def _record(kind: str, name: str | None, numbers: Numbers) -> dict[str, object]:
    values: dict[str, object] = {"kind": kind}
    if name is not None:
        values["name"] = name
    values |= {
        "sessions": numbers.sessions,
        "messages": numbers.messages,
        "roles": dict(numbers.roles),
        "bad_lines": numbers.bad_lines,
        "tokens": numbers.tokens,
        "failed": numbers.failed,
        "unanswered": numbers.unanswered,
    }
    if numbers.long_lines:
        values["long_lines"] = numbers.long_lines
    return values


def _print_tables(counted: Mapping[Session, Numbers], out: Output) -> None:
    rows: list[tuple[str, Numbers] | None] = [("all", sum_of(counted.values())), None]
    rows += [*by_channel(counted).items(), None]
    rows += [*list(by_day(counted).items())[:_SHOWN], None]
    busiest = sorted(counted.items(), key=lambda item: -item[1].messages)[:_SHOWN]
    rows += [(safe_name(session.key), numbers) for session, numbers in busiest]
    cells = [_HEAD, *(None if row is None else _cells(*row) for row in rows)]
    widths = [max(len(row[at]) for row in cells if row is not None) for at in range(len(_HEAD))]
    for row in cells:
        out.line(own_text("") if row is None else _laid_out(row, widths))
    if len(counted) > _SHOWN:
        out.line(
            own_text("... the {} of {} sessions with most messages; --json has all", _SHOWN, len(counted))
        )


def _cells(name: str, numbers: Numbers) -> tuple[str, ...]:
    counts = (
        numbers.sessions,
        numbers.messages,
        *(numbers.roles[role] for role in _ROLES),
        numbers.bad_lines,
        numbers.tokens,
        numbers.failed,
        numbers.unanswered,
    )
    return (name, *(f"{count:,}" for count in counts))


def _laid_out(row: tuple[str, ...], widths: list[int]) -> SafeText:
    name, *others = row
    return clean_line("  ".join([name.ljust(widths[0]), *map(str.rjust, others, widths[1:])]).rstrip())
