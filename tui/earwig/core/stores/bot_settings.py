"""The settings of the bot that keeps a session, read as rarely and as carefully as anything of the bot's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from earwig.core.model.session import Session
from earwig.core.stores.location import config_files
from earwig.core.system.opening import CannotOpen, opened, read_at
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_LARGEST = 1024 * 1024
"""The most bytes of settings that are read; the bot's have some thousand lines."""

_Stamp = tuple[int, int, int, int, int]


class BotSettings(NamedTuple):
    """What a bot's settings say."""

    values: Mapping[str, object] = MappingProxyType({})
    """The tables and values of the file, by name; empty where it is not there or cannot be read."""

    file: SafeText | None = None
    """The file, for people; None where there is none."""

    problem: SafeText | None = None
    """Why the file cannot be read, as a clause to follow its name; no word of it, because it holds keys."""


NO_SETTINGS = BotSettings()


class BotSettingsReader:
    """Looks for the settings beside a session, and reads them when they have changed. For one thread."""

    def __init__(self, environ: Mapping[str, str] | None = None, home: Path | None = None) -> None:
        """Find them as a bot that has this environment and home would; None: those of this process."""
        self._environ = os.environ if environ is None else environ
        self._home = home
        self._known: dict[Path, tuple[_Stamp, BotSettings]] = {}
        self._candidates: dict[Path, list[Path]] = {}

    def of(self, session: Session) -> BotSettings:
        """Return the settings of the bot that keeps a session: one object while the file is as it was."""
        folder = session.path.parent
        if folder not in self._candidates:
            home = Path(os.path.expanduser("~")) if self._home is None else self._home  # noqa: PTH111 - Path.home may raise
            self._candidates[folder] = config_files(folder, self._environ, home)
        for path in self._candidates[folder]:
            try:
                status = os.lstat(path)
            except (OSError, ValueError):
                continue
            stamp = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            if path not in self._known or self._known[path][0] != stamp:
                self._known[path] = stamp, _read(path)
            return self._known[path][1]
        return NO_SETTINGS


def _read(path: Path) -> BotSettings:
    import tomllib  # many bots have no settings here: the others need not wait for it

    found = BotSettings(file=safe_name(str(path)))
    try:
        with opened(path) as fd:
            data = read_at(fd, _LARGEST + 1, 0)
    except CannotOpen as error:
        return found._replace(problem=clean_line(error.reason))
    if len(data) > _LARGEST:
        return found._replace(problem=own_text("is too large"))
    try:
        return found._replace(values=tomllib.loads(data.decode("utf-8")))
    except (ValueError, RecursionError):
        return found._replace(problem=own_text("is not TOML"))
