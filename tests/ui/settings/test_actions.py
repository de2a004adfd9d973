"""Every action is in the keys, the palette and the help, by whatever keys the reader wants for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from earwig.core.settings.settings import Settings
from earwig.ui.app.actions import declared_by, keys_of, kinds, title_of, whole_table
from earwig.ui.app.app import palette_provider
from earwig.ui.app.palette_commands import commands_for
from earwig.ui.widgets.key_bar import KeyBar
from tests.ui.browsing import Browser, browsing, talk
from tests.ui.drawn import drawn

TABLE = whole_table()
OURS = [kind for kind in dict.fromkeys(kinds()) if kind.__module__.startswith("earwig.")]
KEYS = {"transcript.newest": "f5,n", "app.help": "f1"}


def bindings_of(kind: type) -> list[object]:
    """All that a class declares, with an id or without."""
    return list(kind.__dict__.get("BINDINGS", ()))


def test_every_binding_says_what_it_is() -> None:
    found = [binding for kind in OURS for binding in bindings_of(kind)]
    assert len(found) > 30
    for binding in found:
        assert isinstance(binding, Binding)
        assert binding.id, binding
        assert binding.description, binding.id
        assert binding.tooltip, binding.id
        group, _, name = binding.id.partition(".")
        assert group.isidentifier(), binding.id
        assert name.isidentifier(), binding.id
        assert "[" not in binding.description + binding.tooltip, "the help panel reads markup there"


def test_no_id_is_there_twice() -> None:
    ids = [str(binding.id) for kind in OURS for binding in declared_by(kind)]
    assert sorted(ids) == sorted(set(ids))
    assert set(ids) == set(TABLE)


def test_no_two_actions_have_one_name() -> None:
    titles = [title_of(binding) for binding in TABLE.values()]
    named = [(title, binding.key) for title, binding in zip(titles, TABLE.values(), strict=True)]
    assert len(set(named)) == len(named), "what has one name for several is told apart by its keys"
    assert "transcript: go to the newest message, and follow" in titles


class Host(App[None]):
    """One widget with the bindings of a class, whatever that class takes to be made."""

    COMMANDS = {palette_provider}  # noqa: RUF012 - as Textual declares it

    def __init__(self, kind: type) -> None:
        super().__init__()
        self.done: list[str] = []
        declared = [binding for binding in bindings_of(kind) if isinstance(binding, Binding)]

        class Inner(Widget, can_focus=True):
            BINDINGS: ClassVar[list[BindingType]] = [
                Binding(
                    each.key,
                    f"app.do('{each.id}')",
                    each.description,
                    tooltip=each.tooltip,
                    id=each.id,
                    key_display=each.key_display,
                )
                for each in declared
            ]

        self.widget = Inner()

    def compose(self) -> ComposeResult:
        yield self.widget
        yield KeyBar()

    def action_do(self, name: str) -> None:
        self.done.append(name)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from commands_for(screen, {})


@pytest.mark.parametrize("kind", [kind for kind in OURS if bindings_of(kind)], ids=lambda kind: kind.__name__)
async def test_an_action_is_in_the_keys_the_palette_and_the_help(kind: type) -> None:
    app = Host(kind)
    async with app.run_test(size=(300, 100)) as pilot:
        app.widget.focus()
        await pilot.pause()
        commands = {(each.title, each.help): each for each in app.get_system_commands(app.screen)}
        app.action_show_help_panel()
        await pilot.pause()
        await pilot.pause()
        for binding in declared_by(kind):
            assert binding.id in {active.binding.id for active in app.active_bindings.values()}
            command = commands[title_of(binding), keys_of(binding, app, None)]
            assert command.help
            command.callback()
            await pilot.pause()
            assert app.done.pop() == binding.id
            rows = "\n".join(strip.text for strip in drawn(app.screen))
            assert f"{binding.description} " in rows
            first_words = " ".join(binding.tooltip.split()[:2])
            assert first_words in " ".join(rows.split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "telegram_alice.jsonl").write_bytes(talk(60))
    (tmp_path / "telegram_bob.jsonl").write_bytes(talk(4))
    return tmp_path


def is_following(browser: Browser) -> bool:
    return browser.view.following


async def choose(browser: Browser, *words: str) -> None:
    """Run a command of the palette."""
    await browser.pilot.press("ctrl+p")
    await browser.wait_for(lambda: isinstance(browser.app.screen, CommandPalette), "the palette")
    await browser.pilot.press(*" ".join(words))
    palette = browser.app.screen

    def is_found() -> bool:
        """Whether all that fits is in the list, and this the first of it."""
        gathers = any(worker.is_running for worker in browser.app.workers if worker.node is palette)
        found = palette.query_one(CommandList)
        if gathers or palette.query_one(Input).value != " ".join(words) or found.highlighted is None:
            return False
        return " ".join(words) in str(found.get_option_at_index(found.highlighted).prompt).lower()

    await browser.wait_for(is_found, "the command found")
    await browser.pilot.press("enter")
    await browser.wait_for(lambda: not isinstance(browser.app.screen, CommandPalette), "the palette closed")
    await browser.pilot.pause()


async def test_the_palette_acts_on_a_widget_without_the_focus(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("home")
        browser.app.browser.set_focus(browser.app.browser.sessions)
        await browser.pilot.pause()
        assert not is_following(browser)
        await choose(browser, "go to the newest message")
        assert is_following(browser)
        assert browser.view.has_focus


async def test_the_palette_does_what_asks_for_the_focus(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        browser.app.browser.set_focus(browser.app.browser.sessions)
        await browser.pilot.pause()
        await choose(browser, "transcript: go to a line by its number")
        await browser.expect_shown("1204 or 50%")


async def test_the_readers_keys_are_everywhere(folder: Path) -> None:
    async with browsing(folder, size=(160, 200), settings=Settings(keys=KEYS)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("home", "end")
        assert not is_following(browser), "the usual key does nothing any more"
        assert "f5 Follow" in browser.rows()[-1]
        await browser.pilot.press("n")
        assert is_following(browser)
        await browser.pilot.press("home", "f5")
        assert is_following(browser)
        commands = {c.title: c.help for c in browser.app.get_system_commands(browser.app.screen)}
        assert commands["transcript: go to the newest message, and follow"] == "f5 n"
        await browser.pilot.press("f1")
        await browser.wait_for(lambda: browser.app.screen.query("HelpPanel"), "the help")
        await browser.wait_for(lambda: any("f5 n" in row for row in browser.rows()), "the keys in the help")


async def test_a_key_that_looks_like_markup_is_shown_as_it_is(folder: Path) -> None:
    keys = {"transcript.newest": "[,b,]", "app.quit": "["}
    async with browsing(folder, settings=Settings(keys=keys)) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("ctrl+p", *"newest")
        await browser.expect_shown("go to the newest")
        await browser.expect_shown("[ b ]")


async def test_what_is_not_on_the_screen_is_not_in_the_palette(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        before = {command.title for command in browser.app.get_system_commands(browser.app.screen)}
        await browser.pilot.press("s")
        after = {command.title for command in browser.app.get_system_commands(browser.app.screen)}
        assert any(title.startswith("sessions: ") for title in before)
        assert not any(title.startswith(("sessions: ", "links: ", "go to: ")) for title in after)
        assert "Quit" not in after
        assert "Theme" in after
