"""`earwig man`: the manual, made from what each command says of itself."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from earwig.cli.commands import BROWSER, shown
from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.core.text.safe_text import clean
from earwig.version import VERSION

_MORE = """
The page is in the language of `man` (roff).

examples:
  earwig man | man -l -
  earwig man > ~/.local/share/man/man1/earwig.1
"""


def run(arguments: list[str], out: Output, err: Output) -> int:
    parser().parse_args(arguments)
    out.block(clean("\n".join(page()) + "\n"))
    return 0


def parser() -> Parser:
    return Parser("earwig man", "Print the manual page.", _MORE)


def page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield f'.TH EARWIG 1 "" "earwig {VERSION}" "User Commands"'
    yield ".SH NAME"
    yield r"earwig \- a read\-only terminal browser for a bot's chat sessions"
    browser = BROWSER.parser
    yield from _section("SYNOPSIS", browser.format_usage().removeprefix("usage: "))
    yield ".SH DESCRIPTION"
    yield _text(browser.description or "")
    yield from _options(browser)
    yield ".SH COMMANDS"
    for command in shown():
        taken = command.parser
        usage = " ".join(taken.format_usage().removeprefix("usage: ").split())
        yield f".SS {_text(usage)}"
        yield _text(taken.description or "")
        yield from _options(taken)
        yield from _plain(taken.epilog or "")
    yield from _section("MORE", browser.epilog or "")


def _options(taken: Parser) -> Iterator[str]:
    for action in taken._actions:
        if action.help is argparse.SUPPRESS:
            continue
        value = "" if action.nargs == 0 else f" {action.metavar or ''}"
        names = ", ".join(f"{name}{value}" for name in action.option_strings) or str(action.metavar)
        yield ".TP"
        yield rf"\fB{_text(names)}\fR"
        yield _text(action.help or "")


def _section(name: str, text: str) -> Iterator[str]:
    yield f".SH {name}"
    yield from _plain(text)


def _plain(text: str) -> Iterator[str]:
    """Text laid out already; a paragraph of its own, and not the last option's."""
    yield from (".PP", ".nf")
    yield from (_text(line) if line else ".sp" for line in text.strip("\n").split("\n"))
    yield ".fi"


def _text(text: str) -> str:
    """Return a line that roff prints as it is."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("\n", " ")
    return re.sub(r"^(?=[.'])", r"\\&", escaped)
