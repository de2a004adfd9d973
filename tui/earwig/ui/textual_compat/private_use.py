"""What each use of a private name says of itself; a check of them all, and a way to do without any."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text

TEXTUAL = "8.2.8"
"""The Textual that all of them were tried with."""


class PrivateUse(NamedTuple):
    """Something that earwig does with what Textual keeps private."""

    name: str
    earns: str
    """What is better with it than without, measured."""

    is_there: Callable[[], bool]
    tried: tuple[str, ...] = (TEXTUAL,)

    @property
    def works(self) -> bool:
        """Whether it is to be done; else the public way, which is slower or does less."""
        return not _Switch.off and self.is_there()


class _Switch:
    off: ClassVar[bool] = False


@contextmanager
def public_only() -> Iterator[None]:
    """Do all in the public way meanwhile."""
    before, _Switch.off = _Switch.off, True
    try:
        yield
    finally:
        _Switch.off = before


def loaded_uses() -> list[PrivateUse]:
    """Return the uses of the modules that are loaded."""
    package = __name__.rpartition(".")[0]
    modules = [module for name, module in sys.modules.items() if name.startswith(f"{package}.")]
    return [use for module in modules if isinstance(use := getattr(module, "USE", None), PrivateUse)]


def words_on_missing(uses: Iterable[PrivateUse]) -> SafeText | None:
    """Return a sentence on what this Textual has no names for; None if it has them all."""
    missing = sorted(use.name for use in uses if not use.is_there())
    if not missing:
        return None
    from importlib.metadata import version  # a start does not wait for it

    return own_text(
        "Textual {} is not the one that earwig was tried with, {}. It goes on without: {}.",
        clean_line(version("textual")),
        clean_line(TEXTUAL),
        joined(own_text(", "), map(clean_line, missing)),
    )


def has(owner: type, *names: str) -> bool:
    """Return whether a class has these names, or uses them in its `__init__`, where attributes begin."""
    begun = owner.__init__.__code__.co_names  # type: ignore[misc]  # of whichever class it is, read only
    return all(hasattr(owner, name) or name in begun for name in names)
