"""What an ordinary user may, for tests that run as root: root may read everything."""

from __future__ import annotations

import ctypes  # noqa: F401 - what is imported first by an ordinary user may not be theirs to read
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """An open folder, and none but an ordinary user's rights in this process."""
    root = os.getuid() == 0
    if root and not hasattr(os, "setresuid"):
        pytest.skip("root may read everything")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        try:
            if root:
                os.setresuid(NOBODY, NOBODY, 0)
            yield folder
        finally:
            if root:
                os.setresuid(0, 0, 0)
