"""What is said where something cannot be done."""

from __future__ import annotations

from earwig.core.text.safe_text import SafeText, clean_line


class Refusal(Exception):
    """Something that was asked for is not done; `sentence` says why, and what to do."""

    def __init__(self, sentence: SafeText) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def system_reason(error: OSError) -> SafeText:
    """Return what the system says of an error, on one line."""
    return clean_line(error.strerror or "the system does not say why")
