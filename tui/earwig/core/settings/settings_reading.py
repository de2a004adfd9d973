"""Reads the settings where there are any: from the file, the environment and flags, by the rules of each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from earwig.core.settings.settings_rules import (
    RULES,
    Wrong,
    is_but_may_be,
    take_colours,
    take_keys,
    take_redact,
    unknown,
)
from earwig.core.settings.settings_source import VARIABLE, Source, place_in
from earwig.core.system.opening import reason_for_mode
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, own_text

LARGEST = 1_000_000
"""Bytes of a file that is read; nobody writes so many settings."""

_TABLES = ("keys", "colors", "redact", "watch")
_KNOWN = (*(rule.name for rule in RULES), *_TABLES)


class SettingsReader:
    """Settings on their way."""

    def __init__(self, shown_path: SafeText) -> None:
        self._path = shown_path
        self.values: dict[str, Any] = {}
        self.sources: dict[str, Source] = {}
        self.problems: list[SafeText] = []
        self.lines: dict[tuple[str, ...], int] = {}

    def take_file(self, path: Path, *, named: bool) -> None:
        """Read the file, if there is one; `named`: somebody said that there is."""
        try:
            text = _text_of(path)
        except FileNotFoundError:
            if named:
                words = clean_line(VARIABLE)
                self.problems.append(
                    own_text("{} is not there; {} names it: make it, or unset that", self._path, words)
                )
                self._miss_patterns()
            return
        except Refusal as error:
            self.problems.append(own_text("{} {}; no setting of it is used", self._path, error.sentence))
            self._miss_patterns()
            return
        import tomllib  # 10 ms that only who has a file pays

        if (rest := _without_many_rules(text)) is not None:
            try:
                table = tomllib.loads(rest)
            except (ValueError, RecursionError):
                pass  # of all of it can be said what is wrong
            else:
                self.lines = lines_in(rest)
                self._take_table(table)
                self._take_watch(lambda: tomllib.loads(text).get("watch"), lambda: lines_in(text))
                return
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            self.problems.append(self._no_toml(error))
            self._miss_patterns()
            return
        self.lines = lines_in(text)
        self._take_table(table)
        if "watch" in table:
            self._take_watch(lambda: table["watch"], lambda: self.lines)

    def _no_toml(self, error: Exception) -> SafeText:
        reason = clean_line(str(error), limit=120)
        return own_text("{} is not TOML: {}; no setting of it is used", self._path, reason)

    def _take_watch(
        self, value: Callable[[], object], lines: Callable[[], Mapping[tuple[str, ...], int]]
    ) -> None:
        from earwig.core.settings.watch_settings import take_watch  # few have rules
        from earwig.core.watch_rules.rules import Read, WatchRules

        def read(pause: Callable[[], object]) -> Read:
            problems: list[SafeText] = []
            known = lines()

            def wrong(wrong: Wrong) -> None:
                problems.append(own_text("{}: {}", place_in(self._path, known, wrong.place), wrong.sentence))

            try:
                rules = take_watch(value(), wrong, pause)
            except (ValueError, RecursionError) as error:
                return Read((), (self._no_toml(error),))
            return Read(rules, tuple(problems))

        self.values["watch"] = WatchRules(read)
        self.sources["watch"] = Source.FILE

    def _take_table(self, table: Mapping[str, object]) -> None:
        for rule in RULES:
            if rule.name in table:
                value = table[rule.name]
                if rule.accepts(value):
                    self._set(rule.name, value, Source.FILE)
                else:
                    self._wrong(Wrong((rule.name,), is_but_may_be(rule.name, value, rule.allowed)))
        for name in table:
            if name not in _KNOWN:
                self._wrong(Wrong((name,), unknown(own_text("setting"), name, _KNOWN)))
                if isinstance(table[name], dict):
                    self._miss_patterns()  # it may be meant for [redact]
        takers = (
            ("keys", "keys", take_keys),
            ("colors", "colours", take_colours),
            ("redact", "redact_patterns", take_redact),
        )
        for name, field, take in takers:
            if name in table:
                known = len(self.problems)
                self.values[field] = take(table[name], self._wrong)
                self.sources[name] = Source.FILE
                if name == "redact" and len(self.problems) > known:
                    self._miss_patterns()

    def take_environment(self, environ: Mapping[str, str]) -> None:
        """Take the variables that are set; an empty one is not."""
        for rule in RULES:
            text = environ.get(rule.variable, "")
            if not text:
                continue
            if rule.accepts(value := rule.from_text(text)):
                self._set(rule.name, value, Source.ENVIRONMENT)
            else:
                variable = own_text("the environment variable {}", clean_line(rule.variable))
                self.problems.append(is_but_may_be(variable, text, rule.allowed))

    def take_flags(self, flags: Mapping[str, object]) -> None:
        """Take what the command line sets; that is checked where it is read."""
        for name, value in flags.items():
            if value is not None:
                self._set(name, value, Source.FLAG)

    def _miss_patterns(self) -> None:
        """Remember the last problem as one that may have cost patterns of what is to be masked."""
        self.values["redact_fault"] = self.problems[-1]

    def _set(self, name: str, value: object, source: Source) -> None:
        self.values[name] = value
        self.sources[name] = source

    def _wrong(self, wrong: Wrong) -> None:
        place = place_in(self._path, self.lines, wrong.place)
        self.problems.append(own_text("{}: {}", place, wrong.sentence))


def _text_of(path: Path) -> str:
    """Return the file's text. Raises `FileNotFoundError`, or `Refusal` with a clause to follow its name."""
    try:
        status = os.stat(path)  # noqa: PTH116 - the one look, before anything else is done
        reason = reason_for_mode(status.st_mode)
        if reason is None and status.st_size > LARGEST:
            reason = "is too large to be settings"
        if reason is not None:
            raise Refusal(clean_line(reason))
        return path.read_bytes()[: LARGEST + 1].decode("utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Refusal(own_text("is not UTF-8 in line {}", line)) from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        words = getattr(error, "strerror", None) or "the system does not say why"
        raise Refusal(own_text("cannot be read: {}", clean_line(words))) from error


_MANY_RULES = 20_000
"""Characters of a file from which on its watch rules are read later, in a thread of their own."""

_RULE = re.compile(
    r"^[ \t]*\[\[[ \t]*watch[ \t]*\]\][^\n]*\n?(?:(?![ \t]*\[)[^\n]*\n?)*?(?=^[ \t]*\[|\Z)", re.M
)
_STRINGS = re.compile("\"\"\"|'''")


def _without_many_rules(text: str) -> str | None:
    """Return the file, lines in place, without its watch rules; None if it has few."""
    if len(text) < _MANY_RULES or _STRINGS.search(text):
        return None
    return _RULE.sub(lambda found: "\n" * found[0].count("\n"), text)


_HEADER = re.compile(r"\s*\[\s*([\w-]+)\s*\]|\s*\[\[\s*([\w-]+)\s*\]\]")
_ENTRY = re.compile(
    r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*)?="""
)


def lines_in(text: str) -> dict[tuple[str, ...], int]:
    """On which lines of a file its settings stand: what a TOML parser knows and does not tell.

    A guess that is right for what people write; lines inside a text of several lines may be taken for more.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    rules = 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = (header[1] or header[2],)
            lines.setdefault(table, number)
            if header[2]:
                rules += 1
                table = (header[2], f"rule {rules}")
                lines.setdefault(table, number)
        elif entry := _ENTRY.match(line):
            names = tuple(name for name in entry.groups() if name is not None)
            lines.setdefault((*table, *names), number)
    return lines
