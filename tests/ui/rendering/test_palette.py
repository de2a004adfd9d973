"""A theme's variables as styles."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style
from textual.color import Color as TextualColor

from earwig.ui.rendering.palette import Palette, contrast
from tests.ui.rendering.drawing import THEMES, look_of


def test_dark_and_light_differ() -> None:
    dark, light = look_of("textual-dark"), look_of("textual-light")
    assert dark.dark
    assert not light.dark
    assert dark.text.bgcolor != light.text.bgcolor
    assert dark.user.color != light.user.color


def _contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    return contrast(TextualColor.from_rich_color(style.color), TextualColor.from_rich_color(style.bgcolor))


def test_contrast_is_that_of_wcag() -> None:
    black, white, grey = (TextualColor.parse(name) for name in ("#000000", "#ffffff", "#767676"))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [theme for theme in THEMES if not theme.startswith("ansi")])
def test_text_can_be_read_in_every_theme(theme: str) -> None:
    palette = look_of(theme)
    for name in ("text", "muted", "user", "assistant", "tool", "system", "other", "bad", "heading", "link"):
        assert _contrast(getattr(palette, name)) >= 4.5, name
    for style in (palette.code, palette.code_block, palette.code_label, *dict(palette.code_theme).values()):
        assert _contrast(style) >= 3.5, style


def test_terminal_colours_stay_the_terminals() -> None:
    palette = look_of("ansi-dark")
    assert palette.text.bgcolor == Color.default()
    assert palette.text.color == Color.default()
    assert palette.user.color == Color.from_ansi(4)
    assert palette.muted.dim


def test_values_that_are_no_colours_are_replaced() -> None:
    variables = {
        "background": "#000000",
        "foreground": "auto 50%",
        "text-error": "initial",
        "surface": "nonsense",
    }
    palette = Palette.from_theme_variables(variables, dark=True)
    assert palette.text.color == Color.parse("#dddddd")
    assert palette.bad.color == palette.text.color
    assert palette.code_block.bgcolor == Color.parse("#000000")


def test_translucent_colours_are_mixed_with_the_background() -> None:
    palette = Palette.from_theme_variables({"background": "#000000", "foreground": "#FFFFFF80"}, dark=True)
    assert palette.text.color == Color.parse("#808080")


def test_without_variables_there_is_a_look() -> None:
    for dark in (True, False):
        assert _contrast(Palette.from_theme_variables({}, dark).text) > 7


def test_no_two_roles_look_the_same() -> None:
    for theme in THEMES:
        palette = look_of(theme)
        assert len({palette.user, palette.other, palette.bad}) == 3
        assert len({palette.assistant, palette.other, palette.bad}) == 3
