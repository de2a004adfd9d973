"""How a transcript looks: the theme's colours as the styles that the rendering needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rich.style import Style
from textual.color import Color, ColorParseError

from earwig.core.named_tuple import NamedTuple

CODE_COLOURS: Final = (
    ("Comment", "", "italic"),
    ("Keyword", "text-primary", ""),
    ("Literal.String", "text-success", ""),
    ("Literal.Number", "text-accent", ""),
    ("Operator.Word", "text-primary", ""),
    ("Name.Tag", "text-primary", ""),
    ("Name.Attribute", "text-accent", ""),
    ("Name.Builtin", "text-secondary", ""),
    ("Name.Function", "text-secondary", ""),
    ("Name.Class", "text-secondary", "bold"),
    ("Name.Decorator", "text-accent", ""),
    ("Name.Variable", "text-accent", ""),
    ("Generic.Heading", "", "bold"),
    ("Generic.Subheading", "text-primary", ""),
    ("Generic.Deleted", "text-error", ""),
    ("Generic.Inserted", "text-success", ""),
)
"""Kind of token (the name that Pygments gives it), variable of the theme ("" for muted text), attributes."""

MIN_CONTRAST: Final = 4.5
"""Of text and its background (WCAG 2.2, level AA); some themes' own colours for text have less."""


_EXTREMES: Final = (Color(0, 0, 0), Color(255, 255, 255))

OWN_COLOUR: Final = "own-{}"
"""The variable with the reader's own colour of a role, or of bad lines: `own-user`."""


class Palette(NamedTuple):
    """Everything but the entry and the width that decides how a block looks; part of the key of a cache.

    Each style is complete, with its background, so that it can stand on a cell of its own.
    """

    dark: bool
    text: Style
    muted: Style
    user: Style
    assistant: Style
    tool: Style
    system: Style
    other: Style
    bad: Style
    heading: Style
    """Underlined, and in no role's colour: no row in a message looks like one that says who speaks."""

    code: Style
    code_block: Style
    code_label: Style
    link: Style
    quote: Style
    line: Style
    """Borders of tables, rules, bullets and numbers of lists."""

    code_theme: tuple[tuple[str, Style], ...]
    """Styles of code by kind of token; a kind that is not here has the style of the kind above it."""

    @classmethod
    def from_theme_variables(cls, variables: Mapping[str, str], dark: bool) -> Palette:
        """Take the colours of a theme from `App.theme_variables`, in any form that Textual gives them."""
        return cls._of(tuple(variables.items()), dark)

    @classmethod
    @lru_cache(maxsize=4)
    def _of(cls, variables: tuple[tuple[str, str], ...], dark: bool) -> Palette:
        """Make it once: each widget asks for it, whenever any style of it changes."""
        colours = _Palette(dict(variables), dark)
        text, muted = colours.style("foreground"), colours.muted()
        panel = colours.background("surface")
        coloured, own = colours.style, colours.own
        return cls(
            dark=dark,
            text=text,
            muted=muted,
            user=own("user", "text-primary"),
            assistant=own("assistant", "text-success"),
            tool=own("tool", "text-accent"),
            system=own("system", "text-secondary"),
            other=coloured("text-warning", "italic"),
            bad=own("bad", "text-error"),
            heading=text + Style.parse("bold underline"),
            code=coloured("text-accent") + panel,
            code_block=text + panel,
            code_label=muted + panel,
            link=coloured("text-primary", "underline"),
            quote=muted,
            line=muted,
            code_theme=tuple(
                (kind, (coloured(name) if name else muted) + Style.parse(attributes) + panel)
                for kind, name, attributes in CODE_COLOURS
            ),
        )


def contrast(first: Color, second: Color) -> float:
    """How far two colours are apart, from 1 to 21 (contrast ratio of WCAG 2.2, from relative luminance)."""
    low, high = sorted(map(_luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: Color, background: Color) -> Color:
    """Return the colour, moved towards black or white as far as text in it needs to be read."""
    if contrast(colour, background) >= MIN_CONTRAST:
        return colour
    extreme = max(_EXTREMES, key=lambda end: contrast(end, background))
    shades = (colour.blend(extreme, step / 10, 1) for step in range(1, 10))
    return next((shade for shade in shades if contrast(shade, background) >= MIN_CONTRAST), extreme)


def _luminance(colour: Color) -> float:
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in colour.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class _Palette:
    def __init__(self, variables: Mapping[str, str], dark: bool) -> None:
        self._variables = variables
        self._background = self._read("background") or Color.parse("#121212" if dark else "#e0e0e0")
        self._base = Style(bgcolor=self._background.rich_color)

    def _read(self, name: str) -> Color | None:
        """Return a variable's colour; None if it has none of its own (`auto 87%`, `transparent`)."""
        words = self._variables.get(name, "").split()
        try:
            colour = Color.parse(words[0]) if words else None
        except ColorParseError:
            return None
        return colour if colour is not None and colour.a > 0 else None

    def style(self, name: str, attributes: str = "none") -> Style:
        """Text in a variable's colour, or in the colour that stands out from the background."""
        colour = self._read(name)
        if colour is None:
            colour = self._contrast(0.87)
        elif colour.ansi is None and colour.a < 1:
            colour = self._background.blend(colour, colour.a, 1)
        return self._base + Style(color=self._readable(colour).rich_color) + Style.parse(attributes)

    def own(self, name: str, theme: str) -> Style:
        """Bold text in the reader's own colour, or else in a variable's."""
        variable = OWN_COLOUR.format(name)
        return self.style(variable if self._read(variable) is not None else theme, "bold")

    def _readable(self, colour: Color) -> Color:
        """Return the colour as it can be read here; a terminal's own is what it is."""
        if colour.ansi is not None or self._background.ansi is not None:
            return colour
        return readable(colour, self._background)

    def muted(self) -> Style:
        """Text that stands back; a terminal's own colours have no shades, so there it is dimmed."""
        if self._background.ansi is not None:
            return self.style("foreground", "dim")
        return self._base + Style(color=self._contrast(0.6).rich_color)

    def _contrast(self, strength: float) -> Color:
        if self._background.ansi is not None:
            return Color.parse("ansi_default")
        return self._background.blend(self._background.get_contrast_text(1), strength, 1)

    def background(self, name: str) -> Style:
        """Return a variable's colour behind text; none where the theme leaves it open."""
        colour = self._read(name)
        if colour is None:
            return Style()
        if colour.ansi is None and self._background.ansi is None:
            colour = self._background.blend(colour, colour.a, 1)
        return Style(bgcolor=colour.rich_color)
