"""What sessions are called, found out once for each."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.model.titles import Title, channel_title, title_for
from earwig.core.text.safe_text import SafeText


class Naming:
    """Remembers the names that were made; `key_of` gives an id's key."""

    def __init__(self, key_of: Callable[[str], str]) -> None:
        self._key_of = key_of
        self._titles: dict[str, Title] = {}
        self._channels: dict[str, SafeText] = {}

    def title(self, session_id: str) -> Title:
        """What the session is called."""
        title = self._titles.get(session_id)
        if title is None:
            title = self._titles[session_id] = title_for(self._key_of(session_id))
        return title

    def channel(self, session_id: str) -> SafeText:
        """What its channel is called; empty where that is not known."""
        channel = self._channels.get(session_id)
        if channel is None:
            channel = self._channels[session_id] = channel_title(self._key_of(session_id))
        return channel

    def searched(self, session_id: str) -> str:
        """What a filter looks through, without regard to case: its key, its name and its channel."""
        key = self._key_of(session_id)
        if key.isascii() and key.isprintable() and not key.startswith(("gw_", "rpc_")):
            return key.casefold()  # holds all that the title does, and is ten times as fast to have
        return " ".join((*title_for(key), key)).casefold()

    def forget(self, session_id: str) -> None:
        """A session is gone."""
        self._titles.pop(session_id, None)
        self._channels.pop(session_id, None)
