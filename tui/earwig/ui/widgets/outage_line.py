"""Says above the list that sessions cannot be reached, for as long as that is so."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from earwig.core.model.unlisted import Unlisted
from earwig.core.text.safe_text import SafeText, joined, own_text, safe_name
from earwig.ui.rendering.plain import Plain


class OutageLine(Plain):
    """As many rows as its sentences need; none while everything can be listed."""

    DEFAULT_CSS = """
    OutageLine { padding: 0 1; color: $text-warning; display: none; }
    OutageLine.-out { display: block; }
    """

    def __init__(self, places: Collection[object], *, id: str | None = None) -> None:
        """`places`: all of the store: one alone is not told by its path."""
        super().__init__(own_text(""), id=id)
        self._only = len(places) == 1
        self.words = own_text("")
        """What is said; empty while everything can be listed."""

    def tell(self, unlisted: Sequence[Unlisted] | None) -> None:
        """Say what cannot be listed whole, from now on; None: those of before."""
        if unlisted is not None:
            sentences = (own_text("{}. Trying again.", it.words(self._name_of(it))) for it in unlisted)
            self.words = joined(own_text("\n"), sentences)
            self.update(self.words)
            self.set_class(bool(unlisted), "-out")

    def _name_of(self, unlisted: Unlisted) -> SafeText:
        if not self._only:
            return safe_name(unlisted.folder)
        return own_text("The sessions database") if unlisted.is_clause else own_text("The sessions folder")
