"""No message keeps the browser from answering keys, however long or intricate it is."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Workspace
from tests.data.bombs import BOMBS
from tests.data.hostile_sessions import line
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.terminal_bytes import harm

PARTS = 3
MEMORY = 300_000
"""Kilobytes."""


@pytest.mark.parametrize("part", range(PARTS))
def test_keys_are_answered_beside_every_bomb(workspace: Workspace, part: int) -> None:
    names = sorted(BOMBS)[part::PARTS]
    for age, name in enumerate(names):
        calm = line("user", f"calm before {name}")
        data = calm + line(*BOMBS[name]()) + line("user", f"calm after {name}")
        workspace.write(name, data, age=10 + 10 * age)
    with Terminal(
        earwig(workspace.path), rows=16, columns=100, environ=clean_environment(workspace.path.parent)
    ) as terminal:
        for place, name in enumerate(names):
            if place:
                terminal.press("tab", "tab", "down", "escape")
            terminal.wait_for(partial(titled, name), what=f"the title of {name}")
            terminal.wait_for(partial(said, f"calm after {name}"), what=f"the end of {name}")
            terminal.press("home")
            terminal.wait_for(partial(said, f"calm before {name}"), what=f"the beginning of {name}")
            terminal.press("pagedown", "v", "v", "end")
            terminal.wait_for(partial(said, f"calm after {name}"), what=f"the end of {name} again")
            terminal.press("K", "enter")
            terminal.wait_for("bytes at offset", what=f"the bytes of {name}")
            terminal.press("x", "end", "x", "escape", "end")
            terminal.wait_for(partial(said, f"calm after {name}"), what=f"{name} behind its bytes")
        assert memory_of(terminal) < MEMORY
        terminal.press("q")
        assert terminal.wait() == 0
        assert harm(terminal.raw) == []


def titled(name: str, screen: list[str]) -> bool:
    return f"─ {name} ─" in screen[0]


def said(text: str, screen: list[str]) -> bool:
    return any(text in row[36:] for row in screen)


def memory_of(terminal: Terminal) -> int:
    """The most memory that it ever had, in kilobytes."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    return int(next(row for row in status.splitlines() if row.startswith("VmHWM")).split()[1])
