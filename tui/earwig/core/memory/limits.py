"""The limits in the bot's own settings, read as rarely and as carefully as anything of the bot's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from earwig.core.memory.rules import Limits
from earwig.core.stores.location import config_files
from earwig.core.system.opening import CannotOpen, opened, read_at
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_LARGEST = 1024 * 1024
"""Bytes; larger settings are not read: the bot's have some thousand lines."""

_NAMES = {"tokens": "max_context_tokens", "messages": "max_history_messages"}
"""In the table `agent`, as the release has them that brought session files (v0.4.0)."""

_Stamp = tuple[int, int, int, int, int]
_Known = tuple[Limits, SafeText | None]
_DEFAULTS: _Known = (Limits(), None)


class BotLimits:
    """Looks for the settings beside a session, and reads them when they have changed. For one thread."""

    def __init__(self, environ: Mapping[str, str] | None = None, home: Path | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._home = home
        self._known: dict[Path, tuple[_Stamp, _Known]] = {}
        self._candidates: dict[Path, list[Path]] = {}

    def of(self, session: Path) -> _Known:
        """The limits of the bot that writes this file; and a sentence if its settings cannot be used.

        Without settings, or with some that cannot be read, the limits are the bot's defaults.
        """
        folder = session.parent
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
        return _DEFAULTS


def _read(path: Path) -> _Known:
    import tomllib  # many bots have no settings here: the others need not wait for it

    try:
        with opened(path) as fd:
            data = read_at(fd, _LARGEST + 1, 0)
    except CannotOpen as error:
        return _unused(path, clean_line(error.reason))
    if len(data) > _LARGEST:
        return _unused(path, own_text("is too large"))
    try:
        agent = tomllib.loads(data.decode("utf-8")).get("agent", {})
    except (ValueError, RecursionError):
        return _unused(path, own_text("is not TOML"))  # and no word of it: it holds the bot's keys
    if not isinstance(agent, dict):
        return _unused(path, own_text("has no table agent"))
    found: dict[str, int] = {}
    for field, name in _NAMES.items():
        value = agent.get(name)
        if value is None:
            continue
        if type(value) is not int or not 0 <= value < 1 << 63:
            return _unused(path, own_text("has no whole number for agent.{}", clean_line(name)))
        found[field] = value
    return Limits(**found), None


def _unused(path: Path, why: SafeText) -> _Known:
    sentence = own_text("{} {}: what the bot remembers is estimated by its default limits", _shown(path), why)
    return Limits(), sentence


def _shown(path: Path) -> SafeText:
    return safe_name(str(path))
