"""Many sessions followed at once: what is read before anything happens, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earwig.core.follow import arrivals as module
from earwig.core.follow.arrivals import Arrivals
from earwig.core.follow.session_tail import Listener
from earwig.core.model.events import RemovalReason, StoreEvents, Vanished
from earwig.core.model.session import Session, SessionId
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from tests.core.bot_writer import BotWriter, lines_of

OLD = [("user", f"old message {number}") for number in range(40)]


class Crowd:
    """A folder of sessions that are known, and what is told of them."""

    def __init__(self, folder: Path, count: int) -> None:
        self.paths = [folder / f"{number:03}.jsonl" for number in range(count)]
        for path in self.paths:
            path.write_bytes(lines_of(OLD))
        self.store = FolderStore([folder])
        self.told: list[str] = []
        self.now = 1000.0
        self.arrivals = Arrivals(self.store, self._listener, lambda _session, _sentence: None)
        self.arrivals.know(self.store.sessions())

    def _listener(self, session: Session) -> Listener:
        return lambda it: self.told.append(f"{session.key}: {it.message.content}")

    def hear(self, *paths: Path) -> None:
        """What a follower says of these."""
        found = [look_at(str(path)) for path in paths]
        changed = tuple(session for session in found if session is not None)
        vanished = tuple(
            Vanished(SessionId(str(path)), RemovalReason.DELETED)
            for path, it in zip(paths, found, strict=True)
            if it is None
        )
        self.arrivals.take(StoreEvents(changed=changed, vanished=vanished), self.now)

    def idle(self, seconds: float) -> None:
        """Nothing is heard for so long; what is due is done."""
        end = self.now + seconds
        while (due := self.arrivals.due) is not None and due <= end:
            self.now = max(self.now, due)
            self.arrivals.take(StoreEvents(), self.now)
        self.now = end


@pytest.fixture
def crowd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Crowd]:
    monkeypatch.setattr(module, "_SLICE", 0.0)
    return lambda count: Crowd(tmp_path, count)


def read(crowd: Crowd) -> int:
    """How many sessions were opened."""
    return len(crowd.arrivals._tails)


def learn_all(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SLICE", 60.0)
    crowd.arrivals.take(StoreEvents(), crowd.now)
    assert crowd.arrivals.due is None


def test_what_was_there_is_read_in_the_background_and_a_first_rewrite_tells_nothing_old(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = crowd(100)
    learn_all(many, monkeypatch)
    assert read(many) == 100
    for renames in (False, True):
        for path in many.paths:
            bot = BotWriter(path, renames=renames)
            for index, _ in enumerate(bot.rewriting(bot.messages()[:-1])):
                if index % 20 == 3:
                    many.hear(path)
            many.hear(path)
        many.idle(3)
    assert many.told == []
    for path in many.paths:
        BotWriter(path).append("new")
        many.hear(path)
    assert many.told == [f"{path.stem}: new" for path in many.paths]


def test_of_very_many_only_the_newest_are_read(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEARNT", 7)
    many = crowd(30)
    learn_all(many, monkeypatch)
    assert read(many) == 7
    for path in many.paths:
        BotWriter(path).append("new")
        many.hear(path)
    assert sorted(many.told) == [f"{path.stem}: new" for path in many.paths]


def test_a_folder_that_is_away_opens_none_that_nobody_has_read(crowd: Callable[[int], Crowd]) -> None:
    many = crowd(50)
    many.arrivals._unlearnt.clear()
    folder = many.paths[0].parent
    away = folder.with_name("away")
    folder.rename(away)
    many.hear(*many.paths)
    many.idle(3)
    away.rename(folder)
    many.hear(*many.paths)
    assert read(many) == 0
    assert many.told == []
    BotWriter(many.paths[3]).append("new")
    many.hear(many.paths[3])
    assert many.told == ["003: new"]
    assert read(many) == 1


def test_one_that_nobody_has_read_and_that_is_begun_anew_is_told(crowd: Callable[[int], Crowd]) -> None:
    many = crowd(2)
    many.arrivals._unlearnt.clear()
    path = many.paths[0]
    path.unlink()
    many.hear(path)
    path.write_bytes(lines_of([("user", "hello")]))
    many.hear(path)
    assert many.told == ["000: hello"]


def test_what_was_begun_with_lightly_is_known_up_to_there(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = crowd(3)
    sessions = many.store.sessions()
    many.arrivals._known.clear()
    for session in sessions:
        many.arrivals.begin_lightly(session, 1)
    many.arrivals.know(sessions)
    assert sorted(many.told) == [f"{path.stem}: old message 39" for path in many.paths]
    assert read(many) == 0
    many.told.clear()
    learn_all(many, monkeypatch)
    for path in many.paths:
        BotWriter(path, renames=True).remove_last()
        many.hear(path)
        BotWriter(path).append("new")
        many.hear(path)
    assert many.told == [f"{path.stem}: new" for path in many.paths]


def test_a_message_whose_newline_comes_later_is_told_once_by_one_begun_lightly(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = crowd(1)
    path = many.paths[0]
    with path.open("ab") as file:
        file.write(lines_of([("user", "no newline yet")])[:-1])
    many.arrivals._known.clear()
    sessions = many.store.sessions()
    many.arrivals.begin_lightly(sessions[0], 1)
    many.arrivals.know(sessions)
    learn_all(many, monkeypatch)
    with path.open("ab") as file:
        file.write(b"\n" + lines_of([("user", "next")]))
    many.hear(path)
    assert many.told == ["000: no newline yet", "000: next"]


@pytest.mark.parametrize("is_read", [False, True])
def test_what_came_just_before_its_folder_was_away_is_told_when_that_is_back(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch, is_read: bool
) -> None:
    many = crowd(3)
    if is_read:
        learn_all(many, monkeypatch)
    else:
        many.arrivals._unlearnt.clear()
    path = many.paths[0]
    BotWriter(path).append("new")
    session = look_at(str(path))
    assert session is not None
    folder, away = path.parent, path.parent.with_name("away")
    folder.rename(away)
    many.arrivals.take(StoreEvents(changed=(session,)), many.now)
    many.idle(5)
    away.rename(folder)
    many.idle(5)  # nobody tells that it is back: as far as the follower knows, it never changed
    assert many.told == ["000: new"]


@pytest.mark.parametrize("how", ["found", "appeared", "changed"])
def test_nothing_is_new_in_a_file_that_is_put_away_whatever_it_held_the_time_before(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    many = crowd(1)
    learn_all(many, monkeypatch)
    [path] = many.paths
    away = path.with_name(path.name + ".importing")

    def is_put_away() -> None:
        path.rename(away)
        session = look_at(str(away))
        assert session is not None
        gone = (Vanished(SessionId(str(path)), RemovalReason.MIGRATED),)
        events = {
            "found": StoreEvents(found=(session,), vanished=gone),
            "appeared": StoreEvents(appeared=(session,), vanished=gone),
            "changed": StoreEvents(changed=(session,), vanished=gone),
        }
        many.arrivals.take(events[how], many.now)

    is_put_away()
    many.idle(0.3)
    away.rename(path)
    many.hear(away, path)
    path.unlink()
    new = [("user", f"new message {number}") for number in range(90)]
    path.write_bytes(lines_of(new))
    is_put_away()
    many.idle(0.3)
    away.rename(path)
    many.hear(away, path)
    many.idle(3)
    assert many.told == [f"000: {content}" for _, content in new]
    BotWriter(path).append("newest")
    many.hear(path)
    assert many.told[90:] == ["000: newest"]


@pytest.mark.parametrize("is_read", [False, True])
def test_what_came_to_one_that_is_found_again_is_told(
    crowd: Callable[[int], Crowd], monkeypatch: pytest.MonkeyPatch, is_read: bool
) -> None:
    many = crowd(2)
    if is_read:
        learn_all(many, monkeypatch)
    else:
        many.arrivals._unlearnt.clear()
    path = many.paths[0]
    BotWriter(path).append("just before the import")
    away = path.with_name(path.name + ".importing")
    path.rename(away)
    session = look_at(str(away))
    assert session is not None
    many.arrivals.take(StoreEvents(found=(session,)), many.now)
    away.rename(path)
    session = look_at(str(path))
    assert session is not None
    gone = (Vanished(SessionId(str(away)), RemovalReason.DELETED),)
    many.arrivals.take(StoreEvents(found=(session,), vanished=gone), many.now)
    many.idle(3)
    assert many.told == ["000: just before the import"]
