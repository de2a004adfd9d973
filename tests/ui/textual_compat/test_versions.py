"""What uses Textual's private parts was written for the Textual that is installed, and says what it does."""

from __future__ import annotations

import ast
import importlib
from importlib.metadata import version
from pathlib import Path

import pytest
from textual.widget import Widget

from earwig.ui import textual_compat
from earwig.ui.textual_compat.private_use import (
    PrivateUse,
    has,
    loaded_uses,
    public_only,
    words_on_missing,
)

MODULES = sorted(
    path
    for path in Path(textual_compat.__path__[0]).glob("*.py")
    if path.stem not in ("__init__", "private_use")
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_each_module_says_why_for_which_version_and_what_happens_without_it(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    assert all(word in text for word in ("Why: ", "Private: ", "Without this module: "))
    assert f"Textual {version('textual')} " in text.replace("\n", " "), "look whether it is still needed"
    if path.stem == "unix_driver":
        pytest.importorskip("termios", reason="Textual has another driver for Windows")
    use = importlib.import_module(f"earwig.ui.textual_compat.{path.stem}").USE
    assert version("textual") in use.tried
    assert use.earns
    assert use.is_there()
    assert use.works
    with public_only():
        assert not use.works


def test_a_name_that_is_gone_is_seen_and_told() -> None:
    use = PrivateUse("some trick", "speed", lambda: has(Widget, "_no_such_name"))
    assert not use.works
    assert words_on_missing(loaded_uses()) is None
    assert (words_on_missing([*loaded_uses(), use]) or "").endswith("It goes on without: some trick.")


@pytest.mark.parametrize("name", ["_size", "_render", "_layout_updates"])
def test_a_name_may_be_a_method_or_be_set_at_the_start(name: str) -> None:
    assert has(Widget, name)
