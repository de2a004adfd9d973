"""Small programs for a PATH of the test's own, which record what they were given."""

from __future__ import annotations

import os
from pathlib import Path

from tests.this_system import needs_scripts


class Programs:
    """A folder with programs; each writes what it reads to `NAME.data`, its arguments to `NAME.args`."""

    def __init__(self, folder: Path) -> None:
        needs_scripts()
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def add(self, name: str, *, script: str = "", status: int = 0, complaint: str = "") -> Path:
        """Make one; `script` is shell that it runs first."""
        path = self.folder / name
        path.write_text(
            f"#!/bin/sh\n{script}\n"
            f"for each; do printf '%s\\n' \"$each\"; done > '{path}.args'\n"
            f"cat > '{path}.new'\nmv '{path}.new' '{path}.data'\n"
            f"printf '%s' '{complaint}' >&2\nexit {status}\n"
        )
        path.chmod(0o755)
        return path

    def given(self, name: str) -> bytes:
        """What it was given."""
        return (self.folder / f"{name}.data").read_bytes()

    def was_run(self, name: str) -> bool:
        """Whether it was given anything."""
        return (self.folder / f"{name}.data").exists()

    def arguments(self, name: str) -> list[str]:
        """What it was called with."""
        return (self.folder / f"{name}.args").read_text().splitlines()

    def environ(self, **more: str) -> dict[str, str]:
        """An environment in which they and the system's own programs are found, and nothing else is known."""
        return {"PATH": os.pathsep.join([str(self.folder), "/usr/bin", "/bin"])} | more
