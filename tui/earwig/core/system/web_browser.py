"""Starts the system's web browser, which gets nothing of this program's terminal."""

from __future__ import annotations

import subprocess
import sys


def open_address(address: str) -> None:
    """Open an address in a new tab, and wait until the browser or what called it has ended.

    Through Python's own command, as a process of its own: a browser says much on its output, which would be
    drawn over the screen. In a session of its own, so that the terminal is out of its reach altogether.
    Isolated (`-I`): no module of the folder that one happens to be in. No shell sees the address.

    Raises `OSError` if no process can be started.
    """
    subprocess.run(
        [sys.executable, "-I", "-m", "webbrowser", "-t", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
