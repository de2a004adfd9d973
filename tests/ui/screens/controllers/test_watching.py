"""What a watch rule asks for is done; much at once is told by its number, and rings once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from earwig.core.find.matcher import Query
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.stores.store import WatchOptions
from earwig.core.text.safe_text import own_text
from earwig.core.watch_rules.rules import Firing, Watched, WatchRule
from earwig.ui.screens.controllers.watching import Watching
from tests.ui.browsing import append, line, talk
from tests.ui.screens.controllers.fake_host import FakeHost

REFUND = WatchRule(Query("refund").matcher())


class Heard:
    """What comes of it."""

    def __init__(self, host: FakeHost, folder: Path) -> None:
        (folder / "telegram_al.jsonl").write_bytes(talk(2))
        self.store = FolderStore([folder])
        (self.session,) = self.store.sessions()
        self.flagged: list[str] = []
        self.watching = Watching(host, self.store, self.flagged.append, lambda: host.now)

    def fire(self, text: str = "x", *, times: int = 1) -> None:
        self.watching.tell([firing(self.session, at, text) for at in range(times)])


def firing(session: Session, number: int, text: str) -> Firing:
    return Firing(REFUND, session, number, ChatMessage.user(text), 0.0)


def rules(*does: str) -> Sequence[Watched]:
    return (Watched(own_text("money"), REFUND, frozenset(does)),)


@pytest.fixture
def heard(host: FakeHost, tmp_path: Path) -> Heard:
    return Heard(host, tmp_path)


def test_each_thing_is_done_only_where_it_is_asked_for(host: FakeHost, heard: Heard) -> None:
    heard.watching.use(rules("mark"))
    heard.fire()
    assert heard.flagged == [heard.session.id]
    assert (host.rung, host.sent, host.words) == (0, [], [])
    heard.watching.use(rules("notify"))
    host.pass_time(5)
    heard.fire("my refund\x1b")
    assert host.words == ["telegram_al  user: my refund␛"]
    assert host.notifications[0].title == "money"
    heard.watching.use(rules("bell"))
    host.pass_time(5)
    heard.fire()
    assert host.rung == 1


def test_many_are_told_by_their_number_and_ring_once(host: FakeHost, heard: Heard) -> None:
    heard.watching.use(rules("bell", "notify"))
    for _ in range(50):
        heard.fire()
    assert len(host.words) == 3
    host.pass_time(2)
    assert host.words[3:] == ["and 47 more messages"]
    assert host.rung == 1
    host.pass_time(2)
    heard.fire()
    assert host.rung == 2
    assert len(host.words) == 5


def test_the_terminal_is_told_once_and_then_how_many_more(host: FakeHost, heard: Heard) -> None:
    heard.watching.use(rules("terminal"))
    heard.fire("a;b\x07", times=4)
    assert host.sent == ["\x1b]9;money: telegram_al  user: a,b␇\x07"]
    host.pass_time(2)
    assert host.sent[1:] == ["\x1b]9;and 3 more messages\x07"]


def test_without_rules_no_thread_is_begun(heard: Heard) -> None:
    heard.watching.begin(())
    assert not heard.watching.is_watching
    heard.watching.end()


def test_what_a_session_gets_is_watched(host: FakeHost, heard: Heard, tmp_path: Path) -> None:
    watcher = heard.store.watcher(WatchOptions(heard.watching.take))
    heard.watching.begin(rules("notify"))
    watcher.start()
    try:
        host.run_until(lambda: heard.watching.is_watching)
        append(tmp_path / "telegram_al.jsonl", line("user", "a refund, please"))
        host.run_until(lambda: host.words)
    finally:
        watcher.stop()
        heard.watching.end()
    assert host.words == ["telegram_al  user: a refund, please"]
