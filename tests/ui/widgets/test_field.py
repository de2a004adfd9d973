"""Fields take what keyboards send, whatever the language, and no letter of a key with Alt."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.events import Key

from earwig.ui.widgets.field import TypedInput, is_written


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield TypedInput(select_on_focus=False)

    @property
    def field(self) -> TypedInput:
        return self.query_one(TypedInput)


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "東京\u3000大阪",
        "10\u00a0000",
        "9\u202fAM",
        "👨\u200d👩\u200d👧",
        "क्\u200dष",
        "a b",
        "cafe\u0301",
    ],
)
async def test_what_a_keyboard_sends_is_typed(text: str) -> None:
    async with Host().run_test() as pilot:
        assert isinstance(pilot.app, Host)
        field = pilot.app.field
        for char in text:
            pilot.app.post_message(Key("space" if char == " " else char, char))
        await pilot.pause()
        assert field.value == text


async def test_a_blank_takes_the_place_of_what_is_selected() -> None:
    async with Host().run_test() as pilot:
        assert isinstance(pilot.app, Host)
        field = pilot.app.field
        field.value = "old"
        field.select_all()
        pilot.app.post_message(Key("\u3000", "\u3000"))
        await pilot.pause()
        assert field.value == "\u3000"


async def test_alt_and_a_letter_types_nothing() -> None:
    async with Host().run_test() as pilot:
        assert isinstance(pilot.app, Host)
        for key in ("alt+n", "alt+N", "alt+é"):
            pilot.app.post_message(Key(key, key[-1]))
        pilot.app.post_message(Key("x", "x"))
        await pilot.pause()
        assert pilot.app.field.value == "x"


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\n", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff", "\t"])
def test_what_acts_on_a_terminal_or_hides_is_not_written(char: str) -> None:
    assert not is_written(char)
