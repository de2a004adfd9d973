"""What holds for a whole process is decided in one place; nothing of the reader's environment is changed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import earwig
from tests.conftest import Workspace
from tests.e2e.terminal import Terminal, clean_environment

PACKAGE = Path(earwig.__file__).parent
SWITCHES = {"gc": ["core/system/collecting.py"], "setswitchinterval": ["ui/app/run_browser.py"]}
CHANGES = {"setdefault", "update", "pop", "popitem", "clear"}
CHANGING_CALLS = {"os.putenv", "os.unsetenv"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in PACKAGE.rglob("*.py"):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_bytes())


def environment_changes(tree: ast.Module) -> list[str]:
    """Where a module changes `os.environ`, or could."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=changed) | ast.Delete(targets=changed):
                found += [ast.unparse(each) for each in changed]
            case ast.AugAssign(target=target):
                found.append(ast.unparse(target))
            case ast.Call(func=ast.Attribute(attr=name)) if name in CHANGES:
                found.append(ast.unparse(node.func))
            case ast.Call() if ast.unparse(node.func) in CHANGING_CALLS:
                found.append("os.environ")
    return [each for each in found if each.startswith("os.environ")]


@pytest.mark.parametrize(
    "source",
    [
        "os.environ['A'] = 'b'",
        "os.environ.setdefault('A', 'b')",
        "os.environ |= {'A': 'b'}",
        "del os.environ['A']",
        "os.putenv('A', 'b')",
    ],
)
def test_a_change_of_the_environment_would_be_seen(source: str) -> None:
    assert environment_changes(ast.parse(source))


def test_nothing_changes_the_environment() -> None:
    assert {name: found for name, tree in trees() if (found := environment_changes(tree))} == {}


@pytest.mark.parametrize("switch", SWITCHES)
def test_one_module_has_each_switch(switch: str) -> None:
    users = [
        name
        for name, tree in trees()
        if any(
            (isinstance(node, ast.Import) and any(alias.name == switch for alias in node.names))
            or (isinstance(node, ast.ImportFrom) and node.module == switch)
            or (isinstance(node, ast.Attribute) and node.attr == switch)
            for node in ast.walk(tree)
        )
    ]
    assert users == SWITCHES[switch]


STARTS = """
import gc, os, sys
from textual.app import App
from earwig.cli.main import main

def run(self, *, mouse):
    from textual import constants, screen
    print(constants.MAX_FPS, 1 / screen.UPDATE_PERIOD, gc.isenabled(), sys.getswitchinterval(),
          "TEXTUAL_FPS" in os.environ, flush=True)
    gc.enable()
    sys.setswitchinterval(0.005)

App.run = run
for arguments in ([], ["demo"], [sys.argv[1]], [f"telegram_alice:1~{sys.argv[2]}", "-w", sys.argv[1]]):
    main(arguments)
"""


def test_the_browser_starts_in_the_same_way_however_it_is_started(workspace: Workspace, home: Path) -> None:
    workspace.say("telegram_alice", "hello")
    environ = clean_environment(home, TMPDIR=str(home), ZEROCLAW_WORKSPACE=str(workspace.path))
    command = [sys.executable, "-c", STARTS, str(workspace.path), "0123456789"]
    with Terminal(command, environ=environ) as terminal:
        terminal.wait()
        lines = [line for line in terminal.screen() if line]
    assert lines == ["500 500.0 False 0.001 False"] * 4


def test_a_frame_rate_of_the_reader_s_own_is_kept() -> None:
    code = """
from earwig.ui.textual_compat.frame_rate import set_frame_rate
import os
set_frame_rate(500, os.environ)
from textual import constants
print(constants.MAX_FPS)
"""
    environ = {**os.environ, "TEXTUAL_FPS": "30"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "30\n"
