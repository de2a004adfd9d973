"""What a shell's completion asks for: the words that fit where the reader is typing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from earwig.cli.commands import BROWSER, command_named, shown
from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.cli.sessions import store_in, store_of, workspaces
from earwig.core.stores.location import NoSuchPath
from earwig.core.text.safe_text import safe_name

MOST = 1_000
"""Keys that are offered; a shell asks before it lists as many."""


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Print each word that fits on a line; arguments: the place of the word, from 1, and all words."""
    options = parser().parse_args(arguments)
    words: list[str] = options.words
    place: int = options.place
    words = [*words, ""] if place > len(words) else words
    for word in _fitting(words[: place - 1], words[place - 1] if place >= 1 else ""):
        out.line(safe_name(word))
    return 0


def parser() -> Parser:
    taken = Parser("earwig __complete", "Asked by the shell's completion.", "")
    taken.add_argument("place", type=int)
    taken.add_argument("words", nargs=argparse.REMAINDER)
    return taken


def _fitting(before: Sequence[str], word: str) -> Iterator[str]:
    command = command_named(before[0]) if before else None
    if not before and not word.startswith("-"):
        yield from (it.name for it in shown() if it.name.startswith(word))
        return
    actions = (command or BROWSER).parser._actions
    if word.startswith("-"):
        yield from (it for action in actions for it in action.option_strings if it.startswith(word))
        return
    asked = _asking(actions, before[-1] if before else "")
    if asked is not None:
        yield from (str(it) for it in asked.choices or () if str(it).startswith(word))
    elif any(action.metavar == "SESSION" for action in actions):
        yield from _keys(before, word)
    for action in actions:
        if not action.option_strings and asked is None:
            yield from (str(it) for it in action.choices or () if str(it).startswith(word))


def _asking(actions: Sequence[argparse.Action], last: str) -> argparse.Action | None:
    """Return the option before the word, if the word is its value."""
    return next((it for it in actions if last in it.option_strings and it.nargs != 0), None)


def _keys(before: Sequence[str], word: str) -> Iterator[str]:
    """Yield the keys of sessions, the newest activity first; such that a shell can say as they are."""
    named = [before[at + 1] for at, it in enumerate(before[:-1]) if it in ("-w", "--workspace")]
    try:
        store = store_of([Path(named[-1]).expanduser()], Output(None)) if named else store_in(workspaces())
    except NoSuchPath:
        return
    keys = (session.key for session in store.sessions())
    fitting = (key for key in keys if key.startswith(word) and safe_name(key) == key)
    yield from (key for key, _ in zip(fitting, range(MOST), strict=False))
