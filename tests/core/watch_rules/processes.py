"""What runs on this machine."""

from __future__ import annotations

from pathlib import Path

from tests.this_system import needs_process_list


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be asked for its status does not."""
    needs_process_list()
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
