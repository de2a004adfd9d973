"""Makes the manual page of what the package is built from; all else is in pyproject.toml."""

from __future__ import annotations

import sys
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent
PAGE = Path("build", "man", "earwig.1")


def make_page(folder: Path) -> None:
    """Write what `earwig man` prints."""
    sys.path.insert(0, str(ROOT / "tui"))
    from earwig.cli.man_command import page

    target = folder / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(page()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make_page(ROOT)
    setup(data_files=[("share/man/man1", [PAGE.as_posix()])])
