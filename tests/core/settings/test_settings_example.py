"""The README's example of a settings file: it is what it says, and shows all there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from earwig.core.settings.settings import COLOURED, SORTS
from earwig.core.settings.settings_rules import RULES
from earwig.core.settings.settings_source import Source, load_settings

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture
def example() -> str:
    found = re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_all_of_it_is_right(example: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(example, encoding="utf-8")
    loaded = load_settings({"EARWIG_CONFIG": str(tmp_path / "config.toml")})
    assert loaded.problems == ()
    assert set(loaded.sources.values()) == {Source.FILE}
    assert loaded.settings.keys
    assert loaded.settings.colours
    assert [each.name for each in loaded.settings.redact_patterns] == ["order number"]
    assert [each.name for each in loaded.settings.watch] == ["money", "rule 2"]


def test_it_shows_every_setting(example: str) -> None:
    assert list(tomllib.loads(example)) == [
        *(rule.name for rule in RULES),
        "keys",
        "colors",
        "redact",
        "watch",
    ]
    for word in (*SORTS, *COLOURED):
        assert word in example


def test_its_keys_and_theme_are_the_browsers(example: str, tmp_path: Path) -> None:
    from earwig.ui.app.own_settings import problems_of

    (tmp_path / "config.toml").write_text(example, encoding="utf-8")
    assert problems_of(load_settings({"EARWIG_CONFIG": str(tmp_path / "config.toml")})) == []
