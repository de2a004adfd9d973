"""Plain text: headers at the left edge, everything that is stored indented below them."""

from __future__ import annotations

from earwig.core.safe_text import SafeText
from earwig.export.facts import Facts
from earwig.export.formats.wording import (
    bad_words,
    left_out_words,
    number_words,
    role_words,
    without_base64,
)
from earwig.export.formats.writer import Bad

_INDENT = "    "


class TextWriter:
    """Keeps every character, and puts blanks before each line, so that no content looks like a header."""

    def head(self, facts: Facts) -> str:
        """A line for each fact."""
        told = facts.told()
        width = max(len(fact.name) for fact in told) + 2
        return "".join(f"{fact.name:<{width}}{fact.told}\n" for fact in told)

    def message(self, number: int | None, role: str, content: str) -> str:
        """`user  #1`, and the content below."""
        return f"\n{role_words(role)}  {number_words(number)}\n{_indented(without_base64(content))}"

    def bad(self, number: int | None, line: Bad) -> str:
        """`bad line  #2  is not JSON`, and what it holds below."""
        name, reason = bad_words(line)
        shown: SafeText | str = left_out_words(line) if line.raw is None else line.raw
        return f"\n{name}  {number_words(number)}  {reason}\n{_indented(shown)}"

    def foot(self) -> str:
        """Nothing."""
        return ""


def _indented(text: str) -> str:
    """Also behind the line ends that only some editors know."""
    lines = text.splitlines(keepends=True)
    ended = "\n" if not lines or lines[-1][-1:] != "\n" else ""
    return "".join(_INDENT + line if line.strip() else line for line in lines) + ended
