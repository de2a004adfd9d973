"""A process that would not end by itself."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """\
import time
from earwig.core.ending import end_within
end_within({seconds}, 143)
{rest}
"""


def status_of(seconds: float, rest: str) -> int:
    program = PROGRAM.format(seconds=seconds, rest=rest)
    return subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode


def test_what_hangs_is_ended_with_the_status() -> None:
    assert status_of(0.1, "time.sleep(60)") == 143


def test_what_ends_in_good_order_is_not_waited_for() -> None:
    assert status_of(60, "raise SystemExit(7)") == 7
