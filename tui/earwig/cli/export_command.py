"""`earwig export`: one session as a document."""

from __future__ import annotations

import argparse
import codecs
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from earwig.cli.output import CannotDo, Output
from earwig.cli.parser import Parser
from earwig.cli.progress import SLOW, progress
from earwig.cli.sessions import cannot_open, complain, find_session, store_of
from earwig.core.model.session import Session
from earwig.core.redaction.own_patterns import redaction_of
from earwig.core.settings.settings_source import load_settings
from earwig.core.stores.store import Store
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean, joined, own_text, safe_name
from earwig.core.text.sizes import human_size
from earwig.export.destination import AlreadyThere, check_destination, write_document
from earwig.export.document import Document
from earwig.export.facts import Facts
from earwig.export.request import CannotExport, Format, Lines, Request, format_of, read_lines

_MORE = r"""
Formats: md (Markdown), html (one page without scripts, in which nothing is fetched), txt, json (a header and
"messages"), jsonl (one object a line, as `show --json`). Without --format, the ending of FILE tells; else it
is md. Bad lines are marked in their places in md, html and txt; with --bad they are there whole, in json and
jsonl too.

--redact masks e-mail addresses, phone, card and bank account numbers, internet addresses, tokens and keys and
the customer's name in the session's key, each by an alias that stays the same: [email-1]. It is a help, not a
promise: look the document over. Patterns of your own (`earwig config --path`, [redact]) mask as well. If
anything goes wrong, nothing is written.

A file keeps what is stored. On a terminal or in a pipe, md, html and txt show control characters as pictures.
Only you can read FILE (mode 0600), also where it replaces one that others could read. An existing file stays
unless --force is given; nothing is ever written to the bot's sessions folder.

examples:
  earwig export telegram_alice -o alice.html
  earwig export telegram_alice --redact -o ticket.md --lines 10-200
  earwig export telegram_alice -f json | jq '.header'
  earwig export ./old/bob.jsonl -f txt --role user --role assistant --last 20
"""


class _Options(argparse.Namespace):
    session: str
    workspace: Path | None
    format: Format | None
    output: str
    force: bool
    lines: Lines | None
    role: list[str]
    last: int | None
    bad: bool
    redact: bool


def run(arguments: list[str], out: Output, err: Output) -> int:
    options = parser().parse_args(arguments, _Options())
    store = store_of([options.workspace] if options.workspace else [], err)
    session = find_session(options.session, store, err)
    try:
        _export(session, store, options, out, err)
    except CannotOpen as error:
        raise cannot_open(session, error) from error
    except AlreadyThere as error:
        raise CannotDo(own_text("{}, or --force to replace it", error.sentence)) from error
    return 0


def parser() -> Parser:
    taken = Parser("earwig export", "Write one session as a document, to keep or to hand on.", _MORE)
    taken.add_argument("session", metavar="SESSION", help="a key, an id, or a path to a .jsonl file")
    taken.add_workspace()
    taken.add_argument("-f", "--format", metavar="F", type=_format, help="md, html, txt, json or jsonl")
    taken.add_argument("-o", "--output", metavar="FILE", default="-", help="where to; - is standard output")
    taken.add_flag("--force", words="replace FILE if it is there")
    taken.add_argument("--lines", metavar="A-B", type=_lines, help="only these lines: 10-200, 10-, 7")
    taken.add_roles()
    taken.add_last()
    taken.add_flag("--bad", words="also what the lines hold that the bot would skip")
    taken.add_flag("--redact", words="mask personal data and secrets, each by an alias")
    return taken


def _format(text: str) -> Format:
    found = format_of(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is none of md, html, txt, json, jsonl")
    return found


def _lines(text: str) -> Lines:
    try:
        return read_lines(text)
    except CannotExport as error:
        raise argparse.ArgumentTypeError(error.sentence) from error


def _export(session: Session, store: Store, options: _Options, out: Output, err: Output) -> None:
    path = None if options.output == "-" else Path(options.output)
    settings = load_settings(os.environ).settings
    request = Request(
        format=options.format or _format_for(path),
        lines=options.lines,
        roles=tuple(dict.fromkeys(options.role)),
        newest=options.last,
        bad=options.bad,
        redaction=redaction_of(settings) if options.redact else None,
        utc=settings.utc,
    )
    keep_out = [*store.bots_folders, session.path.parent]
    if path is not None:
        check_destination(path, force=options.force, keep_out=keep_out)
    folder = None if path is None else path.absolute().parent
    doing, worth = (own_text("masking"), SLOW) if options.redact else (own_text("exporting"), None)

    def advance(share: float) -> None:
        bar.reach_in(0, session.extent, share)

    plan = store.about(session).plan
    with Document(
        store.open(session), session.key, request, plan=plan, folder=folder, progress=advance
    ) as document:
        with progress(doing, session.extent, err, worth=worth, prints=False) as bar:
            facts = document.collect(datetime.now(UTC))
        if path is None:
            _print(document.blocks(), out)
        else:
            size = write_document(document.blocks(), path, force=options.force, keep_out=keep_out)
            out.line(own_text("{}: {}", safe_name(str(path)), human_size(size)))
    out.flush()
    for note in _notes(facts, request):
        complain(err, note)


def _format_for(path: Path | None) -> Format:
    if path is None or not path.suffix:
        return Format.MARKDOWN
    found = format_of(path.name)
    if found is None:
        raise CannotExport(
            own_text(
                "{} does not end in .md, .html, .txt, .json or .jsonl; add --format", safe_name(str(path))
            )
        )
    return found


def _print(blocks: Iterable[bytes], out: Output) -> None:
    """A pipe may end on a terminal: there, nothing in the document acts."""
    if out.is_file():
        for block in blocks:
            out.stored(block)
        return
    decode = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    for block in blocks:
        text = rest + decode.decode(block)
        # By whole lines: what is cleaned in two halves could hold what is not clean together.
        cut = text.rfind("\n") + 1
        rest = text[cut:]
        out.block(clean(text[:cut]))
    out.block(clean(rest))


def _notes(facts: Facts, request: Request) -> list[SafeText]:
    """Return what the reader of the document may not see, or of a format that has no head cannot."""
    notes: list[SafeText] = []
    left_out = facts.bad_lines - facts.bad_marked
    if left_out and request.lines is None and request.newest is None:
        notes.append(own_text("bad lines left out: {}; --bad takes them in", left_out))
    if facts.masked is not None:
        told = next(fact.told for fact in facts.told() if fact.name == "redacted")
        notes.append(joined(own_text(": "), [own_text("redacted"), told]))
    return notes
