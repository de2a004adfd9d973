"""What uses Textual's private parts was written for the Textual that is installed, and says what it does."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

from earwig.ui import textual_compat

MODULES = sorted(path for path in Path(textual_compat.__path__[0]).glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_each_module_says_why_for_which_version_and_what_happens_without_it(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    assert all(word in text for word in ("Why: ", "Private: ", "Without this module: "))
    assert f"Textual {version('textual')} " in text.replace("\n", " "), "look whether it is still needed"
