"""The one table of commands: dispatch, help, completion and manual read it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from earwig.core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from earwig.cli.output import Output
    from earwig.cli.parser import Parser


class Command(NamedTuple):
    """One command; its module is imported when something is wanted of it."""

    name: str
    module: str
    hidden: bool = False
    """Whether no help tells of it."""

    @property
    def run(self) -> Callable[[list[str], Output, Output], int]:
        """Does it; gives the exit status."""
        return cast("Callable[[list[str], Output, Output], int]", self._get("run"))

    @property
    def parser(self) -> Parser:
        return cast("Callable[[], Parser]", self._get("parser"))()

    def _get(self, name: str) -> object:
        return getattr(importlib.import_module(f"earwig.cli.{self.module}"), name)


BROWSER: Final = Command("", "browse_command")

COMMANDS: Final = (
    Command("list", "list_command"),
    Command("show", "show_command"),
    Command("search", "search_command"),
    Command("tail", "tail_command"),
    Command("watch", "watch_command"),
    Command("stats", "stats_command"),
    Command("export", "export_command"),
    Command("check", "check_command"),
    Command("config", "config_command"),
    Command("demo", "demo_command"),
    Command("completion", "completion_command"),
    Command("man", "man_command"),
    Command("__complete", "completing", hidden=True),
)


def command_named(name: str) -> Command | None:
    return next((command for command in COMMANDS if command.name == name), None)


def shown() -> list[Command]:
    """Return those that a reader is told of."""
    return [command for command in COMMANDS if not command.hidden]
