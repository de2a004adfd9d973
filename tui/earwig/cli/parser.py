"""Reading the arguments of one command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from earwig.cli.output import CannotDo
from earwig.core.model.roles import read_role
from earwig.core.text.safe_text import clean_line


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line, and which guesses no abbreviations."""

    def __init__(self, prog: str, description: str, more: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=more,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.color = False  # from Python 3.14 on, help is in colours unless told

    def error(self, message: str) -> NoReturn:
        """Raises `CannotDo`, always."""
        raise CannotDo(clean_line(f"{message}; `{self.prog} --help` shows what it takes"))

    def add_paths(self) -> None:
        self.add_argument(
            "paths",
            metavar="PATH",
            nargs="*",
            type=Path,
            help="a workspace, a sessions folder, a .jsonl or .db file; with none, the bot's own workspace",
        )

    def add_json(self) -> None:
        self.add_flag("--json", words="print one JSON object a line")

    def add_flag(self, *names: str, words: str) -> None:
        self.add_argument(*names, action="store_true", help=words)

    def add_several(self, flag: str, metavar: str, words: str) -> None:
        """Take an option any number of times; none is an empty list."""
        self.add_argument(
            flag, metavar=metavar, action="append", default=[], help=f"{words}; may be repeated"
        )

    def add_roles(self, words: str = "only messages of this role") -> None:
        self.add_argument(
            "--role", metavar="R", action="append", default=[], type=role, help=f"{words}; may be repeated"
        )

    def add_last(self) -> None:
        words = "only the last N of what the other options choose"
        self.add_argument("--last", metavar="N", type=count, help=words)

    def add_workspace(self) -> None:
        self.add_argument(
            "-w",
            "--workspace",
            metavar="PATH",
            type=Path,
            help="where keys are looked up; without it, the bot's own workspace",
        )


def role(text: str) -> str:
    """Return the role that is meant, for argparse. Raises `ArgumentTypeError`."""
    try:
        return read_role(text[:40])
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def count(text: str) -> int:
    """Return a number of messages, for argparse. Raises `ArgumentTypeError`."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number from 0 up")
    return number
