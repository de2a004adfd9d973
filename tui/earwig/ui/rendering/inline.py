"""The inside of a paragraph: Markdown's inline tokens as styled lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.style import Style

from earwig.core.text.safe_text import clean_line, own_text
from earwig.markdown.parsing import ShownPlain
from earwig.ui.rendering.cells import TAB_STOP
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import Line

if TYPE_CHECKING:
    from markdown_it.token import Token

_ATTRIBUTES: Final = {
    "em": Style(italic=True),
    "strong": Style(bold=True),
    "s": Style(strike=True),
}


class InlineWriter:
    """Turns inline tokens into lines, and remembers what they say."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self.said: list[str] = []
        """All text that was handed out, in order, and text that stands for the same one beside it."""

    def lines(self, tokens: Sequence[Token], style: Style) -> list[Line]:
        """Return the lines of a paragraph; a line break in the source is one here, as in a chat."""
        lines: list[Line] = [[]]
        self._write(tokens, [style], lines)
        for line in lines:
            text = "".join(part for part, _ in line)
            if not text.isascii() and clean_line(text) != text:
                raise ShownPlain(own_text("Markdown would put unsafe text together"))
        return lines

    def say(self, text: str) -> str:
        """Hand a text out that is not inline."""
        self.said.append(text)
        return text

    def _write(self, tokens: Sequence[Token], styles: list[Style], lines: list[Line]) -> None:
        targets: list[tuple[Token, int]] = []
        for token in tokens:
            kind = token.type
            if kind in ("text", "text_special"):
                lines[-1].append((self._text(token.content), styles[-1]))
            elif kind in ("softbreak", "hardbreak"):
                lines.append([])
            elif kind == "code_inline":
                lines[-1].append((self._text(token.content), styles[-1] + self._palette.code))
            elif token.tag in _ATTRIBUTES:
                self._shift(token.nesting, _ATTRIBUTES[token.tag], styles)
            elif kind == "link_open":
                targets.append((token, len(self.said)))
                self._shift(1, self._palette.link, styles)
            elif kind == "link_close":
                self._shift(-1, self._palette.link, styles)
                opening, start = targets.pop()
                self._target(opening, "href", "".join(self.said[start:]), styles[-1], lines)
            elif kind == "image":
                start = len(self.said)
                self._write(token.children or (), [*styles, styles[-1] + self._palette.link], lines)
                self._target(token, "src", "".join(self.said[start:]), styles[-1], lines)
            else:
                raise ShownPlain(own_text("it has something unknown in Markdown ({})", clean_line(kind)))

    @staticmethod
    def _shift(nesting: int, style: Style, styles: list[Style]) -> None:
        if nesting > 0:
            styles.append(styles[-1] + style)
        else:
            styles.pop()

    def _target(self, token: Token, name: str, text: str, style: Style, lines: list[Line]) -> None:
        """Where a link leads, beside its text: what it leads to is never hidden, and never twice there."""
        target = clean_line(str(token.attrs.get(name) or ""))
        title = clean_line(str(token.attrs.get("title") or ""))
        self.said += [target, title]
        if text in (target, target.removeprefix("mailto:")) and not title:
            return
        quoted = f' "{title}"' if title else ""
        lines[-1].append((f"{' ' if text else ''}({target}{quoted})", style + self._palette.quote))

    def _text(self, text: str) -> str:
        return self.say(text.expandtabs(TAB_STOP))
