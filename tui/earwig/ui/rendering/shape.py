"""How much is shown of what a message holds beside its text."""

from __future__ import annotations

from enum import Enum
from typing import Final

from earwig.core.content.entry_relations import NO_RELATION, EntryRelation
from earwig.core.named_tuple import NamedTuple


class Level(Enum):
    """How much is shown of tool traffic; the value is its name for readers."""

    __hash__ = object.__hash__  # an enumeration's own is slow, and this is in every key of what is drawn

    HIDDEN = "hidden"
    LINE = "one line"
    FULL = "in full"


class Shape(NamedTuple):
    """What decides how an entry is drawn beside its content, the width and the look."""

    tools: Level = Level.FULL
    quiet: bool = False
    """Whether what stands around the text is unfolded."""

    relation: EntryRelation = NO_RELATION
    run_first: bool = False
    tight: bool = False
    """Whether no blank row stands behind it, because more of its kind follows."""


WHOLE: Final = Shape()
