"""Opening: a regular file or a reason, never a wait; reading: every byte that is there."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwig.core.system import opening
from earwig.core.system.opening import CannotOpen, open_session, opened, read_at, reason_for_mode
from tests.this_system import bound_socket, make_pipe

posix = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="this system has no pipes and devices among files"
)

NAME = "session.jsonl"


def refusal(path: Path) -> CannotOpen:
    with pytest.raises(CannotOpen) as caught:
        os.close(open_session(path))
    return caught.value


def make_file(path: Path) -> None:
    path.write_bytes(b"someone else's\n")


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link_to_file(path: Path) -> None:
    target = path.with_name("target")
    make_file(target)
    path.symlink_to(target)


def make_link_to_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing")


def make_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def make_link_to_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_link_to_terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (make_folder, "is a folder"),
    (make_pipe, "is a named pipe"),
    (make_link_to_file, "is a symbolic link"),
    (make_link_to_folder, "is a symbolic link"),
    (make_link_to_nothing, "is a symbolic link"),
    (make_link_to_itself, "is a symbolic link"),
    (make_link_to_device, "is a symbolic link"),
    (make_link_to_terminal, "is a symbolic link"),
]


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The descriptors that were opened."""
    found: list[int] = []
    real_open = os.open

    def spy(path: Path, flags: int, *, dir_fd: int | None = None) -> int:
        fd = real_open(path, flags, dir_fd=dir_fd)
        found.append(fd)
        return fd

    monkeypatch.setattr(os, "open", spy)
    return found


def assert_closed(fds: list[int]) -> None:
    for fd in fds:
        with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
            os.fstat(fd)


def test_a_regular_file_opens_for_reading_only(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"a line\n")
    fd = open_session(tmp_path / NAME)
    try:
        assert read_at(fd, 100, 0) == b"a line\n"
        assert not os.get_inheritable(fd)
        with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
            os.write(fd, b"x")
    finally:
        os.close(fd)


@posix
@pytest.mark.parametrize(("make", "reason"), REFUSED)
def test_what_is_no_regular_file_is_not_even_opened(
    tmp_path: Path, opens: list[int], make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / NAME
    make(path)
    error = refusal(path)
    assert (error.reason, str(error), error.missing) == (reason, reason, False)
    assert opens == []
    assert reason_for_mode(path.lstat().st_mode) == reason


@posix
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is limited to some hundred bytes
    with bound_socket(Path(NAME)):
        assert refusal(Path(NAME)).reason == "is a socket"


@posix
def test_a_device_is_refused() -> None:
    assert refusal(Path("/dev/zero")).reason == "is a device"
    assert refusal(Path("/dev/null")).reason == "is a device"


@posix
@pytest.mark.parametrize(("make", "reason"), REFUSED)
def test_what_takes_a_files_place_at_the_last_moment_is_refused_and_closed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opens: list[int],
    make: Callable[[Path], None],
    reason: str,
) -> None:
    path = tmp_path / NAME
    make_file(path)
    spied_open = os.open

    def replace_then_open(name: Path, flags: int, *, dir_fd: int | None = None) -> int:
        path.unlink()
        make(path)
        return spied_open(name, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", replace_then_open)
    assert refusal(path).reason == reason
    assert_closed(opens)


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    make_file(tmp_path / NAME)
    for path in (tmp_path / "no.jsonl", tmp_path / "no" / NAME, tmp_path / NAME / "under a file"):
        error = refusal(path)
        assert (error.reason, error.missing) == ("is not there", True)


@posix
def test_a_path_that_leads_nowhere_says_why(tmp_path: Path) -> None:
    make_link_to_itself(tmp_path / "loop")
    assert refusal(tmp_path / "loop" / NAME).reason == "is behind a loop of symbolic links"
    assert refusal(tmp_path / ("x" * 300)).reason == "has a name that is too long"
    assert refusal(Path("a\0b")).reason == "has a name that no file can have"
    assert refusal(Path("a\ud800b")).reason == "has a name that no file can have"


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may read everything: be nobody for a while."""
    if sys.platform != "win32" and os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@posix
def test_a_file_that_may_not_be_read_says_so_until_it_may(tmp_path: Path) -> None:
    make_file(tmp_path / NAME)
    tmp_path.chmod(0o755)
    folder = os.open(tmp_path, os.O_RDONLY)  # the folders above are closed to others
    try:
        (tmp_path / NAME).chmod(0)
        with without_privileges(), pytest.raises(CannotOpen, match=r"^cannot be read: permission denied$"):
            open_session(Path(NAME), dir_fd=folder)
        (tmp_path / NAME).chmod(0o644)
        with without_privileges():
            os.close(open_session(Path(NAME), dir_fd=folder))
    finally:
        os.close(folder)


def test_a_name_that_is_not_utf_8_opens(tmp_path: Path) -> None:
    try:
        path = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
        make_file(path)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes UTF-8 only")
    with opened(path) as fd:
        assert read_at(fd, 7, 0) == b"someone"


def test_the_descriptor_is_closed_however_reading_ends(tmp_path: Path, opens: list[int]) -> None:
    make_file(tmp_path / NAME)
    with opened(tmp_path / NAME) as fd:
        os.fstat(fd)
    with pytest.raises(KeyError), opened(tmp_path / NAME):
        raise KeyError
    assert len(opens) == 2
    assert_closed(opens)


@given(
    data=st.binary(max_size=200),
    size=st.integers(0, 300),
    offset=st.integers(0, 300),
    most=st.integers(1, 100),
    seek=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example writes its own file
def test_reads_that_are_cut_short_are_completed(
    tmp_path: Path, data: bytes, size: int, offset: int, most: int, seek: bool
) -> None:
    (tmp_path / NAME).write_bytes(data)
    read = opening._seek_and_read if seek else opening._read_once

    def read_a_little(fd: int, size: int, offset: int) -> bytes:
        got: bytes = read(fd, min(size, most), offset)
        return got

    with pytest.MonkeyPatch.context() as patch, opened(tmp_path / NAME) as fd:
        patch.setattr(opening, "_read_once", read_a_little)
        assert read_at(fd, size, offset) == data[offset : offset + size]


def test_a_read_that_fails_is_told_like_an_open_that_fails(tmp_path: Path) -> None:
    make_file(tmp_path / NAME)
    with opened(tmp_path / NAME) as fd:
        pass
    with pytest.raises(CannotOpen, match=f"^cannot be read: {os.strerror(errno.EBADF)}$"):
        read_at(fd, 1, 0)
