"""What the view draws for one entry of a transcript."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rich.style import Style
from textual.strip import Strip

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.rows import Row, Run

FOLDED: Final = "▸"
UNFOLDED: Final = "▾"
QUIET_SIGN: Final = "·"
"""Of a row that remarks on a message, or stands for what is around its text."""

OPENS: Final = frozenset({FOLDED, UNFOLDED})
"""Signs of rows that a click folds or unfolds."""


class Meaning:
    """The rows of a message without its header, and what the header is to say."""

    def __init__(
        self,
        rows: list[Row] | None = None,
        *,
        signs: dict[int, str] | None = None,
        title: list[Run] | None = None,
        remarks: list[SafeText] | None = None,
        note: SafeText | None = None,
        more: bool = False,
        items: bool = False,
    ) -> None:
        """`signs` are by row, from 0; -1 is the header. The others are as a block has them."""
        self.rows = rows or []
        self.signs = signs or {}
        self.title = title or []
        self.remarks = remarks or []
        self.note = note
        self.more = more
        self.items = items


class Block(NamedTuple):
    gutter: str
    """One cell that the view draws left of every row: its shape, not only its colour, tells who speaks."""

    gutter_style: Style

    rows: tuple[Strip, ...]
    """A header, the body, a blank row; each as wide as was asked, with a style on every cell. No rows at all:
    what the entry says is shown with another one."""

    note: SafeText | None = None
    """Why a message in Markdown is shown as plain text, if it is; a row says so too."""

    folded: bool = False
    """Whether only the first part of the content is here; a row says how much is left."""

    below: int = 1
    """Rows at the end that are no content: remarks on it, the blank row. 0: not even that."""

    mark: int | None = None
    """The row that stands for rows of the content that are folded away, if any are."""

    signs: Mapping[int, str] = MappingProxyType({})
    """Of the rows that are earwig's own words: one cell each, drawn in the gutter beside the role's. No
    content reaches it, so no text can look like such a row."""

    title: tuple[Run, ...] = ()
    """What the header says at its left, if that is not the role alone."""

    items: bool = False
    """Whether parts of it can be folded and unfolded."""
