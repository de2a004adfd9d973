"""What tests ask of a database's transcript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from earwig.core.model.entries import Entry
from earwig.core.model.message import ChatMessage
from earwig.core.stores.protocols import Transcript
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.messages import SessionKey
from earwig.core.stores.sqlite.transcript import DatabaseTranscript
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY


def transcript_of(path: Path, key: str = KEY) -> DatabaseTranscript:
    return DatabaseTranscript(Database(path), SessionKey(key.encode()))


def texts(entries: Iterator[Entry] | tuple[Entry, ...]) -> list[str]:
    return [entry.item.content if isinstance(entry.item, ChatMessage) else "?" for entry in entries]


def say(bot: BotDatabase, *contents: str, key: str = KEY) -> None:
    for content in contents:
        bot.append(key, "user", content)


def counted(transcript: Transcript) -> Transcript:
    while not transcript.index_step():
        pass
    return transcript
