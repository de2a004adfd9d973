"""A database is read whatever state it is in, as any user, and nothing in its folder changes."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State, Unreadable
from tests.core.permissions import ordinary_user
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, contents, refusal, seen, state_of, untouched
from tests.this_system import is_root

EARLY, LATE = 20, 4
"""Messages that are in the database itself, and those that only its -wal has."""

ALL = [f"message {n}" for n in range(EARLY + LATE)]


def written(folder: Path) -> BotDatabase:
    """Some in the database, some in its -wal, the bot still there."""
    bot = BotDatabase(folder)
    bot.limit_wal(0)
    for n in range(EARLY):
        bot.append(KEY, "user", f"message {n}")
    bot.checkpoint()
    for n in range(EARLY, EARLY + LATE):
        bot.append(KEY, "user", f"message {n}")
    return bot


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    with closing(written(folder)) as bot:
        yield bot.path


@contextmanager
def stopped(folder: Path) -> Iterator[Path]:
    bot = written(folder)
    bot.close()
    yield bot.path


@contextmanager
def stopped_with_empty_wal(folder: Path) -> Iterator[Path]:
    bot = written(folder)
    bot.close()
    Path(f"{bot.path}-wal").touch()
    yield bot.path


@contextmanager
def crashed(folder: Path) -> Iterator[Path]:
    with closing(written(folder / "alive")) as bot:
        yield bot.crash_copy(folder / "crashed")


@contextmanager
def crashed_with_shm(folder: Path) -> Iterator[Path]:
    with closing(written(folder / "alive")) as bot:
        yield bot.crash_copy(folder / "crashed", shm=True)


@contextmanager
def checkpointed_with_old_frames(folder: Path) -> Iterator[Path]:
    """All copied to the database; then the -wal begins anew, with older frames behind."""
    with closing(BotDatabase(folder)) as bot:
        bot.limit_wal(0)
        for text in ALL[:-1]:
            bot.append(KEY, "user", text)
        bot.checkpoint("RESTART")
        bot.append(KEY, "user", ALL[-1])
        yield bot.path


@contextmanager
def with_a_write_lock(folder: Path) -> Iterator[Path]:
    with closing(written(folder)) as bot:
        bot.con.execute("BEGIN EXCLUSIVE")
        bot.append_row(KEY, "user", "not committed")
        yield bot.path
        bot.con.execute("ROLLBACK")


@contextmanager
def locked_for_good(folder: Path) -> Iterator[Path]:
    """`locking_mode=EXCLUSIVE`: no -shm at all."""
    bot = written(folder)
    bot.close()
    with closing(sqlite3.connect(bot.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        yield bot.path


@contextmanager
def of_the_old_way(folder: Path) -> Iterator[Path]:
    bot = written(folder)
    bot.con.execute("PRAGMA journal_mode = DELETE").fetchall()
    bot.close()
    yield bot.path


STATES = [
    running,
    stopped,
    stopped_with_empty_wal,
    crashed,
    crashed_with_shm,
    checkpointed_with_old_frames,
    with_a_write_lock,
    locked_for_good,
    of_the_old_way,
]
MakeState = Callable[[Path], AbstractContextManager[Path]]

states = pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)


@states
def test_each_state_gives_all_rows_and_is_left_as_it_was(state: MakeState, tmp_path: Path) -> None:
    with state(tmp_path) as path, untouched(tmp_path):
        assert contents(path) == ALL


@states
@pytest.mark.usefixtures("without_apsw")
def test_so_does_it_without_apsw(state: MakeState, tmp_path: Path) -> None:
    """One SQLite is here the bot's and ours, and closes late: so what is open is not looked at."""
    with state(tmp_path) as path:
        before = seen(tmp_path)
        assert contents(path) == ALL
        assert seen(tmp_path) == before


@states
def test_the_bot_goes_on_as_if_nobody_had_looked(state: MakeState, tmp_path: Path) -> None:
    """No lock is left: it can write, and end cleanly."""
    with state(tmp_path) as path:
        database = Database(path)
        assert database.read(lambda snapshot: snapshot.one("SELECT count(*) FROM sessions")) == (len(ALL),)
        if state in (with_a_write_lock, locked_for_good):
            return
        with closing(sqlite3.connect(path, timeout=0)) as writer:
            writer.execute("DELETE FROM sessions WHERE id = 1")
            writer.commit()
        assert contents(path) == ALL[1:]


def test_a_clean_end_leaves_nothing_behind_while_somebody_looks(tmp_path: Path) -> None:
    bot = written(tmp_path)
    database = Database(bot.path)
    assert database.read(lambda snapshot: snapshot.one("SELECT count(*) FROM sessions")) == (len(ALL),)
    bot.close()
    assert [path.name for path in bot.folder.iterdir()] == ["sessions.db"]
    assert database.read(lambda snapshot: snapshot.one("SELECT count(*) FROM sessions")) == (len(ALL),)


@contextmanager
def readable_by_all() -> Iterator[Path]:
    """A folder that another user can look into."""
    if not is_root():
        pytest.skip("only root can look as another user")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@states
def test_another_user_reads_all_rows_too(state: MakeState) -> None:
    with readable_by_all() as folder, state(folder) as path:
        before = seen(folder)
        with ordinary_user():
            assert contents(path) == ALL
        assert seen(folder) == before


def test_a_shm_that_may_not_be_read_is_not_needed() -> None:
    with readable_by_all() as folder, running(folder) as path:
        Path(f"{path}-shm").chmod(0)
        with ordinary_user():
            assert contents(path) == ALL


def test_a_wal_that_may_not_be_read_is_told() -> None:
    """Without it the newest messages would be missing, and nobody would know."""
    with readable_by_all() as folder, running(folder) as path:
        Path(f"{path}-wal").chmod(0)
        with ordinary_user():
            told = refusal(path)
    assert told.state is State.REFUSED
    assert told.reason == "has a -wal that cannot be read: permission denied"


def test_a_database_that_may_not_be_read_is_told() -> None:
    with readable_by_all() as folder, stopped(folder) as path:
        path.chmod(0)
        with ordinary_user():
            assert state_of(path) is State.REFUSED


def test_a_folder_that_nobody_may_write_to_is_enough(tmp_path: Path) -> None:
    with stopped(tmp_path) as path:
        path.chmod(0o444)
        path.parent.chmod(0o555)
        try:
            assert contents(path) == ALL
        finally:
            path.parent.chmod(0o755)


def test_a_write_in_the_old_way_is_waited_for(tmp_path: Path) -> None:
    """Its journal says that the database may be half written."""
    with of_the_old_way(tmp_path) as path:
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("PRAGMA cache_size = 1")
            writer.execute("PRAGMA cache_spill = 1")
            writer.execute("BEGIN EXCLUSIVE")
            writer.execute("UPDATE sessions SET content = content || hex(zeroblob(9000))")
            assert Path(f"{path}-journal").stat().st_size > 0
            assert state_of(path) is State.BUSY
            writer.execute("ROLLBACK")
        assert contents(path) == ALL


def test_a_journal_that_was_ended_is_nothing(tmp_path: Path) -> None:
    """`journal_mode=PERSIST` overwrites its head with zeros."""
    with of_the_old_way(tmp_path) as path:
        Path(f"{path}-journal").write_bytes(bytes(512))
        assert contents(path) == ALL


def test_a_new_database_has_no_rows_and_then_some(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        assert contents(bot.path) == []
        bot.append(KEY, "user", "first")
        assert contents(bot.path) == ["first"]


def test_a_replaced_and_a_deleted_file_are_followed(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path / "other")) as other, stopped(tmp_path) as path:
        other.append(KEY, "user", "another")
        database = Database(path)

        def count() -> object:
            return database.read(lambda snapshot: snapshot.one("SELECT count(*) FROM sessions"))

        assert count() == (len(ALL),)
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{other.path}{suffix}", f"{path}{suffix}.new")
            Path(f"{path}{suffix}.new").replace(f"{path}{suffix}")
        assert count() == (1,)
        path.unlink()
        with pytest.raises(Unreadable) as caught:
            count()
        assert caught.value.state is State.MISSING
