"""Where settings come from: flags before the environment, that before the file, that before what is usual."""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from earwig.core.named_tuple import NamedTuple
from earwig.core.settings.settings import Settings
from earwig.core.text.safe_text import SafeText, own_text, safe_name

VARIABLE = "EARWIG_CONFIG"
"""The environment variable that names another file."""

NAME = "config.toml"

_PREFIX = "EARWIG_"
"""What the name of each variable that holds a setting begins with."""


class Source(enum.Enum):
    """Where a setting comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


class Loaded(NamedTuple):
    """The settings that hold, and how it came to them."""

    settings: Settings
    sources: Mapping[str, Source]
    """By the name in the file; what is not in it is as it usually is."""

    early_problems: tuple[SafeText, ...]
    """Sentences on what was wrong and is not used, but for watch rules: those are read later."""

    path: Path | None
    """The file, whether it is there or not; None where no home folder is known."""

    lines: Mapping[tuple[str, ...], int]
    """The line of the file that a setting stands on, by the keys that lead to it, as far as known."""

    @property
    def problems(self) -> tuple[SafeText, ...]:
        """All that is wrong and not used: each with its place, and what may be there. Reads watch rules."""
        return (*self.early_problems, *self.rule_problems)

    @property
    def rule_problems(self) -> tuple[SafeText, ...]:
        """What is wrong with the watch rules alone. Reads them."""
        return tuple(getattr(self.settings.watch, "problems", ()))

    def place(self, *names: str) -> SafeText:
        """Where in the file a setting is, by the keys that lead to it: path, and line if it is known."""
        return place_in(safe_name(str(self.path)), self.lines, names)


def config_path(environ: Mapping[str, str]) -> Path | None:
    """Return the file that settings are read from; None where no home folder is known."""
    named = environ.get(VARIABLE, "")
    if named:
        return Path(os.path.expanduser(named))  # noqa: PTH111 - Path's own raises where there is no home
    from platformdirs import user_config_path  # Textual loads it as well; what needs no settings does not

    try:
        folder = user_config_path("earwig", appauthor=False)
    except RuntimeError:
        return None
    # Without a home, an older platformdirs answers `~/...`, which would be a folder wherever one is.
    return folder / NAME if folder.is_absolute() else None


def load_settings(environ: Mapping[str, str], flags: Mapping[str, object] | None = None) -> Loaded:
    """Read the settings; whatever is wrong with them, there are some.

    `flags` are what the command line sets, by the names of `Settings`; None where it does not. Costs one look
    at the disk where there is no file.
    """
    path = config_path(environ)
    given: dict[str, Any] = {name: value for name, value in (flags or {}).items() if value is not None}
    if not any(name.startswith(_PREFIX) for name in environ) and (path is None or not _may_be_there(path)):
        # As it is for most: what knows all rules, and how files are read, takes 4 ms of a start.
        return Loaded(Settings(**given), dict.fromkeys(given, Source.FLAG), (), path, {})
    from earwig.core.settings.settings_reading import SettingsReader

    reading = SettingsReader(safe_name(str(path)) if path is not None else own_text(""))
    if path is not None:
        reading.take_file(path, named=bool(environ.get(VARIABLE)))
    reading.take_environment(environ)
    reading.take_flags(given)
    return Loaded(
        Settings(**reading.values),
        MappingProxyType(reading.sources),
        tuple(reading.problems),
        path,
        MappingProxyType(reading.lines),
    )


def _may_be_there(path: Path) -> bool:
    try:
        os.stat(path)  # noqa: PTH116 - a Path's own answer may hide the reason
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        pass  # whoever reads it says why it cannot be read
    return True


def place_in(path: SafeText, lines: Mapping[tuple[str, ...], int], names: tuple[str, ...]) -> SafeText:
    """Return where in a file a setting is, by the keys that lead to it: path, and line if it is known."""
    known = (lines[names[:end]] for end in range(len(names), 0, -1) if names[:end] in lines)
    line = next(known, None)
    return path if line is None else own_text("{}, line {}", path, line)
