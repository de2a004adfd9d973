"""`earwig show`: one session's transcript."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from earwig.cli.entry_printer import EntryPrinter
from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.cli.sessions import cannot_open, complain, find_meant, linked, named, store_of
from earwig.core.model.about import About, event_lines, plan_lines, plan_words, record_of
from earwig.core.model.entries import Entry, Position, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import Session
from earwig.core.model.standing import people_of, places_of, state_of
from earwig.core.reading.newest import count_lines_to, newest
from earwig.core.stores.protocols import Transcript
from earwig.core.system.opening import CannotOpen
from earwig.core.text.moments import moment_of
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name

UNFINISHED = own_text("is unfinished: it has no newline yet, and is no message so far")
_MORE = r"""
Content is indented, so that nothing in it looks like the line above a message. Characters that would act
on a terminal are shown as pictures; --json gives them as they are stored. Bytes that are not UTF-8 are
\xNN in raw.
JSON: line, role, content, and time (UTC) where the store has one; with --bad also line, bad (the reason),
raw; with --about one object: id, key, store, path; where known state, created, killed, tokens, plan,
events.

examples:
  earwig show telegram_alice            a key, as `earwig list` prints it
  earwig show ./old/bob.jsonl --last 20
  earwig show telegram_alice -w ~/bot --role user --role assistant --json
  earwig show telegram_alice:12~1b2c3d4e5f   the message of a link (copied in the browser with y)
  earwig show telegram_alice --bad      with the lines that the bot would skip, in their places
  earwig show 5f0c-4b2a --about         the plan of an editor's session, and what became of its turns
"""


class _Options(argparse.Namespace):
    session: str
    workspace: Path | None
    json: bool
    last: int | None
    role: list[str]
    bad: bool
    about: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    options = parser().parse_args(arguments, _Options())
    store = store_of([options.workspace] if options.workspace else [], err)
    session, link = find_meant(options.session, store, err)
    try:
        if link is not None:
            found = linked(link, session, store).found
            return _show_linked(store.open(session), found, options, out, err)
        if options.about:
            tell_about(session, store.about(session), out, as_json=options.json)
            return 0
        _show(store.open(session), options, out, err)
    except CannotOpen as error:
        out.flush()
        raise cannot_open(session, error) from error
    return 0


def parser() -> Parser:
    taken = Parser("earwig show", "Print one session's transcript.", _MORE)
    taken.add_argument(
        "session", metavar="SESSION", help="a key, an id, a path to a .jsonl file, or a message's link"
    )
    taken.add_workspace()
    taken.add_json()
    taken.add_last()
    taken.add_roles()
    taken.add_flag("--bad", words="also the lines that the bot would skip, in their places")
    taken.add_flag(
        "--about", words="instead, what the store knows of it: an editor's plan, what became of turns"
    )
    return taken


def _show(transcript: Transcript, options: _Options, out: Output, err: Output) -> None:
    printer = EntryPrinter(out, as_json=options.json)
    shown = left_out = 0

    def chosen(entry: Entry) -> bool:
        if isinstance(entry.item, ChatMessage):
            return not options.role or entry.item.role in options.role
        return options.bad

    entries = transcript.entries() if options.last is None else newest(transcript, options.last, chosen)
    for entry in entries:
        if shown == options.last:
            break
        if chosen(entry):
            shown += 1
            _print(printer, entry)
        elif isinstance(entry.item, BadLine):
            left_out += 1
    out.flush()
    if left_out and not options.json:
        among = own_text(" after the first message shown") if options.last is not None else own_text("")
        complain(err, own_text("bad lines left out{}: {}; --bad shows them", among, left_out))


def _show_linked(
    transcript: Transcript, found: Position | None, options: _Options, out: Output, err: Output
) -> int:
    """Print the message of a link, if it is anywhere; the exit status."""
    if found is None:
        complain(err, own_text("that message is not in the session any more: nothing has its bytes"))
        return 1
    count_lines_to(transcript, found)
    entry = next(transcript.entries(found))
    _print(EntryPrinter(out, as_json=options.json), entry)
    return 0


def _print(printer: EntryPrinter, entry: Entry) -> None:
    item = entry.item
    if isinstance(item, ChatMessage):
        printer.message(entry.number, item, entry.time)
    elif isinstance(item, BadLine):
        printer.bad(entry.number, clean_line(item.reason), item.raw, entry.time)
    elif isinstance(item, Unfinished):
        printer.bad(entry.number, UNFINISHED, item.raw, unfinished=True)


def tell_about(session: Session, about: About, out: Output, *, as_json: bool) -> None:
    """Print it, as text or as one object."""
    detail = session.detail
    if as_json:
        values = named(session)
        if detail is not None and detail.state is not None:
            values["state"] = detail.state
        out.record(values | dict(record_of(about, _moment)))
        return
    rows: list[tuple[SafeText, SafeText]] = [(own_text("key"), safe_name(session.key))]
    rows += people_of(detail) if detail is not None else []
    rows.append((own_text("store"), joined(own_text(", "), _store_words(session))))
    rows += [(own_text("also in"), place) for place in places_of(detail)] if detail is not None else []
    for what, at in (("created", about.created), ("killed", about.killed)):
        if at is not None:
            rows.append((clean_line(what), _when(at)))
    if about.tokens is not None:
        rows.append((own_text("tokens"), own_text("{:,}", about.tokens)))
    for what_is, told in rows:
        out.line(own_text("{}: {}", what_is, told))
    if about.plan is not None:
        out.line(own_text("plan: {}", plan_words(about.plan)))
        for line in plan_lines(about.plan):
            out.line(own_text("    {}", line))
    if about.events or about.events_left_out:
        out.line(own_text("events:"))
        for line in event_lines(about, _when):
            out.line(own_text("    {}", line))


def _store_words(session: Session) -> list[SafeText]:
    detail, words = session.detail, [clean_line(session.store)]
    if detail is not None:
        words += filter(None, [state_of(detail, time.time_ns())])
        words += [own_text("hidden")] if detail.hidden else []
    return words


def _moment(at: float) -> str | None:
    return moment_of(round(at * 1e9))


def _when(at: float) -> SafeText:
    return clean_line(_moment(at) or "?")
