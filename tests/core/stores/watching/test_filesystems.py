"""File systems that do not tell of all that happens on them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.stores.watching import filesystems
from earwig.core.stores.watching.filesystems import is_shared


def row(point: str, kind: str, *, options: str = "shared:1", number: int = 30) -> str:
    fields = " ".join(filter(None, [str(number), "24", "0:27", "/", point, "rw,relatime", options]))
    return f"{fields} - {kind} server:/export rw,vers=4.2\n"


ROOT = row("/", "ext4")


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuse.sshfs", "fuse.rclone", "virtiofs", "ceph", "vboxsf"],
)
def test_what_others_may_write_to(kind: str) -> None:
    mounts = (ROOT + row("/mnt/bot", kind)).encode()
    assert is_shared(Path("/mnt/bot"), mounts)
    assert is_shared(Path("/mnt/bot/workspace/sessions"), mounts)
    assert not is_shared(Path("/mnt/bottle"), mounts)
    assert not is_shared(Path("/mnt"), mounts)


@pytest.mark.parametrize(
    "kind", ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "fuseblk", "ecryptfs", "vfat", "fusectl"]
)
def test_what_only_this_machine_writes_to(kind: str) -> None:
    assert not is_shared(Path("/mnt/bot/sessions"), (ROOT + row("/mnt/bot", kind)).encode())


def test_the_longest_mount_point_wins_whatever_the_order() -> None:
    rows = [ROOT, row("/home", "nfs4"), row("/home/alice", "ext4"), row("/home/alice/far", "fuse.sshfs")]
    for table in (rows, rows[::-1]):
        mounts = "".join(table).encode()
        assert is_shared(Path("/home/bob"), mounts)
        assert not is_shared(Path("/home/alice/sessions"), mounts)
        assert is_shared(Path("/home/alice/far/sessions"), mounts)


def test_what_was_mounted_last_at_a_place_hides_what_was_there_before() -> None:
    automatic = row("/net/bot", "autofs")
    assert is_shared(Path("/net/bot"), (ROOT + automatic + row("/net/bot", "nfs4")).encode())
    assert not is_shared(Path("/net/bot"), (ROOT + row("/net/bot", "nfs4") + row("/net/bot", "xfs")).encode())


def test_the_root_itself_may_be_shared() -> None:
    assert is_shared(Path("/home/bot"), row("/", "nfs").encode())


def test_any_number_of_optional_fields() -> None:
    for options in ("", "shared:1", "shared:1 master:2 propagate_from:3 unbindable"):
        assert is_shared(Path("/mnt/bot"), row("/mnt/bot", "9p", options=options).encode())


def test_mount_points_are_escaped() -> None:
    mounts = (ROOT + row(r"/mnt/my\040bot\134s\011\012", "cifs")).encode()
    assert is_shared(Path("/mnt/my bot\\s\t\n/sessions"), mounts)
    assert not is_shared(Path("/mnt/my"), mounts)


def test_a_link_is_followed_to_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    mounts = (ROOT + row(str((tmp_path / "far").resolve()), "nfs")).encode()
    assert is_shared(tmp_path / "near", mounts)


@given(
    st.binary(max_size=80)
    | st.lists(st.sampled_from([b" ", b"-", b" - ", b"\n", b"/", b"nfs", b"\\0"])).map(b"".join)
)
def test_any_table_is_read(mounts: bytes) -> None:
    assert is_shared(Path("/mnt/bot"), mounts) in (True, False)


def test_a_system_without_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesystems, "_MOUNTS", tmp_path / "nothing")
    assert not is_shared(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the table")
def test_the_systems_own_table_knows_its_file_systems() -> None:
    assert filesystems._type_of(b"/proc/self", filesystems._MOUNTS.read_bytes()) == "proc"
