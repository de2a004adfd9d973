"""One call sees one state: repeated where a commit came between, and nothing of it can be kept."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from earwig.core.stores.sqlite import copies, place
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import Cancelled, Changed, State, TooLong, Unreadable
from earwig.core.stores.sqlite.snapshot import Snapshot
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, contents, untouched

COUNT = "SELECT count(*) FROM sessions"
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    """At work, with a few messages stored."""
    with closing(BotDatabase(tmp_path / "bot")) as writer:
        for n in range(10):
            writer.append(KEY, "user", f"message {n} " + "x" * 1000)
        yield writer


def add(bot: BotDatabase, count: int = 1) -> None:
    for _ in range(count):
        bot.append(KEY, "user", "another")


class Meddling:
    """Reads, has the bot do something midway, and reads again."""

    def __init__(self, bot: BotDatabase, *steps: str) -> None:
        self.bot, self.steps, self.tries = bot, list(steps), 0

    def __call__(self, snapshot: Snapshot) -> tuple[int, int]:
        self.tries += 1
        (first,) = snapshot.one(COUNT) or ()
        for step in self.steps.pop(0).split() if self.steps else ():
            if step == "append":
                add(self.bot)
            elif step == "rewrite":
                self.bot.con.execute("UPDATE sessions SET role = 'assistant' WHERE id = 1")
            elif step == "close":
                self.bot.close()
            else:
                self.bot.checkpoint(step)
        (second,) = snapshot.one("SELECT count(*) FROM sessions WHERE content IS NOT NULL") or ()
        return first, second


@pytest.mark.parametrize(
    "steps",
    [
        ("append",),
        ("PASSIVE",),
        ("append PASSIVE",),
        ("append RESTART append",),
        ("append TRUNCATE",),
        ("append TRUNCATE append", "append RESTART append append"),
        ("close",),
        ("append close",),
    ],
    ids=", ".join,
)
def test_whatever_the_bot_does_midway_both_halves_are_of_one_state(
    bot: BotDatabase, steps: tuple[str, ...]
) -> None:
    meddling = Meddling(bot, *steps)
    appended = " ".join(steps).count("append")
    first, second = Database(bot.path).read(meddling)
    assert first == second
    assert first in (10, 10 + appended)


def test_what_was_read_while_the_wal_began_anew_is_dropped(bot: BotDatabase) -> None:
    bot.checkpoint()
    add(bot)
    meddling = Meddling(bot, "RESTART append", "RESTART append")
    assert Database(bot.path).read(meddling) == (13, 13)
    assert meddling.tries == 3


def test_an_error_of_half_a_state_is_dropped_too(bot: BotDatabase) -> None:
    tries = []

    def work(snapshot: Snapshot) -> object:
        tries.append(snapshot.one(COUNT))
        if len(tries) == 1:
            bot.checkpoint("RESTART")
            add(bot)
            raise AssertionError("two things do not fit together")
        return tries[-1]

    assert Database(bot.path).read(work) == (11,)


def test_what_seems_damage_in_half_a_state_is_not_gone_round(bot: BotDatabase) -> None:
    """The look is over at once, however much there would be to look for."""
    tries: list[None] = []

    def work(snapshot: Snapshot) -> object:
        tries.append(None)
        if len(tries) == 1:
            bot.checkpoint("RESTART")
            add(bot)
            with pytest.raises(Changed):
                snapshot.rows("SELECT an error")
            snapshot.rows("SELECT an error")
        return snapshot.one(COUNT)

    assert Database(bot.path).read(work) == (11,)


def test_a_long_query_of_half_a_state_is_stopped(bot: BotDatabase) -> None:
    tries: list[None] = []

    def work(snapshot: Snapshot) -> object:
        tries.append(None)
        if len(tries) == 1:
            snapshot.one(COUNT)
            bot.checkpoint("RESTART")
            add(bot)
            return snapshot.one(ENDLESS)
        return snapshot.one(COUNT)

    assert Database(bot.path).read(work) == (11,)


def test_an_error_of_its_own_comes_through(bot: BotDatabase) -> None:
    def work(snapshot: Snapshot) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Database(bot.path).read(work)


def test_a_bot_that_never_rests_is_told_as_busy(bot: BotDatabase) -> None:
    meddling = Meddling(bot, *["append RESTART append"] * 1000)
    with pytest.raises(Unreadable) as caught:
        Database(bot.path).read(meddling)
    assert caught.value.state is State.BUSY
    assert "earwig looks again" in str(caught.value)
    assert contents(bot.path)


@pytest.mark.parametrize(("tick", "tries"), [(-(1 << 62), 1), (1 << 62, 2)], ids=["settled", "just written"])
def test_a_long_query_is_not_dropped_for_a_commit_alone(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch, tick: int, tries: int
) -> None:
    """Only a checkpoint writes to the database, and that changes its time, if that is not just now."""
    monkeypatch.setattr("earwig.core.stores.sqlite.pages._TICK_NS", tick)
    bot.limit_wal(0)
    bot.checkpoint()
    add(bot)
    meddling = Meddling(bot, "rewrite")
    assert Database(bot.path).read(meddling) == (11, 11)
    assert meddling.tries == tries


def test_a_wal_that_begins_anew_without_a_write_to_the_database_is_seen(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it was copied before; its own header alone tells."""
    monkeypatch.setattr("earwig.core.stores.sqlite.pages._TICK_NS", -(1 << 62))
    bot.checkpoint("PASSIVE")
    meddling = Meddling(bot, "append")
    assert Database(bot.path).read(meddling) == (11, 11)
    assert meddling.tries == 2


def test_a_wal_that_is_emptied_grows_and_is_emptied_again_is_seen(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks the same before and after, but what it held meanwhile was copied to the database."""
    real = place.open_file
    opened: list[str] = []

    def open_late(path: str, name: str = "") -> AbstractContextManager[int]:
        if name and not opened:
            opened.append(path)
            bot.checkpoint("TRUNCATE")
        return real(path, name)

    monkeypatch.setattr("earwig.core.stores.sqlite.pages.open_file", open_late)
    meddling = Meddling(bot, "append TRUNCATE")
    assert Database(bot.path).read(meddling) == (11, 11)
    assert meddling.tries == 2


def test_a_snapshot_that_is_kept_answers_no_more(bot: BotDatabase) -> None:
    kept: list[Snapshot] = []

    def work(snapshot: Snapshot) -> Iterator[object]:
        kept.append(snapshot)
        return snapshot.each(COUNT)

    late = Database(bot.path).read(work)
    with pytest.raises(RuntimeError, match="not being read any more"):
        next(late)
    with pytest.raises(RuntimeError, match="not being read any more"):
        kept[0].rows(COUNT)
    with pytest.raises(RuntimeError, match="not being read any more"):
        kept[0].piece("sessions", "content", 1, 0, 1)


@pytest.mark.parametrize("closed", [False, True], ids=["running", "stopped"])
def test_nothing_can_be_written(bot: BotDatabase, closed: bool) -> None:
    if closed:
        bot.close()
    with untouched(bot.folder):
        for sql in ("DELETE FROM sessions", "CREATE TABLE t (x)", "PRAGMA journal_mode = DELETE", "VACUUM"):
            try:
                Database(bot.path).read(lambda snapshot, sql=sql: snapshot.rows(sql))  # type: ignore[misc]
            except Unreadable:
                continue
        for sql in ("ATTACH '/tmp/other.db' AS other", "VACUUM INTO '/tmp/other.db'"):
            with pytest.raises(Unreadable):
                Database(bot.path).read(lambda snapshot, sql=sql: snapshot.rows(sql))  # type: ignore[misc]
    assert not Path("/tmp/other.db").exists()  # noqa: S108 - it must not come
    assert len(contents(bot.path)) == 10


@pytest.mark.parametrize("closed", [False, True], ids=["running", "stopped"])
def test_a_query_is_stopped_when_nobody_wants_it_any_more(bot: BotDatabase, closed: bool) -> None:
    if closed:
        bot.close()
    asked: list[None] = []

    def is_enough() -> bool:
        asked.append(None)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        Database(bot.path).read(lambda snapshot: snapshot.one(ENDLESS), is_enough)
    assert len(contents(bot.path)) == 10


def test_many_short_queries_are_stopped_too(bot: BotDatabase) -> None:
    asked: list[None] = []

    def is_enough() -> bool:
        asked.append(None)
        return len(asked) > 3

    def work(snapshot: Snapshot) -> None:
        while True:
            snapshot.one(COUNT)

    with pytest.raises(Cancelled):
        Database(bot.path).read(work, is_enough)


def test_a_value_that_is_too_long_is_read_in_pieces(
    bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwig.core.stores.sqlite.by_apsw.LIMITS", ((0, 100_000),))
    row = bot.append(KEY, "user", "<" + "y" * 300_000 + ">")
    base = Database(bot.path)
    with pytest.raises(TooLong):
        base.read(lambda snapshot: snapshot.rows("SELECT content FROM sessions"))
    size = 300_002
    for start, end in ((0, 3), (size - 3, size), (size, size + 10), (size + 10, size + 20)):
        piece = base.read(
            lambda snapshot, start=start, end=end: snapshot.piece(  # type: ignore[misc]
                "sessions", "content", row, start, end - start
            )
        )
        assert piece == (("<" + "y" * 300_000 + ">")[start:end].encode(), size)
    with pytest.raises(LookupError):
        base.read(lambda snapshot: snapshot.piece("sessions", "content", 999, 0, 1))


def test_many_threads_read_at_once_beside_the_bot(bot: BotDatabase) -> None:
    base = Database(bot.path)
    wrong: list[object] = []
    ended = threading.Event()

    def look() -> None:
        seen = 0
        while not ended.is_set():
            rows, low, high = base.read(
                lambda snapshot: snapshot.one("SELECT count(*), min(id), max(id) FROM sessions") or ()
            )
            if rows != high - low + 1 or rows < seen:
                wrong.append((rows, low, high, seen))
            seen = rows

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    bot.limit_wal(50)
    for _ in range(20):
        add(bot, 10)
    ended.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert base.read(lambda snapshot: snapshot.one(COUNT)) == (210,)


@pytest.mark.usefixtures("without_apsw")
class TestCopy:
    """Where apsw cannot be had."""

    def test_it_is_told_and_removed(self, bot: BotDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[copies.PrivateCopy] = []

        class Noted(copies.PrivateCopy):
            def __init__(self, *arguments: object) -> None:
                super().__init__(*arguments)  # type: ignore[arg-type] # as they come
                made.append(self)

        monkeypatch.setattr(copies, "PrivateCopy", Noted)
        base = Database(bot.path)
        for _ in range(3):
            assert base.read(lambda snapshot: snapshot.one(COUNT)) == (10,)
        assert len(made) == 1
        assert base.copied is not None
        files = (bot.path, Path(f"{bot.path}-wal"))
        assert base.copied.size == sum(path.stat().st_size for path in files)
        assert made[0].path.parent.stat().st_mode & 0o777 == 0o700
        assert made[0].path.stat().st_mode & 0o777 == 0o600
        add(bot)
        assert base.read(lambda snapshot: snapshot.one(COUNT)) == (11,)
        assert len(made) == 2
        assert not made[0].path.parent.exists()
        base.close()
        assert not made[1].path.parent.exists()

    def test_it_goes_with_who_reads_it(self, bot: BotDatabase) -> None:
        base = Database(bot.path)
        base.read(lambda snapshot: snapshot.one(COUNT))
        (copy,) = base._copies
        del base
        assert not copy.path.parent.exists()

    def test_a_large_one_is_not_copied(self, bot: BotDatabase) -> None:
        with pytest.raises(Unreadable) as caught:
            Database(bot.path, copy_limit=1000).read(lambda snapshot: snapshot.one(COUNT))
        assert caught.value.state is State.TOO_LARGE
        assert "install apsw" in caught.value.advice
        bot.close()
        assert Database(bot.path, copy_limit=1000).read(lambda snapshot: snapshot.one(COUNT)) == (10,)

    def test_nor_is_one_whose_wal_was_emptied_before_it(
        self, bot: BotDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copied: list[str] = []
        real = copies._copy_file

        def slow(source: str, target: Path) -> None:
            real(source, target)
            copied.append(source)

        class Late(copies.PrivateCopy):
            def __init__(self, *arguments: object) -> None:
                if not copied:
                    bot.checkpoint("TRUNCATE")
                super().__init__(*arguments)  # type: ignore[arg-type] # as they come

        monkeypatch.setattr(copies, "_copy_file", slow)
        monkeypatch.setattr(copies, "PrivateCopy", Late)
        assert Database(bot.path).read(lambda snapshot: snapshot.one(COUNT)) == (10,)
        assert copied == []

    def test_one_of_two_states_is_made_again(self, bot: BotDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
        copied: list[str] = []
        real = copies._copy_file

        def slow(source: str, target: Path) -> None:
            real(source, target)
            copied.append(source)
            if len(copied) == 1:
                add(bot)
                bot.checkpoint("RESTART")
                add(bot)

        monkeypatch.setattr(copies, "_copy_file", slow)
        assert Database(bot.path).read(lambda snapshot: snapshot.one(COUNT)) == (12,)
        assert len(copied) == 4


def test_apsw_is_imported_only_where_there_is_a_database_to_read() -> None:
    from tests.test_architecture import imported_by

    code = "    import earwig.core.stores.sqlite.database, earwig.core.stores.sqlite.changes"
    assert imported_by(code).isdisjoint({"apsw", "sqlite3"})
    assert "apsw" in sys.modules
