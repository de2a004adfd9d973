"""What is no database of the bot's is told for what it is, and never waited for."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State, Unreadable
from earwig.core.stores.sqlite.schema import Kind, read_schema
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, contents, refusal, state_of
from tests.this_system import bound_socket, make_pipe

# A blocked open is a failure, and soon.
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where nothing is yet."""
    return tmp_path / "sessions.db"


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A database of some pages, cleanly ended."""
    with closing(BotDatabase(tmp_path / "full")) as bot:
        for n in range(200):
            bot.append(KEY, "user", f"{n} " + "x" * 500)
    return bot.path


def test_nothing(path: Path) -> None:
    assert refusal(path).reason == "is not there"
    assert state_of(path) is State.MISSING
    assert state_of(path / "inside") is State.MISSING


def test_a_folder(path: Path) -> None:
    path.mkdir()
    assert (state_of(path), refusal(path).reason) == (State.KIND, "is a folder")


def test_a_pipe_and_a_socket(path: Path) -> None:
    make_pipe(path)
    assert refusal(path).reason == "is a named pipe"
    path.unlink()
    with bound_socket(path):
        assert refusal(path).reason == "is a socket"


def test_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")
    assert refusal(path).reason == "is a device"


def test_a_link_is_followed_and_the_wal_lies_beside_the_file_itself(path: Path, tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path / "elsewhere")) as bot:
        bot.append(KEY, "user", "in the -wal")
        path.symlink_to(bot.path)
        Path(f"{path}-wal").write_bytes(b"somebody else's")
        assert contents(path) == ["in the -wal"]


def test_a_link_to_nothing_and_in_a_circle(path: Path) -> None:
    path.symlink_to("nowhere")
    assert state_of(path) is State.LINK
    path.unlink()
    path.symlink_to(path.name)
    assert state_of(path) is State.LINK


def test_a_wal_that_is_no_file(full: Path) -> None:
    wal = Path(f"{full}-wal")
    make_pipe(wal)
    wal_of_no_size = contents(full)
    assert len(wal_of_no_size) == 200
    wal.unlink()
    wal.mkdir()
    (wal / "something").touch()
    assert refusal(full).reason == "has a -wal that is a folder"


def test_an_empty_file_is_a_database_without_tables(path: Path) -> None:
    path.touch()
    assert Database(path).read(read_schema).kind is Kind.EMPTY
    Path(f"{path}-wal").write_bytes(b"left over")  # SQLite removes it
    assert Database(path).read(read_schema).kind is Kind.EMPTY


@pytest.mark.parametrize("size", [1, 15, 16, 99])
def test_a_file_that_is_cut_within_its_header(full: Path, size: int) -> None:
    os.truncate(full, size)
    assert refusal(full).reason == "is cut off within its header"


@pytest.mark.parametrize("data", [b"\0", b"{}\n", b"SQLite format 2\0" * 9, bytes(5000), b"x" * 100_000])
def test_what_is_no_database(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert (state_of(path), refusal(path).reason) == (State.NOT_A_DATABASE, "is not a SQLite database")


def test_a_size_of_pages_that_cannot_be(full: Path) -> None:
    data = bytearray(full.read_bytes())
    data[16:18] = b"\x00\x07"
    full.write_bytes(data)
    assert state_of(full) is State.DAMAGED


def test_a_format_of_the_future(full: Path) -> None:
    data = bytearray(full.read_bytes())
    data[18:20] = b"\x07\x07"
    full.write_bytes(data)
    assert state_of(full) is State.UNKNOWN_FORMAT


def test_a_file_that_is_cut_in_the_middle_gives_what_it_has(full: Path) -> None:
    size = full.stat().st_size
    os.truncate(full, size // 2)
    database = Database(full)
    assert database.read(lambda snapshot: snapshot.missing) == size - size // 2
    found = contents(full)
    gaps = [text for text in found if text.startswith("[")]
    assert set(gaps) == {"[and those after it cannot be read: a page of the database is damaged]"}
    whole = [int(text.split()[0]) for text in found if text not in gaps]
    assert whole == sorted(whole)
    assert len(whole) > 50


def test_names_that_a_link_to_a_file_could_misread(tmp_path: Path) -> None:
    for name in ("a?mode=rw&b#c%41.db", "ünï.db", " .db"):
        with closing(sqlite3.connect(tmp_path / name)) as made:
            made.execute("CREATE TABLE t (x)")
        found = Database(tmp_path / name).read(lambda snapshot: snapshot.one("SELECT count(*) FROM t"))
        assert found == (0,)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.db"))
    (tmp_path / "ünï.db").rename(odd)
    assert Database(odd).read(lambda snapshot: snapshot.one("SELECT count(*) FROM t")) == (0,)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), size=st.integers(1, 6000))
def test_random_bytes_in_it_never_do_more_than_damage(full: Path, seed: int, size: int) -> None:
    """What is read is right, or told as damaged; nothing else is raised, and nothing hangs."""
    whole = full.read_bytes()
    dice = random.Random(seed)
    data = bytearray(whole)
    at = dice.randrange(100, len(data))
    data[at : at + size] = dice.randbytes(min(size, len(data) - at))
    other = full.with_name("damaged.db")
    other.write_bytes(data)
    found = []
    with suppress(Unreadable):
        found = contents(other)
    assert len(found) < 5000
