"""What a name on the command line means where it may mean several sessions: always the same, and told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.cli.output import Output
from earwig.cli.sessions import find_meant, store_at
from earwig.core.model.message_link import digest_of
from tests.cli.running import lines
from tests.core.stores.sqlite.bot_database import BotDatabase


class Heard(Output):
    """What is said on standard error."""

    def __init__(self) -> None:
        super().__init__(None)
        self.said: list[str] = []

    def line(self, *parts: str) -> None:
        self.said.append("".join(parts))


@pytest.fixture
def bot(workspace: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(workspace)) as bot:
        bot.append("al", "user", "hello")
        yield bot


def meant(text: str, workspace: Path) -> tuple[str, bool, list[str]]:
    """The key, whether it is a link, and what is said."""
    err = Heard()
    session, link = find_meant(text, store_at([workspace]), err)
    return session.key, link is not None, err.said


def test_a_key_that_looks_like_a_link(workspace: Path, bot: BotDatabase) -> None:
    key = f"al:1~{digest_of(b'hello')}"
    assert meant(key, workspace) == ("al", True, [])
    bot.append(key, "user", "called so")
    told = f"earwig: {key} is a session's key, and may be a link to a message as well; for that, give "
    told += f"{bot.path}#{key}"
    assert meant(key, workspace) == (key, False, [told])
    instead = told.rpartition("give ")[2]
    assert meant(instead, workspace) == ("al", True, [])
    lonely = f"nobody:1~{digest_of(b'hello')}"
    bot.append(lonely, "user", "called so")
    assert meant(lonely, workspace) == (lonely, False, [])


def test_a_key_that_looks_like_an_id(workspace: Path, bot: BotDatabase) -> None:
    key = f"{bot.path}#al"
    bot.append(key, "user", "called as another's id")
    encoded = key.replace("/", "%2F").replace("#", "%23")
    got, _, [said] = meant(key, workspace)
    assert got == "al"
    own_id = said.rpartition("give ")[2]
    assert (
        said
        == f"earwig: {key} means 2 sessions, this is the one whose id is {key}; for another, give {own_id}"
    )
    assert own_id.startswith(f"{bot.path}#")
    assert meant(own_id, workspace) == (key, False, [])
    assert encoded in own_id or own_id.rpartition("#")[2].startswith("!digest-")
    of_none = f"{bot.path}#nobody"
    bot.append(of_none, "user", "called as an id that nobody has")
    assert meant(of_none, workspace) == (of_none, False, [])


@pytest.mark.parametrize(
    "key", ["earwig://al", "http://a/b?c#d", "~/al", "./al", "../al", "-", "#", "a#b", "al#", "~"]
)
def test_a_key_of_signs_is_found_as_it_is(workspace: Path, bot: BotDatabase, key: str) -> None:
    bot.append(key, "user", "x")
    assert meant(key, workspace) == (key, False, [])


def test_a_key_that_looks_like_a_file_that_is_there(
    workspace: Path, sessions: Path, bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sessions / "bo.jsonl").write_bytes(lines("in the file"))
    monkeypatch.chdir(sessions)
    assert meant("bo.jsonl", workspace) == ("bo", False, [])
    bot.append("bo.jsonl", "user", "in the database")
    got, _, [said] = meant("bo.jsonl", workspace)
    assert got == "bo.jsonl"
    assert said.endswith(f"for another, give {sessions / 'bo.jsonl'}")


def test_what_is_only_alike_is_not_told_of(workspace: Path, sessions: Path, bot: BotDatabase) -> None:
    bot.append("a b", "user", "in the database")
    (sessions / "a_b.jsonl").write_bytes(lines("another"))
    assert meant("a b", workspace) == ("a b", False, [])
    assert meant("a_b", workspace) == ("a_b", False, [])
