"""The names of sessions, found out once for each."""

from __future__ import annotations

from collections.abc import Callable

from earwig.core.model.session import Session, SessionId
from earwig.core.model.titles import Title, channel_title, title_of
from earwig.core.text.safe_text import SafeText


class Naming:
    """Remembers the names that were made. `session_of` returns the session of an id."""

    def __init__(self, session_of: Callable[[SessionId], Session]) -> None:
        self._session_of = session_of
        self._titles: dict[SessionId, Title] = {}
        self._channels: dict[SessionId, SafeText] = {}

    def title(self, session_id: SessionId) -> Title:
        title = self._titles.get(session_id)
        if title is None:
            title = self._titles[session_id] = title_of(self._session_of(session_id))
        return title

    def channel(self, session_id: SessionId) -> SafeText:
        """Return the name of a session's channel; empty where that is not known."""
        channel = self._channels.get(session_id)
        if channel is None:
            session = self._session_of(session_id)
            channel = channel_title(session)
            self._channels[session_id] = channel
        return channel

    def searched(self, session_id: SessionId) -> str:
        """Return the text that a filter looks through, in lower case: key, name, channel, and so on."""
        session = self._session_of(session_id)
        key, detail = session.key, session.detail
        if detail is not None:
            people = (detail.channel, detail.room, detail.sender, detail.agent, detail.state, detail.name)
            return " ".join((*title_of(session), key, detail.store, *filter(None, people))).casefold()
        if key.isascii() and key.isprintable() and not key.startswith(("gw_", "rpc_")):
            return key.casefold()  # holds all that the title does, and is ten times as fast to have
        return " ".join((*title_of(session), key)).casefold()

    def forget(self, session_id: SessionId) -> None:
        self._titles.pop(session_id, None)
        self._channels.pop(session_id, None)
