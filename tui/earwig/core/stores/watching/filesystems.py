"""Tells which folders another machine may write to: of these the kernel does not tell every change."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
"""Linux's table of mounts (proc(5)). Other systems have none; there, no folder counts as shared."""

_SHARED = frozenset(
    {
        # Over a network, or shared by a cluster.
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "coda", "lustre", "gfs2", "ocfs2"),
        *("ncpfs", "gpfs", "beegfs", "orangefs"),
        # Given to a virtual machine, or a container, by its host.
        *("9p", "virtiofs", "vboxsf", "prl_fs", "drvfs", "fakeowner"),
    }
)
"""Types of file systems that tell what this machine does, but not what others do.

Not among them: `fuseblk`, a local disk with a driver outside the kernel; `overlay` and `ecryptfs`, which lie
over a local one and are written to through themselves. All else that is `fuse` may come from anywhere.
"""


def is_shared(folder: Path, mounts: bytes | None = None) -> bool:
    """Return whether a folder may change without a notification; False where nothing is known.

    `mounts` is a table like `/proc/self/mountinfo`; None: the system's own.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_bytes()
        except OSError:
            return False
    kind = _type_of(os.fsencode(os.path.realpath(folder)), mounts)
    return kind in _SHARED or kind == "fuse" or kind.startswith("fuse.")


def _type_of(place: bytes, mounts: bytes) -> str:
    """The type of the file system in which a place lies: the longest mount point above it, mounted last."""
    longest, found = b"", ""
    for point, kind in _mounted(mounts):
        inside = place == point or place.startswith(point.rstrip(b"/") + b"/")
        if inside and len(point) >= len(longest):
            longest, found = point, kind
    return found


def _mounted(mounts: bytes) -> Iterator[tuple[bytes, str]]:
    """Mount points and types, in the table's order; a line that is none is left out."""
    for line in mounts.split(b"\n"):
        before, separator, after = line.partition(b" - ")
        fields, kind = before.split(b" "), after.split(b" ")[0]
        if separator and len(fields) > 4:
            yield _unescaped(fields[4]), kind.decode("ascii", "replace")


def _unescaped(field: bytes) -> bytes:
    """With the characters for `\\040` and its like, which few mount points have."""
    if b"\\" not in field:
        return field
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8) & 0xFF]), field)
