"""Titles of sessions: the channel and the rest of the key, as far as the key tells."""

from __future__ import annotations

from earwig.core.model.session import Detail, Session
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_CHANNEL_TYPES = (
    *("telegram", "discord", "slack", "whatsapp", "matrix", "signal", "email", "gmail_push", "irc", "line"),
    *("nextcloud_talk", "mattermost", "webhook", "imessage", "linq", "wati", "lark", "feishu", "dingtalk"),
    *("wecom", "wecom_ws", "wechat", "qq", "twitter", "twitch", "mochat", "nostr", "clawdtalk", "reddit"),
    *("bluesky", "notion", "git", "github", "gitea", "voice_call", "voice_wake", "voice_duplex"),
    *("mqtt", "amqp", "filesystem", "cli"),
)

# What starts a key, and what a reader calls it; the gateway's web chat and RPC clients have prefixes.
_CHANNELS = {
    **{name: safe_name(name) for name in _CHANNEL_TYPES},
    "gw": safe_name("web"),
    "rpc": safe_name("rpc"),
}

_FIRST_OF_TWO = {name.partition("_")[0] for name in _CHANNELS if "_" in name}
_NONE = safe_name("")


class Title(NamedTuple):
    """The name of a session in two parts, both safe to show."""

    channel: SafeText
    """`telegram`, `web`, ...; empty where the key does not tell."""

    name: SafeText
    """The key without its channel; empty only where the key is."""


_LIMIT = 80
"""The most characters of a name that a store gives."""

_EDITORS = "acp"


def title_of(session: Session) -> Title:
    """Return the title of a session: of the name that its store gives it, or of its key."""
    title = title_for(session.key)
    return title if session.detail is None else _known_by(session.detail, title)


def _known_by(detail: Detail, title: Title) -> Title:
    channel = clean_line(detail.channel.partition(".")[0], limit=_LIMIT) if detail.channel else title.channel
    if detail.name:
        return Title(channel, clean_line(detail.name, limit=_LIMIT) or title.name)
    if detail.store == _EDITORS and detail.room:
        # An editor's key is a number that says nothing: the folder that it works in does.
        folder = clean_line(detail.room.rstrip("/").rpartition("/")[2], limit=_LIMIT)
        return Title(channel or clean_line(_EDITORS), own_text("{} {}", folder, title.name))
    return Title(channel, title.name)


def title_for(key: str) -> Title:
    """Split the channel off a key.

    The bot joins channel, alias, reply target, thread and sender with `_`, and turns every other character
    into `_` as well, in an order that changed three times (`conversation_history_key` in its
    `channels/mod.rs`): only the channel's type can be told for certain. It may hold a `_` itself, so the
    longer one wins: `wecom_ws_bob` is bob on `wecom_ws`.
    """
    prefix = channel_of(key)
    if not prefix:
        return Title(_NONE, safe_name(key))
    return Title(_CHANNELS[prefix], safe_name(key[len(prefix) + 1 :]))


def channel_of(key: str) -> str:
    """Return the channel that a key begins with, without the `_` behind it; empty where there is none."""
    first, _, rest = key.partition("_")
    if not rest:
        return ""
    if first in _FIRST_OF_TWO:
        longer = f"{first}_{rest.partition('_')[0]}"
        if longer in _CHANNELS and len(key) > len(longer) + 1:
            return longer
    return first if first in _CHANNELS else ""


def channel_title(session: Session) -> SafeText:
    """Return the channel of a session as readers call it; empty where nothing tells it."""
    if session.detail is not None:
        return title_of(session).channel
    prefix = channel_of(session.key)
    return _CHANNELS[prefix] if prefix else _NONE
