"""The scripts: what is said in the made-up conversations, read from the TOML files beside this one.

A conversation, and a scene of one, is a list of `[[line]]` tables, each with one of these:
`user` or `assistant` (the text, or a list of wordings of which one is chosen), `calls` (native tool calls,
with an optional `text`), `result` (the answer to the oldest open call), `raw` (bytes as they are, newlines
included), and optionally `gap` (minutes since the line before). `slots.py` says what `«…»` in a text means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from importlib.resources import files
from random import Random
from typing import Any

ZONE = timezone(timedelta(hours=8), "+08:00")
"""The local time of the made-up bot, whatever the reader's is: the same pictures everywhere."""

KINDS = ("user", "assistant", "calls", "result", "raw")

Pools = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of a script, its slots not yet filled."""

    kind: str
    """One of `KINDS`."""

    wordings: tuple[str, ...]
    """Texts of which one is taken; for `calls` the text beside them, often none."""

    calls: Sequence[Mapping[str, str]] = ()
    """Tool calls by `name`; their `arguments` are JSON in a string, as the bot stores it."""

    gap: float | None = None
    """Minutes since the line before; None: as long as such a thing takes."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A few lines that belong together."""

    lines: tuple[ScriptLine, ...]
    key: str = ""
    """The session that the scene opens, with slots; empty when it goes on in an existing one."""

    when: str = "day"
    """`morning`, `day` or `evening`."""

    stamped: bool = True
    """Whether user lines begin with the time, as the bot writes them since its release 0.8.0."""


@dataclass(frozen=True, slots=True)
class ScriptedSession:
    """One session of the workspace."""

    name: str
    opening: Scene
    age: float
    """Minutes since its last line."""

    live: str = ""
    """The file of scenes that goes on in it while one watches; empty: it rests."""

    weeks: int = 0
    """For the long one: how many weeks of scenes `live` stand before."""


def seeded(*parts: object) -> Random:
    """A source of chance that is the same for the same parts, on every machine and in every process."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - it tells a story and guards nothing


def conversations() -> tuple[ScriptedSession, ...]:
    """Return every made-up session, by file name. Raises `ValueError` that names a wrong script."""
    folder = files(__package__) / "conversations"
    names = sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )
    return tuple(_conversation(name, table("conversations", name)) for name in names)


def scenes(name: str) -> tuple[Scene, ...]:
    """Return the scenes of one file, such as `depot`, in the order in which they stand there."""
    return tuple(_scene(f"scenes/{name}", told) for told in table("scenes", name)["scene"])


def pools() -> Pools:
    """Return the words that fill slots, by the slot's name."""
    return {name: tuple(words) for name, words in table("scenes", "pools").items()}


def table(folder: str, name: str) -> dict[str, Any]:
    """Return what one of the TOML files holds."""
    return tomllib.loads((files(__package__) / folder / f"{name}.toml").read_text(encoding="utf-8"))


def _conversation(name: str, told: dict[str, Any]) -> ScriptedSession:
    opening = _scene(f"conversations/{name}", told)
    return ScriptedSession(name, opening, float(told["age"]), told.get("live", ""), told.get("weeks", 0))


def _scene(where: str, told: dict[str, Any]) -> Scene:
    lines = tuple(_lines(where, told["line"]))
    return Scene(lines, told.get("key", ""), told.get("when", "day"), told.get("stamped", True))


def _lines(where: str, tables: Iterable[dict[str, Any]]) -> Iterable[ScriptLine]:
    for number, told in enumerate(tables, start=1):
        said = [kind for kind in KINDS if kind in told]
        if len(said) != 1 or not told.keys() <= {*KINDS, "text", "gap"}:
            raise ValueError(
                f"{where}, line {number}: needs exactly one of {', '.join(KINDS)}, has {[*told]}"
            )
        yield _line(said[0], told)


def _line(kind: str, table: dict[str, Any]) -> ScriptLine:
    gap = table.get("gap")
    if kind == "calls":
        return ScriptLine(kind, (table.get("text", ""),), table["calls"], gap)
    told = table[kind]
    wordings = tuple(told) if isinstance(told, list) else (told,)
    if kind == "raw":
        return ScriptLine(kind, wordings, (), gap)
    # The bot trims what it stores; a closing ''' on a line of its own leaves a newline, too.
    return ScriptLine(kind, tuple(wording.strip("\n") for wording in wordings), (), gap)
