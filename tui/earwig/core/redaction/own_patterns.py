"""The reader's own patterns, from the settings: all of them, or nothing is masked and nothing handed on."""

from __future__ import annotations

import re
import unicodedata

from earwig.core.redaction.patterns import ExtraPattern, RedactionFailed
from earwig.core.redaction.redactor import Redaction
from earwig.core.settings.settings import NamedPattern, Settings
from earwig.core.text.safe_text import own_text

_LONGEST = 32
_OTHERS = re.compile(r"[^a-z0-9_]+")


def redaction_of(settings: Settings) -> Redaction:
    """Return what the settings say is to be masked. Raises `RedactionFailed` if not all could be read."""
    if settings.redact_fault is not None:
        raise RedactionFailed(
            own_text(
                "{}. Nothing is written: it might not be masked; mend the settings", settings.redact_fault
            )
        )
    patterns = (
        ExtraPattern(_word(pattern, number), pattern.pattern.pattern)
        for number, pattern in enumerate(settings.redact_patterns, 1)
    )
    return Redaction(tuple(patterns))


def _word(pattern: NamedPattern, number: int) -> str:
    """Return the name as an alias can have it: `order number` masks as `[order-number-1]`."""
    letters = unicodedata.normalize("NFKD", pattern.name).encode("ascii", "ignore").decode().lower()
    word = _OTHERS.sub("-", letters).strip("-_")[:_LONGEST].rstrip("-_")
    return word if word[:1].isalpha() else f"pattern-{number}"
