"""What other systems lack is not needed where they have no use for it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import SECONDS, Workspace

WITHOUT = """
import importlib, os, pkgutil, signal, socket, select, sys
import asyncio, sqlite3, subprocess, textual.app, textual.pilot, textual.widgets  # as they are here

for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for owner, names in (
    (os, "fork killpg nice geteuid register_at_fork tcgetpgrp sched_getaffinity sched_setaffinity pread"),
    (os, "mkfifo O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK"),
    (signal, "SIGHUP SIGQUIT SIGCHLD SIGSTOP SIGTSTP SIGCONT SIGUSR1 SIGWINCH pthread_sigmask"),
    (socket, "send_fds recv_fds"),
    (select, "poll"),
):
    for name in names.split():
        vars(owner).pop(name, None)
sys.platform = "win32"
import earwig
for module in pkgutil.walk_packages(earwig.__path__, "earwig."):
    if module.name not in ("earwig.__main__", "earwig.ui.textual_compat.unix_driver"):
        importlib.import_module(module.name)
from earwig.cli.main import main
for command in sys.argv[1:]:
    assert main(command.split()) == 0, command
"""
"""Runs commands in a process that has what Windows has, as far as earwig can see."""


def test_every_module_but_one_can_be_imported_and_each_command_works(workspace: Workspace) -> None:
    workspace.say("telegram_alice", "a needle")
    folder = workspace.path
    commands = [
        "config",
        *(f"{command} {folder}" for command in ("list --count", "stats", "check")),
        f"show telegram_alice -w {folder}",
        f"search needle {folder}",
        f"export {workspace.file('telegram_alice')} -o {folder}/alice.md",
    ]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *commands],
        env={"HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "keys." in done.stdout
    assert done.stdout.count("a needle") == 2
    assert "a needle" in (folder / "alice.md").read_text()
