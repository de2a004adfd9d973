"""What of a -wal counts: whole commits with their checksums and salts, as SQLite itself would take them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from earwig.core.stores.sqlite.checksum import add_up
from earwig.core.stores.sqlite.database import Database
from earwig.core.stores.sqlite.faults import State
from earwig.core.stores.sqlite.wal import FRAME_HEADER, WAL_HEADER, WalIndex
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY, contents, refusal

PAGE = 4096
FRAME = FRAME_HEADER + PAGE


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """Left by a kill: some messages in the database, each later one in two commits of the -wal."""
    with closing(BotDatabase(tmp_path / "alive")) as bot:
        bot.limit_wal(0)
        for n in range(5):
            bot.append(KEY, "user", f"old {n}")
        bot.checkpoint()
        for n in range(6):
            bot.append(KEY, "user", f"new {n} " + "x" * 1500 * n)
        return bot.crash_copy(tmp_path / "crashed")


def as_sqlite_reads(path: Path, folder: Path) -> list[str]:
    """The contents that SQLite's own recovery gives, of a copy."""
    folder.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", folder / f"copy.db{suffix}")
    with closing(sqlite3.connect(folder / "copy.db")) as connection:
        return [row[0] for row in connection.execute("SELECT content FROM sessions ORDER BY id")]


@example(data=b"\xff" * 65536, sums=((1 << 32) - 1, (1 << 32) - 1), big=False)
@example(data=bytes(range(256)) * 16, sums=(1, 2), big=False)
@given(data=st.binary(max_size=600), sums=st.tuples(*[st.integers(0, (1 << 32) - 1)] * 2), big=st.booleans())
def test_the_checksum_is_that_of_the_format(data: bytes, sums: tuple[int, int], big: bool) -> None:
    data = data[: len(data) // 8 * 8]
    s0, s1 = sums
    for place in range(0, len(data), 8):
        even, odd = struct.unpack_from(">2I" if big else "<2I", data, place)
        s0 = (s0 + even + s1) % (1 << 32)
        s1 = (s1 + odd + s0) % (1 << 32)
    assert add_up(data, sums, big=big) == (s0, s1)


@pytest.mark.parametrize("shm", [False, True], ids=["no shm", "shm"])
def test_a_wal_that_is_cut_anywhere_gives_its_whole_commits(crashed: Path, tmp_path: Path, shm: bool) -> None:
    wal = Path(f"{crashed}-wal")
    whole = wal.read_bytes()
    if shm:
        Path(f"{crashed}-shm").write_bytes(bytes(32768))
    places = {0, 10, WAL_HEADER, len(whole) - 1, len(whole)}
    places |= {
        WAL_HEADER + n * FRAME + more for n in range(0, len(whole) // FRAME, 3) for more in (0, 9, 24, 2000)
    }
    for number, size in enumerate(sorted(places)):
        wal.write_bytes(whole[:size])
        assert contents(crashed) == as_sqlite_reads(crashed, tmp_path / str(number)), size


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 80_000), change=st.integers(1, 255))
def test_a_wrong_byte_anywhere_is_as_sqlite_takes_it(crashed: Path, place: int, change: int) -> None:
    """With a -shm a frame is checked only when its page is used; what is seen still is of whole commits."""
    wal = Path(f"{crashed}-wal")
    whole = bytearray(wal.read_bytes())
    folder = crashed.parent / "tries"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / "sessions.db"
    shutil.copyfile(crashed, path)
    whole[place % len(whole)] ^= change
    Path(f"{path}-wal").write_bytes(whole)
    expected = as_sqlite_reads(path, folder / "copy")
    assert contents(path) == expected
    Path(f"{path}-shm").write_bytes(bytes(32768))
    assert contents(path)[: len(expected)] == expected


def test_a_frame_that_is_damaged_ends_what_counts_also_where_the_shm_is_there(
    crashed: Path, tmp_path: Path
) -> None:
    """If its page is needed, all of the -wal is checked, and what is behind that frame is dropped."""
    wal = Path(f"{crashed}-wal")
    whole = wal.read_bytes()
    Path(f"{crashed}-shm").write_bytes(bytes(32768))
    with wal.open("rb") as file:
        index = WalIndex().taken_in(file.fileno(), PAGE)
    everything = contents(crashed)
    shorter = 0
    for at in set(index.pages.values()) - index.checked:
        damaged = bytearray(whole)
        damaged[at + FRAME_HEADER + 100] ^= 1
        wal.write_bytes(damaged)
        expected = as_sqlite_reads(crashed, tmp_path / str(at))
        found = contents(crashed)
        assert found in (expected, everything)
        shorter += len(found) < len(everything)
    assert shorter


def test_frames_of_before_the_wal_began_anew_do_not_count(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.limit_wal(0)
        for n in range(20):
            bot.append(KEY, "user", f"{n}")
        bot.checkpoint("RESTART")
        bot.remove_last(KEY)
        assert contents(bot.path) == [f"{n}" for n in range(19)]
        wal = Path(f"{bot.path}-wal")
        with wal.open("rb") as file:
            index = WalIndex().taken_in(file.fileno(), PAGE)
        assert index.end < wal.stat().st_size / 2


def test_what_is_taken_in_later_is_only_what_is_new(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.append(KEY, "user", "one")
        with Path(f"{bot.path}-wal").open("rb") as file:
            first = WalIndex().taken_in(file.fileno(), PAGE)
            assert first.taken_in(file.fileno(), PAGE) is first
            bot.append(KEY, "user", "two")
            second = first.taken_in(file.fileno(), PAGE)
            assert second.end > first.end
            assert second.pages == WalIndex().taken_in(file.fileno(), PAGE).pages
            bot.con.execute("BEGIN")
            bot.append_row(
                KEY, "user", "x" * 20_000_000
            )  # more than its cache holds: it is written before the end
            assert second.taken_in(file.fileno(), PAGE) is second
            bot.con.execute("ROLLBACK")
            bot.append(KEY, "user", "three")
            third = second.taken_in(file.fileno(), PAGE)
            assert third.end > second.end
        assert contents(bot.path) == ["one", "two", "three"]


def test_pages_of_another_size(tmp_path: Path) -> None:
    for size in (512, 1024, 65536):
        folder = tmp_path / str(size)
        folder.mkdir()
        with closing(sqlite3.connect(folder / "x.db", isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size = {size}")
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            connection.execute("CREATE TABLE t (x)")
            connection.executemany("INSERT INTO t VALUES (?)", [("y" * 3000,)] * 50)
            assert os.path.getsize(folder / "x.db-wal") > 0  # noqa: PTH202 - beside it, not it
            found = Database(folder / "x.db").read(
                lambda snapshot: snapshot.one("SELECT sum(length(x)) FROM t")
            )
            assert found == (150_000,)


def test_a_wal_of_another_database_is_told(crashed: Path) -> None:
    wal = Path(f"{crashed}-wal")
    head = bytearray(wal.read_bytes()[:WAL_HEADER])
    head[8:12] = (1024).to_bytes(4, "big")
    big = bool(head[3] & 1)
    head[24:32] = struct.pack(">2I", *add_up(bytes(head[:24]), (0, 0), big=big))
    wal.write_bytes(head + bytes(5000))
    assert refusal(crashed).state is State.DAMAGED
    head[4:8] = (9999999).to_bytes(4, "big")
    head[24:32] = struct.pack(">2I", *add_up(bytes(head[:24]), (0, 0), big=big))
    wal.write_bytes(head + bytes(5000))
    assert refusal(crashed).state is State.UNKNOWN_FORMAT


@pytest.mark.parametrize("data", [b"x", b"x" * 32, bytes(100_000), b"\xff" * 100_000])
def test_a_wal_of_anything_else_counts_for_nothing(crashed: Path, data: bytes) -> None:
    Path(f"{crashed}-wal").write_bytes(data)
    assert contents(crashed) == [f"old {n}" for n in range(5)]
