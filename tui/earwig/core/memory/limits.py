"""The limits of the bot's memory, as its own settings have them."""

from __future__ import annotations

from earwig.core.memory.rules import Limits
from earwig.core.model.session import Session
from earwig.core.stores.bot_settings import NO_SETTINGS, BotSettings, BotSettingsReader
from earwig.core.text.safe_text import SafeText, clean_line, own_text

_NAMES = {"tokens": "max_context_tokens", "messages": "max_history_messages"}
"""Names in the table `agent`, as in the release that brought session files (v0.4.0)."""

_Judged = tuple[Limits, SafeText | None]


class BotLimits:
    """Tells the limits of the bot that keeps a session, as they are when it is asked. For one thread."""

    def __init__(self, reader: BotSettingsReader | None = None) -> None:
        self._reader = reader or BotSettingsReader()
        self._settings = NO_SETTINGS
        self._judged: _Judged = (Limits(), None)

    def of(self, session: Session) -> _Judged:
        """Return the limits of a session's bot, or the defaults; and why its settings cannot be used."""
        settings = self._reader.of(session)
        if settings is not self._settings:
            self._settings, self._judged = settings, _limits_in(settings)
        return self._judged


def _limits_in(settings: BotSettings) -> _Judged:
    if settings.problem is not None:
        return _unused(settings, settings.problem)
    agent = settings.values.get("agent", {})
    if not isinstance(agent, dict):
        return _unused(settings, own_text("has no table agent"))
    found: dict[str, int] = {}
    for field, name in _NAMES.items():
        value = agent.get(name)
        if value is None:
            continue
        if type(value) is not int or not 0 <= value < 1 << 63:
            return _unused(settings, own_text("has no whole number for agent.{}", clean_line(name)))
        found[field] = value
    return Limits(**found), None


def _unused(settings: BotSettings, why: SafeText) -> _Judged:
    words = own_text("{} {}", settings.file or own_text("the bot's settings"), why)
    return Limits(), own_text("{}: what the bot remembers is estimated by its default limits", words)
