"""`earwig demo`: a made-up workspace, to look around in."""

from __future__ import annotations

from earwig.cli.output import Output
from earwig.cli.parser import Parser

_MORE = """
examples:
  earwig demo
  earwig demo | cat
"""


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Show the demo until the reader leaves; without a terminal, for ten seconds."""
    parser().parse_args(arguments)
    from earwig.cli.demo.command import run as show

    out.flush()
    return show()


def parser() -> Parser:
    return Parser(
        "earwig demo",
        "Make up a workspace with conversations going on, in a temporary folder, and open it in the browser. "
        "Where there is no terminal: print the list, a transcript and ten seconds of following.",
        _MORE,
    )
