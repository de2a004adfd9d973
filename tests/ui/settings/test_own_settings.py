"""Settings that only the browser can judge, and how it tells what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.settings.settings import Settings
from earwig.core.settings.settings_source import Loaded, load_settings
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.text.safe_text import clean
from earwig.ui.app.app import EarwigApp
from earwig.ui.app.own_settings import is_key, problems_of, usable
from earwig.ui.rendering.palette import Palette, contrast
from tests.data.hostile import HOSTILE
from tests.ui.browsing import Browser, browsing, listed, talk


def loaded(tmp_path: Path, text: str, **environ: str) -> Loaded:
    path = tmp_path / "c.toml"
    path.write_text(text)
    return load_settings({"EARWIG_CONFIG": str(path), **environ})


@pytest.mark.parametrize(
    "name",
    [
        "G",
        "g",
        "?",
        "question_mark",
        "f5",
        "ctrl+g",
        "shift+left",
        "ctrl+shift+up",
        "pageup",
        "comma",
        "minus",
    ],
)
def test_keys_that_there_are(name: str) -> None:
    assert is_key(name)


@pytest.mark.parametrize(
    "name", ["", "ende", "ctrl+", "strg+g", "control+g", "End", "C-x", "f99", "[/x]", "\x1b"]
)
def test_keys_that_there_are_not(name: str) -> None:
    assert not is_key(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 'nrod'", 'line 1: there is no theme "nrod"; did you mean nord?'),
        ("[keys]\n'transcript.newset' = 'x'", 'line 2: there is no action "transcript.newset"; did you mean'),
        (
            "[keys]\n'transcript.newest' = 'ende'",
            'line 2: transcript.newest is "ende"; it may be keys such as',
        ),
        (
            "[keys]\n'transcript.newest' = 'w'",
            "line 2: transcript.newest has the key of transcript.wrap now; give that another one",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, said: str, tmp_path: Path) -> None:
    (sentence,) = problems_of(loaded(tmp_path, text))
    assert sentence.startswith(f"{tmp_path / 'c.toml'}, {said}")


def test_what_is_right_is_not(tmp_path: Path) -> None:
    keys = "'transcript.newest' = 'w'\n'transcript.wrap' = 'f7'\n'transcript.up' = 'f8'"
    text = f"theme = 'nord'\n[keys]\n{keys}"
    settings = loaded(tmp_path, text)
    assert problems_of(settings) == []
    assert usable(settings) == settings.settings


def test_what_the_browser_cannot_use_is_as_usual(tmp_path: Path) -> None:
    settings = usable(
        loaded(tmp_path, "theme = 'x'\n[keys]\n'transcript.newest' = 'G,ende'\n'app.quit' = 'Q'")
    )
    assert settings == Settings(keys={"app.quit": "Q"})


def test_a_theme_of_the_environment_is_told_by_its_variable(tmp_path: Path) -> None:
    (sentence,) = problems_of(loaded(tmp_path, "", EARWIG_THEME="nrod"))
    assert sentence.startswith('EARWIG_THEME: there is no theme "nrod"')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_alice.jsonl").write_bytes(talk(4))
    return tmp_path


async def test_the_browser_starts_and_tells(folder: Path) -> None:
    settings = loaded(folder, "width = 3\ntheme = 'x'\n[keys]\na = 'b'\nc = 'ende'\n")
    store = FolderStore([folder])
    app = EarwigApp(store, listed(store), settings=usable(settings), problems=lambda: problems_of(settings))
    async with app.run_test() as pilot:
        browser = Browser(app, pilot, folder)
        await browser.wait_for(browser.notifications, "a notification")
        (text,) = browser.notifications()
        assert "line 1: width is 3; it may be a whole number from 20 to 1000" in text
        assert 'there is no theme "x"' in text
        assert "and 1 more" in text
        assert "`earwig config`" in text
        await browser.expect_shown("question 2")


@pytest.mark.parametrize("name", ["markup-close", "csi-clear-screen"])
async def test_a_hostile_file_is_told_of_as_text(name: str, folder: Path) -> None:
    text = HOSTILE.get(name, "[/x] [@click=app.quit]q[/]")
    quoted = '"' + "".join(f"\\u{ord(char):04x}" for char in text) + '"'
    settings = loaded(folder, f"theme = {quoted}\n{quoted} = 1\n[keys]\n{quoted} = 'x'\n")
    store = FolderStore([folder])
    app = EarwigApp(store, listed(store), settings=usable(settings), problems=lambda: problems_of(settings))
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        browser = Browser(app, pilot, folder)
        await browser.wait_for(browser.notifications, "a notification")
        for told in browser.notifications():
            assert told == clean(told)
        await browser.expect_shown("Settings that are not used")


async def test_the_readers_colours_hold_in_every_theme_and_can_be_read(folder: Path) -> None:
    from textual.color import Color

    colours = {"user": "#ff0000", "bad": "#ffff00"}
    async with browsing(folder, settings=Settings(colours=colours)) as browser:
        looks: list[Palette] = []
        for theme in ("textual-dark", "textual-light"):
            browser.app.theme = theme
            await browser.pilot.pause()
            looks.append(browser.view.cache.palette)
        for palette in looks:
            for style in (palette.user, palette.bad):
                assert style.color is not None
                assert style.bgcolor is not None
                text, ground = map(Color.from_rich_color, (style.color, style.bgcolor))
                assert contrast(text, ground) >= 4.5
                assert text.r > text.b + 60
        assert looks[0].assistant != looks[0].user


async def test_times_are_in_the_zone_that_is_wanted(folder: Path) -> None:
    for settings, words in ((Settings(time="utc"), "seen 22:13Z"), (Settings(), "seen 22:13")):
        async with browsing(folder, now=1_700_000_000.0, settings=settings) as browser:
            await browser.wait_for_counts()
            with (folder / "telegram_alice.jsonl").open("ab") as file:
                file.write(talk(1, start=9))
            await browser.expect_shown("question 9")
            await browser.expect_shown(words)
            assert any(row.rstrip("┃│ ").endswith(words) for row in browser.rows())
