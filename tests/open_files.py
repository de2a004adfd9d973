"""Which files this process has open; not how many: threads of earlier tests may still close theirs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tests.this_system import handles


def is_open(path: Path) -> bool:
    """Whether a handle on the file is open in this process."""
    status = path.stat()
    for handle in handles():
        with suppress(OSError):  # the one that listed them
            found = os.fstat(handle)
            if (found.st_dev, found.st_ino) == (status.st_dev, status.st_ino):
                return True
    return False
