"""What an ordinary user may, for tests that run as root: root may read everything."""

from __future__ import annotations

import ctypes  # noqa: F401 - what is imported first by an ordinary user may not be theirs to read
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.this_system import is_root

NOBODY = 65534


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """An open folder, and none but an ordinary user's rights in this process."""
    root = is_root()
    _need_one(root)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        try:
            if root:
                _be(NOBODY)
            yield folder
        finally:
            if root:
                _be(0)


def _need_one(root: bool) -> None:
    if root and sys.platform != "linux":
        pytest.skip("root may read everything")
    if sys.platform == "win32":
        pytest.skip("Windows has no permissions of this kind")


def _be(user: int) -> None:
    if sys.platform == "linux":
        os.setresuid(user, user, 0)
