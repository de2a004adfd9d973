"""The fenced code blocks of a message in Markdown, as they are stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(
    r"(?P<before>[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?)"
    r"(?P<fence>`{3,}|~{3,})(?P<info>.*)"
)
_QUOTE = re.compile(r"[ \t]*>[ ]?")

_MOST = 100
"""Blocks found at most."""


class CodeBlock(NamedTuple):
    """What stands between two fences."""

    language: str
    """As the fence names it; empty if it does not."""

    code: str
    """Its lines, each with its end, without the indentation and the quote marks of its place."""


def code_blocks(text: str) -> Iterator[CodeBlock]:
    """Yield the fenced blocks of a text, in their order, also in lists and quotes; the first of very many.

    A fence that is not closed reaches to the end, as in CommonMark. The time grows with the length alone.
    """
    lines = iter(text.removesuffix("\n").split("\n"))
    found = 0
    for line in lines:
        opening = _opening(line)
        if opening is None:
            continue
        yield CodeBlock((opening["info"].split() or [""])[0], "".join(_inside(opening, lines)))
        found += 1
        if found == _MOST:
            return


def _opening(line: str) -> re.Match[str] | None:
    match = _FENCE.fullmatch(line.rstrip("\r"))
    # A backtick behind backticks makes them inline code.
    return None if match is None or (match["fence"][0] == "`" and "`" in match["info"]) else match


def _inside(opening: re.Match[str], lines: Iterator[str]) -> Iterator[str]:
    fence, quotes = opening["fence"], opening["before"].count(">")
    # The first space after a quote mark belongs to the mark.
    indent = len(opening["before"].rpartition(">")[2].removeprefix(" " if quotes else ""))
    closing = re.compile(rf"[ \t]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*")
    for line in lines:
        bare = line
        for _ in range(quotes):
            mark = _QUOTE.match(bare)
            if mark is None:
                return  # the quote is over, and what is in it
            bare = bare[mark.end() :]
        if closing.fullmatch(bare.rstrip("\r")):
            return
        blank = len(bare) - len(bare.lstrip(" "))
        yield bare[min(blank, indent) :] + "\n"
